"""Reach a number: use each given number once, left to right, and hit the target.

A search: one attempt is a guess, an answer can be checked by anybody, and so samples pay.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from random import Random

from .question import Question, phrase
from .working import LARGEST, apply

LEVELS = range(3, 5)
SIGNS = "+-*"
ATTEMPTS = 5
"""The most attempts that a long working holds."""

_WORDS = {
    "en": [
        "Reach {t} with {n}, each once, left to right.",
        "Use the numbers {n} once each to get {t}.",
        "Numbers {n}, target {t}. Find a way.",
        "With {n}, each number once, find a way to get {t}.",
    ],
    "de": [
        "Erreiche {t} mit {n}, jede einmal, von links nach rechts.",
        "Zahlen {n}, Ziel {t}. Finde einen Weg.",
        "Mit {n}, jede Zahl einmal, finde einen Weg, {t} zu erreichen.",
    ],
}

Attempt = tuple[tuple[int, ...], tuple[str, ...]]


def make(rng: Random, level: int, language: str, held_out: bool = False) -> Question:
    """`level` numbers of 2 to 12 and a target that one expression at least reaches."""
    while True:
        numbers = tuple(rng.randint(2, 12) for _ in range(level))
        solution = _attempt(rng, numbers)
        value = evaluate(solution)
        if value is not None and 5 <= value <= 200:
            break
    which = phrase(rng, _WORDS[language], held_out)
    given = list(numbers)
    rng.shuffle(given)
    text = _WORDS[language][which].format(t=value, n=", ".join(map(str, given)))
    tries: list[Attempt] = []
    for _ in range(rng.choice((0, 1, 1, 2, 2, 3, ATTEMPTS - 1))):
        wrong = _attempt(rng, numbers)
        if evaluate(wrong) not in (None, value):
            tries.append(wrong)
    lines = [f"#{i} {_spelled(a)} {'no' if a is not solution else 'yes'} ;" for i, a in enumerate([*tries, solution], 1)]
    check = partial(verify, tuple(given), value)
    return Question(
        "reach",
        level,
        language,
        which,
        held_out,
        text,
        expression(solution),
        f"#1 {_spelled(solution)} ;",
        " ".join(lines),
        check,
    )


def evaluate(attempt: Attempt) -> int | None:
    """The value, strictly left to right. None where it leaves 0 to 999 on its way."""
    (value, *rest), signs = attempt
    for sign, right in zip(signs, rest, strict=True):
        value = apply(value, sign, right)
        if not 0 <= value <= LARGEST:
            return None
    return value


def expression(attempt: Attempt) -> str:
    """As it is answered: 3 * 7 + 5."""
    (first, *rest), signs = attempt
    return " ".join([str(first), *(f"{sign} {right}" for sign, right in zip(signs, rest, strict=True))])


def verify(numbers: Sequence[int], target: int, answer: str) -> bool:
    """Whether an answer uses each number once and reaches the target, left to right.

    >>> verify([3, 5, 7], 26, "3 * 7 + 5"), verify([3, 5, 7], 26, "5 + 7 * 3")
    (True, False)
    """
    if not re.fullmatch(r"\s*\d{1,3}(\s*[-+*]\s*\d{1,3}){0,8}\s*", answer, re.ASCII):
        return False
    found = tuple(int(number) for number in re.findall(r"\d+", answer))
    signs = tuple(re.findall(r"[-+*]", answer))
    return Counter(found) == Counter(numbers) and evaluate((found, signs)) == target


def verifier(text: str) -> Callable[[str], bool] | None:
    """What checks answers to a question that is known only by its text. None where it is not such a question.

    >>> verifier("Reach 26 with 3, 5, 7, each once, left to right.")("3 * 7 + 5")
    True
    """
    for frames in _WORDS.values():
        for frame in frames:
            pattern = re.escape(frame).replace(r"\{t\}", r"(?P<t>\d{1,3})").replace(r"\{n\}", r"(?P<n>\d{1,3}(?:, \d{1,3}){1,8})")
            if found := re.fullmatch(pattern, text.strip(), re.ASCII):
                numbers = tuple(int(number) for number in found["n"].split(", "))
                return partial(verify, numbers, int(found["t"]))
    return None


def _attempt(rng: Random, numbers: Sequence[int]) -> Attempt:
    return tuple(rng.sample(numbers, len(numbers))), tuple(rng.choice(SIGNS) for _ in numbers[1:])


def _spelled(attempt: Attempt) -> str:
    """With what comes out on the way: 3 * 7 = 21 + 5 = 26."""
    (value, *rest), signs = attempt
    words = [str(value)]
    for sign, right in zip(signs, rest, strict=True):
        value = apply(value, sign, right)
        words.append(f"{sign} {right} = {value}")
    return " ".join(words)
