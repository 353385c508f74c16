"""One governed request: the client's body becomes the calls of a run, and the run's best reply becomes the client's.

No I/O is done here. `rheostat.httpx` sends the requests and reads the bytes:

    body → decide → refused ────────────────────────────────→ the refusal, in the provider's form
                  → run → call → body for the provider ─ bytes → the host
                        → the best reply, as it came ───────────→ the client's response
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import BAD_REQUEST
from typing import Any, Literal, TypeAlias, TypedDict, get_args
from urllib.parse import quote, unquote

from rheostat._checks import invalid, number, whole, wrong_type
from rheostat._decision import Decision
from rheostat._host import ReplyHost
from rheostat._native import Call, Decided, Governor, Run, read_head
from rheostat._prompts import Prompts
from rheostat._upstream import Upstream, check_deployments
from rheostat.errors import InvalidValueError, StateError
from rheostat.types import Refusal

__all__ = [
    "SESSION",
    "SURFACES",
    "TENANT",
    "Judge",
    "Options",
    "Refused",
    "Request",
    "Settings",
    "decide",
    "error_body",
    "governed",
    "model_names",
    "path_of",
    "streamed_path",
    "surface_of",
    "unserved",
]

Surface: TypeAlias = Literal["openai.chat", "openai.responses", "anthropic.messages", "gemini.generate"]

SURFACES: dict[str, Surface] = {
    "/chat/completions": "openai.chat",
    "/responses": "openai.responses",
    "/messages": "anthropic.messages",
}
"""The surface of a request, by the end of its path."""


_NAMED = re.compile(r"/models/([^/:]+):(generateContent|streamGenerateContent|rawPredict|streamRawPredict)$")
"""Addresses with the model in them, and the way of the reply: Gemini's, and those of Claude on Vertex."""


def path_of(surface: Surface, model: str) -> str:
    """The end of the address of a surface's requests, which are streamed."""
    if surface == "gemini.generate":
        return f"/models/{quote(model, safe='@')}:streamGenerateContent?alt=sse"
    return next(path for path, one in SURFACES.items() if one == surface)


def surface_of(path: str) -> tuple[Surface | None, Head | None]:
    """The surface that the path of a request names, and the request's head where the path has it."""
    if (found := _NAMED.search(path)) is not None:
        surface: Surface = (
            "gemini.generate" if found[2].endswith("GenerateContent") or found[2][0] == "g" else "anthropic.messages"
        )
        return surface, (unquote(found[1]), found[2].startswith("stream"), True, None)
    return next((surface for end, surface in SURFACES.items() if path.endswith(end)), None), None


def streamed_path(path: str, model: str) -> str | None:
    """The path with another model in it, for a streamed reply; None if it has no model."""
    found = _NAMED.search(path)
    if found is None:
        return None
    way = found[2] if found[2].startswith("stream") else f"stream{found[2][0].upper()}{found[2][1:]}"
    return f"{path[: found.start()]}/models/{quote(model, safe='@')}:{way}"


Head: TypeAlias = tuple[str, bool, bool, "tuple[str, str] | None"]
"""A request's model, whether it wants a stream, whether that reports its usage, and the parameter that is refused, with why."""

Judge: TypeAlias = Literal["before_first_byte", "never_restart", "buffer"]
"""When the first event of a stream goes out."""

SESSION, TENANT = "x-rheostat-session", "x-rheostat-tenant"
"""Headers of a request that name its session and its payer. They are not sent on."""


class Options(TypedDict, total=False):
    """The keywords of `rheostat.httpx.govern`, which has their meaning."""

    models: str | list[str]
    answer: Callable[[str], str | None] | None
    prompts: Prompts | None
    judge: Judge
    hold_tokens: int
    hold_seconds: float
    concurrency: int
    deployments: Mapping[str, Any] | None
    together: bool | None


@dataclass(frozen=True)
class Settings:
    """The settings of a governed client."""

    governor: Governor
    models: frozenset[str]
    answer: Callable[[str], str | None] | None
    prompts: Prompts
    judge: Judge
    hold: tuple[int, float]
    """Pieces and seconds that a stream is held back."""
    concurrency: int
    deployments: dict[str, Upstream]
    """The upstreams besides the client's own, by name."""
    together: bool | None
    """True if the samples of a call are asked for in one request; None where the model is known to take that."""


@dataclass(frozen=True)
class Refused:
    """A request that is not sent: what the client gets in place of a reply."""

    status: int
    headers: dict[str, str]
    body: bytes


class Request:
    """One governed request.

    Attributes:
        decision: The decision about it.
        host: Serves its run, and reads the replies.
        streams: True if the client asked for a stream.
        asked_for: The model that the client named.
    """

    def __init__(self, settings: Settings, surface: Surface, body: bytes, head: Head, decided: Decided) -> None:
        if decided.plan is None:
            raise StateError("a request without a plan is not sent")
        plan = decided.plan
        self.settings, self.surface, self.body = settings, surface, body
        self.asked_for, self.streams, reports_usage, _ = head
        self.headers = decided.headers
        run = plan.start()
        self.host = ReplyHost(run, answer=settings.answer)
        self.decision = Decision(plan, run, settings.governor, self.host)
        self.host.reads(
            surface,
            reports_usage=reports_usage,
            judge=settings.judge,
            hold_tokens=settings.hold[0],
            hold_seconds=settings.hold[1],
            together=settings.together,
        )

    @property
    def run(self) -> Run:
        """Its run."""
        return self.decision.run

    def response_headers(self) -> dict[str, str]:
        """The headers of a response: the decision, as printable ASCII."""
        spent = self.run.spent
        return self.headers | {
            "x-rheostat-rung": _printable(self.decision.rung),
            "x-rheostat-model": _printable(self.decision.model),
            "x-rheostat-settled": str(self.run.settled).lower(),
            "x-rheostat-calls": str(spent.calls),
            "x-rheostat-tokens": str(spent.tokens),
            "x-rheostat-usd": f"{spent.usd:.9f}",
        }

    def body_of(self, call: Call, sample: int) -> bytes:
        """The body of the request of a call's sample."""
        prompts = self.settings.prompts
        return call.rewrite(
            self.body,
            self.surface,
            sample=sample,
            answers=self.host.answers(call),
            revise=prompts.revise,
            verify=prompts.verify,
            probe=prompts.probe,
            score=prompts.score,
            distil=prompts.distil,
            refine=prompts.refine,
            resume=prompts.resume,
        ).body


