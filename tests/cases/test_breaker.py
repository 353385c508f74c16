"""Attacks: every argument of every callable gets what claims, lies or cannot be; none aborts, panics or raises a raw error."""

from __future__ import annotations

import ast
import functools
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.lib.stride_tricks import as_strided

import rheostat as rh
import rheostat.cadence
import rheostat.config
from rheostat import _native
from rheostat.errors import InvalidTypeError, InvalidValueError, RheostatError
from rheostat.records import Canary
from rheostat.second_stage import Breaker

LADDER = rh.Ladder([rh.Rung("fast", output_price=0.4), rh.Rung("deep", output_price=10.0)])
ESTIMATOR = rh.Estimator()
GOVERNOR = rh.Governor(LADDER, sleep=rh.sleep.Sleep(rh.Cap("fleet", usd=5.0)))
GOVERNOR.wake("c", "k", fingerprint="v")
PLAN = GOVERNOR.plan("Why?")
STEPS = _native.StepCalibration()
STEPS.add("prm", "m", [([0.5], 1.0)])
TABLE = STEPS.table("prm", "m")
TEXTS = [f"Prove lemma {i}." if i % 2 else f"Where is town {i}?" for i in range(40)]
OUTCOMES = {name: [float(i % 2 == 0) for i in range(40)] for name in ("fast", "deep")}


def run() -> rh.Run:
    """A run that has been granted a call."""
    return GOVERNOR.plan("Why?").start()


def call() -> Any:
    """A call that has just been granted."""
    return run().next()[0]


def ledger() -> rh.Ledger:
    """A ledger with one cap."""
    return rh.Ledger([rh.Cap("fleet", tokens=10**9)])


def allocator() -> Any:
    """Two queries, of which the first waits for an answer."""
    made = _native.BatchAllocator(2, 8)
    made.next(1)
    return made


def offering() -> Any:
    """A guarantee that its log is too short for, and that offers a weaker one."""
    log = [f"sum the invoice of order {i}" for i in range(150)], {"a": [1.0] * 150, "b": [1.0] * 150}
    return _native.Guaranteed(max_loss=0.01).calibrate(
        *log, rh.Ladder([rh.Rung("a", model="small"), rh.Rung("b", model="large")])
    )


class Hosting(_native.HostRules):
    """A host whose run has granted a stream."""

    stream: Any


def hosting() -> Hosting:
    """A host, and a stream of its own."""
    made = Hosting(run())
    (made.stream,) = made.next()
    return made


