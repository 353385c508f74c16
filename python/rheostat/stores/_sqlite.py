"""A ledger in a SQLite file: each reservation is a transaction, and survives the process that made it."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any

from rheostat._checks import same_process, whole, wrong_type
from rheostat._native import Cap
from rheostat.errors import DeniedError, InvalidValueError, StoreError
from rheostat.stores import _money

if TYPE_CHECKING:
    from typing_extensions import Self

_VERSION = 1
_MAX_KEY = 256
_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS used (
    scope TEXT NOT NULL, key TEXT NOT NULL, period INTEGER NOT NULL, win INTEGER NOT NULL, seen INTEGER NOT NULL,
    held_tokens INTEGER NOT NULL, held_pico INTEGER NOT NULL, spent_tokens INTEGER NOT NULL, spent_pico INTEGER NOT NULL,
    PRIMARY KEY (scope, key, period)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS used_seen ON used (seen);
CREATE TABLE IF NOT EXISTS holds (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, expires INTEGER NOT NULL, expired INTEGER NOT NULL,
    tokens INTEGER NOT NULL, pico INTEGER NOT NULL, query TEXT, session TEXT, tenant TEXT
);
CREATE INDEX IF NOT EXISTS holds_expires ON holds (expired, expires);
"""
_SCOPES = ("query", "session", "tenant", "fleet")


@dataclass(frozen=True)
class SQLiteStats:
    """What a store holds: live reservations and what they claim, spending in current windows, and late ones awaited."""

    live: int
    held_tokens: int
    held_usd: float
    expired: int


class StoredHold:
    """A reservation in a store. As a context manager it is released at the end, unless it has been settled."""

    def __init__(self, store: SQLite, number: int) -> None:
        """Made by `SQLite.reserve`."""
        self._store = store
        self.id = number

    def settle(self, *, tokens: int = 0, usd: float = 0.0, at: float | None = None) -> str:
        """End it with what was really spent. Answers as `SQLite.settle`."""
        return self._store.settle(self.id, tokens=tokens, usd=usd, at=at)

    def release(self, *, at: float | None = None) -> str:
        """End it; nothing was spent."""
        return self._store.release(self.id, at=at)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.release()

    def __repr__(self) -> str:
        return f"StoredHold({self.id})"


