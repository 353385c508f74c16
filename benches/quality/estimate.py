"""Ranking and calibration of the estimate, on outcomes that the shipped model has not been trained on.

RouteLLM's MMLU and GSM8K (Mixtral-8x7B against GPT-4), always beside a random order, the length of the prompt, LiteLLM's two
complexity routers where they are installed, and RouteLLM's published rows; the learning curve, offline and online, with labels
drawn and chosen; calibration; quality at a price; decisions under another wording; a few poisoned labels; and what each part
brings and costs. RHEOSTAT_DATA names the data.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

import rheostat as rh
from benches.quality import _curve, _data, _parts, _peers, _plots, _poison, _priced, _recalibrate, _rewording, gadgets
from rheostat._cli import _show
from rheostat.evaluate.metrics import apgr, cpt, interval

Numbers = npt.NDArray[np.float64]
#: RouteLLM, arXiv 2406.18665v4: APGR, CPT(50 %), CPT(80 %), the last two in percent. The best row of each kind of training.
PUBLISHED = {
    "MMLU": {
        "RouteLLM MF, arena": (0.524, 45.0, 76.9),
        "RouteLLM SW, arena": (0.473, 55.8, 80.3),
        "RouteLLM SW, arena + 1,500 labels": (0.603, 35.4, 71.6),
    },
    "GSM8K": {
        "RouteLLM SW, arena": (0.475, 54.4, 82.1),
        "RouteLLM causal LLM, arena + judge": (0.622, 33.6, 63.3),
    },
}


@dataclass(frozen=True)
class Row:
    """One scorer on one set: APGR with its interval, its harness form, and calls needed for half and four fifths of the gap."""

    data: str
    scorer: str
    apgr: float
    low: float | None
    high: float | None
    harness: float | None
    cpt50: float
    cpt80: float


def arguments(parser: argparse.ArgumentParser) -> None:
    """The bench's own arguments."""
    parser.add_argument("--draws", type=int, default=1_000, help="bootstrap draws of each interval (default: 1000)")
    parser.add_argument(
        "--repeats", type=int, default=10, help="draws of 500 labels or more; fewer labels are drawn more often (default: 10)"
    )
    parser.add_argument("--seed", type=int, default=0, help="what everything is drawn from (default: 0)")
    parser.add_argument("--only", choices=TABLES, action="append", help="only this table; may be given several times")
    parser.add_argument("--plots", metavar="FOLDER", type=Path, help="write the charts there, as SVG")
    parser.add_argument("--quick", action="store_true", help="fewer draws: 200 and 2")
    parser.add_argument("--check", action="store_true", help="exit 1 unless every floor holds")


def run(args: argparse.Namespace) -> int:
    """Print every table; 2 where there is no data, 1 where a floor was to hold and does not."""
    draws, repeats, seed = (200, 2, args.seed) if args.quick else (args.draws, args.repeats, args.seed)
    effort = _curve.Effort(repeats, draws, seed)
    try:
        sets = _data.routellm()
        priced = _priced.pairs()
    except _data.MissingDataError as error:
        print(error, file=sys.stderr)
        return 2
    makers: dict[str, Callable[[], list[Any]]] = {
        "ranking": lambda: [row for data in sets for row in zero_shot(data, draws, seed)],
        "learning": lambda: [row for data in sets for row in _curve.table(data, effort)],
        "calibration": lambda: [row for data in sets for row in _recalibrate.table(data, effort)],
        "prices": lambda: [row for pair in priced for row in _priced.table(pair, effort)],
        "rewording": lambda: [row for data in sets for row in _rewording.table(data, effort)],
        "poison": lambda: [row for data in sets for row in _poison.table(data, effort)],
        "parts": lambda: [row for data in sets for row in _parts.table(data, effort)],
        "cost": lambda: _parts.costs(sets[0], seed),
    }
    tables = {name: makers[name]() for name in TABLES if not args.only or name in args.only}
    if args.json:
        _show.as_json({"model": rh.Estimator().version} | {name: [asdict(row) for row in rows] for name, rows in tables.items()})
    else:
        for name, rows in tables.items():
            PRINTERS[name](rows)
        print(gadgets.sentence(gadgets.measure()))
    if args.plots is not None:
        best = PUBLISHED["MMLU"]["RouteLLM SW, arena + 1,500 labels"][0]
        _plots.write(args.plots, sets, tables.get("learning", []), best)
    broken = below(tables)
    for line in broken if args.check else ():
        print(line, file=sys.stderr)
    return int(args.check and bool(broken))


