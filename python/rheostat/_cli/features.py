"""`rheostat features`: the features of a query's text, from one pass over its bytes."""

from __future__ import annotations

import argparse
from typing import Any

import rheostat as rh
from rheostat._cli import _input, _show


def add(subparsers: Any) -> None:
    """Adds the verb."""
    parser = subparsers.add_parser("features", help="the features of a text", description=__doc__)
    parser.add_argument("query", metavar="TEXT|-|FILE", help="the text itself; - reads standard input; a file's path reads it")
    parser.add_argument("--text", action="store_true", help="take the argument as text even if a file is called so")
    parser.add_argument("--all", action="store_true", help="also show features that are zero")
    _input.add_json(parser)
    parser.set_defaults(run=run, body=False)


def run(args: argparse.Namespace) -> int:
    """Reads and prints."""
    values = rh.features.extract(_input.query(args)["text"])
    if args.json:
        _show.as_json(values)
        return 0
    specs = [spec for spec in rh.features.specs() if args.all or values[spec.name]]
    rows = [(spec.name, f"{values[spec.name]:g}", spec.unit, spec.meaning) for spec in specs]
    left_out = len(values) - len(rows)
    caption = f"{left_out} more are zero: --all shows them" if left_out else ""
    _show.table("Features", ["feature", ">value", "unit", "meaning"], rows, caption=caption)
    return 0