def _printable(text: str) -> str:
    if text.isascii() and text.isprintable() and "%" not in text:
        return text
    return quote(text, safe="".join(map(chr, range(0x20, 0x7F))).replace("%", ""))


def decide(
    settings: Settings, surface: Surface, body: bytes, headers: Mapping[str, str], head: Head | None = None
) -> Request | Refused | None:
    """Decides a request, whose head the body has if it is not given. None if it asks for a model that is not governed."""
    head = _head(body, settings.models) if head is None else head
    if head is None or head[0] not in settings.models:
        return None
    if head[3] is not None:
        param, why = head[3]
        return _bad_request(surface, why, param)
    try:
        decided = settings.governor.decide_and_rewrite(
            body, surface, session=headers.get(SESSION), tenant=headers.get(TENANT), votes=True
        )
    except InvalidValueError as error:
        # A header of the request, such as a session without a name.
        return _bad_request(surface, str(error))
    if decided.reject is not None:
        return _refused(decided.reject, decided.headers)
    if decided.plan is None:
        return None
    if surface == "gemini.generate" and (decided.plan.asked_samples or 1) > 1:
        return _bad_request(surface, "candidateCount must be 1 where the model is governed: rheostat draws the samples")
    return Request(settings, surface, body, head, decided)


def _refused(refusal: Refusal, headers: dict[str, str]) -> Refused:
    later = {} if refusal.retry_after is None else {"retry-after": str(refusal.retry_after)}
    return Refused(refusal.status, {**headers, **later}, refusal.body)


def unserved(asked: Request, headers: Mapping[str, str]) -> Refused | None:
    """The refusal of a request that was planned, and whose run then found its payer's cap used up; or None."""
    governor, (session, tenant) = asked.settings.governor, (headers.get(SESSION), headers.get(TENANT))
    refusal = governor.unserved(asked.run, asked.surface, session=session, tenant=tenant)
    return None if refusal is None else _refused(refusal, asked.headers)


def _head(body: bytes, models: frozenset[str]) -> Head | None:
    """The head of a body that asks for one of the governed models."""
    # Most bodies ask for another, and are not read. A name may stand there with escapes.
    if b"\\" not in body and not any(model.encode() in body for model in models):
        return None
    head = read_head(body)
    if head is None or head[0] not in models:
        return None
    return (head[0], *head[1:])


def error_body(surface: Surface, why: str, kind: str, param: str | None = None) -> bytes:
    """The body of an error, in the form of its surface."""
    if surface == "gemini.generate":
        status = {"invalid_request_error": (400, "INVALID_ARGUMENT"), "overloaded_error": (503, "UNAVAILABLE")}
        code, name = status.get(kind, (502, "INTERNAL"))
        return json.dumps({"error": {"code": code, "message": why, "status": name}}).encode()
    if surface == "anthropic.messages":
        return json.dumps({"type": "error", "error": {"type": kind, "message": why}}).encode()
    return json.dumps({"error": {"message": why, "type": kind, "param": param, "code": None}}).encode()


def _bad_request(surface: Surface, why: str, param: str | None = None) -> Refused:
    return Refused(BAD_REQUEST, {}, error_body(surface, why, "invalid_request_error", param))


def model_names(models: object) -> frozenset[str]:
    """The names of the models that are governed, from the argument of that name."""
    names = [models] if isinstance(models, str) else models
    if not isinstance(names, (list, tuple, set, frozenset)) or not all(isinstance(name, str) for name in names):
        raise wrong_type("models", models, "a str or several")
    if not all(names) or not names:
        raise invalid("models", models, "the name of a model, or several names")
    return frozenset(names)


def governed(
    governor: Governor,
    *,
    models: object,
    answer: Callable[[str], str | None] | None,
    prompts: Prompts,
    judge: Judge,
    hold: tuple[int, float],
    concurrency: int,
    deployments: object,
    together: bool | None,
) -> Settings:
    """Checks what a client is governed by."""
    if not isinstance(governor, Governor):
        raise wrong_type("governor", governor, "a Governor")
    names = model_names(models)
    if answer is not None and not callable(answer):
        raise wrong_type("answer", answer, "a function")
    if not isinstance(prompts, Prompts):
        raise wrong_type("prompts", prompts, "a Prompts")
    if judge not in get_args(Judge):
        raise invalid("judge", repr(judge), 'one of "before_first_byte", "never_restart" and "buffer"')
    tokens, seconds = hold
    whole("hold_tokens", tokens)
    if not number("hold_seconds", seconds) >= 0:
        raise invalid("hold_seconds", seconds, "at least 0")
    whole("concurrency", concurrency, 1)
    if together not in (None, True, False):
        raise wrong_type("together", together, "bool or None")
    upstreams = check_deployments(deployments, governor)
    return Settings(governor, names, answer, prompts, judge, hold, concurrency, upstreams, together)
