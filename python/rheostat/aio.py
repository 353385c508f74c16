"""The ready-made host for asyncio: serves a run with any async client.

async def client(call, index):
    stream = await llm.chat(model=call.model, max_tokens=call.max_tokens, stream=True)
    async for delta in stream:
        yield Chunk(text=delta.text, logprob=delta.logprob, top_logprobs=delta.top_logprobs)
    yield Chunk(usage=stream.usage)  # as the provider gives it; see `Usage.read`

answer = await serve(governor.plan(query).start(), client)

`rheostat.host.serve` is the synchronous twin; both drive a `rheostat.host.Host`.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Any, TypeAlias

from rheostat._checks import invalid, number, warn
from rheostat._native import Call, Run
from rheostat._pieces import Chunk, Usage, wrong_piece
from rheostat._within import is_set, within
from rheostat.host import ActionCallback, Clock, Host, Stream, check_concurrency, refuses_to_close

__all__ = ["ActionCallback", "Chunk", "Client", "Usage", "serve"]

Client: TypeAlias = Callable[[Call, int], Any]
"""Called with a call and the index of one of its samples. Returns an async iterator of `Chunk` or `str`, or an awaitable
of one, or an awaitable of a single `Chunk` or `str`."""

Reader: TypeAlias = Callable[[], Awaitable[None]]
"""Waits until a slow reader has room."""

Relay: TypeAlias = Callable[[], "Reader | None"]
"""Passes on what the user may see. Returns its reader, if that is slow."""

_sleep = asyncio.sleep


async def serve(
    run: Run,
    client: Client,
    *,
    concurrency: int = 16,
    answer: Callable[[str], str | None] | None = None,
    score: Callable[[str], float | None] | None = None,
    watch: ActionCallback | None = None,
    clock: Clock | None = None,
    sleep: Callable[[float], Awaitable[None]] | None = None,
    tick: float = 0.1,
    grace: float = 1.0,
) -> str | None:
    """Serves a run to its end, and closes it.

    Samples are sent as the run grants them and overlap. A stream that the run stops is closed at once, and so is everything
    in flight when the run has its answer or meets its ceiling. A stream that raises has failed. The kind of its error says
    what follows (docs/hosts.md): the request is sent again after a wait, or the next rung is asked instead, or, for a bad key
    or a bad request, the run ends at once. The client should not send again by itself. At a ceiling or after a failure the
    answer is the best text so far, and the run is not settled.

    Args:
        run: The run, as `plan.start()` made it.
        client: Sends one sample's request; see `Client`. It should ask for `call.max_tokens` tokens at most.
        concurrency: The most streams at once, at least 1; the others wait their turn. A probe does not wait: the stream that
            it asks about is running.
        answer: Takes the final answer out of a stream's whole text, or None when it is not there. Without it, the answer
            is the stream's last `Chunk.answer`, or else the whole text.
        score: Scores a stream's whole text in [0, 1], or None, where the rung chooses by scores (`Rung(best=…)`). It runs here
            and costs the run nothing; without it the rung's `scorer` is asked, by calls of kind `"score"`.
        watch: Called with each action other than to go on, with the call and the sample that it answers (for a larger
            thinking budget without a new call, see `Ladder(thinking="raise")`: the action's `tokens` are the new budget).
        clock: The time of each event; `rheostat.clock` if not given. Needed if the plan was made with an `at=` of another clock.
        sleep: Waits for some seconds before a failed request is sent again: `asyncio.sleep` if not given. With your own clock
            and no `sleep`, nothing waits.
        tick: Seconds, at most 60, between two looks at the deadline while all streams are silent.
        grace: Seconds that a stream gets to report its usage after its last granted token, its answer or its end, and to close
            after it was cancelled. What is still open then is left to itself, with a warning.

    Returns:
        `run.answer`: the settled answer, or the best so far, or None. `run.settled` and `run.spent` tell the rest.

    Raises:
        InvalidTypeError: One of these is no number.
        InvalidValueError: `concurrency`, `tick` or `grace` is out of bounds.
        Exception: An error of `answer` or `watch`; or the client's last error, when all streams failed (`run.answer` then has
            the longest text that came).

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
    if not 0 < number("tick", tick) <= 60:
        raise invalid("tick", tick, "above 0 and at most 60")
    if not number("grace", grace) >= 0:
        raise invalid("grace", grace, "at least 0")
    rest = sleep or (_sleep if clock is None else None)
    return await drive(Host(run, answer=answer, score=score, watch=watch, clock=clock), client, concurrency, (tick, grace), rest)


