"""`rh.fit`, the learner, and what their estimators say: on made-up traffic, since no data travels with the tests."""

from __future__ import annotations

import math
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rheostat as rh
from tests.oracle import learning as oracle

FAST, DEEP = rh.Rung("fast", model="small"), rh.Rung("deep", model="large")
LADDER = rh.Ladder([FAST, DEEP], default="fast")
SUBJECTS = [
    ("sum the invoice of order", 0.95, 0.97),
    ("capital city and river of region", 0.9, 0.92),
    ("prove the lemma about graph", 0.2, 0.85),
    ("integrate the function with parameter", 0.3, 0.85),
    ("puzzle of hats and prisoners with", 0.1, 0.3),
]


def traffic(count: int, seed: int = 0) -> tuple[list[str], dict[str, list[float]]]:
    """Texts, and graded outcomes of both rungs on each."""
    rng = random.Random(seed)
    texts, fast, deep = [], [], []
    for _ in range(count):
        words, low, high = rng.choice(SUBJECTS)
        texts.append(f"{rng.choice(['please', 'now', 'kindly'])} {words} {rng.randrange(100)} and {rng.randrange(20)}")
        luck = rng.random()
        fast.append(float(luck < low))
        deep.append(float(luck < high))
    return texts, {"fast": fast, "deep": deep}


@pytest.fixture(scope="module")
def fitted() -> rh.Estimator:
    texts, outcomes = traffic(800)
    return rh.fit(texts, outcomes, LADDER)


def test_gain_is_where_the_higher_rung_helps(fitted: rh.Estimator) -> None:
    lemma, invoice, puzzle = fitted.gain(
        ["prove the lemma about graph 7", "sum the invoice of order 3", "puzzle of hats and prisoners with 9"], "fast", "deep"
    )
    assert lemma > puzzle > invoice - 0.1
    assert lemma > invoice + 0.2
    estimate = fitted.estimate("prove the lemma about graph 7")
    # With few outcomes the order of gains still leans on the prior's, so it is not the difference of chances alone.
    assert estimate.p_correct("deep") > estimate.p_correct("fast") + 0.2
    assert estimate.p_correct(DEEP) == estimate.p_correct("deep")


def test_the_report_says_what_held_out_queries_say(fitted: rh.Estimator) -> None:
    report = fitted.report
    assert report is not None
    assert (report.outcomes, report.folds, report.pair) == (1600, 5, ("fast", "deep"))
    assert report.brier < report.brier_prior
    assert not report.kept_prior
    assert report.apgr > report.apgr_prior
    assert report.interval[1] > report.apgr - report.apgr_prior > report.interval[0] > 0
    assert [rung[0] for rung in report.rungs] == ["fast", "deep"]
    assert rh.Estimator().report is None


@settings(max_examples=12, deadline=None)
@given(count=st.integers(20, 90), seed=st.integers(0, 1_000), turned=st.booleans())
def test_a_fit_is_what_dense_matrices_make_of_it(count: int, seed: int, turned: bool) -> None:
    texts, outcomes = traffic(count, seed)
    rungs = [rh.Rung("fast", model="small", ability=0.8 if turned else 0.6), rh.Rung("deep", model="large", ability=0.7)]
    fitted = rh.fit(texts, outcomes, rh.Ladder(rungs))
    assert fitted.report is not None
    new = [*traffic(20, seed + 1)[0], "", "of of of of the the lemma lemma", "words that nobody has said " * 40]
    scores = (np.array(outcomes["fast"]), np.array(outcomes["deep"]))
    abilities = (float(rungs[0].ability or 0.0), float(rungs[1].ability or 0.0))
    learned, plain = oracle.learn(oracle.read(texts), scores, abilities, oracle.read(new))
    assert fitted.gain(new, "fast", "deep") == pytest.approx(learned[1] - learned[0], abs=2e-3)
    share = fitted.report.share
    for rung, said, before in zip(("fast", "deep"), learned, plain, strict=True):
        expected = np.clip(before + share * (said - before), 0.005, 0.995)
        assert fitted.estimate_batch(new).p_correct(rung) == pytest.approx(expected, abs=2e-3)
    assert fitted.report.brier <= fitted.report.brier_prior


