"""Strategies on the lab's models at equal cost: one answer, votes, the best of n, calibrated steps, distilled drafts.

Each question has eight recorded samples of a model with its working, and the lab's step scorer has read each of them; the score
of an answer is that of its last step. Half of the questions teach (`learn.ScoreWorth`, `learn.StepCalibration`), half test. Each
strategy serves every test question by `rheostat.host.serve`, one stream at a time; a score costs what the scorer reads, at the
price of the model that is as large as it, and so does each working whose steps are scored while it is written. The vote stops by
its rule, so its cost is that of the samples that it took.

The lab's models cannot sum up drafts, and can revise one. So the notes of a distillation are the answer that most drafts give (as
arXiv 2510.01123 extracts the best draft), at the price of a model that reads all drafts; the refined answer is its revision
of it.

`points` is the accuracy of a strategy above that of the vote at the same cost: the votes of 1 to 8 samples, joined by straight
lines, and beyond them the vote of 8. Intervals are 95 % paired bootstrap intervals over questions.
"""

from __future__ import annotations

import argparse
import itertools
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

import rheostat as rh
from rheostat._cli import _show
from rheostat.host import Chunk, Usage, serve
from rheostat.learn import ScoreWorth, StepCalibration, StepTable

if TYPE_CHECKING:
    from rheostat_lab import Question
    from rheostat_lab.experiment.bank import Asked

Array = npt.NDArray[np.float64]
SAMPLES = 8
ARMS = (("lab-tiny", "lo"), ("lab-tiny", "hi"), ("lab-medium", "lo"), ("lab-medium", "hi"))
"""Models and modes."""
FAMILIES = (
    ("chain", (3, 4, 5, 6, 7, 8)),
    ("story", (2, 3, 4)),
    ("units", (2, 3)),
    ("table", (2, 3)),
    ("date", (2, 3)),
    ("order", (2, 3, 4)),
)
"""Questions that the scorer can judge and no verifier can."""


def rules(**more: Any) -> rh.Rules:
    """Rules without ramps, so that a strategy is all that acts."""
    return rh.Rules(low_top_logprob=None, low_steps=None, loops=False, ramps=[], retries=0, **more)


RULES = rules()
DRAFTS = (3, 4, 8)
"""Drafts that are distilled."""
NOTES = 16
"""Room for the notes, in tokens."""
ENOUGH, REJECT = 0.8, 0.1
"""Probability of a right one among the answers that are drawn; upper bound below which a path is rejected."""
USD_PER_ERROR = 100.0
"""Cost of an error, in answers of the model: what the learned number of samples weighs."""


@dataclass(frozen=True)
class Sample:
    """One recorded answer."""

    answer: str | None
    right: bool
    read: int
    """Tokens of the prompt."""
    written: int
    working: int
    """Tokens of the working, which the scorer reads behind the prompt."""
    score: float | None
    steps: tuple[tuple[int, float], ...] = ()
    """Tokens after which each step ended, and its score."""


@dataclass(frozen=True)
class Recorded:
    """One question on one model: its samples, and the revisions of what their drafts agree on most, by that answer."""

    samples: list[Sample]
    revisions: Mapping[str, Sample]


def notes(samples: list[Sample]) -> str | None:
    """The answer that most drafts give, of equals the first; None if none has one."""
    answers = Counter(one.answer for one in samples if one.answer is not None)
    return answers.most_common(1)[0][0] if answers else None


@dataclass(frozen=True)
class Row:
    """One strategy on one model."""

    arm: str
    strategy: str
    questions: int
    accuracy: float
    cost: float
    """In answers of the model."""
    points: float
    points_low: float
    points_high: float


def arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the bench's own arguments."""
    parser.add_argument("--questions", type=int, default=400, help="questions, half of them to learn from")
    parser.add_argument("--draws", type=int, default=1_000, help="bootstrap draws")
    parser.add_argument("--seed", type=int, default=5, help="seed of questions and draws")


def run(args: argparse.Namespace) -> int:
    """Prints the table; exit status 2 without the lab."""
    try:
        import rheostat_lab  # noqa: F401
    except ImportError:
        print("this bench needs rheostat-lab: pip install ./lab", file=sys.stderr)
        return 2
    rows = [row for arm in recorded(args.questions, args.seed) for row in measure(*arm, draws=args.draws, seed=args.seed)]
    if args.json:
        _show.as_json([asdict(row) for row in rows])
    else:
        show(rows)
    return 0


