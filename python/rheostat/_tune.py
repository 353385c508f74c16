"""Cost and expected quality of shares, fixed rungs and prices of an error on a log.

A log is a file of JSON lines, JSON, CSV or Parquet. A row is a prompt (a JSON string, or an object with `prompt`, `text` or
`messages`), a recorded decision (`rheostat.records`), or a row of another program's log (`records._forms`). Decisions that
were recorded without their prompts are read by the estimate in them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from rheostat import policy
from rheostat._native import Ceiling, Governor, Ladder
from rheostat.errors import RheostatError
from rheostat.records._log import Entry, LogFile, without_queries

Reals = npt.NDArray[np.float64]
PARTS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 0.9)
"""Shares of the queries above the lowest rung that are shown."""
MIN_COVERAGE = 0.2
"""Below this coverage a query takes the ladder's default rung (`governor::MIN_COVERAGE` in the core)."""


@dataclass(frozen=True)
class Log:
    """The queries of a log, as columns. `p_correct` and `usd` have a column per rung; P(correct) is NaN where it is not known."""

    difficulty: Reals
    coverage: Reals
    tokens: Reals
    output_tokens: Reals
    usd: Reals
    p_correct: Reals
    skipped: int
    """Lines without a prompt or a decision, and turns that ask nothing."""
    scores: dict[str, tuple[float, float, int]]
    """By rung: mean score of the outcomes in the log, mean P(correct) of the same decisions, and how many there are."""

    @property
    def ranked(self) -> npt.NDArray[np.bool_]:
        """True for the queries whose difficulty is known."""
        known: npt.NDArray[np.bool_] = self.coverage >= MIN_COVERAGE
        return known


class Setting(NamedTuple):
    """One setting of a policy, and what it does with a log."""

    name: str
    shares: tuple[float, ...] | None
    """The shares that the policy is given; None for a price of an error."""
    rungs: tuple[float, ...]
    """Part of all queries on each rung, with those of low coverage on the default rung."""
    usd_per_1000: float
    """Expected cost of a thousand queries, in US dollars."""
    expected: float | None
    """Mean P(correct), or None if it is not known."""


def read(path: str | PathLike[str], ladder: Ladder) -> Log:
    """Reads a log.

    Raises:
        OSError: It cannot be read.
        MalformedError: A record does not fit the schema; the message names it. A torn line is skipped.
        InvalidValueError: No line has a query.
    """
    governor = uncut(ladder)
    rungs = [rung.name for rung in ladder.rungs]
    rows: list[tuple[float, float, float, float, list[float]]] = []
    decided: dict[str, dict[str, float]] = {}
    graded: dict[str, list[tuple[float, float]]] = {}
    skipped = 0
    log = LogFile(path)
    for entry in log:
        if entry.outcome:
            chances = decided.get(str(entry.id), {})
            if entry.rung in chances and entry.score is not None:
                graded.setdefault(entry.rung, []).append((entry.score, chances[entry.rung]))
            continue
        if entry.record is not None:
            decided[entry.record["id"]] = entry.record.get("p_correct", {})
        asked = asked_by(entry, governor, rungs)
        if asked is None:
            skipped += 1
        else:
            rows.append(asked)
    skipped += log.torn + log.unknown
    if not rows:
        raise without_queries([path], log.rows, log.torn)
    difficulty, coverage, tokens, output = (np.array([row[i] for row in rows], float) for i in range(4))
    p_correct = np.array([row[4] for row in rows], float).reshape(len(rows), len(rungs))
    scores = {rung: (*np.mean(pairs, axis=0).tolist(), len(pairs)) for rung, pairs in graded.items()}
    usd = ladder.expected_usd(SimpleNamespace(difficulty=difficulty, tokens=tokens, output_tokens=output))
    return Log(difficulty, coverage, tokens, output, usd, p_correct, skipped, scores)


def shares_of(log: Log, shares: Sequence[float], ladder: Ladder, name: str = "") -> Setting:
    """Returns what shares do: the easiest queries take the lowest rung, and so on. Unranked queries take the default rung."""
    known = log.ranked
    ranks = log.difficulty[known].argsort(kind="stable").argsort(kind="stable")
    quantiles = (ranks + 0.5) / max(len(ranks), 1)
    rung = np.full(len(known), [one.name for one in ladder.rungs].index(ladder.default.name))
    rung[known] = np.searchsorted(np.cumsum(shares)[:-1], quantiles, side="right")
    return _setting(log, rung, len(ladder), name, tuple(float(share) for share in shares))


