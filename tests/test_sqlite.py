"""A ledger in a file: shared by processes, killed, interrupted, damaged."""

from __future__ import annotations

import contextlib
import gc
import re
import signal
import sqlite3
import subprocess
import sys
import weakref
from pathlib import Path
from typing import Any

import pytest

import rheostat as rh
from rheostat.stores import SQLite, _sqlite

IDLE = 3_600.0
"""An interval in which the store's thread does nothing: a turn comes when a test takes one."""


def opened(path: Path, *, tokens: int = 10_000, **others: Any) -> SQLite:
    return SQLite(path, [rh.Cap("tenant", tokens=tokens)], **({"ttl": 60, "offset": 0.0, "interval": IDLE} | others))


@pytest.fixture(params=[0.0, IDLE], ids=["read anew", "resumed"])
def turns(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs a test with both kinds of turns: each reads the file, or only when another process has written."""
    monkeypatch.setattr(_sqlite, "_RESUMES", request.param)


class Interrupting:
    """A connection with which the interpreter is interrupted at the `n`-th statement, before or after it."""

    def __init__(self, db: Any, n: int, after: bool) -> None:
        self._db, self._left, self._after = db, n, after

    def execute(self, *arguments: Any) -> Any:
        self._left -= 1
        if self._left == 0 and not self._after:
            raise KeyboardInterrupt
        done = self._db.execute(*arguments)
        if self._left == 0:
            raise KeyboardInterrupt
        return done

    def __getattr__(self, name: str) -> Any:
        return getattr(self._db, name)


CRASH = """
import os, signal, sys
import rheostat as rh
from rheostat.stores import SQLite
store = SQLite(sys.argv[1], [rh.Cap("tenant", tokens=10_000)], ttl=1e6, offset=0.0, interval=3_600)
for i in range(40):
    hold = store.ledger.reserve(tokens=100, tenant="t", at=0)
    if i % 2:
        hold.settle(tokens=30, at=0)
    print(i, flush=True)
store._db.execute("BEGIN IMMEDIATE")
store._db.execute("DELETE FROM journal")
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_process_holds_what_it_has_not_written_and_nothing_for_ever(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    done = subprocess.run([sys.executable, "-c", CRASH, str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert len(done.stdout.split()) == 40
    # Opening takes a turn at the clock's time, which counts from the start of the process: claims must outlive the tests.
    with opened(path, ttl=1e6) as store:
        # 20 in flight at 100 each. Of 20 settled at 30 each, the last had not been written: its claim is held.
        assert store.ledger.room(tenant="t", at=1)[0] == 10_000 - 19 * 30 - 21 * 100
        assert (store.ledger.stats().live, store.ledger.stats().held_tokens) == (21, 2_100)
        assert store.ledger.expire(at=1e6) == 21
        assert store.ledger.room(tenant="t", at=1e6 + 1)[0] == 10_000 - 19 * 30


WORK = """
import os, sys
import rheostat as rh
from rheostat.stores import SQLite
store = SQLite(sys.argv[1], [rh.Cap("tenant", tokens=10_000)], ttl=1e6)
for i in range(10_000):
    hold = store.ledger.reserve(tokens=7, tenant="t")
    os.write(1, f"granted {hold.id}\\n".encode())
    if i % 3:
        hold.settle(tokens=5 if i % 3 == 1 else 9)
        os.write(1, f"spent {hold.id} {5 if i % 3 == 1 else 9}\\n".encode())
"""


@pytest.mark.parametrize("lines", [1, 2, 17, 40, 63, 111])
def test_wherever_a_process_is_killed_what_it_was_granted_and_has_spent_counts(tmp_path: Path, lines: int) -> None:
    path, held, spent = tmp_path / "ledger.db", {}, {}
    with subprocess.Popen([sys.executable, "-c", WORK, str(path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for count, line in enumerate(process.stdout, 1):
            if count == lines:
                process.kill()  # The lines it writes until it is dead are read, too.
            what, hold, *amount = line.split()
            if what == "granted":
                held[hold] = 7
            elif held.pop(hold, None) is not None and amount:
                spent[hold] = int(amount[0])
    with opened(path, ttl=1e6, offset=None) as store:
        stats = store.ledger.stats()
        # The newest may have been settled, for 5 instead of 7, before it could be said.
        assert stats.held_tokens + stats.spent_tokens >= sum(held.values()) + sum(spent.values()) - 2
        # What was more than its claim was written before it was answered.
        assert stats.spent_tokens >= sum(amount for amount in spent.values() if amount > 7)
        assert -1 <= stats.live - len(held) <= 2
        ends = [store.ledger.settle(int(hold), tokens=7) for hold in held]
        assert set(ends) <= {"settled", "nothing"}
        assert ends.count("nothing") <= 1


@pytest.mark.usefixtures("turns")
def test_processes_share_a_file(tmp_path: Path) -> None:
    with opened(tmp_path / "a.db", tokens=100) as one, opened(tmp_path / "a.db", tokens=100) as other:
        hold = one.ledger.reserve(tokens=60, tenant="t", at=0)
        with pytest.raises(rh.errors.DeniedError, match="41 wanted, 40 left"):
            other.ledger.reserve(tokens=41, tenant="t", at=0)
        late = other.ledger.reserve(tokens=40, tenant="t", ttl=5, at=0)
        # Settled by either of them; by both at once it counts once, as the file has it.
        assert other.ledger.settle(hold.id, tokens=10, at=1) == "settled"
        other.ledger.flush(at=1)
        hold.settle(tokens=50, at=1)
        assert one.ledger.room(tenant="t", at=1)[0] == other.ledger.room(tenant="t", at=1)[0] == 50
        assert hold.settle(tokens=50, at=1) == "nothing"
        assert one.ledger.expire(at=5) == 1
        assert late.settle(tokens=1, at=5) == "settled"  # It has not heard of that yet …
        other.ledger.flush(at=6)
        assert one.ledger.room(tenant="t", at=6)[0] == 89  # … and it counts all the same.
        assert other.ledger.stats().late == 1


@pytest.mark.usefixtures("turns")
def test_a_run_draws_on_the_file(tmp_path: Path) -> None:
    ladder = rh.Ladder([rh.Rung("only", model="m", output_price=10.0)])
    with opened(tmp_path / "a.db", offset=None) as store, opened(tmp_path / "a.db", offset=None) as other:
        governor = rh.Governor(ladder, ledger=store, ceiling=rh.Ceiling(tokens=9_000))
        with governor.plan("What is the capital of France?", tenant="t").start() as run:
            calls = run.next()
            held = other.ledger.stats().held_tokens
            assert held >= calls[0].max_tokens > 0
            assert other.ledger.room(tenant="t")[0] == 10_000 - held
            calls[0].sample(0).finish(answer="Paris")
            calls[0].usage(input=9, output=20)
        assert store.ledger.owing
        store.ledger.flush()
        assert (other.ledger.stats().held_tokens, other.ledger.stats().spent_tokens) == (0, 20)
        run = governor.plan("And of Italy?", tenant="t").start()
        assert run.sample(0).token(-0.1).kind == "continue"
        assert other.ledger.stats().live == 1
        run.close()


@pytest.mark.usefixtures("turns")
def test_what_cannot_be_written_is_not_granted(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with opened(path, busy=0.0, offset=None) as store:
        governor = rh.Governor(rh.Ladder([rh.Rung("only", model="m")]), ledger=store)
        run = governor.plan("What is the capital of France?", tenant="t").start()
        lock = sqlite3.connect(path, isolation_level=None)
        lock.execute("BEGIN IMMEDIATE")
        for ask in (run.next, lambda: run.sample(0), lambda: store.ledger.reserve(tokens=1)):
            with pytest.raises(rh.errors.StoreError, match=r"a\.db: database is locked; other processes have held it for 0 s"):
                ask()
        lock.execute("ROLLBACK")
        lock.close()
        # Locked when it begins, or broken when it has granted already: either way nothing was granted, and it asks again.
        db, calls = store._db, list[Any]()
        for statement in range(1, 10):
            store._db = Interrupting(db, statement, False)  # type: ignore[assignment]
            with contextlib.suppress(KeyboardInterrupt):
                calls = run.next()
            store._db = db
            if calls:
                break
            assert (run.spent.tokens, run.done, store.ledger.stats().live) == (0, False, 0)
        assert statement > 3  # Each statement of a turn has been interrupted once.
        (call,) = calls
        assert store.ledger.stats().live == 1
        call.sample(0).finish(answer="Paris")
        call.usage(output=3)
        assert run.next() == []
        assert (run.answer, run.spent.tokens) == ("Paris", 3)
        run.close()


def interrupt(error: BaseException) -> None:
    raise KeyboardInterrupt from error


@pytest.mark.usefixtures("turns")
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("twice", [False, True])
def test_an_interrupt_at_any_statement_wedges_nothing(tmp_path: Path, after: bool, twice: bool) -> None:
    with opened(tmp_path / "a.db") as store, opened(tmp_path / "a.db") as other:
        db, given = store._db, 0
        for n in range(1, 6):
            settled = store.ledger.reserve(tokens=10, tenant="t", at=0)
            settled.settle(tokens=4, at=0)
            store._db = Interrupting(db, n, after)  # type: ignore[assignment]
            if twice:
                store._give_up = interrupt  # type: ignore[method-assign]
            try:
                store.ledger.reserve(tokens=100, tenant="t", at=0)
                given += 1
            except KeyboardInterrupt:
                pass
            finally:
                store._db = db
                if twice:
                    del store._give_up
            seen = [one.ledger.stats() for one in (store, other)]
            assert (seen[0].held_tokens, seen[0].spent_tokens) == (seen[1].held_tokens, seen[1].spent_tokens)
            assert seen[0].spent_tokens == 4 * n
            # At most the one that was interrupted when it had been written is held, and expires.
            assert given * 100 <= seen[0].held_tokens <= n * 100
        assert given >= 1


@pytest.mark.usefixtures("turns")
@pytest.mark.parametrize("method", ["begin", "commit"])
def test_an_interrupt_on_entry_to_a_turn_leaves_the_file_unlocked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    first, second = opened(tmp_path / "a.db"), opened(tmp_path / "a.db", busy=0.05)
    with monkeypatch.context() as patch:
        patch.setattr(first, method, interrupt)
        with pytest.raises(KeyboardInterrupt):
            first.ledger.reserve(tokens=100, tenant="t", at=0)
    assert not first._db.in_transaction
    second.ledger.reserve(tokens=9_000, tenant="t", at=0)
    first.ledger.reserve(tokens=1_000, tenant="t", at=0)
    with pytest.raises(rh.errors.DeniedError):
        first.ledger.reserve(tokens=1, tenant="t", at=0)
    first.close()
    second.close()


@pytest.mark.usefixtures("turns")
def test_a_commit_that_fails_once_wedges_nothing(tmp_path: Path) -> None:
    class Failing:
        def __init__(self, db: Any) -> None:
            self._db, self.failed = db, False

        def execute(self, statement: str, *arguments: Any) -> Any:
            if statement == "COMMIT" and not self.failed:
                self.failed = True
                raise sqlite3.OperationalError("disk I/O error")
            return self._db.execute(statement, *arguments)

        def __getattr__(self, name: str) -> Any:
            return getattr(self._db, name)

    store = opened(tmp_path / "a.db")
    store._db = Failing(store._db)  # type: ignore[assignment]
    with pytest.raises(rh.errors.StoreError, match="disk I/O"):
        store.ledger.reserve(tokens=100, tenant="t", at=0)
    store.ledger.reserve(tokens=10_000, tenant="t", at=0)
    store.close()


def test_the_thread_lets_other_processes_empty_sqlites_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_sqlite, "_RESUMES", IDLE)
    monkeypatch.setattr(_sqlite, "_ROWS", 8)
    with opened(tmp_path / "a.db", busy=0.05, ttl=86_400) as store, opened(tmp_path / "a.db", ttl=86_400) as other:
        for one in (store, other):
            one.ledger.reserve(tokens=1, tenant="t", at=0)
            assert one._reader is not None
        other._tick((0, 0))
        assert other._reader is None
        for _ in range(8):
            store.ledger.reserve(tokens=1, tenant="t", at=0)
        store._tick((0, 0))
        assert (tmp_path / "a.db-wal").stat().st_size == 0
        assert other.ledger.room(tenant="t", at=0)[0] == 10_000 - 10


def test_a_clock_that_was_ahead_gives_nothing_back(tmp_path: Path) -> None:
    caps = [rh.Cap("tenant", tokens=100, per=10)]
    for at in (5.0, 1e6, 30.0):
        with SQLite(tmp_path / "a.db", caps, offset=0.0, interval=IDLE) as store:
            if at in {5.0, 1e6}:
                store.ledger.reserve(tokens=100, tenant="t", at=at).settle(tokens=100, at=at)
                continue
            with pytest.raises(rh.errors.DeniedError):
                store.ledger.reserve(tokens=1, tenant="t", at=at)
            store.ledger.rebase(at=at)
    with SQLite(tmp_path / "a.db", caps, offset=0.0, interval=IDLE) as store:
        store.ledger.reserve(tokens=100, tenant="t", at=50)


def test_a_snapshot_takes_the_journals_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_sqlite, "_ROWS", 8)
    with opened(tmp_path / "a.db", accounts=50) as store, opened(tmp_path / "a.db") as other:
        for _ in range(30):
            store.ledger.reserve(tokens=3, tenant="t", at=0).settle(tokens=2, at=0)
            store._tick((0, 0))
            assert store._db.execute("SELECT COUNT(*) FROM journal").fetchone()[0] <= 10
        assert (tmp_path / "a.db-wal").stat().st_size < 100_000
        # One that was left behind begins with the snapshot.
        assert other.ledger.room(tenant="t", at=0)[0] == 10_000 - 60
        assert other.ledger.stats().settled == 30


def test_the_thread_writes_what_is_settled(tmp_path: Path) -> None:
    with opened(tmp_path / "a.db", interval=0.001) as store, opened(tmp_path / "a.db") as other:
        store.ledger.reserve(tokens=3, tenant="t").settle(tokens=2)
        while store.ledger.owing:
            pass
        assert other.ledger.stats().spent_tokens == 2


def test_a_damaged_or_foreign_file_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    opened(path).close()
    with opened(path) as store:
        store.ledger.reserve(tokens=1, tenant="t", at=0)
    db = sqlite3.connect(path, isolation_level=None)
    (records,) = db.execute("SELECT records FROM journal WHERE seq = 1").fetchone()
    db.execute("UPDATE journal SET records = ? WHERE seq = 1", (records[:-1] + b"?",))
    with pytest.raises(rh.errors.StoreError, match=r"a\.db: .*checksum is wrong\. It is damaged, or not a ledger: move it away"):
        opened(path)
    db.execute("UPDATE journal SET records = ? WHERE seq = 1", (records[:-1],))
    with pytest.raises(rh.errors.StoreError, match="no whole record"):
        opened(path)
    db.execute("PRAGMA user_version = 99")
    with pytest.raises(rh.errors.StoreError, match=r"version 99; this is version 4\. Begin a new file"):
        opened(path)
    db.execute("PRAGMA application_id = 0")
    with pytest.raises(rh.errors.StoreError, match="no ledger"):
        opened(path)
    db.close()
    (tmp_path / "junk").write_bytes(b"not a database" * 100)
    with pytest.raises(rh.errors.StoreError, match=r"junk: .*not a ledger"):
        opened(tmp_path / "junk")


@pytest.mark.parametrize("name", ["none/a.db", "."])
def test_a_path_that_is_no_file_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(rh.errors.StoreError, match=re.escape(f"{tmp_path / name}: unable to open database file")):
        opened(tmp_path / name)


def test_a_store_that_is_let_go_is_collected(tmp_path: Path) -> None:
    store = opened(tmp_path / "a.db", interval=0.001)
    gone, thread = weakref.ref(store), store._thread
    del store
    gc.collect()
    thread.join()
    gc.collect()
    assert gone() is None
