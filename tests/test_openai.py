"""The governed client of OpenAI's SDK: the real client, against scripted replies."""

from __future__ import annotations

import asyncio
import copy
import json
import pickle
from typing import Any

import httpx
import openai
import pytest

import rheostat as rh
from tests.governed import ASK, by_model, cascade, decided, governed, governed_async, ladder
from tests.provider import Provider, Says


def test_the_client_is_the_sdks_own_and_so_is_what_it_returns() -> None:
    provider = Provider(by_model(small=Says()))
    client = governed(provider, cascade())
    reply = client.chat.completions.create(model="auto", messages=ASK)
    assert isinstance(client, openai.OpenAI)
    assert isinstance(reply, openai.types.chat.ChatCompletion)
    assert (reply.choices[0].message.content, reply.choices[0].finish_reason, reply.model) == ("4", "stop", "small")
    assert reply.usage
    assert reply.usage.completion_tokens == 3
    assert not [name for name in reply.model_dump() if "rheostat" in name]
    decision = decided(reply)
    assert (decision.rung, decision.run.settled, decision.run.spent.tokens) == ("small", True, 6)
    assert [fields["stream"] for fields in provider.asked] == [True, True]


def test_probes_that_disagree_go_up() -> None:
    says = [Says(["4"]), Says(["5"]), Says(["four"])]
    provider = Provider(lambda _, i: says[i])
    reply = governed(provider, cascade()).chat.completions.create(model="auto", messages=ASK)
    assert (reply.choices[0].message.content, [fields["model"] for fields in provider.asked]) == (
        "four",
        ["small", "small", "large"],
    )
    assert decided(reply).rung == "large"


def test_another_model_passes_through_byte_for_byte() -> None:
    provider = Provider(by_model(other=Says(["hi"])))
    plain = openai.OpenAI(api_key="key", http_client=provider.client())
    client = rh.openai.govern(plain, cascade())
    for one in (plain, client):
        reply = one.chat.completions.create(model="other", messages=ASK, temperature=0.5, extra_body={"x": [1, {"y": None}]})
        assert (reply.choices[0].message.content, rh.decision_of(reply)) == ("hi", None)
    first, second = provider.requests
    assert (first.content, first.url, dict(first.headers)) == (second.content, second.url, dict(second.headers))


def test_the_clients_own_parameters_stay() -> None:
    provider = Provider(by_model(small=Says()))
    client = governed(provider, ladder("small"))
    tools: Any = [{"type": "function", "function": {"name": "add", "parameters": {"type": "object"}}}]
    client.chat.completions.create(
        model="auto", messages=ASK, temperature=0.5, tools=tools, max_completion_tokens=50, extra_headers={"x-own": "1"}
    )
    sent = provider.asked[0]
    assert (sent["temperature"], sent["tools"], sent["messages"], sent["max_completion_tokens"]) == (0.5, tools, ASK, 50)
    headers = provider.requests[0].headers
    assert (headers["x-own"], headers["authorization"]) == ("1", "Bearer key")
    assert int(headers["content-length"]) == len(provider.requests[0].content)


def test_sessions_and_payers_are_named_by_headers_that_are_not_sent_on() -> None:
    provider = Provider(by_model(small=Says()))
    ledger = rh.Ledger([rh.Cap("tenant", usd=1.0, per=3600)])
    client = governed(provider, ladder("small", ledger=ledger))
    headers = {"x-rheostat-tenant": "acme", "x-rheostat-session": "s"}
    client.chat.completions.create(model="auto", messages=ASK, extra_headers=headers)
    assert not [name for name in provider.requests[0].headers if "rheostat" in name]
    assert [account.key for account in ledger.accounts("tenant")] == ["acme"]


def test_raw_parsed_and_accumulated_replies_are_governed() -> None:
    provider = Provider(by_model(small=Says(['{"n":', "4}"])))
    client = governed(provider, ladder("small"))
    raw = client.chat.completions.with_raw_response.create(model="auto", messages=ASK)
    assert (raw.headers["x-rheostat-rung"], raw.parse().choices[0].message.content) == ("small", '{"n":4}')
    with client.chat.completions.stream(model="auto", messages=ASK) as stream:
        assert stream.get_final_completion().choices[0].message.content == '{"n":4}'

    import pydantic

    class Number(pydantic.BaseModel):
        n: int

    parsed = client.chat.completions.parse(model="auto", messages=ASK, response_format=Number)
    assert parsed.choices[0].message.parsed == Number(n=4)
    assert provider.asked[-1]["response_format"]["json_schema"]["name"] == "Number"
    assert client.with_options(timeout=5).chat.completions.create(model="auto", messages=ASK).model == "small"


