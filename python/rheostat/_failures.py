"""Reads a client's exception: the kind of the failure, and the seconds to wait.

Only read here: the tables of statuses and codes are the library's (`rust/wire/src/failure.rs`), and the run decides what follows.
Exceptions of clients are known by the names of their classes, so that no client is imported.
"""

from __future__ import annotations

import errno
import time
from collections.abc import Iterator, Mapping
from typing import Any

from rheostat._native import read_failure, read_retry_after
from rheostat.errors import FailureKind, ProviderError, RheostatError

__all__ = ["kind_of", "retry_after_of"]

MOST = 16
"""Exceptions that are looked at along a chain of causes."""

NAMES: Mapping[str, FailureKind] = {
    # Nothing was sent.
    "ConnectionRefusedError": "unreached",  # Python
    "gaierror": "unreached",  # socket: the host is unknown
    "SSLCertVerificationError": "unreached",  # ssl
    "ConnectError": "unreached",  # httpx, httpcore
    "ConnectTimeout": "unreached",  # httpx, httpcore, requests
    "PoolTimeout": "unreached",  # httpx, httpcore
    "UnsupportedProtocol": "unreached",  # httpx, httpcore
    "ClientConnectorError": "unreached",  # aiohttp, with its kinds for DNS, TLS and certificates
    "ConnectionTimeoutError": "unreached",  # aiohttp
    "NewConnectionError": "unreached",  # urllib3
    "NameResolutionError": "unreached",  # urllib3
    "ConnectTimeoutError": "unreached",  # urllib3, botocore
    "EndpointConnectionError": "unreached",  # botocore
    "ProxyConnectionError": "unreached",  # botocore
    "ProxyError": "unreached",  # httpx, urllib3, requests: the proxy gave no connection
    # The request itself is wrong.
    "InvalidURL": "permanent",  # httpx, aiohttp, requests, http.client
    "MissingSchema": "permanent",  # requests
    "NoCredentialsError": "permanent",  # botocore
    "ParamValidationError": "permanent",  # botocore
    "ContextWindowExceededError": "permanent",  # litellm
    # The content was refused.
    "ContentPolicyViolationError": "refusal",  # litellm
    "ContentFilterFinishReasonError": "refusal",  # openai
    # Something may have been worked on.
    "ConnectionResetError": "transient",  # Python
    "ConnectionAbortedError": "transient",  # Python
    "BrokenPipeError": "transient",  # Python
    "IncompleteRead": "transient",  # http.client, urllib3
    "RemoteDisconnected": "transient",  # http.client
    "ReadTimeout": "transient",  # httpx, httpcore, requests
    "WriteTimeout": "transient",  # httpx, httpcore
    "ReadError": "transient",  # httpx, httpcore
    "WriteError": "transient",  # httpx, httpcore
    "RemoteProtocolError": "transient",  # httpx, httpcore
    "ServerDisconnectedError": "transient",  # aiohttp
    "ServerTimeoutError": "transient",  # aiohttp
    "ClientPayloadError": "transient",  # aiohttp
    "ReadTimeoutError": "transient",  # urllib3, botocore
    "ProtocolError": "transient",  # urllib3
    "ChunkedEncodingError": "transient",  # requests
    "ConnectionClosedError": "transient",  # botocore
}
"""Classes of exceptions whose name tells the kind. Others, such as an SDK's `APIConnectionError`, are read by their cause."""

BUGS = frozenset(
    {
        TypeError,
        AttributeError,
        NameError,
        UnboundLocalError,
        ImportError,
        ModuleNotFoundError,
        NotImplementedError,
        AssertionError,
        SyntaxError,
        IndentationError,
    }
)
"""Errors of the client's own code, which it makes each time. Not their subclasses, and no `ValueError` or `KeyError`: what came
from a provider may be the reason of those."""

UNREACHED = frozenset(
    getattr(errno, name)
    for name in ("ECONNREFUSED", "EHOSTUNREACH", "EHOSTDOWN", "ENETUNREACH", "ENETDOWN", "EADDRNOTAVAIL")
    if hasattr(errno, name)
)


