"""Cost and effect of each feature, on texts of your own.

A feature *brings* what it moves: over the texts, how often it is there, and how much it adds to the difficulty, in logits. It
*costs* what a scan takes longer for each thing that it counts: the shortest word or mark of the texts that it alone explains
best is put many times into a filler, and timed against the same filler with a neutral word of the same length. Shares and means
are worked out once at the end of a scan, from counts that are there, and have no such cost.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

import rheostat as rh
from rheostat._checks import invalid
from rheostat._cli import _show

COPIES = 512
"""Occurrences of the counted thing in the timed text."""
ROUNDS, CALLS = 5, 20
"""Rounds, and scans per round; the best round counts."""
MOST_PIECES = 20_000
"""Words and marks of the texts that are tried."""
FIELDS = ("text", "query", "q", "prompt")


@dataclass(frozen=True)
class Row:
    """One feature: the share of texts that have it; mean size and spread of its contribution, in logits; nanoseconds a hit."""

    name: str
    kind: str
    share: float
    logits: float
    spread: float
    nanoseconds: float | None
    piece: str | None


def arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the bench's arguments."""
    parser.add_argument("texts", metavar="FILE", help="texts: JSON lines with one of " + ", ".join(FIELDS) + "; or one a line")
    parser.add_argument("--limit", type=int, default=2_000, metavar="N", help="only the first N texts (default: 2000)")
    parser.add_argument("--untimed", action="store_true", help="leave out the nanoseconds")


def run(args: argparse.Namespace) -> int:
    """Measure and print."""
    rows = measure(read(args.texts, args.limit), timed=not args.untimed)
    if args.json:
        _show.as_json([asdict(row) for row in rows])
        return 0
    cells = [
        (row.name, f"{row.share:.0%}", f"{row.logits:.3f}", f"{row.spread:.3f}", _ns(row.nanoseconds), row.piece or "")
        for row in rows
    ]
    head = ["feature", ">texts", ">mean |logits|", ">spread", ">ns a hit", "timed with"]
    _show.table("What each feature brings and costs", head, cells, caption="spread: standard deviation of its contribution")
    return 0


def read(path: str, limit: int) -> list[str]:
    """The texts of a file.

    Raises:
        OSError: It cannot be read.
        InvalidValueError: It holds no text.
    """
    texts: list[str] = []
    for line in Path(path).read_text(encoding="utf-8", errors="replace").splitlines():
        if len(texts) >= limit:
            break
        if line.strip():
            texts.append(_text(line))
    if not texts:
        raise invalid(f"{path}: texts", 0, "at least 1")
    return texts


def _text(line: str) -> str:
    try:
        row = json.loads(line)
    except ValueError:
        return line
    if isinstance(row, dict):
        return next((str(row[field]) for field in FIELDS if field in row), line)
    return line


def measure(texts: list[str], *, timed: bool = True) -> list[Row]:
    """Every feature, the one that moves difficulty most first."""
    specs = rh.features.specs()
    values, _, _ = rh.features.extract_batch(texts)
    parts = np.zeros((len(texts), len(specs)))
    place = {spec.name: i for i, spec in enumerate(specs)}
    estimator = rh.Estimator()
    for row, text in enumerate(texts):
        for name, _, logits in estimator.estimate(text).explain().features:
            if name in place:
                parts[row, place[name]] = logits
    pieces = _pieces(texts) if timed else {}
    rows = []
    for i, spec in enumerate(specs):
        piece = pieces.get(spec.name) if spec.kind == "count" else None
        rows.append(
            Row(
                name=spec.name,
                kind=spec.kind,
                share=float((values[:, i] != 0).mean()),
                logits=float(np.abs(parts[:, i]).mean()),
                spread=float(parts[:, i].std()),
                nanoseconds=None if piece is None else _cost(piece),
                piece=piece,
            )
        )
    return sorted(rows, key=lambda row: -row.spread)


def _pieces(texts: list[str]) -> dict[str, str]:
    """For each counted feature, a piece of the texts that raises it, and few others with it: ASCII first, and the shortest."""
    found = sorted(
        {piece for text in texts for piece in re.findall(r"\w+|[^\w\s]+|\n+", text)}, key=lambda p: (not p.isascii(), len(p), p)
    )
    pieces = found[:MOST_PIECES]
    plain, _, _ = rh.features.extract_batch(["word and word"])
    values, _, _ = rh.features.extract_batch([f"word {piece} and word" for piece in pieces])
    gains = values - plain
    specs = rh.features.specs()
    counts = np.array([spec.kind == "count" for spec in specs])
    others = (gains[:, counts] != 0).sum(axis=1)
    best = {}
    for i, spec in enumerate(specs):
        hits = np.flatnonzero(gains[:, i] > 0)
        if counts[i] and len(hits):
            best[spec.name] = pieces[int(hits[np.argmin(others[hits])])]
    return best


def _cost(piece: str) -> float:
    """Nanoseconds that one more of a piece takes, beside a neutral word as long."""
    length = len(piece.encode())
    neutral = ("w" * length) if piece[0].isalnum() else (" " * length)
    with_it, without = (f"word {one} and ".encode() * COPIES for one in (piece, neutral))
    best = [float("inf"), float("inf")]
    for _ in range(ROUNDS):
        for i, text in enumerate((with_it, without)):
            began = time.perf_counter()
            for _ in range(CALLS):
                rh.features.extract_batch([text], window=1 << 20, threads=1)
            best[i] = min(best[i], time.perf_counter() - began)
    return (best[0] - best[1]) / CALLS / COPIES * 1e9


def _ns(nanoseconds: float | None) -> str:
    return "" if nanoseconds is None else f"{nanoseconds:+.1f}"
