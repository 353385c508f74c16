"""Outcomes that the workers of a deployment learn from together.

A learner's outcomes merge by union, in any order and any number of times, so one shared value is enough:

    read the shared learner → merge it into one's own → write the union back, if no other wrote meanwhile; else again

The value lies in a SQLite file, for the processes of one machine, or under a key of Redis.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any, Protocol

from rheostat._checks import number, private, wrong_type
from rheostat._extras import need
from rheostat._native import Learner
from rheostat.errors import StoreError

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["Exchange"]

_APPLICATION = 0x52484C45
_SERVERS = ("redis://", "rediss://", "unix://")
_TRIES = 64
"""Attempts to write the union while others write theirs."""


class _Store(Protocol):
    """One shared value."""

    def change(self, union: Callable[[bytes | None], bytes | None]) -> None:
        """Replaces the value by what `union` makes of it; None leaves it. No other writes in between."""

    def close(self) -> None:
        """Lets go of it."""


class Exchange:
    """Exchanges outcomes with the other workers of a deployment: each learns from what all have seen.

    Call `step` from time to time, such as each minute, in the thread that learns: it takes in what the others have learned, and
    gives them one's own. A `Loop` on the same learner then solves again. A worker that starts gets what is there. Workers need
    equal models, capacities and half-lives.

    Args:
        where: A file, for the processes of one machine, or a URL such as `redis://localhost:6379/0`, or a client of the package
            `redis`.
        learner: The worker's learner, such as `loop.learner`.
        key: Name of the shared value, so that several deployments may use one store.
        timeout: Seconds to wait for other processes or the server.

    Raises:
        StoreError: The store cannot be reached or opened, or is no store of this kind.
        InvalidTypeError: Not a learner, or not a place.
        MissingExtraError: The extra `redis` is not installed.

    Example:
        >>> import rheostat as rh
        >>> learner = rh.learn.Learner()
        >>> _ = learner.add("Why is the sky blue?", rh.Rung("fast"), 1.0, at=0)
        >>> with Exchange(":memory:", learner) as exchange:
        ...     exchange.step()
        0
    """

    def __init__(self, where: Any, learner: Learner, *, key: str = "learned", timeout: float = 5.0) -> None:
        """Opens the store."""
        if not isinstance(learner, Learner):
            raise wrong_type("learner", learner, "a Learner")
        if not isinstance(key, str):
            raise wrong_type("key", key, "str")
        number("timeout", timeout)
        self._learner = learner
        self._given = self._taken = b""
        remote = not isinstance(where, (str, PathLike)) or fspath(where).partition("://")[0] in (
            "redis",
            "rediss",
            "unix",
            "valkey",
        )
        self._store: _Store = _Key(where, key, timeout) if remote else _File(where, key, timeout)

    def step(self) -> int:
        """Takes in what the others have learned, and gives them one's own. Returns the number of outcomes that came.

        Raises:
            StoreError: The store cannot be reached; nothing has changed.
            ArtifactError: The shared value is damaged.
            InvalidValueError: It is of workers with another model, capacity or half-life.
        """
        before = len(self._learner)
        self._store.change(self._union)
        return len(self._learner) - before

    def _union(self, shared: bytes | None) -> bytes | None:
        if shared is not None and (taken := hashlib.blake2b(shared).digest()) != self._taken:
            self._learner.merge(Learner.from_bytes(shared))
            self._taken = taken
        union = self._learner.to_bytes()
        self._given = hashlib.blake2b(union).digest()
        if self._given == self._taken:
            return None
        # Written, it is what the others find, and need not be taken in again.
        self._taken = self._given
        return union

    def close(self) -> None:
        """Lets go of the store."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _File:
    """A row of a SQLite file."""

    def __init__(self, path: str | PathLike[str], key: str, timeout: float) -> None:
        self._key = key
        with _errors((sqlite3.Error,), f"{fspath(path)}: "):
            if fspath(path) != ":memory:":
                os.close(private(fspath(path), os.O_RDWR | os.O_CREAT))
            self._db = sqlite3.connect(path, timeout=timeout, isolation_level=None, check_same_thread=False)
            found = self._db.execute("PRAGMA application_id").fetchone()[0]
            if found not in (0, _APPLICATION) or (found == 0 and self._db.execute("SELECT 1 FROM sqlite_master").fetchone()):
                raise StoreError(f"{fspath(path)} is no store of outcomes")
            self._db.execute(f"PRAGMA application_id = {_APPLICATION}")
            self._db.execute("CREATE TABLE IF NOT EXISTS learned (key TEXT PRIMARY KEY, state BLOB NOT NULL)")

    def change(self, union: Callable[[bytes | None], bytes | None]) -> None:
        with _errors((sqlite3.Error,), ""):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                row = self._db.execute("SELECT state FROM learned WHERE key = ?", (self._key,)).fetchone()
                made = union(None if row is None else row[0])
                if made is not None:
                    self._db.execute("INSERT OR REPLACE INTO learned VALUES (?, ?)", (self._key, made))
                self._db.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):
                    self._db.execute("ROLLBACK")
                raise

    def close(self) -> None:
        self._db.close()


class _Key:
    """A key of Redis or Valkey."""

    def __init__(self, where: Any, key: str, timeout: float) -> None:
        redis = need("redis", "redis")
        self._key = f"rheostat:{key}"
        self._errors = (redis.RedisError, OSError)
        self._busy = redis.WatchError
        self._own = isinstance(where, str)
        with _errors(self._errors, "the server cannot be reached: "):
            self._client = redis.Redis.from_url(where, socket_timeout=timeout) if self._own else where
            if not hasattr(self._client, "pipeline"):
                raise wrong_type("where", where, "a path, a URL, or a client of redis")
            self._client.ping()

    def change(self, union: Callable[[bytes | None], bytes | None]) -> None:
        with _errors(self._errors, "the server cannot be reached: "):
            for _ in range(_TRIES):
                with self._client.pipeline() as pipe, contextlib.suppress(self._busy):
                    pipe.watch(self._key)
                    made = union(pipe.get(self._key))
                    if made is not None:
                        pipe.multi()
                        pipe.set(self._key, made)
                        pipe.execute()
                    return
        raise StoreError(f"others wrote {self._key} {_TRIES} times in a row")

    def close(self) -> None:
        if self._own:
            self._client.close()


@contextlib.contextmanager
def _errors(kinds: tuple[type[BaseException], ...], what: str) -> Iterator[None]:
    """Raises the errors of a store's library as the store's."""
    try:
        yield
    except kinds as error:
        raise StoreError(f"{what}{error}") from error
