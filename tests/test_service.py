"""A web service on a governed client: what its clients get, and what is left when they go. ASGI drives it, without a network."""

from __future__ import annotations

import asyncio
import gc
import importlib.util
import json
import os
import random
import sys
from collections.abc import Iterator
from typing import Any

import pytest

import rheostat as rh
from tests.conftest import ROOT
from tests.provider import Provider, Says

openai = pytest.importorskip("openai", reason="openai is not installed")
pytest.importorskip("fastapi", reason="fastapi is not installed")


@pytest.fixture
def provider() -> Provider:
    """A provider whose script a test may replace."""
    return Provider(lambda *_: Says(["Pa", "ris"]))


@pytest.fixture
def service(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The example, with a client of the scripted provider."""
    monkeypatch.setenv("OPENAI_API_KEY", "key")
    spec = importlib.util.spec_from_file_location("service", ROOT / "examples" / "service.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # Its models are looked up by the module's name.
    monkeypatch.setitem(sys.modules, "service", module)
    spec.loader.exec_module(module)
    plain = openai.AsyncOpenAI(http_client=provider.async_client(), max_retries=0)
    monkeypatch.setattr(module, "client", rh.openai.govern(plain, module.governor, judge="never_restart"))
    yield module
    module.loop.stop()


async def post(
    app: Any, path: str, fields: object, leaves_after: int | None = None, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """Sends a request. The client leaves after some pieces of the answer, or stays."""
    asked, left = asyncio.Event(), asyncio.Event()
    status = 0
    shown: dict[str, str] = {}
    pieces: list[bytes] = []

    async def receive() -> dict[str, Any]:
        if not asked.is_set():
            asked.set()
            return {"type": "http.request", "body": json.dumps(fields).encode(), "more_body": False}
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        nonlocal status, shown
        if message["type"] == "http.response.start":
            status, shown = message["status"], {name.decode(): value.decode() for name, value in message["headers"]}
        elif message.get("body"):
            pieces.append(message["body"])
        if leaves_after is not None and len(pieces) >= leaves_after:
            left.set()

    given = {"content-type": "application/json"} | {name.replace("_", "-"): text for name, text in headers.items()}
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http", "path": path,
        "raw_path": path.encode(), "query_string": b"", "root_path": "", "client": ("127.0.0.1", 1), "server": ("test", 80),
        "headers": [(name.encode(), text.encode()) for name, text in given.items()],
    }  # fmt: skip
    await app(scope, receive, send)
    return status, shown, b"".join(pieces)


def test_answers_stream_and_thumbs_come_back(service: Any) -> None:
    async def main() -> None:
        status, headers, body = await post(service.app, "/chat", {"text": "What is the capital of France?", "session": "s"})
        assert (status, body) == (200, b"Paris")
        assert (headers["x-rung"], headers["x-model"]) == ("gpt-4o-mini", "gpt-4o-mini")
        good = {"plan": headers["x-plan"], "rung": headers["x-rung"], "score": 1.0}
        assert (await post(service.app, "/feedback", good))[0] == 204
        assert [(one.plan_id, one.score) for one in service.governor.outcomes()] == [(headers["x-plan"], 1.0)]
        status, _, body = await post(service.app, "/feedback", good | {"rung": "other"})
        assert (status, b"other" in body) == (422, True)

    asyncio.run(main())


def test_refusals_reach_the_caller_in_their_kind(service: Any, provider: Provider) -> None:
    async def main() -> None:
        provider.script = lambda *_: Says([], status=401)
        assert (await post(service.app, "/chat", {"text": "Why?"}))[0] == 401
        provider.script = lambda *_: Says(["4"] * 20, usage=(1_000_000, 1_000_000))
        await post(service.app, "/chat", {"text": "Why?"}, x_customer="spender")
        for _ in range(40):
            status, headers, _ = await post(service.app, "/chat", {"text": "Why?"}, x_customer="spender")
            if status == 429:
                break
        assert (status, int(headers["retry-after"]) > 0) == (429, True)
        # The cap is that customer's alone.
        provider.script = lambda *_: Says(["4"])
        assert (await post(service.app, "/chat", {"text": "Why?"}, x_customer="other"))[0] == 200

    asyncio.run(main())


def test_readers_that_leave_take_their_requests_with_them(service: Any, provider: Provider) -> None:
    chance = random.Random(3)
    provider.script = lambda *_: Says(["t"] * chance.randrange(2, 9), hangs=chance.random() < 0.5)

    async def main() -> None:
        for _ in range(int(os.environ.get("RHEOSTAT_READERS", "150")) // 10):
            asks = [post(service.app, "/chat", {"text": "Why?"}, leaves_after=chance.randrange(1, 3)) for _ in range(10)]
            await asyncio.gather(*asks)
        # The framework cancels what a reader left, also while it closes. A stream that it never opened is closed once forgotten.
        for _ in range(1_000):
            gc.collect()
            if asyncio.all_tasks() == {asyncio.current_task()}:
                return
            await asyncio.sleep(0)
        raise AssertionError(f"still running: {asyncio.all_tasks()}")

    asyncio.run(main())
    stats = service.ledger.stats()
    assert (provider.open, stats.live, stats.held_tokens, stats.made) == (0, 0, 0, stats.settled)
