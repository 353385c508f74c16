"""The command line: `rheostat VERB`.

One module for each verb, with two functions: `add(subparsers)` makes its parser, whose defaults hold `run`, and
`run(args)` returns the exit status: 0 for done, 1 when what was checked does not hold, 2 for bad usage or input.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import Any

from rheostat import __version__
from rheostat._cli import bench, calibrate, explain, features, fit, lab, plan, replay
from rheostat.errors import RheostatError

OK, FAILED, USAGE = 0, 1, 2

VERBS: tuple[Any, ...] = (plan, explain, features, fit, calibrate, replay, lab, bench)
"""The modules of the verbs, in the order of `rheostat --help`."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb and return its exit status; `argv` are the words after the program's name."""
    args = parser().parse_args(argv)
    try:
        status: int = args.run(args)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader has seen enough; Python would complain once more when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        named = f"{error.filename}: {error.strerror}" if error.filename and error.strerror else str(error)
        print(f"rheostat {args.verb}: {named}", file=sys.stderr)
        return USAGE
    except RheostatError as error:
        print(f"rheostat {args.verb}: {error}", file=sys.stderr)
        return USAGE
    return status


def parser() -> argparse.ArgumentParser:
    """The parser of all verbs."""
    top = argparse.ArgumentParser(
        prog="rheostat",
        description="How much compute an LLM query deserves: estimate, plan, watch, ramp, stop, under a hard ceiling.",
    )
    top.add_argument("--version", action="version", version=f"rheostat {__version__}")
    verbs = top.add_subparsers(dest="verb", metavar="VERB", required=True)
    for verb in VERBS:
        verb.add(verbs)
    return top
