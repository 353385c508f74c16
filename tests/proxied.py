"""A proxy that runs, for the tests of it: its configuration, and what the tests ask."""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import openai

if TYPE_CHECKING:
    import anthropic

ROOT = Path(__file__).parents[1]
PROGRAM = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "debug" / "rheostat-proxy"
ASK: list[Any] = [{"role": "user", "content": "What is the capital of France?"}]
HARD: list[Any] = [{"role": "user", "content": "Prove that there are infinitely many primes congruent to 3 modulo 4."}]
LADDER = """
[[rung]]
name = "fast"
model = "small"
output_price = 0.4

[[rung]]
name = "deep"
model = "large"
output_price = 8.0
"""


class Proxy:
    """A proxy that runs."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self.process, self.url = process, url
        self.clients = ExitStack()

    def openai(self, **options: Any) -> openai.OpenAI:
        client = openai.OpenAI(base_url=self.url + "/v1", **{"api_key": "key", "max_retries": 0, **options})
        return self.clients.enter_context(client)

    def anthropic(self) -> anthropic.Anthropic:
        client: anthropic.Anthropic = import_module("anthropic").Anthropic(base_url=self.url, api_key="key", max_retries=0)
        return self.clients.enter_context(client)

    def post(self, path: str, fields: Any, **headers: str) -> httpx.Response:
        given = {name.replace("_", "-"): text for name, text in headers.items()}
        return httpx.post(self.url + path, json=fields, headers=given, timeout=30)

    def metric(self, name: str) -> float:
        lines = httpx.get(self.url + "/metrics").text.splitlines()
        return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(f"rheostat_{name}"))


@contextmanager
def running(tmp_path: Path, *tables: str, ladder: str = LADDER, **environment: str) -> Iterator[Proxy]:
    """Starts a proxy, and ends it."""
    listen = '\n[proxy]\nlisten = "127.0.0.1:0"\n' if not any("[proxy]" in table for table in tables) else ""
    config = tmp_path / "proxy.toml"
    config.write_text(ladder + listen + "\n".join(tables), encoding="utf-8")
    with subprocess.Popen(
        [PROGRAM, "--config", config],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stderr is not None
            line = process.stdout.readline()
            line = json.loads(line)["message"] if line.startswith("{") else line
            assert line.startswith("listening on "), process.stderr.read()
            proxy = Proxy(process, line.split()[-1])
            with proxy.clients:
                yield proxy
        finally:
            process.kill()


def upstream(url: str, **fields: Any) -> str:
    values = {"name": "mock", "url": url, **fields}
    return "\n[[upstream]]\n" + "\n".join(f"{name} = {json.dumps(value)}" for name, value in values.items()) + "\n"


def until(holds: Callable[[], bool]) -> None:
    """Waits for what another process does."""
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline
        threading.Event().wait(0.02)
