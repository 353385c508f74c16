"""Stability of decisions under rewording: the rules of rewording, and the share of decisions kept.

The rules are disjoint from those that training is hardened with (``training/difficulty/perturb.py``), but for case and white
space: other synonyms, other prefixes and suffixes, other labels of options, another kind of typo. A decision is kept where a
query stays on its side of the median of the queries as they are.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

import rheostat as rh
from benches.quality import _curve
from benches.quality._data import Outcomes
from rheostat.evaluate.metrics import apgr, auc, interval

Numbers = npt.NDArray[np.float64]
Change = Callable[[str, random.Random], str]
FLOOR = 0.95
"""The share of decisions that should be kept."""

SYNONYMS = dict(
    pair.split(":")
    for pair in (
        "determine:identify compute:work-out large:sizeable start:commence demonstrate:establish several:various "
        "therefore:thus which:what next:ensuing wrong:incorrect way:manner pick:choose person:individual sold:vended "
        "support:receive given:supplied needs:wants using:with describe:outline number:count amount:figure "
        "contains:holds during:throughout between:among before:prior-to once:as-soon-as will:shall company:firm "
        "increase:rise decrease:fall difference:gap known:recognised most:mainly important:significant caused:produced "
        "study:investigation example:instance question:query function:routine statements:claims bought:purchased "
        "money:cash children:kids house:home everyone:everybody remaining:left twice:two-times week:seven-days"
    ).split()
)
PREFIXES = ("Consider this:\n", "Hello there, ", "Quick one for you - ", "Exercise 4. ", "User asks: ", "Good day. ")
SUFFIXES = ("\n\nYour response:", " Many thanks in advance.", "\nReply below.", "\nWhat is your answer?")
LABELS = ("{}:", "<{}>", "{} -")
OPTION = re.compile(r"(?m)^\(?([A-J])[.):] ")
TAIL = re.compile(r"\n(Answer|A):\s*$")


def words(text: str, rng: random.Random) -> str:  # noqa: ARG001
    """Synonyms, wherever there is one."""

    def other(match: re.Match[str]) -> str:
        found = SYNONYMS.get(match[0].lower())
        if found is None:
            return match[0]
        found = found.replace("-", " ")
        return found.capitalize() if match[0][0].isupper() else found

    return re.sub(r"[A-Za-z]+", other, text)


def template(text: str, rng: random.Random) -> str:
    """Other labels of options, other lines around the ask."""
    label = rng.choice(LABELS)
    text = OPTION.sub(lambda match: label.format(match[1]) + " ", text)
    return wrap(TAIL.sub("", text), rng)


def wrap(text: str, rng: random.Random) -> str:
    """A polite prefix, or a suffix, or both, or none."""
    before = rng.choice(PREFIXES) if rng.random() < 0.7 else ""
    return before + text + (rng.choice(SUFFIXES) if rng.random() < 0.4 else "")


def prefix(text: str, rng: random.Random) -> str:
    """A harmless prefix."""
    return rng.choice(PREFIXES) + text


def case(text: str, rng: random.Random) -> str:
    """Lower case, upper case, the first letter's case turned, or no mark at the end."""
    kind = rng.randrange(4)
    if kind == 0:
        return text.lower()
    if kind == 1:
        return text[:1].swapcase() + text[1:]
    return text.upper() if kind == 2 and len(text) < 200 else text.rstrip(".?!")


def space(text: str, rng: random.Random) -> str:
    """Two blanks after a sentence, blank lines, blanks at the end."""
    spaced = re.sub(r"\n", lambda _: rng.choice(["\n", "\n\n", " \n"]), re.sub(r"(?<=[.?!]) ", "  ", text))
    return spaced + rng.choice(["", " ", "\n"])


def typos(text: str, rng: random.Random) -> str:
    """A letter left out of one long word in twenty-five."""

    def slip(match: re.Match[str]) -> str:
        word = match[0]
        if rng.random() >= 0.04:
            return word
        at = rng.randrange(1, len(word) - 1)
        return word[:at] + word[at + 1 :]

    return re.sub(r"[a-z]{5,}", slip, text)


def paraphrase(text: str, rng: random.Random) -> str:
    """Words and template both changed."""
    return template(words(text, rng), rng)


def mixed(text: str, rng: random.Random) -> str:
    """One to three of the changes, drawn at random."""
    for change in rng.sample([words, template, case, space, typos, prefix], rng.randint(1, 3)):
        text = change(text, rng)
    return text


CHANGES: dict[str, Change] = {
    "words": words,
    "template": template,
    "words and template": paraphrase,
    "case": case,
    "white space": space,
    "typos": typos,
    "harmless prefix": prefix,
    "one to three of them": mixed,
}


@dataclass(frozen=True)
class Row:
    """Effect of one change on one score on one set: the share of decisions kept, with its interval, and the ranking after.

    ``before`` and ``after`` are of the score's own measure: APGR for the gain, the AUC of "the weak model fails" for difficulty.
    """

    data: str
    score: str
    change: str
    kept: float
    low: float
    high: float
    before: float
    after: float


def table(data: Outcomes, effort: _curve.Effort, most: int = 3_000) -> list[Row]:
    """Every change, for the difficulty and for the gain, on a sample of a set."""
    chosen = np.sort(np.random.default_rng(effort.seed).permutation(len(data.prompts))[:most])
    prompts, weak, strong = [data.prompts[i] for i in chosen], data.weak[chosen], data.strong[chosen]
    scorers: dict[str, tuple[Callable[[list[str]], Numbers], Callable[[Numbers], float]]] = {
        "difficulty": (lambda texts: rh.Estimator().estimate_batch(texts).difficulty, lambda score: auc(score, 1.0 - weak)),
        "gain": (lambda texts: rh.Estimator().gain(texts, _curve.LOW, _curve.HIGH), lambda score: apgr(score, weak, strong)),
    }
    rows = []
    for number, (change, reword) in enumerate(CHANGES.items()):
        rng = random.Random(f"{effort.seed} {number}")
        copies = [reword(prompt, rng) for prompt in prompts]
        for name, (score, measure) in scorers.items():
            before, after = score(prompts), score(copies)
            kept = stays(before, after)
            low, high = interval(lambda column: float(np.mean(column)), kept, draws=effort.draws, seed=effort.seed)
            rows.append(Row(data.name, name, change, float(kept.mean()), low, high, measure(before), measure(after)))
    return rows


def stays(before: Numbers, after: Numbers) -> Numbers:
    """By query, 1 where it stays on its side of the median of all queries as they are."""
    middle = float(np.median(before))
    return np.asarray((before > middle) == (after > middle), float)
