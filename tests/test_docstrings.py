"""Everything public is documented, and its examples run. Those of classes and of Python's functions pytest runs by itself; those
of the bindings' functions it does not find."""

from __future__ import annotations

import doctest
import importlib
import inspect
from collections.abc import Iterator
from types import ModuleType

import pytest

MODULES = [
    "",
    "aio",
    "config",
    "errors",
    "evaluate",
    "guarantee",
    "host",
    "learn",
    "policy",
    "records",
    "second_stage",
    "signals",
    "stores",
]
WITHOUT_EXAMPLE = {
    "OnnxScorer": "needs a file that the library does not ship",
    "OutcomeLog": "what read_outcomes gives, whose example shows it",
    "Config": "what load gives",
    "OffPolicy": "what off_policy gives",
    "Opinion": "what a stage tells its watch",
    "Signature": "what an OnnxScorer says of its file",
    "Redis": "needs a server",
    "RedisStatus": "what a store says",
    "TopLogprobs": "what read_logprobs gives",
    "RecorderStats": "what a recorder says",
    "Records": "what read gives, whose example shows it",
}


def module(name: str) -> ModuleType:
    return importlib.import_module(f"rheostat.{name}" if name else "rheostat")


def public() -> Iterator[tuple[str, object]]:
    """Every public class and function, once, by its name."""
    seen = set()
    for module_name in MODULES:
        for name in module(module_name).__all__:
            thing = getattr(module(module_name), name)
            if (inspect.isclass(thing) or inspect.isroutine(thing)) and thing not in seen:
                seen.add(thing)
                yield name, thing


def members(thing: type) -> Iterator[tuple[str, object]]:
    """Yields the public members of a class, without the fields of a dataclass, which its class documents."""
    for name, member in vars(thing).items():
        if not name.startswith("_") and name not in getattr(thing, "__dataclass_fields__", ()):
            yield name, member


def is_made_by_users(thing: object) -> bool:
    """Returns True if it can be called: results of the bindings have no constructor, the library raises errors."""
    if not inspect.isclass(thing):
        return True
    return (not issubclass(thing, BaseException) and thing.__new__ is not object.__new__) or "__init__" in vars(thing)


PUBLIC = dict(public())


@pytest.mark.parametrize("name", PUBLIC)
def test_it_is_documented(name: str) -> None:
    thing = PUBLIC[name]
    assert inspect.getdoc(thing), name
    if inspect.isclass(thing) and not issubclass(thing, BaseException):
        for member, value in members(thing):
            assert inspect.getdoc(value), f"{name}.{member}"


@pytest.mark.parametrize("name", PUBLIC)
def test_it_shows_an_example(name: str) -> None:
    thing = PUBLIC[name]
    if is_made_by_users(thing) and name not in WITHOUT_EXAMPLE:
        parts = members(thing) if inspect.isclass(thing) else ()
        docs = [thing.__doc__, *(getattr(part, "__doc__", "") for _, part in parts)]
        assert any(">>>" in (doc or "") for doc in docs), name


@pytest.mark.parametrize("name", [name for name, thing in PUBLIC.items() if inspect.isbuiltin(thing)])
def test_the_examples_of_the_bindings_functions_run(name: str) -> None:
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    example = doctest.DocTestParser().get_doctest(PUBLIC[name].__doc__ or "", {}, name, None, 0)
    assert example.examples, name
    said: list[str] = []
    runner.run(example, out=said.append)
    assert runner.summarize(verbose=False).failed == 0, "".join(said)
