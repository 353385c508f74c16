"""The pieces of a client's streams. `rust/python/src/piece.rs` reads them: of what a provider cannot have meant, the rest."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Mapping
from typing import Any

from rheostat._checks import warn, wrong_type
from rheostat._native import Chunk
from rheostat._usage import Usage, read_usage_of

__all__ = ["Chunk", "Usage", "counts_of", "wrong_piece"]

_COUNTS = ("input", "cached", "written", "output", "reasoning")


def wrong_piece(piece: Any) -> Exception:
    """The error of a client whose piece is of another kind."""
    return wrong_type("client", piece, "a Chunk or a str")


def counts_of(usage: object) -> tuple[tuple[int | None, ...], int]:
    """The counts of a report that can be true, in the order of `Usage`, and the number of those that cannot."""
    invalid = 0
    if isinstance(usage, Usage):
        given = {name: getattr(usage, name) for name in _COUNTS}
    else:
        # A whole response may have fields of the same names as the counts, so a provider's form comes first.
        read, invalid = read_usage_of(usage)
        given = dict(zip(_COUNTS, read or (), strict=False))
        if read is None and isinstance(usage, Mapping) and any(name in usage for name in _COUNTS):
            given = {name: usage.get(name) for name in _COUNTS}
        if not given and usage not in ({}, None):
            invalid += 1
            # It costs no answer, also where warnings are errors.
            with contextlib.suppress(RuntimeWarning):
                warn(
                    f"usage: no count that is known in {_shown(usage)}; give a Usage, or what the provider reported",
                    RuntimeWarning,
                )
    counts = tuple(_count(given.get(name)) for name in _COUNTS)
    return counts, invalid + sum(counts[i] is None and given.get(name) is not None for i, name in enumerate(_COUNTS))


def _shown(usage: object) -> str:
    """A report in words, without its values."""
    if isinstance(usage, Mapping):
        return f"a mapping of {', '.join(sorted(map(repr, usage))[:6])}"
    return f"an object of the type {type(usage).__name__}"


def _count(value: Any) -> int | None:
    """A number of tokens, if it can be one."""
    try:
        number = math.nan if value is None or isinstance(value, (bool, str)) else float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return int(number) if 0.0 <= number < 2.0**63 and number == int(number) else None