OBJECTS: dict[str, Callable[[], Any]] = {
    "BatchAllocator": allocator,
    "Cadence": lambda: _native.Cadence([(600, "fast"), (60, "think")]),
    "Call": call,
    "Candidate": lambda: _native.Candidate("k", usd=1.0, live_usd=1.0),
    "Chunk": _native.Chunk,
    "Confidence": _native.Confidence,
    "ConfigFile": lambda: _native.ConfigFile.read("[[rung]]\nname = 'a'", "a file"),
    "Drift": lambda: _native.Drift(ESTIMATOR.estimate_batch(TEXTS * 3), window=100),
    "Estimate": lambda: PLAN.estimate,
    "EstimateBatch": lambda: ESTIMATOR.estimate_batch(TEXTS),
    "Estimator": lambda: ESTIMATOR,
    "Governor": lambda: GOVERNOR,
    "Guaranteed": offering,
    "HostRules": hosting,
    "Hold": lambda: ledger().reserve(tokens=5),
    "Information": lambda: GOVERNOR.information("Why?", spread=1.0),
    "Ladder": lambda: LADDER,
    "Learner": _native.Learner,
    "Learning": lambda: _native.Learning(rh.Governor(LADDER)),
    "Ledger": ledger,
    "Loops": _native.Loops,
    "Markers": _native.Markers,
    "OffPolicySums": _native.OffPolicySums,
    "OnlineAllocator": lambda: _native.OnlineAllocator(3.0),
    "OutcomeReader": lambda: _native.OutcomeReader(LADDER),
    "Paced": lambda: _native.Paced(10.0),
    "Plan": lambda: PLAN,
    "ProbeWorth": _native.ProbeWorth,
    "ReplyReader": lambda: _native.ReplyReader("openai.chat"),
    "Run": run,
    "Sample": lambda: call().sample(0),
    "ScoreWorth": _native.ScoreWorth,
    "Shares": _native.Shares,
    "StepCalibration": lambda: STEPS,
    "StepTable": lambda: TABLE,
    "StepWatch": lambda: _native.StepWatch(TABLE),
    "Vote": _native.Vote,
    "VotePrior": lambda: _native.VotePrior([(0.7, 0.2, 1.0)]),
    "Watch": lambda: _native.Watch(2, max_loss=0.1),
}
"""How an object of each class with methods is made."""
GOOD: dict[str, Any] = {
    "answer": "4",
    "answers": 3,
    "baseline": 0.5,
    "by": "score",
    "block": ("fleet", "", 0, 0, 5, 5),
    "body": b'{"messages": []}',
    "budget": 8,
    "calls": 3,
    "candidates": 2,
    "caps": [rh.Cap("fleet", tokens=5)],
    "certainties": [1.0, 2.0],
    "chunk": "text",
    "context": "c",
    "confidences": [1.0],
    "costs": [[1.0, 2.0]],
    "data": ESTIMATOR.to_bytes(),
    "error": "late",
    "estimate": PLAN.estimate,
    "estimator": ESTIMATOR,
    "estimates": ESTIMATOR.estimate_batch(TEXTS * 3),
    "evidence": "stall",
    "fingerprint": "v",
    "first": 3,
    "gain": [1.0, 0.5],
    "gains": [[0.1, 0.2]],
    "governor": rh.Governor(LADDER),
    "head": '"schema": 1',
    "high": 0.8,
    "high_usd": 0.01,
    "hold": 7,
    "index": 0,
    "input": 3,
    "key": "k",
    "kind": "message",
    "items": [],
    "json": "{}",
    "ladder": LADDER,
    "live_usd": 0.5,
    "learner": None,
    "logits": [0.0, 1.0],
    "logprob": -0.1,
    "logprobs": [-0.1],
    "losses": [0.0, 0.5],
    "log": ESTIMATOR.estimate_batch(TEXTS),
    "low": 0.6,
    "low_usd": 0.001,
    "lowest": [-1.0] * 40,
    "max_loss": 0.2,
    "messages": [{"role": "user", "content": "Why?"}],
    "mode": 1,
    "model": "m",
    "modes": [(600, "fast"), (60, "think")],
    "moves": [rh.Move("think")],
    "name": "fast",
    "offset": 0.0,
    "on": "loop",
    "outcomes": OUTCOMES,
    "p_correct": 0.5,
    "part": 0.3,
    "place": "row 1",
    "plan": PLAN,
    "policy": rh.policy.Utility(1.0),
    "power": 0.5,
    "price": 0.1,
    "price_of_compute": 1.0,
    "query": "Why?",
    "rate": 0.5,
    "read_usd": 0.1,
    "records": b"",
    "reference": ESTIMATOR.estimate_batch(TEXTS * 3),
    "right": [1.0, 0.0] * 20,
    "row": {"text": "a", "fast": 1.0},
    "rows": [(0.7, 0.2, 1.0)],
    "rung": "fast",
    "rungs": [rh.Rung("a")],
    "scope": "fleet",
    "score": 0.5,
    "scores": [1.0, 0.0] * 20,
    "second": 0,
    "source": "a file",
    "session": "s",
    "salt": 5,
    "sample_usd": 0.001,
    "score_usd": 0.0001,
    "share": 0.5,
    "snapshot": b"",
    "spread": 1.0,
    "state": _native.Shares().state(),
    "step": "parent",
    "target": 3.0,
    "text": "Why?",
    "texts": TEXTS,
    "threshold": 0.5,
    "thresholds": [0.5],
    "token": 5,
    "tokens": 5,
    "ttl": 60.0,
    "until": 1e10,
    "top_logprobs": [-0.1, -2.0],
    "usd": 1.0,
    "usd_per_1000": 1.0,
    "usd_per_error": 1.0,
    "vote": _native.Vote(),
    "votes": [(3, 1, 4)],
    "write_usd": 1.25,
}
"""An argument of each name."""
OWN: dict[str, dict[str, Any]] = {
    "BatchAllocator.__new__": {"queries": 2},
    "BatchAllocator.answer": {"query": 0},
    "BatchAllocator.vote": {"query": 0},
    "Confidence.update_batch": {"top_logprobs": [[-0.1, -2.0]]},
    "ConfigFile.decode": {"data": b"[[rung]]\nname = 'a'"},
    "ConfigFile.keeping": {"earlier": _native.ConfigFile.read("[[rung]]\nname = 'a'", "a file")},
    "ConfigFile.keeps_ledger": {"earlier": _native.ConfigFile.read("[[rung]]\nname = 'a'", "a file")},
    "ConfigFile.read": {"text": "[[rung]]\nname = 'a'"},
    "Governor.decide_and_rewrite": {"surface": "openai.chat"},
    "Governor.unserved": {"run": run(), "surface": "openai.chat"},
    "Guaranteed.accept": {"max_loss": offering().offers[0].max_loss},
    "Governor.outcome": {"plan": PLAN.id},
    "Governor.sleep": {"candidates": [_native.Candidate("k", usd=1.0, live_usd=1.0)]},
    "Governor.slept": {"job": 7},
    "Governor.restore_sleep": {"state": GOVERNOR.sleep_state()},
    "Governor.woke": {"right": True},
    "Sleep.__new__": {"cap": rh.Cap("fleet", usd=5.0)},
    "HostRules.__new__": {"run": run()},
    "HostRules.answers": {"call": call()},
    "HostRules.failed": {"error": "reset"},
    "HostRules.reads": {"surface": "openai.chat"},
    "HostRules.hear": {"piece": "Paris"},
    "HostRules.tell": {"piece": "Paris"},
    "Learner.add": {"rung": LADDER["fast"]},
    "Learner.from_bytes": {"data": _native.Learner().to_bytes()},
    "Learner.learn": {"outcomes": []},
    "Learner.merge": {"other": _native.Learner()},
    "BatchAllocator.add": {"query": 0, "answer": None},
    "Call.rewrite": {"surface": "openai.chat"},
    "Cadence.restore": {"state": _native.Cadence([(600, "fast"), (60, "think")]).state()},
    "Cap.__new__": {"tokens": 5},
    "EstimateBatch.p_correct": {"rung": 0.5},
    "Learning.__new__": {"outcomes": 20, "governor": rh.Governor(LADDER)},
    "Ledger.accounts": {"scope": "fleet"},
    "Loops.update_batch": {"tokens": [1, 2]},
    "Move.__new__": {"name": "think"},
    "ProbeWorth.add": {"answers": ["4", "4"]},
    "ProbeWorth.from_bytes": {"data": _native.ProbeWorth().to_bytes()},
    "ProbeWorth.merge": {"other": _native.ProbeWorth()},
    "OffPolicySums.add": {"same": True, "propensity": 0.5, "predicted_logged": 0.5, "predicted_new": 0.5},
    "OffPolicySums.from_sums": {"sums": _native.OffPolicySums().to_sums()},
    "OffPolicySums.merge": {"other": _native.OffPolicySums()},
    "ReplyReader.__new__": {"surface": "openai.chat"},
    "ReplyReader.feed": {"data": b"data: {}"},
    "Run.turn": {"call": "f(1)"},
    "Sample.tokens": {"top_logprobs": [[-0.1, -2.0]]},
    "ScoreWorth.add": {"answers": ["4", "4"], "scores": [0.5, None], "right": [1.0, 1.0]},
    "ScoreWorth.from_bytes": {"data": _native.ScoreWorth().to_bytes()},
    "ScoreWorth.merge": {"other": _native.ScoreWorth()},
    "StepCalibration.add": {"scorer": "prm", "model": "m", "paths": [([0.5], 1.0)]},
    "StepCalibration.from_bytes": {"data": _native.StepCalibration().to_bytes()},
    "StepCalibration.merge": {"other": _native.StepCalibration()},
    "StepCalibration.__new__": {"value": "last"},
    "StepCalibration.table": {"scorer": "prm", "model": "m", "confidence": 0.9},
    "StepTable.__new__": {"data": TABLE.to_bytes()},
    "StepTable.answers": {"confidence": 0.9},
    "StepWatch.__new__": {"table": TABLE},
    "StepWatch.add": {"paths": [([0.5], 1.0)]},
    "Vote.from_bytes": {"data": _native.Vote().to_bytes()},
    "Watch.from_bytes": {"data": _native.Watch(2, max_loss=0.1).to_bytes()},
    "apgr": {"score": [2.0, 1.0]},
    "explain_body": {"body": b'{"messages": [{"role": "user", "content": "Why?"}]}'},
    "calibrate_doubt": {"lowest": [-1.0] * 40, "signal": "low_logprob"},
    "calibrate_exit": {"scores": [[0.5]], "losses": [[0.0]], "tokens": [[5]]},
    "certify": {"losses": [[0.0, 0.5]]},
    "confidence_weights": {"lowest": [1.0, 2.0]},
    "control_risk": {"losses": [[0.0, 0.5]]},
    "cpt": {"score": [2.0, 1.0]},
    "read_retry_after": {"header": "5", "now": 0.0},
    "record_lines": {"rungs": []},
}
"""Arguments that one callable wants otherwise than others of their name."""
PLACED: dict[str, tuple[Any, ...]] = dict.fromkeys(("Ladder.cascade", "Ladder.of"), ("gpt-4o-mini", "gpt-4o"))
"""Arguments that are given by their place alone."""
FILES = {"load", "save", "keep"}
"""Callables that are given a file or a store: tried below."""


