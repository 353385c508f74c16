"""Signals: measurements of an answer while it is written, one small object each, O(1) or O(k) per update.

Invalid values are counted and skipped. docs/signals.md has the definitions, the sources and the costs.

Example:
    >>> from rheostat import signals
    >>> loops = signals.Loops()
    >>> loops.text("and so on " * 40), loops.found
    (True, Loop(period=3, run=117, at=67))
"""

from rheostat._logprobs import TopLogprobs, read_logprobs
from rheostat._native import (
    Confidence,
    ConfidenceGate,
    ConfidenceSummary,
    Cusum,
    Eat,
    Ema,
    ExitRule,
    LogitStats,
    LogitStatsBatch,
    Loop,
    Loops,
    MarkerCounts,
    Markers,
    Probes,
    ProbeSchedule,
    Quadrants,
    Stall,
    StepAdvice,
    StepGuide,
    Steps,
    TextSignals,
    TopEntropy,
    answer_confidence,
    calibrate_doubt,
    calibrate_exit,
    confidence_summary,
    is_uncertain,
    keep_confident,
    logit_stats,
    probe_efforts,
    quadrant,
    top_entropy,
    top_tokens,
)

__all__ = [
    "Confidence",
    "ConfidenceGate",
    "ConfidenceSummary",
    "Cusum",
    "Eat",
    "Ema",
    "ExitRule",
    "LogitStats",
    "LogitStatsBatch",
    "Loop",
    "Loops",
    "MarkerCounts",
    "Markers",
    "ProbeSchedule",
    "Probes",
    "Quadrants",
    "Stall",
    "StepAdvice",
    "StepGuide",
    "Steps",
    "TextSignals",
    "TopEntropy",
    "TopLogprobs",
    "answer_confidence",
    "calibrate_doubt",
    "calibrate_exit",
    "confidence_summary",
    "is_uncertain",
    "keep_confident",
    "logit_stats",
    "probe_efforts",
    "quadrant",
    "read_logprobs",
    "top_entropy",
    "top_tokens",
]
