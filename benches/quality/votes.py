"""Savings and losses of stop rules and allocators on recorded votes.

Each question was sampled 40 times. Every rule sees the samples in the recorded order and in shuffles of it, and is held
against the majority of all 40: accuracy, samples, agreement, and how often it stopped on an answer that is not the mode of
the 40. Intervals are 95 % bootstrap intervals over questions. Allocators differ by little, so they see more orders, and
their rows also say how far those differ.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

import rheostat as rh
from benches.quality import _bound, _charts, _traces
from rheostat._cli import _show

DATASETS = {"gsm8k": "consol_gpt4omini_gsm8k_n40.jsonl.gz", "last-letters": "esc_gpt35_last_letters_n40.jsonl"}
"""The recorded votes, by name: gpt-4o-mini on GSM8K (Lee et al. 2025), gpt-3.5 on last letters (Li et al. 2024)."""
TEXTS = {"gsm8k": ("gsm8k_openai_example_solutions_4tiers.jsonl.gz", "q")}
"""Where the texts of a set's questions are, and under which key; rows are joined by `id`, and the right answers must agree."""
FLOORS = "gsm8k"
"""Where the floors are to be met."""
AVERAGES = (2, 3, 4, 6, 8)
"""Samples a question that the allocators are held to."""
BOUND_ORDERS = 96
"""Orders over which the bound on allocators is found."""


@dataclass(frozen=True)
class Row:
    """One rule on one set of questions. Rates are shares of all (question, order) pairs, accuracy in points."""

    rule: str
    kind: str
    samples: float
    fewer: float
    accuracy: float
    lost: float
    lost_low: float
    lost_high: float
    agreement: float
    false_stops: float
    certified: float
    wrongly_certified: int
    orders: int
    lost_error: float | None
    """Of `lost`, the standard error over orders; None of one."""


@dataclass(frozen=True)
class Question:
    """One question's samples in normal form, the majority of all, the right answer, and the question where it is known."""

    answers: list[str]
    gold: str
    mode: str
    lead: tuple[int, int]
    text: str | None = None


@dataclass(frozen=True)
class Taken:
    """Result of one rule on one question in one order."""

    answer: str | None
    samples: int
    agreed: bool
    certified: bool = False


Rule = Callable[[Sequence[str], Question], Taken]


def read(name: str) -> list[Question]:
    """The questions of a recorded set.

    Raises:
        MissingTracesError: The set is not there.
    """
    questions = []
    texts = _texts(name)
    for row in _traces.rows(DATASETS[name]):
        answers = [rh.votes.normalise(answer) for answer in row["answers"]]
        counts = Counter(answers).most_common(2)
        lead = (counts[0][1], counts[1][1] if len(counts) > 1 else 0)
        gold = rh.votes.normalise(row["gold"])
        questions.append(Question(answers, gold, counts[0][0], lead, texts.get((row["id"], gold))))
    return questions


def _texts(name: str) -> dict[tuple[int, str], str]:
    """A set's questions by id and right answer; none where they are not recorded."""
    if name not in TEXTS:
        return {}
    file, key = TEXTS[name]
    try:
        return {(row["id"], rh.votes.normalise(row["gold"])): row[key] for row in _traces.rows(file)}
    except _traces.MissingTracesError:
        return {}


def by_vote(**options: Any) -> Rule:
    """A rule of `rheostat.Vote`."""

    def rule(answers: Sequence[str], _: Question) -> Taken:
        vote = rh.Vote(cap=len(answers), normalise="exact", **options)
        for answer in answers:
            if vote.add(answer):
                break
        return Taken(vote.answer, vote.consumed, vote.agreed, vote.certified)

    return rule


def by_lead(lead: int) -> Rule:
    """Stops at a fixed lead of votes: ConSol's sequential test at its published parameters."""

    def rule(answers: Sequence[str], _: Question) -> Taken:
        counts: Counter[str] = Counter()
        for n, answer in enumerate(answers, 1):
            counts[answer] += 1
            (best, first), *rest = counts.most_common(2)
            if first - (rest[0][1] if rest else 0) >= lead:
                return Taken(best, n, agreed=True)
        return Taken(counts.most_common(1)[0][0], len(answers), agreed=False)

    return rule


def fixed(count: int) -> Rule:
    """Takes the majority of the first samples."""
    return lambda answers, _: Taken(Counter(answers[:count]).most_common(1)[0][0], count, agreed=count < len(answers))


