"""The bench of strategies, on samples made here."""

from __future__ import annotations

import pytest

from benches.quality.strategies import RULES, SAMPLES, Sample, measure, serve_one, strategies
from rheostat.learn import ScoreWorth

PRICES = (0.25, 2.0, 0.25)


def sample(answer: str, score: float) -> Sample:
    return Sample(answer, right=answer == "7", read=100, written=200, working=190, score=score)


def assert_served(served: tuple[bool, float], right: bool, usd: float) -> None:
    assert served[0] is right
    assert served[1] == pytest.approx(usd)


def test_a_strategy_pays_for_its_samples_and_its_scores() -> None:
    rungs = strategies(PRICES, ScoreWorth("score"), 0.000425)
    samples = [sample(answer, score) for answer, score in zip("88877777", [0.1, 0.2, 0.3, 0.9, 0.2, 0.3, 0.1, 0.4], strict=True)]
    one = (100 * 0.25 + 200 * 2.0) / 1e6
    score = 290 * 0.25 / 1e6
    assert_served(serve_one(rungs["one answer"], RULES, samples), False, one)
    # The first three agree, which settles the vote.
    assert_served(serve_one(rungs["vote of 8"], RULES, samples), False, 3 * one)
    assert_served(serve_one(rungs["best of 4"], RULES, samples), True, 4 * (one + score))
    # Three answers that agree need no score.
    assert_served(serve_one(rungs["weighted vote of 3"], RULES, samples), False, 3 * one)


def test_the_vote_is_its_own_measure() -> None:
    questions = [[sample("7" if (i + j) % 3 else "8", 0.9 if (i + j) % 3 else 0.1) for j in range(SAMPLES)] for i in range(80)]
    rows = {row.strategy: row for row in measure("made", questions, PRICES, draws=20, seed=1)}
    assert rows["vote of 4"].points == pytest.approx(0.0, abs=1e-9)
    assert rows["best of 4"].accuracy == 1.0
    assert any(name.startswith("best of 8, width ") and not name.endswith("width 1") for name in rows)
