"""One ledger while processes are killed, a server goes and comes back, and clocks jump: no cap passed, nothing lost."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from benches.chaos import bench as chaos
from benches.chaos import worker
from benches.chaos.journal import BASE, Books
from benches.chaos.redis_server import RedisServer


def check(report: chaos.Report) -> None:
    assert report.problems == []
    assert report.holds
    assert 0 < report.spent <= report.cap
    # What was to happen has happened: a chaos without any would show nothing.
    assert report.denied > 0
    assert report.twice > 0
    assert report.never > 0
    assert report.left > 0
    assert report.left >= report.held


@pytest.mark.filterwarnings("ignore:the threshold policy planned")
def test_runs_in_one_process() -> None:
    report = chaos.process(runs=1_000, seed=3)
    check(report)
    assert report.late == report.never
    assert report.spent > 0.8 * report.cap


def test_processes_on_one_file(tmp_path: Path) -> None:
    report = chaos.sqlite(tmp_path, rounds=2, seed=3)
    check(report)
    assert report.killed > 0
    assert report.late > 0


def test_processes_on_leases_of_a_server(tmp_path: Path) -> None:
    pytest.importorskip("redis", reason="the extra `redis` is not installed")
    if RedisServer.program() is None:
        pytest.skip("no redis-server or valkey-server: tools/install-redis installs one on Debian and Ubuntu")
    server = RedisServer(tmp_path, durable=True)
    server.start()
    try:
        report = chaos.redis(server, tmp_path, rounds=1, seed=3)
    finally:
        server.kill()
    check(report)
    assert report.killed > 0
    assert report.outages == 1


def test_the_books_find_what_is_wrong(tmp_path: Path) -> None:
    def books(*lines: str) -> Books:
        path = tmp_path / "journal"
        path.write_text("\n".join(lines))
        made = Books()
        made.read(path)
        return made

    twice = books("granted 1 t0 50 50", "settling 1 50", "settled 1 settled", "again 1 settled")
    assert twice.wrong == ["reservation 1: again answered settled"]
    path = tmp_path / "ledger.db"
    with worker.sqlite_store(path, chaos.SQLITE_FLEET) as store:
        hold = store.ledger.reserve(tokens=50, tenant="t0-0", at=BASE)
        store.ledger.reserve(tokens=40, tenant="t0-0", at=BASE)
    lost = chaos.Report("sqlite")
    never_made = hold.id + (1 << 32)
    granted = [f"granted {hold.id} t0-0 50 50", f"granted {never_made} t0-0 40 30", f"granted {never_made + 1} t0-0 10 10"]
    chaos._sqlite_books(lost, books(*granted), path, 0)
    assert any(f"reservation {never_made}" in problem for problem in lost.problems)
    assert "1 reservations that no process made" in lost.problems
    assert any("tenant t0-0: the file says" in problem for problem in lost.problems)
    assert "tenant t0-0 was refused with 8910 left" in lost.problems
    over = chaos.Report("sqlite")
    huge = f"granted 9 t0-1 {chaos.SQLITE_FLEET} {chaos.SQLITE_FLEET}"
    chaos._enter(over, books(huge))
    chaos._sqlite_books(over, books(huge), path, 0)
    assert f"{chaos.SQLITE_FLEET} spent of {chaos.SQLITE_FLEET}" not in over.problems
    over.problems.clear()
    chaos._enter(over, books(*granted, huge))
    chaos._sqlite_books(over, books(*granted, huge), path, 0)
    assert f"{chaos.SQLITE_FLEET + 90} spent of {chaos.SQLITE_FLEET}" in over.problems


def test_the_bench_says_what_was_held(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(RedisServer, "program", staticmethod(lambda: None))
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    chaos.arguments(parser)
    assert chaos.run(parser.parse_args(["--json", "--runs", "200", "--rounds", "0"])) == 0
    captured = capsys.readouterr()
    assert "redis: left out" in captured.err
    said = json.loads(captured.out)
    assert said["holds"]
    assert [report["store"] for report in said["reports"]] == ["process", "sqlite"]
    assert all(report["held"] > 0 for report in said["reports"])
    pytest.importorskip("rich", reason="the extra `cli` is not installed")
    bad = chaos.Report("process", problems=["it is lost"])
    chaos.show([bad])
    assert "process: it is lost" in capsys.readouterr().out
