"""Governed clients of OpenAI's SDK where a provider, a connection, a cap or a reader fails."""

from __future__ import annotations

import asyncio
import gc
import random
from collections.abc import Iterator
from typing import Any

import httpx
import openai
import pytest

import rheostat as rh
from rheostat import _governed
from rheostat._decision import Decision
from tests.governed import ASK, by_model, decided, governed, governed_async, ladder
from tests.provider import Provider, Says, sse


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


@pytest.mark.parametrize("seen", [1, 3])
def test_an_error_that_a_shown_stream_reports_is_the_sdks_own(seen: int) -> None:
    class Reports(Says):
        def events(self, model: str) -> Iterator[bytes]:
            yield from [sse({"choices": [{"index": 0, "delta": {"content": "a"}, "finish_reason": None}]})] * seen
            yield sse({"error": {"message": "it is too hot", "type": "server_error", "code": None}, "model": model})

    says = Reports()
    client = governed(Provider(lambda *_: says), ladder("small"), judge="never_restart")
    stream = client.chat.completions.create(model="auto", messages=ASK, stream=True)
    read: list[str] = []
    with pytest.raises(openai.APIError, match="it is too hot"):
        read.extend(chunk.choices[0].delta.content or "" for chunk in stream)

    async def main() -> None:
        client = governed_async(Provider(lambda *_: says), ladder("small"), judge="never_restart")
        stream = await client.chat.completions.create(model="auto", messages=ASK, stream=True)
        read.extend([chunk.choices[0].delta.content or "" async for chunk in stream])

    with pytest.raises(openai.APIError, match="it is too hot"):
        asyncio.run(main())
    assert read == ["a"] * seen
    # Before the first byte it is a response.
    client = governed(Provider(lambda *_: says), ladder("small"), judge="buffer")
    with pytest.raises(openai.InternalServerError, match="it is too hot"):
        client.chat.completions.create(model="auto", messages=ASK, stream=True)


def test_what_breaks_before_the_first_byte_is_not_seen() -> None:
    says = [Says(["a", "b"], breaks=httpx.ReadError("reset")), Says(["c"])]
    provider = Provider(lambda _, i: says[min(i, 1)])
    stream = governed(provider, ladder("small")).chat.completions.create(model="auto", messages=ASK, stream=True)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices) == "c"


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


def test_a_stream_that_was_held_back_lets_go_when_its_time_is_over_though_nothing_more_comes() -> None:
    async def main() -> None:
        provider = Provider(lambda *_: Says(["4"], hangs=True))
        client = governed_async(provider, ladder("small"), hold_tokens=1_000, hold_seconds=0.05)
        stream = await client.chat.completions.create(model="auto", messages=ASK, stream=True)
        said = [(await anext(stream)).choices[0].delta.content for _ in range(2)]
        assert said == ["", "4"]
        await stream.close()
        assert provider.open == 0

    asyncio.run(asyncio.wait_for(main(), 30.0))


def test_a_reader_that_is_slow_at_the_end_gets_all_and_the_usage_counts() -> None:
    async def main() -> None:
        provider = Provider(lambda *_: Says(["4"] * 300, usage=(9, 300)))
        client = governed_async(provider, ladder("small"), judge="never_restart")
        stream = await client.chat.completions.create(model="auto", messages=ASK, stream=True)
        # The task that serves it must have filled the channel, and then wait for this reader, not for the provider.
        exchange_tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        assert exchange_tasks
        said = []
        async for event in stream:
            for _ in range(3):
                await asyncio.sleep(0)
            said += [choice.delta.content for choice in event.choices]
        assert "".join(filter(None, said)) == "4" * 300
        run = decided(stream).run
        assert (run.settled, run.spent.tokens, provider.open) == (True, 300, 0)

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


@pytest.mark.parametrize("seed", range(24))
def test_clients_that_vanish_leave_nothing(seed: int) -> None:
    chance = random.Random(seed)
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
        # asyncio closes the generators that the SDK drops where it is cancelled, in tasks of its own.
        for _ in range(100):
            await asyncio.sleep(0)
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


@pytest.mark.parametrize("named", [{"code": "insufficient_quota"}, {"type": "insufficient_quota", "code": None}])
def test_a_quota_that_is_used_up_is_the_clients_at_once_though_its_status_says_wait(named: dict[str, Any]) -> None:
    provider = Provider(lambda *_: Says(status=429, body={"error": {"message": "You exceeded your current quota.", **named}}))
    with pytest.raises(openai.RateLimitError) as caught:
        governed(provider, ladder("small", "large")).chat.completions.create(model="auto", messages=ASK)
    assert len(provider.asked) == 1
    assert type(caught.value.status_code) is int


@pytest.mark.parametrize("streams", [False, True])
@pytest.mark.parametrize("status", [400, 500])
def test_a_step_up_in_vain_credits_the_rung_of_the_reply_that_is_given(status: int, streams: bool) -> None:
    script = by_model(small=Says(["half an"], finish="length"), large=Says(status=status))
    client = governed(Provider(script), ladder("small", "large"))
    raw = client.chat.completions.with_raw_response.create(model="auto", messages=ASK, stream=streams)
    reply: Any = raw.parse()
    text = "".join(c.choices[0].delta.content or "" for c in reply if c.choices) if streams else reply.choices[0].message.content
    decision = decided(reply)
    assert (text, decision.rung, decision.model, decision.run.settled) == ("half an", "small", "small", False)
    assert decision.run.rung.name == "large"
    assert (raw.headers["x-rheostat-rung"], raw.headers["x-rheostat-model"]) == ("small", "small")
    decision.outcome(1.0)
    assert [outcome.rung for outcome in decision.governor.drain_outcomes()] == ["small"]


def test_whatever_a_transport_raises_is_an_error_of_the_connection() -> None:
    def broken(_request: httpx.Request) -> httpx.Response:
        raise OSError("the tunnel is down")

    bare = openai.OpenAI(api_key="key", http_client=httpx.Client(transport=httpx.MockTransport(broken)), max_retries=0)
    client = rh.openai.govern(bare, ladder("small"))
    for one, model in ((bare, "small"), (client, "auto")):
        with pytest.raises(openai.APIConnectionError) as caught:
            one.chat.completions.create(model=model, messages=ASK)
        assert isinstance(caught.value.__cause__, OSError)
