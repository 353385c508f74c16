"""Effect of a few adversarial labels: one query in twenty has the label that harms most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benches.quality import _curve
from benches.quality._data import Outcomes
from rheostat.evaluate.metrics import apgr

SHARE = 0.05
LABELS = (200, 500, 1_500)


@dataclass(frozen=True)
class Row:
    """APGR after labels that are right, and after some are not; the mean change, and that of the worst draw."""

    data: str
    labels: int
    poisoned: float
    clean: float
    apgr: float
    lost: float
    worst: float


def table(data: Outcomes, effort: _curve.Effort) -> list[Row]:
    """Every number of labels that leaves questions to score."""
    rows = []
    for labels in (count for count in LABELS if count <= 0.6 * len(data.prompts)):
        values = np.array([_measure(data, labels, (effort.seed, repeat)) for repeat in range(effort.repeats)])
        change = values[:, 1] - values[:, 0]
        mean = values.mean(axis=0)
        rows.append(Row(data.name, labels, SHARE, float(mean[0]), float(mean[1]), float(change.mean()), float(change.min())))
    return rows


def _measure(data: Outcomes, labels: int, seed: tuple[int, int]) -> tuple[float, float]:
    order = np.random.default_rng(seed).permutation(len(data.prompts))
    labelled, rest = order[:labels], order[labels:]
    weak, strong = data.weak.copy(), data.strong.copy()
    # The adversary knows the queries that need the strong model, and labels the strong one wrong and the weak one right.
    needed = labelled[(weak[labelled] < strong[labelled])][: round(SHARE * labels)]
    weak[needed], strong[needed] = 1.0, 0.0
    poisoned = Outcomes(data.name, data.prompts, weak, strong)
    prompts = [data.prompts[i] for i in rest]
    clean, dirty = (_curve.fitted(one, labelled).gain(prompts, "weak", "strong") for one in (data, poisoned))
    return apgr(clean, data.weak[rest], data.strong[rest]), apgr(dirty, data.weak[rest], data.strong[rest])
