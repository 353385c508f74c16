"""Rungs that an upstream of another provider serves: clients of one API, a scripted provider of another, and the proxy."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anthropic
import httpx
import openai
import pytest

from tests.provider import Loopback, Says
from tests.proxied import ASK, Proxy, running, upstream

TOOL = {"type": "object", "properties": {"city": {"type": "string"}, "area": {"type": "string"}}, "required": ["city"]}


def anthropic_events(*deltas: dict[str, Any], stop: str = "end_turn") -> bytes:
    """A stream of Anthropic's messages: a block for each delta."""
    message: dict[str, Any] = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "small",
        "content": [],
        "stop_reason": None,
    }
    events: list[dict[str, Any]] = [
        {"type": "message_start", "message": message | {"usage": {"input_tokens": 9, "output_tokens": 1}}}
    ]
    for index, delta in enumerate(deltas):
        start = {"type": "text", "text": ""}
        if delta["type"] == "input_json_delta":
            start = {"type": "tool_use", "id": f"toolu_{index}", "name": "weather", "input": {}}  # type: ignore[dict-item]
        events += [
            {"type": "content_block_start", "index": index, "content_block": start},
            {"type": "content_block_delta", "index": index, "delta": delta},
            {"type": "content_block_stop", "index": index},
        ]
    end = {"type": "message_delta", "delta": {"stop_reason": stop, "stop_sequence": None}, "usage": {"output_tokens": 3}}
    events += [end, {"type": "message_stop"}]
    return b"".join(b"event: %b\ndata: %b\n\n" % (one["type"].encode(), json.dumps(one).encode()) for one in events)


PARIS = anthropic_events({"type": "text_delta", "text": "Paris"})
CALLS = anthropic_events({"type": "input_json_delta", "partial_json": '{"city": "Paris"}'}, stop="tool_use")


@pytest.fixture
def chats(tmp_path: Path, provider: Loopback) -> Iterator[Proxy]:
    """A proxy whose only upstream speaks OpenAI's chat completions."""
    with running(tmp_path, upstream(provider.url, surfaces=["openai.chat"])) as started:
        yield started


@pytest.fixture
def messages(tmp_path: Path, provider: Loopback) -> Iterator[Proxy]:
    """A proxy whose only upstream speaks Anthropic's messages."""
    with running(tmp_path, upstream(provider.url, surfaces=["anthropic.messages"])) as started:
        yield started


def answers(provider: Loopback, says: Says) -> None:
    provider.provider.script = lambda *_: says


def test_an_answer_that_the_client_has_begun_goes_only_to_models_that_take_it(tmp_path: Path, provider: Loopback) -> None:
    """Anthropic's models refuse a final message of the assistant from 4.6 on."""
    begun = [*ASK, {"role": "assistant", "content": "The capital is"}]
    old, new = "claude-sonnet-4-5", "claude-sonnet-4-6"
    ladders = {(old, new): 200, (new, new): 400, ("gpt-4o-mini", "gpt-4o"): 200}
    answers(provider, Says(raw=PARIS))
    for (low, high), status in ladders.items():
        ladder = "\n".join(f'[[rung]]\nname = "{name}"\nmodel = "{model}"\n' for name, model in (("a", low), ("b", high)))
        spoken = upstream(provider.url, surfaces=["anthropic.messages"])
        with running(tmp_path, spoken, ladder=ladder) as proxy:
            for path, more in (("/v1/chat/completions", {}), ("/v1/messages", {"max_tokens": 99})):
                before = len(provider.provider.asked)
                reply = proxy.post(path, {"model": "auto", "messages": begun, **more})
                assert reply.status_code == status, (low, high, path)
                sent = provider.provider.asked[before:]
                if status == 400:
                    assert f"{new} refuses a conversation that ends with the beginning of its answer" in reply.text
                    assert sent == []
                elif old in (low, high):
                    assert [one["model"] for one in sent] == [old]
                    assert f"{new} refuses" in reply.headers["x-rheostat-closed"]
                else:
                    assert "x-rheostat-closed" not in reply.headers
                # Without the beginning every rung is open.
                assert proxy.post(path, {"model": "auto", "messages": ASK, **more}).status_code == 200


