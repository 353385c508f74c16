"""The ready-made host: sends a run's calls with any client, and follows the run's actions.

def client(call, index):
    stream = llm.chat(model=call.model, max_tokens=call.max_tokens, stream=True)
    for delta in stream:
        yield Chunk(text=delta.text, logprob=delta.logprob, top_logprobs=delta.top_logprobs)
    yield Chunk(usage=stream.usage)  # as the provider gives it; see `Usage.read`

answer = serve(governor.plan(query).start(), client)

`rheostat.aio.serve` does the same with asyncio. Both drive a `Host`, which has the rules of a host and does no I/O: events go
in, streams to open and streams to close come out. Use it for a host with another kind of I/O.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping
from typing import Any, TypeAlias

from rheostat._checks import warn, whole
from rheostat._host import ActionCallback, Clock, Host
from rheostat._native import Call, Run, Stream
from rheostat._native import clock as process_clock
from rheostat._pieces import Chunk, Usage, wrong_piece
from rheostat._prompts import Prompts

__all__ = ["ActionCallback", "Chunk", "Client", "Clock", "Host", "Prompts", "Stream", "Usage", "serve", "turns"]


Client: TypeAlias = Callable[[Call, int], Any]
"""Called with a call and the index of one of its samples. Returns an iterator of `Chunk` or `str`, or a single one."""

_sleep = time.sleep


def serve(
    run: Run,
    client: Client,
    *,
    concurrency: int = 1,
    answer: Callable[[str], str | None] | None = None,
    score: Callable[[str], float | None] | None = None,
    watch: ActionCallback | None = None,
    clock: Clock | None = None,
    sleep: Callable[[float], None] | None = None,
) -> str | None:
    """Serves a run to its end, and closes it.

    Open streams take turns, a piece each. A stream that the run stops is closed at once, and so is everything in flight when
    the run has its answer or meets its ceiling. A stream that raises has failed. The kind of its error says what follows
    (docs/hosts.md): the request is sent again after a wait, or the next rung is asked instead, or, for a bad key or a bad
    request, the run ends at once. The client should not send again by itself. At a ceiling or after a failure the answer is
    the best text so far, and the run is not settled.

    Args:
        run: The run, as `plan.start()` made it.
        client: Sends one sample's request; see `Client`. It should ask for `call.max_tokens` tokens at most.
        concurrency: Most streams at once, at least 1. With 1, samples are sent one after another, so a vote that is decided
            early sends the fewest. A probe does not wait, because the stream that it asks about is running.
        answer: Takes the final answer out of a stream's whole text, or None when it is not there. Without it, the answer
            is the stream's last `Chunk.answer`, or else the whole text.
        score: Scores a stream's whole text in [0, 1], or None, where the rung chooses by scores (`Rung(best=…)`). It runs here
            and costs the run nothing; without it the rung's `scorer` is asked, by calls of kind `"score"`.
        watch: Called with each action other than to go on, with the call and the sample that it answers.
        clock: The time of each event; `rheostat.clock` if not given. A replay passes its own.
        sleep: Waits for some seconds before a failed request is sent again: `time.sleep` if not given. With a clock of your own
            and no `sleep`, nothing waits.

    Returns:
        `run.answer`: the settled answer, or the best so far, or None. `run.settled` and `run.spent` tell the rest.

    Raises:
        InvalidValueError: `concurrency` is below 1.
        Exception: An error of `answer` or `watch`; or the client's last error, when all streams failed (`run.answer` then has
            the longest text that came).

    Example:
        >>> import rheostat as rh
        >>> from rheostat.host import serve
        >>> governor = rh.Governor(rh.Ladder([rh.Rung("fast")]), policy=rh.policy.Utility(usd_per_error=2.0))
        >>> serve(governor.plan("What is the capital of France?").start(), lambda call, index: "Paris")
        'Paris'
    """
    steps = turns(Host(run, answer=answer, score=score, watch=watch, clock=clock), client, concurrency=concurrency, sleep=sleep)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]


def turns(
    host: Host, client: Client, *, concurrency: int = 1, sleep: Callable[[float], None] | None = None
) -> Generator[None, None, str | None]:
    """Serves the run of a host in steps: yields after each piece, and returns the answer. Closing it closes run and streams.

    Args:
        host: The host.
        client: As in `serve`.
        concurrency: As in `serve`.
        sleep: As in `serve`.

    Example:
        >>> import rheostat as rh
        >>> from rheostat.host import Host, turns
        >>> run = rh.Governor(rh.Ladder([rh.Rung("fast")])).plan("What is the capital of France?").start()
        >>> len(list(turns(Host(run), lambda call, index: "Paris"))), run.answer
        (2, 'Paris')
    """
    check_concurrency(concurrency)
    going: dict[Stream, Generator[Any, None, None]] = {}
    waits = _Waits(host, sleep)
    left = 0
    try:
        while not host.over:
            for stream in host.next(concurrency - len(going)):
                going[stream] = _pieces(client, stream)
                waits.add(stream)
            if not going:
                break
            for stream, pieces in waits.ready(going):
                while (steady := None if stream.over else _turn(host, stream, pieces)) is not None:
                    yield
                    # A lone stream is read on without a question to the run, until something has changed.
                    if len(going) > 1 or not (steady or host.steady):
                        break
                else:
                    left += not _close(going.pop(stream))
                    yield
    finally:
        host.close()
        left += sum(not _close(pieces) for pieces in going.values())
    if left:
        warn(f"{left} streams refused to close (they ignored GeneratorExit), and were left", RuntimeWarning)
    return host.result()


class _Waits:
    """Streams that wait before they are opened."""

    def __init__(self, host: Host, sleep: Callable[[float], None] | None) -> None:
        self.host, self.clock = host, host.clock or process_clock
        self.sleep = sleep or (_sleep if host.clock is None else None)
        self.due: dict[Stream, float] = {}

    def add(self, stream: Stream) -> None:
        """Adds a stream, if it has to wait."""
        if stream.delay > 0 and self.sleep is not None:
            self.host.waits(stream)
            self.due[stream] = self.clock() + stream.delay

    def ready(self, going: dict[Stream, Generator[Any, None, None]]) -> list[tuple[Stream, Generator[Any, None, None]]]:
        """Returns the streams that need not wait any more. Sleeps if all wait."""
        if self.due and self.sleep is not None:
            self.due = {stream: at for stream, at in self.due.items() if not stream.over}
            now = self.clock()
            if self.due and len(self.due) == len(going):
                first = min(self.due.values())
                if first > now:
                    self.sleep(first - now)
                now = max(first, now)
            self.due = {stream: at for stream, at in self.due.items() if at > now}
        return [(stream, pieces) for stream, pieces in going.items() if stream not in self.due]


def _turn(host: Host, stream: Stream, pieces: Generator[Any, None, None]) -> bool | None:
    """Reads one piece of a stream: True if only the next is to be read, False if something may have changed, None at the end."""
    try:
        piece: Any = next(pieces)
        if not isinstance(piece, host.kinds):
            raise wrong_piece(piece)
    except StopIteration:
        host.end(stream)
        return None
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001  # An error of the client fails the stream, not the host.
        host.fail(stream, error)
        return None
    if host.hear(stream, piece):
        return True
    if stream.going:
        return False
    host.end(stream)
    return None


def _close(pieces: Generator[Any, None, None]) -> bool:
    """Closes a stream, which has ended for the run: an error of its closing changes nothing. False if it goes on."""
    try:
        pieces.close()
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001
        return not refuses_to_close(error)
    return True


def refuses_to_close(error: BaseException) -> bool:
    """True for the error of a generator that yields instead of closing."""
    return isinstance(error, RuntimeError) and "ignored GeneratorExit" in str(error)


def _pieces(client: Client, stream: Stream) -> Generator[Any, None, None]:
    """Yields the pieces of a client's result."""
    reply = client(stream.call, stream.index)
    if isinstance(reply, (str, bytes, Mapping)) or not hasattr(reply, "__iter__"):
        yield reply
        return
    try:
        yield from reply
    finally:
        close = getattr(reply, "close", None)
        if close is not None:
            close()


def check_concurrency(concurrency: int) -> None:
    """Refuses a host that could not send anything."""
    whole("concurrency", concurrency, 1)
