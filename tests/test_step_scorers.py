"""Step scorers: late, out of order, failing, in ONNX files and behind a pooling endpoint."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

import rheostat as rh
from rheostat.errors import ArtifactError, InvalidTypeError, InvalidValueError, StateError
from rheostat.step_scorers import OnnxStepScorer, PoolingScorer, StepScoring

ASK = "What is 2 + 2 + 2?"


def sample() -> rh.Sample:
    """A stream of a new run."""
    return rh.Governor(rh.Ladder([rh.Rung("fast")])).plan(ASK).start().next()[0].sample()


class Recorded:
    """A stand-in for a sample, which keeps the scores that it receives."""

    def __init__(self) -> None:
        self.told: list[tuple[int, float]] = []

    def step(self, score: float, *, at_step: int) -> None:
        self.told.append((at_step, score))


@given(cuts=st.lists(st.integers(0, 40), max_size=8))
def test_pieces_of_any_size_give_the_same_steps(cuts: list[int]) -> None:
    text, asked = "one\n\ntwo\n\n\n\nthree\n\n  \n\nfour", []
    recorded: Any = Recorded()

    def scorer(question: str, steps: Sequence[str]) -> list[float]:
        asked.append((question, tuple(steps)))
        return [0.5] * len(steps)

    with StepScoring(scorer) as scoring, scoring.watch(recorded, ASK) as stream:
        places = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
        for begin, end in itertools.pairwise(places):
            stream.text(text[begin:end])
        stream.close()
        assert scoring.join(60)
    steps = ("one", "two", "three", "four")
    assert asked == [(ASK, steps[: i + 1]) for i in range(4)]
    assert recorded.told == [(i, 0.5) for i in range(4)]


def test_scores_may_come_in_any_order_and_the_stream_does_not_wait() -> None:
    later, earlier = threading.Event(), threading.Event()

    def scorer(_: str, steps: Sequence[str]) -> list[float]:
        if len(steps) == 1:
            assert later.wait(60)
            earlier.set()
        return [0.25 * len(steps)] * len(steps)

    recorded: Any = Recorded()
    with StepScoring(scorer, workers=2) as scoring:
        stream = scoring.watch(recorded, ASK)
        stream.text("first\n\nsecond\n\n")
        while recorded.told != [(1, 0.5)]:
            threading.Event().wait(0.001)
        later.set()
        assert earlier.wait(60)
        assert scoring.join(60)
    assert recorded.told == [(1, 0.5), (0, 0.25)]


def test_a_late_score_acts_at_the_next_event() -> None:
    calibration = rh.learn.StepCalibration()
    for i in range(400):
        calibration.add("prm", "small", [([0.9], 1.0), ([0.05], float(i % 25 == 0))])
    rung = rh.Rung("many", model="small", samples=4, steps=calibration.table("prm", "small"))
    run = rh.Governor(rh.Ladder([rung]), rules=rh.Rules(reject_below=0.2)).plan(ASK).start()
    weak = run.next()[0].sample()
    with StepScoring(lambda _, steps: [0.05] * len(steps)) as scoring, scoring.watch(weak, ASK) as stream:
        assert not weak.text("a wrong step\n\n").stops
        stream.text("a wrong step\n\n")
        assert scoring.join(60)
        assert weak.text("and more").stops


def test_a_scorer_that_fails_fails_no_stream() -> None:
    for scorer, kind in (
        (lambda *_: [0.1, 0.2, 0.3], InvalidValueError),
        (lambda *_: ["high"], ValueError),
        (lambda *_: 1 / 0, ZeroDivisionError),
    ):
        one = sample()
        with StepScoring(scorer) as scoring:  # type: ignore[arg-type]
            with scoring.watch(one, ASK) as stream:
                stream.text("a step")
            assert scoring.join(60)
        assert scoring.counts == {"scored": 0, "failed": 1, "dropped": 0}
        assert isinstance(scoring.error, kind)
        assert one.finish(answer="6").reason == "the sample finished with an answer"


def test_room_and_ends_are_bounded() -> None:
    go, begun = threading.Event(), threading.Event()

    def slow(_: str, steps: Sequence[str]) -> list[float]:
        begun.set()
        assert go.wait(60)
        return [0.5] * len(steps)

    recorded: Any = Recorded()
    scoring = StepScoring(slow, waiting=2)
    scoring.watch(recorded, ASK).text("a\n\nb\n\nc\n\nd\n\n")
    assert begun.wait(60)
    assert scoring.counts["dropped"] == 2
    assert not scoring.join(0)
    go.set()
    assert scoring.join(60)
    scoring.close()
    with pytest.raises(StateError, match="closed"):
        scoring.watch(recorded, ASK).text("e\n\n")
    # A stream that broke off has no last step; one without separators is cut.
    with StepScoring(lambda _, steps: [0.5] * len(steps)) as other:
        broken = other.watch(recorded, ASK)
        broken.text("half a st")
        broken.__exit__(OSError)
        assert other.join(60)
        assert other.counts["scored"] == 0
        other.watch(recorded, ASK).text("x" * 200_000)
        assert other.join(60)
        assert other.counts["scored"] == 3


def test_bad_arguments_are_named() -> None:
    for make, kind, match in (
        (lambda: StepScoring(5), InvalidTypeError, "scorer"),  # type: ignore[arg-type]
        (lambda: StepScoring(len, separator=""), InvalidValueError, "separator"),  # type: ignore[arg-type]
        (lambda: StepScoring(len, workers=0), InvalidValueError, "workers must be between 1 and 64, got 0"),  # type: ignore[arg-type]
        (lambda: StepScoring(len, waiting=0), InvalidValueError, "waiting"),  # type: ignore[arg-type]
        (lambda: PoolingScorer(5, "prm"), InvalidTypeError, "post"),  # type: ignore[arg-type]
        (lambda: PoolingScorer(dict, "prm", tag=""), InvalidValueError, "tag"),
        (lambda: OnnxStepScorer("none.onnx", 5), InvalidTypeError, "encode"),  # type: ignore[arg-type]
    ):
        with pytest.raises(kind, match=match):
            make()


def test_the_form_of_the_pooling_endpoint() -> None:
    bodies: list[dict[str, Any]] = []

    def post(body: dict[str, Any]) -> dict[str, Any]:
        bodies.append(body)
        return {"object": "list", "data": [{"index": 0, "object": "pooling", "data": [[0.1, 0.9], [0.75, 0.25]]}]}

    scorer = PoolingScorer(post, "prm", system="Reason step by step.")
    assert scorer(ASK, ["2 + 2 = 4", "4<extra_0> + 2 = 7"]) == [0.9, 0.25]
    (body,) = bodies
    assert body["model"] == "prm"
    assert [message["role"] for message in body["messages"]] == ["system", "user", "assistant"]
    assert body["messages"][-1]["content"] == "2 + 2 = 4<extra_0>4 + 2 = 7<extra_0>", "a step cannot end another one"
    with pytest.raises(InvalidValueError, match="the reply has 2 scores for 1 steps: is '<extra_0>' the model's tag"):
        scorer(ASK, ["2 + 2 = 4"])
    with pytest.raises(InvalidTypeError):
        PoolingScorer(lambda _: {"error": "busy"}, "prm")(ASK, ["2 + 2 = 4"])


def file(path: Path, columns: int, mask: bool = False, dtype: int = TensorProto.INT64) -> Path:
    """A file whose rows are the token's id times the weights."""
    nodes = [
        helper.make_node("Cast", ["input_ids"], ["numbers"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["numbers", "axis"], ["column"]),
        helper.make_node("Mul", ["column", "weights"], ["rows"]),
    ]
    inputs = [helper.make_tensor_value_info("input_ids", dtype, ("batch", "tokens"))]
    if mask:
        nodes += [
            helper.make_node("Cast", ["attention_mask"], ["seen"], to=TensorProto.FLOAT),
            helper.make_node("Unsqueeze", ["seen", "axis"], ["seen_column"]),
            helper.make_node("Mul", ["rows", "seen_column"], ["y"]),
        ]
        inputs.append(helper.make_tensor_value_info("attention_mask", TensorProto.INT64, ("batch", "tokens")))
    else:
        nodes.append(helper.make_node("Identity", ["rows"], ["y"]))
    weights = np.array([[[0.1, 0.0][:columns]]], np.float32) if columns == 1 else np.array([[[0.0, 1.0]]], np.float32)
    graph = helper.make_graph(
        nodes,
        "prm",
        inputs,
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ("batch", "tokens", columns))],
        [numpy_helper.from_array(weights, "weights"), numpy_helper.from_array(np.array([2], np.int64), "axis")],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    return path


