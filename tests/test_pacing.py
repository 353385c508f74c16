"""Budgets that are met by a price."""

from __future__ import annotations

import numpy as np
import pytest

import rheostat as rh


def test_a_governor_meets_its_budget() -> None:
    rungs = [rh.Rung("fast", output_price=0.4, ability=0.5), rh.Rung("deep", output_price=40.0, ability=0.95)]
    policy = rh.policy.Paced(2.0, usd_per_error=10.0, queries=2_000, offset=0.0)
    governor = rh.Governor(rh.Ladder(rungs), policy=policy)
    for i in range(2_000):
        governor.plan("Prove that the sum of the reciprocals of the primes diverges.", at=i * 43.2)
    pace = policy.pace()
    assert pace.spent == pytest.approx(2.0, rel=0.1)
    assert pace.queries == 2_000
    assert pace.expected < 20
    assert pace.price >= 1.0
    assert policy.price("acme") == pace.price
    assert repr(pace).startswith("Pace(price=")


def test_allocate() -> None:
    rng = np.random.default_rng(5)
    gains = np.sort(rng.random((200, 4)), axis=1)
    costs = np.sort(rng.random((200, 4)), axis=1)
    budget = float(costs[:, 0].sum() + 20)
    best = rh.policy.allocate(gains, costs, budget)
    rows = np.arange(200)
    assert gains[rows, best.rungs].sum() == pytest.approx(best.gain)
    assert costs[rows, best.rungs].sum() == pytest.approx(best.cost)
    assert best.cost <= budget + 1e-9
    assert best.gain <= best.bound <= best.gain + 1
    assert best.price > 0
    assert best == (best.rungs, best.cost, best.gain, best.bound, best.price)
    with pytest.raises(rh.errors.InvalidValueError, match="one shape"):
        rh.policy.allocate(gains, costs[:10], budget)
    with pytest.raises(rh.errors.InvalidValueError, match="budget"):
        rh.policy.allocate(gains, costs, -1.0)


@pytest.mark.parametrize(
    "bad", [{"usd": 0.0}, {"usd": 1.0, "per": 0.0}, {"usd": 1.0, "fairness": 2.0}, {"usd": 1.0, "queries": 0.0}]
)
def test_bad_values_are_named(bad: dict[str, float]) -> None:
    with pytest.raises(rh.errors.InvalidValueError, match="paced: "):
        rh.policy.Paced(**bad)  # type: ignore[arg-type]
