"""Budgets leased from a real server. Nothing here sleeps for a fixed time: each wait is for what is to happen."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import pytest

import rheostat as rh
from benches.chaos.redis_server import RedisServer
from rheostat.stores import Redis

DAY = 86_400
FLEET = 10_000


def until(what: Callable[[], bool], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it did not happen in time"
        threading.Event().wait(0.005)


def drain(ledger: rh.Ledger, tokens: int = 10, tenant: str | None = None) -> int:
    """Reserve and spend until denied; what was spent."""
    spent = 0
    try:
        while True:
            ledger.reserve(tokens=tokens, tenant=tenant).settle(tokens=tokens)
            spent += tokens
    except rh.errors.DeniedError:
        return spent


def drain_all(store: Redis, tokens: int = 10) -> int:
    """As `drain`, until the server has had nothing to give for a while."""
    spent, quiet = 0, 0
    while quiet < 60:
        got = drain(store.ledger, tokens)
        spent, quiet = spent + got, 0 if got else quiet + 1
        threading.Event().wait(0.01)
    return spent


def make(server: RedisServer, block: int = 500, grace: float = 0.0, cap: int = FLEET) -> Redis:
    return Redis(server.url, [rh.Cap("fleet", tokens=cap, per=DAY, block=(block, 0.0))], grace=grace, timeout=1.0)


def test_processes_together_spend_the_cap_and_no_more(redis_server: RedisServer) -> None:
    stores = [make(redis_server) for _ in range(3)]
    spent = [0, 0, 0]

    def work(i: int) -> None:
        spent[i] = drain_all(stores[i])

    threads = [threading.Thread(target=work, args=(i,)) for i in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(spent) <= FLEET
    # Each may keep less than one reservation that does not fit.
    assert sum(spent) > FLEET - 3 * 10
    for store in stores:
        store.close()


def test_a_key_that_is_lost_gives_nothing_until_all_have_reported(redis_server: RedisServer) -> None:
    stores = [make(redis_server, grace=0.4) for _ in range(3)]
    client = stores[0]._client
    spent = [0, 0, 0]

    def work(i: int) -> None:
        spent[i] = drain_all(stores[i])

    threads = [threading.Thread(target=work, args=(i,)) for i in range(3)]
    for thread in threads:
        thread.start()
    for share in (3, 2):
        until(lambda share=share: sum(store.status().leases for store in stores) * 500 > FLEET // share)  # type: ignore[misc]
        for key in client.keys("{rheostat}:*"):
            client.delete(key)
    for thread in threads:
        thread.join()
    late = make(redis_server, grace=0.4)
    assert sum(spent) + drain_all(late) <= FLEET
    for store in [*stores, late]:
        store.close()


def test_a_server_that_may_evict_keys_is_reported(redis_server: RedisServer) -> None:
    with make(redis_server) as store:
        assert store.status().state == "ok"
        store._client.config_set("maxmemory-policy", "volatile-lru")
        store._client.config_set("maxmemory", "100mb")
        with make(redis_server) as other:
            assert other.status().state == "evicts"
        store._client.config_set("maxmemory", "0")


def test_what_is_not_used_is_given_back(redis_server: RedisServer) -> None:
    first = make(redis_server, block=FLEET)
    until(lambda: first.ledger.room()[0] == FLEET)
    hold = first.ledger.reserve(tokens=100)
    first.close()
    assert hold.settle(tokens=40) == "settled"
    with make(redis_server, block=FLEET) as second:
        until(lambda: second.ledger.room()[0] == FLEET - 100)


def test_a_killed_process_holds_what_it_had_leased_and_no_more(redis_server: RedisServer) -> None:
    code = (
        "import sys, os, signal; sys.path.insert(0, '.'); import rheostat as rh; from rheostat.stores import Redis\n"
        f"store = Redis({redis_server.url!r}, [rh.Cap('fleet', tokens={FLEET}, per={DAY}, block=(500, 0.0))], grace=0)\n"
        "store.ledger.reserve(tokens=10).settle(tokens=10); os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, env=os.environ)
    assert done.returncode == -signal.SIGKILL
    with make(redis_server) as store:
        spent = drain_all(store)
    assert FLEET - 1_000 - 10 <= spent <= FLEET - 500


def test_a_server_that_is_away_leaves_the_lease(redis_server: RedisServer) -> None:
    with make(redis_server, block=1_000, cap=3_000) as store:
        until(lambda: store.ledger.room()[0] == 1_000)
        redis_server.kill()
        spent = drain(store.ledger)
        assert spent == 1_000
        until(lambda: store.status().state == "degraded")
        assert store.status().error
        with pytest.raises(rh.errors.DeniedError, match="fleet tokens"):
            store.ledger.reserve(tokens=10)
        # It comes back and knows nothing; what this process has had is put back before more is given.
        redis_server.start()
        until(lambda: store.status().state == "ok")
        spent += drain_all(store)
        assert spent == 3_000


def test_a_tenant_is_served_on_credit_first(redis_server: RedisServer) -> None:
    caps = [rh.Cap("tenant", tokens=1_000, per=DAY, block=(100, 0.0), credit=(20, 0.0))]
    with Redis(redis_server.url, caps, grace=0.0) as store:
        store.ledger.reserve(tokens=20, tenant="acme").settle(tokens=20)
        until(lambda: store.ledger.room(tenant="acme")[0] >= 60)
        total = 20
        while total < 1_000:
            got = drain(store.ledger, 5, "acme")
            total += got
            threading.Event().wait(0.002)
        assert total == 1_000


def test_windows_follow_the_servers_clock(redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: 12.0)  # this machine's clock is decades wrong
    with Redis(redis_server.url, [rh.Cap("fleet", tokens=FLEET, per=1.0, block=(FLEET, 0.0))], grace=0.0) as store:
        until(lambda: store.ledger.room()[0] == FLEET)
        assert drain(store.ledger, 100) >= FLEET
        # The next window brings a new budget, leased ahead.
        until(lambda: drain(store.ledger, 100) > 0)


def test_nothing_is_given_while_others_may_put_back(redis_server: RedisServer) -> None:
    with make(redis_server, grace=1.5) as store:
        until(lambda: store.ledger.room()[0] > 0)


def test_no_server_is_said() -> None:
    pytest.importorskip("redis")
    with pytest.raises(rh.errors.StoreError, match="cannot be reached"):
        Redis("redis://127.0.0.1:1/0", [rh.Cap("fleet", tokens=1, per=1)])


def test_a_shared_cap_needs_a_window(redis_server: RedisServer) -> None:
    with pytest.raises(rh.errors.InvalidValueError, match="per"):
        Redis(redis_server.url, [rh.Cap("fleet", tokens=1)])
