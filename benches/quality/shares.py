"""How shares hold, and how the rungs' accuracy differs by them.

- **kept**: the policy `Shares` on traffics of 10,000 queries; the largest miss of a share after 1,000 queries, and within any
  1,000 of them.
- **accuracy**: on sets of recorded outcomes of a weak and a strong model, without any label: the accuracy of the mix that sends
  the hardest part to the strong model, beside the same part at random, and the part of the gap that it closes.
"""

from __future__ import annotations

import argparse
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

import rheostat as rh
from benches.quality._data import MissingDataError, Outcomes, folder, routellm
from rheostat._cli import _show
from rheostat._extras import need

SHARES = (0.70, 0.25, 0.05)
PARTS = (0.1, 0.2, 0.3, 0.5)
"""Shares of the strong model."""
WEAK, STRONG = "qwen2.5-7b-instruct", "llama-3.3-nemotron-super-49b-v1"
"""The models of the mixture."""
KEPT = 0.02
"""Floor: no share is missed by more after 1,000 queries."""
QUERIES = 10_000


ASK = "How does a heat pump work?"
"""The text of queries whose difficulty is given. One that says nothing by itself would start on the default rung."""


@dataclass(frozen=True)
class Kept:
    """One traffic: the largest misses of a share."""

    traffic: str
    after_1000: float
    within_1000: float


@dataclass(frozen=True)
class Part:
    """One share of the strong model on one set. `gap` is the part of the way from weak to strong."""

    data: str
    strong_share: float
    weak: float
    strong: float
    random: float
    shares: float
    low: float
    high: float
    gap: float


