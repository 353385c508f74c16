"""A time limit loses no cancellation, also where the result comes in the same step."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from rheostat._within import is_set, within


async def cancelled_as_it_comes(wait: Coroutine[Any, Any, Any], come: Callable[[], None]) -> None:
    task = asyncio.ensure_future(wait)
    for _ in range(3):
        await asyncio.sleep(0)
    come()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_an_event_and_a_cancellation_in_one_step() -> None:
    async def main() -> None:
        event = asyncio.Event()
        await cancelled_as_it_comes(is_set(event, 60), event.set)

    asyncio.run(main())


@pytest.mark.parametrize("steps", range(3))
def test_a_result_and_a_cancellation_in_one_step(steps: int) -> None:
    async def main() -> None:
        future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        task = asyncio.ensure_future(within(future, 60))
        for _ in range(3):
            await asyncio.sleep(0)
        future.set_result(1)
        for _ in range(steps):
            await asyncio.sleep(0)
        # The task still waits, at whichever step: it is cancelled, or has ended by then.
        if task.cancel():
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(main())


def test_a_result_in_time_and_one_that_is_late() -> None:
    async def slow() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append(True)

    async def main() -> None:
        assert await within(asyncio.sleep(0, 5), 60) == 5
        with pytest.raises(ZeroDivisionError):
            await within(failing(), 60)
        with pytest.raises(asyncio.TimeoutError):
            await within(slow(), 0)
        assert ended == [True]

    async def failing() -> int:
        return 1 // 0

    ended: list[bool] = []
    asyncio.run(main())


def test_an_event_that_is_late() -> None:
    async def main() -> None:
        event = asyncio.Event()
        assert not await is_set(event, 0)
        event = asyncio.Event()
        asyncio.get_running_loop().call_soon(event.set)
        assert await is_set(event, 60)

    asyncio.run(main())