def recorded(count: int, seed: int) -> Iterator[tuple[str, list[Recorded], tuple[float, float, float]]]:
    """Each model's records by question, and its prices: input, output, and the scorer's input."""
    from rheostat_lab import Lab
    from rheostat_lab.experiment.asked import Served
    from rheostat_lab.experiment.bank import Bank
    from rheostat_lab.experiment.scores import READER, Scores
    from rheostat_lab.prices import LISTS
    from rheostat_lab.questions import make

    rng = Random(seed)
    drawn: list[Question] = []
    for _ in range(count):
        family, levels = rng.choice(FAMILIES)
        drawn.append(make(rng, family, rng.choice(levels), rng.choice(("en", "de"))))
    lab = Lab.load()
    bank, prices = Bank(lab), LISTS["tiers"]
    scores = Scores(lab, bank)
    for model, mode in ARMS:
        asked = [Served(question, seed) for question in drawn]
        wanted = [[served.request(model, mode, i) for i in range(SAMPLES)] for served in asked]  # type: ignore[arg-type]
        bank.fill(itertools.chain.from_iterable(wanted))
        found: list[list[Sample]] = []
        for served, requests in zip(asked, wanted, strict=True):
            samples = []
            for request in requests:
                record, steps = bank[request], scores.of(request)
                score = steps[-1][1] if steps else None
                samples.append(
                    Sample(
                        record.answer,
                        right=served.right(record.answer),
                        read=record.read,
                        written=record.written,
                        working=record.thought,
                        score=score,
                        steps=tuple(steps),
                    )
                )
            found.append(samples)
        again: list[dict[str, Asked]] = []
        for served, samples in zip(asked, found, strict=True):
            drafts = [draft for draft in (notes(samples[:n]) for n in DRAFTS) if draft is not None]
            again.append({draft: served.request(model, mode, draft=draft) for draft in drafts})  # type: ignore[arg-type]
        bank.fill(request for of in again for request in of.values())
        questions = []
        for served, samples, of in zip(asked, found, again, strict=True):
            revised = {draft: bank[request] for draft, request in of.items()}
            revisions = {
                draft: Sample(one.answer, served.right(one.answer), one.read, one.written, one.thought, None)
                for draft, one in revised.items()
            }
            questions.append(Recorded(samples, revisions))
        yield f"{model} {mode}", questions, (prices[model].input, prices[model].output, prices[READER].input)


def serve_one(rung: rh.Rung, rules: rh.Rules, recorded: Recorded, reading: float = 0.0) -> tuple[bool, float]:
    """Serves one question by a strategy: True if its answer is right, and its cost in US dollars.

    `reading` is the price of what a scorer reads while a working is written.
    """
    samples, revisions = recorded.samples, recorded.revisions
    taken, scored = iter(samples), [0]

    def client(call: rh.Call, _: int) -> Iterator[Chunk]:
        if call.kind == "score":
            of = samples[call.parent or 0]
            yield Chunk(score=of.score, usage=Usage(input=of.read + of.working, output=0))
            return
        if call.kind == "distil":
            drafts = samples[: rung.samples]
            read = drafts[0].read + sum(one.written for one in drafts)
            yield Chunk(text=notes(drafts) or "", usage=Usage(input=read, output=NOTES))
            return
        if call.kind == "refine":
            one = revisions[call.resume or ""]
            yield Chunk(tokens=one.written, answer=one.answer, usage=Usage(input=one.read, output=one.written))
            return
        one = next(taken)
        yield Chunk(usage=Usage(input=one.read))
        told = 0
        if rung.steps is not None:
            scored[0] += one.read
            for at, score in one.steps:
                scored[0] += at - told
                yield Chunk(tokens=at - told, step=score)
                told = at
        yield Chunk(tokens=one.written - told, answer=one.answer, usage=Usage(input=one.read, output=one.written))

    ceiling = rh.Ceiling(tokens=1 << 24, usd=1e6, seconds=1e9, samples=1 << 10)
    run = rh.Governor(rh.Ladder([rung]), rh.policy.Utility(1.0), ceiling=ceiling, rules=rules, seed=0).plan("?").start(at=0.0)
    answer = serve(run, client, clock=lambda: 0.0)
    right = next((one.right for one in (*samples, *revisions.values()) if one.answer is not None and one.answer == answer), False)
    return right, run.spent.usd + scored[0] * reading / 1e6


