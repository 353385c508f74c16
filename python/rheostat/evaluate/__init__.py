"""How good decisions are, on recorded outcomes: metrics, and the benches that print them.

`rheostat bench quality` and its like are `rheostat.evaluate.quality` and its like; `rheostat.evaluate.metrics` is for outcomes
of your own.
"""

from rheostat.evaluate.metrics import aiq, apgr, auc, brier, calibration_error, cpt, interval, zero_router

__all__ = ["aiq", "apgr", "auc", "brier", "calibration_error", "cpt", "interval", "zero_router"]
