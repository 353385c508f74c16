"""Chains: a number, then operations one after another, left to right. The level is how many."""

from __future__ import annotations

from random import Random

from .question import NAMES, Kind, Question, phrase, worked
from .working import LARGEST, chain

LEVELS = range(1, 9)

_WORDS = {
    "en": [
        ("Start with {0}, {1}. What is the result?", ", ", "add {0}", "subtract {0}", "multiply by {0}"),
        ("Start {0}; {1}; result", "; ", "+ {0}", "- {0}", "* {0}"),
        ("{n} has {0} coins, {1}. How many coins now?", ", ", "gets {0}", "loses {0}", "has {0} times as many"),
        ("Take {0}. Then {1}. What do you get?", ", then ", "plus {0}", "minus {0}", "times {0}"),
        ("What is {0} {1}, left to right?", " ", "+ {0}", "- {0}", "* {0}"),
        ("Calculate {0}, {1}. What number is it now?", ", then ", "add {0}", "take away {0}", "times {0}"),
        ("A counter shows {0}. {1}. What is the result now?", ", then ", "plus {0}", "minus {0}", "multiply by {0}"),
    ],
    "de": [
        ("Beginne mit {0}, {1}. Was ist das Ergebnis?", ", ", "addiere {0}", "ziehe {0} ab", "nimm mal {0}"),
        ("{n} hat {0} Münzen, {1}. Wie viele Münzen sind es jetzt?", ", ", "bekommt {0}", "verliert {0}", "hat {0} mal so viele"),
        ("Nimm {0}. Dann {1}. Was kommt heraus?", ", dann ", "plus {0}", "minus {0}", "mal {0}"),
        ("Rechne {0} {1} von links nach rechts", " ", "+ {0}", "- {0}", "* {0}"),
        ("Ein Zähler zeigt {0}. Dann {1}. Was ist das Ergebnis jetzt?", ", dann ", "plus {0}", "minus {0}", "nimm mal {0}"),
    ],
}


def make(rng: Random, level: int, language: str, held_out: bool = False) -> Question:
    """A chain of `level` operations."""
    start = value = rng.randint(2, 99)
    operations = []
    for _ in range(level):
        signs = ["+", "-"] + (["*"] if value <= 99 and rng.random() < 0.5 else [])
        sign = rng.choice(signs)
        if (sign == "+" and value > LARGEST - 99) or (sign == "-" and value < 3):
            sign = "-" if sign == "+" else "+"
        right = rng.randint(2, {"+": 99, "-": min(99, value), "*": 9}[sign])
        operations.append((sign, right))
        value = {"+": value + right, "-": value - right, "*": value * right}[sign]
    steps = chain(start, operations)
    which = phrase(rng, _WORDS[language], held_out)
    frame, joint, plus, minus, times = _WORDS[language][which]
    said = joint.join({"+": plus, "-": minus, "*": times}[sign].format(right) for sign, right in operations)
    text = frame.format(start, said, n=rng.choice(NAMES))
    return worked(Kind("chain", level, language, which, held_out), text, steps, value)
