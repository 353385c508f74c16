"""Adaptive compute allocation for LLM queries: estimate, plan, watch, ramp, stop, under a hard ceiling.

A `Governor` decides from a query's text alone, in a few microseconds, how much compute it deserves: model, thinking
tokens, samples and depth. A `Plan` starts a `Run`. The run grants calls, reads the tokens that come back, and turns the
budget up or stops, never past the plan's ceiling. The host does all I/O; `rheostat.host.serve` and `rheostat.aio.serve`
are ready-made hosts.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from rheostat import _fork as _fork
from rheostat._native import (
    Action,
    Cadence,
    Call,
    Cap,
    Ceiling,
    Confidence,
    Doubt,
    Estimator,
    Governor,
    Ladder,
    Ledger,
    Move,
    Plan,
    Ramp,
    RheostatError,
    Rules,
    Run,
    Rung,
    Sample,
    Scorer,
    Sessions,
    Vote,
    __version__,
    build_info,
    clock,
    fit,
    logit_stats,
)
from rheostat._native import ActionKind as _ActionKind

__all__ = [
    "CEILING",
    "CONTINUE",
    "RAMP",
    "STOP",
    "Action",
    "Cadence",
    "Call",
    "Cap",
    "Ceiling",
    "Confidence",
    "Doubt",
    "Estimator",
    "Governor",
    "Ladder",
    "Ledger",
    "Move",
    "Plan",
    "Ramp",
    "RheostatError",
    "Rules",
    "Run",
    "Rung",
    "Sample",
    "Scorer",
    "Sessions",
    "Vote",
    "__version__",
    "build_info",
    "clock",
    "decision_of",
    "errors",
    "fit",
    "guarantee",
    "logit_stats",
    "policy",
]

CONTINUE = _ActionKind.CONTINUE
RAMP = _ActionKind.RAMP
STOP = _ActionKind.STOP
CEILING = _ActionKind.CEILING

if TYPE_CHECKING:
    from rheostat import aio as aio
    from rheostat import anthropic as anthropic
    from rheostat import cadence as cadence
    from rheostat import config as config
    from rheostat import errors as errors
    from rheostat import evaluate as evaluate
    from rheostat import features as features
    from rheostat import guarantee as guarantee
    from rheostat import host as host
    from rheostat import httpx as httpx
    from rheostat import learn as learn
    from rheostat import litellm as litellm
    from rheostat import openai as openai
    from rheostat import otel as otel
    from rheostat import policy as policy
    from rheostat import records as records
    from rheostat import second_stage as second_stage
    from rheostat import signals as signals
    from rheostat import sleep as sleep
    from rheostat import step_scorers as step_scorers
    from rheostat import stores as stores
    from rheostat import transformers as transformers
    from rheostat import treequest as treequest
    from rheostat import types as types
    from rheostat import vllm as vllm
    from rheostat import votes as votes
    from rheostat import wire as wire
    from rheostat._decision import decision_of as decision_of

_LATER = {
    "aio",
    "anthropic",
    "cadence",
    "config",
    "errors",
    "evaluate",
    "features",
    "guarantee",
    "host",
    "httpx",
    "learn",
    "litellm",
    "openai",
    "otel",
    "policy",
    "records",
    "second_stage",
    "signals",
    "sleep",
    "step_scorers",
    "stores",
    "transformers",
    "treequest",
    "types",
    "vllm",
    "votes",
    "wire",
}
"""Modules that are imported on first use: most programs need few of them, and `import rheostat` stays short."""


def __getattr__(name: str) -> Any:
    if name in _LATER:
        return import_module(f"rheostat.{name}")
    if name == "decision_of":
        return import_module("rheostat._decision").decision_of
    raise AttributeError(f"module 'rheostat' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*__all__, *_LATER})
