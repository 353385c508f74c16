"""Order and logic: who is taller than whom, in any order, both ways round. The level is how many facts there are."""

from __future__ import annotations

from itertools import pairwise
from random import Random

from .question import NAMES, Kind, Question, phrase, worked
from .working import Note, Step

LEVELS = range(1, 5)

YES = {"en": ("yes", "no"), "de": ("ja", "nein")}
FACTS_FIRST = 0.8
"""The share of trained questions whose facts come before what is asked of them."""
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
            "[{a} is heavier than {b}|compared with {b}, {a} is heavier]",
            "[{b} is lighter than {a}|compared with {a}, {b} is lighter]",
            "[Who is the heaviest|Name the heaviest]?",
            "[Who is the lightest|Name the lightest]?",
            "Is {a} heavier than {b}?",
        ),
        (
            "[{a} is richer than {b}|compared with {b}, {a} is richer]",
            "[{b} is poorer than {a}|compared with {a}, {b} is poorer]",
            "[Who is the richest|Name the richest]?",
            "[Who is the poorest|Name the poorest]?",
            "Is {a} richer than {b}?",
        ),
        (
            "[{a} is taller than {b}|compared with {b}, {a} is taller]",
            "[{b} is shorter than {a}|compared with {a}, {b} is shorter]",
            "[Who is the tallest|Name the tallest]?",
            "[Who is the shortest|Name the shortest]?",
            "Is {a} taller than {b}?",
        ),
        (
            "Taller than {b} is {a}",
            "Shorter than {a} is {b}",
            "[The tallest is|And the tallest]?",
            "[The shortest is|And the shortest]?",
            "{a} is taller than {b}, [yes or no|is that so|right]?",
        ),
        (
            "Heavier than {b} is {a}",
            "Lighter than {a} is {b}",
            "[The heaviest is|And the heaviest]?",
            "[The lightest is|And the lightest]?",
            "{a} is heavier than {b}, [yes or no|is that so|right]?",
        ),
        (
            "Richer than {b} is {a}",
            "Poorer than {a} is {b}",
            "[The richest is|And the richest]?",
            "[The poorest is|And the poorest]?",
            "{a} is richer than {b}, [yes or no|is that so|right]?",
        ),
        (
            "{a} [arrives|starts|leaves] earlier than {b}",
            "{b} [arrives|starts|leaves] later than {a}",
            "Who is [earliest|first]?",
            "Who is [latest|last]?",
            "Is {a} earlier than {b}?",
        ),
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
            "[{a} ist schwerer als {b}|verglichen mit {b} ist {a} schwerer]",
            "[{b} ist leichter als {a}|verglichen mit {a} ist {b} leichter]",
            "[Wer ist am schwersten|Nenne, wer am schwersten ist]?",
            "[Wer ist am leichtesten|Nenne, wer am leichtesten ist]?",
            "Ist {a} schwerer als {b}?",
        ),
        (
            "[{a} ist reicher als {b}|verglichen mit {b} ist {a} reicher]",
            "[{b} ist ärmer als {a}|verglichen mit {a} ist {b} ärmer]",
            "[Wer ist am reichsten|Nenne, wer am reichsten ist]?",
            "[Wer ist am ärmsten|Nenne, wer am ärmsten ist]?",
            "Ist {a} reicher als {b}?",
        ),
        (
            "Größer als {b} ist {a}",
            "Kleiner als {a} ist {b}",
            "[Am größten ist|Und am größten]?",
            "[Am kleinsten ist|Und am kleinsten]?",
            "{a} ist größer als {b}, [ja oder nein|ist das so|stimmt das]?",
        ),
        (
            "Schwerer als {b} ist {a}",
            "Leichter als {a} ist {b}",
            "[Am schwersten ist|Und am schwersten]?",
            "[Am leichtesten ist|Und am leichtesten]?",
            "{a} ist schwerer als {b}, [ja oder nein|ist das so|stimmt das]?",
        ),
        (
            "Reicher als {b} ist {a}",
            "Ärmer als {a} ist {b}",
            "[Am reichsten ist|Und am reichsten]?",
            "[Am ärmsten ist|Und am ärmsten]?",
            "{a} ist reicher als {b}, [ja oder nein|ist das so|stimmt das]?",
        ),
        (
            "{a} [kommt|startet] früher als {b}",
            "{b} [kommt|startet] später als {a}",
            "Wer ist [am frühesten|erster]?",
            "Wer ist [am spätesten|letzter]?",
            "Ist {a} früher als {b}?",
        ),
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
        found = f"{people[i]} {'>' if i < j else '<'} {people[j]}"
        steps.append(Note(found, found))
    else:
        asked, answer = (top, people[0]) if ask == "top" else (bottom, people[-1])
    facts_first = held_out or rng.random() < FACTS_FIRST
    text = ". ".join(said) + ". " + asked if facts_first else asked + " " + ". ".join(said) + "."
    return worked(rng, Kind("order", level, language, which, held_out), text, steps, answer)
