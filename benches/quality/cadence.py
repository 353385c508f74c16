"""When a loop should look: `python -m benches.quality cadence`.

Something to find comes at random; a tick finds all that has come. The measure is the mean delay from an arrival to the tick that
finds it, at equal ticks per hour: each rule's intervals are scaled by one factor until it takes as many. Arrivals:

- *bursty*: .05 an hour for about 8 hours, then 8 an hour for about 42 minutes, exponential stays;
- *diurnal*: a wave between .05 and 2 an hour over the day;
- *drifting*: bursty, with both rates and both stays multiplied by another factor between 1/3 and 3 every five days.

Rules: a fixed interval; back-off (short after a find, half as long again after each tick without one); AIMD (half after a find, a
fixed step longer after each tick without one); `Cadence`, two modes at 1 : 5. With a signal: seven of ten arrivals announce
themselves, and .3 false signals come an hour; the fixed interval wakes at each, two minutes after the last tick at the earliest.

`--check` holds `Cadence` at 2 and 4 ticks an hour of bursty arrivals to 30 % less delay than the fixed interval, and with the
signal to a third of it.
"""

from __future__ import annotations

import argparse
import bisect
import json
import math
import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

import rheostat as rh

HOUR = 3_600.0
DAY = 24 * HOUR
RECALL, FALSE = 0.7, 0.3
COOLDOWN = 120.0


class Rule(Protocol):
    """When to look next. Times are in seconds."""

    def due(self, now: float) -> float:
        """The time of the next tick."""

    def tick(self, now: float, found: bool) -> None:
        """A tick, and whether it found something."""

    def signal(self, now: float) -> None:
        """A signal."""


class Interval:
    """An interval that each tick may change, and wakes at every signal after a cooldown."""

    def __init__(self, seconds: float, after: Callable[[float, bool], float]) -> None:
        self.seconds, self.after, self.last, self.wake = seconds, after, 0.0, math.inf

    def due(self, now: float) -> float:  # noqa: ARG002  # A `Rule`.
        return min(self.last + self.seconds, self.wake)

    def tick(self, now: float, found: bool) -> None:
        self.seconds, self.last, self.wake = self.after(self.seconds, found), now, math.inf

    def signal(self, now: float) -> None:
        self.wake = min(self.wake, max(now, self.last + COOLDOWN))


class Adaptive:
    """`Cadence`."""

    def __init__(self, slow: float, ratio: float = 5.0, lock: int = 20) -> None:
        modes = [(slow, "fast"), (slow / ratio, "think")]
        self.cadence = rh.Cadence(modes, floor=1.0, ceiling=1e6, lock=lock, cooldown=COOLDOWN)

    def due(self, now: float) -> float:
        return self.cadence.next(at=now).at

    def tick(self, now: float, found: bool) -> None:
        self.cadence.start(at=now)
        self.cadence.tick(found=found, at=now)

    def signal(self, now: float) -> None:
        self.cadence.signal("message", at=now)


def fixed(scale: float) -> Rule:
    return Interval(scale, lambda seconds, _: seconds)


def back_off(scale: float) -> Rule:
    return Interval(scale, lambda seconds, found: scale / 5 if found else min(1.5 * seconds, scale))


def aimd(scale: float) -> Rule:
    return Interval(scale, lambda seconds, found: max(seconds / 2, scale / 20) if found else min(seconds + scale / 10, 4 * scale))


RULES: dict[str, Callable[[float], Rule]] = {"fixed": fixed, "back-off": back_off, "AIMD": aimd, "Cadence": Adaptive}


@dataclass(frozen=True)
class World:
    """Arrivals and signals of some days, in seconds."""

    arrivals: list[float]
    signals: list[float]
    end: float


def poisson(rng: random.Random, rate: float, start: float, end: float) -> list[float]:
    """Arrivals at a rate per hour."""
    times: list[float] = []
    now = start
    while True:
        now += rng.expovariate(rate / HOUR)
        if now >= end:
            return times
        times.append(now)


