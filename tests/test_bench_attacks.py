"""Attacked traffic: what is spent more, and that no query leaves its ceiling."""

from __future__ import annotations

import pytest

import rheostat as rh
from benches.quality import attacks


@pytest.fixture(scope="module")
def rows() -> dict[tuple[str, str], attacks.Row]:
    return {(row.attack, row.policy): row for row in attacks.measure(count=4_000, seed=3, resamples=100)}


@pytest.mark.parametrize("attack", ["rerouting", "burning"])
def test_the_mean_spend_of_a_paced_fleet_stays_under_its_bar(rows: dict[tuple[str, str], attacks.Row], attack: str) -> None:
    row = rows[attack, "paced"]
    assert row.bar is not None
    assert row.before > 0
    assert row.factor <= row.bar, row


def test_no_attack_takes_a_query_out_of_its_ceiling(rows: dict[tuple[str, str], attacks.Row]) -> None:
    assert all(row.inside for row in rows.values())
    # The attacks do something: a bench whose attacks cost nothing would show nothing.
    assert rows["burning", "no budget"].factor > 1.2
    assert rows["burning, silent", "no budget"].factor > rows["burning", "no budget"].factor
    # Whatever the attack does, a budget holds, up to what is in flight when the price finds it out; a paced fleet still answers.
    assert rows["burning, silent", "paced"].factor < 1.5
    assert rows["rerouting", "paced"].right > 0.8


def test_the_traffic_has_the_mix_that_it_says() -> None:
    prompts = attacks.traffic(100, seed=1)
    assert prompts == attacks.traffic(100, seed=1)
    assert sum(prompt.startswith(("Prove", "Derive")) for prompt in prompts) == 5


def test_the_gadget_raises_the_estimate() -> None:
    prompts, words = attacks.traffic(20, seed=1), ["theorem", "the", "prove"]
    gadget = attacks.gadget(rh.Estimator(), prompts, words)
    assert len(gadget.split()) == attacks.GADGET_WORDS
    plain, raised = (
        rh.Estimator().estimate_batch(texts).difficulty.mean() for texts in (prompts, [f"{gadget}. {p}" for p in prompts])
    )
    assert raised > plain
