"""The whole controller on recorded runs, against each fixed rung and the published cascades: quality against cost.

- `mbpp-opus`, `mbpp-sonnet`: 974 programming tasks on two models, with dollars, a test gate and an oracle. Half of the tasks
  tell the rungs' abilities, the other half is played.
- `mbpp-agent`: the same tasks over several turns, with tool errors.
- `gsm8k-tiers`: 1,319 word problems answered by four solvers of very different cost. Half of them are outcomes that an
  estimate is fitted to; the other half is played by that estimate alone, since nothing was recorded of the streams.
- `gemma-deciles`: 75 hard questions, 10 reasoning traces each, with the answer that was forced at every tenth of the thinking.

Every query is served by a run: plan, grants, signals, ramps, settlement. Costs are what the run counted. Intervals are 95 %
bootstrap intervals over tasks or questions, never over traces.
"""

from __future__ import annotations

import argparse
import itertools
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

import rheostat as rh
from benches.quality import _charts, _traces
from rheostat._cli import _show
from rheostat.host import Chunk, Usage, serve

MBPP = {"mbpp-opus": "firstpass_mbpp-974-opus.jsonl.gz", "mbpp-sonnet": "firstpass_mbpp-974-sonnet-k5.jsonl.gz"}
AGENT = "firstpass_mbpp-974-agentic-multiturn.jsonl.gz"
TIERS = "gsm8k_openai_example_solutions_4tiers.jsonl.gz"
GEMMA = "gemma4_12b_mmlu_pro_deciles_10seeds.jsonl.gz"
MICRO = 1_000_000
"""Recorded dollars are played as tokens at a dollar a million: the run's own account then adds them up."""
ACCEPTED = 0.5
"""Gate score from which an answer is accepted."""
USD_PER_ERROR = (0.001, 0.01, 0.02, 0.05, 0.2, 1.0)
"""Prices of an error: the points of the controller's frontier."""


@dataclass(frozen=True)
class Row:
    """One way to serve one set. Quality is a share of right answers; cost is in the set's own unit, a query."""

    set: str
    way: str
    kind: str
    cost: float
    quality: float
    low: float
    high: float
    escalated: float


@dataclass(frozen=True)
class Served:
    """Result of one query."""

    unit: str
    cost: float
    right: float
    escalations: int = 0


def _row(name: str, way: str, kind: str, served: Sequence[Served], *, seed: int, resamples: int) -> Row:
    units: dict[str, list[Served]] = {}
    for one in served:
        units.setdefault(one.unit, []).append(one)
    right = np.array([sum(s.right for s in unit) for unit in units.values()], float)
    count = np.array([len(unit) for unit in units.values()], float)
    rng = np.random.default_rng(seed)
    picks = rng.integers(0, len(right), (resamples, len(right)))
    means = right[picks].sum(1) / count[picks].sum(1)
    low, high = (float(x) for x in np.quantile(means, [0.025, 0.975]))
    n = len(served)
    cost = sum(s.cost for s in served) / n
    return Row(name, way, kind, cost, float(right.sum() / count.sum()), low, high, sum(s.escalations > 0 for s in served) / n)


def _half(identity: str) -> bool:
    """Returns True if a task is in the half that is played; by its number, so that every run splits alike."""
    return int("".join(c for c in identity if c.isdigit()) or "0") % 2 == 1


def _ladder(names: Sequence[str], abilities: Sequence[float], price: Sequence[float]) -> rh.Ladder:
    """Returns two rungs whose tokens are micro-dollars: `price` is the mean cost of one answer, which a utility uses."""
    rungs = [
        rh.Rung(name, answer_tokens=max(1, int(cost * MICRO)) * 64, output_price=1.0, ability=min(max(ability, 0.02), 0.98))
        for name, ability, cost in zip(names, abilities, price, strict=True)
    ]
    return rh.Ladder(rungs, default=names[0], start_max=names[0])