class Claims:
    """A sequence that claims more items than there is memory, and has none."""

    def __len__(self) -> int:
        return 2**60

    def __getitem__(self, index: object) -> object:
        raise IndexError(index)


class Lies(list):  # type: ignore[type-arg]
    """A list that claims a length."""

    def __len__(self) -> int:
        return 2**60


def virtual(dtype: Any, *shape: int) -> Any:
    """An array of that shape over eight bytes of memory."""
    return as_strided(np.zeros(1, dtype=dtype), shape, [0] * len(shape))


HOSTILE: dict[str, Any] = {
    "claims": Claims(),
    "lies": Lies(),
    "range": range(10**12),
    "virtual row": virtual(np.float64, 10**12),
    "virtual floats": virtual(np.float32, 10**12),
    "virtual rows": virtual(np.float64, 10**11, 20),
    "virtual float rows": virtual(np.float32, 10**11, 20),
    "virtual bits": virtual(np.uint16, 10**12),
    "virtual ids": virtual(np.int64, 10**12),
    "half a pair": "\ud800",
    "other half": "a\udfffb",
    "halves": ["\ud800", "\udfff"],
    "a table of halves": {"\ud800": 0.5, 5: "x"},
    "huge": 10**400,
    "minus huge": -(10**400),
    "NaN": float("nan"),
    "infinity": float("inf"),
    "object": object(),
    "text": "text",
    "digits": "5",
    "number": 5.5,
    "complex": 1j,
    "none": None,
    "nones": [None, None],
    "bytes": b"\xff\xfe",
    "nested": [[[1.0]]],
    "texts": np.array(["a"]),
    "times": np.array(["2020-01-01"], dtype="datetime64[s]"),
}


