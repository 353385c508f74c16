"""Sampling of tokens from logits: temperature and top-p, each stream with its own seeded randomness."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]


def log_softmax(logits: Floats) -> Floats:
    """Log-probabilities of rows of logits [B, V].

    Example:
        >>> log_softmax(np.zeros((1, 4), np.float32)).round(3).tolist()
        [[-1.3860000371932983, -1.3860000371932983, -1.3860000371932983, -1.3860000371932983]]
    """
    shifted = logits - logits.max(-1, keepdims=True)
    logprobs: Floats = shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))
    return logprobs


def choose(
    logits: Floats, temperatures: npt.NDArray[np.float64], top_ps: npt.NDArray[np.float64], draws: npt.NDArray[np.float64]
) -> Ints:
    """One token for each row.

    Args:
        logits: The model's logits [B, V].
        temperatures: [B]; 0 is greedy.
        top_ps: [B], above 0 and at most 1: only the likeliest tokens that together have this probability are drawn.
        draws: [B], uniform in [0, 1): the randomness.

    Example:
        >>> logits = np.log(np.array([[0.5, 0.3, 0.2]], np.float32))
        >>> [int(choose(logits, np.ones(1), np.ones(1), np.array([u]))[0]) for u in (0.1, 0.6, 0.9)]
        [0, 1, 2]
    """
    picked: Ints = logits.argmax(-1)
    rows = np.flatnonzero(temperatures > 0)
    if len(rows) == 0:
        return picked
    scaled = logits[rows] / temperatures[rows, None]
    weights = np.exp(scaled - scaled.max(-1, keepdims=True))
    order = np.argsort(-weights, -1, kind="stable")
    ranked = np.cumsum(np.take_along_axis(weights, order, -1), -1)
    total = ranked[:, -1]
    # The nucleus is the shortest head that reaches top_p; a draw falls somewhere in it.
    last = np.minimum((ranked < (top_ps[rows] * total)[:, None]).sum(-1), ranked.shape[-1] - 1)
    mass = np.take_along_axis(ranked, last[:, None], -1)[:, 0]
    rank = np.minimum((ranked <= (draws[rows] * mass)[:, None]).sum(-1), last)
    picked[rows] = np.take_along_axis(order, rank[:, None], -1)[:, 0]
    return picked


def likeliest(logprobs: Floats, k: int) -> tuple[Ints, Floats]:
    """The `k` likeliest tokens of each row and their log-probabilities, likeliest first, each [B, k]."""
    k = min(k, logprobs.shape[-1])
    ids: Ints = np.argpartition(-logprobs, k - 1, -1)[:, :k]
    values = np.take_along_axis(logprobs, ids, -1)
    order = np.argsort(-values, -1, kind="stable")
    return np.take_along_axis(ids, order, -1), np.take_along_axis(values, order, -1)
