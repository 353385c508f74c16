"""Small tables: read a cell, find the largest, add, count. Level 1 reads one cell, 2 adds or compares two, 3 needs every row."""

from __future__ import annotations

from random import Random

from .question import NAMES, Kind, Question, phrase, worked
from .working import Arithmetic, Note, Step

LEVELS = range(1, 4)

# frame, row, read, sum of two, difference of two, who has most, sum of all, how many above
_WORDS = {
    "en": [
        (
            "Table: {rows}. {ask}",
            "{n} {x}",
            "How many has {a}?",
            "How many have {a} and {b} together?",
            "How many more has {a} than {b}?",
            "Who has the most?",
            "How many have all together?",
            "How many have more than {x}?",
        ),
        (
            "Points: {rows}. {ask}",
            "{n} = {x}",
            "What are the points of {a}?",
            "What is {a} plus {b}?",
            "What is {a} minus {b}?",
            "Who has the most points?",
            "What is the sum of all?",
            "How many are above {x}?",
        ),
        (
            "| {rows} | {ask}",
            "{n} | {x}",
            "What is {a}?",
            "Sum of {a} and {b}?",
            "Difference of {a} and {b}?",
            "Who is first?",
            "Sum of all?",
            "How many have more than {x}?",
        ),
        (
            "[List|Data|Values|Numbers|Results]: {rows}. {ask}",
            "{n}: {x}",
            "[What is the number of|What is the value of|How much has] {a}?",
            "[What is {a} and {b} together|Add {a} and {b}]?",
            "[How much more has {a} than {b}|By how much is {a} above {b}]?",
            "Who has the [most|largest|highest]?",
            "What is the [total|sum]?",
            "How many [are above|are more than|have more than] {x}?",
        ),
        (
            "[Look at this|Here is a table|These are the scores]: {rows}. {ask}",
            "{n} [has|with|got] {x}",
            "[How much does {a} have|What does {a} have]?",
            "[How much do {a} and {b} have together|What is the total of {a} and {b}]?",
            "[How much more does {a} have than {b}|What is the difference between {a} and {b}]?",
            "[Name the one with the most|Who is the best]?",
            "[Add them all|What is the total of all]?",
            "[How many are over|Count those above] {x}?",
        ),
        (
            "{ask} {rows}.",
            "{n} {x}",
            "How many points [are there for|belong to] {a}?",
            "How many points have {a} and {b} [together|in all]?",
            "How many more points has {a} than {b}?",
            "Who [leads|is first|has the most]?",
            "How many points [are there in all|have all together]?",
            "How many have [over|more than|above] {x}?",
        ),
        (
            "{ask} [Points|Table|List|Data]: {rows}.",
            "{n} = {x}",
            "[Say|Give|Find] the points of {a}.",
            "[Say|Give|Find] the sum of {a} and {b}.",
            "[Say|Give|Find] the difference of {a} and {b}.",
            "[Say|Give|Find] who has the most.",
            "[Say|Give|Find] the sum of all.",
            "[Say|Give|Find] how many are above {x}.",
        ),
        (
            "Scores: {rows}. {ask}",
            "{n}: {x}",
            "How many points has {a}?",
            "What is the sum of {a} and {b}?",
            "What is the difference of {a} and {b}?",
            "Who is the first with the most points?",
            "What is the sum of all points?",
            "How many points are above {x}?",
        ),
    ],
    "de": [
        (
            "Tabelle: {rows}. {ask}",
            "{n} {x}",
            "Wie viele hat {a}?",
            "Wie viele haben {a} und {b} zusammen?",
            "Wie viele hat {a} mehr als {b}?",
            "Wer hat am meisten?",
            "Wie viele haben alle zusammen?",
            "Wie viele haben mehr als {x}?",
        ),
        (
            "Punkte: {rows}. {ask}",
            "{n} = {x}",
            "Was sind die Punkte von {a}?",
            "Was ist {a} plus {b}?",
            "Was ist {a} minus {b}?",
            "Wer hat die meisten Punkte?",
            "Was ist die Summe von allen?",
            "Wie viele sind über {x}?",
        ),
        (
            "[Liste|Daten|Werte|Zahlen|Ergebnisse]: {rows}. {ask}",
            "{n}: {x}",
            "[Was ist die Zahl von|Was ist der Wert von|Wie viel hat] {a}?",
            "[Was ist {a} und {b} zusammen|Addiere {a} und {b}]?",
            "[Wie viel hat {a} mehr als {b}|Um wie viel ist {a} über {b}]?",
            "Wer hat [das meiste|die größte Zahl|den höchsten Wert]?",
            "Was ist die [Summe|ganze Summe]?",
            "Wie viele [sind über|sind mehr als|haben mehr als] {x}?",
        ),
        (
            "[Sieh dir das an|Hier ist eine Tabelle|Das ist der Stand]: {rows}. {ask}",
            "{n} [hat|mit|bekam] {x}",
            "[Wie viel hat {a}|Was hat {a}]?",
            "[Wie viel haben {a} und {b} zusammen|Was ist die Summe aus {a} und {b}]?",
            "[Was hat {a} mehr als {b}|Was ist der Unterschied von {a} und {b}]?",
            "[Nenne, wer am meisten hat|Wer ist am besten]?",
            "[Addiere alle|Was ist die Summe aus allen]?",
            "[Wie viele liegen über|Zähle alle über] {x}?",
        ),
        (
            "{ask} {rows}.",
            "{n} {x}",
            "Wie viele Punkte [gibt es für|bekam] {a}?",
            "Wie viele Punkte haben {a} und {b} [zusammen|insgesamt]?",
            "Wie viele Punkte mehr hat {a} als {b}?",
            "Wer [führt|ist vorn|hat am meisten]?",
            "Wie viele Punkte [gibt es insgesamt|haben alle zusammen]?",
            "Wie viele [liegen über|haben mehr als] {x}?",
        ),
        (
            "{ask} [Punkte|Tabelle|Liste|Daten]: {rows}.",
            "{n} = {x}",
            "[Sage|Nenne|Finde] die Punkte von {a}.",
            "[Sage|Nenne|Finde] die Summe von {a} und {b}.",
            "[Sage|Nenne|Finde] den Unterschied von {a} und {b}.",
            "[Sage|Nenne|Finde], wer am meisten hat.",
            "[Sage|Nenne|Finde] die Summe von allen.",
            "[Sage|Nenne|Finde], wie viele über {x} sind.",
        ),
        (
            "Stand: {rows}. {ask}",
            "{n}: {x}",
            "Wie viele Punkte hat {a}?",
            "Was ist die Summe von {a} und {b}?",
            "Wie viele Punkte hat {a} mehr als {b}?",
            "Wer hat am meisten Punkte?",
            "Was ist die Summe von allen Punkte?",
            "Wie viele haben über {x}?",
        ),
    ],
}


