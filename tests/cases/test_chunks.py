"""Chunks are values: compared, copied and pickled."""

from __future__ import annotations

import copy
import gc
import pickle
import weakref
from typing import Any

import pytest

import rheostat as rh
from rheostat.host import Chunk, Host, Usage, serve

FULL: dict[str, Any] = {
    "text": "Paris",
    "thinking": "hm",
    "logprob": -0.1,
    "top_logprobs": [-0.1, -3.0],
    "logprobs": [-0.1],
    "tokens": 1,
    "step": 0.5,
    "score": 0.25,
    "probe": "4",
    "probe_prob": 0.9,
    "usage": Usage(output=3),
    "answer": "Paris",
    "finish_reason": "stop",
}


def test_every_field_is_what_was_given() -> None:
    chunk = Chunk(**FULL)
    assert {name: getattr(chunk, name) for name in FULL} == FULL
    assert chunk == Chunk(*FULL.values())


def test_nothing_given_is_empty() -> None:
    chunk = Chunk()
    assert {name: getattr(chunk, name) for name in FULL} == dict.fromkeys(FULL) | {"text": "", "thinking": ""}
    # The delta of a provider may have no content.
    assert Chunk(text=None) == chunk == Chunk("")
    assert (repr(chunk), repr(Chunk("a", tokens=1))) == ("Chunk()", "Chunk(text='a', tokens=1)")


@pytest.mark.parametrize("name", FULL)
def test_chunks_differ_by_each_field(name: str) -> None:
    chunk = Chunk(**FULL)
    assert Chunk(**FULL | {name: "other"}) != chunk != "Paris"


def test_chunks_travel() -> None:
    chunk = Chunk(**FULL)
    assert pickle.loads(pickle.dumps(chunk)) == copy.copy(chunk) == copy.deepcopy(chunk) == chunk
    assert len({Chunk("a"), Chunk("a"), Chunk("b")}) == 2
    with pytest.raises(TypeError, match="unhashable"):
        hash(chunk)
    with pytest.raises(AttributeError):
        chunk.text = "London"  # type: ignore[misc]


def test_a_chunk_within_a_cycle_is_collected() -> None:
    class Holder:
        chunk: Chunk

    holder = Holder()
    holder.chunk = Chunk(usage=holder)
    gone = weakref.ref(holder)
    del holder
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize("tokens", [-1, 2**70, 1.5, float("nan"), True, "7", [1]], ids=repr)
def test_a_count_that_cannot_be_is_none(tokens: object) -> None:
    """The stream goes on: its text is counted."""
    spent = []
    for given in (tokens, None):
        run = rh.Governor(rh.Ladder([rh.Rung("fast", answer_tokens=30)])).plan("What is the capital of France?").start()
        chunks = [Chunk("It is in the north of the country.", tokens=given), Chunk(answer="Paris")]  # type: ignore[arg-type]
        assert serve(run, lambda _call, _index: iter(chunks)) == "Paris"  # noqa: B023  # It is read at once.
        spent.append(run.spent.tokens)
    assert spent[0] == spent[1] > 1


def test_a_host_hears_until_something_changes() -> None:
    governor = rh.Governor(rh.Ladder([rh.Rung("fast", answer_tokens=3)]))
    host = Host(governor.plan("What is the capital of France?").start())
    (stream,) = host.next()
    assert host.hear(stream, Chunk("Par", logprob=-0.1))
    assert host.hear(stream, Chunk("is", logprob=-0.1))
    # The third token is the last of the grant: only usage is due.
    assert not host.hear(stream, Chunk(".", logprob=-0.1))
    assert (stream.going, stream.ending) == (True, True)
    host.end(stream)
    assert not host.hear(stream, "more")
    assert not stream.going
    host.close()
