"""Signals from Python: equal to their definitions, and unharmed by what no provider should send."""

from __future__ import annotations

import importlib.util
import runpy
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rheostat as rh
from rheostat import signals
from tests.oracle import confidence as naive

rows_of_logprobs = st.integers(1, 24).flatmap(
    lambda k: st.lists(st.lists(st.floats(-50, 0, width=32), min_size=k, max_size=k), min_size=1, max_size=60)
)


@given(rows_of_logprobs, st.integers(1, 30), st.floats(0.01, 1))
@settings(max_examples=150, deadline=None)
def test_confidence_equals_its_definition(rows: list[list[float]], window: int, share: float) -> None:
    tokens = naive.tokens(rows, three_decimals=False)
    stream = rh.Confidence(window=window)
    for row, wanted in zip(rows, tokens, strict=True):
        assert stream.update(row) == pytest.approx(wanted, abs=1e-6)
    batch = rh.Confidence(window=window)
    assert batch.update_batch(np.array(rows, dtype=np.float32)) == len(rows)
    assert (batch.group, batch.lowest, batch.bottom(share)) == (stream.group, stream.lowest, stream.bottom(share))
    groups = naive.groups(tokens, window)
    assert stream.group == pytest.approx(groups[-1], abs=1e-6)
    assert stream.lowest == pytest.approx(min(groups), abs=1e-6)
    assert stream.lowest == pytest.approx(min(groups), abs=1e-6)
    assert stream.tail == pytest.approx(groups[-1], abs=1e-6)
    assert stream.bottom(share) == pytest.approx(naive.bottom(tokens, window, share), rel=1 / 16, abs=0.25)
    assert stream.full == (len(rows) >= window)


@given(rows_of_logprobs, st.integers(1, 30))
@settings(max_examples=100, deadline=None)
def test_rounded_confidence_equals_the_references(rows: list[list[float]], window: int) -> None:
    tokens = naive.tokens(rows, three_decimals=True)
    stream = rh.Confidence(window=window, rounded=True)
    assert [stream.update(row) for row in rows] == pytest.approx(tokens, abs=1.001e-3)
    groups = naive.groups(tokens, window)
    assert stream.tail == pytest.approx(groups[-1], abs=1.001e-3)
    assert stream.lowest == pytest.approx(min(groups), abs=1.501e-3)


def test_confidence_equals_the_package() -> None:
    package = importlib.util.find_spec("deepconf")
    if package is None or package.origin is None:
        pytest.skip("deepconf is not installed (pip install --no-deps deepconf==0.1.0)")
    # The package itself imports an engine; this file of it needs numpy alone.
    utils = runpy.run_path(str(Path(package.origin).with_name("utils.py")))
    numbers = np.random.default_rng(5)
    for tokens, window in ((40, 64), (300, 64), (3000, 2048)):
        rows = np.sort(-numbers.gamma(2.0, 3.0, size=(tokens, 20)).astype(np.float32))[:, ::-1]
        logprobs = [{i: SimpleNamespace(logprob=float(x)) for i, x in enumerate(row)} for row in rows]
        confidences = utils["compute_confidence"](logprobs)
        stream = rh.Confidence(window=window, rounded=True)
        mine = [stream.update(row) for row in rows.tolist()]
        assert mine == pytest.approx(confidences, abs=1e-9)
        assert stream.lowest == pytest.approx(min(utils["compute_least_grouped"](confidences, window)), abs=1e-9)
        trace = {"confs": confidences}
        bottom = utils["calculate_bottom_window_confidence"](trace, window)
        assert stream.bottom(0.1) == pytest.approx(bottom, rel=1 / 16)
        assert stream.tail == pytest.approx(utils["calculate_tail_confidence"](trace, window), abs=1e-9)


def test_a_live_stream_is_small() -> None:
    stream = rh.Confidence()
    rows = np.full((5000, 20), -3.0, dtype=np.float32)
    stream.update_batch(rows)
    assert sys.getsizeof(stream) <= 12 << 10


