"""The lab's questions: synthetic families written for it, in two languages, with phrasings that training never sees.

>>> question = make(Random(0), "chain", 2)
>>> question.right(question.answer)
True
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from . import chains, dates, orders, reach, stories, tables, units
from .question import LANGUAGES, NAMES, Question

FAMILIES = {"chain": chains, "story": stories, "units": units, "table": tables, "date": dates, "order": orders, "reach": reach}

KINDS: dict[str, tuple[tuple[str, tuple[int, ...]], ...]] = {
    "one-shot": (("chain", (1,)), ("story", (1,)), ("units", (1,)), ("table", (1,)), ("date", (1,)), ("order", (1,))),
    "multi-step": (
        ("chain", (2, 3, 4, 5, 6)),
        ("story", (2, 3, 4)),
        ("units", (2, 3)),
        ("table", (2, 3)),
        ("date", (2, 3)),
        ("order", (2, 3, 4)),
    ),
    "novel": (("reach", (3, 4)), ("reach", (4,)), ("chain", (7, 8))),
}
"""Kinds of questions: answered at a glance; in a few steps; a search, or longer than anything common."""

MIX = {"one-shot": 0.70, "multi-step": 0.25, "novel": 0.05}
"""The share of each kind in everyday traffic."""


def make(rng: Random, family: str, level: int, language: str = "en", held_out: bool = False) -> Question:
    """One question. Raises KeyError for an unknown family, ValueError for a level or a language that it does not have."""
    module = FAMILIES[family]
    if level not in module.LEVELS:
        raise ValueError(f"level must be between {min(module.LEVELS)} and {max(module.LEVELS)} for {family}, not {level}")
    if language not in LANGUAGES:
        raise ValueError(f"language must be one of {', '.join(LANGUAGES)}, not {language!r}")
    question: Question = module.make(rng, level, language, held_out)
    return question


def of_kind(rng: Random, kind: str, held_out: bool = False) -> Question:
    """One question of a kind (`KINDS`), in either language."""
    family, levels = rng.choice(KINDS[kind])
    return make(rng, family, rng.choice(levels), rng.choice(LANGUAGES), held_out)


def stream(seed: int, mix: dict[str, float] | None = None, held_out_share: float = 0.0) -> Iterator[tuple[str, Question]]:
    """Endless questions with their kinds, by seed. `held_out_share` of them are worded as training never was."""
    rng = Random(seed)
    shares = MIX if mix is None else mix
    kinds: Sequence[str] = tuple(shares)
    while True:
        kind = rng.choices(kinds, [shares[k] for k in kinds])[0]
        yield kind, of_kind(rng, kind, rng.random() < held_out_share)


__all__ = ["FAMILIES", "KINDS", "LANGUAGES", "MIX", "NAMES", "Question", "make", "of_kind", "stream"]
