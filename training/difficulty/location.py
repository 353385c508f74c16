"""The location: how hard a query is, in logits of the share of a mixed panel of models that fails it.

A logistic regression on structure, hashed words and pairs. Three things make it hold on tasks that it has not seen:

- each group of an outcome set has an intercept of its own, so the weights learn what makes a question harder *within* a
  task, and the panel of a set does not pass for the difficulty of its prompts;
- the structure's weights are drawn hard towards a prior in which only length counts;
- weights that react to a rewording are penalised: κ·n·E[(x − x′)(x − x′)ᵀ] over copies x′ of prompts, more where a copy
  differs in its template alone, because the template of an ask is no part of the question.
"""

from __future__ import annotations

import numpy as np
import regression
import scan
from data import Data
from scipy import sparse, special

#: Precisions of the priors of the structure's weights (by deviation), content features, words, pairs and groups' intercepts.
STRUCTURE, CONTENT, WORDS, PAIRS, GROUPS = 5_000.0, 1_000.0, 20.0, 30.0, 1.0
#: The prior mean of the weight of one deviation of log length, in logits.
LENGTH = 0.15
#: κ of the noise penalty, for copies that are reworded and for copies in another template.
NOISE = (5.0, 60.0)
#: Content is cut at what this share of all rows stays within, either way.
BOUND_SHARE = 0.95
#: The first feature that counts words of a meaning.
FIRST_CONTENT = "question_words"


class Location:
    """A fitted location. ``inputs`` are the weights of raw inputs, ``words`` and ``pairs`` those of buckets."""

    def __init__(self, data: Data, rows: np.ndarray, noise: tuple[float, float] = NOISE) -> None:
        features = len(data.names)
        self.first_content = data.names.index(FIRST_CONTENT)
        noisy = rows[data.noisy]
        # 0.2 is the curvature of the logistic loss where most rows lie: κ then counts as in least squares.
        scales = [np.sqrt(kappa * 0.2 * rows.sum() / noisy.sum()) for kappa in noise]
        moved = [part[noisy] * scale for part, scale in zip((data.rewording, data.rewrapping), scales, strict=True)]
        padding = sparse.csr_matrix((2 * int(noisy.sum()), data.groups.shape[1]))
        penalty = np.concatenate(
            [
                np.full(self.first_content, STRUCTURE),
                np.full(features - self.first_content, CONTENT),
                np.full(scan.BUCKETS, WORDS),
                np.full(scan.BUCKETS, PAIRS),
                np.full(data.groups.shape[1], GROUPS),
            ]
        )
        mean = np.zeros_like(penalty)
        mean[data.names.index("characters")] = LENGTH
        fitted, self.bias = regression.logistic(
            sparse.hstack([data.design[rows], data.groups[rows]]).tocsr(),
            data.failures[rows],
            data.weights[rows],
            regression.Prior(penalty, mean),
            sparse.hstack([sparse.vstack(moved), padding]).tocsr(),
        )
        self.weights = fitted[: data.design.shape[1]]
        standard, self.words, self.pairs = np.split(self.weights, [features, features + scan.BUCKETS])
        self.inputs = standard / data.deviations
        self.base = float(special.logit(np.average(data.failures[rows], weights=data.weights[rows])))

    def of(self, design: sparse.csr_matrix) -> np.ndarray:
        """The location of rows, in logits, before coverage and bounds."""
        return design @ self.weights + self.bias

    def content(self, design: sparse.csr_matrix) -> np.ndarray:
        """Location's part from words and their meanings."""
        return design[:, self.first_content :] @ self.weights[self.first_content :]

    def bound(self, data: Data) -> float:
        """Bound of the content, in logits."""
        return float(np.quantile(np.abs(self.content(data.design)), BOUND_SHARE))
