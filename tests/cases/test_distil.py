"""Rungs whose drafts are distilled and refined, through the whole governor and its hosts."""

from __future__ import annotations

import asyncio
import json
import pickle
from collections.abc import Iterator

import httpx
import pytest

import rheostat as rh
from rheostat.host import Chunk, Usage, serve

QUESTION = "A shop sells pens at 3 for $2. How much are 18 pens?"


def rung(samples: int = 3, distil: int = 100) -> rh.Rung:
    return rh.Rung("drafts", model="small", samples=samples, distil=distil, answer_tokens=400, input_price=1, output_price=4)


def start(one: rh.Rung) -> rh.Run:
    return rh.Governor(rh.Ladder([one])).plan(QUESTION, at=0.0).start(at=0.0)


def last_word(text: str) -> str:
    return text.rsplit(maxsplit=1)[-1]


def reply(call: rh.Call, index: int) -> str:
    if call.kind == "distil":
        assert call.resume == "Draft 1 of 3:\nThat is 36\n\nDraft 2 of 3:\nIt is 12\n\nDraft 3 of 3:\nSo 13"
        return "18 / 3 = 6 packs at $2 each"
    if call.kind == "refine":
        assert call.resume == "18 / 3 = 6 packs at $2 each"
        return "They are 12"
    return ["That is 36", "It is 12", "So 13"][index]


def test_a_host_drafts_distils_and_refines() -> None:
    asked: list[rh.Call] = []

    def client(call: rh.Call, index: int) -> Iterator[Chunk]:
        asked.append(call)
        yield Chunk(text=reply(call, index), usage=Usage(input=100, output=50))

    plan = rh.Governor(rh.Ladder([rung()])).plan(QUESTION, at=0.0)
    run = plan.start(at=0.0)
    assert serve(run, client, answer=last_word, clock=lambda: 0.0) == "12"
    assert run.settled
    assert not run.certified
    assert [(call.kind, call.max_tokens) for call in asked[-2:]] == [("distil", 100), ("refine", 400)]
    assert run.spent.usd == pytest.approx(5 * (100 * 1 + 50 * 4) / 1e6)
    assert (run.spent.samples, run.spent.calls) == (3, 3)
    assert run.spent.tokens <= plan.worst_case.tokens


def test_the_asynchronous_host_does_so_too() -> None:
    async def client(call: rh.Call, index: int) -> str:
        return reply(call, index)

    run = start(rung())
    assert asyncio.run(rh.aio.serve(run, client, answer=last_word)) == "12"
    assert run.settled


def test_a_governed_client_writes_the_turns() -> None:
    bodies: list[list[dict[str, str]]] = []
    drafts = iter(["It is 36", "It is 12", "It is 13"])

    def upstream(request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        bodies.append(body["messages"])
        wish = body["messages"][-1]["content"]
        said = {QUESTION: drafts, "Notes, please.": iter(["12, not 36"])}.get(wish, iter(["It is 12"]))
        messages = [{"role": "assistant", "content": next(said)} for _ in range(body.get("n", 1))]
        choices = [{"index": i, "message": message, "finish_reason": "stop"} for i, message in enumerate(messages)]
        return httpx.Response(200, json={"choices": choices, "usage": {"prompt_tokens": 9, "completion_tokens": 3}})

    prompts = rh.host.Prompts(distil="Notes, please.")
    inner = httpx.Client(transport=httpx.MockTransport(upstream), base_url="https://up.example/v1")
    client = rh.httpx.govern(inner, rh.Governor(rh.Ladder([rung()])), prompts=prompts)
    body = {"model": "auto", "messages": [{"role": "user", "content": QUESTION}]}
    answer = client.post("/chat/completions", json=body).json()["choices"][0]["message"]["content"]
    assert answer == "It is 12"
    distil, refine = bodies[-2:]
    assert [message["role"] for message in distil] == ["user", "assistant", "user"]
    assert distil[1]["content"] == "Draft 1 of 3:\nIt is 36\n\nDraft 2 of 3:\nIt is 12\n\nDraft 3 of 3:\nIt is 13"
    assert distil[2]["content"] == "Notes, please."
    assert refine[1]["content"] == "12, not 36"
    assert "notes" in refine[2]["content"]


def test_drafts_that_agree_end_the_run() -> None:
    run = start(rung())
    assert serve(run, lambda _, index: ["12", "12.0", "$12"][index]) == "12"
    assert (run.spent.calls, run.settled) == (1, True)


def test_the_worst_case_is_stated_and_fits() -> None:
    ladder = rh.Ladder([rung(samples=6)])
    free = rh.Governor(ladder).plan(QUESTION)
    assert (free.worst_case.requests, free.worst_case.tokens) == (8, 7 * 400 + 100)
    for share in (0.4, 0.6, 0.9):
        tokens = int(free.worst_case.tokens * share)
        tight = rh.Governor(ladder, ceiling=rh.Ceiling(tokens=tokens)).plan(QUESTION)
        assert tight.worst_case.tokens <= tokens
        assert tight.clamped[0].field == "samples"
    # No room for two drafts and what follows them: one answer is all.
    assert rh.Governor(ladder, ceiling=rh.Ceiling(tokens=1_000)).plan(QUESTION).worst_case.requests == 1


def test_a_rung_is_a_value_and_in_the_configuration_file() -> None:
    one = rung()
    assert (one.distil, one.best, one.agree, rh.Rung("a").distil) == (100, None, None, None)
    assert pickle.loads(pickle.dumps(one)) == one != rung(distil=99)
    read = rh.config.loads('[[rung]]\nname = "drafts"\nsamples = 4\ndistil = 64\n').ladder["drafts"]
    assert (read.samples, read.distil) == (4, 64)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"distil": 10}, "samples must be at least 2"),
        ({"distil": 0, "samples": 2}, "distil must be between 1"),
        ({"distil": 10, "samples": 2, "depth": 2}, "depth must be 1"),
        ({"distil": 10, "samples": 2, "agree": 2}, "distil must be left out"),
        ({"distil": 10, "samples": 2, "best": "score"}, "distil must be left out"),
    ],
)
def test_what_cannot_be_is_refused_by_name(options: dict[str, object], words: str) -> None:
    with pytest.raises(rh.RheostatError, match=words):
        rh.Rung("drafts", **options)  # type: ignore[arg-type]
