"""Drives the engines inside an event loop, and holds how much may be open at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

from rheostat.errors import RheostatError
from rheostat_lab import Lab
from rheostat_lab.engine import Request, Stream

QUEUE = 192


class Full(RheostatError):
    """The server has no room for another stream; try again a little later."""


class Driver:
    """Steps the engines while there is work, in the event loop: a step takes about a millisecond.

    Args:
        lab: The models.
        queue: The most streams that are open at once, running and waiting together.
    """

    def __init__(self, lab: Lab, queue: int = QUEUE) -> None:
        self.lab = lab
        self.queue = queue
        self.open = 0
        self._work = asyncio.Event()
        self._wakes: dict[Stream, asyncio.Event] = {}

    async def run(self) -> None:
        """Runs until it is cancelled."""
        while True:
            await self._work.wait()
            # Before the pass: a request that comes while the pass lets others run wakes the next one.
            self._work.clear()
            busy = False
            for engine in self.lab.engines.values():
                busy |= engine.step()
                for stream in engine.advanced:
                    if (wake := self._wakes.get(stream)) is not None:
                        wake.set()
                await asyncio.sleep(0)
            if busy:
                self._work.set()

    def add(self, model: str, requests: Sequence[Request]) -> list[Stream]:
        """Opens the streams of one request to the server: all of them, or none.

        Raises:
            Full: That would be more than may be open.
            UnknownNameError: There is no such model.
            InvalidValueError: A value of the request is out of bounds.
        """
        engine = self.lab[model]
        for request in requests:
            request.check()
            engine.prompt(request)
        if self.open + len(requests) > self.queue:
            raise Full(f"{self.open} streams are open, {self.queue} are allowed")
        streams = [engine.add(request) for request in requests]
        self.open += len(streams)
        for stream in streams:
            self._wakes[stream] = asyncio.Event()
        self._work.set()
        return streams

    async def follow(self, stream: Stream) -> AsyncIterator[int]:
        """The number of tokens written so far, each time that there are more, until the stream ends."""
        seen = 0
        wake = self._wakes[stream]
        while True:
            if len(stream.tokens) > seen:
                seen = len(stream.tokens)
                yield seen
            elif stream.ended is not None:
                return
            else:
                wake.clear()
                await wake.wait()

    def close(self, streams: Sequence[Stream]) -> None:
        """Ends streams, whatever they were doing, and frees their places. Closing twice does nothing."""
        for stream in streams:
            stream.cancel()
            if (wake := self._wakes.pop(stream, None)) is not None:
                self.open -= 1
                wake.set()
        self._work.set()
