"""The step scorer: after each step of a working, the chance that all is right so far."""

from __future__ import annotations

import numpy as np

from rheostat_lab.network import Network
from rheostat_lab.weights import Weights


class StepScorer:
    """A tiny process reward model, trained on the lab's own workings. Pass its scores to `Sample.step`.

    It has judged sums, tables, dates and orders, never searches: those have a verifier.

    Args:
        weights: Where the models are.

    Raises:
        UnknownNameError: These weights hold no scorer.
        ArtifactError: The file is damaged.
    """

    def __init__(self, weights: Weights) -> None:
        self._network = Network(weights, "lab-steps")
        self._end = weights.tokenizer().encode(";")[0]

    def scores(self, prompt: list[int], working: list[int]) -> list[float]:
        """The chance, in (0, 1), at the end of each step of a working that follows a prompt, both in tokens."""
        tokens = np.array([[*prompt, *working]], np.int64)
        logits, _ = self._network.read(tokens)
        ends = [len(prompt) + i for i, token in enumerate(working) if token == self._end]
        chances: list[float] = (1 / (1 + np.exp(-logits[0, ends, 0].astype(float)))).tolist()
        return chances