@functools.cache
def callables() -> dict[str, list[str]]:
    """The names of arguments of every callable of the bindings, required ones marked."""
    stub = ast.parse((Path(rh.__file__).parent / "_native.pyi").read_text(encoding="utf-8"))
    found: dict[str, list[str]] = {}
    scopes = [("", stub.body), *((f"{one.name}.", one.body) for one in stub.body if isinstance(one, ast.ClassDef))]
    for scope, body in scopes:
        for function in body:
            if not isinstance(function, ast.FunctionDef) or (function.name[0] == "_" and function.name != "__new__"):
                continue
            listed = function.args
            positional = [one.arg for one in (*listed.posonlyargs, *listed.args) if one.arg not in {"self", "cls"}]
            needed = positional[: len(positional) - len(listed.defaults)]
            needed += [one.arg for one, default in zip(listed.kwonlyargs, listed.kw_defaults, strict=True) if default is None]
            names = [*positional, *(one.arg for one in listed.kwonlyargs)]
            if names and function.name not in FILES:
                found[scope + function.name] = [f"{name}!" if name in needed else name for name in names]
    return found


def called(name: str, /, **given: Any) -> Any:
    """Calls a callable with good arguments but for those that are given."""
    scope, _, function = name.rpartition(".")
    if function == "__new__":
        target: Any = getattr(_native, scope)
    elif scope and function in {"from_bytes", "learn"} and scope != "Learner":
        target = getattr(getattr(_native, scope), function)
    else:
        target = getattr(OBJECTS[scope]() if scope else _native, function)
    needed = [argument.rstrip("!") for argument in callables()[name] if argument.endswith("!")]
    if "stream" in needed:
        host = hosting()
        target, given = getattr(host, function), {"stream": host.stream} | given
    good = OWN.get(name, {}) | {one: OWN.get(name, {}).get(one, GOOD.get(one)) for one in needed}
    if name in {"Estimator.estimate", "Governor.plan", "Governor.information"} and not {"text", "messages", "body"} & set(given):
        good["text"] = "Why?"
    return target(*PLACED.get(name, ()), **(good | given))


