"""A callback for LiteLLM's proxy: it decides a request, watches its stream, and stops it at its ceiling.

    async_pre_call_hook                       body → plan → model, thinking and limit of the request, or a refusal
    async_post_call_streaming_iterator_hook   chunk → run → go on, or close the upstream
    async_log_success_event                   the whole reply → run
    async_post_call_failure_hook              the run ends

LiteLLM sends one request and chooses, retries and falls back by itself, so the callback only decides and stops. The names of the
hooks are LiteLLM's (1.110).
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections import OrderedDict
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from rheostat._checks import invalid, number, whole, wrong_type
from rheostat._extras import need
from rheostat._governed import Surface, model_names
from rheostat._host import ReplyHost
from rheostat._litellm_classifier import session_of, tenant_of
from rheostat._native import Governor, Plan, Run, Stream, clock
from rheostat.errors import InvalidValueError

__all__ = ["govern"]

_SURFACES: dict[str, Surface] = {
    "completion": "openai.chat",
    "acompletion": "openai.chat",
    "anthropic_messages": "anthropic.messages",
    "aanthropic_messages": "anthropic.messages",
    "responses": "openai.responses",
    "aresponses": "openai.responses",
}
"""The surface of a request, by LiteLLM's type of call."""
_OWN = {"metadata", "litellm_metadata", "proxy_server_request", "secret_fields", "litellm_call_id", "litellm_logging_obj"}
"""Fields that LiteLLM adds to a request."""
_NOTE = "rheostat"
"""Where a request's metadata has the headers of its response."""


def govern(governor: Governor, *, models: str | list[str] = "auto", capacity: int = 10_000, ttl: float = 3_600.0) -> Any:
    """Returns a callback for LiteLLM's proxy, which governs requests for the model "auto".

    Put it into a module, and name it in `litellm_settings.callbacks`. The models of the rungs are names that the proxy serves.
    The response has the headers `x-rheostat-plan`, `-rung`, `-model`, `-difficulty` and others; report how it turned out by its
    plan: `governor.outcome(plan, rung=…, score=…)`.

    Args:
        governor: The governor. Its rungs draw one sample in one round, since LiteLLM sends one request.
        models: The name, or names, of a model that is governed. The proxy need not serve it.
        capacity: Requests in flight that are remembered, at least 1. The oldest is forgotten first, and its run ends.
        ttl: Seconds after which a request is forgotten whose end LiteLLM has not reported, above 0.

    Returns:
        A `litellm.integrations.custom_logger.CustomLogger`.

    Raises:
        MissingExtraError: LiteLLM is not installed.
        InvalidTypeError: An argument has a wrong type.
        InvalidValueError: A rung draws several samples or has several rounds, or a bound is out of bounds.
    """
    if not isinstance(governor, Governor):
        raise wrong_type("governor", governor, "a Governor")
    for rung in governor.ladder.rungs:
        if rung.samples * rung.depth > 1:
            raise invalid(
                f'rung "{rung.name}": samples and depth', f"{rung.samples} and {rung.depth}", "1 behind LiteLLM's proxy"
            )
    names = model_names(models)
    whole("capacity", capacity, 1)
    if not number("ttl", ttl) > 0:
        raise invalid("ttl", ttl, "above 0")
    base = need("litellm.integrations.custom_logger", "litellm").CustomLogger
    made = _type(base)()
    made.governor, made.models, made.flights = governor, names, Flights(capacity, float(ttl))
    return made


@dataclass(eq=False)
class Flight:
    """A request in flight."""

    host: ReplyHost
    stream: Stream
    began: float

    @property
    def run(self) -> Run:
        """Its run."""
        return self.host.run

    def feed(self, chunk: Any) -> bool:
        """Reads a chunk of the stream, or a whole reply. Returns False once nothing more may come."""
        return self.host.tell(self.stream, _bytes(chunk))

    def end(self) -> None:
        """The reply has ended."""
        if not self.stream.over:
            self.host.tell(self.stream, b"")
        self.host.end(self.stream)
        self.host.close()

    def fail(self, error: BaseException) -> None:
        """It failed."""
        self.host.fail(self.stream, error)
        self.host.close()


class Flights:
    """The requests in flight by LiteLLM's id, bounded in number and age."""

    def __init__(self, capacity: int, ttl: float) -> None:
        self.capacity, self.ttl = capacity, ttl
        self._lock = threading.Lock()
        self._flights: OrderedDict[str, Flight] = OrderedDict()

    def __len__(self) -> int:
        return len(self._flights)

    def add(self, name: str, flight: Flight) -> None:
        """Remembers a request; forgets those that are too old or too many."""
        with self._lock:
            forgotten = [self._flights.pop(name)] if name in self._flights else []
            self._flights[name] = flight
            while len(self._flights) > self.capacity or next(iter(self._flights.values())).began < flight.began - self.ttl:
                forgotten.append(self._flights.popitem(last=False)[1])
        for old in forgotten:
            old.host.close()

    def pop(self, name: object) -> Flight | None:
        """The request of an id, which is forgotten."""
        with self._lock:
            return self._flights.pop(name, None) if isinstance(name, str) else None


