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
            "Today is {d}. [Which|What] day [is it|will it be] in {x} days?",
            "It is {h}:{m}. What time [is it|will it be] in {x} minutes?",
            "Today is {n} {o}. [Which|What] date [is it|will it be] in {x} days?",
        ),
        (
            "[What|Which] day [is|comes] {x} days after {d}?",
            "What time is [it |]{x} minutes after {h}:{m}?",
            "[What|Which] date [is|comes] {x} days after {n} {o}?",
        ),
        (
            "It is {d} today. What day comes {x} days later?",
            "The clock shows {h}:{m}. What time is it {x} minutes later?",
            "It is {n} {o} today. What date comes {x} days later?",
        ),
        (
            "[If|Say] today is {d}, [what|which] day [comes|is it] [in {x} days|{x} days later|after {x} days]?",
            "[If|Say] the clock shows {h}:{m}, what time [comes|is it] [in {x} minutes|{x} minutes later|after {x} minutes]?",
            "[If|Say] today is {n} {o}, [what|which] date [comes|is it] [in {x} days|{x} days later|after {x} days]?",
        ),
        (
            "It is {d} now. [Name|Tell me] the day {x} days [later|from now].",
            "It is {h}:{m} now. [Name|Tell me] the time {x} minutes [later|from now].",
            "It is {n} {o} now. [Name|Tell me] the date {x} days [later|from now].",
        ),
        (
            "[Add {x} days to {d}|{d} plus {x} days]. Which day [is it|comes out|is that]?",
            "[Add {x} minutes to {h}:{m}|{h}:{m} plus {x} minutes]. Which time [is it|comes out|is that]?",
            "[Add {x} days to {n} {o}|{n} {o} plus {x} days]. Which date [is it|comes out|is that]?",
        ),
        (
            "{x} days from now, [what|which] day is it, if it is {d} today?",
            "{x} minutes from now, what time is it, if the clock shows {h}:{m}?",
            "{x} days from now, [what|which] date is it, if it is {n} {o} today?",
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
            "Welcher Tag [ist|kommt] {x} Tage nach {d}?",
            "Wie spät ist es {x} Minuten nach {h}:{m}?",
            "Welches Datum [ist|kommt] {x} Tage nach dem {n} {o}?",
        ),
        (
            "[Wenn heute {d} ist|Ist heute {d}], welcher Tag [ist|kommt] [in {x} Tagen|nach {x} Tagen]?",
            "[Wenn es {h}:{m} ist|Ist es {h}:{m}], wie spät ist es [in {x} Minuten|nach {x} Minuten]?",
            "[Wenn heute der {n} {o} ist|Ist heute der {n} {o}], welches Datum [ist|kommt] [in {x} Tagen|nach {x} Tagen]?",
        ),
        (
            "Jetzt ist {d}. [Nenne|Sage mir] den Tag [in {x} Tagen|{x} Tage später].",
            "Jetzt ist es {h}:{m}. [Nenne|Sage mir] die Zeit [in {x} Minuten|{x} Minuten später].",
            "Jetzt ist der {n} {o}. [Nenne|Sage mir] das Datum [in {x} Tagen|{x} Tage später].",
        ),
        (
            "{d} plus {x} Tage. Welcher Tag [ist es|kommt heraus|ist das]?",
            "{h}:{m} plus {x} Minuten. Welche Zeit [ist es|kommt heraus|ist das]?",
            "{n} {o} plus {x} Tage. Welches Datum [ist es|kommt heraus|ist das]?",
        ),
        (
            "In {x} Tagen, welcher Tag ist dann, wenn heute {d} ist?",
            "In {x} Minuten, wie spät ist es dann, wenn es jetzt {h}:{m} ist?",
            "In {x} Tagen, welches Datum ist dann, wenn heute der {n} {o} ist?",
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
    return worked(rng, Kind("date", level, language, which, held_out), text, steps, answer)


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
