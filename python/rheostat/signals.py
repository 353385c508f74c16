"""Signals: measurements of an answer while it is written, one small object each, O(1) or O(k) per update.

A run reads all of them itself, and `rheostat.Rules` sets what each leads to. The objects here are for logs from which a rule's
bar is chosen. Invalid values are counted and skipped. docs/signals.md has the definitions, the sources and the costs.

Example:
    >>> from rheostat import signals
    >>> loops = signals.Loops()
    >>> loops.text("and so on " * 40), loops.found
    (True, Repetition(period=3, run=117, at=67))
"""

from rheostat._logprobs import TopLogprobs, read_logprobs
from rheostat._native import (
    ExitRule,
    LogitStats,
    LogitStatsBatch,
    Loops,
    MarkerCounts,
    Markers,
    Repetition,
    calibrate_doubt,
    calibrate_exit,
    top_tokens,
)
from rheostat._step_scores import read_step_scores

__all__ = [
    "ExitRule",
    "LogitStats",
    "LogitStatsBatch",
    "Loops",
    "MarkerCounts",
    "Markers",
    "Repetition",
    "TopLogprobs",
    "calibrate_doubt",
    "calibrate_exit",
    "read_logprobs",
    "read_step_scores",
    "top_tokens",
]
