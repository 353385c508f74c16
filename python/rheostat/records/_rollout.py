"""New configurations tried on real traffic: beside the old one, or on a share of it."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

from rheostat._native import Governor, Plan
from rheostat.errors import InvalidValueError
from rheostat.records._recorder import Recorder


class Shadow:
    """Plans with one governor, and records what another would have planned. Nothing is sent on the other's word.

    Example:
        >>> import rheostat as rh
        >>> old = rh.Governor(rh.Ladder([rh.Rung("only")]))
        >>> new = rh.Governor(rh.Ladder([rh.Rung("other")]))
        >>> plan, would = Shadow(old, new).plan("What is the capital of France?")
        >>> plan.rung.name, would.rung.name
        ('only', 'other')
    """

    def __init__(self, governor: Governor, shadow: Governor, recorder: Recorder | None = None) -> None:
        """`recorder` takes each pair; without one they are only returned."""
        self._governor, self._shadow, self._recorder = governor, shadow, recorder

    def plan(self, text: Any = None, **options: Any) -> tuple[Plan, Plan]:
        """The plan, and the plan that the other would have made. Arguments are those of `Governor.plan`.

        A rung that the caller chose is not passed on: it is not on the other's ladder, perhaps.
        """
        plan = self._governor.plan(text, **options)
        would = self._shadow.plan(text, **{name: value for name, value in options.items() if name != "rung"})
        if self._recorder is not None:
            self._recorder.decision(plan, shadow=would, session=options.get("session"), tenant=options.get("tenant"))
        return plan, would


class Canary:
    """Gives a share of the traffic to another governor. Who is in it is decided by a stable hash of a key.

    Args:
        stable: The governor of most of the traffic.
        candidate: The governor of the share.
        share: Of all keys, in [0, 1]. A larger share holds the keys of a smaller one.
        salt: Draws another share of the keys.

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
        """Made of two governors."""
        if not 0 <= share <= 1:
            raise InvalidValueError(f"share: {share} is not allowed; it must be between 0 and 1")
        self._arms = {"stable": stable, "candidate": candidate}
        self.share, self._salt = share, salt.encode()[:64]

    def arm(self, key: str) -> str:
        """`"stable"` or `"candidate"`: the same for the same key, in every process."""
        number = int.from_bytes(blake2b(key.encode(), digest_size=8, key=self._salt).digest(), "big")
        return "candidate" if number < self.share * 2**64 else "stable"

    def plan(self, text: Any = None, *, key: str, **options: Any) -> tuple[Plan, str]:
        """The plan of the key's governor, and the arm that it is of. The key is a session or a user, as a rule."""
        arm = self.arm(key)
        return self._arms[arm].plan(text, **options), arm
