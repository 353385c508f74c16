"""An arm: one way to serve all questions, with its results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from rheostat_lab.experiment.asked import Served
from rheostat_lab.experiment.fixed import Spent
from rheostat_lab.experiment.governed import Result
from rheostat_lab.experiment.numbers import Reals, wilson
from rheostat_lab.prices import Price


@dataclass
class Arm:
    """One way to serve all questions, and what came of it."""

    name: str
    right: Reals
    usd: Reals
    steps: Reals
    most_tokens: int
    detail: dict[str, Any] = field(default_factory=dict)

    @property
    def accuracy(self) -> float:
        """The share of right answers."""
        return float(self.right.mean())

    @property
    def cost(self) -> float:
        """US dollars for a thousand questions."""
        return float(self.usd.mean() * 1000)

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the accuracy."""
        return wilson(self.accuracy, len(self.right))


def spent_arm(name: str, asked: Sequence[Served], spent: Sequence[Spent], prices: Mapping[str, Price]) -> Arm:
    """Returns the spending on questions, as an arm."""
    right = np.array([s.right(r.answer) for s, r in zip(asked, spent, strict=True)], float)
    usd = np.array([r.usd(prices) for r in spent])
    steps = np.array([r.steps for r in spent], float)
    most = max(sum(tokens for _, tokens in r.written) for r in spent)
    return Arm(name, right, usd, steps, most)


def governed_arm(name: str, asked: Sequence[Served], results: Sequence[Result], prices: Mapping[str, Price]) -> Arm:
    """Returns the results of governed runs, as an arm, with the governor's actions."""
    arm = spent_arm(name, asked, [r.spent for r in results], prices)
    calls: Counter[str] = sum((r.calls for r in results), Counter())
    ramps: Counter[str] = sum((r.ramps for r in results), Counter())
    arm.detail = {
        "planned": dict(Counter(r.planned for r in results)),
        "ended": dict(Counter(r.last for r in results)),
        "calls": dict(calls),
        "ramps": dict(ramps.most_common()),
        "settled": sum(r.settled for r in results) / len(results),
    }
    return arm
