"""A ledger in a SQLite file. The core decides and makes records; the store appends them and plays them back."""

from __future__ import annotations

import atexit
import contextlib
import os
import sqlite3
import threading
import weakref
from collections.abc import Iterable
from functools import partial
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any

from rheostat._checks import invalid, private, started
from rheostat._native import Cap, Ledger, clock
from rheostat.errors import ArtifactError, StateError, StoreError

if TYPE_CHECKING:
    from typing_extensions import Self

_APPLICATION, _VERSION = 0x52484C47, 4
_ROWS = 4_096
"""Transactions between two snapshots, at least, and between two checkpoints of SQLite's own log."""
_RESUMES = 0.1
"""Seconds: with a longer `interval` no statement is left open between turns."""
_SCHEMA = """
CREATE TABLE journal (seq INTEGER PRIMARY KEY, records BLOB NOT NULL);
CREATE TABLE snapshot (seq INTEGER NOT NULL, state BLOB NOT NULL);
"""


class SQLite:
    """A ledger in a file that several processes of one machine may share.

    `ledger` is a `rheostat.Ledger`: give it, or the store, to a `Governor`, or use it directly. Every reservation is a
    transaction: it reads the records of the other processes, decides, and is in the file before it is given. No cap is
    passed. A settlement counts at once; a thread writes it within `interval`. A process that is killed loses at most the
    settlements that were not written. Their claims stay held until they expire, as those in flight do.

    Reservations and `Run.next` use the disk. Plans and stream events do not.

    Args:
        path: The file. Its directory must be on a local disk.
        caps: The caps.
        durable: Also survive the loss of power, at the price of one disk flush for each transaction.
        busy: Seconds to wait for other processes before `StoreError`.
        interval: Seconds after which settlements are written, at most.
        ledger: Further keywords of `rheostat.Ledger`.

    Raises:
        StoreError: The file cannot be opened, is damaged, or is not a ledger of this version.
        InvalidValueError: A value is out of bounds.

    Example:
        >>> import rheostat as rh
        >>> store = SQLite(":memory:", [rh.Cap("tenant", tokens=1_000)])
        >>> with store.ledger.reserve(tokens=800, tenant="acme") as hold:
        ...     hold.settle(tokens=350)
        'settled'
        >>> store.ledger.room(tenant="acme")[0]
        650
        >>> store.close()
    """

    def __init__(
        self,
        path: str | PathLike[str],
        caps: Iterable[Cap],
        *,
        durable: bool = False,
        busy: float = 5.0,
        interval: float = 0.01,
        **ledger: Any,
    ) -> None:
        """Open the file, read it, and start the thread."""
        for what, value, least in (("busy", busy, 0.0), ("interval", interval, 0.001)):
            if not least <= value <= 3_600:
                raise invalid(what, value, f"between {least:g} and 3600 seconds")
        self._path, self._maker, self._busy = fspath(path), os.getpid(), busy
        self.ledger = Ledger(caps, **ledger)
        """The ledger in memory; give it to a `Governor`, or reserve from it."""
        self._read: int | None = None
        """The newest row that the ledger has read; None if it must be restored from the file."""
        self._reader: sqlite3.Cursor | None = None
        """A statement left open from one turn to the next; see `_resume`."""
        self._snapshot_at, self._rows, self._commits, self._ticks = 0, _ROWS, 0, False
        this, self._stop = weakref.ref(self), threading.Event()
        self._thread = threading.Thread(target=_run, args=(this, self._stop, interval), name="rheostat-ledger", daemon=True)
        self._at_exit = partial(_close, this)
        try:
            self._db = self._connect(self._busy)
        except sqlite3.Error as error:
            raise self._failure(error) from error
        try:
            self._other = self._connect(min(self._busy, _RESUMES))
            mode = self._make("FULL" if durable else "NORMAL")
            self._memory = mode == "memory"
            # The thread closes the open statement, which keeps other processes from emptying SQLite's own log.
            self._resumes = mode in ("wal", "memory") and interval <= _RESUMES
            self.ledger.keep(self)
            self.ledger.flush()
        except BaseException as error:
            self._give_up(error)
            raise
        started("the store", self._thread)
        atexit.register(self._at_exit)

    def __repr__(self) -> str:
        return f"SQLite({self._path!r}, {len(self.ledger.caps)} caps)"

    def close(self) -> None:
        """Write the settlements, and close the file. Reservations in flight stay in it."""
        if self._stop.is_set() or os.getpid() != self._maker:
            return
        self._stop.set()
        self._thread.join()
        atexit.unregister(self._at_exit)
        try:
            self.ledger.flush()
        finally:
            self._db.close()
            self._other.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def begin(self) -> None:
        """Lock the file and play back its new records. The ledger calls it, and `commit`, from one thread at a time."""
        try:
            self.abort()
            if not self._resume():
                self._db.execute("BEGIN IMMEDIATE")
                self._catch_up()
                if self._resumes:
                    self._reader = self._db.execute("SELECT 1 FROM snapshot")
        except BaseException as error:
            self._give_up(error)
            raise

    def commit(self, records: bytes) -> None:
        """Append the records of a turn, and unlock the file."""
        read, self._read = self._read or 0, None  # Until the records are in the file, the ledger is ahead of it.
        try:
            if self._ticks:
                self._leave()
            if records:
                read += 1
                self._db.execute("INSERT INTO journal VALUES (?, ?)", (read, records))
                self._commits += 1
            if self._ticks and read - self._snapshot_at >= self._rows:
                self._compact(read)
            self._db.execute("COMMIT")
        except BaseException as error:
            self._give_up(error)
            raise
        self._read = read

    def abort(self) -> None:
        """Unlock the file without writing. The ledger calls it after `begin` or `commit` has failed, at whatever point."""
        if self._db.in_transaction:
            self._read = None
            self._db.execute("ROLLBACK")

    def _resume(self) -> bool:
        """Lock the file without reading it, if no other process has written since the last turn.

        A statement that is left open keeps the last turn's view of the file. SQLite refuses to write from a view that is
        no longer the newest, so its lock is the test. This halves the time of a turn: two file locks in place of six, and
        no query.
        """
        if self._reader is None:
            return False
        if self._read is not None:
            try:
                self._db.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                pass  # Another process has written, or is writing.
            else:
                return True
        self._leave()
        return False

    def _leave(self) -> None:
        """Close the statement that `_resume` needs."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def _connect(self, timeout: float) -> sqlite3.Connection:
        if self._path != ":memory:":  # SQLite's name for no file.
            with contextlib.suppress(OSError):  # SQLite reports it.
                os.close(private(self._path, os.O_RDWR | os.O_CREAT))
        return sqlite3.connect(self._path, timeout=timeout, isolation_level=None, check_same_thread=False)

    def _make(self, synchronous: str) -> str:
        """Make the tables, if the file has none. Returns the file's journal mode."""
        self._db.execute("PRAGMA page_size = 1024")  # A turn writes two or three pages: small ones halve its time.
        mode = str(self._db.execute("PRAGMA journal_mode = WAL").fetchone()[0])
        self._db.execute(f"PRAGMA synchronous = {synchronous}")
        self._db.execute("PRAGMA wal_autocheckpoint = 0")
        self._db.execute("BEGIN IMMEDIATE")
        application, version = (self._db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version"))
        if application == 0 and not self._db.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()[0]:
            for statement in _SCHEMA.strip().split("\n"):
                self._db.execute(statement)
            self._db.execute("INSERT INTO journal VALUES (0, x'')")
            self._db.execute("INSERT INTO snapshot VALUES (0, ?)", (self.ledger.snapshot(),))
            self._db.execute(f"PRAGMA application_id = {_APPLICATION}")
            self._db.execute(f"PRAGMA user_version = {_VERSION}")
        elif (application, version) != (_APPLICATION, _VERSION):
            said = f"a ledger of version {version}; this is version {_VERSION}" if application == _APPLICATION else "no ledger"
            raise StoreError(f"{self._path}: {said}. Begin a new file; what the old one holds is not taken over")
        self._db.execute("COMMIT")
        return mode

    def _catch_up(self) -> None:
        if self._read is not None:
            rows = self._db.execute("SELECT seq, records FROM journal WHERE seq > ? ORDER BY seq", (self._read,)).fetchall()
            # The newest row is always kept, so a gap means that a snapshot has replaced the rows before it.
            if not rows or rows[0][0] == self._read + 1:
                try:
                    for seq, records in rows:
                        self.ledger.replay(records)
                        self._read = seq
                except StateError:
                    pass  # Another process has just ended a reservation that was settled here.
                else:
                    return
        self._read = None
        self._snapshot_at, state = self._db.execute("SELECT seq, state FROM snapshot").fetchone()
        self.ledger.restore(state)
        read = self._snapshot_at
        for seq, records in self._db.execute("SELECT seq, records FROM journal WHERE seq > ? ORDER BY seq", (read,)):
            self.ledger.replay(records)
            read = seq
        self._read = read

    def _compact(self, read: int) -> None:
        """Replace the journal by a snapshot, unless another process just has."""
        self._snapshot_at = self._db.execute("SELECT seq FROM snapshot").fetchone()[0]
        if read - self._snapshot_at < self._rows:
            return
        state = self.ledger.snapshot()
        self._db.execute("UPDATE snapshot SET seq = ?, state = ?", (read, state))
        self._db.execute("DELETE FROM journal WHERE seq < ?", (read,))
        # A row has about 200 bytes: a snapshot is due when as many bytes were appended as it has.
        self._snapshot_at, self._rows = read, max(_ROWS, len(state) // 200)

    def _tick(self, seen: tuple[int, int]) -> tuple[int, int]:
        """Write settlements, read the records of others, end what has expired. Returns the file's version and the second."""
        version = (int(self._other.execute("PRAGMA data_version").fetchone()[0]), int(clock()))
        if self.ledger.owing or version != seen or self._reader is not None:
            self._ticks = True
            try:
                self.ledger.flush()
            finally:
                self._ticks = False
        if self._commits >= _ROWS and not self._memory:
            self._commits = 0
            self._other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return version

    def _give_up(self, error: BaseException) -> None:
        """End a turn that failed. Errors of the file are raised as `StoreError`."""
        with contextlib.suppress(sqlite3.Error):
            self.abort()
        if isinstance(error, (sqlite3.Error, ArtifactError)):
            raise self._failure(error) from error

    def _failure(self, error: Exception) -> StoreError:
        if isinstance(error, (sqlite3.OperationalError, sqlite3.ProgrammingError)):
            busy = "locked" in str(error)
            help_ = f"; other processes have held it for {self._busy:g} s: give `busy` more" if busy else ""
            return StoreError(f"{self._path}: {error}{help_}")
        return StoreError(f"{self._path}: {error}. It is damaged, or not a ledger: move it away, and begin a new file")


def _close(store: weakref.ref[SQLite]) -> None:
    if (this := store()) is not None:
        this.close()


def _run(store: weakref.ref[SQLite], stop: threading.Event, interval: float) -> None:
    seen = (0, 0)
    while not stop.wait(interval):
        this = store()
        if this is None:
            return
        # The next reservation raises the same error to its caller.
        with contextlib.suppress(StoreError, sqlite3.Error):
            seen = this._tick(seen)  # noqa: SLF001  # Its own thread; a method would keep the store alive.
        del this
