"""Governed clients at their edges: odd bodies, caps that others use up, errors within replies, and what comes with a reply."""

from __future__ import annotations

import asyncio
import datetime
import json
from types import SimpleNamespace
from typing import Any

import httpx
import openai
import pytest

import rheostat as rh
from rheostat._host import ReplyHost
from rheostat._litellm_classifier import session_of, tenant_of
from tests.governed import ASK, by_model, decided, governed, governed_async, ladder
from tests.provider import Provider, Says


def post(provider: Provider, governor: rh.Governor, body: bytes) -> httpx.Response:
    client = rh.httpx.govern(provider.client(), governor)
    return client.post("https://x.example/v1/chat/completions", content=body, headers={"content-type": "application/json"})


@pytest.mark.parametrize(
    "body",
    [
        b'{"model":"\\u0061uto","messages":[{"role":"user","content":"Why?"}]}',
        b'{"mod\\u0065l":"a\\u0075to","messages":[{"role":"user","content":"Why?"}]}',
        b'{"model":"small","messages":[{"role":"user","content":"Why?"}],"model":"auto"}',
        b' {"messages":[{"role":"user","content":"Why?"}] , "n" : null, "model" : "auto" } ',
        b'{"model":"auto","messages":[{"role":"user","content":"Why?"}],"n":1.0,"stream":null,"stream_options":null}',
    ],
)
def test_a_model_is_governed_however_it_is_written(body: bytes) -> None:
    provider = Provider(by_model(small=Says()))
    assert "x-rheostat-rung" in post(provider, ladder("small"), body).headers
    assert [fields["model"] for fields in provider.asked] == ["small"]


@pytest.mark.parametrize(
    "body",
    [
        b'{"model":"auto\\n","messages":[]}',
        b'{"model":"other","messages":[{"role":"user","content":"auto \\u0061uto"}]}',
        b'{"model":["auto"],"messages":[]}',
        b'{"model":"auto","messages":[],"model":"other"}',
        b'["auto"]',
        b'{"model":"auto"',
    ],
)
def test_all_else_passes_through(body: bytes) -> None:
    seen: list[bytes] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.content)
        return httpx.Response(200, json={})

    client = rh.httpx.govern(httpx.Client(transport=httpx.MockTransport(answer)), ladder("small"))
    assert "x-rheostat-rung" not in client.post("https://x.example/v1/chat/completions", content=body).headers
    assert seen == [body]


@pytest.mark.parametrize("n", ["2", "0", '"1"', "1e1", "[1]", "false"])
def test_several_answers_are_refused(n: str) -> None:
    body = f'{{"model":"auto","n":{n},"messages":[{{"role":"user","content":"Why?"}}]}}'.encode()
    response = post(Provider(by_model(small=Says())), ladder("small"), body)
    assert (response.status_code, response.json()["error"]["param"]) == (400, "n")


