"""The decision about a request of a governed client, and how it is found on what the client returned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from rheostat._native import Governor, Plan, Run

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

    @property
    def rung(self) -> str:
        """The name of the rung that the run ended on."""
        return self.run.rung.name

    @property
    def model(self) -> str:
        """That rung's model."""
        return self.run.rung.model

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
    object.__setattr__(response, _NAME, decision)
