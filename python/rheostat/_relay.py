"""The part of a governed stream that the client may see, and when.

before the first byte   the run is free: it draws more samples, tries again, goes up
the first byte          `Run.show`: from now on the run only goes on, raises or stops
after it                each event of that stream, as it comes
never shown             the best reply, when the run has ended
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable

from rheostat._governed import Judge, Reply, Request, StreamError

__all__ = ["Channel", "Judge", "Relay"]


class Relay:
    """Gives out the events of a governed stream."""

    def __init__(self, request: Request, clock: Callable[[], float]) -> None:
        self.request, self.clock = request, clock
        self.begun = clock()
        self.shown: Reply | None = None
        self.given = 0
        """Events of the shown reply that were given out."""

    def take(self) -> bytes:
        """The bytes that may go out now."""
        if self.shown is None:
            self.shown = self._showable()
            if self.shown is None:
                return b""
            self.request.run.show()
        return self._news(self.shown)

    def rest(self) -> bytes:
        """The bytes that are left when the run has ended."""
        self.shown = self.shown or self.request.best()
        return b"" if self.shown is None else self._news(self.shown)

    def _showable(self) -> Reply | None:
        """The reply that may be shown now: the only one of its call, in a rung that draws no second sample."""
        settings = self.request.settings
        going = [reply for reply in self.request.replies if not reply.over]
        if settings.judge == "buffer" or len(going) != 1:
            return None
        reply = going[0]
        if reply.call.kind != "generate" or reply.call.samples != 1 or reply.call.rung.samples != 1 or not reply.tokens:
            return None
        if settings.judge == "never_restart":
            return reply
        held = reply.tokens >= settings.hold[0] or self.clock() - self.begun >= settings.hold[1]
        return reply if held else None

    def _news(self, reply: Reply) -> bytes:
        news = b"".join(reply.raw[self.given :])
        self.given = len(reply.raw)
        return news

    def fail(self) -> None:
        """Raises the error that broke off what the client was shown: the client must not take it for whole."""
        if self.shown is not None and isinstance(self.shown.error, Exception) and not isinstance(self.shown.error, StreamError):
            raise self.shown.error


class Channel:
    """Bytes on their way to an asynchronous client. It holds a bounded number of parts: a slow reader stops the writer."""

    MOST = 64

    def __init__(self) -> None:
        self.parts: deque[bytes] = deque()
        self.ready, self.room = asyncio.Event(), asyncio.Event()
        self.over = False

    async def put(self, part: bytes) -> None:
        """Adds a part; waits while there are too many."""
        self.parts.append(part)
        self.ready.set()
        while len(self.parts) > self.MOST and not self.over:
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
