"""Objects as Python expects them: settings are values, everything says what it is, and nothing is kept alive by a circle."""

from __future__ import annotations

import copy
import functools
import gc
import os
import pickle
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rheostat as rh
from rheostat import signals

RUNGS = [
    rh.Rung("fast", output_price=0.4, capabilities=["tools"], ability=0.7),
    rh.Rung("deep", model="large", thinking_tokens=9, samples=3, depth=2, answer_tokens=7, cached_price=0.1, context_window=99),
]
VALUES: list[Callable[[], Any]] = [
    lambda: RUNGS[0],
    lambda: RUNGS[1],
    lambda: rh.Doubt(low_logprob=-1.5, low_top_logprob=-0.5, caught=0.9, false_alarms=0.125),
    lambda: rh.Rung("fast", doubt=rh.Doubt(low_confidence=4.0)),
    lambda: rh.Ladder(RUNGS, default="fast", start_max="deep", thinking="raise", forbid=["samples", "model"]),
    lambda: rh.Ladder(RUNGS, forbid=["thinking_tokens", "depth"]),
    lambda: rh.Scorer("judge", tokens=8, input_price=0.1, output_price=0.2, width=3),
    lambda: rh.Rung("many", samples=3, best="vote", scorer=rh.Scorer("judge")),
    rh.Ceiling,
    lambda: rh.Ceiling(tokens=5, usd=0.1, seconds=2.5, samples=3, depth=2, escalations=0),
    lambda: rh.Cap("tenant", usd=0.1, per=60, key="acme", block=(5, 0.01), credit=(1, 0.001)),
    lambda: rh.Cap("fleet", tokens=5),
    lambda: rh.Sessions(capacity=5, ttl=10.0, cache_ttl=0.5, down_after=2),
    lambda: rh.policy.Threshold([0.1, 0.9]),
    lambda: rh.policy.Utility(0.3),
    lambda: rh.Move("escalate"),
    lambda: rh.Move("think", most=2, by=3.0),
    lambda: rh.Ramp("loop", [rh.Move("revise", most=2), rh.Move("escalate")], odds=0.3),
    rh.Rules,
    lambda: rh.Rules(
        window=64, low_confidence=4.0, low_logprob=-2.0, low_top_logprob=None, hysteresis=0.1, dwell=5, low_steps=None,
        step_window=2, reject_below=0.1, pass_steps=0.5, enough=0.9, revise_on_finding=True,
        entropy_level=0.3, entropy_rise=9.0, branching=50.0, hedging=45.0, gate=0.5, gate_warmup=8, loops=False, loop_period=9,
        equal_probes=2, probe_prob=0.1, exit=0.97, probe_every=64, probe_tokens=5, stall_calls=4, stall_errors=3,
        stall_idle=6, verify_below=0.5, vote="certified",
        confidence=0.9, alpha=0.1, retries=0, ramps=[rh.Ramp("loop", [rh.Move("replace")])],
    ),
]  # fmt: skip


@pytest.mark.parametrize("make", VALUES)
def test_settings_are_values(make: Callable[[], Any]) -> None:
    value = make()
    for again in (copy.copy(value), copy.deepcopy([value])[0], pickle.loads(pickle.dumps(value))):
        assert again == value
        assert type(again) is type(value)
        assert hash(again) == hash(value)
        assert repr(again) == repr(value)
        assert again.__getnewargs_ex__() == value.__getnewargs_ex__()
    assert value not in [other() for other in VALUES if other is not make]
    assert value != repr(value)


def test_a_ladder_comes_back_as_a_ladder_and_plans_as_it_did() -> None:
    ladder = rh.Ladder(RUNGS, default="fast", start_max="deep", forbid=["samples"])
    again = pickle.loads(pickle.dumps(ladder))
    assert isinstance(again, rh.Ladder)
    plans = [rh.Governor(one, rh.policy.Utility(2.0), seed=1).plan("Prove it.").to_json() for one in (ladder, again)]
    assert plans[0] == plans[1]


@pytest.mark.parametrize("kind", [rh.CONTINUE, rh.RAMP, rh.STOP, rh.CEILING])
def test_kinds_of_actions_are_their_constants(kind: rh.types.ActionKind) -> None:
    assert copy.copy(kind) is copy.deepcopy(kind) is pickle.loads(pickle.dumps(kind)) is kind


