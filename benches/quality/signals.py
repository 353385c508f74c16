"""Signals on recorded streams: false alarms and gains of each rule; then the savings of votes (`benches.quality.votes`).

Loops and markers are read from 120 whole reasoning texts (MiP-Overthinking), exits and confidence from 750 streams of 75 hard
questions whose answer was asked for after every tenth of the reasoning (gemma-4-12B on MMLU-Pro), stalls from 1,228 turns of
coding agents (firstpass on MBPP). No recorded stream has the log-probabilities of each token: entropy and the gate are measured
on the lab's own models (`_lab.py`), where rheostat-lab is installed. Intervals are 95 % bootstrap intervals over texts, turns
or questions. Probes' own tokens are not charged.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from benches.quality import _charts, _lab, _traces, votes
from rheostat import signals
from rheostat._cli import _show

TEXTS = "mip_reasoning_traces_120.jsonl.gz"
AGENTS = "firstpass_mbpp-974-agentic-multiturn.jsonl.gz"
STREAMS = "gemma4_12b_mmlu_pro_deciles_10seeds.jsonl.gz"
THRESHOLDS = (0.8, 0.9, 0.95, 0.99, 0.999, 0.9999)
PERIODS = (256, 1024, 4096)
BARS = {"branching": (30, 35, 40, 45), "hedging": (30, 35, 40)}
ENOUGH = 1000
"""Words from which on a run judges a text by its markers."""
MAX_LOSS, CONFIDENCE = 0.1, 0.9
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Row:
    """One measured number: its mean, a 95 % interval, and how many texts or questions it rests on."""

    what: str
    rule: str
    measure: str
    value: float
    low: float
    high: float
    units: int


@dataclass(frozen=True)
class Exit:
    """One exit rule: accuracy and agreement with the whole stream in shares, tokens as a share of the whole stream's."""

    rule: str
    kind: str
    accuracy: float
    accuracy_low: float
    accuracy_high: float
    tokens: float
    tokens_low: float
    tokens_high: float
    agreement: float


@dataclass(frozen=True)
class Streams:
    """Recorded streams: for each the question, and at each checkpoint answer, its probability, right or not, tokens."""

    question: npt.NDArray[np.int64]
    answer: npt.NDArray[np.int64]
    prob: Numbers
    right: Numbers
    tokens: Numbers


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the bench's own arguments."""
    parser.add_argument("--resamples", type=int, default=1000, metavar="N", help="bootstrap resamples (%(default)s)")
    parser.add_argument("--splits", type=int, default=200, metavar="N", help="splits of the calibrated exit (%(default)s)")
    votes.sampling(parser)
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of shuffles and resamples (%(default)s)")
    parser.add_argument("--lab", type=int, default=0, metavar="N", help="questions asked of the lab's models (%(default)s)")
    parser.add_argument("--no-votes", action="store_true", help="leave the votes out")
    parser.add_argument("--svg", type=Path, metavar="FOLDER", help="write the frontiers there, as SVG")
    parser.add_argument("--check", action="store_true", help="exit 1 unless the floors hold")


def run(args: argparse.Namespace) -> int:
    """Measure, show, and check if asked."""
    if min(args.resamples, args.splits, args.orders) < 1:
        print("--resamples, --splits and --orders must be at least 1", file=sys.stderr)
        return 2
    try:
        texts = [row["text"] for row in _traces.rows(TEXTS)]
        streams = read()
        sets = {} if args.no_votes else {name: votes.read(name) for name in votes.DATASETS}
    except _traces.MissingTracesError as error:
        print(error, file=sys.stderr)
        return 2
    rng = np.random.default_rng(args.seed)
    found, held = loops(texts, args.resamples, rng)
    found += [*markers(texts, args.resamples, rng), *agents(args.resamples, rng), *confidence(streams, args.resamples, rng)]
    if args.lab:
        found += [Row(*row) for row in _lab.rows(args.lab, args.resamples, rng)]
    found += calibrated(streams, args.splits, rng)
    rules = exits(streams, args.resamples, rng)
    if args.svg:
        args.svg.mkdir(parents=True, exist_ok=True)
        (args.svg / "exits.svg").write_text(plot(rules), encoding="utf-8")
    if not args.json:
        _tables(found, rules, held)
        failed = not all(floor["holds"] for floor in held)
        return max(int(args.check and failed), 0 if args.no_votes else votes.run(args))
    result: dict[str, Any] = {"rows": [asdict(row) for row in found], "exits": [asdict(rule) for rule in rules], "floors": held}
    if sets:
        voted = {
            name: votes.measure(questions, args.orders, args.resamples, args.seed, args.batches)
            for name, questions in sets.items()
        }
        result["votes"] = {name: [asdict(row) for row in rows] for name, rows in voted.items()}
        result["floors"] = held = [*held, *votes.floors(voted[votes.FLOORS])]
    _show.as_json(result)
    return int(args.check and not all(floor["holds"] for floor in held))


