"""Sleep, by the governor's Python surface."""

from __future__ import annotations

import hashlib

import pytest

import rheostat as rh
from benches.quality import sleep, sleep_lab
from rheostat import config
from rheostat.errors import ArtifactError, InvalidTypeError, InvalidValueError, StateError
from rheostat.sleep import Candidate, Sleep

LADDER = rh.Ladder([rh.Rung("fast", output_price=0.4), rh.Rung("deep", output_price=10.0)])
SUMMARY = Candidate("summary", usd=0.02, live_usd=0.05, hit_usd=0.005)


def sleeping() -> rh.Governor:
    """A governor that sleeps, under a cap of its own, and a ledger of which it must take nothing."""
    ledger = rh.Ledger([rh.Cap("fleet", usd=1.0)])
    return rh.Governor(LADDER, ledger=ledger, sleep=Sleep(rh.Cap("fleet", usd=0.05)))


def ask(governor: rh.Governor, fingerprint: str | bytes, at: float) -> rh.types.SleepPlan:
    """Asks what to precompute."""
    return governor.sleep("report", [SUMMARY], fingerprint=fingerprint, ttl=86_400, at=at)


def test_it_refuses_learns_grants_serves_and_drops_what_is_stale() -> None:
    governor = sleeping()
    first = ask(governor, "v1", 0)
    assert (first.jobs, first.refused[0].reason, first.predicted) == ([], "no_evidence", 0.0)
    for hour in range(1, 25):
        assert not governor.wake("report", "summary", fingerprint="v1", at=3_600 * hour).hit
    (job,) = ask(governor, "v1", 90_000).jobs
    assert job.form == "now"
    assert job.usd == 0.02 < job.value
    assert governor.wake("report", "summary", fingerprint="v1", at=90_001).reason == "running"
    governor.slept(job.id, usd=0.01, at=90_002)
    hit = governor.wake("report", "summary", fingerprint="v1", at=90_012)
    assert hit == (True, job.id, 10.0, "hit")
    assert governor.wake("report", "summary", fingerprint="v2", at=90_013).reason == "changed"
    assert not governor.wake("report", "summary", fingerprint="v1", at=90_014).hit
    assert governor.sleep_spent == (0, 0.01)
    assert governor.plan("Why?").start().next(), "live queries have their whole budget"


def test_sources_that_change_while_it_works_leave_no_artefact() -> None:
    governor = sleeping()
    for hour in range(24):
        ask(governor, "v1", 3_600 * hour)
        governor.wake("report", "summary", fingerprint="v1", at=3_600 * hour + 1)
    governor.slept(1, usd=0.01, at=90_000)
    assert governor.wake("report", "summary", fingerprint="v1", at=90_001).hit
    assert not governor.wake("report", "summary", fingerprint="v2", at=90_002).hit
    ask(governor, "v3", 90_003)
    assert ask(governor, "v3", 90_004).refused[0].reason == "kept", "its work is in flight"
    governor.wake("report", "other", fingerprint="v4", at=90_005)
    governor.slept(2, usd=0.01, at=90_006)
    assert not governor.wake("report", "summary", fingerprint="v4", at=90_007).hit
    assert not governor.wake("report", "summary", fingerprint="v3", at=90_008).hit


def test_a_fingerprint_is_a_text_or_bytes() -> None:
    governor = sleeping()
    digest = hashlib.sha256(b"sources").digest()
    assert ask(governor, digest, 0).refused
    with pytest.raises(InvalidTypeError, match="fingerprint"):
        ask(governor, 5, 0)  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match="between 1 and 64 bytes"):
        ask(governor, "", 0)


def test_a_governor_without_sleep_says_so() -> None:
    governor = rh.Governor(LADDER)
    assert governor.sleep_spent is None
    for call in (
        lambda: ask(governor, "v1", 0),
        lambda: governor.wake("report", "summary", fingerprint="v1"),
        lambda: governor.slept(1),
        lambda: governor.keep_alive("report", read_usd=0.1, write_usd=1.25, ttl=300),
    ):
        with pytest.raises(StateError, match="made without it"):
            call()
    with pytest.raises(InvalidTypeError, match="sleep"):
        rh.Governor(LADDER, sleep=5)  # type: ignore[arg-type]


def test_a_state_goes_on_and_a_damaged_one_is_refused() -> None:
    governor, again = sleeping(), sleeping()
    ask(governor, "v1", 0)
    for hour in range(1, 25):
        governor.wake("report", "summary", fingerprint="v1", at=3_600 * hour)
    (job,) = ask(governor, "v1", 90_000).jobs
    governor.slept(job.id, usd=0.01, at=90_001)
    again.restore_sleep(governor.sleep_state())
    assert again.sleep_spent == (0, 0.01)
    assert again.wake("report", "summary", fingerprint="v1", at=90_002) == (True, job.id, 1.0, "hit")
    assert again.wake("report", "summary", fingerprint="v2", at=90_003).reason == "changed"
    with pytest.raises(ArtifactError):
        again.restore_sleep(governor.sleep_state()[:-1])
    assert again.sleep_spent == (0, 0.01), "nothing has changed"


def test_a_file_has_its_settings() -> None:
    rungs = "[[rung]]\nname = 'fast'\n[[rung]]\nname = 'deep'\n"
    text = rungs + "[sleep]\ncap = { scope = 'fleet', usd = 20.0 }\nforms = [{ name = 'batch', factor = 0.5, seconds = 7200 }]"
    governor = config.loads(text).governor()
    assert governor.sleep("report", [SUMMARY], fingerprint="v1", ttl=60, at=0).refused[0].reason == "no_evidence"
    with pytest.raises(InvalidValueError, match=r"sleep: confidence must be between 0.5 and 0.999999, got 2"):
        config.loads(f"{text}\nconfidence = 2.0")
    with pytest.raises(InvalidValueError, match="sleep: cap must be given"):
        config.loads(f"{rungs}[sleep]\nconfidence = 0.9")


def test_on_the_lab_it_costs_no_more_than_none() -> None:
    rows = sleep_lab.measure(4, 40)
    assert not sleep_lab.missed(rows)
    best = [row for row in rows if (row["questions"], row["predicted"], row["asleep"]) == (10.0, 0.9, "idle")]
    none, _, governed = best
    assert governed["test_tokens"] < 0.8 * none["test_tokens"]
    assert governed["right"] >= none["right"]


def test_keep_alive_pays_above_the_break_even_of_the_prices() -> None:
    governor = sleeping()
    every_hour = governor.keep_alive("report", read_usd=0.1, write_usd=1.25, ttl=300, query_rate=1 / 3_600)
    assert every_hour.break_even == pytest.approx(0.087, abs=1e-3)
    assert not every_hour.pays
    assert governor.keep_alive("report", read_usd=0.1, write_usd=1.25, ttl=300, query_rate=1 / 3_000).pays


def test_the_simulation_is_within_its_bars() -> None:
    rows = [row for row in sleep.measure(20) if row.rate != 0.2]
    assert all(row.cents["governed"] <= 1.1 * row.cents["none"] for row in rows)
    assert min(row.cents["governed"] / row.cents["none"] for row in rows) < 0.5
