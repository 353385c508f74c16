"""Recorded samples of a cheap model and outcomes of a strong one on the same questions, as tasks.

GSM8K joins the samples in RHEOSTAT_TRACES with the outcomes in RHEOSTAT_DATA, by the question's text. The other tasks are in
RHEOSTAT_EVIDENCE. A missing folder leaves its tasks out.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import rheostat as rh
from benches.quality import _data, _traces
from rheostat._extras import need

DEFAULT = Path("../shared/evidence")
"""Where the other tasks are looked for without RHEOSTAT_EVIDENCE, from the working directory."""
EXAMS = ("aqua-rat", "arc-challenge", "hellaswag", "logiqa-en", "lsat-ar", "lsat-lr", "lsat-rc", "medmcqa", "sat-en", "sat-math")
PAIRS = (
    ("comprehensive", "gpt-3.5", "gpt-4"),
    ("comprehensive", "gemini-1.0-pro", "gemini-1.5-pro"),
    ("comprehensive", "gpt-3.5", "claude-3-opus"),
    ("comprehensive", "llama-2-7b", "llama-2-70b"),
    ("comprehensive", "command-r-plus", "mistral-large"),
    ("comprehensive", "llama-2-70b", "gpt-4"),
)
"""Cheap and strong models of the mixed exam."""
DATES = (
    ("date-understanding", ("gpt-3.5", "cot1"), ("gpt-4", "greedy_cot2")),
    ("date-understanding", ("gpt-3.5", "pot2"), ("gpt-4", "greedy_pot2")),
    ("date-understanding", ("llama-2-13b", "cot1"), ("gpt-4", "cot1")),
    ("date-understanding", ("llama-2-13b", "pot2"), ("gpt-3.5", "cot1")),
    ("crepe", ("llama-2-13b", "pot1_V2"), ("gpt-4", "cot1")),
    ("gsm8k", ("llama-2-13b", "pot2"), ("gpt-4", "cot1")),
    ("itu/math500", ("r1-distill-7b", "T m8"), ("qwen3-8b", "greedy")),
    ("itu/math500", ("qwen2.5-math-1.5b", "T m8"), ("qwen3-8b", "greedy")),
)
"""Cheap and strong models with the settings that they were recorded at."""
TEMPERATURE = "chain_of_thought T=0.7"
SYSTEM_TOKENS = 60
"""Tokens around a question of GSM8K, and characters per token where only those are known."""
CHARACTERS = 4.0


@dataclass(frozen=True)
class Question:
    """One question: the cheap model's answers in the order they were drawn, which are right, and the strong model's outcome."""

    answers: tuple[str | None, ...]
    right: tuple[bool, ...]
    strong: float


@dataclass(frozen=True)
class Task:
    """Questions of one kind, with the price of a cheap sample and of a strong answer, in US dollars."""

    name: str
    questions: tuple[Question, ...]
    cheap_usd: float
    strong_usd: float


def gsm8k() -> Task:
    """gpt-4o-mini with 40 samples a question, gpt-4o's outcome, at their list prices.

    Raises:
        MissingTracesError: The samples are not there.
        MissingDataError: The outcomes are not there.
    """
    texts = {row["id"]: row["q"] for row in _traces.rows("gsm8k_openai_example_solutions_4tiers.jsonl.gz")}
    outcomes = _table(_data.folder() / "zeroeval.parquet")
    right, size = outcomes["correct:gpt-4o-2024-08-06"], outcomes["out_chars:gpt-4o-2024-08-06"]
    strong = {_key(prompt): (right[i], size[i]) for i, prompt in enumerate(outcomes["prompt"])}
    questions, inputs, cheap, dear = [], [], [], []
    for row in _traces.rows("consol_gpt4omini_gsm8k_n40.jsonl.gz"):
        text = texts.get(row["id"], "")
        found = strong.get(_key(text))
        if found is None or found[0] is None:
            continue
        answers = tuple(rh.votes.normalise(answer) or None for answer in row["answers"])
        gold = rh.votes.normalise(row["gold"])
        questions.append(Question(answers, tuple(answer == gold for answer in answers), float(found[0])))
        inputs.append(len(text) / CHARACTERS + SYSTEM_TOKENS)
        cheap.append(sum(row["tokens"]) / len(row["tokens"]))
        dear.append(found[1] / CHARACTERS)
    small, large = rh.Ladder.cascade("gpt-4o-mini", "gpt-4o").rungs
    return Task("gsm8k: gpt-4o-mini, gpt-4o", tuple(questions), _usd(small, inputs, cheap), _usd(large, inputs, dear))


def others() -> Iterator[Task]:
    """The tasks of RHEOSTAT_EVIDENCE; none if the folder is not there."""
    folder = Path(os.environ.get("RHEOSTAT_EVIDENCE", DEFAULT))
    if not (folder / "renze_mcq.parquet").is_file():
        return
    exams = _rows(folder / "renze_mcq.parquet")
    for exam in EXAMS:
        rows = exams[exam]
        strong = [row for row in rows if row["model"] == "gpt-4" and "temperature" in row["source"]] or [
            row for row in rows if row["model"] == "gpt-4" and row["setting"] == "concise-study chain_of_thought"
        ]
        cheap = [row for row in rows if row["model"] == "gpt-3.5" and row["setting"] == TEMPERATURE]
        yield from _task(f"{exam}: gpt-3.5, gpt-4", cheap, strong)
    mixed = [row for row in exams["comprehensive"] if row["setting"] == TEMPERATURE]
    for exam, low, high in PAIRS:
        of = {model: [row for row in mixed if row["model"] == model] for model in (low, high)}
        yield from _task(f"{exam}: {low}, {high}", of[low], of[high])
    dates = _rows(folder / "math_dates.parquet")
    for name, low_setting, high_setting in DATES:
        picked = [
            [row for row in dates[name] if (row["model"], row["setting"]) == wanted] for wanted in (low_setting, high_setting)
        ]
        yield from _task(f"{name}: {low_setting[0]} {low_setting[1]}, {high_setting[0]}", *picked)


def _task(name: str, cheap: list[dict[str, Any]], strong: list[dict[str, Any]]) -> Iterator[Task]:
    outcomes, samples = defaultdict(list), defaultdict(list)
    for row in strong:
        outcomes[row["qid"]].append(float(row["correct"]))
    for row in cheap:
        samples[row["qid"]].append(row)
    questions = []
    for qid, drawn in samples.items():
        if qid in outcomes and len(drawn) > 2:  # three probes are the most that are compared
            answers = tuple(None if row["answer"] is None else rh.votes.normalise(row["answer"]) or None for row in drawn)
            right = tuple(bool(row["correct"]) for row in drawn)
            questions.append(Question(answers, right, sum(outcomes[qid]) / len(outcomes[qid])))
    if questions:
        yield Task(name, tuple(questions), _mean(row["cost"] for row in cheap), _mean(row["cost"] for row in strong))


def _mean(costs: Iterator[float | None]) -> float:
    known = [cost for cost in costs if cost is not None]
    return sum(known) / max(len(known), 1)


def _usd(rung: rh.Rung, inputs: list[float], outputs: list[float]) -> float:
    dollars = sum(inputs) * rung.input_price + sum(outputs) * rung.output_price
    return dollars / 1e6 / len(inputs)


def _key(text: str) -> str:
    """The end of a question without what harnesses change: a set's prompts differ in their beginnings."""
    return re.sub(r"\W+", "", text).lower()[-160:]


def _rows(path: Path) -> dict[str, list[dict[str, Any]]]:
    parquet: Any = need("pyarrow.parquet", "parquet")
    columns = ["source", "task", "qid", "model", "setting", "answer", "correct", "cost"]
    by_task = defaultdict(list)
    for row in parquet.read_table(path, columns=columns).to_pylist():
        by_task[row["task"]].append(row)
    return by_task


def _table(path: Path) -> dict[str, list[Any]]:
    parquet: Any = need("pyarrow.parquet", "parquet")
    columns = ["prompt", "correct:gpt-4o-2024-08-06", "out_chars:gpt-4o-2024-08-06"]
    table: dict[str, list[Any]] = parquet.read_table(path, columns=columns).to_pydict()
    return table
