"""The pieces of a client's streams, and how one is reported to its sample.

A provider may send what cannot be: a negative count, a text where a number belongs, rows that do not fit together. A
`PieceReader` reports values as they came, which is fast. If the run refuses them, it reports those that are left, and counts.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy.typing as npt

from rheostat._checks import wrong_type
from rheostat._native import Action, Sample, is_blank
from rheostat._usage import Usage, read_usage_of

__all__ = ["Chunk", "PieceReader", "Usage", "as_chunk", "has_come", "has_tokens", "is_blank", "overshoots"]

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
    probe: str | None = None
    probe_prob: float | None = None
    usage: Usage | Mapping[str, Any] | Any = None
    answer: str | None = None
    finish_reason: str | None = None


def as_chunk(piece: object) -> Chunk:
    """Returns a client's piece as a `Chunk`.

    Raises:
        InvalidTypeError: The piece is not a `Chunk` or a `str`.
    """
    if isinstance(piece, str):
        return Chunk(text=piece)
    if isinstance(piece, Chunk):
        return piece
    raise wrong_type("client", piece, "a Chunk or a str")


class PieceReader:
    """Reports chunks to samples.

    Attributes:
        invalid: Number of values that a provider cannot have meant. They are left out.
        probed: True once a probe's answer came.
    """

    def __init__(self) -> None:
        self.invalid = 0
        self.probed = False

    def events(self, chunk: Chunk, text: str, sample: Sample, at: float | None) -> Iterator[Action]:
        """Reports a chunk to its sample, part by part, and yields the run's answers. Values that cannot be are left out."""
        if chunk.logprobs is not None and not _is_empty(chunk.logprobs):
            logprobs, rows = chunk.logprobs, chunk.top_logprobs
            yield self._try(lambda: sample.tokens(logprobs, rows, at=at), lambda: self._tokens(sample, logprobs, rows, at))
            if text:
                # Text beyond what the tokens can explain is counted.
                yield sample.text(text, at=at)
        elif chunk.logprob is not None or chunk.top_logprobs is not None:
            logprob, row = chunk.logprob, chunk.top_logprobs
            yield self._try(
                lambda: sample.token(logprob, row, text or None, at=at),
                lambda: sample.token(_maybe(logprob), _reals(row), text or None, at=at),
            )
        elif text or chunk.tokens:
            # Text has tokens: a count of 0 is none.
            yield sample.text(text, self._count(chunk.tokens) or None, at=at)
        if chunk.step is not None:
            yield sample.step(_real(chunk.step), at=at)
        if chunk.probe is not None and (answer := self.string(chunk.probe)):
            self.probed = True
            yield sample.probe(answer, _maybe(chunk.probe_prob), at=at)
        if chunk.usage is not None and (usage := self._usage(chunk.usage)):
            yield sample.usage(**usage, at=at)

    def _try(self, report: Callable[[], Action], mended: Callable[[], Action]) -> Action:
        """Reports values as they came, which is fast; if the run refuses them, reports what is left of them."""
        try:
            return report()
        except (TypeError, ValueError, OverflowError):
            self.invalid += 1
            return mended()

    def _tokens(self, sample: Sample, logprobs: Any, rows: Any, at: float | None) -> Action:
        """Reports several tokens one by one, because their rows do not fit together."""
        own = _reals(logprobs) or []
        tops = list(rows) if isinstance(rows, Iterable) else []
        action = sample.text("", 0, at=at)
        for i, logprob in enumerate(own):
            action = sample.token(logprob, _reals(tops[i]) if i < len(tops) else None, at=at)
            if action.stops:
                break
        return action

    def string(self, value: object) -> str | None:
        """A text; a number is read as it is written."""
        if value is None or isinstance(value, str):
            return value
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return str(value)
        self.invalid += 1
        return None

    def word(self, value: object) -> str | None:
        """A provider's word, which may be a member of an enumeration."""
        return self.string(value.name if isinstance(value, Enum) else value)

    def _count(self, value: object) -> int | None:
        """A number of tokens, if it can be one."""
        if value is None:
            return None
        number = _real(value)
        if isinstance(value, bool) or not (0.0 <= number < 2.0**63 and number == int(number)):
            self.invalid += 1
            return None
        return int(number)

    def _usage(self, usage: object) -> dict[str, int]:
        """The fields of a report that can be true."""
        if isinstance(usage, Usage):
            given = {name: getattr(usage, name) for name in _COUNTS}
        else:
            # A whole response may have fields of the same names as the counts, so a provider's form comes first.
            read, invalid = read_usage_of(usage)
            given = dict(zip(_COUNTS, read or (), strict=False))
            if read is None and isinstance(usage, Mapping) and any(name in usage for name in _COUNTS):
                given = {name: usage.get(name) for name in _COUNTS}
            self.invalid += invalid + (not given and usage != {})
        counts = {name: self._count(value) for name, value in given.items()}
        return {name: count for name, count in counts.items() if count is not None}


def has_come(chunk: Chunk, text: str) -> bool:
    """True for a chunk that only an engine at work sends; `text` is its text, as read."""
    return has_tokens(chunk, text) or chunk.usage is not None or chunk.finish_reason is not None


def has_tokens(chunk: Chunk, text: str) -> bool:
    """True for a chunk with tokens; `text` is its text, as read."""
    parts = (chunk.logprob, chunk.logprobs, chunk.top_logprobs)
    return bool(text or chunk.tokens) or any(part is not None and not _is_empty(part) for part in parts)


def overshoots(chunk: Chunk) -> bool:
    """True for content beyond the grant, and nothing else: the engine ignores its budget, and is not read on."""
    content = chunk.text or chunk.thinking or chunk.tokens or chunk.logprob is not None or chunk.logprobs is not None
    return bool(content) and chunk.usage is None and chunk.answer is None


def _real(value: Any) -> float:
    """A real number; NaN, which the run counts as invalid, for anything else."""
    try:
        return math.nan if value is None or isinstance(value, (bool, str)) else float(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan


def _is_empty(values: Any) -> bool:
    return hasattr(values, "__len__") and len(values) == 0


def _maybe(value: Any) -> float | None:
    return None if value is None else _real(value)


def _reals(values: Any) -> list[float] | None:
    """A row of real numbers, or None for anything else."""
    return [_real(value) for value in values] if isinstance(values, Iterable) and not isinstance(values, (str, bytes)) else None
