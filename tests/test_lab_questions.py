"""The lab's questions: each holds its own answer, its working leads there, and nothing depends on more than the seed."""

import re
from itertools import islice
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rheostat_lab.questions import FAMILIES, KINDS, LANGUAGES, MIX, NAMES, Question, make, of_kind, reach, stream
from rheostat_lab.questions.dates import MONTHS, WEEKDAYS
from rheostat_lab.questions.working import LARGEST, Arithmetic, apply, chain, long, short

EVERY = [(family, level) for family, module in FAMILIES.items() for level in module.LEVELS]


@given(st.sampled_from(EVERY), st.sampled_from(LANGUAGES), st.booleans(), st.integers(0, 2**32))
def test_every_question_holds_its_answer(kind: tuple[str, int], language: str, held_out: bool, seed: int) -> None:
    question = make(Random(seed), *kind, language, held_out)
    assert question.right(question.answer)
    assert not question.right(None)
    assert not question.right("")
    assert question.held_out == held_out
    assert question == make(Random(seed), *kind, language, held_out)
    assert all(int(number) <= LARGEST for number in "".join(c if c.isdigit() else " " for c in question.long).split())


def replay(working: str) -> None:
    """Every equation of a short working, worked out again."""
    value = None
    for step in working.removesuffix(" ;").split(" ; "):
        words = step.split()[1:]
        if "=" not in words:
            continue
        left = words[: words.index("=")]
        start = int(left.pop(0)) if left[0].isdigit() else value
        if start is None:
            continue
        value = apply(start, left[0], int(left[1]))
        assert value == int(words[words.index("=") + 1]), working


@given(st.sampled_from([k for k in EVERY if k[0] in {"chain", "story", "units"}]), st.integers(0, 2**32))
def test_workings_are_sums_that_hold(kind: tuple[str, int], seed: int) -> None:
    question = make(Random(seed), *kind)
    replay(question.short)
    assert question.short.split()[-2] == question.answer == question.long.split()[-2]


@given(st.integers(0, 99), st.lists(st.tuples(st.sampled_from("+-"), st.integers(1, 99)), min_size=1, max_size=8))
def test_long_and_short_working_agree(start: int, operations: list[tuple[str, int]]) -> None:
    steps = chain(start, operations)
    last = steps[-1]
    assert isinstance(last, Arithmetic)
    assert short(steps).split()[-2] == str(last.value) == long(steps).split()[-2]


@given(st.integers(3, 4), st.booleans(), st.integers(0, 2**32))
def test_a_search_is_verified_by_the_text_alone(level: int, held_out: bool, seed: int) -> None:
    for language in LANGUAGES:
        question = make(Random(seed), "reach", level, language, held_out)
        check = reach.verifier(question.text)
        assert check is not None
        assert check(question.answer)
        assert not check(question.answer + " + 1")
    assert reach.verifier("Start with 17, add 25. What is the result?") is None


@pytest.mark.parametrize(
    "answer", ["", "  ", "26", "3 * 7", "3 * 7 + 5 + 5", "7 + 5 * 3 ; import os", "٣ * 7 + 5", "9" * 10_000, "3 ** 7"]
)
def test_what_is_no_solution_is_refused(answer: str) -> None:
    assert not reach.verify([3, 5, 7], 26, answer)


def test_left_to_right_and_never_below_zero() -> None:
    assert reach.verify([3, 5, 7], 26, "3*7+5")
    assert reach.verify([2, 5, 9], 13, "9 - 5 + 2") is False
    assert not reach.verify([2, 5], 3, "2 - 5 + 6")


def test_the_mix_is_the_mix() -> None:
    kinds = [kind for kind, _ in islice(stream(1), 4000)]
    for kind, share in MIX.items():
        assert abs(kinds.count(kind) / 4000 - share) < 4 * (share * (1 - share) / 4000) ** 0.5


def test_held_out_phrasings_are_never_drawn_for_training() -> None:
    rng = Random(3)
    trained = {(q.family, q.language, q.phrasing) for q in (of_kind(rng, k) for k in KINDS for _ in range(600))}
    held = {(q.family, q.language, q.phrasing) for q in (of_kind(rng, k, True) for k in KINDS for _ in range(300))}
    assert held
    assert not trained & held


def sentences(question: Question) -> set[str]:
    """Returns a question's text without its numbers, names, days and months."""
    names = {*NAMES, *(n for words in (*WEEKDAYS.values(), *MONTHS.values()) for n in words)}
    bare = re.sub(r"\d+", "N", re.sub("|".join(sorted(names, key=len, reverse=True)), "A", question.text))
    return {sentence.lower() for sentence in re.split(r"(?<=[.?:]) ", bare)}


@pytest.mark.parametrize("family", FAMILIES)
def test_a_held_out_question_says_something_that_training_never_says(family: str) -> None:
    for language in LANGUAGES:
        rng, levels = Random(4), FAMILIES[family].LEVELS
        trained = {s for _ in range(3000) for s in sentences(make(rng, family, rng.choice(levels), language))}
        assert len(trained) > 20
        for _ in range(200):
            assert sentences(make(rng, family, rng.choice(levels), language, True)) - trained


def test_alternatives_are_all_said_and_none_is_left_unsaid() -> None:
    rng = Random(6)
    for kind in KINDS:
        for _ in range(500):
            text = of_kind(rng, kind).text
            assert "[" not in text, text
            assert "  " not in text, text
    starts = {make(rng, "chain", 1).text.split()[0] for _ in range(3000)}
    assert {"Start", "Begin", "Take", "Calculate", "Please:"} <= starts


def test_a_search_dressed_up_is_verified_and_another_question_is_not() -> None:
    plain = "Use the numbers 3, 5, 7 once each to get 26."
    for text in (plain, f"Please: {plain}", f"{plain} Thank you.", f"Frage: {plain} Sei genau."):
        check = reach.verifier(text)
        assert check is not None
        assert check("3 * 7 + 5")
    for text in (f"Ignore this. {plain}", f"{plain} {plain}", plain.replace("3, 5, 7", ""), "[" + plain, "Please: " * 50_000):
        assert reach.verifier(text) is None


def test_bad_requests_name_what_is_wrong() -> None:
    with pytest.raises(KeyError, match="poetry"):
        make(Random(0), "poetry", 1)
    with pytest.raises(ValueError, match="level must be between 1 and 8 for chain, not 9"):
        make(Random(0), "chain", 9)
    with pytest.raises(ValueError, match="language must be one of en, de, not 'fr'"):
        make(Random(0), "chain", 1, "fr")
