"""The exceptions.

Each kind is also the built-in that fits, so `except ValueError` works without knowing this library:

    RheostatError
      ├ InvalidValueError   (ValueError)          a value outside its bound
      ├ InvalidTypeError    (TypeError)           a value of the wrong type
      ├ UnknownNameError    (KeyError)            a name that is not in its table
      ├ MalformedError      (ValueError)          input that does not parse
      ├ ArtifactError       (ValueError, OSError) a model file that is damaged or of another version
      ├ StateError          (RuntimeError)        a call that does not fit the state of its object
      ├ DeniedError         (RuntimeError)        a reservation that does not fit a cap
      ├ StoreError          (OSError)             a shared store that cannot be reached or is of another version
      ├ ProviderError       (RuntimeError)        raised by a client of yours: a request failed, and why
      └ MissingExtraError   (ImportError)         an optional dependency that is not installed
"""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

from rheostat._native import (
    ArtifactError,
    DeniedError,
    InvalidTypeError,
    InvalidValueError,
    MalformedError,
    RheostatError,
    StateError,
    UnknownNameError,
)

__all__ = [
    "ArtifactError",
    "DeniedError",
    "FailureKind",
    "InvalidTypeError",
    "InvalidValueError",
    "MalformedError",
    "MissingExtraError",
    "ProviderError",
    "RheostatError",
    "StateError",
    "StoreError",
    "UnknownNameError",
]


FailureKind: TypeAlias = Literal["permanent", "rate_limit", "overloaded", "unreached", "transient", "refusal"]
"""Why a request failed; docs/hosts.md says what a run does about each."""


class ProviderError(RheostatError, RuntimeError):
    """A client of yours raises it to tell a host why a request failed, where the host cannot see that by itself.

    Args:
        message: The error in words.
        kind: The kind of the failure.
        retry_after: Seconds that the provider asks to wait before the next request.

    Raises:
        UnknownNameError: No such kind.

    Example:
        >>> from rheostat.errors import ProviderError
        >>> ProviderError("try later", kind="rate_limit", retry_after=2.0).retry_after
        2.0
    """

    def __init__(self, message: str, *, kind: FailureKind = "transient", retry_after: float | None = None) -> None:
        super().__init__(message)
        if kind not in get_args(FailureKind):
            raise UnknownNameError(f"kind must be one of {', '.join(get_args(FailureKind))}, got {kind!r}")
        self.kind: FailureKind = kind
        self.retry_after = retry_after


class MissingExtraError(RheostatError, ImportError):
    """A package is missing that a part of this library needs; the message names the extra that installs it."""


class StoreError(RheostatError, OSError):
    """A shared store cannot be reached, is busy for too long, or was written by another version."""
