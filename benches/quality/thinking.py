"""The share of a thinking budget that recorded models use: `python -m benches.quality thinking`.

A plan and a ramp price thinking by one share of its budget. The recorded traces say which: reasoning models that answered the
same questions without a limit. An operator sets a budget that nearly all answers fit, here each model's 95th percentile; the
share used is the answer's length over it, at most 1. The share is compared with the estimate's difficulty: a line through each
model's questions, its slope with a bootstrap interval over questions, and the mean absolute errors of the best constant, of that
line, of the line that plans and ramps use (0.25 + 0.5 · difficulty), and of a flat half.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

import rheostat as rh
from benches.quality._traces import MissingTracesError, rows

TRACE = "mip_gsm8k_normal_12models.jsonl.gz"
MODELS = ("DSQ", "QwQ", "deepseekR1", "s1.1", "o1", "o1mini_medium", "o3mini_medium")
"""The models of the trace that think. The last number of an answer is its length: words, or tokens where the provider counts."""
PERCENTILE = 95.0

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Use:
    """The shares that one model used, by question, and the questions' difficulties."""

    model: str
    shares: Array
    difficulty: Array

    @property
    def line(self) -> tuple[float, float]:
        """Intercept and slope of the share over difficulty, by least squares."""
        slope, intercept = np.polyfit(self.difficulty, self.shares, 1)
        return float(intercept), float(slope)

    def error(self, intercept: float, slope: float) -> float:
        """Mean absolute error of a line."""
        return float(np.abs(intercept + slope * self.difficulty - self.shares).mean())


def measure() -> list[Use]:
    """The use of each model."""
    recorded = list(rows(TRACE))
    difficulty = np.asarray(rh.Estimator().estimate_batch([row["q"] for row in recorded]).difficulty, dtype=float)
    uses = []
    for model in MODELS:
        known = [i for i, row in enumerate(recorded) if model in row["models"]]
        lengths = np.array([recorded[i]["models"][model][-1] for i in known], dtype=float)
        shares = np.minimum(lengths / np.percentile(lengths, PERCENTILE), 1.0)
        uses.append(Use(model, shares, difficulty[known]))
    return uses


def pooled(uses: list[Use]) -> Use:
    """All models as one."""
    return Use("all", np.concatenate([use.shares for use in uses]), np.concatenate([use.difficulty for use in uses]))


def interval(uses: list[Use], draws: int, seed: int) -> tuple[tuple[float, float], tuple[float, float]]:
    """The 95 % bootstrap intervals, over questions, of the mean share and of the slope."""
    rng = np.random.default_rng(seed)
    means, slopes = [], []
    for _ in range(draws):
        drawn = []
        for use in uses:
            picked = rng.integers(0, len(use.shares), len(use.shares))
            drawn.append(Use(use.model, use.shares[picked], use.difficulty[picked]))
        both = pooled(drawn)
        means.append(float(both.shares.mean()))
        slopes.append(both.line[1])
    low, high = np.percentile(means, [2.5, 97.5]), np.percentile(slopes, [2.5, 97.5])
    return (float(low[0]), float(low[1])), (float(high[0]), float(high[1]))


def arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the bench's own arguments."""
    parser.add_argument("--draws", type=int, default=1_000, help="bootstrap draws")
    parser.add_argument("--seed", type=int, default=1, help="seed of the draws")


def run(args: argparse.Namespace) -> int:
    """Prints the table; exit status 2 without the traces."""
    try:
        uses = measure()
    except MissingTracesError as error:
        print(error)
        return 2
    everyone = pooled(uses)
    print(f"{'model':<15}{'n':>6}{'share':>8}{'slope':>8}{'constant':>10}{'line':>8}{'0.25+0.5d':>11}{'flat 0.5':>10}")
    for use in [*uses, everyone]:
        mean = float(use.shares.mean())
        errors = (use.error(mean, 0.0), use.error(*use.line), use.error(0.25, 0.5), use.error(0.5, 0.0))
        row = f"{use.model:<15}{len(use.shares):>6}{mean:>8.3f}{use.line[1]:>8.3f}"
        print(f"{row}{errors[0]:>10.3f}{errors[1]:>8.3f}{errors[2]:>11.3f}{errors[3]:>10.3f}")
    mean_range, slope_range = interval(uses, args.draws, args.seed)
    print(f"mean share {everyone.shares.mean():.3f} [{mean_range[0]:.3f}, {mean_range[1]:.3f}]")
    print(f"line {everyone.line[0]:.3f} + {everyone.line[1]:.3f} d, slope [{slope_range[0]:.3f}, {slope_range[1]:.3f}]")
    low, high = np.percentile(everyone.difficulty, [5, 95])
    print(f"difficulty from {low:.2f} to {high:.2f} (5th and 95th percentile)")
    return 0
