"""What Python's own classes check of their arguments, in the words of the core."""

from __future__ import annotations

import operator
import os
from typing import Any

from rheostat.errors import InvalidTypeError, InvalidValueError, StateError

_MOST = (1 << 64) - 1


def whole(what: str, value: Any, least: int = 0, most: int = _MOST) -> int:
    """A whole number within its bounds.

    Example:
        >>> whole("workers", 3, 1, 64)
        3
        >>> whole("workers", 0, 1, 64)
        Traceback (most recent call last):
        rheostat.InvalidValueError: workers: 0 is not allowed; it must be between 1 and 64
    """
    try:
        number = operator.index(value)
    except TypeError:
        raise wrong_type(what, value, "int") from None
    if least <= number <= most:
        return number
    # Python does not write numbers of thousands of digits.
    far = "a number above 10^38" if number > 0 else "a number below -10^38"
    written = number if abs(number) <= 10**38 else far
    raise InvalidValueError(f"{what}: {written} is not allowed; it must be between {least} and {most}")


def same_process(what: str, maker: int) -> None:
    """Refuse what a fork has carried along: its thread, or its connection, has stayed with the process that made it.

    Raises:
        StateError: This is another process than `maker`.
    """
    if os.getpid() != maker:
        raise StateError(f"{what} was made by process {maker}: make another in this one, after the fork")


def wrong_type(what: str, value: object, wanted: str) -> InvalidTypeError:
    """The error for an argument of the wrong type."""
    return InvalidTypeError(f"{what}: got {type(value).__name__}, wanted {wanted}")