CALLABLES = callables()
READ_HERE = {
    *(
        f"{kind}{none}"
        for kind in ("int", "float", "str", "_Text", "_Numbers", "_Rows", "dict[str, float]")
        for none in ("", " | None")
    ),
    *(
        "Iterable[_Text]",
        "Sequence[str]",
        "Sequence[str] | None",
        "Sequence[float]",
        "_Scope",
        "_Move",
        "_Evidence",
        "_OutcomeKind",
    ),
    *("_Messages | None", "Iterable[_Name] | None", "Iterable[_Name | None] | None", "_Name | None", "_Purpose | None", "_Test"),
    *("Iterable[Rung]", "Iterable[Cap]", "Iterable[Move]", "Iterable[Outcome]", "tuple[float, float]", "_Walk", "_VoteRule"),
}
"""Types of arguments that the bindings read by themselves, so that their errors are this library's."""


@functools.cache
def argument_types() -> dict[str, dict[str, str]]:
    """The type of each argument of each callable, as the stub has it."""
    stub = ast.parse((Path(rh.__file__).parent / "_native.pyi").read_text(encoding="utf-8"))
    scopes = [("", stub.body), *((f"{one.name}.", one.body) for one in stub.body if isinstance(one, ast.ClassDef))]
    return {
        scope + function.name: {
            one.arg: ast.unparse(one.annotation) if one.annotation else ""
            for one in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)
        }
        for scope, body in scopes
        for function in body
        if isinstance(function, ast.FunctionDef)
    }


@pytest.mark.parametrize("name", CALLABLES)
def test_good_arguments_are_good(name: str) -> None:
    # A few calls cannot be good by themselves: nothing is held, or the file is empty.
    if name in {
        "Learner.solve",
        "Governor.slept",
        "Ledger.replay",
        "Ledger.restore",
        "Ledger.lease",
        "Ledger.rebase",
        "Ledger.align",
    }:
        pytest.skip("needs a state")
    called(name)


