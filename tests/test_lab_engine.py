"""The lab's engine, with the weights that ship. Skipped without onnxruntime."""

from itertools import islice
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rheostat.errors import InvalidValueError, UnknownNameError
from rheostat_lab import MODES, Lab, Request
from rheostat_lab.questions import make
from rheostat_lab.questions import stream as questions_of_the_mix
from rheostat_lab.sampling import log_softmax

QUESTION = "Start with 17, add 25. What is the result?"


@pytest.fixture(scope="module")
def lab() -> Lab:
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    return Lab.load(capacity=16)


def questions(n: int) -> list[str]:
    rng = Random(11)
    return [make(rng, rng.choice(["chain", "story", "table", "units"]), rng.choice([1, 2, 3])).text for _ in range(n)]


def test_a_batch_says_what_each_stream_says_alone(lab: Lab) -> None:
    engine = lab["lab-tiny"]
    requests = [Request(text, MODES[i % 3], temperature=0.0) for i, text in enumerate(questions(40))]
    together = engine.serve(requests)
    for request, stream in zip(requests, together, strict=True):
        alone = engine.serve([request])[0]
        assert alone.tokens == stream.tokens
        assert np.allclose(alone.logprobs, stream.logprobs, atol=1e-3)


def test_a_cache_says_what_reading_it_all_says(lab: Lab) -> None:
    engine = lab["lab-tiny"]
    stream = engine.serve([Request(QUESTION, "hi", logits=True)])[0]
    tokens = np.array([[*stream.prompt, *stream.tokens]])
    whole, _ = engine.network.read(tokens)
    said = whole[0, len(stream.prompt) - 1 : -1]
    assert np.allclose(said, np.array(stream.logits), atol=1e-3)
    assert np.allclose(log_softmax(said)[np.arange(len(stream.tokens)), stream.tokens], stream.logprobs, atol=1e-3)


def test_seeds_repeat_and_differ(lab: Lab) -> None:
    engine = lab["lab-tiny"]

    def sampled(seed: int) -> list[list[int]]:
        return [
            s.tokens for s in engine.serve(Request(t, "hi", temperature=1.0, seed=seed + i) for i, t in enumerate(questions(12)))
        ]

    assert sampled(5) == sampled(5)
    assert sampled(5) != sampled(500)


def test_a_thinking_budget_holds_and_can_be_raised_while_it_runs(lab: Lab) -> None:
    engine = lab["lab-tiny"]
    free = engine.serve([Request(QUESTION, "hi")])[0]
    assert free.thought > 6
    for budget in (0, 1, 5):
        stream = engine.serve([Request(QUESTION, "hi", thinking_tokens=budget)])[0]
        assert stream.thought == budget
        assert stream.tokens[budget] == engine.tokenizer.ans
    raised = engine.add(Request(QUESTION, "hi", thinking_tokens=4))
    engine.step()
    engine.step()
    raised.thinking_tokens = 1000
    engine.drain()
    assert raised.tokens == free.tokens


def test_limits_cut_and_say_so(lab: Lab) -> None:
    stream = lab["lab-tiny"].serve([Request(QUESTION, "hi", max_tokens=3)])[0]
    assert (len(stream.tokens), stream.ended, stream.answer) == (3, "length", None)


def test_top_logprobs_are_sorted_and_hold_the_greedy_token(lab: Lab) -> None:
    stream = lab["lab-tiny"].serve([Request(QUESTION, "lo", top_logprobs=5)])[0]
    for token, logprob, ids, tops in zip(stream.tokens, stream.logprobs, stream.top_ids, stream.top_logprobs, strict=True):
        assert ids[0] == token
        assert tops == sorted(tops, reverse=True)
        assert tops[0] == pytest.approx(logprob)
        assert len(tops) == 5


def test_cancelled_streams_leave_and_others_go_on(lab: Lab) -> None:
    engine = lab["lab-tiny"]
    alone = engine.serve([Request(QUESTION, "hi")])[0]
    streams = [engine.add(Request(QUESTION, "hi")) for _ in range(20)]
    engine.step()
    for stream in streams[::2]:
        stream.cancel()
    engine.drain()
    assert [s.ended for s in streams] == ["cancelled", "stop"] * 10
    assert all(s.tokens == alone.tokens for s in streams[1::2])
    assert all(s.answer is None for s in streams[::2])
    assert (engine.running, engine.waiting) == (0, 0)


def test_sixteen_streams_run_at_once(lab: Lab) -> None:
    engine = lab["lab-tiny"]
    for text in questions(30):
        engine.add(Request(text, "hi"))
    engine.step()
    assert engine.running >= 15
    engine.drain()


@given(st.text(max_size=150), st.sampled_from(MODES))
@settings(max_examples=25, deadline=None)
def test_any_text_is_answered(lab: Lab, text: str, mode: str) -> None:
    engine = lab["lab-tiny"]
    stream = engine.serve([Request(text, mode, max_tokens=40)])[0]  # type: ignore[arg-type]
    assert stream.ended in {"stop", "length"}


@pytest.mark.parametrize(
    ("field", "value"),
    [("mode", "max"), ("thinking_tokens", -1), ("max_tokens", 0), ("temperature", float("nan")), ("temperature", -1.0),
     ("temperature", 3.0), ("top_p", 0.0), ("top_p", 1.5), ("seed", -1), ("top_logprobs", 21)],
)  # fmt: skip
def test_values_out_of_bounds_are_named(lab: Lab, field: str, value: object) -> None:
    with pytest.raises(InvalidValueError, match=field):
        lab["lab-tiny"].add(Request(QUESTION, **{field: value}))  # type: ignore[arg-type]


def test_long_prompts_are_refused(lab: Lab) -> None:
    for text in ("add " * 500, "x" * 10**6):
        with pytest.raises(InvalidValueError, match="too long"):
            lab["lab-tiny"].add(Request(text))


def test_unknown_models_are_named(lab: Lab) -> None:
    with pytest.raises(UnknownNameError, match="lab-huge"):
        lab["lab-huge"]


def test_a_larger_model_that_thinks_more_is_right_more_often(lab: Lab) -> None:
    asked = [q for _, q in islice(questions_of_the_mix(21, {"multi-step": 1.0}), 120)]

    def right(model: str, mode: str) -> int:
        streams = lab[model].serve(Request(q.text, mode) for q in asked)  # type: ignore[arg-type]
        return sum(q.right(s.answer) for q, s in zip(asked, streams, strict=True))

    for worse, better in (
        (("lab-tiny", "no"), ("lab-tiny", "hi")),
        (("lab-medium", "no"), ("lab-medium", "lo")),
        (("lab-tiny", "hi"), ("lab-medium", "hi")),
        (("lab-medium", "hi"), ("lab-large", "hi")),
    ):
        assert right(*worse) + 5 < right(*better), (worse, better)
