"""Money and time in whole numbers, as the core counts them."""

from __future__ import annotations

import math

from rheostat._native import Cap

PICO = 1_000_000_000_000
LARGEST = (1 << 62) - 1
"""Sums above this count as this."""


def pico(usd: float) -> int:
    """US dollars as picodollars."""
    return min(round(usd * PICO), LARGEST)


def limits(cap: Cap) -> tuple[int, int]:
    """The most tokens and picodollars of a cap."""
    return (
        LARGEST if cap.tokens is None else min(cap.tokens, LARGEST),
        LARGEST if cap.usd is None else pico(cap.usd),
    )


def period_ms(cap: Cap) -> int:
    """The window in milliseconds, halves rounded up, as the core does; 0 is for ever."""
    return 0 if cap.per is None else max(1, math.floor(cap.per * 1_000 + 0.5))


def name(cap: Cap, part: str) -> str:
    """How a refusal calls a cap."""
    return f"{cap.scope} {part}" if cap.per is None else f"{cap.scope} {part} per {cap.per:g} s"
