"""A provider for tests: scripted replies in the format of OpenAI's chat completions, over a transport without a network."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
from typing_extensions import Self


@dataclass
class Says:
    """A reply. `pieces` are the parts of its text; `breaks` is raised, or the stream just ends, behind them."""

    pieces: list[str] = field(default_factory=lambda: ["4"])
    finish: str | None = "stop"
    calls: list[dict[str, Any]] | None = None
    usage: tuple[int, int] | None = (9, 3)
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    breaks: Exception | None = None
    raw: bytes | None = None
    """Bytes in place of the events."""
    hangs: bool = False
    """True if nothing more comes, and the stream stays open."""

    def events(self, model: str) -> Iterator[bytes]:
        """Its events."""
        head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": model}

        def event(delta: dict[str, Any], finish: str | None = None) -> bytes:
            return sse(head | {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})

        if self.raw is not None:
            yield self.raw
            return
        yield event({"role": "assistant", "content": ""})
        for piece in self.pieces:
            yield event({"content": piece})
        for i, call in enumerate(self.calls or []):
            yield event({"tool_calls": [{"index": i, "id": f"call_{i}", "type": "function", "function": call}]})
        if self.breaks is None and not self.hangs:
            if self.finish is not None:
                yield event({}, self.finish)
            if self.usage is not None:
                given, written = self.usage
                counts = {"prompt_tokens": given, "completion_tokens": written, "total_tokens": given + written}
                yield sse(head | {"choices": [], "usage": counts})
            yield b"data: [DONE]\n\n"


def sse(data: object) -> bytes:
    """An event."""
    return b"data: " + json.dumps(data).encode() + b"\n\n"


@dataclass
class Provider:
    """Answers requests by a script: a function of the request's fields and of the number of requests before it."""

    script: Callable[[dict[str, Any], int], Says]
    asked: list[dict[str, Any]] = field(default_factory=list)
    requests: list[httpx.Request] = field(default_factory=list)
    open: int = 0
    """Streams that are open."""
    hanging: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once a stream hangs."""

    def _reply(self, request: httpx.Request) -> tuple[Says, str]:
        fields = json.loads(request.content)
        says = self.script(fields, len(self.asked))
        self.asked.append(fields)
        self.requests.append(request)
        return says, fields["model"]

    def answer(self, request: httpx.Request, *, asynchronous: bool) -> httpx.Response:
        """The response to a request."""
        says, model = self._reply(request)
        if says.breaks is not None and not says.pieces:
            raise says.breaks
        if says.status != 200:
            return httpx.Response(
                says.status, headers=says.headers, json=says.body or {"error": {"message": "no", "type": "test"}}
            )
        headers = {"content-type": "text/event-stream", "x-request-id": f"req-{len(self.asked)}"} | says.headers
        stream = AsyncBytes(self, says, model) if asynchronous else Bytes(self, says, model)
        if not self.asked[-1].get("stream"):
            message = {"role": "assistant", "content": "".join(says.pieces)}
            choice = {"index": 0, "message": message, "finish_reason": says.finish, "logprobs": None}
            whole = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": model, "choices": [choice]}
            return httpx.Response(200, json=whole)
        return httpx.Response(200, headers=headers, stream=stream)

    @staticmethod
    def hangs(response: httpx.Response) -> bool:
        """True for a stream that stays open."""
        return isinstance(response.stream, Bytes) and response.stream.says.hangs

    def client(self) -> httpx.Client:
        """A client that it answers."""
        return httpx.Client(transport=Transport(self))

    def async_client(self) -> httpx.AsyncClient:
        """An asynchronous one."""
        return httpx.AsyncClient(transport=AsyncTransport(self))


class Transport(httpx.BaseTransport):  # type: ignore[misc]
    def __init__(self, provider: Provider) -> None:
        self.provider = provider

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        return self.provider.answer(request, asynchronous=False)


class AsyncTransport(httpx.AsyncBaseTransport):  # type: ignore[misc]
    def __init__(self, provider: Provider) -> None:
        self.provider = provider

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        return self.provider.answer(request, asynchronous=True)


class Bytes(httpx.SyncByteStream):  # type: ignore[misc]
    def __init__(self, provider: Provider, says: Says, model: str) -> None:
        self.provider, self.says, self.model = provider, says, model
        provider.open += 1
        self.closed = False

    def __iter__(self) -> Iterator[bytes]:
        yield from self.says.events(self.model)
        if self.says.breaks is not None:
            raise self.says.breaks

    def close(self) -> None:
        self.provider.open -= not self.closed
        self.closed = True


class AsyncBytes(httpx.AsyncByteStream):  # type: ignore[misc]
    def __init__(self, provider: Provider, says: Says, model: str) -> None:
        self.provider, self.says, self.model = provider, says, model
        provider.open += 1
        self.closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for event in self.says.events(self.model):
            await asyncio.sleep(0)
            yield event
        if self.says.breaks is not None:
            raise self.says.breaks
        if self.says.hangs:
            self.provider.hanging.set()
            await asyncio.Event().wait()

    async def aclose(self) -> None:
        self.provider.open -= not self.closed
        self.closed = True


class Loopback:
    """A provider on the loopback interface, for clients that bring their own transport. It says "4" to everything."""

    def __init__(self, script: Callable[[dict[str, Any], int], Says] | None = None) -> None:
        provider = self.provider = Provider(script or (lambda *_: Says()))

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                request = httpx.Request("POST", "http://loopback" + self.path, headers=dict(self.headers), content=body)
                try:
                    response = provider.answer(request, asynchronous=False)
                except Exception:  # The script breaks the connection.
                    self.close_connection = True
                    return
                self.send_response(response.status_code)
                for name, value in response.headers.items():
                    if name.lower() not in ("content-length", "transfer-encoding"):
                        self.send_header(name, value)
                self.send_header("transfer-encoding", "chunked")
                self.end_headers()
                self.close_connection = True
                try:
                    for part in response.stream:
                        self.wfile.write(b"%x\r\n%b\r\n" % (len(part), part))
                    if not provider.hangs(response):
                        self.wfile.write(b"0\r\n\r\n")
                        self.close_connection = False
                    else:
                        # Until the client has left.
                        self.rfile.read(1)
                except Exception:  # The script breaks the stream off, or the client has left.
                    pass
                finally:
                    response.close()

            def log_message(self, *_: Any) -> None:
                """Says nothing."""

        class Server(ThreadingHTTPServer):
            # Connections beyond it are tried again by the kernel after seconds: hundreds of clients would wait for a minute.
            request_queue_size = 1_024

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
