"""Every argument that is a whole number: any `int` is read, and what does not fit is refused, with its name and its bounds."""

from __future__ import annotations

import ast
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import rheostat as rh
from rheostat import signals
from rheostat.host import Host

LADDER = rh.Ladder([rh.Rung("fast"), rh.Rung("deep", samples=3)])
ESTIMATOR = rh.Estimator()
TEXTS = [f"Prove lemma {i}." if i % 2 else f"What is the capital of country {i}?" for i in range(40)]
OUTCOMES = {"fast": [float(i % 2 == 0) for i in range(40)], "deep": [float(i % 3 > 0) for i in range(40)]}


def call() -> rh.Call:
    """A call that has just been granted."""
    return rh.Governor(LADDER).plan("Why?").start().next()[0]


def ledger() -> rh.Ledger:
    """Caps that nothing here comes near."""
    return rh.Ledger([rh.Cap("fleet", tokens=10**15)])


def batch() -> rh.votes.BatchAllocator:
    """Two queries, the first of which waits for an answer."""
    allocator = rh.votes.BatchAllocator(2, 8)
    allocator.next(1)
    return allocator


def learner() -> rh.learn.Learner:
    """Outcomes enough for a fit."""
    made = rh.learn.Learner()
    for text, right in zip(TEXTS, OUTCOMES["fast"], strict=True):
        made.add(text, LADDER["fast"], right)
    return made


def load(window: int) -> rh.Estimator:
    """The shipped estimator from a file, with a window."""
    with tempfile.TemporaryDirectory() as folder:
        ESTIMATOR.save(Path(folder) / "saved.bin")
        return rh.Estimator.load(Path(folder) / "saved.bin", window=window)


def beating() -> rh.Cadence:
    """A cadence whose beat has begun."""
    cadence = rh.Cadence([(600, "fast"), (60, "deep")])
    cadence.start(at=0)
    return cadence


def sleeping() -> rh.Governor:
    """A governor that has granted one job of sleep, number 1."""
    governor = rh.Governor(LADDER, sleep=rh.sleep.Sleep(rh.Cap("fleet", usd=9.0, tokens=10**12)))
    candidate = rh.sleep.Candidate("summary", usd=0.02, live_usd=0.05, hit_usd=0.005)
    for hour in range(24):
        governor.sleep("report", [candidate], fingerprint="v1", ttl=86_400, at=3_600 * hour)
        governor.wake("report", "summary", fingerprint="v1", at=3_600 * hour + 1)
    return governor


def steps() -> rh.learn.StepTable:
    """A table of step scores."""
    calibration = rh.learn.StepCalibration()
    calibration.add("prm", "small", [([0.1 * (i % 10)], float(i % 10 > 4)) for i in range(300)])
    return calibration.table("prm", "small")


