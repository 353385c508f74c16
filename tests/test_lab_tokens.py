"""The lab's tokenizer."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rheostat_lab import FAMILIES, Tokenizer, Weights
from rheostat_lab.questions import LANGUAGES, make
from rheostat_lab.tokens import DIGITS, SIGNS, SPECIALS, Decoder

SMALL = Tokenizer([*SPECIALS, *DIGITS, *SIGNS, "add", "größer"], sayable=20)


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    assert all(0 <= i < len(SMALL) for i in SMALL.encode(text))


@given(st.lists(st.one_of(st.sampled_from(["add", "+", "=", ";", "größer"]), st.integers(0, 10**9).map(str)), max_size=20))
def test_known_words_survive(words: list[str]) -> None:
    # Two numbers in a row are one number: nothing stands between them in what a model reads.
    text = " ; ".join(words)
    assert SMALL.decode(SMALL.encode(text)) == text


def test_numbers_are_little_endian_inside_and_shown_whole() -> None:
    ids = SMALL.encode("= 250 ;")
    assert [SMALL.words[i] for i in ids] == ["=", "0", "5", "2", ";"]
    decoder = Decoder(SMALL)
    assert [decoder.add(i) for i in ids] == [" =", "", "", "", " 250 ;"]


def test_what_looks_like_a_control_token_is_only_text() -> None:
    ids = SMALL.encode("<eos> <ans>")
    assert not {SMALL.eos, SMALL.ans} & set(ids)


def test_a_vocabulary_must_be_whole() -> None:
    with pytest.raises(ValueError, match="lacks <pad>"):
        Tokenizer(["a"], 1)
    with pytest.raises(ValueError, match="twice"):
        Tokenizer([*SPECIALS, *DIGITS, "a", "a"], 5)


def test_the_vocabulary_knows_every_trained_phrasing() -> None:
    tokenizer = Weights.find().tokenizer()
    rng = Random(5)
    for family, module in FAMILIES.items():
        for language in LANGUAGES:
            for level in module.LEVELS:
                question = make(rng, family, level, language)
                assert tokenizer.unknown not in tokenizer.encode(question.text), question.text
                for said in (question.short, question.long, question.answer):
                    assert max(tokenizer.encode(said)) < tokenizer.sayable, said