@pytest.mark.parametrize("seed", range(6))
def test_luck_does_not_turn_the_order_of_length_around(seed: int) -> None:
    texts, _ = traffic(40, seed)
    rng = random.Random(seed)
    outcomes = {"fast": [float(rng.random() < 0.7) for _ in texts], "deep": [float(rng.random() < 0.5) for _ in texts]}
    assert sum(outcomes["deep"]) < sum(outcomes["fast"])
    unseen = "zebra quartz", "zebra quartz violin umbrella marmalade kettle lantern octopus pyramid saffron trombone walnut"
    short, long = rh.fit(texts, outcomes, LADDER).gain(unseen, "fast", "deep")
    assert long > short


def test_an_estimator_is_saved_and_loaded(fitted: rh.Estimator, tmp_path: Path) -> None:
    path = tmp_path / "fitted.rheo"
    fitted.save(path)
    again = rh.Estimator.load(path)
    assert again.version == fitted.version != rh.Estimator().version
    texts, _ = traffic(20, seed=9)
    assert np.array_equal(again.gain(texts, "fast", "deep"), fitted.gain(texts, "fast", "deep"))
    damaged = bytearray(path.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    with pytest.raises(rh.errors.ArtifactError):
        rh.Estimator.from_bytes(bytes(damaged))


def test_a_governor_plans_by_what_was_learned(fitted: rh.Estimator) -> None:
    governor = rh.Governor(LADDER, policy=rh.policy.Utility(1.0), estimator=fitted)
    plan = governor.plan("prove the lemma about graph 7")
    assert plan.rung.name == "deep"
    assert plan.p_correct == plan.estimate.p_correct("deep")
    assert fitted.version in plan.version


def test_missing_outcomes_and_single_rungs_are_learned_from() -> None:
    texts, outcomes = traffic(120)
    half = [score if i % 2 else math.nan for i, score in enumerate(outcomes["deep"])]
    report = rh.fit(texts, {"fast": outcomes["fast"], "deep": half}, LADDER).report
    assert report is not None
    assert (report.outcomes, report.pairs) == (180, 60)
    alone = rh.fit(texts, {"fast": outcomes["fast"]}, LADDER).report
    assert alone is not None
    assert alone.pair is None
    assert math.isnan(alone.apgr)


def test_groups_are_held_out_whole() -> None:
    texts, outcomes = traffic(100)
    # Each question asked twice, with the same outcome: as rows of their own they would be known when they are held out.
    doubled = {rung: scores * 2 for rung, scores in outcomes.items()}
    report = rh.fit(texts + [f"{text}?" for text in texts], doubled, LADDER, groups=list(range(100)) * 2).report
    assert report is not None
    assert report.groups == 100


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"outcomes": {"fast": [1.5] + [0.0] * 19}}, r'outcomes\["fast"\]\[0\] must be .*, got 1.5'),
        ({"outcomes": {"fast": [0.0] * 19 + [-0.1]}}, r'outcomes\["fast"\]\[19\] must be .*, got -0.1'),
        ({"outcomes": {"fast": [0.0, 1.0]}}, r'outcomes\["fast"\] must be .*, got 2 values'),
        ({"outcomes": {"fast": [0.0] * 20}}, "two different scores"),
        ({"outcomes": {"fast": [math.nan] * 20}}, "outcomes must be .*, got 0"),
        ({"outcomes": {"slow": [0.0, 1.0] * 10}}, 'unknown rung "slow"'),
        ({"groups": ["g"] * 20}, "groups must be .*, got 1"),
        ({"groups": ["g"] * 19}, "groups must be .*, got 19 values"),
        ({"weights": [1.0] * 19 + [0.0]}, r"weights\[19\] must be .*, got 0"),
        ({"weights": [1.0] * 19 + [1e-310]}, r"weights\[19\] must be between 1e-9 and 1e6, got"),
        ({"weights": [math.nan] * 20}, r"weights\[0\] must be .*, got NaN"),
        ({"kind": "guess"}, "unknown outcome kind"),
        ({"folds": 1}, "folds must be .*, got 1"),
    ],
)
def test_bad_input_names_column_row_and_bound(change: dict[str, Any], message: str) -> None:
    given: dict[str, Any] = {"texts": [f"text {i}" for i in range(20)], "outcomes": {"fast": [0.0, 1.0] * 10}, "ladder": LADDER}
    with pytest.raises(rh.RheostatError, match=message):
        rh.fit(**(given | change))


