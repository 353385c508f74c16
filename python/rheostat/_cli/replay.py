"""`rheostat replay`: recorded traces through runs, to see the streams that stop early and the tokens that this saves."""

from __future__ import annotations

import argparse
from collections import Counter
from itertools import islice
from typing import Any

from rheostat import _trace, config
from rheostat._checks import invalid
from rheostat._cli import _input, _record, _show
from rheostat._replay import Replayed, replay


def add(subparsers: Any) -> None:
    """Adds the verb."""
    parser = subparsers.add_parser(
        "replay",
        help="a recorded trace through runs",
        description=__doc__,
        epilog=_trace.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("trace", metavar="FILE", help="JSON lines, gzipped or not")
    parser.add_argument("--ladder", metavar="FILE", help="plan with this ladder instead of the recorded one")
    parser.add_argument("--limit", type=int, metavar="N", help="only the first N queries")
    parser.add_argument("--concurrency", type=int, default=1, metavar="N", help="samples that overlap (default: 1)")
    parser.add_argument("--show", type=int, default=0, metavar="N", help="also show a row for each of the first N queries")
    parser.add_argument(
        "--with",
        dest="other",
        metavar="TOML",
        help="FILE is a log of decisions: estimate the decisions and the cost of this configuration",
    )
    _input.add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Replays and prints."""
    if args.other:
        return _record.replay(args.trace, args.other, as_json=args.json)
    governor = config.load(args.ladder).governor() if args.ladder else None
    if args.concurrency < 1:
        raise invalid("--concurrency", args.concurrency, "at least 1")
    rows = islice(_trace.read(args.trace), args.limit)
    replayed = [replay(row, governor, concurrency=args.concurrency) for row in rows]
    if not replayed:
        raise invalid(f"{args.trace}: queries", 0, "at least 1: a trace has a JSON object on each line (docs/tutorial.md)")
    summary = summarise(replayed)
    if args.json:
        _show.as_json(summary)
        return 0
    if args.show:
        _rows(replayed[: args.show])
    _show.lines((name.replace("_", " "), _cell(value)) for name, value in summary.items() if name != "ended")
    _show.table("Why runs ended", ["reason", ">runs"], summary["ended"].items())
    return 0


def summarise(replayed: list[Replayed]) -> dict[str, Any]:
    """Returns means over all queries; shares in [0, 1]."""
    n = len(replayed)
    tokens, full = sum(r.tokens for r in replayed), sum(r.full_tokens for r in replayed)
    samples, full_samples = sum(r.samples for r in replayed), sum(r.full_samples for r in replayed)
    graded = [r for r in replayed if r.gold is not None]
    return {
        "queries": n,
        "settled": sum(r.settled for r in replayed) / n,
        "escalated": sum(r.escalations > 0 for r in replayed) / n,
        "right": sum(bool(r.right) for r in graded) / len(graded) if graded else None,
        "right_with_everything": sum(bool(r.full_right) for r in graded) / len(graded) if graded else None,
        "samples_per_query": samples / n,
        "samples_recorded": full_samples / n,
        "tokens_per_query": tokens / n,
        "tokens_recorded": full / n,
        "ended": dict(Counter(r.ended for r in replayed).most_common()),
    }


def _rows(replayed: list[Replayed]) -> None:
    rows = [
        (r.id, _show.one_line(r.answer or "–", 24), _mark(r.right), f"{r.samples} of {r.full_samples}", f"{r.tokens:,}", r.ended)
        for r in replayed
    ]
    _show.table("Queries", ["id", "answer", "right", ">samples", ">tokens", "ended"], rows)


def _mark(right: bool | None) -> str:
    return {True: "yes", False: "no", None: "?"}[right]


def _cell(value: Any) -> str:
    if value is None:
        return "not known"
    return f"{value:,}" if isinstance(value, int) else f"{value:,.3f}"
