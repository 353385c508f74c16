"""Word problems: people, how many things they have compared with one another, and what is asked. The level counts operations."""

from __future__ import annotations

from random import Random

from .question import NAMES, Kind, Question, phrase, worked
from .working import Arithmetic, Step

LEVELS = range(1, 5)

_THINGS = {
    "en": ("apples", "coins", "books", "stamps", "marbles"),
    "de": ("Äpfel", "Münzen", "Bücher", "Marken", "Murmeln"),
}
FACTS_FIRST = 0.85
"""The share of trained questions whose facts come before what is asked of them."""
# first, more, fewer, times, how many has one, together, difference, shared among
_WORDS = {
    "en": [
        (
            "{a} has {x} {t}",
            "{b} has {x} more than {a}",
            "{b} has {x} fewer than {a}",
            "{b} has {x} times as many as {a}",
            "How many {t} does {a} have?",
            "How many {t} do {a} and {b} have together?",
            "How many more {t} does {b} have than {a}?",
        ),
        (
            "There are {x} {t} in the box of {a}",
            "in the box of {b} are {x} more than in the box of {a}",
            "in the box of {b} are {x} fewer than in the box of {a}",
            "in the box of {b} are {x} times as many as in the box of {a}",
            "How many are in the box of {a}?",
            "How many are in the box of {a} and the box of {b} together?",
            "How many more are in the box of {b} than in the box of {a}?",
        ),
        (
            "{a} owns {x} {t}",
            "{b} owns {x} more than {a}",
            "{b} owns {x} fewer than {a}",
            "{b} owns {x} times as many as {a}",
            "What is the number of {t} of {a}?",
            "What is the number of {t} of {a} and {b} together?",
            "How many more does {b} own than {a}?",
        ),
        (
            "{a} [keeps|holds|carries] {x} {t}",
            "{b} [keeps|holds|carries] {x} more than {a}",
            "{b} [keeps|holds|carries] {x} [fewer|less] than {a}",
            "{b} [keeps|holds|carries] {x} times as many as {a}",
            "How many {t} does {a} [keep|hold|carry]?",
            "How many do {a} and {b} [keep|hold|carry] [together|in all]?",
            "How many more does {b} [keep|hold|carry] than {a}?",
        ),
        (
            "[With|For] {a} there are {x} {t}",
            "[with|for] {b} there are {x} more {t} than [with|for] {a}",
            "[with|for] {b} there are {x} fewer {t} than [with|for] {a}",
            "[with|for] {b} there are {x} times as many {t} as [with|for] {a}",
            "How many are there [with|for] {a}?",
            "How many are there [with|for] {a} and {b} [together|in all]?",
            "How many more are there [with|for] {b} than [with|for] {a}?",
        ),
        (
            "The {t} of {a} are {x}",
            "those of {b} are {x} more than those of {a}",
            "those of {b} are {x} fewer than those of {a}",
            "those of {b} are {x} times those of {a}",
            "How many {t} belong to {a}?",
            "How many {t} belong to {a} and {b} [together|in all]?",
            "How many more {t} belong to {b} than to {a}?",
        ),
        (
            "{x} {t} [are in the hands|are in the house|are in the room] of {a}",
            "{b} [has|got] {x} {t} more than {a}",
            "{b} [has|got] {x} {t} [fewer|less] than {a}",
            "{b} [has|got] {x} times the {t} of {a}",
            "How many does {a} [have|keep]?",
            "How many do {a} and {b} have, [taken together|in all]?",
            "By how many does {b} have more than {a}?",
        ),
        (
            "{a} [bought|found|collected] {x} {t}",
            "{b} [bought|found|collected] {x} more than {a}",
            "{b} [bought|found|collected] {x} fewer than {a}",
            "{b} [bought|found|collected] {x} times as many as {a}",
            "How many {t} [did {a} get|are those of {a}]?",
            "How many {t} did {a} and {b} get [together|in all]?",
            "How many more {t} did {b} get than {a}?",
        ),
        (
            "{x} {t} belong to {a}",
            "{b} has {x} more {t} than {a}",
            "{b} has {x} fewer {t} than {a}",
            "{b} has {x} times as many {t} as {a}",
            "How many does {a} own?",
            "How many do {a} and {b} own together?",
            "How many more {t} does {b} own than {a}?",
        ),
    ],
    "de": [
        (
            "{a} hat {x} {t}",
            "{b} hat {x} mehr als {a}",
            "{b} hat {x} weniger als {a}",
            "{b} hat {x} mal so viele wie {a}",
            "Wie viele {t} hat {a}?",
            "Wie viele {t} haben {a} und {b} zusammen?",
            "Wie viele {t} hat {b} mehr als {a}?",
        ),
        (
            "In der Kiste von {a} sind {x} {t}",
            "in der von {b} sind {x} mehr als bei {a}",
            "in der von {b} sind {x} weniger als bei {a}",
            "in der von {b} sind {x} mal so viele wie bei {a}",
            "Wie viele sind es bei {a}?",
            "Wie viele sind es bei {a} und {b} zusammen?",
            "Wie viele sind es bei {b} mehr als bei {a}?",
        ),
        (
            "{a} [hält|trägt|behält] {x} {t}",
            "{b} [hält|trägt|behält] {x} mehr als {a}",
            "{b} [hält|trägt|behält] {x} weniger als {a}",
            "{b} [hält|trägt|behält] {x} mal so viele wie {a}",
            "Wie viele {t} [hält|trägt|behält] {a}?",
            "Wie viele sind es bei {a} und {b} [zusammen|insgesamt]?",
            "Wie viele [hält|trägt|behält] {b} mehr als {a}?",
        ),
        (
            "[Bei|Für] {a} gibt es {x} {t}",
            "[bei|für] {b} gibt es {x} {t} mehr als [bei|für] {a}",
            "[bei|für] {b} gibt es {x} {t} weniger als [bei|für] {a}",
            "[bei|für] {b} gibt es {x} mal so viele {t} wie [bei|für] {a}",
            "Wie viele gibt es [bei|für] {a}?",
            "Wie viele gibt es [bei|für] {a} und {b} [zusammen|insgesamt]?",
            "Wie viele {t} gibt es [bei|für] {b} mehr als [bei|für] {a}?",
        ),
        (
            "Die {t} von {a} sind {x}",
            "die von {b} sind {x} mehr als die von {a}",
            "die von {b} sind {x} weniger als die von {a}",
            "die von {b} sind {x} mal die von {a}",
            "Wie viele {t} besitzt {a}[| nun]?",
            "Wie viele {t} besitzen {a} und {b} [zusammen|insgesamt]?",
            "Um wie viele besitzt {b} mehr als {a}?",
        ),
        (
            "{x} {t} [sind in der Hand|sind im Haus|sind im Zimmer] von {a}",
            "{b} [bekam|behielt] {x} {t} mehr als {a}",
            "{b} [bekam|behielt] {x} {t} weniger als {a}",
            "{b} [bekam|behielt] {x} mal die {t} von {a}",
            "Wie viele hat {a}?",
            "Wie viele hat {a} mit {b} [zusammen|insgesamt]?",
            "Um wie viele hat {b} mehr als {a}?",
        ),
        (
            "{a} [kaufte|fand|sammelte] {x} {t}",
            "{b} [kaufte|fand|sammelte] {x} mehr als {a}",
            "{b} [kaufte|fand|sammelte] {x} weniger als {a}",
            "{b} [kaufte|fand|sammelte] {x} mal so viele wie {a}",
            "Wie viele {t} [bekam {a}|sind die von {a}]?",
            "Wie viele {t} bekamen {a} und {b} [zusammen|insgesamt]?",
            "Wie viele {t} bekam {b} mehr als {a}?",
        ),
        (
            "{a} besitzt {x} {t}",
            "{b} hat {x} {t} mehr als {a}",
            "{b} hat {x} {t} weniger als {a}",
            "{b} hat {x} mal so viele {t} wie {a}",
            "Wie viele {t} besitzt {a}?",
            "Wie viele besitzt {a} mit {b} zusammen?",
            "Wie viele {t} besitzt {b} mehr als {a}?",
        ),
    ],
}


