"""The bench of strategies, on samples made here."""

from __future__ import annotations

import pytest

from benches.quality.strategies import RULES, SAMPLES, Recorded, Sample, measure, notes, serve_one, strategies
from rheostat.learn import ScoreWorth, StepCalibration, StepTable

PRICES = (0.25, 2.0, 0.25)


def sample(answer: str, score: float) -> Sample:
    steps = ((90, 0.5), (190, score))
    return Sample(answer, right=answer == "7", read=100, written=200, working=190, score=score, steps=steps)


def calibrated() -> StepTable:
    calibration = StepCalibration()
    for i in range(600):
        calibration.add("steps", "m", [([0.5, 0.95], 1.0), ([0.5, 0.02], float(i % 40 == 0))])
    return calibration.table("steps", "m")


def assert_served(served: tuple[bool, float], right: bool, usd: float) -> None:
    assert served[0] is right
    assert served[1] == pytest.approx(usd)


def test_a_strategy_pays_for_its_samples_and_its_scores() -> None:
    table = calibrated()
    rungs = {name: rung for name, (rung, _) in strategies(PRICES, ScoreWorth("score"), table, (0.000425, 0.0000725)).items()}
    drawn = [sample(answer, score) for answer, score in zip("88877777", [0.1, 0.2, 0.3, 0.9, 0.2, 0.3, 0.1, 0.4], strict=True)]
    samples = Recorded(drawn, {"8": sample("7", 0.0)})
    one = (100 * 0.25 + 200 * 2.0) / 1e6
    score = 290 * 0.25 / 1e6
    assert_served(serve_one(rungs["one answer"], RULES, samples), False, one)
    # The first three agree, which settles the vote.
    assert_served(serve_one(rungs["vote of 8"], RULES, samples), False, 3 * one)
    assert_served(serve_one(rungs["best of 4"], RULES, samples), True, 4 * (one + score))
    # Four drafts, 800 tokens of them read and 16 written, and the revision of what most of them say.
    distilled = (900 * 0.25 + 16 * 2.0) / 1e6
    assert_served(serve_one(rungs["4 drafts, distilled"], RULES, samples), True, 5 * one + distilled)
    assert_served(serve_one(rungs["3 drafts, distilled"], RULES, samples), False, 3 * one)
    # Three answers that agree need no score.
    assert_served(serve_one(rungs["weighted vote of 3"], RULES, samples), False, 3 * one)


def test_steps_that_are_sure_draw_one_answer_and_hopeless_paths_end_early() -> None:
    found = strategies(PRICES, ScoreWorth("score"), calibrated(), (0.000425, 0.0000725))
    one = (100 * 0.25 + 200 * 2.0) / 1e6
    rung, rule = found["as many as the steps ask"]
    sure = Recorded([sample("7", 0.95), *(sample("8", 0.3) for _ in range(7))], {})
    assert_served(serve_one(rung, rule, sure, 0.25), True, one + 290 * 0.25 / 1e6)
    rung, rule = found["weighted vote of 8, rejecting"]
    mixed = Recorded([sample("8", 0.02), *(sample("7", 0.95) for _ in range(7))], {})
    right, usd = serve_one(rung, rule, mixed, 0.25)
    assert right
    # The first path is closed after its second step: its answer is not written.
    assert usd == pytest.approx(8 * (one + 290 * 0.25 / 1e6) - 10 * 2.0 / 1e6)


def test_the_vote_is_its_own_measure() -> None:
    questions = []
    for i in range(80):
        drawn = [sample("7" if (i + j) % 3 else "8", 0.9 if (i + j) % 3 else 0.1) for j in range(SAMPLES)]
        questions.append(Recorded(drawn, {"7": sample("7", 0.0), "8": sample("8", 0.0)}))
    assert notes(questions[0].samples) == "7"
    rows = {row.strategy: row for row in measure("made", questions, PRICES, draws=20, seed=1)}
    assert rows["vote of 4"].points == pytest.approx(0.0, abs=1e-9)
    assert rows["best of 4"].accuracy == 1.0
    assert any(name.startswith("best of 8, width ") and not name.endswith("width 1") for name in rows)
