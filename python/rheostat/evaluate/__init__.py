"""Measures that judge a router and its chances on your own outcomes: see `rheostat.evaluate.metrics`."""

from rheostat.evaluate.metrics import aiq, apgr, auc, brier, calibration_error, cpt, interval, zero_router

__all__ = ["aiq", "apgr", "auc", "brier", "calibration_error", "cpt", "interval", "zero_router"]
