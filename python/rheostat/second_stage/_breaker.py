"""A circuit breaker: what keeps failing is left alone for a while."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Literal

from rheostat._native import clock as monotonic
from rheostat.errors import InvalidValueError


class Breaker:
    """Open after some failures in a row; after a rest one trial is let through, and its end decides.

    Args:
        failures: How many failures in a row open it, at least 1.
        rest: For how many seconds it then stays open, above 0.
        clock: Seconds of a monotonic clock.

    Raises:
        InvalidValueError: A value is out of bounds.

    Example:
        >>> breaker = Breaker(failures=1, rest=30.0, clock=lambda: 0.0)
        >>> breaker.allow(), breaker.failed(), breaker.allow(), breaker.state
        (True, None, False, 'open')
    """

    def __init__(self, failures: int = 5, rest: float = 30.0, *, clock: Callable[[], float] = monotonic) -> None:
        """Begin closed."""
        if failures < 1:
            raise InvalidValueError(f"failures: {failures} is not allowed; it must be at least 1")
        if not 0 < rest < float("inf"):
            raise InvalidValueError(f"rest: {rest} is not allowed; it must be a finite number of seconds above 0")
        self._most, self._rest, self._clock = failures, rest, clock
        self._lock = threading.Lock()
        self._failures = 0
        self._opened: float | None = None
        self._trial: float | None = None

    @property
    def state(self) -> Literal["closed", "open", "trying"]:
        """`"closed"` (all may pass), `"open"` (none may) or `"trying"` (a trial is under way)."""
        with self._lock:
            if self._opened is None:
                return "closed"
            return "open" if self._trial is None else "trying"

    def allow(self) -> bool:
        """Whether a call may be made now. Whoever is let through says how it ended: `succeeded`, `failed` or `forgone`."""
        with self._lock:
            if self._opened is None:
                return True
            now = self._clock()
            # A trial whose end nobody told counts as lost after a further rest.
            last = self._opened if self._trial is None else self._trial
            if now - last < self._rest:
                return False
            self._trial = now
            return True

    def succeeded(self) -> None:
        """A call ended well."""
        with self._lock:
            self._failures, self._opened, self._trial = 0, None, None

    def failed(self) -> None:
        """A call failed or was late."""
        with self._lock:
            self._failures += 1
            if self._opened is not None or self._failures >= self._most:
                self._opened, self._trial = self._clock(), None

    def forgone(self) -> None:
        """A call that was let through was not made after all: nothing was learned."""
        with self._lock:
            if self._opened is not None and self._trial is not None:
                # The next one may try at once.
                self._opened, self._trial = self._clock() - self._rest, None
