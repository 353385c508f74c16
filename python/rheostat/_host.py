"""The rules of a host, without I/O: events go in, streams to open and streams to close come out."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import TypeAlias

from rheostat._checks import wrong_type
from rheostat._failures import kind_of, retry_after_of
from rheostat._native import Action, Call, Run
from rheostat._pieces import Chunk, PieceReader, as_chunk, has_come, has_tokens, is_blank, overshoots
from rheostat._stream import GrantedCall, Stream
from rheostat.errors import StateError

__all__ = ["ActionCallback", "Clock", "Host"]

ActionCallback: TypeAlias = Callable[[Call, int, Action], None]
"""Called with a call, the index of one of its samples, and the run's answer to it."""

Clock: TypeAlias = Callable[[], float]
"""The time, in seconds of a monotonic clock."""


class Host:
    """The rules of a host, without I/O.

    Open the streams that `next` returns, each after its `delay`, pass each piece to `tell`, and report their end with `end` or
    `fail`. Close the I/O of those in `cancelled`. Call `tick` while all streams are silent, and always `close` in the end.

    Args:
        run: The run that is served.
        answer: As in `serve`.
        watch: As in `serve`.
        clock: As in `serve`.

    Example:
        >>> import rheostat as rh
        >>> from rheostat.host import Host
        >>> governor = rh.Governor(rh.Ladder([rh.Rung("fast")]), policy=rh.policy.Utility(usd_per_error=2.0))
        >>> host = Host(governor.plan("What is the capital of France?").start())
        >>> while not host.over and (streams := host.next()):
        ...     for stream in streams:
        ...         going_on = host.tell(stream, "Paris")
        ...         host.end(stream)
        >>> host.close()
        >>> host.result()
        'Paris'
    """

    def __init__(
        self,
        run: Run,
        *,
        answer: Callable[[str], str | None] | None = None,
        watch: ActionCallback | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.run = run
        self.over = False
        """True once the run has its answer or has met its ceiling: nothing more is to be sent or read."""
        self._reader = PieceReader()
        self.clock = clock
        """The clock of its events, if it is not the process's."""
        self._extract, self._watch = answer, watch
        self._waiting: deque[Stream] = deque()
        self._open: dict[Stream, None] = {}
        self._unsent: dict[GrantedCall, None] = {}
        self._cancelled: list[Stream] = []
        self._error: BaseException | None = None
        self._heard = False

    def next(self, room: int = 1 << 30) -> list[Stream]:
        """Asks the run for calls. Returns the streams to open now, at most `room` and all probes; the others wait."""
        if self.over:
            return []
        self._return_unsent()
        for call in self.run.next(at=self._at()):
            granted = GrantedCall(call)
            self._waiting += [Stream(call, index, granted=granted) for index in range(call.samples)]
        ready = [stream for stream in self._waiting if stream.call.kind == "probe"]
        ready += [stream for stream in self._waiting if stream.call.kind != "probe"][: max(room - len(ready), 0)]
        for stream in ready:
            self._waiting.remove(stream)
            self._open[stream] = None
        return ready

    def tell(self, stream: Stream, piece: Chunk | str) -> bool:
        """Passes a piece of a stream to the run. Returns True to read on; if False, call `end` and close the stream's I/O.

        A stream that has used up its grant is read on for up to 64 pieces, because its usage and its answer may come last; its
        content is not. Close one that stays silent.

        Raises:
            InvalidTypeError: The piece is not a `Chunk` or a `str`.
        """
        chunk = as_chunk(piece)
        if stream.over or stream.stopped:
            return False
        text = self._reader.string(chunk.text) or ""
        written = (self._reader.string(chunk.thinking) or "") + text
        if chunk.finish_reason is not None:
            stream.finish_reason = self._reader.word(chunk.finish_reason)
        if stream.rest is not None and overshoots(chunk):
            stream.passes_over(text)
            return stream.reads_on()
        if chunk.answer is not None:
            answer = self._reader.string(chunk.answer)
            stream.answer = answer if not is_blank(answer or "") else stream.answer
        if text:
            stream.texts.append(text)
        stream.came |= has_come(chunk, written)
        stream.counts(content=has_tokens(chunk, written))
        # The run gets the whole piece, even if its beginning stops the stream: the cost is at its end.
        actions = list(self._reader.events(chunk, written, stream.granted.samples[stream.index], self._at()))
        self._heard |= self._reader.probed
        if not actions:
            # A client may yield empty pieces for ever; each lets time pass.
            self.tick()
        spent = stream.rest is not None and not actions
        for action in actions:
            spent = action.kind == "ceiling" and action.scope == "sample"
            if spent:
                self._report(action, stream)
            else:
                stream.stopped |= self._obey(action, stream)
        stream.note(spent=spent, text=text)
        return stream.reads_on()

    def end(self, stream: Stream) -> None:
        """Reports that a stream has ended. If it was stopped, or cut at its grant, only an answer of its client counts."""
        if stream.over:
            return
        answer = stream.answer or self._extracted(stream)
        text = ""
        if self._extract is None and not (answer or stream.stopped or stream.cut):
            text = "".join(stream.texts)
        came = bool(answer or text)
        self._heard |= came
        if not came:
            self._keep(stream)
        self._finish(stream, answer or None, text or None)

    def fail(self, stream: Stream, error: BaseException) -> None:
        """Reports that a stream has failed. What is known of the error decides what the run does next; see docs/hosts.md."""
        self._error = error
        if stream.over:
            return
        if stream.answer and not stream.stopped:
            # It has told its answer: what breaks behind it costs nothing.
            self.end(stream)
            return
        self._keep(stream)
        self._leave(stream)
        text, sent = f"{type(error).__name__}: {error}", True if stream.came else None
        sample = stream.granted.samples[stream.index]
        failed = sample.fail(text, kind=kind_of(error), sent=sent, retry_after=retry_after_of(error), at=self._at())
        self._obey(failed, stream)

    def cancelled(self) -> list[Stream]:
        """Returns the streams that were abandoned since the last call of this method; close their I/O."""
        cancelled, self._cancelled = self._cancelled, []
        return cancelled

    def tick(self) -> None:
        """Lets time pass, so that a deadline is met while all streams are silent."""
        self._obey(self.run.tick(at=self._at()), None)

    def close(self) -> None:
        """Ends what is in flight, then what was never sent, then the run."""
        for stream in list(self._open):
            self._cancel(stream)
        for granted in self._unsent | dict.fromkeys(stream.granted for stream in self._waiting):
            try:
                granted.call.fail("not needed any more", sent=False, at=self._at())
            except StateError:
                pass  # All its streams had ended.
        self.run.close(at=self._at())

    def result(self) -> str | None:
        """Returns the run's answer.

        Raises:
            Exception: The last error of a stream, when all streams failed. The run's answer is then the longest text that came
                before an error.
        """
        if self._error is not None and not (self._heard or self.run.settled):
            if isinstance(self._error, Exception):
                raise self._error
            # To raise a client's CancelledError would look as if the caller had been cancelled.
            raise StateError(f"the client raised {type(self._error).__name__}") from self._error
        return self.run.answer

    @property
    def invalid(self) -> int:
        """Number of values that a provider cannot have meant, such as a negative count. They are left out."""
        return self._reader.invalid

    def _at(self) -> float | None:
        return None if self.clock is None else self.clock()

    def _extracted(self, stream: Stream) -> str | None:
        """The answer that the caller's function takes out of the text so far."""
        if self._extract is None:
            return None
        answer = self._extract("".join(stream.texts))
        if answer is not None and not isinstance(answer, str):
            raise wrong_type("answer: result", answer, "a str or None")
        return answer

    def _keep(self, stream: Stream) -> None:
        """Keeps the text of a stream that breaks off: nothing that came is lost, even if there is no other answer."""
        text = stream.answer
        if text is None:
            try:
                text = "".join(stream.texts) if self._extract is None else self._extracted(stream)
            except (KeyboardInterrupt, SystemExit):
                raise
            except BaseException:  # noqa: BLE001  # The caller's function may fail on a part of a text.
                text = None
        if text:
            self._heard |= stream.answer is not None
            stream.granted.samples[stream.index].keep(text)

    def _report(self, action: Action, stream: Stream) -> None:
        if self._watch is not None:
            self._watch(stream.call, stream.index, action)

    def _obey(self, action: Action, stream: Stream | None) -> bool:
        """Follows an action. Returns True if the stream that it answers must stop."""
        if stream is not None and action.kind != "continue":
            self._report(action, stream)
        if not action.stops:
            return False
        if action.scope == "run":
            self.over = True
            self._give_up(one for one in self._open if one is not stream)
        elif stream is not None and action.scope in ("call", "unsent"):
            if action.scope == "call":
                self._give_up(one for one in self._open if one.granted is stream.granted and one is not stream)
            for unsent in [one for one in self._waiting if one.granted is stream.granted]:
                self._waiting.remove(unsent)
                # What was never sent costs nothing if its call fails, which waits for those of its streams that were sent.
                self._unsent[stream.granted] = None
        return action.scope != "unsent"

    def _return_unsent(self) -> None:
        """Gives back what was abandoned before it was sent, so that the next rung has the room."""
        for granted in [one for one in self._unsent if not any(stream.granted is one for stream in self._open)]:
            del self._unsent[granted]
            # Its streams were given up before, so the run does not try it again.
            granted.call.fail("not needed any more", sent=False, at=self._at())

    def _give_up(self, streams: Iterable[Stream]) -> None:
        for stream in list(streams):
            self._cancel(stream)
            self._cancelled.append(stream)

    def _cancel(self, stream: Stream) -> None:
        self._keep(stream)
        self._heard |= bool(stream.texts)
        self._leave(stream)
        stream.granted.samples[stream.index].cancel(at=self._at())

    def _finish(self, stream: Stream, answer: str | None = None, text: str | None = None) -> None:
        self._leave(stream)
        # An answer that the client has told counts, however the stream ended.
        reason = stream.finish_reason if answer is None else None
        sample = stream.granted.samples[stream.index]
        self._obey(sample.finish(answer, text=text, finish_reason=reason, at=self._at()), stream)

    def _leave(self, stream: Stream) -> None:
        stream.over = True
        del self._open[stream]
