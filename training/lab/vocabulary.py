"""The vocabulary: what a model may say, then what it may be asked, from the phrasings that training sees."""

from __future__ import annotations

from random import Random

from rheostat_lab.questions import FAMILIES, LANGUAGES, NAMES, make
from rheostat_lab.questions.dates import MONTHS, WEEKDAYS
from rheostat_lab.questions.orders import YES
from rheostat_lab.tokens import _PIECES, DIGITS, SIGNS, SPECIALS, Tokenizer


def build(samples: int = 800) -> Tokenizer:
    """The tokenizer of the lab's models. The same on every machine: the words heard are sorted."""
    said = [*SPECIALS, *DIGITS, *SIGNS]
    for words in (*WEEKDAYS.values(), *MONTHS.values(), NAMES, *YES.values()):
        said += [word.lower() for word in words if word.lower() not in said]
    rng = Random(0)
    heard = set()
    for family, module in FAMILIES.items():
        for level in module.LEVELS:
            for language in LANGUAGES:
                for _ in range(samples):
                    heard.update(_PIECES.findall(make(rng, family, level, language).text.lower()))
    heard = {word for word in heard if not word.isdecimal()}
    return Tokenizer([*said, *sorted(heard - set(said))], sayable=len(said))
