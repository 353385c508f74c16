"""Output of the verbs about decision records."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rheostat import config, records
from rheostat._cli import _show
from rheostat.errors import InvalidValueError, MalformedError


def show(path: str, plan: str | None, *, as_json: bool) -> int:
    """Shows one decision of a log with its reasons and outcomes."""
    decision: dict[str, Any] | None = None
    outcomes: list[dict[str, Any]] = []
    for record in records.read(path):
        if record["kind"] == "decision" and (plan is None or record["id"].startswith(plan)):
            if decision is None or record["id"] != decision["id"]:
                outcomes = []
            decision = record
        elif decision is not None and record["kind"] == "outcome" and record["id"] == decision["id"]:
            outcomes.append(record)
    if decision is None:
        raise InvalidValueError(f"{path}: there is no decision" + (f" whose id begins with {plan}" if plan else ""))
    if as_json:
        _show.as_json(decision | {"outcomes": outcomes})
        return 0
    try:
        fields = _fields(decision, outcomes)
    except (KeyError, TypeError, ValueError) as error:
        raise MalformedError(f"{path}, decision {decision['id']}: {type(error).__name__}: {error}") from error
    _show.lines(fields)
    run = decision.get("run")
    if run:
        rows = [
            (f"{at:.3f}", phase, rung, "" if call is None else call, reason) for at, phase, reason, rung, call in run["trail"]
        ]
        _show.table("What happened", [">seconds", "phase", "rung", ">call", "reason"], rows)
    return 0


def _fields(decision: dict[str, Any], outcomes: list[dict[str, Any]]) -> list[tuple[str, Any]]:
    plan = decision["plan"]
    fields: list[tuple[str, Any]] = [
        ("id", decision["id"]),
        ("rung", f"{plan['rung']} ({plan['model']})"),
        ("budget", f"{plan['thinking_tokens']:,} thinking tokens, {plan['samples']} samples, depth {plan['depth']}"),
        ("P(correct)", f"{plan['p_correct']:.3f}"),
        ("difficulty", f"{plan['estimate']['difficulty']:.3f} (coverage {plan['estimate']['coverage']:.2f})"),
        *(("why", reason) for reason in plan["reasons"]),
        *(("clamped", f"{c['field']}: {c['wanted']:g} to {c['got']:g}") for c in plan["clamped"]),
        *((name, decision[name]) for name in ("session", "tenant", "arm", "config", "prompt") if name in decision),
    ]
    if shadow := decision.get("shadow"):
        fields.append(("shadow", f"{shadow['rung']}, expected ${shadow['expected_usd']:.6f}"))
    if run := decision.get("run"):
        spent = run["spent"]
        fields.append(("spent", f"{spent['tokens']:,} tokens, ${spent['usd']:.6f}, {spent['samples']} samples"))
        fields.append(("ended", f"{run['ended']} (on {run['rung']}, {'settled' if run['settled'] else 'not settled'})"))
    fields += [("outcome", f"{o['score']:g} on {o['rung']} ({o.get('outcome_kind', 'graded')})") for o in outcomes]
    return [*fields, ("version", decision["version"])]


def replay(path: str, new: str, *, as_json: bool) -> int:
    """Shows the off-policy estimate of another configuration on a log's queries."""
    found = records.off_policy(records.read(path), config.load(new).governor(ledger=None))
    if as_json:
        _show.as_json(asdict(found))
        return 0
    score, change = "the log cannot tell", found.reason or ""
    if found.score_new is not None:
        score = f"{found.score_new:.4f} [{found.low:.4f}, {found.high:.4f}] against {found.score_logged:.4f} logged"
        change = f"{found.change:+.4f} [{found.change_low:+.4f}, {found.change_high:+.4f}]"
    tried = f"{found.differing:,} of them on another rung, {found.tried:,} drawn by chance"
    _show.lines(
        [
            ("decisions", f"{found.decisions:,}, of which {found.replayed:,} have their prompt"),
            ("to another rung", f"{found.changed:.1%}"),
            ("expected cost", f"${found.usd_new:.6f} a query against ${found.usd_logged:.6f}"),
            ("score", score),
            ("change of score", change),
            ("rests on", f"{found.graded:,} graded decisions, {tried}, worth {found.effective:,.0f}"),
        ]
    )
    _show.table("Rungs", ["rung", ">taken", ">would be"], [(name, *counts) for name, counts in found.rungs.items()])
    return 0
