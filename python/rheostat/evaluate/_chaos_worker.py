"""A process that draws on a shared ledger until it is killed, and writes down what it does before anybody can stop it.

`python -m rheostat.evaluate._chaos_worker STORE WHERE JOURNAL SEED BASE`: run by `rheostat bench chaos`, not by people.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import rheostat as rh
from rheostat.evaluate._chaos_journal import Journal
from rheostat.stores import SQLite

TENANTS = ("t0", "t1", "t2")
MOST = 60
"""The most tokens of one reservation."""
TENANT_TOKENS, FLEET_TOKENS, PERIOD = 12_000, 9_000, 1_000
TTL = 100_000.0
SQLITE_CAPS = [rh.Cap("tenant", tokens=TENANT_TOKENS), rh.Cap("fleet", tokens=FLEET_TOKENS, per=PERIOD)]
REDIS_CAPS = [rh.Cap("fleet", tokens=FLEET_TOKENS, per=86_400, block=(300, 0.0))]
JUMPS = (0.0, 0.0, 0.0, 0.0, 350.0, -350.0, -5_000.0)
"""What a clock that is wrong may be wrong by, in seconds."""
DRY = 40
"""Refusals in a row after which a budget is taken to be spent."""


def history(rng: random.Random) -> Iterator[tuple[str, int, int, str]]:
    """Endless reservations: tenant, claim, what the call really costs, and what becomes of its reconciliation."""
    while True:
        claim = rng.randint(1, MOST)
        fate = rng.choices(["once", "twice", "never"], [6, 2, 2])[0]
        # Nobody knows what a call cost whose report was lost: it may have been all.
        yield rng.choice(TENANTS), claim, claim if fate == "never" else rng.randint(0, claim), fate


def draw(ledger: Any, journal: Journal, seed: int, base: float | None) -> None:
    """Reserve, spend and reconcile until the budget is spent. Times are virtual when there is a `base`."""
    rng, denied = random.Random(seed), 0
    for step, (tenant, claim, cost, fate) in enumerate(history(rng)):
        jump = rng.choice(JUMPS) if step else 0.0
        at: dict[str, Any] = {} if base is None else {"at": base + step * 0.01 + jump}
        journal.write("try", at.get("at", 0.0))
        try:
            hold = ledger.reserve(tokens=claim, tenant=tenant, **at)
        except rh.DeniedError:
            journal.write("denied")
            denied += 1
            if denied == DRY:
                return
            if base is None:
                time.sleep(0.005)  # A lease may be on its way.
            continue
        denied = 0
        journal.write("granted", hold.id, tenant, claim, cost)
        if fate == "never":
            continue
        journal.write("settling", hold.id, cost)
        journal.write("settled", hold.id, hold.settle(tokens=cost, **at))
        if fate == "twice":
            journal.write("again", hold.id, hold.settle(tokens=cost, **at))


def main(store: str, where: str, journal: str, seed: str, base: str) -> None:
    """Draw on one store."""
    lines = Journal(Path(journal))
    if store == "sqlite":
        with SQLite(where, SQLITE_CAPS, ttl=TTL, busy=30.0) as ledger:
            draw(ledger, lines, int(seed), float(base))
            lines.write("closed")
        return
    from rheostat.stores import Redis  # The extra is not needed for the file.

    skew = random.Random(int(seed))
    time.time = lambda: 1e9 * skew.random()  # This machine's clock is anywhere, at any moment.
    with Redis(where, REDIS_CAPS, grace=1.0, timeout=2.0) as leased:
        lines.write("name", leased._name)  # noqa: SLF001  # What the server knows it as, for the books.
        draw(leased.ledger, lines, int(seed), None)
    lines.write("closed")


if __name__ == "__main__":
    main(*sys.argv[1:])
