"""Checks of arguments for the classes written in Python. Messages have the form of the core's."""

from __future__ import annotations

import operator
import os
import sys
import threading
import warnings
from typing import Any

from rheostat.errors import InvalidTypeError, InvalidValueError, StateError

_MOST = (1 << 64) - 1
_INSIDE = {"rheostat", "asyncio"}


def whole(what: str, value: Any, least: int = 0, most: int = _MOST) -> int:
    """Returns a whole number within its bounds.

    Example:
        >>> whole("workers", 3, 1, 64)
        3
        >>> whole("workers", 0, 1, 64)
        Traceback (most recent call last):
        rheostat.errors.InvalidValueError: workers must be between 1 and 64, got 0
    """
    try:
        found = operator.index(value)
    except TypeError:
        raise wrong_type(what, value, "int") from None
    if least <= found <= most:
        return found
    # Python refuses to print numbers of thousands of digits.
    far = "a number above 10^38" if found > 0 else "a number below -10^38"
    written = found if abs(found) <= 10**38 else far
    raise invalid(what, written, f"between {least} and {most}")


def number(what: str, value: Any) -> float:
    """The value, if it is a number and no bool.

    Raises:
        InvalidTypeError: It is none.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise wrong_type(what, value, "a number")
    return value


def invalid(what: str, value: object, bound: str) -> InvalidValueError:
    """Returns the error for a value outside its bound, in the form of the core's.

    Example:
        >>> str(invalid("samples", 0, "between 1 and 64"))
        'samples must be between 1 and 64, got 0'
    """
    return InvalidValueError(f"{what} must be {bound}, got {value}")


def same_process(what: str, maker: int) -> None:
    """Refuses an object that came through a fork: its thread or connection stayed in the process that made it.

    Raises:
        StateError: The current process is not `maker`.
    """
    if os.getpid() != maker:
        raise StateError(f"{what} was made by process {maker}: make a new one after the fork")


def warn(text: str, category: type[Warning] = UserWarning) -> None:
    """Warns, at the line of the newest caller outside this library and asyncio."""
    frame, level = sys._getframe(1), 2  # noqa: SLF001  # `inspect.currentframe` is slow to import.
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] in _INSIDE:
        frame, level = frame.f_back, level + 1
    warnings.warn(text, category, stacklevel=level)


def started(what: str, thread: threading.Thread) -> None:
    """Starts the thread of an object.

    Raises:
        StateError: The system starts no more threads.
    """
    try:
        thread.start()
    except RuntimeError as error:
        raise StateError(f"the thread of {what} cannot be started: {error}") from error


def private(path: str, flags: int) -> int:
    """Opens a file; a new one is for its owner alone, because it says what customers do and spend."""
    return os.open(path, flags, 0o600)


def wrong_type(what: str, value: object, wanted: str) -> InvalidTypeError:
    """Returns the error for an argument of the wrong type."""
    return InvalidTypeError(f"{what}: got {type(value).__name__}, wanted {wanted}")