def mbpp(rows: Sequence[dict[str, Any]], name: str, seed: int = 1, resamples: int = 1_000) -> list[Row]:
    """A ladder of two models with a test gate: a gate that fails is an answer that did not come."""
    played = [row for row in rows if _half(row["id"])]
    known = [row for row in rows if not _half(row["id"])]
    names = played[0]["ladder"]
    abilities = [float(np.mean([row["ok"][i] for row in known])) for i in range(2)]
    prices = [float(np.mean([row["usd"][i] for row in known])) for i in range(2)]
    out = [
        _row(
            name,
            f"always {names[i]}",
            "fixed",
            [Served(r["id"], r["usd"][i], r["ok"][i]) for r in played],
            seed=seed,
            resamples=resamples,
        )
        for i in range(2)
    ]
    gated = [_gated(row) for row in played]
    out.append(_row(name, "gate cascade", "published", gated, seed=seed, resamples=resamples))
    ladder = _ladder(names, abilities, prices)
    for usd_per_error in USD_PER_ERROR:
        served = [_serve_gated(ladder, usd_per_error, prices, row) for row in played]
        out.append(_row(name, f"controller, ${usd_per_error:g} an error", "controller", served, seed=seed, resamples=resamples))
    return out


def _gated(row: dict[str, Any]) -> Served:
    """The published cascade: the cheap answer where its gate passes, else the other one."""
    up = row["gate"][0] < ACCEPTED
    return Served(row["id"], row["usd"][0] + (row["usd"][1] if up else 0.0), row["ok"][int(up)], int(up))


def _serve_gated(ladder: rh.Ladder, usd_per_error: float, prices: Sequence[float], row: dict[str, Any]) -> Served:
    # The rule states the likelihood ratio of a failed gate: hardly any answer that fails it is right.
    ramps = [rh.Ramp("no_answer", [rh.Move("escalate")], odds=0.02)]
    # Expected tokens come from the estimate, and here a token is a micro-dollar: the price is scaled to the mean.
    governor = rh.Governor(ladder, rh.policy.Utility(usd_per_error=usd_per_error), rules=rh.Rules(ramps=ramps))
    plan = governor.plan("Write a Python function for the task.", rung=ladder.rungs[0].name, at=0.0)
    run = plan.start(at=0.0)

    def client(call: rh.Call, _: int) -> Chunk:
        i = [rung.name for rung in ladder.rungs].index(call.rung.name)
        passed = i == 1 or row["gate"][0] >= ACCEPTED
        run.set_price_of_compute(1.0 if passed else _price(plan, prices[1]))
        return Chunk(usage=Usage(output=round(row["usd"][i] * MICRO)), answer=f"answer {i}" if passed else None)

    answer = serve(run, client, clock=lambda: 0.0)
    # If going up is not worth it, a cheap answer that failed its gate is still the best one.
    right = row["ok"][1] if answer == "answer 1" else row["ok"][0]
    return Served(row["id"], run.spent.usd, right, int(answer == "answer 1"))


def _price(plan: rh.Plan, usd: float) -> float:
    """Returns the price of a dollar at which the next rung's expected price equals the recorded mean."""
    expected = plan.estimate.output_tokens / MICRO
    return usd / expected if expected else 1.0


def agent(rows: Sequence[dict[str, Any]], seed: int = 1, resamples: int = 1_000) -> list[Row]:
    """Tasks of several turns, a run each. What a task comes to is its last turn's answer."""
    ways: list[tuple[str, str, Callable[[dict[str, Any]], Served]]] = [
        ("always the lower", "fixed", lambda row: _fixed_agent(row, 0)),
        ("always the upper", "fixed", lambda row: _fixed_agent(row, -1)),
        ("gate cascade in each turn", "published", lambda row: _gated_agent(row, latch=False)),
        ("gate cascade, staying up", "published", lambda row: _gated_agent(row, latch=True)),
        ("controller: gate", "controller", lambda row: _serve_agent(row, evidence=False)),
        ("controller: gate, tool errors, stalls", "controller", lambda row: _serve_agent(row, evidence=True)),
    ]
    return [
        _row("mbpp-agent", way, kind, [serve(row) for row in rows], seed=seed, resamples=resamples) for way, kind, serve in ways
    ]