def kind_of(error: BaseException) -> FailureKind:
    """Returns the kind of a client's error: `"transient"` if nothing tells, and `"permanent"` for an error of its own code.

    For each error, from the outermost to its causes: what a `ProviderError` says, the codes of its body, its class, its HTTP
    status, its `errno`.
    """
    for one in _causes(error):
        if isinstance(one, ProviderError):
            return one.kind
        kind = read_failure(None, _codes(one)) or _named(one) or read_failure(_status(one)) or _numbered(one)
        if kind is not None:
            return kind
    return "permanent" if type(error) in BUGS or isinstance(error, RheostatError) else "transient"


def retry_after_of(error: BaseException) -> float | None:
    """Returns the seconds that a client's error asks to wait: of a `ProviderError`, or of a `Retry-After` header."""
    for one in _causes(error):
        if isinstance(one, ProviderError):
            wait = one.retry_after
            return wait if isinstance(wait, (int, float)) and wait >= 0 else None
        for headers in _headers(one):
            milliseconds, header = _header(headers, "retry-after-ms"), _header(headers, "retry-after")
            if milliseconds is not None and (wait := read_retry_after(milliseconds, time.time())) is not None:
                return wait / 1e3
            if header is not None and (wait := read_retry_after(header, time.time())) is not None:
                return wait
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yields an error and those behind it, nearest first."""
    waiting, seen = [error], {id(error)}
    for _ in range(MOST):
        if not waiting:
            return
        one = waiting.pop(0)
        yield one
        behind = [_get(one, "reason"), one.__cause__, one.__context__]
        # An exception may be the argument of another, and several may be a group.
        for several in (_get(one, "args"), _get(one, "exceptions")):
            behind += several[:4] if isinstance(several, tuple) else ()
        for cause in behind:
            if isinstance(cause, BaseException) and id(cause) not in seen:
                seen.add(id(cause))
                waiting.append(cause)


def _get(value: Any, name: str) -> Any:
    """An attribute, or None, also where a client computes it and that raises."""
    try:
        return getattr(value, name, None)
    except Exception:  # noqa: BLE001
        return None


def _item(value: Any, *names: str) -> Any:
    """An item of nested mappings, or None."""
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _status(error: BaseException) -> int | None:
    """The HTTP status of an error or of its response."""
    response = _get(error, "response")
    found = [_get(error, "status_code"), _get(error, "status"), _get(response, "status_code"), _get(response, "status")]
    found.append(_item(response, "ResponseMetadata", "HTTPStatusCode"))
    # `code` comes last: in aiohttp it warns, and elsewhere it may be no status.
    for status in found:
        if isinstance(status, int) and _is_status(status):
            return int(status)
    if any(isinstance(status, int) for status in found):
        return None
    code = _get(error, "code")
    return int(code) if isinstance(code, int) and _is_status(code) else None


def _is_status(value: int) -> bool:
    return not isinstance(value, bool) and 100 <= value < 600


def _codes(error: BaseException) -> list[str]:
    """The words of an error that may be a provider's code."""
    body, response = _get(error, "body"), _get(error, "response")
    inner = _item(body, "error") if isinstance(_item(body, "error"), Mapping) else body
    found = [_item(inner, "code"), _item(inner, "type"), _item(inner, "status"), _item(response, "Error", "Code")]
    if _get(error, "status") is None or isinstance(_get(error, "status"), str):
        found += [_get(error, "code"), _get(error, "type"), _get(error, "status")]
    return [code for code in found if isinstance(code, str)]


def _named(error: BaseException) -> FailureKind | None:
    return next((NAMES[one.__name__] for one in type(error).__mro__ if one.__name__ in NAMES), None)


def _numbered(error: BaseException) -> FailureKind | None:
    return "unreached" if isinstance(error, OSError) and error.errno in UNREACHED else None


def _headers(error: BaseException) -> Iterator[Any]:
    response = _get(error, "response")
    yield _get(response, "headers")
    yield _get(error, "headers")
    yield _item(response, "ResponseMetadata", "HTTPHeaders")


def _header(headers: Any, name: str) -> str | None:
    """A header, whatever its case."""
    get = _get(headers, "get")
    if not callable(get):
        return None
    for spelled in (name, name.title()):
        try:
            value = get(spelled)
        except Exception:  # noqa: BLE001
            return None
        if isinstance(value, (str, int, float)) and not isinstance(value, bool):
            return str(value)
    return None
