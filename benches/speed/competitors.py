"""Other libraries, called as their users call them, from their own packages.

Each opener returns the callable to time, or raises `NotInstalled` with the reason, which the report prints instead of
a number. Where two ways to call exist, the one that is faster for the competitor is taken, and said here.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import importlib.util
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any


class NotInstalled(Exception):
    """The competitor cannot be imported here."""


def version(package: str) -> str:
    """The installed version of a distribution, or "not installed"."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


@contextlib.contextmanager
def _importing(package: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        raise NotInstalled(f"{package}: {type(error).__name__}: {error}") from error


def _complexity_router(classifier: str) -> Any:
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")  # Its import asks the network for prices otherwise.
    with _importing("litellm"):
        from litellm.router_strategy.complexity_router.complexity_router import ComplexityRouter

        tiers = {"SIMPLE": "small", "MEDIUM": "mid", "COMPLEX": "large", "REASONING": "largest"}
        config = {"tiers": tiers, "classifier_type": classifier}
        return ComplexityRouter("auto", None, config, derive_savings_baseline=False)


def litellm_v1() -> Callable[[str], object]:
    """LiteLLM's complexity router with its default classifier: `ComplexityRouter.classify(prompt)`."""
    router = _complexity_router("heuristic")
    classify: Callable[[str], object] = router.classify
    return classify


def litellm_v2() -> Callable[[str], object]:
    """LiteLLM's `classifier_type: heuristic_v2`, whose one public entry is the coroutine `aclassify`.

    The coroutine never waits, so it is driven by hand, without an event loop: cheaper than any user has it.
    """
    aclassify = _complexity_router("heuristic_v2").aclassify

    def classify(prompt: str) -> object:
        try:
            aclassify(prompt).send(None)
        except StopIteration as done:
            return done.value
        raise RuntimeError("heuristic_v2 waited for something")

    if getattr(classify("hello"), "cause", None) != "heuristic_v2":
        raise NotInstalled("litellm: heuristic_v2 is not what answered")
    return classify


def deepconf() -> ModuleType:
    """deepconf's own functions: its `utils` module, loaded alone, because the package imports an inference engine."""
    with _importing("deepconf"):
        package = importlib.util.find_spec("deepconf")
        if package is None or not package.submodule_search_locations:
            raise ModuleNotFoundError("No module named 'deepconf'")
        path = Path(package.submodule_search_locations[0]) / "utils.py"
        spec = importlib.util.spec_from_file_location("deepconf_utils", path)
        if spec is None or spec.loader is None:
            raise ImportError("its utils module has no loader")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module


def adaptive_consistency() -> Callable[[list[str]], bool]:
    """AdaptiveConsistency's Beta rule: `AC(stop_criteria="beta").should_stop(answers)`, all answers so far each time."""
    with _importing("AdaptiveConsistency"):
        from adaptive_consistency import AC

        should_stop: Callable[[list[str]], bool] = AC(max_gens=40, stop_criteria="beta").should_stop
        should_stop(["a", "b"])
        return should_stop


def peer(path: Path) -> tuple[str, Callable[[str], object]]:
    """The router of an adapter: a file with a `NAME` and an `open_router`, as those in `benches/peers/`."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise NotInstalled(f"{path.name}: it is no Python file")
    module = importlib.util.module_from_spec(spec)
    with _importing(path.name):
        spec.loader.exec_module(module)
        return str(module.NAME), module.open_router()