def _fixed_agent(row: dict[str, Any], i: int) -> Served:
    rungs = [turn["rungs"][i] for turn in row["turns"]]
    return Served(row["id"], sum(r["cost_usd"] for r in rungs), float(bool(rungs[-1]["oracle_correct"])))


def _gated_agent(row: dict[str, Any], *, latch: bool) -> Served:
    cost, right, ups = 0.0, 0.0, 0
    for turn in row["turns"]:
        lower, upper = turn["rungs"][0], turn["rungs"][-1]
        skip = latch and ups > 0
        cost += 0.0 if skip else lower["cost_usd"]
        up = skip or not lower["gate_pass"]
        cost += upper["cost_usd"] if up else 0.0
        right = float(bool((upper if up else lower)["oracle_correct"]))
        ups += up
    return Served(row["id"], cost, right, ups)


def _serve_agent(row: dict[str, Any], *, evidence: bool) -> Served:
    first = row["turns"][0]["rungs"]
    ladder = rh.Ladder([rh.Rung(r["model"], answer_tokens=MICRO, output_price=1.0) for r in first], default=first[0]["model"])
    governor = rh.Governor(ladder, rh.policy.Threshold([0.99] * (len(first) - 1)))
    cost, right, ups = 0.0, 0.0, 0
    for turn in row["turns"]:
        plan = governor.plan("Go on with the task.", rung=first[0]["model"], at=0.0)
        run = plan.start(at=0.0)
        if evidence and turn["tool_errors"] >= 2:
            run.observe("tool_errors", at=0.0)
        if evidence and turn["repeated_tool_calls"] >= 2:
            run.observe("stall", at=0.0)
        right = _play_turn(run, ladder, turn)
        cost += run.spent.usd
        ups += int(run.answer == str(len(first) - 1))
    return Served(row["id"], cost, right, ups)


def _play_turn(run: rh.Run, ladder: rh.Ladder, turn: dict[str, Any]) -> float:
    names = [rung.name for rung in ladder.rungs]

    def client(call: rh.Call, _: int) -> Chunk:
        i = names.index(call.rung.name)
        rung = turn["rungs"][i]
        passed = bool(rung["gate_pass"]) or i == len(names) - 1
        return Chunk(usage=Usage(output=round(rung["cost_usd"] * MICRO)), answer=str(i) if passed else None)

    answer = serve(run, client, clock=lambda: 0.0)
    last = int(answer) if answer is not None else 0
    return float(bool(turn["rungs"][last]["oracle_correct"]))


PARAMETERS = {"6b_finetuning": 6.0, "175b_finetuning": 175.0, "6b_verification": 600.0, "175b_verification": 17_500.0}
"""Cost of a word of each solver: billions of parameters, times the hundred samples that a verifier chooses from."""
USD_PER_ERROR_TIERS = (0.1, 0.3, 0.6, 1.0, 3.0, 10.0, 12.0, 15.0, 20.0, 30.0)


