"""Everyday asks that no outcome set has: greetings, look-ups and small chores, asks of a few steps, asks with many
requirements, and proofs.

They were written for this project, as templates with choices, and their difficulty is set by hand: they are opinions of
the authors, not outcomes of models. The model card says so, and they weigh as one group among many.
"""

from __future__ import annotations

import itertools
import random
import re
from pathlib import Path

import pandas as pd

FOLDER = Path(__file__).parent / "asks"
#: The share of a panel of models that would fail: hand-set, by file.
FAILURES = {"easy": 0.04, "medium": 0.3, "hard": 0.68, "deep": 0.9}
DRAWS_PER_TEMPLATE = 16


def load(seed: int) -> pd.DataFrame:
    """The asks as rows with the same columns as the outcomes."""
    rows = []
    for name, failures in FAILURES.items():
        rng = random.Random(f"{seed}/{name}")
        for number, (domain, template) in enumerate(templates(name)):
            for text in draw(template, rng):
                rows.append((text, f"asks/{name}", "asks", 1.0 - failures, domain, number))
    table = pd.DataFrame(rows, columns=["prompt", "group", "family", "accuracy", "domain", "template"])
    return table.drop_duplicates("prompt").assign(out_chars=float("nan"))


def templates(name: str) -> list[tuple[str | None, str]]:
    """The templates of a file, each with its domain (``@domain template``) or None."""
    lines = (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    found = [re.fullmatch(r"(?:@(\w+) )?([^#].*)", line) for line in lines]
    return [(match[1], match[2].replace("\\n", "\n")) for match in found if match]


def draw(template: str, rng: random.Random) -> list[str]:
    """At most DRAWS_PER_TEMPLATE different texts of a template."""
    parts = re.split(r"\{([^{}]*)\}", template)
    choices = [part.split("|") if i % 2 else [part] for i, part in enumerate(parts)]
    texts = ["".join(combination) for combination in itertools.islice(itertools.product(*choices), 4096)]
    return rng.sample(texts, min(DRAWS_PER_TEMPLATE, len(texts)))
