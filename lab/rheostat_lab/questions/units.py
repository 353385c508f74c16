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
            "[Express|Give|Write] {x} {b} [in|as] {s}.",
            "[Express|Give|Write] {x} {b} and {r} {s} [in|as] {s}.",
            "[Express|Give|Write] {x} {b} and {r} {s} [plus|and then] {y} {b} [in|as] {s}.",
            "[Express|Give|Write] {x} {s} [in|as] {b}.",
        ),
        (
            "[I have|We have|There are] {x} {b}. How many {s} [are they|is that]?",
            "[I have|We have|There are] {x} {b} and {r} {s}. How many {s} [are they|is that]?",
            (
                "[I have|We have|There are] {x} {b} and {r} {s}. [Then|Now] {y} {b} more [come|are added]. "
                "How many {s} [are they|is that]?"
            ),
            "[I have|We have|There are] {x} {s}. How many {b} [are they|is that]?",
        ),
        (
            "In {s}, how [many|much] [is|are] {x} {b}?",
            "In {s}, how [many|much] [is|are] {x} {b} and {r} {s}?",
            "In {s}, how [many|much] [is|are] {x} {b} and {r} {s} [and|plus] {y} {b}?",
            "In {b}, how [many|much] [is|are] {x} {s}?",
        ),
        (
            "[Say|Tell me] what {x} {b} [is|makes] in {s}?",
            "[Say|Tell me] what {x} {b} and {r} {s} [is|makes] in {s}?",
            "[Say|Tell me] what {x} {b}, {r} {s} and {y} {b} more [is|makes] in {s}?",
            "[Say|Tell me] what {x} {s} [is|makes] in {b}?",
        ),
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
            "[Gib|Schreibe] {x} {b} [in|als] {s} [an|auf].",
            "[Gib|Schreibe] {x} {b} und {r} {s} [in|als] {s} [an|auf].",
            "[Gib|Schreibe] {x} {b} und {r} {s} [plus|und dann] {y} {b} [in|als] {s} [an|auf].",
            "[Gib|Schreibe] {x} {s} [in|als] {b} [an|auf].",
        ),
        (
            "[Ich habe|Es gibt|Da sind] {x} {b}. Wie viele {s} [sind das|ist das]?",
            "[Ich habe|Es gibt|Da sind] {x} {b} und {r} {s}. Wie viele {s} [sind das|ist das]?",
            (
                "[Ich habe|Es gibt|Da sind] {x} {b} und {r} {s}. [Dann|Jetzt] kommen noch {y} {b} dazu. "
                "Wie viele {s} [sind das|ist das]?"
            ),
            "[Ich habe|Es gibt|Da sind] {x} {s}. Wie viele {b} [sind das|ist das]?",
        ),
        (
            "In {s}, wie [viele|viel] sind {x} {b}?",
            "In {s}, wie [viele|viel] sind {x} {b} und {r} {s}?",
            "In {s}, wie [viele|viel] sind {x} {b} und {r} {s} [und noch|plus] {y} {b}?",
            "In {b}, wie [viele|viel] sind {x} {s}?",
        ),
        (
            "[Sage|Sage mir], was {x} {b} in {s} [ist|macht]?",
            "[Sage|Sage mir], was {x} {b} und {r} {s} in {s} [ist|macht]?",
            "[Sage|Sage mir], was {x} {b}, {r} {s} und noch {y} {b} in {s} [ist|macht]?",
            "[Sage|Sage mir], was {x} {s} in {b} [ist|macht]?",
        ),
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
        return worked(rng, Kind("units", 1, language, which, held_out), text, [Arithmetic(x * holds, "/", holds, shown=True)], x)
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
    return worked(rng, Kind("units", level, language, which, held_out), text, steps, total)
