"""Input of the verbs: a query from the command line, and a ladder from a file."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

import rheostat as rh
from rheostat import config
from rheostat._checks import invalid

MAX_QUERY = 64 << 20
"""Largest query, in bytes."""


def add_query(parser: argparse.ArgumentParser, *, optional: bool = False) -> None:
    """Adds the arguments that name a query: TEXT, - or FILE, as text or as a provider's body."""
    said = "the query itself; - reads standard input; a file's path reads it"
    parser.add_argument("query", metavar="TEXT|-|FILE", help=said, nargs="?" if optional else None)
    parser.add_argument("--text", action="store_true", help="take the argument as text even if a file is called so")
    parser.add_argument("--body", action="store_true", help="the input is the JSON body of a chat or messages request")


def add_ladder(parser: argparse.ArgumentParser) -> None:
    """Adds the argument that names a ladder."""
    parser.add_argument("--ladder", metavar="FILE", help="ladder, policy and ceiling in TOML (default: three made-up rungs)")


def add_json(parser: argparse.ArgumentParser) -> None:
    """Adds the argument that asks for JSON."""
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")


def query(args: argparse.Namespace) -> dict[str, Any]:
    """Returns the named query as a keyword of `Governor.plan`: `text=` or `body=`."""
    key = "body" if args.body else "text"
    if args.query == "-":
        return {key: _bounded(sys.stdin.buffer.read(MAX_QUERY + 1), "standard input")}
    if not args.text and _is_file(args.query):
        with Path(args.query).open("rb") as file:
            return {key: _bounded(file.read(MAX_QUERY + 1), args.query)}
    return {key: args.query}


def shown(given: dict[str, Any]) -> str:
    """Returns the query as a person would read it."""
    value = given.get("text", given.get("body"))
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def config_of(args: argparse.Namespace) -> config.Config:
    """Returns the named configuration."""
    if args.ladder is not None:
        return config.load(args.ladder)
    return config.loads(DEFAULT, source="the default ladder")


def governor(args: argparse.Namespace) -> rh.Governor:
    """Returns the governor of the named configuration."""
    return config_of(args).governor()


def _is_file(name: str) -> bool:
    try:
        return os.path.isfile(name)  # noqa: PTH113  # A prompt may hold characters that `Path` refuses, such as a NUL.
    except (OSError, ValueError):
        return False


def _bounded(raw: bytes, name: str) -> bytes:
    if len(raw) > MAX_QUERY:
        raise invalid(f"{name}: size", "more", f"at most {MAX_QUERY} bytes")
    return raw


DEFAULT = """
default = "think"
start_max = "think"

[[rung]]
name = "fast"
model = "small-model"
input_price = 0.05
output_price = 0.40

[[rung]]
name = "think"
model = "mid-model"
thinking_tokens = 4_096
input_price = 0.25
output_price = 2.00

[[rung]]
name = "deep"
model = "large-model"
thinking_tokens = 16_384
samples = 5
input_price = 1.25
output_price = 10.00

[ceiling]
tokens = 200_000
usd = 1.00
seconds = 120
"""
"""The ladder without `--ladder`: made-up models, at usual prices."""
