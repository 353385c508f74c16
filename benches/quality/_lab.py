"""The default rule, entropy and the gate on the lab's models: finds and costs of `low_top_logprob`, `entropy_rise` and `gate`.

Every figure is read from a run that gets the stream, so that the rule is measured as it is wired.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

import rheostat as rh
from rheostat.host import Chunk, serve

if TYPE_CHECKING:
    from rheostat_lab import Lab, Question, Stream

KINDS = ("one-shot", "one-shot", "multi-step", "multi-step", "multi-step", "multi-step", "novel")
"""Kinds of questions, in turn: enough hard ones that every model errs."""
ARMS = (("lab-tiny", "lo"), ("lab-tiny", "hi"), ("lab-medium", "lo"), ("lab-medium", "hi"))
DEFAULT_ARMS = (("lab-tiny", "no"), ("lab-tiny", "lo"), ("lab-medium", "no"), ("lab-medium", "lo"), ("lab-large", "no"))
"""Models and modes of the default rule: without working, an answer has about four tokens."""
COUNTS = (1, 5, 20)
"""Candidates that a host asks for."""
BARS = (-0.5, -0.7, -0.9)
FALSE_ALARMS = 0.05
SAMPLES, WARMUP, WINDOW = 24, 8, 8
KEEPS = (None, 0.9, 0.5, 0.25)
TEMPERATURE = 0.8
Row = tuple[str, str, str, float, float, float, int]
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Heard:
    """One stream's readings, and whether its answer was right."""

    right: bool
    rise: float
    least: float
    learned: float
    """As `rise`, but around a level and a spread that are learned from the stream's first eight tokens."""


