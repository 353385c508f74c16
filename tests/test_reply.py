"""Replies as events: golden vectors, and the reader's manners towards Python."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rheostat.errors import InvalidTypeError, InvalidValueError, StateError, UnknownNameError
from rheostat.wire import ReplyReader
from tests.golden.regenerate import REPLY, reply

CASES: list[dict[str, Any]] = json.loads(REPLY.read_text(encoding="utf-8"))
CHUNK = b'data: {"choices": [{"index": 0, "delta": {"content": "Four"}}]}\n\n'


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
@pytest.mark.parametrize("cut", [None, 1, 100])
def test_a_reply_is_read_as_stored_however_it_is_cut(case: dict[str, Any], cut: int | None) -> None:
    stored = {name: value for name, value in case.items() if name not in {"name", "surface", "stream"}}
    assert reply(case, cut) == stored


def test_bytes_come_in_each_form_that_servers_hand_on() -> None:
    for data in (CHUNK, bytearray(CHUNK), memoryview(CHUNK)):
        (event,) = ReplyReader("openai.chat").feed(data)
        assert (event.raw, event.text, event.done, event.calls) == (CHUNK, "Four", False, False)
        assert (event.usage, event.error, event.logprobs, event.top_logprobs, event.reasoning) == (None,) * 5


def test_errors_name_what_is_wrong() -> None:
    reader = ReplyReader("openai.chat")
    with pytest.raises(InvalidTypeError, match="data: got str, wanted bytes"):
        reader.feed("data: {}")  # type: ignore[arg-type]
    with pytest.raises(UnknownNameError, match=r"known: openai\.chat, "):
        ReplyReader("cohere.v9")  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match="event of a reply must be at most 16777216 bytes, got "):
        reader.feed(b"data: " + b" " * (1 << 24))
    reader = ReplyReader("openai.chat")
    assert reader.end() == []
    with pytest.raises(StateError, match="has ended"):
        reader.feed(b"")


def test_it_shows_itself() -> None:
    reader = ReplyReader("openai.chat")
    assert repr(reader.feed(CHUNK)[0]) == 'ReplyEvent(bytes=65, text="Four", finish_reason=None, error=None, done=False)'
    assert repr(reader) == "ReplyReader(finish_reason=None, error=None, malformed=0)"


def events_of(*events: dict[str, Any]) -> bytes:
    return b"".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode() for event in events)


@pytest.mark.parametrize("pieces", [[], [""], ['{"path": "/e']])
@pytest.mark.parametrize("closed", [False, True])
def test_a_call_that_broke_off_gets_no_input_made_up(pieces: list[str], closed: bool) -> None:
    start = {
        "type": "content_block_start",
        "index": 0,
        "content_block": {"type": "tool_use", "id": "t", "name": "rm", "input": {}},
    }
    deltas = [
        {"type": "content_block_delta", "index": 0, "delta": {"type": "input_json_delta", "partial_json": piece}}
        for piece in pieces
    ]
    stop = [{"type": "content_block_stop", "index": 0}] if closed else []
    reader = ReplyReader("anthropic.messages")
    reader.feed(events_of(start, *deltas, *stop))
    reader.end()
    (block,) = json.loads(reader.reply())["content"]
    # A tool without arguments gets none, and its block is closed.
    assert block.get("partial_json") == (None if closed and not any(pieces) else "".join(pieces))
