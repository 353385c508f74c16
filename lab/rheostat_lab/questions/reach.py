"""Reach a number: use each given number once, left to right, and hit the target.

A search: one attempt is a guess, an answer can be checked by anybody, and so samples pay.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache, partial
from random import Random

from .question import AFTER, BEFORE, Kind, Question, pattern, phrase, spoken
from .working import LARGEST, apply

LEVELS = range(3, 5)
SIGNS = "+-*"
ATTEMPTS = 5
"""The most attempts that a long working holds."""
NEAR = 0.6
"""The share of failed attempts that are one change away from the solution: what somebody who is nearly right tries first."""

_WORDS = {
    "en": [
        "[Reach|Make|Get] {t} with {n}, each once, left to right.",
        "Use the numbers {n} once each to [get|reach|make] {t}.",
        "Numbers {n}, target {t}. [Find a way|How|What is the way].",
        "[Combine|Take] {n}, [each once|every number once], [so that you get|to get|to reach] {t}.",
        "The [target|goal] is {t}. [Use|You have|The numbers are] {n}. [Find a way|Each once|How do you get there].",
        "How do you [get|reach|make] {t} [with|from] {n}, [each number once|each once]?",
        "{n}: [make|find|reach] {t}, each [number |]once.",
        "[Find a way|Is there a way] to [reach|make|get] {t} from {n}, [each number once|left to right].",
        "With {n}, each number once, find a way to get {t}.",
    ],
    "de": [
        "[Erreiche|Bilde] {t} mit {n}, jede einmal, von links nach rechts.",
        "Zahlen {n}, Ziel {t}. [Finde einen Weg|Wie|Was ist der Weg].",
        "[Verbinde|Nimm] {n}, [jede einmal|jede Zahl einmal], um {t} zu [bilden|bekommen|erreichen].",
        "Das Ziel ist {t}. [Du hast|Die Zahlen sind|Nimm] {n}. [Finde einen Weg|Jede einmal|Wie kommt man hin].",
        "Wie [kommt man auf|erreicht man|bildet man] {t} [mit|aus] {n}, [jede Zahl einmal|jede einmal]?",
        "{n}: [finde|bilde] {t}, jede [Zahl |]einmal.",
        "[Finde einen Weg|Gibt es einen Weg], {t} aus {n} zu [bilden|erreichen], [jede Zahl einmal|von links nach rechts].",
        "Mit {n}, jede Zahl einmal, finde einen Weg, {t} zu erreichen.",
    ],
}

Attempt = tuple[tuple[int, ...], tuple[str, ...]]


def make(rng: Random, level: int, language: str, held_out: bool = False) -> Question:
    """`level` numbers of 2 to 12 and a target that one expression at least reaches."""
    while True:
        numbers = tuple(rng.randint(2, 12) for _ in range(level))
        solution = ordered(_attempt(rng, numbers))
        value = evaluate(solution)
        if value is not None and 5 <= value <= 200:
            break
    which = phrase(rng, _WORDS[language], held_out)
    given = list(numbers)
    rng.shuffle(given)
    kind = Kind("reach", level, language, which, held_out)
    text = spoken(rng, kind, _WORDS[language][which].format(t=value, n=", ".join(map(str, given))))
    tries: list[Attempt] = []
    for _ in range(rng.choice((0, 1, 1, 2, 2, 3, ATTEMPTS - 1))):
        wrong = ordered(_near(rng, solution) if rng.random() < NEAR else _attempt(rng, numbers))
        if evaluate(wrong) not in (None, value) and wrong not in tries:
            tries.append(wrong)
    lines = [f"#{i} {_spelled(a)} {'no' if a is not solution else 'yes'} ;" for i, a in enumerate([*tries, solution], 1)]
    check = partial(verify, tuple(given), value)
    return Question(
        *kind,
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
    """Returns True if an answer uses each number once and reaches the target, left to right.

    >>> verify([3, 5, 7], 26, "3 * 7 + 5"), verify([3, 5, 7], 26, "5 + 7 * 3")
    (True, False)
    """
    if not re.fullmatch(r"\s*\d{1,3}(\s*[-+*]\s*\d{1,3}){0,8}\s*", answer, re.ASCII):
        return False
    found = tuple(int(number) for number in re.findall(r"\d+", answer))
    signs = tuple(re.findall(r"[-+*]", answer))
    return Counter(found) == Counter(numbers) and evaluate((found, signs)) == target


def verifier(text: str) -> Callable[[str], bool] | None:
    """Returns the check of answers to a question that is known only by its text. None if it is not such a question.

    >>> verifier("Reach 26 with 3, 5, 7, each once, left to right.")("3 * 7 + 5")
    True
    """
    for asked in _patterns():
        if found := asked.fullmatch(text.strip()):
            numbers = tuple(int(number) for number in found["n"].split(", "))
            return partial(verify, numbers, int(found["t"]))
    return None


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    """Returns the patterns of all phrasings of a search."""
    before, after = ("|".join(re.escape(words) for said in d.values() for words in said) for d in (BEFORE, AFTER))
    frames = (pattern(frame) for said in _WORDS.values() for frame in said)
    filled = (f.replace(r"\{t\}", r"(?P<t>\d{1,3})").replace(r"\{n\}", r"(?P<n>\d{1,3}(?:, \d{1,3}){1,8})") for f in frames)
    return tuple(re.compile(f"(?:(?:{before}) )?{frame}(?: (?:{after}))?", re.ASCII | re.IGNORECASE) for frame in filled)


def _attempt(rng: Random, numbers: Sequence[int]) -> Attempt:
    return tuple(rng.sample(numbers, len(numbers))), tuple(rng.choice(SIGNS) for _ in numbers[1:])


def ordered(attempt: Attempt) -> Attempt:
    """Puts the larger of the first two numbers first if the sum allows it, so that it is written in one way.

    >>> ordered(((3, 7, 5), ("*", "-")))
    ((7, 3, 5), ('*', '-'))
    """
    (first, second, *rest), signs = attempt
    if signs[0] in "+*" and first < second:
        first, second = second, first
    return (first, second, *rest), signs


def _near(rng: Random, attempt: Attempt) -> Attempt:
    """With another sign, or with two numbers changed round."""
    numbers, signs = list(attempt[0]), list(attempt[1])
    if rng.random() < 0.5:
        signs[rng.randrange(len(signs))] = rng.choice(SIGNS)
    else:
        i, j = rng.sample(range(len(numbers)), 2)
        numbers[i], numbers[j] = numbers[j], numbers[i]
    return tuple(numbers), tuple(signs)


def _spelled(attempt: Attempt) -> str:
    """With what comes out on the way: 3 * 7 = 21 + 5 = 26."""
    (value, *rest), signs = attempt
    words = [str(value)]
    for sign, right in zip(signs, rest, strict=True):
        value = apply(value, sign, right)
        words.append(f"{sign} {right} = {value}")
    return " ".join(words)
