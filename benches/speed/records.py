"""Recording: decisions taken and written in one process, on the clock's own time and on the processor's."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from rheostat.records import Recorder

from .bars import Row
from .decide import governor
from .prompts import prompts

_PLANS = 512
SINKS = {"jsonl": "log.jsonl", "sqlite": "log.sqlite"}


def _runs(with_runs: bool) -> list[tuple[Any, Any]]:
    """Plans, and their runs once these have ended."""
    planner, pairs = governor(), []
    for raw in prompts("latin", 477, _PLANS):
        plan = planner.plan(raw.decode())
        run = plan.start(at=0.0)
        for call in run.next(at=0.0):
            for i in range(call.samples):
                call.sample(i).finish(answer="42", at=1.0)
            call.usage(input=100, output=400, at=1.0)
        run.close(at=1.0)
        pairs.append((plan, run if with_runs else None))
    return pairs


def _pass(path: Path, pairs: list[tuple[Any, Any]], count: int) -> tuple[float, float]:
    """Seconds, by the clock and of the processor, to take `count` decisions and have all of them in the file."""
    with Recorder(path, capacity=count + 1) as recorder:
        clock, processor = perf_counter(), process_time()
        take = recorder.decision
        for i in range(count):
            plan, run = pairs[i % len(pairs)]
            take(plan, run, session="conversation-7", tenant="acme")
        recorder.flush()
        spent = perf_counter() - clock, process_time() - processor
        stats = recorder.stats()
        if (stats.written, stats.dropped, stats.failed) != (count, 0, 0):
            raise RuntimeError(f"records were lost: {stats}")
    return spent


def records(seconds: float) -> Iterator[Row]:
    """Decisions a second, from `Recorder.decision` to the file, none dropped: the best of some passes."""
    count = 100_000 if seconds >= 1 else 20_000
    passes = max(3, min(9, round(seconds * 3)))
    for name, file in SINKS.items():
        for kind, with_runs in (("plan", False), ("run", True)):
            pairs = _runs(with_runs)
            clock, processor = [], []
            with tempfile.TemporaryDirectory() as directory:
                for i in range(passes):
                    a, b = _pass(Path(directory) / f"{i}-{file}", pairs, count)
                    clock.append(a)
                    processor.append(b)
            what = "decisions with their runs" if with_runs else "decisions"
            note = (
                f"best of {passes} passes of {count:,}, none dropped; {count / min(processor):,.0f} a second of processor time, "
                "the host's thread and the writer's together"
            )
            yield Row(
                f"records/{name}/{kind}", f"{what} recorded, {name}", "/s", count / min(clock), note=note, higher_is_better=True
            )
