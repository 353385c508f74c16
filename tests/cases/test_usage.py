"""A provider's usage, from whatever a client has of it: JSON, a mapping, an object of an SDK, whole or in a chunk of a stream."""

import dataclasses
import json
import math
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import rheostat as rh
from rheostat.errors import UnknownNameError
from rheostat.host import Chunk, Host, Usage, serve

SHAPES = {
    "openai": {"usage": {"prompt_tokens": 20, "completion_tokens": 7, "prompt_tokens_details": {"cached_tokens": 8}}},
    "openai responses": {
        "response": {"usage": {"input_tokens": 20, "output_tokens": 7, "input_tokens_details": {"cached_tokens": 8}}}
    },
    "anthropic": {"message": {"usage": {"input_tokens": 12, "cache_read_input_tokens": 8, "output_tokens": 7}}},
    "gemini": {"usageMetadata": {"promptTokenCount": 20, "cachedContentTokenCount": 8, "candidatesTokenCount": 7}},
    "bedrock": {"metadata": {"usage": {"inputTokens": 12, "cacheReadInputTokens": 8, "outputTokens": 7}}},
    "cohere": {"delta": {"usage": {"billed_units": {"input_tokens": 20, "output_tokens": 7}, "cached_tokens": 8}}},
    "openrouter": {"data": {"native_tokens_prompt": 20, "native_tokens_completion": 7, "native_tokens_cached": 8}},
    "ollama": {"done": True, "prompt_eval_count": 20, "eval_count": 7},
    "llama.cpp": {"tokens_evaluated": 20, "tokens_predicted": 7, "tokens_cached": 26},
}

