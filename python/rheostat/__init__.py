"""Adaptive compute allocation for LLM queries: estimate, plan, watch, ramp, stop, under a hard ceiling.

A `Governor` decides from a query's text alone, in a microsecond or two, how much compute it deserves: model, thinking
tokens, samples and depth. A `Plan` starts a `Run`. The run grants calls, reads the tokens that come back, and turns the
budget up or stops, never past the plan's ceiling. The host does all I/O; `rheostat.host.serve` and `rheostat.aio.serve`
are ready-made hosts.
"""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from rheostat import errors, guarantee, policy
from rheostat._kinds import CEILING, CONTINUE, RAMP, STOP
from rheostat._native import (
    Action,
    ActionKind,
    BatchAllocator,
    CalibrationReport,
    Call,
    Cap,
    Ceiling,
    Confidence,
    Doubt,
    Drift,
    DriftReport,
    Estimate,
    EstimateBatch,
    Estimator,
    Event,
    Explanation,
    FeatureSpec,
    FitReport,
    Governor,
    Grading,
    Hold,
    Information,
    Ladder,
    Learner,
    Ledger,
    LedgerStats,
    Limit,
    LogitStats,
    LogitStatsBatch,
    Move,
    OnlineAllocator,
    Outcome,
    Plan,
    PlanBatch,
    Ramp,
    Readings,
    Rules,
    Run,
    Rung,
    Sample,
    Sessions,
    Spent,
    Vote,
    VotePrior,
    __version__,
    borda_weights,
    build_info,
    calibrate,
    clock,
    confidence_weights,
    feature_specs,
    features,
    features_batch,
    fit,
    logit_stats,
    normalise,
    softmax_weights,
)
from rheostat._outcomes import OutcomeLog, read_outcomes
from rheostat.errors import (
    ArtifactError,
    DeniedError,
    InvalidTypeError,
    InvalidValueError,
    MalformedError,
    MissingExtraError,
    RheostatError,
    StateError,
    StoreError,
    UnknownNameError,
)

__all__ = [
    "CEILING",
    "CONTINUE",
    "RAMP",
    "STOP",
    "Action",
    "ActionKind",
    "ArtifactError",
    "BatchAllocator",
    "CalibrationReport",
    "Call",
    "Cap",
    "Ceiling",
    "Confidence",
    "DeniedError",
    "Doubt",
    "Drift",
    "DriftReport",
    "Estimate",
    "EstimateBatch",
    "Estimator",
    "Event",
    "Explanation",
    "FeatureSpec",
    "FitReport",
    "Governor",
    "Grading",
    "Hold",
    "Information",
    "InvalidTypeError",
    "InvalidValueError",
    "Ladder",
    "Learner",
    "Ledger",
    "LedgerStats",
    "Limit",
    "LogitStats",
    "LogitStatsBatch",
    "MalformedError",
    "MissingExtraError",
    "Move",
    "OnlineAllocator",
    "Outcome",
    "OutcomeLog",
    "Plan",
    "PlanBatch",
    "Ramp",
    "Readings",
    "RheostatError",
    "Rules",
    "Run",
    "Rung",
    "Sample",
    "Sessions",
    "Spent",
    "StateError",
    "StoreError",
    "UnknownNameError",
    "Vote",
    "VotePrior",
    "__version__",
    "borda_weights",
    "build_info",
    "calibrate",
    "clock",
    "confidence_weights",
    "errors",
    "feature_specs",
    "features",
    "features_batch",
    "fit",
    "guarantee",
    "logit_stats",
    "normalise",
    "policy",
    "read_outcomes",
    "softmax_weights",
]

if TYPE_CHECKING:
    from rheostat import aio as aio
    from rheostat import config as config
    from rheostat import evaluate as evaluate
    from rheostat import host as host
    from rheostat import learn as learn
    from rheostat import records as records
    from rheostat import second_stage as second_stage
    from rheostat import signals as signals
    from rheostat import stores as stores

_LATER = {"aio", "config", "evaluate", "host", "learn", "records", "second_stage", "signals", "stores"}
"""Modules that are imported on first use, so that `import rheostat` does not load asyncio."""


def __getattr__(name: str) -> ModuleType:
    if name in _LATER:
        return import_module(f"rheostat.{name}")
    raise AttributeError(f"module 'rheostat' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*__all__, *_LATER})
