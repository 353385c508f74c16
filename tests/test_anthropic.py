"""The governed client of Anthropic's SDK, and OpenAI's responses: real clients against scripted events."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import openai
import pytest

import rheostat as rh

ASK: list[Any] = [{"role": "user", "content": "Why is the sky blue?"}]


def sse(event: dict[str, Any]) -> bytes:
    return f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode()


def message(model: str, *texts: str) -> Iterator[dict[str, Any]]:
    """The events of one of Anthropic's messages."""
    head: dict[str, Any] = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [],
        "stop_reason": None,
    }
    yield {"type": "message_start", "message": head | {"stop_sequence": None, "usage": {"input_tokens": 9, "output_tokens": 1}}}
    yield {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
    yield {"type": "ping"}
    for text in texts:
        yield {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}}
    yield {"type": "content_block_stop", "index": 0}
    end = {"stop_reason": "end_turn", "stop_sequence": None}
    yield {"type": "message_delta", "delta": end, "usage": {"output_tokens": 5}}
    yield {"type": "message_stop"}


def response(model: str, text: str) -> Iterator[dict[str, Any]]:
    """The events of one of OpenAI's responses."""
    head: dict[str, Any] = {
        "id": "resp_1",
        "object": "response",
        "created_at": 1,
        "model": model,
        "tools": [],
        "tool_choice": "auto",
    }
    part = {"type": "output_text", "text": text, "annotations": []}
    item = {"id": "item_1", "type": "message", "role": "assistant", "status": "completed", "content": [part]}
    at = {"item_id": "item_1", "output_index": 0, "content_index": 0}
    events: list[dict[str, Any]] = [
        {"type": "response.created", "response": head | {"status": "in_progress", "output": [], "parallel_tool_calls": True}},
        {"type": "response.output_item.added", "output_index": 0, "item": item | {"content": [], "status": "in_progress"}},
        {"type": "response.content_part.added", "part": part | {"text": ""}} | at,
        {"type": "response.output_text.delta", "delta": text, "logprobs": []} | at,
    ]
    usage = {"input_tokens": 9, "output_tokens": 3, "total_tokens": 12}
    details = {"input_tokens_details": {"cached_tokens": 0}, "output_tokens_details": {"reasoning_tokens": 0}}
    whole = head | {"status": "completed", "output": [item], "parallel_tool_calls": True, "usage": usage | details}
    events.append({"type": "response.completed", "response": whole})
    yield from (event | {"sequence_number": i} for i, event in enumerate(events))


def test_messages_are_governed() -> None:
    reason = "the SDK and its httpx2 need Python 3.11"
    anthropic, httpx2 = pytest.importorskip("anthropic", reason=reason), pytest.importorskip("httpx2", reason=reason)
    sent: list[dict[str, Any]] = []

    def answer(request: Any) -> Any:
        sent.append(json.loads(request.content))
        events = b"".join(map(sse, message(sent[-1]["model"], "The sky ", "is blue.")))
        return httpx2.Response(200, headers={"content-type": "text/event-stream"}, content=events)

    governor = rh.Governor(rh.Ladder.of("claude-haiku-4-5", "claude-sonnet-4-5"))
    plain = anthropic.Anthropic(api_key="key", http_client=httpx2.Client(transport=httpx2.MockTransport(answer)))
    client = rh.anthropic.govern(plain, governor)
    whole = client.messages.create(model="auto", max_tokens=500, messages=ASK)
    assert isinstance(client, anthropic.Anthropic)
    assert isinstance(whole, anthropic.types.Message)
    assert ([block.text for block in whole.content], whole.stop_reason, whole.usage.output_tokens) == (
        ["The sky is blue."],
        "end_turn",
        5,
    )
    decision = rh.decision_of(whole)
    assert decision is not None
    assert (decision.run.settled, decision.run.spent.tokens) == (True, 5)
    assert (sent[0]["model"], sent[0]["max_tokens"], sent[0]["stream"]) == (decision.model, 500, True)
    stream = client.messages.create(model="auto", max_tokens=500, messages=ASK, stream=True)
    kinds = [event.type for event in stream if event.type != "ping"]
    assert (kinds[0], kinds[-1], len(kinds)) == ("message_start", "message_stop", 7)
    with client.messages.stream(model="auto", max_tokens=500, messages=ASK) as events:
        assert events.get_final_text() == "The sky is blue."
        assert rh.decision_of(events) is not None
    beta = client.with_options(timeout=3.0).beta.messages.create(model="auto", max_tokens=500, messages=ASK)
    assert rh.decision_of(beta) is not None
    with pytest.raises(anthropic.BadRequestError, match="tenant must be between 1 and 256 bytes") as raised:
        client.messages.create(model="auto", max_tokens=500, messages=ASK, extra_headers={"x-rheostat-tenant": ""})
    assert (raised.value.body["type"], raised.value.body["error"]["type"]) == ("error", "invalid_request_error")
    with pytest.raises(rh.errors.InvalidTypeError, match="a client of anthropic"):
        rh.anthropic.govern(openai.OpenAI(api_key="key"), governor)


def test_responses_are_governed() -> None:
    sent: list[dict[str, Any]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(json.loads(request.content))
        events = b"".join(map(sse, response(sent[-1]["model"], "Blue.")))
        return httpx.Response(200, headers={"content-type": "text/event-stream"}, content=events)

    plain = openai.OpenAI(api_key="key", http_client=httpx.Client(transport=httpx.MockTransport(answer)))
    client = rh.openai.govern(plain, rh.Governor(rh.Ladder.of("gpt-4o-mini", "gpt-4o")))
    whole = client.responses.create(model="auto", input="What is 2 + 2?", max_output_tokens=400)
    assert isinstance(whole, openai.types.responses.Response)
    assert (whole.output_text, whole.status) == ("Blue.", "completed")
    decision = rh.decision_of(whole)
    assert decision is not None
    assert (decision.model, decision.run.spent.tokens) == ("gpt-4o-mini", 3)
    assert sent[0] == {"input": "What is 2 + 2?", "model": "gpt-4o-mini", "max_output_tokens": 400, "stream": True}
    stream = client.responses.create(model="auto", input="What is 2 + 2?", stream=True)
    assert [event.type for event in stream][-1] == "response.completed"
