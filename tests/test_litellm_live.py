"""LiteLLM's own Router and types, with the classifier and the callback: what they are given, and what they do with it."""

from __future__ import annotations

import asyncio
import json
import warnings
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import rheostat as rh
from rheostat._cli import main
from tests.test_litellm import CONFIG, HARD

# LiteLLM's own types, as pydantic reads them.
pytestmark = pytest.mark.filterwarnings("ignore:Item.*ReadOnly:UserWarning")


@pytest.fixture(scope="module")
def litellm() -> Any:
    """The real package."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = pytest.importorskip("litellm", reason="litellm is not installed")
        import_module("litellm.integrations.custom_logger")
    return found


def test_the_real_router_follows_the_classifier(litellm: Any) -> None:
    config = CONFIG["model_list"][0]["litellm_params"]["complexity_router_config"]  # type: ignore[index]
    tiers = {tier: found if isinstance(found, (str, list)) else found["model_name"] for tier, found in config["tiers"].items()}
    classifier = rh.litellm.Classifier(rh.litellm.read_router(CONFIG))
    deployments = [
        {"model_name": name, "litellm_params": {"model": f"openai/{name}", "api_key": "none", "mock_response": f"by {name}"}}
        for name in ("fast", "mid", "mid-b", "own")
    ]
    smart = {
        "model_name": "smart",
        "litellm_params": {
            "model": "auto_router/complexity_router",
            "complexity_router_config": {"tiers": tiers, "classifier_type": "custom", "classifier_plugin": classifier},
        },
    }
    router = litellm.Router(model_list=[smart, *deployments])

    async def ask(text: str) -> str:
        reply = await router.acompletion(model="smart", messages=[{"role": "user", "content": text}])
        return str(reply.choices[0].message.content)

    easy, hard = asyncio.run(ask("hey :)")), asyncio.run(ask(HARD))
    assert easy == "by fast"
    assert hard != "by fast"
    assert classifier.declined == 0


def governed(**options: Any) -> Any:
    """A callback, with rungs that the proxy serves."""
    ladder = rh.Ladder(
        [
            rh.Rung("fast", model="small", output_price=0.6, answer_tokens=50),
            rh.Rung("deep", model="large", output_price=10.0, effort="minimal", answer_tokens=60),
        ]
    )
    return rh.litellm.govern(rh.Governor(ladder, drift=0, **options))


def asked(text: str, **more: Any) -> dict[str, Any]:
    """A request as the proxy hands it to its callbacks."""
    said = [{"role": "user", "content": text}]
    return {
        "model": "auto",
        "messages": said,
        "metadata": {},
        "litellm_call_id": "call-1",
        "proxy_server_request": object(),
        **more,
    }


def chunk(litellm: Any, text: str, **more: Any) -> Any:
    """A chunk as LiteLLM streams it."""
    choice = {"index": 0, "delta": {"role": "assistant", "content": text}, **more}
    return litellm.ModelResponseStream(id="c", model="small", created=1, choices=[choice])


class Upstream:
    """A provider's stream that notes if it was closed."""

    def __init__(self, chunks: list[Any], error: Exception | None = None) -> None:
        self.chunks, self.error, self.closed = iter(chunks), error, False

    def __aiter__(self) -> Upstream:
        return self

    async def __anext__(self) -> Any:
        for one in self.chunks:
            return one
        if self.error is not None:
            raise self.error
        raise StopAsyncIteration

    async def aclose(self) -> None:
        self.closed = True


async def streamed(callback: Any, data: dict[str, Any], upstream: Upstream) -> list[Any]:
    return [item async for item in callback.async_post_call_streaming_iterator_hook(None, upstream, data)]


def test_the_callback_decides_model_and_limit_and_says_so_in_headers(litellm: Any) -> None:
    callback = governed()
    assert isinstance(callback, litellm.integrations.custom_logger.CustomLogger)
    # The proxy calls only hooks that stand in the class itself.
    assert {"async_pre_call_hook", "async_post_call_streaming_iterator_hook", "async_post_call_response_headers_hook"} <= set(
        type(callback).__dict__
    )
    data = asyncio.run(callback.async_pre_call_hook(None, None, asked("What is the capital of France?"), "acompletion"))
    assert (data["model"], data["max_tokens"]) == ("small", 50)
    headers = asyncio.run(callback.async_post_call_response_headers_hook(data, None, None))
    assert headers["x-rheostat-rung"] == "fast"
    other = asked("What is the capital of France?", model="large")
    assert asyncio.run(callback.async_pre_call_hook(None, None, dict(other), "acompletion")) == other
    assert asyncio.run(callback.async_post_call_response_headers_hook(other, None, None)) is None