@pytest.mark.parametrize("name", CALLABLES)
def test_no_argument_aborts_panics_or_raises_a_raw_error(name: str) -> None:
    raw, kinds = [], argument_types()[name]
    for argument in CALLABLES[name]:
        argument = argument.rstrip("!")
        for kind, value in HOSTILE.items():
            try:
                called(name, **{argument: value})
            except RheostatError:
                pass
            except TypeError:
                # PyO3 checks the class of an argument that is an object of this library, bytes or a flag.
                if kinds[argument] in READ_HERE:
                    raw.append(f"{argument}={kind}: a raw TypeError")
            except BaseException as error:
                raw.append(f"{argument}={kind}: {error!r:.150}")
    assert not raw, "\n".join(raw)


def test_errors_name_the_argument() -> None:
    wrong_types: list[tuple[Callable[[], object], str]] = [
        (lambda: rh.Ceiling(usd="5"), "usd"),  # type: ignore[arg-type]
        (lambda: rh.Ceiling(seconds=[1.0]), "seconds"),  # type: ignore[arg-type]
        (lambda: GOVERNOR.plan("x", session=5), "session"),  # type: ignore[arg-type]
        (lambda: GOVERNOR.plan("x", models="m"), "models"),
        (lambda: GOVERNOR.plan("x", models=[b"m"]), r"models\[0\]"),  # type: ignore[list-item]
        (lambda: GOVERNOR.plan("x", p_correct={"fast": "x"}), "p_correct"),  # type: ignore[dict-item]
        (lambda: rh.Rung("a", capabilities=["tools", None]), r"capabilities\[1\]"),  # type: ignore[list-item]
        (lambda: rh.policy.Threshold("0.5"), "thresholds"),  # type: ignore[arg-type]
        (lambda: ledger().reserve(tenant=5), "tenant"),  # type: ignore[arg-type]
    ]
    for call_it, named in wrong_types:
        with pytest.raises(InvalidTypeError, match=named):
            call_it()
    wrong_values: list[tuple[Callable[[], object], str]] = [
        (lambda: rh.Ceiling(usd=10**400), "usd"),
        (lambda: rh.policy.Utility(-(10**400)), "usd_per_error"),
        (lambda: ledger().settle(1, tokens=2**70), "tokens"),
    ]
    for call_it, named in wrong_values:
        with pytest.raises(InvalidValueError, match=named):
            call_it()


def test_a_number_is_no_path() -> None:
    """It would open, and at the end close, a file of the process's own."""
    reads, writes = os.pipe()
    for made in (rh.config.load, rh.config.Live):
        with pytest.raises(InvalidTypeError, match="path"):
            made(reads)  # type: ignore[arg-type]
    os.write(writes, b"open")
    assert os.read(reads, 4) == b"open"
    os.close(reads)
    os.close(writes)


def test_settings_in_python_name_the_argument() -> None:
    wrong: list[tuple[Callable[[], object], str]] = [
        (lambda: Canary(GOVERNOR, GOVERNOR, np.array([0.1, 0.2])), "share"),  # type: ignore[arg-type]
        (lambda: Canary(GOVERNOR, GOVERNOR, 0.5, salt=3), "salt"),  # type: ignore[arg-type]
        (lambda: Canary(GOVERNOR, GOVERNOR, 0.5).arm(None), "key"),  # type: ignore[arg-type]
        (lambda: Breaker("3"), "failures"),  # type: ignore[arg-type]
        (lambda: Breaker(rest=[1.0]), "rest"),  # type: ignore[arg-type]
        (lambda: rheostat.cadence.run(LADDER, print), "cadence"),  # type: ignore[arg-type]
    ]
    for call_it, named in wrong:
        with pytest.raises(InvalidTypeError, match=named):
            call_it()
    assert Canary(GOVERNOR, GOVERNOR, 0.5).arm("\ud800") in {"stable", "candidate"}
