"""When to doubt each rung's answers, from a log of decisions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from math import isnan
from typing import Any

from rheostat._native import Doubt, calibrate_doubt
from rheostat.errors import InvalidValueError, UnknownNameError

FEWEST = 30
"""Answers of a rung from which on its doubt is calibrated."""
_KNOWN = ("graded", "judge")
"""Kinds of outcomes that say how right an answer was, whoever sends one."""
_SIGNALS = {"low_logprob": "lowest_logprob", "low_confidence": "lowest"}


def doubts(records: Iterable[dict[str, Any]], *, chance: float = 0.9, signal: str = "low_logprob") -> dict[str, Doubt]:
    """Calibrate a doubt for each rung by how sure its answers were and how right they turned out.

    Looked at are runs with one generated answer of a rung, a signal of its stream, and an outcome on that rung (of several, the
    newest). What a run gave up for its doubts has no outcome, so a log is best gathered with bars that doubt nobody, such as
    `Rules(low_logprob=-100)`, on all traffic or a share of it.

    Args:
        records: As `read` gives them.
        chance: The chance to be right below which an answer is doubted.
        signal: `"low_logprob"` or `"low_confidence"`.

    Returns:
        By the names of rungs with at least 30 such answers.

    Raises:
        InvalidValueError: No rung has as many; the message says how many each has.
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
        raise InvalidValueError(f"records: graded answers by rung: {counts}; at least {FEWEST} of a rung are needed")
    return {
        rung: calibrate_doubt(*(list(column) for column in zip(*rows, strict=True)), chance=chance, signal=signal)
        for rung, rows in enough.items()
    }


def _said(record: dict[str, Any], signal: str) -> dict[tuple[str, str], list[float]]:
    """How sure a run's answers were, by plan and rung."""
    said: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    for answer in record.get("run", {}).get("answers", []):
        lowest = answer.get(signal)
        said[record["id"], answer["rung"]].append(float("nan") if lowest is None else float(lowest))
    return {key: lowest for key, lowest in said.items() if not any(map(isnan, lowest))}
