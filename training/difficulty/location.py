"""The location: how hard a query is, in logits of the share of a mixed panel of models that fails it.

A logistic regression on structure, hashed words and pairs, in two stages. Four things make it hold on tasks that it has not seen:

- each group of an outcome set has an intercept of its own, so the weights learn what makes a question harder *within* a
  task, and the panel of a set does not pass for the difficulty of its prompts;
- the structure's weights are drawn hard towards a prior in which only length counts;
- weights that react to a rewording are penalised: κ·n·E[(x − x′)(x − x′)ᵀ] over copies x′ of prompts, more where a copy
  differs in its template alone, because the template of an ask is no part of the question;
- what is asked for is fitted last, with all other weights fixed. Exams ask for little but an answer, so these weights come from
  the authors' own asks; fitted together, they would pull the words' weights away from what outcomes say.
"""

from __future__ import annotations

import numpy as np
import regression
import scan
from data import FIRST_CONTENT, FIRST_MEANING, Data
from scipy import sparse, special

#: Precisions of the priors of the structure's weights (by deviation), of meanings, words, pairs and groups' intercepts;
#: and of what is asked for, and of words of depth, in the second stage. Freely fitted, depth would put designs above proofs.
STRUCTURE, MEANINGS, WORDS, PAIRS, GROUPS, ASKS, DEPTHS = 5_000.0, 1_000.0, 20.0, 30.0, 1.0, 1.0, 1_000.0
#: The precision of a weight that stays at its prior mean.
HELD = 1e9
#: The prior mean of the weight of one deviation of log length, in logits.
LENGTH = 0.15
#: κ of the noise penalty, for copies that are reworded and for copies in another template; and the same in the second stage.
NOISE = (5.0, 60.0)
NOISE_OF_ASKS = (1.0, 10.0)
#: What an ask of the authors' own weighs in the second stage, of its weight in the first.
SHARE = 0.4
#: Content (asks, meanings, words and pairs together) is cut at what this share of all rows stays within, either way, and at no
#: more than the second number, in logits. Twenty words, however chosen, may move a location by 2.5 at most
#: (``rust/core/tests/estimate.rs``): twice the bound by what they say and ask for, and 0.06 by their number and length.
BOUND_SHARE, GREATEST_BOUND = 0.95, 1.22
#: The feature of meaning that belongs to the asks.
DEPTH = "depth_words"
#: The size of material, which makes nothing harder: without a weight.
MATERIAL = "material_words"


