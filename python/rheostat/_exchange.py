"""The exchange of a governed request over httpx: sends what the run asks for, and makes the response that the client gets.

The synchronous and the asynchronous way differ in their I/O alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import math
import re
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Generator, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from http.client import BAD_GATEWAY, OK, SERVICE_UNAVAILABLE
from typing import Any
from urllib.parse import quote

from rheostat import aio, host
from rheostat._channel import Channel
from rheostat._decision import Decision
from rheostat._governed import SESSION, TENANT, Refused, Request, error_body, path_of, streamed_path, unserved
from rheostat._host import StreamError, UnavailableError
from rheostat._native import Call, Stream
from rheostat.errors import ProviderError, RheostatError

__all__ = ["NOTE", "Exchange", "Note", "refused"]

_DEPLOYMENT = re.compile(r"/openai/deployments/[^/]+/")
_NOT_SENT = (SESSION, TENANT, "transfer-encoding")
_NOT_RETURNED = {b"content-length", b"content-encoding", b"transfer-encoding", b"content-type", b"connection"}
_DAY = 86_400.0
_FINAL = {"x-should-retry": "false"}
"""Tells the SDKs of OpenAI and Anthropic that the request was tried as often as it may be."""


@dataclass
class Note:
    """Facts of a request for the wrapper of an SDK, which sent it."""

    decision: Decision | None = None
    failure: Exception | None = None
    """The error of the connection that stands behind the response."""
    error: Exception | None = None
    """The error of the caller's own code, or of the ledger, that stands behind it. It is raised as it is."""


NOTE: ContextVar[Note | None] = ContextVar("rheostat_note", default=None)
"""The note of the request that is being sent."""


def library(base: type[Any]) -> Any:
    """The module that a client's class comes from: httpx or httpx2."""
    return sys.modules[base.__module__.partition(".")[0]]


def refused(base: type[Any], request: Any, refusal: Refused) -> Any:
    """The governor's refusal, as the provider would say it."""
    headers = {**refusal.headers, **_FINAL, "content-type": "application/json"}
    return library(base).Response(int(refusal.status), headers=headers, content=refusal.body, request=request)


class UpstreamError(Exception):
    """A provider's error. It has the response, whose body has been read."""

    def __init__(self, response: Any) -> None:
        super().__init__(f"status {response.status_code}")
        self.response = response
        self.body: Any = None
        """The error in JSON. `rust/wire/src/failure.rs` knows its codes."""
        with contextlib.suppress(ValueError):
            self.body = response.json()


_PROVIDERS = (StreamError, UpstreamError)
"""Errors of a provider that no client knows. Behind the first byte, a client gets them as a connection that broke off."""


