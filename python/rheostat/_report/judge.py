"""The report of a log's sums, as plain data."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from rheostat._native import Ladder
from rheostat._report.sums import BINS, DIALS, Reals, Sums, assign
from rheostat.evaluate import zero_router
from rheostat.guarantee import labels_needed
from rheostat.records._offpolicy import MIN_ROWS, lack

Z = 1.96
ONE_SIDED = 1.645
STEPS = tuple(step / 40 for step in range(1, 41))
"""Shares above the lowest rung that are tried."""
COUNTS = ("rows", "torn", "unknown", "without a query", "failed", "priced", "on a rung")
"""Totals that the report shows."""
_LEVEL = 0.95


def judge(sums: Sums, ladder: Ladder, shares: Sequence[float], *, max_loss: float) -> dict[str, Any]:
    """Returns the report as plain data."""
    names = [rung.name for rung in ladder.rungs]
    default, queries = names.index(ladder.default.name), float(sums.queries.sum())
    scale = _scale(sums, ladder)
    parts = assign(sums, shares, default)
    measured = _measured(sums, parts)
    before = float((sums.logged[0] * scale).sum())
    here = _quality(float(sums.logged[2].sum()) / queries)
    fixed = [_setting(sums, f"always {name}", np.eye(len(names))[i] + 0 * parts, scale) for i, name in enumerate(names)]
    governed = _setting(sums, "governed", parts, scale)
    moved = [_moved(shares, part) for part in STEPS] if len(names) > 1 else []
    curve = [
        _setting(sums, f"shares, {100 * part:g} % above the lowest", assign(sums, one, default), scale)
        for part, one in zip(STEPS, moved, strict=False)
    ]
    found = _dials(sums, parts, scale, before, measured)
    change = None if here is None or governed["expected"] is None else governed["expected"] - here
    next(dial for dial in found if dial["dial"] == "all")["expected"] = change
    return {
        "schema": 1,
        "queries": int(queries),
        "data": {name: int(sums.total(name)) for name in COUNTS}
        | {"low coverage": int(sums.queries[BINS]), "forms": sums.forms},
        "rungs": names,
        "default": names[default],
        "shares": [float(share) for share in shares],
        "scale": scale.tolist(),
        "logged": {
            "known": sums.total("on a rung") > 0,
            "usd_per_1000": 1e3 * before / queries,
            "expected": here,
            "rungs": [
                {"rung": name, "queries": int(count), "graded": int(graded), "score": score / graded if graded else None,
                 "p_correct": _quality(chance / graded) if graded else None}
                for name, (count, graded, score, chance) in zip(names, sums.on_rung[:4].T.tolist(), strict=True)
            ],
        },
        "governed": governed,
        "fixed": fixed,
        "curve": curve,
        "rivals": _rivals(governed, fixed),
        "no_worse": _no_worse([*fixed, governed, *curve], here, 1e3 * before / queries),
        "dials": found,
        "measured": measured,
        "promise": _promise(measured, max_loss),
        "prompts": {
            "easiest": [list(one) for one in sorted(sums.easiest)],
            "hardest": [list(one) for one in sorted(sums.hardest)[::-1]],
        },
    }  # fmt: skip


def _scale(sums: Sums, ladder: Ladder) -> Reals:
    """Returns, per rung, the logged cost over the expected one.

    A rung that the log lacks takes that of all rows, or 1 if the log has the answers' tokens and the rung does not think.
    """
    usd, expected = sums.on_rung[4], sums.on_rung[5]
    whole = float(usd.sum() / expected.sum()) if expected.sum() > 0 else 1.0
    counted = sums.total("with tokens") > 0.5 * sums.total("priced")
    other = [1.0 if counted and not rung.thinking_tokens else whole for rung in ladder.rungs]
    return np.where((usd > 0) & (expected > 0), usd / np.maximum(expected, 1e-300), other)


def _moved(shares: Sequence[float], part: float) -> list[float]:
    """Returns shares with a part of the queries above the lowest rung, divided as in the given ones."""
    above = sum(shares[1:])
    rest = [share / above for share in shares[1:]] if above > 0 else [1.0, *([0.0] * (len(shares) - 2))]
    return [1.0 - part, *(part * share for share in rest)]


def _no_worse(settings: Sequence[dict[str, Any]], here: float | None, usd_per_1000: float) -> dict[str, Any] | None:
    """Returns the cheapest setting that is expected to be as good as the log, with the share of the log's cost that it saves."""
    fit = [one for one in settings if here is not None and one["expected"] is not None and one["expected"] >= here - 1e-9]
    if not fit or usd_per_1000 <= 0:
        return None
    best = min(fit, key=lambda one: float(one["usd_per_1000"]))
    return {**best, "saved": 1.0 - best["usd_per_1000"] / usd_per_1000}


