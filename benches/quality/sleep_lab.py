"""Sleep on the lab's models: `python -m benches.quality sleep_lab` (needs rheostat-lab).

A context is a list of facts: a first person has some things, and each of three others has more or fewer than the one before. The
facts come first, questions about them later, and from time to time the first fact changes. lab-large answers:

- live: the facts that the question needs, and the question;
- asleep: how many the third person has, which the questions about the last two rest on. It is worked out in the long mode;
- on a hit: the third person's number as the one fact before the last, and the question.

So an artefact is a shorter context, as in Lin et al. (arXiv 2504.13171). Questions about the second person are not predicted. All
answers are the model's own: a wrong artefact gives wrong answers. Rules:

- none: each question is answered live;
- every n turns: after every fifth question what was predicted is precomputed, if it is not there (the default of a product);
- governed: `Governor.sleep` is asked after each question and each change, and knows nothing at first.

Work done asleep costs a fifth of the live price, as on idle machines, or all of it. The table has, by question: tokens written
at test time and in all, tokens read in all, dollars per thousand questions, and the share of right answers. The exit status is 1
where the governed rule costs over 3 % more than none.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import rheostat as rh
from rheostat.sleep import Candidate, Sleep

MODEL = "lab-large"
HOUR = 3_600.0
TTL = 1_000 * HOUR
TURNS = 5
PEOPLE = 4
QUESTIONS = (1.0, 3.0, 10.0)
"""Mean questions between two changes of the facts."""
SHARES = (0.3, 0.9)
"""Shares of the questions that rest on the third person's number."""
IDLE = {"idle": 0.2, "full price": 1.0}
"""The price of a token written or read asleep, as a part of the live price."""


@dataclass(frozen=True)
class Facts:
    """One state of a context's sources."""

    names: tuple[str, ...]
    thing: str
    values: tuple[int, ...]
    said: tuple[str, ...]

    def has(self, person: int) -> str:
        """The question how many a person has."""
        return f"How many {self.thing} does {self.names[person]} have?"

    def text(self, person: int) -> str:
        """The facts that a question about a person needs."""
        return ". ".join(self.said[: person + 1]) + ". "


def facts(names: tuple[str, ...], thing: str, first: int, changes: list[int]) -> Facts:
    """Facts from the first person's number and the differences."""
    values, said = [first], [f"{names[0]} has {first} {thing}"]
    for i, change in enumerate(changes):
        more = "more" if change > 0 else "fewer"
        said.append(f"{names[i + 1]} has {abs(change)} {more} than {names[i]}")
        values.append(values[-1] + change)
    return Facts(names, thing, tuple(values), tuple(said))


@dataclass(frozen=True)
class Event:
    """A question of some kind about a state of a context, or the change to it (no kind)."""

    at: float
    context: int
    version: int
    kind: str | None


@dataclass
class Tally:
    """Tokens and answers of a rule."""

    asked: int = 0
    right: int = 0
    live: list[int] = field(default_factory=lambda: [0, 0])
    """Tokens read and written at test time."""
    asleep: list[int] = field(default_factory=lambda: [0, 0])
    """Tokens read and written while asleep."""


