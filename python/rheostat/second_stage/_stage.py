"""Whether, when and with what a second opinion is sought, and what becomes of the plan."""

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

from rheostat._checks import whole, wrong_type
from rheostat._native import Estimator, Governor, Ladder, Plan
from rheostat._native import clock as monotonic
from rheostat.errors import InvalidValueError, RheostatError, UnknownNameError
from rheostat.second_stage._breaker import Breaker

if TYPE_CHECKING:
    from typing_extensions import Self

Said: TypeAlias = "float | Mapping[str, float]"
"""What a scorer says: a difficulty, or P(correct) by the names of rungs; each in [0, 1]."""
Reason: TypeAlias = Literal["used", "not_worth_it", "unpriced", "breaker_open", "busy", "late", "failed", "closed"]
REASONS: tuple[Reason, ...] = get_args(Reason)
"""What can become of a query: see `Opinion.reason`."""
_SMALLEST = 1e-6
"""An opinion of 0 or 1 is taken as this much less sure, where logits of it are needed."""


@dataclass(frozen=True)
class Opinion:
    """What the second stage did for one plan.

    Attributes:
        reason: `"used"`: the plan goes by its opinion. In all other cases the first stage's plan stands: `"not_worth_it"` (an
            opinion is expected to save less than it costs, or too unlikely to change the rung), `"unpriced"` (the policy puts
            no price on an error), `"breaker_open"`, `"busy"` (too many texts wait), `"late"` (no answer within the deadline),
            `"failed"` or `"closed"`.
        worth: What an opinion was expected to save, in US dollars; None where it has no price.
        change: How likely it was to change the rung; None under a policy that goes by no opinion.
        difficulty: The opinion, in [0, 1], if it was used and was one.
        chances: The opinion as P(correct) by the names of rungs, if it was used and was that.
        error: What went wrong, if it failed.
    """

    reason: Reason
    worth: float | None = None
    change: float | None = None
    difficulty: float | None = None
    chances: dict[str, float] | None = None
    error: str | None = None


@dataclass(frozen=True)
class _Job:
    text: str
    future: Future[Said]
    due: float


class _LateError(Exception):
    """A text's time was over before its turn came."""


class _ClosedError(Exception):
    """The stage was closed before a text's turn came."""


