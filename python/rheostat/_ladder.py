"""A ladder that can also be read from a file."""

from __future__ import annotations

from os import PathLike

from rheostat import _native


class Ladder(_native.Ladder):
    __doc__ = _native.Ladder.__doc__
    __slots__ = ()

    @classmethod
    def from_toml(cls, path: str | PathLike[str]) -> Ladder:
        """Read the ladder of a TOML file; what else such a file may hold is in `rheostat.config`.

        Args:
            path: The file.

        Raises:
            OSError: It cannot be read.
            MalformedError: It is no TOML.
            UnknownNameError, InvalidTypeError, InvalidValueError: The message names file, rung and field.
            MissingExtraError: Python 3.10 needs the extra `toml`.
        """
        from rheostat import config

        return config.load(path).ladder