def bursty(rng: random.Random, end: float, drift: bool = False) -> list[float]:
    """Quiet hours, and bursts."""
    times: list[float] = []
    now, burst, until = 0.0, False, 0.0
    rates, stays = (0.05, 8.0), (8.0, 0.7)
    while now < end:
        if drift and now >= until:
            factor = [3 ** rng.uniform(-1, 1) for _ in range(4)]
            rates, stays = (0.05 * factor[0], 8.0 * factor[1]), (8.0 * factor[2], 0.7 * factor[3])
            until = now + 5 * DAY
        stop = min(now + rng.expovariate(1 / stays[burst]) * HOUR, end)
        times += poisson(rng, rates[burst], now, stop)
        now, burst = stop, not burst
    return times


def diurnal(rng: random.Random, end: float) -> list[float]:
    """A wave over the day, thinned out of its highest rate."""
    rate = [0.05 + 1.95 * (1 - math.cos(2 * math.pi * hour / 24)) / 2 for hour in range(24)]
    return [time for time in poisson(rng, 2.0, 0.0, end) if rng.random() < rate[int(time / HOUR) % 24] / 2.0]


KINDS: dict[str, Callable[[random.Random, float], list[float]]] = {
    "bursty": bursty,
    "diurnal": diurnal,
    "drifting": lambda rng, end: bursty(rng, end, drift=True),
}


def world(kind: str, days: int, seed: int) -> World:
    """Arrivals of a kind, and their signals."""
    rng = random.Random(f"{kind} {seed}")
    arrivals = KINDS[kind](rng, days * DAY)
    signals = [time for time in arrivals if rng.random() < RECALL] + poisson(rng, FALSE, 0.0, days * DAY)
    return World(arrivals, sorted(signals), days * DAY)


@dataclass(frozen=True)
class Result:
    """Mean delay in minutes, and ticks per hour."""

    delay: float
    ticks: float


def simulate(rule: Rule, there: World, signalled: bool) -> Result:
    """Lets a rule look at a world."""
    signals: Sequence[float] = there.signals if signalled else ()
    now = delay = 0.0
    seen = told = ticks = 0
    while True:
        due = max(rule.due(now), now)
        if told < len(signals) and signals[told] <= min(due, there.end):
            now = max(now, signals[told])
            rule.signal(now)
            told += 1
            continue
        if due >= there.end:
            break
        now = due
        upto = bisect.bisect_right(there.arrivals, now)
        delay += sum(now - time for time in there.arrivals[seen:upto])
        rule.tick(now, upto > seen)
        seen, ticks = upto, ticks + 1
    return Result(delay / max(seen, 1) / 60, ticks * HOUR / there.end)


def scale_for(make: Callable[[float], Rule], ticks: float, there: World, signalled: bool) -> float:
    """The scale at which a rule takes `ticks` an hour; the slowest one if signals alone are more."""
    low, high = HOUR / 60, 20 * HOUR
    for _ in range(12):
        middle = math.sqrt(low * high)
        if simulate(make(middle), there, signalled).ticks > ticks:
            low = middle
        else:
            high = middle
    return high


def measure(days: int, rates: Sequence[float]) -> dict[tuple[str, str, float, bool], Result]:
    """Each rule on each kind of arrivals, at each number of ticks an hour, without and with the signal."""
    results = {}
    for kind in KINDS:
        there = world(kind, days, 1)
        for ticks in rates:
            for name, make in RULES.items():
                for signalled in (False, True):
                    scale = scale_for(make, ticks, there, signalled)
                    results[kind, name, ticks, signalled] = simulate(make(scale), there, signalled)
    return results


RATES = (1.0, 2.0, 4.0)
"""Ticks an hour that are compared."""


