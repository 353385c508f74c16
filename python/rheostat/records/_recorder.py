"""The recorder: a bounded queue, and a thread that writes in batches, off the hot path.

An exception from a signal may come between any two steps of the caller. So the caller's side takes only locks of the
interpreter itself, never a `Condition`, whose own steps can be interrupted; only the thread, which gets no signals, counts.
"""

from __future__ import annotations

import json
import math
import os
import threading
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from os import PathLike
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from rheostat._checks import invalid, same_process, started, whole, wrong_type
from rheostat._native import Plan, Run, record_lines
from rheostat.errors import StateError
from rheostat.records import _sinks
from rheostat.records._schema import SCHEMA_VERSION

if TYPE_CHECKING:
    from typing_extensions import Self

_Item = tuple[float, Any, str | None, str | None, str | None, str | None]
"""An entry of `record_lines`: Unix time, plan (`Plan._recorded`) or a plan's id, run, session, tenant, and further fields."""
_PLAN_BYTES = 2_048
"""Bytes that a plan takes, about."""
_MOST_SECONDS = 1e12
"""Largest time that records take, in seconds: 30,000 years."""


@dataclass(frozen=True)
class RecorderStats:
    """Numbers of records: written, waiting, dropped because the queue was full, and failed."""

    written: int
    waiting: int
    dropped: int
    failed: int
    error: str | None
    """The newest error of the sink."""


