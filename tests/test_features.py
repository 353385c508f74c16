"""The one-pass scan equals the naive oracle on any text, and its word matching keeps to word boundaries."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import rheostat as rh
from tests.oracle.features import features as naive

PIECES = (
    "the |Prove |that |3.14|42 |x = f(y)|\n|\n\n|    |\t|- item|1. |A) |(B) |C. |```|$x^2$|\\frac{1}|?|!|...|. |, |naïve |"
    "über|Привет |证明|素数|用python写|ア|한국어 |สวัสดี|مرحبا |？|。|，|😀|∑|“|”|foo_bar|camelCase|https://x.y/z|> quote|"
    "\xa0|\r\n|--|a-b|5-3| - |don't|%|$5|:|;|[1]|{|}|A|J:|12345678901234567890|supercalifragilisticexpialidocious|"
    "ǅ|İ|ß|ΣΑΣ|עברית|नमस्ते|\u200b|`|\\|_|__|9| "
).split("|")

structured = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)
# What this Python does not know of yet may be a letter to a newer Unicode, by which the core was built.
any_text = st.text(st.characters(codec="utf-8", exclude_categories=["Cn", "Cs"]), max_size=300)


def assert_equal_to_oracle(text: bytes) -> None:
    values, words = naive(text)
    matrix, _, hashes = rh.features_batch([text])
    got = dict(zip((spec.name for spec in rh.feature_specs()), matrix[0].tolist(), strict=True))
    assert values.keys() <= got.keys()
    got.pop("tokens")
    assert got == pytest.approx({name: float(values.get(name, 0)) for name in got}, rel=1e-6)
    assert hashes.tolist() == words


@settings(max_examples=400, deadline=None)
@given(structured)
def test_structured_text_scans_as_the_oracle_does(text: str) -> None:
    assert_equal_to_oracle(text.encode())


@settings(max_examples=300, deadline=None)
@given(any_text)
def test_any_text_scans_as_the_oracle_does(text: str) -> None:
    assert_equal_to_oracle(text.encode())


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_scan_as_the_oracle_does(text: bytes) -> None:
    assume(all(unicodedata.category(c) != "Cn" for c in text.decode(errors="replace")))
    assert_equal_to_oracle(text)


@pytest.mark.parametrize(
    ("text", "feature", "count"),
    [
        ("basic outlet using definitely", "code_words", 0),
        ("用python写函数解析日志", "code_words", 3),
        ("写一个Python函数。", "code_words", 2),
        ("证明存在无穷多个素数", "proof_words", 1),
        ("Докажите, что корень из двух иррационален", "proof_words", 1),
        ("Beweise, dass es unendlich viele Primzahlen gibt", "proof_words", 2),
        ("Which is better, A or B?", "comparison_words", 1),
        ("It costs 5 kg per 3 m", "unit_words", 2),
    ],
)
def test_words_match_on_word_boundaries_in_every_script(text: str, feature: str, count: int) -> None:
    assert rh.features(text)[feature] == count


def test_a_long_text_is_read_at_its_head_and_tail() -> None:
    text = "head " + "x" * 1_000_000 + " tail"
    assert rh.features(text)["bytes"] == 16 * 1024 + 1
    assert rh.features(text)["words"] == 4


def test_every_feature_explains_itself() -> None:
    specs = rh.feature_specs()
    assert len({spec.name for spec in specs}) == len(specs)
    assert all(spec.name and spec.unit and spec.meaning for spec in specs)
    assert list(rh.features("").keys()) == [spec.name for spec in specs]


def test_an_empty_text_counts_nothing_but_its_empty_line() -> None:
    matrix, starts, hashes = rh.features_batch([""])
    assert matrix.sum() == 1.0
    assert starts.tolist() == [0, 0]
    assert hashes.dtype == np.uint32
    assert hashes.size == 0
