"""Agreement of other languages with English: the same asks, written in each language.

`benches/quality/asks/en.txt` has one ask a line; the file of another language has the same asks, written anew as its speakers
would. Two thresholds cut the difficulties of the English asks into their easiest third, middle and hardest third; an ask
*agrees* if its difficulty falls into the same part in the other language. *Fell* and *rose* count the asks that ended two parts
away, which costs an answer or money.
"""

from __future__ import annotations

import argparse
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

import rheostat as rh
from rheostat._cli import _show

ASKS = Path(__file__).parent / "asks"
FLOOR = 0.80
"""Least agreement of a language."""


@dataclass(frozen=True)
class Row:
    """A language: share of asks in the same part as in English, rank correlation, mean coverage, and asks two parts away."""

    language: str
    agreement: float
    correlation: float
    coverage: float
    fell: int
    rose: int


def arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the bench's arguments."""
    parser.add_argument("--asks", type=Path, default=ASKS, metavar="DIR", help="one file a language, en.txt among them")
    parser.add_argument("--check", action="store_true", help=f"status 1 if a language agrees with less than {FLOOR:.0%}")
    parser.add_argument("--show", metavar="LANGUAGE", help="print each ask of a language that does not agree")


def run(args: argparse.Namespace) -> int:
    """Measure and print."""
    english = difficulties(args.asks / "en.txt")
    cuts = thresholds(english[0])
    rows = [row(path.stem, english[0], difficulties(path), cuts) for path in sorted(args.asks.glob("*.txt")) if path.stem != "en"]
    if args.show:
        _disagreements(args.asks / f"{args.show}.txt", english[0], cuts)
    elif args.json:
        _show.as_json([asdict(row) for row in rows])
    else:
        cells = [
            (r.language, f"{r.agreement:.0%}", f"{r.correlation:.2f}", f"{r.coverage:.2f}", str(r.fell), str(r.rose))
            for r in rows
        ]
        mean = f"mean agreement {np.mean([row.agreement for row in rows]):.0%}"
        _show.table(
            "Agreement with English", ["language", ">agrees", ">rank", ">coverage", ">fell", ">rose"], cells, caption=mean
        )
    return int(args.check and any(row.agreement < FLOOR for row in rows))


def difficulties(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Difficulty and coverage of each ask of a file."""
    batch = rh.Estimator().estimate_batch(path.read_text("utf-8").splitlines())
    return np.asarray(batch.difficulty), np.asarray(batch.coverage)


def thresholds(difficulty: np.ndarray) -> np.ndarray:
    """The two difficulties that cut asks into thirds."""
    return np.asarray(np.quantile(difficulty, [1 / 3, 2 / 3]))


def row(language: str, english: np.ndarray, other: tuple[np.ndarray, np.ndarray], cuts: np.ndarray) -> Row:
    """One language beside English."""
    apart = np.digitize(other[0], cuts) - np.digitize(english, cuts)
    rank = np.corrcoef(np.argsort(np.argsort(english)), np.argsort(np.argsort(other[0])))[0, 1]
    mean = float(other[1].mean())
    return Row(language, float((apart == 0).mean()), float(rank), mean, int((apart < -1).sum()), int((apart > 1).sum()))


def _disagreements(path: Path, english: np.ndarray, cuts: np.ndarray) -> None:
    for text, was, now in zip(path.read_text("utf-8").splitlines(), english, difficulties(path)[0], strict=True):
        if np.digitize(was, cuts) != np.digitize(now, cuts):
            print(f"{was:.2f} {now:.2f} {text}")
