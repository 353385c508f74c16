"""`rheostat plan`: the budget of a query, with its reasons."""

from __future__ import annotations

import argparse
import time
from typing import Any

import rheostat as rh
from rheostat._cli import _input, _show


def add(subparsers: Any) -> None:
    """Adds the verb."""
    parser = subparsers.add_parser("plan", help="decide a query's budget", description=__doc__)
    _input.add_query(parser)
    _input.add_ladder(parser)
    _input.add_json(parser)
    parser.add_argument("--rung", help="the user's own choice of a rung, which wins")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Plans and prints."""
    governor, given = _input.governor(args), _input.query(args)
    plan = governor.plan(**given, rung=args.rung)
    if args.json:
        _show.as_json(plan.to_dict())
        return 0
    micros = fastest(lambda: governor.plan(**given, rung=args.rung))
    _show.lines(
        [
            ("query", _show.one_line(_input.shown(given), 110)),
            ("rung", f"{plan.rung.name} ({plan.rung.model})"),
            ("budget", budget(plan)),
            ("p(correct)", f"{plan.p_correct:.3f}"),
            ("difficulty", f"{plan.estimate.difficulty:.3f}, coverage {plan.estimate.coverage:.3f}, {plan.estimate.domain}"),
            (
                "ceiling",
                f"{plan.limit.tokens:,} tokens, ${plan.limit.usd:.4g}, {plan.limit.seconds:g} s, {plan.limit.samples} samples",
            ),
            *(("reason", reason) for reason in plan.reasons),
            *(("clamped", f"{field}: {wanted:g} cut to {got:g}") for field, wanted, got in plan.clamped),
            ("decided in", f"{micros:.2f} µs"),
            ("version", plan.version),
        ]
    )
    return 0


def budget(plan: rh.Plan) -> str:
    """Returns a plan's four dials in words."""
    samples = "1 sample" if plan.samples == 1 else f"{plan.samples} samples"
    rounds = "" if plan.depth == 1 else f", {plan.depth} rounds"
    return f"{plan.thinking_tokens:,} thinking tokens, {samples}{rounds}, on {plan.rung.model}"


def fastest(call: Any, seconds: float = 0.02) -> float:
    """Measures one call, in microseconds: the best of several batches, to leave out other work on the machine."""
    best, end = float("inf"), time.perf_counter() + seconds
    while True:
        began = time.perf_counter()
        for _ in range(64):
            call()
        now = time.perf_counter()
        best = min(best, (now - began) / 64)
        if now >= end:
            return best * 1e6