def make(rng: Random, level: int, language: str, held_out: bool = False) -> Question:
    """A word problem of `level` operations: level - 1 comparisons and one more, or a sum or a difference of the last two."""
    which = phrase(rng, _WORDS[language], held_out)
    first, more, fewer, times, has, together, difference = _WORDS[language][which]
    names = rng.sample(NAMES, level + 1)
    thing = rng.choice(_THINGS[language])
    combine = rng.choice(["together", "difference"]) if level > 1 and rng.random() < 0.6 else None
    comparisons = level - 1 if combine else level
    said = [first.format(a=names[0], x=(value := rng.randint(3, 99)), t=thing)]
    steps: list[Step] = []
    last = "+"
    for i in range(comparisons):
        asked_more = combine == "difference" and i == comparisons - 1
        last, right = _comparison(rng, value, asked_more)
        frame = {"+": more, "-": fewer, "*": times}[last]
        said.append(frame.format(a=names[i], b=names[i + 1], x=right, t=thing))
        before, value = value, (step := Arithmetic(value, last, right)).value
        steps.append(step)
    a, b = names[comparisons - 1], names[comparisons]
    if combine == "together":
        steps.append(Arithmetic(value, "+", before))
        value += before
        ask = together.format(a=a, b=b, t=thing)
    elif combine == "difference":
        steps.append(Arithmetic(value, "-", before))
        value -= before
        ask = difference.format(a=a, b=b, t=thing)
    else:
        ask = has.format(a=b, t=thing)
    facts_first = held_out or rng.random() < FACTS_FIRST
    text = ". ".join(said) + ". " + ask if facts_first else ask + " " + ". ".join(said) + "."
    return worked(rng, Kind("story", level, language, which, held_out), text, steps, value)


def _comparison(rng: Random, value: int, more: bool) -> tuple[str, int]:
    if value <= 120 and rng.random() < 0.4:
        return "*", rng.randint(2, 5)
    if not more and value > 5 and rng.random() < 0.45:
        return "-", rng.randint(2, min(60, value - 2))
    return "+", rng.randint(2, 60)
