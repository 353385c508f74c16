"""Around `rheostat.Vote`: priors, weights of answers, budgets of samples for many queries, and the normal form of answers.

Example:
    >>> from rheostat import votes
    >>> votes.normalise("$42.00$") == votes.normalise("42")
    True
"""

from rheostat._native import (
    BatchAllocator,
    OnlineAllocator,
    VotePrior,
    borda_weights,
    confidence_weights,
    normalise,
    softmax_weights,
)

__all__ = [
    "BatchAllocator",
    "OnlineAllocator",
    "VotePrior",
    "borda_weights",
    "confidence_weights",
    "normalise",
    "softmax_weights",
]