def test_wrong_types_are_named() -> None:
    for bad in ({"fast": "text"}, {"fast": None}, {1: [0.0]}):
        with pytest.raises(rh.errors.InvalidTypeError):
            rh.fit(["a"], bad, LADDER)  # type: ignore[arg-type]
    with pytest.raises(rh.errors.InvalidTypeError, match="groups"):
        rh.fit(["a"], {"fast": [0.0]}, LADDER, groups="abc")
    fitted = _small()
    with pytest.raises(rh.errors.UnknownNameError, match="known: fast, deep"):
        fitted.gain(["x"], "fast", "huge")


def test_a_learner_adds_merges_and_solves(tmp_path: Path) -> None:
    texts, outcomes = traffic(120)
    here, there = rh.learn.Learner(capacity=1_000), rh.learn.Learner(capacity=1_000)
    for i, text in enumerate(texts):
        learner = here if i % 2 else there
        assert learner.add(text, FAST, outcomes["fast"][i], at=float(i), id=f"query {i}")
        assert learner.add(text, DEEP, outcomes["deep"][i], at=float(i), id=f"query {i}", kind="judge")
    assert not here.add(texts[1], FAST, 0.0, at=0.5, id="query 1"), "an older version of a known outcome"
    here.merge(there)
    here.merge(there)
    assert len(here) == 240
    here.merge(here)
    path = tmp_path / "learner.rheo"
    here.save(path)
    again = rh.learn.Learner.load(path)
    assert again.to_bytes() == here.to_bytes()
    assert again.solve(LADDER, at=0.0).version == here.solve(LADDER, at=0.0).version
    with pytest.raises(rh.errors.InvalidValueError, match="capacity"):
        here.merge(rh.learn.Learner(capacity=999))
    with pytest.raises(rh.errors.ArtifactError):
        rh.learn.Learner.from_bytes(path.read_bytes()[:-1])


def test_a_learner_knows_plans_and_keeps_within_bounds() -> None:
    governor = rh.Governor(LADDER)
    learner = rh.learn.Learner(capacity=16)
    for i in range(40):
        learner.add(governor.plan(f"question {i}"), FAST, float(i % 2))
    assert len(learner) == 16


def test_outcomes_come_later_by_the_id_of_a_plan() -> None:
    governor, learner = rh.Governor(LADDER), rh.learn.Learner(capacity=500)
    texts, outcomes = traffic(60)
    for i, text in enumerate(texts):
        plan = governor.plan(text)
        learner.remember(plan, group=i)
        for rung in ("fast", "deep"):
            governor.outcome(plan.id, rung=rung, score=outcomes[rung][i])
    stranger = governor.plan("a query that nobody remembered")
    governor.outcome(stranger.id, rung="fast", score=1.0)
    assert learner.learn(governor.drain_outcomes(), LADDER) == 120
    report = learner.solve(LADDER).report
    assert report is not None
    assert (report.outcomes, report.pairs, report.groups) == (120, 60, 60)