def tiers(rows: Sequence[dict[str, Any]], seed: int = 1, resamples: int = 1_000) -> list[Row]:
    """Four solvers, and an estimate fitted to half of the questions. Cost is in words times 10¹² parameters."""
    played = [row for row in rows if row["id"] % 2]
    known = [row for row in rows if row["id"] % 2 == 0]
    names, out = list(PARAMETERS), []
    for name in names:
        served = [_solved(row, name) for row in played]
        out.append(_row("gsm8k-tiers", f"always {name}", "fixed", served, seed=seed, resamples=resamples))
    agreeing = [_agreeing(row, names) for row in played]
    out.append(_row("gsm8k-tiers", "up until two tiers agree", "published", agreeing, seed=seed, resamples=resamples))
    ladder = rh.Ladder(
        [
            rh.Rung(name, answer_tokens=1_024, output_price=price, ability=float(np.mean([r[name][1] for r in known])))
            for name, price in PARAMETERS.items()
        ],
        default=names[0],
        start_max=names[-1],
    )
    outcomes = {name: [float(row[name][1]) for row in known] for name in names}
    estimator = rh.fit([row["q"] for row in known], outcomes, ladder)
    for usd_per_error in USD_PER_ERROR_TIERS:
        # The policy uses the estimate's tokens; an answer here has about as many words.
        governor = rh.Governor(ladder, rh.policy.Utility(usd_per_error=usd_per_error), estimator=estimator)
        rungs = governor.plan_batch([row["q"] for row in played]).rung
        served = [_solved(row, names[int(rung)], escalated=int(rung) > 0) for row, rung in zip(played, rungs, strict=True)]
        way = f"fitted estimate, {usd_per_error:g} an error"
        out.append(_row("gsm8k-tiers", way, "controller", served, seed=seed, resamples=resamples))
    return out


def _solved(row: dict[str, Any], name: str, *, escalated: bool = False) -> Served:
    _, right, words = row[name]
    return Served(str(row["id"]), words * PARAMETERS[name] / 1_000, float(right), int(escalated))


def _agreeing(row: dict[str, Any], names: Sequence[str]) -> Served:
    """A cascade that goes up until the newest answer is the one before it."""
    cost = row[names[0]][2] * PARAMETERS[names[0]]
    for place, (before, name) in enumerate(itertools.pairwise(names), start=1):
        cost += row[name][2] * PARAMETERS[name]
        if row[name][0] == row[before][0] or place == len(names) - 1:
            return Served(str(row["id"]), cost / 1_000, float(row[name][1]), place)
    raise AssertionError("a ladder has at least two rungs")


EXITS = {
    "controller, 2 equal probes": {"equal_probes": 2},
    "controller, 3 equal probes": {"equal_probes": 3},
    "controller, 4 equal probes": {"equal_probes": 4},
    "controller, 2 equal probes of 0.9": {"equal_probes": 2, "probe_prob": 0.9},
    "controller, a probe of 0.95": {"equal_probes": 1, "probe_prob": 0.95},
    "controller, a probe of 0.99": {"equal_probes": 1, "probe_prob": 0.99},
    "controller, a probe of 0.999": {"equal_probes": 1, "probe_prob": 0.999},
}
"""Rules of a run that is probed at every tenth of its thinking. One sure probe is DEER's rule, equal ones are Dynasor's."""


def gemma(rows: Sequence[dict[str, Any]], seed: int = 1, resamples: int = 1_000) -> list[Row]:
    """One model that thinks: where to stop. Cost is in thousands of thinking tokens; probes are not charged."""
    out = []
    for tenth in range(0, 11, 2):
        served = [_cut(row, tenth) for row in rows]
        out.append(_row("gemma-deciles", f"always {10 * tenth} % of it", "fixed", served, seed=seed, resamples=resamples))
    for way, exits in EXITS.items():
        rules = rh.Rules(low_confidence=None, ramps=[], **exits)  # type: ignore[arg-type]
        served = [_serve_probed(rules, row) for row in rows]
        out.append(_row("gemma-deciles", way, "controller", served, seed=seed, resamples=resamples))
    return out


def _cut(row: dict[str, Any], tenth: int) -> Served:
    return Served(row["q"], row["prefix"][tenth] / 1_000, float(row["pred"][tenth] == row["gold"]))


