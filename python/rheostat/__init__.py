"""Adaptive compute allocation for LLM queries: estimate, plan, watch, ramp, stop, under a hard ceiling.

A `Governor` decides from a query's text alone, in a few microseconds, how much compute it deserves: model, thinking
tokens, samples and depth. A `Plan` starts a `Run`. The run grants calls, reads the tokens that come back, and turns the
budget up or stops, never past the plan's ceiling. The host does all I/O; `rheostat.host.serve` and `rheostat.aio.serve`
are ready-made hosts.
"""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from rheostat import _fork as _fork
from rheostat import errors, guarantee, policy
from rheostat._decision import decision_of
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
from rheostat.errors import RheostatError
from rheostat.types import ActionKind as _ActionKind

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
    from rheostat import evaluate as evaluate
    from rheostat import features as features
    from rheostat import host as host
    from rheostat import httpx as httpx
    from rheostat import learn as learn
    from rheostat import litellm as litellm
    from rheostat import openai as openai
    from rheostat import otel as otel
    from rheostat import records as records
    from rheostat import second_stage as second_stage
    from rheostat import signals as signals
    from rheostat import sleep as sleep
    from rheostat import stores as stores
    from rheostat import transformers as transformers
    from rheostat import types as types
    from rheostat import vllm as vllm
    from rheostat import votes as votes
    from rheostat import wire as wire

_LATER = {
    "aio",
    "anthropic",
    "cadence",
    "config",
    "evaluate",
    "features",
    "host",
    "httpx",
    "learn",
    "litellm",
    "openai",
    "otel",
    "records",
    "second_stage",
    "signals",
    "sleep",
    "stores",
    "transformers",
    "types",
    "vllm",
    "votes",
    "wire",
}
"""Modules that are imported on first use, so that `import rheostat` does not load asyncio."""


def __getattr__(name: str) -> ModuleType:
    if name in _LATER:
        return import_module(f"rheostat.{name}")
    raise AttributeError(f"module 'rheostat' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*__all__, *_LATER})
