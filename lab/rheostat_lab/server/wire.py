"""Between the chat-completions dialect and the engine: what a request asks, and what an answer looks like."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rheostat._checks import invalid
from rheostat.errors import InvalidTypeError, InvalidValueError, MalformedError
from rheostat_lab.engine import Mode, Request, Stream
from rheostat_lab.tokens import Decoder, Tokenizer

MOST_CHOICES = 16
EFFORTS: dict[str, Mode] = {
    "none": "no", "minimal": "no", "low": "lo", "medium": "hi", "high": "hi", "xhigh": "hi",
}  # fmt: skip
"""Mode of each reasoning effort."""

_NUMBERS = {"temperature": 1.0, "top_p": 1.0}
# Accepted because clients send them of their own accord, and they change nothing in an answer.
_HARMLESS = {"user", "metadata", "store", "service_tier", "safety_identifier", "prompt_cache_key", "parallel_tool_calls"}
_KNOWN = {
    "model", "messages", "stream", "stream_options", "n", "temperature", "top_p", "seed", "max_completion_tokens", "max_tokens",
    "reasoning_effort", "logprobs", "top_logprobs", "thinking_tokens", "draft",
} | _HARMLESS  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """One request to the server."""

    model: str
    requests: tuple[Request, ...]
    stream: bool
    usage: bool
    logprobs: bool


def parse(body: bytes) -> Asked:
    """Reads a request's body.

    Raises:
        MalformedError: Not a JSON object.
        InvalidTypeError: A field of the wrong type.
        InvalidValueError: A field that is unknown, missing or out of bounds.
    """
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise MalformedError(f"the body is not JSON: {error}") from error
    if not isinstance(fields, dict):
        raise MalformedError("the body is not a JSON object")
    fields = {name: value for name, value in fields.items() if value is not None}
    if unknown := sorted(set(fields) - _KNOWN):
        raise InvalidValueError(f"{unknown[0]}: not a field that the lab understands")
    model = _typed(fields, "model", str, None)
    choices = _typed(fields, "n", int, 1)
    if not 1 <= choices <= MOST_CHOICES:
        raise invalid("n", choices, f"between 1 and {MOST_CHOICES}")
    effort = _typed(fields, "reasoning_effort", str, "low")
    if effort not in EFFORTS:
        raise invalid("reasoning_effort", repr(effort), f"one of {', '.join(EFFORTS)}")
    numbers = {name: _typed(fields, name, (int, float), default) for name, default in _NUMBERS.items()}
    logprobs = _typed(fields, "logprobs", bool, False)
    seed = _typed(fields, "seed", int, time.time_ns() % 2**53)
    options = _typed(fields, "stream_options", dict, {})
    if not 0 <= seed < 2**63:
        raise invalid("seed", seed, "between 0 and 2**63 - 1")
    requests = tuple(
        Request(
            text=question(fields.get("messages")),
            mode=EFFORTS[effort],
            thinking_tokens=_typed(fields, "thinking_tokens", int, -1) if "thinking_tokens" in fields else None,
            max_tokens=_typed(fields, "max_completion_tokens", int, _typed(fields, "max_tokens", int, 256)),
            temperature=_real(numbers["temperature"]),
            top_p=_real(numbers["top_p"]),
            seed=seed + i,
            top_logprobs=_typed(fields, "top_logprobs", int, 0) if logprobs else 0,
            draft=_typed(fields, "draft", str, "") if "draft" in fields else None,
        )
        for i in range(choices)
    )
    return Asked(model, requests, _typed(fields, "stream", bool, False), bool(options.get("include_usage")), logprobs)


def _typed(fields: dict[str, Any], name: str, kind: Any, default: Any) -> Any:
    value = fields.get(name, default)
    if value is None:
        raise InvalidValueError(f"{name}: missing")
    # In JSON true is no number, in Python it is one.
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        wanted = " or ".join(k.__name__ for k in (kind if isinstance(kind, tuple) else (kind,)))
        raise InvalidTypeError(f"{name}: got {type(value).__name__}, wanted {wanted}")
    return value


def _real(number: float) -> float:
    try:
        return float(number)
    except OverflowError:  # A whole number of hundreds of digits: out of every bound.
        return float("inf") if number > 0 else float("-inf")


def question(messages: object) -> str:
    """Returns the newest user message's text. The lab's models answer one question and ignore earlier messages."""
    if not isinstance(messages, list):
        raise InvalidTypeError(f"messages: got {type(messages).__name__}, wanted list")
    for message in reversed(messages):
        if isinstance(message, dict) and message.get("role") == "user":
            content = message.get("content")
            if isinstance(content, list):
                texts = [p.get("text") for p in content if isinstance(p, dict) and p.get("type") == "text"]
                content = " ".join(text for text in texts if isinstance(text, str))
            if not isinstance(content, str):
                raise InvalidTypeError(f"messages: content of {type(content).__name__}, wanted str")
            return content
    raise InvalidValueError("messages: no message of the role 'user'")


class Writer:
    """The answer to one request, whole or as chunks."""

    def __init__(self, asked: Asked, streams: list[Stream], tokenizer: Tokenizer, ident: str) -> None:
        self.asked = asked
        self.streams = streams
        self.tokenizer = tokenizer
        self._head = {"id": ident, "created": int(time.time()), "model": asked.model}
        self._decoders = [Decoder(tokenizer) for _ in streams]
        self._told = [0] * len(streams)
        self._began = [False] * len(streams)

    def whole(self) -> dict[str, Any]:
        """The answer as one object."""
        choices = []
        for i, stream in enumerate(self.streams):
            answering = stream.tokens[stream.thought :]
            message = {"role": "assistant", "content": self.tokenizer.decode(answering), "reasoning_content": stream.working}
            choice: dict[str, Any] = {"index": i, "message": message, "finish_reason": finish_reason(stream), "logprobs": None}
            if self.asked.logprobs:
                choice["logprobs"] = {"content": [self._logprob(stream, at) for at in range(len(stream.tokens))]}
            choices.append(choice)
        return {**self._head, "object": "chat.completion", "choices": choices, "usage": self.usage()}

    def chunks(self, i: int, upto: int) -> Iterator[dict[str, Any]]:
        """A chunk for each new token of one stream, up to its `upto`-th."""
        stream, decoder = self.streams[i], self._decoders[i]
        for at in range(self._told[i], upto):
            token = stream.tokens[at]
            before = decoder.flush() if token in {self.tokenizer.ans, self.tokenizer.eos} else decoder.add(token)
            # The number before <ans> still belongs to the working; what follows it to the answer.
            name = "content" if at > stream.thought else "reasoning_content"
            delta = {name: before} if before else {}
            if not self._began[i]:
                self._began[i] = True
                delta = {"role": "assistant", **delta}
            choice: dict[str, Any] = {"index": i, "delta": delta, "finish_reason": None, "logprobs": None}
            if self.asked.logprobs:
                choice["logprobs"] = {"content": [self._logprob(stream, at)]}
            yield self._chunk([choice])
        self._told[i] = upto

    def end(self, i: int) -> dict[str, Any]:
        """The chunk that ends one stream."""
        stream = self.streams[i]
        rest = self._decoders[i].flush()
        name = "content" if stream.answering else "reasoning_content"
        delta = {name: rest} if rest else {}
        return self._chunk([{"index": i, "delta": delta, "finish_reason": finish_reason(stream), "logprobs": None}])

    def last(self) -> dict[str, Any]:
        """The chunk that says what it cost."""
        return {**self._chunk([]), "usage": self.usage()}

    def usage(self) -> dict[str, Any]:
        """Tokens read and written, over all choices."""
        read = len(self.streams[0].prompt)
        written = sum(len(s.tokens) for s in self.streams)
        return {
            "prompt_tokens": read,
            "completion_tokens": written,
            "total_tokens": read + written,
            "prompt_tokens_details": {"cached_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": sum(s.thought for s in self.streams)},
        }

    def _chunk(self, choices: list[dict[str, Any]]) -> dict[str, Any]:
        return {**self._head, "object": "chat.completion.chunk", "choices": choices}

    def _logprob(self, stream: Stream, at: int) -> dict[str, Any]:
        words = self.tokenizer.words
        top = []
        if stream.request.top_logprobs:
            pairs = zip(stream.top_ids[at], stream.top_logprobs[at], strict=True)
            top = [_entry(words[token], logprob) for token, logprob in pairs]
        return {**_entry(words[stream.tokens[at]], stream.logprobs[at]), "top_logprobs": top}


def _entry(word: str, logprob: float) -> dict[str, Any]:
    # The dialect's own floor for what is next to impossible.
    return {"token": word, "logprob": max(logprob, -9999.0), "bytes": list(word.encode())}


def finish_reason(stream: Stream) -> str:
    """Why a stream ended, in the dialect's words."""
    return "stop" if stream.ended == "stop" else "length"


def failure(message: str, kind: str, code: str | None = None) -> dict[str, Any]:
    """The dialect's error object."""
    # A message may quote a lone surrogate of the request, which no answer can hold.
    message = message.encode("utf-8", "replace").decode()
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}