Read = Callable[[int], object]
ARGUMENTS: dict[str, tuple[int, Read]] = {
    "Call.sample(index)": (0, lambda n: call().sample(n)),
    "Call.rewrite(answers)": (3, lambda n: call().rewrite(b'{"model":"auto","messages":[]}', "openai.chat", answers=n)),
    "Call.rewrite(sample)": (1, lambda n: call().rewrite(b'{"model":"auto","messages":[]}', "openai.chat", sample=n)),
    "Call.usage(input)": (3, lambda n: call().usage(input=n)),
    "Call.usage(cached)": (3, lambda n: call().usage(cached=n)),
    "Call.usage(written)": (3, lambda n: call().usage(written=n)),
    "Sample.usage(input)": (3, lambda n: call().sample(0).usage(input=n)),
    "Sample.usage(cached)": (3, lambda n: call().sample(0).usage(cached=n)),
    "Sample.usage(written)": (3, lambda n: call().sample(0).usage(written=n)),
    "Sample.usage(output)": (3, lambda n: call().sample(0).usage(output=n)),
    "Sample.usage(reasoning)": (3, lambda n: call().sample(0).usage(reasoning=n)),
    "Call.usage(output)": (3, lambda n: call().usage(output=n)),
    "Call.usage(reasoning)": (3, lambda n: call().usage(reasoning=n)),
    "Sample.text(tokens)": (2, lambda n: call().sample(0).text("so", n)),
    "HostRules.reads(hold_tokens)": (
        64,
        lambda n: Host(rh.Governor(LADDER).plan("Why?").start()).reads("openai.chat", hold_tokens=n),
    ),
    "Run.sample(index)": (0, lambda n: rh.Governor(LADDER).plan("Why?").start().sample(n)),
    "Estimator.__new__(window)": (4096, lambda n: rh.Estimator(window=n)),
    "Estimator.load(window)": (4096, load),
    "Estimator.from_bytes(window)": (4096, lambda n: rh.Estimator.from_bytes(ESTIMATOR.to_bytes(), window=n)),
    "Estimator.estimate_batch(threads)": (1, lambda n: ESTIMATOR.estimate_batch(["a"], threads=n)),
    "Estimator.gain(threads)": (1, lambda n: ESTIMATOR.gain(["a"], 0.5, 0.8, threads=n)),
    "features(window)": (4096, lambda n: rh.features.extract("a", window=n)),
    "features_batch(window)": (4096, lambda n: rh.features.extract_batch(["a"], window=n)),
    "features_batch(threads)": (1, lambda n: rh.features.extract_batch(["a"], threads=n)),
    "Watch.__new__(candidates)": (3, lambda n: rh.guarantee.Watch(n, max_loss=0.1)),
    "fit(folds)": (2, lambda n: rh.fit(TEXTS, OUTCOMES, LADDER, folds=n)),
    "fit(seed)": (7, lambda n: rh.fit(TEXTS, OUTCOMES, LADDER, seed=n)),
    "Learner.__new__(capacity)": (9, lambda n: rh.learn.Learner(capacity=n)),
    "Learner.solve(folds)": (2, lambda n: learner().solve(LADDER, folds=n)),
    "Learner.solve(seed)": (7, lambda n: learner().solve(LADDER, seed=n)),
    "Learning.__new__(outcomes)": (20, lambda n: rh.learn.Loop(rh.Governor(LADDER), outcomes=n)),
    "Learning.__new__(folds)": (5, lambda n: rh.learn.Loop(rh.Governor(LADDER), folds=n)),
    "Learning.__new__(seed)": (7, lambda n: rh.learn.Loop(rh.Governor(LADDER), seed=n)),
    "Drift.__new__(window)": (500, lambda n: rh.learn.Drift(ESTIMATOR.estimate_batch(TEXTS * 3), window=n)),
    "Governor.__new__(window)": (4096, lambda n: rh.Governor(LADDER, window=n)),
    "Governor.__new__(outcomes)": (9, lambda n: rh.Governor(LADDER, outcomes=n)),
    "Governor.__new__(drift)": (500, lambda n: rh.Governor(LADDER, drift=n)),
    "Governor.__new__(seed)": (7, lambda n: rh.Governor(LADDER, seed=n)),
    "Governor.plan_batch(threads)": (1, lambda n: rh.Governor(LADDER).plan_batch(["a"], threads=n)),
    "Cap.__new__(tokens)": (9, lambda n: rh.Cap("fleet", tokens=n, usd=1.0)),
    "Cap.__new__(block)": (9, lambda n: rh.Cap("fleet", tokens=99, per=60, block=(n, 0.0))),
    "Cap.__new__(credit)": (9, lambda n: rh.Cap("fleet", tokens=99, per=60, block=(9, 0.0), credit=(n, 0.0))),
    "Ledger.__new__(accounts)": (9, lambda n: rh.Ledger([], accounts=n)),
    "Ledger.__new__(live)": (9, lambda n: rh.Ledger([], live=n)),
    "Ledger.__new__(seed)": (9, lambda n: rh.Ledger([], seed=n)),
    "Ledger.reserve(tokens)": (9, lambda n: ledger().reserve(tokens=n)),
    "Ledger.settle(hold)": (9, lambda n: ledger().settle(n)),
    "Ledger.settle(tokens)": (9, lambda n: ledger().settle(1, tokens=n)),
    "Ledger.release(hold)": (9, lambda n: ledger().release(n)),
    "Ledger.accounts(most)": (9, lambda n: ledger().accounts("fleet", n)),
    "Ledger.wants(most)": (9, lambda n: ledger().wants(n)),
    "Hold.settle(tokens)": (9, lambda n: ledger().reserve(tokens=9).settle(tokens=n)),
    "Sessions.__new__(capacity)": (9, lambda n: rh.Sessions(capacity=n)),
    "Sessions.__new__(down_after)": (2, lambda n: rh.Sessions(down_after=n)),
    "Rung.__new__(thinking_tokens)": (9, lambda n: rh.Rung("a", thinking_tokens=n)),
    "Rung.__new__(thinking_least)": (9, lambda n: rh.Rung("a", thinking_least=n)),
    "Rung.__new__(samples)": (2, lambda n: rh.Rung("a", samples=n)),
    "Rung.__new__(agree)": (2, lambda n: rh.Rung("a", samples=2, agree=n)),
    "Rung.__new__(distil)": (100, lambda n: rh.Rung("a", samples=3, distil=n)),
    "Rung.__new__(depth)": (2, lambda n: rh.Rung("a", depth=n)),
    "Rung.__new__(answer_tokens)": (9, lambda n: rh.Rung("a", answer_tokens=n)),
    "Rung.__new__(context_window)": (10**6, lambda n: rh.Rung("a", context_window=n)),
    "Ladder.cascade(agree)": (2, lambda n: rh.Ladder.cascade("gpt-4o-mini", "gpt-4o", agree=n)),
    "Ceiling.__new__(tokens)": (9, lambda n: rh.Ceiling(tokens=n)),
    "Ceiling.__new__(samples)": (9, lambda n: rh.Ceiling(samples=n)),
    "Ceiling.__new__(depth)": (9, lambda n: rh.Ceiling(depth=n)),
    "Ceiling.__new__(escalations)": (9, lambda n: rh.Ceiling(escalations=n)),
    "Move.__new__(most)": (2, lambda n: rh.Move("think", most=n)),
    "Rules.__new__(window)": (64, lambda n: rh.Rules(window=n)),
    "Rules.__new__(dwell)": (64, lambda n: rh.Rules(dwell=n)),
    "Rules.__new__(step_window)": (2, lambda n: rh.Rules(step_window=n)),
    "Rules.__new__(loop_period)": (64, lambda n: rh.Rules(loop_period=n)),
    "Rules.__new__(equal_probes)": (2, lambda n: rh.Rules(equal_probes=n)),
    "Rules.__new__(probe_every)": (64, lambda n: rh.Rules(probe_every=n)),
    "Rules.__new__(probe_tokens)": (64, lambda n: rh.Rules(probe_tokens=n)),
    "Rules.__new__(gate_warmup)": (16, lambda n: rh.Rules(gate_warmup=n)),
    "Rules.__new__(stall_calls)": (2, lambda n: rh.Rules(stall_calls=n)),
    "Rules.__new__(stall_errors)": (2, lambda n: rh.Rules(stall_errors=n)),
    "Rules.__new__(stall_idle)": (2, lambda n: rh.Rules(stall_idle=n)),
    "Rules.__new__(retries)": (2, lambda n: rh.Rules(retries=n)),
    "Rules.__new__(breaker_failures)": (2, lambda n: rh.Rules(breaker_failures=n)),
    "Confidence.__new__(window)": (64, rh.Confidence),
    "Loops.__new__(max_period)": (64, signals.Loops),
    "Loops.update(token)": (64, lambda n: signals.Loops().update(n)),
    "apgr(bins)": (9, lambda n: rh.evaluate.apgr([3, 2, 1, 0], [0, 0, 1, 1], [1, 1, 1, 1], bins=n)),
    "top_tokens(k)": (1, lambda n: signals.top_tokens([0.0], n)),
    "Vote.__new__(cap)": (9, lambda n: rh.Vote(cap=n)),
    "Vote.__new__(window)": (3, lambda n: rh.Vote("esc", window=n)),
    "Vote.add(index)": (2, lambda n: rh.Vote().add("a", n)),
    "Vote.abstain(index)": (2, lambda n: rh.Vote().abstain(n)),
    "Vote.cut(index)": (2, lambda n: rh.Vote().cut(n)),
    "read_failure(status)": (429, rh._native.read_failure),
    "VotePrior.learn(votes)": (3, lambda n: rh.votes.VotePrior.learn([(3, 0, n)])),
    "VotePrior.leads(first)": (3, lambda n: rh.votes.VotePrior([(0.7, 0.2, 1.0)]).leads(n, 0)),
    "VotePrior.leads(second)": (0, lambda n: rh.votes.VotePrior([(0.7, 0.2, 1.0)]).leads(3, n)),
    "VotePrior.leads(rest)": (0, lambda n: rh.votes.VotePrior([(0.7, 0.2, 1.0)]).leads(3, 0, n)),
    "BatchAllocator.__new__(queries)": (2, lambda n: rh.votes.BatchAllocator(n, 8)),
    "BatchAllocator.__new__(budget)": (8, lambda n: rh.votes.BatchAllocator(2, n)),
    "BatchAllocator.__new__(cap)": (8, lambda n: rh.votes.BatchAllocator(2, 8, cap=n)),
    "BatchAllocator.next(most)": (1, lambda n: rh.votes.BatchAllocator(2, 8).next(n)),
    "BatchAllocator.add(query)": (0, lambda n: batch().add(n, "a")),
    "BatchAllocator.answer(query)": (0, lambda n: batch().answer(n)),
    "BatchAllocator.vote(query)": (0, lambda n: batch().vote(n)),
    "OnlineAllocator.__new__(cap)": (8, lambda n: rh.votes.OnlineAllocator(3.0, n)),
    "Cadence.__new__(lock)": (3, lambda n: rh.Cadence([(600, "fast"), (60, "deep")], lock=n)),
    "Cadence.__new__(tokens)": (3, lambda n: rh.Cadence([(600, "fast"), (60, "deep")], tokens=n)),
    "Cadence.force(mode)": (1, lambda n: beating().force(n, 900.0, at=1)),
    "Cadence.tick(tokens)": (3, lambda n: beating().tick(tokens=n, at=1)),
    "Candidate.__new__(tokens)": (3, lambda n: rh.sleep.Candidate("a", tokens=n, usd=0.02, live_usd=0.05, hit_usd=0.005)),
    "Sleep.__new__(contexts)": (3, lambda n: rh.sleep.Sleep(rh.Cap("fleet", usd=9.0), contexts=n)),
    "Governor.slept(job)": (1, lambda n: sleeping().slept(n, at=90_000)),
    "Governor.slept(tokens)": (3, lambda n: sleeping().slept(1, tokens=n, at=90_000)),
    "Sample.step(at_step)": (0, lambda n: call().sample(0).step(0.5, at_step=n)),
    "Scorer.__new__(tokens)": (3, lambda n: rh.Scorer("judge", tokens=n)),
    "Scorer.__new__(width)": (3, lambda n: rh.Scorer("judge", width=n)),
    "StepTable.answers(most)": (8, lambda n: steps().answers([0.9], confidence=0.9, most=n)),
}
"""For each argument a number that is good, and the call that reads it."""
ELSEWHERE = {
    "Chunk.__new__(tokens)",
    "HostRules.next(room)",
    "Ledger.lease(block)",
    "Loops.update_batch(tokens)",
    "at_fork(salt)",
}
"""Tried elsewhere: counts of a chunk, which its host reads (tests/cases/test_chunks.py); a host's room (tests/test_host.py); a
leased block (below); rows (tests/test_signals.py); a forked child's salt (tests/cases/test_forks.py)."""


