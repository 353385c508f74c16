"""The governed client of OpenAI's SDK: the real client, against scripted replies."""

from __future__ import annotations

import asyncio
import gc
import json
import random
from collections.abc import Callable
from typing import Any

import httpx
import openai
import pytest

import rheostat as rh
from rheostat import _governed
from rheostat._decision import Decision
from tests.provider import Provider, Says, sse

ASK: list[Any] = [{"role": "user", "content": "What is 2 + 2?"}]


def cascade(agree: int = 2, **options: Any) -> rh.Governor:
    rungs = [rh.Rung("small", model="small", output_price=0.4), rh.Rung("large", model="large", output_price=8.0)]
    return rh.Governor(rh.Ladder.cascade(*rungs, agree=agree), **options)


def ladder(*models: str, **options: Any) -> rh.Governor:
    rungs = [rh.Rung(model, model=model, output_price=0.4 * 10**i) for i, model in enumerate(models)]
    return rh.Governor(rh.Ladder(rungs, default=models[0]), **options)


def decided(response: object) -> Decision:
    decision = rh.decision_of(response)
    assert decision is not None
    return decision


def by_model(**says: Says) -> Callable[[dict[str, Any], int], Says]:
    return lambda fields, _: says[fields["model"]]


def governed(provider: Provider, governor: rh.Governor, **options: Any) -> openai.OpenAI:
    return rh.openai.govern(openai.OpenAI(api_key="key", http_client=provider.client()), governor, **options)


def governed_async(provider: Provider, governor: rh.Governor, **options: Any) -> openai.AsyncOpenAI:
    return rh.openai.govern(openai.AsyncOpenAI(api_key="key", http_client=provider.async_client()), governor, **options)


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


def test_a_payer_whose_cap_is_used_up_gets_the_providers_own_error() -> None:
    provider = Provider(by_model(small=Says(usage=(10, 400))))
    client = governed(provider, ladder("small", ledger=rh.Ledger([rh.Cap("tenant", tokens=400, per=3600)])))
    payer = {"x-rheostat-tenant": "acme"}
    client.chat.completions.create(model="auto", messages=ASK, extra_headers=payer)
    with pytest.raises(openai.RateLimitError) as raised:
        client.chat.completions.create(model="auto", messages=ASK, extra_headers=payer)
    assert len(provider.asked) == 1
    assert int(raised.value.response.headers["retry-after"]) > 0


@pytest.mark.parametrize("stream", [False, True])
def test_a_cap_that_others_use_up_behind_the_plan_is_the_providers_own_error(
    stream: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def decide(*arguments: Any) -> Any:
        first, second = _governed.decide(*arguments), _governed.decide(*arguments)
        assert isinstance(second, _governed.Request)
        assert second.host.next()
        return first

    monkeypatch.setattr("rheostat.httpx.decide", decide)
    provider = Provider(by_model(small=Says()))
    rungs = [rh.Rung("small", model="small", answer_tokens=400)]
    governor = rh.Governor(rh.Ladder(rungs), ledger=rh.Ledger([rh.Cap("tenant", tokens=400, per=3600)]))
    with pytest.raises(openai.RateLimitError) as raised:
        governed(provider, governor).chat.completions.create(
            model="auto", messages=ASK, stream=stream, extra_headers={"x-rheostat-tenant": "acme"}
        )
    assert int(raised.value.response.headers["retry-after"]) > 0
    assert not provider.asked


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


@pytest.mark.parametrize(
    "raw",
    [
        sse({"choices": [{"index": 0, "delta": {"content": "a"}, "finish_reason": None}]}),
        sse({"choices": [{"index": 0, "delta": {"content": "a"}, "finish_reason": None}]}) + b'data: {"choices": [{"ind',
    ],
)
def test_a_reply_that_breaks_behind_the_first_byte_is_an_error_of_the_clients_own_library(raw: bytes) -> None:
    seen: list[str] = []

    async def main() -> None:
        client = governed_async(Provider(lambda *_: Says(raw=raw)), ladder("small"), judge="never_restart")
        stream = await client.chat.completions.create(model="auto", messages=ASK, stream=True)
        seen.extend([chunk.choices[0].delta.content or "" async for chunk in stream])

    client = governed(Provider(lambda *_: Says(raw=raw)), ladder("small"), judge="never_restart")
    stream = client.chat.completions.create(model="auto", messages=ASK, stream=True)
    with pytest.raises(httpx.RemoteProtocolError, match="broke off before its end"):
        seen.extend(chunk.choices[0].delta.content or "" for chunk in stream)
    with pytest.raises(httpx.RemoteProtocolError, match="broke off before its end"):
        asyncio.run(main())
    assert seen == ["a"]


def test_what_breaks_before_the_first_byte_is_not_seen() -> None:
    says = [Says(["a", "b"], breaks=httpx.ReadError("reset")), Says(["c"])]
    provider = Provider(lambda _, i: says[min(i, 1)])
    stream = governed(provider, ladder("small")).chat.completions.create(model="auto", messages=ASK, stream=True)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices) == "c"


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