class World:
    """Contexts, their histories, and the model's answers, each computed once."""

    def __init__(self, contexts: int, versions: int, seed: int) -> None:
        from rheostat_lab import LISTS, Lab, Request
        from rheostat_lab.questions.question import NAMES

        self._lab, self._request = Lab.load()[MODEL], Request
        self.price = LISTS["tiers"][MODEL]
        self._kept: dict[tuple[str, str], tuple[int, int, str | None]] = {}
        rng = random.Random(seed)
        self.facts: list[list[Facts]] = []
        for _ in range(contexts):
            names = tuple(rng.sample(NAMES, PEOPLE))
            thing = rng.choice(("apples", "coins", "books", "stamps", "marbles"))
            changes = [rng.choice((-1, 1)) * rng.randint(2, 9) for _ in range(PEOPLE - 1)]
            self.facts.append([facts(names, thing, rng.randint(30, 60), changes) for _ in range(versions)])
        wanted = [(text, mode) for state in self.states() for text, mode, _ in self.requests(state).values()]
        wanted += [(self.adapted(state, self.number(state) or 0, kind), "lo") for state in self.states() for kind in PREDICTED]
        self._fill(list(dict.fromkeys(wanted)))

    def states(self) -> Iterator[Facts]:
        """Each state of each context. Artefacts are filled in before what rests on them."""
        all_states = [state for states in self.facts for state in states]
        self._fill([(state.text(2) + state.has(2), "hi") for state in all_states])
        yield from all_states

    def _fill(self, wanted: list[tuple[str, str]]) -> None:
        missing = [one for one in wanted if one not in self._kept]
        for mode in ("lo", "hi"):
            texts = sorted({text for text, of in missing if of == mode}, key=len)
            for i in range(0, len(texts), 128):
                part = texts[i : i + 128]
                streams = self._lab.serve([self._request(text, mode) for text in part])
                for text, stream in zip(part, streams, strict=True):
                    self._kept[text, mode] = (len(stream.prompt), len(stream.tokens), stream.answer)

    def requests(self, state: Facts) -> dict[str, tuple[str, str, int]]:
        """The live request of each kind of question: text, mode, right answer."""
        a, b = state.names[2], state.names[3]
        both = f"How many {state.thing} do {a} and {b} have together?"
        return {
            "second": (state.text(1) + state.has(1), "lo", state.values[1]),
            "last": (state.text(3) + state.has(3), "lo", state.values[3]),
            "both": (state.text(3) + both, "lo", state.values[2] + state.values[3]),
        }

    def number(self, state: Facts) -> int | None:
        """The artefact: the third person's number, as the model works it out."""
        answer = self._kept[state.text(2) + state.has(2), "hi"][2]
        return int(answer) if answer is not None and answer.isdigit() else None

    def adapted(self, state: Facts, number: int, kind: str) -> str:
        """The request of a hit: the third person's number in place of the facts before it."""
        ask = self.requests(state)[kind][0].removeprefix(state.text(3))
        return f"{state.names[2]} has {number} {state.thing}. {state.said[3]}. {ask}"

    def ask(self, tally: Tally, state: Facts, kind: str, number: int | None) -> None:
        """Answers a question, on an artefact if there is one."""
        text, mode, right = self.requests(state)[kind]
        read, written, answer = self._kept[(text, mode) if number is None else (self.adapted(state, number, kind), "lo")]
        tally.asked += 1
        tally.right += answer == str(right)
        tally.live = [tally.live[0] + read, tally.live[1] + written]

    def work(self, tally: Tally, state: Facts) -> int | None:
        """Precomputes the artefact."""
        read, written, _ = self._kept[state.text(2) + state.has(2), "hi"]
        tally.asleep = [tally.asleep[0] + read, tally.asleep[1] + written]
        return self.number(state)

    def usd(self, tokens: list[int] | tuple[float, float]) -> float:
        """The live price of tokens read and written."""
        return (tokens[0] * self.price.input + tokens[1] * self.price.output) / 1e6


PREDICTED = ("last", "both")


def history(world: World, questions: float, share: float, seed: int) -> list[Event]:
    """Questions and changes of all contexts, in time."""
    rng, events = random.Random(f"{questions} {share} {seed}"), []
    for context, states in enumerate(world.facts):
        now = 0.0
        for version in range(len(states)):
            events.append(Event(now, context, version, None))
            while rng.random() < questions / (questions + 1):
                now += rng.expovariate(1.0 / HOUR)
                kind = rng.choice(PREDICTED) if rng.random() < share else "second"
                events.append(Event(now, context, version, kind))
            now += rng.expovariate(1.0 / HOUR)
    return sorted(events, key=lambda event: event.at)


def none(world: World, events: list[Event], _: float) -> Tally:
    """Answers each question live."""
    tally = Tally()
    for event in events:
        if event.kind is not None:
            world.ask(tally, world.facts[event.context][event.version], event.kind, None)
    return tally


def every_turns(world: World, events: list[Event], _: float) -> Tally:
    """Precomputes after every fifth question of a context."""
    tally = Tally()
    kept: dict[int, tuple[int, int | None]] = {}
    asked: dict[int, int] = {}
    for event in events:
        if event.kind is None:
            continue
        state = world.facts[event.context][event.version]
        version, number = kept.get(event.context, (-1, None))
        world.ask(tally, state, event.kind, number if version == event.version and event.kind in PREDICTED else None)
        asked[event.context] = asked.get(event.context, 0) + 1
        if asked[event.context] % TURNS == 0 and version != event.version:
            kept[event.context] = (event.version, world.work(tally, state))
    return tally


