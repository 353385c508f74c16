"""Reader of records, from any sink."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from typing import Any, BinaryIO

from rheostat._extras import need
from rheostat.errors import MalformedError
from rheostat.records._schema import check

MAX_LINE = 16 << 20
"""Largest record, in bytes."""
_HEAD = b'{"schema":'
"""The beginning of every record, by which one is found behind a line that was cut."""
_LOG = logging.getLogger(__name__)


def read(path: str | PathLike[str]) -> Records:
    """Reads the records of a file or directory that a `Recorder` wrote, in order.

    A line that is cut or damaged, as by a full disk or a kill, costs that line: it is passed over and counted in `Records.torn`.

    Raises:
        OSError: It cannot be read.
        MalformedError: A record does not fit the schema, or no line is a record; the message names record and place.
        MissingExtraError: The records are Parquet, and the extra `parquet` is not installed.

    Example:
        >>> import rheostat as rh, tempfile, pathlib
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "log.jsonl"
        >>> with rh.records.Recorder(path) as recorder:
        ...     recorder.decision(rh.Governor(rh.Ladder([rh.Rung("only")])).plan("What is the capital of France?"))
        True
        >>> _ = path.write_text(path.read_text() + '{"schema": 1, "kind": "deci')
        >>> records = read(path)
        >>> [record["kind"] for record in records], records.torn
        (['decision'], 1)
    """
    return Records(Path(path))


class Records(Iterator[dict[str, Any]]):
    """The records of a log, from `read`.

    Attributes:
        torn: Lines so far that were cut or damaged.
        first: Place and fault of the first of them.

    Example:
        >>> import pathlib, tempfile
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "log.jsonl"
        >>> _ = path.write_text("")
        >>> records = read(path)
        >>> list(records), records.torn
        ([], 0)
    """

    def __init__(self, path: Path) -> None:
        """Opens nothing yet; the first record does."""
        self.torn = 0
        self.first: str | None = None
        self._path, self._found = path, self._records(path)

    def __next__(self) -> dict[str, Any]:
        """The next record."""
        return next(self._found)

    def __repr__(self) -> str:
        return f"Records({str(self._path)!r}, torn={self.torn})"

    def _records(self, path: Path) -> Iterator[dict[str, Any]]:
        whole = 0
        for number, text in enumerate(_texts(path), 1):
            where = f"{path}, record {number}"
            record, fault = _parsed(text)
            if fault is not None:
                self.torn += 1
                self.first = self.first or f"{where}: {fault}"
            if record is not None:
                whole += 1
                yield check(record, where)
        if self.torn and not whole:
            raise MalformedError(self.first)
        if self.torn:
            _LOG.warning("%s: %d torn lines passed over, the first at %s", path, self.torn, self.first)


def _parsed(text: str | bytes) -> tuple[Any, str | None]:
    """Returns a line's record, and the fault of the line. Both, if a record was appended to a line that had been cut."""
    if len(text) > MAX_LINE:
        return None, f"more than {MAX_LINE} bytes"
    try:
        return json.loads(text), None
    except (ValueError, RecursionError) as error:
        fault = str(error)
    raw = text.encode() if isinstance(text, str) else text
    start = raw.find(_HEAD, 1)
    while start > 0:
        try:
            return json.loads(raw[start:]), fault
        except (ValueError, RecursionError):
            start = raw.find(_HEAD, start + 1)
    return None, fault


def _texts(path: Path) -> Iterator[str | bytes]:
    if path.suffix == ".parquet":
        parquet: Any = need("pyarrow.parquet", "parquet")
        for part in sorted(path.glob("part-*.parquet"), key=lambda part: part.stat().st_mtime_ns):
            try:
                column = parquet.read_table(part, columns=["record"]).column("record")
            except ValueError as error:
                raise MalformedError(f"{part}: {error}") from error
            yield from column.to_pylist()
    elif path.suffix in {".sqlite", ".db"}:
        if not path.exists():
            raise FileNotFoundError(f"{path}: no such file")
        db = sqlite3.connect(path)
        try:
            for (text,) in db.execute("SELECT record FROM records ORDER BY rowid"):
                yield text if isinstance(text, (str, bytes)) else repr(text)
        except sqlite3.Error as error:
            raise MalformedError(f"{path}: {error}") from error
        finally:
            db.close()
    else:
        with path.open("rb") as file:
            yield from _lines(file)


def _lines(file: BinaryIO) -> Iterator[bytes]:
    while line := file.readline(MAX_LINE + 1):
        rest = line
        while len(rest) > MAX_LINE and not rest.endswith(b"\n"):
            rest = file.readline(MAX_LINE + 1)
        # Blocks of NUL bytes are what some file systems leave after a power failure.
        if line := line.strip(b" \t\r\n\0"):
            yield line
