"""The ready-made host, with clients of every kind. Nothing here waits for a clock."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from itertools import count
from typing import Any

import pytest

import rheostat as rh
from rheostat.aio import Chunk, Usage, serve

SURE, UNSURE = [-0.01] + [-16.0] * 19, [-3.0] * 20


def run_of(governor: rh.Governor, rung: str, **options: Any) -> rh.Run:
    return governor.plan("How many primes are there below 1,000?", rung=rung, **options).start()


def served(run: rh.Run, client: Any, **options: Any) -> str | None:
    return asyncio.run(serve(run, client, **options))


async def says_text(call: rh.Call, index: int) -> str:
    return "168"


async def says_chunk(call: rh.Call, index: int) -> Chunk:
    return Chunk(text="There are 168.", answer="168", usage=Usage(input=10, output=5))


async def streams_text(call: rh.Call, index: int) -> AsyncIterator[str]:
    for piece in ("1", "6", "8"):
        yield piece


async def opens_a_stream(call: rh.Call, index: int) -> AsyncIterator[str]:
    return streams_text(call, index)


@pytest.mark.parametrize("client", [says_text, says_chunk, streams_text, opens_a_stream])
def test_any_async_callable_is_a_client(governor: rh.Governor, client: Any) -> None:
    run = run_of(governor, "fast")
    assert served(run, client) == "168"
    assert run.settled
    assert run.done
    assert run.phase == "closed" or run.settled


def test_signals_reach_the_run_and_usage_is_summed_over_the_samples(governor: rh.Governor) -> None:
    async def client(call: rh.Call, index: int) -> AsyncIterator[Chunk]:
        for _ in range(3):
            yield Chunk(logprob=-0.01, top_logprobs=SURE, text="x")
            await asyncio.sleep(0)
        yield Chunk(usage=Usage(input=20, cached=10, output=100 + index, reasoning=50))
        await asyncio.sleep(0)
        yield Chunk(answer="168")

    run = run_of(governor, "deep")
    assert served(run, client) == "168"
    assert run.spent.tokens == sum(100 + i for i in range(5))
    assert run.spent.usd == pytest.approx((5 * 20 * 1.25 + run.spent.tokens * 10.0) / 1e6)


def test_calls_overlap_within_bounds(governor: rh.Governor) -> None:
    now, most = 0, 0

    async def client(call: rh.Call, index: int) -> str:
        nonlocal now, most
        now += 1
        most = max(most, now)
        for _ in range(5):
            await asyncio.sleep(0)
        now -= 1
        return str(index)

    served(run_of(governor, "deep"), client)
    assert most == 5
    most = 0
    served(run_of(governor, "deep"), client, concurrency=2)
    assert most == 2


def test_what_agrees_early_closes_the_rest(governor: rh.Governor) -> None:
    closed: list[int] = []

    async def client(call: rh.Call, index: int) -> AsyncIterator[Chunk]:
        try:
            if index == call.samples - 1:
                await asyncio.Event().wait()  # never comes
            yield Chunk(text="168", tokens=1)
        finally:
            closed.append(index)

    run = run_of(rh.Governor(governor.ladder, rules=rh.Rules(vote="beta", confidence=0.95)), "deep")
    assert served(run, client) == "168"
    assert sorted(closed) == [0, 1, 2, 3, 4]
    assert run.settled
    assert run.done


def test_what_was_never_sent_costs_nothing(governor: rh.Governor) -> None:
    sent: list[int] = []

    async def client(call: rh.Call, index: int) -> str:
        sent.append(index)
        return "168"

    run = run_of(governor, "deep")
    assert served(run, client, concurrency=1) == "168"
    assert sent == [0, 1, 2]
    assert run.done
    assert run.spent.samples == 3


def test_a_doubtful_stream_is_closed_and_the_run_ramps(governor: rh.Governor) -> None:
    closed: list[str] = []

    async def client(call: rh.Call, index: int) -> AsyncIterator[Chunk]:
        try:
            for _ in range(2_000):
                row = UNSURE if call.rung.name == "fast" else SURE
                yield Chunk(logprob=row[0], top_logprobs=row)
            yield Chunk(answer="168")
        finally:
            closed.append(call.rung.name)

    run = run_of(governor, "fast")
    assert served(run, client) == "168"
    assert closed == ["fast", "think"]
    assert (run.escalations, run.rung.name, run.settled) == (1, "think", True)
    assert run.spent.tokens < 2_000 + 300


def test_a_ceiling_closes_a_stream_that_never_ends(governor: rh.Governor) -> None:
    async def client(call: rh.Call, index: int) -> AsyncIterator[Chunk]:
        for i in count():
            yield Chunk(text=f"and {i} ", tokens=1)

    run = run_of(governor, "fast", ceiling=rh.Ceiling(tokens=500, escalations=0))
    assert served(run, client) == "".join(f"and {i} " for i in range(500))
    assert not run.settled
    assert run.spent.tokens == 500
    assert not run.settled


def test_a_deadline_closes_a_stream_that_says_nothing(governor: rh.Governor) -> None:
    async def client(call: rh.Call, index: int) -> str:
        await asyncio.Event().wait()  # never comes
        return "168"

    run = run_of(governor, "fast", ceiling=rh.Ceiling(seconds=1e-6))
    assert served(run, client, tick=1e-3) is None
    assert run.ended == "the time is up"
    assert run.done


def test_failures_are_tried_again(governor: rh.Governor) -> None:
    tries = 0

    async def client(call: rh.Call, index: int) -> str:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise ConnectionError("reset")
        return "168"

    run = run_of(governor, "fast")
    assert served(run, client) == "168"
    assert tries == 2
    assert any(event.detail == "ConnectionError: reset" for event in run.trail)


def test_one_failed_sample_does_not_stop_a_vote(governor: rh.Governor) -> None:
    async def client(call: rh.Call, index: int) -> str:
        if index == 0:
            raise ConnectionError("reset")
        return "168"

    run = run_of(governor, "deep")
    assert served(run, client) == "168"
    assert run.settled


def test_when_everything_fails_the_client_s_own_error_is_raised(governor: rh.Governor) -> None:
    async def client(call: rh.Call, index: int) -> str:
        raise ConnectionError("down")

    run = run_of(governor, "fast")
    with pytest.raises(ConnectionError, match="down"):
        served(run, client)
    assert run.done
    assert not run.settled


def test_a_client_that_returns_nonsense_is_told(governor: rh.Governor) -> None:
    async def client(call: rh.Call, index: int) -> int:
        return 168

    with pytest.raises(rh.errors.InvalidTypeError, match="int"):
        served(run_of(governor, "fast"), client)


def test_answers_are_taken_out_of_the_text(governor: rh.Governor) -> None:
    async def client(call: rh.Call, index: int) -> str:
        return f"Thinking {index} … so it is\n#### 168"

    def extract(text: str) -> str | None:
        return text.rsplit("#### ", 1)[1] if "#### " in text else None

    run = run_of(governor, "deep")
    assert served(run, client, answer=extract) == "168"
    assert run.settled


@pytest.mark.skipif(sys.version_info < (3, 11), reason="a task cannot tell who cancels it")
@pytest.mark.parametrize("whole", [True, False], ids=["the loop ends", "one stream is cancelled"])
def test_a_stream_that_others_cancel_is_no_failure(governor: rh.Governor, whole: bool) -> None:
    told = asyncio.Event()

    async def client(call: rh.Call, index: int) -> AsyncIterator[str]:
        yield "168 so far"
        told.set()
        await asyncio.Event().wait()  # never comes

    run = run_of(governor, "fast")
    tasks: list[asyncio.Future[str | None]] = []

    async def main() -> None:
        tasks.append(asyncio.ensure_future(serve(run, client)))
        await told.wait()
        if not whole:
            for task in asyncio.all_tasks():
                if "_Tasks._stream" in repr(task.get_coro()):
                    task.cancel()
            assert await tasks[0] == "168 so far"

    asyncio.run(main())
    assert tasks[0].cancelled() == whole
    assert run.done
    assert run.answer == "168 so far"
    assert not any("failed" in event.reason for event in run.trail)


def test_cancelling_the_host_closes_everything(governor: rh.Governor) -> None:
    closed: list[int] = []

    async def client(call: rh.Call, index: int) -> AsyncIterator[str]:
        try:
            yield "1"
            await asyncio.Event().wait()  # never comes
        finally:
            closed.append(index)

    async def main(run: rh.Run) -> None:
        task = asyncio.create_task(serve(run, client))
        for _ in range(20):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    run = run_of(governor, "deep")
    asyncio.run(main(run))
    assert sorted(closed) == [0, 1, 2, 3, 4]
    assert run.done
    assert run.phase == "closed"


@pytest.mark.parametrize(("option", "value"), [("concurrency", 0), ("tick", 0.0), ("tick", float("nan"))])
def test_options_are_checked(governor: rh.Governor, option: str, value: float) -> None:
    with pytest.raises(rh.errors.InvalidValueError, match=option):
        served(run_of(governor, "fast"), says_text, **{option: value})


@pytest.mark.parametrize(("option", "value"), [("concurrency", 1.5), ("tick", "1"), ("tick", True), ("grace", None)])
def test_options_of_another_type_are_named(governor: rh.Governor, option: str, value: Any) -> None:
    with pytest.raises(rh.errors.InvalidTypeError, match=option):
        served(run_of(governor, "fast"), says_text, **{option: value})


def test_actions_can_be_watched(governor: rh.Governor) -> None:
    async def client(call: rh.Call, index: int) -> AsyncIterator[Chunk]:
        for _ in range(400):
            yield Chunk(logprob=UNSURE[0], top_logprobs=UNSURE)

    seen: list[tuple[str, int, str]] = []
    run = run_of(governor, "fast")
    served(run, client, watch=lambda call, index, action: seen.append((call.rung.name, index, str(action.kind))))
    assert seen[0] == ("fast", 0, "ramp")
    assert seen[-1][2] in ("stop", "ceiling")


def test_probes_that_a_run_asks_for_are_sent_while_the_stream_goes_on() -> None:
    rules = rh.Rules(probe_every=50, equal_probes=3)
    governor = rh.Governor(rh.Ladder([rh.Rung("think", thinking_tokens=4_000)]), rules=rules)
    kinds: list[str] = []

    async def client(call: rh.Call, index: int) -> AsyncIterator[Chunk]:
        kinds.append(call.kind)
        if call.kind == "probe":
            yield Chunk(text="168", tokens=1)
            return
        for i in range(2_000):
            yield Chunk(text=f"or {i} ", tokens=1)
            await asyncio.sleep(0)

    run = run_of(governor, "think")
    assert served(run, client) == "168"
    assert kinds == ["generate", "probe", "probe", "probe"]
    assert run.ended == "probes in a row gave the same answer"
    assert run.spent.tokens < 400
