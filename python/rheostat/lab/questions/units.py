"""Units: from big to small, with a rest, two at a time. The level counts operations, roughly."""

from __future__ import annotations

from random import Random

from .question import Kind, Question, phrase, worked
from .working import Arithmetic, Step

LEVELS = range(1, 4)

# (big, how many small ones it holds, small, the most of it that is asked)
_UNITS = {
    "en": [
        ("hours", 60, "minutes", 12),
        ("days", 24, "hours", 20),
        ("weeks", 7, "days", 60),
        ("dozen", 12, "pieces", 40),
        ("years", 12, "months", 40),
        ("metres", 100, "centimetres", 8),
        ("euros", 100, "cents", 8),
    ],
    "de": [
        ("Stunden", 60, "Minuten", 12),
        ("Tage", 24, "Stunden", 20),
        ("Wochen", 7, "Tage", 60),
        ("Dutzend", 12, "Stück", 40),
        ("Jahre", 12, "Monate", 40),
        ("Meter", 100, "Zentimeter", 8),
        ("Euro", 100, "Cent", 8),
    ],
}
# one, with a rest, two of them, back again
_WORDS = {
    "en": [
        (
            "How many {s} are {x} {b}?",
            "How many {s} are {x} {b} and {r} {s}?",
            "How many {s} are {x} {b} and {r} {s} plus {y} {b}?",
            "How many {b} are {x} {s}?",
        ),
        (
            "Convert {x} {b} to {s}.",
            "Convert {x} {b} and {r} {s} to {s}.",
            "Convert {x} {b} and {r} {s} plus {y} {b} to {s}.",
            "Convert {x} {s} to {b}.",
        ),
        ("{x} {b} in {s}?", "{x} {b} and {r} {s} in {s}?", "{x} {b} and {r} {s}, then {y} {b} more, in {s}?", "{x} {s} in {b}?"),
        (
            "What are {x} {b} in {s}?",
            "What are {x} {b} and {r} {s}, in {s}?",
            "What are {x} {b} and {r} {s}, and {y} {b} more, in {s}?",
            "What are {x} {s} in {b}?",
        ),
    ],
    "de": [
        (
            "Wie viele {s} sind {x} {b}?",
            "Wie viele {s} sind {x} {b} und {r} {s}?",
            "Wie viele {s} sind {x} {b} und {r} {s} plus {y} {b}?",
            "Wie viele {b} sind {x} {s}?",
        ),
        ("{x} {b} in {s}?", "{x} {b} und {r} {s} in {s}?", "{x} {b} und {r} {s}, dann noch {y} {b}, in {s}?", "{x} {s} in {b}?"),
        (
            "Was sind {x} {b} in {s}?",
            "Was sind {x} {b} und {r} {s} in {s}?",
            "Was sind {x} {b} und {r} {s} und noch {y} {b} in {s}?",
            "Was sind {x} {s} in {b}?",
        ),
    ],
}


def make(rng: Random, level: int, language: str, held_out: bool = False) -> Question:
    """A conversion: level 1 one unit, 2 a unit with a rest, 3 two of them with a rest."""
    which = phrase(rng, _WORDS[language], held_out)
    one, rest, two, back = _WORDS[language][which]
    big, holds, small, most = rng.choice(_UNITS[language])
    x = rng.randint(2, most)
    if level == 1 and rng.random() < 0.3:
        text = back.format(x=x * holds, s=small, b=big)
        return worked(Kind("units", 1, language, which, held_out), text, [Arithmetic(x * holds, "/", holds, shown=True)], x)
    r = rng.randint(2, holds - 1)
    steps: list[Step]
    if level < 3:
        steps, total = [Arithmetic(x, "*", holds, shown=True)], x * holds
        text = (one if level == 1 else rest).format(x=x, b=big, s=small, r=r)
    else:
        x = rng.randint(1, max(1, most // 2))
        y = rng.randint(1, max(1, most // 2 - 1))
        steps, total = [Arithmetic(x, "+", y, shown=True), Arithmetic(x + y, "*", holds)], (x + y) * holds
        text = two.format(x=x, y=y, b=big, s=small, r=r)
    if level > 1:
        steps.append(Arithmetic(total, "+", r))
        total += r
    return worked(Kind("units", level, language, which, held_out), text, steps, total)
