"""A storm of requests whose clients may vanish, and kills of the proxy under load: leaks, and the balance of the ledger.

    make proxy && python -m benches.proxy_storm            # 100,000 requests
    python -m benches.proxy_storm --requests 2000 --kills 2

A scripted provider and the clients run in this process. Three clients in ten vanish: before the reply, in the middle of it, or
without taking any of it. What is checked:

    memory and open files of the proxy   from a tenth of the requests to all of them
    open requests and streams            none is left
    the ledger in its file               nothing is held; what is spent is, to the token, what the proxy's own counters say, and
                                         no less than the provider wrote to the clients that stayed
    kill -9 and a new process            at most what was in flight stays held, and nothing that a client paid for is lost
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import rheostat as rh
from benches.proxy import PROGRAM, _event
from rheostat.stores import SQLite

CAPS = [rh.Cap("tenant", tokens=10**12)]
CONNECTIONS = 64
TOKENS = 3

CONFIG = """
[[rung]]
name = "fast"
model = "small"
output_price = 0.6

[[rung]]
name = "deep"
model = "large"
output_price = 10.0

[[cap]]
scope = "tenant"
tokens = 1_000_000_000_000

[ledger]
file = "{file}"

[proxy]
listen = "127.0.0.1:0"
judge = "never_restart"

[[upstream]]
name = "upstream"
url = "http://127.0.0.1:{port}/v1"
"""


@dataclass
class Count:
    """Replies by their fate, as clients saw them."""

    whole: int = 0
    vanished: int = 0
    refused: int = 0
    broken: int = 0
    paid: int = 0
    """Tokens of the replies that clients got whole."""
    asked: int = 0
    statuses: dict[int, int] = field(default_factory=dict)


async def _provider(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Streams three words with a pause in the middle, and reports them."""
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    piece = _event(head | {"choices": [{"index": 0, "delta": {"content": " word"}, "finish_reason": None}]})
    usage = {"prompt_tokens": 20, "completion_tokens": TOKENS, "total_tokens": 20 + TOKENS}
    end = _event(head | {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    end += _event(head | {"choices": [], "usage": usage}) + b"e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n"
    start = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
    try:
        while True:
            asked = await reader.readuntil(b"\r\n\r\n")
            length = next(int(line.split(b":")[1]) for line in asked.lower().split(b"\r\n") if line.startswith(b"content-length"))
            await reader.readexactly(length)
            writer.write(start + piece)
            await asyncio.sleep(0.002)
            writer.write(piece * (TOKENS - 1) + end)
            await writer.drain()
    except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
        pass
    finally:
        writer.close()


def _request(number: int, *, stream: bool) -> bytes:
    ask = {"role": "user", "content": f"What is the capital of country {number % 97}?"}
    body = json.dumps({"model": "auto", "stream": stream, "messages": [ask]}).encode()
    head = b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nx-rheostat-tenant: t%d\r\ncontent-length: %d\r\n\r\n"
    return head % (number % 8, len(body)) + body


async def _one(port: int, number: int, draw: random.Random, count: Count) -> None:
    """One client."""
    stream, fate = draw.random() < 0.5, draw.random()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(_request(number, stream=stream))
        await writer.drain()
        count.asked += 1
        if fate < 0.1:
            # Before the reply.
            await asyncio.sleep(draw.random() * 0.004)
            count.vanished += 1
            writer.transport.abort()
            return
        head = await reader.readuntil(b"\r\n\r\n")
        status = int(head.split()[1])
        count.statuses[status] = count.statuses.get(status, 0) + 1
        if fate < 0.2:
            # Without taking any of it, or in the middle.
            count.vanished += 1
            writer.transport.abort()
            return
        if b"content-length" in head.lower():
            await reader.readexactly(int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0]))
        else:
            while (line := await reader.readuntil(b"\r\n")) != b"0\r\n":
                if fate < 0.3 and b"word" in line:
                    count.vanished += 1
                    writer.transport.abort()
                    return
        if status == 200:
            count.whole += 1
            count.paid += TOKENS
        else:
            count.refused += 1
    except (asyncio.IncompleteReadError, ConnectionError):
        count.broken += 1
    finally:
        writer.close()


async def _storm(port: int, requests: int, draw: random.Random, count: Count) -> None:
    numbers = iter(range(requests))

    async def client() -> None:
        for number in numbers:
            try:
                await _one(port, number, draw, count)
            except ConnectionError:
                # The proxy has been killed.
                return

    await asyncio.gather(*(client() for _ in range(CONNECTIONS)))