def _nothing() -> None:
    """There is no user to pass anything on to."""


async def drive(
    host: Host,
    client: Client,
    concurrency: int,
    seconds: tuple[float, float] = (0.1, 1.0),
    sleep: Callable[[float], Awaitable[None]] | None = _sleep,
    *,
    relay: Relay = _nothing,
) -> str | None:
    """Serves the run of a host; `seconds` are `tick` and `grace`.

    `relay` is called after each piece and at each tick. A stream waits for a slow reader before its next piece: that is not the
    stream's own time.
    """
    found, left = await _Tasks(host, client, concurrency, seconds, sleep, relay=relay).serve()
    if left:
        warn(f"{left} streams did not close within {seconds[1]} s of being cancelled, and were left", RuntimeWarning)
    return found


class _Tasks:
    """A task for each open stream."""

    def __init__(
        self,
        host: Host,
        client: Client,
        concurrency: int,
        seconds: tuple[float, float],
        sleep: Callable[[float], Awaitable[None]] | None,
        *,
        relay: Relay,
    ) -> None:
        (tick, grace), self.sleep, self.relay = seconds, sleep, relay
        self.host, self.client, self.concurrency, self.tick, self.grace = host, client, concurrency, tick, grace
        self.tasks: dict[Stream, asyncio.Task[None]] = {}
        self.closing: set[asyncio.Task[None]] = set()
        self.wake = asyncio.Event()
        self.error: BaseException | None = None
        """An error of the caller's own functions, which ends the run."""
        self.left = 0
        """Streams that refused to close."""
        self.cancelled = False
        """True once somebody else has cancelled a stream's task."""

    async def serve(self) -> tuple[str | None, int]:
        """Returns the answer, and the number of streams that did not close."""
        try:
            while not (self.host.over or self.cancelled or self.error is not None):
                self._ask()
                if not self.tasks:
                    break
                await self._wait()
        finally:
            # First the run, which gives back what it holds: the streams may take their time, or be cancelled once more.
            self.host.close()
            for stream in list(self.tasks):
                self._cancel(stream)
            left = await self._closed()
        if self.error is not None:
            raise self.error
        return self.host.result(), left + self.left

    def _ask(self) -> None:
        """Sends what may be sent now, and closes what was given up."""
        for stream in self.host.next(self.concurrency - len(self.tasks)):
            task = self.tasks[stream] = asyncio.get_running_loop().create_task(self._stream(stream))
            task.add_done_callback(partial(self._ended, stream))
        for stream in self.host.cancelled():
            self._cancel(stream)
        if self.host.over:
            self.wake.set()

    def _cancel(self, stream: Stream) -> None:
        """Cancels a stream's task. It makes room at once: the run has given it up."""
        if (task := self._leave(stream)) is not None:
            task.cancel()

    def _leave(self, stream: Stream) -> asyncio.Task[None] | None:
        """Lets a stream's task end without the run."""
        if (task := self.tasks.pop(stream, None)) is not None:
            self.closing.add(task)
            task.add_done_callback(self.closing.discard)
        return task

    async def _closed(self) -> int:
        """Waits until all streams have closed, for the time of grace. Returns the number of those that have not."""
        if not self.closing:
            return 0
        _, left = await asyncio.wait(self.closing, timeout=self.grace)
        return len(left)

    async def _wait(self) -> None:
        """Waits until something asks for attention, or time has passed."""
        if not await is_set(self.wake, self.tick):
            self.host.tick()
            # Text that was held back goes out when its time is over, also when nothing more comes.
            self.relay()
        self.wake.clear()

    def _ended(self, stream: Stream, task: asyncio.Task[None]) -> None:
        self.tasks.pop(stream, None)
        if not task.cancelled():
            # An error is the caller's, and is kept; asyncio reports one that is never read.
            task.exception()
        self.wake.set()

    async def _stream(self, stream: Stream) -> None:
        """Opens one stream after its delay, and reads it to its end."""
        opened: list[Any] = []
        try:
            if self.sleep is not None and stream.delay > 0:
                self.host.waits(stream)
                try:
                    await self.sleep(stream.delay)
                except BaseException as error:
                    if stream in self.tasks:
                        self.error = self.error or error
                    raise
            await self._read(stream, opened)
        finally:
            # The stream has ended for the run; its closing may take long, or fail, and changes nothing.
            self.wake.set()
            self.left += await _close(*opened)

    async def _read(self, stream: Stream, opened: list[Any]) -> None:
        """Reads one stream to its end, which the run hears. Puts into `opened` what is to be closed."""
        host, kinds, hear = self.host, self.host.kinds, self.host.hear
        relay, pieces, ending, reader = self.relay, None, False, None
        while True:
            try:
                if pieces is None:
                    pieces = await _open(self.client, stream, opened)
                    following = pieces.__anext__
                waits = ending or reader is not None
                piece = await (self._next(stream, pieces, reader) if waits else following())
                if not isinstance(piece, kinds):
                    raise wrong_piece(piece)
            except StopAsyncIteration:
                break
            except (KeyboardInterrupt, SystemExit):
                raise
            except BaseException as error:  # Whatever a client raises fails the stream, not the host.
                if self._failed(stream, error):
                    raise
                return
            # As `_report`, without a call for each piece.
            try:
                if hear(stream, piece):
                    reader = None if relay is _nothing else relay()
                    continue
                # The run may have granted something, such as a probe of this very stream.
                if not host.steady:
                    self._ask()
            except BaseException as error:
                self.error = self.error or error
                raise
            if not stream.going:
                break
            ending, reader = stream.ending, relay()
        self._report(host.end, stream)

    def _failed(self, stream: Stream, error: BaseException) -> bool:
        """Reports an error of a client. Returns True if it ends the task: somebody else has cancelled it."""
        # One that was cancelled here has ended, whatever the client makes of that.
        if stream not in self.tasks:
            return False
        if isinstance(error, asyncio.CancelledError) and _is_cancelled():
            # The loop ends, and cancels all its tasks in any order. That is no failure to be tried again.
            self.cancelled = True
            self._leave(stream)
            return True
        self._report(self.host.fail, stream, error)
        return False

    def _report(self, event: Callable[..., Any], *arguments: Any) -> Any:
        """Tells the host of an event. Keeps an error of `answer` or `watch`, of whatever kind, for the caller."""
        try:
            return event(*arguments)
        except BaseException as error:
            self.error = self.error or error
            raise

    async def _next(self, stream: Stream, pieces: AsyncIterator[Any], reader: Reader | None) -> Any:
        """The next piece, once the reader has room.

        Behind the last granted token, the answer or the end only usage is due, for the time of grace.
        """
        if reader is not None:
            await reader()
        if not stream.ending:
            return await pieces.__anext__()
        try:
            return await within(pieces.__anext__(), self.grace)
        except asyncio.TimeoutError:
            raise StopAsyncIteration from None


def _is_cancelled() -> bool:
    """True if the current task was cancelled, false if its client raised the error by itself. Python 3.10 cannot tell."""
    cancelling = getattr(asyncio.current_task(), "cancelling", None)
    return cancelling is not None and cancelling() > 0


async def _close(*closing: Any) -> int:
    """Closes what a client has opened; an error of closing changes nothing. Returns the number of those that refused."""
    left = 0
    for one in closing:
        close = getattr(one, "aclose", None) or getattr(one, "close", None)
        try:
            if close is not None and inspect.isawaitable(closed := close()):
                await closed
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # noqa: BLE001
            left += refuses_to_close(error)
    return left


async def _open(client: Client, stream: Stream, opened: list[Any]) -> AsyncIterator[Any]:
    """The pieces of whatever a client returns, without a generator around them."""
    reply = client(stream.call, stream.index)
    if inspect.isawaitable(reply):
        reply = await reply
    if not hasattr(reply, "__aiter__"):
        return _alone(reply)
    pieces: AsyncIterator[Any] = reply.__aiter__()
    opened.extend([pieces] if pieces is reply else [pieces, reply])
    return pieces


async def _alone(piece: Any) -> AsyncGenerator[Any, None]:
    yield piece
