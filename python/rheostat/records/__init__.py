"""Decision records: decisions, their reasons and their outcomes, for audits and for replay.

A `Recorder` writes plans and finished runs off the hot path, as JSON lines, to SQLite or to Parquet. A record does not hold the
query's words, unless you ask for them. `Shadow` records the decisions of a second governor; `Canary` gives a share of the
traffic to one. From such a log, `off_policy` estimates the worth of another policy, and `doubts` calibrates the doubt of each
rung.
"""

from rheostat.records._doubts import doubts
from rheostat.records._offpolicy import OffPolicy, off_policy
from rheostat.records._read import Records, read
from rheostat.records._recorder import Recorder, RecorderStats
from rheostat.records._rollout import Canary, CanaryPlan, Shadow, ShadowPlans
from rheostat.records._schema import SCHEMA, SCHEMA_VERSION, check

__all__ = [
    "SCHEMA",
    "SCHEMA_VERSION",
    "Canary",
    "CanaryPlan",
    "OffPolicy",
    "Recorder",
    "RecorderStats",
    "Records",
    "Shadow",
    "ShadowPlans",
    "check",
    "doubts",
    "off_policy",
    "read",
]
