"""Files of scorers: how they are read, what they say, and which are refused."""

from __future__ import annotations

import asyncio
import builtins
import contextlib
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

import rheostat as rh
from rheostat.second_stage import OnnxScorer, SecondStage, measure_spread
from rheostat.second_stage._wire import NotOnnxError, check
from tests.test_second_stage import ASK, governor

FEATURES = len(rh.features.specs())


def model(
    path: Path,
    *,
    dtype: int = TensorProto.UINT8,
    shape: tuple[Any, ...] = ("batch", 16),
    outputs: int = 1,
    said: tuple[Any, ...] = ("batch", 1),
    scale: float = 1.0,
) -> Path:
    """A file that says `scale` times a mean of its input over 255 (or of nothing, for texts: the share of empty ones)."""
    nodes = [helper.make_node("Cast", ["x"], ["numbers"], to=TensorProto.FLOAT)]
    if dtype == TensorProto.STRING:
        nodes = [
            helper.make_node("Shape", ["x"], ["shape"]),
            helper.make_node(
                "ConstantOfShape", ["shape"], ["flat"], value=helper.make_tensor("v", TensorProto.FLOAT, [1], [64.0])
            ),
            helper.make_node("Unsqueeze", ["flat", "last"], ["numbers"]),
        ]
    nodes += [
        helper.make_node("ReduceMean", ["numbers"], ["mean"], axes=[1], keepdims=len(said) - 1),
        *(helper.make_node("Mul", ["mean", "scale"], [f"y{i}"]) for i in range(outputs)),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("x", dtype, shape)],
        [helper.make_tensor_value_info(f"y{i}", TensorProto.FLOAT, said) for i in range(outputs)],
        [
            numpy_helper.from_array(np.array([scale / 255.0], np.float32), "scale"),
            numpy_helper.from_array(np.array([1], np.int64), "last"),
        ],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    return path


def chances_model(path: Path, scales: list[float]) -> Path:
    """A file whose columns are multiples of the mean of its bytes over 255."""
    nodes = [
        helper.make_node("Cast", ["x"], ["numbers"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["numbers"], ["mean"], axes=[1], keepdims=1),
        helper.make_node("Mul", ["mean", "scales"], ["y"]),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("x", TensorProto.UINT8, ("batch", 16))],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ("batch", len(scales)))],
        [numpy_helper.from_array(np.array([scales], np.float32) / np.float32(255.0), "scales")],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    return path


def test_bytes_are_read_from_head_and_tail(tmp_path: Path) -> None:
    scorer = OnnxScorer(model(tmp_path / "bytes.onnx"))
    assert (scorer.signature.kind, scorer.signature.length) == ("bytes", 16)
    for text in ("", "a", "0123456789abcdef", "0123456789abcdefgh", "\u20ac" * 40, "\ud800"):
        data = text.encode("utf-8", "replace")
        kept = data if len(data) <= 16 else data[:8] + data[-8:]
        assert scorer(text) == pytest.approx(sum(kept) / 16 / 255, abs=1e-6)
    free = OnnxScorer(model(tmp_path / "free.onnx", dtype=TensorProto.INT64, shape=("batch", "length")), length=10)
    assert (free.signature.kind, free.signature.length) == ("bytes", 10)
    assert free("abc") == pytest.approx((sum(b"abc") + 3) / 10 / 255, abs=1e-6)


def test_texts_and_features_are_inputs_too(tmp_path: Path) -> None:
    text = OnnxScorer(model(tmp_path / "text.onnx", dtype=TensorProto.STRING, shape=("batch",), said=("batch",)))
    assert text.signature.kind == "text"
    assert text(ASK) == pytest.approx(64 / 255)
    features = OnnxScorer(model(tmp_path / "f.onnx", dtype=TensorProto.FLOAT, shape=(1, FEATURES), said=(1, 1)))
    mean = float(rh.features.extract_batch([ASK], inputs=True)[0].mean())
    assert features.signature.kind == "features"
    assert features(ASK) == pytest.approx(mean / 255, rel=1e-5)
    with pytest.raises(rh.errors.InvalidTypeError, match="text: a str"):
        features(b"bytes")  # type: ignore[arg-type]


def test_a_file_serves_plans(tmp_path: Path) -> None:
    scorer = OnnxScorer(model(tmp_path / "bytes.onnx", shape=("batch", 64)))
    with SecondStage(scorer, spread=measure_spread(scorer, [ASK, "Hi"]), deadline=60.0) as second:
        plan = asyncio.run(second.aplan(governor(), ASK))
    assert second.counts["used"] == 1
    assert plan.estimate.difficulty == scorer(ASK)


@pytest.mark.parametrize(
    "wrong",
    [
        {"shape": ("batch", 16, 1)},
        {"shape": (2, 16)},
        {"shape": ("batch", 1)},
        {"shape": ("batch", 100_000)},
        {"dtype": TensorProto.INT32},
        {"dtype": TensorProto.FLOAT, "shape": ("batch", FEATURES + 1)},
        {"dtype": TensorProto.FLOAT, "shape": ("batch", FEATURES, 1)},
        {"outputs": 2},
    ],
)
def test_another_signature_is_named_beside_the_one_wanted(tmp_path: Path, wrong: dict[str, Any]) -> None:
    path = model(tmp_path / "wrong.onnx", **wrong)
    with pytest.raises(rh.errors.ArtifactError, match=r"found input 'x': tensor\(.*wanted one input: uint8") as caught:
        OnnxScorer(path)
    assert str(path) in str(caught.value)


