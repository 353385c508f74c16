"""Log-probabilities in every shape: choices by their index, nulls survive, and no rows where there are none."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import rheostat as rh
from rheostat.errors import InvalidTypeError, InvalidValueError
from rheostat.signals import read_logprobs

NAN = math.nan


def entry(own: float | None, *top: float | None) -> dict[str, Any]:
    """One token as OpenAI writes it."""
    return {"token": "t", "logprob": own, "top_logprobs": [{"token": "c", "logprob": logprob} for logprob in top]}


def objects(value: Any) -> Any:
    """The value as a client library's objects."""
    if isinstance(value, dict):
        return SimpleNamespace(**{name: objects(inner) for name, inner in value.items()})
    return [objects(inner) for inner in value] if isinstance(value, list) else value


def shown(response: Any, **options: Any) -> tuple[list[list[float]], list[float]]:
    """Rows and own log-probabilities, rounded, with None for NaN."""
    read = read_logprobs(response, **options)

    def number(value: float) -> Any:
        return None if math.isnan(value) else round(float(value), 3)

    return [[number(value) for value in row] for row in read.rows], [number(value) for value in read.sampled]


CHUNKS = {
    "none": {"choices": [], "usage": {"prompt_tokens": 3}},
    "null choices": {"choices": None},
    "no logprobs": {"choices": [{"index": 0, "delta": {"content": "a"}}]},
    "null logprobs": {"choices": [{"index": 0, "delta": {}, "logprobs": None}]},
    "empty logprobs": {"choices": [{"index": 0, "logprobs": {}}]},
    "null content": {"choices": [{"index": 0, "logprobs": {"content": None, "refusal": None}}]},
    "empty content": {"choices": [{"index": 0, "logprobs": {"content": []}}]},
    "tool call": {"choices": [{"index": 0, "delta": {"tool_calls": []}, "logprobs": None, "finish_reason": None}]},
    "legacy, null": {
        "choices": [{"index": 0, "text": "a", "logprobs": {"tokens": [], "token_logprobs": None, "top_logprobs": None}}]
    },
    "choice alone": {"index": 0, "message": {"content": "a"}, "logprobs": None},
    "logprobs alone": {"content": None, "refusal": None},
}


@pytest.mark.parametrize("form", [lambda value: value, objects], ids=["JSON", "objects"])
@pytest.mark.parametrize("name", CHUNKS)
def test_where_there_is_nothing_there_are_no_rows(name: str, form: Any) -> None:
    assert shown(form(CHUNKS[name])) == ([], [])


@pytest.mark.parametrize("form", [lambda value: value, objects], ids=["JSON", "objects"])
def test_a_choice_is_found_by_its_index(form: Any) -> None:
    def of(*numbers: int | None) -> Any:
        named = [{} if number is None else {"index": number} for number in numbers]
        return form({"choices": [one | {"logprobs": {"content": [entry(-i - 1.0)]}} for i, one in enumerate(named)]})

    for numbers, choice, found in [
        ((1,), 1, [-1.0]),
        ((1,), 0, []),
        ((2, 0, 1), 0, [-2.0]),
        ((2, 0, 1), 1, [-3.0]),
        ((2, 0, 1), 5, []),
        ((None, None), 1, [-2.0]),
        ((None, 1), 0, []),
        ((None, 1), 1, [-2.0]),
        ((True, 3), 1, []),
    ]:
        assert shown(of(*numbers), choice=choice)[1] == found, (numbers, choice)
    with pytest.raises(InvalidValueError, match="choice"):
        read_logprobs(of(None, None), choice=2)
    with pytest.raises(InvalidValueError, match="choice"):
        read_logprobs(of(0), choice=-1)