class SecondStage:
    """Plans with a second opinion where one is worth its price.

    For each text the governor works out what an opinion is expected to save (`Governor.information`): nothing where one
    rung is best by far, something where two are close and a mistake is dear. When that is more than `price`, a worker thread is
    asked. It answers within `deadline`, or the plan is made without it.

    Args:
        scorer: An `OnnxScorer`, or any function of a text that says how hard it is, in [0, 1], or how likely which rung answers
            correctly: a mapping of rungs' names to chances in [0, 1]. It is called from worker threads.
        spread: By how many logits its opinions move difficulties from the estimates', as a standard deviation: `measure_spread`
            measures it. State less for a scorer that is only partly right when it differs.
        usd_per_call: What an opinion costs, in US dollars.
        seconds: How long it takes, in seconds, and
        usd_per_second: what a second of waiting costs you, in US dollars: they add to its price.
        change: For policies that put no price on an error (`Threshold`): ask where the opinion is at least this likely to change
            the rung. None: they never ask.
        deadline: For how many seconds a plan waits for it at most.
        waiting: How many texts may wait for a worker; for more there is no opinion.
        workers: How many threads ask the scorer.
        breaker: What leaves a failing scorer alone: a `Breaker`.
        watch: Called with each plan and its `Opinion`, in the thread that planned.
        clock: Seconds of a monotonic clock: by it a worker leaves out texts whose time is over.

    Raises:
        InvalidValueError: A value is out of bounds.

    A scorer that never returns holds its thread for good: when all are held, texts wait, are late and open the breaker.

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
        scorer: Callable[[str], Said],
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
        """Check, and start the threads."""
        prices = {"usd_per_call": usd_per_call, "seconds": seconds, "usd_per_second": usd_per_second}
        for name, value in prices.items():
            if not 0 <= value < math.inf:
                raise InvalidValueError(f"{name}: {value} is not allowed; it must be a finite number of at least 0")
        if not 0 < deadline <= 60:
            raise InvalidValueError(f"deadline: {deadline} is not allowed; it must be above 0 and at most 60 seconds")
        if not 0 <= spread <= 8:
            raise InvalidValueError(f"spread: {spread} is not allowed; it must be between 0 and 8 logits")
        if change is not None and not 0 < change <= 1:
            raise InvalidValueError(f"change: {change} is not allowed; it must be above 0 and at most 1, or None")
        for name, count, most in (("waiting", waiting, 65_536), ("workers", workers, 64)):
            whole(name, count, 1, most)
        if not callable(scorer):
            raise wrong_type("scorer", scorer, "an OnnxScorer or a function of a text")
        self.price = usd_per_call + seconds * usd_per_second
        """What an opinion costs, in US dollars, waiting included."""
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
            thread.start()

    def plan(self, governor: Governor, text: str | bytes | None = None, **options: Any) -> Plan:
        """Plan a query, waiting for an opinion where one is worth it.

        Args:
            governor: What plans.
            text: The query, or
            options: `messages=` or `body=` in its place; what the scorer is asked about is then their newest human ask. The
                rest is as for `Governor.plan`: session, tenant, ceiling, models, rung, purpose, at.

        Raises:
            Exception: What `Governor.plan` raises; what befalls the second stage is never raised.
        """
        opinion, asked = self._ask(governor, text, options)
        if asked is None:
            return self._finish(governor, text, options, opinion)
        try:
            opinion = self._heard(governor, opinion, asked.result(self.deadline))
        except Exception as error:  # noqa: BLE001  # Whatever a scorer raises, the first stage's plan stands.
            opinion = self._unheard(opinion, asked, error)
        return self._finish(governor, text, options, opinion)

    async def aplan(self, governor: Governor, text: str | bytes | None = None, **options: Any) -> Plan:
        """As `plan`, without holding the event loop."""
        opinion, asked = self._ask(governor, text, options)
        if asked is None:
            return self._finish(governor, text, options, opinion)
        try:
            opinion = self._heard(governor, opinion, await asyncio.wait_for(asyncio.wrap_future(asked), self.deadline))
        except asyncio.CancelledError:
            # The host has given up: that says nothing about the scorer.
            self.breaker.forgone()
            raise
        except Exception as error:  # noqa: BLE001
            opinion = self._unheard(opinion, asked, error)
        return self._finish(governor, text, options, opinion)

    def __repr__(self) -> str:
        return f"SecondStage(spread={self.spread}, price={self.price}, used={self.counts['used']})"

    @property
    def counts(self) -> Mapping[str, int]:
        """How many plans had each of `REASONS`."""
        with self._lock:
            return {reason: self._counts[reason] for reason in REASONS}

    @property
    def error(self) -> str | None:
        """The newest failure of the scorer, in words."""
        with self._lock:
            return self._error

    def close(self) -> None:
        """End the threads once what they do now is done; plans are made without opinions from now on."""
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

    def _ask(self, governor: Governor, text: str | bytes | None, options: dict[str, Any]) -> tuple[Opinion, Future[Said] | None]:
        """What an opinion is worth and the answer to come, or why there will be none."""
        known = governor.information(text, spread=self.spread, **options)
        no = functools.partial(Opinion, worth=known.usd, change=known.change)
        if known.usd is not None:
            asks = known.usd > self.price
        elif known.change is not None and self.change is not None:
            asks = known.change >= self.change
        else:
            return no("unpriced"), None
        if not asks:
            return no("not_worth_it"), None
        # A fork leaves the threads with the process that made them.
        if self._closed or os.getpid() != self._maker:
            return no("closed"), None
        if not self.breaker.allow():
            return no("breaker_open"), None
        future: Future[Said] = Future()
        try:
            self._jobs.put_nowait(_Job(known.ask, future, self._clock() + self.deadline))
        except queue.Full:
            self.breaker.forgone()
            return no("busy"), None
        return no("used"), future

    def _heard(self, governor: Governor, opinion: Opinion, said: Said) -> Opinion:
        if isinstance(said, Mapping):
            _check(governor.ladder, said)
            opinion = replace(opinion, chances={name: float(chance) for name, chance in said.items()})
        else:
            if not 0.0 <= said <= 1.0:
                raise InvalidValueError(f"difficulty: {said} is not allowed; it must be between 0 and 1")
            opinion = replace(opinion, difficulty=float(said))
        self.breaker.succeeded()
        return opinion

    def _unheard(self, opinion: Opinion, asked: Future[Said], error: Exception) -> Opinion:
        if isinstance(error, _ClosedError):
            self.breaker.forgone()
            return replace(opinion, reason="closed")
        self.breaker.failed()
        late = isinstance(error, _LateError)
        # A time-out of the scorer's own is a failure; one of the wait leaves a text that is not done.
        if late or (isinstance(error, (TimeoutError, FutureTimeoutError, asyncio.TimeoutError)) and not _has_ended(asked)):
            asked.cancel()
            return replace(opinion, reason="late")
        # A scorer's error may quote the text, and errors are logged: of others' only the kind is kept.
        words = str(error) if isinstance(error, RheostatError) else type(error).__name__
        return replace(opinion, reason="failed", error=words)

    def _finish(self, governor: Governor, text: str | bytes | None, options: dict[str, Any], opinion: Opinion) -> Plan:
        plan = governor.plan(text, difficulty=opinion.difficulty, chances=opinion.chances, **options)
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
                self._score(job)

    def _score(self, job: _Job) -> None:
        try:
            said = self._scorer(job.text)
        except BaseException as error:  # noqa: BLE001  # It belongs to whoever waits, not to this thread.
            job.future.set_exception(error if isinstance(error, Exception) else RuntimeError(type(error).__name__))
        else:
            job.future.set_result(said)

    def _wake_another(self) -> None:
        """Tell one thread that the stage is closed; it tells the next."""
        try:
            self._jobs.put_nowait(None)
        except queue.Full:
            pass  # Whoever takes a text from a full queue finds another message behind it, or is the last.


def _has_ended(asked: Future[Said]) -> bool:
    return asked.done() and not asked.cancelled()


def _check(ladder: Ladder, chances: Mapping[str, float]) -> None:
    """Whether chances are of the ladder's rungs, and chances."""
    if not chances:
        raise InvalidValueError("chances: none of any rung; at least one is wanted")
    known = {rung.name for rung in ladder.rungs}
    for name, chance in chances.items():
        if name not in known:
            raise UnknownNameError(f"unknown rung {str(name)[:40]!r}; known: {', '.join(sorted(known))}")
        if not 0.0 <= chance <= 1.0:
            raise InvalidValueError(f"chances[{name!r}]: {chance} is not allowed; it must be between 0 and 1")


