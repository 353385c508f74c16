"""The worth of evidence: probing first, on recorded samples of real models, through whole runs.

Each task has several recorded answers of a cheap model to each question, and the outcome of a strong one. A cascade serves every
question by `rheostat.host.serve`; its client hands out the recorded answers, in the order they were drawn and in shuffles of it.
A stream that began costs its whole price; the host opens one at a time, so probes are drawn in turn. Beside the cascade: always
cheap, always strong, and mixing the two at random at the cascade's accuracy. Intervals are 95 % paired bootstrap intervals over
questions.

The second table is about choosing: `learn.ProbeWorth` sees the agreement on all questions of a task and grades of both
models on 100 of them (200 outcomes), and chooses between always cheap, always strong, two probes and three. An error
costs 3, 10, 30 or 100 strong answers. The excess is the cost of its choice, errors priced in, above the best of the
four in hindsight, over that one's cost; beside it the excess of each fixed way.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

import rheostat as rh
from benches.quality import _data, _evidence, _traces
from rheostat._cli import _show
from rheostat.host import Chunk, Usage, serve
from rheostat.learn import ProbeWorth

FLOORS = {"gsm8k: gpt-4o-mini, gpt-4o": (60.0, -0.5)}
"""Least percent saved by three probes, and least points against the strong model."""
CASCADES = {"2 probes": 2, "3 probes": 3}
"""Probes that must agree."""

LABELLED = 100
"""Questions with grades of both models."""
ERRORS = (3.0, 10.0, 30.0, 100.0)
"""Cost of an error, in strong answers."""
CLOSE = 0.15
"""Excess that counts as close to the best."""
WAYS = ("always strong", "always cheap", "2 probes", "3 probes", "learned")

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Row:
    """One cascade on one task: points against always asking the strong model, percent of its cost saved, both with intervals.

    `mixing` is what random mixing of the two models saves at the same accuracy.
    """

    task: str
    questions: int
    price_ratio: float
    cheap: float
    strong: float
    cascade: str
    points: float
    points_low: float
    points_high: float
    saved: float
    saved_low: float
    saved_high: float
    mixing: float


class Tape:
    """A client whose models are the recording; it counts the streams that began."""

    def __init__(self, drawn: list[str | None]) -> None:
        self.drawn, self.begun = drawn, {"cheap": 0, "strong": 0}

    def client(self, call: rh.Call, _index: int) -> Iterator[Chunk]:
        """Returns the next recorded answer; for the strong model a mark that no cheap answer equals."""
        at = self.begun[call.model]
        self.begun[call.model] += 1
        yield Chunk(answer=self.drawn[at] if call.model == "cheap" else "<strong>", usage=Usage(output=1))


def cascade(task: _evidence.Task, agree: int, orders: int, seed: int) -> tuple[Array, Array]:
    """Mean scores and dollars of each question over some orders, served by a cascade."""
    ladder = rh.Ladder.cascade(
        rh.Rung("cheap", output_price=task.cheap_usd * 1e6), rh.Rung("strong", output_price=task.strong_usd * 1e6),
        agree=agree,
    )  # fmt: skip
    governor = rh.Governor(ladder, ceiling=rh.Ceiling(tokens=1 << 20, usd=1e9), drift=0)
    scores, dollars = np.zeros(len(task.questions)), np.zeros(len(task.questions))
    rng = np.random.default_rng(seed)
    for order in range(orders):
        for place, question in enumerate(task.questions):
            drawn = list(question.answers)
            if order:
                rng.shuffle(drawn)
            tape = Tape(drawn)
            run = governor.plan("A recorded question.", at=0.0).start(at=0.0)
            serve(run, tape.client, answer=lambda _: None, clock=lambda: 0.0)
            if run.rung.name == "strong":
                scores[place] += question.strong
            elif run.answer in drawn:
                scores[place] += question.right[question.answers.index(run.answer)]
            dollars[place] += tape.begun["cheap"] * task.cheap_usd + tape.begun["strong"] * task.strong_usd
    return scores / orders, dollars / orders


def measure(task: _evidence.Task, *, orders: int, draws: int, seed: int) -> list[Row]:
    """Every cascade on a task."""
    strong = np.array([question.strong for question in task.questions])
    cheap = np.array([sum(question.right) / len(question.right) for question in task.questions])
    picked = np.random.default_rng(seed).integers(0, len(strong), (draws, len(strong)))
    rows = []
    for name, agree in CASCADES.items():
        scores, dollars = cascade(task, agree, orders, seed)
        points = 100.0 * (scores - strong)
        saved = 100.0 * (1.0 - dollars / task.strong_usd)
        ends = [np.percentile(values[picked].mean(axis=1), [2.5, 97.5]) for values in (points, saved)]
        rows.append(
            Row(
                task=task.name,
                questions=len(strong),
                price_ratio=task.strong_usd / task.cheap_usd,
                cheap=float(cheap.mean()),
                strong=float(strong.mean()),
                cascade=name,
                points=float(points.mean()),
                points_low=float(ends[0][0]),
                points_high=float(ends[0][1]),
                saved=float(saved.mean()),
                saved_low=float(ends[1][0]),
                saved_high=float(ends[1][1]),
                mixing=mixing(task, float(cheap.mean()), float(strong.mean()), float(scores.mean())),
            )
        )
    return rows


@dataclass(frozen=True)
class Excess:
    """Excess cost of each way on one task at one cost of an error, and what the learned choice took most often."""

    task: str
    error: float
    best: str
    taken: str
    excess: dict[str, float]


def choices(task: _evidence.Task, *, sets: int, seed: int) -> list[Excess]:
    """Chooses from several draws of labelled questions."""
    rng = np.random.default_rng(seed)
    truth = np.zeros((4, 2))
    learned = []
    for _ in range(sets):
        orders = [rng.permutation(len(question.answers)) for question in task.questions]
        everything = [
            ([question.answers[i] for i in order[:3]], float(question.right[order[0]]), question.strong)
            for question, order in zip(task.questions, orders, strict=True)
        ]
        truth += _ways(task, everything) / sets
        graded = set(rng.permutation(len(everything))[:LABELLED].tolist())
        worth = ProbeWorth()
        for place, (answers, low, high) in enumerate(everything):
            worth.add(answers, **({"low": low, "high": high} if place in graded else {}))
        learned.append(worth)
    rows = []
    for error in ERRORS:
        usd_per_error = error * task.strong_usd
        total = truth[:, 0] + usd_per_error * (1.0 - truth[:, 1])
        best = int(total.argmin())
        prices = {"low_usd": task.cheap_usd, "high_usd": task.strong_usd}
        taken = [worth.choose(**prices, usd_per_error=usd_per_error).probes for worth in learned]
        over = ((total - total[best]) / truth[best, 0]).tolist()
        mean = sum(over[way] for way in taken) / sets
        excess = dict(zip(WAYS, [*over, mean], strict=True))
        rows.append(Excess(task.name, error, WAYS[best], WAYS[max(set(taken), key=taken.count)], excess))
    return rows


def _ways(task: _evidence.Task, asked: list[tuple[list[str | None], float, float]]) -> Array:
    """Cost and share of right answers of always strong, always cheap, two probes and three in turn."""
    two = np.array([a[0] is not None and a[0] == a[1] for a, _, _ in asked])
    three = two & np.array([a[0] == a[2] for a, _, _ in asked])
    low, high = np.array([low for _, low, _ in asked]), np.array([high for _, _, high in asked])
    cheap, dear = task.cheap_usd, task.strong_usd
    return np.array(
        [
            (dear, high.mean()),
            (cheap, low.mean()),
            (2 * cheap + (1 - two.mean()) * dear, np.where(two, low, high).mean()),
            ((2 + two.mean()) * cheap + (1 - three.mean()) * dear, np.where(three, low, high).mean()),
        ]
    )


def mixing(task: _evidence.Task, cheap: float, strong: float, wanted: float) -> float:
    """Percent saved by asking the cheap model at random, as often as the wanted accuracy allows."""
    gap = strong - cheap
    share = 1.0 if gap <= 0.0 else min(max((strong - wanted) / gap, 0.0), 1.0)
    return 100.0 * share * (1.0 - task.cheap_usd / task.strong_usd)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the bench's own arguments."""
    parser.add_argument("--draws", type=int, default=2_000, help="bootstrap draws")
    parser.add_argument("--orders", type=int, default=4, help="orders of each question's samples, the recorded one first")
    parser.add_argument("--sets", type=int, default=40, help="draws of labelled questions")
    parser.add_argument("--seed", type=int, default=1, help="seed of the draws")
    parser.add_argument("--check", action="store_true", help="exit with 1 if a floor does not hold")


