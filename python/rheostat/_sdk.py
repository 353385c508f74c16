"""Governs clients of SDKs that send through httpx: those of OpenAI and Anthropic."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable
from typing import Any

from rheostat._checks import wrong_type
from rheostat._decision import attach
from rheostat._exchange import NOTE, Note


def governed_client(
    client: Any, package: str, govern: Callable[[Any], Any], methods: tuple[tuple[str, tuple[str, ...]], ...]
) -> Any:
    """A copy of an SDK's client that sends through a governed client of httpx. Its `methods` attach decisions to their results.

    Raises:
        InvalidTypeError: The client is none of the package's.
    """
    inner = getattr(client, "_client", None)
    if inner is None or not any(base.__module__.partition(".")[0] == package for base in type(client).__mro__):
        raise wrong_type("client", client, f"a client of {package}")
    made = client.copy(http_client=govern(inner))
    for path, names in methods:
        resource = functools.reduce(getattr, path.split("."), made)
        for name in names:
            if (method := getattr(resource, name, None)) is not None:
                setattr(resource, name, _noting(method, sys.modules[package]))
    return made


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
    if note.decision is not None:
        attach(result, note.decision)
    return result


def _error(error: Any, note: Note, package: Any) -> Exception:
    """The error that the SDK raises for a broken connection, in place of the response that stood for it."""
    if note.failure is None:
        return error  # type: ignore[no-any-return]
    if any(base.__name__ == "TimeoutException" for base in type(note.failure).__mro__):
        return package.APITimeoutError(request=error.request)  # type: ignore[no-any-return]
    return package.APIConnectionError(request=error.request)  # type: ignore[no-any-return]
