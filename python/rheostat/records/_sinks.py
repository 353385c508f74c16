"""Sinks of records: files, a database, columns."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable
from os import PathLike, fspath
from pathlib import Path
from typing import Any, Protocol

from rheostat._checks import invalid, private
from rheostat._extras import need

IndexColumns = tuple[str, str, float, str | None]
"""Columns that a SQLite sink has beside the record: id, kind, Unix time and tenant."""


class Sink(Protocol):
    """A destination of batches of records."""

    def write(self, lines: bytes, columns: Iterable[IndexColumns]) -> None:
        """Writes a batch of JSON lines whole, or raises; `PartlyWrittenError` if some of them are in the file."""

    def close(self) -> None:
        """Closes the sink."""


class PartlyWrittenError(Exception):
    """A write ended in the middle of a batch, as on a full disk.

    Attributes:
        records: Number of the batch's records that are whole in the file.
    """

    def __init__(self, records: int, error: OSError) -> None:
        super().__init__(str(error))
        self.records = records


def _records(lines: bytes) -> list[str]:
    return lines.decode().split("\n")[:-1]


def sink(path: str | PathLike[str]) -> Sink:
    """Returns the sink for a path, by its suffix."""
    path = Path(path)
    kinds: dict[str, type[JsonLines | SqliteTable | ParquetParts]] = {
        ".jsonl": JsonLines,
        ".sqlite": SqliteTable,
        ".db": SqliteTable,
        ".parquet": ParquetParts,
    }
    if path.suffix not in kinds:
        raise invalid(f"{path}: the suffix", repr(path.suffix), f"one of {', '.join(kinds)}")
    return kinds[path.suffix](path)


class JsonLines:
    """JSON lines, appended. A batch is one write.

    A line that a killed process or a full disk has cut is closed before the next batch, so that it costs itself alone.
    """

    def __init__(self, path: Path) -> None:
        # Without a buffer: what a failed write has left in one would be written later, in the middle of another line.
        try:
            self._file = open(path, "a+b", buffering=0, opener=private)  # noqa: SIM115  # `Path.open` has no opener.
        except PermissionError:
            self._file = open(path, "ab", buffering=0, opener=private)  # noqa: SIM115

    def write(self, lines: bytes, columns: Iterable[IndexColumns]) -> None:  # noqa: ARG002
        rest = memoryview(lines)
        try:
            if self._ends_in_a_cut_line():
                self._file.write(b"\n")
            while rest:
                written = self._file.write(rest)
                if not written:
                    raise BlockingIOError("the file takes no more")
                rest = rest[written:]
        except OSError as error:
            raise PartlyWrittenError(lines[: len(lines) - len(rest)].count(b"\n"), error) from error

    def _ends_in_a_cut_line(self) -> bool:
        if not self._file.seekable():
            return False
        end = self._file.seek(0, os.SEEK_END)
        if end == 0:
            return False
        if not self._file.readable():
            return True  # It cannot be known; readers skip an empty line.
        self._file.seek(end - 1)
        return bool(self._file.read(1) != b"\n")

    def close(self) -> None:
        self._file.close()


class SqliteTable:
    """A table of a SQLite file. A batch is one transaction."""

    def __init__(self, path: Path) -> None:
        os.close(private(fspath(path), os.O_RDWR | os.O_CREAT))
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS records (id TEXT NOT NULL, kind TEXT NOT NULL, at REAL NOT NULL, tenant TEXT, "
            "record TEXT NOT NULL)"
        )
        self._db.execute("CREATE INDEX IF NOT EXISTS records_id ON records (id)")

    def write(self, lines: bytes, columns: Iterable[IndexColumns]) -> None:
        values = [(*row, record) for row, record in zip(columns, _records(lines), strict=True)]
        try:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")  # An interrupt came between two statements.
            self._db.execute("BEGIN")
            self._db.executemany("INSERT INTO records VALUES (?,?,?,?,?)", values)
            self._db.execute("COMMIT")
        finally:
            # Also after a COMMIT that failed: an open transaction would refuse the next BEGIN.
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")

    def close(self) -> None:
        self._db.close()


class ParquetParts:
    """A directory of Parquet files, one per batch; each file is written whole or not at all."""

    def __init__(self, path: Path) -> None:
        self._arrow: Any = need("pyarrow", "parquet")
        self._parquet: Any = need("pyarrow.parquet", "parquet")
        path.mkdir(parents=True, exist_ok=True)
        self._path, self._name, self._count = path, os.urandom(6).hex(), 0

    def write(self, lines: bytes, columns: Iterable[IndexColumns]) -> None:
        ids, kinds, times, tenants = zip(*columns, strict=True)
        table = self._arrow.table(
            {
                "id": ids,
                "kind": kinds,
                "at": [float(at) for at in times],
                "tenant": self._arrow.array(tenants, self._arrow.string()),
                "record": _records(lines),
            }
        )
        part = self._path / f"part-{self._name}-{self._count:06}.parquet"
        self._parquet.write_table(table, f"{part}.tmp")
        Path(f"{part}.tmp").rename(part)
        self._count += 1

    def close(self) -> None:
        """Does nothing, because each file is closed when it is written."""
