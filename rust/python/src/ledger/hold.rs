//! Reservations, and counts of a ledger.

use super::Ledger;
use crate::args;
use crate::cap::escalated_cost;
use crate::clock::{At, now};
use crate::error::Result;
use crate::show::fields_of;
use crate::whole::int;
use pyo3::prelude::*;
use rheostat::ledger as core;

/// A live reservation. As a context manager it is released at the end, unless it has been settled.
#[pyclass(frozen, module = "rheostat.types")]
pub(crate) struct Hold {
    pub(super) ledger: Py<Ledger>,
    pub(super) id: core::HoldId,
}

#[pymethods]
impl Hold {
    /// Its number, for `Ledger.settle` elsewhere in this process.
    #[getter]
    fn id(&self) -> u64 {
        self.id.to_bits()
    }

    /// Ends it with what was really spent. Answers as `Ledger.settle`.
    ///
    /// Raises:
    ///     InvalidValueError: The money is negative or no number.
    #[pyo3(signature = (*, tokens = 0, usd = 0.0, escalated_usd = 0.0, at = None) -> "_Settled")]
    fn settle(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = int)] tokens: i128,
        #[pyo3(from_py_with = args::real::usd)] usd: f64,
        #[pyo3(from_py_with = args::real::escalated_usd)] escalated_usd: f64,
        at: Option<At>,
    ) -> Result<&'static str> {
        self.ledger.get().end(py, self.id, escalated_cost("tokens", tokens, usd, escalated_usd)?, at)
    }

    /// Ends it; nothing was spent.
    #[pyo3(signature = (*, at = None) -> "_Settled")]
    fn release(&self, py: Python<'_>, at: Option<At>) -> Result<&'static str> {
        self.ledger.get().end(py, self.id, core::Cost::default(), at)
    }

    fn __enter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    #[pyo3(signature = (*_exception: "object"))]
    fn __exit__(&self, _exception: &Bound<'_, pyo3::types::PyTuple>) {
        // Where it has been settled there is nothing to release, and that is no mistake of the caller's.
        self.ledger.get().inner.forgo(self.id, now(None));
    }

    fn __repr__(&self) -> String {
        format!("Hold({})", self.id)
    }
}

/// Counts of a ledger.
#[pyclass(frozen, get_all, module = "rheostat.types")]
pub(crate) struct LedgerStats {
    /// Live reservations.
    live: u64,
    /// Tokens that they claim.
    held_tokens: u64,
    /// Tokens spent since the ledger was made.
    spent_tokens: u64,
    /// US dollars spent since the ledger was made.
    spent_usd: f64,
    /// Reservations made.
    made: u64,
    /// Settled or released in time.
    settled: u64,
    /// Ended by themselves.
    expired: u64,
    /// Settled after they had expired.
    late: u64,
    /// Settlements of what had been settled, was forgotten or never made; they changed nothing.
    duplicate: u64,
    /// Reservations refused.
    denied: u64,
    /// Accounts kept.
    accounts: u64,
    /// Idle accounts that were forgotten although they had spent.
    evicted: u64,
    /// Memory, in bytes.
    bytes: u64,
}

impl LedgerStats {
    pub(super) fn of(s: &core::LedgerStats) -> Self {
        Self {
            live: s.live,
            held_tokens: s.held_tokens,
            spent_tokens: s.spent.tokens,
            spent_usd: s.spent.usd.dollars(),
            made: s.made,
            settled: s.settled,
            expired: s.expired,
            late: s.late,
            duplicate: s.duplicate,
            denied: s.denied,
            accounts: s.accounts,
            evicted: s.evicted,
            bytes: s.bytes,
        }
    }
}

#[pymethods]
impl LedgerStats {
    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        let counts = "live held_tokens spent_tokens spent_usd made settled expired late duplicate denied accounts evicted bytes";
        fields_of(slf, "LedgerStats", counts)
    }
}