def zero_shot(data: _data.Outcomes, draws: int, seed: int) -> list[Row]:
    """Every scorer that sees no label, and the published rows."""
    rng = np.random.default_rng(seed)
    scorers: dict[str, Numbers] = {
        "random": rng.random(len(data.prompts)),
        "prompt length": np.log([len(prompt) for prompt in data.prompts]),
        **_peers.scores(data.prompts),
        "rheostat, gain": rh.Estimator().gain(data.prompts, _curve.LOW, _curve.HIGH),
        "rheostat, difficulty": rh.Estimator().estimate_batch(data.prompts).difficulty,
    }
    rows = []
    for name, score in scorers.items():
        low, high = interval(apgr, score, data.weak, data.strong, draws=draws, seed=seed)
        exact, harness = (apgr(score, data.weak, data.strong, bins=bins) for bins in (None, 10))
        half, most = (100.0 * cpt(score, data.weak, data.strong, share) for share in (0.5, 0.8))
        rows.append(Row(data.name, name, exact, low, high, harness, half, most))
    published = PUBLISHED.get(data.name, {})
    return rows + [Row(data.name, name, value, None, None, None, *calls) for name, (value, *calls) in published.items()]


def below(tables: dict[str, list[Any]]) -> list[str]:
    """One line for each floor that does not hold."""
    lengths = {row.data: row.apgr for row in tables.get("ranking", []) if row.scorer == "prompt length"}
    ranking = (
        f"{row.data}, no labels: APGR {row.apgr:.3f}, and prompt length has {lengths[row.data]:.3f}"
        for row in tables.get("ranking", [])
        if row.scorer == "rheostat, gain" and row.apgr < lengths[row.data] - 1e-3
    )
    learning = (
        f"{point.data}, {point.labels} labels: APGR {point.apgr:.3f}; {point.floor} is the floor"
        for point in tables.get("learning", [])
        if point.floor is not None and point.apgr < point.floor
    )
    calibration = (
        f"{row.data}, {row.model}, {row.kind}, {row.labels} labels: Brier {row.brier:.4f}, a constant {row.constant:.4f}"
        for row in tables.get("calibration", [])
        if row.labels and row.below[2] < 0.0
    )
    return [*ranking, *learning, *calibration]


def _show_ranking(rows: list[Row]) -> None:
    cells = [
        (
            row.data,
            row.scorer,
            f"{row.apgr:.3f}",
            "" if row.low is None else f"{row.low:.3f} – {row.high:.3f}",
            "" if row.harness is None else f"{row.harness:.3f}",
            f"{row.cpt50:.1f}",
            f"{row.cpt80:.1f}",
        )
        for row in rows
    ]
    heads = ("data", "scorer", ">APGR", ">95 %", ">harness", ">CPT50", ">CPT80")
    _show.table("No labels", heads, cells, caption="Rows without an interval are as published. CPT in percent of strong calls.")


def _show_learning(rows: list[_curve.Point]) -> None:
    cells = [
        (
            p.data,
            p.how,
            p.learner,
            f"{p.labels:,}",
            f"{p.apgr:.3f}",
            f"{p.deviation:.3f}",
            _between(p.above, 3),
            f"{p.worst:+.3f}",
            "" if p.choosing is None else _between(p.choosing, 3),
            "" if p.went is None else _between(p.went, 3),
            "" if p.floor is None else f"{p.floor}",
        )
        for p in rows
    ]
    heads = (
        "data",
        "how",
        "learner",
        ">labels",
        ">APGR",
        ">± SD",
        ">above length",
        ">worst draw",
        ">chosen less a coin's",
        ">as it went, above length",
        ">floor",
    )
    _show.table(
        "Learning",
        heads,
        cells,
        caption="On questions without a label; intervals are 95 %, over draws of labels and of questions.",
    )