def test_an_asynchronous_stream_that_is_left_closes_everything() -> None:
    async def main() -> None:
        provider = Provider(by_model(small=Says(["a"], hangs=True)))
        client = governed_async(provider, ladder("small"), judge="never_restart")
        stream = await client.chat.completions.create(model="auto", messages=ASK, stream=True)
        await anext(aiter(stream))
        await stream.close()
        provider.hanging.clear()
        assert (provider.open, decided(stream).run.done) == (0, True)
        waiting = asyncio.ensure_future(client.chat.completions.create(model="auto", messages=ASK))
        await provider.hanging.wait()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert provider.open == 0
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(main())


def test_an_asynchronous_stream_that_is_dropped_unclosed_is_closed() -> None:
    provider = Provider(lambda *_: Says(["t"] * 5, hangs=True))

    async def main() -> Decision:
        client = governed_async(provider, ladder("small"), judge="never_restart")
        stream = await client.chat.completions.create(model="auto", messages=ASK, stream=True)
        async for _ in stream:
            break
        decision = decided(stream)
        del stream
        gc.collect()
        await asyncio.sleep(0)
        return decision

    assert asyncio.run(main()).run.done
    assert provider.open == 0


@pytest.mark.parametrize(
    "raw",
    [
        b'{"id": "chatcmpl-1", "choices": [{"index": 0, "message": {"role": "assistant", "content": "Pa',
        b"<html><body>502 Bad Gateway</body></html>",
        b"",
        b"data: [1]\n\n",
        b"data: [DONE]\n\n",
        sse({"choices": [{"index": 0, "delta": {"content": "Pa"}, "finish_reason": None}]}),
        sse({"error": {"message": "overloaded", "type": "server_error"}}),
    ],
)
def test_a_reply_that_is_not_whole_is_tried_again(raw: bytes) -> None:
    says = [Says(raw=raw), Says(["Paris"])]
    provider = Provider(lambda _, i: says[min(i, 1)])
    reply = governed(provider, ladder("small")).chat.completions.create(model="auto", messages=ASK)
    assert (reply.choices[0].message.content, reply.choices[0].finish_reason, len(provider.asked)) == ("Paris", "stop", 2)
    broken = Provider(lambda *_: Says(raw=raw))
    with pytest.raises(openai.InternalServerError) as raised:
        governed(broken, ladder("small")).chat.completions.create(model="auto", messages=ASK)
    assert (raised.value.status_code, len(broken.asked)) == (502, 2)


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


