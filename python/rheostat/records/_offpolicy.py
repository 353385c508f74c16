"""Off-policy estimate of another governor, from a log of decisions."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rheostat._checks import invalid
from rheostat._native import Governor, Plan
from rheostat.errors import RheostatError


@dataclass(frozen=True)
class OffPolicy:
    """Estimate of another governor on a log. Money in US dollars per query; scores in [0, 1]."""

    decisions: int
    replayed: int
    """Decisions whose prompts are in the log, so that they were planned again."""
    changed: float
    """Share of them that goes to another rung."""
    rungs: dict[str, tuple[int, int]]
    """Decisions per rung: in the log, and of the other governor."""
    usd_logged: float
    """Mean expected cost in the log."""
    usd_new: float
    """Mean expected cost of the other governor."""
    graded: int
    """Decisions with an outcome and a propensity: the base of the scores below."""
    score_logged: float | None
    """Mean score in the log."""
    score_new: float | None
    """Doubly robust estimate of the other governor's mean score."""
    low: float | None
    """Lower end of its 95 % interval."""
    high: float | None
    """Upper end of its 95 % interval."""
    effective: float
    """Effective sample size, from the spread of the weights. If small, the log holds little evidence about this policy."""


def off_policy(records: Iterable[dict[str, Any]], governor: Governor) -> OffPolicy:
    """Plans each recorded prompt again, and estimates the worth of the new plans.

    The estimate is doubly robust (Dudík, Langford and Li, arXiv 1103.4601): the model's prediction for the new rung, plus, where
    the log took that rung, the error of the prediction divided by the propensity. It is right if the predictions or the logged
    propensities are right. The interval is the normal one.

    Args:
        records: Records, as from `read`: decisions with `prompt` and `propensity`, and outcomes.
        governor: The other governor.

    Raises:
        InvalidValueError: No decision has a recorded prompt.

    Example:
        >>> import rheostat as rh, tempfile, pathlib
        >>> ladder = rh.Ladder([rh.Rung("fast", output_price=0.4), rh.Rung("deep", output_price=10.0)], start_max="deep")
        >>> careful, frugal = (rh.Governor(ladder, rh.policy.Utility(usd)) for usd in (2.0, 0.0))
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "log.jsonl"
        >>> with rh.records.Recorder(path, prompts=True) as recorder:
        ...     recorder.decision(careful.plan(text := "Prove that there is no largest prime."), prompt=text)
        True
        >>> off_policy(rh.records.read(path), frugal).rungs
        {'deep': (1, 0), 'fast': (0, 1)}
    """
    decisions, scores = [], {}
    for record in records:
        if record["kind"] == "decision":
            decisions.append(record)
        else:
            scores[record["id"], record["rung"]] = float(record["score"])
    rows = [_Row(record, plan, scores) for record in decisions if (plan := _plan(governor, record)) is not None]
    if not rows:
        raise invalid("records: decisions with prompts", 0, "at least 1 (make them with Recorder(prompts=True))")
    rungs: dict[str, tuple[int, int]] = {}
    for row in rows:
        for name, i in ((row.old, 0), (row.new, 1)):
            counts = list(rungs.get(name, (0, 0)))
            counts[i] += 1
            rungs[name] = (counts[0], counts[1])
    graded = [row for row in rows if row.score is not None and row.propensity is not None]
    score, low, high, effective = _estimate(graded)
    return OffPolicy(
        decisions=len(decisions),
        replayed=len(rows),
        changed=sum(row.old != row.new for row in rows) / len(rows),
        rungs=dict(sorted(rungs.items())),
        usd_logged=sum(row.usd_old for row in rows) / len(rows),
        usd_new=sum(row.usd_new for row in rows) / len(rows),
        graded=len(graded),
        score_logged=float(np.mean([row.score for row in graded])) if graded else None,
        score_new=score,
        low=low,
        high=high,
        effective=effective,
    )


class _Row:
    """One decision: in the log, and of the other governor."""

    def __init__(self, record: dict[str, Any], plan: Plan, scores: dict[tuple[str, str], float]) -> None:
        logged = record["plan"]
        self.old, self.new = str(logged["rung"]), plan.rung.name
        self.usd_old, self.usd_new = float(logged["expected_usd"]), plan.expected_usd
        self.predicted_new = plan.p_correct
        self.predicted_old = float(logged["p_correct"])
        self.score = scores.get((record["id"], self.old))
        self.propensity: float | None = record.get("propensity")


def _plan(governor: Governor, record: dict[str, Any]) -> Plan | None:
    prompt = record.get("prompt")
    if not isinstance(prompt, str):
        return None
    try:
        return governor.plan(prompt)
    except RheostatError:
        return None


def _estimate(graded: list[_Row]) -> tuple[float | None, float | None, float | None, float]:
    if not graded:
        return None, None, None, 0.0
    same = np.array([row.old == row.new for row in graded])
    weight = np.where(same, 1 / np.array([row.propensity for row in graded], dtype=np.float64), 0.0)
    score = np.array([row.score for row in graded], dtype=np.float64)
    old = np.array([row.predicted_old for row in graded])
    value: npt.NDArray[np.float64] = np.array([row.predicted_new for row in graded]) + weight * (score - old)
    mean = float(value.mean())
    error = float(value.std(ddof=1)) / math.sqrt(len(value)) if len(value) > 1 else math.inf
    squares = float((weight**2).sum())
    effective = float(weight.sum()) ** 2 / squares if squares > 0 else 0.0
    return mean, max(0.0, mean - 1.96 * error), min(1.0, mean + 1.96 * error), effective
