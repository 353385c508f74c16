"""An upper bound for every allocation of samples that sees only the counts of a question's answers.

Giving a budget to many questions separates, by a price of a sample, into stopping each question by itself (Lagrangian
duality): at any price, no allocation with that many samples a question on average gets more answers right than the best
stopping rule gets net of the price, plus the price of those samples. The best stopping rule is found backwards from the last
sample, over recorded questions in many orders, from the two leading counts and the number of samples, with the right answers
known: so the bound is one for rules fitted to these very questions and orders, and lower with more orders.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

PRICES = np.geomspace(1e-4, 0.1, 48)
"""Price of a sample, in shares of a right answer."""


@dataclass(frozen=True)
class Paths:
    """Questions in many orders. For each number of samples: the state of each path by number, and whether its leader is right."""

    states: list[npt.NDArray[np.int64]]
    right: list[npt.NDArray[np.float64]]


def walk(answers: npt.NDArray[np.int64], gold: npt.NDArray[np.int64], orders: int, seed: int) -> Paths:
    """Counts votes along random orders.

    Args:
        answers: For each question, its samples' answers as numbers from 0.
        gold: For each question, the number of its right answer; any other number when no sample gives it.
        orders: Number of orders.
        seed: Seed of the orders.
    """
    rng = np.random.default_rng(seed)
    drawn = np.concatenate([rng.permuted(answers, axis=1) for _ in range(orders)])
    truth, every = np.tile(gold, orders), np.arange(len(drawn))
    counts = np.zeros((len(drawn), int(answers.max()) + 1), np.int64)
    leader = np.full(len(drawn), -1)
    first, second = (np.zeros(len(drawn), np.int64) for _ in range(2))
    states, right = [], []
    for answer in drawn.T:
        counts[every, answer] += 1
        votes = counts[every, answer]
        leads, other = votes > first, answer != leader
        second = np.where(other, np.where(leads, first, np.maximum(second, votes)), second)
        leader, first = np.where(leads, answer, leader), np.maximum(first, votes)
        states.append(np.unique(first * drawn.shape[1] + second, return_inverse=True)[1].reshape(-1))
        right.append((leader == truth).astype(np.float64))
    return Paths(states, right)


def net(paths: Paths, price: float) -> float:
    """The right answers of the best stopping rule, net of the price of its samples, by question."""
    value = paths.right[-1]
    for state, right in zip(paths.states[-2::-1], paths.right[-2::-1], strict=True):
        ahead = value - price
        goes_on = np.bincount(state, ahead) > np.bincount(state, right)
        value = np.where(goes_on[state], ahead, right)
    return float(value.mean()) - price


def accuracy(paths: Paths, averages: Sequence[float]) -> list[float]:
    """At each average number of samples a question, the share of right answers that no allocation exceeds."""
    values = np.array([net(paths, price) for price in PRICES])
    return [float((values + PRICES * average).min()) for average in averages]
