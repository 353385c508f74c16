"""Coverage of the off-policy interval, simulated: the share of logs whose 95 % interval holds the true change of the score.

A log draws one of K rungs: the usual one, or with probability ε any. A new policy takes another rung on a share d of the queries.
Outcomes are right or wrong; the predictions have the stated bias. Where fewer than 30 rows carry the estimate,
there is no interval; such logs are counted as refused. `normal` is the interval of the doubly robust mean with the
normal quantile, which this project used before. If `vw-estimators` can be imported, its Cressie-Read interval of the new policy's
mean score stands beside. With --check, exits 1 when a coverage is below 95 % by more than three binomial standard deviations.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

import rheostat as rh
from rheostat._cli import _show

Numbers = npt.NDArray[np.float64]

LEVEL = 0.95
SPREAD = 0.08
"""Standard deviation of P(right) between queries."""
OTHER = 0.5
"""P(right) on the rungs that neither policy prefers."""
LOGS = [
    (2_000, 0.05, 4, 0.2),
    (10_000, 0.05, 4, 0.2),
    (15_000, 0.05, 4, 0.2),
    (40_000, 0.05, 4, 0.2),
    (2_000, 0.2, 4, 0.5),
    (3_000, 0.05, 2, 0.5),
    (400, 0.5, 2, 1.0),
]
"""Graded decisions, ε, K, d."""
RIGHT = [(0.7, 0.6), (0.9, 0.95), (0.97, 0.97)]
"""P(right) on the usual and on the new rung."""
BIASES = (0.0, 0.1)


class Kind(NamedTuple):
    """A kind of log: its size, ε, K and d, P(right) on the usual and the new rung, and the bias of the predictions."""

    graded: int
    explored: float
    rungs: int
    differing: float
    usual: float
    new: float
    bias: float


@dataclass(frozen=True)
class Row:
    """One kind of log: coverage of the intervals that were given, their mean width, and the share of logs without one."""

    kind: Kind
    logs: int
    refused: float
    covered: float | None
    width: float | None
    normal_covered: float
    peer_covered: float | None
    peer_width: float | None

    @property
    def holds(self) -> bool:
        """True if the coverage is 95 %, less three binomial standard deviations."""
        told = self.logs * (1.0 - self.refused)
        return self.covered is None or self.covered >= LEVEL - 3.0 * (LEVEL * (1.0 - LEVEL) / told) ** 0.5


def _log(rng: np.random.Generator, kind: Kind) -> Any:
    """Draws a log: same, propensity, score, prediction of the logged rung, and of the new one."""
    graded, explored, rungs, differing, *right, bias = kind
    wanted = (rng.random(graded) < differing).astype(int)
    taken = np.where(rng.random(graded) < explored, rng.integers(0, rungs, graded), 0)
    propensity = np.where(taken == 0, 1.0 - explored + explored / rungs, explored / rungs)
    spread = rng.normal(0.0, SPREAD, graded)
    chance = np.full((graded, rungs), OTHER)
    chance[:, 0], chance[:, 1] = (np.clip(right[i] + spread, 0.0, 1.0) for i in (0, 1))
    predicted = chance.copy()
    predicted[:, 0], predicted[:, 1] = np.clip(chance[:, 0] + bias, 0.0, 1.0), np.clip(chance[:, 1] - bias, 0.0, 1.0)
    each = np.arange(graded)
    score = (rng.random(graded) < chance[each, taken]).astype(float)
    return taken == wanted, propensity, score, predicted[each, taken], predicted[each, wanted]


def _truth(kind: Kind) -> tuple[float, float]:
    """Returns the mean scores of the log and of the new policy."""
    _, explored, rungs, differing, *right, _ = kind
    spread = np.random.default_rng(0).normal(0.0, SPREAD, 1_000_000)
    usual, new = (float(np.clip(p + spread, 0.0, 1.0).mean()) for p in right)
    rare = explored / rungs
    logged = (1.0 - explored + rare) * usual + rare * new + (rungs - 2) * rare * OTHER
    return logged, differing * new + (1.0 - differing) * usual


def _normal(same: Any, propensity: Numbers, score: Numbers, old: Numbers, new: Numbers) -> tuple[float, float]:
    value = new + np.where(same, 1.0 / propensity, 0.0) * (score - old)
    half = 1.96 * float(value.std(ddof=1)) / len(value) ** 0.5
    return float(value.mean()) - half, float(value.mean()) + half


def _peer(least: float) -> Any:
    """Returns vw-estimators' interval with the greatest weight that this log can have; None if it is not installed."""
    try:
        from estimators.bandits.cressieread import IntervalImpl  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        return None
    return IntervalImpl(0.0, 1.0 / least, 0.0, 1.0, empirical_r_bounds=False)


