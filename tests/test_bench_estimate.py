"""The quality bench on questions that are made up: what its tables measure, and that they can fail."""

from __future__ import annotations

import argparse
import dataclasses
import json
import random
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rheostat as rh
from benches.quality import _curve, _data, _parts, _poison, _priced, _recalibrate, _rewording, estimate, main
from rheostat.evaluate.metrics import apgr

EFFORT = _curve.Effort(repeats=2, draws=40, seed=3)
FORMS = (
    ("What is the capital of the region {i}, which lies beside region {j}?", 0.9, 0.92),
    ("Add the invoices {i} and {j} and give the total.", 0.85, 0.9),
    ("Prove the lemma about the graph {i} with {j} edges.", 0.2, 0.85),
    ("How many prisoners {i} with hats {j} guess their hat?", 0.1, 0.25),
)


@pytest.fixture(scope="module")
def data() -> _data.Outcomes:
    """Questions of four forms, of which one gains much and one is beyond both models."""
    rng = random.Random(5)
    prompts, weak, strong = [], [], []
    for i in range(600):
        form, low, high = FORMS[rng.randrange(4)]
        luck = rng.random()
        prompts.append(form.format(i=i, j=rng.randrange(97)) + "\nA. one\nB. two\nAnswer:" * (i % 2))
        weak.append(float(luck < low))
        strong.append(float(luck < high))
    return _data.Outcomes("made up", prompts, np.array(weak), np.array(strong))


def test_the_curve_rises_with_labels_and_every_learner_is_on_it(data: _data.Outcomes) -> None:
    points = _curve.table(data, _curve.Effort(repeats=1, draws=40, seed=3))
    by = {(p.learner, p.labels): p for p in points}
    assert [p.labels for p in points] == [0] * 2 + [50] * 5 + [200] * 5
    for learner in ("recipe", "rh.fit", "random", "chosen"):
        point = by[learner, 200]
        assert point.apgr > by["rh.fit", 0].apgr + 0.05
        assert point.above[1] < point.above[0] < point.above[2]
    assert by["chosen", 50].choosing is not None
    assert by["random", 50].choosing is None
    assert by["rh.fit", 50].draws == 4


def test_a_stream_is_graded_as_often_as_it_was_asked_to_be(data: _data.Outcomes) -> None:
    passing = np.arange(300)
    for learner in ("random", "chosen", "chosen, weighed"):
        task = _curve.Task(data, "online", learner, 60)
        governor = rh.Governor(_curve.ladder(), estimator=_curve.fitted(data, np.arange(300, 600)), seed=1)
        graded = list(_curve.graded(task, passing, governor, 1))
        places = [place for place, _, _ in graded]
        assert len(set(places)) == len(places) == 60
        assert set(places) <= set(passing.tolist())
        weights = {weight for _, _, weight in graded}
        assert (weights == {1.0}) == (learner != "chosen, weighed")
    everything = _curve.Task(data, "online", "chosen", 300)
    assert len(list(_curve.graded(everything, passing, rh.Governor(_curve.ladder(), seed=1), 1))) == 300


def test_what_was_said_of_a_question_is_from_before_it_was_learned(data: _data.Outcomes) -> None:
    everything = np.arange(len(data.prompts))
    task = _curve.Task(data, "online", "random", 60)
    _, (said, asked) = _curve.stream(task, everything[:300], everything[300:], 5)
    assert len(set(asked.tolist())) == len(said) == 60
    # Until there are enough labels for a solution it is the prior that speaks.
    first = [data.prompts[i] for i in asked[: _curve.FEWEST]]
    assert np.array_equal(said[: _curve.FEWEST], rh.Estimator().gain(first, _curve.LOW, _curve.HIGH))
    # Outcomes of the last question teach nothing that was said before.
    turned = _data.Outcomes(data.name, data.prompts, data.weak.copy(), data.strong.copy())
    turned.weak[asked[-1]] = 1.0 - turned.weak[asked[-1]]
    _, (again, same) = _curve.stream(_curve.Task(turned, "online", "random", 60), everything[:300], everything[300:], 5)
    assert np.array_equal(same, asked)
    assert np.array_equal(again, said)


