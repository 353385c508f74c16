"""`rheostat tune LOG`: cost and expected quality of shares, fixed rungs and prices of an error, on a log."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from typing import Any

from rheostat import _tune
from rheostat._cli import _input, _show


def add(subparsers: Any) -> None:
    """Adds the verb."""
    parser = subparsers.add_parser(
        "tune",
        help="choose a policy's settings from a log",
        description=__doc__,
        epilog=_tune.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("log", metavar="LOG", help="prompts or recorded decisions: .jsonl")
    _input.add_ladder(parser)
    parser.add_argument("--target-cost", type=float, metavar="USD", help="the shares that cost this much per 1,000 queries")
    parser.add_argument(
        "--target-share", type=float, metavar="P", help="the shares that put P of the queries above the lowest rung"
    )
    _input.add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Tunes and prints. Needs no extra."""
    ladder = _input.config_of(args).ladder
    log = _tune.read(args.log, ladder)
    settings, switching = _tune.settings(log, ladder), _tune.switching(log, ladder)
    chosen = []
    if args.target_cost is not None:
        chosen.append(_tune.at_cost(log, args.target_cost, ladder)._replace(name=f"at ${args.target_cost:g}"))
    if args.target_share is not None:
        chosen.append(_tune.at_share(log, args.target_share, ladder)._replace(name=f"{args.target_share:g} above the lowest"))
    unranked = int((~log.ranked).sum())
    if args.json:
        _show.as_json(
            {
                "queries": len(log.difficulty),
                "skipped": log.skipped,
                "without_coverage": unranked,
                "rungs": [rung.name for rung in ladder.rungs],
                "shares": [_plain(one) for one in settings],
                "utility": [_plain(one) for one in switching],
                "chosen": [_plain(one) for one in chosen],
                "scores": {
                    rung: {"score": score, "p_correct": chance, "outcomes": count}
                    for rung, (score, chance, count) in log.scores.items()
                },
            }
        )
        return 0
    names = [rung.name for rung in ladder.rungs]
    head = ("setting", *names, "USD/1,000", "expected P(correct)")
    skipped = f"{log.skipped:,} lines skipped"
    print(f"{len(log.difficulty):,} queries, {unranked:,} of low coverage on {ladder.default.name!r}; {skipped}\n")
    _columns("shares, by the queries' own difficulty", head, map(_row, settings))
    if switching:
        _columns("utility: usd_per_error", head, map(_row, switching))
    if len({one.rungs for one in switching}) > 1:
        low, high = switching[0].name, switching[-1].name
        print(f"Below ${low} per error all queries take the first row's rungs, above ${high} the last row's.\n")
    for rung, (score, chance, count) in log.scores.items():
        print(f"{_show.plain(rung)}: {count:,} outcomes score {score:.3f}; P(correct) said {chance:.3f}")
    for one in chosen or [_near(settings)]:
        shares = ", ".join(f"{share:.3g}" for share in _rounded(one.shares or one.rungs))
        *_, usd, expected = _row(one)
        print(f"{one.name or 'near the usual shares'}: ${usd} per 1,000 queries, expected P(correct) {expected}")
        print(f"\n    [policy]\n    shares = [{shares}]\n")
    return 0


def _near(settings: Sequence[_tune.Setting]) -> _tune.Setting:
    """Returns the shares that put a share of the queries near the usual one on the lowest rung."""
    return min(settings, key=lambda one: abs((one.shares or one.rungs)[0] - 0.7))


def _rounded(shares: Sequence[float]) -> list[float]:
    """Returns shares of three digits that sum to 1."""
    rounded = [round(share, 3) for share in shares]
    rounded[rounded.index(max(rounded))] += 1.0 - sum(rounded)
    return rounded


def _plain(setting: _tune.Setting) -> dict[str, Any]:
    return {**setting._asdict(), "shares": None if setting.shares is None else list(setting.shares), "rungs": list(setting.rungs)}


def _row(setting: _tune.Setting) -> tuple[str, ...]:
    expected = "–" if setting.expected is None else f"{setting.expected:.3f}"
    shares = (f"{100 * share:.1f} %" for share in setting.rungs)
    return (setting.name, *shares, f"{setting.usd_per_1000:.4g}", expected)


def _columns(title: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    cells = [[_show.plain(cell) for cell in row] for row in (head, *rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    print(title)
    for row in cells:
        first, *rest = (f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True))
        print("  ".join((f"{row[0]:{len(first)}}", *rest)).rstrip())
    print()
