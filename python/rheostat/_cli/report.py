"""Say what each dial would have saved on a log, at what risk, beside fixed rungs and random mixing.

A log is as for `rheostat tune`; several are read as one. Costs are expected ones, scaled to what the log paid; intervals of
savings are for the choice of queries, not for the estimate of costs. Risk is measured where the log has scores of two rungs for a
query (`scores`), or graded decisions with a `propensity`; elsewhere the report says what is missing.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from rheostat import policy
from rheostat._checks import invalid
from rheostat._cli import _input, _show
from rheostat._native import Governor
from rheostat._report import judge, page, sums


def add(subparsers: Any) -> None:
    """Adds the verb."""
    parser = subparsers.add_parser(
        "report",
        help="what each dial would have saved on a log, and at what risk",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("log", metavar="LOG", nargs="+", help="prompts, decisions, or another program's log")
    _input.add_ladder(parser)
    parser.add_argument("--html", metavar="FILE", help="write one page without scripts or requests")
    parser.add_argument("--max-loss", type=float, default=0.01, metavar="P", help="loss of mean score to promise (0.01)")
    parser.add_argument("--show-prompts", action="store_true", help="show the easiest and hardest prompts")
    _input.add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Reads, judges and prints. Needs no extra."""
    if not 0.0 < args.max_loss < 1.0:
        raise invalid("--max-loss", args.max_loss, "above 0 and below 1")
    settings = _input.config_of(args)
    ladder, chosen = settings.ladder, settings.policy
    shares = chosen if isinstance(chosen, policy.Shares) else policy.Shares()
    # The governor gives shares without numbers those of its ladder.
    Governor(ladder, shares, drift=0)
    parts = shares.shares or ()
    reader = sums.Reader(ladder, prompts=args.show_prompts, progress=_progress if sys.stderr.isatty() else None)
    found = judge.judge(sums.read(reader, args.log, parts), ladder, parts, max_loss=args.max_loss)
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)
    if args.html is not None:
        Path(args.html).write_text(page.page(found), encoding="utf-8")
    if args.json:
        _show.as_json(found)
    else:
        print("\n".join(_show.plain(line) for line in page.text(found)))
    return 0


def _progress(rows: int) -> None:
    print(f"\r{rows:,} rows", end="", file=sys.stderr, flush=True)
