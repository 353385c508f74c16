//! The ledger: reservations and spending under caps.

mod hold;
mod turn;

pub(crate) use hold::{Hold, LedgerStats};

use crate::args;
use crate::cap::{Amount, Cap, escalated_cost};
use crate::clock::{At, now, wall};
use crate::error::{Result, wrong_type};
use crate::getters::getters;
use crate::typed::named;
use crate::whole::{Int, int, some_whole, whole};
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use rheostat::Error;
use rheostat::ledger as core;
use rheostat::money::Usd;
use std::sync::{Arc, Mutex, OnceLock};
use turn::Journal;

/// The scripts of a Redis or Valkey server that leases blocks of caps: one leases, one takes back. Use `rheostat.stores.Redis`, not this.
#[pyfunction]
pub(crate) fn lease_scripts() -> (&'static str, &'static str) {
    (core::LEASE, core::GIVE_BACK)
}

/// Reservations and spending under caps, in process. Thread-safe; make one and share it.
///
/// Reserve before a call, settle after it with what it really cost, or release it if it was never made. A reservation
/// takes all the caps that it falls under, or none. What is neither settled nor released ends by itself; a settlement
/// that comes after that is still counted, once.
///
/// Args:
///     caps: An iterable of `Cap`.
///     ttl: Seconds after which a reservation ends by itself.
///     accounts: The most accounts kept in each scope. Idle sessions and queries are forgotten, and counted; a tenant
///         that has spent in its window is not, and a new one is refused.
///     live: The most live reservations.
///     offset: How many seconds the clock that windows are aligned to is ahead of the one of `at=`; Unix time if not
///         given.
///     seed: Makes hashing repeatable; drawn at random if not given.
///
/// Raises:
///     InvalidValueError: A value is out of bounds.
///
/// Example:
///     >>> import rheostat as rh
///     >>> ledger = rh.Ledger([rh.Cap("tenant", tokens=1_000)])
///     >>> hold = ledger.reserve(tokens=800, tenant="acme")
///     >>> ledger.room(tenant="acme").tokens
///     200
///     >>> hold.settle(tokens=350)
///     'settled'
///     >>> ledger.reserve(tokens=700, tenant="acme")
///     Traceback (most recent call last):
///     rheostat.errors.DeniedError: tenant tokens: 700 wanted, 650 left
#[pyclass(frozen, module = "rheostat")]
pub(crate) struct Ledger {
    pub(crate) inner: Arc<core::Ledger>,
    /// Set by a store that keeps it in a file.
    journal: OnceLock<Journal>,
}

getters! {
    Ledger, |this| {
        /// The caps.
        caps: Vec<Cap> = this.inner.caps().iter().map(|cap| Cap { inner: cap.clone() }).collect();
        /// True if there are settlements that are not in the file yet.
        owing: bool = this.inner.owing();
    }
}

