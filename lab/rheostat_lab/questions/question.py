"""A question of the lab."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

from .working import Step, long, short

LANGUAGES = ("en", "de")
NAMES = ("Ann", "Bob", "Cid", "Dora", "Emil", "Fay", "Gus", "Hana", "Ivo", "Jana")


@dataclass(frozen=True)
class Question:
    """A question, how it is worked out, and how an answer to it is judged."""

    family: str
    level: int
    """Level of difficulty, from 1, in the family's own steps."""
    language: str
    phrasing: int
    held_out: bool
    """True if the phrasing is held out of training."""
    text: str
    answer: str
    """A right answer. Where several are right, one of them: use `right`."""
    short: str
    """The short working, as the models are trained to write it."""
    long: str
    """The long working."""
    verify: Callable[[str], bool] | None = field(default=None, compare=False)
    """Judges an answer without knowing a right one. None where only the answer itself tells."""

    def right(self, answer: str | None) -> bool:
        """Returns True if an answer is right. None is not."""
        if answer is None:
            return False
        if self.verify is not None:
            return self.verify(answer)
        return " ".join(answer.lower().split()) == self.answer


def phrase(rng: Random, phrasings: Sequence[object], held_out: bool) -> int:
    """Index of the phrasing: the last of the list is held out of training."""
    return len(phrasings) - 1 if held_out else rng.randrange(len(phrasings) - 1)


_ALTERNATIVES = re.compile(r"\[([^\]]*)\]")
_SENTENCE = re.compile(r"(?:^|[.?:] )\w")

BEFORE = {
    "en": (
        "Please:", "Question:", "A question:", "Here is a question.", "Hello.", "Can you tell me?", "Try this:", "Next:",
        "Think first.", "Quick:", "I want to know:", "My task:",
    ),
    "de": (
        "Bitte:", "Frage:", "Eine Frage:", "Hier ist eine Frage.", "Hallo.", "Kannst du mir das sagen?", "Versuche das:",
        "Als nächstes:", "Denke erst nach.", "Schnell:", "Ich will wissen:", "Meine Aufgabe:",
    ),
}  # fmt: skip
AFTER = {
    "en": (
        "Thank you.", "Please answer.", "Only the answer.", "Be careful.", "What do you think?", "I need the answer.", "Please.",
    ),
    "de": (
        "Danke.", "Bitte antworte.", "Nur die Antwort.", "Sei genau.", "Was denkst du?", "Ich brauche die Antwort.", "Bitte.",
    ),
}  # fmt: skip
DRESSED = 0.2
"""The share of trained questions with something before, and of those with something after."""


class Kind(NamedTuple):
    """Kind of a question: the first fields of `Question`."""

    family: str
    level: int
    language: str
    phrasing: int
    held_out: bool


def spoken(rng: Random, kind: Kind, text: str) -> str:
    """A text as it is asked: one of the alternatives `[so|such]` at each place, now and then with a word before and after.

    >>> spoken(Random(1), Kind("chain", 1, "en", 0, True), "[take|start with] 2, add 3.")
    'Take 2, add 3.'
    """
    said = _ALTERNATIVES.sub(lambda found: rng.choice(found[1].split("|")), text)
    if not kind.held_out:
        if rng.random() < DRESSED:
            said = f"{rng.choice(BEFORE[kind.language])} {said}"
        if rng.random() < DRESSED:
            said = f"{said} {rng.choice(AFTER[kind.language])}"
    return _SENTENCE.sub(lambda found: found[0].upper(), said)


def pattern(template: str) -> str:
    """Returns the regular expression of a template: its alternatives, and the rest as it stands.

    >>> bool(re.fullmatch(pattern("[Take|Use] 2."), "Use 2."))
    True
    """
    parts = _ALTERNATIVES.split(template)  # text and alternatives, in turn
    return "".join(
        f"(?:{'|'.join(map(re.escape, part.split('|')))})" if i % 2 else re.escape(part) for i, part in enumerate(parts)
    )


def worked(rng: Random, kind: Kind, text: str, steps: Sequence[Step], answer: object) -> Question:
    """A question whose working is a list of steps. The text may hold alternatives."""
    told = " ".join(str(answer).lower().split())
    return Question(*kind, spoken(rng, kind, text), told, short(steps), long(steps))
