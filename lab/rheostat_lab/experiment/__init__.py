"""The lab's experiment: questions served at a fixed maximum, at a fixed minimum, and under the governor."""

from rheostat_lab.experiment.bank import Bank
from rheostat_lab.experiment.compare import Comparison, Options, compare

__all__ = ["Bank", "Comparison", "Options", "compare"]
