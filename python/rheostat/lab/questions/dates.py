"""Dates and clocks: weekdays ahead, times of day, days across a month. The level grows with what has to be carried."""

from __future__ import annotations

from random import Random

from .question import Kind, Question, phrase, worked
from .working import Arithmetic, Note, Step

LEVELS = range(1, 4)

WEEKDAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "de": ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
}
MONTHS = {
    "en": (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    "de": ("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"),
}
_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

_WORDS = {
    "en": [
        (
            "Today is {d}. Which day is it in {x} days?",
            "It is {h}:{m}. What time is it in {x} minutes?",
            "Today is {n} {o}. Which date is it in {x} days?",
        ),
        ("What day is {x} days after {d}?", "What time is {x} minutes after {h}:{m}?", "What date is {x} days after {n} {o}?"),
        (
            "It is {d} today. What day comes {x} days later?",
            "The clock shows {h}:{m}. What time is it {x} minutes later?",
            "It is {n} {o} today. What date comes {x} days later?",
        ),
        (
            "If it is {d} now, which day is it {x} days later?",
            "If it is {h}:{m} now, what time is it {x} minutes later?",
            "If it is {n} {o} now, which date is it {x} days later?",
        ),
    ],
    "de": [
        (
            "Heute ist {d}. Welcher Tag ist in {x} Tagen?",
            "Es ist {h}:{m}. Wie spät ist es in {x} Minuten?",
            "Heute ist der {n} {o}. Welches Datum ist in {x} Tagen?",
        ),
        (
            "Welcher Tag ist {x} Tage nach {d}?",
            "Wie spät ist es {x} Minuten nach {h}:{m}?",
            "Welches Datum ist {x} Tage nach dem {n} {o}?",
        ),
        (
            "Heute ist {d}. Welcher Tag kommt {x} Tage nach heute?",
            "Es ist jetzt {h}:{m}. Wie spät ist es {x} Minuten nach jetzt?",
            "Heute ist der {n} {o}. Welches Datum kommt {x} Tage nach heute?",
        ),
    ],
}


def make(rng: Random, level: int, language: str, held_out: bool = False) -> Question:
    """Level 1: a weekday less than a week ahead, or a clock within the hour; 2: beyond; 3: a date across a month."""
    which = phrase(rng, _WORDS[language], held_out)
    weekday, clock, date = _WORDS[language][which]
    if level == 3:
        text, steps, answer = _date(rng, language, date)
    elif rng.random() < 0.5:
        text, steps, answer = _weekday(rng, language, weekday, rng.randint(1, 6) if level == 1 else rng.randint(8, 60))
    else:
        text, steps, answer = _clock(rng, clock, carry=level == 2)
    return worked(Kind("date", level, language, which, held_out), text, steps, answer)


def _weekday(rng: Random, language: str, frame: str, ahead: int) -> tuple[str, list[Step], str]:
    days = WEEKDAYS[language]
    today = rng.randrange(7)
    steps: list[Step] = []
    if ahead >= 7:
        steps.append(Arithmetic(ahead, "-", ahead // 7 * 7, shown=True))
    walk = [days[(today + i) % 7] for i in range(ahead % 7 + 1)]
    steps.append(Note(f"{walk[-1]}", " ".join(f"{i} {day}" for i, day in enumerate(walk))))
    return frame.format(d=days[today], x=ahead), steps, walk[-1]


def _clock(rng: Random, frame: str, carry: bool) -> tuple[str, list[Step], str]:
    hour, minute = rng.randrange(0, 22), rng.randrange(0, 58)
    ahead = rng.randint(60 - minute, 99) if carry else rng.randint(1, 59 - minute)
    total = minute + ahead
    steps: list[Step] = [Arithmetic(minute, "+", ahead, shown=True)]
    while total >= 60:
        steps.append(Arithmetic(total, "-", 60))
        steps.append(Arithmetic(hour, "+", 1, shown=True))
        total, hour = total - 60, hour + 1
    return frame.format(h=hour - len(steps) // 2, m=f"{minute:02}", x=ahead), steps, f"{hour} : {total:02}"


def _date(rng: Random, language: str, frame: str) -> tuple[str, list[Step], str]:
    month, months = rng.randrange(12), MONTHS[language]
    holds = _DAYS[month]
    day = rng.randint(1, holds)
    ahead = rng.randint(holds - day + 1, holds - day + 27)
    after = months[(month + 1) % 12]
    steps: list[Step] = [
        Note(f"{months[month]} {holds}", f"{months[month]} = {holds} : {after}"),
        Arithmetic(day, "+", ahead, shown=True),
        Arithmetic(day + ahead, "-", holds),
    ]
    return frame.format(n=day, o=months[month], x=ahead), steps, f"{day + ahead - holds} {after}"