def test_a_session_whose_name_is_too_long_stands_by_its_digest(litellm: Any) -> None:
    data = asked("What is the capital of France?") | {"metadata": {"session_id": "s" * 257}}
    given = asyncio.run(governed().async_pre_call_hook(None, None, data, "acompletion"))
    assert given["model"] == "small"


def test_the_callback_pays_for_a_stream_and_for_a_whole_reply(litellm: Any) -> None:
    spent = []
    for streams in (True, False):
        callback = governed(ledger=rh.Ledger([rh.Cap("fleet", usd=1.0)]))
        data = asyncio.run(callback.async_pre_call_hook(None, None, asked("What is the capital of France?"), "acompletion"))
        flight = next(iter(callback.flights._flights.values()))
        if streams:
            parts = [chunk(litellm, "Par"), chunk(litellm, "is"), chunk(litellm, "", finish_reason="stop")]
            upstream = Upstream(parts)
            assert asyncio.run(streamed(callback, data, upstream)) == parts
        else:
            message = {"role": "assistant", "content": "Paris"}
            reply = litellm.ModelResponse(choices=[{"index": 0, "message": message, "finish_reason": "stop"}], model="small")
            reply.usage = litellm.Usage(prompt_tokens=9, completion_tokens=2, total_tokens=11)
            asyncio.run(
                callback.async_log_success_event(
                    kwargs={"litellm_call_id": "call-1"}, response_obj=reply, start_time=0, end_time=1
                )
            )
        assert (flight.run.answer, len(callback.flights)) == ("Paris", 0)
        spent.append(flight.run.spent.tokens)
    assert all(0 < tokens <= 60 for tokens in spent)


def test_the_callback_closes_the_upstream_at_the_ceiling(litellm: Any) -> None:
    callback = governed(ceiling=rh.Ceiling(tokens=600))
    data = asyncio.run(callback.async_pre_call_hook(None, None, asked("What is the capital of France?"), "acompletion"))
    upstream = Upstream([chunk(litellm, f"word{i} ") for i in range(5_000)])
    got = asyncio.run(streamed(callback, data, upstream))
    assert upstream.closed
    assert len(got) < 1_500


def test_failures_end_the_run_and_what_never_ends_is_forgotten(litellm: Any) -> None:
    callback = governed()
    data = asyncio.run(callback.async_pre_call_hook(None, None, asked("Why?"), "acompletion"))
    flight = next(iter(callback.flights._flights.values()))
    with pytest.raises(ConnectionError, match="reset"):
        asyncio.run(streamed(callback, data, Upstream([chunk(litellm, "Be")], ConnectionError("reset"))))
    assert (flight.run.done, flight.run.answer, len(callback.flights)) == (True, "Be", 0)
    asyncio.run(callback.async_pre_call_hook(None, None, asked("Why?"), "acompletion"))
    flight = next(iter(callback.flights._flights.values()))
    asyncio.run(callback.async_post_call_failure_hook({"litellm_call_id": "call-1"}, TimeoutError("late"), None))
    assert flight.run.done
    small = rh.litellm.govern(callback.governor, capacity=3)
    for i in range(50):
        asyncio.run(small.async_pre_call_hook(None, None, asked("Why?", litellm_call_id=f"call-{i}"), "acompletion"))
    assert len(small.flights) == 3


