"""Sessions and ledgers through the governor."""

from __future__ import annotations

import pytest

import rheostat as rh

HARD = "Prove that there are infinitely many primes congruent to 3 mod 4, and that the sum of their reciprocals diverges."
EASY = "What is the capital of France?"


def ladder() -> rh.Ladder:
    return rh.Ladder(
        [
            rh.Rung("fast", model="small", input_price=0.05, output_price=0.4, cached_price=0.005, ability=0.55),
            rh.Rung("think", model="mid", thinking_tokens=4_096, input_price=0.25, output_price=2.0, ability=0.75),
            rh.Rung("deep", model="large", thinking_tokens=16_384, input_price=1.25, output_price=10.0, ability=0.9),
        ],
        default="think",
    )


@pytest.fixture
def governor() -> rh.Governor:
    estimate = rh.Estimator().estimate
    middle = (estimate(EASY).difficulty + estimate(HARD).difficulty) / 2
    return rh.Governor(ladder(), policy=rh.policy.Threshold([middle, 1.0]), sessions=rh.Sessions(down_after=2))


def test_a_session_goes_up_and_comes_down(governor: rh.Governor) -> None:
    def rung(text: str, at: float) -> str:
        return governor.plan(text, session="s", at=at).rung.name

    assert [rung(EASY, 0), rung(HARD, 1), rung(EASY, 2), rung(EASY, 3)] == ["fast", "think", "think", "fast"]
    count, size = governor.sessions
    assert count == 1
    assert size > 0
    assert governor.forget("s")
    assert not governor.forget("s")


def test_the_plan_says_what_the_session_did(governor: rh.Governor) -> None:
    governor.plan(HARD, session="s", at=0)
    plan = governor.plan(EASY, session="s", at=1)
    assert any("session" in reason for reason in plan.reasons)
    assert (plan.purpose, plan.strip_thinking, plan.switch_usd) == ("answer", [], 0.0)
    governor.escalated("s", "deep", at=2)
    plan = governor.plan(HARD, session="s", rung="fast", at=3)
    assert plan.rung.name == "fast"
    assert plan.strip_thinking == ["mid", "large"]
    chore = governor.plan("Generate a title for this conversation", session="s", at=4)
    assert (chore.purpose, chore.rung.name) == ("housekeeping", "fast")
    assert governor.plan(EASY, purpose="planning").rung.name == "think"


def test_bad_values_are_named(governor: rh.Governor) -> None:
    with pytest.raises(rh.errors.UnknownNameError, match="nonsense"):
        governor.plan(EASY, purpose="nonsense")  # type: ignore[arg-type]
    with pytest.raises(rh.errors.InvalidValueError, match="session"):
        governor.plan(EASY, session="")
    with pytest.raises(rh.errors.UnknownNameError, match="rung"):
        governor.escalated("s", "nowhere")
    with pytest.raises(rh.errors.InvalidValueError, match="down_after"):
        rh.Sessions(down_after=0)
    with pytest.raises(rh.errors.InvalidTypeError, match="sessions"):
        rh.Governor(ladder(), sessions=3)  # type: ignore[arg-type]
    with pytest.raises(rh.errors.InvalidTypeError, match="ledger"):
        rh.Governor(ladder(), ledger=3)


def test_a_used_up_cap_is_said_before_anything_is_spent() -> None:
    ledger = rh.Ledger([rh.Cap("tenant", tokens=3_000)])
    governor = rh.Governor(ladder(), policy=rh.policy.Utility(usd_per_error=1.0), ledger=ledger)
    plan = governor.plan(HARD, tenant="acme")
    assert plan.limit.tokens == 3_000
    assert ("ledger_tokens", 3_000.0) in [(field, got) for field, _, got in plan.clamped]
    ledger.reserve(tokens=3_000, tenant="acme")
    with pytest.raises(rh.errors.DeniedError, match="tenant tokens"):
        governor.plan(HARD, tenant="acme")
    assert governor.plan(HARD, tenant="other").limit.tokens == 3_000
