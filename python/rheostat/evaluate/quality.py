"""How well the estimate ranks and how well it is calibrated, on outcomes that the shipped model has not been trained on.

RouteLLM's MMLU and GSM8K (Mixtral-8x7B against GPT-4), always beside a random order, the length of the prompt, LiteLLM's two
complexity routers where they are installed, and RouteLLM's published rows; then the learning curve, calibration before and
after a few labels, and what an estimate costs. RHEOSTAT_DATA names the data.
"""

from __future__ import annotations

import argparse
import sys
import timeit
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

import rheostat as rh
from rheostat._cli import _show
from rheostat.evaluate import _data, _peers, _recalibrate, _recipe, _svg
from rheostat.evaluate.metrics import apgr, cpt, interval

Numbers = npt.NDArray[np.float64]
#: Mixtral's and GPT-4's accuracy on MMLU: their abilities, as any operator could look them up.
LOW, HIGH = 0.70, 0.81
LABELS = (0, 50, 200, 500, 1_500)
#: RouteLLM, arXiv 2406.18665v4: APGR, CPT(50 %), CPT(80 %), the last two in percent. The best row of each kind of training.
PUBLISHED = {
    "MMLU": {
        "RouteLLM MF, arena": (0.524, 45.0, 76.9),
        "RouteLLM SW, arena": (0.473, 55.8, 80.3),
        "RouteLLM SW, arena + 1,500 labels": (0.603, 35.4, 71.6),
    },
    "GSM8K": {
        "RouteLLM SW, arena": (0.475, 54.4, 82.1),
        "RouteLLM causal LLM, arena + judge": (0.622, 33.6, 63.3),
    },
}


@dataclass(frozen=True)
class Row:
    """One scorer on one set: APGR with its interval, its harness form, and calls needed for half and four fifths of the gap."""

    data: str
    scorer: str
    apgr: float
    low: float | None
    high: float | None
    harness: float | None
    cpt50: float
    cpt80: float


@dataclass(frozen=True)
class Point:
    """The learning curve at one number of labels: mean APGR over draws of labels, its deviation, and the floor if one is set."""

    data: str
    learner: str
    labels: int
    apgr: float
    deviation: float


def arguments(parser: argparse.ArgumentParser) -> None:
    """The bench's own arguments."""
    parser.add_argument("--draws", type=int, default=1_000, help="bootstrap draws of each interval (default: 1000)")
    parser.add_argument(
        "--repeats", type=int, default=10, help="draws of labels for each point of the learning curve (default: 10)"
    )
    parser.add_argument("--seed", type=int, default=0, help="what everything is drawn from (default: 0)")
    parser.add_argument("--plots", metavar="FOLDER", type=Path, help="write the charts there, as SVG")
    parser.add_argument("--quick", action="store_true", help="fewer draws: 200 and 3")


def run(args: argparse.Namespace) -> int:
    """Print every table; 2 where there is no data."""
    draws, repeats = (200, 3) if args.quick else (args.draws, args.repeats)
    try:
        sets = _data.routellm()
    except _data.MissingDataError as error:
        print(error, file=sys.stderr)
        return 2
    rows = [row for data in sets for row in zero_shot(data, draws, args.seed)]
    curve = [point for data in sets for point in learning(data, repeats, args.seed)]
    calibrated = [row for data in sets for row in _recalibrate.table(data, args.seed, repeats)]
    costs = cost()
    if args.json:
        _show.as_json(
            {
                "zero_shot": [asdict(row) for row in rows],
                "learning": [asdict(point) for point in curve],
                "calibration": [asdict(row) for row in calibrated],
                "cost": costs,
                "model": rh.Estimator().version,
            }
        )
    else:
        _print(rows, curve, calibrated, costs)
    if args.plots is not None:
        plots(args.plots, sets, curve)
    return 0


