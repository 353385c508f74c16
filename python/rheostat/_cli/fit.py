"""`rheostat fit LOG`: fit an estimator to a deployment's outcomes, and report its gain over the prior."""

from __future__ import annotations

import argparse
import sys
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import rheostat as rh
from rheostat import _outcomes, config
from rheostat._cli import _input, _show


def add(subparsers: Any) -> None:
    """Adds the verb."""
    parser = subparsers.add_parser(
        "fit",
        help="learn from a log of outcomes",
        description=__doc__,
        epilog=_outcomes.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("log", metavar="LOG", help="outcomes: .jsonl, .csv or .parquet")
    parser.add_argument("--ladder", metavar="FILE", required=True, help="the rungs that the outcomes are of, in TOML")
    parser.add_argument("--out", metavar="FILE", help="write the fitted estimator here")
    add_model(parser)
    parser.add_argument("--half-life", type=float, metavar="SECONDS", help="time in which the weight of an outcome halves")
    parser.add_argument("--at", type=float, default=0.0, metavar="SECONDS", help="time from which ages are counted, Unix time")
    parser.add_argument("--folds", type=int, default=5, metavar="N", help="folds of the cross-validation (default: 5)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="seed of folds and intervals (default: 0)")
    _input.add_json(parser)
    parser.set_defaults(run=run)


def add_model(parser: argparse.ArgumentParser) -> None:
    """Adds the argument that names an estimator."""
    parser.add_argument("--model", metavar="FILE", help="the estimator to build on (default: the shipped one)")


def run(args: argparse.Namespace) -> int:
    """Fits, writes and prints."""
    ladder = config.load(args.ladder).ladder
    prior = rh.Estimator.load(args.model) if args.model else None
    with progress(args, "reading"):
        log = _outcomes.read_outcomes(args.log, ladder)
    with progress(args, f"learning from {len(log.rows):,} outcomes"):
        fitted = log.fit(ladder, estimator=prior, half_life=args.half_life, at=args.at, folds=args.folds, seed=args.seed)
    if args.out:
        fitted.save(args.out)
    report = fitted.report
    if report is None:  # pragma: no cover - a fitted estimator has one
        return 0
    if args.json:
        _show.as_json(summary(fitted, report, args.out))
        return 0
    _print(fitted, report, args.out)
    return 0


def progress(args: argparse.Namespace, doing: str) -> AbstractContextManager[Any]:
    """Shows progress to a person who waits."""
    drawn = _show.rich("console")
    if args.json or not sys.stderr.isatty() or drawn is None:
        return nullcontext()
    status: AbstractContextManager[Any] = drawn.Console(stderr=True).status(f"{doing} …")
    return status


def summary(fitted: rh.Estimator, report: rh.learn.FitReport, out: str | None) -> dict[str, Any]:
    """Returns the report as plain values; unknown ones are null."""
    names = ("rung", "outcomes", "mean_score", "ability", "brier_prior", "brier")
    ranked = report.pair is not None
    return {
        "version": fitted.version,
        "out": out,
        "outcomes": report.outcomes,
        "queries": report.queries,
        "groups": report.groups,
        "folds": report.folds,
        "share": report.share,
        "kept_prior": report.kept_prior,
        "brier_prior": report.brier_prior,
        "brier": report.brier,
        "rungs": [dict(zip(names, rung, strict=True)) for rung in report.rungs],
        "pair": list(report.pair) if report.pair else None,
        "pairs": report.pairs,
        "mean_gain": report.mean_gain if ranked else None,
        "apgr_prior": report.apgr_prior if ranked else None,
        "apgr": report.apgr if ranked else None,
        "interval": list(report.interval) if ranked else None,
    }


def _print(fitted: rh.Estimator, report: rh.learn.FitReport, out: str | None) -> None:
    rows = [(rung, f"{n:,}", f"{mean:.3f}", f"{prior:.4f}", f"{brier:.4f}") for rung, n, mean, _, prior, brier in report.rungs]
    _show.table("Rungs, on held-out queries", ["rung", ">outcomes", ">mean score", ">Brier, prior", ">Brier, learned"], rows)
    lines: list[tuple[str, Any]] = [
        ("outcomes", f"{report.outcomes:,} on {report.queries:,} queries of {report.groups:,} groups, {report.folds} folds"),
        ("Brier score", f"{report.brier:.4f} held out; {report.brier_prior:.4f} by the prior with learned levels"),
    ]
    if report.pair:
        low, high = report.interval
        lines += [
            (
                "ranking",
                f"{report.pair[0]} against {report.pair[1]}: APGR {report.apgr:.3f}, the prior's {report.apgr_prior:.3f}",
            ),
            (
                "difference",
                f"{report.apgr - report.apgr_prior:+.3f} (95 %: {low:+.3f} to {high:+.3f}) on {report.pairs:,} queries",
            ),
        ]
    if report.kept_prior:
        lines.append(("kept", "the prior's chances: on held-out queries the learned ones were no better"))
    lines += [("version", fitted.version), ("written to", out or "nowhere: name a file with --out")]
    _show.lines(lines)
