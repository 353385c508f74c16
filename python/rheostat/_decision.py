"""The decision about a request of a governed client, and how it is found on what the client returned."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from rheostat._host import ReplyHost
from rheostat._native import Governor, Plan, Run, Rung

__all__ = ["Decision", "attach", "decision_of"]

Kind: TypeAlias = Literal["graded", "judge", "thumbs", "retry", "escalation"]
"""How an outcome was found."""

_NAME = "_rheostat_decision"
_INNER = "_raw_stream"
"""The stream within what an SDK's `stream` returns."""


@dataclass(frozen=True)
class Decision:
    """The decision about one request, and its run.

    Attributes:
        plan: The plan.
        run: The run: its rung, its spending, and the reason of its end.
        governor: The governor that decided.

    Example:
        >>> import rheostat as rh
        >>> governor = rh.Governor(rh.Ladder([rh.Rung("only", model="small-model")]))
        >>> plan = governor.plan("Why?")
        >>> Decision(plan, plan.start(), governor).model
        'small-model'
    """

    plan: Plan
    run: Run
    governor: Governor
    host: ReplyHost | None = field(default=None, repr=False, compare=False)
    """The host, which reads the replies to the request."""

    @property
    def rung(self) -> str:
        """The name of the rung whose reply the client gets. Until there is a reply: of the rung that the run is on."""
        return self._on.name

    @property
    def model(self) -> str:
        """That rung's model."""
        return self._on.model

    @property
    def _on(self) -> Rung:
        # A run that went up in vain ends on another rung than the one that its best reply is from.
        given = None if self.host is None else self.host.shown or self.host.best()
        return self.run.rung if given is None else given.call.rung

    def __copy__(self) -> Decision:
        return self

    def __deepcopy__(self, _memo: object) -> Decision:
        """Itself: a copy of a reply has the same decision."""
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        """A reply is pickled without its decision, whose run lives in this process."""
        return type(None), ()

    def outcome(self, score: float, kind: Kind = "graded") -> None:
        """Reports how the answer turned out, in [0, 1], to the governor that planned it."""
        self.governor.outcome(self.plan.id, rung=self.rung, score=score, kind=kind)


def decision_of(response: object) -> Decision | None:
    """The decision about the request that a response of a governed client answers.

    Args:
        response: A result of the client: a completion, a response, a message, or a stream of one. Where a method
            `stream` sums up a reply, ask with the stream.

    Returns:
        The decision, or None if the request was not governed.

    Example:
        >>> import rheostat as rh
        >>> rh.decision_of("a reply of another client") is None
        True
    """
    found = getattr(response, _NAME, None) or getattr(getattr(response, _INNER, None), _NAME, None)
    return found if isinstance(found, Decision) else None


def attach(response: object, decision: Decision) -> None:
    """Attaches a decision to a response, past the fields of its model, so that a dump of it stays as it was."""
    with contextlib.suppress(AttributeError, TypeError):  # a mapping, a text, or bytes
        object.__setattr__(response, _NAME, decision)