FULL = {"input": 20, "cached": 8, "output": 7}
OTHERS: dict[str, tuple[Any, dict[str, int]]] = {
    "llama.cpp, beside a chat chunk": ({"timings": {"prompt_n": 12, "cache_n": 8, "predicted_n": 7}}, FULL),
    "cohere 1, the end of a stream": (
        {"event_type": "stream-end", "response": {"meta": {"billed_units": {"input_tokens": 20.0, "output_tokens": 7.0}}}},
        {"input": 20, "output": 7},
    ),
    "sglang": ({"meta_info": {"prompt_tokens": 20, "completion_tokens": 7, "cached_tokens": 8}}, FULL),
    "text-generation-inference": ({"generated_text": "x", "details": {"generated_tokens": 7, "prefill": []}}, {"output": 7}),
    "watsonx": ({"results": [{"input_token_count": 20, "generated_token_count": 7}]}, {"input": 20, "output": 7}),
    "replicate": ({"output": ["x"], "metrics": {"input_token_count": 20, "output_token_count": 7}}, {"input": 20, "output": 7}),
    "llama on bedrock": ({"prompt_token_count": 20, "generation_token_count": 7}, {"input": 20, "output": 7}),
    "titan on bedrock": ({"inputTextTokenCount": 20, "results": [{"tokenCount": 7}]}, {"input": 20, "output": 7}),
    "titan's stream": ({"inputTextTokenCount": 20, "totalOutputTextTokenCount": 7}, {"input": 20, "output": 7}),
    "langchain's output": ({"token_usage": {"prompt_tokens": 20, "completion_tokens": 7}}, {"input": 20, "output": 7}),
    "langchain's messages": (
        {"usage_metadata": {"input_tokens": 20, "output_tokens": 7, "input_token_details": {"cache_read": 8}}},
        FULL,
    ),
    "dashscope": (
        {"usage": {"input_tokens": 20, "output_tokens": 7, "prompt_tokens_details": {"cached_tokens": 8}}},
        FULL,
    ),
    "openai realtime": (
        {"response": {"usage": {"input_tokens": 20, "output_tokens": 7, "input_token_details": {"cached_tokens": 8}}}},
        FULL,
    ),
    "mistral": ({"usage": {"prompt_tokens": 20, "completion_tokens": 7, "num_cached_tokens": 8}}, FULL),
    "vercel 4": ({"usage": {"promptTokens": 20, "completionTokens": 7}}, {"input": 20, "output": 7}),
    "vercel 5": ({"usage": {"inputTokens": 20, "outputTokens": 7, "cachedInputTokens": 8}}, FULL),
    "vercel 6": (
        {"usage": {"inputTokens": {"total": 20, "cacheRead": 8}, "outputTokens": {"total": 7, "reasoning": 3}}},
        FULL | {"reasoning": 3},
    ),
    "gemini's list": (
        [{"usageMetadata": {"promptTokenCount": 20}}, {"usageMetadata": {"promptTokenCount": 20, "candidatesTokenCount": 7}}],
        {"input": 20, "output": 7},
    ),
    "text-generation-inference, with details": (
        {"details": {"generated_tokens": 7, "input_length": 20}},
        {"input": 20, "output": 7},
    ),
    "vertex, predict": (
        {
            "predictions": [{"content": "x"}],
            "metadata": {
                "tokenMetadata": {
                    "inputTokenCount": {"totalTokens": 20, "totalBillableCharacters": 60},
                    "outputTokenCount": {"totalTokens": 7},
                }
            },
        },
        {"input": 20, "output": 7},
    ),
    "semantic kernel": (
        {
            "metadata": {
                "Usage": {
                    "InputTokenCount": 20,
                    "OutputTokenCount": 7,
                    "InputTokenDetails": {"CachedTokenCount": 8},
                    "OutputTokenDetails": {"ReasoningTokenCount": 3},
                }
            }
        },
        FULL | {"reasoning": 3},
    ),
    "tencent": (
        {"Response": {"Usage": {"PromptTokens": 20, "CompletionTokens": 7, "TotalTokens": 27}}},
        {"input": 20, "output": 7},
    ),
    "pydantic ai, before 1": (
        {"usage": {"requests": 1, "request_tokens": 20, "response_tokens": 7, "details": {"cached_tokens": 8}}},
        FULL,
    ),
    "yandex": ({"result": {"usage": {"inputTextTokens": "20", "completionTokens": "7"}}}, {"input": 20, "output": 7}),
    "lm studio": (
        {"output": [], "stats": {"input_tokens": 20, "total_output_tokens": 7, "tokens_per_second": 9.5}},
        {"input": 20, "output": 7},
    ),
    "deepinfra": ({"results": [{}], "inference_status": {"tokens_input": 20, "tokens_generated": 7}}, {"input": 20, "output": 7}),
    "opentelemetry": (
        {
            "attributes": {
                "gen_ai.usage.input_tokens": 20,
                "gen_ai.usage.cache_read.input_tokens": 8,
                "gen_ai.usage.output_tokens": 7,
            }
        },
        FULL,
    ),
    "opentelemetry, as it is sent": (
        {
            "attributes": [
                {"key": "gen_ai.usage.input_tokens", "value": {"intValue": "20"}},
                {"key": "gen_ai.usage.output_tokens", "value": {"intValue": "7"}},
            ]
        },
        {"input": 20, "output": 7},
    ),
    "openinference": (
        {"attributes": {"llm.token_count.prompt": 20, "llm.token_count.completion": 7}},
        {"input": 20, "output": 7},
    ),
    "autogen": ({"models_usage": {"prompt_tokens": 20, "completion_tokens": 7}}, {"input": 20, "output": 7}),
    "langchain's results": (
        {"generations": [[{"text": "x"}]], "llm_output": {"token_usage": {"prompt_tokens": 20, "completion_tokens": 7}}},
        {"input": 20, "output": 7},
    ),
    "haystack": (
        {"replies": ["x"], "meta": [{"model": "m", "usage": {"prompt_tokens": 20, "completion_tokens": 7}}]},
        {"input": 20, "output": 7},
    ),
}
"""Shapes of clients, gateways and older interfaces, and their counts."""


def objects(value: Any) -> Any:
    """Gives a mapping attributes, as an SDK does."""
    return SimpleNamespace(**{name: objects(inner) for name, inner in value.items()}) if isinstance(value, dict) else value


class Model:
    """An object of an SDK that gives its data as a mapping."""

    def __init__(self, data: dict[str, Any]) -> None:
        self._data = data

    def model_dump(self) -> dict[str, Any]:
        return self._data


@dataclasses.dataclass
class Slots:
    __slots__ = ("completion_tokens", "prompt_tokens")
    prompt_tokens: int
    completion_tokens: int


