"""Doubts: rung by rung, calibrated on a log, and in a file."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import cast

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rheostat as rh
from rheostat import config
from rheostat._cli import main
from rheostat.records import Recorder, doubts, read
from rheostat.signals import calibrate_doubt


def _naive_bar(lowest: npt.NDArray[np.float64], right: npt.NDArray[np.float64], chance: float) -> float:
    """By the max-min formula of isotonic regression, block by block and in the plainest way."""
    xs = np.unique(lowest)
    sums = np.array([[right[lowest == x].sum(), (lowest == x).sum()] for x in xs])
    fitted = []
    for k in range(len(xs)):
        means = [min(sums[i : j + 1, 0].sum() / sums[i : j + 1, 1].sum() for j in range(k, len(xs))) for i in range(k + 1)]
        fitted.append(max(means))
    for value in dict.fromkeys(np.round(fitted, 12)):
        block = [k for k in range(len(xs)) if abs(fitted[k] - value) < 1e-9]
        hits, count = sums[block].sum(axis=0)
        if (hits + 0.5) / (count + 1.0) >= chance:
            return float(xs[block[0]])
    return 0.0


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32 - 1), st.integers(30, 90), st.floats(0.1, 0.95))
def test_the_bar_is_that_of_isotonic_regression(seed: int, n: int, chance: float) -> None:
    rng = np.random.default_rng(seed)
    lowest = -np.round(rng.exponential(1.0, n), 1)
    right = (rng.random(n) < np.exp(lowest)).astype(float)
    doubt = calibrate_doubt(lowest, right, p_correct=chance)
    bar = _naive_bar(lowest, right, chance)
    assert doubt.low_logprob == pytest.approx(bar)
    wrong = lowest[right == 0]
    caught = ((wrong < bar).sum() + 0.5) / (len(wrong) + 1) if len(wrong) else 0.0
    assert doubt.caught == pytest.approx(caught)


def test_a_bar_of_confidence() -> None:
    doubt = calibrate_doubt([20.0, 3.0] * 30, [1.0, 0.0] * 30, signal="low_confidence")
    assert (doubt.low_confidence, doubt.low_logprob) == (20.0, None)
    assert doubt == rh.Doubt(low_confidence=20.0, caught=doubt.caught, false_alarms=doubt.false_alarms)
    assert doubt != rh.Doubt()
    assert repr(rh.Doubt(low_confidence=20.0)) == "Doubt(low_confidence=20, caught=0, false_alarms=0)"


@pytest.mark.parametrize(
    ("make", "kind", "message"),
    [
        (lambda: rh.Doubt(caught=1.5), ValueError, "caught must be … got 1.5"),
        (lambda: rh.Doubt(false_alarms=float("nan")), ValueError, "false_alarms must be … got NaN"),
        (lambda: rh.Doubt(low_logprob=0.5), ValueError, "low_logprob must be … got 0.5"),
        (lambda: rh.Doubt(low_confidence=-1.0), ValueError, "low_confidence must be … got -1"),
        (lambda: calibrate_doubt([-1.0] * 29, [1.0] * 29), ValueError, "lowest must be … got 29 of them"),
        (lambda: calibrate_doubt([-1.0] * 30, [1.0] * 31), ValueError, "scores must be … got 31"),
        (lambda: calibrate_doubt([float("nan")] * 30, [1.0] * 30), ValueError, "lowest[0] must be … got NaN"),
        (lambda: calibrate_doubt([-1.0] * 30, [2.0] * 30), ValueError, "scores[0] must be … got 2"),
        (lambda: calibrate_doubt([-1.0] * 30, [1.0] * 30, p_correct=1.0), ValueError, "p_correct must be … got 1"),
        (lambda: calibrate_doubt([-1.0] * 30, [1.0] * 30, signal="low_steps"), LookupError, 'unknown signal "low_steps"'),  # type: ignore[arg-type]
        (lambda: calibrate_doubt(cast("list[float]", "abc"), [1.0] * 30), TypeError, "lowest"),
    ],
)
def test_what_is_wrong_is_named(make: object, kind: type[Exception], message: str) -> None:
    assert callable(make)
    with pytest.raises(kind, match=".*".join(map(re.escape, message.split("…")))) as caught:
        make()
    assert isinstance(caught.value, rh.RheostatError)


FILE = """
[[rung]]
name = "fast"
output_price = 0.4
ability = 0.6
doubt = { low_logprob = -0.5, caught = 0.98, false_alarms = 0.05 }
[[rung]]
name = "deep"
output_price = 4.0
ability = 0.9
[policy]
kind = "utility"
usd_per_error = 0.05
"""


def test_a_low_rung_whose_errors_are_caught_comes_first() -> None:
    ask = "What is the average of the numbers in the table, and why is it not the middle one?"
    read = config.loads(FILE)
    assert read.ladder["fast"].doubt == rh.Doubt(low_logprob=-0.5, caught=0.98, false_alarms=0.05)
    plan = read.governor().plan(ask)
    assert plan.rung.name == "fast"
    assert plan.reasons[-1] == '"fast" is tried first: its signals notice 98 % of what it gets wrong'
    bare = config.loads(FILE.replace("doubt =", "# doubt ="))
    assert bare.ladder["fast"].doubt is None
    assert bare.governor().plan(ask).rung.name == "deep"


def test_a_weak_stream_by_its_rungs_bar_goes_up() -> None:
    rules = rh.Rules(window=1, low_confidence=None, ramps=[rh.Ramp("low_confidence", [rh.Move("escalate")])])
    run = config.loads(FILE).governor(rules=rules).plan("Why is the sky blue, and not violet?").start(at=0.0)
    (call,) = run.next(at=0.0)
    assert call.rung.name == "fast"
    assert call.sample(0).token(-0.4, at=0.0).kind == rh.CONTINUE
    assert call.sample(0).token(-0.6, at=0.0).kind == rh.RAMP
    assert run.next(at=0.0)[0].rung.name == "deep"


def test_a_files_doubt_is_checked() -> None:
    with pytest.raises(rh.errors.UnknownNameError, match=r'rung "fast": doubt: unknown field "bar"'):
        config.loads(FILE.replace("low_logprob", "bar"))
    with pytest.raises(rh.errors.InvalidValueError, match=r'rung "fast": doubt: caught must be between 0 and 1, got 2'):
        config.loads(FILE.replace("caught = 0.98", "caught = 2"))


def log(path: Path, answers: int, rules: rh.Rules) -> Path:
    """A log of answers, of which those with an unlikely token are wrong."""
    governor = rh.Governor(rh.Ladder([rh.Rung("fast", ability=0.5), rh.Rung("deep", ability=0.9)]), rules=rules)
    with Recorder(path) as recorder:
        for i in range(answers):
            weak = i % 4 == 0
            plan = governor.plan(f"What is {i} + {i}?", rung="fast")
            with plan.start() as run:
                sample = run.sample(0)
                sample.tokens([-0.1, -3.0 if weak else -0.25])
                sample.finish("an answer")
            recorder.decision(plan, run)
            recorder.outcome(plan.id, rung="fast", score=0.0 if weak else 1.0)
            recorder.outcome(plan.id, rung="fast", score=1.0 if weak else 0.0, kind="thumbs")
            recorder.outcome(plan.id, rung="deep", score=1.0)
    return path


def test_doubts_from_a_log_of_decisions(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = log(tmp_path / "log.jsonl", 60, rh.Rules(window=1, low_logprob=-100.0))
    first = next(record for record in read(path) if record["kind"] == "decision")
    (answer,) = first["run"]["answers"]
    top = answer.pop("lowest_top_logprob")
    assert answer == {"rung": "fast", "tokens": 2, "lowest": None, "lowest_logprob": -3.0}
    assert top == pytest.approx(-1.55 + 1.5 / 2 - 1.5 / 256)
    found = doubts(read(path), p_correct=0.8)
    assert found == {
        "fast": calibrate_doubt([-3.0 if i % 4 == 0 else -0.25 for i in range(60)], [float(i % 4 > 0) for i in range(60)])
    }
    assert main(["calibrate", str(path), "--doubts", "--p-correct", "0.8", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["doubts"]["fast"]
    assert rh.Doubt(**told) == found["fast"]
    assert main(["calibrate", str(path), "--doubts"]) == 0
    assert "doubt = { low_logprob = -0.25, caught = 0.96875, false_alarms = 0.0108696 }" in capsys.readouterr().out


def test_the_likeliest_candidates_are_calibrated_from_a_log(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = log(tmp_path / "log.jsonl", 60, rh.Rules(low_top_logprob=-100.0))
    doubt = doubts(read(path), signal="low_top_logprob")["fast"]
    # With the margin of two tokens the right answers read above 0, which is the highest bar.
    assert doubt.low_top_logprob == 0.0
    assert (doubt.low_logprob, doubt.low_confidence) == (None, None)
    assert doubt.caught > 0.9
    assert doubt.false_alarms < 0.1
    assert main(["calibrate", str(path), "--doubts", "--signal", "low_top_logprob"]) == 0
    assert "doubt = { low_top_logprob = " in capsys.readouterr().out


def test_a_log_without_signals_calibrates_nothing(tmp_path: Path) -> None:
    with pytest.raises(rh.errors.InvalidValueError, match="at least 30 on one rung, got fast 29"):
        doubts(read(log(tmp_path / "few.jsonl", 29, rh.Rules(window=1, low_logprob=-100.0))))
    # No bar asks for log-probabilities, so the run kept none.
    with pytest.raises(rh.errors.InvalidValueError, match="per rung must be at least 30 on one rung, got none"):
        doubts(read(log(tmp_path / "deaf.jsonl", 40, rh.Rules())))
    with pytest.raises(rh.errors.UnknownNameError, match='unknown signal "loops"'):
        doubts([], signal="loops")  # type: ignore[arg-type]
    assert main(["calibrate", str(tmp_path / "few.jsonl")]) == 2