class Recorder:
    """Writes decision records to a file.

    Args:
        path: `….jsonl` (lines are appended), `….sqlite` or `….db` (a table `records`), or a directory that ends in
            `….parquet` (files `part-….parquet` in it; needs the extra `parquet`).
        ladder: The rungs, for P(correct) on each; only the plan's rung is recorded if not given.
        capacity: Most records that wait. If the queue is full, more are dropped and counted, or waited for.
        block: Wait for room instead of dropping (backpressure): a full queue then slows the host down.
        batch: Records per write.
        interval: Seconds between writes while fewer than `batch` wait.
        memory: Most bytes that waiting records take, at least 1 MiB; more are dropped or waited for, as beyond `capacity`.
        prompts: Keep prompts. Without it they are refused, so that none is kept by mistake.
        config: Name of your configuration, such as a commit.

    Raises:
        InvalidValueError: A value is out of bounds, or the path's suffix is none of these.
        MissingExtraError: The extra `parquet` is not installed.

    Example:
        >>> import rheostat as rh, tempfile, pathlib
        >>> from rheostat.records import read
        >>> governor = rh.Governor(rh.Ladder([rh.Rung("only")]))
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "log.jsonl"
        >>> with Recorder(path) as recorder:
        ...     recorder.decision(governor.plan("What is the capital of France?"), tenant="acme")
        True
        >>> next(read(path))["plan"]["rung"]
        'only'
    """

    def __init__(
        self,
        path: str | PathLike[str],
        *,
        ladder: Any = None,
        capacity: int = 200_000,
        block: bool = False,
        batch: int = 4_096,
        interval: float = 0.2,
        memory: int = 256 << 20,
        prompts: bool = False,
        config: str | None = None,
    ) -> None:
        """Opens the file and starts the thread."""
        for what, value, least in (("capacity", capacity, 1), ("batch", batch, 1), ("memory", memory, 1 << 20)):
            whole(what, value, least)
        if not 0 < interval <= _MOST_SECONDS:
            raise invalid("interval", interval, f"above 0 and at most {_MOST_SECONDS} seconds")
        self._path, self._sink, self._maker = path, _sinks.sink(path), os.getpid()
        self._rungs: tuple[str, ...] = tuple(rung.name for rung in ladder.rungs) if ladder is not None else ()
        self._capacity, self._batch, self._interval = capacity, batch, interval
        self._block, self._prompts = block, prompts
        self._head = _fields({"schema": SCHEMA_VERSION} | ({} if config is None else {"config": config}))
        self._queue: deque[_Item] = deque()
        self._memory, self._bytes, self._weighing = memory, 0, threading.Lock()
        self._written = self._dropped = self._failed = 0
        self._error: str | None = None
        self._bell: SimpleQueue[None] = SimpleQueue()
        self._waiters: deque[threading.Lock] = deque()
        self._closed = self._writing = self._ended = False
        self._thread = threading.Thread(target=self._work, name="rheostat-records", daemon=True)
        try:
            started("the recorder", self._thread)
        except StateError:
            self._sink.close()
            raise

    def decision(
        self,
        plan: Plan,
        run: Run | None = None,
        *,
        session: str | None = None,
        tenant: str | None = None,
        prompt: str | None = None,
        propensity: float | None = None,
        arm: str | None = None,
        shadow: Plan | None = None,
        at: float | None = None,
    ) -> bool:
        """Records a decision, with its run if that has ended. Returns False if it was dropped.

        Args:
            plan: The plan.
            run: Its run; its spending and its trail are read now.
            session: The conversation. Names that are not `str` are written as `str` does.
            tenant: The customer.
            prompt: The query's words; only with `prompts=True`.
            propensity: Probability with which this rung was drawn, if it was drawn; `off_policy` needs it.
            arm: Arm of a canary.
            shadow: Plan of another governor.
            at: Unix time; now if not given.

        Raises:
            InvalidValueError: A prompt is given, and the recorder was made without `prompts=True`; or a propensity or a time
                is out of bounds.
            InvalidTypeError: The plan is not a `Plan`, or a number is none.
            StateError: The recorder is closed.
        """
        if prompt is not None and not self._prompts:
            raise invalid("prompt", "one", "absent, because this recorder was made without prompts=True")
        if not isinstance(plan, Plan):
            raise wrong_type("plan", plan, "a Plan")
        if propensity is not None and not 0 < (propensity := _number("propensity", propensity)) <= 1:
            raise invalid("propensity", propensity, "above 0 and at most 1")
        fields = None
        if not (prompt is None and propensity is None and arm is None and shadow is None):
            given: dict[str, Any] = {"prompt": _text(prompt), "propensity": propensity, "arm": _text(arm)}
            if shadow is not None:
                given["shadow"] = {"rung": shadow.rung.name, "expected_usd": shadow.expected_usd, "version": shadow.version}
            fields = _fields({name: value for name, value in given.items() if value is not None})
        told = None if run is None else run.to_json()
        record = plan._recorded()  # noqa: SLF001  # The queue's own view of a plan.
        return self._put((_time(at), record, told, _text(session), _text(tenant), fields))

    def outcome(self, plan: str, *, rung: str, score: float, kind: str = "graded", at: float | None = None) -> bool:
        """Records an outcome, as `Governor.outcome` takes it; `plan` is the plan's id.

        Raises:
            InvalidValueError: The score is outside [0, 1], or the time is not finite.
            InvalidTypeError: The score is no number, or the plan no id.
            StateError: The recorder is closed.
        """
        if not isinstance(plan, str):
            raise wrong_type("plan", plan, "the plan's id, a str")
        if not 0 <= (score := _number("score", score)) <= 1:
            raise invalid("score", score, "between 0 and 1")
        fields = _fields({"rung": _text(rung), "score": score, "outcome_kind": _text(kind)})
        return self._put((_time(at), _text(plan), None, None, None, fields))

    def __repr__(self) -> str:
        stats = self.stats()
        return f"Recorder({str(self._path)!r}, written={stats.written}, waiting={stats.waiting})"

    def stats(self) -> RecorderStats:
        """Numbers of records, by their state."""
        return RecorderStats(self._written, len(self._queue), self._dropped, self._failed, self._error)

    def flush(self) -> None:
        """Waits until every record has been written or has failed."""
        while (self._queue or self._writing) and self._works():
            self._wait_for_a_write()

    def close(self) -> None:
        """Writes the waiting records, and closes the file."""
        # Each step may be repeated, so a close that was interrupted is finished by the next one.
        self._closed = True
        while self._works():
            self._wait_for_a_write()
        self._sink.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def _put(self, item: _Item) -> bool:
        if self._closed:
            raise StateError("the recorder is closed and takes no more records")
        same_process("the recorder", self._maker)
        weight = _weight(item)
        if self._is_full(weight):
            if not self._block:
                self._dropped += 1
                return False
            while self._is_full(weight) and self._works():
                self._wait_for_a_write()
        with self._weighing:
            self._bytes += weight
        self._queue.append(item)
        if len(self._queue) == self._batch:
            self._bell.put(None)
        return True

    def _works(self) -> bool:
        """True while the thread takes records. It does not exist in a forked child."""
        return not self._ended and os.getpid() == self._maker

    def _wait_for_a_write(self) -> None:
        """Wakes the thread, and waits until it has written a batch."""
        written = threading.Lock()
        written.acquire()
        self._waiters.append(written)
        self._bell.put(None)
        written.acquire(timeout=0.05)

    def _is_full(self, weight: int) -> bool:
        # A record that is larger than the bound by itself is taken when the queue is empty.
        return bool(self._queue) and (len(self._queue) >= self._capacity or self._bytes + weight > self._memory)

    def _work(self) -> None:
        try:
            while not (self._closed and not self._queue):
                if len(self._queue) < self._batch and not self._closed:
                    with suppress(Empty):
                        self._bell.get(timeout=self._interval)
                self._write_batch()
        finally:
            self._ended = True
            self._tell_waiters()

    def _write_batch(self) -> None:
        self._writing = True
        items: list[_Item] = []
        while self._queue and len(items) < self._batch:
            items.append(self._queue.popleft())
        if items:
            self._write(items)
            written = sum(map(_weight, items))
            with self._weighing:
                # A caller that was interrupted may have counted a record that it did not add.
                self._bytes = max(self._bytes - written, 0) if self._queue else 0
        self._writing = False
        self._tell_waiters()

    def _tell_waiters(self) -> None:
        for _ in range(len(self._waiters)):
            self._waiters.popleft().release()

    def _write(self, items: list[_Item]) -> None:
        try:
            self._sink.write(record_lines(items, self._head, self._rungs), map(_index_columns, items))
        except Exception as error:  # noqa: BLE001  # An error of the sink does not stop the host; `stats` reports it.
            whole = error.records if isinstance(error, _sinks.PartlyWrittenError) else 0
            self._written += whole
            self._failed += len(items) - whole
            self._error = str(error)
        else:
            self._written += len(items)


def _number(what: str, value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise wrong_type(what, value, "a number") from None
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _time(at: float | None) -> float:
    if at is None:
        return time.time()
    if not abs(seconds := _number("at", at)) <= _MOST_SECONDS:
        raise invalid("at", at, "a time in seconds of Unix time")
    return seconds


def _text(value: Any) -> Any:
    """Returns a name as text that UTF-8 holds; None for None. One odd name must not cost the batch that it is in."""
    if value is None:
        return None
    try:
        text = value if isinstance(value, str) else str(value)
    except Exception:  # noqa: BLE001  # A foreign `__str__`.
        text = f"<{type(value).__name__}>"
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def _weight(item: _Item) -> int:
    """Returns about the bytes that an entry keeps alive."""
    return _PLAN_BYTES + sum(len(part) for part in item[2:] if part is not None)


def _fields(fields: dict[str, Any]) -> str:
    """Returns fields as JSON, without braces."""
    return json.dumps(fields, ensure_ascii=False)[1:-1]


def _index_columns(item: _Item) -> _sinks.IndexColumns:
    at, about, _, _, tenant, _ = item
    return (about, "outcome", at, tenant) if isinstance(about, str) else (about.id, "decision", at, tenant)