def read() -> Streams:
    """The recorded streams.

    Raises:
        MissingTracesError: They are not there.
    """
    rows = list(_traces.rows(STREAMS))
    names = {name: place for place, name in enumerate(dict.fromkeys(row["q"] for row in rows))}
    logs = [[np.array(at, float) for at in row["lp"]] for row in rows]
    answer = np.array([[int(at.argmax()) for at in log] for log in logs])
    gold = np.array([row["labels"].index(row["gold"]) for row in rows])
    prob = np.array([[float(np.exp(at.max())) for at in log] for log in logs])
    return Streams(
        question=np.array([names[row["q"]] for row in rows]),
        answer=answer,
        prob=np.minimum(prob, 1.0),
        right=(answer == gold[:, None]).astype(float),
        tokens=np.array([row["prefix"] for row in rows], float),
    )


def repeats(words: Sequence[str], longest: int) -> bool:
    """Returns True if some period up to the longest repeats for max(3p, 64) words. The naive reference: tries every period."""
    ids: dict[str, int] = {}
    stream = np.array([ids.setdefault(word, len(ids)) for word in words])
    for period in range(1, min(longest, len(stream) // 4) + 1):
        different = np.flatnonzero(stream[period:] != stream[:-period])
        ends = np.concatenate(([-1], different, [len(stream) - period]))
        if np.diff(ends).max() - 1 >= max(3 * period, 64):
            return True
    return False


def loops(texts: Sequence[str], resamples: int, rng: np.random.Generator) -> tuple[list[Row], list[dict[str, Any]]]:
    """Loops found online, against an exhaustive search of the whole text, and the words that stopping there saves."""
    rows, held = [], []
    for longest in PERIODS:
        saved, sizes = np.zeros(len(texts)), np.zeros(len(texts))
        alarms, hits, real = 0, 0, 0
        for i, text in enumerate(texts):
            detector = signals.Loops(longest)
            detector.text(text)
            detector.finish()
            looping = repeats(text.split(), longest)
            found = detector.found
            hits += looping and found is not None
            alarms += found is not None and not looping
            real += looping
            sizes[i] = detector.tokens
            saved[i] = detector.tokens - found.at if found else 0
        rule = f"periods up to {longest}"
        share = _interval(_ratio(saved, sizes), len(texts), resamples, rng)
        rows += [
            Row("loops", rule, f"found, of {real}", hits, hits, hits, len(texts)),
            Row("loops", rule, "false alarms", alarms, alarms, alarms, len(texts)),
            Row("loops", rule, "share of all words saved", *share, len(texts)),
        ]
        held.append({"floor": f"loops missed, {rule}", "measured": real - hits, "most": 0, "holds": real == hits})
        held.append({"floor": f"false alarms, {rule}", "measured": alarms, "most": 0, "holds": alarms == 0})
    return rows, held


def markers(texts: Sequence[str], resamples: int, rng: np.random.Generator) -> list[Row]:
    """Alarms of the rules `branching` and `hedging` by their bars: in the shorter half of the texts, which are ordinary, and in
    the longer half, with the share of its words that come after the alarm."""
    paths = [_rates(text) for text in texts]
    words = np.array([path[-1, 0] if len(path) else 0.0 for path in paths])
    longer = words >= np.median(words)
    rows = []
    for column, (rule, bars) in enumerate(BARS.items(), 1):
        for bar in bars:
            alarms = [path[(path[:, 0] >= ENOUGH) & (path[:, column] > bar), 0] for path in paths]
            at = np.array([found[0] if len(found) else np.inf for found in alarms])
            after = np.maximum(words - at, 0.0)
            for half, chosen in (("ordinary texts", ~longer), ("long texts", longer)):
                share = _interval(_ratio(np.isfinite(at[chosen]), chosen[chosen]), int(chosen.sum()), resamples, rng)
                rows.append(Row(rule, f"above {bar}", f"alarms, {half}", *share, int(chosen.sum())))
            share = _interval(_ratio(after[longer], words[longer]), int(longer.sum()), resamples, rng)
            rows.append(Row(rule, f"above {bar}", "long texts, words after the alarm", *share, int(longer.sum())))
        early = np.array(
            [path[path[:, 0] >= ENOUGH, column][0] if words[i] >= ENOUGH + 8 else np.nan for i, path in enumerate(paths)]
        )
        seen = np.flatnonzero(~np.isnan(early))

        def ranks(chosen: npt.NDArray[np.int64], early: Numbers = early, seen: npt.NDArray[np.int64] = seen) -> float:
            at = seen[chosen]
            return _area(early[at][longer[at]], early[at][~longer[at]])

        ranked = _interval(ranks, len(seen), min(resamples, 200), rng) if len(seen) else (0.5, 0.5, 0.5)
        rows.append(Row(rule, f"at {ENOUGH} words", "AUC for a long text", *ranked, len(seen)))
    return rows


def _area(higher: Numbers, lower: Numbers) -> float:
    """The share of pairs in which the first value is the higher one."""
    if not len(higher) or not len(lower):
        return 0.5
    return float((higher[:, None] > lower).mean() + 0.5 * (higher[:, None] == lower).mean())


def _rates(text: str) -> Numbers:
    """Words, turns and hedges per 1,000 words as a run reads them, after every eighth word."""
    reader, words, path = signals.Markers(), text.split(" "), []
    for at in range(0, len(words), 8):
        reader.text(" ".join(words[at : at + 8]) + " ")
        path.append((reader.words, reader.recent, reader.hedging))
    return np.array(path, float).reshape(-1, 3)


def agents(resamples: int, rng: np.random.Generator) -> list[Row]:
    """Accuracy of a small and a larger model on a turn, by the number of the agent's tool errors."""
    turns = [turn for row in _traces.rows(AGENTS) for turn in row["turns"]]
    rows = []
    for errors in sorted({turn["tool_errors"] for turn in turns}):
        met = [turn["rungs"] for turn in turns if turn["tool_errors"] == errors]
        for model, place in (("small model", 0), ("large model", -1)):
            right = np.array([float(rungs[place]["oracle_correct"]) for rungs in met])
            share = _interval(_ratio(right, np.ones_like(right)), len(right), resamples, rng)
            rows.append(Row("agents", f"after {errors} tool errors", f"right, {model}", *share, len(right)))
    return rows


def confidence(streams: Streams, resamples: int, rng: np.random.Generator) -> list[Row]:
    """Measures how the probability of the final answer ranks streams, and the gain of weighting or filtering votes by it."""
    by_question = [np.flatnonzero(streams.question == q) for q in range(int(streams.question.max()) + 1)]
    last, right = streams.prob[:, -1], streams.right[:, -1]

    def voted(weigh: Callable[[Numbers], Numbers]) -> Numbers:
        hits = []
        for members in by_question:
            weights = weigh(last[members])
            sums = np.bincount(streams.answer[members, -1], weights=weights)
            gold = streams.answer[members, -1][right[members] > 0]
            hits.append(float(len(gold) > 0 and sums.argmax() == gold[0]))
        return np.array(hits)

    def kept(prob: Numbers) -> Numbers:
        return prob * (prob >= np.quantile(prob, 0.5))

    rows = []
    for rule, hits in (
        ("majority of 10", voted(np.ones_like)),
        ("weighted by confidence", voted(lambda prob: prob)),
        ("the surer half, weighted", voted(kept)),
    ):
        accuracy = _interval(_ratio(hits, np.ones_like(hits)), len(hits), resamples, rng)
        rows.append(Row("confidence", rule, "accuracy of the vote", *accuracy, len(hits)))

    def area(chosen: npt.NDArray[np.int64]) -> float:
        members = np.concatenate([by_question[q] for q in chosen])
        return _area(last[members][right[members] > 0], last[members][right[members] == 0])

    ranked = _interval(area, len(by_question), min(resamples, 200), rng)
    return [*rows, Row("confidence", "probability of the final answer", "AUC for right", *ranked, len(by_question))]


def first_exit(streams: Streams, rule: str, limit: float) -> npt.NDArray[np.int64]:
    """The checkpoint at which each stream ends, by a threshold on the probability or by equal probes."""
    ends = np.full(len(streams.prob), streams.prob.shape[1] - 1)
    for row, (answers, probs) in enumerate(zip(streams.answer, streams.prob, strict=True)):
        equal, last = 0, None
        for at, (answer, prob) in enumerate(zip(answers, probs, strict=True)):
            equal, last = (equal + 1 if answer == last else 1), answer
            if equal >= limit if rule == "equal" else prob >= limit:
                ends[row] = at
                break
    return ends


def exits(streams: Streams, resamples: int, rng: np.random.Generator) -> list[Exit]:
    """Every exit rule on all streams."""
    whole = np.full(len(streams.prob), streams.prob.shape[1] - 1)
    rules = [("the whole stream", "fixed", whole)]
    rules += [(f"{10 * tenth} %", "fixed", np.full(len(whole), tenth)) for tenth in (2, 4, 6, 8)]
    rules += [(f"prob ≥ {limit}", "answer's probability (DEER)", first_exit(streams, "prob", limit)) for limit in THRESHOLDS]
    rules += [(f"{k} equal", "equal probes (Dynasor)", first_exit(streams, "equal", k)) for k in (2, 3, 4, 5)]
    members = [np.flatnonzero(streams.question == q) for q in range(int(streams.question.max()) + 1)]
    rows = np.arange(len(whole))
    result = []
    for name, kind, ends in rules:
        right, used, all_ = streams.right[rows, ends], streams.tokens[rows, ends], streams.tokens[:, -1]
        hits, sizes, spent, full = (
            np.array([table[m].sum() for m in members]) for table in (right, np.ones_like(right), used, all_)
        )
        accuracy = _interval(_ratio(hits, sizes), len(members), resamples, rng)
        tokens = _interval(_ratio(spent, full), len(members), resamples, rng)
        agreement = float((streams.answer[rows, ends] == streams.answer[:, -1]).mean())
        result.append(Exit(name, kind, *accuracy, *tokens, agreement))
    return result


def calibrated(streams: Streams, splits: int, rng: np.random.Generator) -> list[Row]:
    """Thresholds promised on half of the questions, held to the other half: by losses and test, and with streams pooled."""
    lost = streams.right[:, -1:] - streams.right
    spoiled = np.clip(lost, 0, 1)
    questions = int(streams.question.max()) + 1
    rows = []
    kinds: tuple[tuple[str, Numbers, Literal["hoeffding_bentkus"] | None, bool], ...] = (
        ("spoiled, by question", spoiled, None, True),
        ("lost, by question", lost, None, True),
        ("spoiled, by question, Hoeffding and Bentkus", spoiled, "hoeffding_bentkus", True),
        ("spoiled, streams pooled", spoiled, None, False),
    )
    for rule, losses, test, grouped in kinds:
        risks, saved, refused = [], [], 0
        for _ in range(splits):
            learn = np.isin(streams.question, rng.permutation(questions)[: questions // 2])
            groups = streams.question[learn].tolist() if grouped else None
            exit_rule = signals.calibrate_exit(
                streams.prob[learn], losses[learn], streams.tokens[learn],
                groups=groups, max_loss=MAX_LOSS, confidence=CONFIDENCE, test=test,
            )  # fmt: skip
            if exit_rule.threshold is None:
                refused += 1
                continue
            reached = (streams.prob[~learn] >= exit_rule.threshold) & (streams.tokens[~learn] > 0)
            ends = np.where(reached.any(1), reached.argmax(1), reached.shape[1] - 1)
            at = np.arange(len(ends))
            risks.append(float(losses[~learn][at, ends].mean()))
            saved.append(float(1 - streams.tokens[~learn][at, ends].sum() / streams.tokens[~learn][:, -1].sum()))
        limit = f"at most {MAX_LOSS:.0%}, confidence {CONFIDENCE:.0%}, {rule}"
        measures = [("splits refused", [refused / splits] * 3)]
        if risks:
            over = float(np.mean(np.array(risks) > MAX_LOSS))
            measures.append(("share of test halves above the limit", [over] * 3))
            measures.append(("lost on the test half", _spread(risks)))
            measures.append(("share of tokens saved", _spread(saved)))
        for measure, (value, low, high) in measures:
            rows.append(Row("calibrated exit", limit, measure, value, low, high, questions))
    return rows


def _spread(values: Sequence[float]) -> list[float]:
    """The mean over splits, and what 95 % of them lie between."""
    return [float(np.mean(values)), *map(float, np.quantile(values, (0.025, 0.975)))]


def plot(rules: Sequence[Exit]) -> str:
    """The frontier of exits: accuracy for tokens."""
    groups = {
        kind: [_charts.Point(rule.rule, 100 * rule.tokens, 100 * rule.accuracy) for rule in rules if rule.kind == kind]
        for kind in dict.fromkeys(rule.kind for rule in rules)
    }
    title = "Exits from the reasoning, gemma-4-12B on 75 hard questions of MMLU-Pro"
    return _charts.frontier(title, "tokens, in percent of the whole stream's", "accuracy, in percent", groups, ())


def _ratio(top: Numbers, bottom: Numbers) -> Callable[[npt.NDArray[np.int64]], float]:
    """The ratio of two sums over units."""
    return lambda chosen: float(top[chosen].sum() / bottom[chosen].sum())


def _interval(
    statistic: Callable[[npt.NDArray[np.int64]], float], units: int, resamples: int, rng: np.random.Generator
) -> tuple[float, float, float]:
    """A statistic of all units, and its bootstrap interval."""
    drawn = [statistic(rng.integers(0, units, units)) for _ in range(resamples)]
    low, high = np.quantile(drawn, (0.025, 0.975))
    return float(statistic(np.arange(units))), float(low), float(high)


def _tables(rows: Sequence[Row], rules: Sequence[Exit], held: Sequence[dict[str, Any]]) -> None:
    shown = [
        (r.what, r.rule, r.measure, f"{r.value:.3f}" if r.value % 1 else f"{r.value:.0f}", f"{r.low:.3f} … {r.high:.3f}", r.units)
        for r in rows
    ]
    _show.table("Signals", ["what", "rule", "measure", ">value", ">95 % interval", ">units"], shown)
    table = [
        (
            r.kind,
            r.rule,
            f"{r.accuracy:.3f}",
            f"{r.accuracy_low:.3f} … {r.accuracy_high:.3f}",
            f"{r.tokens:.1%}",
            f"{r.tokens_low:.1%} … {r.tokens_high:.1%}",
            f"{r.agreement:.1%}",
        )
        for r in rules
    ]
    heads = ["kind", "rule", ">accuracy", ">95 % interval", ">tokens", ">95 % interval", ">same answer as the whole"]
    _show.table("Exits from the reasoning", heads, table, caption="Probes' own tokens are not charged.")
    for floor in held:
        print(f"{'holds ' if floor['holds'] else 'FAILS '} {floor['floor']}: {floor['measured']} (at most {floor['most']})")
