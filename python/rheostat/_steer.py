"""One stream of an engine that runs in this process, steered token by token.

An engine asks before each token. The stream reports the token's logits to its run, and answers with the token that must come, or
None:

    the newest token opens or closes the thinking, or ends the text
    a forced token is left                 → that token
    the run stops the stream               → the end of the text
    the run raises its thinking budget     → the budget grows
    thinking has used up its budget        → the tokens that end the thinking, one by one

The run's grant holds thinking and answer, so room for the answer is left when the thinking ends. A forced token is counted and
says nothing about the model.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from rheostat._native import Action, Sample

__all__ = ["Steered", "Tokens"]


@dataclass(frozen=True)
class Tokens:
    """The ids of the tokens that mean something to an engine's host.

    Attributes:
        end: Tokens that end the text; the first is forced where a run stops a stream.
        think_start: The token that opens the thinking, or None if the model has none.
        think_end: The tokens that end the thinking, in order; the last of them closes it wherever it comes. Empty for a model
            that does not think.

    Example:
        >>> Tokens(end=[2], think_start=7, think_end=[8]).thinks_after([5, 7])
        True
    """

    end: Sequence[int]
    think_start: int | None = None
    think_end: Sequence[int] = ()

    def thinks_after(self, prompt: Iterable[int]) -> bool:
        """True if a prompt leaves the thinking open, as some templates do."""
        thinking = False
        for token in prompt if self.think_end and self.think_start is not None else ():
            if token == self.think_start:
                thinking = True
            elif token == self.think_end[-1]:
                thinking = False
        return thinking

    def answer(self, ids: Sequence[int], *, thinking: bool = False) -> list[int]:
        """The ids behind the thinking; none if it has not ended.

        Example:
            >>> Tokens(end=[2], think_end=[8]).answer([5, 8, 6])
            [6]
        """
        closed = [i for i, token in enumerate(ids) if self.think_end and token == self.think_end[-1]]
        if thinking:
            return []
        return list(ids[closed[-1] + 1 :] if closed else ids)


@dataclass
class Steered:
    """A stream: its sample, its thinking budget, and the tokens that are forced upon it.

    Attributes:
        sample: The stream of the run.
        tokens: The ids that mean something.
        budget: Tokens of thinking that it may still grow to; ramps raise it.
        thinking: True while it thinks.
        thought: Tokens of thinking so far.
        stop: The action that stopped it, or None.
        ended: True once its text has ended.
    """

    sample: Sample
    tokens: Tokens
    budget: int
    thinking: bool = False
    thought: int = 0
    stop: Action | None = None
    ended: bool = False
    _forced: deque[int] = field(default_factory=deque)

    def drawn(self, token: int) -> None:
        """Hears the token that was drawn."""
        if self.ended:
            return
        if token in self.tokens.end:
            self.ended = True
        elif self.tokens.think_end and token == self.tokens.think_end[-1]:
            self.thinking = False
            self._forced.clear()
        elif token == self.tokens.think_start:
            self.thinking = True
        elif self.thinking:
            self.thought += 1

    def next(self, report: Callable[[], Action]) -> int | None:
        """The token that must come next, or None: then the model's own. `report` tells the run of the model's own token."""
        if self.ended:
            return None
        if self.thinking and not self._forced and self.thought >= self.budget:
            self._forced.extend(self.tokens.think_end)
        forced = self._forced.popleft() if self._forced else None
        self.hear(report() if forced is None else self.sample.token())
        return self.tokens.end[0] if self.stop is not None and self.tokens.end else forced

    def hear(self, action: Action) -> None:
        """Follows an action about this stream."""
        if action.kind == "ramp" and action.dial == "thinking_tokens" and not action.stops and action.tokens is not None:
            self.budget += action.tokens
        if action.stops and action.scope != "unsent":
            self.stop = self.stop or action

    def finish(self, text: str) -> None:
        """Ends the stream with its text."""
        if self.stop is not None and self.stop.kind != "ceiling":
            # It was given up: its text is kept for a run that gets no other, and its cost is what came of it.
            self.sample.keep(text)
            self.sample.finish(finish_reason="cancelled")
        elif self.stop is not None:
            self.sample.finish(text=text)
        else:
            self.sample.finish(text=text, finish_reason="stop" if self.ended else "length")
