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
      └ MissingExtraError   (ImportError)         an optional dependency that is not installed
"""

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
    "InvalidTypeError",
    "InvalidValueError",
    "MalformedError",
    "MissingExtraError",
    "RheostatError",
    "StateError",
    "StoreError",
    "UnknownNameError",
]


class MissingExtraError(RheostatError, ImportError):
    """A package is missing that a part of this library needs; the message names the extra that installs it."""


class StoreError(RheostatError, OSError):
    """A shared store cannot be reached, is busy for too long, or was written by another version."""