class Exchange:
    """One governed request, from the client's to the response that it gets."""

    def __init__(self, client: Any, base: type[Any], request: Any, options: dict[str, Any], asked: Request) -> None:
        self.client, self.request, self.options, self.asked = client, request, options, asked
        self.base, self.module = base, library(base)
        if (note := NOTE.get()) is not None:
            note.decision = asked.decision
        self.host = asked.host
        self.channel: Channel | None = None
        self.task: asyncio.Future[None] | None = None
        """Serves the run of an asynchronous stream."""
        self.heads: dict[tuple[int, int], Any] = {}
        """The upstream responses, by call and sample, for their headers."""

    def serve(self) -> Any:
        """Serves the request, and returns the response."""
        try:
            if self.asked.streams:
                return self.streamed_by(relayed := self.relayed(), next(relayed, b""))
            for _ in host.turns(self.host, self.send):
                pass
        except UpstreamError as error:
            return self.failed(error.response)
        except UnavailableError as error:
            return self.unavailable(error)
        except StreamError as error:
            return self.unusable(str(error))
        except Exception as error:  # noqa: BLE001  # It is raised, here or by the SDK's wrapper.
            return self.raised(error)
        return self.answered()

    def relayed(self) -> Generator[bytes, None, None]:
        """The bytes of the stream that the client gets. The first come before a response is made, since they may be an error."""
        turns = host.turns(self.host, self.send)
        error: Exception | None = None
        try:
            for _ in turns:
                if news := self.host.take():
                    yield news
        except _PROVIDERS as raised:
            error = raised
        finally:
            turns.close()
        if news := self.last(error):
            yield news
        self.fail()

    def last(self, error: Exception | None) -> bytes:
        """The last bytes for the client. Those of a reply that reported an error within end with it: an SDK raises its own type.

        Raises:
            Exception: The error, where the client has seen nothing: it gets a response.
        """
        if error is not None and self.host.shown is None:
            raise error
        return self.host.rest()

    async def serve_async(self) -> Any:
        """As `serve`."""
        try:
            if self.asked.streams:
                relayed = self.relayed_async()
                return self.streamed_by(relayed, await anext(relayed, b""))
            await self.serving()
        except UpstreamError as error:
            return self.failed(error.response)
        except UnavailableError as error:
            return self.unavailable(error)
        except StreamError as error:
            return self.unusable(str(error))
        except Exception as error:  # noqa: BLE001  # It is raised, here or by the SDK's wrapper.
            return self.raised(error)
        return self.answered()

    async def serving(self) -> None:
        """Serves the run to its end."""
        await aio.drive(self.host, self.send_async, self.asked.settings.concurrency, relay=self.relay)

    def relay(self) -> Callable[[], Awaitable[None]] | None:
        """Passes on what the client may see now. Returns what waits for it where it reads more slowly."""
        if self.channel is None or not (news := self.host.take()):
            return None
        self.channel.add(news)
        return self.channel.drained if self.channel.full else None

    async def relayed_async(self) -> AsyncGenerator[bytes, None]:
        """As `relayed`. The run goes on in a task; a client that reads slowly slows its stream down."""
        channel = self.channel = Channel()
        task = self.task = asyncio.ensure_future(self.serving())
        task.add_done_callback(lambda _: channel.end())
        try:
            async for news in channel:
                yield news
        finally:
            await self.stop()
        error = task.exception()
        if error is not None and not isinstance(error, _PROVIDERS):
            raise error
        if news := self.last(error):
            yield news
        self.fail()

    async def stop(self) -> None:
        """Ends the task that serves the run, which closes the streams and the run. May be called several times, and at once."""
        if self.channel is not None and self.task is not None:
            self.channel.close()
            self.task.cancel()
            await asyncio.wait([self.task])
            if not self.task.cancelled():
                # Where the reader has left, no other code asks for it.
                self.task.exception()

    def fail(self) -> None:
        """Raises the error that broke off what the client was shown: the client must not take it for whole."""
        shown = self.host.shown
        error = None if shown is None else self.host.error_of(shown)
        if isinstance(error, Exception):
            raise error

    def send(self, call: Call, index: int) -> Iterator[bytes]:
        """One upstream request."""
        client, request, options = self.addressed(call, index)
        response = client.send(self.in_time(request), stream=True, **options)
        try:
            if not response.is_success:
                response.read()
                raise UpstreamError(response)
            self.heads[call.id, index] = response
            for data in _bytes_of(response, "iter"):
                if data:
                    yield data
            yield b""
        finally:
            response.close()

    def in_time(self, request: Any) -> Any:
        """The request, which waits no longer than the run may: while it blocks, the run cannot see its deadline."""
        self.host.tick()
        left = self.asked.decision.plan.limit.seconds - self.asked.run.spent.seconds
        if left < _DAY:
            # A little longer, so that the deadline has passed when the wait is over.
            left = max(left, 0.0) + 0.01
            waits = request.extensions.get("timeout") or dict.fromkeys(("connect", "read", "write", "pool"))
            waits = {name: left if most is None else min(most, left) for name, most in waits.items()}
            request.extensions = {**request.extensions, "timeout": waits}
        return request

    async def send_async(self, call: Call, index: int) -> AsyncIterator[bytes]:
        """One upstream request."""
        client, request, options = self.addressed(call, index)
        if inspect.isawaitable(request):
            request = await request
        response = await client.send(request, stream=True, **options)
        try:
            if not response.is_success:
                await response.aread()
                raise UpstreamError(response)
            self.heads[call.id, index] = response
            async for data in _bytes_of(response, "aiter"):
                if data:
                    yield data
            yield b""
        finally:
            await response.aclose()

    def addressed(self, call: Call, index: int) -> tuple[Any, Any, dict[str, Any]]:
        """The client that sends a sample of a call, its request (perhaps to be awaited), and how it is sent."""
        body = self.asked.body_of(call, index)
        if call.deployment is None:
            return self.client, self.upstream(call, body), self.options
        upstream = self.asked.settings.deployments.get(call.deployment)
        if upstream is None:
            # The governor got another ladder since the client was made.
            raise ProviderError(f'unknown deployment "{call.deployment}"', kind="unreached")
        request = upstream.request(self.request, path_of(self.asked.surface, call.model), call.model, body)
        # The options are those of the client's own requests, and may hold its authentication.
        return upstream.client, request, {}

    def upstream(self, call: Call, body: bytes) -> Any:
        """The request of a call to the client's own upstream."""
        request, url = self.request, self.request.url
        # A copy: headers that are given as texts are each encoded and checked again.
        headers = self.module.Headers(request.headers)
        for name in _NOT_SENT:
            if name in headers:
                del headers[name]
        headers["content-length"] = str(len(body))
        # Azure's address has the model in it, or the deployment that its client was made with.
        if "/openai/deployments/" in url.path:
            place = quote(call.model, safe="")
            url = url.copy_with(path=_DEPLOYMENT.sub(lambda _: f"/openai/deployments/{place}/", url.path))
        if (path := streamed_path(url.path.rstrip("/"), call.model)) is not None:
            url = url.copy_with(path=path)
            if self.asked.surface == "gemini.generate":
                url = url.copy_merge_params({"alt": "sse"})
        stream, made = self.module.ByteStream(body), type(request)
        request = made(request.method, url, headers=headers, stream=stream, extensions=request.extensions)
        request.read()
        return request

    def failed(self, response: Any) -> Any:
        """The last error of the provider. The run has tried again as often as it may."""
        kind = {"content-type": response.headers.get("content-type", "application/json")}
        return self.response(response.status_code, {**_FINAL, **kind}, response.content, of=response)

    def raised(self, error: Exception) -> Any:
        """Raises an error that has no response. An SDK would send the request again: it gets a response, and a note."""
        note = NOTE.get()
        if note is None:
            raise error
        # Whatever a transport raises is an error of the connection for the SDKs.
        if self.host.failed_by(error) and not isinstance(error, RheostatError):
            note.failure = error
        else:
            note.error = error
        return self.unusable(str(error))

    def unavailable(self, error: UnavailableError) -> Any:
        """The error of a request that no upstream may be asked about now."""
        headers = {**_FINAL, "content-type": "application/json", "retry-after": str(math.ceil(error.retry_after or 0.0))}
        return self.response(SERVICE_UNAVAILABLE, headers, error_body(self.asked.surface, str(error), "overloaded_error"))

    def unusable(self, why: str, status: int = BAD_GATEWAY) -> Any:
        """An error of the provider's that has no response of its own."""
        content = error_body(self.asked.surface, why, "upstream_error")
        return self.response(status, {**_FINAL, "content-type": "application/json"}, content)

    def answered(self) -> Any:
        """The best reply."""
        best = self.host.best()
        if best is not None:
            kind = {"content-type": "application/json"}
            return self.response(OK, kind, self.host.whole(best), of=self.head_of(best))
        if (refusal := unserved(self.asked, self.request.headers)) is not None:
            return refused(self.base, self.request, refusal)
        return self.unusable(f"no answer came: {self.asked.run.ended}", SERVICE_UNAVAILABLE)

    def streamed_by(self, relayed: Any, first: bytes) -> Any:
        """The stream of the reply that is shown."""
        shown = self.host.shown
        if not first or shown is None:
            return self.answered()
        made = _stream_type(self.module, asynchronous=self.channel is not None)
        kind = {"content-type": "text/event-stream"}
        return self.response(OK, kind, stream=made(first, relayed, self.stop), of=self.head_of(shown))

    def head_of(self, stream: Stream) -> Any:
        """The upstream's response to the request of a stream. One request may serve all samples of a call."""
        return self.heads.get((stream.call.id, stream.index)) or self.heads[stream.call.id, 0]

    def response(
        self, status: int, headers: dict[str, str], content: bytes | None = None, stream: Any = None, of: Any = None
    ) -> Any:
        """A response to the client, with the headers of the upstream's response that it is made `of`."""
        own = [(name.encode(), value.encode()) for name, value in {**headers, **self.asked.response_headers()}.items()]
        named = _NOT_RETURNED.union(name for name, _ in own)
        # Of the response as bytes: as texts they would be decoded first, and in the end encoded again.
        kept = [] if of is None else [header for header in of.headers.raw if header[0].lower() not in named]
        made = kept + own
        response = self.module.Response(int(status), headers=made, content=content, stream=stream, request=self.request)
        # Its transport would set it when the response is closed.
        response.elapsed = timedelta(seconds=self.asked.run.spent.seconds)
        return response


