"""Sinks of records: files, a database, columns."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable
from os import PathLike
from pathlib import Path
from typing import Any, Protocol

from rheostat._checks import invalid
from rheostat._extras import need

IndexColumns = tuple[str, str, float, str | None]
"""Columns that a SQLite sink has beside the record: id, kind, Unix time and tenant."""


class Sink(Protocol):
    """A destination of batches of records."""

    def write(self, lines: bytes, columns: Iterable[IndexColumns]) -> None:
        """Writes a batch of JSON lines whole, or raises."""

    def close(self) -> None:
        """Closes the sink."""


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
    """JSON lines, appended. A batch is one write."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab", buffering=0)

    def write(self, lines: bytes, columns: Iterable[IndexColumns]) -> None:  # noqa: ARG002
        rest = memoryview(lines)
        while rest:
            rest = rest[self._file.write(rest) :]

    def close(self) -> None:
        self._file.close()


class SqliteTable:
    """A table of a SQLite file. A batch is one transaction."""

    def __init__(self, path: Path) -> None:
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
        self._db.execute("BEGIN")
        try:
            self._db.executemany("INSERT INTO records VALUES (?,?,?,?,?)", values)
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

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
