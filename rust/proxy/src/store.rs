//! Keeps the ledger in a database file, so that no reservation is lost when the process is killed.
//!
//! The file is that of `rheostat.stores.SQLite`: a snapshot, and a journal of the changes since. Proxies and Python processes of one
//! machine may share it. A reservation is one turn: lock the file, play back the records of others, decide, append, unlock. The core
//! makes and reads the records ([`Ledger::share`]); this file stores them.

use rheostat::ledger::Ledger;
use rheostat_config::LedgerFile;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use std::fmt;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Names the file as a ledger, and its version.
const APPLICATION: i64 = 0x5248_4C47;
const VERSION: i64 = 4;
/// Transactions between two snapshots, at least, and between two checkpoints of the database's own log.
const ROWS: i64 = 4_096;
const SCHEMA: &str = "
CREATE TABLE journal (seq INTEGER PRIMARY KEY, records BLOB NOT NULL);
CREATE TABLE snapshot (seq INTEGER NOT NULL, state BLOB NOT NULL);
INSERT INTO journal VALUES (0, x'');
";
const NEWER: &str = "SELECT seq, records FROM journal WHERE seq > ? ORDER BY seq";

/// Why the file could not be used.
#[derive(Debug)]
pub(crate) struct StoreError(String);

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

type Result<T> = std::result::Result<T, StoreError>;

/// A fault inside a turn.
enum Fault {
    Sql(rusqlite::Error),
    Core(rheostat::Error),
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<rheostat::Error> for Fault {
    fn from(error: rheostat::Error) -> Self {
        Self::Core(error)
    }
}

/// A ledger that is kept in a file.
pub(crate) struct Store {
    ledger: Arc<Ledger>,
    path: PathBuf,
    busy: f64,
    file: Mutex<File>,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Store").field(&self.path).finish()
    }
}

struct File {
    db: Connection,
    /// The newest row that the ledger has played; None if it must be restored from the file.
    read: Option<i64>,
    snapshot_at: i64,
    /// Rows after which a snapshot is due.
    rows: i64,
    commits: i64,
    /// The file's version and the second of the last tick.
    seen: (i64, i64),
}

impl Store {
    /// Opens the file, or makes it, and reads the ledger from it. From now on reservations are made in turns.
    pub(crate) fn open(ledger: Arc<Ledger>, options: &LedgerFile) -> Result<Self> {
        let path = options.path.clone();
        let db = connect(options, &ledger).map_err(|fault| failure(&path, options.busy, &fault))?;
        ledger.share();
        let file = File { db, read: None, snapshot_at: 0, rows: ROWS, commits: 0, seen: (-1, -1) };
        let store = Self { ledger, path, busy: options.busy, file: Mutex::new(file) };
        store.turn(|| ())?;
        Ok(store)
    }

    /// Decides in a turn. The records of what `decide` reserves are in the file before this returns; after an error none of it is
    /// granted.
    pub(crate) fn turn<T>(&self, decide: impl FnOnce() -> T) -> Result<T> {
        let mut file = self.lock();
        self.turn_in(&mut file, decide, false)
    }

    fn turn_in<T>(&self, file: &mut File, decide: impl FnOnce() -> T, compacts: bool) -> Result<T> {
        let done = file.turn(&self.ledger, decide, compacts);
        done.map_err(|fault| {
            file.read = None;
            failure(&self.path, self.busy, &fault)
        })
    }

    /// Writes settlements that no claim in the file covers.
    pub(crate) fn write_urgent(&self) -> Result<()> {
        if self.ledger.urgent() { self.turn(|| ()) } else { Ok(()) }
    }

