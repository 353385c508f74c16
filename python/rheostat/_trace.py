"""Recorded traces: past answers of models, as streams that can be replayed through a run.

A trace is a file of JSON lines, gzipped or not. Each line is one query, in one of these shapes:

- *votes*: `answers` (in the order they were drawn) with `tokens` or `words`, one number each;
- *probes*: `prefix` (tokens), `labels`, and `lp`, a row of log-probabilities over the labels at each prefix;
- *gates*: `ladder` (models), `gate` (a score for each model's answer, in [0, 1]) and `ok`;
- *streams*: `tiers`, a list for each rung of streams `{"answer", "tokens", "probes": [[tokens, answer, prob]],
  "logprobs": […], "top_logprobs": [[…]], "text": "…", "steps": […]}`, of which only `tokens` is needed.

`gold` is the right answer where it is known, `q` or `query` the text, `turns` the turns of the agent that asked, as
`[call, result]` or `[call, null, error]`.
"""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from os import PathLike, fspath
from pathlib import Path
from typing import Any

from rheostat.errors import InvalidTypeError, InvalidValueError, MalformedError

MAX_LINE = 64 << 20
"""Largest line, in bytes."""

TOKENS_PER_WORD = 4 / 3
"""Tokens per word, for traces that count words: the average of common byte-pair tokenizers on English."""

GATE = 0.5
"""Gate score below which a host refuses an answer."""


@dataclass(frozen=True)
class Stream:
    """One recorded sample."""

    tokens: int
    answer: str | None = None
    probes: tuple[tuple[int, str, float | None], ...] = ()
    logprobs: tuple[float, ...] = ()
    top_logprobs: tuple[tuple[float, ...], ...] = ()
    text: str = ""
    steps: tuple[float, ...] = ()


@dataclass(frozen=True)
class Recorded:
    """One recorded query: its streams for each rung of the ladder that it was recorded on, lowest first."""

    id: str
    tiers: tuple[tuple[Stream, ...], ...]
    query: str = ""
    gold: str | None = None
    models: tuple[str, ...] = field(default=())
    turns: tuple[tuple[str, str | None, str | None], ...] = ()


def read(path: str | PathLike[str]) -> Iterator[Recorded]:
    """Reads a trace, line by line.

    Raises:
        OSError: It cannot be read.
        MalformedError: A line is not a JSON object of a known shape; the message names file and line.
    """
    with gzip.open(path, "rb") if Path(path).suffix == ".gz" else Path(path).open("rb") as file:
        number = 0
        while line := file.readline(MAX_LINE + 1):
            number += 1
            where = f"{fspath(path)}, line {number}"
            if len(line) > MAX_LINE:
                raise MalformedError(f"{where}: more than {MAX_LINE} bytes")
            if line.strip():
                yield _parse(line, where, number)


def _parse(line: bytes, where: str, number: int) -> Recorded:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise MalformedError(f"{where}: {error}") from error
    if not isinstance(row, dict):
        raise InvalidTypeError(f"{where}: got {type(row).__name__}, wanted an object")
    try:
        tiers = _tiers(row)
        turns = tuple(_turn(*turn) for turn in row.get("turns", ()))
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise MalformedError(f"{where}: {type(error).__name__}: {error}") from error
    if tiers is None:
        raise InvalidValueError(
            f"{where}: fields {sorted(row)} are of no known shape; it must be votes, probes, gates or streams"
        )
    gold = row.get("gold", row.get("ok") and "right")
    models = tuple(str(model) for model in row.get("ladder", ()))
    query = str(row.get("query", row.get("q", "")))
    return Recorded(str(row.get("id", number)), tiers, query, None if gold is None else str(gold), models, turns)


def _tiers(row: dict[str, Any]) -> tuple[tuple[Stream, ...], ...] | None:
    if "tiers" in row:
        return tuple(tuple(_stream(one) for one in tier) for tier in row["tiers"])
    if "answers" in row:
        sizes = row["tokens"] if "tokens" in row else [math.ceil(words * TOKENS_PER_WORD) for words in row["words"]]
        pairs = zip(row["answers"], sizes, strict=True)
        return (tuple(Stream(int(tokens), _answer(answer)) for answer, tokens in pairs),)
    if "lp" in row:
        return ((_probed(row),),)
    if "gate" in row:
        pairs = zip(row["gate"], row["ok"], strict=True)
        return tuple((Stream(0, _verdict(ok) if gate >= GATE else None),) for gate, ok in pairs)
    return None


def _stream(one: dict[str, Any]) -> Stream:
    return Stream(
        tokens=int(one["tokens"]),
        answer=_answer(one.get("answer")),
        probes=tuple((int(at), str(answer), prob) for at, answer, prob in one.get("probes", ())),
        logprobs=tuple(float(p) for p in one.get("logprobs", ())),
        text=str(one.get("text", "")),
        top_logprobs=tuple(tuple(float(p) for p in top) for top in one.get("top_logprobs", ())),
        steps=tuple(float(score) for score in one.get("steps", ())),
    )


def _turn(call: Any, result: Any, error: Any = None) -> tuple[str, str | None, str | None]:
    return str(call), _answer(result), _answer(error)


def _probed(row: dict[str, Any]) -> Stream:
    probes = []
    for at, logprobs in zip(row["prefix"], row["lp"], strict=True):
        best = max(range(len(logprobs)), key=logprobs.__getitem__)
        total = sum(math.exp(p) for p in logprobs)
        probes.append((int(at), row["labels"][best], math.exp(logprobs[best]) / total if total > 0 else None))
    # The last prefix is the whole reasoning, so the probe's answer there is the final answer.
    return Stream(int(row["prefix"][-1]), probes[-1][1], tuple(probes[:-1]))


def _answer(value: Any) -> str | None:
    return None if value is None else str(value)


def _verdict(ok: Any) -> str:
    return "right" if ok else "wrong"