def utility_of(log: Log, usd_per_error: float, ladder: Ladder) -> Setting:
    """Returns what a price of an error does."""
    top = [one.name for one in ladder.rungs].index(ladder.start_max.name) + 1
    rung = (log.usd + usd_per_error * (1.0 - log.p_correct))[:, :top].argmin(axis=1)
    rung[~log.ranked] = [one.name for one in ladder.rungs].index(ladder.default.name)
    return _setting(log, rung, len(ladder), f"{usd_per_error:.3g}", None)


def settings(log: Log, ladder: Ladder) -> list[Setting]:
    """Returns each rung for all queries, and shares between them, the cheapest first."""
    found = [shares_of(log, np.eye(len(ladder))[i], ladder, f"always {rung.name}") for i, rung in enumerate(ladder.rungs)]
    if len(ladder) > 1:
        found += [at_share(log, part, ladder) for part in PARTS]
    return sorted(found, key=lambda one: one.usd_per_1000)


def at_cost(log: Log, usd_per_1000: float, ladder: Ladder) -> Setting:
    """Returns the shares that cost a budget per thousand queries of the log."""
    return shares_of(log, policy.Shares.for_budget(usd_per_1000=usd_per_1000, ladder=ladder, log=log).shares or (), ladder)


def at_share(log: Log, above_lowest: float, ladder: Ladder) -> Setting:
    """Returns the shares that put a share of the queries above the lowest rung."""
    return shares_of(log, policy.Shares.above_lowest(above_lowest, ladder).shares or (), ladder)


def switching(log: Log, ladder: Ladder, *, steps: int = 8) -> list[Setting]:
    """Returns prices of an error from where queries leave the lowest rung to where all have."""
    if np.isnan(log.p_correct).any():
        return []
    grid = [utility_of(log, float(price), ladder) for price in np.geomspace(1e-5, 1e3, 161)]
    moving = [i for i, one in enumerate(grid) if one.rungs != grid[0].rungs]
    if not moving:
        return grid[:1]
    settled = [i for i, one in enumerate(grid) if one.rungs != grid[-1].rungs]
    first, last = max(moving[0] - 1, 0), min(settled[-1] + 1, len(grid) - 1)
    return [grid[i] for i in np.unique(np.linspace(first, last, steps).round().astype(int))]


def _setting(log: Log, rung: npt.NDArray[np.int64], rungs: int, name: str, shares: tuple[float, ...] | None) -> Setting:
    queries = np.arange(len(rung))
    parts = np.bincount(rung, minlength=rungs) / len(rung)
    expected = float(log.p_correct[queries, rung].mean())
    usd = 1e3 * float(log.usd[queries, rung].mean())
    return Setting(name, shares, tuple(parts.tolist()), usd, None if np.isnan(expected) else expected)


def uncut(ladder: Ladder) -> Governor:
    """Returns a governor whose ceiling cuts nothing: the expected cost is the rungs' own."""
    return Governor(ladder, policy.Shares(), Ceiling(tokens=1 << 40, usd=1e9, seconds=1e9), drift=0)


def asked_by(entry: Entry, governor: Governor, rungs: list[str]) -> tuple[float, float, float, float, list[float]] | None:
    """Returns an entry's difficulty, coverage, sizes and chances; None if it asks nothing."""
    if entry.query is not None:
        try:
            plan = governor.plan(**entry.query)
        except RheostatError:
            return None
        if plan.turn == "empty":
            return None
        estimate = plan.estimate
        chances = [estimate.p_correct(rung) for rung in rungs]
        return estimate.difficulty, estimate.coverage, estimate.tokens, estimate.output_tokens, chances
    if entry.record is None:
        return None
    known = entry.record.get("p_correct", {})
    estimate = entry.record["plan"].get("estimate", {})
    names = ("difficulty", "coverage", "tokens", "output_tokens")
    if not all(isinstance(estimate.get(name), (int, float)) for name in names):
        return None
    difficulty, coverage, tokens, output = (float(estimate[name]) for name in names)
    return difficulty, coverage, tokens, output, [float(known.get(rung, "nan")) for rung in rungs]