def zero_shot(data: _data.Outcomes, draws: int, seed: int) -> list[Row]:
    """Every scorer that sees no label, and the published rows."""
    rng = np.random.default_rng(seed)
    scorers: dict[str, Numbers] = {
        "random": rng.random(len(data.prompts)),
        "prompt length": np.log([len(prompt) for prompt in data.prompts]),
        **_peers.scores(data.prompts),
        "rheostat, gain": rh.Estimator().gain(data.prompts, LOW, HIGH),
        "rheostat, difficulty": rh.Estimator().estimate_batch(data.prompts).difficulty,
    }
    rows = []
    for name, score in scorers.items():
        low, high = interval(apgr, score, data.weak, data.strong, draws=draws, seed=seed)
        exact, harness = (apgr(score, data.weak, data.strong, bins=bins) for bins in (None, 10))
        half, most = (100.0 * cpt(score, data.weak, data.strong, share) for share in (0.5, 0.8))
        rows.append(Row(data.name, name, exact, low, high, harness, half, most))
    published = PUBLISHED.get(data.name, {})
    return rows + [Row(data.name, name, value, None, None, None, *calls) for name, (value, *calls) in published.items()]


def learning(data: _data.Outcomes, repeats: int, seed: int) -> list[Point]:
    """The curve of the recipe and of `rh.fit`, on rows that were not labelled; labels are drawn at random."""
    texts = _recipe.Texts(data.prompts)
    learners: dict[str, Callable[[npt.NDArray[np.int64], npt.NDArray[np.int64]], Numbers]] = {
        "recipe": lambda labelled, rest: _recipe.scores(texts, data.strong - data.weak, labelled, rest),
        "rh.fit": lambda labelled, rest: _fitted(data, labelled, rest),
    }
    points = []
    for labels in (count for count in LABELS if count <= 0.6 * len(data.prompts)):
        for name, learner in learners.items():
            values = []
            for repeat in range(repeats if labels else 1):
                order = np.random.default_rng([seed, repeat]).permutation(len(data.prompts))
                labelled, rest = order[:labels], order[labels:]
                score = learner(labelled, rest) if labels else _unlabelled(name, data, texts)[rest]
                values.append(apgr(score, data.weak[rest], data.strong[rest]))
            points.append(Point(data.name, name, labels, float(np.mean(values)), float(np.std(values))))
    return points


def _unlabelled(name: str, data: _data.Outcomes, texts: _recipe.Texts) -> Numbers:
    return _recipe.length(texts) if name == "recipe" else rh.Estimator().gain(data.prompts, LOW, HIGH)


def _fitted(data: _data.Outcomes, labelled: npt.NDArray[np.int64], rest: npt.NDArray[np.int64]) -> Numbers:
    ladder = rh.Ladder([rh.Rung("weak", model="weak", ability=LOW), rh.Rung("strong", model="strong", ability=HIGH)])
    texts = [data.prompts[i] for i in labelled]
    outcomes = {"weak": data.weak[labelled], "strong": data.strong[labelled]}
    fitted = rh.fit(texts, outcomes, ladder)
    return fitted.gain([data.prompts[i] for i in rest], "weak", "strong")


def cost() -> dict[str, float]:
    """What an estimate costs here: microseconds by size of the prompt, from Python, and the artifact's bytes."""
    estimator = rh.Estimator()
    sentence = "Which of these is the largest share of the total, and how did it change between the two years? "
    out: dict[str, float] = {"bytes of the artifact": float(len(estimator.to_bytes()))}
    for size in (58, 477, 2_000):
        prompts = [(f"{i} " + sentence * 25)[:size] for i in range(1_000)]
        best = min(timeit.repeat(lambda prompts=prompts: [estimator.estimate(p) for p in prompts], number=3, repeat=5))  # type: ignore[misc]
        out[f"µs at {size} bytes"] = best / 3 / len(prompts) * 1e6
    return out