#[pymethods]
impl Ledger {
    #[new]
    #[pyo3(signature = (
        caps: "Iterable[Cap]", *, ttl = 600.0, accounts = 1_000_000, live = 1_000_000, offset = None, seed = None
    ))]
    fn new(
        caps: &Bound<'_, PyAny>,
        #[pyo3(from_py_with = args::real::ttl)] ttl: f64,
        #[pyo3(from_py_with = int)] accounts: i128,
        #[pyo3(from_py_with = int)] live: i128,
        #[pyo3(from_py_with = args::some_real::offset)] offset: Option<f64>,
        seed: Option<Int>,
    ) -> Result<Self> {
        use std::hash::{BuildHasher, RandomState};
        let caps = args::instances(caps, "caps", "an iterable of Cap", |cap: &Bound<'_, Cap>| {
            cap.get().inner.clone()
        })?;
        let (accounts, live) =
            (whole("accounts", accounts, 0..=usize::MAX)?, whole("live", live, 0..=usize::MAX)?);
        let seed = some_whole("seed", seed, 0..=u64::MAX)?.unwrap_or_else(|| RandomState::new().hash_one(0));
        let options = core::LedgerOptions { caps, ttl, accounts, live, seed, ..Default::default() };
        let inner = core::Ledger::new(options)?;
        inner.set_offset(offset.unwrap_or_else(|| wall(None) - now(None)))?;
        Ok(Self { inner: Arc::new(inner), journal: OnceLock::new() })
    }

    /// Draws a claim on every cap that it falls under, or on none.
    ///
    /// Args:
    ///     tokens: The most output tokens that the call may come to.
    ///     usd: The most US dollars.
    ///     escalated_usd: The part of them for calls above the entry rung.
    ///     query: The query, by its plan's id.
    ///     session: The conversation.
    ///     tenant: The customer.
    ///     ttl: Seconds after which it ends by itself; the ledger's if not given.
    ///     at: The time, in seconds of a monotonic clock; the clock's if not given.
    ///
    /// Raises:
    ///     DeniedError: It does not fit a cap; `cap`, `wanted` and `left` say which and by how much.
    ///     InvalidValueError: A value is out of bounds.
    #[pyo3(signature = (
        *, tokens = 0, usd = 0.0, escalated_usd = 0.0, query = None, session = None, tenant = None, ttl = None, at = None
    ))]
    #[allow(clippy::too_many_arguments)] // one for each keyword
    fn reserve(
        slf: &Bound<'_, Self>,
        #[pyo3(from_py_with = int)] tokens: i128,
        #[pyo3(from_py_with = args::real::usd)] usd: f64,
        #[pyo3(from_py_with = args::real::escalated_usd)] escalated_usd: f64,
        #[pyo3(from_py_with = args::some_text::query)] query: Option<String>,
        #[pyo3(from_py_with = args::some_text::session)] session: Option<String>,
        #[pyo3(from_py_with = args::some_text::tenant)] tenant: Option<String>,
        #[pyo3(from_py_with = args::some_real::ttl)] ttl: Option<f64>,
        at: Option<At>,
    ) -> Result<Hold> {
        let (query, session, tenant) = (query.as_deref(), session.as_deref(), tenant.as_deref());
        let (payer, this) = (core::Payer { query, session, tenant }, slf.get());
        let claim = escalated_cost("tokens", tokens, usd, escalated_usd)?;
        let id = this.turn(slf.py(), || Ok(this.inner.reserve(&payer, claim, ttl, now(at))?))?;
        Ok(Hold { ledger: slf.clone().unbind(), id })
    }

    /// Ends a reservation with what was really spent: `"settled"`; `"late"` when it had expired (the spending counts
    /// all the same); `"nothing"` when there was nothing to settle, and nothing has changed.
    ///
    /// Raises:
    ///     InvalidValueError: The money is negative or no number.
    #[pyo3(signature = (hold, *, tokens = 0, usd = 0.0, escalated_usd = 0.0, at = None) -> "_Settled")]
    fn settle(
        &self,
        py: Python<'_>,
        hold: Int,
        #[pyo3(from_py_with = int)] tokens: i128,
        #[pyo3(from_py_with = args::real::usd)] usd: f64,
        #[pyo3(from_py_with = args::real::escalated_usd)] escalated_usd: f64,
        at: Option<At>,
    ) -> Result<&'static str> {
        let id = hold_id(hold)?;
        self.end(py, id, escalated_cost("tokens", tokens, usd, escalated_usd)?, at)
    }

    /// Ends a reservation without spending. Answers as `settle`.
    #[pyo3(signature = (hold, *, at = None) -> "_Settled")]
    fn release(&self, py: Python<'_>, hold: Int, at: Option<At>) -> Result<&'static str> {
        self.end(py, hold_id(hold)?, core::Cost::default(), at)
    }

    /// The amount that is left under all the caps that fall to a payer.
    #[pyo3(signature = (*, query = None, session = None, tenant = None, at = None))]
    fn room(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = args::some_text::query)] query: Option<String>,
        #[pyo3(from_py_with = args::some_text::session)] session: Option<String>,
        #[pyo3(from_py_with = args::some_text::tenant)] tenant: Option<String>,
        at: Option<At>,
    ) -> Result<Amount> {
        let (query, session, tenant) = (query.as_deref(), session.as_deref(), tenant.as_deref());
        let payer = core::Payer { query, session, tenant };
        self.turn(py, || Ok(Amount::of(self.inner.room(&payer, now(at)))))
    }

    /// US dollars that are left to a payer under caps on escalated spend, or None if no such cap falls to it.
    #[pyo3(signature = (*, query = None, session = None, tenant = None, at = None))]
    fn escalated_room(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = args::some_text::query)] query: Option<String>,
        #[pyo3(from_py_with = args::some_text::session)] session: Option<String>,
        #[pyo3(from_py_with = args::some_text::tenant)] tenant: Option<String>,
        at: Option<At>,
    ) -> Result<Option<f64>> {
        let (query, session, tenant) = (query.as_deref(), session.as_deref(), tenant.as_deref());
        let payer = core::Payer { query, session, tenant };
        self.turn(py, || Ok(self.inner.escalated_room(&payer, now(at)).map(|(left, _)| left.dollars())))
    }

    /// Ends every reservation whose time is over, and says how many there were. Reservations do so on their way, too.
    #[pyo3(signature = (*, at = None))]
    fn expire(&self, py: Python<'_>, at: Option<At>) -> Result<usize> {
        self.turn(py, || Ok(self.inner.expire(now(at))))
    }

    /// Sets right a ledger whose clock was once too far ahead: windows go on from now.
    #[pyo3(signature = (*, at = None))]
    fn rebase(&self, py: Python<'_>, at: Option<At>) -> Result<()> {
        self.turn(py, || {
            self.inner.rebase(now(at));
            Ok(())
        })
    }

    /// Says how many seconds the clock that windows are aligned to is ahead of the one of `at=`.
    ///
    /// Raises:
    ///     InvalidValueError: Not a finite number.
    fn align(&self, #[pyo3(from_py_with = args::real::offset)] offset: f64) -> Result<()> {
        Ok(self.inner.set_offset(offset)?)
    }

    /// Counts of reservations, accounts and spending.
    fn stats(&self, py: Python<'_>) -> Result<LedgerStats> {
        self.turn(py, || Ok(LedgerStats::of(&self.inner.stats())))
    }

    /// Accounts of a scope, at most `most` of them, each in the widest window that it has a cap for.
    ///
    /// Raises:
    ///     UnknownNameError: No such scope.
    #[pyo3(signature = (scope: "_Scope", most = 1_000))]
    fn accounts(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = args::choice::scope)] scope: &str,
        #[pyo3(from_py_with = int)] most: i128,
    ) -> Result<Vec<Account>> {
        let (scope, most) = (core::Scope::from_name(scope)?, whole("most", most, 0..=usize::MAX)?);
        let rows = self.turn(py, || Ok(self.inner.accounts(scope, most)))?;
        Ok(rows
            .into_iter()
            .map(|(key, held, spent)| Account((key, Amount::of(held), Amount::of(spent))))
            .collect())
    }

    /// Blocks that a store should lease now.
    #[pyo3(signature = (most = 1_000, *, at = None))]
    fn wants(&self, #[pyo3(from_py_with = int)] most: i128, at: Option<At>) -> Result<Vec<Block>> {
        let most = whole("most", most, 0..=usize::MAX)?;
        Ok(self.inner.wants(most, now(at)).into_iter().map(block_row).collect())
    }

    /// Adds a block that a store gave; `dry` says that it has no more in this window. False when the block's account
    /// or window has gone, and it must be given back.
    ///
    /// Raises:
    ///     UnknownNameError: No such scope.
    #[pyo3(signature = (block, *, dry = false))]
    fn lease(&self, block: BlockArgument, dry: bool) -> Result<bool> {
        let (scope, key, cap, window, tokens, pico) = block;
        let scope = core::Scope::from_name(&scope)?;
        let part = |what, number| whole(what, number, 0..=u64::MAX);
        let (window, tokens, pico) =
            (part("window", window)?, part("tokens", tokens)?, part("picodollars", pico)?);
        let (cap, amount) = (whole("cap", cap, 0..=usize::MAX)?, core::Cost::new(tokens, Usd(pico)));
        Ok(self.inner.lease(&core::Block { scope, key, cap, window, amount }, dry))
    }

    /// Takes out all that is leased and not committed, to be given back to the store: as `wants`.
    fn unlease(&self) -> Vec<Block> {
        self.inner.unlease().into_iter().map(block_row).collect()
    }

    /// Keeps the ledger in a file that other processes may share. For stores. From now on a reservation is made in a turn:
    /// the ledger calls `journal.begin()`, which locks the file and passes its new records to `replay`, decides, and calls
    /// `journal.commit(records)`, which appends them and unlocks the file. One thread at a time is in a turn.
    ///
    /// Raises:
    ///     StateError: It is kept in a file already.
    fn keep(&self, journal: Py<PyAny>) -> Result<()> {
        let made = Journal { object: journal, process: std::process::id(), turns: Mutex::new(()) };
        self.journal.set(made).map_err(|_| Error::state("the ledger is kept in a file already"))?;
        self.inner.share();
        Ok(())
    }

    /// Takes a turn: writes the settlements, and ends what has expired.
    ///
    /// Raises:
    ///     StoreError: The file is busy or broken.
    #[pyo3(signature = (*, at = None))]
    fn flush(&self, py: Python<'_>, at: Option<At>) -> Result<()> {
        self.turn(py, || {
            self.inner.expire(now(at));
            Ok(())
        })
    }

    /// Plays back records of a journal.
    ///
    /// Raises:
    ///     ArtifactError: A record is damaged, or does not fit the ones before it.
    ///     StateError: A record ends a reservation that was settled here and is not written yet. `restore` the ledger.
    fn replay(&self, records: &[u8]) -> Result<()> {
        let read = self.inner.replay(records)?;
        let rest = records.len() - read;
        if rest > 0 {
            return Err(Error::artifact(format!("journal: the last {rest} bytes are no whole record")).into());
        }
        Ok(())
    }

    /// The whole state, for `restore`.
    fn snapshot<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.inner.snapshot())
    }

    /// Replaces the whole state by a snapshot's.
    ///
    /// Raises:
    ///     ArtifactError: It is damaged, or another version's.
    fn restore(&self, snapshot: &[u8]) -> Result<()> {
        Ok(self.inner.restore(snapshot)?)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        // The store and its ledger hold each other; the collector frees them by the store's attributes.
        self.journal.get().map_or(Ok(()), |journal| visit.call(&journal.object))
    }

    fn __repr__(&self) -> String {
        let s = self.inner.stats();
        format!(
            "Ledger({} caps, live={}, spent_usd={:.6})",
            self.inner.caps().len(),
            s.live,
            s.spent.usd.dollars()
        )
    }
}

named!(Account((String, Amount, Amount)));
/// Scope, key, cap, window, tokens, picodollars.
type BlockArgument = (String, String, Int, Int, Int, Int);
named!(Block((&'static str, String, usize, u64, u64, u64)));

fn block_row(block: core::Block) -> Block {
    let core::Block { scope, key, cap, window, amount } = block;
    Block((scope.as_str(), key, cap, window, amount.tokens, amount.usd.0))
}

fn hold_id(hold: Int) -> Result<core::HoldId> {
    Ok(core::HoldId::from_bits(whole("hold", hold, 0..=u64::MAX)?))
}

/// The ledger of an argument: a `Ledger`, or a store that has one as its attribute `ledger`.
pub(crate) fn read(ledger: &Bound<'_, PyAny>) -> Result<Py<Ledger>> {
    if let Ok(ledger) = ledger.cast::<Ledger>() {
        return Ok(ledger.clone().unbind());
    }
    match ledger.getattr("ledger") {
        Ok(inner) if inner.is_instance_of::<Ledger>() => read(&inner),
        _ => Err(wrong_type("ledger", ledger, "a Ledger, or a store that has one")),
    }
}
