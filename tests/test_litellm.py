"""LiteLLM: its router's configuration as a ladder, a classifier, and a callback for its proxy. The real package is driven."""

from __future__ import annotations

import asyncio
import json
import types
import warnings
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import rheostat as rh
from rheostat._cli import main

# LiteLLM's own types, as pydantic reads them.
pytestmark = pytest.mark.filterwarnings("ignore:Item.*ReadOnly:UserWarning")

CONFIG = {
    "model_list": [
        {
            "model_name": "smart",
            "litellm_params": {
                "model": "auto_router/complexity_router",
                "complexity_router_config": {
                    "tiers": {
                        "SIMPLE": "fast",
                        "MEDIUM": ["mid", "mid-b"],
                        "COMPLEX": {
                            "model_name": "own",
                            "litellm_params": {"reasoning_effort": "low", "max_tokens": 4_000, "temperature": 0.2},
                        },
                        "REASONING": {
                            "model_name": "own",
                            "litellm_params": {"thinking": {"type": "enabled", "budget_tokens": 2_048}},
                        },
                    },
                    "tier_boundaries": {"simple_medium": 0.1},
                    "session_affinity": True,
                    "keyword_tier_rules": [{"keywords": ["sql"], "tier": "COMPLEX"}],
                    "something_new": 1,
                },
                "complexity_router_default_model": "mid",
            },
        },
        {"model_name": "fast", "litellm_params": {"model": "openai/gpt-4o-mini"}},
        {"model_name": "mid", "litellm_params": {"model": "openai/gpt-4o"}},
        {
            "model_name": "own",
            "litellm_params": {"model": "openai/own-model", "input_cost_per_token": 1e-5},
            "model_info": {"output_cost_per_token": 3e-5, "max_input_tokens": 64_000},
        },
    ]
}
HARD = "Prove that there are infinitely many primes congruent to 3 mod 4."


def test_a_router_becomes_a_ladder_and_says_what_it_could_not_carry() -> None:
    found = rh.litellm.read_router(CONFIG)
    ladder = found.config.ladder
    assert [(rung.name, rung.model) for rung in ladder.rungs] == [
        ("SIMPLE", "fast"),
        ("MEDIUM", "mid"),
        ("COMPLEX", "own"),
        ("REASONING", "own"),
    ]
    assert (ladder.default.name, found.router) == ("MEDIUM", "smart")
    # Prices of LiteLLM are per token; the deployment's come first, then those of the model that it serves.
    assert [(rung.input_price, rung.output_price) for rung in ladder.rungs] == [
        (0.15, 0.6),
        (2.5, 10.0),
        (10.0, 30.0),
        (10.0, 30.0),
    ]
    assert (ladder["COMPLEX"].context_window, ladder["COMPLEX"].thinking_tokens, ladder["REASONING"].thinking_tokens) == (
        64_000,
        1_024,
        2_048,
    )
    # A limit of LiteLLM's holds thinking and answer.
    assert ladder["COMPLEX"].answer_tokens == 4_000 - 1_024
    noted = [note.key for note in found.notes]
    assert noted == [
        "tier_boundaries",
        "session_affinity",
        "keyword_tier_rules",
        "something_new",
        "tiers.MEDIUM",
        "tiers.COMPLEX",
    ]
    assert all(f"# {note.key}: {note.why}" in found.toml for note in found.notes)


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({}, ["SIMPLE", "MEDIUM", "COMPLEX", "REASONING"]),
        ({"tiers": {"REASONING": "gpt-5", "SIMPLE": "gpt-4o-mini"}}, ["SIMPLE", "REASONING"]),
        (
            {"enable_non_reasoning_tier": True, "tiers": {"SIMPLE": "gpt-4o", "NON_REASONING": "gpt-4o-mini"}},
            ["NON_REASONING", "SIMPLE"],
        ),
        (
            {
                "tier_definitions": [{"name": "small"}, {"name": "large"}],
                "tiers": {"large": "gpt-4o", "small": "gpt-4o-mini"},
                "fallback_tier": "large",
            },
            ["small", "large"],
        ),
        ({"tier_model_configs": {"SIMPLE": [{"model_name": "gpt-4o-mini", "litellm_params": {}}]}}, ["SIMPLE"]),
    ],
)
def test_tiers_stand_in_their_order(given: dict[str, Any], names: list[str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = rh.litellm.read_router({"complexity_router_config": given})
    assert [rung.name for rung in found.config.ladder.rungs] == names
    if "fallback_tier" in given:
        assert found.config.ladder.default.name == given["fallback_tier"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"model_list": []}, "model_list: complexity routers must be one, or name it with `router`, got none"),
        ({"tiers": {"SIMPLE": None}}, "tiers.SIMPLE must be a model's name, or several, got none"),
        ({"tiers": {"SIMPLE": 3}}, "tiers.SIMPLE: got int"),
        ({"tiers": ["a"]}, "tiers: got list, wanted a mapping"),
        ({"model_list": [3]}, "model_list: got int, wanted a mapping"),
        ({"tiers": {"SIMPLE": {"model_name": "gpt-5", "litellm_params": {"reasoning_effort": "utmost"}}}}, "utmost"),
    ],
)
def test_what_is_no_router_is_refused_in_words(given: dict[str, Any], said: str) -> None:
    with pytest.raises(rh.RheostatError) as refused:
        rh.litellm.read_router(given)
    assert said in str(refused.value)


