"""Learning from a deployment's own outcomes: from a log with `rheostat.fit`, or while it serves with a `Loop`.

loop = rheostat.learn.Loop(governor).start()
…
plan = governor.plan(query)                                     # the loop remembers its query
governor.outcome(plan.id, rung="fast", score=1.0)               # whenever it is known
…
loop.stop()
"""

from __future__ import annotations

import contextlib
import os
import threading
import weakref
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING

from rheostat._checks import invalid, started
from rheostat._learned import Exchange
from rheostat._native import (
    CalibrationReport,
    Drift,
    DriftReport,
    FitReport,
    Governor,
    Learner,
    Learning,
    LearningStep,
    ProbeWorth,
    ScoreWorth,
    StepCalibration,
    StepTable,
    StepWatch,
    calibrate,
)
from rheostat._outcomes import OutcomeLog, read_outcomes
from rheostat.errors import StateError

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = [
    "CalibrationReport",
    "Drift",
    "DriftReport",
    "Exchange",
    "FitReport",
    "Learner",
    "LearningStep",
    "Loop",
    "OutcomeLog",
    "ProbeWorth",
    "ScoreWorth",
    "StepCalibration",
    "StepTable",
    "StepWatch",
    "calibrate",
    "read_outcomes",
]


_LOOPS: weakref.WeakSet[Loop] = weakref.WeakSet()
"""The loops of this process."""


class Loop:
    """Keeps a governor's estimator up to date with its outcomes, on a schedule.

    From the moment that it is made, the governor's plans are remembered, within the learner's capacity. Each step drains the
    governor's outcomes; when enough are new, it solves and replaces the governor's estimator. A solution that rests on fewer
    outcomes than the estimator that serves is not taken, unless the governor has noticed drift. Call `step` by hand, or `start` a
    thread that does.

    Args:
        governor: The governor.
        learner: Keeps the outcomes; save it to go on after a restart. If not given, a new `Learner` on top of the governor's
            model.
        outcomes: Number of new outcomes that it takes to solve again, at least 1.
        growth: Share of the outcomes that the last solution knew, from 0 to 10; new outcomes must reach it, too. It keeps the
            time that solving takes in proportion to the outcomes.
        seconds: Longest wait of an outcome, in seconds. None: until there are enough.
        folds: Number of parts of cross-validation, 2 to 20. A group is held out as a whole.
        seed: Seed of the folds, and of the report's interval.
        watch: Called with each step that has read an outcome or changed something.
        now: The time, in seconds of Unix time; the clock's if not given.

    Raises:
        InvalidValueError: A value out of bounds, or a learner on top of another model than the governor's.
        StateError: The governor remembers its plans for another learner.

    Example:
        >>> import rheostat as rh
        >>> governor = rh.Governor(rh.Ladder([rh.Rung("fast", model="small")]))
        >>> loop = rh.learn.Loop(governor, now=0)
        >>> for i in range(40):
        ...     plan = governor.plan(f"{'Prove' if i % 2 else 'Name'} number {i}")
        ...     governor.outcome(plan.id, rung="fast", score=float(i % 2 == 0))
        >>> step = loop.step(now=1)
        >>> step.verdict, step.outcomes, step.report.brier < step.report.brier_prior
        ('replaced', 40, True)
    """

    def __init__(
        self,
        governor: Governor,
        learner: Learner | None = None,
        *,
        outcomes: int = 20,
        growth: float = 0.2,
        seconds: float | None = 3_600.0,
        folds: int = 5,
        seed: int = 0,
        watch: Callable[[LearningStep], None] | None = None,
        now: float | None = None,
    ) -> None:
        self._learning = Learning(
            governor, learner, outcomes=outcomes, growth=growth, seconds=seconds, folds=folds, seed=seed, at=now
        )
        self._watch = watch
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self._every: float | None = None
        """Seconds between two steps of the thread that runs, or ran until a fork."""
        _LOOPS.add(self)
        self.last: LearningStep | None = None
        """The newest step that read an outcome or changed something."""
        self.errors = 0
        """Number of the thread's steps that failed, in `watch` for instance. The thread goes on."""
        self.error: Exception | None = None
        """The newest such failure."""

    @property
    def learner(self) -> Learner:
        """The learner, which keeps the outcomes."""
        return self._learning.learner

    @property
    def governor(self) -> Governor:
        """The governor."""
        return self._learning.governor

    def step(self, now: float | None = None) -> LearningStep:
        """Read the outcomes that have come, and solve if it is time. Solving takes from milliseconds to seconds.

        Args:
            now: The time, in seconds of Unix time; the clock's if not given.
        """
        step = self._learning.step(now)
        if step.outcomes or step.verdict != "waiting":
            self.last = step
            if self._watch is not None:
                self._watch(step)
        return step

    def start(self, every: float = 1.0) -> Self:
        """Step in a background thread until `stop`. The thread ends with the process.

        A process that is forked while the thread runs has a thread of its own, and learns from its own outcomes.

        Args:
            every: The seconds between two steps, above 0.

        Raises:
            InvalidValueError: `every` is out of bounds.
            StateError: The system starts no more threads.
        """
        if not every > 0:
            raise invalid("every", every, "above 0")
        if self._thread is None or not self._thread.is_alive():
            self._stop.clear()
            self._every = every
            self._thread = threading.Thread(target=self._run, args=(every,), name="rheostat-learn", daemon=True)
            started("the loop", self._thread)
        return self

    def stop(self, timeout: float | None = None) -> None:
        """Stop the thread, and wait for its step to end. The governor's plans are remembered all the same.

        Args:
            timeout: The seconds to wait at most; until the step has ended if not given.
        """
        self._stop.set()
        self._every = None
        if self._thread is not None:
            self._thread.join(timeout)

    def _run(self, every: float) -> None:
        while not self._stop.wait(every):
            try:
                self.step()
            except Exception as error:  # noqa: BLE001  # A step that fails must not end the learning.
                self.errors += 1
                self.error = error

    def _forked(self) -> None:
        """In a child that was forked: its thread stayed in the parent, and so did whoever held the lock of the event."""
        self._stop, self._thread = threading.Event(), None
        if self._every is not None:
            self.start(self._every)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def __repr__(self) -> str:
        running = self._thread is not None and self._thread.is_alive()
        return f"Loop({self.learner!r}, running={running}, last={self.last!r})"


def _after_fork() -> None:
    for loop in list(_LOOPS):
        # A child that gets no thread serves on with the estimator that it has.
        with contextlib.suppress(StateError):
            loop._forked()  # noqa: SLF001


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
