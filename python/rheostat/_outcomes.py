"""Logs of outcomes, to learn from and to calibrate on.

A log is JSON lines (`.jsonl`, `.ndjson`, gzipped or not), CSV (`.csv`), Parquet (`.parquet`, with the extra `polars` or
`parquet`), or a data frame. Each row has a `text`, and either

- *wide*: one column per rung, under the rung's name, with the score of its answer in [0, 1]; empty is "not observed"; or
- *long*: `rung` and `score`, one row per outcome; rows with one `id` belong to one query (without it, rows of equal texts).

Optional columns: `group` (the independent unit, such as a user), `weight`, `kind` (`graded`, `judge`, `thumbs`, `retry`,
`escalation`) and `at` (seconds of Unix time). Other columns are ignored.
"""

from __future__ import annotations

import csv
import gzip
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from os import PathLike, fspath
from pathlib import Path
from typing import Any

from rheostat import _native
from rheostat._checks import invalid
from rheostat._extras import need
from rheostat.errors import InvalidTypeError, InvalidValueError, MalformedError, MissingExtraError

MAX_LINE = 64 << 20
"""Largest line, in bytes."""


@dataclass(frozen=True)
class OutcomeLog:
    """The outcomes of a log, checked against a ladder.

    Args:
        rows: The outcomes.
        source: Name of the file or data frame, for messages.
    """

    rows: tuple[_native.ScoredOutcome, ...]
    source: str

    def fit(
        self,
        ladder: _native.Ladder,
        *,
        estimator: _native.Estimator | None = None,
        half_life: float | None = None,
        at: float = 0.0,
        folds: int = 5,
        seed: int = 0,
    ) -> _native.Estimator:
        """Learns from the outcomes, as `rheostat.fit` does, each with its own kind, weight and age.

        Args:
            ladder: The rungs.
            estimator: The prior; the shipped model if not given.
            half_life: Seconds in which the weight of an outcome halves; weights do not fade if not given.
            at: Time from which ages are counted, in seconds of Unix time.
            folds: Number of folds of the cross-validation, by group.
            seed: Seed of the folds and of the report's interval.

        Raises:
            InvalidValueError: The log has fewer than ten outcomes, equal scores only, or a single group.
        """
        learner = _native.Learner(estimator, capacity=65_536, half_life=half_life)
        for row in self.rows:
            kind, rung = row.kind, ladder[row.rung]
            learner.add(row.text, rung, row.score, kind=kind, at=row.at, id=row.id, group=row.group, weight=row.weight)
        try:
            return learner.solve(ladder, at=at, folds=folds, seed=seed)
        except InvalidValueError as error:
            raise InvalidValueError(f"{self.source}: {error}") from None

    def columns(self) -> tuple[list[str], dict[str, list[float]], list[str | None]]:
        """Returns texts, scores per rung (NaN: not observed) and groups, as `rheostat.fit` takes them."""
        place: dict[str, int] = {}
        texts: list[str] = []
        groups: list[str | None] = []
        for row in self.rows:
            if row.id not in place:
                place[row.id] = len(texts)
                texts.append(row.text)
                groups.append(row.group)
        scores = {rung: [math.nan] * len(texts) for rung in dict.fromkeys(row.rung for row in self.rows)}
        for row in self.rows:
            scores[row.rung][place[row.id]] = row.score
        return texts, scores, groups


_WANTED = 'each line is an object with the text, a rung and its score, such as {"text": "Why?", "rung": "fast", "score": 1.0}'


