"""Drivers of a `Cadence`: they wait, start the beats that are due, and report what came of them.

`Cadence` decides; a driver has the clock. A beat is a function of yours that is given the `types.Beat` and returns a `Done`.
Run one plan in it, on the beat's rung, and spend at most `beat.tokens` and `beat.usd`. With a preflight, a free check of yours,
no model is asked where nothing has changed.

Example:
    >>> import rheostat as rh
    >>> from rheostat.cadence import Done, run
    >>> cadence = rh.Cadence([(600, "fast"), (60, "think")])
    >>> now = [0.0]  # a clock that only waits move on
    >>> def wait(seconds: float) -> None:
    ...     now[0] += seconds
    >>> run(cadence, lambda beat: Done(found=beat.at < 700), clock=lambda: now[0], wait=wait, until=1_500)
    >>> cadence.counts.beats
    14
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple

from rheostat._checks import started, wrong_type
from rheostat._native import Cadence
from rheostat._within import is_set
from rheostat.types import Beat, Wake

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["AsyncDriver", "Done", "Driver", "run"]


class Done(NamedTuple):
    """The report of a beat."""

    found: bool = False
    """True if it found something to do."""
    salience: float | None = None
    """Its evidence that there was something to do, in [0, 1], instead of `found`."""
    tokens: int = 0
    """Output tokens that it has cost."""
    usd: float = 0.0
    """US dollars that it has cost."""


def _checked(cadence: Cadence) -> Cadence:
    if not isinstance(cadence, Cadence):
        raise wrong_type("cadence", cadence, "a Cadence")
    return cadence


def _report(cadence: Cadence, done: Done, at: float) -> None:
    cadence.tick(found=done.found, salience=done.salience, tokens=done.tokens, usd=done.usd, at=at)


def _done(told: object) -> Done:
    if not isinstance(told, Done):
        raise wrong_type("cadence: what a beat returns", told, "a rheostat.cadence.Done")
    return told


def _failed(cadence: Cadence, beat: Beat, at: float) -> None:
    # Its cost is not known: all that it might have been.
    cadence.tick(tokens=beat.tokens, usd=beat.usd, at=at)


def _step(
    cadence: Cadence, beat: Callable[[Beat], Done], preflight: Callable[[], bool] | None, clock: Callable[[], float]
) -> None:
    """Starts the beat that is due, if one is and it is needed, and reports it."""
    now = clock()
    due = cadence.next(at=now)
    if due.delay > 0:
        return
    if preflight is not None and due.reason != "running" and not preflight():
        cadence.unchanged(at=clock())
        return
    begun = cadence.start(at=clock())
    if begun is None:
        return
    try:
        done = _done(beat(begun))
    except BaseException:
        _failed(cadence, begun, clock())
        raise
    _report(cadence, done, clock())


def run(
    cadence: Cadence,
    beat: Callable[[Beat], Done],
    *,
    preflight: Callable[[], bool] | None = None,
    clock: Callable[[], float] = time.time,
    wait: Callable[[float], object] = time.sleep,
    until: float | None = None,
) -> None:
    """Run beats in this thread. An exception of a beat ends it; the beat counts as if it had spent all that it might.

    Args:
        cadence: Says when, and on which rung.
        beat: Called when a beat is due.
        preflight: A free check, called before a beat: false when nothing has changed, and then there is no beat.
        clock: The time, in seconds; Unix time if not given.
        wait: Waits for some seconds.
        until: The time at which it returns; never if not given.
    """
    _checked(cadence)
    while True:
        now = clock()
        delay = cadence.next(at=now).delay
        if until is not None and now + delay >= until:
            return
        if delay > 0:
            wait(delay)
        _step(cadence, beat, preflight, clock)


class Driver:
    """Runs beats in a thread.

    Args:
        cadence: Says when, and on which rung.
        beat: Called when a beat is due, in the driver's thread.
        preflight: A free check, called before a beat: false when nothing has changed, and then there is no beat.
        clock: The time, in seconds; Unix time if not given.

    Example:
        >>> import threading
        >>> import rheostat as rh
        >>> from rheostat.cadence import Done, Driver
        >>> beaten = threading.Event()
        >>> def beat(beat: rh.types.Beat) -> Done:
        ...     beaten.set()
        ...     return Done(found=False)
        >>> with Driver(rh.Cadence([(600, "fast"), (60, "think")]), beat) as driver:
        ...     beaten.wait(10), driver.signal("message").woken
        (True, False)
    """

    def __init__(
        self,
        cadence: Cadence,
        beat: Callable[[Beat], Done],
        *,
        preflight: Callable[[], bool] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.cadence = _checked(cadence)
        """The cadence."""
        self.error: BaseException | None = None
        """The exception of a beat that ended the thread."""
        self._beat, self._preflight, self._clock = beat, preflight, clock
        self._changed = threading.Event()
        self._stopped = False
        self._thread: threading.Thread | None = None

    def start(self) -> Self:
        """Start the thread. It ends with the process."""
        if self._thread is None or not self._thread.is_alive():
            self._stopped, self.error = False, None
            self._thread = threading.Thread(target=self._run, name="rheostat-cadence", daemon=True)
            started("the driver", self._thread)
        return self

    def signal(self, kind: str, strength: float = 1.0) -> Wake:
        """Tell the cadence of something that happened outside; a beat that is brought forward runs at its new time.

        Args:
            kind: The kind of signal.
            strength: Above 0 and at most 1.
        """
        wake = self.cadence.signal(kind, strength, at=self._clock())
        self._changed.set()
        return wake

    def stop(self, timeout: float | None = None) -> None:
        """End the thread, after the beat in flight.

        Args:
            timeout: The seconds to wait at most; until the beat has ended if not given.
        """
        self._stopped = True
        self._changed.set()
        if self._thread is not None:
            self._thread.join(timeout)

    def _run(self) -> None:
        try:
            while not self._stopped:
                self._changed.clear()
                delay = self.cadence.next(at=self._clock()).delay
                if delay > 0:
                    self._changed.wait(min(delay, threading.TIMEOUT_MAX))
                if not self._stopped:
                    _step(self.cadence, self._beat, self._preflight, self._clock)
        except BaseException as error:  # noqa: BLE001  # `error` tells the host.
            self.error = error

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()


class AsyncDriver:
    """Runs beats in an asyncio task: `await driver.run()`.

    Args:
        cadence: Says when, and on which rung.
        beat: Awaited when a beat is due.
        preflight: A free check, awaited before a beat: false when nothing has changed, and then there is no beat.
        clock: The time, in seconds; Unix time if not given.
        wait: Waits for an event, for at most some seconds; for tests with a clock of their own.
    """

    def __init__(
        self,
        cadence: Cadence,
        beat: Callable[[Beat], Awaitable[Done]],
        *,
        preflight: Callable[[], Awaitable[bool]] | None = None,
        clock: Callable[[], float] = time.time,
        wait: Callable[[asyncio.Event, float], Awaitable[object]] | None = None,
    ) -> None:
        self.cadence = _checked(cadence)
        """The cadence."""
        self._beat, self._preflight, self._clock, self._wait = beat, preflight, clock, wait or is_set
        self._changed = asyncio.Event()

    def signal(self, kind: str, strength: float = 1.0) -> Wake:
        """Tell the cadence of something that happened outside; call it in the loop's thread.

        Args:
            kind: The kind of signal.
            strength: Above 0 and at most 1.
        """
        wake = self.cadence.signal(kind, strength, at=self._clock())
        self._changed.set()
        return wake

    async def run(self, until: float | None = None) -> None:
        """Run beats until the task is cancelled.

        An exception of a beat ends it. A beat that failed or was cancelled counts as if it had spent all that it might.

        Args:
            until: The time at which it returns; never if not given.
        """
        while True:
            self._changed.clear()
            now = self._clock()
            due = self.cadence.next(at=now)
            if until is not None and now + due.delay >= until:
                return
            if due.delay > 0:
                await self._wait(self._changed, due.delay)
                continue
            if self._preflight is not None and not await self._preflight():
                self.cadence.unchanged(at=self._clock())
                continue
            begun = self.cadence.start(at=self._clock())
            if begun is None:
                continue
            try:
                done = _done(await self._beat(begun))
            except BaseException:
                _failed(self.cadence, begun, self._clock())
                raise
            _report(self.cadence, done, self._clock())
