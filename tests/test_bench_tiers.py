"""The bench of tiers: its asks are well-formed, and ties count as half."""

from __future__ import annotations

from benches.quality import tiers


def test_asks_have_each_tier_and_no_text_twice() -> None:
    names, texts = tiers.read(tiers.ASKS)
    assert set(names) == set(tiers.TIERS)
    assert len(set(texts)) == len(texts) > 250


def test_all_is_the_mean_of_all_pairs() -> None:
    rows = tiers.measure(["easy", "deep", "deep"], ["hi", "hi", "Prove that the square root of 2 is irrational."])
    assert rows[-1].tiers == "all"
    assert rows[-1].pairs == 2
    assert rows[-1].length == 0.75
