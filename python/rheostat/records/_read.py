"""Reader of records, from any sink."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from typing import Any

from rheostat._extras import need
from rheostat.errors import MalformedError
from rheostat.records._schema import check

MAX_LINE = 16 << 20
"""Largest record, in bytes."""


def read(path: str | PathLike[str]) -> Iterator[dict[str, Any]]:
    """Reads the records of a file or directory that a `Recorder` wrote, in order.

    Raises:
        OSError: It cannot be read.
        MalformedError: A record does not parse or does not fit the schema; the message names record and place.
        MissingExtraError: The records are Parquet, and the extra `parquet` is not installed.

    Example:
        >>> import rheostat as rh, tempfile, pathlib
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "log.jsonl"
        >>> with rh.records.Recorder(path) as recorder:
        ...     recorder.decision(rh.Governor(rh.Ladder([rh.Rung("only")])).plan("What is the capital of France?"))
        True
        >>> [record["kind"] for record in read(path)]
        ['decision']
    """
    path = Path(path)
    for number, text in enumerate(_texts(path), 1):
        where = f"{path}, record {number}"
        if len(text) > MAX_LINE:
            raise MalformedError(f"{where}: more than {MAX_LINE} bytes")
        try:
            record = json.loads(text)
        except ValueError as error:
            raise MalformedError(f"{where}: {error}") from error
        yield check(record, where)


def _texts(path: Path) -> Iterator[str | bytes]:
    if path.suffix == ".parquet":
        parquet: Any = need("pyarrow.parquet", "parquet")
        for part in sorted(path.glob("part-*.parquet"), key=lambda part: part.stat().st_mtime_ns):
            yield from parquet.read_table(part, columns=["record"]).column("record").to_pylist()
    elif path.suffix in {".sqlite", ".db"}:
        if not path.exists():
            raise FileNotFoundError(f"{path}: no such file")
        db = sqlite3.connect(path)
        try:
            for (text,) in db.execute("SELECT record FROM records ORDER BY rowid"):
                yield text
        except sqlite3.DatabaseError as error:
            raise MalformedError(f"{path}: {error}") from error
        finally:
            db.close()
    else:
        with path.open("rb") as file:
            while line := file.readline(MAX_LINE + 1):
                if line.strip():
                    yield line