def test_a_text_is_one_group_by_whatever_way_it_came() -> None:
    governor, learner = rh.Governor(LADDER), rh.learn.Learner(capacity=500)
    texts, outcomes = traffic(40)
    texts = [f"{text} in {i} parts" for i, text in enumerate(texts)]
    for i, text in enumerate(texts):
        # The tags are no part of the ask: a harness puts them in, or does not.
        learner.add(f"<system-reminder>Be kind.</system-reminder>{text}", FAST, outcomes["fast"][i], id=f"query {i}")
        plan = governor.plan(text)
        learner.remember(plan)
        governor.outcome(plan.id, rung="deep", score=outcomes["deep"][i])
    assert learner.learn(governor.drain_outcomes(), LADDER) == 40
    report = learner.solve(LADDER).report
    assert report is not None
    assert (report.outcomes, report.groups) == (80, 40)
    tagged = texts + [f"<system-reminder>Be kind.</system-reminder>{text}" for text in texts]
    report = rh.fit(tagged, {"fast": outcomes["fast"] * 2}, LADDER).report
    assert report is not None
    assert (report.outcomes, report.groups) == (80, 40)


def test_a_governor_takes_what_was_learned(fitted: rh.Estimator) -> None:
    governor = rh.Governor(LADDER, policy=rh.policy.Utility(1.0))
    before = governor.plan("prove the lemma about graph 7")
    governor.replace_estimator(fitted)
    after = governor.plan("prove the lemma about graph 7")
    assert before.version != after.version
    assert after.rung.name == "deep"
    assert before.estimate.p_correct("fast") != after.estimate.p_correct("fast")


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=60), min_size=1, max_size=20))
def test_any_text_has_a_chance(texts: list[str]) -> None:
    fitted = _small()
    batch = fitted.estimate_batch(texts)
    for rung in ("fast", "deep"):
        chances = batch.p_correct(rung)
        assert np.all((chances > 0) & (chances < 1))
        assert [fitted.estimate(text).p_correct(rung) for text in texts] == chances.tolist()
    assert np.all(np.isfinite(fitted.gain(texts, "fast", "deep")))


_KEPT: list[rh.Estimator] = []


def _small() -> rh.Estimator:
    if not _KEPT:
        texts, outcomes = traffic(60)
        _KEPT.append(rh.fit(texts, outcomes, LADDER))
    return _KEPT[0]


def test_queries_to_grade_are_drawn_with_known_chances(fitted: rh.Estimator) -> None:
    governor = rh.Governor(LADDER, estimator=fitted, seed=3)
    plan = governor.plan("ferment cabbage beside radishes until the solstice")
    grading = governor.should_grade(plan, rate=0.1)
    assert (grading.grade, grading.propensity) == (bool(grading), governor.should_grade(plan, rate=0.1).propensity)
    known = governor.should_grade(governor.plan("prove the lemma about graph 7"), rate=0.1)
    assert 0.025 <= known.propensity < grading.propensity <= 0.4
    graded = [governor.should_grade(governor.plan(text), rate=0.2) for text in traffic(1_000, seed=5)[0]]
    weighed = sum(1 / one.propensity for one in graded if one)
    assert weighed == pytest.approx(1_000, rel=0.25)
    with pytest.raises(rh.errors.InvalidValueError, match=r"rate must be .*, got 0"):
        governor.should_grade(plan, rate=0.0)


