"""Savings of a guaranteed policy on recorded outcomes, by labels, and how often its promise breaks, over many splits.

RouteLLM's MMLU, gpt-4-1106-preview above Mixtral-8x7B at list prices: a quarter of the labels, at least 500, fits the estimate,
the others certify a loss of at most two points at 95 %, and the saving is measured on the rest. Then one fitted estimate is
certified again and again on rows drawn from the rest, and each promise, and each offer, is held against the loss on all of them.
Exits 1 when promises break more often than stated, by more than three binomial standard deviations, or a floor does not hold.
With `--keep` it can be stopped and go on.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

import rheostat as rh
from benches.quality import _data, _priced
from benches.quality._kept import Kept
from rheostat._cli import _show

MAX_LOSS, CONFIDENCE = 0.02, 0.95
FLOORS = {1_000: 0.12, 5_500: 0.28}
"""By labels, to fit and to certify: the share of the strong model's cost that is saved."""
SPLITS = 100
"""Splits of one kept part."""
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Saving:
    """The mean over draws of labels with its 95 % interval: share of the strong model's cost saved, and points lost."""

    labels: int
    draws: int
    saved: float
    low: float
    high: float
    lost: float
    certified: float
    """Share of the draws that certified a saving."""

    @property
    def holds(self) -> bool:
        """True if the floor is kept."""
        return self.saved >= FLOORS.get(self.labels, 0.0)


@dataclass(frozen=True)
class Broken:
    """The share of splits whose promise was broken, and the most that its confidence explains."""

    what: str
    labels: int
    splits: int
    made: float
    broken: float
    most: float

    @property
    def holds(self) -> bool:
        """True if the promise is kept as often as stated."""
        return self.broken <= self.most


class Log:
    """The recorded pair, and a policy's loss and saving on some of its rows."""

    def __init__(self, pair: _priced.Pair) -> None:
        self.pair = pair
        prices = [_priced.PRICES[model] for model in pair.models]
        # The recorded answers are one letter.
        rungs = [
            rh.Rung(name, model=model, input_price=price[0], output_price=price[1], answer_tokens=1)
            for name, model, price in zip(("weak", "strong"), pair.models, prices, strict=True)
        ]
        self.ladder = rh.Ladder(rungs)

    def part(self, rows: Rows) -> tuple[list[str], dict[str, Any]]:
        """The texts and outcomes of some rows."""
        weak, strong = self.pair.outcome
        return [self.pair.prompts[i] for i in rows], {"weak": weak[rows], "strong": strong[rows]}

    def fit(self, rows: Rows) -> rh.Estimator:
        """An estimator that learned from some rows."""
        texts, outcomes = self.part(rows)
        return rh.fit(texts, outcomes, self.ladder)

    def measure(self, policy: rh.policy.Guaranteed, estimator: rh.Estimator, rows: Rows) -> tuple[float, float]:
        """The share of the strong model's cost that a policy saves on some rows, and the score that it loses."""
        governor = rh.Governor(self.ladder, policy=policy, estimator=estimator)
        down = np.asarray(governor.plan_batch(self.part(rows)[0]).rung) == 0
        (weak, strong), (low, high) = self.pair.outcome, self.pair.usd
        saved = float(((high - low)[rows] * down).sum() / high[rows].sum())
        return saved, float(((strong - weak)[rows] * down).mean())


