"""Off-policy estimate of another governor, from a log of decisions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from rheostat._checks import invalid
from rheostat._native import Governor, OffPolicySums, Plan
from rheostat.errors import RheostatError

MIN_ROWS = 30
"""The fewest rows that give an interval (`guarantee::MIN_ROWS` in the core)."""


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
    """Doubly robust estimate of the other governor's mean score; None if the log cannot tell."""
    low: float | None
    """Lower end of its 95 % interval."""
    high: float | None
    """Upper end of its 95 % interval."""
    effective: float
    """Number of equal rows that the estimate rests on. Below 30 the log cannot tell."""
    change: float | None = None
    """Estimated change of the mean score, other minus logged."""
    change_low: float | None = None
    """Lower end of its 95 % interval, which is narrower than that of `score_new`: rows on which both agree cancel."""
    change_high: float | None = None
    """Upper end of its 95 % interval."""
    differing: int = 0
    """Graded decisions that go to another rung."""
    tried: int = 0
    """Graded decisions on the other governor's rung that the log took by chance, at a propensity of at most 1/2."""
    missing: int | None = None
    """Graded decisions like these that are missing for an interval; None if none is, or if the log never tried the new rung."""

    @property
    def reason(self) -> str | None:
        """The reason why the log cannot tell, and what is missing; None if it can."""
        return lack(self.graded, self.differing, self.missing, self.effective) if self.change is None else None


def off_policy(records: Iterable[dict[str, Any]], governor: Governor) -> OffPolicy:
    """Plans each recorded prompt again, and estimates the worth of the new plans.

    The estimate is doubly robust (Dudík, Langford and Li, arXiv 1103.4601): the model's prediction for the new rung, plus, where
    the log took that rung, the error of the prediction divided by the propensity. It is right if the predictions or the logged
    propensities are right. `rheostat.guarantee.OffPolicySums` computes it. Decisions of one session count as dependent, if each
    graded decision names its session. Memory grows by about 300 bytes a decision.

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
    rows: dict[str, _Row] = {}
    rungs: dict[str, list[int]] = {}
    scores: dict[tuple[str, str], float] = {}
    decisions = changed = replayed = 0
    usd = [0.0, 0.0]
    for record in records:
        if record["kind"] != "decision":
            scores[record["id"], record["rung"]] = float(record["score"])
            continue
        decisions += 1
        plan = _plan(governor, record)
        if plan is None:
            continue
        logged = record["plan"]
        old, new = str(logged["rung"]), plan.rung.name
        replayed += 1
        changed += old != new
        for name, i in ((old, 0), (new, 1)):
            rungs.setdefault(name, [0, 0])[i] += 1
        usd[0] += float(logged["expected_usd"])
        usd[1] += plan.expected_usd
        if record.get("propensity") is not None:
            chances = float(logged["p_correct"]), plan.p_correct
            rows[record["id"]] = _Row(old, old == new, record["propensity"], *chances, record.get("session"))
    if not replayed:
        raise invalid("records: decisions with prompts", 0, "at least 1 (make them with Recorder(prompts=True))")
    sums = _sums(rows, scores)
    score_new, low, high = sums.score_new or (None, None, None)
    return OffPolicy(
        decisions=decisions,
        replayed=replayed,
        changed=changed / replayed,
        rungs={name: (counts[0], counts[1]) for name, counts in sorted(rungs.items())},
        usd_logged=usd[0] / replayed,
        usd_new=usd[1] / replayed,
        graded=sums.graded,
        score_logged=sums.score_logged if sums.graded else None,
        score_new=score_new,
        low=low,
        high=high,
        effective=sums.rows,
        change=sums.change,
        change_low=sums.low,
        change_high=sums.high,
        differing=sums.differing,
        tried=sums.tried,
        missing=sums.missing,
    )


class _Row(NamedTuple):
    """One decision with a propensity: in the log, and of the other governor."""

    old: str
    same: bool
    propensity: float
    predicted_old: float
    predicted_new: float
    session: str | None


def _plan(governor: Governor, record: dict[str, Any]) -> Plan | None:
    prompt = record.get("prompt")
    if not isinstance(prompt, str):
        return None
    try:
        return governor.plan(prompt)
    except RheostatError:
        return None


def lack(graded: int, differing: int, missing: int | None, rows: float) -> str:
    """Returns the reason why a log cannot tell what another policy does to the score, and what is missing."""
    if not graded:
        return "no decision has both an outcome and a propensity"
    found = f"{differing:,} of {graded:,} graded decisions go to another rung"
    if missing is None:
        return f"{found}, and the log never took that rung by chance: draw rungs at random on a share of the traffic"
    rests = f"the log's own tries are worth {rows:.0f} rows, of {MIN_ROWS} that an interval needs"
    return f"{found}; {rests}: about {missing:,} more graded decisions like these, or more random choices"


def _sums(rows: dict[str, _Row], scores: dict[tuple[str, str], float]) -> OffPolicySums:
    """Returns the sums of the graded rows."""
    sums = OffPolicySums()
    for key, row in rows.items():
        score = scores.get((key, row.old))
        if score is not None:
            sums.add(
                same=row.same,
                propensity=row.propensity,
                score=score,
                predicted_logged=row.predicted_old,
                predicted_new=row.predicted_new,
                group=row.session,
            )
    return sums
