"""The end of a stream: whole or cut, by its provider's word or by its grant."""

import asyncio
import enum
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

import rheostat as rh
from rheostat import aio
from rheostat.host import Chunk, Usage
from tests.cases.twins import GRANT, TWINS, start

WHOLE = ["stop", "STOP", "end_turn", "stop_sequence", "eos_token", "COMPLETE", "completed", "tool_calls", "tool_use", "endTurn"]
CUT = [
    "length",
    "max_tokens",
    "MAX_TOKENS",
    "max_output_tokens",
    "maxTokens",
    "model_length",
    "content_filter",
    "content-filter",
    "SAFETY",
    "RECITATION",
    "guardrail_intervened",
    "refusal",
    "pause_turn",
    "error",
    "abort",
    "incomplete",
    "insufficient_system_resource",
    "model_context_window_exceeded",
]


class Finish(enum.IntEnum):
    """As the protocol buffers of Gemini name it."""

    STOP = 1
    MAX_TOKENS = 2


FULL = Usage(input=10, output=GRANT)
HALF = Usage(input=10, output=GRANT // 2)


@TWINS
@pytest.mark.parametrize("reason", [*WHOLE, Finish.STOP])
@pytest.mark.parametrize("usage", [FULL, HALF])
def test_a_text_that_ended_by_itself_settles(serve: Any, reason: Any, usage: Usage) -> None:
    run = start()
    assert serve(run, lambda *_: iter([Chunk("Paris", tokens=usage.output, finish_reason=reason), Chunk(usage=usage)])) == "Paris"
    assert run.settled


@TWINS
@pytest.mark.parametrize("reason", [*CUT, Finish.MAX_TOKENS])
@pytest.mark.parametrize("usage", [FULL, HALF])
def test_a_text_that_was_cut_settles_nothing(serve: Any, reason: Any, usage: Usage) -> None:
    run = start()
    assert serve(run, lambda *_: iter([Chunk("Par", tokens=9), Chunk(usage=usage), Chunk(finish_reason=reason)])) == "Par"
    assert not run.settled
    assert run.spent.tokens == usage.output


@TWINS
@pytest.mark.parametrize("reason", [None, "", "load", "FINISH_REASON_UNSPECIFIED", "unheard of"])
def test_without_a_known_word_the_grant_tells(serve: Any, reason: str | None) -> None:
    for tokens, settled in ((GRANT, False), (GRANT - 1, True)):
        run = start()
        pieces = [Chunk("Paris", tokens=tokens, finish_reason=reason), Chunk(usage=Usage(input=10, output=tokens))]
        assert serve(run, lambda *_, pieces=pieces: iter(pieces)) == "Paris"
        assert run.settled is settled


@TWINS
@pytest.mark.parametrize("reason", [None, "length"])
def test_an_answer_that_was_found_in_a_cut_text_counts(serve: Any, reason: str | None) -> None:
    run = start()
    assert serve(run, lambda *_: iter([Chunk("w", tokens=GRANT, answer="Paris", finish_reason=reason)])) == "Paris"
    assert run.settled
    run = start()
    client = [Chunk("A: Paris. B", tokens=GRANT, finish_reason=reason)]
    assert serve(run, lambda *_: iter(client), answer=lambda text: text[3:8]) == "Paris"
    assert run.settled


def test_a_cut_text_goes_up() -> None:
    ladder = rh.Ladder(
        [rh.Rung(name, model=name, answer_tokens=GRANT, output_price=price) for name, price in (("low", 1.0), ("high", 9.0))]
    )
    run = rh.Governor(ladder, policy=rh.policy.Utility(usd_per_error=2.0)).plan("q", rung="low").start()
    sent = []

    def client(call: rh.Call, index: int) -> Iterator[Chunk]:
        sent.append(call.model)
        yield Chunk("Par" if call.model == "low" else "Paris", finish_reason="length" if call.model == "low" else "stop")

    assert rh.host.serve(run, client) == "Paris"
    assert (sent, run.settled) == (["low", "high"], True)


def test_a_sample_says_how_it_ended() -> None:
    for answer, text, reason, settled in [
        ("Paris", None, None, True),
        ("Paris", None, "max_tokens", False),
        (None, "Paris", None, True),
        (None, "Paris", "max_tokens", False),
        (" ", "Paris", "stop", True),
    ]:
        run = start()
        run.sample(0).finish(answer, text=text, finish_reason=reason)
        run.close()
        assert (run.answer, run.settled) == ("Paris", settled)
    sample = start().sample(0)
    with pytest.raises(TypeError, match="finish_reason"):
        sample.finish(finish_reason=3)  # type: ignore[arg-type]


@pytest.mark.parametrize("last", [Chunk("Paris", answer="Paris"), Chunk("Paris", finish_reason="stop")])
def test_a_client_that_hangs_behind_its_end_is_not_waited_for(last: Chunk) -> None:
    async def client(call: rh.Call, index: int) -> AsyncIterator[Chunk]:
        try:
            yield last
        finally:
            await asyncio.Event().wait()

    run = start()
    assert asyncio.run(aio.serve(run, client, grace=0.01)) == "Paris"
    assert run.settled


INVISIBLE = ["\u200b", "\u2060\ufeff", "\u3164", "\u2800", "\u00ad", "\x00\x07", "\u202e\u202c", "\U000e0041", "\ufe0f", "\u3000"]


@TWINS
@pytest.mark.parametrize("blank", INVISIBLE)
def test_invisible_text_is_no_answer(serve: Any, blank: str) -> None:
    run = start()
    assert serve(run, lambda *_: iter([Chunk(blank, tokens=1)])) is None
    assert not run.settled
    run = start()
    assert serve(run, lambda *_: iter([Chunk("Paris", tokens=1, answer=blank)])) == "Paris"
    run = start()
    run.sample(0).finish(blank)
    assert (run.answer, run.settled) == (None, False)
    vote = rh.Vote()
    vote.add(blank)
    assert (vote.answer, vote.counts) == (None, {})
    for kind in ("auto", "exact", "number", "option", "yes_no", "math", "json", "code", "text"):
        assert rh.votes.normalise(blank, kind) == ""
