"""The ready-made host, and its twin for asyncio: one set of rules, with clients of every kind. Nothing here waits for a clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import count
from typing import Any

import numpy as np
import pytest

import rheostat as rh
from rheostat import aio
from rheostat.errors import StateError
from rheostat.host import Chunk, Host, Usage, serve

SURE, UNSURE = [-0.01] + [-16.0] * 19, [-3.0] * 20


def run_of(governor: rh.Governor, rung: str, **options: Any) -> rh.Run:
    return governor.plan("How many primes are there below 1,000?", rung=rung, **options).start()


def streams_text(call: rh.Call, index: int) -> Iterator[str]:
    yield from ("1", "6", "8")


@pytest.mark.parametrize(
    "client",
    [
        lambda *_: "168",
        lambda *_: Chunk(text="There are 168.", answer="168", usage=Usage(input=10, output=5)),
        lambda *_: ["1", "68"],
        streams_text,
    ],
)
def test_any_callable_is_a_client(governor: rh.Governor, client: Any) -> None:
    run = run_of(governor, "fast")
    assert serve(run, client) == "168"
    assert run.settled
    assert run.done
    assert run.phase == "closed"


@pytest.mark.parametrize(("concurrency", "sent"), [(1, [0, 1, 2]), (5, [0, 1, 2, 3, 4])])
def test_a_vote_that_is_decided_closes_the_rest(governor: rh.Governor, concurrency: int, sent: list[int]) -> None:
    began: list[int] = []
    closed: list[int] = []

    def client(call: rh.Call, index: int) -> Iterator[Chunk]:
        began.append(index)
        try:
            yield Chunk(text="168", tokens=1)
        finally:
            closed.append(index)

    run = run_of(governor, "deep")
    assert serve(run, client, concurrency=concurrency) == "168"
    assert sorted(began) == sorted(closed) == sent
    assert run.done
    assert run.spent.samples == len(sent)


def test_open_streams_take_turns(governor: rh.Governor) -> None:
    told: list[int] = []

    def client(call: rh.Call, index: int) -> Iterator[str]:
        for _ in range(3):
            told.append(index)
            yield "x"

    serve(run_of(governor, "deep"), client, concurrency=2)
    assert told[:6] == [0, 1, 0, 1, 0, 1]


def test_a_weak_stream_is_closed_and_the_run_ramps(governor: rh.Governor) -> None:
    closed: list[str] = []

    def client(call: rh.Call, index: int) -> Iterator[Chunk]:
        try:
            for _ in range(2_000):
                row = UNSURE if call.rung.name == "fast" else SURE
                yield Chunk(logprob=row[0], top_logprobs=row)
            yield Chunk(answer="168")
        finally:
            closed.append(call.rung.name)

    run = run_of(governor, "fast")
    assert serve(run, client) == "168"
    assert closed == ["fast", "think"]
    assert (run.escalations, run.settled) == (1, True)


def test_several_tokens_at_once_are_told_as_one_by_one(governor: rh.Governor) -> None:
    def single(call: rh.Call, index: int) -> Iterator[Chunk]:
        for _ in range(512):
            yield Chunk(logprob=-3.0, top_logprobs=UNSURE)
        yield Chunk(text="168")

    def several(call: rh.Call, index: int) -> Iterator[Chunk]:
        for _ in range(8):
            yield Chunk(logprobs=[-3.0] * 64, top_logprobs=[UNSURE] * 64)
        yield Chunk(text="168")

    one, many = run_of(governor, "fast"), run_of(governor, "fast")
    assert serve(one, single) == serve(many, several) == "168"
    assert [event.reason for event in one.trail] == [event.reason for event in many.trail]
    assert one.escalations == many.escalations == 1


def test_a_piece_that_stops_its_stream_is_told_to_its_end(governor: rh.Governor) -> None:
    def client(call: rh.Call, index: int) -> Iterator[Chunk]:
        for n in count(1):
            yield Chunk(text="x", tokens=1, usage=Usage(input=20, output=n) if n == 500 else None)

    run = run_of(governor, "fast", ceiling=rh.Ceiling(tokens=500, escalations=0))
    assert serve(run, client) == "x" * 500
    assert not run.settled
    assert run.spent.usd == pytest.approx((20 * 0.05 + 500 * 0.40) / 1e6)


def test_a_probe_is_sent_while_its_stream_goes_on() -> None:
    rules = rh.Rules(probe_every=50, equal_probes=3)
    governor = rh.Governor(rh.Ladder([rh.Rung("think", thinking_tokens=4_000)]), rules=rules)
    kinds: list[str] = []

    def client(call: rh.Call, index: int) -> Iterator[Chunk]:
        kinds.append(call.kind)
        if call.kind == "probe":
            yield Chunk(text="168", tokens=1)
            return
        for i in range(2_000):
            yield Chunk(text=f"or {i} ", tokens=1)

    run = run_of(governor, "think")
    assert serve(run, client, concurrency=1) == "168"
    assert kinds == ["generate", "probe", "probe", "probe"]
    assert run.spent.tokens < 400


def test_time_may_be_the_callers_own(governor: rh.Governor) -> None:
    now = 100.0

    def client(call: rh.Call, index: int) -> Iterator[str]:
        nonlocal now
        for _ in range(100):
            now += 1.0
            yield "and "

    run = governor.plan("Why?", rung="fast", ceiling=rh.Ceiling(seconds=10), at=now).start(at=now)
    assert serve(run, client, clock=lambda: now) == "and " * 10
    assert not run.settled
    assert run.ended == "the time is up"
    assert run.spent.seconds == 10.0


def test_failures_are_tried_again(governor: rh.Governor) -> None:
    tries: list[int] = []

    def client(call: rh.Call, index: int) -> str:
        tries.append(call.id)
        if len(tries) == 1:
            raise ConnectionError("reset")
        return "168"

    run = run_of(governor, "fast")
    assert serve(run, client) == "168"
    assert any(event.detail == "ConnectionError: reset" for event in run.trail)


def test_when_everything_fails_the_clients_own_error_is_raised(governor: rh.Governor) -> None:
    def client(call: rh.Call, index: int) -> Iterator[str]:
        yield "16"
        raise ConnectionError("down")

    run = run_of(governor, "fast")
    with pytest.raises(ConnectionError, match="down"):
        serve(run, client)
    assert run.done
    assert not run.settled


@pytest.mark.parametrize("reply", [168, [168], [None]])
def test_a_client_that_returns_nonsense_gets_a_type_error(governor: rh.Governor, reply: Any) -> None:
    with pytest.raises(rh.errors.InvalidTypeError, match="wanted a Chunk or a str"):
        serve(run_of(governor, "fast"), lambda *_: reply)


def test_no_room_for_a_stream_is_refused(governor: rh.Governor) -> None:
    with pytest.raises(rh.errors.InvalidValueError, match="concurrency"):
        serve(run_of(governor, "fast"), streams_text, concurrency=0)


def test_an_error_of_the_callers_own_code_closes_everything(governor: rh.Governor) -> None:
    closed: list[int] = []

    def client(call: rh.Call, index: int) -> Iterator[str]:
        try:
            yield "1"
            raise KeyboardInterrupt
        finally:
            closed.append(index)

    run = run_of(governor, "deep")
    with pytest.raises(KeyboardInterrupt):
        serve(run, client, concurrency=3)
    assert sorted(closed) == [0, 1, 2]
    assert run.done
    assert run.phase == "closed"


def weak_then_agreed(call: rh.Call, index: int) -> Iterator[Chunk]:
    row = UNSURE if call.rung.name == "fast" else SURE
    for _ in range(300):
        yield Chunk(logprob=row[0], top_logprobs=row, text="x ")
    yield Chunk(answer="168", usage=Usage(input=9, output=300))


def fails_at_first(call: rh.Call, index: int) -> Iterator[Chunk]:
    if call.id == 0:
        raise ConnectionError("reset")
    yield Chunk(answer=str(index % 2))


@pytest.mark.parametrize("rung", ["fast", "deep"])
@pytest.mark.parametrize("client", [weak_then_agreed, fails_at_first])
def test_both_hosts_tell_a_run_the_same(
    governor: rh.Governor, rung: str, client: Callable[[rh.Call, int], Iterator[Chunk]]
) -> None:
    async def awaited(call: rh.Call, index: int) -> AsyncIterator[Chunk]:
        for chunk in client(call, index):
            yield chunk

    one, other = run_of(governor, rung), run_of(governor, rung)
    assert serve(one, client) == asyncio.run(aio.serve(other, awaited, concurrency=1))
    assert (one.spent.tokens, one.spent.usd, one.spent.samples) == (other.spent.tokens, other.spent.usd, other.spent.samples)
    assert [(e.reason, e.call, e.detail) for e in one.trail] == [(e.reason, e.call, e.detail) for e in other.trail]


@pytest.mark.parametrize(("room", "sent"), [(-(1 << 70), 0), (0, 0), (np.int64(2), 2), (1 << 62, 5)])
def test_room_is_any_whole_number(governor: rh.Governor, room: int, sent: int) -> None:
    host = Host(run_of(governor, "deep"))
    assert len(host.next(room=room)) == sent
    host.close()


def test_a_stream_of_another_host_is_refused(governor: rh.Governor) -> None:
    one, other = Host(run_of(governor, "fast")), Host(run_of(governor, "fast"))
    (stream,), _ = one.next(), other.next()
    with pytest.raises(StateError, match="another host"):
        other.tell(stream, "168")
    assert one.tell(stream, "168")


def test_a_host_of_another_kind_is_driven_by_events(governor: rh.Governor) -> None:
    run = run_of(governor, "deep")
    host = Host(run)
    first = host.next(room=2)
    assert [stream.index for stream in first] == [0, 1]
    for stream in [*first, *host.next()]:
        if not stream.over and host.tell(stream, "168"):
            host.end(stream)
    assert host.over
    assert [stream.index for stream in host.cancelled()] == [3, 4]
    assert host.next() == []
    host.close()
    assert host.result() == "168"
    assert run.done
