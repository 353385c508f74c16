"""How good the models are, by kind, family and mode, with 95 % intervals: `python -m training.lab.evaluate --questions 600`."""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from random import Random

from rheostat.lab import FAMILIES, KINDS, MODES, Lab, Question, Request
from rheostat.lab.questions import LANGUAGES, make, of_kind

SEED = 20_000_003
"""Training draws its questions from other seeds; nothing is de-duplicated, so the shortest sums will mostly have been seen."""


def wilson(right: int, asked: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927)."""
    z = 1.959964
    share, scale = right / asked, 1 + z * z / asked
    middle = (share + z * z / (2 * asked)) / scale
    half = z * math.sqrt(share * (1 - share) / asked + z * z / (4 * asked * asked)) / scale
    return middle - half, middle + half


def cell(lab: Lab, model: str, mode: str, asked: list[Question]) -> str:
    """Greedy accuracy, interval and tokens written for a question."""
    engine = lab[model]
    before = engine.written_tokens
    streams = engine.serve([Request(q.text, mode) for q in asked])  # type: ignore[arg-type]
    right = sum(q.right(s.answer) for q, s in zip(asked, streams, strict=True))
    low, high = wilson(right, len(asked))
    return (
        f"{100 * right / len(asked):.1f} ({100 * low:.0f}–{100 * high:.0f}) {(engine.written_tokens - before) / len(asked):.0f}"
    )


def table(lab: Lab, rows: dict[str, list[Question]]) -> str:
    """A Markdown table: a row for each group of questions, a column for each model and mode."""
    columns = [(model, mode) for model in lab.models for mode in MODES]
    lines = [
        "| | " + " | ".join(f"{model.removeprefix('lab-')} {mode}" for model, mode in columns) + " |",
        "|---" * (len(columns) + 1) + "|",
    ]
    lines += [f"| {name} | " + " | ".join(cell(lab, *column, asked) for column in columns) + " |" for name, asked in rows.items()]
    return "\n".join(lines)


def main() -> None:
    """Reads the arguments, prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=400, help="of each group")
    parser.add_argument("--weights", type=Path, default=Path("lab/rheostat_lab"))
    arguments = parser.parse_args()
    lab = Lab.load(arguments.weights, capacity=64)
    rng, n = Random(SEED), arguments.questions
    kinds = {
        f"{kind}, {'held-out' if held else 'trained'} phrasings": [of_kind(rng, kind, held) for _ in range(n)]
        for kind in KINDS
        for held in (False, True)
    }
    print(table(lab, kinds), "\n", flush=True)
    families = {
        f"{family} {level}": [make(rng, family, level, rng.choice(LANGUAGES)) for _ in range(n)]
        for family, module in FAMILIES.items()
        for level in module.LEVELS
    }
    print(table(lab, families))


if __name__ == "__main__":
    main()
