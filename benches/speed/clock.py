"""Timing contenders side by side: interleaved rounds, whole batches for the median, single calls for the tail.

How a number is taken:

- Rounds go A B C, B C A, … so that a slow minute of the machine affects all contenders.
- Arguments are made outside the timed region, afresh for each batch: a `str` that has been encoded once keeps its UTF-8
  inside, and a host's prompts are new each time.
- p50 is the median over batches of the time of one batch, divided by its calls. A batch has at least `MIN_BATCH` calls
  when a call takes less than 2 µs, and lasts at least about 50 µs, so the clock's own cost does not matter. The loop
  around the calls (a few nanoseconds each) is not subtracted.
- p99 is over single calls, each with a reading of the clock on both sides, less the median of an empty reading.
"""

from __future__ import annotations

import gc
import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import perf_counter_ns
from typing import Any

MIN_BATCH = 64
_BATCH_NS = 50_000
_MAX_SINGLES = 40_000
_TAIL_NEEDS = 100


@dataclass(frozen=True)
class Timing:
    """Times of one contender's calls, in nanoseconds per call."""

    p50: float
    p99: float | None
    """None when fewer than 100 single calls were timed."""
    best: float
    calls: int
    singles: int
    batch: int
    distinct: int

    def scaled(self, divisor: float) -> Timing:
        """Returns the timing of a `divisor`-th part of each call, for calls that do several things."""
        p99 = None if self.p99 is None else self.p99 / divisor
        return Timing(self.p50 / divisor, p99, self.best / divisor, self.calls, self.singles, self.batch, self.distinct)


@dataclass
class Contender:
    """Something to time: `call(argument)`, where `prepare` makes arguments out of raw inputs before the clock starts."""

    name: str
    call: Callable[[Any], object]
    prepare: Callable[[list[Any]], list[Any]] = list
    inputs: Sequence[Any] | None = None
    """Its own inputs; None for those of the race."""
    _cursor: int = 0
    batch: int = 1
    """Calls in one batch, chosen by `calibrate`."""
    _used: int = 0
    _batches: list[float] = field(default_factory=list)
    _singles: list[float] = field(default_factory=list)

    def _take(self, count: int) -> list[Any]:
        inputs = self.inputs or ()
        taken = [inputs[(self._cursor + i) % len(inputs)] for i in range(count)]
        self._cursor = (self._cursor + count) % len(inputs)
        self._used += count
        return self.prepare(taken)

    def calibrate(self) -> None:
        """Choose how many calls make a batch."""
        costs = []
        for argument in self._take(4):
            start = perf_counter_ns()
            self.call(argument)
            costs.append(perf_counter_ns() - start)
        cost: float = max(1, min(costs[1:]))
        self.batch = max(math.ceil(_BATCH_NS / cost), MIN_BATCH if cost < 2_000 else 1)
        if self.batch > 1:  # A short call's first readings are mostly the clock's; look again over a batch.
            arguments = self._take(self.batch)
            start = perf_counter_ns()
            for argument in arguments:
                self.call(argument)
            cost = max(1.0, (perf_counter_ns() - start) / self.batch)
            self.batch = max(math.ceil(_BATCH_NS / cost), MIN_BATCH if cost < 2_000 else 1)

    def run_batches(self, budget_ns: float) -> None:
        """Time whole batches until `budget_ns` is spent; at least one."""
        call = self.call
        while True:
            arguments = self._take(self.batch)
            start = perf_counter_ns()
            for argument in arguments:
                call(argument)
            spent = perf_counter_ns() - start
            self._batches.append(spent / self.batch)
            budget_ns -= spent
            if budget_ns <= 0:
                return

    def run_singles(self, budget_ns: float, empty_ns: float) -> None:
        """Time single calls until `budget_ns` is spent or there are enough of them."""
        call = self.call
        while budget_ns > 0 and len(self._singles) < _MAX_SINGLES:
            for argument in self._take(min(self.batch, 256)):
                start = perf_counter_ns()
                call(argument)
                spent = perf_counter_ns() - start
                self._singles.append(max(0.0, spent - empty_ns))
                budget_ns -= spent

    def timing(self) -> Timing:
        """Returns the measurements."""
        singles = sorted(self._singles or self._batches)
        tail = singles[math.ceil(0.99 * len(singles)) - 1] if len(singles) >= _TAIL_NEEDS else None
        return Timing(
            p50=statistics.median(self._batches),
            p99=tail,
            best=min(self._batches),
            calls=self._used,
            singles=len(singles),
            batch=self.batch,
            distinct=min(self._used, len(self.inputs or ())),
        )


def empty_reading_ns(count: int = 20_001) -> float:
    """The median cost of reading the clock twice with nothing in between."""
    readings = []
    for _ in range(count):
        start = perf_counter_ns()
        readings.append(perf_counter_ns() - start)
    return statistics.median(readings)


def race(contenders: list[Contender], inputs: Sequence[Any], seconds: float, rounds: int = 20) -> dict[str, Timing]:
    """Time all contenders on the same inputs in rotation, `seconds` each, in interleaved rounds; by name."""
    empty = empty_reading_ns()
    gc.collect()
    gc.freeze()  # What was imported is not looked through again while we measure; the collector itself stays on.
    for contender in contenders:
        contender.inputs = contender.inputs or inputs
        contender.calibrate()
    share = seconds * 1e9 / rounds / 2
    for number in range(rounds):
        turn = number % len(contenders)
        for contender in contenders[turn:] + contenders[:turn]:
            if contender.batch == 1:  # Each batch is a single call already.
                contender.run_batches(2 * share)
                continue
            contender.run_batches(share)
            contender.run_singles(share, empty)
    gc.unfreeze()
    return {contender.name: contender.timing() for contender in contenders}
