"""Rungs with parameters, deployments and breakers: the real clients, against scripted replies."""

from __future__ import annotations

import asyncio
import copy
import json
import pickle
from typing import Any

import anthropic
import httpx
import openai
import pytest

import rheostat as rh
from rheostat.host import serve
from tests.governed import ASK, by_model, decided, governed, governed_async
from tests.provider import Provider, Says

DOWN = Says(status=503)


def rung(name: str = "small", **fields: Any) -> rh.Rung:
    return rh.Rung(name, model=name, output_price=0.4, **fields)


def one(rules: rh.Rules | None = None, **fields: Any) -> rh.Governor:
    return rh.Governor(rh.Ladder([rung(**fields)]), rules=rules)


def sdk(provider: Provider, name: str) -> openai.OpenAI:
    return openai.OpenAI(api_key=f"key-{name}", base_url=f"https://{name}.example/v1", http_client=provider.client())


# Parameters of a rung.


def test_a_rung_carries_its_parameters_into_the_request() -> None:
    provider = Provider(by_model(small=Says()))
    params = {"service_tier": "flex", "metadata": {"team": "a"}, "logit_bias": {}, "stop": None}
    client = governed(provider, one(params=params))
    client.chat.completions.create(model="auto", messages=ASK, metadata={"user": "b"}, service_tier="default", temperature=0.5)
    sent = provider.asked[0]
    assert {name: sent[name] for name in params} == params | {"metadata": {"user": "b", "team": "a"}}
    assert (sent["temperature"], sent["messages"]) == (0.5, ASK)


def test_what_a_rung_carries_is_said() -> None:
    governor = one(params={"service_tier": "flex"})
    body = b'{"model":"auto","messages":[{"role":"user","content":"Why?"}],"service_tier":"default"}'
    decision = governor.decide_and_rewrite(body, "openai.chat")
    assert decision.changes[0] == ("service_tier", '"default"', '"flex"', "rung")
    assert json.loads(decision.body or b"")["service_tier"] == "flex"
    assert "service_tier=rung" in decision.headers["x-rheostat-changed"]


def test_a_model_that_refuses_a_parameter_refuses_it_of_a_rung_too() -> None:
    governor = rh.Governor(rh.Ladder([rh.Rung("think", model="gpt-5", effort="medium", params={"temperature": 0.2})]))
    body = b'{"model":"auto","messages":[{"role":"user","content":"Why?"}]}'
    decision = governor.decide_and_rewrite(body, "openai.chat")
    assert "temperature" not in json.loads(decision.body or b"")
    assert [change.why for change in decision.changes if change.field == "temperature"] == ["rung", "refused"]


@pytest.mark.parametrize(
    "params",
    [
        {"model": "x"},
        {"max_tokens": 5},
        {"maxTokens": 5},
        {"MAX_COMPLETION_TOKENS": None},
        {"n": 2},
        {"stream": False},
        {"messages": []},
        {"reasoning_effort": "high"},
        {"reasoning": {"effort": "high"}},
        {"reasoning": "high"},
        {"thinking": {"type": "enabled"}},
        {"thinking": None},
        {"generationConfig": {"thinkingConfig": {"thinkingBudget": 5}}},
        {"generation_config": {"maxOutputTokens": 5}},
        {"generationConfig": 5},
        {"options": {"num_predict": 5}},
        {"stream_options": {"include_usage": False}},
        {"models": ["a"]},
        {"request": {}},
    ],
)
def test_what_the_governor_writes_is_refused_by_name(params: dict[str, Any]) -> None:
    with pytest.raises(rh.errors.InvalidValueError, match='rung "small": params: '):
        rung(params=params)


@pytest.mark.parametrize("params", [[], "{}", 5, {"a": {1, 2}}, {"a": float("nan")}, {"a": b"x"}, {("a",): 1}])
def test_parameters_that_are_no_json_are_refused(params: Any) -> None:
    with pytest.raises(rh.errors.InvalidTypeError, match="params"):
        rung(params=params)
    nested: dict[str, Any] = {}
    nested["a"] = nested
    with pytest.raises(rh.errors.InvalidTypeError, match="params"):
        rung(params=nested)