def test_tool_calls_are_an_answer() -> None:
    calls = [{"name": "add", "arguments": '{"a": 2, "b": 2}'}]
    provider = Provider(by_model(small=Says([], finish="tool_calls", calls=calls)))
    reply = governed(provider, cascade()).chat.completions.create(model="auto", messages=ASK)
    call = reply.choices[0].message.tool_calls[0]
    assert (call.function.name, json.loads(call.function.arguments)) == ("add", {"a": 2, "b": 2})
    assert (reply.choices[0].finish_reason, len(provider.asked)) == ("tool_calls", 2)


CUT = [{"name": "add", "arguments": '{"a": 2, "b"'}]


@pytest.mark.parametrize("calls", [CUT, [{"name": "add", "arguments": "{}"}, *CUT]])
def test_a_call_that_a_limit_cut_is_no_answer(calls: list[dict[str, str]]) -> None:
    provider = Provider(by_model(small=Says([], finish="length", calls=calls), large=Says(["4"])))
    reply = governed(provider, ladder("small", "large")).chat.completions.create(model="auto", messages=ASK)
    assert (reply.choices[0].message.content, decided(reply).rung) == ("4", "large")


def test_without_another_rung_it_is_given_out_as_cut() -> None:
    provider = Provider(by_model(small=Says([], finish="length", calls=CUT)))
    reply = governed(provider, ladder("small")).chat.completions.create(model="auto", messages=ASK)
    choice = reply.choices[0]
    assert (choice.finish_reason, choice.message.tool_calls[0].function.arguments) == ("length", CUT[0]["arguments"])
    assert not decided(reply).run.settled


@pytest.mark.parametrize("judge", ["before_first_byte", "never_restart", "buffer"])
def test_a_stream_has_the_events_of_one_reply(judge: Any) -> None:
    pieces = [str(i) for i in range(100)]
    provider = Provider(by_model(small=Says(pieces)))
    stream = governed(provider, ladder("small", "large"), judge=judge).chat.completions.create(
        model="auto", messages=ASK, stream=True
    )
    assert isinstance(stream, openai.Stream)
    text = [chunk.choices[0].delta.content for chunk in stream if chunk.choices and chunk.choices[0].delta.content]
    assert (text, provider.open, decided(stream).run.done) == (pieces, 0, True)


def test_a_stream_of_probes_waits_for_their_vote() -> None:
    says = [Says(["4"]), Says(["5"]), Says(["fo", "ur"])]
    provider = Provider(lambda _, i: says[i])
    stream = governed(provider, cascade(), judge="never_restart").chat.completions.create(model="auto", messages=ASK, stream=True)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices) == "four"


def test_a_stream_that_the_client_closes_is_closed_at_the_provider() -> None:
    provider = Provider(by_model(small=Says([str(i) for i in range(1000)])))
    stream = governed(provider, ladder("small"), judge="never_restart").chat.completions.create(
        model="auto", messages=ASK, stream=True
    )
    next(iter(stream))
    assert provider.open == 1
    stream.close()
    assert (provider.open, decided(stream).run.done) == (0, True)


def test_what_was_shown_is_never_taken_back() -> None:
    says = [Says(["a", "b"], breaks=httpx.ReadError("reset")), Says(["c"])]
    provider = Provider(lambda _, i: says[min(i, 1)])
    stream = governed(provider, ladder("small", "large"), judge="never_restart").chat.completions.create(
        model="auto", messages=ASK, stream=True
    )
    seen: list[str] = []
    with pytest.raises((httpx.ReadError, openai.APIConnectionError)):
        seen.extend(chunk.choices[0].delta.content or "" for chunk in stream)
    assert (seen, len(provider.asked), provider.open) == (["", "a", "b"], 1, 0)


def test_asynchronous_clients_are_governed_alike() -> None:
    async def main() -> None:
        provider = Provider(by_model(small=Says(["4"])))
        client = governed_async(provider, cascade(3))
        replies = await asyncio.gather(*(client.chat.completions.create(model="auto", messages=ASK) for _ in range(5)))
        assert [reply.choices[0].message.content for reply in replies] == ["4"] * 5
        assert len({decided(reply).plan.id for reply in replies}) == 5
        assert (len(provider.asked), provider.open) == (15, 0)
        stream = await governed_async(provider, ladder("small"), judge="never_restart").chat.completions.create(
            model="auto", messages=ASK, stream=True
        )
        text = [chunk.choices[0].delta.content async for chunk in stream if chunk.choices and chunk.choices[0].delta.content]
        assert (text, provider.open) == (["4"], 0)
        assert decided(stream).run.done

    asyncio.run(main())


def test_a_stream_reports_its_usage_only_to_those_who_ask() -> None:
    # Clients that did not ask look for a choice in each event.
    for options, reported in (({}, []), ({"stream_options": {"include_usage": True}}, [3])):
        provider = Provider(by_model(small=Says()))
        stream: Any = governed(provider, ladder("small")).chat.completions.create(
            model="auto", messages=ASK, stream=True, **options
        )
        assert [chunk.usage.completion_tokens for chunk in stream if not chunk.choices] == reported
        assert decided(stream).run.spent.tokens == 3


