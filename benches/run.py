"""Run rheostat's benchmarks: `python benches/run.py [--quick] [--only NAME] [--peer FILE] [--json FILE]`.

Prints a table as it goes. A full run also writes benches/record/<date>.json and benches/record/latest.md; a quick or
a partial one writes only what `--json` names. A missing competitor is said in its row, and the rest goes on.
"""

from __future__ import annotations

import argparse
import datetime
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

try:
    import rheostat  # noqa: F401
except ImportError as error:
    sys.exit(f"rheostat cannot be imported here ({error}); `make bench` builds it first")

from benches.speed import decide, footprint, ledger, machine, records, report, stream, uses, vote
from benches.speed.bars import Row

GROUPS: dict[str, Callable[[float], Iterator[Row]]] = {
    "decide": decide.decide,
    "body": decide.body,
    "batch": decide.batch,
    "scripts": uses.scripts,
    "cold": uses.cold,
    "options": uses.options,
    "conversations": uses.conversations,
    "token": uses.token,
    "host": uses.host,
    "confidence": stream.confidence,
    "logits": stream.logits,
    "top": stream.top_tokens,
    "signals": stream.signals,
    "vote": vote.vote,
    "records": records.records,
    "ledger": ledger.ledger,
    "sessions": footprint.sessions,
    "streams": footprint.streams,
    "import": footprint.imports,
    "size": footprint.sizes,
}
"""Each group of rows, by the name that `--only` takes."""

PEERS = [path for path in sorted((HERE / "peers").glob("[!_]*.py")) if path.name != "fewest_words.py"]
"""The adapters of other routers that a record has; `fewest_words.py` is the one to copy."""

SECONDS, QUICK_SECONDS = 3.0, 0.25


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="rheostat's benchmarks, side by side with what users have today")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_SECONDS} s a contender and row instead of {SECONDS}")
    parser.add_argument("--only", metavar="NAME", choices=(*GROUPS, "peers"), help="one group: " + ", ".join(GROUPS))
    peer = "an adapter of another router; without it, those in benches/peers that can be imported"
    parser.add_argument("--peer", metavar="FILE", type=Path, action="append", default=[], help=peer)
    parser.add_argument("--json", metavar="FILE", type=Path, help="also write the record here")
    return parser.parse_args()


def main() -> int:
    """Run what was asked for; exit status 2 for a debug build, else 0: a missed bar is recorded, not an error."""
    asked = _arguments()
    try:
        build = machine.build()
    except machine.DebugBuild as error:
        print(error, file=sys.stderr)
        return 2
    about: dict[str, Any] = {
        "date": datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
        "machine": machine.machine(),
        "versions": machine.versions(),
        "build": build,
        "quick": asked.quick,
        "load": {"before": machine.load()},
    }
    print(", ".join(f"{name} {version}" for name, version in about["versions"].items()))
    print(f"{about['machine']['cpu']}, {about['machine']['cores']} cores, load {about['load']['before']}\n")
    print(report.header())
    rows: list[Row] = []
    groups = {"peers": lambda seconds: decide.peers(seconds, asked.peer or PEERS), **GROUPS}
    for name, group in groups.items():
        if asked.only in (None, name):
            for row in group(QUICK_SECONDS if asked.quick else SECONDS):
                rows.append(row)
                print("\n".join(report.text_line(line) for line in report.cells(row)), flush=True)
    about["load"]["after"] = machine.load()
    print(f"\n{report.summary(rows)}")
    for reason in sorted({rival.note for row in rows for rival in row.rivals if rival.note.startswith("not installed")}):
        print(reason)
    if asked.json:
        asked.json.write_text(report.dump(report.record(rows, about)))
    if not (asked.quick or asked.only):
        for path in report.write(rows, about, HERE / "record"):
            print(f"wrote {path.relative_to(HERE.parent)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