@pytest.mark.parametrize("form", [lambda value: value, objects], ids=["JSON", "objects"])
@pytest.mark.parametrize(
    ("content", "rows", "sampled"),
    [
        ([entry(-0.1, -0.1, None)], [[-0.1, None]], [-0.1]),
        ([entry(-0.1, None, -0.1)], [[-0.1, None]], [-0.1]),
        ([entry(-0.1, None, None)], [[None, None]], [-0.1]),
        ([entry(None, -0.5, -1.0)], [[-0.5, -1.0]], [None]),
        ([entry(None)], [[]], [None]),
        ([None, entry(-0.2, -0.2)], [[None], [-0.2]], [None, -0.2]),
        ([entry(-0.1, -0.1), entry(-0.2)], [[-0.1], [None]], [-0.1, -0.2]),
        ([{"logprob": -0.3, "top_logprobs": None}], [[]], [-0.3]),
        ([{"logprob": -0.3}], [[]], [-0.3]),
        ([{"top_logprobs": [{"logprob": -0.3}]}], [[-0.3]], [None]),
        ([{"logprob": -0.3, "top_logprobs": [None, {"logprob": -0.3}]}], [[-0.3, None]], [-0.3]),
        ([{"logprob": -0.3, "top_logprobs": [-0.3, -1]}], [[-0.3, -1.0]], [-0.3]),
        ([entry(-math.inf, -math.inf, -9999.0)], [[-9999.0, -math.inf]], [-math.inf]),
    ],
)
def test_nulls_survive(form: Any, content: list[Any], rows: list[Any], sampled: list[Any]) -> None:
    assert shown(form({"choices": [{"index": 0, "logprobs": {"content": content}}]})) == (rows, sampled)
    assert shown(form({"content": content})) == (rows, sampled)
    assert shown(form({"choices": [{"index": 0, "logprobs": {"content": None, "refusal": content}}]})) == (rows, sampled)


@pytest.mark.parametrize(
    ("logprobs", "rows", "sampled"),
    [
        ({"tokens": ["a"], "token_logprobs": [-0.2], "top_logprobs": None}, [[]], [-0.2]),
        ({"tokens": ["a"], "token_logprobs": [-0.2]}, [[]], [-0.2]),
        (
            {"token_logprobs": [None, -0.2], "top_logprobs": [None, {"a": -0.2, "b": -1.5}]},
            [[None, None], [-0.2, -1.5]],
            [None, -0.2],
        ),
        ({"token_logprobs": [-0.1, -0.2], "top_logprobs": [{"a": -0.1}]}, [[-0.1], [None]], [-0.1, -0.2]),
        ({"top_logprobs": [{"a": -0.1, "b": None}]}, [[-0.1, None]], [None]),
        ({"token_logprobs": [], "top_logprobs": []}, [], []),
    ],
)
def test_legacy_completions(logprobs: dict[str, Any], rows: list[Any], sampled: list[Any]) -> None:
    assert shown({"choices": [{"index": 0, "text": "a", "logprobs": logprobs}]}) == (rows, sampled)


def test_generate_content() -> None:
    chosen = [{"token": "a", "logProbability": -0.1}, {"token": "b", "logProbability": -0.4}]
    top = [{"candidates": [{"token": "a", "logProbability": -0.1}, {"token": "c", "logProbability": -2.5}]}, {"candidates": []}]
    body = {"candidates": [{"index": 0, "logprobsResult": {"topCandidates": top, "chosenCandidates": chosen}}]}
    assert shown(body) == ([[-0.1, -2.5], [None, None]], [-0.1, -0.4])
    assert shown({"candidates": [{"content": {"parts": []}, "logprobs_result": None, "text": "a"}]}) == ([], [])


@pytest.mark.parametrize(
    "bad", ["text", 3, [["x"]], [{"logprob": "x"}], [{"logprob": True}], {"choices": "none"}, {"choices": 3}]
)
def test_other_shapes_are_wrong_types(bad: Any) -> None:
    with pytest.raises(InvalidTypeError):
        read_logprobs(bad)


def test_a_null_in_a_row_of_a_stream_is_counted_and_the_rest_heard() -> None:
    confidence = rh.Confidence()
    whole = confidence.update([-0.5, -1.5])
    for row in ([-0.5, None, -1.5], (None, -0.5, -1.5), [None, -0.5, -1.5] * 1, np.array([-0.5, None, -1.5], dtype=object)):
        assert confidence.update(row) == whole
    assert confidence.invalid == 4
    assert math.isnan(confidence.update([None, None]))
    assert rh.Confidence().update_batch([[-0.5, None], [None, None]]) == 1
    sample = rh.Governor(rh.Ladder([rh.Rung("only")])).plan("q").start().sample(0)
    assert not sample.token(-0.1, [-0.1, None], text="Paris").stops
    assert not sample.token(None, [None] * 40, text="!").stops
    assert not sample.tokens([-0.1, None], [[-0.1, None], [None, None]]).stops
    bad: Any
    for bad in (["x"], [object()], [[1.0]], ["-0.1"]):
        with pytest.raises(InvalidTypeError, match="top_logprobs"):
            sample.token(-0.1, bad)


