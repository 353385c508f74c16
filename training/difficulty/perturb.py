"""Copies of a prompt that ask the same: other words, another template, other case, white space, typos, polite prefixes.

Two disjoint sets of rules: one to fit with (the noise penalty of the regression), one to measure with.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Rules:
    """Replacements of each kind."""

    synonyms: dict[str, str]
    prefixes: tuple[str, ...]
    suffixes: tuple[str, ...]
    labels: tuple[str, ...]
    typo: Callable[[str, random.Random], str]


def _pairs(text: str) -> dict[str, str]:
    return dict(pair.split(":") for pair in text.split())


def _swap(word: str, rng: random.Random) -> str:
    at = rng.randrange(1, len(word) - 2)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _drop(word: str, rng: random.Random) -> str:
    at = rng.randrange(1, len(word) - 1)
    return word[:at] + word[at + 1 :]


FIT = Rules(
    synonyms=_pairs(
        "find:determine calculate:compute big:large small:little begin:start show:demonstrate "
        "answer:reply many:numerous also:additionally however:though because:since correct:right method:approach "
        "choose:select people:persons buy:purchase help:assist get:obtain give:provide need:require use:employ "
        "explain:describe write:compose make:create following:subsequent statement:claim value:quantity each:every "
        "total:sum about:regarding if:when must:should after:following per:each has:possesses called:named "
        "likely:probable best:optimal true:accurate result:outcome problem:exercise"
    ),
    prefixes=(
        *(
            "Question: ",
            "Please answer: ",
            "Here is a problem.\n",
            "Hi! ",
            "I have a question. ",
            "Q: ",
            "Task:\n",
            "Problem 12. ",
        ),
        *("Read the following carefully and respond:\n\n", "Dear assistant,\n\n", "Hey, ", "[User]\n", "Prompt: ", "Item 7:\n"),
        *(
            "Could you have a look at this? ",
            "As a student, I would like to know the following. ",
            "Number 3) ",
            "Morning! ",
            "> ",
        ),
        *("Help me with this one please:\n", "### Instruction\n", "Solve this: ", "Next question.\n", "This is for a class. "),
        *("Good afternoon, I was wondering about this: ", "Input:\n", "Ok so ", "Test item: ", "My question is this. "),
        *("Sorry to bother you, but ", "A customer wrote:\n", "Assistant, "),
    ),
    suffixes=(
        *("\nAnswer:", "\nPlease answer.", " Thanks!", "\nGive the final answer.", "\n\nA:", "\nSolution:", " Cheers", "\n[end]"),
        *("\n\nLet me know what you think.", " Thank you very much for your help.", "\nWrite it here:", "\n### Response\n"),
        *("\nWhat do you say?", "\nPick one.", " I appreciate it!", "\nRespond now.", "\nBest regards", "\n\nAnswer with care."),
    ),
    labels=("({})", "{})", "[{}]", "{}", "{}.", "*{}*", "Option {}:", "- {}", "{} =", ""),
    typo=_swap,
)
TEST = Rules(
    synonyms=_pairs(
        "determine:identify compute:work-out large:sizeable start:commence demonstrate:establish several:various "
        "therefore:thus which:what next:ensuing wrong:incorrect way:manner pick:choose person:individual sold:vended "
        "help:support receive:get given:supplied needs:wants using:with describe:outline number:count amount:figure "
        "contains:holds during:throughout between:among before:prior-to when:once will:shall company:firm "
        "increase:rise decrease:fall difference:gap known:recognised most:mainly important:significant caused:produced "
        "study:investigation example:instance question:query function:routine"
    ),
    prefixes=("Consider this:\n", "Hello there, ", "Quick one for you - ", "Exercise 4. ", "User asks: ", "Good day. "),
    suffixes=("\n\nYour response:", " Many thanks in advance.", "\nReply below.", "\nWhat is your answer?"),
    labels=("{}:", "<{}>", "{} -"),
    typo=_drop,
)


def perturb(text: str, rules: Rules, rng: random.Random) -> str:
    """A copy with one to three of the changes, drawn at random."""
    changes = [_reword, _retemplate, _recase, _respace, _mistype, _wrap]
    for change in rng.sample(changes, rng.randint(1, 3)):
        text = change(text, rules, rng)
    return text


def paraphrase(text: str, rules: Rules, rng: random.Random) -> str:
    """A copy whose words and template are both changed."""
    return _wrap(_retemplate(_reword(text, rules, rng), rules, rng), rules, rng)


def rewrap(text: str, rules: Rules, rng: random.Random) -> str:
    """A copy in another template: labels of options, what stands before it and what stands after it."""
    return _wrap(_retemplate(text, rules, rng), rules, rng)


def _reword(text: str, rules: Rules, rng: random.Random) -> str:  # noqa: ARG001
    def other(match: re.Match[str]) -> str:
        word = match[0]
        found = rules.synonyms.get(word.lower())
        if found is None:
            return word
        found = found.replace("-", " ")
        return found.capitalize() if word[0].isupper() else found

    return re.sub(r"[A-Za-z]+", other, text)


def _retemplate(text: str, rules: Rules, rng: random.Random) -> str:
    label = rng.choice(rules.labels)
    text = re.sub(r"(?m)^\(?([A-J])[.):] ", lambda match: (label.format(match[1]) + " ").lstrip(), text)
    return re.sub(r"\n(Answer|A):\s*$", "", text)


def _recase(text: str, rules: Rules, rng: random.Random) -> str:  # noqa: ARG001
    kind = rng.randrange(4)
    if kind == 0:
        return text.lower()
    if kind == 1:
        return text[:1].swapcase() + text[1:]
    return text.upper() if kind == 2 and len(text) < 200 else text.rstrip(".?!")


def _respace(text: str, rules: Rules, rng: random.Random) -> str:  # noqa: ARG001
    return re.sub(r"\n", lambda _: rng.choice(["\n", "\n\n", " \n"]), re.sub(r"(?<=[.?!]) ", "  ", text)) + rng.choice(
        ["", " ", "\n"]
    )


def _mistype(text: str, rules: Rules, rng: random.Random) -> str:
    def slip(match: re.Match[str]) -> str:
        return rules.typo(match[0], rng) if rng.random() < 0.04 else match[0]

    return re.sub(r"[a-z]{5,}", slip, text)


def _wrap(text: str, rules: Rules, rng: random.Random) -> str:
    before = rng.choice(rules.prefixes) if rng.random() < 0.7 else ""
    return before + text + (rng.choice(rules.suffixes) if rng.random() < 0.4 else "")
