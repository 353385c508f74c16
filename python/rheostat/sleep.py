"""Sleep-time compute: settings and candidates of `Governor.sleep`.

Example:
    >>> import rheostat as rh
    >>> from rheostat.sleep import Candidate, Sleep
    >>> governor = rh.Governor(rh.Ladder([rh.Rung("fast")]), sleep=Sleep(rh.Cap("fleet", usd=20, per=86_400)))
    >>> governor.wake("report", "summary", fingerprint="v1", at=0).reason
    'unknown'
"""

from __future__ import annotations

from rheostat._native import Candidate, Sleep

__all__ = ["Candidate", "Sleep"]