def test_several_choices_are_refused_with_what_to_do() -> None:
    provider = Provider(by_model(small=Says()))
    with pytest.raises(openai.BadRequestError, match="n must be 1 where the model is governed, got 3"):
        governed(provider, ladder("small")).chat.completions.create(model="auto", messages=ASK, n=3)
    assert not provider.asked


def test_copies_and_helpers_of_a_client_have_decisions() -> None:
    provider = Provider(by_model(small=Says()))
    client = governed(provider, ladder("small"))
    for one in (client.with_options(timeout=3.0), client.copy(max_retries=5).with_options(timeout=3.0)):
        assert decided(one.chat.completions.create(model="auto", messages=ASK)).rung == "small"
    # Also one that sends through another client of httpx, governed or not.
    other = Provider(by_model(small=Says(["other"])))
    for one in (client.with_options(http_client=other.client()), client.copy(http_client=client._client)):
        assert decided(one.chat.completions.create(model="auto", messages=ASK)).rung == "small"
    assert len(other.asked) == 1
    assert decided(client.beta.chat.completions.parse(model="auto", messages=ASK)).rung == "small"
    assert decided(client.chat.completions.with_raw_response.create(model="auto", messages=ASK)).rung == "small"
    with client.with_options(timeout=3.0).chat.completions.stream(model="auto", messages=ASK) as events:
        assert [event.type for event in events][-1] == "content.done"
        assert decided(events).run.settled

    async def main() -> None:
        client = governed_async(provider, ladder("small")).with_options(timeout=3.0)
        assert decided(await client.chat.completions.create(model="auto", messages=ASK)).rung == "small"
        async with client.chat.completions.stream(model="auto", messages=ASK) as events:
            assert [event.type async for event in events][-1] == "content.done"
            assert decided(events).run.settled

    asyncio.run(main())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("models", 5),
        ("models", []),
        ("models", ["auto", ""]),
        ("answer", "boxed"),
        ("prompts", {}),
        ("judge", "sometimes"),
        ("hold_tokens", -1),
        ("hold_seconds", "2"),
        ("concurrency", 0),
    ],
)
def test_bad_options_are_refused_by_name(name: str, value: Any) -> None:
    with pytest.raises((rh.errors.InvalidTypeError, rh.errors.InvalidValueError), match=name):
        governed(Provider(by_model()), cascade(), **{name: value})


def test_a_client_of_something_else_is_refused() -> None:
    for client in (object(), httpx.Client(), 5):
        with pytest.raises(rh.errors.InvalidTypeError, match="client"):
            rh.openai.govern(client, cascade())
    with pytest.raises(rh.errors.InvalidTypeError, match="client"):
        rh.httpx.govern(openai.OpenAI(api_key="key"), cascade())


def test_a_reply_is_copied_with_its_decision_and_pickled_without() -> None:
    client = governed(Provider(lambda *_: Says()), ladder("small"))
    reply = client.chat.completions.create(model="auto", messages=ASK)
    for copied in (copy.copy(reply), copy.deepcopy(reply), reply.model_copy(deep=True)):
        assert copied == reply
        assert decided(copied) is decided(reply)
    back = pickle.loads(pickle.dumps(reply))
    assert back.model_dump() == reply.model_dump()
    assert rh.decision_of(back) is None


def test_a_reply_of_any_type_is_returned() -> None:
    client = governed(Provider(lambda *_: Says()), ladder("small"))
    reply: Any = client.post("/chat/completions", cast_to=object, body={"model": "auto", "messages": ASK})
    assert reply["choices"][0]["message"]["content"] == "4"
    assert rh.decision_of(reply) is None


@pytest.mark.parametrize("judge", ["before_first_byte", "never_restart", "buffer"])
def test_a_client_that_leaves_at_the_mark_of_the_end_has_a_settled_reply(judge: Any) -> None:
    client = governed(Provider(lambda *_: Says(["word "] * 80)), ladder("small", "large"), judge=judge)
    stream = client.chat.completions.create(model="auto", messages=ASK, stream=True)
    # The SDK stops reading at `data: [DONE]`, and closes.
    assert "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices) == "word " * 80
    run = decided(stream).run
    assert run.settled
    assert run.ended != "closed by the host"


def test_a_usage_that_comes_before_the_ends_is_what_the_ledger_books() -> None:
    for order in ("usage finish close", "finish usage close"):
        ledger = rh.Ledger([rh.Cap("tenant", usd=100.0)])
        run = cascade(agree=3, ledger=ledger).plan("What is 2 + 2?", tenant="a").start()
        (call,) = run.next()
        for step in order.split():
            if step == "usage":
                call.usage(input=9, output=9)
            elif step == "close":
                run.close()
            else:
                for index in range(3):
                    call.sample(index).finish(answer="4")
        stats = ledger.stats()
        assert (run.settled, run.spent.tokens) == (True, 9), order
        assert (stats.spent_tokens, stats.held_tokens, stats.live) == (9, 0, 0), order