def simulate(kind: Kind, logs: int) -> Row:
    """Draws logs of one kind and counts the intervals that hold the truth."""
    rng = np.random.default_rng(1)
    logged, other = _truth(kind)
    least = kind.explored / kind.rungs
    change = other - logged
    told = covered = normal = peer_covered = 0
    width = peer_width = 0.0
    with_peer = _peer(least) is not None
    for _ in range(logs):
        same, propensity, score, old, new = _log(rng, kind)
        sums = rh.guarantee.OffPolicySums()
        for one, p, y, a, b in zip(same.tolist(), propensity.tolist(), score.tolist(), old.tolist(), new.tolist(), strict=True):
            sums.add(same=one, propensity=p, score=y, predicted_logged=a, predicted_new=b)
        if sums.low is not None and sums.high is not None:
            told += 1
            covered += sums.low <= change <= sums.high
            width += sums.high - sums.low
        low, high = _normal(same, propensity, score, old, new)
        normal += low <= other <= high
        if with_peer:
            peer = _peer(least)
            for one, p, y in zip(same.tolist(), propensity.tolist(), score.tolist(), strict=True):
                peer.add(1.0 / p if one else 0.0, y, 0.0, 0)
            low, high = peer.get(0.05)
            peer_covered += low <= other <= high
            peer_width += high - low
    return Row(
        kind,
        logs,
        refused=1.0 - told / logs,
        covered=covered / told if told else None,
        width=width / told if told else None,
        normal_covered=normal / logs,
        peer_covered=peer_covered / logs if with_peer else None,
        peer_width=peer_width / logs if with_peer else None,
    )


def arguments(parser: argparse.ArgumentParser) -> None:
    """The bench's own arguments."""
    parser.add_argument("--logs", type=int, default=200, metavar="N", help="logs of each kind (200)")
    parser.add_argument("--check", action="store_true", help="exit 1 if a coverage is too low")


def run(args: argparse.Namespace) -> int:
    """Simulate, show, and check."""
    if args.logs < 1:
        print("--logs must be at least 1", file=sys.stderr)
        return 2
    rows = [simulate(Kind(*log, *right, bias), args.logs) for log in LOGS for right in RIGHT for bias in BIASES]
    if args.json:
        _show.as_json([{**row.kind._asdict(), **asdict(row), "holds": row.holds} for row in rows])
    else:
        _show.table(
            f"Off-policy intervals that hold the truth, of {args.logs:,} logs each",
            [
                ">graded",
                ">ε",
                ">K",
                ">differ",
                ">usual",
                ">new",
                ">bias",
                ">refused",
                ">covered",
                ">width",
                ">normal",
                ">vw",
                ">width",
            ],
            [_cells(row) for row in rows],
            caption="covered, width: of the change; normal: the interval used before; vw: Cressie-Read, of the score",
        )
    told = sum(row.covered * row.logs * (1 - row.refused) for row in rows if row.covered is not None)
    given = sum(row.logs * (1 - row.refused) for row in rows)
    print(f"\n{told / given:.1%} of {given:,.0f} intervals hold the truth", file=sys.stderr if args.json else sys.stdout)
    return int(args.check and not all(row.holds for row in rows))


def _cells(row: Row) -> tuple[str, ...]:
    def percent(share: float | None) -> str:
        return "–" if share is None else f"{100 * share:.1f} %"

    def number(value: float | None) -> str:
        return "–" if value is None else f"{value:.3f}"

    kind = (f"{row.kind.graded:,}", *(f"{value:g}" for value in row.kind[1:]))
    covered = (percent(row.refused), percent(row.covered), number(row.width), percent(row.normal_covered))
    return (*kind, *covered, percent(row.peer_covered), number(row.peer_width))
