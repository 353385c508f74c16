"""Records off the hot path: a bounded queue, and a thread that writes in batches."""

from __future__ import annotations

import json
import os
import threading
import time
from collections import deque
from dataclasses import dataclass
from os import PathLike
from typing import TYPE_CHECKING, Any

from rheostat._checks import same_process, whole, wrong_type
from rheostat._native import Plan, Run, record_lines
from rheostat.errors import InvalidValueError, StateError
from rheostat.records import _sinks
from rheostat.records._schema import SCHEMA_VERSION

if TYPE_CHECKING:
    from typing_extensions import Self

_Item = tuple[float, "Plan | str", str | None, str | None, str | None, str | None]
"""As `record_lines` takes it: Unix time, plan or a plan's id, run, session, tenant, and further fields."""


@dataclass(frozen=True)
class RecorderStats:
    """Records that were written, are waiting, were dropped because the queue was full, and failed to be written."""

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
        ladder: The rungs' names, for P(correct) on each; the plan's own alone if not given.
        capacity: The most records that wait. When they are that many, more are dropped and counted, or waited for.
        block: Wait for room rather than drop: a queue that is full then slows the host down.
        batch: How many are written at a time.
        interval: Seconds between writes when there are fewer.
        prompts: Keep prompts that are given. Without it they are refused, so that none is kept by mistake.
        config: What you call your configuration, such as a commit.

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
        prompts: bool = False,
        config: str | None = None,
    ) -> None:
        """Open the file and start the thread."""
        for what, value in (("capacity", capacity), ("batch", batch)):
            whole(what, value, 1)
        self._path, self._sink, self._maker = path, _sinks.sink(path), os.getpid()
        self._rungs: tuple[str, ...] = tuple(rung.name for rung in ladder.rungs) if ladder is not None else ()
        self._capacity, self._batch, self._interval = capacity, batch, interval
        self._block, self._prompts = block, prompts
        self._head = _fields({"schema": SCHEMA_VERSION} | ({} if config is None else {"config": config}))
        self._queue: deque[_Item] = deque()
        self._written = self._dropped = self._failed = 0
        self._error: str | None = None
        self._wake, self._room = threading.Condition(), threading.Condition()
        self._closed = self._writing = False
        self._thread = threading.Thread(target=self._work, name="rheostat-records", daemon=True)
        self._thread.start()

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
        """Take a decision, with its run once that has ended. True when it was taken, False when it was dropped.

        Args:
            plan: The plan.
            run: Its run; what it spent and why it moved is read now.
            session: The conversation.
            tenant: The customer.
            prompt: The query's words; only with `prompts=True`.
            propensity: How likely it was that this rung was taken, where there was chance in it; for `off_policy`.
            arm: Which arm of a canary decided.
            shadow: What another governor would have planned.
            at: Unix time; now if not given.

        Raises:
            InvalidValueError: A prompt, where none are to be kept.
            InvalidTypeError: The plan is none.
            StateError: The recorder is closed.
        """
        if prompt is not None and not self._prompts:
            raise InvalidValueError("prompt: given, but this recorder keeps none; it must be made with prompts=True")
        if not isinstance(plan, Plan):
            raise wrong_type("plan", plan, "a Plan")
        fields = None
        if not (prompt is None and propensity is None and arm is None and shadow is None):
            given: dict[str, Any] = {"prompt": prompt, "propensity": propensity, "arm": arm}
            if shadow is not None:
                given["shadow"] = {"rung": shadow.rung.name, "expected_usd": shadow.expected_usd, "version": shadow.version}
            fields = _fields({name: value for name, value in given.items() if value is not None})
        now = time.time() if at is None else float(at)
        return self._put((now, plan, None if run is None else run.to_json(), session, tenant, fields))

    def outcome(self, plan: str, *, rung: str, score: float, kind: str = "graded", at: float | None = None) -> bool:
        """Take how a query turned out; `plan` is the plan's id. As `Governor.outcome`.

        Raises:
            InvalidValueError: The score is outside [0, 1].
            StateError: The recorder is closed.
        """
        if not 0 <= score <= 1:
            raise InvalidValueError(f"score: {score} is not allowed; it must be between 0 and 1")
        fields = _fields({"rung": rung, "score": score, "outcome_kind": kind})
        now = time.time() if at is None else float(at)
        return self._put((now, plan, None, None, None, fields))

    def __repr__(self) -> str:
        stats = self.stats()
        return f"Recorder({str(self._path)!r}, written={stats.written}, waiting={stats.waiting})"

    def stats(self) -> RecorderStats:
        """How many records there were, and what became of them."""
        return RecorderStats(self._written, len(self._queue), self._dropped, self._failed, self._error)

    def flush(self) -> None:
        """Wait until all that was taken has been written, or has failed to be."""
        with self._room:
            while (self._queue or self._writing) and self._thread.is_alive():
                with self._wake:
                    self._wake.notify()
                self._room.wait(0.05)

    def close(self) -> None:
        """Write what is waiting, and close the file."""
        if self._closed:
            return
        self._closed = True
        with self._wake:
            self._wake.notify()
        self._thread.join()
        self._sink.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def _put(self, item: _Item) -> bool:
        if self._closed:
            raise StateError("the recorder is closed and takes no more records")
        same_process("the recorder", self._maker)
        if len(self._queue) >= self._capacity:
            if not self._block:
                self._dropped += 1
                return False
            with self._room:
                while len(self._queue) >= self._capacity and self._thread.is_alive():
                    self._room.wait(0.05)
        self._queue.append(item)
        if len(self._queue) == self._batch:
            with self._wake:
                self._wake.notify()
        return True

    def _work(self) -> None:
        while True:
            with self._wake:
                if len(self._queue) < self._batch and not self._closed:
                    self._wake.wait(self._interval)
            self._writing = True
            items: list[_Item] = []
            while self._queue and len(items) < self._batch:
                items.append(self._queue.popleft())
            if items:
                self._write(items)
            self._writing = False
            with self._room:
                self._room.notify_all()
            if self._closed and not self._queue:
                return

    def _write(self, items: list[_Item]) -> None:
        try:
            self._sink.write(record_lines(items, self._head, self._rungs), map(_sought, items))
        except Exception as error:  # noqa: BLE001  # Whatever the sink meets, the host goes on, and is told.
            self._failed += len(items)
            self._error = str(error)
        else:
            self._written += len(items)


def _fields(fields: dict[str, Any]) -> str:
    """Fields as JSON, without braces."""
    return json.dumps(fields, ensure_ascii=False)[1:-1]


def _sought(item: _Item) -> _sinks.Sought:
    at, about, _, _, tenant, _ = item
    return (about, "outcome", at, tenant) if isinstance(about, str) else (about.id, "decision", at, tenant)