def governed(world: World, events: list[Event], idle: float) -> Tally:
    """Precomputes what `Governor.sleep` grants. It learns what hits are worth from the model's own tokens, as a host would."""
    tally = Tally()
    governor = rh.Governor(rh.Ladder([rh.Rung("fast")]), sleep=Sleep(rh.Cap("fleet", usd=1_000.0)))
    kept: dict[int, int | None] = {}
    means = _Means(world)
    for event in events:
        name, fingerprint, state = f"context {event.context}", str(event.version), world.facts[event.context][event.version]
        if event.kind is not None:
            key = "third" if event.kind in PREDICTED else event.kind
            woken = governor.wake(name, key, fingerprint=fingerprint, at=event.at)
            number = kept.get(woken.artefact) if woken.hit and woken.artefact is not None else None
            world.ask(tally, state, event.kind, number)
        live, hit, made = means.usd
        candidate = Candidate("third", usd=made * idle, live_usd=live, hit_usd=hit)
        for job in governor.sleep(name, [candidate], fingerprint=fingerprint, ttl=TTL, at=event.at).jobs:
            kept[job.id] = world.work(tally, state)
            governor.slept(job.id, usd=made * idle, made=kept[job.id] is not None, at=event.at)
    return tally


class _Means:
    """Mean costs of a live answer, a hit and an artefact, as a host knows them from its bills."""

    def __init__(self, world: World) -> None:
        live, hit, made = Tally(), Tally(), Tally()
        states = world.facts[0]
        for state in states:
            number = world.work(made, state)
            for kind in PREDICTED:
                world.ask(live, state, kind, None)
                world.ask(hit, state, kind, number)
        each = len(states) * len(PREDICTED)
        self.usd = world.usd(live.live) / each, world.usd(hit.live) / each, world.usd(made.asleep) / len(states)


RULES: dict[str, Callable[[World, list[Event], float], Tally]] = {
    "none": none,
    "every 5 turns": every_turns,
    "governed": governed,
}


def measure(contexts: int, versions: int) -> list[dict[str, Any]]:
    """Each rule, at each number of questions, share and idle price."""
    world, rows = World(contexts, versions, 1), []
    for questions in QUESTIONS:
        for share in SHARES:
            events = history(world, questions, share, 1)
            for price, part in IDLE.items():
                for name, rule in RULES.items():
                    tally = rule(world, events, part)
                    usd = world.usd(tally.live) + part * world.usd(tally.asleep)
                    row: dict[str, Any] = {"questions": questions, "predicted": share, "asleep": price, "rule": name}
                    row["test_tokens"] = tally.live[1] / tally.asked
                    row["tokens"] = (tally.live[1] + tally.asleep[1]) / tally.asked
                    row["read"] = (tally.live[0] + tally.asleep[0]) / tally.asked
                    row["usd_per_1000"] = 1_000 * usd / tally.asked
                    row["right"] = tally.right / tally.asked
                    rows.append(row)
    return rows


def missed(rows: list[dict[str, Any]]) -> list[str]:
    """The cells in which the governed rule costs over 3 % more than none."""
    found = []
    cells = {(row["questions"], row["predicted"], row["asleep"], row["rule"]): row for row in rows}
    for (questions, share, price, name), row in cells.items():
        if name == "governed" and row["usd_per_1000"] > 1.03 * cells[questions, share, price, "none"]["usd_per_1000"]:
            found.append(f"{questions:g} questions, {share:.0%} predicted, {price}: {row['usd_per_1000']:.4f} dollars")
    return found


def arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the bench's arguments."""
    parser.add_argument("--contexts", type=int, default=6, help="contexts")
    parser.add_argument("--versions", type=int, default=60, help="states of each context's facts")


def run(args: argparse.Namespace) -> int:
    """Prints the table."""
    rows = measure(args.contexts, args.versions)
    if args.json:
        print(json.dumps(rows))
    else:
        show(rows)
    below = missed(rows)
    print("\n".join(below), file=sys.stderr, end="\n" if below else "")
    return 1 if below else 0


def show(rows: list[dict[str, Any]]) -> None:
    """Prints the rows as a table."""
    print(
        "| questions a change | predicted | price asleep | rule | written at test time | written | read | $ per 1,000 | right |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for row in rows:
        tokens = f"{row['test_tokens']:.1f} | {row['tokens']:.1f} | {row['read']:.1f}"
        head = f"{row['questions']:g} | {row['predicted']:.0%} | {row['asleep']} | {row['rule']}"
        print(f"| {head} | {tokens} | {row['usd_per_1000']:.3f} | {row['right']:.1%} |")