def to_fit(labels: int) -> int:
    """Labels that fit the estimate. More of them order the queries better, fewer leave more to certify."""
    return max(500, labels // 4)


def savings(log: Log, labels: Sequence[int], draws: int, seed: int, kept: Kept) -> list[Saving]:
    """Fits, certifies and measures on as many draws of rows."""

    def drawn(draw: int) -> list[float]:
        order = np.random.default_rng([seed, draw]).permutation(len(log.pair.prompts))
        rest = order[max(labels) :]
        found: list[float] = []
        for count in labels:
            fitted = log.fit(order[: to_fit(count)])
            texts, outcomes = log.part(order[to_fit(count) : count])
            policy = rh.policy.Guaranteed(MAX_LOSS, CONFIDENCE).calibrate(texts, outcomes, log.ladder, estimator=fitted)
            found += log.measure(policy, fitted, rest)
        return found

    parts = [kept.part(f"saved-{seed}-{draw}", partial(drawn, draw)) for draw in range(draws)]
    rows = []
    for count, (saved, lost) in zip(labels, np.array(parts).reshape(draws, -1, 2).transpose(1, 2, 0), strict=True):
        half = 1.96 * saved.std(ddof=1) / draws**0.5 if draws > 1 else float("nan")
        mean = float(saved.mean())
        rows.append(Saving(count, draws, mean, mean - half, mean + half, float(lost.mean()), float((saved > 0.01).mean())))
    return rows


def violations(log: Log, labels: int, splits: int, seed: int, kept: Kept) -> list[Broken]:
    """Certifies one fitted estimate on many draws from the rows that did not fit it."""
    order = np.random.default_rng([seed, 1 << 20]).permutation(len(log.pair.prompts))
    fitted, rest = log.fit(order[: to_fit(labels)]), order[to_fit(labels) :]
    certifying = labels - to_fit(labels)
    lost: dict[float | None, float] = {}

    def breaks(policy: rh.policy.Guaranteed) -> bool:
        if policy.threshold not in lost:
            lost[policy.threshold] = log.measure(policy, fitted, rest)[1]
        return lost[policy.threshold] > policy.max_loss

    def drawn(splits: range) -> list[float]:
        made, broken, offered, failed = 0, 0, 0, 0
        for split in splits:
            texts, outcomes = log.part(np.random.default_rng([seed, 1 << 21, split]).choice(rest, certifying))
            asked = rh.policy.Guaranteed(MAX_LOSS, CONFIDENCE)
            # A row that is drawn twice is two draws.
            policy = asked.calibrate(texts, outcomes, log.ladder, range(certifying), estimator=fitted)
            made += policy.certified
            broken += policy.certified and breaks(policy)
            offered += bool(policy.offers)
            failed += any(breaks(policy.accept(offer.max_loss)) for offer in policy.offers)
        return [made, broken, offered, failed]

    parts = (range(first, min(first + SPLITS, splits)) for first in range(0, splits, SPLITS))
    counts = [kept.part(f"splits-{seed}-{part.start}-{part.stop}", partial(drawn, part)) for part in parts]
    made, broken, offered, failed = (float(x) for x in np.sum(counts, axis=0) / splits)
    error = 1.0 - CONFIDENCE
    most = error + 3.0 * (error * (1.0 - error) / splits) ** 0.5
    return [
        Broken("the promise", certifying, splits, made, broken, most),
        Broken("any offer", certifying, splits, offered, failed, most),
    ]


def arguments(parser: argparse.ArgumentParser) -> None:
    """The bench's own arguments."""
    parser.add_argument("--draws", type=int, default=20, metavar="N", help="draws of labels for the savings (20)")
    parser.add_argument("--splits", type=int, default=2_000, metavar="N", help="splits for the error rate (2000)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of all draws (1)")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep each part in a file, and go on from there")


def run(args: argparse.Namespace) -> int:
    """Measure, show, and check."""
    if args.draws < 1 or args.splits < 1:
        print("--draws and --splits must be at least 1", file=sys.stderr)
        return 2
    try:
        log = Log(_priced.pairs()[0])
    except _data.MissingDataError as error:
        print(error, file=sys.stderr)
        return 2
    kept = Kept(args.keep, f"{rh.__version__} {rh.Estimator().version}")
    saved = savings(log, sorted(FLOORS), args.draws, args.seed, kept)
    broken = violations(log, min(FLOORS), args.splits, args.seed, kept)
    rows: list[Saving | Broken] = [*saved, *broken]
    if args.json:
        _show.as_json([{**asdict(row), "holds": row.holds} for row in rows])
    else:
        _show.table(
            f"Saved at a loss of at most {100 * MAX_LOSS:g} points",
            [">labels", ">of them to fit", ">saved", ">95 %", ">floor", ">points lost", ">certified a saving"],
            [
                (
                    f"{row.labels:,}",
                    f"{to_fit(row.labels):,}",
                    f"{100 * row.saved:.1f} %",
                    f"{100 * row.low:.1f} to {100 * row.high:.1f}",
                    f"{100 * FLOORS[row.labels]:g} %",
                    f"{100 * row.lost:.2f}",
                    f"{100 * row.certified:.0f} %",
                )
                for row in saved
            ],
            caption=f"mean of {args.draws} draws of labels, measured on the rest, with the interval of the mean",
        )
        _show.table(
            f"Promises that break, of {args.splits:,} splits",
            ["what", ">labels to certify", ">made", ">broken", ">at most"],
            [
                (row.what, row.labels, f"{100 * row.made:.1f} %", f"{100 * row.broken:.2f} %", f"{100 * row.most:.2f} %")
                for row in broken
            ],
            caption="at most: 1 - confidence and three binomial standard deviations",
        )
    return int(not all(row.holds for row in rows))
