"""Whatever is wrong with what a caller hands over, the error is typed and names the value and the bound."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rheostat as rh

NAN, INF = float("nan"), float("inf")

Bad = tuple[Callable[[], object], type[Exception], str]

RUNGS: list[Bad] = [
    (lambda: rh.Rung(""), ValueError, "name"),
    (lambda: rh.Rung("a", ""), ValueError, "model"),
    (lambda: rh.Rung("a", samples=0), ValueError, 'rung "a": samples must be … got 0'),
    (lambda: rh.Rung("a", samples=-3), ValueError, 'rung "a": samples must be … got -3'),
    (lambda: rh.Rung("a", samples=10**30), ValueError, 'rung "a": samples must be … got 1000000000'),
    (lambda: rh.Rung("a", depth=0), ValueError, 'rung "a": depth must be … got 0'),
    (lambda: rh.Rung("a", thinking_tokens=-1), ValueError, 'rung "a": thinking_tokens must be … got -1'),
    (lambda: rh.Rung("a", answer_tokens=0), ValueError, 'rung "a": answer_tokens must be … got 0'),
    (lambda: rh.Rung("a", context_window=0), ValueError, 'rung "a": context_window must be … got 0'),
    (lambda: rh.Rung("a", output_price=-0.1), ValueError, 'rung "a": output_price must be … got -0.1'),
    (lambda: rh.Rung("a", output_price=NAN), ValueError, 'rung "a": output_price must be … got NaN'),
    (lambda: rh.Rung("a", input_price=INF), ValueError, 'rung "a": input_price must be … got inf'),
    (lambda: rh.Rung("a", cached_price=-1.0), ValueError, 'rung "a": cached_price must be … got -1'),
    (lambda: rh.Rung("a", ability=0.0), ValueError, 'rung "a": ability must be … got 0'),
    (lambda: rh.Rung("a", ability=1.0), ValueError, 'rung "a": ability must be … got 1'),
    (lambda: rh.Rung("a", ability=NAN), ValueError, 'rung "a": ability must be … got NaN'),
    (lambda: rh.Ladder([]), ValueError, "ladder"),
    (lambda: rh.Ladder([rh.Rung("a"), rh.Rung("a")]), ValueError, '"a"'),
    (lambda: rh.Ladder([rh.Rung("a")], default="b"), KeyError, 'rung "b"'),
    (lambda: rh.Ladder([rh.Rung("a")], start_max="b"), KeyError, "known: a"),
    (lambda: rh.Ladder(["a"]), TypeError, "str"),  # type: ignore[list-item]
    (lambda: rh.Ladder(3), TypeError, "int"),  # type: ignore[arg-type]
    (lambda: rh.Ladder([rh.Rung("a")])["b"], KeyError, 'unknown rung "b"'),
    (lambda: rh.Ladder([rh.Rung("a")])[1], IndexError, "1"),
    (lambda: rh.Ladder([rh.Rung("a")])[-2], IndexError, "-2"),
    (lambda: rh.Ladder([rh.Rung("a")])[1.5], TypeError, "float"),  # type: ignore[index]
]

CEILINGS: list[Bad] = [
    (lambda: rh.Ceiling(tokens=0), ValueError, "ceiling: tokens must be … got 0"),
    (lambda: rh.Ceiling(tokens=-5), ValueError, "ceiling: tokens must be … got -5"),
    (lambda: rh.Ceiling(usd=0.0), ValueError, "ceiling: usd must be … got 0"),
    (lambda: rh.Ceiling(usd=NAN), ValueError, "ceiling: usd must be … got NaN"),
    (lambda: rh.Ceiling(usd=INF), ValueError, "ceiling: usd must be … got inf"),
    (lambda: rh.Ceiling(seconds=-1.0), ValueError, "ceiling: seconds must be … got -1"),
    (lambda: rh.Ceiling(samples=0), ValueError, "ceiling: samples must be … got 0"),
    (lambda: rh.Ceiling(depth=0), ValueError, "ceiling: depth must be … got 0"),
    (lambda: rh.Ceiling(escalations=-1), ValueError, "ceiling: escalations must be … got -1"),
]

POLICIES: list[Bad] = [
    (lambda: rh.Sessions(capacity=-1), ValueError, "sessions: capacity must be … got -1"),
    (lambda: rh.Sessions(down_after=-2), ValueError, "sessions: down_after must be … got -2"),
    (lambda: rh.policy.Utility(-1.0), ValueError, "usd_per_error must be … got -1"),
    (lambda: rh.policy.Utility(NAN), ValueError, "usd_per_error must be … got NaN"),
    (lambda: rh.policy.Utility(INF), ValueError, "usd_per_error must be … got inf"),
    (lambda: rh.policy.Threshold([0.5, 0.4]), ValueError, "thresholds"),
    (lambda: rh.policy.Threshold([1.5]), ValueError, "1.5"),
    (lambda: rh.policy.Threshold([NAN]), ValueError, "NaN"),
    (lambda: rh.Governor(rh.Ladder([rh.Rung("a")]), rh.policy.Threshold([0.5])), ValueError, "thresholds"),
    (lambda: rh.Governor("a"), TypeError, "a Ladder"),  # type: ignore[arg-type]
    (lambda: rh.Governor(rh.Ladder([rh.Rung("a")]), "cheap"), TypeError, "policy"),  # type: ignore[arg-type]
    (lambda: rh.Governor(rh.Ladder([rh.Rung("a")]), ceiling=5), TypeError, "a Ceiling"),  # type: ignore[arg-type]
    (lambda: rh.Governor(rh.Ladder([rh.Rung("a")]), estimator=5), TypeError, "an Estimator"),  # type: ignore[arg-type]
    (lambda: rh.Governor(rh.Ladder([rh.Rung("a")]), window=3), ValueError, "window must be … got 3"),
    (lambda: rh.Governor(rh.Ladder([rh.Rung("a")]), outcomes=10**12), ValueError, "outcomes"),
]

SIGNALS: list[Bad] = [
    (lambda: rh.Confidence(window=0), ValueError, "window must be … got 0"),
    (lambda: rh.Confidence().bottom(0.0), ValueError, "share must be … got 0"),
    (lambda: rh.Confidence().bottom(NAN), ValueError, "share must be … got NaN"),
    (lambda: rh.Confidence().update("abc"), TypeError, "top_logprobs"),  # type: ignore[arg-type]
    (lambda: rh.Confidence().update(["a"]), TypeError, "numbers"),  # type: ignore[list-item]
    (lambda: rh.logit_stats([]), ValueError, "logits"),
    (lambda: rh.logit_stats([-INF, -INF]), ValueError, "logits"),
    (lambda: rh.logit_stats([0.0, INF]), ValueError, "logits"),
    (lambda: rh.logit_stats(np.zeros((2, 0), np.float32)), ValueError, "logits"),
    (lambda: rh.logit_stats("abc"), TypeError, "logits"),  # type: ignore[arg-type]
    (lambda: rh.logit_stats(3.0), TypeError, "logits"),  # type: ignore[call-overload]
    (lambda: rh.Vote(rule="loudest"), KeyError, "known: beta"),  # type: ignore[arg-type]
    (lambda: rh.Vote(confidence=0.5), ValueError, "confidence must be … got 0.5"),
    (lambda: rh.Vote(confidence=NAN), ValueError, "confidence must be … got NaN"),
    (lambda: rh.Vote(cap=0), ValueError, "cap must be … got 0"),
    (lambda: rh.Vote(cap=3).add("a", index=3), ValueError, "3"),
    (lambda: rh.features.extract(3), TypeError, "int"),  # type: ignore[arg-type]
    (lambda: rh.features.extract("a", window=1), ValueError, "window must be … got 1"),
    (lambda: rh.features.extract_batch("one text"), TypeError, "texts"),
    (lambda: rh.features.extract_batch(["a", 3]), TypeError, r"texts[1]"),  # type: ignore[list-item]
    (lambda: rh.features.extract_batch(["a"], threads=0), ValueError, "threads must be … got 0"),
    (lambda: rh.Estimator(window=0), ValueError, "window must be … got 0"),
    (lambda: rh.Estimator().estimate("a").p_correct(0.0), ValueError, "ability must be … got 0"),
    (lambda: rh.Estimator().estimate("a").p_correct(NAN), ValueError, "ability must be … got NaN"),
    (lambda: rh.Estimator().estimate("a").p_correct("fast"), TypeError, "rung"),
    (lambda: rh.Estimator().estimate("a").p_correct(rh.Rung("r")), ValueError, 'rung "r": ability'),
]


@pytest.mark.parametrize(("make", "error", "names"), [*RUNGS, *CEILINGS, *POLICIES, *SIGNALS])
def test_the_error_is_typed_and_names_what_is_wrong(make: Callable[[], object], error: type[Exception], names: str) -> None:
    with pytest.raises(error) as raised:
        make()
    assert all(part in str(raised.value) for part in names.split(" … "))
    assert isinstance(raised.value, (rh.RheostatError, IndexError))


QUERIES: list[tuple[dict[str, Any], type[rh.RheostatError], str]] = [
    ({}, rh.errors.InvalidValueError, "none"),
    ({"text": "a", "body": b"{}"}, rh.errors.InvalidValueError, "text and body"),
    ({"text": 5}, rh.errors.InvalidTypeError, "int"),
    ({"text": ["a"]}, rh.errors.InvalidTypeError, "messages="),
    ({"messages": "a"}, rh.errors.InvalidTypeError, "messages"),
    ({"messages": 5}, rh.errors.InvalidTypeError, "messages"),
    ({"messages": [5]}, rh.errors.InvalidTypeError, "messages"),
    ({"body": 5}, rh.errors.InvalidTypeError, "body"),
    ({"body": b""}, rh.errors.MalformedError, "byte 0"),
    ({"body": b"{"}, rh.errors.MalformedError, "byte"),
    ({"body": b"[]"}, rh.errors.MalformedError, "byte"),
    ({"body": b'{"messages": [{"role": "user", "content": "cut'}, rh.errors.MalformedError, "byte"),
    ({"body": b'{"messages": [{"role": "user", "content": "\\x"}]}'}, rh.errors.MalformedError, "byte"),
    ({"body": b"[" * 100_000}, rh.errors.MalformedError, "byte"),
    ({"text": "a", "rung": "top"}, rh.errors.UnknownNameError, 'unknown rung "top"'),
    ({"text": "a", "models": ["none"]}, rh.errors.UnknownNameError, "none"),
    ({"text": "a", "models": []}, rh.errors.InvalidValueError, "models must be … got an empty list"),
    ({"text": "a", "ceiling": 5}, rh.errors.InvalidTypeError, "a Ceiling"),
]


@pytest.mark.parametrize(("given", "error", "names"), QUERIES)
def test_a_bad_query_is_refused(governor: rh.Governor, given: dict[str, Any], error: type[rh.RheostatError], names: str) -> None:
    with pytest.raises(error) as raised:
        governor.plan(**given)
    assert all(part in str(raised.value) for part in names.split(" … "))


def test_a_batch_names_the_text_that_is_none(governor: rh.Governor) -> None:
    with pytest.raises(rh.errors.InvalidTypeError, match=r"texts\[2\]"):
        governor.plan_batch(["a", b"b", None])  # type: ignore[list-item]
    with pytest.raises(rh.errors.InvalidTypeError, match="texts"):
        governor.plan_batch("one text")
    assert len(governor.plan_batch([])) == 0


def test_outcomes_are_checked(governor: rh.Governor) -> None:
    plan = governor.plan("hi")
    for score in (-0.1, 1.1, NAN, INF):
        with pytest.raises(rh.errors.InvalidValueError, match="score"):
            governor.outcome(plan.id, rung="fast", score=score)
    with pytest.raises(rh.errors.UnknownNameError, match="graded"):
        governor.outcome(plan.id, rung="fast", score=1.0, kind="guessed")  # type: ignore[arg-type]
    with pytest.raises(rh.errors.UnknownNameError, match="rung"):
        governor.outcome(plan.id, rung="top", score=1.0)
    with pytest.raises(rh.errors.InvalidValueError, match="plan"):
        governor.outcome("no id", rung="fast", score=1.0)
    assert governor.outcomes() == []


def test_artifacts_are_refused_when_damaged(tmp_path: Any) -> None:
    good = rh.Estimator().to_bytes()
    for bad in (b"", b"RHEO", good[:-1], good[:1000], b"\x80\x04K\x01.", good + b"\0", bytes(10 << 20)):
        with pytest.raises(rh.errors.ArtifactError) as raised:
            rh.Estimator.from_bytes(bad)
        assert isinstance(raised.value, (ValueError, OSError))
    for at in range(0, len(good), len(good) // 97):
        flipped = bytearray(good)
        flipped[at] ^= 0x10
        with pytest.raises(rh.errors.ArtifactError):
            rh.Estimator.from_bytes(bytes(flipped))
    path = tmp_path / "model.bin"
    rh.Estimator().save(path)
    assert rh.Estimator.load(path).version == rh.Estimator().version
    with pytest.raises(FileNotFoundError):
        rh.Estimator.load(tmp_path / "absent.bin")


def test_streams_survive_nonsense(governor: rh.Governor) -> None:
    with governor.plan("hi").start(at=0.0) as run:
        sample = run.next(at=0.0)[0].sample()
        for logprob in (NAN, INF, -INF, 5.0, None):
            for top in ([], [NAN], [INF, NAN, 3.0], [-1e300, 1e300], None):
                sample.token(logprob, top, text="x", at=NAN)
        sample.tokens([NAN, 1.0], [[NAN, INF], [1.0, 2.0]], at=-5.0)
        sample.tokens([0.0, 0.0, 0.0], [[-1.0, -2.0]], at=INF)
        sample.step(NAN, at=0.0)
        sample.step(7.0, at=0.0)
        sample.probe("", NAN, at=0.0)
        sample.logits([NAN, NAN], at=0.0)
        sample.text("", 0, at=0.0)
        assert sample.readings.invalid > 0
        assert run.spent.tokens <= governor.plan("hi").limit.tokens
        assert run.spent.seconds == 0.0


def test_wrong_types_in_a_stream_are_errors_and_cost_nothing(governor: rh.Governor) -> None:
    with governor.plan("hi").start() as run:
        call = run.next()[0]
        sample = call.sample()
        with pytest.raises(rh.errors.InvalidTypeError, match="top_logprobs"):
            sample.token(0.0, "abc")  # type: ignore[arg-type]
        with pytest.raises(rh.errors.InvalidTypeError, match="numbers"):
            sample.token(0.0, ["a"])  # type: ignore[list-item]
        with pytest.raises(rh.errors.InvalidValueError, match="sample"):
            call.sample(99)
        with pytest.raises(rh.errors.InvalidValueError, match="sample"):
            run.sample(99)
        assert run.spent.tokens == 0
        sample.finish("a")
        with pytest.raises(rh.errors.StateError, match="ended"):
            sample.finish("b")
        with pytest.raises(rh.errors.StateError, match="ended"):
            call.fail("late")
    with pytest.raises(rh.errors.StateError, match="closed"):
        run.next()


@pytest.mark.parametrize(
    ("kind", "builtins"),
    [
        (rh.errors.InvalidValueError, (ValueError,)),
        (rh.errors.InvalidTypeError, (TypeError,)),
        (rh.errors.UnknownNameError, (KeyError,)),
        (rh.errors.ArtifactError, (ValueError, OSError)),
        (rh.errors.MalformedError, (ValueError,)),
        (rh.errors.StateError, (RuntimeError,)),
        (rh.errors.MissingExtraError, (ImportError,)),
    ],
)
def test_each_error_is_also_the_built_in_that_fits(kind: type[Exception], builtins: tuple[type[Exception], ...]) -> None:
    assert issubclass(kind, rh.RheostatError)
    for builtin in builtins:
        assert issubclass(kind, builtin)
    # KeyError shows the repr of its argument; a sentence is read as one.
    assert str(kind("a sentence")) == "a sentence"
    assert kind.__module__.startswith("rheostat")


def test_a_message_does_not_grow_with_what_was_given(governor: rh.Governor) -> None:
    huge = "é" * 10_000_000
    refused: list[Callable[[], object]] = [
        lambda: rh.Rung(huge),
        lambda: rh.Vote(rule=huge),  # type: ignore[arg-type]
        lambda: governor.plan("a", rung=huge),
        lambda: governor.outcome(huge, rung="fast", score=1.0),
    ]
    for refuse in refused:
        with pytest.raises(rh.RheostatError, match=r"200000\d\d bytes") as raised:
            refuse()
        assert len(str(raised.value)) < 1_000


def test_modules_are_there_when_they_are_named() -> None:
    assert callable(rh.config.load)
    assert {"aio", "config", "signals", "records", "Governor"} <= set(dir(rh))
    with pytest.raises(AttributeError, match="no attribute 'sinals'"):
        rh.sinals  # noqa: B018


def test_classes_in_python_refuse_as_the_bindings_do(tmp_path: Path) -> None:
    store = rh.stores.SQLite(tmp_path / "a.db", [rh.Cap("fleet", tokens=5)])
    refused: list[Bad] = [
        (lambda: rh.config.loads(b"[[rung]]"), rh.errors.InvalidTypeError, "text: got bytes"),  # type: ignore[arg-type]
        (lambda: rh.config.loads("a=" + "[" * 9_000), rh.errors.MalformedError, "within too many others"),
        (lambda: rh.records.Recorder(tmp_path / "a.jsonl", capacity="5"), rh.errors.InvalidTypeError, "capacity: got str"),  # type: ignore[arg-type]
        (lambda: rh.records.Recorder(tmp_path / "a.jsonl", batch=0), rh.errors.InvalidValueError, "batch must be … got 0"),
        (lambda: rh.stores.SQLite(tmp_path / "b.db", [1]), rh.errors.InvalidTypeError, "an iterable of Cap"),  # type: ignore[list-item]
        (lambda: rh.stores.SQLite(tmp_path / "b.db", [], accounts=0), rh.errors.InvalidValueError, "accounts must be … got 0"),
        (
            lambda: rh.stores.SQLite(tmp_path / "b.db", [], interval=0.0),
            rh.errors.InvalidValueError,
            "interval must be … got 0.0",
        ),
        (lambda: rh.second_stage.SecondStage(5, spread=1.0), rh.errors.InvalidTypeError, "scorer: got int"),  # type: ignore[arg-type]
        (
            lambda: rh.second_stage.SecondStage(len, spread=1.0, workers=65),
            rh.errors.InvalidValueError,
            "workers must be … got 65",
        ),
    ]
    for refuse, error, names in refused:
        with pytest.raises(error) as raised:
            refuse()
        assert all(part in str(raised.value) for part in names.split(" … "))
    assert repr(store) == f"SQLite({str(tmp_path / 'a.db')!r}, 1 caps)"
    store.close()
