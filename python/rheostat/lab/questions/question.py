"""What a lab question is."""

from __future__ import annotations

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
    """How hard, from 1, in the family's own steps."""
    language: str
    phrasing: int
    held_out: bool
    """Whether the phrasing is kept out of training."""
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
        """Whether an answer is right. None is not."""
        if answer is None:
            return False
        if self.verify is not None:
            return self.verify(answer)
        return " ".join(answer.lower().split()) == self.answer


def phrase(rng: Random, phrasings: Sequence[object], held_out: bool) -> int:
    """Which phrasing: the last of the list is the one that training never sees."""
    return len(phrasings) - 1 if held_out else rng.randrange(len(phrasings) - 1)


class Kind(NamedTuple):
    """What sort of a question: the first fields of `Question`."""

    family: str
    level: int
    language: str
    phrasing: int
    held_out: bool


def worked(kind: Kind, text: str, steps: Sequence[Step], answer: object) -> Question:
    """A question whose working is a list of steps."""
    told = " ".join(str(answer).lower().split())
    return Question(*kind, text, told, short(steps), long(steps))
