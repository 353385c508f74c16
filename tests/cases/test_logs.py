"""Logs of decisions: a line that is cut costs that line, one odd value costs no batch, and a queue keeps no request alive."""

from __future__ import annotations

import gc
import json
import os
import sqlite3
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

import rheostat as rh
from rheostat import records
from rheostat._cli import main
from rheostat.errors import InvalidTypeError, InvalidValueError, MalformedError

GOVERNOR = rh.Governor(rh.Ladder([rh.Rung("fast", output_price=0.4)]))
PLAN = GOVERNOR.plan("What is the capital of France?")


def log(path: Path, count: int, **fields: Any) -> bytes:
    """Appends decisions, and returns the file."""
    with records.Recorder(path) as recorder:
        for _ in range(count):
            recorder.decision(PLAN, **fields)
        recorder.flush()
        assert (recorder.stats().written, recorder.stats().failed) == (count, 0)
    return path.read_bytes()


@pytest.mark.parametrize("cut", [1, 2, 60, -1, -20], ids=["line feed", "brace", "middle", "all but one byte", "head"])
def test_a_cut_line_costs_that_line(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "a.jsonl"
    whole = log(path, 3)
    last = len(whole.splitlines(keepends=True)[-1])
    path.write_bytes(whole[: len(whole) - (cut if cut > 0 else last + cut)])
    log(path, 5, tenant="later")
    found = records.read(path)
    lost = 0 if cut == 1 else 1
    assert len(list(found)) == 3 - lost + 5
    assert found.torn == lost
    assert lost == 0 or "record 3" in str(found.first)


@pytest.mark.parametrize(
    "damage",
    [
        b"\0" * 4_096,
        b"\0" * 100 + b"\n",
        b'{"schema": 1, "ki\n',
        b'e": 1}\n',
        b"\xff\xfe\xfa\n",
        b"[" * 200_000 + b"\n",
        b"\r\n",
        b"\n\n",
    ],
    ids=["zeroes", "zeroes, closed", "head", "tail", "no UTF-8", "nested", "carriage return", "empty"],
)
@pytest.mark.parametrize("place", ["first", "middle", "last"])
def test_damage_anywhere_costs_no_other_line(tmp_path: Path, damage: bytes, place: str) -> None:
    path = tmp_path / "a.jsonl"
    lines = log(path, 4).splitlines(keepends=True)
    at = {"first": 0, "middle": 2, "last": 4}[place]
    path.write_bytes(b"".join([*lines[:at], damage, *lines[at:]]))
    found = records.read(path)
    assert len(list(found)) == 4
    assert found.torn <= 1


def test_a_record_behind_a_cut_line_is_found(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    first, second = log(path, 2).splitlines(keepends=True)
    path.write_bytes(first[:40] + second + first)
    found = records.read(path)
    assert (len(list(found)), found.torn) == (2, 1)


def test_a_log_without_a_whole_line_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(log(path, 1)[:-60])
    with pytest.raises(MalformedError, match="record 1"):
        list(records.read(path))
    path.write_text('{"schema": 2, "kind": "decision", "at": 0, "id": "x"}\n')
    with pytest.raises(MalformedError, match="schema"):
        list(records.read(path))


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on a file's size")
def test_a_full_disk_and_room_again(tmp_path: Path) -> None:
    import resource
    import signal

    path = tmp_path / "a.jsonl"
    line = len(log(path, 1))
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    recorder = records.Recorder(path, batch=8, interval=60)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (line * 4 + line // 2, old[1]))
        for _ in range(8):
            recorder.decision(PLAN)
        recorder.flush()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)
        signal.signal(signal.SIGXFSZ, handler)
    # Three whole records fit behind the first, and half of the fourth.
    assert (recorder.stats().written, recorder.stats().failed) == (3, 5)
    for _ in range(8):
        recorder.decision(PLAN)
    recorder.close()
    found = records.read(path)
    assert recorder.stats().written == 11
    assert (len(list(found)), found.torn) == (12, 1)


class Unprintable:
    """An object whose text cannot be had."""

    def __str__(self) -> str:
        raise RuntimeError("no")


@pytest.mark.parametrize("suffix", [".jsonl", ".sqlite", ".db"])
@pytest.mark.parametrize("name", ["\ud800", "a\udfffb", 5, b"bytes", Unprintable(), "x" * 100_000, "nul\0", ""], ids=ascii)
def test_an_odd_name_costs_no_batch(tmp_path: Path, suffix: str, name: Any) -> None:
    path = tmp_path / f"a{suffix}"
    recorder = records.Recorder(path, prompts=True)
    for i in range(20):
        recorder.decision(PLAN, tenant="t")
        if i == 10:
            recorder.decision(PLAN, session=name, tenant=name, arm=name, prompt=name if isinstance(name, str) else None)
            recorder.outcome(PLAN.id, rung=name, score=1.0, kind=name)
    recorder.close()
    assert (recorder.stats().written, recorder.stats().failed) == (22, 0)
    assert len(list(records.read(path))) == 22


@pytest.mark.parametrize("at", [float("nan"), float("inf"), -float("inf"), 1e300, 10**400])
def test_a_time_that_is_none_is_refused_at_once(tmp_path: Path, at: float) -> None:
    with records.Recorder(tmp_path / "a.jsonl") as recorder:
        with pytest.raises(InvalidValueError, match="at must be"):
            recorder.decision(PLAN, at=at)
        with pytest.raises(InvalidValueError, match="at must be"):
            recorder.outcome(PLAN.id, rung="fast", score=1.0, at=at)
        for propensity in (float("nan"), 0.0, -0.1, 2.0, float("inf")):
            with pytest.raises(InvalidValueError, match="propensity must be"):
                recorder.decision(PLAN, propensity=propensity)
        with pytest.raises(InvalidTypeError, match="plan"):
            recorder.outcome(5, rung="fast", score=1.0)  # type: ignore[arg-type]
        with pytest.raises(InvalidTypeError, match="score"):
            recorder.outcome(PLAN.id, rung="fast", score="good")  # type: ignore[arg-type]
        with pytest.raises(InvalidTypeError, match="at"):
            recorder.decision(PLAN, at="noon")  # type: ignore[arg-type]
        recorder.decision(PLAN)
    assert len(list(records.read(tmp_path / "a.jsonl"))) == 1


class Body(bytes):
    """A request's body that tells when it goes."""

    gone = 0

    def __del__(self) -> None:
        Body.gone += 1


def test_the_queue_keeps_no_body_and_no_text_alive(tmp_path: Path) -> None:
    recorder = records.Recorder(tmp_path / "a.jsonl", batch=1_000, interval=60)
    message = json.dumps({"messages": [{"role": "user", "content": "x " * 100_000}]}).encode()
    before = Body.gone
    for _ in range(5):
        recorder.decision(GOVERNOR.plan(body=Body(message)))
    gc.collect()
    assert Body.gone == before + 5
    recorder.close()
    assert recorder.stats().written == 5


def test_the_queue_is_bounded_in_bytes(tmp_path: Path) -> None:
    recorder = records.Recorder(tmp_path / "a.jsonl", batch=1_000, interval=60, prompts=True, memory=1 << 20)
    taken = [recorder.decision(PLAN, prompt="x" * 300_000) for _ in range(10)]
    assert sum(taken) <= 5
    recorder.close()
    assert (recorder.stats().written, recorder.stats().dropped) == (sum(taken), 10 - sum(taken))
    with records.Recorder(tmp_path / "b.jsonl", prompts=True, memory=1 << 20) as recorder:
        assert recorder.decision(PLAN, prompt="x" * (2 << 20))


@pytest.mark.skipif(sys.platform == "win32", reason="no permissions of this kind")
def test_new_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    for name in ("a.jsonl", "a.sqlite"):
        log(tmp_path / name, 1)
    rh.Estimator().save(tmp_path / "a.bin")
    for path in tmp_path.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
    # One that is there keeps its permissions.
    os.chmod(tmp_path / "a.bin", 0o644)  # noqa: PTH101
    rh.Estimator().save(tmp_path / "a.bin")
    assert stat.S_IMODE((tmp_path / "a.bin").stat().st_mode) == 0o644


def test_a_commit_that_fails_leaves_no_transaction_open(tmp_path: Path) -> None:
    recorder = records.Recorder(tmp_path / "a.sqlite", interval=60)
    other = sqlite3.connect(tmp_path / "a.sqlite", isolation_level=None)
    recorder._sink._db.execute("PRAGMA busy_timeout = 0")  # type: ignore[attr-defined]
    other.execute("BEGIN IMMEDIATE")
    recorder.decision(PLAN)
    recorder.flush()
    assert recorder.stats().failed == 1
    other.execute("ROLLBACK")
    other.close()
    recorder.decision(PLAN)
    recorder.close()
    assert recorder.stats().written == 1


@pytest.mark.parametrize("verb", [["explain", "--record"], ["calibrate", "--doubts"]], ids=lambda verb: verb[0])
def test_the_command_line_reads_a_damaged_log(tmp_path: Path, verb: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.jsonl"
    log(path, 2)
    with path.open("ab") as file:
        file.write(b"[" * 200_000 + b"\n" + b'{"schema": 1, "ki')
    assert main([verb[0], str(path), verb[1]] if verb[0] == "calibrate" else [*verb, str(path)]) in {0, 2}
    assert "Traceback" not in capsys.readouterr().err


def test_the_terminal_is_not_steered(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    steering = "\x1b]0;title\x07 \x9b2J \x1b[31m \u202e \x08"
    path = tmp_path / "a.jsonl"
    with records.Recorder(path, prompts=True) as recorder:
        recorder.decision(PLAN, prompt=steering, session=steering)
    for words in (
        ["plan", steering],
        ["plan", steering, "--json"],
        ["explain", steering],
        ["explain", steering, "--json"],
        ["explain", "--record", str(path)],
        ["explain", "--record", str(path), "--json"],
    ):
        pytest.importorskip("rich")
        assert main(words) == 0
        shown = capsys.readouterr().out
        assert not set(shown) & set("\x1b\x07\x9b\u202e\x08"), ascii(shown)
    assert main(["explain", "--record", str(tmp_path / "\x1b[31m.jsonl")]) == 2
    assert "\x1b" not in capsys.readouterr().err
