"""A circuit breaker (Nygard, *Release It!*, 2007): stops calling a component that keeps failing, and tries it again later."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Literal

from rheostat._checks import invalid, number
from rheostat._native import clock as monotonic


class Breaker:
    """Opens after several failures in a row. After a rest it lets one trial through; the trial's end closes or reopens it.

    Args:
        failures: Failures in a row that open it, at least 1.
        rest: Seconds that it then stays open, above 0.
        clock: A monotonic clock, in seconds.

    Raises:
        InvalidValueError: A value is out of bounds.

    Example:
        >>> breaker = Breaker(failures=1, rest=30.0, clock=lambda: 0.0)
        >>> breaker.allow(), breaker.failed(), breaker.allow(), breaker.state
        (True, None, False, 'open')
    """

    def __init__(self, failures: int = 5, rest: float = 30.0, *, clock: Callable[[], float] = monotonic) -> None:
        """Starts closed."""
        if number("failures", failures) < 1:
            raise invalid("failures", failures, "at least 1")
        if not 0 < number("rest", rest) < float("inf"):
            raise invalid("rest", rest, "a finite number of seconds above 0")
        self._most, self._rest, self._clock = failures, rest, clock
        self._lock = threading.Lock()
        self._failures = 0
        self._opened: float | None = None
        self._trial: float | None = None

    @property
    def state(self) -> Literal["closed", "open", "trying"]:
        """`"closed"` (calls pass), `"open"` (none passes) or `"trying"` (a trial is in flight)."""
        with self._lock:
            if self._opened is None:
                return "closed"
            return "open" if self._trial is None else "trying"

    def allow(self) -> bool:
        """Returns True if a call may be made now. Report its end with `succeeded`, `failed` or `forgone`."""
        with self._lock:
            if self._opened is None:
                return True
            now = self._clock()
            # A trial without a reported end counts as lost after a further rest.
            last = self._opened if self._trial is None else self._trial
            if now - last < self._rest:
                return False
            self._trial = now
            return True

    def succeeded(self) -> None:
        """Reports that a call ended well."""
        with self._lock:
            self._failures, self._opened, self._trial = 0, None, None

    def failed(self) -> None:
        """Reports that a call failed or was late."""
        with self._lock:
            self._failures += 1
            if self._opened is not None or self._failures >= self._most:
                self._opened, self._trial = self._clock(), None

    def forgone(self) -> None:
        """Reports that a call was let through and then not made."""
        with self._lock:
            if self._opened is not None and self._trial is not None:
                # The next call may try at once.
                self._opened, self._trial = self._clock() - self._rest, None
