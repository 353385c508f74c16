"""The end of a host: whatever a client, a callback or a closing does, the run ends, is closed, and keeps its answer."""

import asyncio
import math
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

import rheostat as rh
from rheostat import aio
from rheostat.host import Chunk
from tests.cases.twins import GRANT, TWINS, start, word


def closed(run: rh.Run, ledger: rh.Ledger) -> bool:
    return run.done and run.phase == "closed" and ledger.stats().live == 0


def ledger() -> rh.Ledger:
    return rh.Ledger([rh.Cap("fleet", tokens=10**9)])


@TWINS
@pytest.mark.parametrize("broken", ["answer", "watch"])
def test_an_error_of_the_callers_own_function_is_raised_and_all_is_closed(serve: Any, broken: str) -> None:
    book = ledger()
    run = start(ledger=book)

    def breaks(*_: Any) -> None:
        raise ZeroDivisionError(broken)

    def client(call: rh.Call, index: int) -> Iterator[Chunk]:
        for _ in range(3):
            yield word("x ", GRANT // 2)

    with pytest.raises(ZeroDivisionError, match=broken):
        serve(run, client, **{broken: breaks})
    assert closed(run, book)


@TWINS
@pytest.mark.parametrize("result", [5, ["Paris"], b"Paris"])
def test_an_answer_of_another_type_is_refused_and_all_is_closed(serve: Any, result: Any) -> None:
    book = ledger()
    run = start(ledger=book)
    with pytest.raises(rh.errors.InvalidTypeError, match="answer: result"):
        serve(run, lambda *_: iter(["x"]), answer=lambda _: result)
    assert closed(run, book)


@TWINS
@pytest.mark.parametrize("error", [asyncio.CancelledError, GeneratorExit, RuntimeError, StopIteration])
def test_whatever_a_client_raises_is_a_failed_stream(serve: Any, error: Any) -> None:
    book, tries = ledger(), 0

    def client(call: rh.Call, index: int) -> Iterator[str]:
        nonlocal tries
        tries += 1
        yield "Par"
        if tries == 1:
            raise error
        yield "is"

    run = start(ledger=book)
    assert serve(run, client) == "Paris"
    assert tries == 2
    assert run.done


@TWINS
def test_a_client_that_only_cancels_is_said_to(serve: Any) -> None:
    book = ledger()

    def client(call: rh.Call, index: int) -> Iterator[str]:
        raise asyncio.CancelledError
        yield ""

    run = start(ledger=book)
    with pytest.raises(rh.errors.StateError, match="the client raised CancelledError"):
        serve(run, client)
    assert run.done
    assert run.phase == "closed"


@TWINS
def test_an_error_of_a_streams_closing_loses_no_answer(serve: Any) -> None:
    def client(call: rh.Call, index: int) -> Iterator[Chunk]:
        try:
            yield Chunk(text="Paris", tokens=GRANT, answer="Paris")
            for _ in range(20):
                yield Chunk()
        finally:
            raise ConnectionError("in closing")

    assert serve(start(), client) == "Paris"


@TWINS
@pytest.mark.parametrize("concurrency", [math.nan, 0, -1, 1.5, "2", None])
def test_a_concurrency_that_could_send_nothing_is_refused(serve: Any, concurrency: Any) -> None:
    with pytest.raises(rh.RheostatError, match="concurrency"):
        serve(start(), lambda *_: iter("x"), concurrency=concurrency)


def test_a_client_that_is_slow_to_obey_a_cancel_is_left() -> None:
    """It takes the second cancel, that of the loop's end, to stop it."""
    obeyed, now = [], 0.0

    async def client(call: rh.Call, index: int) -> AsyncIterator[Chunk]:
        nonlocal now
        try:
            yield Chunk(text="Paris", tokens=1)
            now = 10.0
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            try:
                await asyncio.Event().wait()
            finally:
                obeyed.append(index)

    ladder = rh.Ladder([rh.Rung("only", answer_tokens=GRANT)])
    run = rh.Governor(ladder, ceiling=rh.Ceiling(seconds=5)).plan("q", at=now).start(at=now)
    with pytest.warns(RuntimeWarning, match="1 streams did not close within 0.01 s") as warned:
        assert asyncio.run(aio.serve(run, client, clock=lambda: now, tick=0.001, grace=0.01)) == "Paris"
    assert warned[0].filename == __file__
    assert obeyed == [0]
    assert run.done


def test_a_host_that_is_cancelled_twice_is_closed() -> None:
    async def client(call: rh.Call, index: int) -> AsyncIterator[str]:
        try:
            yield "Par"
            began.set()
            await asyncio.Event().wait()
        finally:
            closing.set()
            await asyncio.Event().wait()

    async def cancels() -> None:
        serving = asyncio.create_task(aio.serve(run, client))
        await began.wait()
        serving.cancel()
        await closing.wait()
        serving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await serving
        assert closed(run, book)

    book = ledger()
    run = start(ledger=book)
    began, closing = asyncio.Event(), asyncio.Event()
    asyncio.run(cancels())
    assert run.answer == "Par"


@TWINS
def test_a_deadline_holds_under_a_plan_of_another_clock(serve: Any) -> None:
    def client(call: rh.Call, index: int) -> Iterator[Chunk]:
        while True:
            yield Chunk()

    ladder = rh.Ladder([rh.Rung("only", answer_tokens=GRANT)])
    for stamped in (True, False):
        plan = rh.Governor(ladder, ceiling=rh.Ceiling(seconds=0.0001)).plan("q", at=1.7e9 if stamped else None)
        run = plan.start() if stamped else plan.start(at=1.7e9)
        assert serve(run, client) is None
        assert run.ended == "the time is up"


class Closes:
    """An iterator whose closing hangs, or fails."""

    def __init__(self, close: Callable[[], Any]) -> None:
        self.close_it, self.pieces = close, iter([word("Paris", 1)])

    def __aiter__(self) -> "Closes":
        return self

    async def __anext__(self) -> Chunk:
        for piece in self.pieces:
            return piece
        raise StopAsyncIteration

    async def aclose(self) -> None:
        await self.close_it()


async def hangs() -> None:
    await asyncio.Event().wait()


async def fails() -> None:
    raise asyncio.CancelledError


@pytest.mark.parametrize("close", [hangs, fails])
@pytest.mark.filterwarnings("ignore")
def test_a_closing_that_hangs_or_fails_loses_no_answer(close: Callable[[], Any]) -> None:
    run = start()
    assert asyncio.run(aio.serve(run, lambda *_: Closes(close), grace=0.01)) == "Paris"
    assert (run.settled, run.spent.calls) == (True, 1)


@TWINS
@pytest.mark.parametrize("behind", [ConnectionError("reset"), None, 5, {}, b"x"])
def test_what_breaks_behind_a_told_answer_costs_nothing(serve: Any, behind: Any) -> None:
    def client(call: rh.Call, index: int) -> Iterator[Any]:
        yield word("Paris", 1, answer="Paris")
        if isinstance(behind, Exception):
            raise behind
        yield behind

    run = start()
    assert serve(run, client) == "Paris"
    assert (run.settled, run.spent.calls) == (True, 1)


@pytest.mark.parametrize("tick", [0.0, -1.0, math.nan, math.inf, 1e9])
def test_a_tick_that_would_miss_the_deadline_is_refused(tick: float) -> None:
    with pytest.raises(rh.errors.InvalidValueError, match="tick must be above 0 and at most 60"):
        asyncio.run(aio.serve(start(), lambda *_: "x", tick=tick))