def measure_spread(
    scorer: Callable[[str], Said],
    texts: Iterable[str],
    *,
    estimator: Estimator | None = None,
    ladder: Ladder | None = None,
) -> float:
    """By how many logits a scorer moves difficulties from the estimates', as a root mean square: what `SecondStage` is told.

    Of a scorer that says chances by rung it is by how much it moves those.

    Args:
        scorer: The scorer.
        texts: At least two texts of your own traffic, of which the scorer was not trained.
        estimator: The first stage's; the shipped one if not given.
        ladder: The rungs that a scorer says chances of.

    Raises:
        InvalidValueError: Fewer than two texts, an opinion outside [0, 1], or chances without a ladder.
        UnknownNameError: A chance of a rung that is not on the ladder.

    Example:
        >>> measure_spread(lambda text: 0.5, ["What is the capital of France?", "Prove that 2 is prime."]) > 0
        True
    """
    texts = list(texts)
    if len(texts) < 2:
        raise InvalidValueError(f"texts: {len(texts)} of them; at least 2 are needed")
    first = Governor(ladder, estimator=estimator, drift=0) if ladder is not None else None
    moved: list[float] = []
    for text in texts:
        said = scorer(text)
        if isinstance(said, Mapping):
            if first is None:
                raise InvalidValueError("ladder: none is given; the scorer says chances of its rungs")
            _check(first.ladder, said)
            estimate = first.plan(text).estimate
            moved += [_logit(chance) - _logit(estimate.p_correct(name)) for name, chance in said.items()]
        else:
            if not 0.0 <= said <= 1.0:
                raise InvalidValueError("scorer: an opinion lies outside [0, 1]")
            moved.append(_logit(said) - _logit((estimator or Estimator()).estimate(text).difficulty))
    return math.sqrt(math.fsum(x * x for x in moved) / len(moved))


def _logit(chance: float) -> float:
    p = min(max(chance, _SMALLEST), 1.0 - _SMALLEST)
    return math.log(p) - math.log1p(-p)
