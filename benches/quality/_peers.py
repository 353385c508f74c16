"""Other routers as scorers, called as their users call them, where they are installed."""

from __future__ import annotations

import functools
import importlib
import os
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

ROUTER = "litellm.router_strategy.complexity_router.complexity_router"


def scores(prompts: list[str]) -> dict[str, npt.NDArray[np.float64]]:
    """The scores of LiteLLM's complexity routers by name; nothing where it is not installed."""
    return {name: np.array([score(prompt) for prompt in prompts], float) for name, score in scorers().items()}


def scorers() -> dict[str, Callable[[str], float]]:
    """Functions that score one prompt, by name."""
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")  # its import asks the network for prices otherwise
    try:
        module: Any = importlib.import_module(ROUTER)
    except ImportError:
        return {}
    out: dict[str, Callable[[str], float]] = {}
    for name, kind in (("LiteLLM complexity v1", "heuristic"), ("LiteLLM complexity v2", "heuristic_v2")):
        tiers = {"SIMPLE": "a", "MEDIUM": "b", "COMPLEX": "c", "REASONING": "d"}
        router = module.ComplexityRouter("auto", None, {"tiers": tiers, "classifier_type": kind}, derive_savings_baseline=False)
        out[name] = functools.partial(_score, router, kind=kind)
    return out


def _score(router: Any, prompt: str, *, kind: str) -> float:
    if kind == "heuristic":
        return float(router.classify(prompt)[1])
    try:
        router.aclassify(prompt).send(None)
    except StopIteration as done:
        # It gives no score, but its chance that the cheapest tier would do.
        return 1.0 - float(done.value.heuristic_v2_forecast["probabilities"]["SIMPLE"])
    raise RuntimeError("heuristic_v2 waited for something")
