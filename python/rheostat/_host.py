"""The rules of a host, without I/O: events go in, streams to open and streams to close come out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from rheostat._failures import kind_of, retry_after_of
from rheostat._native import Action, Call, HostRules, Stream
from rheostat._pieces import Chunk
from rheostat.errors import ProviderError, StateError

__all__ = ["ActionCallback", "Clock", "Host", "ReplyHost", "StreamError", "UnavailableError"]

ActionCallback: TypeAlias = Callable[[Call, int, Action], None]
"""Called with a call, the index of one of its samples, and the run's answer to it."""

Clock: TypeAlias = Callable[[], float]
"""The time, in seconds of a monotonic clock."""


class Host(HostRules):
    """The rules of a host, without I/O.

    Open the streams that `next` returns, each after its `delay`, pass each piece to `tell`, and report their end with `end` or
    `fail`. Close the I/O of those in `cancelled`. Call `tick` while all streams are silent, and always `close` in the end.

    Args:
        run: The run that is served.
        answer: As in `serve`.
        score: As in `serve`.
        watch: As in `serve`.
        clock: As in `serve`.

    Raises:
        InvalidTypeError: `run` is no `Run`, or a function cannot be called.

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

    kinds: tuple[type[Any], ...] = (Chunk, str)
    """The kinds of pieces that its clients may give."""
    _error: BaseException | None = None

    def fail(self, stream: Stream, error: BaseException) -> None:
        """Reports that a stream has failed. What is known of the error decides what the run does next; see docs/hosts.md.

        Behind the deadline, an error only ends the wait for the stream: the best text so far is the answer.
        """
        self.tick()
        if stream.over:
            failed = self.run.answer is None
        else:
            words = f"{type(error).__name__}: {error}"
            failed = self.failed(stream, words, kind=kind_of(error), retry_after=retry_after_of(error))
        if failed:
            self._error = error

    def result(self) -> str | None:
        """Returns the run's answer.

        Raises:
            Exception: The last error of a stream, when all streams failed. The run's answer is then the longest text that came
                before an error.
            ProviderError: Nothing was sent, because the upstreams have failed too often and are left alone for now.
        """
        if self._error is None and self.run.answer is None and (seconds := self.run.unavailable_for) is not None:
            raise UnavailableError(seconds)
        if self._error is not None and self.unanswered:
            if isinstance(self._error, Exception):
                raise self._error
            # To raise a client's CancelledError would look as if the caller had been cancelled.
            raise StateError(f"the client raised {type(self._error).__name__}") from self._error
        return self.run.answer


class UnavailableError(ProviderError):
    """No upstream of a run may be asked now. `retry_after` has the seconds until one may."""

    def __init__(self, seconds: float) -> None:
        why = f"the upstreams have failed too often and are left alone for {seconds:.1f} s"
        super().__init__(why, kind="overloaded", retry_after=seconds)


class StreamError(Exception):
    """An error that a provider reported within a reply, or a reply that broke off."""


class ReplyHost(Host):
    """A host whose clients give the bytes of replies: see `reads`."""

    kinds = (bytes,)

    def __init__(self, *_args: object, **_options: object) -> None:
        self._errors: dict[tuple[int, int], BaseException] = {}

    def fail(self, stream: Stream, error: BaseException) -> None:
        """As `Host.fail`."""
        super().fail(stream, error)
        if self._error is error:
            self._errors[stream.call.id, stream.index] = error

    def end(self, stream: Stream) -> None:
        """Reports that a stream has ended. A reply that reported an error or broke off has failed."""
        if not stream.over and (why := self.broken(stream)) is not None:
            self._error = self._errors[stream.call.id, stream.index] = StreamError(why)
        super().end(stream)

    def failed_by(self, error: BaseException) -> bool:
        """True for an error of a stream's client, and not of the host or of a function of the caller's."""
        return self._error is error

    def error_of(self, stream: Stream) -> BaseException | None:
        """The error that broke off a stream."""
        return self._errors.get((stream.call.id, stream.index))
