"""The proxy's share of caps that a Redis server leases: one budget for proxies and Python processes."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest

import rheostat as rh
from benches.chaos.redis_server import RedisServer
from rheostat import config
from rheostat.stores import Redis
from tests.provider import Loopback, Says
from tests.proxied import ASK, LADDER, PROGRAM, Proxy, running, until, upstream
from tests.test_redis import drain_all

CAP, DAY = 1_000_000, 86_400
# A block is a hundredth of the cap. It holds some 25 answers.
ANSWER = 400
ASKED: dict[str, Any] = {"model": "auto", "messages": ASK}
TABLE = f'\n[[cap]]\nscope = "fleet"\ntokens = {CAP}\nper = {DAY}\n'


@pytest.fixture(autouse=True)
def says(provider: Loopback) -> None:
    provider.provider.script = lambda *_: Says(["4"], usage=(9, ANSWER))


def tables(provider: Loopback, server: RedisServer, grace: float = 0.0) -> list[str]:
    return [upstream(provider.url), TABLE, f'\n[ledger]\nredis = "{server.url}"\ngrace = {grace}\ntimeout = 1.0\n']


def ask(proxy: Proxy) -> httpx.Response:
    return proxy.post("/v1/chat/completions", ASKED)


def shared(server: RedisServer) -> Redis:
    return Redis(server.url, [rh.Cap("fleet", tokens=CAP, per=DAY)], grace=0.0, timeout=1.0)


def counted(store: Redis) -> dict[str, int]:
    """Tokens that the server counts as spent, by hash."""
    return {key.decode(): int(store._client.hget(key, "t")) for key in store._client.keys("{rheostat}:*")}


def test_a_proxy_and_a_python_process_share_one_cap(tmp_path: Path, provider: Loopback, redis_server: RedisServer) -> None:
    with running(tmp_path, *tables(provider, redis_server)) as proxy, shared(redis_server) as store:
        for _ in range(5):
            assert ask(proxy).status_code == 200
        # Both count in one hash: the key's name is equal.
        assert len(counted(store)) == 1
        spent = drain_all(store, 1_000)
        served = 0
        while ask(proxy).status_code == 200:
            served += 1
            assert served <= 60
        refused = ask(proxy)
        assert refused.status_code == 429
        assert "retry-after" in refused.headers
        tokens = proxy.metric("tokens_total")
        assert spent + tokens <= CAP
        # A proxy keeps at most a block and what it has claimed.
        assert spent >= CAP * 0.9
        proxy.process.send_signal(signal.SIGTERM)
        assert proxy.process.wait(30) == 0
        # What the proxy had leased and not used is there for the others.
        spent += drain_all(store, 1_000)
        assert CAP - 1_000 < spent + tokens <= CAP


def test_a_server_that_is_away_leaves_the_lease(tmp_path: Path, provider: Loopback, redis_server: RedisServer) -> None:
    with running(tmp_path, *tables(provider, redis_server)) as proxy:
        assert ask(proxy).status_code == 200
        redis_server.kill()
        until(lambda: proxy.metric("leases_away ") == 1)
        # The rest of its block serves on, and then requests are refused; none waits for the server.
        served = 0
        while ask(proxy).status_code == 200:
            served += 1
            assert served <= 60
        assert served > 0
        redis_server.start()
        until(lambda: proxy.metric("leases_away ") == 0)
        until(lambda: ask(proxy).status_code == 200)
        # The server has forgotten all; what this proxy has had is put back before more is given.
        with shared(redis_server) as store:
            until(lambda: sum(counted(store).values()) >= proxy.metric("tokens_total"))


def test_a_killed_proxy_holds_its_leases_and_no_more(tmp_path: Path, provider: Loopback, redis_server: RedisServer) -> None:
    with running(tmp_path, *tables(provider, redis_server)) as proxy:
        assert ask(proxy).status_code == 200
        proxy.process.kill()
    with shared(redis_server) as store:
        held = sum(counted(store).values())
        spent = drain_all(store, 1_000)
    assert CAP - held - 1_000 <= spent <= CAP - ANSWER
    assert held <= CAP * 0.1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ('redis = "redis://127.0.0.1:1/0"', "cannot be reached"),
        ('redis = "http://127.0.0.1/"', "redis://"),
        ('redis = "redis://:secret@127.0.0.1/"', "redis_env"),
        ('redis_env = "NOT_SET_ANYWHERE"', "NOT_SET_ANYWHERE"),
        ('redis = "redis://127.0.0.1/"\nfile = "budget.db"', "one store"),
        ('prefix = "mine"', "together with redis"),
        ('redis = "redis://127.0.0.1/"\nprefix = "{}"', "prefix"),
    ],
)
def test_a_bad_server_is_said(tmp_path: Path, fields: str, words: str) -> None:

    file = tmp_path / "proxy.toml"
    given = [LADDER, '\n[proxy]\nlisten = "127.0.0.1:0"\n', upstream("http://127.0.0.1:9/v1"), TABLE, f"\n[ledger]\n{fields}\n"]
    file.write_text("".join(given), encoding="utf-8")
    done = subprocess.run([PROGRAM, "--config", file], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert words in done.stderr
    assert "secret" not in done.stderr


def test_a_shared_cap_needs_a_window(tmp_path: Path) -> None:
    text = '[[rung]]\nname = "a"\n[[cap]]\nscope = "fleet"\ntokens = 5\n[ledger]\nredis = "redis://127.0.0.1/"\n'
    with pytest.raises(rh.errors.InvalidValueError, match="per"):
        config.loads(text)
    # What stays in process needs none.
    read = config.loads(text.replace("fleet", "session"))
    assert read.ledger_server == ("redis://127.0.0.1/", None, "rheostat", 2.0, 2.0)


def test_python_reads_the_same_file(redis_server: RedisServer) -> None:
    text = f'[[rung]]\nname = "a"\n{TABLE}[ledger]\nredis = "{redis_server.url}"\ngrace = 0.0\n'
    ledger = config.loads(text).ledger()
    assert ledger is not None
    until(lambda: ledger.room()[0] >= 10)
    ledger.reserve(tokens=10).settle(tokens=10)
    with shared(redis_server) as store:
        assert sum(counted(store).values()) >= 10
