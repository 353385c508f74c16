"""Reserving and settling: in process, and kept in a file."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import rheostat as rh
from rheostat.stores import SQLite

from .bars import Row
from .clock import Contender, race

CAPS = [rh.Cap("session", tokens=1 << 60), rh.Cap("tenant", tokens=1 << 60, per=86_400), rh.Cap("fleet", usd=1e6, per=86_400)]


def _pair(job: tuple[rh.Ledger, str]) -> None:
    kept, session = job
    kept.reserve(tokens=4_000, usd=1e-6, session=session, tenant="acme").settle(tokens=1_250, usd=1e-7)


def ledger(seconds: float) -> Iterator[Row]:
    """A reservation and its settlement, under caps of three scopes."""
    sessions = [f"conversation-{i}" for i in range(1_000)]
    with tempfile.TemporaryDirectory() as directory, SQLite(Path(directory) / "ledger.db", CAPS) as store:

        def on(kept: rh.Ledger) -> Any:
            return lambda names: [(kept, name) for name in names]

        contenders = [Contender("memory", _pair, on(rh.Ledger(CAPS))), Contender("file", _pair, on(store.ledger))]
        times = race(contenders, sessions, seconds)
    titles = {"memory": "reserve and settle, in process", "file": "reserve and settle, in a file (SQLite)"}
    for name, title in titles.items():
        timing = times[name]
        yield Row(f"ledger/{name}", title, "µs", timing.p50 / 1e3, None if timing.p99 is None else timing.p99 / 1e3)