def rows(count: int, resamples: int, rng: np.random.Generator) -> list[Row]:
    """All studies on `count` questions, a third of them for the gate."""
    from rheostat_lab import Lab
    from rheostat_lab.questions import of_kind

    lab, random = Lab.load(), Random(7)
    questions = [of_kind(random, KINDS[i % len(KINDS)]) for i in range(count)]
    found: list[Row] = []
    for arm in DEFAULT_ARMS:
        found += likeliest(lab, arm, questions, resamples, rng)
    for model, mode in ARMS:
        heard = hear(lab, model, mode, questions)
        found += entropy(f"{model} {mode}", heard, resamples, rng)
    return found + gates(lab, questions[: count // 3], resamples, rng)


def governor(rules: rh.Rules, samples: int) -> rh.Governor:
    """A governor of one rung with room for everything."""
    ladder = rh.Ladder([rh.Rung("only", thinking_tokens=400, samples=samples)])
    ceiling = rh.Ceiling(tokens=1 << 20, usd=1e6, seconds=1e9, samples=1 << 12)
    return rh.Governor(ladder, rh.policy.Utility(1.0), ceiling=ceiling, rules=rules, seed=0)


def hear(lab: Lab, model: str, mode: str, questions: list[Question]) -> list[Heard]:
    """Greedy streams of one model, each told to a run whose bars nothing reaches."""
    from rheostat_lab import Request

    rules = rh.Rules(window=1, low_confidence=None, low_logprob=-100.0, entropy_level=0.1, entropy_rise=1e6)
    listener = governor(rules, 1)
    streams = lab[model].serve(Request(q.text, mode, top_logprobs=20) for q in questions)  # type: ignore[arg-type]
    heard = []
    for question, stream in zip(questions, streams, strict=True):
        sample = listener.plan(question.text).start().sample(0)
        sample.tokens(stream.logprobs, stream.top_logprobs)
        said = sample.readings
        least, learned = -(said.lowest_logprob or 0.0), _learned(stream)
        heard.append(Heard(question.right(stream.answer), said.entropy_rise or 0.0, least, learned))
    return heard


def likeliest(lab: Lab, arm: tuple[str, str], questions: list[Question], resamples: int, rng: np.random.Generator) -> list[Row]:
    """Ranks wrong greedy answers by the likeliest candidates and by DeepConf's groups, for each number of candidates; counts the
    alarms of `low_top_logprob`."""
    from rheostat_lab import Request

    model, mode = arm
    streams = lab[model].serve(Request(q.text, mode, top_logprobs=max(COUNTS)) for q in questions)  # type: ignore[arg-type]
    listener = governor(rh.Rules(ramps=[]), 1)
    found: list[Row] = []
    right, tops, groups = [], {k: list[float]() for k in COUNTS}, {k: list[float]() for k in COUNTS}
    for question, stream in zip(questions, streams, strict=True):
        right.append(question.right(stream.answer))
        for k in COUNTS:
            sample = listener.plan(question.text).start().sample(0)
            sample.tokens([], [row[:k] for row in stream.top_logprobs])
            tops[k].append(sample.readings.lowest_top_logprob or 0.0)
            groups[k].append(sample.readings.lowest or 0.0)
    hits = np.array(right)
    for name, values in (("likeliest candidates", tops), ("group confidence", groups)):
        for k in COUNTS:
            low = -np.array(values[k])
            ranked = _interval(lambda c, v=low: _area(v[c][~hits[c]], v[c][hits[c]]), len(hits), min(resamples, 200), rng)
            found.append(("likeliest", f"{model} {mode}", f"AUC for wrong, {name} of {k}", *ranked, len(hits)))
    for bar in BARS:
        for measure, chosen in (("false alarms", hits), ("wrong answers found", ~hits)):
            alarms = (np.array(tops[max(COUNTS)])[chosen] < bar).astype(float)
            share = _interval(lambda c, a=alarms: float(a[c].mean()) if len(c) else 0.0, len(alarms), resamples, rng)
            found.append(("likeliest", f"{model} {mode}", f"{measure}, below {bar}", *share, len(alarms)))
    return found


def _learned(stream: Stream) -> float:
    """The largest cumulative sum of entropies, in spreads, around the first eight."""
    top = np.array(stream.top_logprobs)
    entropies = -(np.exp(top) * top).sum(1)
    level, spread = entropies[:8].mean(), max(entropies[:8].std(), 0.05)
    total = most = 0.0
    for value in entropies[8:]:
        total = max(0.0, total + (value - level) / spread - 0.5)
        most = max(most, total)
    return most


def entropy(arm: str, heard: list[Heard], resamples: int, rng: np.random.Generator) -> list[Row]:
    """Ranks wrong answers above right ones by each signal; sets a bar on half of the questions and tests it on the rest."""
    right = np.array([one.right for one in heard])
    found: list[Row] = []
    for signal, values in (
        ("entropy rise", np.array([one.rise for one in heard])),
        ("level learned", np.array([one.learned for one in heard])),
        ("least likely token", np.array([one.least for one in heard])),
    ):
        ranked = _interval(lambda c, v=values: _area(v[c][~right[c]], v[c][right[c]]), len(heard), min(resamples, 200), rng)
        found.append(("entropy", arm, f"AUC for wrong, {signal}", *ranked, len(heard)))
        learn = np.arange(len(heard)) % 2 == 0
        bar = float(np.quantile(values[learn & right], 1 - FALSE_ALARMS)) if (learn & right).any() else np.inf
        for measure, chosen in (("false alarms", ~learn & right), ("wrong answers found", ~learn & ~right)):
            alarms = (values[chosen] > bar).astype(float)
            share = _interval(lambda c, a=alarms: float(a[c].mean()) if len(c) else 0.0, len(alarms), resamples, rng)
            found.append(("entropy", arm, f"{measure}, {signal} > {bar:.2f}", *share, len(alarms)))
    return found


def gates(lab: Lab, questions: list[Question], resamples: int, rng: np.random.Generator) -> list[Row]:
    """Right answers of votes of 24 samples, and the tokens that they take, with and without the gate."""
    from rheostat_lab import Request

    draws = []
    for question in questions:
        requests = [Request(question.text, "hi", temperature=TEMPERATURE, seed=i, top_logprobs=20) for i in range(SAMPLES)]
        draws.append(lab["lab-tiny"].serve(requests))
    found: list[Row] = []
    for keep in KEEPS:
        rules = rh.Rules(window=WINDOW, low_confidence=None, gate=keep, gate_warmup=WARMUP, vote="curtail", ramps=[])
        host = governor(rules, SAMPLES)
        right, tokens = [], []
        for question, streams in zip(questions, draws, strict=True):
            run = host.plan(question.text).start()
            answer = serve(run, _Tape(streams))
            right.append(float(question.right(answer)))
            tokens.append(float(run.spent.tokens))
        name = "no gate" if keep is None else f"keeps {keep}"
        for measure, values in (("right", np.array(right)), ("tokens a question", np.array(tokens))):
            share = _interval(lambda c, v=values: float(v[c].mean()), len(values), resamples, rng)
            found.append(("gate", name, measure, *share, len(values)))
    return found


class _Tape:
    """A client that plays streams, one a sample, in pieces of four tokens."""

    def __init__(self, streams: list[Stream]) -> None:
        self.left = iter(streams)

    def __call__(self, _call: rh.Call, _index: int) -> Iterator[Chunk]:
        stream = next(self.left)
        for at in range(0, len(stream.logprobs), 4):
            yield Chunk(logprobs=stream.logprobs[at : at + 4], top_logprobs=stream.top_logprobs[at : at + 4])
        yield Chunk(answer=stream.answer)


def _area(wrong: Numbers, right: Numbers) -> float:
    """The share of pairs in which the wrong answer has the higher value."""
    if not len(wrong) or not len(right):
        return 0.5
    return float((wrong[:, None] > right).mean() + 0.5 * (wrong[:, None] == right).mean())


def _interval(statistic: object, units: int, resamples: int, rng: np.random.Generator) -> tuple[float, float, float]:
    """A statistic of all units, and its 95 % bootstrap interval."""
    assert callable(statistic)
    drawn = [statistic(rng.integers(0, units, units)) for _ in range(resamples)]
    low, high = np.quantile(drawn, (0.025, 0.975))
    return float(statistic(np.arange(units))), float(low), float(high)
