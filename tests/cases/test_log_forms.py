"""Logs of other programs: each form gives the same entry, a torn row costs that row, and an unknown form is named."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

import rheostat as rh
from rheostat.records._forms import FORMS
from rheostat.records._log import Entry, LogFile

ASK = "How many rivers cross the border?"
MESSAGES = [{"role": "user", "content": ASK}]
PARTS = [{"role": "user", "parts": [{"type": "text", "content": ASK}]}]
USAGE = {"prompt_tokens": 40, "completion_tokens": 30, "completion_tokens_details": {"reasoning_tokens": 12}}


def attribute(name: str, value: Any) -> dict[str, Any]:
    kind = {str: "stringValue", int: "intValue", float: "doubleValue"}[type(value)]
    return {"key": name, "value": {kind: str(value) if kind == "intValue" else value}}


SPAN = {
    "gen_ai.operation.name": "chat", "gen_ai.response.model": "small", "gen_ai.conversation.id": "s",
    "gen_ai.usage.input_tokens": 40, "gen_ai.usage.output_tokens": 30, "gen_ai.usage.reasoning.output_tokens": 12,
    "gen_ai.usage.cost": 0.25, "gen_ai.input.messages": json.dumps(PARTS),
}  # fmt: skip
OTLP = {"traceId": "t", "spanId": "i", "name": "chat small", "attributes": [attribute(*pair) for pair in SPAN.items()]}
SPEND = {
    "request_id": "i", "session_id": "s", "model": "small", "spend": 0.25, "startTime": "2026-01-01", "prompt_tokens": 40,
    "completion_tokens": 30, "metadata": {"usage_object": USAGE}, "messages": MESSAGES, "response": {}, "status": "success",
}  # fmt: skip
ROWS: dict[str, list[Any]] = {
    "LiteLLM spend logs": [SPEND],
    "LiteLLM standard logging payload": [
        {"id": "i", "litellm_call_id": "c", "trace_id": "s", "response_cost": 0.25, "startTime": 1.0, "model": "small",
         "prompt_tokens": 40, "completion_tokens": 30, "metadata": {"usage_object": USAGE}, "messages": MESSAGES},
    ],
    "OpenAI batch": [
        {"custom_id": "i", "method": "POST", "url": "/v1/chat/completions", "body": {"model": "small", "messages": MESSAGES}},
        {"custom_id": "i", "error": None, "response": {"status_code": 200, "body": {"model": "small", "usage": USAGE}}},
    ],
    "Langfuse API": [
        {"id": "i", "traceId": "t", "sessionId": "s", "type": "GENERATION", "startTime": "2026-01-01", "model": "small",
         "usageDetails": {"input": 40, "output": 30, "output_reasoning_tokens": 12}, "totalCost": 0.25, "input": MESSAGES},
    ],
    "Langfuse export": [
        {"id": "i", "trace_id": "t", "session_id": "s", "type": "GENERATION", "start_time": "2026-01-01",
         "provided_model_name": "small", "usage_details": {"input": 40, "output": 30, "output_reasoning_tokens": 12},
         "total_cost": 0.25, "input": {"messages": MESSAGES}},
    ],
    "OTLP": [{"resourceSpans": [{"scopeSpans": [{"spans": [OTLP]}]}]}],
    "span": [{"context": {"trace_id": "t", "span_id": "i"}, "attributes": SPAN}],
    "plain": [{"id": "i", "session": "s", "model": "small", "messages": MESSAGES, "usage": USAGE, "usd": 0.25}],
}  # fmt: skip


def log(path: Path, rows: list[Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def known(entry: Entry) -> tuple[Any, ...]:
    tokens = (entry.input_tokens, entry.output_tokens, entry.reasoning_tokens)
    assert entry.query is not None
    plan = rh.Governor(rh.Ladder([rh.Rung("only")])).plan(**entry.query)
    expected = rh.Governor(rh.Ladder([rh.Rung("only")])).plan(messages=MESSAGES)
    assert plan.estimate.difficulty == expected.estimate.difficulty
    return entry.id, entry.model, tokens, entry.failed, entry.outcome


@pytest.mark.parametrize("name", ROWS)
def test_every_form_gives_the_same_entry(tmp_path: Path, name: str) -> None:
    (entry,) = LogFile(log(tmp_path / "log.jsonl", ROWS[name]))
    assert known(entry) == ("i", "small", (40, 30, 12), False, False)
    if name != "OpenAI batch":
        assert (entry.usd, entry.session) == (0.25, "s")


@pytest.mark.parametrize("kind", ["jsonl.gz", "json", "json of data", "csv", "csv.gz", "tsv"])
def test_every_file_gives_the_same_entry(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"log.{kind.split(maxsplit=1)[0]}"
    if kind.startswith("json"):
        text = json.dumps(SPEND) if kind == "jsonl.gz" else json.dumps([SPEND] if kind == "json" else {"data": [SPEND]}, indent=2)
    else:
        cells = [json.dumps(value) if isinstance(value, (dict, list)) else value for value in SPEND.values()]
        plain = tmp_path / "plain"
        with plain.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter="\t" if kind == "tsv" else ",").writerows([list(SPEND), cells])
        text = plain.read_text(encoding="utf-8")
    path.write_bytes(gzip.compress(text.encode()) if kind.endswith(".gz") else text.encode())
    (entry,) = LogFile(path)
    assert known(entry) == ("i", "small", (40, 30, 12), False, False)


def test_parquet(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="the extra `parquet` is not installed")
    arrow = pytest.importorskip("pyarrow")
    parquet.write_table(
        arrow.Table.from_pylist([SPEND | {"messages": json.dumps(MESSAGES), "response": None}]), tmp_path / "log.parquet"
    )
    (entry,) = LogFile(tmp_path / "log.parquet")
    assert known(entry) == ("i", "small", (40, 30, 12), False, False)


def test_parquet_without_pyarrow_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow.parquet", None)
    with pytest.raises(rh.errors.MissingExtraError, match=r"rheostat\[parquet\]"):
        list(LogFile(tmp_path / "log.parquet"))


def test_outcomes_of_other_programs(tmp_path: Path) -> None:
    score = {"id": "x", "traceId": "t", "observationId": "i", "name": "right", "value": 0.5, "dataType": "NUMERIC"}
    event = {"name": "gen_ai.evaluation.result", "attributes": [attribute("gen_ai.evaluation.score.value", 0.5)]}
    spans = {"resourceSpans": [{"scopeSpans": [{"spans": [OTLP | {"events": [event]}]}]}]}
    for row in (score, spans):
        outcome = list(LogFile(log(tmp_path / "log.jsonl", [row])))[-1]
        assert (outcome.outcome, outcome.id, outcome.trace, outcome.score) == (True, "i", "t", 0.5)


def test_a_torn_row_costs_that_row(tmp_path: Path) -> None:
    path = log(tmp_path / "log.jsonl", [SPEND, SPEND])
    path.write_text(path.read_text() + '{"request_id": "cut', encoding="utf-8")
    found = LogFile(path)
    assert (len(list(found)), found.torn, found.rows) == (2, 1, 3)
    table = tmp_path / "log.csv"
    table.write_text("prompt,model\nWhy?,small\nHow?\nWhen?,small\n", encoding="utf-8")
    found = LogFile(table)
    assert ([entry.query for entry in found], found.torn) == ([{"text": "Why?"}, {"text": "When?"}], 1)


@pytest.mark.parametrize("name", ["log.jsonl", "log.jsonl.gz"])
def test_a_row_that_is_too_long_costs_that_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr("rheostat.records._read.MAX_LINE", 1_000)
    text = "\n".join(json.dumps(row) for row in ("Why?", "x" * 2_500, "When?")).encode()
    (tmp_path / name).write_bytes(gzip.compress(text) if name.endswith(".gz") else text)
    found = LogFile(tmp_path / name)
    assert ([entry.query for entry in found], found.torn) == ([{"text": "Why?"}, {"text": "When?"}], 1)


def test_rows_of_no_form_are_counted_and_a_log_of_none_is_an_error(tmp_path: Path) -> None:
    found = LogFile(log(tmp_path / "log.jsonl", [{"other": 1}, 7, None, "a prompt"]))
    assert (len(list(found)), found.unknown, found.torn) == (1, 2, 1)
    with pytest.raises(rh.errors.MalformedError, match="looked for rheostat records") as error:
        list(LogFile(log(tmp_path / "none.jsonl", [{"other": 1}])))
    assert all(form.name in str(error.value) for form in FORMS)


@pytest.mark.parametrize("odd", [None, 1, "x", [], {}, [1], {"a": 1}, True, -1, 1e999, [[]], "{"])
@pytest.mark.parametrize("name", ROWS)
def test_odd_values_anywhere_are_survived(tmp_path: Path, name: str, odd: Any) -> None:
    rows = [row | {key: odd} for row in ROWS[name] for key in row]
    nested = [
        row | {key: dict.fromkeys(value, odd)} for row in ROWS[name] for key, value in row.items() if isinstance(value, dict)
    ]
    for entry in LogFile(log(tmp_path / "log.jsonl", [*rows, *nested, "a prompt"])):
        assert entry.usd is None or entry.usd >= 0
        assert entry.score is None or 0 <= entry.score <= 1


def test_answers_of_several_samples_and_cut_ones(tmp_path: Path) -> None:
    choices = [{"message": {"content": text}, "finish_reason": "length"} for text in ("4", "4", "5")]
    row = {"custom_id": "i", "error": None, "response": {"status_code": 200, "body": {"choices": choices}}}
    (entry,) = LogFile(log(tmp_path / "log.jsonl", [row]))
    assert (entry.answers, entry.cut) == (["4", "4", "5"], True)
    (entry,) = LogFile(log(tmp_path / "log.jsonl", [row | {"response": {"status_code": 429, "body": {}}}]))
    assert entry.failed
