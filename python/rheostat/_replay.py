"""A recorded query through a run: what would have been asked for, what would have been stopped, what it would have saved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from rheostat import policy
from rheostat._ladder import Ladder
from rheostat._native import Action, Call, Ceiling, Governor, Run, Rung, Sample
from rheostat._trace import Recorded, Stream
from rheostat.errors import StateError

TOKENS_PER_SECOND = 50.0
"""How fast a recorded stream is told again, in the run's own time."""

CHUNK = 64
"""Streams that overlap take turns after so many tokens."""


@dataclass(frozen=True)
class Replayed:
    """What became of one recorded query.

    `samples` counts the streams that were begun. `full_…` is what all streams of the lowest rung come to together.
    """

    id: str
    answer: str | None
    settled: bool
    ended: str
    rung: str
    escalations: int
    tokens: int
    samples: int
    full_answer: str | None
    full_tokens: int
    full_samples: int
    gold: str | None

    @property
    def right(self) -> bool | None:
        """Whether the answer is the right one; None where that is not known."""
        return None if self.gold is None else self.answer == self.gold

    @property
    def full_right(self) -> bool | None:
        """Whether the full vote is right; None where that is not known."""
        return None if self.gold is None else self.full_answer == self.gold


def implied_ladder(recorded: Recorded) -> Ladder:
    """The ladder that a query was recorded on: each tier a rung with as many samples, and room for the longest."""
    rungs = []
    for i, tier in enumerate(recorded.tiers):
        longest = max((stream.tokens for stream in tier), default=0)
        model = recorded.models[i] if i < len(recorded.models) else f"recorded-{i}"
        name = f"{i}:{model}"
        rungs.append(Rung(name, model, samples=max(len(tier), 1), thinking_tokens=longest, answer_tokens=max(longest, 1)))
    return Ladder(rungs, default=rungs[0].name)


def implied_governor(recorded: Recorded) -> Governor:
    """A governor on the implied ladder, that starts at its lowest rung and may go through all of it."""
    ladder = implied_ladder(recorded)
    total = sum(stream.tokens for tier in recorded.tiers for stream in tier)
    ceiling = Ceiling(tokens=max(4 * total, 1 << 20), usd=1e6, seconds=1e9, samples=1 << 16, escalations=len(ladder))
    return Governor(ladder, policy=policy.Utility(usd_per_error=1.0), ceiling=ceiling, seed=0)


def replay(recorded: Recorded, governor: Governor | None = None, *, concurrency: int = 1) -> Replayed:
    """Tell a run what was recorded, sample by sample, and do what it says.

    Args:
        recorded: The query with its streams.
        governor: Whose plan is followed; by default one on the ladder that the query was recorded on.
        concurrency: How many streams overlap. With one, samples are drawn one after another, as late as possible.
    """
    governor = governor or implied_governor(recorded)
    first = governor.ladder[0].name if len(governor.ladder) == len(recorded.tiers) else None
    run = governor.plan(recorded.query, rung=first, at=0.0).start(at=0.0)
    host = _Host(run, recorded, concurrency)
    host.serve()
    tier = recorded.tiers[0]
    votes = Counter(stream.answer for stream in tier if stream.answer is not None)
    return Replayed(
        id=recorded.id,
        answer=run.answer,
        settled=run.settled,
        ended=run.ended or run.phase,
        rung=run.rung.name,
        escalations=run.escalations,
        tokens=run.spent.tokens,
        samples=host.taken.total(),
        full_answer=votes.most_common(1)[0][0] if votes else None,
        full_tokens=sum(stream.tokens for stream in tier),
        full_samples=len(tier),
        gold=recorded.gold,
    )


class _Host:
    """A host whose model is the recording."""

    def __init__(self, run: Run, recorded: Recorded, concurrency: int) -> None:
        self.run, self.recorded, self.concurrency = run, recorded, max(concurrency, 1)
        self.rungs = {rung.name: i for i, rung in enumerate(recorded_rungs(run, recorded))}
        self.taken = Counter[int]()
        self.now = 0.0
        self.waiting: list[tuple[Call, int]] = []
        self.open: list[Iterator[Action]] = []
        self.calls: list[Call] = []
        self.over = False

    def serve(self) -> None:
        while not self.over:
            for call in self.run.next(at=self.now):
                self.calls.append(call)
                self.waiting += [(call, i) for i in range(call.samples)]
            while self.waiting and len(self.open) < self.concurrency:
                self.open.append(self._told(*self.waiting.pop(0)))
            if not self.open:
                break
            self._turn()
        self._give_up()

    def _turn(self) -> None:
        """Let each open stream say its next piece."""
        for stream in list(self.open):
            action = next(stream, None)
            if action is None:
                self.open.remove(stream)
            elif action.scope == "run" and action.stops:
                self.over = True
                return
            elif action.kind == "ramp":
                return

    def _told(self, call: Call, index: int) -> Iterator[Action]:
        """One stream, told piece by piece, until it ends or is stopped."""
        sample, recorded = call.sample(index), self._take(call)
        if recorded is None:
            yield sample.finish(at=self.now)
            return
        for action in _pieces(sample, recorded, call.max_tokens, self):
            yield action
            if action.stops:
                yield sample.finish(at=self.now)
                return
        cut = recorded.tokens > call.max_tokens
        if not recorded.tokens:
            # Nothing is known of its size; saying so releases what was reserved for it.
            call.usage(output=0, at=self.now)
        yield sample.finish(None if cut else recorded.answer, at=self.now)

    def _take(self, call: Call) -> Stream | None:
        """The next recorded stream of the call's tier; none when the recording has no more."""
        tier = min(self.rungs.get(call.rung.name, 0), len(self.recorded.tiers) - 1)
        at = self.taken[tier]
        self.taken[tier] += 1
        return self.recorded.tiers[tier][at] if at < len(self.recorded.tiers[tier]) else None

    def _give_up(self) -> None:
        """What was granted and never begun is said to have failed, so that nothing stays open."""
        for call in self.calls:
            try:
                call.fail("not needed any more", at=self.now)
            except StateError:
                pass  # All its streams had ended.


def recorded_rungs(run: Run, recorded: Recorded) -> list[Rung]:
    """The rungs that the recording's tiers stand for."""
    return [run.rung] if len(recorded.tiers) == 1 else list(implied_ladder(recorded).rungs)


def _pieces(sample: Sample, recorded: Stream, most: int, host: _Host) -> Iterator[Action]:
    """What a stream says, in order: tokens in chunks, with the probes and step scores between them."""
    end = min(recorded.tokens, most)
    marks = sorted({*range(CHUNK, end, CHUNK), *(min(at, end) for at, _, _ in recorded.probes), end})
    probes = list(recorded.probes)
    steps = list(recorded.steps)
    done = 0
    for mark in marks:
        if mark > done:
            host.now += (mark - done) / TOKENS_PER_SECOND / max(len(host.open), 1)
            top = recorded.top_logprobs[done:mark]
            yield sample.tokens([0.0] * (mark - done), top if len(top) == mark - done else None, at=host.now)
            done = mark
        while probes and probes[0][0] <= done:
            _, answer, prob = probes.pop(0)
            yield sample.probe(answer, prob, at=host.now)
        if steps and mark != end:
            yield sample.step(steps.pop(0), at=host.now)
    for score in steps:
        yield sample.step(score, at=host.now)
