"""One sample's stream in a host: what came of it, and how far it may be read."""

from __future__ import annotations

from dataclasses import dataclass, field

from rheostat._native import Call

REST = 64
"""Pieces that are read of a stream after its grant: the end of the text, its usage, its answer."""

IDLE = 1024
"""Pieces without tokens, such as keep-alives, that a stream may have beyond one for each token of its grant."""


class GrantedCall:
    """A granted call and its samples."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.samples = [call.sample(index) for index in range(call.samples)]


@dataclass(eq=False)
class Stream:
    """One sample's stream in a `Host`.

    Attributes:
        call: The call that granted it.
        index: Its number among the call's samples.
        over: True once it has ended, by itself or with its call or the run.
    """

    call: Call
    index: int
    over: bool = False
    granted: GrantedCall = field(kw_only=True, repr=False)
    texts: list[str] = field(default_factory=list, init=False, repr=False)
    answer: str | None = field(default=None, init=False, repr=False)
    finish_reason: str | None = field(default=None, init=False, repr=False)
    stopped: bool = field(default=False, init=False, repr=False)
    came: bool = field(default=False, init=False, repr=False)
    """True once an engine has worked on it."""
    rest: int | None = field(default=None, init=False, repr=False)
    """Pieces that may still be read, once it has used up its grant."""
    slack: int = field(default=4, init=False, repr=False)
    """Pieces of content beyond the grant that are passed over."""
    beyond: bool = field(default=False, init=False, repr=False)
    """True once text came behind the grant."""
    cut: bool = field(default=False, init=False, repr=False)
    """True if text of it was not read, so that its text is no whole answer."""
    idle: int = field(default=0, init=False, repr=False)
    """Pieces that brought no tokens."""

    @property
    def delay(self) -> float:
        """Seconds to wait before it is opened: a failed call that is tried again. 0 for any other."""
        return self.call.delay

    def reads_on(self) -> bool:
        """Returns True if more of it is to be read."""
        return not (self.stopped or self.over or self.rest == 0)

    def passes_over(self, text: str) -> None:
        """Passes over content behind the grant. Engines overshoot by a stop token or so; one that goes on ignores its budget."""
        self.slack -= 1
        self.stopped = self.slack < 0
        self.cut |= bool(text.strip())

    def note(self, *, spent: bool, text: str) -> None:
        """Notes if the grant is spent after a piece. A later usage may show that it is not, where it was only estimated."""
        if not spent:
            self.rest = self.rest if self.cut else None
            return
        self.beyond |= self.rest is not None and bool(text.strip())
        self.rest = (REST if self.rest is None else self.rest) - 1
        self.cut |= self.beyond and self.rest == 0

    def counts(self, *, content: bool) -> None:
        """Counts pieces without tokens, of which an endless stream may consist."""
        self.idle += not content
        self.stopped |= self.idle > IDLE and self.idle - IDLE > min(self.call.max_tokens, 1 << 20)
