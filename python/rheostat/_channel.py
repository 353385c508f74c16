"""Bytes on their way to an asynchronous client. What it may see, and when, is `rust/host/src/relay.rs`."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator

__all__ = ["Channel"]


class Channel:
    """Bytes on their way to an asynchronous client. It holds a bounded number of parts: a slow reader stops the writer."""

    MOST = 64

    def __init__(self) -> None:
        self.parts: deque[bytes] = deque()
        self.ready, self.room = asyncio.Event(), asyncio.Event()
        self.over = False

    def add(self, part: bytes) -> None:
        """Adds a part. While it is then `full`, wait until it is `drained`."""
        self.parts.append(part)
        self.ready.set()

    @property
    def full(self) -> bool:
        """True if there are too many parts, and somebody reads them."""
        return len(self.parts) > self.MOST and not self.over

    async def drained(self) -> None:
        """Waits until it is not full."""
        while self.full:
            self.room.clear()
            await self.room.wait()

    def end(self) -> None:
        """Nothing more will come."""
        self.over = True
        self.ready.set()

    def close(self) -> None:
        """Nothing more will be read."""
        self.over = True
        self.room.set()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """The parts, until its end."""
        while True:
            while self.parts:
                part = self.parts.popleft()
                self.room.set()
                yield part
            if self.over:
                return
            self.ready.clear()
            await self.ready.wait()