def _promise(measured: dict[str, Any], max_loss: float) -> dict[str, Any]:
    """Returns the labels that a promise takes: those that prove it without any loss, and more by the measured spread."""
    least, graded = labels_needed(max_loss, confidence=_LEVEL), int(measured["graded"])
    found = {"max_loss": max_loss, "confidence": _LEVEL, "labels": graded, "least": least, "needed": least, "hopeless": False}
    if measured["change"] is not None:
        margin, half = max_loss + measured["change"], (measured["high"] - measured["low"]) / 2.0
        found["hopeless"] = margin <= 0
        if margin > 0:
            found["needed"] = max(least, math.ceil(graded * (half * ONE_SIDED / (Z * margin)) ** 2))
    return found | {"missing": max(0, int(found["needed"]) - graded)}


def _quality(value: float) -> float | None:
    return None if math.isnan(value) else value


def _setting(sums: Sums, name: str, parts: Reals, scale: Reals) -> dict[str, Any]:
    queries = float(sums.queries.sum())
    return {
        "name": name,
        "rungs": ((parts * sums.queries[:, None]).sum(axis=0) / queries).tolist(),
        "usd_per_1000": 1e3 * float((parts * sums.cost[-1, 0].sum(axis=1) * scale).sum()) / queries,
        "expected": _quality(float((np.where(parts > 0, parts, 0.0) * sums.chance).sum()) / queries),
    }