def everything() -> list[object]:
    """One of each object that users meet, besides values."""
    governor = rh.Governor(rh.Ladder(RUNGS), rh.policy.Utility(2.0))
    plan = governor.plan("Prove it.")
    run = plan.start()
    call = run.next()[0]
    sample = call.sample(0)
    action = sample.token(-0.1, [-0.1, -2.0])
    ledger = rh.Ledger([rh.Cap("tenant", usd=1.0)])
    governor.outcome(plan.id, rung="fast", score=1.0)
    estimator = rh.Estimator()
    estimate = estimator.estimate("Prove it.")
    batch = estimator.estimate_batch(["a"] * 100)
    drift = rh.learn.Drift(batch)
    verdict = rh.guarantee.certify([[0.0]] * 100, max_loss=0.1)
    watch = rh.guarantee.Watch(2, max_loss=0.1)
    planned = [governor, plan, plan.limit, run, run.spent, run.trail[0], call, sample, sample.readings, action]
    known = [*governor.outcomes(), governor.drift, governor.should_grade(plan), governor.information("a", spread=0.5)]
    read = [estimator, estimate, estimate.explain(), batch, governor.plan_batch(["a"]), rh.features.specs()[0], drift]
    kept = [ledger, ledger.stats(), ledger.reserve(tokens=1, tenant="a"), rh.learn.Learner(), verdict, watch]
    votes = [rh.Vote(), rh.votes.VotePrior([(0.7, 0.2, 1.0)]), rh.votes.BatchAllocator(2, 8), rh.votes.OnlineAllocator(3.0)]
    rows = [rh.logit_stats([0.0, 1.0]), rh.logit_stats(np.zeros((2, 3), np.float32))]
    streams = [rh.Confidence(), signals.Loops(), signals.Markers(), signals.Markers().counts]
    return [*planned, *known, *read, *kept, *votes, *rows, *streams]


@pytest.mark.parametrize("thing", everything(), ids=lambda thing: type(thing).__name__)
def test_everything_says_what_it_is(thing: object) -> None:
    written = repr(thing)
    assert written.startswith(f"{type(thing).__name__}("), written
    assert len(written) < 500
    for foreign in (" object at ", "Some(", "true", "false", "null"):
        assert foreign not in written


def test_a_governor_says_how_a_worker_makes_its_own() -> None:
    for copied in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match=r"Make one in each worker, such as by rheostat\.config\.load\(FILE\)\.governor\(\)"):
            copied(rh.Governor(rh.Ladder([rh.Rung("a")])))


@pytest.mark.parametrize("thing", everything(), ids=lambda thing: type(thing).__name__)
def test_what_is_no_value_is_not_pickled(thing: object) -> None:
    with pytest.raises(TypeError, match=rf"cannot pickle '[\w.]*{type(thing).__name__}' object"):
        pickle.dumps(thing)


@pytest.mark.parametrize("make", [rh.Vote, functools.partial(rh.votes.BatchAllocator, 2, 8)])
def test_a_circle_through_a_normal_form_is_collected(make: Callable[..., Any]) -> None:
    class Form:
        vote: object = None

        def __call__(self, answer: str) -> str:
            return answer

    form = Form()
    form.vote = make(normalise=form)
    gone = weakref.ref(form)
    del form
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize("name", ["learner", "estimator", "watch"])
def test_files_are_replaced_as_a_whole_and_errors_name_them(name: str, tmp_path: Path) -> None:
    thing: Any = {"learner": rh.learn.Learner(), "estimator": rh.Estimator(), "watch": rh.guarantee.Watch(2, max_loss=0.1)}[name]
    kind: Any = type(thing)
    load = kind.load
    path = tmp_path / "saved.bin"
    path.write_bytes(b"what was there before")
    thing.save(path)
    assert load(path).to_bytes() == thing.to_bytes()
    assert [p.name for p in tmp_path.iterdir()] == ["saved.bin"]
    if os.name == "posix":
        link = tmp_path / "link.bin"
        link.symlink_to(path)
        thing.save(link)
        assert link.is_symlink()
        assert load(link).to_bytes() == thing.to_bytes()
    missing = tmp_path / "none" / "missing.bin"
    for use in (load, thing.save):
        with pytest.raises(FileNotFoundError, match=r"missing\.bin") as raised:
            use(missing)
        assert raised.value.filename in (missing, str(missing))
        with pytest.raises(OSError, match=tmp_path.name):
            use(tmp_path)


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no /dev/zero here")
def test_a_file_without_an_end_is_refused_and_not_read_to_it() -> None:
    with pytest.raises(rh.errors.ArtifactError, match="at most 8388608 are read"):
        rh.Estimator.load("/dev/zero")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # newer Pythons warn of forks beside threads: that is what is tested
def test_what_has_been_forked_says_so(tmp_path: Path) -> None:
    hard = "Prove that the square root of 2 is irrational."
    rungs = [rh.Rung("fast", output_price=0.4), rh.Rung("deep", output_price=10.0)]
    governor = rh.Governor(rh.Ladder(rungs, start_max="deep"), rh.policy.Utility(usd_per_error=0.005))
    plan = governor.plan(hard)
    recorder = rh.records.Recorder(tmp_path / "log.jsonl")
    store = rh.stores.SQLite(tmp_path / "caps.db", [rh.Cap("fleet", tokens=9)])
    stage = rh.second_stage.SecondStage(lambda _: 0.9, spread=1.0, usd_per_call=1e-9)
    child = os.fork()
    if child == 0:
        said = []
        for use in (lambda: recorder.decision(plan), lambda: store.ledger.reserve(tokens=1)):
            try:
                use()
            except rh.errors.StateError as error:
                said.append(str(error))
        # What needs no thread of the parent's goes on.
        governor.plan_batch(["a"] * 100)
        stage.plan(governor, hard)
        right = len(said) == 2 and all("after the fork" in text for text in said) and stage.counts["closed"] == 1
        os._exit(0 if right else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert recorder.decision(plan)
    assert store.ledger.reserve(tokens=1).release() == "settled"
    recorder.close()
    store.close()
    stage.close()
