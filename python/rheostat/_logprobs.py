"""Readers of log-probabilities: the shapes of several providers become rows for the signals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rheostat._checks import invalid
from rheostat.errors import InvalidTypeError


@dataclass(frozen=True)
class TopLogprobs:
    """The top log-probabilities of a stream's tokens.

    `rows[i]` has those of token i, likeliest first, padded with NaN. `sampled[i]` is the log-probability of the sampled
    token, NaN if the response has none.
    """

    rows: npt.NDArray[np.float32]
    sampled: npt.NDArray[np.float32]

    def __len__(self) -> int:
        """Number of tokens."""
        return len(self.rows)


def read_logprobs(response: Any, *, choice: int = 0, sampled_in_top: bool = False) -> TopLogprobs:
    """Reads the top log-probabilities of a response of any supported API.

    Args:
        response: One of these, as objects of a client library or as JSON:

            - OpenAI's chat completion or chunk, and LiteLLM's: `choices[choice].logprobs.content[].top_logprobs[].logprob`;
              or its `logprobs`, its `content`, or one entry of that;
            - OpenAI's legacy completion: `logprobs.top_logprobs[]` as a mapping of text → log-probability;
            - vLLM's `logprobs`: for each token a mapping of token id → an object with `logprob` and `rank`; or a request's
              output, which has such `logprobs`;
            - plain rows of numbers.
        choice: Index of a completion's choice.
        sampled_in_top: vLLM adds the sampled token to the top k if it is not among them. It is left out by default,
            because it is not one of the k likeliest. True counts it, as the deepconf package does.

    Returns:
        Rows for `Confidence.update_batch` and `Sample.tokens`. A token without log-probabilities is a
        row of NaN, which they count as invalid.

    Raises:
        InvalidTypeError: The response has none of these shapes.
        InvalidValueError: The response has no such choice.

    Example:
        >>> from rheostat.signals import read_logprobs
        >>> entry = {"logprob": -0.1, "top_logprobs": [{"token": "4", "logprob": -0.1}, {"token": "5", "logprob": -2.5}]}
        >>> read_logprobs({"choices": [{"logprobs": {"content": [entry]}}]}).rows.tolist()
        [[-0.10000000149011612, -2.5]]
    """
    if isinstance(response, np.ndarray):
        rows = np.atleast_2d(np.asarray(response, dtype=np.float32))
        return TopLogprobs(rows, np.full(len(rows), np.nan, dtype=np.float32))
    tokens = [_token(entry, sampled_in_top=sampled_in_top) for entry in _entries(response, choice)]
    width = max((len(top) for top, _ in tokens), default=0)
    rows = np.full((len(tokens), width), np.nan, dtype=np.float32)
    for row, (top, _) in zip(rows, tokens, strict=True):
        row[: len(top)] = sorted(top, reverse=True)
    return TopLogprobs(rows, np.array([sampled for _, sampled in tokens], dtype=np.float32))


def _entries(response: Any, choice: int) -> Iterable[Any]:
    """Returns the entry of each token in the response."""
    choices = _get(response, "choices")
    if choices is not None:
        if not 0 <= choice < len(choices):
            raise invalid("choice", choice, f"one of the response's {len(choices)}")
        response = choices[choice]
    inner = _get(response, "logprobs")
    if inner is not None or choices is not None:
        response = inner
    if response is None:
        return []
    if _get(response, "logprob") is not None:
        return [response]
    for name in ("content", "top_logprobs"):
        entries = _get(response, name)
        if entries is not None:
            return _list(entries)
    return _list(response)


def _list(entries: Any) -> Sequence[Any]:
    if isinstance(entries, Sequence) and not isinstance(entries, (str, bytes)):
        return entries
    raise InvalidTypeError(f"logprobs: got {type(entries).__name__}, wanted a response, its logprobs, or rows of numbers")


def _token(entry: Any, *, sampled_in_top: bool) -> tuple[list[float], float]:
    """Returns a token's top log-probabilities, and its own."""
    if entry is None:
        return [], np.nan
    top = _get(entry, "top_logprobs")
    if top is not None or _get(entry, "logprob") is not None:
        own = _get(entry, "logprob")
        return [_number(_get(item, "logprob")) for item in top or ()], np.nan if own is None else _number(own)
    if isinstance(entry, Mapping):
        return _ranked(list(entry.values()), sampled_in_top=sampled_in_top)
    return [_number(value) for value in _list(entry)], np.nan


def _ranked(values: list[Any], *, sampled_in_top: bool) -> tuple[list[float], float]:
    """Reads an entry of vLLM (sampled token first, each with a rank) or of a legacy completion (numbers alone)."""
    ranked = [(_get(value, "logprob"), _get(value, "rank")) for value in values]
    if not ranked or ranked[0][0] is None:
        return [_number(value) for value in values], np.nan
    # The n likeliest have ranks up to n; a higher rank is the sampled token, which vLLM added to the top k.
    top = [_number(logprob) for logprob, rank in ranked if sampled_in_top or rank is None or rank <= len(ranked)]
    return top, _number(ranked[0][0])


def _get(value: Any, name: str) -> Any:
    """Returns a field of a mapping or of an object; None if it has none."""
    if isinstance(value, Mapping):
        return value.get(name)
    return None if isinstance(value, (list, tuple, str, bytes, int, float)) else getattr(value, name, None)


def _number(value: Any) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    raise InvalidTypeError(f"logprobs: got {type(value).__name__}, wanted a log-probability")
