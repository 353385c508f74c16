"""How good the decisions are, on recorded outcomes: `python -m benches.quality NAME`, in the project's folder.

Each bench is a module with `arguments(parser)` and `run(args)`, imported when it is asked for. Their data is looked for in
RHEOSTAT_DATA and RHEOSTAT_TRACES.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence

from rheostat._cli import _input
from rheostat.errors import RheostatError

BENCHES = {
    "estimate": "the estimate against random, prompt length and published rows",
    "signals": "savings of confidence, probes and votes on recorded streams",
    "votes": "savings of stop rules and allocators on recorded votes",
    "answers": "false and missed equalities of answers, beside math-verify",
    "certificate": "error rate of the certificate, simulated",
    "guarantee": "savings of a guaranteed policy by labels, and how often its promise breaks",
    "frontier": "recorded runs through the whole controller, against fixed rungs and cascades",
    "shares": "how shares hold on any traffic, and the accuracy that they buy without labels",
    "attacks": "cost of attacked traffic, simulated",
    "features": "cost and effect of each feature",
    "languages": "agreement of the same asks in twenty-one languages with English",
    "tiers": "order of asks by the tier that they deserve",
    "thinking": "share of a thinking budget that recorded models use",
    "off_policy": "coverage of the off-policy interval, simulated, beside vw-estimators",
    "cadence": "delay of a loop's looks at equal cost, simulated, beside fixed intervals, back-off and AIMD",
    "strategies": "best of n and weighted votes on the lab's models, beside the vote at equal cost",
    "sleep": "cost per query of precomputing while idle, simulated, beside fixed schedules",
    "sleep_lab": "tokens, cost and right answers of precomputing while idle, on the lab's models",
    "gadgets": "share of asks whose rung a rerouting gadget changes",
    "evidence": "savings of probing first on recorded samples of real models, task by task",
}
"""Purpose of each bench, by the name of its module."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one bench with its own arguments; exit status 1 when a floor does not hold, 2 for bad usage, input or no data."""
    words = sys.argv[1:] if argv is None else list(argv)
    shows = "\n".join(f"  {name:<12} {meaning}" for name, meaning in BENCHES.items())
    top = argparse.ArgumentParser(
        prog="python -m benches.quality",
        description=f"{__doc__}\nbenches:\n{shows}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("name", metavar="NAME", choices=BENCHES, help=f"one of {', '.join(BENCHES)}")
    name = top.parse_args(words[:1]).name
    module = importlib.import_module(f"benches.quality.{name}")
    parser = argparse.ArgumentParser(prog=f"{top.prog} {name}", description=module.__doc__)
    _input.add_json(parser)
    module.arguments(parser)
    try:
        status: int = module.run(parser.parse_args(words[1:]))
    except (OSError, RheostatError) as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 2
    return status
