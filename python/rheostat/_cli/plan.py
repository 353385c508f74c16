"""`rheostat plan`: the budget of a query, with its reasons."""

from __future__ import annotations

import argparse
import time
from typing import Any

import rheostat as rh
from rheostat._cli import _input, _show
from rheostat._native import explain_body


def add(subparsers: Any) -> None:
    """Adds the verb."""
    parser = subparsers.add_parser("plan", help="decide a query's budget", description=__doc__)
    _input.add_query(parser, optional=True)
    _input.add_ladder(parser)
    _input.add_json(parser)
    parser.add_argument("--rung", help="the user's own choice of a rung, which wins")
    parser.add_argument(
        "--explain-body", metavar="FILE", help="show how each part of a request's body is read (- reads standard input)"
    )
    parser.set_defaults(run=run, refuse=parser.error)


def run(args: argparse.Namespace) -> int:
    """Plans and prints."""
    if args.explain_body is not None:
        return explain(args)
    if args.query is None:
        args.refuse("give TEXT, - or FILE, or --explain-body FILE")
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


def explain(args: argparse.Namespace) -> int:
    """Prints how each part of a body is read, and the plan's rung. Needs no extra."""
    args.query, args.body, args.text = args.explain_body, True, False
    given = _input.query(args)
    plan, reading = _input.governor(args).plan(**given, rung=args.rung), explain_body(given["body"])
    if args.json:
        parts = [part._asdict() for part in reading.parts]
        _show.as_json({**reading._asdict(), "parts": parts, "turn": plan.turn, "purpose": plan.purpose, "rung": plan.rung.name})
        return 0
    rows = [("part", "taken as", "bytes", "tokens", "row of the table")]
    rows += [(part.place, part.kind, f"{part.bytes:,}", f"{part.tokens:,}", part.row) for part in reading.parts]
    cells = [[_show.plain(_show.one_line(cell, 72)) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in cells) for column in range(4)]
    for place, kind, size, tokens, row in cells:
        line = f"{place:{widths[0]}}  {kind:{widths[1]}}  {size:>{widths[2]}}  {tokens:>{widths[3]}}  {row}"
        print(line.rstrip())
    wishes = [("effort", plan.asked_effort), ("thinking tokens", plan.asked_thinking_tokens), ("answers", plan.asked_samples)]
    marks = [("a chore", reading.chore), ("plan mode", reading.planning), ("perhaps a program's words", reading.doubtful)]
    print()
    print(f"turn      {plan.turn}, purpose {plan.purpose}")
    print(f"needs     {', '.join(reading.needs) or 'text alone'}")
    print(f"wishes    {', '.join(f'{name} {value}' for name, value in wishes if value is not None) or 'none'}")
    print(f"marks     {', '.join(name for name, there in marks if there) or 'none'}")
    print(f"rung      {_show.plain(plan.rung.name)}, about {plan.input_tokens:,} tokens of input")
    for reason in plan.reasons:
        print(f"reason    {_show.plain(reason)}")
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