def bfloat16(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return (values.astype(np.float32).view(np.uint32) >> 16).astype(np.uint16)


class Foreign:
    """An array of another library: a `dtype` that says bfloat16, `view` for its bits, and DLPack."""

    def __init__(self, bits: np.ndarray[Any, Any], dtype: str) -> None:
        self.bits, self.dtype = bits, dtype

    def view(self, _dtype: object) -> Foreign:
        return Foreign(self.bits, "other.uint16")

    def __dlpack__(self, **keywords: Any) -> Any:
        return self.bits.__dlpack__(**keywords)

    def __dlpack_device__(self) -> Any:
        return self.bits.__dlpack_device__()


def test_every_format_gives_what_its_values_give() -> None:
    numbers = np.random.default_rng(1)
    for shape in ((50,), (3, 4097)):
        wide = numbers.normal(0, 4, size=shape).astype(np.float32)
        half = wide.astype(np.float16)
        brain = bfloat16(wide)
        exact = (brain.astype(np.uint32) << 16).view(np.float32)
        table: list[tuple[Any, str | None, Any]] = [
            (half, None, half.astype(np.float32)),
            (half.view(np.uint16), "float16", half.astype(np.float32)),
            (brain, "bfloat16", exact),
            (Foreign(brain, "other.bfloat16"), None, exact),
            (Foreign(half, "other.float16"), None, half.astype(np.float32)),
            (Foreign(wide, "other.float32"), None, wide),
            (wide.astype(np.float64), None, wide),
            (np.asfortranarray(half), None, half.astype(np.float32)),
            (np.asfortranarray(wide), None, wide),
            (np.repeat(wide, 2, axis=-1)[..., ::2], None, wide),
            (np.repeat(half, 2, axis=-1)[..., ::2], None, half.astype(np.float32)),
        ]
        for logits, dtype, same in table:
            got, wanted = rh.logit_stats(logits, dtype=dtype), rh.logit_stats(same)  # type: ignore[arg-type]
            np.testing.assert_array_equal(got.entropy, wanted.entropy)
            np.testing.assert_array_equal(got.margin, wanted.margin)


def test_top_tokens_are_the_likeliest() -> None:
    logits = np.random.default_rng(2).normal(size=5000).astype(np.float32)
    ids, logprobs = signals.top_tokens(logits, 7)
    assert ids.tolist() == np.argsort(-logits, kind="stable")[:7].tolist()
    log_sum_exp = np.log(np.exp(logits.astype(np.float64)).sum())
    np.testing.assert_allclose(logprobs, logits[ids] - log_sum_exp, atol=1e-5)
    assert len(signals.top_tokens([1.0, -np.inf], 5)[0]) == 1


def test_bad_logits_are_refused_by_name() -> None:
    with pytest.raises(rh.errors.UnknownNameError, match="bfloat16"):
        rh.logit_stats([1.0], dtype="float8")  # type: ignore[call-overload]
    with pytest.raises(rh.errors.InvalidTypeError, match="uint16"):
        rh.logit_stats(np.zeros(3, dtype=np.float32), dtype="bfloat16")
    with pytest.raises(rh.errors.InvalidTypeError):
        rh.logit_stats(np.zeros((2, 2, 2), dtype=np.uint16), dtype="bfloat16")
    with pytest.raises(rh.errors.InvalidValueError, match="one row"):
        signals.top_tokens([[1.0, 2.0]], 1)  # type: ignore[list-item]
    with pytest.raises(rh.errors.InvalidValueError):
        rh.logit_stats(np.zeros((3, 0), dtype=np.float16))


def numbered(top: list[float]) -> list[dict[str, object]]:
    return [{"token": str(i), "logprob": x} for i, x in enumerate(top)]


def as_objects(value: Any) -> Any:
    if isinstance(value, dict):
        return SimpleNamespace(**{key: as_objects(item) for key, item in value.items()})
    return [as_objects(item) for item in value] if isinstance(value, list) else value


def test_every_provider_gives_the_same_rows() -> None:
    top = [[-0.5, -1.5, -3.0], [-0.25, -2.0, -2.5]]
    content = [{"token": "x", "logprob": row[0], "top_logprobs": numbered(row)} for row in top]
    chat = {"choices": [{"index": 0, "logprobs": {"content": content}}]}
    engine = [{7 + i: SimpleNamespace(logprob=x, rank=i + 1, decoded_token="x") for i, x in enumerate(row)} for row in top]
    legacy = {
        "choices": [{"logprobs": {"tokens": ["a", "b"], "top_logprobs": [{str(i): x for i, x in enumerate(r)} for r in top]}}]
    }
    shapes = [
        chat,
        as_objects(chat),
        {"logprobs": {"content": content}},
        content,
        engine,
        SimpleNamespace(logprobs=engine),
        legacy,
    ]
    for shape in [*shapes, top, np.array(top)]:
        read = signals.read_logprobs(shape)
        assert read.rows.tolist() == np.array(top, dtype=np.float32).tolist()
        assert len(read) == 2
    for shape in (chat, content, engine):
        assert signals.read_logprobs(shape).sampled.tolist() == [-0.5, -0.25]
    assert signals.read_logprobs(content[0]).rows.shape == (1, 3)


def test_a_sampled_token_below_the_top_is_told_apart() -> None:
    entry = {
        9: SimpleNamespace(logprob=-8.0, rank=400),
        1: SimpleNamespace(logprob=-0.5, rank=1),
        2: SimpleNamespace(logprob=-1.0, rank=2),
    }
    read = signals.read_logprobs([entry])
    assert (read.rows.tolist(), read.sampled.tolist()) == ([[-0.5, -1.0]], [-8.0])
    assert signals.read_logprobs([entry], sampled_in_top=True).rows.tolist() == [[-0.5, -1.0, -8.0]]


def test_responses_without_logprobs_and_of_other_shapes() -> None:
    empty_ones: list[Any] = [{"choices": [{"logprobs": None}]}, {"choices": []}, [], None, {"a": 1}]
    for empty in empty_ones:
        assert len(signals.read_logprobs(empty)) == 0
    ragged = signals.read_logprobs([[-1.0, -2.0], [], None, [-3.0]])
    assert ragged.rows.shape == (4, 2)
    stream = rh.Confidence()
    assert stream.update_batch(ragged.rows) == 2
    bad_ones: list[Any] = [3, "text", [["x"]], [{"logprob": "x"}]]
    for bad in bad_ones:
        with pytest.raises(rh.errors.InvalidTypeError):
            signals.read_logprobs(bad)
    with pytest.raises(rh.errors.InvalidValueError, match="choice"):
        signals.read_logprobs({"choices": [{"text": "a"}]}, choice=1)


def test_markers_survive_lone_surrogates() -> None:
    markers = signals.Markers()
    assert markers.text("so \ud800 wait ").backtracks == 1


def test_loops_read_tokens_of_any_kind() -> None:
    ids = [i % 4 for i in range(100)]
    for tokens in (ids, tuple(ids), np.array(ids), np.array(ids, dtype=np.uint8), np.array(ids, dtype=np.uint64)):
        loops = signals.Loops()
        assert loops.update_batch(tokens)
        assert loops.found is not None
        assert (loops.found.period, loops.found.at, loops.tokens) == (4, 68, 100)
    loops = signals.Loops()
    assert not loops.update_batch([])
    for bad in ([1.5], ["a"], [[1, 2]], 7, None):
        with pytest.raises(rh.errors.InvalidTypeError):
            loops.update_batch(bad)  # type: ignore[arg-type]
    for huge in ([-1], [1 << 32], np.array([1 << 63], dtype=np.uint64)):
        with pytest.raises(rh.errors.InvalidValueError):
            loops.update_batch(huge)
    for far in (-1, 1 << 32):
        with pytest.raises(rh.errors.InvalidValueError, match=f"token must be between 0 and 4294967295, got {far}"):
            loops.update(far)
    with pytest.raises(rh.errors.InvalidTypeError, match="token: got str"):
        loops.update("7")  # type: ignore[arg-type]
    assert loops.tokens == 0


@pytest.mark.parametrize("length", [1, 20, 32, 33, 500])
def test_lists_tuples_and_arrays_of_any_length_say_the_same(length: int) -> None:
    values = [-0.25 * (i % 40) for i in range(length)]
    arrays = np.array(values), np.array(values, dtype=np.float32)
    said = [rh.Confidence().update(kind) for kind in (values, tuple(values), [np.float64(v) for v in values], *arrays)]
    assert said == [pytest.approx(-np.mean(values))] * 5


def test_a_number_that_empties_its_list_while_it_is_read_changes_nothing() -> None:
    class Emptying:
        def __float__(self) -> float:
            values.clear()
            return -4.0

    values: list[Any] = [-1.0, Emptying(), -7.0]
    assert rh.Confidence().update(values) == 4.0
    assert values == []


@pytest.mark.parametrize("values", [np.zeros(3, complex), np.array(["1", "2"]), np.array([1, 2], "m8[s]"), ["1", "2"], [1j]])
def test_what_is_no_number_is_not_made_one(values: Any) -> None:
    for read in (rh.logit_stats, rh.Confidence().update, lambda x: rh.Confidence().update_batch([x])):
        with pytest.raises(rh.errors.InvalidTypeError):
            read(values)


def test_no_rows_are_no_tokens() -> None:
    confidence = rh.Confidence()
    nothing: list[Any] = [[], (), np.zeros((0, 20)), np.zeros(0)]
    assert [confidence.update_batch(none) for none in nothing] == [0] * 4
    assert confidence.tokens == confidence.invalid == 0


def test_memory_that_is_lent_without_a_type_is_read() -> None:
    class Lent:
        def __init__(self, array: np.ndarray[Any, Any]) -> None:
            self.array = array

        def __dlpack__(self, **options: Any) -> object:
            return self.array.__dlpack__(**options)

        def __dlpack_device__(self) -> tuple[int, int]:
            return self.array.__dlpack_device__()

    row = np.linspace(-3, 3, 40)
    for dtype in (np.float16, np.float32, np.float64):
        assert rh.logit_stats(Lent(row.astype(dtype))).entropy == rh.logit_stats(row.astype(dtype)).entropy
    assert len(rh.logit_stats(Lent(np.ones((3, 40), np.float16))).entropy) == 3
    with pytest.raises(rh.errors.InvalidTypeError):
        rh.logit_stats(object())  # type: ignore[call-overload]
