"""Fixtures of most tests."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

import rheostat as rh
from benches.chaos.redis_server import RedisServer
from tests.provider import Loopback
from tests.proxied import Proxy, running, upstream

ROOT = Path(__file__).parents[1]
# LiteLLM asks the network for prices when it is imported, otherwise.
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"

# No test is about how long it takes: a machine with other work must not fail it.
settings.register_profile("fresh", deadline=None)
# The same cases in every run; `--hypothesis-profile=fresh` draws others.
settings.register_profile("same", deadline=None, derandomize=True)
settings.load_profile("same")


@pytest.fixture(autouse=True)
def _no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test waits before a retry; the tests of waits pass a `sleep` of their own."""

    async def at_once(_seconds: float) -> None:
        return None

    monkeypatch.setattr("rheostat.host._sleep", lambda _seconds: None)
    monkeypatch.setattr("rheostat.aio._sleep", at_once)


@pytest.fixture(scope="session")
def ladder() -> rh.Ladder:
    """Three rungs, as in the documentation."""
    return rh.Ladder(
        [
            rh.Rung("fast", model="small-model", input_price=0.05, output_price=0.40),
            rh.Rung("think", model="mid-model", thinking_tokens=4_096, input_price=0.25, output_price=2.00),
            rh.Rung("deep", model="large-model", thinking_tokens=16_384, samples=5, input_price=1.25, output_price=10.00),
        ],
        default="think",
        start_max="think",
    )


@pytest.fixture
def governor(ladder: rh.Ladder) -> rh.Governor:
    """A governor of its own for each test: outcomes are kept in it."""
    ceiling = rh.Ceiling(tokens=200_000, usd=5.00, seconds=120)
    return rh.Governor(ladder, policy=rh.policy.Utility(usd_per_error=2.0), ceiling=ceiling, seed=7)


@pytest.fixture(scope="session")
def prompts() -> list[dict[str, str]]:
    """The shipped prompts."""
    lines = (ROOT / "examples" / "prompts.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture
def lab_verb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`rheostat lab`, found by the entry point that lab/pyproject.toml declares, also where it is not installed."""
    project = (ROOT / "lab" / "pyproject.toml").read_text(encoding="utf-8")
    point = re.search(r'^\[project\.entry-points\."(.+)"\]\n(\w+) = "(.+)"$', project, re.MULTILINE)
    assert point is not None
    about = tmp_path / "installed" / "rheostat_lab-0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Name: rheostat-lab\nVersion: 0\n", encoding="utf-8")
    (about / "entry_points.txt").write_text(f"[{point[1]}]\n{point[2]} = {point[3]}\n", encoding="utf-8")
    monkeypatch.syspath_prepend(about.parent)


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    """A server for one test. `tools/install-redis` installs one where there is none."""
    pytest.importorskip("redis", reason="the extra `redis` is not installed")
    if RedisServer.program() is None:
        pytest.skip("no redis-server or valkey-server: tools/install-redis installs one on Debian and Ubuntu")
    server = RedisServer(tmp_path)
    server.start()
    try:
        yield server
    finally:
        server.kill()


@pytest.fixture
def provider() -> Iterator[Loopback]:
    """A scripted provider on the loopback interface."""
    with Loopback() as loopback:
        yield loopback


@pytest.fixture
def proxy(tmp_path: Path, provider: Loopback) -> Iterator[Proxy]:
    """The proxy, with that provider as its only upstream."""
    with running(tmp_path, upstream(provider.url)) as started:
        yield started