class _Hooks:
    """The hooks, as LiteLLM calls them."""

    governor: Governor
    models: frozenset[str]
    flights: Flights

    async def async_pre_call_hook(self, user_api_key_dict: Any, cache: Any, data: dict[str, Any], call_type: str) -> Any:  # noqa: ARG002
        surface = _SURFACES.get(call_type)
        model = data.get("model")
        if surface is None or not isinstance(model, str) or model not in self.models:
            return data
        metadata = _metadata(data)
        body = _body(data)
        try:
            decided = self.governor.decide_and_rewrite(
                json.dumps(body), surface, session=session_of(metadata), tenant=_payer(metadata, user_api_key_dict)
            )
        except InvalidValueError as error:
            # A name of the request's, such as a session's that is too long.
            raise _refusal(None, str(error)) from error
        if decided.plan is None or decided.reject is not None or decided.body is None:
            raise _refusal(decided.reject, decided.error)
        _apply(data, body, json.loads(decided.body))
        metadata[_NOTE] = dict(decided.headers)
        name = data.get("litellm_call_id")
        if isinstance(name, str):
            self.flights.add(name, _flight(decided.plan, surface))
        return data

    async def async_post_call_response_headers_hook(
        self, data: dict[str, Any], *_arguments: Any, **_options: Any
    ) -> dict[str, str] | None:
        noted = _metadata(data).get(_NOTE)
        return dict(noted) if isinstance(noted, dict) else None

    async def async_post_call_streaming_iterator_hook(
        self,
        user_api_key_dict: Any,  # noqa: ARG002
        response: Any,
        request_data: dict[str, Any],
    ) -> AsyncGenerator[Any, None]:
        flight = self.flights.pop(request_data.get("litellm_call_id"))
        ended = False
        try:
            if flight is not None:
                # The client has seen what goes out: from here on the run only goes on or stops.
                flight.run.show()
            async for chunk in response:
                going = flight is None or flight.feed(chunk)
                yield chunk
                if not going:
                    break
            else:
                ended = True
        except Exception as error:
            ended = True
            if flight is not None:
                flight.fail(error)
            raise
        else:
            if flight is not None:
                flight.end()
        finally:
            if flight is not None:
                flight.host.close()
            if not ended:
                # To leave the loop does not close the provider's stream: the run stopped it, or the client is gone.
                await _close(response)

    async def async_log_success_event(
        self,
        kwargs: dict[str, Any],
        response_obj: Any,
        start_time: Any,  # noqa: ARG002  # LiteLLM names them in its calls.
        end_time: Any,  # noqa: ARG002
    ) -> None:
        flight = self.flights.pop(kwargs.get("litellm_call_id"))
        if flight is not None:
            flight.feed(response_obj)
            flight.end()

    async def async_post_call_failure_hook(
        self, request_data: dict[str, Any], original_exception: Exception, *_arguments: Any, **_options: Any
    ) -> None:
        flight = self.flights.pop(request_data.get("litellm_call_id"))
        if flight is not None:
            flight.fail(original_exception)


@cache
def _type(base: Any) -> type[Any]:
    """The class of the callbacks. LiteLLM calls no hook that stands in a base, so they are all its own."""
    hooks = {name: value for name, value in vars(_Hooks).items() if name.startswith("async_")}
    return type("Callback", (base,), hooks)


def _flight(plan: Plan, surface: Surface) -> Flight:
    host = ReplyHost(plan.start())
    host.reads(surface, reports_usage=True)
    return Flight(host, host.next()[0], clock())


def _metadata(data: dict[str, Any]) -> dict[str, Any]:
    """The metadata that LiteLLM keeps of a request."""
    for name in ("litellm_metadata", "metadata"):
        if isinstance(data.get(name), dict):
            return data[name]  # type: ignore[no-any-return]
    found: dict[str, Any] = data.setdefault("litellm_metadata", {})
    return found


def _payer(metadata: Mapping[str, Any], key: Any) -> str | None:
    of_key = {f"user_api_key_{name}": getattr(key, name, None) for name in ("team_id", "org_id", "user_id")}
    return tenant_of({**of_key, **metadata})


def _body(data: Mapping[str, Any]) -> dict[str, Any]:
    """The client's fields of a request, as far as JSON has them."""
    found: dict[str, Any] = {}
    for name, value in data.items():
        if name not in _OWN:
            try:
                found[name] = json.loads(json.dumps(value, allow_nan=False))
            except (TypeError, ValueError, RecursionError):
                continue
    return found


def _apply(data: dict[str, Any], before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Changes the fields of a request that the plan changed."""
    for name in before.keys() - after.keys():
        data.pop(name, None)
    data.update({name: value for name, value in after.items() if name not in before or before[name] != value})


async def _close(response: Any) -> None:
    """Closes a provider's stream, where it can be: some of LiteLLM's iterators keep it to themselves."""
    for stream in (response, getattr(response, "response", None)):
        close = getattr(stream, "aclose", None)
        if callable(close):
            with contextlib.suppress(Exception):
                await close()
            return


def _bytes(chunk: Any) -> bytes:
    """A chunk as the provider would have sent it: LiteLLM has objects for most of them."""
    if isinstance(chunk, (bytes, bytearray)):
        return bytes(chunk)
    if isinstance(chunk, str):
        return chunk.encode()
    dumped = chunk.model_dump_json(exclude_none=True) if hasattr(chunk, "model_dump_json") else json.dumps(chunk, default=str)
    return f"data: {dumped}\n\n".encode()


def _refusal(reject: Any, error: str | None) -> Exception:
    """The refusal as the proxy's web framework has it."""
    made: type[Exception] = need("fastapi", "litellm").HTTPException
    if reject is None:
        return made(status_code=400, detail=error or "the request could not be read")  # type: ignore[call-arg]
    later = {} if reject.retry_after is None else {"retry-after": str(reject.retry_after)}
    return made(status_code=reject.status, detail=json.loads(reject.body), headers=later)  # type: ignore[call-arg]
