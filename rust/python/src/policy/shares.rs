//! The policy of shares.

use crate::args;
use crate::convert::reals;
use crate::error::{Result, wrong_type};
use crate::estimate::queries;
use crate::getters::getters;
use crate::ladder::Ladder;
use crate::values::{Arguments, hashed, keywords};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use rheostat::Error;
use rheostat::policy as core;

hashed!(Shares);

/// A share of the queries for each rung: the hardest go highest. Needs no outcome and no price of an error, because only the
/// rank of a query among this deployment's own counts. A governor without a policy uses `Shares()`.
///
/// The thresholds are quantiles of the difficulties that came, by a sketch that forgets; they begin with those of 200
/// everyday asks. On any traffic each share is kept within 2 points after a thousand queries. Make one and share it: copies
/// know what this one knows, and learn by themselves.
///
/// Args:
///     shares: One for each rung, lowest first; their sum is 1. If not given, shares that suit any ladder: 70 % on the
///         lowest rung, 25 and 5 % on the next of three, and none above the ladder's `start_max`.
///     usd_per_1000: Instead of shares: a budget per thousand queries, in US dollars. The governor turns it into shares, by
///         what everyday asks are expected to cost on each rung.
///     hysteresis: A query of a session stays on the session's rung while it is nearer to a threshold than this, in
///         quantiles from 0 to 0.5.
///     state: What another has learned: its `state()`.
///
/// Raises:
///     InvalidValueError: Shares that do not sum to 1, a share outside [0, 1], a budget that is not above 0, or both; when the
///         governor is made: not as many shares as rungs, or a budget for a ladder without prices.
///     ArtifactError: The state is damaged.
///
/// Example:
///     >>> import rheostat as rh
///     >>> governor = rh.Governor(
///     ...     rh.Ladder([rh.Rung("fast"), rh.Rung("think"), rh.Rung("deep")]), policy=rh.policy.Shares([0.7, 0.25, 0.05])
///     ... )
///     >>> plan = governor.plan("What is the capital of France?")
///     >>> plan.rung.name, plan.quantile < 0.7
///     ('fast', True)
#[pyclass(frozen, eq, hash, module = "rheostat.policy")]
#[derive(PartialEq)]
pub(crate) struct Shares {
    pub(super) inner: core::Shares,
}

getters! {
    Shares, |this| {
        /// One share for each rung, lowest first. If they are the governor's to choose: those that the first governor of this
        /// object chose, None before.
        shares: Option<Vec<f64>> = this.inner.shares().map(<[f64]>::to_vec);
        /// The budget per thousand queries, in US dollars, or None.
        usd_per_1000: Option<f64> = match this.inner.wanted() {
            core::Wanted::Budget(usd) => Some(*usd),
            core::Wanted::Usual | core::Wanted::Given(_) => None,
        };
        /// Distance from a threshold, in quantiles, within which a query stays on its session's rung.
        hysteresis: f64 = this.inner.hysteresis();
    }
}

