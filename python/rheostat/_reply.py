"""One upstream reply as pieces, for a caller that has a response's bytes and its own loop. A host reads them in `rust/host`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from rheostat._governed import Surface
from rheostat._host import StreamError
from rheostat._native import Call, ReplyEvent, ReplyReader
from rheostat._pieces import Chunk, Usage

__all__ = ["Reply"]


@dataclass
class Reply:
    """One upstream reply, as it comes in."""

    call: Call
    surface: Surface
    reports_usage: bool
    """True if the client gets the event that has nothing but the usage. It breaks clients that did not ask for it."""
    reader: ReplyReader = field(init=False)
    raw: list[bytes] = field(default_factory=list, init=False)
    """Its events as they came."""
    head: Any = field(default=None, init=False)
    """The upstream response, for its headers."""
    said: str | None = field(default=None, init=False)
    """The answer that it gave to the run."""
    tokens: int = field(default=0, init=False)
    """Events that brought something of the reply."""
    done: bool = field(default=False, init=False)
    """True once an event said that nothing more would come."""
    over: bool = field(default=False, init=False)
    error: BaseException | None = field(default=None, init=False)
    """The error that broke it off."""

    def __post_init__(self) -> None:
        self.reader = ReplyReader(self.surface)

    def feed(self, data: bytes) -> Iterator[Chunk]:
        """The pieces in some bytes of it."""
        return self._pieces(self.reader.feed(data))

    def end(self) -> Iterator[Chunk]:
        """The pieces in what is left at its end. A reply that just stops is none: each of these formats says how it ended.

        Raises:
            StreamError: It broke off.
        """
        yield from self._pieces(self.reader.end())
        if not self.done and self.reader.finish_reason is None:
            raise StreamError("the reply broke off before its end")

    def _pieces(self, events: list[ReplyEvent]) -> Iterator[Chunk]:
        for event in events:
            said = event.text or event.reasoning or event.calls or event.finish_reason
            if said or event.usage is None or self.reports_usage or not _has_no_choice(event):
                self.raw.append(event.raw)
            if event.error is not None:
                raise StreamError(event.error)
            self.tokens += bool(said)
            self.done |= event.done
            calls = self.reader.calls if event.finish_reason is not None else None
            self.said = calls or self.said
            yield Chunk(
                text=event.text or "",
                thinking=event.reasoning or "",
                logprobs=event.logprobs,
                top_logprobs=event.top_logprobs,
                usage=None if event.usage is None else Usage(*event.usage),
                answer=calls,
                finish_reason=event.finish_reason,
            )

    def whole(self) -> bytes:
        """The reply as one object of its surface. One that was cut says so, as a limit does."""
        reply = self.reader.reply()
        if self.reader.finish_reason is not None or self.surface != "openai.chat":
            return reply
        fields = json.loads(reply)
        for choice in fields.get("choices", []):
            choice["finish_reason"] = choice.get("finish_reason") or "length"
        return json.dumps(fields).encode()

    def gave(self, answer: str, extract: Callable[[str], str | None] | None) -> bool:
        """True if this is the reply that gave an answer."""
        text = self.reader.text
        return answer in (self.said, text) or (extract is not None and bool(text) and extract(text) == answer)


def _has_no_choice(event: ReplyEvent) -> bool:
    """True for the event of chat completions that has the usage and nothing else."""
    lines = event.raw.replace(b"\r", b"\n").split(b"\n")
    try:
        fields = json.loads(b"\n".join(line.removeprefix(b"data:") for line in lines if line.startswith(b"data:")))
    except ValueError:
        return False
    return isinstance(fields, dict) and fields.get("choices") == []
