"""Values of LiteLLM's configuration: numbers, references to the environment, prices."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import math
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["PRICED", "RATES", "Environment", "known", "listed_models", "priced", "whole"]

_LIST = "model_prices_and_context_window_backup.json"
_REFERENCE = "os.environ/"
_MOST = 2**53
"""No limit of tokens is larger."""
_NAMES = {
    "input_price": "input_cost_per_token",
    "output_price": "output_cost_per_token",
    "cached_price": "cache_read_input_token_cost",
    "written_price": "cache_creation_input_token_cost",
}
"""LiteLLM's names of prices, which are US dollars per token."""
RATES = frozenset((*_NAMES.values(), "max_input_tokens"))
"""The keys of a deployment that `priced` reads."""
PRICED = ("input_price", "output_price", "cached_price", "context_window")


class Environment:
    """The values of `os.environ/NAME`: those in the proxy's `environment_variables`, then those of the environment.

    `missing` has the references that stand for nothing.
    """

    def __init__(self, given: object = None) -> None:
        self._given = given if isinstance(given, Mapping) else {}
        self.missing: dict[str, None] = {}

    def read(self, value: Any) -> Any:
        """A value, or what it refers to; the reference itself where that is not set."""
        if not isinstance(value, str) or not value.startswith(_REFERENCE):
            return value
        name = value.removeprefix(_REFERENCE)
        found = self._given.get(name)
        if found is None:
            with contextlib.suppress(ValueError):  # half a character
                found = os.environ.get(name)
        if found is None:
            self.missing[value] = None
            return value
        return found


def number(value: object) -> float | None:
    """A finite number, also as text: YAML reads 1e-6 as text."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)) or (isinstance(value, str) and len(value) > 64):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def whole(value: object) -> int | None:
    """A whole number from 0, also as text.

    Example:
        >>> whole("8e3"), whole(-1), whole(True)
        (8000, None, None)
    """
    found = number(value)
    return int(found) if found is not None and found.is_integer() and 0 <= found <= _MOST else None


def priced(rates: Mapping[str, Any]) -> dict[str, Any]:
    """Prices per million tokens, and the context window; no price without one of the output. 0 is a price."""
    prices: dict[str, Any] = {}
    for name, key in _NAMES.items():
        rate = number(rates.get(key))
        if rate is not None and rate >= 0:
            prices[name] = float(f"{rate * 1e6:.9g}")
    if "output_price" not in prices:
        prices = {}
    if window := whole(rates.get("max_input_tokens")):
        prices["context_window"] = window
    return prices


def known(model: str) -> Mapping[str, Any]:
    """The entry of a model in LiteLLM's own list, where LiteLLM is installed. The list is read; LiteLLM is not imported."""
    listed = _list()
    found = listed.get(model) or listed.get(model.rpartition("/")[2])
    return found if isinstance(found, dict) else {}


def listed_models() -> list[str]:
    """The names on LiteLLM's own list."""
    return list(_list())


@cache
def _list() -> dict[str, Any]:
    found = importlib.util.find_spec("litellm")
    if found is None or not found.submodule_search_locations:
        return {}
    try:
        listed = json.loads((Path(found.submodule_search_locations[0]) / _LIST).read_bytes())
    except (OSError, ValueError):
        return {}
    return listed if isinstance(listed, dict) else {}
