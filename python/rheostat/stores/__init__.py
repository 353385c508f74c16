"""Stores: budgets that outlive a process, or are shared by several.

`rheostat.Ledger` keeps them in process. `SQLite` keeps each reservation in a file, so that none is lost when a process is
killed. `Redis` leases blocks of budget from a Redis or Valkey server in the background into a `rheostat.Ledger`, which is
what reservations draw on.
"""

from rheostat.stores._redis import Redis, RedisStatus
from rheostat.stores._sqlite import SQLite

__all__ = ["Redis", "RedisStatus", "SQLite"]
