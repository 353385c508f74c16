"""Gemini's `generateContent` through a governed client of httpx, as google-genai sends it: the model stands in the address."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
import pytest

import rheostat as rh

AUTO = "https://gemini.example/v1beta/models/auto:generateContent"
STREAM = "https://gemini.example/v1beta/models/auto:streamGenerateContent?alt=sse"
ASK: dict[str, Any] = {"contents": [{"role": "user", "parts": [{"text": "What is the capital of France?"}]}]}


def events(*texts: str, finish: str = "STOP") -> Iterator[bytes]:
    """The events of a reply."""
    for i, text in enumerate(texts):
        last = i + 1 == len(texts)
        candidate = {"content": {"role": "model", "parts": [{"text": text}]}, "index": 0}
        event = {"candidates": [candidate | ({"finishReason": finish} if last else {})], "modelVersion": "m", "responseId": "r"}
        usage = {"promptTokenCount": 8, "candidatesTokenCount": 3, "thoughtsTokenCount": 5, "totalTokenCount": 16}
        yield b"data: " + json.dumps(event | ({"usageMetadata": usage} if last else {})).encode() + b"\r\n\r\n"


class Events(httpx.SyncByteStream, httpx.AsyncByteStream):  # type: ignore[misc]
    def __init__(self, *texts: str, finish: str = "STOP") -> None:
        self.parts = list(events(*texts, finish=finish))

    def __iter__(self) -> Iterator[bytes]:
        yield from self.parts

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self.parts:
            yield part


class Gemini:
    """A provider, by a function of the request that it is asked."""

    def __init__(self, answer: Callable[[httpx.Request], httpx.Response] | None = None) -> None:
        self.asked: list[httpx.Request] = []
        self.answer = answer or (lambda _: self.says("Pa", "ris"))

    @staticmethod
    def says(*texts: str, finish: str = "STOP") -> httpx.Response:
        return httpx.Response(200, headers={"content-type": "text/event-stream"}, stream=Events(*texts, finish=finish))

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return self.answer(request)

    def client(self, **options: Any) -> httpx.Client:
        return rh.httpx.govern(httpx.Client(transport=httpx.MockTransport(self)), governor(), **options)


def governor() -> rh.Governor:
    rungs = [
        rh.Rung("fast", model="gemini-2.5-flash", answer_tokens=500, output_price=2.5),
        rh.Rung("deep", model="gemini-2.5-pro", thinking_tokens=2_000, output_price=10.0),
    ]
    return rh.Governor(rh.Ladder(rungs, default="fast"))


def test_the_address_gets_the_model_and_the_reply_is_whole() -> None:
    gemini = Gemini()
    reply = gemini.client().post(AUTO, json=ASK, headers={"x-goog-api-key": "key", "x-rheostat-session": "s"})
    [asked] = gemini.asked
    assert asked.url.path == "/v1beta/models/gemini-2.5-flash:streamGenerateContent"
    assert asked.url.params["alt"] == "sse"
    assert (asked.headers["x-goog-api-key"], "x-rheostat-session" in asked.headers) == ("key", False)
    assert json.loads(asked.content)["generationConfig"]["maxOutputTokens"] == 500
    found = reply.json()
    assert (reply.status_code, reply.headers["content-type"]) == (200, "application/json")
    assert "".join(part["text"] for part in found["candidates"][0]["content"]["parts"]) == "Paris"
    assert (found["candidates"][0]["finishReason"], found["usageMetadata"]["thoughtsTokenCount"]) == ("STOP", 5)
    assert (reply.headers["x-rheostat-rung"], reply.headers["x-rheostat-tokens"]) == ("fast", "8")


def test_a_stream_is_relayed_as_it_came() -> None:
    gemini = Gemini()
    with gemini.client().stream("POST", STREAM, json=ASK) as reply:
        assert b"".join(reply.iter_raw()) == b"".join(events("Pa", "ris"))
        assert reply.headers["x-rheostat-model"] == "gemini-2.5-flash"


def test_what_is_not_governed_passes_through() -> None:
    gemini = Gemini(lambda _: httpx.Response(200, json={"own": True}))
    for url in (AUTO.replace("auto", "gemini-2.5-pro"), AUTO.replace(":generateContent", ":countTokens")):
        assert gemini.client().post(url, json=ASK).json() == {"own": True}
        assert str(gemini.asked[-1].url) == url
        assert json.loads(gemini.asked[-1].content) == ASK


def test_refusals_have_gemini_s_form() -> None:
    gemini = Gemini()
    several = gemini.client().post(AUTO, json=ASK | {"generationConfig": {"candidateCount": 2}})
    assert (several.status_code, several.json()["error"]["status"]) == (400, "INVALID_ARGUMENT")
    assert "candidateCount must be 1" in several.json()["error"]["message"]
    empty = gemini.client().post(AUTO, json={"contents": []})
    assert (empty.status_code, empty.json()["error"]["code"]) == (400, 400)
    assert gemini.asked == []


def test_errors_are_the_provider_s_and_a_busy_rung_is_replaced() -> None:
    bad = Gemini(lambda _: httpx.Response(403, json={"error": {"code": 403, "message": "no key", "status": "PERMISSION_DENIED"}}))
    reply = bad.client().post(AUTO, json=ASK)
    assert (reply.status_code, reply.json()["error"]["status"], len(bad.asked)) == (403, "PERMISSION_DENIED", 1)
    busy = {"error": {"code": 429, "message": "later", "status": "RESOURCE_EXHAUSTED"}}

    def answer(request: httpx.Request) -> httpx.Response:
        flash = "flash" in request.url.path
        return httpx.Response(429, json=busy, headers={"retry-after": "0"}) if flash else Gemini.says("Paris")

    gemini = Gemini(answer)
    client = rh.httpx.govern(
        httpx.Client(transport=httpx.MockTransport(gemini)),
        rh.Governor(governor().ladder, rules=rh.Rules(retries=0)),
    )
    assert client.post(AUTO, json=ASK).headers["x-rheostat-rung"] == "deep"
    assert [request.url.path.split("/")[-1].partition(":")[0] for request in gemini.asked] == [
        "gemini-2.5-flash",
        "gemini-2.5-pro",
    ]


def test_a_refusal_of_the_model_is_no_answer() -> None:
    gemini = Gemini(lambda request: Gemini.says("", finish="SAFETY") if "flash" in request.url.path else Gemini.says("Paris"))
    assert gemini.client().post(AUTO, json=ASK).headers["x-rheostat-rung"] == "deep"


def test_an_asynchronous_client_is_governed_alike() -> None:
    gemini = Gemini()

    async def ask() -> tuple[Any, bytes]:
        client = rh.httpx.govern(httpx.AsyncClient(transport=httpx.MockTransport(gemini)), governor())
        whole = await client.post(AUTO, json=ASK)
        async with client.stream("POST", STREAM, json=ASK) as reply:
            return whole.json(), b"".join([data async for data in reply.aiter_raw()])

    whole, streamed = asyncio.run(ask())
    assert whole["candidates"][0]["finishReason"] == "STOP"
    assert streamed == b"".join(events("Pa", "ris"))


def test_a_deployment_has_an_address_of_its_own() -> None:
    own, other = Gemini(), Gemini()
    rungs = [rh.Rung("only", model="gemini-2.5-flash", deployment="eu")]
    eu = httpx.Client(base_url="https://eu.example/v1", headers={"x-goog-api-key": "eu"}, transport=httpx.MockTransport(other))
    client = rh.httpx.govern(
        httpx.Client(transport=httpx.MockTransport(own)), rh.Governor(rh.Ladder(rungs)), deployments={"eu": eu}
    )
    assert client.post(AUTO, json=ASK, headers={"x-goog-api-key": "own"}).status_code == 200
    [asked] = other.asked
    assert str(asked.url) == "https://eu.example/v1/models/gemini-2.5-flash:streamGenerateContent?alt=sse"
    assert (asked.headers["x-goog-api-key"], own.asked) == ("eu", [])


def test_google_s_sdk_sends_through_a_governed_client() -> None:
    genai: Any = pytest.importorskip("google.genai", reason="google-genai is not installed")
    gemini = Gemini()
    options = genai.types.HttpOptions(httpx_client=gemini.client())
    client = genai.Client(api_key="key", http_options=options)
    reply = client.models.generate_content(model="auto", contents="What is the capital of France?")
    assert (reply.text, reply.sdk_http_response.headers["x-rheostat-rung"]) == ("Paris", "fast")
    streamed = client.models.generate_content_stream(model="auto", contents="What is the capital of France?")
    assert [chunk.text for chunk in streamed] == ["Pa", "ris"]
    thinking = genai.types.GenerateContentConfig(thinking_config=genai.types.ThinkingConfig(thinking_budget=100))
    client.models.generate_content(model="auto", contents="Why?", config=thinking)
    assert len(gemini.asked) == 3


def test_claude_on_vertex_is_governed_by_its_address() -> None:
    anthropic: Any = pytest.importorskip("anthropic", reason="anthropic is not installed")
    httpx2: Any = pytest.importorskip("httpx2", reason="httpx2 is not installed")
    asked: list[Any] = []
    message: dict[str, Any] = {
        "id": "m",
        "type": "message",
        "role": "assistant",
        "model": "m",
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
    }
    parts: list[dict[str, Any]] = [
        {"type": "message_start", "message": message | {"usage": {"input_tokens": 9, "output_tokens": 1}}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Paris"}},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": None}, "usage": {"output_tokens": 4}},
        {"type": "message_stop"},
    ]
    says = b"".join(f"event: {part['type']}\ndata: {json.dumps(part)}\n\n".encode() for part in parts)

    def answer(request: Any) -> Any:
        asked.append(request)
        return httpx2.Response(200, headers={"content-type": "text/event-stream"}, content=says)

    plain = anthropic.AnthropicVertex(
        region="us-east5", project_id="p", access_token="t", http_client=httpx2.Client(transport=httpx2.MockTransport(answer))
    )
    rungs = [rh.Rung("fast", model="claude-haiku-4-5@20251001", answer_tokens=500, output_price=5.0)]
    client = rh.anthropic.govern(plain, rh.Governor(rh.Ladder(rungs)))
    said: Any = {"model": "auto", "max_tokens": 300, "messages": [{"role": "user", "content": "What is the capital of France?"}]}
    reply = client.messages.create(**said)
    decision = rh.decision_of(reply)
    assert decision is not None
    assert (reply.content[0].text, decision.rung) == ("Paris", "fast")
    assert asked[0].url.path.endswith("/publishers/anthropic/models/claude-haiku-4-5@20251001:streamRawPredict")
    sent = json.loads(asked[0].content)
    assert (sent["stream"], "model" in sent, sent["max_tokens"]) == (True, False, 300)
    with client.messages.stream(**said) as stream:
        assert "".join(stream.text_stream) == "Paris"
        assert rh.decision_of(stream) is not None
    # Any other model passes through.
    asked.clear()
    list(client.messages.create(**said | {"model": "other"}, stream=True))
    assert asked[0].url.path.endswith("/other:streamRawPredict")
