"""How good the models are, by kind, family and mode, with 95 % intervals: `python -m training.lab.evaluate --questions 600`."""

from __future__ import annotations

import argparse
import math
from collections import Counter
from pathlib import Path
from random import Random

from rheostat_lab import FAMILIES, KINDS, MODES, Lab, Question, Request
from rheostat_lab.questions import LANGUAGES, make, of_kind

SEED = 20_000_003
"""Training draws its questions from other seeds; nothing is de-duplicated, so the shortest sums will mostly have been seen."""
SAMPLES = (1, 4, 8)
TEMPERATURE = 0.8
SAMPLED = 4
"""One question in this many of a group is asked several times."""

Groups = dict[str, list[Question]]


def kinds(questions: int) -> Groups:
    """Returns questions of each kind, in trained and in held-out phrasings."""
    rng = Random(SEED)
    return {
        f"{kind}, {'held-out' if held else 'trained'} phrasings": [of_kind(rng, kind, held) for _ in range(questions)]
        for kind in KINDS
        for held in (False, True)
    }


def families(questions: int) -> Groups:
    """Returns questions of each family and level."""
    rng = Random(SEED + 1)
    return {
        f"{family} {level}": [make(rng, family, level, rng.choice(LANGUAGES)) for _ in range(questions)]
        for family, module in FAMILIES.items()
        for level in module.LEVELS
    }


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


def table(lab: Lab, groups: Groups) -> str:
    """A Markdown table: a row for each group of questions, a column for each model and mode."""
    columns = [(model, mode) for model in lab.models for mode in MODES]
    lines = [
        "| | " + " | ".join(f"{model.removeprefix('lab-')} {mode}" for model, mode in columns) + " |",
        "|---" * (len(columns) + 1) + "|",
    ]
    lines += [
        f"| {name} | " + " | ".join(cell(lab, *column, asked) for column in columns) + " |" for name, asked in groups.items()
    ]
    return "\n".join(lines)


def chosen(question: Question, answers: list[str | None]) -> str | None:
    """Returns the answer of several samples: the first that the question's check accepts; without a check, the most frequent."""
    if question.verify is not None:
        return next((answer for answer in answers if answer is not None and question.verify(answer)), None)
    given = Counter(answer for answer in answers if answer is not None)
    return given.most_common(1)[0][0] if given else None


def with_samples(lab: Lab, groups: Groups) -> str:
    """A Markdown table: accuracy in mode `hi` of one greedy answer, then of 1, 4 and 8 samples."""
    lines = ["| | " + " | ".join(model.removeprefix("lab-") for model in lab.models) + " |", "|---" * (len(lab.models) + 1) + "|"]
    for name, asked in groups.items():
        cells = []
        for model in lab.models:
            greedy = lab[model].serve([Request(q.text, "hi") for q in asked])
            drawn = lab[model].serve(
                Request(q.text, "hi", temperature=TEMPERATURE, seed=SAMPLES[-1] * i + k)
                for i, q in enumerate(asked)
                for k in range(SAMPLES[-1])
            )
            answers = [s.answer for s in drawn]
            shares = [sum(q.right(s.answer) for q, s in zip(asked, greedy, strict=True)) / len(asked)]
            for count in SAMPLES:
                got = (chosen(q, answers[SAMPLES[-1] * i :][:count]) for i, q in enumerate(asked))
                shares.append(sum(q.right(a) for q, a in zip(asked, got, strict=True)) / len(asked))
            cells.append(" · ".join(f"{100 * share:.1f}" for share in shares))
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    """Reads the arguments, prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=400, help="of each group")
    parser.add_argument("--weights", type=Path, default=Path("lab/rheostat_lab/models"))
    arguments = parser.parse_args()
    lab = Lab.load(arguments.weights, capacity=64)
    of_kinds, of_families = kinds(arguments.questions), families(arguments.questions)
    print(table(lab, of_kinds), "\n", flush=True)
    print(with_samples(lab, sampled_groups(of_kinds, of_families)), "\n", flush=True)
    print(table(lab, of_families))


def sampled_groups(of_kinds: Groups, of_families: Groups) -> Groups:
    """Returns the questions that are asked several times, a quarter of each group: searches, and multi-step ones."""
    groups = {name: asked[::SAMPLED] for name, asked in of_families.items() if name.startswith("reach")}
    return groups | {name: asked[::SAMPLED] for name, asked in of_kinds.items() if name.startswith("multi-step")}


if __name__ == "__main__":
    main()
