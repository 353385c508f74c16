"""Order of asks by the tier that they deserve, from greetings to proofs.

`benches/quality/asks/tiers.tsv` has asks of four tiers (easy, medium, hard, deep) and of many genres, with near pairs: a hard
word that is mentioned beside one that is meant. They were written for this project, and no training reads them. A pair of asks of
two tiers is *in order* if the higher tier is the more difficult one. Prompt length is the row to compare with.
"""

from __future__ import annotations

import argparse
import itertools
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

import rheostat as rh
from rheostat._cli import _show
from rheostat.evaluate.metrics import auc

ASKS = Path(__file__).parent / "asks" / "tiers.tsv"
TIERS = ("easy", "medium", "hard", "deep")
FLOORS = {"all": 0.965, "hard and deep": 0.96}
"""Least shares of pairs in order. The goals are 0.97 and 0.88."""


@dataclass(frozen=True)
class Row:
    """Share of pairs in order, of two tiers or of all, by difficulty and by length."""

    tiers: str
    pairs: int
    difficulty: float
    length: float


def arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the bench's arguments."""
    parser.add_argument("--asks", type=Path, default=ASKS, metavar="FILE", help="tier, genre and text by line, tabs between them")
    parser.add_argument("--check", action="store_true", help="status 1 unless every floor holds")


def run(args: argparse.Namespace) -> int:
    """Measure and print."""
    rows = measure(*read(args.asks))
    if args.json:
        _show.as_json([asdict(row) for row in rows])
    else:
        cells = [(row.tiers, f"{row.pairs:,}", f"{row.difficulty:.1%}", f"{row.length:.1%}") for row in rows]
        _show.table("Pairs in order", ["tiers", ">pairs", ">difficulty", ">prompt length"], cells)
    return int(args.check and any(row.difficulty < FLOORS.get(row.tiers, 0.0) for row in rows))


def read(path: Path) -> tuple[list[str], list[str]]:
    """Tiers and texts of a file."""
    lines = [line.split("\t") for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    return [line[0] for line in lines], [line[2].replace("\\n", "\n") for line in lines]


def measure(tiers: list[str], texts: list[str]) -> list[Row]:
    """Each two tiers that have asks, and all pairs together."""
    place = np.array([TIERS.index(tier) for tier in tiers])
    difficulty = np.asarray(rh.Estimator().estimate_batch(texts).difficulty, float)
    length = np.array([len(text) for text in texts], float)
    rows = []
    for low, high in itertools.combinations(range(len(TIERS)), 2):
        easy, hard = place == low, place == high
        if not easy.any() or not hard.any():
            continue
        shares = [auc(score[easy | hard], hard[easy | hard]) for score in (difficulty, length)]
        rows.append(Row(f"{TIERS[low]} and {TIERS[high]}", int(easy.sum() * hard.sum()), *shares))
    pairs = np.array([row.pairs for row in rows])
    means = [float(np.average([getattr(row, name) for row in rows], weights=pairs)) for name in ("difficulty", "length")]
    return [*rows, Row("all", int(pairs.sum()), *means)]