def test_the_upstream_is_closed_when_the_client_leaves_and_only_if_it_can_be(litellm: Any) -> None:
    async def left(callback: Any, data: dict[str, Any], upstream: Upstream) -> None:
        stream = callback.async_post_call_streaming_iterator_hook(None, upstream, data)
        await anext(stream)
        await stream.aclose()

    for model in ("auto", "large"):
        callback = governed()
        data = asyncio.run(callback.async_pre_call_hook(None, None, asked("Why?", model=model), "acompletion"))
        upstream = Upstream([chunk(litellm, "Be"), chunk(litellm, "cause")])
        asyncio.run(left(callback, data, upstream))
        assert upstream.closed, model
    # Some of LiteLLM's iterators, as of cached replies, cannot be closed; that is no failure of the request.
    callback = governed(ceiling=rh.Ceiling(tokens=600))
    data = asyncio.run(callback.async_pre_call_hook(None, None, asked("Why?"), "acompletion"))
    upstream = Upstream([chunk(litellm, f"word{i} ") for i in range(5_000)])
    upstream.aclose = None  # type: ignore[assignment,method-assign]
    assert len(asyncio.run(streamed(callback, data, upstream))) < 1_500


def test_an_error_of_the_provider_in_the_stream_goes_out_as_it_came(litellm: Any) -> None:
    callback = governed()
    data = asyncio.run(callback.async_pre_call_hook(None, None, asked("Why?"), "acompletion"))
    flight = next(iter(callback.flights._flights.values()))
    parts = [chunk(litellm, "Be"), b'data: {"error": {"message": "overloaded"}}\n\n', chunk(litellm, "cause")]
    upstream = Upstream(parts)
    assert asyncio.run(streamed(callback, data, upstream)) == parts[:2]
    assert (upstream.closed, flight.run.done, len(callback.flights)) == (True, True, 0)


def test_requests_of_odd_forms_reach_the_proxy(litellm: Any) -> None:
    del litellm
    callback = governed()
    listed = asked("Why?", model=["auto"])
    assert asyncio.run(callback.async_pre_call_hook(None, None, dict(listed), "acompletion")) == listed
    data = asyncio.run(callback.async_pre_call_hook(None, None, asked("Why?", timeout=float("inf")), "acompletion"))
    assert data["model"] in ("small", "large")
    with pytest.raises(rh.errors.InvalidTypeError, match="ttl: got str"):
        rh.litellm.govern(callback.governor, ttl="3")  # type: ignore[arg-type]


def test_an_empty_cap_is_a_refusal_in_the_proxys_form(litellm: Any) -> None:
    fastapi = pytest.importorskip("fastapi", reason="the proxy's web framework is not installed")
    callback = governed(ledger=rh.Ledger([rh.Cap("fleet", usd=0.0)]))
    with pytest.raises(fastapi.HTTPException) as refused:
        asyncio.run(callback.async_pre_call_hook(None, None, asked("Why?"), "acompletion"))
    assert refused.value.status_code == 429


def test_rungs_that_one_request_cannot_serve_are_refused() -> None:
    pytest.importorskip("litellm", reason="litellm is not installed")
    votes = rh.Governor(rh.Ladder([rh.Rung("vote", samples=3)]))
    with pytest.raises(rh.errors.InvalidValueError, match='rung "vote": samples and depth must be 1 behind'):
        rh.litellm.govern(votes)
    with pytest.raises(rh.errors.InvalidTypeError, match="governor: got int"):
        rh.litellm.govern(3)  # type: ignore[arg-type]


def test_rules_that_litellm_does_not_have_or_refuses_are_said(
    litellm: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    del litellm
    path = tmp_path / "config.json"
    own = {"tier_definitions": [{"name": "a"}, {"name": "b"}], "tiers": {"a": "gpt-4o-mini", "b": "gpt-4o"}}
    path.write_text(json.dumps(own))
    assert main(["import", "litellm", str(path), "--compare"]) == 0
    assert "LiteLLM's own tiers are not shown" in capsys.readouterr().out
    path.write_text(json.dumps({"tiers": {"SIMPLE": "gpt-4o"}, "tier_boundaries": {"simple_medium": "high"}}))
    assert main(["import", "litellm", str(path), "--compare"]) == 2
    assert "LiteLLM refuses the router's rules" in capsys.readouterr().err
    path.write_text(
        json.dumps({"tiers": {"SIMPLE": "gpt-4o"}, "enable_non_reasoning_tier": True, "opensource_classifier_config": {}})
    )
    log = tmp_path / "log.jsonl"
    log.write_text("no line of a log\n")
    assert main(["import", "litellm", str(path), "--compare", str(log)]) == 0
    assert "0 prompts, 1 rows without one" in capsys.readouterr().out