def _rivals(governed: dict[str, Any], fixed: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Returns the cheapest fixed rung that is expected to be no worse, and random mixing of rungs at the same cost."""
    if governed["expected"] is None:
        return {"fixed": None, "mixing": None}
    fit = [one for one in fixed if one["expected"] is not None and one["expected"] >= governed["expected"] - 1e-9]
    hull = zero_router([one["usd_per_1000"] for one in fixed], [one["expected"] for one in fixed])
    costs, qualities = ([point[i] for point in hull] for i in (0, 1))
    mixed = float(np.interp(governed["usd_per_1000"], costs, qualities)) if governed["usd_per_1000"] >= costs[0] else None
    as_good = float(np.interp(governed["expected"], qualities, costs)) if governed["expected"] <= qualities[-1] else None
    return {
        "fixed": min(fit, key=lambda one: float(one["usd_per_1000"])) if fit else None,
        "mixing": {"expected_at_same_cost": mixed, "usd_per_1000_at_same_quality": as_good},
    }


def _measured(sums: Sums, parts: Reals) -> dict[str, Any]:
    """Returns the measured change of the mean score, new minus logged: of paired scores, else of the log's own random choices."""
    rows, change, squares = (float((parts * sums.paired[i]).sum()) for i in range(3))
    unknown: dict[str, Any] = {"change": None, "low": None, "high": None}
    if rows > 0:
        found = {"by": "scores of both rungs", "graded": round(rows)} | unknown
        if rows >= MIN_ROWS:
            mean = change / rows
            # Two losses and two gains of 1 widen the variance: a few equal rows have none of their own.
            half = Z * math.sqrt(max((squares + 4.0) / (rows + 4.0) - mean * mean, 0.0) / rows)
            return found | {"change": mean, "low": max(mean - half, -1.0), "high": min(mean + half, 1.0), "reason": None}
        return found | {"reason": f"{round(rows)} queries have scores of both rungs, of {MIN_ROWS} that an interval needs"}
    off = sums.off_policy
    if off.graded:
        return {
            "by": "random choices in the log", "graded": off.graded, "change": off.change, "low": off.low, "high": off.high,
            "reason": lack(off.graded, off.differing, off.missing, off.rows) if off.change is None else None,
        }  # fmt: skip
    lacks = "no query has scores of two rungs, and no graded decision has a propensity"
    return {"by": None, "graded": 0, **unknown, "reason": f"{lacks} ({int(sums.on_rung[1].sum()):,} scores of one rung)"}


def _dials(sums: Sums, parts: Reals, scale: Reals, before: float, measured: dict[str, Any]) -> list[dict[str, Any]]:
    queries, squares = float(sums.queries.sum()), float((sums.logged[1] * scale**2).sum())
    found = []
    for dial, name in enumerate(DIALS):
        # A rung's own thinking costs what the log paid on that rung; other dials keep the thinking of the logged one.
        by = np.broadcast_to(scale[None, :] if name in {"thinking", "all"} else scale[:, None], sums.cost.shape[-2:])
        if name == "thinking":
            # Rungs that think alike cost alike, whatever else the log paid on each.
            alike = np.isclose(sums.cost[dial, 0], sums.logged[0][:, :, None]).all(axis=0)
            by = np.where(alike, scale[:, None], by)
        mean, second, product = (
            float((parts[:, None, :] * sums.cost[dial, i] * factor).sum())
            for i, factor in enumerate((by, by**2, by * scale[:, None]))
        )
        saved = before - mean
        spread = max((squares - 2.0 * product + second) / queries - (saved / queries) ** 2, 0.0)
        half = Z * math.sqrt(spread * queries)
        row = _row(name) | {"usd_per_1000": 1e3 * saved / queries}
        if before > 0:
            row |= {"saved": saved / before, "low": (saved - half) / before, "high": (saved + half) / before}
        used = name == "all" or not np.allclose(sums.cost[dial, 0], sums.logged[0][:, :, None])
        row["note"] = "" if used else "alike on all rungs"
        row["risk"] = measured if name == "all" else None
        found.append(row)
    return [*found, _votes(sums), _probes(sums), _early(sums)]


def _row(dial: str) -> dict[str, Any]:
    """Returns a row with its dial alone; the rest is not known."""
    return {"dial": dial} | dict.fromkeys(("saved", "low", "high", "usd_per_1000", "risk"))


def _votes(sums: Sums) -> dict[str, Any]:
    row = _row("vote that stops")
    voted = sums.total("voted")
    if not voted:
        return row | {"note": "no query has several answers in the log"}
    low, high = _wilson(sums.total("votes changed"), voted)
    changed = sums.total("votes changed") / voted
    risk = {"by": "recorded samples", "graded": int(voted), "changed": changed, "low": low, "high": high, "reason": None}
    saved = 1.0 - sums.total("samples used") / sums.total("samples")
    return row | {"saved": saved, "risk": risk, "note": f"of the samples of {int(voted):,} queries"}


def _probes(sums: Sums) -> dict[str, Any]:
    row = _row("probe first")
    voted = sums.total("voted")
    if not voted:
        return row | {"note": "draw two cheap samples on a share of the traffic: the log has no query with several"}
    agree, (low, high) = sums.total("first two agree") / voted, _wilson(sums.total("first two agree"), voted)
    return row | {
        "note": f"the first two samples agree on {100 * agree:.1f} % [{100 * low:.1f}, {100 * high:.1f}] of {int(voted):,}"
    }


def _early(sums: Sums) -> dict[str, Any]:
    row = _row("early stop")
    usd, cut = sums.total("usd"), sums.total("cut")
    if not usd:
        return row | {"note": "the log has no cost of an answer"}
    most = sums.total("usd of cut") / usd
    return row | {
        "high": most,
        "note": f"at most: {int(cut):,} answers ran into their limit; a stop needs their streams' log-probabilities",
    }


def _wilson(count: float, rows: float) -> tuple[float, float]:
    """Returns Wilson's 95 % interval of a share."""
    share, z2 = count / rows, Z * Z
    middle = (share + z2 / (2 * rows)) / (1 + z2 / rows)
    half = Z / (1 + z2 / rows) * math.sqrt(share * (1 - share) / rows + z2 / (4 * rows * rows))
    return max(middle - half, 0.0), min(middle + half, 1.0)
