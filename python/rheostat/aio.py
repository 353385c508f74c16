"""The ready-made host for asyncio: serves a run with any async client.

async def client(call, index):
    stream = await llm.chat(model=call.model, max_tokens=call.max_tokens, stream=True)
    async for delta in stream:
        yield Chunk(text=delta.text, logprob=delta.logprob, top_logprobs=delta.top_logprobs)
    yield Chunk(usage=Usage(input=stream.input_tokens, output=stream.output_tokens))

answer = await serve(governor.plan(query).start(), client)

`rheostat.host.serve` is the synchronous twin; both drive a `rheostat.host.Host`.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncGenerator, Callable
from functools import partial
from typing import Any, TypeAlias

from rheostat._checks import invalid
from rheostat._native import Call, Run
from rheostat.host import ActionCallback, Chunk, Host, Stream, Usage, check_concurrency

__all__ = ["ActionCallback", "Chunk", "Client", "Usage", "serve"]

Client: TypeAlias = Callable[[Call, int], Any]
"""Called with a call and the index of one of its samples. Returns an async iterator of `Chunk` or `str`, or an awaitable
of one, or an awaitable of a single `Chunk` or `str`."""


async def serve(
    run: Run,
    client: Client,
    *,
    concurrency: int = 16,
    answer: Callable[[str], str | None] | None = None,
    watch: ActionCallback | None = None,
    tick: float = 0.1,
) -> str | None:
    """Serves a run to its end, and closes it.

    Samples are sent as the run grants them and overlap. A stream that the run stops is closed at once, and so is everything
    in flight when the run has its answer or meets its ceiling. A stream that raises counts as failed: the run tries again,
    goes up or ends, as its plan allows.

    Args:
        run: The run, as `plan.start()` made it.
        client: Sends one sample's request; see `Client`. It should ask for `call.max_tokens` tokens at most.
        concurrency: The most streams at once, at least 1; the others wait their turn. A probe does not wait: the stream that
            it asks about is running.
        answer: Takes the final answer out of a stream's whole text, or None when it is not there. Without it, the answer
            is the stream's last `Chunk.answer`, or else the whole text.
        watch: Called with each action other than to go on, with the call and the sample that it answers (for a larger
            thinking budget without a new call, see `Ladder(thinking="raise")`: the action's `tokens` are the new budget).
        tick: Seconds between two looks at the deadline while all streams are silent.

    Returns:
        `run.answer`: the settled answer, or the best so far, or None. `run.settled` and `run.spent` tell the rest.

    Raises:
        InvalidValueError: `concurrency` or `tick` is out of bounds.
        Exception: The client's last error, when no stream gave an answer and at least one failed.

    Example:
        >>> import asyncio, rheostat as rh
        >>> from rheostat.aio import serve
        >>> async def client(call, index):
        ...     return "Paris"
        >>> governor = rh.Governor(rh.Ladder([rh.Rung("fast")]), policy=rh.policy.Utility(usd_per_error=2.0))
        >>> asyncio.run(serve(governor.plan("What is the capital of France?").start(), client))
        'Paris'
    """
    check_concurrency(concurrency)
    if not tick > 0:
        raise invalid("tick", tick, "above 0")
    return await _Tasks(Host(run, answer=answer, watch=watch), client, concurrency, tick).serve()


class _Tasks:
    """A task for each open stream."""

    def __init__(self, host: Host, client: Client, concurrency: int, tick: float) -> None:
        self.host, self.client, self.concurrency, self.tick = host, client, concurrency, tick
        self.tasks: dict[Stream, asyncio.Task[None]] = {}
        self.wake = asyncio.Event()

    async def serve(self) -> str | None:
        try:
            while not self.host.over:
                self._ask()
                if not self.tasks:
                    break
                await self._wait()
        finally:
            tasks = list(self.tasks.values())
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self.host.close()
        return self.host.result()

    def _ask(self) -> None:
        """Send what may be sent now, and close what was given up."""
        for stream in self.host.next(self.concurrency - len(self.tasks)):
            task = self.tasks[stream] = asyncio.get_running_loop().create_task(self._stream(stream))
            task.add_done_callback(partial(self._ended, stream))
        for stream in self.host.cancelled():
            if stream in self.tasks:
                self.tasks[stream].cancel()
        if self.host.over:
            self.wake.set()

    async def _wait(self) -> None:
        """Until something asks for attention, or time has passed."""
        try:
            await asyncio.wait_for(self.wake.wait(), self.tick)
        except asyncio.TimeoutError:
            self.host.tick()
        self.wake.clear()

    def _ended(self, stream: Stream, _task: asyncio.Task[None]) -> None:
        self.tasks.pop(stream, None)
        self.wake.set()

    async def _stream(self, stream: Stream) -> None:
        """One stream, from its request to its end."""
        try:
            await self._read(stream)
        except Exception as error:  # noqa: BLE001  # Whatever a client raises is a failed stream, not a failed host.
            self.host.fail(stream, error)
        else:
            self.host.end(stream)

    async def _read(self, stream: Stream) -> None:
        pieces = _pieces(self.client(stream.call, stream.index))
        try:
            async for piece in pieces:
                going = self.host.tell(stream, piece)
                # The run may have granted something, such as a probe of this very stream.
                self._ask()
                if not going:
                    return
        finally:
            await pieces.aclose()


async def _pieces(reply: Any) -> AsyncGenerator[Any, None]:
    """The pieces of whatever a client returns."""
    if inspect.isawaitable(reply):
        reply = await reply
    if not hasattr(reply, "__aiter__"):
        yield reply
        return
    try:
        async for piece in reply:
            yield piece
    finally:
        close = getattr(reply, "aclose", None)
        if close is not None:
            await close()
