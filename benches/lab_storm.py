"""Many HTTP requests from many clients against the lab's server, and a check that they leave nothing behind.

    .venv/bin/python benches/lab_storm.py --requests 10000 --clients 200

The server runs in a process of its own, on this machine alone. Of ten requests six are answered whole, two are streamed to
their end, one is streamed by a client that goes away at the first token, and one is refused. A client that gets 429 waits as
long as `Retry-After` says, and asks again. At the end nothing may be open, every answer must have been one of 200, 400 and 429,
and the server may hold no more memory than after the first third, give or take a few MiB. Exits with 1 otherwise.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import socket
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import httpx

QUESTION = "Start with 17, add 25. What is the result?"
BODY = {"model": "lab-tiny", "messages": [{"role": "user", "content": QUESTION}], "reasoning_effort": "none"}
SLACK_MIB = 8.0


def resident_mib(pid: int) -> float | None:
    """Returns the memory of a process. None if the system does not report it."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return None
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


async def one(client: httpx.AsyncClient, i: int, seen: Counter[str]) -> None:
    """Sends the `i`-th request, and repeats it while the answer is 429."""
    kind = i % 10
    body: dict[str, Any] = BODY | ({"n": 0} if kind == 9 else {}) | ({"stream": True} if kind >= 6 and kind < 9 else {})
    while True:
        async with client.stream("POST", "/v1/chat/completions", json=body) as answer:
            seen[str(answer.status_code)] += 1
            if answer.status_code != 429:
                if kind == 8:
                    await anext(answer.aiter_lines())
                    seen["gone"] += 1
                else:
                    await answer.aread()
                return
            wait = float(answer.headers["retry-after"])
        await asyncio.sleep(wait)


async def storm(url: str, pid: int, requests: int, clients: int) -> dict[str, Any]:
    """Sends all requests, from the given number of clients at once."""
    seen: Counter[str] = Counter()
    left = iter(range(requests))
    # The server hangs up on a client that has been silent for five seconds; this one hangs up before.
    limits = httpx.Limits(max_connections=clients, max_keepalive_connections=clients, keepalive_expiry=2)
    async with httpx.AsyncClient(base_url=url, limits=limits, timeout=120) as client:
        early = None

        async def work() -> None:
            nonlocal early
            for i in left:
                if i == requests // 3:
                    early = resident_mib(pid)
                await one(client, i, seen)

        began = time.perf_counter()
        await asyncio.gather(*(work() for _ in range(clients)))
        seconds = time.perf_counter() - began
        for _ in range(200):
            health = (await client.get("/health")).json()
            if health["open"] == 0:
                break
            await asyncio.sleep(0.05)
        return {
            "requests": requests,
            "clients": clients,
            "seconds": round(seconds, 1),
            "seen": dict(sorted(seen.items())),
            "open_at_the_end": health["open"],
            "mib_after_a_third": early,
            "mib_at_the_end": resident_mib(pid),
        }


def holds(found: dict[str, Any]) -> bool:
    """Returns True if nothing was left behind."""
    before, after = found["mib_after_a_third"], found["mib_at_the_end"]
    kept = before is None or after is None or after - before <= SLACK_MIB
    return found["open_at_the_end"] == 0 and set(found["seen"]) <= {"200", "400", "429", "gone"} and kept


def main() -> int:
    """Starts the server, storms it, and prints the result."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--queue", type=int, default=64, help="streams that the server lets be open (64)")
    args = parser.parse_args()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ["lab", "serve", "--port", str(port), "--queue", str(args.queue)]
    server = subprocess.Popen([sys.executable, "-m", "rheostat", *words], stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                httpx.get(f"{url}/health")
                break
            except httpx.ConnectError:
                time.sleep(0.1)
        found = asyncio.run(storm(url, server.pid, args.requests, args.clients))
    finally:
        server.terminate()
        server.wait(30)
    print(json.dumps(found, indent=2))
    return 0 if holds(found) else 1


if __name__ == "__main__":
    sys.exit(main())