def by_prior(questions: Sequence[Question], confidence: float) -> Rule:
    """The learned-prior rule, with the prior of the half that a question is not in."""
    halves = [rh.votes.VotePrior.learn([(*q.lead, len(q.answers)) for q in questions[side::2]]) for side in (1, 0)]
    rules = [by_vote(rule="bayes", confidence=confidence, prior=prior) for prior in halves]
    place = {id(question): i % 2 for i, question in enumerate(questions)}
    return lambda answers, question: rules[place[id(question)]](answers, question)


def rules(questions: Sequence[Question]) -> list[tuple[str, str, Rule]]:
    """Every rule by name and kind; `published` are those that others ship or describe, at their parameters."""
    return [
        *((f"majority of {k}", "uniform", fixed(k)) for k in (1, 3, 5, 10, 20, 40)),
        ("beta 0.95", "published", by_vote(rule="beta")),
        ("dirichlet 0.95", "published", by_vote(rule="dirichlet")),
        ("CRP 0.95", "published", by_vote(rule="crp")),
        ("ESC 5", "published", by_vote(rule="esc")),
        ("share 0.8", "published", by_vote(rule="majority", confidence=0.8)),
        ("entropy 0.75", "published", by_vote(rule="entropy", confidence=0.25)),
        ("ConSol SPRT", "published", by_lead(3)),
        ("curtailment", "ours", by_vote(rule="curtail")),
        ("beta 0.9", "ours", by_vote(rule="beta", confidence=0.9)),
        ("horizon 0.9", "ours", by_vote(rule="horizon", confidence=0.9)),
        ("horizon 0.95", "ours", by_vote(rule="horizon")),
        ("horizon 0.99", "ours", by_vote(rule="horizon", confidence=0.99)),
        ("learned prior 0.95", "ours", by_prior(questions, 0.95)),
        ("learned prior 0.99", "ours", by_prior(questions, 0.99)),
        ("SPRT, error 0.05", "ours", by_vote(rule="sprt")),
        ("certified 0.05", "ours", by_vote(rule="certified")),
        ("certified 0.1", "ours", by_vote(rule="certified", alpha=0.1)),
    ]


Allocator = Callable[[Sequence[Sequence[str]]], list[Taken]]


def in_batch(average: float, p_correct: Sequence[float] | None = None) -> Allocator:
    """Serves all questions as one batch, at a mean number of samples each; with a prior, harder ones are asked again first."""

    def allocate(orders: Sequence[Sequence[str]]) -> list[Taken]:
        budget, cap = round(average * len(orders)), len(orders[0])
        batch = rh.votes.BatchAllocator(len(orders), budget, cap=cap, normalise="exact", p_correct=p_correct)
        used = [0] * len(orders)
        while asked := batch.next(1):
            (query,) = asked
            batch.add(query, orders[query][used[query]])
            used[query] += 1
        return [Taken(batch.answer(i), used[i], agreed=used[i] < len(orders[i])) for i in range(len(orders))]

    return allocate


def online(average: float, seed: int) -> Allocator:
    """The questions one after another in a random order, under a price."""

    def allocate(orders: Sequence[Sequence[str]]) -> list[Taken]:
        allocator = rh.votes.OnlineAllocator(target=average, cap=min(24, len(orders[0])))
        taken: list[Taken] = [Taken(None, 0, agreed=False)] * len(orders)
        for i in random.Random(seed).sample(range(len(orders)), len(orders)):
            vote = rh.Vote(rule="curtail", cap=len(orders[i]), normalise="exact")
            for answer in orders[i]:
                if allocator.enough(vote):
                    break
                vote.add(answer)
            allocator.finish(vote)
            taken[i] = Taken(vote.answer, vote.consumed, agreed=True)
        return taken

    return allocate


