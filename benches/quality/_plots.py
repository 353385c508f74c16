"""The charts of `benches.quality.estimate`."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import rheostat as rh
from benches.quality import _charts, _curve, _data


def write(folder: Path, sets: list[_data.Outcomes], curve: list[_curve.Point], best: float) -> None:
    """Write reliability.svg, cost_quality.svg and, where the curve was measured, learning.svg beside the best published row."""
    folder.mkdir(parents=True, exist_ok=True)
    charts = {"reliability": _reliability(sets), "cost_quality": _cost_quality(sets[0])}
    if curve:
        charts["learning"] = _learning(curve, best)
    for name, text in charts.items():
        (folder / f"{name}.svg").write_text(text, encoding="utf-8")


def _reliability(sets: list[_data.Outcomes]) -> str:
    lines = [_charts.Line("perfect", (0.0, 1.0), (0.0, 1.0), dashed=True, dots=False)]
    for data in (sets[0], sets[2]):
        batch = rh.Estimator().estimate_batch(data.prompts)
        for model, ability, right in (("weak", _curve.LOW, data.weak), ("strong", _curve.HIGH, data.strong)):
            chance = batch.p_correct(ability)
            parts = np.array_split(np.argsort(chance, kind="stable"), 10)
            at = [float(chance[part].mean()) for part in parts]
            lines.append(_charts.Line(f"{data.name}, {model}", at, [float(right[part].mean()) for part in parts]))
    return _charts.lines("Reliability, no labels, unseen tasks", "P(correct) said", "share that was right", lines)


def _learning(curve: list[_curve.Point], best: float) -> str:
    lines = []
    shown = [point for point in curve if "without" not in point.data and point.how == "offline"]
    for data, learner in dict.fromkeys((point.data, point.learner) for point in shown):
        points = [point for point in curve if (point.data, point.learner) == (data, learner)]
        y = [point.apgr for point in points]
        low, high = ([a + s * p.deviation for a, p in zip(y, points, strict=True)] for s in (-1.0, 1.0))
        lines.append(
            _charts.Line(
                f"{data}, {learner}",
                [np.log1p(p.labels / 25) for p in points],
                y,
                list(low),
                list(high),
            )
        )
    at = [np.log1p(labels / 25) for labels in _curve.LABELS]
    lines.append(_charts.Line("MMLU, published best", (0.0, at[-1]), (best, best), dashed=True, dots=False))
    names = [f"{labels:,}" for labels in _curve.LABELS]
    return _charts.lines("Learning from few labels", "labels", "APGR", lines, x_ticks=at, x_names=names)


def _cost_quality(data: _data.Outcomes) -> str:
    shares = np.linspace(0.0, 1.0, 21)
    scorers = {
        "length": np.log([len(p) for p in data.prompts]),
        "rheostat, gain": rh.Estimator().gain(data.prompts, _curve.LOW, _curve.HIGH),
    }
    ends = (float(data.weak.mean()), float(data.strong.mean()))
    lines = [_charts.Line("zero router", (0.0, 1.0), ends, dashed=True, dots=False)]
    for name, score in scorers.items():
        order = np.argsort(-score, kind="stable")
        gained = np.concatenate([[0.0], np.cumsum((data.strong - data.weak)[order])]) / len(order)
        y = [ends[0] + float(gained[round(share * len(order))]) for share in shares]
        lines.append(_charts.Line(name, shares.tolist(), y, dots=False))
    return _charts.lines(f"Cost and quality, {data.name}", "share of calls to the strong model", "accuracy", lines)