def make(rng: Random, level: int, language: str, held_out: bool = False) -> Question:
    """A table of three to five rows and a question on it."""
    which = phrase(rng, _WORDS[language], held_out)
    frame, row, read, total, difference, most, whole, above = _WORDS[language][which]
    names = rng.sample(NAMES, rng.randint(3, 5))
    values = rng.sample(range(2, 100), len(names))
    rows = list(zip(names, values, strict=True))
    (a, x), (b, y) = rng.sample(rows, 2)
    if x < y:
        (a, x), (b, y) = (b, y), (a, x)
    answer: object
    if level == 1:
        ask, answer, steps = read.format(a=a), x, [_cell(a, x)]
    elif level == 2:
        sign, words = rng.choice([("+", total), ("-", difference)])
        step = Arithmetic(x, sign, y)
        ask, answer, steps = words.format(a=a, b=b), step.value, [_cell(a, x), _cell(b, y), Arithmetic(x, sign, y, shown=True)]
    else:
        kind = rng.choice(["most", "whole", "above"])
        if kind == "most":
            ask, answer, steps = most, max(rows, key=lambda r: r[1])[0], _largest(rows)
        elif kind == "whole":
            ask, answer, steps = whole, sum(values), _sum(rows)
        else:
            bound = rng.choice([v for v in range(10, 90) if v not in values])
            ask, answer, steps = above.format(x=bound), sum(v > bound for v in values), _count(rows, bound)
    joint = " | " if " | " in row else ", "
    text = frame.format(rows=joint.join(row.format(n=n, x=v) for n, v in rows), ask=ask)
    return worked(rng, Kind("table", level, language, which, held_out), text, steps, answer)


def _cell(name: str, value: int) -> Step:
    return Note(f"{name} {value}", f"{name} = {value}")


def _largest(rows: list[tuple[str, int]]) -> list[Step]:
    best = rows[0]
    steps: list[Step] = [_cell(*best)]
    for row in rows[1:]:
        sign = ">" if row[1] > best[1] else "<"
        before, best = best, max(row, best, key=lambda r: r[1])
        steps.append(Note(f"{best[0]} {best[1]}", f"{row[0]} {row[1]} {sign} {before[1]} : {best[0]} {best[1]}"))
    return steps


def _sum(rows: list[tuple[str, int]]) -> list[Step]:
    value = rows[0][1]
    steps: list[Step] = [_cell(*rows[0])]
    for _, right in rows[1:]:
        steps.append(Arithmetic(value, "+", right))
        value += right
    return steps


def _count(rows: list[tuple[str, int]], bound: int) -> list[Step]:
    count, steps = 0, list[Step]()
    for name, value in rows:
        count += value > bound
        sign = ">" if value > bound else "<"
        steps.append(Note(f"{value} {sign} : {count}", f"{name} {value} {sign} {bound} : {count}"))
    return steps
