"""Reader of logs of other programs: one `Entry` for each query, whatever the form.

A file is JSON lines, JSON (a list, or an object whose `data` is one), CSV, TSV or Parquet; `.gz` is read through. Rows are read
one by one. `_forms` has the table of forms.
"""

from __future__ import annotations

import csv
import gzip
import json
import math
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from io import TextIOWrapper
from os import PathLike
from pathlib import Path
from typing import Any, BinaryIO, cast

from rheostat._extras import need
from rheostat._usage import Usage
from rheostat.errors import InvalidValueError, MalformedError, RheostatError
from rheostat.records._forms import FORMS, WANTED, Form
from rheostat.records._read import MAX_LINE, _lines, _parsed, _texts
from rheostat.records._schema import check

MAX_WHOLE = 256 << 20
"""Largest JSON file that is one value, in bytes; JSON lines have no limit."""
MOST_PENDING = 100_000
"""Batch inputs that wait for their outputs. The oldest is passed on alone when there are more."""
_SPANS = next(form for form in FORMS if form.name == "OpenTelemetry spans")


@dataclass(slots=True)
class Entry:
    """One query of a log, or one outcome. None: the log does not have it."""

    form: str
    id: str | None = None
    trace: str | None = None
    session: str | None = None
    tenant: str | None = None
    query: dict[str, Any] | None = None
    """The keyword of `Governor.plan`: text, messages or body."""
    model: str | None = None
    rung: str | None = None
    input_tokens: float | None = None
    """Includes cached ones."""
    cached_tokens: float | None = None
    output_tokens: float | None = None
    """Includes reasoning."""
    reasoning_tokens: float | None = None
    usd: float | None = None
    score: float | None = None
    scores: dict[str, float] | None = None
    """By rung, where several rungs answered the query."""
    propensity: float | None = None
    answers: list[str] = field(default_factory=list)
    """The texts of the samples, where there are several."""
    cut: bool = False
    """True if the answer reached its limit of tokens."""
    failed: bool = False
    outcome: bool = False
    """True if this is the outcome of another row."""
    record: dict[str, Any] | None = None
    """The decision record, in a log of this library."""


class LogFile(Iterator[Entry]):
    """The entries of a log.

    Attributes:
        rows: Rows so far.
        torn: Rows that were cut or damaged.
        unknown: Rows of no known form.
        forms: Entries by form.
    """

    def __init__(self, *paths: str | PathLike[str], progress: Callable[[int], None] | None = None) -> None:
        """Opens nothing yet; the first entry does. Several files are one log. `progress` gets the rows so far, now and then."""
        self.rows = self.torn = self.unknown = 0
        self.forms: dict[str, int] = {}
        self._paths, self._progress = [Path(path) for path in paths], progress
        self._entries = self._joined()

    def __next__(self) -> Entry:
        """The next entry."""
        return next(self._entries)

    def _joined(self) -> Iterator[Entry]:
        """Joins batch outputs with their inputs, in either order of the two."""
        inputs: OrderedDict[str, Entry] = OrderedDict()
        for entry in self._read():
            self.forms[entry.form] = self.forms.get(entry.form, 0) + 1
            if entry.form == "OpenAI batch input" and entry.id is not None:
                inputs[entry.id] = entry
                if len(inputs) > MOST_PENDING:
                    yield inputs.popitem(last=False)[1]
                continue
            if entry.form == "OpenAI batch output" and entry.id in inputs:
                entry.query = inputs.pop(str(entry.id)).query
            yield entry
        yield from inputs.values()

    def _read(self) -> Iterator[Entry]:
        for path in self._paths:
            known = unknown = 0
            for entry in self._of_file(path):
                known += entry is not None
                unknown += entry is None
                if entry is not None:
                    yield entry
            self.unknown += unknown
            if unknown and not known:
                raise MalformedError(f"{path}: no row is of a known form; looked for {WANTED}")

    def _of_file(self, path: Path) -> Iterator[Entry | None]:
        """Yields the entries of a file; None for a row of no known form."""
        start = self.rows
        for value in _values(path):
            self.rows += 1
            if self._progress is not None and not self.rows % 1_000:
                self._progress(self.rows)
            if value is None:
                self.torn += 1
                continue
            found = False
            for entry in _entries(value, f"{path}, row {self.rows - start}"):
                found = True
                yield entry
            if not found:
                yield None


