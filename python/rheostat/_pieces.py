"""The pieces of a client's streams. `rust/python/src/piece.rs` reads them: of what a provider cannot have meant, the rest."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy.typing as npt

from rheostat._checks import wrong_type
from rheostat._usage import Usage, read_usage_of

__all__ = ["Chunk", "Usage", "counts_of", "wrong_piece"]

_COUNTS = ("input", "cached", "written", "output", "reasoning")


@dataclass(frozen=True)
class Chunk:
    """One piece of one stream. Every field is optional; the run gets them in this order.

    Attributes:
        text: Text of the answer.
        thinking: Text of the thinking, where the provider shows it apart from the answer. It comes before `text`, is watched as
            the text is, and is no part of the answer.
        logprob: The token's own log-probability.
        top_logprobs: The log-probabilities of its likeliest candidates. With either of the two, the chunk is one token.
        logprobs: The own log-probabilities of several tokens that came at once; `top_logprobs` is then a row for each.
        tokens: The number of tokens in `text`, where it is known and no log-probability is.
        step: The score of a reasoning step that has just ended, in [0, 1].
        score: The score of the whole answer, in [0, 1]; on a call of kind `"score"`, of the answer that it asks about.
        probe: The answer that the model would give now, where the client has asked for it.
        probe_prob: The model's own probability for that answer.
        usage: The stream's cost so far: a `Usage`, or what `Usage.read` reads.
        answer: The final answer, where the client can tell it from the text.
        finish_reason: The provider's word for the end of the stream, such as `"stop"` or `"max_tokens"`. Without it, a text that
            ends exactly at its grant counts as cut.

    Example:
        >>> Chunk(text="Paris", logprob=-0.1, top_logprobs=[-0.1, -3.0]).usage is None
        True
    """

    text: str = ""
    thinking: str = ""
    logprob: float | None = None
    top_logprobs: Sequence[Any] | npt.NDArray[Any] | None = None
    logprobs: Sequence[float] | npt.NDArray[Any] | None = None
    tokens: int | None = None
    step: float | None = None
    score: float | None = None
    probe: str | None = None
    probe_prob: float | None = None
    usage: Usage | Mapping[str, Any] | Any = None
    answer: str | None = None
    finish_reason: str | None = None


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
        invalid += not given and usage != {}
    counts = tuple(_count(given.get(name)) for name in _COUNTS)
    return counts, invalid + sum(counts[i] is None and given.get(name) is not None for i, name in enumerate(_COUNTS))


def _count(value: Any) -> int | None:
    """A number of tokens, if it can be one."""
    try:
        number = math.nan if value is None or isinstance(value, (bool, str)) else float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return int(number) if 0.0 <= number < 2.0**63 and number == int(number) else None