def _show_calibration(rows: list[_recalibrate.Row]) -> None:
    cells = [
        (
            r.data,
            r.model,
            r.kind,
            f"{r.labels:,}",
            f"{r.auc:.3f}",
            f"{r.brier:.4f}",
            f"{r.constant:.4f}",
            _between(r.below, 4),
            f"{r.ece:.3f}",
            f"{r.by_luck:.3f}",
        )
        for r in rows
    ]
    heads = ("data", "model", "chances", ">labels", ">AUC", ">Brier", ">of a constant", ">below it", ">ECE", ">by luck alone")
    caption = "The constant is the base rate of the labels, or without labels that of the rows that are scored."
    _show.table("Calibration of P(correct)", heads, cells, caption=caption)


def _show_prices(rows: list[_priced.Row]) -> None:
    cells = [(r.data, f"{r.weak} → {r.strong}", r.router, f"{r.aiq:.4f}", _between((r.above, r.low, r.high), 4)) for r in rows]
    heads = ("data", "models", "router", ">AIQ", ">above the zero router")
    _show.table("Quality at a price", heads, cells, caption="AIQ over the range between the two models' mean prices.")


def _show_rewording(rows: list[_rewording.Row]) -> None:
    cells = [
        (
            r.data,
            r.score,
            r.change,
            f"{100 * r.kept:.1f} %",
            f"{100 * r.low:.1f} – {100 * r.high:.1f}",
            f"{r.before:.3f}",
            f"{r.after:.3f}",
        )
        for r in rows
    ]
    heads = ("data", "score", "changed", ">kept", ">95 %", ">before", ">after")
    caption = "Decisions at the median. Before and after: AUC of difficulty for the weak model's failures, APGR of the gain."
    _show.table("Another wording", heads, cells, caption=caption)


def _show_poison(rows: list[_poison.Row]) -> None:
    cells = [
        (
            r.data,
            f"{r.labels:,}",
            f"{100 * r.poisoned:.0f} %",
            f"{r.clean:.3f}",
            f"{r.apgr:.3f}",
            f"{r.lost:+.3f}",
            f"{r.worst:+.3f}",
        )
        for r in rows
    ]
    heads = ("data", ">labels", ">poisoned", ">APGR", ">with poison", ">change", ">worst draw")
    _show.table(
        "Poisoned labels", heads, cells, caption="Labels are flipped on queries that only the strong model answers correctly."
    )


def _show_parts(rows: list[_parts.Row]) -> None:
    cells = [(r.data, f"{r.labels:,}", r.without, f"{r.apgr:.3f}", f"{r.auc:.3f}", f"{r.brier:.4f}") for r in rows]
    heads = ("data", ">labels", "without", ">APGR", ">AUC", ">Brier")
    _show.table("What each part brings", heads, cells, caption="AUC and Brier score are of the weak model's failures.")


def _show_cost(rows: list[_parts.Cost]) -> None:
    cells = [(r.scorer, f"{r.microseconds:,.2f}", "" if r.bytes is None else f"{r.bytes:,}") for r in rows]
    _show.table("What it costs", ("scorer", ">µs a prompt", ">bytes"), cells, caption="Prompts of MMLU, from Python.")


def _between(value: tuple[float, float, float], digits: int) -> str:
    mean, low, high = value
    return f"{mean:+.{digits}f} [{low:+.{digits}f}, {high:+.{digits}f}]"


PRINTERS: dict[str, Callable[[list[Any]], None]] = {
    "ranking": _show_ranking,
    "learning": _show_learning,
    "calibration": _show_calibration,
    "prices": _show_prices,
    "rewording": _show_rewording,
    "poison": _show_poison,
    "parts": _show_parts,
    "cost": _show_cost,
}
TABLES = tuple(PRINTERS)