@pytest.mark.parametrize("streams", [False, True])
def test_a_cap_that_others_use_up_behind_the_plan_is_429(streams: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = rh.Ledger([rh.Cap("tenant", usd=1.0, per=3600)])
    provider = Provider(by_model(small=Says()))
    client = governed(provider, ladder("small", ledger=ledger))
    granted = ReplyHost.next

    def late(host: ReplyHost, *room: int) -> Any:
        ledger.reserve(tokens=0, usd=ledger.room(tenant="acme").usd, tenant="acme")
        return granted(host, *room)

    monkeypatch.setattr(ReplyHost, "next", late)
    with pytest.raises(openai.RateLimitError) as caught:
        client.chat.completions.create(model="auto", messages=ASK, stream=streams, extra_headers={"x-rheostat-tenant": "acme"})
    assert (caught.value.status_code, provider.asked) == (429, [])
    assert 0 < int(caught.value.response.headers["retry-after"]) <= 3600


def test_a_run_that_the_ledger_ends_is_refused_as_its_provider_would() -> None:
    ledger = rh.Ledger([rh.Cap("tenant", usd=1.0, per=3600)])
    governor = ladder("small", ledger=ledger)
    run = governor.plan("What is 2 + 2?", tenant="acme").start()
    ledger.reserve(tokens=0, usd=1.0, tenant="acme")
    assert run.next() == []
    refusal = governor.unserved(run, "openai.chat", tenant="acme")
    assert refusal is not None
    assert (refusal.kind, refusal.status, json.loads(refusal.body)["error"]["code"]) == ("budget", 429, "insufficient_quota")
    assert 0 < (refusal.retry_after or 0) <= 3600
    other = governor.plan("What is 2 + 2?", tenant="other").start()
    assert governor.unserved(other, "openai.chat", tenant="other") is None


@pytest.mark.parametrize(
    ("error", "asked"),
    [
        ({"type": "invalid_request_error", "message": "no"}, 1),
        ({"type": "tokens", "code": "insufficient_quota", "message": "no"}, 1),
        ({"code": 401, "message": "no"}, 1),
        ({"code": "content_filter", "message": "no"}, 2),
        ({"type": "overloaded_error", "message": "later"}, 4),
        ({"code": 429, "message": "later"}, 4),
        ({"type": "server_error", "message": "broken"}, 4),
        ({"message": "broken"}, 4),
    ],
)
def test_an_error_within_a_reply_has_the_kind_of_its_codes(error: dict[str, Any], asked: int, monkeypatch: Any) -> None:
    monkeypatch.setattr("rheostat.host._sleep", lambda _: None)
    raw = b"data: " + json.dumps({"error": error}).encode() + b"\n\n"
    provider = Provider(lambda *_: Says(raw=raw))
    governor = rh.Governor(rh.Ladder([rh.Rung("small"), rh.Rung("large")], default="small", start_max="small"))
    with pytest.raises(openai.APIStatusError):
        governed(provider, governor).chat.completions.create(model="auto", messages=ASK)
    # Permanent: at once the end. A refusal: the next rung. Else each rung twice.
    assert len(provider.asked) == asked


def test_a_raw_response_and_what_is_parsed_of_it_have_the_decision() -> None:
    provider = Provider(by_model(small=Says()))
    client = governed(provider, ladder("small"))
    raw = client.chat.completions.with_raw_response.create(model="auto", messages=ASK)
    assert decided(raw.parse()) is decided(raw)
    assert isinstance(raw.elapsed, datetime.timedelta)
    with client.chat.completions.with_streaming_response.create(model="auto", messages=ASK) as response:
        assert decided(response.parse()).rung == "small"

    async def asynchronous() -> None:
        there = governed_async(Provider(by_model(small=Says())), ladder("small"))
        async with there.chat.completions.with_streaming_response.create(model="auto", messages=ASK) as response:
            assert decided(await response.parse()).rung == "small"

    asyncio.run(asynchronous())


@pytest.mark.parametrize(
    ("given", "session"),
    [
        (17, "17"),
        (-1, "-1"),
        ("a", "a"),
        ("x" * 256, "x" * 256),
        (True, None),
        ("", None),
        (" ", None),
        (1.5, None),
        (None, None),
    ],
)
def test_sessions_of_litellm_are_texts_or_whole_numbers(given: object, session: str | None) -> None:
    assert session_of({"session_id": given}) == session


def test_long_names_of_litellm_stand_there_by_their_digest() -> None:
    for given in ("x" * 10_000, 10**5_000, "é" * 200, "\ud800" * 300):
        name = session_of({"session_id": given})
        assert name is not None
        assert name == session_of({"session_id": given})
        assert name == tenant_of({"user_api_key_user_id": given})
        assert rh.Governor(rh.Ladder([rh.Rung("only")])).plan("Why?", session=name).rung.name == "only"
    classifier = rh.litellm.Classifier(ladder("small"))
    context = SimpleNamespace(structured_messages=ASK, raw_messages=ASK, metadata={"session_id": "x" * 10_000})
    assert (asyncio.run(classifier.classify(context)), classifier.declined) == ("small", 0)
