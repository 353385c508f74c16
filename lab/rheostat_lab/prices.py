"""Prices of tokens. The lab computes for nothing; its prices stand for those that people pay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Price(NamedTuple):
    """US dollars per million tokens."""

    input: float
    output: float


MODELS = ("lab-tiny", "lab-medium", "lab-large")
_PARAMETERS = (44_736, 187_776, 1_063_680)
_FLOPS = [Price(10.0 * p / _PARAMETERS[-1], 10.0 * p / _PARAMETERS[-1]) for p in _PARAMETERS]

LISTS: Mapping[str, Mapping[str, Price]] = {
    "tiers": {"lab-tiny": Price(0.05, 0.40), "lab-medium": Price(0.25, 2.00), "lab-large": Price(1.25, 10.00)},
    "flops": dict(zip(MODELS, _FLOPS, strict=True)),
    "flat": dict.fromkeys(MODELS, Price(1.0, 4.0)),
}
"""Three price lists, fixed before anything was measured: the ratios of three tiers of one provider's models (1 : 5 : 25,
output eight times input); what the arithmetic costs, which is the same for a token read and a token written and grows with
the parameters; and the same for every model."""