def measure(
    questions: Sequence[Question], orders: int = 6, resamples: int = 1_000, seed: int = 1, batches: int | None = None
) -> list[Row]:
    """Every rule and allocator on a set of questions.

    Args:
        questions: The questions.
        orders: Number of orders of the samples: the recorded one, and shuffles.
        resamples: Number of bootstrap draws over questions.
        seed: Seed of the shuffles and of the bootstrap.
        batches: Number of orders that the allocators see; `orders` if not given.
    """
    rng = random.Random(seed)
    wanted = max(orders, batches or 0)
    shuffles = [[rng.sample(q.answers, len(q.answers)) for q in questions] for _ in range(wanted - 1)]
    drawn = [[q.answers for q in questions], *shuffles]
    picks = np.random.default_rng(seed).integers(0, len(questions), (resamples, len(questions)))
    rows = []
    for name, kind, rule in rules(questions):
        taken = [[rule(answers, q) for answers, q in zip(order, questions, strict=True)] for order in drawn[:orders]]
        rows.append(_row(name, kind, questions, taken, picks))
    texts = [q.text for q in questions if q.text is not None]
    prior = 1.0 - np.array(rh.Estimator().estimate_batch(texts).difficulty) if len(texts) == len(questions) else None
    for average in AVERAGES:
        seen = drawn[: batches or orders]
        rows.append(_row(f"batch at {average}", "allocation", questions, [in_batch(average)(order) for order in seen], picks))
        if prior is not None:
            taken = [in_batch(average, prior.tolist())(order) for order in seen]
            rows.append(_row(f"batch, estimated at {average}", "allocation", questions, taken, picks))
        taken = [online(average, seed + i)(order) for i, order in enumerate(seen)]
        rows.append(_row(f"online at {average}", "allocation", questions, taken, picks))
    return rows


def bound(questions: Sequence[Question], orders: int = BOUND_ORDERS, seed: int = 1) -> list[dict[str, float]]:
    """The points that any allocator loses at least, if it goes by the counts of answers alone, at each average."""
    numbered = [{answer: n for n, answer in enumerate(dict.fromkeys(q.answers))} for q in questions]
    answers = np.array([[known[answer] for answer in q.answers] for known, q in zip(numbered, questions, strict=True)])
    gold = np.array([known.get(q.gold, -1) for known, q in zip(numbered, questions, strict=True)])
    best = _bound.accuracy(_bound.walk(answers, gold, orders, seed), AVERAGES)
    held = float(np.mean([q.mode == q.gold for q in questions]))
    return [{"average": average, "lost": 100.0 * (held - right)} for average, right in zip(AVERAGES, best, strict=True)]


def _row(
    name: str, kind: str, questions: Sequence[Question], taken: Sequence[Sequence[Taken]], picks: npt.NDArray[np.int64]
) -> Row:
    def share(holds: Callable[[Taken, Question], bool]) -> npt.NDArray[np.float64]:
        """By question, over the orders."""
        held = np.array([[holds(t, q) for t, q in zip(order, questions, strict=True)] for order in taken], np.float64)
        mean: npt.NDArray[np.float64] = held.mean(axis=0)
        return mean

    right = share(lambda t, q: t.answer == q.gold)
    by_order = [float(np.mean([t.answer == q.gold for t, q in zip(order, questions, strict=True)])) for order in taken]
    lost = 100.0 * (np.array([q.mode == q.gold for q in questions], float) - right)
    samples = float(np.mean([[t.samples for t in order] for order in taken]))
    low, high = np.percentile(lost[picks].mean(axis=1), [2.5, 97.5])
    wrong = sum(t.certified and t.answer != q.mode for order in taken for t, q in zip(order, questions, strict=True))
    return Row(
        rule=name,
        kind=kind,
        samples=samples,
        fewer=len(questions[0].answers) / samples,
        accuracy=100.0 * float(right.mean()),
        lost=float(lost.mean()),
        lost_low=float(low),
        lost_high=float(high),
        agreement=float(share(lambda t, q: t.answer == q.mode).mean()),
        false_stops=float(share(lambda t, q: t.agreed and t.answer != q.mode).mean()),
        certified=float(share(lambda t, _: t.certified).mean()),
        wrongly_certified=wrong,
        orders=len(taken),
        lost_error=100.0 * float(np.std(by_order, ddof=1)) / len(taken) ** 0.5 if len(taken) > 1 else None,
    )