def _bytes_of(response: Any, way: str) -> Any:
    """The bytes of a response. They go through no decoder where they are not encoded. A hook of the client may have read them."""
    decoded = response.is_stream_consumed or "content-encoding" in response.headers
    return getattr(response, f"{way}_bytes" if decoded else f"{way}_raw")()


@cache
def _stream_type(module: Any, *, asynchronous: bool) -> type[Any]:
    """A stream of bytes, of the library's own type."""
    if asynchronous:

        class AsyncBytes(module.AsyncByteStream):  # type: ignore[misc]
            def __init__(self, first: bytes, rest: AsyncGenerator[bytes, None], stop: Callable[[], Awaitable[None]]) -> None:
                self.first, self.rest, self.stop = first, rest, stop

            async def __aiter__(self) -> AsyncIterator[bytes]:
                yield self.first
                try:
                    async for news in self.rest:
                        yield news
                except _PROVIDERS as error:
                    raise module.RemoteProtocolError(str(error)) from error

            async def aclose(self) -> None:
                # Not `rest.aclose()`: where the garbage collector closes it, too, Python 3.11 waits for ever.
                await self.stop()

        return AsyncBytes

    class Bytes(module.SyncByteStream):  # type: ignore[misc]
        def __init__(self, first: bytes, rest: Generator[bytes, None, None], _stop: object) -> None:
            self.first, self.rest = first, rest

        def __iter__(self) -> Iterator[bytes]:
            yield self.first
            try:
                yield from self.rest
            except _PROVIDERS as error:
                raise module.RemoteProtocolError(str(error)) from error

        def close(self) -> None:
            self.rest.close()

    return Bytes