def test_the_area_counts_questions_as_often_as_they_are_drawn(data: _data.Outcomes) -> None:
    score = np.random.default_rng(0).random(len(data.prompts))
    order = np.argsort(-score, kind="stable")
    gains = data.strong - data.weak
    assert _curve._area(order, gains, np.ones(len(gains))) == pytest.approx(apgr(score, data.weak, data.strong))
    twice = np.where(np.arange(len(gains)) < 100, 2.0, 1.0)
    repeated = np.concatenate([np.arange(len(gains)), np.arange(100)])
    wanted = apgr(score[repeated], data.weak[repeated], data.strong[repeated])
    assert _curve._area(order, gains, twice) == pytest.approx(wanted)


def test_calibration_stands_beside_a_constant(data: _data.Outcomes) -> None:
    rows = _recalibrate.table(data, EFFORT)
    assert {(row.kind, row.labels) for row in rows} == {
        ("as shipped", 0),
        ("rh.learn.calibrate", 50),
        ("rh.learn.calibrate", 200),
        ("rh.fit", 50),
        ("rh.fit", 200),
    }
    for row in rows:
        assert row.below[0] == pytest.approx(row.constant - row.brier)
        assert row.below[1] <= row.below[0] + 0.02
        assert 0.0 < row.by_luck < 0.15
    learned = next(row for row in rows if (row.kind, row.labels, row.model) == ("rh.fit", 200, "weak"))
    assert learned.below[1] > 0.0


def test_rules_of_rewording_are_none_that_training_knows() -> None:
    source = (Path(__file__).parents[1] / "training" / "difficulty" / "perturb.py").read_text(encoding="utf-8")
    fitted = source[source.index("FIT = Rules(") : source.index("TEST = Rules(")]
    known = dict(pair.split(":") for pair in re.findall(r"[a-z]+:[a-z-]+", fitted))
    assert len(known) > 20
    assert not set(known.items()) & set(_rewording.SYNONYMS.items())
    for text in (*_rewording.PREFIXES, *_rewording.SUFFIXES, *_rewording.LABELS):
        assert json.dumps(text) not in fitted


def test_a_rewording_changes_the_text_and_keeps_what_is_asked() -> None:
    text = "Which number is larger?\nA. seven\nB. nine\nAnswer:"
    for name, change in _rewording.CHANGES.items():
        copies = {change(text, random.Random(i)) for i in range(20)}
        assert copies != {text}, name
        assert all("nin" in copy.lower() for copy in copies)
    assert _rewording.template(text, random.Random(1)).count("seven") == 1
    assert "Answer:" not in _rewording.template(text, random.Random(1))


def test_decisions_kept_are_counted_at_the_median(data: _data.Outcomes) -> None:
    before = np.arange(10.0)
    assert _rewording.stays(before, before).mean() == 1.0
    assert _rewording.stays(before, before + 1.0).mean() == 0.9
    assert _rewording.stays(before, 9.0 - before).mean() == 0.0
    rows = _rewording.table(data, EFFORT, most=200)
    assert len(rows) == 2 * len(_rewording.CHANGES)
    assert all(row.low <= row.kept <= row.high for row in rows)


def test_a_zero_router_has_nothing_above_itself_and_an_oracle_has(data: _data.Outcomes) -> None:
    size = np.array([len(prompt) for prompt in data.prompts], float)
    pair = _priced.Pair(
        "made up", ("Mixtral-8x7B-v0.1", "gpt-4-1106-preview"), data.prompts, (data.weak, data.strong), (size * 1e-7, size * 5e-6)
    )
    rows = {row.router: row for row in _priced.table(pair, EFFORT)}
    assert list(rows) == ["random", "prompt length", "rheostat, no labels", "rheostat, 200 labels", "oracle"]
    assert 0.0 <= rows["random"].above < 0.04
    assert rows["oracle"].above > rows["rheostat, 200 labels"].above > rows["random"].above
    ends = _priced._measure(data.weak[:1], data.strong[:1] + 1.0, np.array([1.0]), np.array([3.0]))
    assert ends[1] == pytest.approx(0.0)


