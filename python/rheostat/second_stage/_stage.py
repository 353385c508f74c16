"""The second stage: asks a scorer for an opinion, and plans with it."""

from __future__ import annotations

import asyncio
import functools
import math
import os
import queue
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

from rheostat._checks import invalid, started, whole, wrong_type
from rheostat._native import Estimator, Governor, Ladder, Plan
from rheostat._native import clock as monotonic
from rheostat._within import within
from rheostat.errors import RheostatError, UnknownNameError
from rheostat.second_stage._breaker import Breaker

if TYPE_CHECKING:
    from typing_extensions import Self

Score: TypeAlias = "float | Mapping[str, float]"
"""A scorer's result: a difficulty, or P(correct) by rung name; each in [0, 1]."""
Reason: TypeAlias = Literal["used", "not_worth_it", "unpriced", "breaker_open", "busy", "late", "failed", "closed"]
REASONS: tuple[Reason, ...] = get_args(Reason)
"""Values of `Opinion.reason`."""
_SMALLEST = 1e-6
"""Distance that an opinion keeps from 0 and 1 before its logit is taken."""


@dataclass(frozen=True)
class Opinion:
    """The second stage's part in one plan.

    Attributes:
        reason: `"used"`: the plan goes by its opinion. In all other cases the first stage's plan stands: `"not_worth_it"` (an
            opinion is expected to save less than it costs, or too unlikely to change the rung), `"unpriced"` (the policy puts
            no price on an error), `"breaker_open"`, `"busy"` (too many texts wait), `"late"` (no answer within the deadline),
            `"failed"` or `"closed"`.
        worth: Expected saving of an opinion, in US dollars; None under a policy without a price.
        change: Probability that it changes the rung; None under a policy that ignores opinions.
        difficulty: The opinion, in [0, 1], if it was used and is a difficulty.
        p_correct: The opinion as P(correct) by rung name, if it was used and is a mapping.
        error: The failure, in words.
    """

    reason: Reason
    worth: float | None = None
    change: float | None = None
    difficulty: float | None = None
    p_correct: dict[str, float] | None = None
    error: str | None = None


@dataclass(frozen=True)
class _Job:
    text: str
    future: Future[Score]
    due: float


class _LateError(Exception):
    """A text's deadline passed before its turn came."""


class _ClosedError(Exception):
    """The stage was closed before a text's turn came."""