def encode(question: str, steps: Sequence[str]) -> tuple[list[int], list[int]]:
    """One token for each word, its length; a step ends at its last word."""
    ids, ends = [len(word) for word in question.split()], []
    for step in steps:
        ids += [len(word) for word in step.split()]
        ends.append(len(ids) - 1)
    return ids, ends


def test_an_onnx_file_scores_steps(tmp_path: Path) -> None:
    scores = OnnxStepScorer(file(tmp_path / "scores.onnx", 1), encode)
    assert scores(ASK, ["a bb", "ccc dddd"]) == pytest.approx([0.2, 0.4])
    logits = OnnxStepScorer(file(tmp_path / "logits.onnx", 2, mask=True), encode)
    assert logits(ASK, ["a bb"]) == pytest.approx([1 / (1 + np.exp(-2.0))])
    with StepScoring(scores) as scoring:
        one = sample()
        with scoring.watch(one, ASK) as stream:
            stream.text("a bb\n\nccc dddd\n\neeeee")
        assert scoring.join(60)
    assert one.readings.steps == pytest.approx((0.2 + 0.4 + 0.5) / 3)


def test_another_file_and_another_tokenizer_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match=r"found input 'input_ids': tensor\(float\).*wanted int64 \[batch, tokens\]"):
        OnnxStepScorer(file(tmp_path / "floats.onnx", 1, dtype=TensorProto.FLOAT), encode)
    with pytest.raises(ArtifactError, match="cannot be read"):
        OnnxStepScorer(tmp_path / "none.onnx", encode)
    path = file(tmp_path / "prm.onnx", 1)
    with pytest.raises(ArtifactError, match="`largest` says how many may be read"):
        OnnxStepScorer(path, encode, largest=10)
    for wrong, kind, match in (
        (lambda *_: ([1, 2], [2]), InvalidValueError, "positions"),
        (lambda *_: ([1, 2], []), InvalidValueError, "positions"),
        (lambda *_: ([], []), InvalidValueError, "tokens"),
        (lambda *_: 5, InvalidTypeError, "token ids and positions are wanted"),
        (lambda *_: (["a"], [0]), InvalidTypeError, "token ids and positions are wanted"),
    ):
        with pytest.raises(kind, match=match):
            OnnxStepScorer(path, wrong)(ASK, ["a"])  # type: ignore[arg-type]
