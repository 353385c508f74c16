"""The published ways to spend less on the same ladder, each with its threshold chosen on the training split.

- Confidence: go up while the mean log-probability of an answer is below a threshold (Chen et al. 2023, "FrugalGPT", with the
  model's own confidence as the score, as in vLLM Semantic Router's loopers).
- Agreement: go up while the samples of a model agree too little (Yue et al. 2024, "mixture of thought" cascades).
- LiteLLM's complexity router: four tiers from the words of the prompt alone, on four rungs of the ladder.

Where an answer can be checked, all of them may check it, as the governor's host does.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from rheostat.lab.experiment.asked import Served
from rheostat.lab.experiment.bank import Bank
from rheostat.lab.experiment.fixed import Spent, leader
from rheostat.lab.experiment.rungs import LEVELS, Level
from rheostat.lab.prices import Price

SAMPLES = 4
STEPS: tuple[Level, ...] = tuple(level for level in LEVELS if level.samples == 1 and level.model != "lab-tiny")
"""The rungs of a cascade: one sample each, from the cheapest on; agreement draws four of each."""


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


def confidence(bank: Bank, asked: Sequence[Served], threshold: float) -> list[Spent]:
    """Goes up while the mean log-probability is below the threshold, or a check fails."""
    bank.fill(served.request(level.model, level.mode) for served in asked for level in STEPS)
    results = []
    for served in asked:
        bill, answer = _Bill(), None
        for level in STEPS:
            record = bank[served.request(level.model, level.mode)]
            bill.add(level.model, record.read, record.written, record.written)
            answer = record.answer or answer
            checked = served.accepted(record.answer)
            if checked is not None and (served.verify is not None or record.mean_logprob >= threshold):
                break
        results.append(bill.spent(answer))
    return results


def agreement(bank: Bank, asked: Sequence[Served], threshold: float) -> list[Spent]:
    """Goes up while fewer than this share of four samples agree, or no answer that can be checked holds."""
    steps = [level for level in STEPS if level.mode != "no"]
    bank.fill(served.request(level.model, level.mode, i) for served in asked for level in steps for i in range(SAMPLES))
    results = []
    for served in asked:
        bill, answer = _Bill(), None
        for level in steps:
            records = [bank[served.request(level.model, level.mode, i)] for i in range(SAMPLES)]
            longest = max(r.written for r in records)
            bill.add(level.model, records[0].read, sum(r.written for r in records), longest)
            votes = Counter(a for r in records if (a := served.accepted(r.answer)))
            answer = leader(votes) or answer or records[0].answer
            if votes and (served.verify is not None or votes.most_common(1)[0][1] >= threshold * SAMPLES):
                break
        results.append(bill.spent(answer))
    return results


GRID: Mapping[str, tuple[Callable[[Bank, Sequence[Served], float], list[Spent]], tuple[float, ...]]] = {
    "confidence cascade": (confidence, (-0.2, -0.1, -0.05, -0.03, -0.02, -0.01, -0.005, -0.002, -0.001)),
    "agreement cascade": (agreement, (0.5, 0.75, 1.0)),
}
"""Each cascade with the thresholds that are tried on the training split."""


def choose(
    bank: Bank, train: Sequence[Served], prices: Mapping[str, Price], name: str, floor: float
) -> Callable[[Sequence[Served]], list[Spent]]:
    """The cascade at its cheapest threshold that reaches `floor` on the training split; else at its most accurate."""
    method, thresholds = GRID[name]
    tried = []
    for threshold in thresholds:
        results = method(bank, train, threshold)
        accuracy = float(np.mean([s.right(r.answer) for s, r in zip(train, results, strict=True)]))
        tried.append((accuracy, sum(r.usd(prices) for r in results), threshold))
    good = [t for t in tried if t[0] >= floor]
    threshold = min(good, key=lambda t: t[1])[2] if good else max(tried)[2]
    return lambda asked: method(bank, asked, threshold)


TIERS = {"SIMPLE": "medium-no", "MEDIUM": "medium-lo", "COMPLEX": "large-lo", "REASONING": "large-hi"}
"""Which rung each of LiteLLM's tiers is: fixed beforehand, evenly over the ladder."""


def litellm_tiers(texts: Sequence[str]) -> list[str] | None:
    """The tier that LiteLLM's complexity router gives each text, by its default settings. None: LiteLLM is not installed."""
    # Its price table is not needed, and would be fetched.
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    try:
        from litellm.router_strategy.complexity_router.complexity_router import ComplexityRouter
    except ImportError:
        return None
    tiers = {name: name for name in TIERS}
    router: Any = ComplexityRouter("lab", None, {"tiers": tiers, "classifier_type": "heuristic"}, derive_savings_baseline=False)
    return [str(router.classify(text)[0].value) for text in texts]
