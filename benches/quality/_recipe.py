"""The reference that learning is held against: few labels, hashed words, and prompt length as the prior.

``score = 0.03 · z(log length) + ridge`` on L2-normalised tf-idf of hashed words and pairs of words, fitted to what is left of
the net gain. It is written down here, apart from the learner, so that the two check each other.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

import rheostat as rh

BUCKETS = 1 << 14
LENGTH = 0.03
"""The net gain for one deviation of log length."""
RIDGE = 8.0
"""λ from about 200 labels on; below that, more."""


class Texts:
    """Texts as rows of hashed words and pairs; rows are multiplied, never made dense as a whole."""

    def __init__(self, texts: list[str]) -> None:
        _, starts, words = rh.features.extract_batch(texts)
        starts = starts.astype(np.int64)
        counts = np.diff(starts)
        row = np.repeat(np.arange(len(texts)), counts)
        before = np.concatenate([[0], words[:-1]]).astype(np.uint64)
        before[starts[:-1][counts > 0]] = 0
        pairs = (before * np.uint64(0x9E37_79B9) ^ words.astype(np.uint64)) * np.uint64(0x85EB_CA6B) & np.uint64(0xFFFF_FFFF)
        self.row = np.concatenate([row, row])
        self.column = np.concatenate([words.astype(np.int64) >> 18, BUCKETS + (pairs.astype(np.int64) >> 18)])
        self.count = len(texts)
        self.size = np.log(np.maximum([len(text) for text in texts], 1))

    def dense(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        """Counts of the chosen rows."""
        place = np.full(self.count, -1)
        place[rows] = np.arange(len(rows))
        chosen = place[self.row] >= 0
        out = np.zeros((len(rows), 2 * BUCKETS), np.float32)
        np.add.at(out, (place[self.row[chosen]], self.column[chosen]), 1.0)
        return out


def length(texts: Texts) -> npt.NDArray[np.float64]:
    """The score without labels: log length, in deviations."""
    size = texts.size
    return np.asarray(LENGTH * (size - size.mean()) / size.std(), float)


def scores(
    texts: Texts, gain: npt.NDArray[np.float64], labelled: npt.NDArray[np.int64], rest: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """Scores of the `rest` from the net gains of the labelled rows."""
    prior = length(texts)
    counted = texts.dense(labelled)
    rarity = np.log((1.0 + len(labelled)) / (1.0 + (counted > 0).sum(axis=0))) + 1.0
    x = _normal(counted * rarity)
    target = gain[labelled] - prior[labelled]
    level = float(target.mean())
    penalty = RIDGE if len(labelled) >= 200 else 30.0
    dual = np.linalg.solve(x @ x.T + penalty * np.eye(len(x)), target - level)
    weights = x.T @ dual
    out = prior[rest].copy()
    for part in np.array_split(np.arange(len(rest)), max(1, len(rest) // 500)):
        out[part] += _normal(texts.dense(rest[part]) * rarity) @ weights
    return np.asarray(out + level, float)


def _normal(x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    size = np.sqrt((x**2).sum(axis=1, keepdims=True))
    return np.asarray(x / np.maximum(size, 1e-12), float)
