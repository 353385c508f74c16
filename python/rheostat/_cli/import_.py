"""Reads another router's configuration as a ladder of rheostat, and says what was not carried over.

    rheostat import litellm config.yaml > rheostat.toml
    rheostat import litellm config.yaml --compare prompts.jsonl

The first prints a configuration that `--ladder` and `rheostat.config.load` read. The second shows, prompt by prompt or as
counts, which rung each prompt gets, and what LiteLLM's own classifier says where LiteLLM is installed.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from rheostat._cli import _input, _show
from rheostat._litellm import Imported, read_router
from rheostat.errors import MalformedError
from rheostat.records._log import LogFile

EXAMPLES = (
    "hey :)",
    "thanks, that was it",
    "What is the capital of Portugal?",
    "Translate into French: the meeting moved to Tuesday.",
    "Summarise this thread in three bullet points.",
    "Write a SQL query for the ten customers with the largest revenue last year.",
    "My React component renders twice. What should I look at?",
    "Compare event sourcing with plain CRUD for a billing system, with the trade-offs.",
    "Find the race condition in this queue: two consumers sometimes take the same job.",
    "Design a schema for a multi-tenant calendar with recurring events and time zones.",
    "Prove that there are infinitely many primes congruent to 3 mod 4.",
    "Derive the gradient of a softmax cross-entropy loss, step by step.",
)
"""Prompts to compare with where no log is given."""
_SCORED = (
    "tier_boundaries",
    "token_thresholds",
    "dimension_weights",
    "custom_dimensions",
    "reasoning_override_min_score",
    "code_keywords",
    "reasoning_keywords",
    "technical_keywords",
    "custom_technical_keywords",
    "simple_keywords",
)
"""The settings of LiteLLM's own rules."""


def add(subparsers: Any) -> None:
    """Adds the verb."""
    parser = subparsers.add_parser(
        "import",
        help="read another router's configuration as a ladder",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("kind", choices=["litellm"], help="whose configuration it is")
    parser.add_argument("file", metavar="FILE", help="the proxy's configuration, in YAML or JSON")
    parser.add_argument("--router", metavar="NAME", help="the complexity router's model name, if there are several")
    parser.add_argument("--out", metavar="FILE", help="write the configuration there")
    parser.add_argument("--compare", metavar="LOG", nargs="?", const="", help="show what changes, on a log or on a few prompts")
    _input.add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Reads, writes and compares."""
    found = read_router(args.file, args.router)
    if args.out is not None:
        Path(args.out).write_text(found.toml, encoding="utf-8")
    if args.compare is not None:
        return _compare(args, found)
    if args.json:
        notes = [{"key": note.key, "why": note.why} for note in found.notes]
        _show.as_json({"router": found.router, "toml": found.toml, "models": found.models, "notes": notes})
    elif args.out is None:
        print("\n".join(map(_show.plain, found.toml.splitlines())))
    else:
        for note in found.notes:
            print(_show.plain(f"{note.key}: {note.why}"))
    return 0


def _compare(args: argparse.Namespace, found: Imported) -> int:
    """Prints the rung of each example, or the counts of a log's, beside LiteLLM's tier where it is installed."""
    governor = found.config.governor()
    theirs = _litellm(found)
    asks = ({"text": text} for text in EXAMPLES) if not args.compare else _asked(args.compare)
    rows, skipped = [], 0
    for ask in asks:
        if ask is None:
            skipped += 1
            continue
        plan = governor.plan(**ask)
        tier = theirs(ask) if theirs is not None else None
        usd = governor.plan(**ask, rung=tier).expected_usd if tier in found.models else None
        rows.append((ask, plan.rung.name, plan.expected_usd, tier, usd))
    if args.json:
        examples = [] if args.compare else [{"prompt": ask["text"], "rung": rung, "tier": tier} for ask, rung, _, tier, _ in rows]
        _show.as_json({**_counted(rows, found), "skipped": skipped, "examples": examples})
        return 0
    if not args.compare:
        for ask, rung, _, tier, _ in rows:
            print(f"{rung:<14} {tier or '':<14} {ask['text']}")
        print()
    counted = _counted(rows, found)
    print(f"{counted['prompts']:,} prompts, {skipped:,} rows without one")
    for rung in found.models:
        beside = "" if theirs is None else f"   LiteLLM {counted['tiers'].get(rung, 0):,}"
        print(f"{_show.plain(rung)}: {counted['rungs'].get(rung, 0):,}{beside}")
    if theirs is None:
        print("LiteLLM's own tiers are not shown: it is not installed, or its rules do not know these tiers.")
    elif counted["usd_before"] is not None:
        print(
            f"expected cost: ${counted['usd']:.4g}, by LiteLLM's tiers ${counted['usd_before']:.4g}; {counted['moved']:,} moved"
        )
    return 0


def _counted(rows: list[Any], found: Imported) -> dict[str, Any]:
    """Sums of a comparison."""
    both = [row for row in rows if row[4] is not None]
    return {
        "prompts": len(rows),
        "rungs": {name: count for name, count in Counter(row[1] for row in rows).items() if name in found.models},
        "tiers": dict(Counter(row[3] for row in rows if row[3] is not None)),
        "moved": sum(row[1] != row[3] for row in both),
        "usd": sum(row[2] for row in (both or rows)),
        "usd_before": sum(row[4] for row in both) if both else None,
    }


def _asked(path: str) -> Iterator[dict[str, Any] | None]:
    """The queries of a log, as keywords of `Governor.plan`; None for a row without one."""
    log = LogFile(path)
    for entry in log:
        yield entry.query or None
    for _ in range(log.torn + log.unknown):
        yield None


def _newest(ask: dict[str, Any]) -> str | None:
    """The newest words of a user."""
    if isinstance(ask.get("text"), str):
        return str(ask["text"])
    said = [one.get("content") for one in ask.get("messages") or () if one.get("role") == "user"]
    return said[-1] if said and isinstance(said[-1], str) else None


def _litellm(found: Imported) -> Callable[[dict[str, Any]], str | None] | None:
    """LiteLLM's own classifier of prompts, with the weights of the imported configuration; None where it is not installed."""
    import os
    from importlib import import_module

    # Its import asks the network for prices otherwise.
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    try:
        module: Any = import_module("litellm.router_strategy.complexity_router.complexity_router")
    except ImportError:
        return None
    if found.given.get("tier_definitions"):
        return None  # its own rules have the four built-in tiers alone
    own = {key: value for key, value in found.given.items() if key in _SCORED}
    try:
        router = module.ComplexityRouter("auto", None, own, derive_savings_baseline=False)
    except (TypeError, ValueError) as error:
        raise MalformedError(f"LiteLLM refuses the router's rules: {error}") from error

    def tier(ask: dict[str, Any]) -> str | None:
        text = _newest(ask)
        return None if text is None else str(getattr(router.classify(text)[0], "value", ""))

    return tier