def test_every_price_is_a_price() -> None:
    assert all(0.0 < low <= high < 100.0 for low, high in _priced.PRICES.values())
    assert {model for pair in _priced.PAIRS for model in pair} <= set(_priced.PRICES)


def test_parts_are_taken_out_of_the_artifact(data: _data.Outcomes) -> None:
    shipped = rh.Estimator()
    schema, sections = _parts.read(shipped.to_bytes())
    assert _parts.build(schema, sections) == shipped.to_bytes()
    prompts = data.prompts[:50]
    for name, change in _parts.prior_parts().items():
        changed = _parts.without(shipped, change)
        gain = "in the gain" in name
        before, after = (
            one.gain(prompts, 0.7, 0.8) if gain else one.estimate_batch(prompts).difficulty for one in (shipped, changed)
        )
        assert not np.array_equal(before, after), name
    flat = _parts.without(shipped, _parts.prior_parts()["length in the gain"])
    assert np.ptp(flat.gain(prompts, 0.7, 0.8)) == 0.0
    rows = [row for row in _parts.table(data, EFFORT) if row.labels]
    assert [row.without for row in rows] == ["nothing", "words in the heads", "features in the heads", "length in the gain"]
    assert rows[0].apgr > rows[1].apgr


def test_poison_is_measured_where_it_hurts(data: _data.Outcomes) -> None:
    rows = _poison.table(data, EFFORT)
    assert [row.labels for row in rows] == [200]
    assert -0.2 < rows[0].worst <= rows[0].lost <= 0.02
    assert rows[0].apgr == pytest.approx(rows[0].clean + rows[0].lost)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, data: _data.Outcomes) -> argparse.Namespace:
    monkeypatch.setattr(_data, "routellm", lambda: [data, dataclasses.replace(data, name="made up, again"), data])
    monkeypatch.setattr(_priced, "pairs", list)
    parser = argparse.ArgumentParser()
    estimate.arguments(parser)
    return parser.parse_args(["--quick", "--only", "ranking", "--only", "cost"])


def test_the_bench_prints_its_tables_and_draws(
    small: argparse.Namespace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small.json, small.plots = True, tmp_path
    assert estimate.run(small) == 0
    told = json.loads(capsys.readouterr().out)
    assert set(told) == {"model", "ranking", "cost"}
    assert {row["scorer"] for row in told["ranking"]} >= {"random", "prompt length", "rheostat, gain"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cost_quality.svg", "reliability.svg"]
    pytest.importorskip("rich")
    small.json = False
    assert estimate.run(small) == 0
    assert "prompt length" in capsys.readouterr().out


def test_a_floor_that_does_not_hold_is_said(data: _data.Outcomes) -> None:
    row = estimate.Row("MMLU", "prompt length", 0.59, None, None, None, 35.0, 70.0)
    point: dict[str, Any] = {"how": "offline", "learner": "rh.fit", "labels": 200, "draws": 1, "deviation": 0.0}
    low = _curve.Point("MMLU", apgr=0.60, above=(0.0, 0.0, 0.0), worst=0.0, choosing=None, went=None, floor=0.61, **point)
    chance = _recalibrate.Row("MMLU", "weak", "rh.fit", 200, 1, 0.5, 0.3, 0.2, (-0.1, -0.2, -0.05), 0.1, 0.0)
    tables: dict[str, list[Any]] = {
        "ranking": [row, dataclasses.replace(row, scorer="rheostat, gain", apgr=0.58)],
        "learning": [low, dataclasses.replace(low, apgr=0.62)],
        "calibration": [chance, dataclasses.replace(chance, below=(0.1, 0.0, 0.2))],
    }
    assert len(estimate.below(tables)) == 3
    assert estimate.below({}) == []


def test_a_bench_without_data_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RHEOSTAT_DATA", str(tmp_path))
    assert main(["estimate"]) == 2
    assert "RHEOSTAT_DATA" in capsys.readouterr().err
