"""Workers that learn together: the union of their outcomes in a file or a key, whatever the order, whoever writes meanwhile."""

from __future__ import annotations

import multiprocessing
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest

import rheostat as rh
from benches.chaos.redis_server import RedisServer
from rheostat.learn import Exchange, Learner

FAST = rh.Rung("fast", model="small")


def learner(worker: int, outcomes: int = 20, **options: Any) -> Learner:
    made = Learner(**options)
    for i in range(outcomes):
        made.add(f"Question {i} of worker {worker}", FAST, float(i % 2), at=i)
    return made


def together(where: Any, workers: int) -> list[Learner]:
    """Learners of workers that have exchanged twice, all at once."""
    learners = [learner(worker) for worker in range(workers)]
    exchanges = [Exchange(where, one) for one in learners]
    for _ in range(2):
        threads = [threading.Thread(target=exchange.step) for exchange in exchanges]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    for exchange in exchanges:
        exchange.close()
    return learners


def test_workers_of_a_machine_end_with_the_same_outcomes(tmp_path: Path) -> None:
    learners = together(tmp_path / "learned.db", 4)
    assert {len(one) for one in learners} == {80}
    assert len({one.to_bytes() for one in learners}) == 1


def test_workers_behind_a_server_end_with_the_same_outcomes(redis_server: RedisServer) -> None:
    learners = together(f"redis://127.0.0.1:{redis_server.port}/0", 4)
    assert {len(one) for one in learners} == {80}
    assert len({one.to_bytes() for one in learners}) == 1


def test_a_step_says_what_came_and_writes_only_what_is_new(tmp_path: Path) -> None:
    path = tmp_path / "learned.db"
    one, other = learner(1), learner(2, 5)
    with Exchange(path, one) as first, Exchange(str(path), other) as second:
        assert (first.step(), second.step(), first.step(), second.step()) == (0, 20, 5, 0)
        written = path.stat().st_mtime_ns, path.read_bytes()
        assert (first.step(), second.step()) == (0, 0)
        assert (path.stat().st_mtime_ns, path.read_bytes()) == written
        other.add("A new question", FAST, 1.0, at=99)
        assert (second.step(), first.step()) == (0, 1)
        # A worker that starts gets all.
        late = Learner()
        with Exchange(path, late) as third:
            assert third.step() == 26
        # Another deployment's key is apart.
        with Exchange(path, Learner(), key="other") as apart:
            assert apart.step() == 0


def _work(path: str, worker: int) -> None:
    with Exchange(path, learner(worker)) as exchange:
        exchange.step()


def test_processes_exchange(tmp_path: Path) -> None:
    path = str(tmp_path / "learned.db")
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_work, args=(path, worker)) for worker in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        assert process.exitcode == 0
    with Exchange(path, mine := Learner()) as exchange:
        assert exchange.step() == 60
    assert len(mine) == 60


def test_a_loop_learns_from_what_another_worker_saw(tmp_path: Path) -> None:
    governor = rh.Governor(rh.Ladder([rh.Rung("fast", model="small")]))
    loop = rh.learn.Loop(governor, now=0)
    with Exchange(tmp_path / "learned.db", learner(7, 60)) as theirs, Exchange(tmp_path / "learned.db", loop.learner) as mine:
        theirs.step()
        assert mine.step() == 60
    step = loop.step(now=1)
    assert (step.outcomes, step.rows, step.verdict) == (0, 60, "replaced")


def test_what_cannot_be_shared_is_an_error_and_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "learned.db"
    with Exchange(path, learner(1)) as exchange:
        exchange.step()
    mine = Learner(capacity=64)
    with Exchange(path, mine) as exchange, pytest.raises(rh.errors.InvalidValueError, match="capacity"):
        exchange.step()
    assert len(mine) == 0
    with sqlite3.connect(path) as db:
        db.execute("UPDATE learned SET state = x'00'")
    db.close()
    with Exchange(path, learner(1)) as exchange, pytest.raises(rh.errors.ArtifactError):
        exchange.step()
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as db:
        db.execute("CREATE TABLE theirs (x)")
    db.close()
    with pytest.raises(rh.errors.StoreError, match="no store of outcomes"):
        Exchange(other, mine)
    (tmp_path / "text").write_text("hello " * 100)
    with pytest.raises(rh.errors.StoreError, match="text"):
        Exchange(tmp_path / "text", mine)
    with pytest.raises(rh.errors.StoreError):
        Exchange("redis://127.0.0.1:1/0", mine, timeout=0.2)
    with pytest.raises(rh.errors.InvalidTypeError, match="where"):
        Exchange(object(), mine)
    with pytest.raises(rh.errors.InvalidTypeError, match="learner"):
        Exchange(path, object())  # type: ignore[arg-type]