def test_a_rung_with_all_of_them_is_a_value() -> None:
    made = rung(params={"a": [1, {"b": "é"}], "c": {"d": None}}, deployment="eu", fallbacks=["us", "ap"])
    for copied in (copy.deepcopy(made), pickle.loads(pickle.dumps(made))):
        assert copied == made
        assert (copied.params, copied.deployment, copied.fallbacks) == (made.params, "eu", ["us", "ap"])
    assert made.params == {"a": [1, {"b": "é"}], "c": {"d": None}}
    assert made != rung(params={"a": 1}, deployment="eu", fallbacks=["us", "ap"])
    versions = {one(**fields).version for fields in ({}, {"params": {"a": 1}}, {"params": {"a": 2}}, {"deployment": "eu"})}
    assert len(versions) == 4
    assert one(params={}).version == one().version


@pytest.mark.parametrize(
    "fields",
    [
        {"deployment": " "},
        {"deployment": "x" * 200},
        {"fallbacks": ["a"]},
        {"deployment": "a", "fallbacks": ["a"]},
        {"deployment": "a", "fallbacks": ["b", "b"]},
        {"deployment": "a", "fallbacks": [""]},
        {"deployment": "a", "fallbacks": [f"b{i}" for i in range(17)]},
    ],
)
def test_deployments_out_of_bounds_are_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(rh.errors.InvalidValueError, match='rung "small": '):
        rung(**fields)


# Deployments.


def test_a_call_goes_to_the_deployment_of_its_rung_by_its_own_client() -> None:
    home, eu = Provider(by_model(small=Says())), Provider(by_model(small=Says()))
    client = governed(home, one(deployment="eu"), deployments={"eu": sdk(eu, "eu")})
    reply = client.chat.completions.create(model="auto", messages=ASK, extra_headers={"x-own": "secret"})
    assert (reply.choices[0].message.content, home.asked) == ("4", [])
    request = eu.requests[0]
    assert str(request.url) == "https://eu.example/v1/chat/completions"
    assert request.headers["authorization"] == "Bearer key-eu"
    assert "x-own" not in request.headers
    assert int(request.headers["content-length"]) == len(request.content)
    assert decided(reply).run.spent.tokens == 3


def test_an_asynchronous_client_has_asynchronous_deployments() -> None:
    home, eu = Provider(by_model(small=Says())), Provider(by_model(small=Says()))

    async def key() -> str:
        return "key-of-the-day"

    there = openai.AsyncOpenAI(api_key=key, base_url="https://eu.example/v1", http_client=eu.async_client())
    client = governed_async(home, one(deployment="eu"), deployments={"eu": there})
    reply = asyncio.run(client.chat.completions.create(model="auto", messages=ASK))
    assert (reply.choices[0].message.content, home.asked) == ("4", [])
    assert eu.requests[0].headers["authorization"] == "Bearer key-of-the-day"


def test_azures_address_has_the_model_of_the_rung() -> None:
    azure = Provider(by_model(small=Says()))
    there = openai.AzureOpenAI(
        api_key="key", api_version="2025-01-01", azure_endpoint="https://a.example", http_client=azure.client()
    )
    address = "https://a.example/openai/deployments/small/chat/completions?api-version=2025-01-01"
    governed(Provider(by_model()), one(deployment="a"), deployments={"a": there}).chat.completions.create(
        model="auto", messages=ASK
    )
    rh.openai.govern(there, one()).chat.completions.create(model="auto", messages=ASK)
    fixed = openai.AzureOpenAI(
        api_key="key",
        api_version="2025-01-01",
        azure_endpoint="https://a.example",
        azure_deployment="another",
        http_client=azure.client(),
    )
    rh.openai.govern(fixed, one()).chat.completions.create(model="auto", messages=ASK)
    assert [str(request.url) for request in azure.requests] == [address, address, address]
    assert [request.headers["api-key"] for request in azure.requests] == ["key", "key", "key"]


def test_clients_of_httpx_are_deployments_too() -> None:
    home, eu = Provider(by_model(small=Says())), Provider(by_model(small=Says()))
    there = eu.client()
    there.base_url, there.headers["authorization"] = httpx.URL("https://eu.example/v1"), "Bearer eu"
    plain = home.client()
    client = rh.httpx.govern(plain, one(deployment="eu"), deployments={"eu": there})
    response = client.post("https://x.example/v1/chat/completions", json={"model": "auto", "messages": ASK}, auth=("a", "b"))
    assert response.json()["choices"][0]["message"]["content"] == "4"
    assert (str(eu.requests[0].url), eu.requests[0].headers["authorization"]) == (
        "https://eu.example/v1/chat/completions",
        "Bearer eu",
    )


