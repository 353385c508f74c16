"""`rheostat explain`: the features and words behind a query's difficulty."""

from __future__ import annotations

import argparse
from typing import Any

import rheostat as rh
from rheostat._checks import invalid
from rheostat._cli import _input, _record, _show
from rheostat.types import Contribution


def add(subparsers: Any) -> None:
    """Adds the verb."""
    parser = subparsers.add_parser("explain", help="the features and words behind a difficulty", description=__doc__)
    _input.add_query(parser, optional=True)
    parser.add_argument("--record", metavar="FILE", help="explain a decision of this log instead of a query")
    parser.add_argument("--id", metavar="ID", help="with --record: a plan's id or its beginning (default: the newest)")
    _input.add_json(parser)
    parser.add_argument("--top", type=int, default=12, metavar="N", help="rows of each table (default: 12)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Explains and prints."""
    if args.record:
        return _record.show(args.record, args.id, as_json=args.json)
    if args.query is None:
        raise invalid("query", "none", "given, unless --record names a log")
    given = _input.query(args)
    estimate = rh.Estimator().estimate(**given)
    why = estimate.explain()
    if args.json:
        _show.as_json(
            {
                "difficulty": estimate.difficulty,
                "coverage": estimate.coverage,
                "domain": estimate.domain,
                "input_tokens": estimate.tokens,
                "output_tokens": estimate.output_tokens,
                "location": why.location,
                "bias": why.bias,
                "features": [_row(row) for row in why.features],
                "words": [_row(row) for row in why.words],
            }
        )
        return 0
    _show.lines(
        [
            ("query", _show.one_line(_input.shown(given), 110)),
            ("difficulty", f"{estimate.difficulty:.3f} ({why.location:+.3f} logits; an average query has {why.bias:+.3f})"),
            ("coverage", f"{estimate.coverage:.3f}"),
            ("domain", estimate.domain),
            ("tokens", f"about {estimate.tokens:,} in, {estimate.output_tokens:,} out"),
        ]
    )
    top = max(args.top, 0)
    _show.table("Features", ["feature", ">value", ">logits"], _cells(why.features[:top]))
    _show.table("Words", ["word", ">count", ">logits"], _cells(why.words[:top]))
    return 0


def _row(row: Contribution) -> dict[str, Any]:
    return {"name": row.name, "value": row.value, "logits": row.contribution}


def _cells(rows: list[Contribution]) -> list[tuple[str, str, str]]:
    return [(name, f"{value:g}", f"{logits:+.3f}") for name, value, logits in rows]
