"""When precomputing pays, simulated: `python -m benches.quality sleep`.

Contexts whose sources change about every eight hours get queries at random. A part of them is among four predicted ones, the
first of which is the likeliest. A live answer costs 5 cents, precomputing one costs 10, and an answer with the artefact half a
cent. Rules:

- none: each query is answered live;
- every n turns: after every fifth query all that was predicted is precomputed, if it is not there;
- after a change: all that was predicted is precomputed as soon as the sources have changed;
- governed: `Governor.sleep` is asked after every fifth query and each change, and knows nothing at first.

The table has the cost per query, precomputing included. The exit status is 1 where the governed rule costs over 3 % more than
none or over 15 % more than the best of the others.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Callable
from dataclasses import dataclass

import rheostat as rh
from rheostat.sleep import Candidate, Sleep

HOUR = 3_600.0
LIVE, MAKE, HIT = 0.05, 0.10, 0.005
TTL = 24 * HOUR
TURNS = 5
WEIGHTS = (0.48, 0.24, 0.16, 0.12)
RATES = (0.2, 2.0, 20.0)
"""Queries an hour."""
SHARES = (0.0, 0.3, 0.6, 0.9)
"""Shares of the queries that are predicted."""
CHANGE = 1 / 8
"""Changes an hour."""


@dataclass(frozen=True)
class Event:
    """A query, or a change of the sources."""

    at: float
    key: str | None


def history(rate: float, share: float, days: int, seed: int) -> list[Event]:
    """Queries and changes of one context."""
    rng, now, end = random.Random(f"{rate} {share} {seed}"), 0.0, days * 24 * HOUR
    events: list[Event] = []
    while True:
        now += rng.expovariate((rate + CHANGE) / HOUR)
        if now >= end:
            return events
        if rng.random() < CHANGE / (rate + CHANGE):
            events.append(Event(now, None))
        elif rng.random() < share:
            events.append(Event(now, str(rng.choices(range(len(WEIGHTS)), WEIGHTS)[0])))
        else:
            events.append(Event(now, f"other {rng.random()}"))


def plain(events: list[Event], turns: int | None, changes: bool) -> float:
    """The cost of a rule without economics: precompute every `turns` queries, or after changes."""
    usd, asked = 0.0, 0
    kept: dict[str, float] = {}
    for event in events:
        if event.key is None:
            kept = {}
        else:
            usd += HIT if event.at < kept.get(event.key, 0.0) else LIVE
            asked += 1
        if (event.key is None and changes) or (event.key is not None and turns and asked % turns == 0):
            for key in map(str, range(len(WEIGHTS))):
                if event.at >= kept.get(key, 0.0):
                    usd += MAKE
                    kept[key] = event.at + TTL
    return usd


def governed(events: list[Event]) -> float:
    """The cost of a governor that sleeps."""
    cap = rh.Cap("fleet", usd=1_000.0, per=86_400)
    governor = rh.Governor(rh.Ladder([rh.Rung("fast")]), sleep=Sleep(cap))
    candidates = [Candidate(str(i), usd=MAKE, live_usd=LIVE, hit_usd=HIT, weight=weight) for i, weight in enumerate(WEIGHTS)]
    usd, asked, version = 0.0, 0, 0
    governor.sleep("context", candidates, fingerprint="0", ttl=TTL, at=0.0)
    for event in events:
        if event.key is None:
            version += 1
        else:
            woken = governor.wake("context", event.key, fingerprint=str(version), at=event.at)
            usd += HIT if woken.hit else LIVE
            asked += 1
        if event.key is None or asked % TURNS == 0:
            for job in governor.sleep("context", candidates, fingerprint=str(version), ttl=TTL, at=event.at).jobs:
                governor.slept(job.id, usd=MAKE, at=event.at)
                usd += MAKE
    return usd


RULES: dict[str, Callable[[list[Event]], float]] = {
    "none": lambda events: plain(events, None, False),
    "every 5 turns": lambda events: plain(events, TURNS, False),
    "after a change": lambda events: plain(events, None, True),
    "governed": governed,
}


@dataclass(frozen=True)
class Row:
    """Cents per query of each rule."""

    rate: float
    share: float
    cents: dict[str, float]

    @property
    def holds(self) -> bool:
        """True if the governed rule is within the bars."""
        ours, none = self.cents["governed"], self.cents["none"]
        best = min(cents for name, cents in self.cents.items() if name != "governed")
        return ours <= 1.03 * none and ours <= 1.15 * best


def measure(days: int) -> list[Row]:
    """Each rule, at each rate and share."""
    rows = []
    for rate in RATES:
        for share in SHARES:
            events = history(rate, share, days, 1)
            queries = sum(event.key is not None for event in events)
            rows.append(Row(rate, share, {name: 100 * rule(events) / queries for name, rule in RULES.items()}))
    return rows


def arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the bench's arguments."""
    parser.add_argument("--days", type=int, default=40, help="days of each context")


def run(args: argparse.Namespace) -> int:
    """Prints the table."""
    rows = measure(args.days)
    if args.json:
        print(json.dumps([{"rate": row.rate, "predicted": row.share, **row.cents} for row in rows]))
    else:
        print(f"| queries an hour | predicted | {' | '.join(RULES)} |\n|{'---|' * (2 + len(RULES))}")
        for row in rows:
            cells = " | ".join(f"{cents:.2f}" for cents in row.cents.values())
            print(f"| {row.rate:g} | {row.share:.0%} | {cells} |")
    if not all(row.holds for row in rows):
        print("the governed rule is above its bars", file=sys.stderr)
        return 1
    return 0