def row(*values: float) -> dict[str, Any]:
    return {"token": "a", "logprob": values[0], "top_logprobs": [{"token": "b", "logprob": value} for value in values]}


PART = {"type": "output_text", "text": "x", "logprobs": [row(-0.5, -2.0)]}
OWN_SHAPES: dict[str, Any] = {
    "OpenAI, a response": {"output": [{"type": "reasoning", "summary": []}, {"type": "message", "content": [PART]}]},
    "OpenAI, the end of a stream": {
        "type": "response.completed",
        "response": {"output": [{"content": [PART]}, {"content": None}]},
    },
    "OpenAI, an event": {"type": "response.output_text.delta", "delta": "x", "logprobs": [row(-0.5, -2.0)]},
    "Gemini, in Python's names": {
        "candidates": [
            {
                "logprobs_result": {
                    "chosen_candidates": [{"log_probability": -0.5}],
                    "top_candidates": [{"candidates": [{"log_probability": -0.5}, {"log_probability": -2.0}]}],
                }
            }
        ]
    },
    "Ollama": {"model": "m", "response": "x", "logprobs": [row(-0.5, -2.0)]},
    "llama.cpp": {"content": "x", "completion_probabilities": [row(-0.5, -2.0)]},
    "llama.cpp, probabilities": {
        "completion_probabilities": [
            {"prob": math.exp(-0.5), "top_probs": [{"prob": math.exp(-0.5)}, {"prob": math.exp(-2.0)}]},
        ]
    },
    "SGLang": {
        "text": "x",
        "meta_info": {"output_token_logprobs": [[-0.5, 5, "a"]], "output_top_logprobs": [[[-0.5, 5, "a"], [-2.0, 6, "b"]]]},
    },
    "text-generation-inference": {
        "details": {"tokens": [{"id": 1, "logprob": -0.5}], "top_tokens": [[{"logprob": -0.5}, {"logprob": -2.0}]]}
    },
}


@pytest.mark.parametrize("form", [dict, objects])
@pytest.mark.parametrize("name", OWN_SHAPES)
def test_each_providers_own_shape(name: str, form: Any) -> None:
    read = read_logprobs(form(OWN_SHAPES[name]))
    assert read.rows.tolist() == [pytest.approx([-0.5, -2.0])]
    assert read.sampled.tolist() == pytest.approx([-0.5])


@pytest.mark.parametrize(
    "nothing",
    [
        {"candidates": [{"content": {"parts": [{"text": "x"}]}, "finishReason": "STOP"}]},
        {"candidates": [{"logprobsResult": None}]},
        {"choices": [{"index": 0, "message": {"content": "x"}}]},
        {"output": [{"type": "reasoning"}, {"type": "message", "content": [{"type": "output_text", "logprobs": None}]}]},
        {"type": "response.completed", "response": {"output": []}},
        {"meta_info": {"output_token_logprobs": None, "output_top_logprobs": None}},
        {"details": {"tokens": []}},
        {"completion_probabilities": []},
        {},
        {"model": "m", "response": "x", "done": False},
        {"content": "", "stop": True, "tokens_predicted": 3},
        {"generated_text": "x", "details": None},
        {"type": "response.created", "response": {"id": "r", "output": []}},
        {"type": "content-delta", "delta": {"message": {"content": {"text": "x"}}}},
        {"usageMetadata": {"promptTokenCount": 5}},
        {"promptFeedback": {"blockReason": "SAFETY"}},
        {"error": {"message": "overloaded"}},
    ],
)
def test_a_response_without_log_probabilities_has_no_rows(nothing: Any) -> None:
    assert len(read_logprobs(nothing)) == 0


def test_coheres_chunks_have_a_list_of_their_own() -> None:
    assert read_logprobs({"logprobs": [{"token_ids": [1, 2], "logprobs": [-0.5, None]}]}).sampled.tolist()[0] == -0.5


def test_an_event_with_one_token_has_one_row() -> None:
    event = {"index": 1, "token": {"id": 5, "text": "x", "logprob": -0.5, "special": False}, "details": None}
    assert read_logprobs(event).sampled.tolist() == [-0.5]
    delta = {"type": "content-delta", "delta": {}, "logprobs": {"token_ids": [5, 6], "text": "x", "logprobs": [-0.5, -1.5]}}
    assert read_logprobs(delta).sampled.tolist() == [-0.5, -1.5]
