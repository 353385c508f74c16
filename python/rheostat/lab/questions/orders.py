"""Order and logic: who is taller than whom, in any order, both ways round. The level is how many facts there are."""

from __future__ import annotations

from itertools import pairwise
from random import Random

from .question import NAMES, Kind, Question, phrase, worked
from .working import Note, Step

LEVELS = range(1, 5)

YES = {"en": ("yes", "no"), "de": ("ja", "nein")}
# above, below, who is top, who is bottom, is a above b
_WORDS = {
    "en": [
        (
            "{a} is taller than {b}",
            "{b} is shorter than {a}",
            "Who is the tallest?",
            "Who is the shortest?",
            "Is {a} taller than {b}?",
        ),
        (
            "{a} is older than {b}",
            "{b} is younger than {a}",
            "Who is the oldest?",
            "Who is the youngest?",
            "Is {a} older than {b}?",
        ),
        (
            "{a} runs faster than {b}",
            "{b} runs slower than {a}",
            "Who is the fastest?",
            "Who is the slowest?",
            "Is {a} faster than {b}?",
        ),
        ("{a} comes before {b}", "{b} comes after {a}", "Who is first?", "Who is last?", "Does {a} come before {b}?"),
        (
            "Older than {b} is {a}",
            "Younger than {a} is {b}",
            "The oldest is?",
            "The youngest is?",
            "{a} is older than {b}, yes or no?",
        ),
    ],
    "de": [
        (
            "{a} ist größer als {b}",
            "{b} ist kleiner als {a}",
            "Wer ist am größten?",
            "Wer ist am kleinsten?",
            "Ist {a} größer als {b}?",
        ),
        (
            "{a} ist älter als {b}",
            "{b} ist jünger als {a}",
            "Wer ist am ältesten?",
            "Wer ist am jüngsten?",
            "Ist {a} älter als {b}?",
        ),
        ("{a} kommt vor {b}", "{b} kommt nach {a}", "Wer ist erster?", "Wer ist letzter?", "Kommt {a} vor {b}?"),
        (
            "Älter als {b} ist {a}",
            "Jünger als {a} ist {b}",
            "Am ältesten ist?",
            "Am jüngsten ist?",
            "{a} ist älter als {b}, ja oder nein?",
        ),
    ],
}


def make(rng: Random, level: int, language: str, held_out: bool = False) -> Question:
    """`level` facts on level + 1 people, in shuffled order, and a question on the whole order."""
    which = phrase(rng, _WORDS[language], held_out)
    above, below, top, bottom, is_above = _WORDS[language][which]
    people = rng.sample(NAMES, level + 1)
    facts = list(pairwise(people))
    rng.shuffle(facts)
    said = [rng.choice([above, below]).format(a=a, b=b) for a, b in facts]
    ask = rng.choice(["top", "bottom", "is"])
    line = " > ".join(people)
    sorting = Note(line, " , ".join(f"{a} > {b}" for a, b in facts) + " : " + line)
    steps: list[Step] = [sorting]
    if ask == "is":
        i, j = rng.sample(range(len(people)), 2)
        asked, answer = is_above.format(a=people[i], b=people[j]), YES[language][0 if i < j else 1]
    else:
        asked, answer = (top, people[0]) if ask == "top" else (bottom, people[-1])
    text = ". ".join(said) + ". " + asked
    return worked(Kind("order", level, language, which, held_out), text, steps, answer)