def arguments() -> dict[str, bool]:
    """Every argument of the bindings that is a whole number, as the stubs say, and whether None stands for none."""
    found = {}
    stubs = ast.parse((Path(rh.__file__).parent / "_native.pyi").read_text(encoding="utf-8"))
    scopes = [("", stubs.body), *((f"{c.name}.", c.body) for c in stubs.body if isinstance(c, ast.ClassDef))]
    for scope, body in scopes:
        for function in body:
            if isinstance(function, ast.FunctionDef):
                for argument in (*function.args.args, *function.args.kwonlyargs):
                    names = (
                        {n.id for n in ast.walk(argument.annotation) if isinstance(n, ast.Name)} if argument.annotation else set()
                    )
                    if "int" in names:
                        optional = "None" in ast.unparse(argument.annotation)  # type: ignore[arg-type]
                        found[f"{scope}{function.name}({argument.arg})"] = optional
    return found


def test_every_argument_is_tried() -> None:
    assert set(arguments()) - ELSEWHERE == set(ARGUMENTS)


@pytest.mark.parametrize("name", ARGUMENTS)
def test_any_int_is_read(name: str) -> None:
    good, read = ARGUMENTS[name]
    for number in (good, np.int64(good), np.uint8(good) if good < 256 else np.uint32(good)):
        read(number)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "number", [-1, -(2**63) - 1, 2**128, -(2**200), 10**5000], ids=["-1", "-2^63-1", "2^128", "-2^200", "10^5000"]
)
@pytest.mark.parametrize("name", ARGUMENTS)
def test_what_does_not_fit_is_refused_with_its_name_and_bounds(name: str, number: int) -> None:
    with pytest.raises(
        rh.errors.InvalidValueError, match=r" must be between .*, got (-?\d+|a number (above|below -)\S* ?10\^38)$"
    ) as raised:
        ARGUMENTS[name][1](number)
    said = str(raised.value)
    argument = name.rsplit("(", 1)[1].rstrip(")")
    assert argument in said or argument in ("index", "votes", "block"), said
    if abs(number) < 10**38:
        assert str(number) in said


