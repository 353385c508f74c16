"""Readers of log-probabilities: the shapes of several providers become rows for the signals."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import numpy as np
import numpy.typing as npt

from rheostat._checks import invalid, whole
from rheostat.errors import InvalidTypeError

_PLAIN = (list, tuple, str, bytes, int, float)
"""Types without fields."""
_FIELDS = ("logprobs", "logprobsResult", "logprobs_result", "completion_probabilities")
"""Fields of a choice, or of a response without choices, that have its log-probabilities."""
_NUMBERS = ("logprob", "logProbability", "log_probability")
_PAIRS = (("top_logprobs", "token_logprobs"), ("topCandidates", "chosenCandidates"), ("top_candidates", "chosen_candidates"))
"""Lists of top candidates, and of sampled tokens beside them."""
_NESTED = (("meta_info", "output_top_logprobs", "output_token_logprobs"), ("details", "top_tokens", "tokens"))
"""Such lists one field deeper: SGLang's own API, and text-generation-inference."""


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

            - OpenAI's chat completion or chunk, and LiteLLM's: `choices[].logprobs.content[].top_logprobs[].logprob`, or
              `refusal[]` if the content is null; or its `logprobs`, its `content`, or one entry of that;
            - OpenAI's legacy completion: `logprobs.token_logprobs[]`, and `top_logprobs[]` as a mapping of text →
              log-probability;
            - OpenAI's response: `output[].content[].logprobs`, or an event of its stream;
            - Gemini's `generateContent`: `candidates[].logprobsResult`;
            - Ollama, llama.cpp (`completion_probabilities`), SGLang (`meta_info`), text-generation-inference (`details`, or an
              event's `token`), Cohere (a response, or an event of its stream);
            - vLLM's `logprobs`: for each token a mapping of token id → an object with `logprob` and `rank`; or a request's
              output, which has such `logprobs`;
            - plain rows of numbers.
        choice: Index of a completion's choice. A choice is found by its `index`, and by its place only if it has none.
        sampled_in_top: vLLM adds the sampled token to the top k if it is not among them. It is left out by default,
            because it is not one of the k likeliest. True counts it, as the deepconf package does.

    Returns:
        Rows for `Confidence.update_batch` and `Sample.tokens`. A token without log-probabilities, or a null candidate, is
        NaN, which they count as invalid. A response without the choice, or an object without log-probabilities (a chunk of
        usage, an error), has no rows.

    Raises:
        InvalidTypeError: The response has none of these shapes.
        InvalidValueError: The choice is negative, or past the last of choices that have no index.

    Example:
        >>> from rheostat.signals import read_logprobs
        >>> entry = {"logprob": -0.1, "top_logprobs": [{"token": "4", "logprob": -0.1}, {"token": "5", "logprob": -2.5}]}
        >>> read_logprobs({"choices": [{"index": 0, "logprobs": {"content": [entry]}}]}).rows.tolist()
        [[-0.10000000149011612, -2.5]]
    """
    choice = whole("choice", choice)
    if isinstance(response, np.ndarray):
        rows = np.atleast_2d(np.asarray(response, dtype=np.float32))
        return TopLogprobs(rows, np.full(len(rows), np.nan, dtype=np.float32))
    tokens = [_token(entry, sampled_in_top=sampled_in_top) for entry in _entries(response, choice)]
    width = max((len(top) for top, _ in tokens), default=0)
    rows = np.full((len(tokens), width), np.nan, dtype=np.float32)
    for row, (top, _) in zip(rows, tokens, strict=True):
        # NaN last: it has no place in the order.
        row[: len(top)] = sorted(top, key=lambda value: math.inf if math.isnan(value) else -value)
    return TopLogprobs(rows, np.array([sampled for _, sampled in tokens], dtype=np.float32))


def _entries(response: Any, choice: int) -> Iterable[Any]:
    """Returns the entry of each token in the response."""
    for name in ("choices", "candidates"):
        if (choices := _get(response, name)) is not None:
            response = _chosen(_list(choices), choice)
            # A choice without a field of log-probabilities has none, whatever else it has.
            return [] if response is None or not any(_has(response, field) for field in _FIELDS) else _of_choice(response)
    if any(_has(response, name) for name in ("choices", "candidates")):
        return []
    if (whole_response := _get(response, "response")) is not None and not isinstance(whole_response, _PLAIN):
        # An event of OpenAI's stream that carries the response so far.
        response = whole_response
    if isinstance(output := _get(response, "output"), (list, tuple)):
        # OpenAI's responses: messages among reasoning and tool calls, in parts.
        parts = [part for item in output for part in _get(item, "content") or () if not isinstance(part, _PLAIN)]
        return [entry for part in parts for entry in _get(part, "logprobs") or ()]
    for name, top, own in _NESTED:
        if (inner := _get(response, name)) is not None and any(_has(inner, field) for field in (top, own)):
            return _together(_get(inner, top), _get(inner, own))
    return _of_choice(response)


def _chosen(choices: Sequence[Any], choice: int) -> Any:
    """Returns the choice of an index; None if it is not in this response, as in another choice's chunk."""
    numbers = [_get(one, "index") for one in choices]
    for number, one in zip(numbers, choices, strict=True):
        if number == choice and not isinstance(number, bool):
            return one
    # Only where no choice says which it is, its place does.
    if not choices or any(number is not None for number in numbers):
        return None
    if choice >= len(choices):
        raise invalid("choice", choice, f"one of the response's {len(choices)}")
    return choices[choice]


def _of_choice(response: Any) -> Iterable[Any]:
    """Returns the entry of each token in a choice, or in what it holds."""
    for name in _FIELDS:
        if (inner := _get(response, name)) is not None:
            return _of_logprobs(inner)
    if response is None or any(_has(response, name) for name in ("message", "delta", "text", "finish_reason", *_FIELDS)):
        return []
    if _has(token := _get(response, "token"), "logprob"):
        # An event of text-generation-inference.
        return [token]
    return _of_logprobs(response)


def _of_logprobs(logprobs: Any) -> Iterable[Any]:
    if any(_get(logprobs, name) is not None for name in _NUMBERS):
        return [logprobs]
    if _has(logprobs, "token_ids"):
        return _spread(logprobs)
    for name in ("content", "refusal"):
        # A text is the content itself, as llama.cpp's chunks have it.
        if (entries := _get(logprobs, name)) is not None and not isinstance(entries, str):
            return _list(entries)
    for top_name, own_name in _PAIRS:
        top, own = _get(logprobs, top_name), _get(logprobs, own_name)
        if top is not None or own is not None:
            return _together(top, own)
    if logprobs is not None and not isinstance(logprobs, (*_PLAIN, Sequence)):
        # An object without such fields: a chunk that carries something else, such as the usage.
        return []
    return [one for entry in _list(logprobs) for one in _spread(entry)]


def _spread(entry: Any) -> list[Any]:
    """Cohere's entries have the tokens of a chunk, with a list of their own log-probabilities."""
    own = _get(entry, "logprobs") if _has(entry, "token_ids") else None
    return [entry] if own is None else list(_together(None, own))


def _together(top: Any, own: Any) -> list[_Pair]:
    """Joins the lists of top candidates and of sampled tokens, of which either may be null or shorter."""
    tops, owns = (_list(part) if part is not None else [] for part in (top, own))
    return [_Pair(*pair) for pair in zip_longest(tops, owns)]


@dataclass(frozen=True)
class _Pair:
    """Top candidates of a token, and its own log-probability, from two lists."""

    top: Any
    own: Any


def _list(entries: Any) -> Sequence[Any]:
    if isinstance(entries, Sequence) and not isinstance(entries, (str, bytes)):
        return entries
    raise InvalidTypeError(f"logprobs: got {type(entries).__name__}, wanted a response, its logprobs, or rows of numbers")


def _token(entry: Any, *, sampled_in_top: bool) -> tuple[list[float], float]:
    """Returns a token's top log-probabilities, and its own."""
    if entry is None:
        return [], np.nan
    if isinstance(entry, _Pair):
        candidates = _get(entry.top, "candidates")
        top, named = _token(entry.top if candidates is None else candidates, sampled_in_top=sampled_in_top)
        own = _number(entry.own)
        return top, named if math.isnan(own) else own
    if any(_has(entry, name) for name in ("logprob", "top_logprobs", "prob", "top_probs", "probs")):
        tops = (_get(entry, name) for name in ("top_logprobs", "top_probs", "probs"))
        found: Any = next((top for top in tops if top is not None), ())
        if isinstance(found, Mapping):
            found = list(found.values())
        its_own = entry if any(_has(entry, name) for name in ("logprob", "prob")) else None
        return [_number(item) for item in found or ()], _number(its_own)
    if isinstance(entry, Mapping):
        return _ranked(list(entry.values()), sampled_in_top=sampled_in_top)
    return [_number(value) for value in _list(entry)], np.nan


def _ranked(values: list[Any], *, sampled_in_top: bool) -> tuple[list[float], float]:
    """Reads an entry of vLLM (sampled token first, each with a rank) or of a legacy completion (numbers alone)."""
    if not any(_has(value, "logprob") for value in values):
        return [_number(value) for value in values], np.nan
    ranks = [_get(value, "rank") for value in values]
    # The n likeliest have ranks up to n; a higher rank is the sampled token, which vLLM added to the top k.
    kept = [sampled_in_top or rank is None or rank <= len(values) for rank in ranks]
    return [_number(value) for value, keep in zip(values, kept, strict=True) if keep], _number(values[0])


def _get(value: Any, name: str) -> Any:
    """Returns a field of a mapping or of an object; None if it has none."""
    if isinstance(value, Mapping):
        return value.get(name)
    return None if isinstance(value, _PLAIN) else getattr(value, name, None)


def _has(value: Any, name: str) -> bool:
    """Returns True if a mapping or an object has a field, be it null."""
    if isinstance(value, Mapping):
        return name in value
    return not isinstance(value, _PLAIN) and value is not None and hasattr(value, name)


def _number(value: Any) -> float:
    """Returns a log-probability: a number, or a candidate that holds one; NaN for null."""
    if isinstance(value, (list, tuple)) and value:
        # SGLang's triples: log-probability, token id, text.
        value = value[0]
    for name in _NUMBERS:
        if _has(value, name):
            value = _get(value, name)
            break
    else:
        if _has(value, "prob"):
            prob = _number(_get(value, "prob"))
            return math.log(prob) if prob > 0.0 else -math.inf if prob == 0.0 else math.nan
    if value is None:
        return math.nan
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _float(value)
    raise InvalidTypeError(f"logprobs: got {type(value).__name__}, wanted a log-probability")


def _float(value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.nan