@pytest.mark.parametrize("form", [dict, json.dumps, lambda shape: json.dumps(shape).encode(), objects, Model])
@pytest.mark.parametrize("provider", SHAPES)
def test_any_form_of_any_shape_is_read(provider: str, form: Any) -> None:
    cached = None if provider in {"ollama", "llama.cpp"} else 8
    for asked in (None, provider):
        assert Usage.read(form(SHAPES[provider]), asked) == Usage(input=20, cached=cached, output=7)


@pytest.mark.parametrize("name", OTHERS)
def test_what_clients_and_gateways_make_of_it_is_read(name: str) -> None:
    shape, counts = OTHERS[name]
    assert Usage.read(json.dumps(shape)) == Usage(**counts)
    assert Usage.read(shape) == Usage(**counts)


WRAPPED: dict[str, Any] = {
    "cloudflare": lambda response: {"result": response, "success": True, "errors": []},
    "a gateway": lambda response: {"status": 200, "data": response},
    "a line of a batch": lambda response: {"custom_id": "1", "response": {"status_code": 200, "body": response}, "error": None},
    "a line of Anthropic's batch": lambda response: {"custom_id": "1", "result": {"type": "succeeded", "message": response}},
    "a line of Bedrock's batch": lambda response: {"recordId": "1", "modelInput": {"max_tokens": 9}, "modelOutput": response},
    "two wrappers of a gateway": lambda response: {"data": {"event": response}},
}
"""Wrappers round a response, of gateways and of batches."""
BARE = [
    shape
    for shape in (*SHAPES.values(), *(shape for shape, _ in OTHERS.values()))
    if isinstance(shape, dict) and not shape.keys() & {"data", "result", "Response"}
]
"""Responses without a wrapper of their own."""


@pytest.mark.parametrize("wrap", WRAPPED.values(), ids=WRAPPED)
@pytest.mark.parametrize("shape", BARE)
def test_a_usage_is_read_in_any_wrapper(wrap: Any, shape: Any) -> None:
    assert Usage.read(wrap(shape)) == Usage.read(shape) is not None


@pytest.mark.parametrize(
    "other",
    [
        {"request": {"usage": {"input_tokens": 999, "output_tokens": 999}}},
        {"content": [{"type": "tool_use", "input": {"usage": {"input_tokens": 999, "output_tokens": 999}}}]},
        {"arguments": {"prompt_tokens": 999, "completion_tokens": 999}},
        {"rate_limit": {"input_tokens": 999, "output_tokens": 999}},
        {"limits": {"usage": {"prompt_tokens": 999, "completion_tokens": 999}}},
    ],
)
def test_counts_of_something_else_are_no_usage(other: dict[str, Any]) -> None:
    assert Usage.read(other) is None
    assert Usage.read({"result": other}) is None
    counts = {"prompt_tokens": 20, "completion_tokens": 7}
    assert Usage.read(other | {"usage": counts}) == Usage.read({"data": other | {"usage": counts}}) == Usage(input=20, output=7)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n"])
def test_events_of_a_stream_are_read_together(end: str) -> None:
    start = {"type": "message_start", "message": {"usage": {"input_tokens": 20, "output_tokens": 1}}}
    delta = {"type": "message_delta", "usage": {"output_tokens": 7}}
    lines = ["event: message_start", f"data: {json.dumps(start)}", f"data: {json.dumps(delta)}", "data: [DONE]", ""]
    assert Usage.read(end.join(lines)) == Usage(input=20, output=7)
    ollama = [{"done": False}, {"done": True, "prompt_eval_count": 20, "eval_count": 7}]
    assert Usage.read(end.join(map(json.dumps, ollama))) == Usage(input=20, output=7)


WHOLE: dict[str, dict[str, Any]] = {
    "openai responses": {"object": "response", "reasoning": {"effort": "low"}, "output": [{"type": "message"}]},
    "bedrock": {"output": {"message": {"role": "assistant"}}},
    "a gateway": {"cached": True, "choices": []},
    "a tracer": {"input": "q", "output": "Paris"},
    "a price list": {"written": None, "reasoning": False},
}


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_response_whose_fields_are_named_like_counts_keeps_its_usage(name: str) -> None:
    response = WHOLE[name] | {"usage": {"input_tokens": 50_000, "output_tokens": 15}}
    rung = rh.Rung("only", model="m", input_price=1.0, output_price=10.0)
    run = rh.Governor(rh.Ladder([rung])).plan("q").start()
    assert serve(run, lambda *_: [Chunk(text="Paris", answer="Paris"), Chunk(usage=response)]) == "Paris"
    assert (run.spent.tokens, run.spent.invalid) == (15, 0)
    assert run.spent.usd == pytest.approx(0.05015)