def without_queries(paths: Iterable[str | PathLike[str]], rows: int, torn: int) -> InvalidValueError:
    """The error of a log that was read and has no query, with what to do."""
    if not rows:
        why = f"there is no row; {_KINDS}"
    elif torn == rows:
        why = f"none of {rows:,} rows can be read; {_KINDS}"
    else:
        damaged = f", {torn:,} of them torn" if torn else ""
        why = f"{rows:,} rows{damaged}, and none has a prompt, messages or the body of a request"
    return InvalidValueError(f"{', '.join(map(str, paths))}: queries must be at least 1, got 0: {why}")


_KINDS = "a log has a JSON object on each line (.jsonl), or is .json, .csv, .tsv, .parquet or .sqlite"


def _values(path: Path) -> Iterator[Any]:
    """Yields the rows of a file; None for one that is torn."""
    kind = next((suffix for suffix in map(str.lower, reversed(path.suffixes)) if suffix != ".gz"), "")
    if kind != ".parquet" and path.is_dir():
        raise MalformedError(f"{path} is a folder: name the files in it, such as {path / '*.jsonl'}")
    if kind == ".parquet":
        yield from _parquet(path)
    elif kind in {".csv", ".tsv"}:
        yield from _table(path, "\t" if kind == ".tsv" else ",")
    elif kind in {".sqlite", ".db"}:
        yield from (_parsed(text)[0] for text in _texts(path))
    elif kind == ".json" and (whole := _whole(path)) is not None:
        yield from whole
    else:
        with _open(path) as file:
            yield from (_parsed(text)[0] for text in _lines(file))


def _open(path: Path) -> BinaryIO:
    """Opens a file for its bytes, unpacked if it is packed."""
    packed = ".gz" in map(str.lower, path.suffixes)
    return cast("BinaryIO", gzip.open(path) if packed else path.open("rb"))


def _whole(path: Path) -> list[Any] | None:
    """Returns the rows of a file that is one JSON value; None if it is JSON lines."""
    with _open(path) as file:
        text = file.read(MAX_WHOLE + 1)
    if len(text) > MAX_WHOLE:
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if isinstance(value, dict) and isinstance(value.get("data"), list):
        value = value["data"]
    return value if isinstance(value, list) else [value]


def _table(path: Path, delimiter: str) -> Iterator[Any]:
    csv.field_size_limit(max(csv.field_size_limit(), MAX_LINE))
    with TextIOWrapper(_open(path), encoding="utf-8-sig", errors="replace", newline="") as file:
        rows = csv.reader((line.replace("\0", "") for line in file), delimiter=delimiter)
        head = next(rows, [])
        while True:
            try:
                row = next(rows, None)
            except csv.Error:
                yield None
                continue
            if row is None:
                return
            if row:
                yield dict(zip(head, map(_cell, row), strict=True)) if len(row) == len(head) else None


def _parquet(path: Path) -> Iterator[Any]:
    parquet: Any = need("pyarrow.parquet", "parquet")
    for part in sorted(path.glob("*.parquet")) if path.is_dir() else [path]:
        try:
            file = parquet.ParquetFile(part)
            for batch in file.iter_batches(batch_size=1_024):
                for row in batch.to_pylist():
                    # A `Recorder`'s file has the whole record in one column.
                    if isinstance(text := row.get("record"), (str, bytes)):
                        yield _parsed(text)[0]
                    else:
                        yield {name: _cell(value) for name, value in row.items()}
        except ValueError as error:
            raise MalformedError(f"{part}: {error}") from error


