"""Chains: a number, then operations one after another, left to right. The level is how many."""

from __future__ import annotations

from random import Random

from .question import NAMES, Kind, Question, phrase, worked
from .working import LARGEST, chain

LEVELS = range(1, 9)

_WORDS = {
    "en": [
        (
            "[Start|Begin] with {0}, {1}. [What is the result|What comes out|What do you get|What number is it now]?",
            ", [then |and |]",
            "add {0}",
            "[subtract|take away] {0}",
            "multiply by {0}",
        ),
        ("Start {0}; {1}; [result|answer|now]", "; ", "+ {0}", "- {0}", "* {0}"),
        (
            "{n} has {0} [coins|books|balls], {1}. How many [now|are there now|does {n} have now|is that]?",
            ", [then |and |]",
            "[gets|finds|wins] {0}",
            "[loses|spends|gives away] {0}",
            "has {0} times as many",
        ),
        (
            "Take {0}. [Then|Next|Now] {1}. What [do you get|is it now|is the result]?",
            ", [then|and then|next] ",
            "plus {0}",
            "minus {0}",
            "times {0}",
        ),
        ("[What is|Work out|How much is|Say] {0} {1}, [left to right|step by step]?", " ", "+ {0}", "- {0}", "* {0}"),
        (
            "Calculate {0}, {1}. What number is it [now|then]?",
            ", then ",
            "[add|plus] {0}",
            "[take away|minus|less] {0}",
            "[times|multiply by] {0}",
        ),
        (
            (
                "The [display|number|meter|counter|score] is at {0}. [Then|Now|Next], {1}. "
                "What [does it show now|is it now|is it then]?"
            ),
            ", [then|and then|next] ",
            "[add|plus] {0}",
            "[minus|subtract|take away] {0}",
            "[multiply by|times] {0}",
        ),
        (
            "What [do you get|comes out|is the result] if you [start|begin] with {0} and {1}?",
            " and [then |]",
            "add {0}",
            "[subtract|take away] {0}",
            "multiply by {0}",
        ),
        ("[From|With] {0}: {1}. [Result|Answer|What is it]?", ", ", "[up|plus|add] {0}", "[down|minus|less] {0}", "times {0}"),
        (
            "[There are|We have|I see] {0} [coins|balls|books] in [the bag|the box]. {1}. How many are [there|in it] now?",
            ". [Then |Now |]",
            "{0} [come in|are added|more come]",
            "{0} [go out|are taken away|leave]",
            "The number is multiplied by {0}",
        ),
        (
            "[Do this|Work out]: {1}. The first number is {0}. [What comes out|What is the result|Answer]?",
            ", [then |]",
            "[add|plus] {0}",
            "[subtract|minus] {0}",
            "[multiply by|times] {0}",
        ),
        (
            "A [display|screen|sign] [shows|reads|says] {0}. {1}. What is [it|the number] [now|then]?",
            ", [then|and then] ",
            "plus {0}",
            "minus {0}",
            "[multiply by|times] {0}",
        ),
        ("A counter shows {0}. {1}. What is the result now?", ", then ", "plus {0}", "minus {0}", "multiply by {0}"),
    ],
    "de": [
        (
            "[Beginne|Starte|Fange an] mit {0}, {1}. [Was ist das Ergebnis|Was kommt heraus|Was ist es jetzt]?",
            ", [dann |und |]",
            "addiere {0}",
            "ziehe {0} ab",
            "nimm mal {0}",
        ),
        (
            "{n} hat {0} [Münzen|Bücher|Bälle], {1}. Wie viele[ Münzen|] sind [es|das] jetzt?",
            ", [dann |und |]",
            "[bekommt|findet|gewinnt] {0}",
            "[verliert|gibt aus|verschenkt] {0}",
            "hat {0} mal so viele",
        ),
        (
            "Nimm {0}. [Dann|Jetzt|Nun] {1}. [Was kommt heraus|Was ist das Ergebnis|Was ist es jetzt]?",
            ", [dann|und dann] ",
            "plus {0}",
            "minus {0}",
            "mal {0}",
        ),
        ("[Rechne|Was ist|Wie viel ist] {0} {1} [von links nach rechts|Schritt für Schritt]", " ", "+ {0}", "- {0}", "* {0}"),
        (
            "[Der Zähler|Die Zahl|Die Anzeige] steht auf {0}. [Dann|Jetzt|Nun] {1}. Was [zeigt sie|ist es] jetzt?",
            ", [dann|und dann] ",
            "[addiere|plus] {0}",
            "minus {0}",
            "[nimm mal|mal] {0}",
        ),
        (
            "Was [kommt heraus|ist das Ergebnis], wenn man mit {0} [beginnt|startet] und dann {1}?",
            ", [dann |und |]",
            "[plus {0} rechnet|{0} addiert]",
            "[minus {0} rechnet|{0} abzieht]",
            "mal {0} nimmt",
        ),
        ("[Von|Mit] {0}: {1}. [Ergebnis|Antwort|Was ist es]?", ", ", "[plus|dazu] {0}", "[minus|weniger] {0}", "mal {0}"),
        (
            "[In der Kiste|Im Beutel] sind {0} [Münzen|Bälle|Bücher]. {1}. Wie viele sind [es|dort] jetzt?",
            ". [Dann |Jetzt |]",
            "[Es kommen {0} dazu|{0} kommen dazu]",
            "[Es gehen {0} weg|{0} gehen weg]",
            "Es werden {0} mal so viele",
        ),
        (
            "[Eine Anzeige|Ein Schild] [zeigt|sagt] {0}. [Dann|Nun] {1}. Was ist [es|die Zahl] [jetzt|dann]?",
            ", [dann|und dann] ",
            "plus {0}",
            "minus {0}",
            "[nimm mal|mal] {0}",
        ),
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
    return worked(rng, Kind("chain", level, language, which, held_out), text, steps, value)