def run(args: argparse.Namespace) -> int:
    """Prints the table; exit status 1 when a floor does not hold, 2 without the samples of GSM8K."""
    try:
        tasks = [_evidence.gsm8k(), *_evidence.others()]
    except (_traces.MissingTracesError, _data.MissingDataError) as error:
        print(error, file=sys.stderr)
        return 2
    rows = [row for task in tasks for row in measure(task, orders=args.orders, draws=args.draws, seed=args.seed)]
    chosen = [row for task in tasks for row in choices(task, sets=args.sets, seed=args.seed)]
    if args.json:
        _show.as_json({"cascades": [asdict(row) for row in rows], "choices": [asdict(row) for row in chosen]})
    else:
        show(rows)
        show_choices(chosen)
    failed = [row for row in rows if row.cascade == "3 probes" and row.task in FLOORS and not _holds(row)]
    for row in failed:
        print(f"below the floor: {row.task}, {row.cascade}: {row.points:+.2f} points, {row.saved:.1f} % saved", file=sys.stderr)
    return 1 if args.check and failed else 0


def _holds(row: Row) -> bool:
    saved, points = FLOORS[row.task]
    return row.saved >= saved and row.points >= points


def show(rows: list[Row]) -> None:
    """Prints the rows, a task's accuracies and price ratio first."""
    print(f"{'task':<40}{'cascade':<11}{'points against strong':<25}{'saved %':<22}{'mixing':>7}")
    last = ""
    for row in rows:
        if row.task != last:
            last = row.task
            print(f"{row.task}  n={row.questions}  cheap {row.cheap:.3f}  strong {row.strong:.3f}  1:{row.price_ratio:.1f}")
        points = f"{row.points:+.2f} [{row.points_low:+.2f}, {row.points_high:+.2f}]"
        saved = f"{row.saved:.1f} [{row.saved_low:.1f}, {row.saved_high:.1f}]"
        print(f"{'':<40}{row.cascade:<11}{points:<25}{saved:<22}{row.mixing:>7.1f}")


def show_choices(rows: list[Excess]) -> None:
    """Prints the excess of each way: task by task the learned one's, then all in short."""
    heads = "".join(f"{f'error {error:g}':>34}" for error in ERRORS)
    print(f"\n{'task':<50}{heads}")
    for task in dict.fromkeys(row.task for row in rows):
        cells = [
            f"{row.best if row.best == row.taken else f'{row.taken} for {row.best}'} {100 * row.excess['learned']:.0f} %"
            for row in rows
            if row.task == task
        ]
        print(f"{task:<50}" + "".join(f"{cell:>34}" for cell in cells))
    print(f"\n{'way':<16}{'mean excess':>12}{'worst':>9}{'within 15 %':>13}{'within 5 %':>12}")
    for way in WAYS:
        excess = np.array([row.excess[way] for row in rows])
        close = 100 * float((excess <= CLOSE).mean())
        closest = 100 * float((excess <= CLOSE / 3).mean())
        print(f"{way:<16}{100 * excess.mean():>10.0f} %{100 * excess.max():>7.0f} %{close:>11.0f} %{closest:>10.0f} %")
