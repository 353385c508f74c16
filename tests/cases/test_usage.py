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
from rheostat.host import Chunk, Host, Usage

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
    "llama.cpp": {"tokens_evaluated": 20, "tokens_predicted": 7, "tokens_cached": 8},
}


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
    cached = None if provider == "ollama" else 8
    for asked in (None, provider):
        assert Usage.read(form(SHAPES[provider]), asked) == Usage(input=20, cached=cached, output=7)


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
    cached = 0 if provider == "ollama" else 8
    assert run.spent.usd == pytest.approx((20 - cached) * 1e-6 + cached * 1e-7 + 7 * 1e-5)
    assert (run.spent.tokens, run.spent.estimated_tokens, run.spent.estimated_usd) == (7, 0, 0.0)
    assert host.invalid == 0
