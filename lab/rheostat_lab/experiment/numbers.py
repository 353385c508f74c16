"""Intervals, and the paired comparison that a claim of no regression rests on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Reals = npt.NDArray[np.float64]
_Z = 1.959964


def wilson(share: float, n: int) -> tuple[float, float]:
    """The 95 % interval of a share of n (Wilson 1927).

    Example:
        >>> [round(x, 3) for x in wilson(0.9, 100)]
        [0.826, 0.945]
    """
    scale = 1 + _Z * _Z / n
    middle = (share + _Z * _Z / (2 * n)) / scale
    half = _Z * math.sqrt(share * (1 - share) / n + _Z * _Z / (4 * n * n)) / scale
    return middle - half, middle + half


@dataclass(frozen=True)
class Paired:
    """Paired difference of two arms on the same questions.

    Attributes:
        mean: The mean difference.
        low: The lower bound at 95 % (one-sided): with less than 5 % probability the true difference is below it.
        interval: The two-sided 95 % interval.
        n: The questions.
    """

    mean: float
    low: float
    interval: tuple[float, float]
    n: int


def paired(ours: Sequence[float] | Reals, theirs: Sequence[float] | Reals, draws: int = 4000, seed: int = 0) -> Paired:
    """The paired difference with bootstrap bounds over questions (percentiles; Efron and Tibshirani 1993).

    Example:
        >>> difference = paired([1, 1, 0, 1], [1, 0, 0, 1])
        >>> difference.mean, difference.n
        (0.25, 4)
    """
    differences = np.asarray(ours, float) - np.asarray(theirs, float)
    values, counts = np.unique(differences, return_counts=True)
    n = len(differences)
    # To resample n of n with replacement, it is enough to draw the count of each distinct difference.
    resampled = np.random.default_rng(seed).multinomial(n, counts / n, draws) @ values / n
    low, left, right = np.quantile(resampled, [0.05, 0.025, 0.975])
    return Paired(float(differences.mean()), float(low), (float(left), float(right)), n)