def test_anthropics_client_is_served_by_chat_completions(chats: Proxy, provider: Loopback) -> None:
    answers(provider, Says(["Pa", "ris"]))
    reply = chats.anthropic().messages.create(
        model="auto", max_tokens=64, system="Be brief.", messages=ASK, stop_sequences=["\n\n"]
    )
    block = reply.content[0]
    assert isinstance(block, anthropic.types.TextBlock)
    assert (block.text, reply.stop_reason, reply.model) == ("Paris", "end_turn", "small")
    assert (reply.usage.input_tokens, reply.usage.output_tokens) == (9, 3)
    (request,), (asked,) = provider.provider.requests, provider.provider.asked
    assert request.url.path == "/v1/chat/completions"
    # The client's key is for its own provider alone.
    assert not {"authorization", "x-api-key"} & set(request.headers)
    assert asked["messages"] == [{"role": "system", "content": "Be brief."}, ASK[0]]
    assert (asked["stop"], asked["max_tokens"]) == (["\n\n"], 64)


def test_a_stream_is_written_for_anthropics_client(chats: Proxy, provider: Loopback) -> None:
    answers(provider, Says(["Pa", "ris"]))
    with chats.anthropic().messages.stream(model="auto", max_tokens=64, messages=ASK) as stream:
        assert "".join(stream.text_stream) == "Paris"
        last = stream.get_final_message()
    assert (last.stop_reason, last.usage.output_tokens) == ("end_turn", 3)


def test_calls_and_their_results_go_both_ways(chats: Proxy, provider: Loopback) -> None:
    answers(provider, Says([], finish="tool_calls", calls=[{"name": "weather", "arguments": '{"city": "Paris"}'}]))
    client = chats.anthropic()
    tools: Any = [{"name": "weather", "description": "Today's", "input_schema": TOOL}]
    first = client.messages.create(model="auto", max_tokens=64, messages=ASK, tools=tools, tool_choice={"type": "any"})
    call = first.content[0]
    assert isinstance(call, anthropic.types.ToolUseBlock)
    assert (call.name, call.input, first.stop_reason) == ("weather", {"city": "Paris"}, "tool_use")
    answers(provider, Says(["Rain"]))
    result: Any = {"role": "user", "content": [{"type": "tool_result", "tool_use_id": call.id, "content": "rain"}]}
    client.messages.create(
        model="auto", max_tokens=64, tools=tools, messages=[*ASK, {"role": "assistant", "content": first.content}, result]
    )
    before, after = provider.provider.asked
    assert before["tools"] == [
        {"type": "function", "function": {"name": "weather", "description": "Today's", "parameters": TOOL}}
    ]
    # The names of a schema stay in their order.
    assert list(before["tools"][0]["function"]["parameters"]["properties"]) == ["city", "area"]
    assert before["tool_choice"] == "required"
    assert after["messages"][1]["tool_calls"][0]["function"] == {"name": "weather", "arguments": '{"city":"Paris"}'}
    assert after["messages"][2] == {"role": "tool", "tool_call_id": call.id, "content": "rain"}


