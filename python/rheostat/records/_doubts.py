"""Calibration of each rung's doubt, from a log of decisions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from math import isnan
from typing import Any, Literal

from rheostat._checks import invalid
from rheostat._native import Doubt, calibrate_doubt
from rheostat.errors import UnknownNameError

FEWEST = 30
"""Fewest answers of a rung for which its doubt is calibrated."""
_KNOWN = ("graded", "judge")
"""Kinds of outcomes that measure the answer itself."""
_SIGNALS = {"low_logprob": "lowest_logprob", "low_confidence": "lowest", "low_top_logprob": "lowest_top_logprob"}


def doubts(
    records: Iterable[dict[str, Any]],
    *,
    p_correct: float = 0.9,
    signal: Literal["low_logprob", "low_confidence", "low_top_logprob"] = "low_logprob",
) -> dict[str, Doubt]:
    """Calibrates a doubt for each rung from the signals of its answers and their outcomes.

    Uses runs with one generated answer of a rung, a signal of its stream, and an outcome on that rung (the newest). An answer
    that a run abandoned has no outcome, so gather the log with bars that no stream falls below, such as
    `Rules(low_logprob=-100)` or `Rules(low_top_logprob=-100)`, on all traffic or on a share of it.

    Args:
        records: Records, as from `read`.
        p_correct: P(correct) below which an answer is doubted.
        signal: `"low_logprob"`, `"low_confidence"` or `"low_top_logprob"`.

    Returns:
        Doubts by rung name, for rungs with at least 30 such answers.

    Raises:
        InvalidValueError: No rung has 30; the message has the numbers.
        UnknownNameError: No such signal.

    Example:
        >>> import pathlib, tempfile
        >>> import rheostat as rh
        >>> governor = rh.Governor(rh.Ladder([rh.Rung("only")]), rules=rh.Rules(window=1, low_logprob=-100.0))
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "log.jsonl"
        >>> with rh.records.Recorder(path) as recorder:
        ...     for i in range(80):
        ...         plan = governor.plan(f"What is {i} + {i}?")
        ...         with plan.start() as run:
        ...             sample = run.sample(0)
        ...             heard = sample.tokens([-0.1, -0.25 if i % 4 else -3.0])
        ...             ended = sample.finish("an answer")
        ...         _ = recorder.decision(plan, run), recorder.outcome(plan.id, rung="only", score=float(i % 4 > 0))
        >>> rh.records.doubts(rh.records.read(path))["only"].low_logprob
        -0.25
    """
    known = _SIGNALS.get(signal)
    if known is None:
        raise UnknownNameError(f'unknown signal "{signal}"; known: {", ".join(_SIGNALS)}')
    said: dict[tuple[str, str], list[float]] = {}
    scores: dict[tuple[str, str], float] = {}
    for record in records:
        if record["kind"] == "decision":
            said |= _said(record, known)
        elif record.get("outcome_kind", "graded") in _KNOWN:
            scores[record["id"], record["rung"]] = float(record["score"])
    by_rung: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    for (plan, rung), lowest in said.items():
        if len(lowest) == 1 and (plan, rung) in scores:
            by_rung[rung].append((lowest[0], scores[plan, rung]))
    enough = {rung: rows for rung, rows in by_rung.items() if len(rows) >= FEWEST}
    if not enough:
        counts = ", ".join(f"{rung} {len(rows)}" for rung, rows in by_rung.items()) or "none"
        raise invalid("records: graded answers per rung", counts, f"at least {FEWEST} on one rung")
    return {
        rung: calibrate_doubt(*(list(column) for column in zip(*rows, strict=True)), p_correct=p_correct, signal=signal)
        for rung, rows in enough.items()
    }


def _said(record: dict[str, Any], signal: str) -> dict[tuple[str, str], list[float]]:
    """Returns the lowest signals of a run's answers, by plan and rung."""
    said: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    for answer in record.get("run", {}).get("answers", []):
        lowest = answer.get(signal)
        said[record["id"], answer["rung"]].append(float("nan") if lowest is None else float(lowest))
    return {key: lowest for key, lowest in said.items() if not any(map(isnan, lowest))}
