"""Governed clients of httpx and httpx2: what is asked of the model "auto" is decided, sent, watched and answered by a governor.

client = rheostat.httpx.govern(httpx.Client(base_url="https://api.openai.com/v1", headers=…), governor)
client.post("/chat/completions", json={"model": "auto", "messages": […]})

Every other request passes through untouched. The SDKs of OpenAI and Anthropic send through such a client: see `rheostat.openai`
and `rheostat.anthropic`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeVar

from rheostat._checks import wrong_type
from rheostat._exchange import Exchange, refused
from rheostat._governed import Head, Judge, Refused, Surface, decide, governed, surface_of
from rheostat._native import Governor
from rheostat._prompts import Prompts
from rheostat._upstream import Upstream

__all__ = ["govern"]

C = TypeVar("C")


def govern(
    client: C,
    governor: Governor,
    *,
    models: str | list[str] = "auto",
    answer: Callable[[str], str | None] | None = None,
    prompts: Prompts | None = None,
    judge: Judge = "before_first_byte",
    hold_tokens: int = 64,
    hold_seconds: float = 2.0,
    concurrency: int = 16,
    deployments: Mapping[str, Any] | None = None,
    together: bool | None = None,
) -> C:
    """Returns a client that shares everything with the given one, and governs requests for the model "auto".

    Requests to paths that end with `/chat/completions`, `/responses` or `/messages` are governed, in the format of OpenAI
    or Anthropic that the path names; and those to `/models/auto:generateContent`, `/models/auto:rawPredict` and their
    streams, in Gemini's format and that of Claude on Vertex. Each sample is a request of its own and is streamed, so that
    the run can stop it. The client gets the best reply, in the form that it asked for, with the headers `x-rheostat-rung`,
    `-model`, `-difficulty` and others.
    The headers `x-rheostat-session` and `x-rheostat-tenant` of a request name its session and its payer.

    Args:
        client: An `httpx.Client` or `httpx.AsyncClient`, or one of httpx2. It still works, ungoverned.
        governor: The governor.
        models: The name, or names, of a model that is governed.
        answer: Takes the final answer out of a reply's text, so that samples can be compared: see `rheostat.host.serve`.
        prompts: The wishes of revisions, verifications, probes and continuations.
        judge: When the first event of a stream goes out. `"before_first_byte"`: after `hold_tokens` pieces or `hold_seconds`;
            until then the run may try again or go up, unseen. `"never_restart"`: at once. `"buffer"`: when the run has ended.
            What was sent is never taken back: behind it the run only goes on, raises the budget or stops.
        hold_tokens: Pieces of text that are held back, at least 0.
        hold_seconds: Seconds that they are held back, at least 0.
        concurrency: The most streams at once, for an asynchronous client. A synchronous one sends one after another.
        deployments: Clients by the names that rungs have for them (`Rung(deployment=…, fallbacks=…)`), each with its own
            `base_url`, headers and authentication, and asynchronous if `client` is. A rung without a deployment goes to `client`.
            Of the user's headers a deployment gets none that may hold a key.
        together: True to ask for all samples of a call in one request, where the format has a parameter for that (`n` of chat
            completions); False for a request each. None: where the model is known to take it, and all would be sent at once.

    Returns:
        A client of the same type.

    Raises:
        InvalidTypeError: The client is none of httpx, or another argument has a wrong type.
        InvalidValueError: `judge`, a bound of it, or `concurrency` is out of bounds.
        UnknownNameError: A rung names a deployment that `deployments` does not have.
    """
    base: Any = _base(client)
    settings = governed(
        governor,
        models=models,
        answer=answer,
        prompts=Prompts() if prompts is None else prompts,
        judge=judge,
        hold=(hold_tokens, hold_seconds),
        concurrency=concurrency,
        deployments=_checked({} if deployments is None else deployments, base),
        together=together,
    )
    made: Any = object.__new__(_async_type(base) if base.__name__ == "AsyncClient" else _sync_type(base))
    # All state is shared: connections, cookies, and whether it is closed.
    made.__dict__ = client.__dict__
    made.rheostat_client, made.rheostat_settings = client, settings
    return made  # type: ignore[no-any-return]


def _checked(deployments: Mapping[str, Any], base: type[Any]) -> Mapping[str, Any]:
    """The deployments, each a client of the same kind as the governed one: it sends from the same code."""
    named: object = deployments
    for name, one in named.items() if isinstance(named, Mapping) else ():
        client = one.client if isinstance(one, Upstream) else one
        if _base(client).__name__ != base.__name__:
            kind = "an asynchronous client" if base.__name__ == "AsyncClient" else "a synchronous client"
            raise wrong_type(f"deployments[{name!r}]", client, f"{kind}, as the governed one")
    return deployments


def _base(client: object) -> type[Any]:
    """The class of httpx or httpx2 that a client is one of."""
    for base in type(client).__mro__:
        if base.__module__.partition(".")[0] in ("httpx", "httpx2") and base.__name__ in ("Client", "AsyncClient"):
            return base
    raise wrong_type("client", client, "an httpx.Client or an httpx.AsyncClient")


@cache
def _sync_type(base: Any) -> type[Any]:
    class GovernedClient(base):  # type: ignore[misc]
        __slots__ = ("rheostat_client", "rheostat_settings")

        def send(self, request: Any, *, stream: bool = False, **options: Any) -> Any:
            # A closed client refuses by itself, before anything is granted.
            surface, head = (None, None) if self.is_closed else _surface(request)
            asked = surface and decide(self.rheostat_settings, surface, request.read(), request.headers, head)
            if not asked:
                return self.rheostat_client.send(request, stream=stream, **options)
            if isinstance(asked, Refused):
                return refused(base, request, asked)
            response = Exchange(self.rheostat_client, base, request, options, asked).serve()
            if not stream:
                response.read()
            return response

    return GovernedClient


@cache
def _async_type(base: Any) -> type[Any]:
    class GovernedAsyncClient(base):  # type: ignore[misc]
        __slots__ = ("rheostat_client", "rheostat_settings")

        async def send(self, request: Any, *, stream: bool = False, **options: Any) -> Any:
            # A closed client refuses by itself, before anything is granted.
            surface, head = (None, None) if self.is_closed else _surface(request)
            asked = surface and decide(self.rheostat_settings, surface, await request.aread(), request.headers, head)
            if not asked:
                return await self.rheostat_client.send(request, stream=stream, **options)
            if isinstance(asked, Refused):
                return refused(base, request, asked)
            response = await Exchange(self.rheostat_client, base, request, options, asked).serve_async()
            if not stream:
                await response.aread()
            return response

    return GovernedAsyncClient


def _surface(request: Any) -> tuple[Surface | None, Head | None]:
    """The surface and the head that a request's path names."""
    return surface_of(request.url.path.rstrip("/")) if request.method == "POST" else (None, None)
