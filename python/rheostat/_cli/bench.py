"""`rheostat bench NAME`: how good the decisions are, on recorded outcomes.

Each bench is a module of `rheostat.evaluate` with `arguments(parser)` and `run(args)`, imported when it is asked for.
"""

from __future__ import annotations

import argparse
import importlib
from typing import Any

from rheostat._cli import _input

BENCHES: dict[str, tuple[str, str]] = {
    "quality": ("rheostat.evaluate.quality", "the estimate against random, prompt length and published rows"),
    "signals": ("rheostat.evaluate.signals", "what confidence, probes and votes save on recorded streams"),
    "votes": ("rheostat.evaluate.votes", "what stop rules and allocators save on recorded votes"),
    "certificate": ("rheostat.evaluate.certificate", "how often the certificate errs, simulated"),
    "frontier": ("rheostat.evaluate.frontier", "recorded runs through the whole controller, against fixed rungs and cascades"),
    "attacks": ("rheostat.evaluate.attacks", "what attacked traffic costs, simulated"),
    "chaos": ("rheostat.evaluate.chaos", "one ledger while processes are killed, servers vanish and clocks jump"),
    "features": ("rheostat.evaluate.features", "what each feature costs and brings"),
}
"""By name: the module, and what it shows."""


def add(subparsers: Any) -> None:
    """Add the verb."""
    shows = "\n".join(f"  {name:<12} {meaning}" for name, (_, meaning) in BENCHES.items())
    parser = subparsers.add_parser(
        "bench",
        help="how good the decisions are",
        description=f"{__doc__}\nbenches:\n{shows}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("name", metavar="NAME", choices=BENCHES, help=f"one of {', '.join(BENCHES)}")
    parser.add_argument("rest", metavar="…", nargs=argparse.REMAINDER, help="its own arguments: rheostat bench NAME --help")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run one bench with its own arguments."""
    name, meaning = BENCHES[args.name]
    module = importlib.import_module(name)
    parser = argparse.ArgumentParser(prog=f"rheostat bench {args.name}", description=module.__doc__ or meaning)
    _input.add_json(parser)
    module.arguments(parser)
    status: int = module.run(parser.parse_args(args.rest))
    return status