def test_a_deployment_that_nobody_has_is_refused_when_the_client_is_made() -> None:
    plain = openai.OpenAI(api_key="key")
    with pytest.raises(rh.errors.UnknownNameError, match='rung "small": unknown deployment "us"; known: eu'):
        rh.openai.govern(plain, one(deployment="eu", fallbacks=["us"]), deployments={"eu": plain})
    wrong: Any
    for wrong in ([], {"eu": 5}, {"eu": openai.AsyncOpenAI(api_key="key")}, {"eu": anthropic.Anthropic(api_key="key")}):
        with pytest.raises(rh.errors.InvalidTypeError, match="deployments"):
            rh.openai.govern(plain, one(deployment="eu"), deployments=wrong)


def test_a_deployment_that_fails_is_replaced_by_the_next_at_once() -> None:
    eu, us = Provider(by_model(small=DOWN)), Provider(by_model(small=Says(["four"])))
    governor = one(deployment="eu", fallbacks=["us"])
    client = governed(Provider(by_model()), governor, deployments={"eu": sdk(eu, "eu"), "us": sdk(us, "us")})
    reply = client.chat.completions.create(model="auto", messages=ASK)
    run = decided(reply).run
    assert (reply.choices[0].message.content, run.fallbacks, len(eu.asked), len(us.asked)) == ("four", 0, 1, 1)
    assert us.requests[0].headers["authorization"] == "Bearer key-us"
    # The failure is remembered, and the next request tries the first again.
    assert [(b.deployment, b.model, b.state, b.failures) for b in governor.breakers()] == [("eu", "small", "closed", 1)]


def test_every_deployment_is_asked_once_before_the_next_rung() -> None:
    eu, us, ap, home = (Provider(by_model(small=DOWN, large=Says())) for _ in range(4))
    rungs = [rung(deployment="eu", fallbacks=["us", "ap"]), rung("large")]
    governor = rh.Governor(rh.Ladder(rungs, default="small", start_max="small"), rules=rh.Rules(retries=0))
    clients = {"eu": sdk(eu, "eu"), "us": sdk(us, "us"), "ap": sdk(ap, "ap")}
    reply = governed(home, governor, deployments=clients).chat.completions.create(model="auto", messages=ASK)
    assert [len(provider.asked) for provider in (eu, us, ap, home)] == [1, 1, 1, 1]
    assert (decided(reply).rung, decided(reply).run.fallbacks) == ("large", 1)


# Breakers.


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def ask(governor: rh.Governor, clock: Clock, *, down: set[str | None]) -> tuple[str | None, list[str | None]]:
    """Serves one query. Returns its answer, and the deployments (or else the models) that were asked."""
    asked: list[str | None] = []

    def client(call: rh.Call, _index: int) -> str:
        name = call.deployment or call.model
        asked.append(name)
        if name in down:
            raise rh.errors.ProviderError("down", kind="overloaded")
        return "4"

    try:
        return serve(governor.plan("What is 2 + 2?", at=clock.now).start(at=clock.now), client, clock=clock), asked
    except rh.errors.ProviderError:
        return None, asked


RULES = rh.Rules(retries=0, breaker_failures=3, breaker_seconds=10.0)


def test_a_breaker_opens_is_tried_and_closes() -> None:
    governor, clock = one(RULES, deployment="eu"), Clock()
    for _ in range(3):
        assert ask(governor, clock, down={"eu"}) == (None, ["eu"])
    assert ask(governor, clock, down=set()) == (None, []), "it is open: nothing is sent"
    assert [(b.state, b.failures, b.seconds) for b in governor.breakers(clock.now)] == [("open", 3, 10.0)]
    clock.now += 10.0
    assert governor.breakers(clock.now)[0].state == "half_open"
    assert ask(governor, clock, down={"eu"}) == (None, ["eu"]), "the trial"
    clock.now += 19.0
    assert ask(governor, clock, down=set()) == (None, [])
    clock.now += 1.0
    assert ask(governor, clock, down=set()) == ("4", ["eu"])
    assert governor.breakers(clock.now) == []