def _cell(value: Any) -> Any:
    """Returns a cell's value: JSON is parsed, an empty cell is None."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    if not text:
        return None
    if text[0] in "{[":
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return value
    return value


def _entries(value: Any, where: str) -> Iterator[Entry]:
    if isinstance(value, str):
        yield Entry("prompts", query={"text": value})
    elif not isinstance(value, dict):
        return
    elif "schema" in value and value.get("kind") in {"decision", "outcome"}:
        yield _of_record(check(value, where))
    elif "resourceSpans" in value:
        for span in _spans(value):
            yield from _of_span(span)
    elif isinstance(value.get("attributes"), (dict, list)) and _has_any(_attributes(value["attributes"]), "gen_ai"):
        yield from _of_span(value)
    else:
        for form in FORMS:
            if all(any(value.get(name) is not None for name in group) for group in form.marks):
                yield _of_form(form, value)
                return


def _of_record(record: dict[str, Any]) -> Entry:
    if record["kind"] == "outcome":
        return Entry("rheostat records", id=record["id"], rung=record["rung"], score=float(record["score"]), outcome=True)
    plan, run = record["plan"], record.get("run") or {}
    spent = run.get("spent") or {}
    prompt = record.get("prompt")
    return Entry(
        "rheostat records",
        id=record["id"],
        session=record.get("session"),
        tenant=record.get("tenant"),
        query={"text": prompt} if isinstance(prompt, str) else None,
        model=plan.get("model"),
        rung=str(plan["rung"]),
        usd=_number(spent.get("usd")),
        propensity=record.get("propensity"),
        cut=run.get("ended") in {"ceiling", "deadline"},
        record=record,
    )


def _of_form(form: Form, row: dict[str, Any]) -> Entry:
    found = {name: _first(row, paths) for name, paths in form.fields.items()}
    entry = Entry(form.name)
    for name in ("id", "trace", "session", "tenant", "model", "rung"):
        setattr(entry, name, _text(found.get(name)))
    for name in ("input_tokens", "cached_tokens", "output_tokens", "reasoning_tokens", "usd", "score", "propensity"):
        setattr(entry, name, _number(found.get(name)))
    if found.get("usage") is not None:
        _use(entry, found["usage"])
    entry.query = _query(found.get("body"), found.get("query"))
    entry.answers, finished = _answers(found.get("answers"))
    finish = found.get("finish") if found.get("finish") is not None else finished
    entry.cut = any(
        str(one).lower() in {"length", "max_tokens", "max_output_tokens"}
        for one in (finish if isinstance(finish, list) else [finish])
    )
    status = found.get("status")
    code = _number(status)
    entry.failed = bool(found.get("failed")) or str(status).lower() in {"failure", "error", "failed"}
    entry.failed |= code is not None and code >= 400
    entry.outcome = form.name == "Langfuse scores" or (form is _SPANS and entry.score is not None)
    if form.name == "Langfuse observations" and str(found.get("kind")).upper() not in {"GENERATION", "NONE"}:
        entry.query = None
    if not (entry.score is None or 0.0 <= entry.score <= 1.0):
        entry.score = None
    if not (entry.propensity is None or 0.0 < entry.propensity <= 1.0):
        entry.propensity = None
    scores = found.get("scores")
    if isinstance(scores, dict):
        graded = {str(rung): _number(score) for rung, score in scores.items()}
        entry.scores = {rung: score for rung, score in graded.items() if score is not None and 0.0 <= score <= 1.0}
    return entry


def _spans(value: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for resource in _list(value["resourceSpans"]):
        for scope in _list(resource.get("scopeSpans") if isinstance(resource, dict) else None):
            for span in _list(scope.get("spans") if isinstance(scope, dict) else None):
                if isinstance(span, dict):
                    yield span


def _of_span(span: dict[str, Any]) -> Iterator[Entry]:
    """Yields the entry of a span, and the outcome in each of its events of an evaluation."""
    row = _attributes(span.get("attributes"))
    inner = span.get("context")
    for name, other in (("spanId", "span_id"), ("traceId", "trace_id")):
        places = (span, inner if isinstance(inner, dict) else {})
        row[name] = next((place[key] for place in places for key in (name, other) if place.get(key)), None)
    events = [event for event in _list(span.get("events")) if isinstance(event, dict)]
    for event in events:
        row |= {
            k: v
            for k, v in _attributes(event.get("attributes")).items()
            if k in {"gen_ai.input.messages", "gen_ai.output.messages"}
        }
    if any(row.get(name) is not None for name in _SPANS.marks[0]):
        yield _of_form(_SPANS, row)
    for event in events:
        score = _number(_attributes(event.get("attributes")).get("gen_ai.evaluation.score.value"))
        if score is not None and 0.0 <= score <= 1.0:
            yield Entry(_SPANS.name, id=_text(row["spanId"]), trace=_text(row["traceId"]), score=score, outcome=True)


def _attributes(found: Any) -> dict[str, Any]:
    if isinstance(found, dict):
        return {str(name): _cell(value) for name, value in found.items()}
    pairs = [pair for pair in _list(found) if isinstance(pair, dict) and isinstance(pair.get("key"), str)]
    return {pair["key"]: _cell(_any_value(pair.get("value"))) for pair in pairs}


def _any_value(value: Any) -> Any:
    """Returns the value of an OTLP `AnyValue`."""
    if not isinstance(value, dict) or not value:
        return value
    kind, inner = next(iter(value.items()))
    if kind == "arrayValue" and isinstance(inner, dict):
        return [_any_value(one) for one in _list(inner.get("values"))]
    if kind == "kvlistValue" and isinstance(inner, dict):
        return {one.get("key"): _any_value(one.get("value")) for one in _list(inner.get("values")) if isinstance(one, dict)}
    return inner


def _has_any(row: dict[str, Any], prefix: str) -> bool:
    return any(name.startswith(prefix) for name in row)


def _first(row: dict[str, Any], paths: tuple[str, ...]) -> Any:
    """Returns the value of the first path that has one. A name with dots may be a column's name, too."""
    for path in paths:
        value = row.get(path)
        if value is None and "." in path:
            value = row
            for step in path.split("."):
                value = value[0] if isinstance(value, list) and value else value
                value = _cell(value.get(step)) if isinstance(value, dict) else None
        if value is not None and value != {} and value != []:  # noqa: PLR1714  # Not hashable.
            return value
    return None


