"""Requests whose samples must be able to differ, and requests that must not be sent twice."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any

import httpx
import openai
import pytest

import rheostat as rh
from tests.governed import ASK, cascade, decided, governed, governed_async, ladder
from tests.provider import Provider, Says

ONE: dict[str, Any] = {"temperature": 0, "seed": 5}
MCP: list[Any] = [{"type": "mcp", "server_label": "tracker", "server_url": "https://mcp.example"}]


def test_samples_differ_though_the_client_wants_always_the_same() -> None:
    provider = Provider(lambda *_: Says())
    reply = governed(provider, cascade(agree=3)).chat.completions.create(model="auto", messages=ASK, **ONE)
    assert decided(reply).run.settled
    assert [(sent.get("temperature"), sent.get("seed")) for sent in provider.asked] == [(0, 5), (None, 6), (None, 7)]


def test_samples_in_one_request_differ_too() -> None:
    async def serve() -> list[dict[str, Any]]:
        provider = Provider(lambda *_: Says())
        client = governed_async(provider, cascade(agree=3), together=True)
        await client.chat.completions.create(model="auto", messages=ASK, **ONE)
        return provider.asked

    asked = asyncio.run(serve())
    assert (asked[0]["n"], asked[0].get("temperature"), asked[0]["seed"]) == (3, None, 5)


def test_a_lone_answer_is_sampled_as_the_client_says_also_when_it_is_tried_again() -> None:
    provider = Provider(lambda _, i: Says([], breaks=httpx.ReadError("reset")) if i == 0 else Says())
    governed(provider, ladder("small", "large")).chat.completions.create(model="auto", messages=ASK, **ONE)
    assert [(sent["temperature"], sent["seed"]) for sent in provider.asked] == [(0, 5), (0, 5)]


@pytest.mark.parametrize("governor", [cascade(agree=3), ladder("small", "large")])
@pytest.mark.parametrize("more", [{"conversation": "conv_1"}, {"tools": MCP}])
@pytest.mark.parametrize(
    ("says", "asked"),
    [
        (Says(), 1),
        (Says([]), 1),
        (Says(["4"], breaks=httpx.ReadError("reset")), 1),
        (Says([], breaks=httpx.ReadError("reset")), 1),
        (Says(status=500), 1),
        (Says(finish="length"), 1),
        (Says(finish="content_filter"), 1),
    ],
)
def test_what_changes_something_is_sent_once(governor: rh.Governor, more: dict[str, Any], says: Says, asked: int) -> None:
    provider = Provider(lambda *_: says)
    client = rh.httpx.govern(provider.client(), governor)
    with contextlib.suppress(httpx.ReadError):
        client.post("http://provider/v1/chat/completions", json={"model": "auto", "messages": ASK, **more})
    assert len(provider.asked) == asked


def test_what_no_engine_has_got_is_sent_again_and_then_once() -> None:
    refused = [Says(status=429, headers={"retry-after": "0"}), Says([], breaks=httpx.ConnectError("no")), Says(["4"])]
    provider = Provider(lambda _, i: refused[min(i, 2)])
    client = rh.httpx.govern(provider.client(), ladder("small", "large"))
    body = {"model": "auto", "messages": ASK, "conversation": "conv_1"}
    reply = client.post("http://provider/v1/chat/completions", json=body).json()
    assert (len(provider.asked), reply["choices"][0]["message"]["content"]) == (3, "4")


def test_the_plan_says_that_it_is_sent_once() -> None:
    body = json.dumps({"model": "auto", "input": "What is 2 + 2?", "conversation": "conv_1"})
    plan = cascade(agree=3).plan(body=body)
    assert (plan.samples, plan.depth) == (1, 1)
    assert any("nothing is sent twice" in reason for reason in plan.reasons)


def test_a_reply_in_the_background_is_refused_with_what_to_do() -> None:
    provider = Provider(lambda *_: Says())
    client = governed(provider, cascade())
    with pytest.raises(openai.BadRequestError, match=r"background must be false .* Name a model") as caught:
        client.responses.create(model="auto", input="What is 2 + 2?", background=True)
    assert (provider.asked, caught.value.param) == ([], "background")


@pytest.mark.parametrize("n", [1, 1.0, None])
def test_one_choice_is_served_however_it_is_written(n: object) -> None:
    provider = Provider(lambda *_: Says())
    client = rh.httpx.govern(provider.client(), ladder("small"))
    response = client.post("http://provider/v1/chat/completions", json={"model": "auto", "messages": ASK, "n": n})
    assert response.status_code == 200
