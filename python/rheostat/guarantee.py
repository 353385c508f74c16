"""Guarantees for a choice that was made by looking at a log: Learn then Test, conformal risk control, and a watch.

Candidates are ordered from the safest to the boldest. The loss of a candidate on a query is counted against the safest
choice. Units are groups (questions, users), not rows. A `Verdict` without a promise gives the reason.
`OffPolicySums` estimates the change of a mean score from decisions whose rungs were drawn by chance.

Example:
    >>> import rheostat as rh
    >>> losses = [[0.0, float(i % 50 == 0), float(i % 5 == 0)] for i in range(500)]
    >>> rh.guarantee.certify(losses, max_loss=0.05, method="binomial").candidate
    1
"""

from rheostat._native import OffPolicySums, Verdict, Watch, certify, control_risk, labels_needed

__all__ = ["OffPolicySums", "Verdict", "Watch", "certify", "control_risk", "labels_needed"]