class SQLite:
    """Caps and reservations in a file that several processes of one machine may share.

    A reservation is committed before it is given. When a process is killed, what it had settled stays settled, and its
    reservations in flight are held until they expire: none is lost, and none is held for ever. Reservations touch the disk;
    a host with an event loop makes them in a thread (`asyncio.to_thread`).

    Args:
        path: The file. Its directory must be on a local disk.
        caps: What may be spent.
        ttl: Seconds after which a reservation ends by itself.
        durable: Also survive the loss of power, at the price of one disk flush for each reservation.
        accounts: The most accounts kept; the least recently used sessions and queries without a reservation go first.
        busy: Seconds to wait for other processes before `StoreError`.

    Raises:
        StoreError: The file cannot be opened, or is another version's.
        InvalidValueError: A value is out of bounds.

    Example:
        >>> import rheostat as rh
        >>> store = SQLite(":memory:", [rh.Cap("tenant", tokens=1_000)])
        >>> with store.reserve(tokens=800, tenant="acme") as hold:
        ...     hold.settle(tokens=350)
        'settled'
        >>> store.room(tenant="acme")[0]
        650
        >>> store.close()
    """

    def __init__(
        self,
        path: str | PathLike[str],
        caps: Iterable[Cap],
        *,
        ttl: float = 600.0,
        durable: bool = False,
        accounts: int = 1_000_000,
        busy: float = 5.0,
    ) -> None:
        """Open the file, and make its tables if it has none."""
        if not 0.001 <= ttl <= 1e9:
            raise InvalidValueError(f"ttl: {ttl} is not allowed; it must be between 0.001 and 1e9 seconds")
        self.caps = tuple(caps)
        for cap in self.caps:
            if not isinstance(cap, Cap):
                raise wrong_type("caps", cap, "an iterable of Cap")
        self._ttl, self._accounts, self._busy = ttl, whole("accounts", accounts, 1), busy
        self._path, self._maker = fspath(path), os.getpid()
        self._lock = threading.Lock()
        self._count = 0
        try:
            self._db = sqlite3.connect(self._path, timeout=busy, isolation_level=None, check_same_thread=False)
        except sqlite3.Error as error:
            raise StoreError(f"{self._path}: {error}") from error
        try:
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            self._db.executescript(_SCHEMA)
        except sqlite3.Error as error:
            self._db.close()
            raise StoreError(f"{self._path}: {error}") from error
        with self._transaction():
            self._db.execute("INSERT OR IGNORE INTO meta VALUES ('version', ?), ('seen', 0)", (_VERSION,))
            version = self._meta("version")
        if version != _VERSION:
            self._db.close()
            raise StoreError(f"{self._path}: written by version {version} of this store; this is version {_VERSION}")

    def __repr__(self) -> str:
        return f"SQLite({self._path!r}, {len(self.caps)} caps)"

    def reserve(
        self,
        *,
        tokens: int = 0,
        usd: float = 0.0,
        query: str | None = None,
        session: str | None = None,
        tenant: str | None = None,
        ttl: float | None = None,
        at: float | None = None,
    ) -> StoredHold:
        """Draw a claim on every cap that it falls under, or on none. As `rheostat.Ledger.reserve`; `at` is Unix time.

        Raises:
            DeniedError: It does not fit a cap.
            InvalidValueError: A value is out of bounds.
            StoreError: The file is busy or broken.
        """
        claim = _claim(tokens, usd)
        names = {"query": query, "session": session, "tenant": tenant, "fleet": ""}
        _check_names(names)
        life = self._ttl if ttl is None else ttl
        if not 0.001 <= life <= 1e9:
            raise InvalidValueError(f"ttl: {life} is not allowed; it must be between 0.001 and 1e9 seconds")
        now = _now(at)
        with self._transaction():
            self._expire(now)
            seen = self._see(now)
            lines = list(self._lines(names, seen))
            for cap, line in lines:
                _check(cap, line, claim)
            for _, line in lines:
                self._write(line, seen, held=claim)
            row = (seen, now + round(life * 1_000), *claim, query, session, tenant)
            insert = "INSERT INTO holds (at, expires, expired, tokens, pico, query, session, tenant) VALUES (?,?,0,?,?,?,?,?)"
            number = self._db.execute(insert, row).lastrowid
            self._count += 1
            if self._count % 1_024 == 0:
                self._prune(seen)
        return StoredHold(self, int(number or 0))

    def settle(self, hold: int, *, tokens: int = 0, usd: float = 0.0, at: float | None = None) -> str:
        """End a reservation with what was really spent.

        Returns:
            `"settled"`; `"late"` when it had expired (the spending counts all the same); `"nothing"` when there was nothing
            to settle, and nothing has changed.

        Raises:
            InvalidValueError: A value is out of bounds.
            StoreError: The file is busy or broken.
        """
        spent = _claim(tokens, usd)
        now = _now(at)
        with self._transaction():
            rows = self._db.execute(
                "DELETE FROM holds WHERE id = ? RETURNING at, expired, tokens, pico, query, session, tenant", (hold,)
            ).fetchall()
            if not rows:
                return "nothing"
            made, expired, held_tokens, held_pico, query, session, tenant = rows[0]
            seen = self._see(now)
            names = {"query": query, "session": session, "tenant": tenant, "fleet": ""}
            claim = (0, 0) if expired else (held_tokens, held_pico)
            for _, line in list(self._lines(names, seen)):
                if line.period == 0 or made // line.period == line.window or expired:
                    self._write(line, seen, held=(-claim[0], -claim[1]), spent=spent)
                else:
                    # The claim was counted in the window that it was made in; only what went past it is news.
                    self._write(line, seen, spent=(max(spent[0] - claim[0], 0), max(spent[1] - claim[1], 0)))
        return "late" if expired else "settled"

    def release(self, hold: int, *, at: float | None = None) -> str:
        """End a reservation of which nothing was spent. Answers as `settle`."""
        return self.settle(hold, at=at)

    def room(
        self, *, query: str | None = None, session: str | None = None, tenant: str | None = None, at: float | None = None
    ) -> tuple[int, float]:
        """What is left under all the caps that fall to a payer, as (tokens, usd)."""
        names = {"query": query, "session": session, "tenant": tenant, "fleet": ""}
        now = _now(at)
        with self._transaction():
            lefts = [_left(cap, line) for cap, line in self._lines(names, max(now, self._meta("seen")))]
        tokens = min((left[0] for left in lefts), default=_money.LARGEST)
        return max(tokens, 0), max(min((left[1] for left in lefts), default=_money.LARGEST), 0) / _money.PICO

    def expire(self, *, at: float | None = None) -> int:
        """End every reservation whose time is over, and say how many there were. Reservations do so on their way, too."""
        with self._transaction():
            return self._expire(_now(at))

    def rebase(self, *, at: float | None = None) -> None:
        """Set right a store whose clock was once too far ahead: windows go on from now."""
        now = _now(at)
        with self._transaction():
            self._db.execute("UPDATE meta SET value = MIN(value, ?) WHERE name = 'seen'", (now,))
            self._db.execute("UPDATE holds SET expires = MIN(expires, ?)", (now + round(self._ttl * 1_000),))
            self._db.execute("UPDATE used SET win = MIN(win, ? / period) WHERE period > 0", (now,))

    def stats(self) -> SQLiteStats:
        """What the store holds."""
        with self._transaction():
            live = self._db.execute("SELECT COUNT(*), SUM(tokens), SUM(pico) FROM holds WHERE expired = 0").fetchone()
            expired = self._db.execute("SELECT COUNT(*) FROM holds WHERE expired = 1").fetchone()[0]
        return SQLiteStats(live[0], live[1] or 0, (live[2] or 0) / _money.PICO, expired)

    def close(self) -> None:
        """Close the file. Reservations in flight stay in it."""
        with self._lock:
            self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """One at a time in this process; other processes are waited for by SQLite."""
        same_process("the store", self._maker)
        with self._lock:
            try:
                self._db.execute("BEGIN IMMEDIATE")
                try:
                    yield
                except BaseException:
                    self._db.execute("ROLLBACK")
                    raise
                self._db.execute("COMMIT")
            except sqlite3.Error as error:
                raise StoreError(f"ledger: {error}") from error

    def _meta(self, name: str) -> int:
        return int(self._db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()[0])

    def _see(self, now: int) -> int:
        """The newest time seen: a clock that steps back does not reopen a window that has passed."""
        seen = self._meta("seen")
        if now > seen:
            self._db.execute("UPDATE meta SET value = ? WHERE name = 'seen'", (now,))
        return max(now, seen)

    def _lines(self, names: dict[str, str | None], seen: int) -> Iterator[tuple[Cap, _Line]]:
        """Each cap that applies, with what is held and spent in its current window."""
        for scope in _SCOPES:
            key = names[scope]
            if key is None:
                continue
            caps = [cap for cap in self.caps if cap.scope == scope]
            for cap in [cap for cap in caps if cap.key == key] or [cap for cap in caps if cap.key is None]:
                period = _money.period_ms(cap)
                window = seen // period if period else 0
                row = self._db.execute(
                    "SELECT win, held_tokens, held_pico, spent_tokens, spent_pico FROM used "
                    "WHERE scope = ? AND key = ? AND period = ?",
                    (scope, key, period),
                ).fetchone()
                used = row[1:] if row is not None and row[0] == window else (0, 0, 0, 0)
                yield cap, _Line(scope, key, period, window, *used)

    def _write(self, line: _Line, seen: int, held: tuple[int, int] = (0, 0), spent: tuple[int, int] = (0, 0)) -> None:
        row = (
            *(line.scope, line.key, line.period, line.window, seen),
            *(max(line.held_tokens + held[0], 0), max(line.held_pico + held[1], 0)),
            *(min(line.spent_tokens + spent[0], _money.LARGEST), min(line.spent_pico + spent[1], _money.LARGEST)),
        )
        self._db.execute("INSERT OR REPLACE INTO used VALUES (?,?,?,?,?,?,?,?,?)", row)

    def _expire(self, now: int) -> int:
        rows = self._db.execute(
            "UPDATE holds SET expired = 1 WHERE expired = 0 AND expires <= ? RETURNING at, tokens, pico, query, session, tenant",
            (now,),
        ).fetchall()
        if not rows:
            return 0
        seen = self._see(now)
        for made, tokens, pico, query, session, tenant in rows:
            for _, line in list(self._lines({"query": query, "session": session, "tenant": tenant, "fleet": ""}, seen)):
                if line.period == 0 or made // line.period == line.window:
                    self._write(line, seen, held=(-tokens, -pico))
        return len(rows)

    def _prune(self, seen: int) -> None:
        """Forget late reservations after a day, windows that have passed, and sessions that nobody uses."""
        self._db.execute("DELETE FROM holds WHERE expired = 1 AND expires < ?", (seen - 86_400_000,))
        self._db.execute("DELETE FROM used WHERE period > 0 AND win < ? / period AND seen < ? - 2 * period", (seen, seen))
        more = self._db.execute("SELECT COUNT(*) FROM used").fetchone()[0] - self._accounts
        if more > 0:
            self._db.execute(
                "DELETE FROM used WHERE (scope, key, period) IN (SELECT scope, key, period FROM used "
                "WHERE scope IN ('query', 'session') AND held_tokens = 0 AND held_pico = 0 ORDER BY seen LIMIT ?)",
                (more,),
            )