def strategies(
    prices: tuple[float, float, float], learned: ScoreWorth, table: StepTable, usd: tuple[float, float]
) -> dict[str, tuple[rh.Rung, rh.Rules]]:
    """The rung and the rules of each strategy. `usd` is the price of an answer, and of a score."""
    scorer = rh.Scorer("steps", tokens=1, input_price=prices[2])
    shared: dict[str, Any] = {"thinking_tokens": 300, "answer_tokens": 16, "input_price": prices[0], "output_price": prices[1]}
    rungs = {f"vote of {n}": rh.Rung("m", samples=n, **shared) for n in range(2, SAMPLES + 1)}
    rungs = {"one answer": rh.Rung("m", **shared), **rungs}
    for n in (2, 4, 8):
        rungs[f"best of {n}"] = rh.Rung("m", samples=n, best="score", scorer=scorer, **shared)
    for n in (3, 4, 8):
        rungs[f"weighted vote of {n}"] = rh.Rung("m", samples=n, best="vote", scorer=scorer, **shared)
    for n in DRAFTS:
        rungs[f"{n} drafts, distilled"] = rh.Rung("m", samples=n, distil=NOTES, **shared)
    bounded = rh.Scorer("steps", tokens=1, input_price=prices[2], width=learned.width)
    rungs[f"best of 8, width {learned.width}"] = rh.Rung("m", samples=SAMPLES, best="score", scorer=bounded, **shared)
    n = learned.choose(sample_usd=usd[0], score_usd=usd[1], usd_per_error=USD_PER_ERROR * usd[0]).samples
    name = f"best of {n}, learned"
    rungs[name] = rh.Rung("m", **shared) if n == 1 else rh.Rung("m", samples=n, best="score", scorer=scorer, **shared)
    found = {name: (rung, RULES) for name, rung in rungs.items()}
    stepped = rh.Rung("m", samples=SAMPLES, best="vote", steps=table, **shared)
    found["as many as the steps ask"] = stepped, rules(enough=ENOUGH)
    found["weighted vote of 8, rejecting"] = stepped, rules(reject_below=REJECT)
    return found


def measure(arm: str, questions: list[Recorded], prices: tuple[float, float, float], *, draws: int, seed: int) -> list[Row]:
    """All strategies on one model's samples."""
    learn, test = questions[::2], questions[1::2]
    worth, calibration = ScoreWorth("score"), StepCalibration()
    for samples in (one.samples for one in learn):
        calibration.add("steps", "m", [([score for _, score in one.steps], float(one.right)) for one in samples])
        worth.add(
            [one.answer for one in samples], scores=[one.score for one in samples], right=[float(one.right) for one in samples]
        )
    table, every = calibration.table("steps", "m"), [one for recorded in test for one in recorded.samples]
    usd = float(np.mean([one.read * prices[0] + one.written * prices[1] for one in every])) / 1e6
    score_usd = float(np.mean([(one.read + one.working) * prices[2] for one in every])) / 1e6
    results: dict[str, tuple[Array, Array]] = {}
    for name, (rung, rule) in strategies(prices, worth, table, (usd, score_usd)).items():
        served = [serve_one(rung, rule, recorded, prices[2]) for recorded in test]
        results[name] = np.array([float(right) for right, _ in served]), np.array([cost for _, cost in served]) / usd
    votes = [results[name] for name in ["one answer", *(f"vote of {n}" for n in range(2, SAMPLES + 1))]]
    rng = np.random.default_rng(seed)
    picks = [np.arange(len(test)), *(rng.integers(0, len(test), len(test)) for _ in range(draws))]
    rows = []
    for name, (right, cost) in results.items():
        points = np.array([100 * (right[pick].mean() - _at(votes, pick, cost[pick].mean())) for pick in picks])
        low, high = np.quantile(points[1:], [0.025, 0.975]) if draws else (points[0], points[0])
        rows.append(Row(arm, name, len(test), float(right.mean()), float(cost.mean()), float(points[0]), float(low), float(high)))
    return rows


def _at(votes: list[tuple[Array, Array]], pick: npt.NDArray[Any], cost: float) -> float:
    """The accuracy of the vote at a cost: of the best mix of the votes that cost at most so much and one that costs more."""
    known = sorted((float(costs[pick].mean()), float(right[pick].mean())) for right, costs in votes)
    return float(np.interp(cost, [at for at, _ in known], [accuracy for _, accuracy in known]))


def show(rows: list[Row]) -> None:
    """Prints the rows, model by model."""
    print(f"{'model':<16}{'strategy':<31}{'accuracy':>9}{'cost':>7}   points over the vote at that cost")
    for row in rows:
        points = f"{row.points:+.1f} [{row.points_low:+.1f}, {row.points_high:+.1f}]"
        print(f"{row.arm:<16}{row.strategy:<31}{100 * row.accuracy:>7.1f} %{row.cost:>7.2f}   {points}")
