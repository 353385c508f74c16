"""Cards of models from packages that keep them: genai-prices and LiteLLM's own map.

A card has prices in US dollars per million tokens, the context window, the most output tokens, the capabilities, and a flag for a
model that thinks; what its source does not know is absent. The core joins the cards, and has a shipped list behind
them (`Ladder.of`). Packages are read as they are installed; nothing is asked for over the network.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from importlib.util import find_spec
from typing import Any

from rheostat._extras import need
from rheostat._litellm_values import known, listed_models, priced, whole
from rheostat.errors import MissingExtraError, UnknownNameError

__all__ = ["cards", "names"]

Card = dict[str, Any]

_ABLE = {
    "vision": "supports_vision",
    "audio": "supports_audio_input",
    "files": "supports_pdf_input",
    "tools": "supports_function_calling",
    "json": "supports_response_schema",
}
"""LiteLLM's names of capabilities. It lists those that a model has."""


def cards(model: str, source: str) -> list[Card]:
    """The cards of a model, those that come first before the others; none for the shipped list alone.

    Raises:
        UnknownNameError: There is no such source.
        MissingExtraError: The named source is not installed.

    Example:
        >>> cards("gpt-5", "shipped")
        []
    """
    return [card for read, _ in _readers(source) if (card := read(model))]


def names(source: str) -> list[str]:
    """The models that the sources know, for a message about one that they do not."""
    return [name for _, listed in _readers(source) for name in listed()]


def _readers(source: str) -> list[tuple[Callable[[str], Card], Callable[[], list[str]]]]:
    if source == "shipped":
        return []
    if source == "installed":
        return [reader for module, reader in _SOURCES.values() if find_spec(module) is not None]
    if source not in _SOURCES:
        raise UnknownNameError(f'unknown source "{source}"; known: installed, {", ".join(_SOURCES)}, shipped')
    module, reader = _SOURCES[source]
    if find_spec(module) is None:
        extra = "prices" if module == "genai_prices" else module
        raise MissingExtraError(f"{module} is not installed: pip install 'rheostat[{extra}]'")
    return [reader]


def _of_genai_prices(model: str) -> Card:
    snapshot = _snapshot()
    provider, _, name = model.rpartition("/")
    # A name with a provider in front is looked for there, then everywhere.
    for ref, where in ((model, None), (name, provider or None), (name, None)):
        try:
            _, found = snapshot.find_provider_model(ref, None, where, None)
        except LookupError:
            continue
        today = datetime.now(timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0)
        # A ceiling must hold at every hour.
        prices = max((_prices(found.get_prices(today + timedelta(hours=hour))) for hour in range(24)), key=_output)
        window = whole(found.context_window)
        return prices | ({"context_window": window} if window else {})
    return {}


def _prices(price: Any) -> Card:
    fields = {
        "input_price": price.input_mtok,
        "output_price": price.output_mtok,
        "cached_price": price.cache_read_mtok,
        "written_price": price.cache_write_mtok,
    }
    # A price in tiers of length begins with that of short requests.
    return {name: float(getattr(value, "base", value)) for name, value in fields.items() if value is not None}


def _output(prices: Card) -> float:
    found: float = prices.get("output_price", 0.0)
    return found


def _snapshot() -> Any:
    return need("genai_prices.data_snapshot", "prices").get_snapshot()


def _of_litellm(model: str) -> Card:
    entry: Mapping[str, Any] = known(model)
    if not entry:
        return {}
    most = whole(entry.get("max_output_tokens"))
    prices = priced(entry)
    if not prices.get("written_price"):
        # Where a cache fills by itself the list has 0, which is no price of input.
        prices.pop("written_price", None)
    return {
        **prices,
        **({"max_output": most} if most else {}),
        "capabilities": [name for name, key in _ABLE.items() if entry.get(key) is True],
        "thinks": entry.get("supports_reasoning") is True,
    }


def _names_of_genai_prices() -> list[str]:
    return [model.id for provider in _snapshot().providers for model in provider.models]


_SOURCES = {
    "genai-prices": ("genai_prices", (_of_genai_prices, _names_of_genai_prices)),
    "litellm": ("litellm", (_of_litellm, listed_models)),
}
