"""Measures of routing and of calibration, in the form of their sources.

Routing between a weak and a strong model: queries are sent to the strong one in the falling order of a score. With
``c(x)`` the share of queries sent and ``r`` the mean outcome, the performance gap recovered is
``PGR(c) = (r(c) − r(weak)) / (r(strong) − r(weak))`` (Ong et al., RouteLLM, arXiv 2406.18665).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from rheostat import _native
from rheostat._checks import invalid
from rheostat.errors import InvalidValueError

Numbers = npt.NDArray[np.float64]


def apgr(score: npt.ArrayLike, weak: npt.ArrayLike, strong: npt.ArrayLike, *, bins: int | None = None) -> float:
    """The average performance gap recovered: the area under PGR over the share of strong calls, 0.5 for a random score.

    Args:
        score: One for each query; the highest go to the strong model first. Equal scores count as in random order.
        weak: The weak model's outcomes, in [0, 1].
        strong: The strong model's outcomes.
        bins: Number of quantile bins of a trapezoid, 10 in RouteLLM's harness; the exact integral if not given.

    Raises:
        InvalidValueError: Lengths differ, values are not finite, or the strong model is not better on the mean.

    Example:
        >>> apgr([3, 2, 1, 0], weak=[0, 0, 1, 1], strong=[1, 1, 1, 1])
        0.75
    """
    return _native.apgr(*_gains(score, weak, strong), bins=bins)


def cpt(score: npt.ArrayLike, weak: npt.ArrayLike, strong: npt.ArrayLike, share: float) -> float:
    """The call-performance threshold: the smallest share of strong calls that recovers `share` of the gap.

    Args:
        score: As in `apgr`.
        weak: As in `apgr`.
        strong: As in `apgr`.
        share: Share of the gap, in (0, 1]; CPT(50 %) is 0.5.

    Raises:
        InvalidValueError: As `apgr`, or a share out of bounds.

    Example:
        >>> cpt([3, 2, 1, 0], weak=[0, 0, 1, 1], strong=[1, 1, 1, 1], share=0.5)
        0.25
    """
    return _native.cpt(*_gains(score, weak, strong), share)


def auc(score: npt.ArrayLike, label: npt.ArrayLike) -> float:
    """The chance that a row with a true label scores above one with a false label; ties count one half.

    Raises:
        InvalidValueError: Lengths differ, or all labels are alike.

    Example:
        >>> auc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])
        0.75
    """
    values, labels = _same(score, label)
    positive = labels > 0.5
    count = int(positive.sum())
    if count in {0, len(labels)}:
        raise invalid("labels", "one kind", "of both kinds")
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks = (ends - (counts - 1) / 2.0)[inverse]
    return float((ranks[positive].sum() - count * (count + 1) / 2) / (count * (len(labels) - count)))


def brier(prob: npt.ArrayLike, outcome: npt.ArrayLike) -> float:
    """The mean squared error of chances. A constant, the base rate, has the outcomes' variance: print it beside.

    Example:
        >>> brier([0.0, 1.0], [0, 1])
        0.0
    """
    chances, outcomes = _same(prob, outcome)
    return float(np.mean((chances - outcomes) ** 2))


def calibration_error(prob: npt.ArrayLike, outcome: npt.ArrayLike, *, bins: int = 10) -> float:
    """The expected calibration error, over bins of equally many rows (Nguyen and O'Connor, arXiv 1508.05154).

    A constant has a low one: print the Brier score beside it.

    Example:
        >>> calibration_error([0.5, 0.5], [0, 1], bins=1)
        0.0
    """
    chances, outcomes = _same(prob, outcome)
    parts = np.array_split(np.argsort(chances, kind="stable"), min(bins, len(chances)))
    gaps = [len(part) * abs(float(np.mean(chances[part] - outcomes[part]))) for part in parts]
    return float(sum(gaps) / len(chances))


def interval(
    measure: Callable[..., float], *columns: npt.ArrayLike, draws: int = 1_000, seed: int = 0, level: float = 0.95
) -> tuple[float, float]:
    """The bootstrap interval of a measure: rows are drawn together from all columns.

    Args:
        measure: Called with one array per column. Draws on which it raises InvalidValueError are left out.
        columns: Arrays of one length.
        draws: Number of draws.
        seed: Seed of the draws.
        level: The interval's level.

    Example:
        >>> interval(lambda x: float(x.mean()), [1.0, 1.0, 1.0])
        (1.0, 1.0)
    """
    arrays = [np.asarray(column) for column in columns]
    rng = np.random.default_rng(seed)
    values = []
    for _ in range(draws):
        rows = rng.integers(0, len(arrays[0]), len(arrays[0]))
        try:
            values.append(measure(*(array[rows] for array in arrays)))
        except InvalidValueError:
            continue
    low, high = np.quantile(values, [(1.0 - level) / 2.0, (1.0 + level) / 2.0])
    return float(low), float(high)


def zero_router(cost: Sequence[float], quality: Sequence[float]) -> list[tuple[float, float]]:
    """The non-decreasing upper hull of (cost, quality) points: the best that random mixtures of single models reach.

    The baseline that a router has to beat (Hu et al., RouterBench, arXiv 2403.12031).

    Example:
        >>> zero_router([1.0, 2.0, 3.0], [0.5, 0.55, 0.9])
        [(1.0, 0.5), (3.0, 0.9)]
    """
    costs, qualities = _same(cost, quality)
    hull: list[tuple[float, float]] = []
    for x, y in sorted(zip(costs.tolist(), qualities.tolist(), strict=True), key=lambda point: (point[0], -point[1])):
        if hull and y <= hull[-1][1]:
            continue
        while len(hull) > 1 and _below(hull[-2], hull[-1], (x, y)):
            hull.pop()
        hull.append((x, y))
    return hull


def aiq(cost: Sequence[float], quality: Sequence[float], *, least: float, most: float) -> float:
    """The average improvement in quality: the mean height of the hull of (cost, quality) points over [least, most].

    Beyond the last point the hull goes on level; before the first one it is 0. Values compare only over one range.

    Raises:
        InvalidValueError: Lengths differ, or the range is empty.

    Example:
        >>> aiq([0.0, 2.0], [0.0, 1.0], least=0.0, most=2.0)
        0.5
    """
    if not least < most:
        raise invalid("most", most, f"above least, {least}")
    hull = np.array(zero_router(cost, quality))
    inner = hull[(hull[:, 0] > least) & (hull[:, 0] < most), 0]
    at = np.unique(np.concatenate([[least], inner, [most]]))
    height = np.interp(at, hull[:, 0], hull[:, 1], left=0.0)
    return _trapezoid(height, at) / (most - least)


def _below(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> bool:
    return (b[1] - a[1]) * (c[0] - a[0]) <= (c[1] - a[1]) * (b[0] - a[0])


def _gains(score: Any, weak: Any, strong: Any) -> tuple[Numbers, Numbers]:
    """Scores, and the gain of the strong model on each query."""
    scores, low = _same(score, weak)
    _, high = _same(score, strong)
    return scores, high - low


def _trapezoid(y: Numbers, x: Numbers) -> float:
    return float(np.sum((y[1:] + y[:-1]) * np.diff(x)) / 2.0)


def _same(first: Any, second: Any) -> tuple[Numbers, Numbers]:
    a, b = np.asarray(first, float), np.asarray(second, float)
    if a.shape != b.shape or a.ndim != 1 or len(a) == 0:
        raise invalid("arrays", f"shapes {a.shape} and {b.shape}", "two of one length, not empty")
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        raise invalid("values", "NaN or inf", "finite")
    return a, b
