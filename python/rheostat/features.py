"""The features that an estimate reads from a text: named numbers, from one pass over its bytes.

Example:
    >>> from rheostat import features
    >>> features.extract("Prove that 2 + 2 = 4.")["words"] > 0
    True
    >>> features.specs()[0].name in features.extract("Why?")
    True
"""

from rheostat._native import FeatureSpec
from rheostat._native import feature_specs as specs
from rheostat._native import features as extract
from rheostat._native import features_batch as extract_batch

__all__ = ["FeatureSpec", "extract", "extract_batch", "specs"]
