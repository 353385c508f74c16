"""Files from elsewhere: models with hidden references, links in the way of an artifact, configurations, weights."""

from __future__ import annotations

import os
import stat
import sys
import threading
from pathlib import Path

import pytest

import rheostat as rh
from rheostat import config
from rheostat.errors import MalformedError, RheostatError
from rheostat.second_stage import _wire
from tests.cases.test_breaker import ESTIMATOR


def field(number: int, content: bytes, *, overflow: bool = False) -> bytes:
    """A length-delimited field of a protocol buffer; with a tag whose bits above 32 a 32-bit reader drops."""
    tag = number << 3 | 2 | (1 << 32 if overflow else 0)
    return varint(tag) + varint(len(content)) + content


def varint(value: int) -> bytes:
    """A number as protocol buffers write it."""
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def model(tensor: bytes, **options: bool) -> bytes:
    """A model of one graph with one tensor."""
    return field(7, field(5, tensor), **options)


def test_no_spelling_of_a_tag_hides_a_reference_to_another_file() -> None:
    external = field(13, field(1, b"location") + field(2, b"secret.bin"))
    _wire.check(model(field(9, b"\0" * 4)))
    hidden = [
        model(external),
        model(field(13, b"x", overflow=True)),
        model(varint(14 << 3 | 1 << 32) + b"\x01"),
        model(varint(14 << 3 | 1 << 35) + b"\x01"),
        model(varint(14 << 3 | 1 << 63) + b"\x01"),
        model(bytes([0xF0, 0x80, 0x80, 0x80, 0x10]) + b"\x01"),
        model(bytes([0xEA, 0x80, 0x80, 0x80, 0x10]) + varint(1) + b"x"),
        model(varint(14 << 3) + varint(1 << 40)),
        model(external, overflow=True),
        field(7, field(5, external, overflow=True)),
        field(7, field(1, field(5, field(5, external, overflow=True)))),
        model(varint(14 << 3) + b"\xff" * 9 + b"\x7f"),
    ]
    for content in hidden:
        with pytest.raises(_wire.NotOnnxError):
            _wire.check(content)
    # A tag may be written longer than it must be; it is the same tag to every reader.
    with pytest.raises(_wire.NotOnnxError, match="another file"):
        _wire.check(model(bytes([0xEA, 0x80, 0x80, 0x80, 0x00]) + varint(1) + b"x"))


@pytest.mark.skipif(sys.platform == "win32", reason="links and permissions of Unix")
class TestSave:
    """Artifacts on disk."""

    def test_a_link_in_the_place_of_the_temporary_file_is_not_followed(self, tmp_path: Path) -> None:
        victim = tmp_path / "victim"
        victim.write_bytes(b"mine")
        for name in (f"a.bin.{os.getpid()}.tmp", f".a.bin.{os.getpid()}.tmp", "a.bin.tmp"):
            (tmp_path / name).symlink_to(victim)
        ESTIMATOR.save(tmp_path / "a.bin")
        assert victim.read_bytes() == b"mine"
        assert not (tmp_path / "a.bin").is_symlink()

    def test_a_link_stays_one_also_where_its_target_is_not_there_yet(self, tmp_path: Path) -> None:
        (tmp_path / "folder").mkdir()
        (tmp_path / "second").symlink_to("folder/real.bin")
        (tmp_path / "first").symlink_to(tmp_path / "second")
        for _ in range(2):
            ESTIMATOR.save(tmp_path / "first")
            assert (tmp_path / "first").is_symlink()
            assert (tmp_path / "second").is_symlink()
            assert rh.Estimator.load(tmp_path / "folder" / "real.bin").version == ESTIMATOR.version
        (tmp_path / "loop").symlink_to("loop")
        with pytest.raises(OSError, match="loop"):
            ESTIMATOR.save(tmp_path / "loop")

    def test_leftovers_of_a_killed_process_are_swept_and_nothing_else(self, tmp_path: Path) -> None:
        left, fresh = tmp_path / f".a.bin.{'0' * 16}.tmp", tmp_path / f".a.bin.{'1' * 16}.tmp"
        others = [tmp_path / name for name in (f".b.bin.{'0' * 16}.tmp", ".a.bin.tmp", f".a.bin.{'g' * 16}.tmp", "a.bin.old")]
        for path in (left, fresh, *others):
            path.write_bytes(b"part")
        for path in (left, *others):
            os.utime(path, (0, 0))
        ESTIMATOR.save(tmp_path / "a.bin")
        assert not left.exists()
        assert all(path.exists() for path in (fresh, *others))

    def test_many_writers_leave_one_whole_file(self, tmp_path: Path) -> None:
        def write() -> None:
            for _ in range(20):
                ESTIMATOR.save(tmp_path / "a.bin")
                rh.Estimator.load(tmp_path / "a.bin")

        threads = [threading.Thread(target=write) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [path.name for path in tmp_path.iterdir()] == ["a.bin"]
        assert stat.S_IMODE((tmp_path / "a.bin").stat().st_mode) == 0o600

    def test_a_pipe_holds_up_its_own_thread_alone(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe")
        read: list[str] = []
        thread = threading.Thread(target=lambda: read.append(rh.Estimator.load(tmp_path / "pipe").version), daemon=True)
        thread.start()
        # The interpreter runs on: with the lock held, opening the other end would never come.
        with (tmp_path / "pipe").open("wb") as pipe:
            pipe.write(ESTIMATOR.to_bytes())
        thread.join(30)
        assert read == [ESTIMATOR.version]


@pytest.mark.parametrize(
    "text",
    [
        '[[rung]]\nname = "a"\nsamples = ' + "1" * 5_000,
        '[[rung]]\nname = "a"\noutput_price = ' + "1" * 400,
        '[[rung]]\nname = "a"\n[ceiling]\nusd = -' + "9" * 400,
        ".".join("a" * 20_000) + " = 1",
        "x = { " + " . ".join("a" * 20_000) + " = 1 }",
        "[" + ".".join(['"a"'] * 20_000) + "]",
        "x = " + "[" * 20_000,
        "x = 1" * 300_000,
        "\ud800",
        '[[rung]]\nname = "a"\nname = "b"',
        "x = 9999-99-99",
        "x = 1e400",
        "\0",
    ],
    ids=lambda text: ascii(text[:24]),
)
def test_a_configuration_is_read_or_refused_at_once(text: str) -> None:
    with pytest.raises(RheostatError, match="ladder"):
        config.loads(text)


def test_a_configuration_may_begin_with_a_byte_order_mark_and_hold_halves(tmp_path: Path) -> None:
    path = tmp_path / "ladder.toml"
    path.write_text('\ufeff[[rung]]\nname = "a"', encoding="utf-8")
    assert config.load(path).ladder.rungs[0].name == "a"
    assert config.loads('[[rung]]\nname = "a\ud800"').ladder.rungs[0].name == "a\ufffd"
    path.write_bytes(b'[[rung]]\nname = "\xff"')
    with pytest.raises(MalformedError, match="byte"):
        config.load(path)


@pytest.mark.skipif(sys.platform == "win32", reason="no permissions of this kind")
def test_a_ledgers_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    with rh.stores.SQLite(tmp_path / "ledger.db", [rh.Cap("fleet", tokens=100)]):
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes
    assert set(modes.values()) == {0o600}, modes
