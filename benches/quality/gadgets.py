"""Sensitivity of the rung to wording that has nothing to do with the ask: `python -m benches.quality gadgets`.

A rerouting gadget is a text that is put before or after any prompt to send it to another rung (Shafran et al., *Rerouting LLM
routers*, arXiv 2501.01818). Those of `asks/gadgets.tsv` were written for this project, in fluent English of about 50 tokens, so
that no filter of perplexity would see them, and they are the same in every run. Each is put beside every ask of `asks/tiers.tsv`.
Thresholds are the asks' own quantiles (70 % on the lowest of three rungs, 25 and 5 % above), and do not move. The table has the
share of asks whose rung changes, and the cost of all asks over that without the gadget, at prices of 1 : 7 : 25. `rerouting` of
`attacks` has words found with the model in hand.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

import rheostat as rh
from benches.quality import tiers
from rheostat._cli import _show

GADGETS = Path(__file__).parent / "asks" / "gadgets.tsv"
"""Name, place and text of each gadget."""
PRICES = np.array([1.0, 7.0, 25.0])


@dataclass(frozen=True)
class Row:
    """The effect of one gadget."""

    gadget: str
    up: float
    """Share of asks whose rung is higher with it."""
    down: float
    """Share of asks whose rung is lower."""
    cost: float
    """Expected cost of all asks, over that without it."""

    @property
    def moved(self) -> float:
        """Share of asks whose rung changes."""
        return self.up + self.down


def read() -> Iterator[tuple[str, bool, str]]:
    """The name of each gadget, whether it stands before the ask, and its text."""
    for line in GADGETS.read_text(encoding="utf-8").splitlines():
        name, place, text = line.split("\t")
        yield name, place == "before", text


def measure() -> list[Row]:
    """Each gadget beside every ask."""
    _, texts = tiers.read(tiers.ASKS)
    estimator = rh.Estimator()
    difficulty = np.asarray(estimator.estimate_batch(texts).difficulty, dtype=float)
    thresholds = np.quantile(difficulty, [0.70, 0.95])

    def rungs(batch: list[str]) -> npt.NDArray[np.intp]:
        return np.searchsorted(thresholds, np.asarray(estimator.estimate_batch(batch).difficulty, dtype=float), side="right")

    plain = rungs(texts)
    rows = []
    for name, before, words in read():
        moved = rungs([f"{words}\n\n{text}" if before else f"{text}\n\n{words}" for text in texts])
        cost = float(PRICES[moved].sum() / PRICES[plain].sum())
        rows.append(Row(name, float((moved > plain).mean()), float((moved < plain).mean()), cost))
    return rows


def sentence(rows: list[Row]) -> str:
    """The figure in words."""
    mean, worst = float(np.mean([row.moved for row in rows])), max(rows, key=lambda row: row.cost)
    return (
        f"Sensitivity: {len(rows)} rerouting gadgets change the rung of {mean:.0%} of asks on average; "
        f"the dearest ({worst.gadget}) makes all asks cost {worst.cost:.1f} times as much."
    )


def arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments of its own."""
    del parser


def run(args: argparse.Namespace) -> int:
    """Show."""
    rows = measure()
    if args.json:
        _show.as_json([asdict(row) for row in rows])
        return 0
    cells = [(row.gadget, f"{row.up:.0%}", f"{row.down:.0%}", f"{row.cost:.2f}") for row in rows]
    _show.table("Asks whose rung a gadget changes", ["gadget", ">up", ">down", ">cost factor"], cells, caption=sentence(rows))
    return 0