def _serve_probed(rules: rh.Rules, row: dict[str, Any]) -> Served:
    ladder = rh.Ladder([rh.Rung("think", thinking_tokens=max(row["n_tok"], 1), answer_tokens=16, output_price=1.0)])
    governor = rh.Governor(ladder, rh.policy.Threshold([]), rules=rules)
    run = governor.plan("Which option is right?", at=0.0).start(at=0.0)

    def client(*_: Any) -> Iterator[Chunk]:
        written = 0
        for prefix, pred, logprobs in zip(row["prefix"], row["pred"], row["lp"], strict=True):
            yield Chunk(tokens=prefix - written, probe=pred, probe_prob=_surest(logprobs))
            written = prefix
        yield Chunk(answer=row["pred"][-1])

    answer = serve(run, client, clock=lambda: 0.0)
    return Served(row["q"], run.spent.tokens / 1_000, float(answer == row["gold"]))


def _surest(logprobs: Sequence[float]) -> float:
    """The model's own probability of the option that it would name; what it would say instead of an option counts too."""
    return min(1.0, math.exp(max(logprobs)))


def measure(seed: int, resamples: int) -> dict[str, list[Row]]:
    """Every set.

    Raises:
        MissingTracesError: One of them is not there.
    """
    sets = {name: mbpp(list(_traces.rows(file)), name, seed, resamples) for name, file in MBPP.items()}
    sets["mbpp-agent"] = agent(list(_traces.rows(AGENT)), seed, resamples)
    sets["gsm8k-tiers"] = tiers(list(_traces.rows(TIERS)), seed, resamples)
    sets["gemma-deciles"] = gemma(list(_traces.rows(GEMMA)), seed, resamples)
    return sets


def arguments(parser: argparse.ArgumentParser) -> None:
    """The bench's own arguments."""
    parser.add_argument("--resamples", type=int, default=1_000, metavar="N", help="of the bootstrap (1000)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of the bootstrap (1)")
    parser.add_argument("--svg", type=Path, metavar="FOLDER", help="write a plot of each frontier into this folder")


def run(args: argparse.Namespace) -> int:
    """Measure and show."""
    if args.resamples < 1:
        print("--resamples must be at least 1", file=sys.stderr)
        return 2
    try:
        found = measure(args.seed, args.resamples)
    except _traces.MissingTracesError as error:
        print(error, file=sys.stderr)
        return 2
    if args.svg:
        args.svg.mkdir(parents=True, exist_ok=True)
        for name, rows in found.items():
            (args.svg / f"frontier-{name}.svg").write_text(plot(name, rows), encoding="utf-8")
    if args.json:
        _show.as_json({name: [asdict(row) for row in rows] for name, rows in found.items()})
        return 0
    for name, rows in found.items():
        _show.table(
            f"{name}, cost in {unit(name)}",
            ["way", "~kind", ">cost", ">right", ">interval", ">went up"],
            [
                (
                    row.way,
                    row.kind,
                    f"{row.cost:.4g}",
                    f"{100 * row.quality:.2f} %",
                    f"[{100 * row.low:.2f}, {100 * row.high:.2f}]",
                    f"{100 * row.escalated:.1f} %",
                )
                for row in rows
            ],
        )
    return 0


def unit(name: str) -> str:
    """Unit of a query's cost."""
    return {"gemma-deciles": "thousands of thinking tokens", "gsm8k-tiers": "words times 10¹² parameters"}.get(name, "US dollars")


def plot(name: str, rows: Sequence[Row]) -> str:
    """Quality over cost, as SVG."""
    groups: dict[str, list[_charts.Point]] = {}
    scale = 1_000.0 if unit(name) == "US dollars" else 1.0
    for row in sorted(rows, key=lambda row: row.cost):
        if row.cost > 0:
            groups.setdefault(row.kind, []).append(_charts.Point(row.way, row.cost * scale, 100 * row.quality))
    x_label = f"{unit(name)} a query" if scale == 1.0 else "thousandths of a dollar a query"
    return _charts.frontier(f"Recorded runs: {name}", x_label, "right, %", groups, {"controller"})
