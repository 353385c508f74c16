"""Caps on escalated spend: in Python, in a file of the ledger, in TOML."""

from __future__ import annotations

from pathlib import Path

import pytest

import rheostat as rh
from rheostat import config
from rheostat.errors import DeniedError, InvalidValueError
from rheostat.stores import SQLite

LADDER = rh.Ladder(
    [rh.Rung("fast", output_price=0.4, answer_tokens=500), rh.Rung("deep", output_price=40.0, answer_tokens=2_000)]
)
DEAR = rh.policy.Utility(usd_per_error=100.0)
ASK = "Prove that there are infinitely many primes."
CAP = rh.Cap("tenant", escalated_usd=0.05, per=86_400)


def test_a_served_run_draws_its_escalated_part_alone() -> None:
    ledger = rh.Ledger([CAP])
    governor = rh.Governor(LADDER, policy=DEAR, ledger=ledger)
    with governor.plan(ASK, tenant="acme").start() as run:
        (call,) = run.next()
        assert call.rung.name == "deep"
        call.sample().finish(answer="42")
        call.usage(input=10, output=1_000)
    assert run.spent.escalated_usd == run.spent.usd == pytest.approx(0.04)
    assert ledger.escalated_room(tenant="acme") == pytest.approx(0.01)
    assert ledger.escalated_room(tenant="other") == 0.05
    assert ledger.escalated_room() is None, "no cap of this kind falls to it"
    plan = governor.plan(ASK, tenant="acme")
    assert plan.rung.name == "fast"
    assert plan.limit.escalated_usd == pytest.approx(0.01)
    assert "escalated" in plan.to_dict()["why"]
    assert governor.plan(ASK, tenant="acme", rung="deep").rung.name == "fast", "a choice passes no cap"
    with plan.start() as run:
        (call,) = run.next()
        call.sample().finish(answer="")
        call.usage(input=10, output=100)
        assert not run.next()
    assert run.spent.escalated_usd == 0.0


def test_a_file_keeps_what_was_escalated(tmp_path: Path) -> None:
    with SQLite(tmp_path / "budget.db", [CAP]) as store:
        hold = store.ledger.reserve(usd=0.04, escalated_usd=0.03, tenant="acme")
        hold.settle(usd=0.03, escalated_usd=0.02)
        with pytest.raises(DeniedError, match=r"tenant escalated_usd per 86400 s: 0.031 wanted, 0.03 left"):
            store.ledger.reserve(usd=0.031, escalated_usd=0.031, tenant="acme")
        store.ledger.reserve(usd=9.0, tenant="acme").settle(usd=9.0)
    with SQLite(tmp_path / "budget.db", [CAP]) as store:
        assert store.ledger.escalated_room(tenant="acme") == pytest.approx(0.03)


def test_toml_has_it(tmp_path: Path) -> None:
    path = tmp_path / "ladder.toml"
    rungs = "[[rung]]\nname = 'fast'\n[[rung]]\nname = 'deep'\n[[cap]]\nscope = 'tenant'\n"
    path.write_text(f"{rungs}escalated_usd = 0.05\nper = 86400\n")
    assert config.load(path).caps == (CAP,)
    path.write_text(f"{rungs}escalated_usd = -1\n")
    with pytest.raises(InvalidValueError, match=r"escalated_usd must be a number of at least 0, got -1"):
        config.load(path)


def test_what_it_is_not_for_is_refused() -> None:
    with pytest.raises(InvalidValueError, match=r"escalated_usd must be at most usd, 0.01, got 0.02"):
        rh.Ledger([CAP]).reserve(usd=0.01, escalated_usd=0.02)
    with pytest.raises(InvalidValueError, match=r"escalated_usd must be left out where blocks are leased, got 1"):
        rh.Cap("tenant", escalated_usd=1.0, per=60, block=(0, 0.1))
    with pytest.raises(InvalidValueError, match=r"escalated_usd must be left out: only a governor's calls escalate, got 1"):
        rh.sleep.Sleep(rh.Cap("fleet", escalated_usd=1.0))
    with pytest.raises(InvalidValueError, match=r"cap of tenant: tokens, usd, escalated_usd must be at least one of the three"):
        rh.Cap("tenant")
    assert repr(CAP) == "Cap('tenant', escalated_usd=0.05, per=86400)"