def test_openais_clients_are_served_by_messages(messages: Proxy, provider: Loopback) -> None:
    answers(provider, Says(raw=PARIS))
    client = messages.openai()
    chat = client.chat.completions.create(model="auto", messages=[{"role": "developer", "content": "Be brief."}, *ASK])
    assert (chat.choices[0].message.content, chat.choices[0].finish_reason) == ("Paris", "stop")
    assert chat.usage is not None
    assert (chat.usage.prompt_tokens, chat.usage.completion_tokens) == (9, 3)
    response = client.responses.create(model="auto", instructions="Be brief.", input="What is the capital of France?")
    assert (response.output_text, response.status) == ("Paris", "completed")
    for request, asked in zip(provider.provider.requests, provider.provider.asked, strict=True):
        assert request.url.path == "/v1/messages"
        assert request.headers["anthropic-version"] == "2023-06-01"
        assert not {"authorization", "x-api-key"} & set(request.headers)
        assert asked["system"] == [{"type": "text", "text": "Be brief."}]
        assert asked["messages"] == [{"role": "user", "content": [{"type": "text", "text": "What is the capital of France?"}]}]
        assert asked["max_tokens"] > 0


def test_streams_are_written_for_openais_clients(messages: Proxy, provider: Loopback) -> None:
    answers(provider, Says(raw=PARIS))
    client = messages.openai()
    asks: Any = {"model": "auto", "messages": ASK, "stream_options": {"include_usage": True}}
    chunks = list(client.chat.completions.create(stream=True, **asks))
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == "Paris"
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens == 3
    with client.responses.stream(model="auto", input="What is the capital of France?") as stream:
        kinds = [event.type for event in stream]
        last = stream.get_final_response()
    assert (last.output_text, kinds[0], kinds[-1]) == ("Paris", "response.created", "response.completed")


def test_calls_are_written_for_openais_clients(messages: Proxy, provider: Loopback) -> None:
    answers(provider, Says(raw=CALLS))
    client = messages.openai()
    tools: Any = [{"type": "function", "function": {"name": "weather", "parameters": TOOL}}]
    chat = client.chat.completions.create(model="auto", messages=ASK, tools=tools, parallel_tool_calls=False)
    (call,) = chat.choices[0].message.tool_calls or []
    assert call.type == "function"
    assert (call.id, call.function.name, json.loads(call.function.arguments)) == ("toolu_0", "weather", {"city": "Paris"})
    chunks = list(client.chat.completions.create(model="auto", messages=ASK, tools=tools, stream=True))
    pieces = [piece for chunk in chunks if chunk.choices for piece in chunk.choices[0].delta.tool_calls or []]
    assert [(piece.index, piece.function and piece.function.name) for piece in pieces] == [(0, "weather")]
    flat: Any = [{"type": "function", "name": "weather", "parameters": TOOL, "strict": True}]
    with client.responses.stream(model="auto", input="Rain in Paris?", tools=flat) as stream:
        stream.until_done()
        (item,) = stream.get_final_response().output
    assert item.type == "function_call"
    assert (item.name, item.call_id, json.loads(item.arguments)) == ("weather", "toolu_0", {"city": "Paris"})
    assert provider.provider.asked[0]["tool_choice"] == {"type": "auto", "disable_parallel_tool_use": True}


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"logit_bias": {"50256": -100}}, "logit_bias"),
        ({"logprobs": True}, "logprobs"),
        ({"temperature": 1.5}, "no words for a temperature above 1"),
        ({"messages": [{"role": "system", "content": "Be brief."}]}, "a request without a turn"),
        ({"messages": "hi"}, "expected an array"),
        ({"messages": None}, "the request lacks messages"),
        ({"response_format": {"type": "json_object"}}, "json_object"),
        ({"messages": [{"role": "user", "content": [{"type": "input_audio", "input_audio": {}}]}]}, "input_audio"),
        ({"an_option_of_tomorrow": 1}, "an_option_of_tomorrow"),
    ],
)
def test_what_cannot_be_said_is_named(messages: Proxy, provider: Loopback, fields: dict[str, Any], named: str) -> None:
    refused = messages.post("/v1/chat/completions", {"model": "auto", "messages": ASK, **fields})
    assert refused.status_code == 400
    assert named in refused.json()["error"]["message"]
    assert provider.provider.asked == []


