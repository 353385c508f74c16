"""The command line: `rheostat VERB`.

One module per verb, with two functions: `add(subparsers)` makes its parser, whose defaults hold `run`, and `run(args)` returns
the exit status: 0 for done, 1 if a check fails, 2 for bad usage or input.

Another distribution adds a verb with an entry point of the group `rheostat.verbs` that names such a module.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from rheostat import __version__
from rheostat._cli import calibrate, explain, features, fit, import_, plan, proxy, replay, report, tune
from rheostat._cli._show import plain
from rheostat.errors import RheostatError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

OK, FAILED, USAGE = 0, 1, 2

VERBS: tuple[Any, ...] = (plan, explain, features, fit, calibrate, tune, report, import_, replay, proxy)
"""The modules of this package's verbs, in the order of `rheostat --help`."""
GROUP = "rheostat.verbs"
"""Group of entry points of other distributions' verbs."""
ELSEWHERE = {"lab": "rheostat-lab"}
"""Verbs of this project's other distributions, and what to install for each."""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one verb and returns its exit status; `argv` are the words after the program's name."""
    words = sys.argv[1:] if argv is None else list(argv)
    first = words[0] if words else ""
    others = {} if first in _own() else _others()
    if first in ELSEWHERE and first not in others:
        how = f"pip install {ELSEWHERE[first]}, or in a clone: pip install ./{first}"
        print(f"rheostat {first}: not installed: {how}", file=sys.stderr)
        return USAGE
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal without the characters of a prompt shows their escapes.
            stream.reconfigure(errors="backslashreplace")
    args = parser([others[first]] if first in others else others.values()).parse_args(words)
    try:
        status: int = args.run(args)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader closed the pipe, as `head` does; without this Python complains again when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        named = f"{error.filename}: {error.strerror}" if error.filename and error.strerror else str(error)
        print(f"rheostat {args.verb}: {plain(named)}", file=sys.stderr)
        return USAGE
    except RheostatError as error:
        print(f"rheostat {args.verb}: {plain(error)}", file=sys.stderr)
        return USAGE
    return status


def parser(others: Iterable[EntryPoint] = ()) -> argparse.ArgumentParser:
    """Returns the parser of all verbs."""
    top = argparse.ArgumentParser(
        prog="rheostat",
        description="Decide how much compute an LLM query gets: estimate, plan, watch, ramp, stop, under a hard ceiling.",
    )
    top.add_argument("--version", action="version", version=f"rheostat {__version__}")
    verbs = top.add_subparsers(dest="verb", metavar="VERB", required=True)
    for verb in VERBS:
        verb.add(verbs)
    for point in others:
        point.load().add(verbs)
    return top


def _own() -> set[str]:
    return {verb.__name__.rsplit(".", 1)[1].rstrip("_") for verb in VERBS}


def _others() -> dict[str, EntryPoint]:
    """Returns other distributions' verbs by name. The search takes milliseconds, so verbs of this package skip it."""
    from importlib.metadata import entry_points

    return {point.name: point for point in entry_points(group=GROUP)}
