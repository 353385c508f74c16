"""Faults beyond one argument: threads that cannot start, halves of pairs, weights, terminals."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

import rheostat as rh
from rheostat.errors import InvalidValueError
from tests.cases.test_breaker import LADDER, OUTCOMES, TEXTS


def test_a_batch_survives_threads_that_cannot_start(tmp_path: Path) -> None:
    if sys.platform != "linux":
        pytest.skip("needs RLIMIT_NPROC")
    script = tmp_path / "threads.py"
    script.write_text(
        textwrap.dedent(
            """
            import os, resource, numpy, rheostat as rh
            from rheostat import features, types  # the user below may read no module of this folder
            texts = [f"question {i}" for i in range(5_000)]
            governor, estimator = rh.Governor(rh.Ladder([rh.Rung("only")])), rh.Estimator()
            resource.setrlimit(resource.RLIMIT_NPROC, (1, 1))
            if os.getuid() == 0:
                os.setgid(65534), os.setuid(65534)
            for threads in (None, 8, 10**6):
                assert len(governor.plan_batch(texts, threads=threads).rung) == 5_000
                assert len(estimator.estimate_batch(texts, threads=threads)) == 5_000
                assert len(estimator.gain(texts, 0.5, 0.9, threads=threads)) == 5_000
                assert len(rh.features.extract_batch(texts, threads=threads)[0]) == 5_000
            print("done")
            """
        ),
        encoding="utf-8",
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False, env=dict(os.environ))
    assert done.stdout.strip() == "done", done.stderr


@pytest.mark.parametrize("weight", [0.0, 5e-324, 1e-310, 2.2e-308, 1e-100, 1e-10, 1e7, float("nan"), -1.0])
def test_a_weight_out_of_bounds_is_refused(weight: float) -> None:
    with pytest.raises(InvalidValueError, match="weight"):
        rh.fit(TEXTS, OUTCOMES, LADDER, weights=[weight] + [1.0] * 39)
    with pytest.raises(InvalidValueError, match="weight"):
        rh.learn.Learner().add("Why?", LADDER["fast"], 1.0, weight=weight)


@pytest.mark.parametrize("weight", [1e-9, 1e-6, 1.0, 1e6])
@pytest.mark.parametrize("rows", [1, 20, 40])
def test_no_weight_makes_a_chance_that_is_none(weight: float, rows: int) -> None:
    weights = [weight] * rows + [1.0] * (40 - rows)
    fitted = rh.fit(TEXTS, OUTCOMES, LADDER, weights=weights)
    plan = rh.Governor(LADDER, estimator=fitted).plan(TEXTS[1])
    assert 0.0 < plan.p_correct < 1.0
    assert "NaN" not in plan.to_json()


def test_halves_of_pairs_are_repaired_alike_everywhere() -> None:
    ladder = rh.Ladder([rh.Rung("a\ud800", model="m\udfff"), rh.Rung("b")], default="a\udbff")
    assert ladder.default.name == "a\ufffd"
    governor = rh.Governor(ladder)
    plan = governor.plan("x", session="s\ud800", tenant="t\ud800", rung="a\ud801", models=["m\ud800"])
    assert (plan.rung.name, plan.rung.model) == ("a\ufffd", "m\ufffd")
    governor.outcome(plan.id, rung="a\ud800", score=1.0)
    governor.escalated("s\ud800", "b")
    assert governor.forget("s\udfff")
    assert ladder["a\ud800"].name == "a\ufffd"
    kept = rh.Ledger([rh.Cap("tenant", tokens=10, key="t\ud800")])
    assert kept.reserve(tokens=4, tenant="t\udfff").settle(tokens=4)
    assert kept.room(tenant="t\ud800")[0] == 6


def test_objects_with_a_thread_say_that_none_can_be_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    loop = rh.learn.Loop(rh.Governor(LADDER))
    monkeypatch.setattr(threading.Thread, "start", refuse)
    for make in (
        lambda: rh.records.Recorder(tmp_path / "a.jsonl"),
        lambda: rh.second_stage.SecondStage(lambda _text: 0.5, spread=1.0),
        loop.start,
    ):
        with pytest.raises(rh.errors.StateError, match="cannot be started"):
            make()


def test_the_command_line_writes_what_a_terminal_lacks_as_escapes() -> None:
    words = [sys.executable, "-m", "rheostat", "explain", "--json", "日本 é \x1b[31m"]
    done = subprocess.run(words, capture_output=True, check=False, env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0, done.stderr
    assert done.stdout.isascii()
    assert b"\x1b" not in done.stdout