def test_an_open_breaker_is_passed_over_for_another_deployment_and_then_for_the_next_rung() -> None:
    rungs = [rung(deployment="eu", fallbacks=["us"]), rung("large")]
    governor, clock = rh.Governor(rh.Ladder(rungs, default="small", start_max="small"), rules=RULES), Clock()
    for _ in range(3):
        assert ask(governor, clock, down={"eu"}) == ("4", ["eu", "us"])
    assert ask(governor, clock, down={"eu"}) == ("4", ["us"])
    for _ in range(3):
        assert ask(governor, clock, down={"eu", "us"}) == ("4", ["us", "large"])
    assert ask(governor, clock, down={"eu", "us"}) == ("4", ["large"])


@pytest.mark.parametrize("kind", ["permanent", "rate_limit", "refusal"])
def test_failures_that_say_nothing_about_the_upstream_do_not_open_it(kind: Any) -> None:
    governor, clock = one(RULES, deployment="eu"), Clock()

    def client(_call: rh.Call, _index: int) -> str:
        raise rh.errors.ProviderError("no", kind=kind)

    for _ in range(9):
        with pytest.raises(rh.errors.ProviderError, match=r"^no$"):
            serve(governor.plan("What is 2 + 2?").start(at=clock.now), client, clock=clock)
    assert governor.breakers(clock.now) == []


def test_samples_revisions_and_probes_have_the_breaker_of_their_rung() -> None:
    rungs = [rung(samples=3, depth=2, deployment="eu"), rung("large", depth=3, deployment="us")]
    governor, clock = rh.Governor(rh.Ladder(rungs, default="small", start_max="small"), rules=RULES), Clock()
    ask(governor, clock, down={"eu"})
    assert ask(governor, clock, down=set())[1][0] == "us"
    calls = 0

    def client(_call: rh.Call, _index: int) -> str:
        nonlocal calls
        calls += 1
        if calls > 1:
            raise rh.errors.ProviderError("down", kind="unreached")
        return "4"

    # A revision that cannot be asked for leaves the answer as it is.
    for _ in range(4):
        calls = 0
        assert serve(governor.plan("What is 2 + 2?", rung="large").start(at=clock.now), client, clock=clock) == "4"


def test_a_client_gets_503_and_the_time_to_come_back() -> None:
    provider = Provider(by_model(small=DOWN))
    governor = one(rh.Rules(retries=0, breaker_failures=2, breaker_seconds=30.0), deployment="eu")
    client = governed(Provider(by_model()), governor, deployments={"eu": sdk(provider, "eu")})
    for _ in range(2):
        with pytest.raises(openai.InternalServerError):
            client.chat.completions.create(model="auto", messages=ASK)
    for streams in (False, True):
        with pytest.raises(openai.InternalServerError) as caught:
            client.chat.completions.create(model="auto", messages=ASK, stream=streams)
        assert (caught.value.status_code, len(provider.asked)) == (503, 2)
        assert 0 < int(caught.value.response.headers["retry-after"]) <= 30
        assert "failed too often" in str(caught.value)


def test_a_rung_without_a_deployment_has_no_breaker() -> None:
    governor, clock = one(RULES), Clock()
    for _ in range(9):
        assert ask(governor, clock, down={"small"}) == (None, ["small"])
    assert governor.breakers(clock.now) == []


def test_the_sdk_does_not_try_again_by_itself() -> None:
    provider = Provider(by_model(small=DOWN))
    plain = openai.OpenAI(api_key="key", http_client=provider.client(), max_retries=7)
    with pytest.raises(openai.InternalServerError):
        rh.openai.govern(plain, one(rh.Rules(retries=0))).chat.completions.create(model="auto", messages=ASK)
    assert len(provider.asked) == 1


def test_a_file_has_parameters_and_deployments() -> None:
    text = """
        [[rung]]
        name = "small"
        deployment = "eu"
        fallbacks = ["us"]
        params = { service_tier = "flex", metadata = { team = "a" } }

        [rules]
        breaker_failures = 3
        breaker_seconds = 10.0
    """
    read = rh.config.loads(text)
    made = read.ladder[0]
    assert (made.deployment, made.fallbacks) == ("eu", ["us"])
    assert made.params == {"service_tier": "flex", "metadata": {"team": "a"}}
    assert read.rules == rh.Rules(breaker_failures=3, breaker_seconds=10.0)
    with pytest.raises(rh.errors.InvalidTypeError, match="params: got integer, wanted a table"):
        rh.config.loads('[[rung]]\nname = "small"\nparams = 5')
