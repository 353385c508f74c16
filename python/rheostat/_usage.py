"""A provider's usage, in one form, from whatever a client has of it: JSON, a mapping, or an object of an SDK."""

from __future__ import annotations

import contextlib
import json
import math
from dataclasses import dataclass
from typing import Any

from rheostat._native import read_usage

__all__ = ["Usage", "read_usage_of"]


@dataclass(frozen=True)
class Usage:
    """The cost of one stream so far, in tokens, as the provider reports it. None: not reported.

    `input` includes `cached` (read from the provider's cache) and `written` (written to it), `output` includes `reasoning`.
    Counts are cumulative: of each field the largest report counts.

    Example:
        >>> Usage(input=20, output=3)
        Usage(input=20, cached=None, written=None, output=3, reasoning=None)
        >>> Usage.read({"usage": {"input_tokens": 4, "cache_read_input_tokens": 2000, "output_tokens": 7}})
        Usage(input=2004, cached=2000, written=None, output=7, reasoning=None)
    """

    input: int | None = None
    cached: int | None = None
    written: int | None = None
    output: int | None = None
    reasoning: int | None = None

    @classmethod
    def read(cls, response: object, provider: str | None = None) -> Usage | None:
        """Reads the usage in a provider's response, in an event of its stream, or in a usage object by itself.

        OpenAI chat and responses and what speaks them, Anthropic, Gemini, Bedrock, Cohere, Ollama, llama.cpp and OpenRouter are
        read by one table, which knows where each writes its counts and what a count includes; so is what LangChain, LlamaIndex,
        Vercel's AI SDK and LiteLLM make of it. Of several events of a stream, each count is the largest. A count that cannot be
        true is left out.

        Args:
            response: JSON, or lines of events, as `str` or `bytes`; a mapping, a list, or an object of a provider's SDK.
            provider: Reads the fields of this provider alone, for instance `"anthropic"`. By default the fields show it.

        Returns:
            The counts, or None if there is no usage.

        Raises:
            UnknownNameError: The table has no such provider.
        """
        counts, _ = read_usage_of(response, provider)
        return None if counts is None else cls(*counts)


def read_usage_of(response: object, provider: str | None = None) -> tuple[tuple[int | None, ...] | None, int]:
    """The counts in a provider's response, and the number of those that cannot be true."""
    text = ""
    # An object of any kind may refuse to be read, with any error.
    with contextlib.suppress(Exception):
        text = _json(response)
    try:
        return read_usage(text, provider) or (None, 0)
    except (ValueError, TypeError):
        return None, 0


def _json(response: object) -> str:
    """A response as JSON."""
    if isinstance(response, str):
        return response
    if isinstance(response, (bytes, bytearray)):
        return response.decode(errors="replace")
    try:
        return json.dumps(response, default=_plain, allow_nan=False)
    except ValueError:
        # A number that JSON does not have becomes a text, which is no count.
        return json.dumps(_without_nan(json.loads(json.dumps(response, default=_plain))))


def _plain(value: Any) -> Any:
    """An object of an SDK, or a number of a library, as plain data."""
    for method in ("model_dump", "to_dict", "dict", "item"):
        convert = getattr(value, method, None)
        if callable(convert):
            return convert()
    if hasattr(value, "__dict__"):
        return vars(value)
    slots = [name for kind in type(value).__mro__ for name in getattr(kind, "__slots__", ())]
    return {name: getattr(value, name, None) for name in slots} if slots else str(value)


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nan(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_without_nan(inner) for inner in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value
