"""`rheostat calibrate LOG`: calibrate an estimator's P(correct) on a log that it was not fitted to."""

from __future__ import annotations

import argparse
from typing import Any

import rheostat as rh
from rheostat import _outcomes, config, records
from rheostat._checks import invalid
from rheostat._cli import _input, _show
from rheostat._cli.fit import add_model, progress


def add(subparsers: Any) -> None:
    """Adds the verb."""
    parser = subparsers.add_parser(
        "calibrate",
        help="calibrate P(correct) on a log",
        description=__doc__,
        epilog=_outcomes.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("log", metavar="LOG", help="outcomes: .jsonl, .csv or .parquet")
    parser.add_argument("--ladder", metavar="FILE", help="the rungs that the outcomes are of, in TOML; needed without --doubts")
    parser.add_argument(
        "--doubts",
        action="store_true",
        help="LOG is a log of decisions: print the doubt of each rung, as lines for a ladder",
    )
    parser.add_argument(
        "--p-correct", type=float, default=0.9, metavar="P", help="with --doubts: doubt answers with P(correct) below this (0.9)"
    )
    parser.add_argument(
        "--signal", default="low_logprob", help="with --doubts: low_logprob (default), low_confidence or low_top_logprob"
    )
    parser.add_argument("--out", metavar="FILE", help="write the calibrated estimator here")
    add_model(parser)
    _input.add_json(parser)
    parser.set_defaults(run=run)


FIELDS = ("rung", "outcomes", "method", "brier_constant", "brier_before", "brier", "error_before", "error")


def run(args: argparse.Namespace) -> int:
    """Calibrates, writes and prints."""
    if args.doubts:
        return _doubts(args)
    if args.ladder is None:
        raise invalid("--ladder", "none", "the file of the rungs, unless --doubts is given")
    ladder = config.load(args.ladder).ladder
    model = rh.Estimator.load(args.model) if args.model else None
    with progress(args, "reading"):
        texts, outcomes, groups = _outcomes.read_outcomes(args.log, ladder).columns()
    with progress(args, "calibrating"):
        calibrated, reports = rh.learn.calibrate(texts, outcomes, ladder, groups, estimator=model)
    if args.out:
        calibrated.save(args.out)
    if args.json:
        rows = [{field: getattr(report, field) for field in FIELDS} for report in reports]
        _show.as_json({"version": calibrated.version, "out": args.out, "rungs": rows})
        return 0
    _show.table(
        "Chances, on held-out outcomes",
        ["rung", ">outcomes", "map", ">Brier, constant", ">Brier before", ">Brier after", ">error before", ">error after"],
        [
            (
                report.rung,
                f"{report.outcomes:,}",
                report.method,
                f"{report.brier_constant:.4f}",
                f"{report.brier_before:.4f}",
                f"{report.brier:.4f}",
                f"{report.error_before:.3f}",
                f"{report.error:.3f}",
            )
            for report in reports
        ],
        caption="A constant has no calibration error, so read the error beside the Brier score.",
    )
    _show.lines([("version", calibrated.version), ("written to", args.out or "nowhere: name a file with --out")])
    return 0


def _doubts(args: argparse.Namespace) -> int:
    """Prints the doubt of each rung, from decisions and their outcomes."""
    with progress(args, "reading"):
        found = records.doubts(records.read(args.log), p_correct=args.p_correct, signal=args.signal)
    fields = ("low_confidence", "low_logprob", "low_top_logprob", "caught", "false_alarms")
    rows = {
        rung: {name: value for name in fields if (value := getattr(doubt, name)) is not None} for rung, doubt in found.items()
    }
    if args.json:
        _show.as_json({"p_correct": args.p_correct, "doubts": rows})
        return 0
    _show.table(
        f"Doubted below P(correct) = {args.p_correct:g}",
        ["rung", f">{args.signal}", ">wrong answers caught", ">right ones doubted"],
        [(rung, f"{row[args.signal]:.4f}", f"{row['caught']:.1%}", f"{row['false_alarms']:.1%}") for rung, row in rows.items()],
    )
    for rung, row in rows.items():
        numbers = ", ".join(f"{name} = {value:.6g}" for name, value in row.items())
        _show.lines([(rung, f"doubt = {{ {numbers} }}")])
    return 0
