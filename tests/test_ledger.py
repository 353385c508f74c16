"""Ledgers: in process and in a file, against one oracle."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rheostat as rh
from rheostat.stores import SQLite

CAPS = [
    rh.Cap("session", tokens=90),
    rh.Cap("tenant", tokens=150, usd=3.0, per=10),
    rh.Cap("fleet", usd=4.0, per=25),
]
Make = Callable[[Path], Any]
IDLE = 3_600.0
"""An interval in which the store's thread does nothing: these tests have clocks of their own."""
MAKERS: dict[str, Make] = {
    "process": lambda _: rh.Ledger(CAPS, ttl=60, offset=0.0),
    "sqlite": lambda path: SQLite(path / "ledger.db", CAPS, ttl=60, offset=0.0, interval=IDLE),
}


@pytest.fixture(params=sorted(MAKERS))
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[rh.Ledger]:
    made = MAKERS[request.param](tmp_path)
    yield made.ledger if isinstance(made, SQLite) else made
    if isinstance(made, SQLite):
        made.close()


def test_reserve_settle_release(ledger: Any) -> None:
    hold = ledger.reserve(tokens=80, usd=1.0, session="s", tenant="t", at=0)
    assert ledger.room(session="s", tenant="t", at=0) == (10, 2.0)
    with pytest.raises(rh.errors.DeniedError, match="session tokens: 11 wanted, 10 left") as denied:
        ledger.reserve(tokens=11, session="s", tenant="t", at=0)
    assert (denied.value.cap, denied.value.wanted, denied.value.left) == ("session tokens", 11, 10)
    with pytest.raises(rh.errors.DeniedError, match="tenant usd per 10 s"):
        ledger.reserve(usd=2.5, session="other", tenant="t", at=0)
    assert hold.settle(tokens=30, usd=0.5, at=1) == "settled"
    assert hold.settle(tokens=30, usd=0.5, at=1) == "nothing"
    assert ledger.room(session="s", tenant="t", at=1) == (60, 2.5)
    with ledger.reserve(tokens=60, session="s", at=1):
        assert ledger.room(session="s", at=1)[0] == 0
    assert ledger.room(session="s", at=1)[0] == 60


def test_windows_only_go_forward(ledger: Any) -> None:
    at: float
    for at in (5, 15):
        assert ledger.reserve(tokens=0, usd=2.0, tenant="t", at=at).settle(usd=2.0, at=at) == "settled"
    for at in (5, 0, 19.5):
        with pytest.raises(rh.errors.DeniedError):
            ledger.reserve(usd=2.0, tenant="t", at=at)
    ledger.reserve(usd=2.0, tenant="t", at=1_000_000).settle(usd=2.0, at=1_000_000)
    with pytest.raises(rh.errors.DeniedError):
        ledger.reserve(usd=2.5, tenant="t", at=30)
    ledger.rebase(at=30)
    ledger.reserve(usd=2.5, tenant="t", at=55).release(at=55)


def test_what_expires_may_still_be_settled_once(ledger: Any) -> None:
    hold = ledger.reserve(tokens=90, session="s", ttl=5, at=0)
    assert ledger.room(session="s", at=4)[0] == 0
    assert ledger.expire(at=5) == 1
    assert ledger.room(session="s", at=5)[0] == 90
    assert hold.settle(tokens=70, at=6) == "late"
    assert hold.settle(tokens=70, at=6) == "nothing"
    assert ledger.room(session="s", at=6)[0] == 20


@pytest.mark.parametrize(
    "bad",
    [{"usd": -1.0}, {"usd": float("nan")}, {"session": ""}, {"tenant": "x" * 257}, {"ttl": 0.0}, {"ttl": float("nan")}],
)
def test_bad_values_are_named(ledger: Any, bad: dict[str, Any]) -> None:
    with pytest.raises(rh.errors.InvalidValueError, match=next(iter(bad))):
        ledger.reserve(**bad)


def test_bad_caps_are_named() -> None:
    with pytest.raises(rh.errors.UnknownNameError, match="galaxy"):
        rh.Cap("galaxy", tokens=1)  # type: ignore[arg-type]
    with pytest.raises(rh.errors.InvalidValueError, match="at least one"):
        rh.Cap("fleet")
    with pytest.raises(rh.errors.InvalidValueError, match="per must be"):
        rh.Cap("fleet", tokens=1, per=-1)
    with pytest.raises(rh.errors.InvalidTypeError, match="Cap"):
        rh.Ledger([3])  # type: ignore[list-item]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("reserve"), st.integers(0, 2), st.integers(0, 1), st.integers(0, 60), st.integers(0, 60)),
        st.tuples(st.just("settle"), st.integers(0, 30), st.just(0), st.integers(0, 80), st.integers(0, 80)),
        st.tuples(st.just("pass"), st.sampled_from([1, 7, 61, -5, -500, 1_000]), st.just(0), st.just(0), st.just(0)),
    ),
    max_size=40,
)


@settings(max_examples=30, deadline=None)
@given(STEPS)
def test_the_file_acts_as_the_process(steps: list[tuple[str, int, int, int, int]]) -> None:
    store = SQLite(":memory:", CAPS, ttl=60, offset=0.0, interval=IDLE)
    process, file = rh.Ledger(CAPS, ttl=60, offset=0.0), store.ledger
    pairs: list[tuple[Any, Any]] = []
    now = 0.0
    for what, i, j, tokens, dimes in steps:
        assert process.expire(at=now) == file.expire(at=now)
        if what == "reserve":
            got: list[Any] = []
            for ledger in (process, file):
                try:
                    got.append(ledger.reserve(tokens=tokens, usd=dimes / 10, session=f"s{i}", tenant=f"t{j}", at=now))
                except rh.errors.DeniedError as denied:
                    got.append(denied.cap)
            assert (got[0] == got[1]) if isinstance(got[0], str) else not isinstance(got[1], str), got
            if not isinstance(got[0], str):
                pairs.append((got[0], got[1]))
        elif what == "settle" and i < len(pairs):
            answers = {hold.settle(tokens=tokens, usd=dimes / 10, at=now) for hold in pairs[i]}
            assert len(answers) == 1
        elif what == "pass":
            now = max(0.0, now + i)
        for j in range(2):
            rooms = [ledger.room(session="s0", tenant=f"t{j}", at=now) for ledger in (process, file)]
            assert rooms[0] == pytest.approx(rooms[1], abs=1e-9)
    store.close()


def test_threads_do_not_pass_a_cap(tmp_path: Path) -> None:
    store = SQLite(tmp_path / "t.db", [rh.Cap("fleet", tokens=500)])
    for ledger in (rh.Ledger([rh.Cap("fleet", tokens=500)]), store.ledger):
        granted: list[int] = []

        def work(seed: int, ledger: rh.Ledger = ledger, granted: list[int] = granted) -> None:
            for i in range(60):
                try:
                    ledger.reserve(tokens=1 + (seed * 7 + i) % 9)
                except rh.errors.DeniedError:
                    continue
                granted.append(1 + (seed * 7 + i) % 9)

        threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(granted) == 500 - ledger.room()[0] <= 500
        assert sum(granted) > 490
    store.close()
