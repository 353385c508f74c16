"""The server's routes."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from collections.abc import AsyncIterator
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, StreamingResponse
from starlette.routing import Route

from rheostat.errors import InvalidTypeError, InvalidValueError, MalformedError, UnknownNameError
from rheostat_lab import Lab
from rheostat_lab.engine import Stream
from rheostat_lab.server.driver import QUEUE, Driver, Full
from rheostat_lab.server.wire import Asked, Writer, failure, parse

LARGEST_BODY = 256 * 1024
RETRY_AFTER = 1
GRACE = 5
"""Seconds that open requests get when the server is to stop."""


def application(lab: Lab, queue: int = QUEUE) -> Any:
    """The ASGI application; its state holds the `driver`.

    Args:
        lab: The models that it serves.
        queue: The most streams that are open at once; requests beyond them are answered 429, with Retry-After.
    """

    @contextlib.asynccontextmanager
    async def lifespan(app: Any) -> AsyncIterator[None]:
        app.state.driver = Driver(lab, queue)
        task = asyncio.create_task(app.state.driver.run())
        yield
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    routes = [
        Route("/health", _health),
        Route("/v1/models", _models),
        Route("/v1/models/{model}", _model),
        Route("/v1/chat/completions", _complete, methods=["POST"]),
    ]
    app = Starlette(routes=routes, lifespan=lifespan)
    app.state.count = itertools.count(1)
    return app


def serve(lab: Lab, host: str, port: int, queue: int = QUEUE) -> None:
    """Serves until it is interrupted. Prompts are not logged."""
    uvicorn.run(
        application(lab, queue), host=host, port=port, log_level="warning", access_log=False, timeout_graceful_shutdown=GRACE
    )


async def _health(request: Any) -> Any:
    driver: Driver = request.app.state.driver
    engines = driver.lab.engines.values()
    running, waiting = sum(e.running for e in engines), sum(e.waiting for e in engines)
    return JSONResponse({"status": "ok", "open": driver.open, "running": running, "waiting": waiting, "queue": driver.queue})


def _listed(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "rheostat"}


async def _models(request: Any) -> Any:
    return JSONResponse({"object": "list", "data": [_listed(name) for name in request.app.state.driver.lab.models]})


async def _model(request: Any) -> Any:
    name = request.path_params["model"]
    if name not in request.app.state.driver.lab.models:
        return JSONResponse(failure(f"there is no model {name!r}", "invalid_request_error", "model_not_found"), 404)
    return JSONResponse(_listed(name))


async def _complete(request: Any) -> Any:
    driver: Driver = request.app.state.driver
    try:
        body = await _body(request)
    except ClientDisconnect:
        return JSONResponse(failure("the client has gone", "invalid_request_error"), 499)
    if body is None:
        return JSONResponse(failure(f"the body is larger than {LARGEST_BODY} bytes", "invalid_request_error"), 413)
    try:
        asked = parse(body)
        streams = driver.add(asked.model, asked.requests)
    except UnknownNameError as error:
        return JSONResponse(failure(str(error.args[0]), "invalid_request_error", "model_not_found"), 404)
    except (InvalidTypeError, InvalidValueError, MalformedError) as error:
        return JSONResponse(failure(str(error), "invalid_request_error"), 400)
    except Full as error:
        return JSONResponse(
            failure(str(error), "rate_limit_error", "rate_limit_exceeded"), 429, {"Retry-After": str(RETRY_AFTER)}
        )
    ident = f"chatcmpl-lab-{next(request.app.state.count)}"
    writer = Writer(asked, streams, driver.lab[asked.model].tokenizer, ident)
    if asked.stream:
        return _streaming(driver, asked, writer, streams)
    try:
        if not await _finished(request, driver, streams):
            return JSONResponse(failure("the client has gone", "invalid_request_error"), 499)
        return JSONResponse(writer.whole())
    finally:
        driver.close(streams)


def _streaming(driver: Driver, asked: Asked, writer: Writer, streams: list[Stream]) -> Any:
    response = StreamingResponse(_events(driver, asked, writer, streams), media_type="text/event-stream")

    async def respond(scope: Any, receive: Any, send: Any) -> None:
        # Not only in the generator: a client may be gone before that has begun, and then it never ends either.
        try:
            await response(scope, receive, send)
        finally:
            driver.close(streams)

    return respond


async def _body(request: Any) -> bytes | None:
    """The body, or None where it is too large: no more than the bound is ever held."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > LARGEST_BODY:
            return None
        parts.append(part)
    return b"".join(parts)


async def _finished(request: Any, driver: Driver, streams: list[Stream]) -> bool:
    """Waits until all streams have ended. False when the client went away before."""

    async def ends() -> None:
        for stream in streams:
            async for _ in driver.follow(stream):
                pass

    async def gone() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass

    tasks = [asyncio.ensure_future(ends()), asyncio.ensure_future(gone())]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return tasks[0].done()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _events(driver: Driver, asked: Asked, writer: Writer, streams: list[Stream]) -> AsyncIterator[str]:
    """The chunks of all choices, interleaved as they come."""
    chunks: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()

    async def tell(i: int) -> None:
        async for upto in driver.follow(streams[i]):
            for chunk in writer.chunks(i, upto):
                chunks.put_nowait(chunk)
        chunks.put_nowait(writer.end(i))
        chunks.put_nowait(None)

    tasks = [asyncio.ensure_future(tell(i)) for i in range(len(streams))]
    try:
        left = len(streams)
        while left:
            chunk = await chunks.get()
            if chunk is None:
                left -= 1
            else:
                yield _event(chunk)
        if asked.usage:
            yield _event(writer.last())
        yield "data: [DONE]\n\n"
    finally:
        for task in tasks:
            task.cancel()


def _event(chunk: dict[str, Any]) -> str:
    return f"data: {json.dumps(chunk, ensure_ascii=False, separators=(',', ':'))}\n\n"
