"""Scores of workings by the step scorer, each computed once."""

from __future__ import annotations

from rheostat_lab import Lab
from rheostat_lab.experiment.bank import Asked, Bank
from rheostat_lab.steps import StepScorer

READER = "lab-medium"
"""The model that the scorer is as large as: it reads a prompt and a working at that model's price of input."""


class Scores:
    """Scores of the steps of recorded workings.

    Args:
        lab: The models.
        bank: The models' records.
    """

    def __init__(self, lab: Lab, bank: Bank) -> None:
        self._scorer = StepScorer(lab.weights)
        self._lab, self._bank = lab, bank
        self._end = lab.weights.tokenizer().encode(";")[0]
        self._known: dict[Asked, list[tuple[int, float]]] = {}

    def of(self, asked: Asked) -> list[tuple[int, float]]:
        """After how many tokens each step of a record ended, and its score."""
        if asked not in self._known:
            model, request = asked
            record = self._bank[asked]
            working = record.tokens[: record.thought].tolist()
            scores = self._scorer.scores(self._lab[model].prompt(request), working)
            ends = [i + 1 for i, token in enumerate(working) if token == self._end]
            self._known[asked] = list(zip(ends, scores, strict=True))
        return self._known[asked]