#[pymethods]
impl Shares {
    #[new]
    #[pyo3(signature = (
        shares: "Sequence[float] | None" = None, *, usd_per_1000 = None, hysteresis = 0.03, state: "bytes | None" = None
    ))]
    fn new(
        shares: Option<&Bound<'_, PyAny>>,
        #[pyo3(from_py_with = args::some_real::usd_per_1000)] usd_per_1000: Option<f64>,
        #[pyo3(from_py_with = args::real::hysteresis)] hysteresis: f64,
        state: Option<&Bound<'_, PyAny>>,
    ) -> Result<Self> {
        let shares = shares.map(|shares| reals(shares, "shares")).transpose()?;
        let wanted = core::Wanted::of(shares, usd_per_1000)?;
        let inner = core::Shares::new(wanted, hysteresis)?;
        Ok(match state {
            Some(state) => Self { inner: inner.with_state(read_state(state)?)? },
            None => Self { inner },
        })
    }

    /// Shares for a budget. Without a log they are the governor's to choose, by everyday asks; with a ladder and a log they are
    /// chosen here, by the queries of the log.
    ///
    /// Args:
    ///     usd_per_1000: Expected spending on a thousand queries, in US dollars.
    ///     ladder: The rungs that the log is to be served on.
    ///     log: An `EstimateBatch`, or an object with the same `difficulty`, `tokens` and `output_tokens`.
    ///
    /// Raises:
    ///     InvalidValueError: Not a number above 0, an empty log, or one of ladder and log without the other.
    ///
    /// Example:
    ///     >>> import rheostat as rh
    ///     >>> rh.policy.Shares.for_budget(usd_per_1000=2.5)
    ///     Shares(usd_per_1000=2.5)
    ///     >>> ladder = rh.Ladder([rh.Rung("fast", output_price=0.4), rh.Rung("deep", output_price=10.0)])
    ///     >>> log = rh.Estimator().estimate_batch([f"What is {i} plus {i}?" for i in range(100)])
    ///     >>> 0 < rh.policy.Shares.for_budget(usd_per_1000=0.2, ladder=ladder, log=log).shares[1] < 0.5
    ///     True
    #[staticmethod]
    #[pyo3(signature = (*, usd_per_1000, ladder: "Ladder | None" = None, log: "Any" = None))]
    fn for_budget(
        #[pyo3(from_py_with = args::real::usd_per_1000)] usd_per_1000: f64,
        ladder: Option<&Bound<'_, PyAny>>,
        log: Option<&Bound<'_, PyAny>>,
    ) -> Result<Self> {
        let inner = match (ladder, log) {
            (None, None) => core::Shares::new(core::Wanted::Budget(usd_per_1000), core::HYSTERESIS)?,
            (Some(ladder), Some(log)) => {
                let ladder = args::instance::<Ladder>(ladder, "ladder", "a Ladder")?;
                core::Shares::on_log(usd_per_1000, &ladder.get().inner, &queries(log)?)?
            }
            _ => return Err(Error::invalid("ladder, log", "one", "both, or neither").into()),
        };
        Ok(Self { inner })
    }

    /// Shares that put a part of the queries above the lowest rung. Higher rungs get as much less, or more, as in the usual
    /// shares.
    ///
    /// Args:
    ///     part: That part, in [0, 1].
    ///     ladder: The rungs.
    ///
    /// Raises:
    ///     InvalidValueError: A part outside [0, 1].
    ///
    /// Example:
    ///     >>> import rheostat as rh
    ///     >>> ladder = rh.Ladder([rh.Rung("fast"), rh.Rung("think"), rh.Rung("deep")])
    ///     >>> [round(share, 3) for share in rh.policy.Shares.above_lowest(0.5, ladder).shares]
    ///     [0.5, 0.322, 0.178]
    #[staticmethod]
    #[pyo3(signature = (part, ladder: "Ladder"))]
    fn above_lowest(
        #[pyo3(from_py_with = args::real::part)] part: f64,
        ladder: &Bound<'_, PyAny>,
    ) -> Result<Self> {
        let ladder = args::instance::<Ladder>(ladder, "ladder", "a Ladder")?;
        Ok(Self { inner: core::Shares::above_lowest(part, &ladder.get().inner)? })
    }

    /// Returns the learned histograms as bytes: 12 for each of at most 1,024 bins. Save them before a restart, or give them to
    /// another process.
    ///
    /// Example:
    ///     >>> import rheostat as rh
    ///     >>> shares = rh.policy.Shares([0.8, 0.2])
    ///     >>> rh.policy.Shares([0.8, 0.2], state=shares.state()) == shares
    ///     True
    fn state<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.inner.state())
    }

    /// Adds what another process has learned. Give each state once: queries that come twice count twice.
    ///
    /// Raises:
    ///     ArtifactError: The state is damaged; nothing has changed.
    #[pyo3(signature = (state: "bytes"))]
    fn absorb(&self, state: &Bound<'_, PyAny>) -> Result<()> {
        Ok(self.inner.absorb(read_state(state)?)?)
    }

    fn __getnewargs_ex__<'py>(&self, py: Python<'py>) -> PyResult<Arguments<'py>> {
        let (shares, usd) = match self.inner.wanted() {
            core::Wanted::Usual => (None, None),
            core::Wanted::Given(shares) => (Some(shares), None),
            core::Wanted::Budget(usd) => (None, Some(*usd)),
        };
        let (hysteresis, state) = (self.inner.hysteresis(), self.state(py));
        let keywords = keywords!(py, usd_per_1000 = usd, hysteresis = hysteresis, state = state);
        Ok(((shares,).into_pyobject(py)?, keywords))
    }

    fn __repr__(&self) -> String {
        let mut parts = match self.inner.wanted() {
            core::Wanted::Usual => Vec::new(),
            core::Wanted::Given(shares) => vec![format!("{shares:?}")],
            core::Wanted::Budget(usd) => vec![format!("usd_per_1000={usd:?}")],
        };
        if self.inner.hysteresis() != core::HYSTERESIS {
            parts.push(format!("hysteresis={:?}", self.inner.hysteresis()));
        }
        format!("Shares({})", parts.join(", "))
    }
}

fn read_state<'a>(state: &'a Bound<'_, PyAny>) -> Result<&'a [u8]> {
    Ok(state.cast::<PyBytes>().map_err(|_| wrong_type("state", state, "bytes"))?.as_bytes())
}