def _print(rows: list[Row], curve: list[Point], calibrated: list[_recalibrate.Row], costs: dict[str, float]) -> None:
    heads = ("data", "scorer", ">APGR", ">95 %", ">harness", ">CPT50", ">CPT80")
    cells: list[tuple[Any, ...]] = [
        (
            row.data,
            row.scorer,
            f"{row.apgr:.3f}",
            "" if row.low is None else f"{row.low:.3f} – {row.high:.3f}",
            "" if row.harness is None else f"{row.harness:.3f}",
            f"{row.cpt50:.1f}",
            f"{row.cpt80:.1f}",
        )
        for row in rows
    ]
    _show.table("No labels", heads, cells, caption="Rows without an interval are as published. CPT in percent of strong calls.")
    points = [(p.data, p.learner, p.labels, f"{p.apgr:.3f}", f"{p.deviation:.3f}") for p in curve]
    _show.table("Learning", ("data", "learner", ">labels", ">APGR", ">± SD"), points, caption="On rows without a label.")
    cells = [
        (r.data, r.model, r.labels, f"{r.auc:.3f}", f"{r.brier:.4f}", f"{r.constant:.4f}", f"{r.ece:.3f}") for r in calibrated
    ]
    heads = ("data", "model", ">labels", ">AUC", ">Brier", ">of a constant", ">ECE")
    _show.table(
        "Calibration of P(correct)",
        heads,
        cells,
        caption="The constant is the base rate of the labels, or without labels that of the rows that are scored.",
    )
    _show.lines((name, f"{value:,.2f}") for name, value in costs.items())


def plots(folder: Path, sets: list[_data.Outcomes], curve: list[Point]) -> None:
    """Write reliability.svg, learning.svg and cost_quality.svg."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {
        "reliability": _reliability(sets),
        "learning": _learning(curve),
        "cost_quality": _cost_quality(sets[0]),
    }.items():
        (folder / f"{name}.svg").write_text(text, encoding="utf-8")


def _reliability(sets: list[_data.Outcomes]) -> str:
    lines = [_svg.Line("perfect", (0.0, 1.0), (0.0, 1.0), dashed=True, dots=False)]
    for data in (sets[0], sets[2]):
        batch = rh.Estimator().estimate_batch(data.prompts)
        for model, ability, right in (("weak", LOW, data.weak), ("strong", HIGH, data.strong)):
            chance = batch.p_correct(ability)
            parts = np.array_split(np.argsort(chance, kind="stable"), 10)
            at = [float(chance[part].mean()) for part in parts]
            lines.append(_svg.Line(f"{data.name}, {model}", at, [float(right[part].mean()) for part in parts]))
    return _svg.chart("Reliability, no labels, unseen tasks", "P(correct) said", "share that was right", lines)


def _learning(curve: list[Point]) -> str:
    lines = []
    for data, learner in dict.fromkeys((point.data, point.learner) for point in curve if "without" not in point.data):
        points = [point for point in curve if (point.data, point.learner) == (data, learner)]
        y = [point.apgr for point in points]
        low, high = ([a + s * p.deviation for a, p in zip(y, points, strict=True)] for s in (-1.0, 1.0))
        lines.append(_svg.Line(f"{data}, {learner}", [np.log1p(p.labels / 25) for p in points], y, list(low), list(high)))
    at = [np.log1p(labels / 25) for labels in LABELS]
    best = PUBLISHED["MMLU"]["RouteLLM SW, arena + 1,500 labels"][0]
    lines.append(_svg.Line("MMLU, published best", (0.0, at[-1]), (best, best), dashed=True, dots=False))
    names = [f"{labels:,}" for labels in LABELS]
    return _svg.chart("Learning from few labels", "labels", "APGR", lines, x_ticks=at, x_names=names)


def _cost_quality(data: _data.Outcomes) -> str:
    shares = np.linspace(0.0, 1.0, 21)
    scorers = {"length": np.log([len(p) for p in data.prompts]), "rheostat, gain": rh.Estimator().gain(data.prompts, LOW, HIGH)}
    ends = (float(data.weak.mean()), float(data.strong.mean()))
    lines = [_svg.Line("zero router", (0.0, 1.0), ends, dashed=True, dots=False)]
    for name, score in scorers.items():
        order = np.argsort(-score, kind="stable")
        gained = np.concatenate([[0.0], np.cumsum((data.strong - data.weak)[order])]) / len(order)
        y = [ends[0] + float(gained[round(share * len(order))]) for share in shares]
        lines.append(_svg.Line(name, shares.tolist(), y, dots=False))
    return _svg.chart(f"Cost and quality, {data.name}", "share of calls to the strong model", "accuracy", lines)