def test_drift_is_noticed(fitted: rh.Estimator) -> None:
    texts, _ = traffic(400)
    for reference in (fitted.estimate_batch(texts), fitted):
        drift = rh.learn.Drift(reference, window=200)
        for text in traffic(250, seed=8)[0]:
            drift.update(fitted.estimate(text))
        assert (drift.report().verdict, drift.report().seen) == ("steady", 250)
        for i in range(200):
            drift.update(
                fitted.estimate(f"Write a long, rigorous essay on topic {i}, with proofs, tables and three worked examples. " * 4)
            )
        report = drift.report()
        assert report.shifted
        assert report.verdict == "drifted"
        assert max(report.stability.values()) > report.limit >= 0.25
        for _ in range(150):
            drift.outcome(0.9, 0.0)
        report = drift.report()
        assert (report.overconfident, report.underconfident, report.outcomes) == (True, False, 150)
        assert report.bias == pytest.approx((-0.9, 0.0))
        with pytest.raises(rh.errors.InvalidValueError, match="p_correct"):
            drift.outcome(math.nan, 1.0)
    with pytest.raises(rh.errors.InvalidValueError, match="reference"):
        rh.learn.Drift(fitted.estimate_batch(["a"]))
    with pytest.raises(rh.errors.InvalidValueError, match="reference"):
        rh.learn.Drift(rh.Estimator())
    with pytest.raises(rh.errors.InvalidTypeError, match="reference"):
        rh.learn.Drift("texts")  # type: ignore[arg-type]


def test_a_governor_says_that_its_traffic_has_drifted(fitted: rh.Estimator, tmp_path: Path) -> None:
    fitted.save(tmp_path / "fitted.rheo")
    loaded = rh.Estimator.load(tmp_path / "fitted.rheo")
    assert loaded.reference == fitted.reference
    governor = rh.Governor(LADDER, estimator=loaded, drift=200)
    report = governor.drift
    assert report is not None
    assert (report.verdict, report.stability, report.window) == ("filling", {}, 200)
    for text in traffic(300, seed=9)[0]:
        plan = governor.plan(text)
        governor.outcome(plan.id, rung=plan.rung.name, score=1.0)
    governor.plan_batch([f"Prove theorem {i} of category theory, and formalise it in Lean with all lemmas." for i in range(200)])
    report = governor.drift
    assert report is not None
    assert (report.shifted, report.seen, report.outcomes) == (True, 500, 300)
    plan = governor.plan("what is the capital?")
    assert any("no longer looks like" in reason for reason in plan.reasons)
    assert "+shifted" in plan.version == governor.version
    assert "drifted" in plan.to_dict()["why"]
    governor.replace_estimator(fitted)
    assert "+" not in governor.version.split("/")[1]
    assert rh.Governor(LADDER, drift=0).drift is None
    assert rh.Governor(LADDER).drift.verdict == "no reference"  # type: ignore[union-attr]
    with pytest.raises(rh.errors.InvalidValueError, match=r"drift must be .*, got 50"):
        rh.Governor(LADDER, drift=50)


def test_a_solved_learner_knows_what_its_queries_were_like() -> None:
    learner = rh.learn.Learner()
    texts, columns = traffic(200)
    for text, score in zip(texts, columns["fast"], strict=True):
        learner.add(text, LADDER["fast"], score)
    governor = rh.Governor(LADDER, estimator=learner.solve(LADDER), drift=100)
    governor.plan_batch(traffic(100, seed=4)[0])
    assert set(governor.drift.stability) == {"difficulty", "coverage"}  # type: ignore[union-attr]


def test_chances_are_calibrated_on_a_log() -> None:
    texts, outcomes = traffic(1_500, seed=4)
    calibrated, reports = rh.learn.calibrate(texts, outcomes, LADDER)
    assert [report.rung for report in reports] == ["fast", "deep"]
    assert all(report.brier <= report.brier_before for report in reports)
    mean = np.mean(calibrated.estimate_batch(texts).p_correct("fast"))
    assert mean == pytest.approx(np.mean(outcomes["fast"]), abs=0.05)
    again = rh.Estimator.from_bytes(calibrated.to_bytes())
    assert np.array_equal(again.estimate_batch(texts).p_correct("deep"), calibrated.estimate_batch(texts).p_correct("deep"))
    with pytest.raises(rh.errors.InvalidValueError, match="at least ten"):
        rh.learn.calibrate(texts[:5], {"fast": outcomes["fast"][:5]}, LADDER)
