"""`rheostat proxy`: starts the proxy, a program of its own in the distribution `rheostat-proxy`."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

PROGRAM = "rheostat-proxy"


def add(subparsers: Any) -> None:
    """Adds the verb."""
    parser = subparsers.add_parser("proxy", help="start the proxy for LLM APIs", description=__doc__)
    parser.add_argument("--config", metavar="FILE", required=True, help="the configuration: docs/proxy.md has every field")
    parser.add_argument("--check", action="store_true", help="read the configuration, report if it is good, and end")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Becomes the proxy, so that signals reach it; on Windows starts it and waits."""
    found = _program()
    if found is None:
        print("rheostat proxy: not installed: pip install rheostat-proxy", file=sys.stderr)
        return 2
    words = [found, "--config", args.config, *(["--check"] if args.check else [])]
    if os.name == "posix":
        sys.stdout.flush()
        os.execv(found, words)  # noqa: S606  # It takes the place of this process.
    return subprocess.run(words, check=False).returncode  # noqa: S603  # The program that was just found.


def _program() -> str | None:
    """The program beside this interpreter, where pip installs it, or else on the path."""
    return shutil.which(PROGRAM, path=str(Path(sys.executable).parent)) or shutil.which(PROGRAM)