def test_a_file_that_says_no_difficulty_is_refused(tmp_path: Path) -> None:
    for scale in (-1.0, 50.0, math.nan):
        with pytest.raises(rh.errors.ArtifactError, match="difficulty must be between 0 and 1, got"):
            OnnxScorer(model(tmp_path / "out.onnx", scale=scale))


def test_files_that_are_damaged_large_or_not_alone_are_refused(tmp_path: Path) -> None:
    good = model(tmp_path / "good.onnx").read_bytes()
    path = tmp_path / "bad.onnx"
    contents = [b"", b"no model at all", good[:-1], good[: len(good) // 2], b"\x80\x04\x95pickle.", good + good, b"\x00" * 64]
    for content in contents:
        path.write_bytes(content)
        with pytest.raises(rh.errors.ArtifactError, match=r"bad\.onnx"):
            OnnxScorer(path)
    path.write_bytes(good)
    with pytest.raises(rh.errors.ArtifactError, match=f"more than {len(good) - 1} bytes"):
        OnnxScorer(path, largest=len(good) - 1)
    with pytest.raises(rh.errors.ArtifactError, match="cannot be read"):
        OnnxScorer(tmp_path / "absent.onnx")
    with pytest.raises(rh.errors.ArtifactError, match="cannot be read"):
        OnnxScorer(tmp_path)
    wrong: tuple[dict[str, Any], ...] = ({"length": 1}, {"length": 65_537}, {"largest": 0})
    for options in wrong:
        with pytest.raises(rh.errors.InvalidValueError, match=next(iter(options))):
            OnnxScorer(path, **options)


def test_tensors_in_other_files_are_refused_wherever_they_hide(tmp_path: Path) -> None:
    loaded = onnx.load(model(tmp_path / "good.onnx"))
    onnx.save(loaded, tmp_path / "split.onnx", save_as_external_data=True, location="weights.bin", size_threshold=0)
    with pytest.raises(rh.errors.ArtifactError, match="external data"):
        OnnxScorer(tmp_path / "split.onnx")
    elsewhere = helper.make_tensor("v", TensorProto.FLOAT, [1], [0.0])
    elsewhere.data_location = TensorProto.EXTERNAL
    inner = helper.make_graph([helper.make_node("Constant", [], ["c"], value=elsewhere)], "inner", [], [])
    branch = helper.make_node("If", ["x"], ["y"], then_branch=inner, else_branch=inner)
    nested = helper.make_model(helper.make_graph([branch], "outer", [], []))
    with pytest.raises(NotOnnxError, match="external data"):
        check(nested.SerializeToString())
    function = helper.make_function("d", "f", [], ["c"], list(inner.node), [helper.make_opsetid("", 17)])
    called = helper.make_model(helper.make_graph([], "outer", [], []), functions=[function])
    with pytest.raises(NotOnnxError, match="external data"):
        check(called.SerializeToString())


def test_any_bytes_at_all_are_judged(tmp_path: Path) -> None:
    good = model(tmp_path / "good.onnx").read_bytes()

    @given(st.binary(max_size=200), st.integers(0, len(good)), st.integers(0, 255))
    def judged(noise: bytes, place: int, byte: int) -> None:
        for content in (noise, good[:place] + noise, good[:place] + bytes([byte]) + good[place + 1 :]):
            # Whatever it is: judged, and in no other way than this.
            with contextlib.suppress(NotOnnxError):
                check(content)

    judged()
    check(good)


def test_without_the_runtime_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = model(tmp_path / "good.onnx")
    real: Callable[..., Any] = builtins.__import__

    def without(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.startswith("onnxruntime"):
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setitem(__import__("sys").modules, "onnxruntime", None)
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(rh.errors.MissingExtraError, match=r"pip install 'rheostat\[onnx\]'") as caught:
        OnnxScorer(path)
    assert "\n" not in str(caught.value)


def test_a_file_says_chances_by_rung(tmp_path: Path) -> None:
    path = chances_model(tmp_path / "chances.onnx", [0.25, 0.5])
    scorer = OnnxScorer(path, rungs=["fast", "deep"])
    assert scorer.signature.rungs == ("fast", "deep")
    said = scorer("\xff" * 100)
    assert isinstance(said, dict)
    assert list(said) == ["fast", "deep"]
    assert said["deep"] == pytest.approx(2 * said["fast"])
    with SecondStage(scorer, spread=1.5, deadline=60.0) as second:
        plan = second.plan(governor(), ASK)
        assert second.counts["used"] == 1
    assert plan.p_correct == pytest.approx(scorer(ASK)[plan.rung.name])  # type: ignore[index]
    for rungs, text in ((["a", "b", "c"], r"\[batch, 3\]"), ([], r"\[batch, 1\]")):
        with pytest.raises(rh.errors.ArtifactError, match=text):
            OnnxScorer(path, rungs=rungs)
    with pytest.raises(rh.errors.ArtifactError, match="chance must be between 0 and 1, got"):
        OnnxScorer(chances_model(tmp_path / "wild.onnx", [0.5, 4.0]), rungs=["fast", "deep"])
    with pytest.raises(rh.errors.InvalidValueError, match="differ"):
        OnnxScorer(path, rungs=["fast", "fast"])
    for wrong in ("fast", [1]):
        with pytest.raises(rh.errors.InvalidTypeError, match="rungs"):
            OnnxScorer(path, rungs=wrong)  # type: ignore[arg-type]