@contextmanager
def _proxy(folder: Path, port: int, program: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    config = folder / "proxy.toml"
    config.write_text(CONFIG.format(file=folder / "budget.db", port=port), encoding="utf-8")
    with subprocess.Popen([program, "--config", config], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process, int(process.stdout.readline().rpartition(":")[2])
        finally:
            process.kill()


def _memory(pid: int) -> float:
    """Megabytes that are resident."""
    return int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def _files(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


async def _metrics(port: int) -> dict[str, float]:
    """Sums of the proxy's counters, by name."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
    text = (await reader.read()).decode()
    writer.close()
    sums: dict[str, float] = {}
    for line in text.splitlines():
        if line.startswith("rheostat_"):
            name = line.split("{")[0].split(" ")[0]
            sums[name] = sums.get(name, 0.0) + float(line.rpartition(" ")[2])
    return sums


async def _quiet(port: int) -> dict[str, float]:
    """The counters once nothing is open."""
    for _ in range(600):
        metrics = await _metrics(port)
        if metrics["rheostat_requests_open"] == metrics["rheostat_streams_open"] == 0:
            return metrics
        await asyncio.sleep(0.05)
    raise RuntimeError(f"requests or streams stay open: {metrics}")


def _booked(folder: Path) -> tuple[int, int, int]:
    """Tokens held and spent, and open reservations, in the ledger's file."""
    with SQLite(folder / "budget.db", CAPS) as store:
        rows = list(store.ledger.accounts("tenant"))
        return sum(held[0] for _, held, _ in rows), sum(spent[0] for _, _, spent in rows), store.ledger.stats().live


async def leaks(requests: int, seed: int, program: Path = PROGRAM) -> bool:
    """Runs the storm, and prints what is left of it."""
    server = await asyncio.start_server(_provider, "127.0.0.1", 0)
    port, draw, count = server.sockets[0].getsockname()[1], random.Random(seed), Count()
    with tempfile.TemporaryDirectory() as name, _proxy(Path(name), port, program) as (process, listens):
        folder = Path(name)
        await _storm(listens, requests // 10, draw, count)
        await _quiet(listens)
        before = _memory(process.pid), _files(process.pid)
        began = time.perf_counter()
        await _storm(listens, requests - requests // 10, draw, count)
        took = time.perf_counter() - began
        metrics = await _quiet(listens)
        after = _memory(process.pid), _files(process.pid)
        for _ in range(100):
            held, spent, live = _booked(folder)
            if (held, live) == (0, 0):
                break
            await asyncio.sleep(0.1)
    server.close()
    tokens = int(metrics["rheostat_tokens_total"])
    print(f"{count.asked} requests: {count.whole} whole, {count.vanished} vanished, {count.broken} broken, {count.statuses}")
    print(f"{(requests - requests // 10) / took:.0f} requests/s with provider and clients in one Python process")
    print(f"memory {before[0]:.1f} → {after[0]:.1f} MB, open files {before[1]} → {after[1]}")
    print(f"ledger: held {held}, open {live}, spent {spent}; counters: {tokens}; clients that stayed got {count.paid}")
    balanced = (held, live) == (0, 0) and spent == tokens >= count.paid
    # Kept connections to the provider are as many as requests were at once; their number may still grow by that.
    few = after[1] <= before[1] + CONNECTIONS and after[0] <= 1.2 * before[0] + 20
    good = balanced and few and count.broken == 0
    print("balanced to the token, nothing left open" if good else f"balanced: {balanced}, few files and little memory: {few}")
    return good


async def kills(times: int, seed: int, program: Path = PROGRAM) -> bool:
    """Kills the proxy under load, starts another, and compares the ledger with what clients got."""
    server = await asyncio.start_server(_provider, "127.0.0.1", 0)
    port, draw, count = server.sockets[0].getsockname()[1], random.Random(seed), Count()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for _ in range(times):
            with _proxy(folder, port, program) as (process, listens):
                storm = asyncio.create_task(_storm(listens, 10**9, draw, count))
                await asyncio.sleep(1.0 + draw.random())
                process.send_signal(signal.SIGKILL)
                await storm
        held, spent, live = _booked(folder)
        with _proxy(folder, port, program) as (_, listens):
            last = Count()
            await _storm(listens, 500, draw, last)
            await _quiet(listens)
    server.close()
    print(f"{times} kills under load, {count.asked} requests: {held} tokens held in {live} reservations, {spent} spent")
    print(f"clients got {count.paid} tokens in whole replies")
    # At a kill each connection has one request in flight, and the settlements of the last 10 ms are not written.
    good = held + spent >= count.paid and live <= 2 * times * CONNECTIONS and last.statuses.keys() == {200}
    print("nothing that was paid is lost, and the next process serves" if good else "LOST")
    return good


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--program", type=Path, default=PROGRAM)
    given = parser.parse_args()
    results = [
        asyncio.run(leaks(given.requests, given.seed, given.program)),
        asyncio.run(kills(given.kills, given.seed, given.program)),
    ]
    raise SystemExit(not all(results))
