"""Several samples in one request: the same answers, votes and costs as by a request each."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import httpx
import openai
import pytest

import rheostat as rh
from tests.governed import ASK, decided
from tests.provider import sse

USED = {"prompt_tokens": 9, "completion_tokens": 0, "total_tokens": 0}


class Server:
    """Says what it has, an answer for each that is asked for. It may pass over `n`, or break off."""

    def __init__(self, *answers: str, ignores_n: bool = False, breaks: bool = False, status: int = 200) -> None:
        self.answers, self.ignores_n, self.breaks, self.status = answers, ignores_n, breaks, status
        self.asked: list[dict[str, Any]] = []
        self.given = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        fields = json.loads(request.content)
        self.asked.append(fields)
        if self.status != 200:
            return httpx.Response(self.status, json={"error": {"message": "no"}})
        n = 1 if self.ignores_n else fields.get("n", 1)
        answers = [self.answers[(self.given + i) % len(self.answers)] for i in range(n)]
        self.given += n
        return httpx.Response(200, headers={"content-type": "text/event-stream"}, content=b"".join(self.events(answers)))

    def events(self, answers: list[str]) -> Iterator[bytes]:
        head = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}

        def event(index: int, delta: dict[str, Any], finish: str | None = None) -> bytes:
            return sse(head | {"choices": [{"index": index, "delta": delta, "finish_reason": finish}]})

        texts = [list(answer) for answer in answers]
        for i, _ in enumerate(answers):
            yield event(i, {"role": "assistant", "content": ""})
        # Interleaved, and the last first, as engines with continuous batching do.
        for place in range(max(map(len, texts))):
            for i in reversed(range(len(texts))):
                if place < len(texts[i]):
                    yield event(i, {"content": texts[i][place]})
        if self.breaks:
            return
        for i, _ in enumerate(answers):
            yield event(i, {}, "stop")
        written = sum(map(len, texts))
        yield sse(
            head | {"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": written, "total_tokens": 9 + written}}
        )
        yield b"data: [DONE]\n\n"


def governor(samples: int = 3, **fields: Any) -> rh.Governor:
    rung = rh.Rung("m", model="m", samples=samples, input_price=1.0, output_price=10.0, **fields)
    # The ceiling leaves no room for a second round, where the samples of the first disagree.
    return rh.Governor(rh.Ladder([rung]), ceiling=rh.Ceiling(samples=samples), rules=rh.Rules(vote="curtail"))


def ask(server: Server, made: rh.Governor, *, together: bool | None, asynchronous: bool = False, **options: Any) -> Any:
    transport = httpx.MockTransport(server)
    answer = options.pop("answer", None)
    if not asynchronous:
        plain = openai.OpenAI(api_key="key", http_client=httpx.Client(transport=transport))
        client = rh.openai.govern(plain, made, together=together, answer=answer)
        return client.chat.completions.create(model="auto", messages=ASK, **options)

    async def there() -> Any:
        plain = openai.AsyncOpenAI(api_key="key", http_client=httpx.AsyncClient(transport=transport))
        client = rh.openai.govern(plain, made, together=together, answer=answer)
        return await client.chat.completions.create(model="auto", messages=ASK, **options)

    return asyncio.run(there())


def outcome(reply: Any) -> tuple[Any, ...]:
    run = decided(reply).run
    return (reply.choices[0].message.content, run.settled, run.ended, run.spent.samples, run.spent.tokens, run.answer)


@pytest.mark.parametrize("asynchronous", [False, True])
@pytest.mark.parametrize("answers", [("42", "42", "42"), ("42", "7", "42"), ("1", "2", "3"), ("forty-two", "x", "forty-two")])
def test_it_is_as_by_single_requests(answers: tuple[str, ...], asynchronous: bool) -> None:
    one, each = Server(*answers), Server(*answers)
    together = ask(one, governor(), together=True, asynchronous=asynchronous)
    single = ask(each, governor(), together=False, asynchronous=asynchronous)
    assert {fields.get("n") for fields in one.asked} == {3}
    assert {fields.get("n") for fields in each.asked} <= {None, 1}
    assert 3 * len(one.asked) == len(each.asked)
    first, second = outcome(together), outcome(single)
    assert (first[0], first[1], first[2], first[-1]) == (second[0], second[1], second[2], second[-1])
    assert [(choice.index, choice.finish_reason) for choice in together.choices] == [(0, "stop")]


def test_the_usage_of_the_request_counts_once() -> None:
    server = Server("1", "22", "333")
    reply = ask(server, governor(), together=True)
    spent = decided(reply).run.spent
    assert (spent.tokens, spent.calls, spent.samples, spent.estimated_tokens) == (6, 1, 3, 0)
    assert spent.usd == pytest.approx((9 * 1.0 + 6 * 10.0) / 1e6)


def test_a_server_that_passes_over_n_is_asked_again_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rheostat.host._sleep", lambda _: None)
    server = Server("1", "2", "2", ignores_n=True)
    reply = ask(server, governor(), together=True)
    assert [fields.get("n") for fields in server.asked] == [3, None, None] or [fields.get("n", 1) for fields in server.asked] == [
        3,
        1,
        1,
    ]
    assert reply.choices[0].message.content == "2"
    assert decided(reply).run.spent.samples == 3


def test_a_reply_that_breaks_off_keeps_what_came(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rheostat.host._sleep", lambda _: None)
    server = Server("42", "42", "42", breaks=True)
    with pytest.raises(openai.APIStatusError):
        ask(server, governor(), together=True)
    assert server.asked[0]["n"] == 3


def test_a_request_that_fails_is_sent_again_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rheostat.host._sleep", lambda _: None)
    server = Server("42", status=503)
    with pytest.raises(openai.InternalServerError):
        ask(server, governor(), together=True)
    assert [fields.get("n", 1) for fields in server.asked] == [3, 3]


def test_answers_are_taken_out_of_each_text() -> None:
    server = Server("so: 4", "ah: 4", "no: 5")
    reply = ask(server, governor(), together=True, answer=lambda text: text.split(": ")[-1])
    assert (decided(reply).run.answer, reply.choices[0].message.content[-1]) == ("4", "4")
    assert len(server.asked) == 1


@pytest.mark.parametrize("streams", [False, True])
def test_the_client_gets_one_answer(streams: bool) -> None:
    server = Server("42", "42", "7")
    reply = ask(server, governor(), together=True, stream=streams)
    if streams:
        chunks = list(reply)
        assert {choice.index for chunk in chunks for choice in chunk.choices} == {0}
        assert "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices) == "42"
    else:
        assert (len(reply.choices), reply.choices[0].message.content) == (1, "42")


@pytest.mark.parametrize(("model", "n"), [("gpt-4o-mini", 3), ("gpt-5-mini", 3), ("o1-mini", 1), ("llama-3", 1), ("small", 1)])
def test_by_default_models_that_are_known_to_take_it_do_where_all_are_sent_at_once(model: str, n: int) -> None:
    made = rh.Governor(rh.Ladder([rh.Rung("m", model=model, samples=3)]), rules=rh.Rules(vote="curtail"))
    server, one_by_one = Server("42"), Server("42")
    ask(server, made, together=None, asynchronous=True)
    ask(one_by_one, made, together=None)
    assert (server.asked[0].get("n", 1), one_by_one.asked[0].get("n", 1)) == (n, 1)


def test_a_run_that_has_its_answer_closes_the_request() -> None:
    closed: list[bool] = []

    class Endless(httpx.SyncByteStream):  # type: ignore[misc]
        def __iter__(self) -> Iterator[bytes]:
            server = Server("42", "42", "42")
            events = list(server.events(["42", "42", "loop"]))
            yield from (
                event for event in events if b'"index": 2' not in event and b"usage" not in event and b"DONE" not in event
            )
            while True:
                yield sse({"choices": [{"index": 2, "delta": {"content": "x"}, "finish_reason": None}]})

        def close(self) -> None:
            closed.append(True)

    asked: list[bytes] = []

    def provider(request: httpx.Request) -> httpx.Response:
        asked.append(request.content)
        return httpx.Response(200, stream=Endless())

    transport = httpx.MockTransport(provider)
    client = rh.openai.govern(
        openai.OpenAI(api_key="key", http_client=httpx.Client(transport=transport)), governor(), together=True
    )
    reply = client.chat.completions.create(model="auto", messages=ASK)
    assert (reply.choices[0].message.content, decided(reply).run.settled, len(asked), bool(closed)) == ("42", True, 1, True)
