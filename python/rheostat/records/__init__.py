"""Decision records: what was decided, why, and what came of it, for audits and for replay.

A `Recorder` takes plans and finished runs off the hot path and writes them as JSON lines, to SQLite or to Parquet. A record
never holds the query's words, unless you ask for them. `Shadow` records what another governor would have decided; `Canary`
gives a share of the traffic to one. `off_policy` says what another policy would have been worth, from such a log, and `doubts`
when the answers of each rung are to be doubted.
"""

from rheostat.records._doubts import doubts
from rheostat.records._offpolicy import OffPolicy, off_policy
from rheostat.records._read import read
from rheostat.records._recorder import Recorder, RecorderStats
from rheostat.records._rollout import Canary, Shadow
from rheostat.records._schema import SCHEMA, SCHEMA_VERSION, check

__all__ = [
    "SCHEMA",
    "SCHEMA_VERSION",
    "Canary",
    "OffPolicy",
    "Recorder",
    "RecorderStats",
    "Shadow",
    "check",
    "doubts",
    "off_policy",
    "read",
]