@pytest.mark.parametrize("wrong", ["7", 1.0, 1j, np.float64(1.0), b"7", [1]], ids=repr)
@pytest.mark.parametrize("name", ARGUMENTS)
def test_what_is_no_whole_number_is_a_wrong_type(name: str, wrong: object) -> None:
    with pytest.raises(rh.errors.InvalidTypeError, match=f"got {type(wrong).__name__}"):
        ARGUMENTS[name][1](wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", [name for name, optional in arguments().items() if name in ARGUMENTS])
def test_none_is_read_where_the_stubs_say_so(name: str) -> None:
    read = ARGUMENTS[name][1]
    # A pair may be left out; a pair with nothing in it may not.
    if arguments()[name] and name != "Cap.__new__(block)":
        read(None)  # type: ignore[arg-type]
    else:
        with pytest.raises(rh.errors.InvalidTypeError, match="got NoneType"):
            read(None)  # type: ignore[arg-type]


def test_a_bool_is_an_int() -> None:
    assert rh.Rung("a", samples=True).samples == 1
    with pytest.raises(rh.errors.InvalidTypeError, match="got bool"):
        rh.Rung("a", samples=np.True_)  # type: ignore[arg-type]


def test_a_leased_block_is_read_alike() -> None:
    for bad in (-1, 2**64, 2**200):
        for at in range(2, 6):
            block = ["fleet", "", 0, 0, 0, 0]
            block[at] = bad
            with pytest.raises(rh.errors.InvalidValueError, match="must be between 0 and"):
                ledger().lease(tuple(block))  # type: ignore[arg-type]