@pytest.mark.parametrize(
    ("broken", "error"),
    [(httpx.ConnectError("refused"), openai.APIConnectionError), (httpx.ReadTimeout("slow"), openai.APITimeoutError)],
)
def test_a_broken_connection_is_the_sdks_error_and_is_not_tried_by_it(
    broken: Exception, error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rheostat.host._sleep", lambda _: None)
    provider = Provider(lambda *_: Says([], breaks=broken))
    client = governed(provider, ladder("small"))
    with pytest.raises(error) as raised:
        client.chat.completions.create(model="auto", messages=ASK)
    assert raised.value.__cause__ is broken
    with pytest.raises(error):
        client.chat.completions.create(model="auto", messages=ASK, stream=True)


@pytest.mark.parametrize("usage", [None, (9, 12)])
def test_choices_that_were_not_asked_for_are_paid_for(usage: tuple[int, int] | None) -> None:
    events = b"".join(
        sse({"choices": [{"index": index, "delta": {"content": " lorem ipsum dolor"}, "finish_reason": None}]})
        for _ in range(4)
        for index in (0, 1)
    )
    events += sse({"choices": [{"index": index, "delta": {}, "finish_reason": "stop"} for index in (0, 1)]})
    if usage is not None:
        events += sse({"choices": [], "usage": {"prompt_tokens": usage[0], "completion_tokens": usage[1]}})
    both = Provider(lambda *_: Says(raw=events + b"data: [DONE]\n\n"))
    alone = Provider(lambda *_: Says([" lorem ipsum dolor"] * 4, usage=usage and (9, 6)))
    spent = []
    for provider in (both, alone):
        reply = governed(provider, rh.Governor(rh.Ladder([rh.Rung("small", model="small")]))).chat.completions.create(
            model="auto", messages=ASK
        )
        spent.append(decided(reply).run.spent.tokens)
    assert spent[0] >= 2 * spent[1] > 0


def test_copies_and_helpers_of_a_client_have_decisions() -> None:
    provider = Provider(by_model(small=Says()))
    client = governed(provider, ladder("small"))
    for one in (client.with_options(timeout=3.0), client.copy(max_retries=5).with_options(timeout=3.0)):
        assert decided(one.chat.completions.create(model="auto", messages=ASK)).rung == "small"
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


def test_an_error_of_the_callers_own_code_is_raised_as_it_is_and_nothing_is_sent_again() -> None:
    def answer(text: str) -> str | None:
        raise ValueError(f"no answer in {text!r}")

    provider = Provider(by_model(small=Says()))
    client = governed(provider, ladder("small"), answer=answer)
    for options in ({}, {"stream": True}):
        with pytest.raises(ValueError, match="no answer in '4'"):
            client.chat.completions.create(model="auto", messages=ASK, **options)

    async def main() -> None:
        await governed_async(provider, ladder("small"), answer=answer).chat.completions.create(model="auto", messages=ASK)

    with pytest.raises(ValueError, match="no answer in '4'"):
        asyncio.run(main())
    assert (len(provider.asked), provider.open) == (3, 0)


def test_a_closed_client_reserves_nothing() -> None:
    ledger = rh.Ledger([rh.Cap("fleet", tokens=10**6, per=3600)])
    governor = ladder("small", ledger=ledger)
    client = governed(Provider(by_model(small=Says())), governor)
    client.close()
    with pytest.raises(openai.APIConnectionError):
        client.with_options(max_retries=0).chat.completions.create(model="auto", messages=ASK)
    assert ledger.stats().made == 0


@pytest.mark.parametrize("header", ["x-rheostat-session", "x-rheostat-tenant"])
def test_a_header_that_names_nobody_is_a_bad_request(header: str) -> None:
    provider = Provider(by_model(small=Says()))
    with pytest.raises(openai.BadRequestError, match="must be between 1 and 256 bytes, got 0 bytes"):
        governed(provider, ladder("small")).chat.completions.create(model="auto", messages=ASK, extra_headers={header: ""})
    assert not provider.asked


@pytest.mark.parametrize("status", [302, 304])
def test_a_redirect_that_the_client_does_not_follow_is_the_clients_at_once(status: int) -> None:
    provider = Provider(lambda *_: Says(status=status))
    with pytest.raises(openai.APIStatusError) as raised:
        governed(provider, ladder("small")).chat.completions.create(model="auto", messages=ASK)
    assert (raised.value.status_code, len(provider.asked)) == (status, 1)


@pytest.mark.parametrize(("given", "wait"), [(None, 5.01), (60.0, 5.01), (2.0, 2.0)])
def test_a_blocking_client_waits_no_longer_than_the_ceiling(given: float | None, wait: float) -> None:
    provider = Provider(by_model(small=Says()))
    client = governed(provider, ladder("small", ceiling=rh.Ceiling(seconds=5)))
    client.chat.completions.create(model="auto", messages=ASK, timeout=given)
    (request,) = provider.requests
    assert wait - 0.5 < request.extensions["timeout"]["read"] <= wait


def test_clients_that_vanish_leave_nothing() -> None:
    chance = random.Random(1)
    provider = Provider(lambda *_: Says(["t"] * chance.randrange(1, 12), hangs=chance.random() < 0.4))
    ledger = rh.Ledger([rh.Cap("fleet", tokens=10**9, per=3600)])
    rungs = [rh.Rung("small", model="small", samples=2, answer_tokens=50), rh.Rung("large", model="large", answer_tokens=50)]
    governor = rh.Governor(rh.Ladder(rungs, default="small"), ledger=ledger)

    async def one(client: openai.AsyncOpenAI) -> None:
        if chance.random() < 0.5:
            await client.chat.completions.create(model="auto", messages=ASK)
            return
        async for _ in await client.chat.completions.create(model="auto", messages=ASK, stream=True):
            pass

    async def main() -> None:
        client = governed_async(provider, governor, judge="never_restart")
        for _ in range(6):
            tasks = [asyncio.ensure_future(one(client)) for _ in range(10)]
            for _ in range(chance.randrange(400)):
                await asyncio.sleep(0)
            for task in tasks:
                task.cancel()
            ends = await asyncio.gather(*tasks, return_exceptions=True)
            assert {type(end) for end in ends} <= {type(None), asyncio.CancelledError}
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(main())
    stats = ledger.stats()
    assert (provider.open, stats.live, stats.held_tokens, stats.made) == (0, 0, 0, stats.settled)


@pytest.mark.parametrize(
    ("says", "error"),
    [
        (Says(status=401), openai.AuthenticationError),
        (Says(status=400), openai.BadRequestError),
    ],
)
def test_a_permanent_error_is_the_clients_at_once(says: Says, error: type[Exception]) -> None:
    provider = Provider(lambda *_: says)
    with pytest.raises(error):
        governed(provider, ladder("small", "large")).chat.completions.create(model="auto", messages=ASK)
    assert len(provider.asked) == 1


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
