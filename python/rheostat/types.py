"""The types of values that the library returns and that no caller makes: for annotations.

Example:
    >>> import rheostat as rh
    >>> estimate: rh.types.Estimate = rh.Estimator().estimate("Why is the sky blue?")
    >>> 0.0 <= estimate.difficulty <= 1.0
    True
"""

from rheostat._native import (
    ActionKind,
    Estimate,
    EstimateBatch,
    Event,
    Explanation,
    Grading,
    Hold,
    Information,
    LedgerStats,
    Limit,
    Outcome,
    PlanBatch,
    Readings,
    Spent,
)

__all__ = [
    "ActionKind",
    "Estimate",
    "EstimateBatch",
    "Event",
    "Explanation",
    "Grading",
    "Hold",
    "Information",
    "LedgerStats",
    "Limit",
    "Outcome",
    "PlanBatch",
    "Readings",
    "Spent",
]