    /// Writes settlements, reads the records of other processes and ends what has expired, where there is something to do.
    pub(crate) fn tick(&self, now: f64) -> Result<()> {
        let mut file = self.lock();
        let fault = |fault| failure(&self.path, self.busy, &Fault::Sql(fault));
        let version = file.db.pragma_query_value(None, "data_version", |row| row.get(0)).map_err(fault)?;
        let seen = (version, now as i64);
        if self.ledger.owing() || file.seen != seen {
            self.turn_in(&mut file, || self.ledger.expire(now), true)?;
            file.seen = seen;
        }
        if file.commits >= ROWS {
            file.commits = 0;
            file.db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).map_err(fault)?;
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, File> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl File {
    fn turn<T>(
        &mut self,
        ledger: &Ledger,
        decide: impl FnOnce() -> T,
        compacts: bool,
    ) -> std::result::Result<T, Fault> {
        let turn = Transaction::new_unchecked(&self.db, TransactionBehavior::Immediate)?;
        let mut read = match self.read.take() {
            Some(read) => follow(&turn, ledger, read)?,
            None => None,
        };
        if read.is_none() {
            let (at, newest) = restore(&turn, ledger)?;
            (self.snapshot_at, read) = (at, Some(newest));
        }
        let mut read = read.unwrap_or_default();
        ledger.begin();
        let done = decide();
        let records = ledger.commit();
        if !records.is_empty() {
            read += 1;
            turn.prepare_cached("INSERT INTO journal VALUES (?, ?)")?.execute(params![read, records])?;
            self.commits += 1;
        }
        if compacts && read - self.snapshot_at >= self.rows {
            self.snapshot_at = turn.query_row("SELECT seq FROM snapshot", [], |row| row.get(0))?;
            // Another process may just have done it.
            if read - self.snapshot_at >= self.rows {
                let state = ledger.snapshot();
                turn.execute("UPDATE snapshot SET seq = ?, state = ?", params![read, state])?;
                turn.execute("DELETE FROM journal WHERE seq < ?", params![read])?;
                // A row has about 200 bytes: a snapshot is due when as many bytes were appended as it has.
                (self.snapshot_at, self.rows) = (read, ROWS.max(state.len() as i64 / 200));
            }
        }
        turn.commit()?;
        ledger.written();
        self.read = Some(read);
        Ok(done)
    }
}

/// Plays the rows behind `read` back and returns the newest; None if the ledger must be restored.
fn follow(turn: &Transaction<'_>, ledger: &Ledger, mut read: i64) -> std::result::Result<Option<i64>, Fault> {
    let mut newer = turn.prepare_cached(NEWER)?;
    let mut rows = newer.query([read])?;
    while let Some(row) = rows.next()? {
        let seq: i64 = row.get(0)?;
        // The newest row is always kept, so a gap means that a snapshot has replaced the rows before it.
        if seq != read + 1 {
            return Ok(None);
        }
        match replay(ledger, row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?) {
            // Another process has just ended a reservation that was settled here.
            Err(rheostat::Error::State { .. }) => return Ok(None),
            played => played?,
        }
        read = seq;
    }
    Ok(Some(read))
}

/// Reads the whole ledger. Returns the rows of the snapshot and of the newest record.
fn restore(turn: &Transaction<'_>, ledger: &Ledger) -> std::result::Result<(i64, i64), Fault> {
    let snapshot = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
    let (at, state): (i64, Vec<u8>) = turn.query_row("SELECT seq, state FROM snapshot", [], snapshot)?;
    ledger.restore(&state)?;
    let mut newest = at;
    let mut newer = turn.prepare_cached(NEWER)?;
    let mut rows = newer.query([at])?;
    while let Some(row) = rows.next()? {
        replay(ledger, row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?)?;
        newest = row.get(0)?;
    }
    Ok((at, newest))
}

fn replay(ledger: &Ledger, records: &[u8]) -> rheostat::Result<()> {
    let read = ledger.replay(records)?;
    if read < records.len() {
        return Err(rheostat::Error::artifact("journal: the last bytes of a row are no whole record"));
    }
    Ok(())
}

/// Opens the file, and makes its tables if it has none.
fn connect(options: &LedgerFile, ledger: &Ledger) -> std::result::Result<Connection, Fault> {
    private(&options.path).map_err(|error| Fault::Core(rheostat::Error::state(error.to_string())))?;
    let db = Connection::open(&options.path)?;
    db.busy_timeout(Duration::from_secs_f64(options.busy))?;
    // A turn writes two or three pages: small ones halve its time.
    db.pragma_update(None, "page_size", 1_024)?;
    db.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    db.pragma_update(None, "synchronous", if options.durable { "FULL" } else { "NORMAL" })?;
    db.query_row("PRAGMA wal_autocheckpoint = 0", [], |_| Ok(()))?;
    let turn = Transaction::new_unchecked(&db, TransactionBehavior::Immediate)?;
    let number = |name: &str| turn.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let named = (number("application_id")?, number("user_version")?);
    let other: Option<i64> =
        turn.query_row("SELECT 1 FROM sqlite_master", [], |row| row.get(0)).optional()?;
    if named.0 == 0 && other.is_none() {
        turn.execute_batch(SCHEMA)?;
        turn.execute("INSERT INTO snapshot VALUES (0, ?)", [ledger.snapshot()])?;
        turn.pragma_update(None, "application_id", APPLICATION)?;
        turn.pragma_update(None, "user_version", VERSION)?;
    } else if named != (APPLICATION, VERSION) {
        let said = if named.0 == APPLICATION {
            format!("a ledger of version {}; this is version {VERSION}", named.1)
        } else {
            "no ledger".to_owned()
        };
        let words = format!("{said}. Begin a new file; what the old one holds is not taken over");
        return Err(Fault::Core(rheostat::Error::state(words)));
    }
    turn.commit()?;
    Ok(db)
}

/// Makes a file that its owner alone can read, if there is none.
fn private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

fn failure(path: &Path, busy: f64, fault: &Fault) -> StoreError {
    let shown = path.display();
    StoreError(match fault {
        Fault::Sql(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy) => {
            format!("{shown}: other processes have held it for {busy} s: give `busy` more")
        }
        Fault::Sql(error) if error.sqlite_error_code() != Some(rusqlite::ErrorCode::NotADatabase) => {
            format!("{shown}: {error}")
        }
        Fault::Core(rheostat::Error::State { what }) => format!("{shown}: {what}"),
        Fault::Sql(error) => damaged(path, error),
        Fault::Core(error) => damaged(path, error),
    })
}

fn damaged(path: &Path, error: &dyn std::error::Error) -> String {
    format!("{}: {error}. It is damaged, or no ledger: move it away, and begin a new file", path.display())
}