@pytest.mark.parametrize("number", [20, 20.0, "20", np.int64(20), np.float32(20)])
def test_numbers_of_any_kind_are_counts(number: Any) -> None:
    assert Usage.read({"usage": {"prompt_tokens": number, "completion_tokens": 7}}) == Usage(input=20, output=7)
    assert Usage.read(Slots(20, 7)) == Usage(input=20, output=7)


@pytest.mark.parametrize("number", [-1, 0.5, math.nan, math.inf, "many", [], True, 10**400])
def test_a_count_that_cannot_be_true_is_left_out(number: Any) -> None:
    usage = Usage.read({"usage": {"prompt_tokens": number, "completion_tokens": 7}})
    assert usage in (Usage(output=7), None)
    assert usage is not None or number == 10**400


CYCLE: list[Any] = []
CYCLE.append(CYCLE)


@pytest.mark.parametrize("nothing", [None, 5, "x", b"\xff", [], {}, object(), {"usage": None}, {1: 2}, CYCLE, "[" * 9999])
def test_where_there_is_no_usage_there_is_none(nothing: Any) -> None:
    assert Usage.read(nothing) is None


def test_a_provider_that_the_table_lacks_is_refused() -> None:
    with pytest.raises(UnknownNameError, match='unknown provider "acme"; known: gemini'):
        Usage.read({}, "acme")
    assert Usage.read({"input_tokens": 4, "output_tokens": 5}, "anthropic") == Usage(input=4, output=5)
    assert Usage.read({"prompt_tokens": 4}, "anthropic") is None


@pytest.mark.parametrize("form", [dict, objects, Model])
@pytest.mark.parametrize("provider", SHAPES)
def test_a_chunk_may_have_its_usage_as_the_provider_gave_it(provider: str, form: Any) -> None:
    rung = rh.Rung("only", input_price=1.0, cached_price=0.1, output_price=10.0)
    run = rh.Governor(rh.Ladder([rung])).plan("q").start()
    host = Host(run)

    def client() -> Iterator[Chunk]:
        yield Chunk(text="Paris")
        yield Chunk(usage=form(SHAPES[provider]))

    (stream,) = host.next()
    for piece in client():
        host.tell(stream, piece)
    host.end(stream)
    host.close()
    cached = 0 if provider in {"ollama", "llama.cpp"} else 8
    assert run.spent.usd == pytest.approx((20 - cached) * 1e-6 + cached * 1e-7 + 7 * 1e-5)
    assert (run.spent.tokens, run.spent.estimated_tokens, run.spent.estimated_usd) == (7, 0, 0.0)
    assert host.invalid == 0


@pytest.mark.parametrize("usage", [{"prompt": 20, "completion": 5}, {"spent": 3}, [20, 5], "20 tokens", object()])
def test_a_usage_without_a_count_that_is_known_is_warned_of_and_costs_no_answer(usage: Any) -> None:
    run = rh.Governor(rh.Ladder([rh.Rung("a", model="m")])).plan("What is the capital of France?").start()
    with pytest.warns(RuntimeWarning, match="usage: no count that is known in .*; give a Usage"):
        assert serve(run, lambda *_: [Chunk(text="Paris", finish_reason="stop"), Chunk(usage=usage)]) == "Paris"


@pytest.mark.parametrize("usage", [None, {}, {"prompt_tokens": 20, "completion_tokens": 5}, {"usage": {"output_tokens": 5}}])
def test_a_usage_that_is_read_or_empty_is_not_warned_of(usage: Any) -> None:
    run = rh.Governor(rh.Ladder([rh.Rung("a", model="m")])).plan("What is the capital of France?").start()
    assert serve(run, lambda *_: [Chunk(text="Paris", finish_reason="stop"), Chunk(usage=usage)]) == "Paris"