def least_delay(ticks: float) -> float:
    """A lower bound on the mean delay in minutes of any rule on bursty arrivals without a signal, at `ticks` an hour.

    The rule may know both rates and stays, and everything that its looks have told: a semi-Markov decision process over the
    chance of a burst, with a price per tick. For any values V and any g that no interval can beat, g is a lower bound on the
    average cost (linear programming duality), and g less the price of the ticks one on the delay. Grids: 201 chances, 90
    intervals.
    """
    rates, stays = np.array([0.05, 8.0]), np.array([8.0, 0.7])
    moves = np.array([[-1 / stays[0], 1 / stays[0]], [1 / stays[1], -1 / stays[1]]])
    chances, intervals = np.linspace(0, 1, 201), np.geomspace(1 / 60, 14, 90)
    busy, speed = stays[1] / stays.sum(), (1 / stays).sum()
    mean = rates[0] * (1 - busy) + rates[1] * busy
    where = np.stack([1 - chances, chances], axis=1)
    delay, quiet, after_none, after_find = (np.empty((90, 201)) for _ in range(4))
    for i, hours in enumerate(intervals):
        drift = hours / speed - (1 - np.exp(-speed * hours)) / speed**2
        delay[i] = rates[0] * hours**2 / 2 + (rates[1] - rates[0]) * (busy * hours**2 / 2 + (chances - busy) * drift)
        none, everything = where @ _exponential((moves - np.diag(rates)) * hours), where @ _exponential(moves * hours)
        quiet[i], found = none.sum(1), everything - none
        after_none[i], after_find[i] = none[:, 1] / quiet[i], found[:, 1] / np.maximum(found.sum(1), 1e-12)
    bound, values = 0.0, np.zeros(201)
    # Each price gives a bound; the best of them is the tightest.
    for price in np.geomspace(0.03, 8, 25) / ticks**1.5:
        for _ in range(120):
            ahead = quiet * np.interp(after_none, chances, values) + (1 - quiet) * np.interp(after_find, chances, values)
            costs = delay + price + ahead
            least = ((costs - values) / intervals[:, None]).min()
            values = (costs - least * intervals[:, None]).min(0)
            values -= values[0]
        ahead = quiet * np.interp(after_none, chances, values) + (1 - quiet) * np.interp(after_find, chances, values)
        least = ((delay + price + ahead - values) / intervals[:, None]).min()
        bound = max(bound, (least - price * ticks) / mean)
    return 60 * bound


def _exponential(matrix: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The exponential of a matrix with real eigenvalues."""
    values, vectors = np.linalg.eig(matrix)
    made: npt.NDArray[np.float64] = (vectors * np.exp(values)) @ np.linalg.inv(vectors)
    return made


def missed(results: dict[tuple[str, str, float, bool], Result]) -> list[str]:
    """The bars that are not met."""
    found = []
    for ticks in RATES[1:]:
        plain = results["bursty", "fixed", ticks, False].delay
        for signalled, bar in ((False, 0.7), (True, 1 / 3)):
            ours = results["bursty", "Cadence", ticks, signalled].delay
            if ours > bar * plain:
                found.append(f"{ticks:g} ticks an hour: {ours:.1f} of {plain:.1f} minutes, and the bar is {bar:.0%}")
    return found


def arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the bench's arguments."""
    parser.add_argument("--days", type=int, default=150, help="days of arrivals")
    parser.add_argument("--check", action="store_true", help="fail below the bars")


def run(args: argparse.Namespace) -> int:
    """Prints the table; with `--check`, fails below the bars."""
    results = measure(args.days, RATES)
    if args.json:
        rows = [(*key, result.delay, result.ticks) for key, result in results.items()]
        names = ("arrivals", "rule", "ticks", "signal", "delay_minutes", "ticks_taken")
        print(json.dumps([dict(zip(names, row, strict=True)) for row in rows]))
    else:
        show(results)
    below = missed(results)
    if args.check and below:
        print("\n".join(["below the bars:", *below]), file=sys.stderr)
        return 1
    return 0


def show(results: dict[tuple[str, str, float, bool], Result]) -> None:
    """Prints the results as a table."""
    rates = " / ".join(f"{ticks:g}" for ticks in RATES)
    print(f"Mean delay in minutes (ticks an hour that were taken), at {rates} ticks an hour.\n")
    print("| arrivals | rule | without a signal | with a signal |\n|---|---|---|---|")
    for kind in KINDS:
        for name in RULES:
            cells = []
            for signalled in (False, True):
                row = [results[kind, name, ticks, signalled] for ticks in RATES]
                cells.append(" / ".join(f"{one.delay:.1f} ({one.ticks:.2f})" for one in row))
            print(f"| {kind} | {name} | {' | '.join(cells)} |")
    least = " / ".join(f"{least_delay(ticks):.1f}" for ticks in RATES)
    print(f"\nNo rule on bursty arrivals without a signal has less than {least} minutes on average.")
