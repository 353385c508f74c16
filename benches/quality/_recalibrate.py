"""Calibration of P(correct): as it ships on a task that it has not seen, calibrated by a few labels, and learned from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

import rheostat as rh
from benches.quality import _curve
from benches.quality._data import Outcomes
from rheostat.evaluate.metrics import auc, brier, calibration_error

Numbers = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
#: Kind of chance and number of labels.
KINDS = (
    ("as shipped", 0),
    ("rh.learn.calibrate", 50),
    ("rh.learn.calibrate", 200),
    ("rh.fit", 50),
    ("rh.fit", 200),
    ("rh.fit", 1_500),
)


@dataclass(frozen=True)
class Row:
    """The calibration of one model's chances on one set, on rows without a label, averaged over draws of labels.

    ``constant`` is the Brier score of the base rate: that of the labelled rows where there are any (with one more of either
    kind), else that of the scored rows, which no deployment would know. ``below`` is by how much the chances' Brier score
    lies below it, with its 95 % interval. ``by_luck`` is the calibration error that the chances would have if they were true.
    """

    data: str
    model: str
    kind: str
    labels: int
    draws: int
    auc: float
    brier: float
    constant: float
    below: tuple[float, float, float]
    ece: float
    by_luck: float


def table(data: Outcomes, effort: _curve.Effort) -> list[Row]:
    """A row for the weak and the strong model, each kind of chance and each number of labels."""
    rows = []
    for kind, labels in KINDS:
        if labels > 0.6 * len(data.prompts):
            continue
        count = 1 if labels == 0 else effort.repeats * (4 if labels < 200 else 1)
        found: dict[str, list[tuple[Numbers, Numbers, float]]] = {"weak": [], "strong": []}
        for repeat in range(count):
            order = np.random.default_rng([effort.seed, repeat]).permutation(len(data.prompts))
            labelled, rest = order[:labels], order[labels:]
            chance = _chances(data, kind, labelled, rest)
            for model, right in (("weak", data.weak), ("strong", data.strong)):
                rate = float(right.mean()) if labels == 0 else (float(right[labelled].sum()) + 1.0) / (labels + 2.0)
                found[model].append((chance(model), right[rest], rate))
        for model, each in found.items():
            mean, below = _measure(each, effort)
            rows.append(Row(data.name, model, kind, labels, count, mean[0], mean[1], mean[2], below, mean[3], mean[4]))
    return rows


def _chances(data: Outcomes, kind: str, labelled: Rows, rest: Rows) -> Callable[[str], Numbers]:
    """The chances of the rows without a label, by model."""
    texts, ladder = [data.prompts[i] for i in labelled], _curve.ladder()
    outcomes = {"weak": data.weak[labelled], "strong": data.strong[labelled]}
    estimator = rh.Estimator()
    if kind == "rh.learn.calibrate":
        estimator, _ = rh.learn.calibrate(texts, outcomes, ladder)
    elif kind == "rh.fit":
        estimator = rh.fit(texts, outcomes, ladder)
    batch = estimator.estimate_batch([data.prompts[i] for i in rest])
    return lambda model: batch.p_correct(model if len(labelled) else ladder[model].ability or 0.5)


def _measure(
    found: list[tuple[Numbers, Numbers, float]], effort: _curve.Effort
) -> tuple[list[float], tuple[float, float, float]]:
    """AUC, Brier score, that of the constant, calibration error and that of luck; by how much they are below the constant."""
    rng = np.random.default_rng(effort.seed)
    each = [
        (
            auc(said, right),
            brier(said, right),
            float(np.mean((rate - right) ** 2)),
            calibration_error(said, right),
            float(np.mean([calibration_error(said, rng.random(len(said)) < said) for _ in range(20)])),
        )
        for said, right, rate in found
    ]
    mean: list[float] = np.mean(np.array(each), axis=0).tolist()
    gaps = [(rate - right) ** 2 - (said - right) ** 2 for said, right, rate in found]
    values = []
    for _ in range(effort.draws):
        chosen = [gaps[i] for i in rng.integers(0, len(gaps), len(gaps))]
        values.append(np.mean([gap[rng.integers(0, len(gap), len(gap))].mean() for gap in chosen]))
    low, high = (float(x) for x in np.quantile(values, [0.025, 0.975]))
    return mean, (mean[2] - mean[1], low, high)