def _query(body: Any, query: Any) -> dict[str, Any] | None:
    if isinstance(body, dict):
        return {"body": json.dumps(body)}
    query = _cell(query)
    if isinstance(query, list):
        messages = [_message(one) for one in query if isinstance(one, dict)]
        return {"messages": messages} if messages else None
    if isinstance(query, dict):
        return {"body": json.dumps(query)} if "messages" in query or "contents" in query else None
    return {"text": query} if isinstance(query, str) else None


def _message(message: dict[str, Any]) -> dict[str, Any]:
    """Returns a message with `content`: OpenTelemetry's have `parts`."""
    parts = message.get("parts")
    if "content" in message or not isinstance(parts, list):
        return message
    texts = [str(part["content"]) for part in parts if isinstance(part, dict) and isinstance(part.get("content"), str)]
    return {"role": message.get("role", "user"), "content": "\n".join(texts)}


def _answers(found: Any) -> tuple[list[str], list[Any]]:
    """Returns the texts of several samples, and the reasons of their ends."""
    texts, ends = [], []
    for choice in _list(found):
        if isinstance(choice, str):
            texts.append(choice)
        elif isinstance(choice, dict):
            ends.append(choice.get("finish_reason"))
            message = choice.get("message")
            text = message.get("content") if isinstance(message, dict) else None
            if isinstance(text, str):
                texts.append(text)
    return texts if len(texts) > 1 else [], ends


def _use(entry: Entry, usage: Any) -> None:
    try:
        read = Usage.read({"usage": usage})
    except RheostatError:
        return
    if read is not None:
        for name in ("input", "cached", "output", "reasoning"):
            if getattr(entry, f"{name}_tokens") is None:
                setattr(entry, f"{name}_tokens", getattr(read, name))


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and number >= 0.0 else None


def _text(value: Any) -> str | None:
    return None if value is None or isinstance(value, (dict, list)) else str(value)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