def floors(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """The floors, each with what was measured and whether it holds."""
    by_name = {row.rule: row for row in rows}
    cheap = [row for row in rows if row.kind == "ours" and row.fewer >= 6.5]
    best = min(cheap, key=lambda row: row.lost, default=None)
    certified = by_name["certified 0.05"].wrongly_certified
    return [
        _floor("points lost at 6.5 times fewer samples", best.lost if best else None, 0.1),
        _floor("points lost by a batch at 3 a question", by_name["batch at 3"].lost, 0.2),
        _floor("points lost online at 3 a question", by_name["online at 3"].lost, 0.5),
        _floor("certified, and not the mode of 40, at alpha 0.05", certified, 0),
    ]


def _floor(what: str, measured: float | None, most: float) -> dict[str, Any]:
    return {"floor": what, "measured": measured, "most": most, "holds": measured is not None and measured <= most + 1e-9}


def sampling(parser: argparse.ArgumentParser) -> None:
    """The arguments of how votes are replayed."""
    parser.add_argument("--orders", type=int, default=6, metavar="N", help="orders of the samples: recorded, and shuffles (6)")
    parser.add_argument("--batches", type=int, default=48, metavar="N", help="orders that the allocators see (48)")
    parser.add_argument("--bound", action="store_true", help="also what no allocator by counts alone can exceed")


def arguments(parser: argparse.ArgumentParser) -> None:
    """The bench's own arguments."""
    sampling(parser)
    parser.add_argument("--resamples", type=int, default=1_000, metavar="N", help="of the bootstrap (1000)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of shuffles and bootstrap (1)")
    parser.add_argument("--svg", type=Path, metavar="FOLDER", help="write a plot of each frontier into this folder")
    parser.add_argument("--check", action="store_true", help="exit 1 unless every floor holds")


def run(args: argparse.Namespace) -> int:
    """Measure, show, and check if asked."""
    if min(args.orders, args.batches, args.resamples) < 1:
        print("--orders, --batches and --resamples must be at least 1", file=sys.stderr)
        return 2
    try:
        sets = {name: read(name) for name in DATASETS}
    except _traces.MissingTracesError as error:
        print(error, file=sys.stderr)
        return 2
    found = {name: measure(questions, args.orders, args.resamples, args.seed, args.batches) for name, questions in sets.items()}
    held = floors(found[FLOORS])
    bounds = {name: bound(questions, seed=args.seed) for name, questions in sets.items()} if args.bound else {}
    if args.svg:
        args.svg.mkdir(parents=True, exist_ok=True)
        for name, rows in found.items():
            (args.svg / f"votes-{name}.svg").write_text(plot(name, rows), encoding="utf-8")
    if args.json:
        by_set = {name: [asdict(row) for row in rows] for name, rows in found.items()}
        _show.as_json({"sets": by_set, "floors": held, **({"bounds": bounds} if bounds else {})})
    else:
        for name, rows in found.items():
            _table(name, len(sets[name]), rows)
            if name in bounds:
                least = ", ".join(f"{b['lost']:+.2f} at {b['average']}" for b in bounds[name])
                print(f"{name}: any allocator that goes by counts alone loses at least {least}")
        for floor in held:
            print(f"{'holds ' if floor['holds'] else 'FAILS '} {floor['floor']}: {floor['measured']} (at most {floor['most']})")
    return int(args.check and not all(floor["holds"] for floor in held))


def plot(name: str, rows: Sequence[Row]) -> str:
    """Accuracy over samples, as SVG."""
    groups: dict[str, list[_charts.Point]] = {}
    for row in rows:
        kind = row.rule.split(" at ")[0] if row.kind == "allocation" else row.kind
        groups.setdefault(kind, []).append(_charts.Point(row.rule, row.samples, row.accuracy))
    lines = {"uniform", "batch", "batch, estimated", "online"}
    return _charts.frontier(f"Votes on {name}", "samples a question", "accuracy, %", groups, lines)


def _table(name: str, questions: int, rows: Sequence[Row]) -> None:
    _show.table(
        f"{name}: {questions} questions",
        [
            "rule",
            "~kind",
            ">orders",
            ">samples",
            ">fewer",
            ">accuracy",
            ">points lost",
            ">by order",
            ">agrees",
            ">false stops",
            ">certified",
            ">wrongly",
        ],
        [
            (
                row.rule,
                row.kind,
                row.orders,
                f"{row.samples:.2f}",
                f"{row.fewer:.1f}x",
                f"{row.accuracy:.2f}",
                f"{row.lost:+.2f} [{row.lost_low:+.2f}, {row.lost_high:+.2f}]",
                "" if row.lost_error is None else f"±{row.lost_error:.2f}",
                f"{100 * row.agreement:.2f} %",
                f"{100 * row.false_stops:.2f} %",
                f"{100 * row.certified:.1f} %",
                row.wrongly_certified,
            )
            for row in rows
        ],
        caption="points lost: against the majority of all samples, with its 95 % interval over questions; by order: its standard "
        "error over orders; "
        "false stops: on an answer that is not the mode of all; wrongly: certified, and not that mode",
    )