def test_a_rung_that_cannot_be_asked_is_closed_and_the_others_are_not(tmp_path: Path, provider: Loopback) -> None:
    with Loopback() as other:
        tables = (
            upstream(provider.url, surfaces=["anthropic.messages"], models=["small"]),
            upstream(other.url, name="other", surfaces=["openai.chat"], models=["large"]),
        )
        with running(tmp_path, *tables) as proxy:
            answers(provider, Says(raw=PARIS))
            open_to_both = proxy.post("/v1/chat/completions", {"model": "auto", "messages": ASK})
            assert open_to_both.headers["x-rheostat-rung"] == "fast"
            assert "x-rheostat-closed" not in open_to_both.headers
            closed = proxy.post("/v1/chat/completions", {"model": "auto", "messages": ASK, "logit_bias": {"1": 5}})
            assert closed.headers["x-rheostat-rung"] == "deep"
            assert "logit_bias" in closed.headers["x-rheostat-closed"]
            assert [asked["model"] for asked in other.provider.asked] == ["large"]


def test_what_is_left_out_is_named(messages: Proxy, provider: Loopback) -> None:
    answers(provider, Says(raw=PARIS))
    turns = [*ASK, {"role": "assistant", "content": "Paris"}, {"role": "system", "content": "In French."}, *ASK]
    asks = {"model": "auto", "messages": turns, "seed": 7, "user": "u", "verbosity": "low"}
    reply = messages.post("/v1/chat/completions", asks)
    assert reply.headers["x-rheostat-left-out"] == "anthropic.messages: seed, messages.system, verbosity"
    (asked,) = provider.provider.asked
    assert asked["system"] == [{"type": "text", "text": "In French."}]
    plain = messages.post("/v1/chat/completions", {"model": "auto", "messages": ASK, "user": "u"})
    assert "x-rheostat-left-out" not in plain.headers


def test_where_data_may_be_processed_closes_a_surface(chats: Proxy, provider: Loopback) -> None:
    refused = chats.post("/v1/messages", {"model": "auto", "max_tokens": 64, "messages": ASK, "inference_geo": "eu"})
    assert refused.status_code == 400
    assert "inference_geo" in refused.json()["error"]["message"]
    assert provider.provider.asked == []


@pytest.mark.parametrize(("stop", "word"), [("max_tokens", "length"), ("refusal", "content_filter")])
def test_a_tool_call_that_was_cut_is_no_call_for_openais_client(
    messages: Proxy, provider: Loopback, stop: str, word: str
) -> None:
    answers(provider, Says(raw=anthropic_events({"type": "input_json_delta", "partial_json": '{"city": "Pa'}, stop=stop)))
    client = messages.openai()
    tools: Any = [{"type": "function", "function": {"name": "weather", "parameters": TOOL}}]
    (choice,) = client.chat.completions.create(model="auto", messages=ASK, tools=tools).choices
    assert (choice.message.tool_calls, choice.finish_reason) == (None, word)
    chunks = list(client.chat.completions.create(model="auto", messages=ASK, tools=tools, stream=True))
    assert not any(chunk.choices and chunk.choices[0].delta.tool_calls for chunk in chunks)
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == word


def test_a_tool_call_that_was_cut_is_no_call_for_anthropics_client(chats: Proxy, provider: Loopback) -> None:
    answers(provider, Says([], finish="length", calls=[{"name": "weather", "arguments": '{"city": "Pa'}]))
    tools: Any = [{"name": "weather", "input_schema": TOOL}]
    client = chats.anthropic()
    reply = client.messages.create(model="auto", max_tokens=64, messages=ASK, tools=tools)
    assert (reply.content, reply.stop_reason) == ([], "max_tokens")
    with client.messages.stream(model="auto", max_tokens=64, messages=ASK, tools=tools) as stream:
        last = stream.get_final_message()
    assert (last.content, last.stop_reason) == ([], "max_tokens")