def test_a_file_is_read_and_its_router_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "config.json"
    path.write_text(json.dumps(CONFIG))
    with pytest.raises(rh.errors.UnknownNameError, match="there are smart"):
        rh.litellm.read_router(path, "other")
    assert main(["import", "litellm", str(path), "--out", str(tmp_path / "rheostat.toml")]) == 0
    assert "tiers.MEDIUM: LiteLLM draws one of 2 models" in capsys.readouterr().out
    assert rh.config.load(tmp_path / "rheostat.toml").ladder["COMPLEX"].model == "own"
    assert main(["import", "litellm", str(path), "--compare", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["prompts"] == 12
    assert shown["rungs"]["SIMPLE"] > shown["rungs"].get("REASONING", 0)
    (tmp_path / "bad.json").write_text('{"model_list": [')
    assert main(["import", "litellm", str(tmp_path / "bad.json")]) == 2
    assert "is malformed" in capsys.readouterr().err


def test_a_yaml_file_is_read(tmp_path: Path) -> None:
    yaml = pytest.importorskip("yaml", reason="the extra `litellm` is not installed")
    path = tmp_path / "config.yaml"
    path.write_text(yaml.safe_dump(CONFIG, sort_keys=False))
    assert rh.litellm.read_router(path).toml == rh.litellm.read_router(CONFIG).toml
    path.write_text("a: [b")
    with pytest.raises(rh.errors.MalformedError, match="is malformed"):
        rh.litellm.read_router(path)


def context(text: str, **metadata: str) -> Any:
    """The request as LiteLLM gives it to a classifier."""
    messages = [{"role": "user", "content": text}]
    return types.SimpleNamespace(structured_messages=messages, raw_messages=messages, metadata=metadata, candidate_models=[])


def test_a_classifier_names_tiers_keeps_sessions_and_declines_what_it_cannot_read() -> None:
    classifier = rh.litellm.Classifier(rh.litellm.read_router(CONFIG))

    def tier(text: str, **metadata: str) -> str | None:
        found: str | None = asyncio.run(classifier.classify(context(text, **metadata)))
        return found

    assert tier("What is the capital of France?") == "SIMPLE"
    hard = tier(HARD, session_id="s")
    assert hard in ("COMPLEX", "MEDIUM", "REASONING")
    # A bare word goes on where the session is.
    assert tier("continue", session_id="s") == hard
    broken = types.SimpleNamespace(structured_messages=3, raw_messages=3, metadata=None, candidate_models=[])
    assert asyncio.run(classifier.classify(broken)) is None
    assert classifier.declined == 1
    with pytest.raises(rh.errors.InvalidTypeError, match="source: got int"):
        rh.litellm.Classifier(3)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def litellm() -> Any:
    """The real package."""
    import os

    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")  # its import asks the network for prices otherwise
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


def test_the_callback_refuses_a_session_whose_name_is_too_long(litellm: Any) -> None:
    data = asked("What is the capital of France?") | {"metadata": {"session_id": "s" * 257}}
    with pytest.raises(Exception, match="400: session must be between 1 and 256 bytes"):
        asyncio.run(governed().async_pre_call_hook(None, None, data, "acompletion"))


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
