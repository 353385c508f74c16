"""Governs clients of SDKs that send through httpx: those of OpenAI and Anthropic."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Mapping
from typing import Any

from rheostat import httpx
from rheostat._checks import wrong_type
from rheostat._decision import Decision, attach
from rheostat._exchange import NOTE, Note
from rheostat._governed import Options
from rheostat._native import Governor
from rheostat._upstream import SdkUpstream

_PREFIXES = {"openai": "", "anthropic": "/v1"}
"""The part of the path between the address of an SDK's client and a surface."""


def governed_client(client: Any, package: str, governor: Governor, options: Options) -> Any:
    """A copy of an SDK's client that sends through a governed client of httpx, and attaches decisions to what it returns.

    Raises:
        InvalidTypeError: The client, or that of a deployment, is none of the package's.
    """
    inner = _inner("client", client, package)
    if isinstance(named := options.get("deployments"), Mapping):
        made = sys.modules[f"{package}._models"].FinalRequestOptions
        for name, one in named.items():
            _inner(f"deployments[{name!r}]", one, package)
        options["deployments"] = {name: SdkUpstream(one, made, _PREFIXES[package]) for name, one in named.items()}

    def govern(inner: Any) -> Any:
        return httpx.govern(inner, governor, **options)

    return _attaching(client.copy(http_client=govern(inner)), sys.modules[package], govern)


def _inner(what: str, client: Any, package: str) -> Any:
    """The client of httpx that an SDK's client sends with."""
    inner = getattr(client, "_client", None)
    if inner is None or not any(base.__module__.partition(".")[0] == package for base in type(client).__mro__):
        raise wrong_type(what, client, f"a client of {package}")
    return inner


def _attaching(client: Any, package: Any, govern: Callable[[Any], Any]) -> Any:
    """The client, whose requests have a note. Its resources take `post` from it when they are first asked for."""
    client.post = _noting(client.post, package)
    for name, resource in list(vars(client).items()):
        # Clients for other clouds make theirs at once.
        if hasattr(resource, "_post") and getattr(resource, "_client", None) is client:
            setattr(client, name, type(resource)(client))
    for name in ("copy", "with_options"):
        setattr(client, name, _copying(getattr(client, name), package, govern))
    return client


def _copying(copy: Callable[..., Any], package: Any, govern: Callable[[Any], Any]) -> Callable[..., Any]:
    """The method, whose copies are governed and attach decisions, too, also those that send through another client of httpx."""

    @functools.wraps(copy)
    def copying(*args: Any, **keywords: Any) -> Any:
        if (inner := keywords.get("http_client")) is not None and not hasattr(inner, "rheostat_settings"):
            keywords["http_client"] = govern(inner)
        return _attaching(copy(*args, **keywords), package, govern)

    return copying


def _noting(method: Callable[..., Any], package: Any) -> Callable[..., Any]:
    """The method, whose result has the decision about it, and whose errors of the connection are the SDK's own."""

    @functools.wraps(method)
    def noting(*args: Any, **keywords: Any) -> Any:
        note = Note()
        token = NOTE.set(note)
        try:
            result = method(*args, **keywords)
            return _awaited(result, note, package) if inspect.isawaitable(result) else _noted(result, note)
        except package.APIStatusError as error:
            raise _error(error, note, package) from note.failure
        finally:
            NOTE.reset(token)

    return noting


async def _awaited(result: Any, note: Note, package: Any) -> Any:
    token = NOTE.set(note)
    try:
        return _noted(await result, note)
    except package.APIStatusError as error:
        raise _error(error, note, package) from note.failure
    finally:
        NOTE.reset(token)


def _noted(result: Any, note: Note) -> Any:
    if (decision := note.decision) is not None:
        attach(result, decision)
        # A raw response makes its parsed one later.
        if hasattr(result, "http_response") and callable(parse := getattr(result, "parse", None)):
            result.parse = _parsing(parse, decision)
    return result


def _parsing(parse: Callable[..., Any], decision: Decision) -> Callable[..., Any]:
    """The method of a raw response, whose result has the decision, too."""

    @functools.wraps(parse)
    def parsing(*args: Any, **keywords: Any) -> Any:
        parsed = parse(*args, **keywords)
        return _attached(parsed) if inspect.isawaitable(parsed) else with_decision(parsed)

    async def _attached(parsed: Any) -> Any:
        return with_decision(await parsed)

    def with_decision(parsed: Any) -> Any:
        attach(parsed, decision)
        return parsed

    return parsing


def _error(error: Any, note: Note, package: Any) -> Exception:
    """The error that is raised in place of a response that stood for it."""
    if note.error is not None:
        return note.error
    if note.failure is None:
        return error  # type: ignore[no-any-return]
    if any(base.__name__ == "TimeoutException" for base in type(note.failure).__mro__):
        return package.APITimeoutError(request=error.request)  # type: ignore[no-any-return]
    return package.APIConnectionError(request=error.request)  # type: ignore[no-any-return]
