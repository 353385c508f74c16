"""Synthetic token streams: what a model's partial output looks like, from a seeded generator and without a model.

Each token is a row of 20 top log-probabilities, as providers give them. A *sure* token has nearly all of its probability on
one candidate, so the others are far below it: the negative mean of the row, its confidence, is about 15 nats. An *unsure* one
spreads it over all twenty: about 3 to 4 nats. Numbers of this size come from real streams; the streams themselves say nothing.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator

TOP = 20


def sure(rng: random.Random) -> list[float]:
    """One token of which the model is sure."""
    return [-0.01, *sorted((-rng.uniform(9.0, 22.0) for _ in range(TOP - 1)), reverse=True)]


def unsure(rng: random.Random) -> list[float]:
    """One token for which twenty candidates are about as likely."""
    weights = sorted((rng.uniform(0.5, 1.5) for _ in range(TOP)), reverse=True)
    total = sum(weights)
    return [math.log(weight / total) for weight in weights]


def tokens(seed: int, count: int, *, doubt_after: int | None = None) -> Iterator[list[float]]:
    """A stream of `count` tokens, sure until `doubt_after` and unsure from then on."""
    rng = random.Random(seed)
    for i in range(count):
        yield unsure(rng) if doubt_after is not None and i >= doubt_after else sure(rng)
