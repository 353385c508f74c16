"""The names that users type: few at the top, and every other one in the module of its noun."""

from __future__ import annotations

from importlib import import_module

import pytest

import rheostat as rh

MOST = 35
MODULES = (
    "cadence", "config", "errors", "evaluate", "features", "guarantee", "host", "learn", "litellm", "otel", "policy", "records",
    "second_stage", "signals", "sleep", "step_scorers", "stores", "transformers", "treequest", "types", "vllm", "votes", "wire",
)  # fmt: skip


CLIENTS = ("anthropic", "httpx", "openai")
"""Each governs the clients of one library, under the same name."""


def names(module: str) -> list[str]:
    """The public names of a module."""
    return list(import_module(f"rheostat.{module}").__all__)


def test_the_top_has_few_names() -> None:
    assert len(rh.__all__) <= MOST
    assert len(set(rh.__all__)) == len(rh.__all__)
    assert set(dir(rh)) - set(rh.__all__) == {"aio", *CLIENTS, *MODULES} - set(rh.__all__)


def test_every_name_has_one_home() -> None:
    homes: dict[str, list[str]] = {}
    for module in MODULES:
        for name in set(names(module)) - {"govern"}:
            homes.setdefault(name, []).append(module)
    for name in rh.__all__:
        homes.setdefault(name, []).append("the top")
    assert {name: where for name, where in homes.items() if len(where) > 1} == {"RheostatError": ["errors", "the top"]}
    assert all(names(module) == ["govern"] for module in CLIENTS)
    assert "govern" in names("litellm")
    # The asynchronous twin repeats what its host's arguments are made of.
    assert set(names("aio")) <= set(names("host"))


@pytest.mark.parametrize("module", ["", *MODULES])
def test_classes_know_their_home(module: str) -> None:
    found = import_module(f"rheostat.{module}".rstrip("."))
    for name in found.__all__:
        value = getattr(found, name)
        if isinstance(value, type) and name != "RheostatError":
            # Pure Python keeps some classes in a private file of their package.
            home = value.__module__.partition("._")[0]
            assert home == found.__name__ or (home == "rheostat" and "._" in value.__module__), (name, value.__module__)


def test_every_class_of_the_extension_has_a_home() -> None:
    homes = {name for module in MODULES for name in names(module)} | set(rh.__all__)
    classes = {name for name, value in vars(rh._native).items() if isinstance(value, type)}
    wrapped = {"ConfigFile", "HostRules", "Learning", "OutcomeReader", "ScoredOutcome"}
    assert classes - homes == wrapped, "they serve `config`, `host.Host`, `learn.Loop` and `learn.read_outcomes` only"
