"""A rung is reached through the policy: overrides are said or refused, and the effect of rerouting gadgets is known."""

from __future__ import annotations

import pytest

import rheostat as rh
from benches.quality import gadgets
from rheostat.errors import InvalidTypeError, StateError

LADDER = rh.Ladder([rh.Rung("fast", output_price=0.4), rh.Rung("deep", output_price=10.0)])


def test_a_governor_without_overrides_refuses_a_rung_and_one_with_them_says_that_it_was_chosen() -> None:
    closed = rh.Governor(LADDER, overrides=False)
    assert "chosen" not in closed.plan("Why?").to_dict()["why"]
    with pytest.raises(StateError, match='rung "deep" was asked for, and this governor takes no overrides'):
        closed.plan("Why?", rung="deep")
    plan = rh.Governor(LADDER).plan("Why?", rung="deep")
    assert "chosen" in plan.to_dict()["why"], "records hold it"
    with pytest.raises(InvalidTypeError, match="overrides"):
        rh.Governor(LADDER, overrides=1)  # type: ignore[arg-type]


def test_gadgets_are_weighed() -> None:
    rows = gadgets.measure()
    assert len(rows) == 8
    assert all(0 <= row.moved <= 1 and row.cost > 0 for row in rows)
    assert "Sensitivity: 8 rerouting gadgets" in gadgets.sentence(rows)
