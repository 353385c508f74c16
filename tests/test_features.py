"""Features of known texts. A naive reader in the core's tests holds the scan to any text (`rust/core/tests/features.rs`)."""

from __future__ import annotations

import numpy as np
import pytest

import rheostat as rh


@pytest.mark.parametrize(
    ("text", "feature", "count"),
    [
        ("basic outlet using definitely", "code_words", 0),
        ("用python写函数解析日志", "code_words", 2),
        ("写一个Python函数。", "code_words", 2),
        ("证明存在无穷多个素数", "proof_words", 2),
        ("Докажите, что корень из двух иррационален", "proof_words", 2),
        ("Beweise, dass es unendlich viele Primzahlen gibt", "proof_words", 2),
        ("Which is better, A or B?", "comparison_words", 1),
        ("It costs 5 kg per 3 m", "unit_words", 2),
    ],
)
def test_words_match_on_word_boundaries_in_every_script(text: str, feature: str, count: int) -> None:
    assert rh.features.extract(text)[feature] == count


def test_a_long_text_is_read_at_its_head_and_tail() -> None:
    text = "head " + "x" * 1_000_000 + " tail"
    assert rh.features.extract(text)["bytes"] == 16 * 1024 + 1
    assert rh.features.extract(text)["words"] == 4


def test_every_feature_explains_itself() -> None:
    specs = rh.features.specs()
    assert len({spec.name for spec in specs}) == len(specs)
    assert all(spec.name and spec.unit and spec.meaning for spec in specs)
    assert list(rh.features.extract("").keys()) == [spec.name for spec in specs]


def test_an_empty_text_counts_nothing_but_its_empty_line() -> None:
    matrix, starts, hashes = rh.features.extract_batch([""])
    assert matrix.sum() == 1.0
    assert starts.tolist() == [0, 0]
    assert hashes.dtype == np.uint32
    assert hashes.size == 0