class Location:
    """A fitted location. ``inputs`` are the weights of raw inputs, ``words`` and ``pairs`` those of buckets."""

    def __init__(self, data: Data, rows: np.ndarray, noise: tuple[float, float] = NOISE) -> None:
        features = len(data.names)
        penalty = np.concatenate(
            [
                np.full(data.names.index(FIRST_MEANING), STRUCTURE),
                np.full(features - data.names.index(FIRST_MEANING), MEANINGS),
                np.full(scan.BUCKETS, WORDS),
                np.full(scan.BUCKETS, PAIRS),
                np.full(data.groups.shape[1], GROUPS),
            ]
        )
        penalty[asks(data)] = HELD
        mean = np.zeros_like(penalty)
        mean[data.names.index("characters")] = LENGTH
        moved = still(data, rows, noise)
        padding = sparse.csr_matrix((moved.shape[0], data.groups.shape[1]))
        fitted, bias = regression.logistic(
            sparse.hstack([data.design[rows], data.groups[rows]]).tocsr(),
            data.failures[rows],
            data.weights[rows],
            regression.Prior(penalty, mean),
            sparse.hstack([moved, padding]).tocsr(),
        )
        base = float(special.logit(np.average(data.failures[rows], weights=data.weights[rows])))
        self._set(data, fitted[: data.design.shape[1]], bias, base)
        self.fit_asks(data, rows, noise if noise != NOISE else NOISE_OF_ASKS)

    @classmethod
    def of_artifact(cls, data: Data, sections: dict[str, np.ndarray]) -> Location:
        """The location that an artifact holds, with its bound, and without what is asked for."""
        bias, word_unit, pair_unit, base, _, _, bound, *_ = (float(x) for x in sections["scalars"])
        weights = np.where(np.isfinite(data.deviations), sections["weights"], 0.0)
        weights[asks(data)] = 0.0
        bias += float(weights @ (data.means - sections["means"]))
        standard = weights * np.where(np.isfinite(data.deviations), data.deviations, 0.0)
        location = cls.__new__(cls)
        words, pairs = sections["words"] * word_unit, sections["pairs"] * pair_unit
        location._set(data, np.concatenate([standard, words, pairs]), bias, base)
        location._bound = bound
        return location

    def fit_asks(self, data: Data, rows: np.ndarray, noise: tuple[float, float] = NOISE_OF_ASKS) -> None:
        """Fits the weights of what is asked for, anew, and leaves all others as they are."""
        columns = asks(data)
        weights = self.weights.copy()
        weights[columns] = 0.0
        moved = still(data, rows, noise)[:, columns].toarray()
        padding = np.zeros((len(moved), data.groups.shape[1]))
        of_columns = np.full(len(columns), ASKS)
        of_columns[columns == data.names.index(DEPTH)] = DEPTHS
        of_columns[columns == data.names.index(MATERIAL)] = HELD
        penalty = np.concatenate([of_columns, np.full(data.groups.shape[1], GROUPS)])
        fitted, _ = regression.logistic(
            np.hstack([data.design[rows][:, columns].toarray(), data.groups[rows].toarray()]),
            data.failures[rows],
            np.where(data.real, 1.0, SHARE)[rows] * data.weights[rows],
            regression.Prior(penalty, np.zeros_like(penalty)),
            np.hstack([moved, padding]),
            offset=data.design[rows] @ weights + self.bias,
        )
        weights[columns] = fitted[: len(columns)]
        self._set(data, weights, self.bias, self.base)

    def _set(self, data: Data, weights: np.ndarray, bias: float, base: float) -> None:
        features = len(data.names)
        self.first_content = data.names.index(FIRST_CONTENT)
        self.weights, self.bias, self.base = weights, bias, base
        standard, self.words, self.pairs = np.split(weights, [features, features + scan.BUCKETS])
        self.inputs = standard / data.deviations

    #: The bound of the artifact, if the location comes from one.
    _bound: float | None = None

    def of(self, design: sparse.csr_matrix) -> np.ndarray:
        """The location of rows, in logits, before coverage and bounds."""
        return design @ self.weights + self.bias

    def content(self, design: sparse.csr_matrix) -> np.ndarray:
        """Location's part from what is asked for, and from words and their meanings."""
        return design[:, self.first_content :] @ self.weights[self.first_content :]

    def bounded(self, data: Data, design: sparse.csr_matrix) -> np.ndarray:
        """The location of rows with their content cut to its bound."""
        content, bound = self.content(design), self.bound(data)
        return self.of(design) - content + np.clip(content, -bound, bound)

    def bound(self, data: Data) -> float:
        """Bound of the content, in logits."""
        if self._bound is not None:
            return min(self._bound, GREATEST_BOUND)
        return min(float(np.quantile(np.abs(self.content(data.design)), BOUND_SHARE)), GREATEST_BOUND)


def asks(data: Data) -> np.ndarray:
    """The columns of what is asked for."""
    first, end = (data.names.index(name) for name in (FIRST_CONTENT, FIRST_MEANING))
    return np.append(np.arange(first, end), data.names.index(DEPTH))


def still(data: Data, rows: np.ndarray, noise: tuple[float, float]) -> sparse.csr_matrix:
    """The differences between prompts and their copies, scaled by the noise penalty."""
    noisy = rows[data.noisy]
    # 0.2 is the curvature of the logistic loss where most rows lie: κ then counts as in least squares.
    scales = [np.sqrt(kappa * 0.2 * rows.sum() / noisy.sum()) for kappa in noise]
    moved = [part[noisy] * scale for part, scale in zip((data.rewording, data.rewrapping), scales, strict=True)]
    return sparse.vstack(moved).tocsr()
