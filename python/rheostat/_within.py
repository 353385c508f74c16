"""Waits with a time limit that lose no cancellation.

Before Python 3.12, `asyncio.wait_for` returns a result that comes in the same step as a cancellation of the waiting task. The
cancellation is then gone: a request whose client has left would wait for its provider without an end.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


async def within(awaitable: Awaitable[T], seconds: float) -> T:
    """The result of `awaitable`, which is cancelled when `seconds` have passed.

    Raises:
        asyncio.TimeoutError: There is no result in time.
    """
    task = asyncio.ensure_future(awaitable)
    late = False
    try:
        await asyncio.wait({task}, timeout=seconds)
    finally:
        if late := not task.done():
            # It ends before its caller goes on, who may want to close it.
            task.cancel()
            await asyncio.wait({task})
        if not task.cancelled():
            # asyncio reports an error that is never read.
            task.exception()
    if late and task.cancelled():
        raise asyncio.TimeoutError
    return task.result()


async def is_set(event: asyncio.Event, seconds: float) -> bool:
    """Waits for an event. False if it is not set when `seconds` have passed."""
    late = False

    def ring() -> None:
        nonlocal late
        late = not event.is_set()
        event.set()

    timer = asyncio.get_running_loop().call_later(seconds, ring)
    try:
        await event.wait()
    finally:
        timer.cancel()
    return not late
