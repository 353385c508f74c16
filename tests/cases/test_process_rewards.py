"""Calibrated step scores, from the paths that teach them to the runs that use them."""

from __future__ import annotations

import pickle
import random
from collections.abc import Iterator

import pytest

import rheostat as rh
from rheostat.host import Chunk, serve
from rheostat.learn import StepCalibration, StepTable, StepWatch

QUESTION = "How many primes are below 100?"


def learned(queries: int = 1_500, seed: int = 1, overestimate: float = 0.0) -> StepCalibration:
    """Paths whose last score is their chance, less what the scorer overestimates."""
    rng = random.Random(seed)
    calibration = StepCalibration()
    for _ in range(queries):
        score = rng.random()
        right = float(rng.random() < max(0.0, score - overestimate))
        calibration.add("prm", "small", [([rng.random(), rng.random(), score], right)])
    return calibration


TABLE = learned().table("prm", "small")


def governor(**rules: object) -> rh.Governor:
    rung = rh.Rung("many", model="small", samples=6, best="score", steps=TABLE)
    return rh.Governor(rh.Ladder([rung]), rules=rh.Rules(low_top_logprob=None, **rules))  # type: ignore[arg-type]


def test_bounds_hold_the_chance_and_see_what_a_scorer_overestimates() -> None:
    inside = 0
    for seed in range(20):
        table = learned(400, seed, 0.3).table("prm", "small")
        cells = [((i + 0.5) / 16, table.chance([0.5, 0.5, (i + 0.5) / 16])) for i in range(16)]
        assert all(cell is not None and cell.low <= cell.mid <= cell.high for _, cell in cells)
        # The chance of a column is that of its middle, within half a column.
        inside += all(cell.low - 1 / 32 <= max(0.0, score - 0.3) <= cell.high + 1 / 32 for score, cell in cells if cell)
    assert inside >= 18
    table = learned(3_000, 5, 0.3).table("prm", "small")
    high = table.chance([0.5, 0.5, 0.95])
    assert high is not None
    assert high.high < 0.95
    assert high.mid == pytest.approx(0.65, abs=0.08)


def test_a_table_and_its_counts_travel() -> None:
    calibration = learned(200)
    again = StepCalibration.from_bytes(calibration.to_bytes())
    again.merge(learned(200, seed=2))
    assert again.pairs == [("prm", "small", 400)]
    assert StepTable(TABLE.to_bytes()) == TABLE == pickle.loads(pickle.dumps(TABLE))
    rung = rh.Rung("many", model="small", samples=2, best="vote", steps=TABLE)
    assert pickle.loads(pickle.dumps(rung)) == rung
    versions = {rh.Governor(rh.Ladder([one])).version for one in (rung, rh.Rung("many", model="small", samples=2, best="vote"))}
    assert len(versions) == 2
    with pytest.raises(ValueError, match="value must be"):
        again.merge(StepCalibration("least"))
    for damaged in (b"", TABLE.to_bytes()[:-1], calibration.to_bytes()):
        with pytest.raises(rh.errors.ArtifactError):
            StepTable(damaged)


def test_uncalibrated_scores_only_rank() -> None:
    with pytest.raises(ValueError, match="uncalibrated scores only rank"):
        StepCalibration().table("prm", "small")
    with pytest.raises(ValueError, match="steps must be calibrated for its model"):
        rh.Rung("other", steps=TABLE)
    rules = rh.Rules(reject_below=0.99, low_steps=None)
    plan = rh.Governor(rh.Ladder([rh.Rung("small", samples=3)]), rules=rules).plan(QUESTION)
    assert any('step scores of "small" are not calibrated' in reason for reason in plan.reasons)
    run = plan.start()
    sample = run.next()[0].sample()
    assert not sample.step(0.0).stops
    assert sample.readings.chance is None


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0], [1, 2, 0]])
def test_scores_come_in_any_order(order: list[int]) -> None:
    sample = governor().plan(QUESTION).start().next()[0].sample()
    for step in order:
        sample.step([0.9, 0.2, 0.7][step], at_step=step)
    assert sample.readings.chance == TABLE.chance([0.9, 0.2, 0.7])
    assert sample.readings.steps == pytest.approx(0.6)
    with pytest.raises(ValueError, match="at_step must be"):
        sample.step(0.5, at_step=-1)


def test_rejected_paths_cost_what_came_of_them_and_the_rest_chooses() -> None:
    closed: list[int] = []

    def client(call: rh.Call, index: int) -> Iterator[Chunk]:
        try:
            for score in ([0.5, 0.01, 0.01], [0.6, 0.7, 0.8], [0.6, 0.7, 0.95])[index % 3]:
                yield Chunk(text="a step ", tokens=3, step=score)
            yield Chunk(answer=str(index % 3))
        except GeneratorExit:
            closed.append(index)
            raise

    run = governor(reject_below=0.2).plan(QUESTION).start()
    assert serve(run, client) == "2"
    assert closed == [0, 3]
    assert run.settled
    assert any(event.reason == "the reasoning steps make a right answer unlikely" for event in run.trail)


@pytest.mark.parametrize(("score", "least", "most"), [(0.99, 1, 2), (0.5, 3, 6), (0.02, 6, 6)])
def test_the_first_path_tells_how_many_answers_are_drawn(score: float, least: int, most: int) -> None:
    drawn: list[int] = []

    def client(call: rh.Call, index: int) -> Iterator[Chunk]:
        drawn.append(index)
        for step in (0.5, 0.5, score):
            yield Chunk(step=step)
        yield Chunk(answer=str(len(drawn)))

    # Without the rule that draws more where the steps are weak.
    run = governor(enough=0.9, low_steps=None).plan(QUESTION).start()
    serve(run, client)
    assert least <= len(drawn) <= most
    assert len(drawn) == TABLE.answers([0.5, 0.5, score], confidence=0.9, most=6)
    assert run.settled


def test_only_answers_whose_steps_pass_count() -> None:
    def client(call: rh.Call, index: int) -> Iterator[Chunk]:
        for step in (0.5, 0.5, [0.3, 0.99, 0.98, 0.2, 0.1, 0.4][index]):
            yield Chunk(step=step)
        yield Chunk(answer=["7", "8", "8", "7", "7", "7"][index])

    run = governor(pass_steps=0.7).plan(QUESTION).start()
    assert serve(run, client) == "8"
    assert run.settled
    run = governor(pass_steps=1.0).plan(QUESTION).start()
    assert serve(run, client) is not None
    assert not run.settled


def test_a_watch_alarms_when_the_model_has_changed() -> None:
    rng = random.Random(3)
    quiet, loud = StepWatch(TABLE), StepWatch(TABLE)
    for _ in range(600):
        score = rng.random()
        quiet.add([([0.5, 0.5, score], float(rng.random() < score))])
        loud.add([([0.5, 0.5, score], float(rng.random() < 0.4 * score))])
    assert not quiet.drifted
    assert loud.drifted
    assert loud.worse
    assert loud.queries == 600
