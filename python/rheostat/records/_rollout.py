"""Trials of a new configuration on real traffic: as a shadow, or on a share of it."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any, NamedTuple

from rheostat._checks import invalid, number, wrong_type
from rheostat._native import Governor, Plan
from rheostat.records._recorder import Recorder


class ShadowPlans(NamedTuple):
    """The plans of both governors of a `Shadow`.

    Example:
        >>> import rheostat as rh
        >>> old, new = (rh.Governor(rh.Ladder([rh.Rung(name)])) for name in ("only", "other"))
        >>> Shadow(old, new).plan("What is the capital of France?").shadow.rung.name
        'other'
    """

    plan: Plan
    """The plan to serve."""
    shadow: Plan
    """The plan of the second governor."""


class CanaryPlan(NamedTuple):
    """A plan with the arm that made it.

    Example:
        >>> import rheostat as rh
        >>> old, new = (rh.Governor(rh.Ladder([rh.Rung(name)])) for name in ("only", "other"))
        >>> Canary(old, new, share=1.0).plan("What is the capital of France?", key="user-1").arm
        'candidate'
    """

    plan: Plan
    """The plan to serve."""
    arm: str
    """`"stable"` or `"candidate"`."""


class Shadow:
    """Plans with one governor, and records the plans of a second one, which are not served.

    Example:
        >>> import rheostat as rh
        >>> old = rh.Governor(rh.Ladder([rh.Rung("only")]))
        >>> new = rh.Governor(rh.Ladder([rh.Rung("other")]))
        >>> plans = Shadow(old, new).plan("What is the capital of France?")
        >>> plans.plan.rung.name, plans.shadow.rung.name
        ('only', 'other')
    """

    def __init__(self, governor: Governor, shadow: Governor, recorder: Recorder | None = None) -> None:
        """`recorder` records each pair; without one they are only returned."""
        self._governor, self._shadow, self._recorder = governor, shadow, recorder

    def plan(self, text: Any = None, **options: Any) -> ShadowPlans:
        """Returns the plan and the second governor's plan. Arguments are those of `Governor.plan`.

        `rung=` is not passed on, because the second ladder may not have it.
        """
        plan = self._governor.plan(text, **options)
        would = self._shadow.plan(text, **{name: value for name, value in options.items() if name != "rung"})
        if self._recorder is not None:
            self._recorder.decision(plan, shadow=would, session=options.get("session"), tenant=options.get("tenant"))
        return ShadowPlans(plan, would)


def _bytes(what: str, text: str) -> bytes:
    if not isinstance(text, str):
        raise wrong_type(what, text, "str")
    return text.encode("utf-8", "replace")


class Canary:
    """Gives a share of the traffic to another governor, by a stable hash of a key.

    Args:
        stable: The governor of most of the traffic.
        candidate: The governor of the share.
        share: Share of all keys, in [0, 1]. A larger share includes the keys of a smaller one.
        salt: Salt of the hash; another one selects other keys.

    Raises:
        InvalidValueError: The share is outside [0, 1].

    Example:
        >>> import rheostat as rh
        >>> old = rh.Governor(rh.Ladder([rh.Rung("only")]))
        >>> canary = Canary(old, old, share=0.1)
        >>> sum(canary.arm(f"user-{i}") == "candidate" for i in range(1_000)) in range(70, 131)
        True
    """

    def __init__(self, stable: Governor, candidate: Governor, share: float, *, salt: str = "") -> None:
        """Checks the share."""
        if not 0 <= number("share", share) <= 1:
            raise invalid("share", share, "between 0 and 1")
        self._arms = {"stable": stable, "candidate": candidate}
        self.share, self._salt = share, _bytes("salt", salt)[:64]

    def arm(self, key: str) -> str:
        """Returns `"stable"` or `"candidate"`: equal for equal keys, in every process."""
        place = int.from_bytes(blake2b(_bytes("key", key), digest_size=8, key=self._salt).digest(), "big")
        return "candidate" if place < self.share * 2**64 else "stable"

    def plan(self, text: Any = None, *, key: str, **options: Any) -> CanaryPlan:
        """Returns the plan of the key's governor, and its arm. A key is usually a session or a user."""
        arm = self.arm(key)
        return CanaryPlan(self._arms[arm].plan(text, **options), arm)
