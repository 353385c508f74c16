"""The proxy's ledger in a file: what a process that is killed leaves behind, and what others see of it."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

import rheostat as rh
from rheostat.stores import SQLite
from tests.provider import Loopback, Says
from tests.proxied import ASK, LADDER, PROGRAM, Proxy, running, until, upstream

CAP = '\n[[cap]]\nscope = "tenant"\ntokens = 1_000_000\n'
CAPS = [rh.Cap("tenant", tokens=1_000_000)]
ASKED: dict[str, Any] = {"model": "auto", "messages": ASK}


def tables(tmp_path: Path, provider: Loopback, **ledger: Any) -> list[str]:
    fields = "".join(f"{name} = {value}\n" for name, value in ledger.items())
    return [upstream(provider.url), CAP, f'\n[ledger]\nfile = "{tmp_path / "budget.db"}"\n{fields}']


def ask(proxy: Proxy) -> httpx.Response:
    return proxy.post("/v1/chat/completions", ASKED, x_rheostat_tenant="acme")


def booked(tmp_path: Path) -> tuple[int, int, int]:
    """Tokens that are held and spent, and the reservations that are open, as another process reads them."""
    with SQLite(tmp_path / "budget.db", CAPS) as store:
        accounts = {key: (held[0], spent[0]) for key, held, spent in store.ledger.accounts("tenant")}
        return *accounts.get("acme", (0, 0)), store.ledger.stats().live


def test_a_killed_proxy_leaves_what_was_spent_and_holds_what_was_in_flight(tmp_path: Path, provider: Loopback) -> None:
    given = tables(tmp_path, provider)
    with running(tmp_path, *given) as proxy:
        for _ in range(5):
            assert ask(proxy).status_code == 200
        until(lambda: booked(tmp_path) == (0, 15, 0))
        provider.provider.script = lambda *_: Says(["4"], hangs=True)
        with ThreadPoolExecutor(4) as pool:
            waiting = [pool.submit(ask, proxy) for _ in range(4)]
            until(lambda: booked(tmp_path)[2] == 4)
            proxy.process.kill()
            assert all(isinstance(one.exception(30), httpx.HTTPError) for one in waiting)
    held, spent, live = booked(tmp_path)
    assert (spent, live) == (15, 4)
    assert held >= 4 * 3
    # The next process goes on where it was.
    provider.provider.script = lambda *_: Says()
    with running(tmp_path, *given) as proxy:
        assert ask(proxy).status_code == 200
        until(lambda: booked(tmp_path) == (held, 18, 4))


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="no /proc, which counts threads and files")
def test_threads_and_connections_stay_few(tmp_path: Path, provider: Loopback) -> None:
    """A turn of the file moves a thread's work to another thread, and each new one would have connections of its own."""
    with running(tmp_path, *tables(tmp_path, provider)) as proxy:
        with ThreadPoolExecutor(16) as pool:
            replies = [pool.submit(ask, proxy) for _ in range(400)]
            assert {reply.result().status_code for reply in replies} == {200}
        process = Path(f"/proc/{proxy.process.pid}")
        threads, files = (len(list((process / kind).iterdir())) for kind in ("task", "fd"))
        assert threads <= 16 + (os.cpu_count() or 1) + 8
        # Kept connections to the provider, those of clients that are closing, and the process's own files.
        assert files <= 16 + 16 + 40


def test_no_spending_is_lost_whenever_it_is_killed(tmp_path: Path, provider: Loopback) -> None:
    paid, in_flight = 0, 0
    for _ in range(3):
        with running(tmp_path, *tables(tmp_path, provider)) as proxy:
            answered = threading.Semaphore(0)

            def one(proxy: Proxy = proxy, answered: threading.Semaphore = answered) -> int:
                try:
                    tokens = int(ask(proxy).headers["x-rheostat-tokens"])
                except httpx.HTTPError:
                    return 0
                answered.release()
                return tokens

            with ThreadPoolExecutor(8) as pool:
                replies = [pool.submit(one) for _ in range(60)]
                for _ in range(20):
                    assert answered.acquire(timeout=30)
                proxy.process.kill()
            paid += sum(reply.result() for reply in replies)
            in_flight += 8
    held, spent, live = booked(tmp_path)
    assert held + spent >= paid
    # Those in flight, and those whose settlements were not written yet: a turn writes all that are before it.
    assert live <= 2 * in_flight
    assert paid >= 3 * 20 * 3


def test_two_proxies_keep_one_cap(tmp_path: Path, provider: Loopback) -> None:
    cap = '\n[[cap]]\nscope = "tenant"\ntokens = 20_000\n'
    shared = [upstream(provider.url), cap, f'\n[ledger]\nfile = "{tmp_path / "budget.db"}"\n']
    provider.provider.script = lambda *_: Says(usage=(9, 4_000))
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with running(tmp_path / "a", *shared) as one, running(tmp_path / "b", *shared) as other:
        answers = [ask(proxy).status_code for _ in range(6) for proxy in (one, other)]
    assert 4 <= answers.count(200) <= 6
    assert set(answers) == {200, 429}


def test_a_file_that_others_hold_refuses_and_then_goes_on(tmp_path: Path, provider: Loopback) -> None:
    with running(tmp_path, *tables(tmp_path, provider, busy=0.1)) as proxy:
        assert ask(proxy).status_code == 200
        other = sqlite3.connect(tmp_path / "budget.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        refused = ask(proxy)
        assert refused.status_code == 503
        assert refused.headers["retry-after"] == "1"
        assert "budget.db" in refused.json()["error"]["message"]
        asked = len(provider.provider.asked)
        other.execute("ROLLBACK")
        other.close()
        assert ask(proxy).status_code == 200
        assert len(provider.provider.asked) == asked + 1
        until(lambda: booked(tmp_path) == (0, 6, 0))


def test_a_normal_end_leaves_nothing_held(tmp_path: Path, provider: Loopback) -> None:
    with running(tmp_path, *tables(tmp_path, provider, durable="true")) as proxy:
        assert ask(proxy).status_code == 200
        proxy.process.terminate()
        assert proxy.process.wait(30) == 0
    assert booked(tmp_path) == (0, 3, 0)
    assert (tmp_path / "budget.db").stat().st_mode & 0o777 == 0o600


WRONG = [
    (b"no database at all, and longer than a page's head" * 40, "or no ledger"),
    (None, "no ledger"),
]


@pytest.mark.parametrize(("content", "named"), WRONG)
def test_a_file_that_is_no_ledger_is_left_alone(tmp_path: Path, provider: Loopback, content: bytes | None, named: str) -> None:
    file = tmp_path / "budget.db"
    if content is None:
        with sqlite3.connect(file) as other:
            other.execute("CREATE TABLE mine (x)")
        other.close()
    else:
        file.write_bytes(content)
    before = file.read_bytes()
    config = tmp_path / "proxy.toml"
    config.write_text(LADDER + "".join(tables(tmp_path, provider)), encoding="utf-8")
    started = subprocess.run([PROGRAM, "--config", config], capture_output=True, text=True, check=False, timeout=30)
    assert started.returncode == 1
    assert named in started.stderr
    assert content is None or file.read_bytes() == before
    # A look at the configuration opens no file.
    file.unlink()
    assert subprocess.run([PROGRAM, "--config", config, "--check"], check=False, timeout=30, capture_output=True).returncode == 0
    assert not file.exists()