def read_outcomes(source: str | PathLike[str] | Any, ladder: _native.Ladder) -> OutcomeLog:
    """Reads a log of outcomes from a file or a data frame.

    Args:
        source: Path of a file, or a data frame of pandas or Polars.
        ladder: The rungs; a column with the name of a rung holds its scores.

    Raises:
        OSError: The file cannot be read.
        MalformedError: A line is not a JSON object, or the file is not Parquet.
        InvalidValueError, InvalidTypeError, UnknownNameError: The message names file, row and field.
        MissingExtraError: Parquet needs the extra `polars` or `parquet`.

    Example:
        >>> import rheostat as rh
        >>> log = rh.learn.read_outcomes({"text": ["a", "b"], "fast": [1.0, None]}, rh.Ladder([rh.Rung("fast")]))
        >>> [(row.text, row.score) for row in log.rows]
        [('a', 1.0)]
    """
    if isinstance(source, (str, PathLike)):
        name = fspath(source)
        rows: Iterable[tuple[str, Mapping[str, Any]]] = _file(name)
    else:
        name = type(source).__name__
        rows = ((f"{name}, row {i}", row) for i, row in enumerate(_frame(source)))
    reader = _native.OutcomeReader(ladder)
    outcomes = tuple(outcome for place, row in rows for outcome in reader.read(place, dict(row)))
    if not outcomes:
        raise InvalidValueError(f"{name}: outcomes must be at least 1, got 0: {_WANTED}")
    return OutcomeLog(outcomes, name)


def _file(name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    suffixes = [suffix.lower() for suffix in Path(name).suffixes]
    kind = next((suffix for suffix in reversed(suffixes) if suffix != ".gz"), "")
    if kind in {".jsonl", ".ndjson", ".json"}:
        return _json_lines(name)
    if kind == ".csv":
        return _csv(name)
    if kind == ".parquet":
        return ((f"{name}, row {i}", row) for i, row in enumerate(_frame(_parquet(name), name)))
    raise invalid(name, kind or "no suffix", ".jsonl, .ndjson, .csv or .parquet")


def _json_lines(name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    with gzip.open(name, "rb") if name.endswith(".gz") else Path(name).open("rb") as file:
        number = 0
        while line := file.readline(MAX_LINE + 1):
            number += 1
            where = f"{name}, line {number}"
            if len(line) > MAX_LINE:
                raise MalformedError(f"{where}: more than {MAX_LINE} bytes")
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise MalformedError(f"{where}: no JSON ({error}): {_WANTED}") from error
            if not isinstance(row, dict):
                raise MalformedError(f"{where}: got {type(row).__name__}, wanted an object: {_WANTED}")
            yield where, row


def _csv(name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    with (
        gzip.open(name, "rt", encoding="utf-8-sig", newline="")
        if name.endswith(".gz")
        else Path(name).open(encoding="utf-8-sig", newline="")
    ) as file:
        reader = csv.DictReader(file)
        try:
            for row in reader:
                yield f"{name}, line {reader.line_num}", row
        except (csv.Error, UnicodeDecodeError) as error:
            raise MalformedError(f"{name}, line {reader.line_num}: {error}") from error


def _parquet(name: str) -> Any:
    try:
        polars: Any = need("polars", "polars")
    except MissingExtraError:
        parquet: Any = need("pyarrow.parquet", "parquet")
        try:
            return parquet.read_table(name).to_pydict()
        except ValueError as error:
            raise MalformedError(f"{name}: {error}") from error
    try:
        return polars.read_parquet(name)
    except polars.exceptions.PolarsError as error:
        raise MalformedError(f"{name}: {error}") from error


def _frame(frame: Any, name: str | None = None) -> Iterator[Mapping[str, Any]]:
    """Returns the rows of a data frame, or of columns by name."""
    names = list(frame) if isinstance(frame, Mapping) else list(getattr(frame, "columns", ()))
    if not names:
        raise InvalidTypeError(f"{name or type(frame).__name__}: got no columns, wanted a data frame")
    columns = [frame[column] for column in names]
    values = [column.tolist() if hasattr(column, "tolist") else list(column) for column in columns]
    if len({len(column) for column in values}) > 1:
        raise invalid(f"{name or type(frame).__name__}: columns", "different lengths", "of one length")
    return (dict(zip(map(str, names), row, strict=True)) for row in zip(*values, strict=True))