def test_an_error_has_the_form_of_the_clients_api(chats: Proxy, provider: Loopback) -> None:
    answers(provider, Says(status=401, body={"error": {"message": "no such key", "type": "authentication_error", "code": None}}))
    with pytest.raises(anthropic.AuthenticationError) as caught:
        chats.anthropic().messages.create(model="auto", max_tokens=64, messages=ASK)
    body: Any = caught.value.body
    assert body == {"type": "error", "error": {"type": "authentication_error", "message": "no such key"}}
    assert len(provider.provider.asked) == 1


def test_a_stream_that_breaks_off_before_its_first_byte_is_asked_again(chats: Proxy, provider: Loopback) -> None:
    breaks = Says(["Pa"], breaks=httpx.ReadError("reset"))
    provider.provider.script = lambda _, before: breaks if before == 0 else Says(["Paris"])
    with chats.anthropic().messages.stream(model="auto", max_tokens=64, messages=ASK) as stream:
        assert "".join(stream.text_stream) == "Paris"
    assert len(provider.provider.asked) == 2


def test_a_shown_stream_that_breaks_off_is_no_whole_reply(tmp_path: Path, provider: Loopback) -> None:
    answers(provider, Says(["Pa"], breaks=httpx.ReadError("reset")))
    shows = '\n[proxy]\nlisten = "127.0.0.1:0"\njudge = "never_restart"\n'
    with running(tmp_path, shows, upstream(provider.url, surfaces=["anthropic.messages"])) as proxy:
        answers(provider, Says(raw=PARIS[: PARIS.index(b"event: content_block_stop")]))
        client: openai.OpenAI = proxy.openai()
        with pytest.raises((httpx.HTTPError, openai.APIError)):
            list(client.chat.completions.create(model="auto", messages=ASK, stream=True))


@pytest.mark.parametrize("surfaces", [["openai.chat"], ["anthropic.messages"], ["openai.chat", "anthropic.messages"]])
def test_an_upstreams_key_stands_where_each_surface_wants_it(tmp_path: Path, provider: Loopback, surfaces: list[str]) -> None:
    with running(tmp_path, upstream(provider.url, surfaces=surfaces, key_env="UP"), UP="secret-up") as proxy:
        for path, more in [("/v1/chat/completions", {}), ("/v1/messages", {"max_tokens": 64})]:
            answers(provider, Says(["A"]) if path.endswith("completions") or surfaces == ["openai.chat"] else Says(raw=PARIS))
            proxy.post(path, {"model": "auto", "messages": ASK, **more}, authorization="Bearer client", x_api_key="client")
            sent = provider.provider.requests[-1]
            is_messages = sent.url.path.endswith("/messages")
            keys = {name: sent.headers[name] for name in ("authorization", "x-api-key") if name in sent.headers}
            assert keys == ({"x-api-key": "secret-up"} if is_messages else {"authorization": "Bearer secret-up"}), path


def test_a_rung_of_another_provider_stops_several_answers_for_itself_alone(tmp_path: Path, provider: Loopback) -> None:
    rung = '\n[[rung]]\nname = "{0}"\nmodel = "{1}"\nsamples = 3\n'
    ladder = rung.format("low", "gpt-4o-mini") + rung.format("high", "claude-sonnet-4-5")
    own = upstream(provider.url, models=["gpt-4o-mini"], surfaces=["openai.chat"])
    other = upstream(provider.url, name="other", models=["claude-sonnet-4-5"], surfaces=["anthropic.messages"])
    for model, several in (("gpt-4o-mini", [3]), ("claude-sonnet-4-5", [])):
        route = f'\n[[route]]\nname = "one"\nallow = ["{model}"]\n'
        provider.provider.asked.clear()
        answers(provider, Says(raw=PARIS) if not several else Says(["Paris"]))
        with running(tmp_path, own, other, route, ladder=ladder) as proxy:
            assert proxy.post("/v1/chat/completions", {"model": "auto", "messages": ASK}).status_code == 200
        assert [asked["n"] for asked in provider.provider.asked if "n" in asked] == several, provider.provider.asked
