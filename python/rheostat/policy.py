"""Policies: rules by which a governor weighs cost against quality.

Example:
    >>> import rheostat as rh
    >>> rh.policy.Shares([0.70, 0.25, 0.05]).shares
    [0.7, 0.25, 0.05]
"""

from rheostat._native import Guaranteed, Paced, Shares, Threshold, Utility, allocate

__all__ = ["Guaranteed", "Paced", "Shares", "Threshold", "Utility", "allocate"]
