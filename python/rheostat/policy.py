"""Policies: rules by which a governor weighs cost against quality.

Example:
    >>> import rheostat as rh
    >>> rh.policy.Utility(usd_per_error=2.0)
    Utility(usd_per_error=2)
"""

from rheostat._native import Guaranteed, Paced, Threshold, Utility, allocate

__all__ = ["Guaranteed", "Paced", "Threshold", "Utility", "allocate"]
