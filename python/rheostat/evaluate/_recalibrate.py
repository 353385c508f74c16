"""Calibration on a task that the model has not seen: as it is, and after a few labels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

import rheostat as rh
from rheostat.evaluate._data import Outcomes
from rheostat.evaluate.metrics import auc, brier, calibration_error

Numbers = npt.NDArray[np.float64]
LABELS = (0, 50, 200)
SLOPE, SLOPE_PRECISION, BIAS_PRECISION = 0.5, 30.0, 0.7
"""Platt scaling with a normal prior on the slope, and on the bias: off distribution half of a deviation is about right."""


@dataclass(frozen=True)
class Row:
    """The calibration of one model's chances on one set.

    ``constant`` is the Brier score of the base rate: that of the labelled rows where there are any, else that of the rows
    that are scored, which nobody could have known.
    """

    data: str
    model: str
    labels: int
    auc: float
    brier: float
    constant: float
    ece: float


def table(data: Outcomes, seed: int, repeats: int) -> list[Row]:
    """A row for the weak and the strong model and each number of labels, averaged over draws of labels."""
    batch = rh.Estimator().estimate_batch(data.prompts)
    rows = []
    for model, right in (("weak", data.weak), ("strong", data.strong)):
        chance = batch.p_correct(0.70 if model == "weak" else 0.81)
        for labels in LABELS:
            draws = [_measure(chance, right, labels, seed, repeat) for repeat in range(repeats if labels else 1)]
            rows.append(Row(data.name, model, labels, *np.mean(draws, axis=0).tolist()))
    return rows


def _measure(chance: Numbers, right: Numbers, labels: int, seed: int, repeat: int) -> tuple[float, float, float, float]:
    order = np.random.default_rng([seed, repeat]).permutation(len(right))
    labelled, rest = order[:labels], order[labels:]
    said = chance[rest] if labels == 0 else platt(chance, right, labelled)[rest]
    outcome = right[rest]
    rate = float(outcome.mean()) if labels == 0 else _rate(right[labelled])
    return auc(said, outcome), brier(said, outcome), float(np.mean((rate - outcome) ** 2)), calibration_error(said, outcome)


def platt(chance: Numbers, right: Numbers, labelled: npt.NDArray[np.int64]) -> Numbers:
    """Chances after Platt scaling on the labelled rows, by maximum a posteriori: Newton's method on slope and bias."""
    logit = np.log(chance) - np.log1p(-chance)
    center = float(logit.mean())
    x, y = logit[labelled] - center, right[labelled]
    rate = _rate(y)
    level = float(np.log(rate / (1.0 - rate)))
    slope, bias = SLOPE, level
    for _ in range(30):
        p = 1.0 / (1.0 + np.exp(-(slope * x + bias)))
        curve = p * (1.0 - p)
        gradient = np.array([x @ (p - y) + SLOPE_PRECISION * (slope - SLOPE), (p - y).sum() + BIAS_PRECISION * (bias - level)])
        hessian = np.array([[x @ (curve * x) + SLOPE_PRECISION, x @ curve], [x @ curve, curve.sum() + BIAS_PRECISION]])
        step = np.linalg.solve(hessian, gradient)
        slope, bias = slope - step[0], bias - step[1]
    return np.asarray(1.0 / (1.0 + np.exp(-(slope * (logit - center) + bias))), float)


def _rate(right: Numbers) -> float:
    """The base rate that labels give, with one more of each kind."""
    return float((right.sum() + 1.0) / (len(right) + 2.0))
