"""A process that draws on a shared ledger until it is killed, and writes each action down before it can be stopped.

`python -m benches.chaos.worker STORE WHERE JOURNAL SEED ROUND FLEET`: started by `benches.chaos.bench`, not by people.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import rheostat as rh
from benches.chaos.journal import BASE, Journal
from rheostat.stores import SQLite

MOST = 60
"""The most tokens of one reservation."""
TENANT_TOKENS, PERIOD = 9_000, 1_000
ROUND = 400.0
"""Seconds of the virtual clock from one round's beginning to the next one's."""
TTL = 1e8
JUMPS = (0.0, 0.0, 0.0, 0.0, 350.0, -350.0, -5_000.0)
"""Errors of a wrong clock, in seconds."""
DRY = {"sqlite": 40, "redis": 150}
"""Refusals in a row after which a budget is taken to be spent; a server may be away for a while."""


def tenants(number: int) -> tuple[str, ...]:
    """The tenants of a round."""
    return tuple(f"t{number}-{i}" for i in range(3))


def sqlite_store(path: str | Path, fleet: int) -> SQLite:
    """Returns a store in virtual time, in a file that other processes may share."""
    caps = [rh.Cap("tenant", tokens=TENANT_TOKENS), rh.Cap("fleet", tokens=fleet, per=PERIOD)]
    return SQLite(path, caps, ttl=TTL, busy=30.0, offset=0.0)


def history(rng: random.Random, tenants: tuple[str, ...]) -> Iterator[tuple[str, int, int, str]]:
    """Yields endless reservations: tenant, claim, real cost of the call, and the fate of its reconciliation."""
    while True:
        claim = rng.randint(1, MOST)
        fate = rng.choices(["once", "twice", "never"], [6, 2, 2])[0]
        # The cost of a call whose report was lost is unknown: it may have been the whole claim.
        yield rng.choice(tenants), claim, claim if fate == "never" else rng.randint(0, claim), fate


def draw(store: str, ledger: Any, journal: Journal, seed: int, number: int) -> None:
    """Reserve, spend and reconcile until the budget is spent. A file's times are virtual, and jump."""
    rng, denied = random.Random(seed), 0
    for step, (tenant, claim, cost, fate) in enumerate(history(rng, tenants(number))):
        jump = rng.choice(JUMPS) if step else 0.0
        at = {"at": BASE + number * ROUND + step * 0.01 + jump} if store == "sqlite" else {}
        time.sleep(0.002)  # A call takes its time; otherwise a budget is spent before anybody can be killed.
        journal.write("try", at.get("at", 0.0))
        try:
            hold = ledger.reserve(tokens=claim, tenant=tenant, **at)
        except rh.errors.DeniedError:
            journal.write("denied")
            denied += 1
            if denied == DRY[store]:
                return
            if store == "redis":
                time.sleep(0.02)  # A lease may be on its way.
            continue
        denied = 0
        journal.write("granted", hold.id, tenant, claim, cost)
        if fate == "never":
            continue
        journal.write("settling", hold.id, cost)
        journal.write("settled", hold.id, hold.settle(tokens=cost, **at))
        if fate == "twice":
            journal.write("again", hold.id, hold.settle(tokens=cost, **at))


def main(arguments: Sequence[str]) -> None:
    """Draw on one store."""
    store, where, journal, seed, number, fleet = arguments
    lines = Journal(Path(journal))
    if store == "sqlite":
        with sqlite_store(where, int(fleet)) as kept:
            draw(store, kept.ledger, lines, int(seed), int(number))
            lines.write("closed")
        return
    from rheostat.stores import Redis  # The extra is not needed for the file.

    skew = random.Random(int(seed))
    time.time = lambda: 1e9 * skew.random()  # This machine's clock is anywhere, at any moment.
    caps = [rh.Cap("fleet", tokens=int(fleet), per=86_400, block=(300, 0.0))]
    with Redis(where, caps, grace=1.0, timeout=2.0) as leased:
        lines.write("name", leased._name)  # What the server knows it as, for the books.
        draw(store, leased.ledger, lines, int(seed), int(number))
    lines.write("closed")


if __name__ == "__main__":
    main(sys.argv[1:])