class SecondStage:
    """Plans with a second opinion if it is worth its price.

    For each text the governor computes the expected saving of an opinion (`Governor.information`): nothing if one rung is best
    by far, more if two are close and a mistake is expensive. If the saving exceeds `price`, a worker thread asks the scorer. It
    answers within `deadline`, or the plan is made without it.

    Args:
        scorer: An `OnnxScorer`, or any function of a text that returns its difficulty in [0, 1], or a mapping of rung names to
            P(correct). Worker threads call it.
        spread: Standard deviation by which its opinions move difficulties, in logits; `measure_spread` measures it. Give less
            for a scorer that is only partly right when it differs.
        usd_per_call: Cost of an opinion, in US dollars.
        seconds: Time that it takes, in seconds.
        usd_per_second: Cost of a second of waiting, in US dollars. `seconds` times this adds to the price.
        change: For policies without a price of an error (`Threshold`): ask if the opinion changes the rung with at least this
            probability. None: do not ask.
        deadline: Most seconds that a plan waits.
        waiting: Most texts that wait for a worker; further ones get no opinion.
        workers: Threads that call the scorer.
        breaker: The `Breaker` around a failing scorer.
        watch: Called with each plan and its `Opinion`, in the thread that planned.
        clock: A monotonic clock, in seconds; workers skip texts whose deadline has passed by it.

    Raises:
        InvalidValueError: A value is out of bounds.

    A scorer that does not return keeps its thread. When all threads are kept, texts are late and open the breaker.

    Example:
        >>> import rheostat as rh
        >>> ladder = rh.Ladder([rh.Rung("fast", output_price=0.4), rh.Rung("deep", output_price=10.0)], start_max="deep")
        >>> governor = rh.Governor(ladder, rh.policy.Utility(usd_per_error=0.005))
        >>> with SecondStage(lambda text: 0.9, spread=1.0, usd_per_call=1e-9, deadline=60.0) as second:
        ...     plan = second.plan(governor, "Prove that the square root of 2 is irrational.")
        >>> plan.estimate.difficulty, second.counts["used"]
        (0.9, 1)
    """

    def __init__(
        self,
        scorer: Callable[[str], Score],
        *,
        spread: float,
        usd_per_call: float = 0.0,
        seconds: float = 0.0,
        usd_per_second: float = 0.0,
        change: float | None = None,
        deadline: float = 0.05,
        waiting: int = 64,
        workers: int = 1,
        breaker: Breaker | None = None,
        watch: Callable[[Plan, Opinion], None] | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Checks the arguments and starts the threads."""
        prices = {"usd_per_call": usd_per_call, "seconds": seconds, "usd_per_second": usd_per_second}
        for name, value in prices.items():
            if not 0 <= value < math.inf:
                raise invalid(name, value, "a finite number of at least 0")
        if not 0 < deadline <= 60:
            raise invalid("deadline", deadline, "above 0 and at most 60 seconds")
        if not 0 <= spread <= 8:
            raise invalid("spread", spread, "between 0 and 8 logits")
        if change is not None and not 0 < change <= 1:
            raise invalid("change", change, "above 0 and at most 1, or None")
        for name, count, most in (("waiting", waiting, 65_536), ("workers", workers, 64)):
            whole(name, count, 1, most)
        if not callable(scorer):
            raise wrong_type("scorer", scorer, "an OnnxScorer or a function of a text")
        self.price = usd_per_call + seconds * usd_per_second
        """Cost of an opinion, in US dollars, waiting included."""
        self.spread, self.deadline, self.change = spread, deadline, change
        self.breaker = breaker or Breaker(clock=clock)
        self._scorer, self._watch, self._clock = scorer, watch, clock
        self._jobs: queue.Queue[_Job | None] = queue.Queue(waiting)
        self._counts: Counter[str] = Counter()
        self._error: str | None = None
        self._lock = threading.Lock()
        self._closed, self._maker = False, os.getpid()
        self._threads = [threading.Thread(target=self._work, name="rheostat-second-stage", daemon=True) for _ in range(workers)]
        for thread in self._threads:
            started("the second stage", thread)

    def plan(self, governor: Governor, text: str | bytes | None = None, **options: Any) -> Plan:
        """Plans a query, and waits for an opinion if it is worth it.

        Args:
            governor: The governor that plans.
            text: The query.
            options: `messages=` or `body=` instead of a text, whose newest human ask the scorer gets; and the keywords of
                `Governor.plan`: session, tenant, ceiling, models, rung, purpose, at.

        Raises:
            Exception: An error of `Governor.plan`. Errors of the second stage are not raised.
        """
        opinion, asked = self._ask(governor, text, options)
        if asked is None:
            return self._finish(governor, text, options, opinion)
        try:
            opinion = self._used(governor, opinion, asked.result(self.deadline))
        except Exception as error:  # noqa: BLE001  # If the scorer raises, the first stage's plan stands.
            opinion = self._unused(opinion, asked, error)
        return self._finish(governor, text, options, opinion)

    async def aplan(self, governor: Governor, text: str | bytes | None = None, **options: Any) -> Plan:
        """Plans like `plan`, without holding the event loop."""
        opinion, asked = self._ask(governor, text, options)
        if asked is None:
            return self._finish(governor, text, options, opinion)
        try:
            opinion = self._used(governor, opinion, await within(asyncio.wrap_future(asked), self.deadline))
        except asyncio.CancelledError:
            # The host was cancelled, which is no failure of the scorer.
            self.breaker.forgone()
            raise
        except Exception as error:  # noqa: BLE001
            opinion = self._unused(opinion, asked, error)
        return self._finish(governor, text, options, opinion)

    def __repr__(self) -> str:
        return f"SecondStage(spread={self.spread}, price={self.price}, used={self.counts['used']})"

    @property
    def counts(self) -> Mapping[str, int]:
        """Number of plans for each of `REASONS`."""
        with self._lock:
            return {reason: self._counts[reason] for reason in REASONS}

    @property
    def error(self) -> str | None:
        """Newest failure of the scorer, in words."""
        with self._lock:
            return self._error

    def close(self) -> None:
        """Ends the threads after their current texts; further plans are made without opinions."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        self._forget_waiting()
        self._wake_another()

    def _forget_waiting(self) -> None:
        while True:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return
            if job is not None and job.future.set_running_or_notify_cancel():
                job.future.set_exception(_ClosedError())

    def __enter__(self) -> Self:
        """The stage itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def _ask(self, governor: Governor, text: str | bytes | None, options: dict[str, Any]) -> tuple[Opinion, Future[Score] | None]:
        """Returns the opinion's worth and a future of it, or the reason for none."""
        known = governor.information(text, spread=self.spread, **options)
        no = functools.partial(Opinion, worth=known.usd, change=known.change)
        asks = known.worth(self.price, self.change)
        if asks is None:
            return no("unpriced"), None
        if not asks:
            return no("not_worth_it"), None
        # After a fork the threads are in the process that made them.
        if self._closed or os.getpid() != self._maker:
            return no("closed"), None
        if not self.breaker.allow():
            return no("breaker_open"), None
        future: Future[Score] = Future()
        try:
            self._jobs.put_nowait(_Job(known.ask, future, self._clock() + self.deadline))
        except queue.Full:
            self.breaker.forgone()
            return no("busy"), None
        return no("used"), future

    def _used(self, governor: Governor, opinion: Opinion, score: Score) -> Opinion:
        if isinstance(score, Mapping):
            _check(governor.ladder, score)
            opinion = replace(opinion, p_correct={name: float(chance) for name, chance in score.items()})
        else:
            if not 0.0 <= score <= 1.0:
                raise invalid("difficulty", score, "between 0 and 1")
            opinion = replace(opinion, difficulty=float(score))
        self.breaker.succeeded()
        return opinion

    def _unused(self, opinion: Opinion, asked: Future[Score], error: Exception) -> Opinion:
        if isinstance(error, _ClosedError):
            self.breaker.forgone()
            return replace(opinion, reason="closed")
        self.breaker.failed()
        late = isinstance(error, _LateError)
        # A time-out inside the scorer is a failure; a time-out of the wait leaves a future that is not done.
        if late or (isinstance(error, (TimeoutError, FutureTimeoutError, asyncio.TimeoutError)) and not _has_ended(asked)):
            asked.cancel()
            return replace(opinion, reason="late")
        # A scorer's error may quote the text, and errors are logged, so only the type of a foreign error is kept.
        words = str(error) if isinstance(error, RheostatError) else type(error).__name__
        return replace(opinion, reason="failed", error=words)

    def _finish(self, governor: Governor, text: str | bytes | None, options: dict[str, Any], opinion: Opinion) -> Plan:
        plan = governor.plan(text, difficulty=opinion.difficulty, p_correct=opinion.p_correct, **options)
        with self._lock:
            self._counts[opinion.reason] += 1
            self._error = opinion.error or self._error
        if self._watch is not None:
            self._watch(plan, opinion)
        return plan

    def _work(self) -> None:
        while True:
            job = self._jobs.get()
            if job is None:
                self._wake_another()
                return
            if not job.future.set_running_or_notify_cancel():
                continue
            if self._closed:
                job.future.set_exception(_ClosedError())
            elif self._clock() > job.due:
                job.future.set_exception(_LateError())
            else:
                self._run(job)

    def _run(self, job: _Job) -> None:
        try:
            score = self._scorer(job.text)
        except BaseException as error:  # noqa: BLE001  # The error goes to the waiting caller, not to this thread.
            job.future.set_exception(error if isinstance(error, Exception) else RuntimeError(type(error).__name__))
        else:
            job.future.set_result(score)

    def _wake_another(self) -> None:
        """Wakes one thread to see that the stage is closed; it wakes the next."""
        try:
            self._jobs.put_nowait(None)
        except queue.Full:
            pass  # The queue is full: the thread that takes a text from it wakes the next.


def _has_ended(asked: Future[Score]) -> bool:
    return asked.done() and not asked.cancelled()


def _check(ladder: Ladder, chances: Mapping[str, float]) -> None:
    """Checks that the names are the ladder's rungs, and the values chances."""
    if not chances:
        raise invalid("p_correct", "none", "given for at least one rung")
    known = {rung.name for rung in ladder.rungs}
    for name, chance in chances.items():
        if name not in known:
            raise UnknownNameError(f"unknown rung {str(name)[:40]!r}; known: {', '.join(sorted(known))}")
        if not 0.0 <= chance <= 1.0:
            raise invalid(f"p_correct[{name!r}]", chance, "between 0 and 1")


def measure_spread(
    scorer: Callable[[str], Score],
    texts: Iterable[str],
    *,
    estimator: Estimator | None = None,
    ladder: Ladder | None = None,
) -> float:
    """Measures `spread` of a scorer: the root mean square, in logits, by which it moves difficulties from the estimates'.

    For a scorer that returns chances per rung, the spread is that of those chances.

    Args:
        scorer: The scorer.
        texts: At least two texts of your own traffic, none of them from the scorer's training.
        estimator: The first stage's; the shipped one if not given.
        ladder: The rungs, for a scorer that returns chances.

    Raises:
        InvalidValueError: There are fewer than two texts, an opinion outside [0, 1], or chances without a ladder.
        UnknownNameError: A chance belongs to no rung of the ladder.

    Example:
        >>> measure_spread(lambda text: 0.5, ["What is the capital of France?", "Prove that 2 is prime."]) > 0
        True
    """
    texts = list(texts)
    if len(texts) < 2:
        raise invalid("texts", len(texts), "at least 2")
    first = Governor(ladder, estimator=estimator, drift=0) if ladder is not None else None
    moved: list[float] = []
    for text in texts:
        score = scorer(text)
        if isinstance(score, Mapping):
            if first is None:
                raise invalid("ladder", "none", "given, because the scorer returns chances per rung")
            _check(first.ladder, score)
            estimate = first.plan(text).estimate
            moved += [_logit(chance) - _logit(estimate.p_correct(name)) for name, chance in score.items()]
        else:
            if not 0.0 <= score <= 1.0:
                raise invalid("scorer: every score", "one outside", "between 0 and 1")
            moved.append(_logit(score) - _logit((estimator or Estimator()).estimate(text).difficulty))
    return math.sqrt(math.fsum(x * x for x in moved) / len(moved))


def _logit(chance: float) -> float:
    p = min(max(chance, _SMALLEST), 1.0 - _SMALLEST)
    return math.log(p) - math.log1p(-p)