@dataclass(frozen=True)
class _Line:
    """What is held and spent under one cap in its current window."""

    scope: str
    key: str
    period: int
    window: int
    held_tokens: int
    held_pico: int
    spent_tokens: int
    spent_pico: int


def _left(cap: Cap, line: _Line) -> tuple[int, int]:
    tokens, pico = _money.limits(cap)
    return tokens - line.held_tokens - line.spent_tokens, pico - line.held_pico - line.spent_pico


def _check(cap: Cap, line: _Line, claim: tuple[int, int]) -> None:
    left = _left(cap, line)
    over = [i for i in (0, 1) if claim[i] > left[i]]
    if over:
        part = over[0]
        unit: Any = 1 if part == 0 else _money.PICO
        wanted, there = claim[part] / unit, max(left[part], 0) / unit
        cap_name = _money.name(cap, ("tokens", "usd")[part])
        error = DeniedError(f"{cap_name}: {wanted:g} wanted, {there:g} left")
        error.cap, error.wanted, error.left = cap_name, wanted, there
        raise error


def _claim(tokens: int, usd: float) -> tuple[int, int]:
    tokens = whole("tokens", tokens, 0, _money.LARGEST)
    if not usd >= 0:
        raise InvalidValueError(f"usd: {usd} is not allowed; it must be a number of at least 0")
    return tokens, _money.pico(min(usd, 4e6))


def _check_names(names: dict[str, str | None]) -> None:
    for scope, key in names.items():
        if key is not None and scope != "fleet" and not 1 <= len(key.encode()) <= _MAX_KEY:
            raise InvalidValueError(
                f"{scope}: {len(key.encode())} bytes is not allowed; it must be between 1 and {_MAX_KEY} bytes"
            )


def _now(at: float | None) -> int:
    return max(0, round((time.time() if at is None else at) * 1_000))
