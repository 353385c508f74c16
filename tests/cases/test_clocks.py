"""Clocks: deadlines under another clock than that of the start, and clocks that are set right."""

import pytest

import rheostat as rh


@pytest.mark.parametrize("of_plan", [True, False])
def test_a_deadline_is_met_by_another_clock_than_that_of_the_start(of_plan: bool) -> None:
    ladder = rh.Ladder([rh.Rung("only", answer_tokens=1000)])
    governor = rh.Governor(ladder, rh.policy.Utility(2.0), ceiling=rh.Ceiling(seconds=0.5))
    unix = 1.7e9
    run = governor.plan("q", at=unix).start() if of_plan else governor.plan("q").start(at=unix)
    run.next(at=10.0)
    assert not run.tick(at=10.4).stops
    assert run.tick(at=10.6).stops
    assert run.spent.seconds >= 0.5


def test_one_event_of_another_clock_does_not_end_a_run() -> None:
    ladder = rh.Ladder([rh.Rung("only", answer_tokens=1000)])
    run = rh.Governor(ladder, rh.policy.Utility(2.0), ceiling=rh.Ceiling(seconds=10)).plan("q").start(at=100.0)
    for at in (101.0, 0.0, 102.0, 0.0, 103.0):
        assert not run.tick(at=at).stops
    assert run.spent.seconds == 3.0


@pytest.mark.parametrize("at", [float("nan"), float("inf"), 1e300, -5.0, 1.7e12])
def test_a_time_that_is_none_is_refused(at: float) -> None:
    governor = rh.Governor(rh.Ladder([rh.Rung("only")]))
    for call in (
        lambda: governor.plan("q", at=at),
        lambda: governor.plan("q").start(at=at),
        lambda: governor.escalated("s", "only", at=at),
    ):
        with pytest.raises(rh.errors.InvalidValueError, match="at must be between"):
            call()
    with pytest.raises(rh.errors.InvalidValueError, match="offset"):
        rh.Ledger([], offset=float("nan"))


def test_a_clock_that_is_set_right_gives_nothing_back() -> None:
    day = 86_400.0
    ledger = rh.Ledger([rh.Cap("tenant", tokens=1000, per=day)], offset=0.0)
    start = 100 * day + 3600
    ledger.reserve(tokens=900, tenant="a", at=start).settle(tokens=900, at=start)
    ahead = start + 2 * day
    ledger.reserve(tokens=10, tenant="a", at=ahead).settle(tokens=10, at=ahead)
    ledger.rebase(at=start + 9)
    assert ledger.room(tenant="a", at=start + 9)[0] == 90
