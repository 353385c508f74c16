"""The published ways to spend less on the same ladder, each with its threshold chosen on the training split.

- Confidence: go up while the mean log-probability of an answer is below a threshold (Chen et al. 2023, "FrugalGPT", with the
  model's own confidence as the score, as in vLLM Semantic Router's loopers).
- Agreement: go up while the samples of a model agree too little (Yue et al. 2024, "mixture of thought" cascades).
- LiteLLM's complexity router: four tiers from the words of the prompt alone, on four rungs of the ladder.

If an answer can be checked, all of them may check it, as the governor's host does.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from rheostat_lab.experiment.asked import Served
from rheostat_lab.experiment.bank import Bank
from rheostat_lab.experiment.fixed import Spent, leader
from rheostat_lab.experiment.fixed import serve as serve_fixed
from rheostat_lab.experiment.rungs import LEVELS, Level
from rheostat_lab.prices import Price

SAMPLES = 4
STEPS: tuple[Level, ...] = tuple(level for level in LEVELS if level.samples == 1 and level.model != "lab-tiny")
"""The rungs of a cascade: one sample each; agreement draws four of each."""
Ways = tuple[tuple[Level, ...], bool, float]
"""The rungs of a cascade, True if it ends on the fixed maximum, and its threshold."""


class _Bill:
    def __init__(self) -> None:
        self.read: Counter[str] = Counter()
        self.written: Counter[str] = Counter()
        self.steps = 0

    def add(self, model: str, read: int, written: int, steps: int) -> None:
        self.read[model] += read
        self.written[model] += written
        self.steps += steps

    def spent(self, answer: str | None) -> Spent:
        return Spent(answer, tuple(self.read.items()), tuple(self.written.items()), self.steps)


def confidence(bank: Bank, asked: Sequence[Served], ways: Ways) -> list[Spent]:
    """Goes up while the mean log-probability is below the threshold, or a check fails."""
    steps, ends, threshold = ways
    bank.fill(served.request(level.model, level.mode) for served in asked for level in steps)
    open_, bills, answers = list(range(len(asked))), [_Bill() for _ in asked], [_none() for _ in asked]
    for level in steps:
        still = []
        for i in open_:
            served, record = asked[i], bank[asked[i].request(level.model, level.mode)]
            bills[i].add(level.model, record.read, record.written, record.written)
            answers[i] = record.answer or answers[i]
            checked = served.accepted(record.answer)
            if checked is None or (served.verify is None and record.mean_logprob < threshold):
                still.append(i)
        open_ = still
    return _closed(bank, asked, bills, answers, open_ if ends else [])


def agreement(bank: Bank, asked: Sequence[Served], ways: Ways) -> list[Spent]:
    """Goes up while fewer than this share of four samples agree, or no answer that can be checked holds."""
    steps, ends, threshold = ways
    steps = tuple(level for level in steps if level.mode != "no")
    bank.fill(served.request(level.model, level.mode, i) for served in asked for level in steps for i in range(SAMPLES))
    open_, bills, answers = list(range(len(asked))), [_Bill() for _ in asked], [_none() for _ in asked]
    for level in steps:
        still = []
        for i in open_:
            served, records = asked[i], [bank[asked[i].request(level.model, level.mode, j)] for j in range(SAMPLES)]
            bills[i].add(level.model, records[0].read, sum(r.written for r in records), max(r.written for r in records))
            votes = Counter(a for r in records if (a := served.accepted(r.answer)))
            answers[i] = leader(votes) or answers[i] or records[0].answer
            if not votes or (served.verify is None and votes.most_common(1)[0][1] < threshold * SAMPLES):
                still.append(i)
        open_ = still
    return _closed(bank, asked, bills, answers, open_ if ends else [])


def _none() -> str | None:
    return None


def _closed(
    bank: Bank, asked: Sequence[Served], bills: Sequence[_Bill], answers: Sequence[str | None], on: Sequence[int]
) -> list[Spent]:
    """Returns each question's result; those of `on` still go to the fixed maximum."""
    results = [bill.spent(answer) for bill, answer in zip(bills, answers, strict=True)]
    for i, last in zip(on, serve_fixed(bank, [asked[i] for i in on], LEVELS[-1]), strict=True):
        (model, read), (_, written) = last.read[0], last.written[0]
        bills[i].add(model, read, written, last.steps)
        results[i] = bills[i].spent(last.answer or answers[i])
    return results


GRID: Mapping[str, tuple[Callable[[Bank, Sequence[Served], Ways], list[Spent]], tuple[float, ...]]] = {
    "confidence cascade": (confidence, (-0.3, -0.2, -0.1, -0.05, -0.03, -0.02, -0.01, -0.005, -0.002, -0.001)),
    "agreement cascade": (agreement, (0.5, 0.75, 1.0)),
}
"""Each cascade with the thresholds that are tried on the training split."""


def choose(
    bank: Bank, train: Sequence[Served], prices: Mapping[str, Price], name: str, floor: float
) -> Callable[[Sequence[Served]], list[Spent]]:
    """Returns the cheapest cascade that reaches `floor` on the training split; else the most accurate.

    Tries all thresholds, all first rungs, and an end on the fixed maximum.
    """
    method, thresholds = GRID[name]
    tried = []
    for ways in ((STEPS[i:], ends, threshold) for i in range(len(STEPS)) for ends in (False, True) for threshold in thresholds):
        results = method(bank, train, ways)
        accuracy = float(np.mean([s.right(r.answer) for s, r in zip(train, results, strict=True)]))
        tried.append((accuracy, sum(r.usd(prices) for r in results), ways))
    good = [t for t in tried if t[0] >= floor]
    ways = min(good, key=lambda t: t[1])[2] if good else max(tried, key=lambda t: (t[0], -t[1]))[2]
    return lambda asked: method(bank, asked, ways)


TIERS = {"SIMPLE": "medium-no", "MEDIUM": "medium-lo", "COMPLEX": "large-lo", "REASONING": "large-hi"}
"""Rung of each of LiteLLM's tiers: fixed beforehand, evenly over the ladder."""


def litellm_tiers(texts: Sequence[str]) -> list[str] | None:
    """The tier that LiteLLM's complexity router gives each text, by its default settings. None: LiteLLM is not installed."""
    # Its price table would be fetched from the network, and is not needed.
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    try:
        from litellm.router_strategy.complexity_router.complexity_router import ComplexityRouter
    except ImportError:
        return None
    tiers = {name: name for name in TIERS}
    router: Any = ComplexityRouter("lab", None, {"tiers": tiers, "classifier_type": "heuristic"}, derive_savings_baseline=False)
    return [str(router.classify(text)[0].value) for text in texts]
