"""The proxy's own processor time per request, beside requests that it passes through: `python -m benches.proxy`.

A scripted provider and a client run in this process; the proxy is another, whose processor time Linux counts. Pass-through
and governed requests take turns in short blocks, so that a change of the machine's speed meets both.

    make proxy && python -m benches.proxy
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROGRAM = ROOT / "target" / "release" / "rheostat-proxy"
CHUNKS = 100
BLOCKS, REQUESTS, CONNECTIONS = 12, 400, 4


def _event(fields: object) -> bytes:
    data = b"data: " + json.dumps(fields).encode() + b"\n\n"
    return b"%x\r\n%b\r\n" % (len(data), data)


def _stream(chunks: int) -> bytes:
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    piece = [_event(head | {"choices": [{"index": 0, "delta": {"content": " word"}, "finish_reason": None}]})] * chunks
    end = [
        _event(head | {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}),
        _event(
            head | {"choices": [], "usage": {"prompt_tokens": 2000, "completion_tokens": chunks, "total_tokens": 2000 + chunks}}
        ),
    ]
    done = b"e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n"
    return (
        b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n" + b"".join(piece + end) + done
    )


def _whole() -> bytes:
    choice = {"index": 0, "message": {"role": "assistant", "content": "Paris"}, "finish_reason": "stop"}
    usage = {"prompt_tokens": 2000, "completion_tokens": 1, "total_tokens": 2001}
    fields = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], "usage": usage}
    body = json.dumps(fields).encode()
    return b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body) + body


async def _provider(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers every request: whole, short or long, as the body wishes."""
    long, short, whole = _stream(CHUNKS), _stream(1), _whole()
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))
            body = await reader.readexactly(length)
            writer.write((long if b"LONG" in body else short) if b'"stream":true' in body else whole)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


def _request(model: str, *, stream: bool) -> bytes:
    history = [{"role": role, "content": "Some words of an earlier turn. " * 20} for role in ("user", "assistant")] * 6
    ask = {"role": "user", "content": "What is the capital of France?" + (" LONG" if stream else "")}
    fields = {"model": model, "stream": stream, "messages": [*history, ask]}
    body = json.dumps(fields, separators=(",", ":")).encode()
    head = b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
    return head % len(body) + body


async def _ask(port: int, request: bytes, count: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(count):
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        if b" 200 " not in head.split(b"\r\n")[0]:
            raise RuntimeError(head.decode())
        if b"content-length" in head:
            await reader.readexactly(int(head.split(b"content-length:")[1].split(b"\r\n")[0]))
        else:
            while await reader.readuntil(b"\r\n") != b"0\r\n":
                pass
            await reader.readuntil(b"\r\n")
    writer.close()


def _processor_time(pid: int) -> float:
    """Seconds of processor time that a process has used."""
    threads = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((thread / "schedstat").read_text("ascii").split()[0]) for thread in threads) / 1e9


async def _measure(port: int, pid: int, requests: dict[str, bytes], count: int) -> dict[str, list[float]]:
    """Microseconds of processor time per request, by block."""
    took: dict[str, list[float]] = {name: [] for name in requests}
    for _ in range(BLOCKS):
        for name, request in requests.items():
            before = _processor_time(pid)
            await asyncio.gather(*(_ask(port, request, count // CONNECTIONS) for _ in range(CONNECTIONS)))
            took[name].append((_processor_time(pid) - before) / (count // CONNECTIONS * CONNECTIONS) * 1e6)
    return took


CONFIG = """
[[rung]]
name = "fast"
model = "small"
output_price = 0.6

[[rung]]
name = "deep"
model = "large"
output_price = 10.0

[proxy]
listen = "127.0.0.1:0"

[[upstream]]
name = "upstream"
url = "http://127.0.0.1:{}/v1"
"""


async def main(count: int) -> None:
    """Measures, and prints a table."""
    server = await asyncio.start_server(_provider, "127.0.0.1", 0)
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "proxy.toml"
        config.write_text(CONFIG.format(server.sockets[0].getsockname()[1]), encoding="utf-8")
        process = await asyncio.create_subprocess_exec(PROGRAM, "--config", config, stdout=subprocess.PIPE)
        assert process.stdout is not None
        try:
            port = int((await process.stdout.readline()).rpartition(b":")[2])
            await _report(port, process.pid, count)
        finally:
            process.terminate()
            await process.wait()
    server.close()


async def _report(port: int, pid: int, count: int) -> None:
    for title, stream, number in (("whole reply, body of 8 KiB", False, count), (f"stream of {CHUNKS} chunks", True, count // 4)):
        requests = {"passed through": _request("large", stream=stream), "governed": _request("auto", stream=stream)}
        await _measure(port, pid, requests, CONNECTIONS)
        took = await _measure(port, pid, requests, number)
        print(f"\n{title}: microseconds of processor time per request")
        for name, values in took.items():
            low, middle, high = statistics.quantiles(values, n=4)
            print(f"  {name:16} {middle:8.1f}   quartiles {low:.1f} to {high:.1f}")
        ratio = statistics.median(b / a for a, b in zip(*took.values(), strict=True))
        print(f"  ratio            {ratio:8.2f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=REQUESTS, help="requests in a block")
    asyncio.run(main(parser.parse_args().requests))