def traffics(seed: int) -> dict[str, npt.NDArray[np.float64]]:
    """Difficulties of 10,000 queries, by the kind of traffic."""
    rng, n = np.random.default_rng(seed), QUERIES
    along = np.linspace(0, 1, n)
    locations = {
        "log-normal": rng.lognormal(0, 1, n) - 2.5,
        "two kinds": np.where(rng.random(n) < 0.8, -2.0, 1.5) + 0.2 * rng.normal(size=n),
        "all equal": np.full(n, -0.4),
        "30 % one greeting": np.where(rng.random(n) < 0.3, -1.0, rng.normal(size=n)),
        "drifting": 6 * along - 3 + rng.normal(size=n),
        "sorted, rising": 12 * along - 6,
        "sorted, falling": 6 - 12 * along,
        "in seasons of 300": np.where(np.arange(n) // 300 % 2 == 0, -2.0, 1.0) + 0.3 * rng.normal(size=n),
    }
    return {name: 1 / (1 + np.exp(-values)) for name, values in locations.items()}


def kept(seed: int) -> list[Kept]:
    """Serves every traffic."""
    rungs = [rh.Rung(name, output_price=price) for name, price in (("fast", 0.4), ("think", 2.0), ("deep", 10.0))]
    rows = []
    for name, difficulties in traffics(seed).items():
        governor = rh.Governor(rh.Ladder(rungs), policy=rh.policy.Shares(SHARES), drift=0)
        place = {rung.name: i for i, rung in enumerate(rungs)}
        taken = np.array([place[governor.plan(ASK, difficulty=float(d)).rung.name] for d in difficulties])
        sums = np.vstack([np.zeros(3), np.cumsum(taken[:, None] == np.arange(3), axis=0)])
        count = np.arange(1, QUERIES + 1)
        after = np.abs(sums[1:] / count[:, None] - SHARES)[999:].max()
        within = np.abs((sums[1_000:] - sums[:-1_000]) / 1_000 - SHARES).max()
        rows.append(Kept(name, float(after), float(within)))
    return rows


def mixed() -> list[Outcomes]:
    """The mixture of many tasks on which nine models were recorded; none if the file is not there."""
    path = folder() / "llmrouter_9models.parquet"
    if not path.is_file():
        return []
    parquet: Any = need("pyarrow.parquet", "parquet")
    table = parquet.read_table(path).to_pydict()
    weak, strong = (np.array(table[f"score:{name}"], float) for name in (WEAK, STRONG))
    known = ~(np.isnan(weak) | np.isnan(strong))
    return [Outcomes("a mixture of tasks", table["prompt"], weak, strong).part(known, "a mixture of tasks")]


def accuracy(outcomes: Outcomes, seed: int, resamples: int) -> list[Part]:
    """Serves a set of recorded outcomes, shuffled, by each share of the strong model."""
    order = np.random.default_rng(seed).permutation(len(outcomes.prompts))
    prompts = [outcomes.prompts[i] for i in order]
    weak, strong = outcomes.weak[order], outcomes.strong[order]
    ladder = rh.Ladder([rh.Rung("weak"), rh.Rung("strong", output_price=1.0)])
    rows = []
    for part in PARTS:
        governor = rh.Governor(ladder, policy=rh.policy.Shares([1 - part, part]), drift=0)
        up = governor.plan_batch(prompts).rung == 1
        got = np.where(up, strong, weak)
        random = weak.mean() + up.mean() * (strong.mean() - weak.mean())
        rng = np.random.default_rng(seed)
        gains = []
        for _ in range(resamples):
            pick = rng.integers(0, len(got), len(got))
            gains.append(got[pick].mean() - weak[pick].mean() - up[pick].mean() * (strong[pick] - weak[pick]).mean())
        low, high = np.quantile(gains, [0.025, 0.975])
        width = strong.mean() - weak.mean()
        gap = float((got.mean() - weak.mean()) / width) if width else float("nan")
        rows.append(
            Part(
                outcomes.name,
                strong_share=float(up.mean()),
                weak=float(weak.mean()),
                strong=float(strong.mean()),
                random=float(random),
                shares=float(got.mean()),
                low=float(low),
                high=float(high),
                gap=gap,
            )
        )
    return rows


def arguments(parser: argparse.ArgumentParser) -> None:
    """The bench's own arguments."""
    parser.add_argument("--resamples", type=int, default=300, metavar="N", help="of the bootstrap (300)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of everything (1)")
    parser.add_argument("--check", action="store_true", help="exit 1 unless the floor holds")


def run(args: argparse.Namespace) -> int:
    """Measures, shows, and checks if asked."""
    rows = kept(args.seed)
    parts: list[Part] = []
    try:
        parts = [part for outcomes in [*routellm(), *mixed()] for part in accuracy(outcomes, args.seed, args.resamples)]
    except MissingDataError as error:
        missing = str(error)
    else:
        missing = ""
    holds = all(row.after_1000 <= KEPT and row.within_1000 <= KEPT for row in rows)
    if args.json:
        _show.as_json({"kept": [asdict(row) for row in rows], "accuracy": [asdict(part) for part in parts], "holds": holds})
        return int(args.check and not holds)
    _show.table(
        f"Largest miss of a share, of {SHARES}",
        ["traffic", ">after 1,000 queries", ">within any 1,000"],
        [(row.traffic, f"{100 * row.after_1000:.2f} points", f"{100 * row.within_1000:.2f} points") for row in rows],
    )
    if missing:
        print(missing)
    else:
        _show.table(
            "Accuracy without labels, by the strong model's share",
            ["data", ">strong share", ">weak", ">strong", ">random", ">shares", ">gain over random", ">gap closed"],
            [
                (
                    part.data,
                    f"{100 * part.strong_share:.1f} %",
                    *(f"{100 * x:.1f}" for x in (part.weak, part.strong, part.random, part.shares)),
                    f"{100 * (part.shares - part.random):+.2f} [{100 * part.low:+.2f}, {100 * part.high:+.2f}]",
                    f"{100 * part.gap:.0f} %",
                )
                for part in parts
            ],
        )
    return int(args.check and not holds)
