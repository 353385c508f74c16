//! Policies, as values that a governor is made with.

use crate::args;
use crate::calibration::Guaranteed;
use crate::clock::{now, wall};
use crate::convert::{real_rows, reals};
use crate::error::{Result, wrong_type};
use crate::getters::getters;
use crate::ladder::Ladder;
use crate::typed::{Array, named};
use crate::values::{Arguments, hashed, keywords};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use rheostat::Error;
use rheostat::estimate::logit;
use rheostat::ladder::Load;
use rheostat::policy as core;
use std::collections::BTreeMap;
use std::sync::Arc;

named!(Pace((f64, f64, u64, f64)));
named!(Allocation((Array<u64>, f64, f64, f64, f64)));

hashed!(Threshold, Utility, Shares);

/// The lowest rung whose threshold the difficulty does not pass.
///
/// Args:
///     thresholds: Difficulties in [0, 1], rising: one fewer than the ladder has rungs. A query whose difficulty is
///         below the first goes to the lowest rung, and so on.
///
/// Raises:
///     InvalidValueError: Not rising, or outside [0, 1]; when the governor is made: not as many as the ladder needs.
///
/// Example:
///     >>> import rheostat as rh
///     >>> rh.policy.Threshold([0.3, 0.7]).thresholds
///     [0.3, 0.7]
#[pyclass(frozen, eq, hash, get_all, module = "rheostat.policy")]
#[derive(PartialEq)]
pub(crate) struct Threshold {
    /// Difficulties, rising.
    thresholds: Vec<f64>,
}

#[pymethods]
impl Threshold {
    #[new]
    fn new(#[pyo3(from_py_with = args::reals::thresholds)] thresholds: Vec<f64>) -> Result<Self> {
        core::Policy::Threshold { thresholds: thresholds.clone() }.validate()?;
        Ok(Self { thresholds })
    }

    fn __getnewargs_ex__<'py>(&self, py: Python<'py>) -> PyResult<Arguments<'py>> {
        Ok(((&self.thresholds,).into_pyobject(py)?, keywords!(py)))
    }

    fn __repr__(&self) -> String {
        format!("Threshold({:?})", self.thresholds)
    }
}

/// The rung with the least expected cost: its price, plus what an error costs times the chance of one.
///
/// Args:
///     usd_per_error: What a wrong answer costs you, in US dollars, at least 0.
///
/// Raises:
///     InvalidValueError: Not a number of at least 0.
///
/// Example:
///     >>> import rheostat as rh
///     >>> rh.policy.Utility(usd_per_error=2.0).usd_per_error
///     2.0
#[pyclass(frozen, eq, hash, get_all, module = "rheostat.policy")]
#[derive(PartialEq)]
pub(crate) struct Utility {
    /// Cost of a wrong answer, in US dollars.
    usd_per_error: f64,
}

#[pymethods]
impl Utility {
    #[new]
    fn new(#[pyo3(from_py_with = args::real::usd_per_error)] usd_per_error: f64) -> Result<Self> {
        core::Policy::Utility { usd_per_error }.validate()?;
        Ok(Self { usd_per_error })
    }

    fn __getnewargs_ex__<'py>(&self, py: Python<'py>) -> PyResult<Arguments<'py>> {
        Ok(((self.usd_per_error,).into_pyobject(py)?, keywords!(py)))
    }

    fn __repr__(&self) -> String {
        format!("Utility(usd_per_error={})", self.usd_per_error)
    }
}

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
    inner: core::Shares,
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
        let wanted = match (shares.map(|shares| reals(shares, "shares")).transpose()?, usd_per_1000) {
            (Some(shares), None) => core::Wanted::Given(shares),
            (None, Some(usd)) => core::Wanted::Budget(usd),
            (None, None) => core::Wanted::Usual,
            (Some(_), Some(_)) => {
                return Err(
                    Error::invalid("shares, usd_per_1000", "both", "one of the two, or neither").into()
                );
            }
        };
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

/// Location and expected size of each query of a log.
pub(crate) fn queries(log: &Bound<'_, PyAny>) -> Result<Vec<(f64, Load)>> {
    let column = |name: &str| -> Result<Vec<f64>> {
        let values = log.getattr(name).map_err(|_| wrong_type("log", log, "an EstimateBatch"))?;
        reals(&values, &format!("log.{name}"))
    };
    let (difficulty, input, output) = (column("difficulty")?, column("tokens")?, column("output_tokens")?);
    if difficulty.len() != input.len() || input.len() != output.len() {
        let got = format!("{}, {} and {} numbers", difficulty.len(), input.len(), output.len());
        return Err(Error::invalid("log", got, "columns of one length").into());
    }
    let query = |((difficulty, input_tokens), output_tokens): ((f64, f64), f64)| {
        (logit(difficulty), Load { input_tokens, output_tokens, difficulty })
    };
    Ok(difficulty.into_iter().zip(input).zip(output).map(query).collect())
}

fn read_state<'a>(state: &'a Bound<'_, PyAny>) -> Result<&'a [u8]> {
    Ok(state.cast::<PyBytes>().map_err(|_| wrong_type("state", state, "bytes"))?.as_bytes())
}

/// As `Utility`, at a price of compute that makes a period's budget last: online dual mirror descent (Balseiro, Lu and
/// Mirrokni, arXiv 2011.10124). Make one and share it: its price is what it has learned.
///
/// A day's budget is met within 2 % under diurnal and bursty load, as long as there is more to spend it on than it
/// buys; it is a pace and no cap: a `Ledger` is the cap. docs/pacing.md has the day that it was measured on.
///
/// Args:
///     usd: The budget of each period, in US dollars.
///     per: The period in seconds, aligned to Unix time; a day if not given.
///     usd_per_error: What a wrong answer costs you, in US dollars: what is not worth it is not bought, though the
///         budget would allow it.
///     queries: How many queries a period is expected to bring, until one has been seen whole.
///     weights: Weights of tenants by name; others have a weight of 1.
///     fairness: How strongly a tenant that takes more than its share pays more, from 0 (not at all) to 1.
///     offset: How many seconds the clock that periods are aligned to is ahead of the one of `at=`; Unix time if not
///         given.
///
/// Raises:
///     InvalidValueError: A value is out of bounds.
///
/// Example:
///     >>> import rheostat as rh
///     >>> rh.policy.Paced(usd=500.0, usd_per_error=2.0).price()
///     1.0
#[pyclass(frozen, module = "rheostat.policy")]
pub(crate) struct Paced {
    pacer: Arc<core::Pacer>,
}

getters! {
    Paced, |this| {
        /// The budget of each period, in US dollars.
        usd: f64 = this.pacer.options().usd;
        /// The period, in seconds.
        per: f64 = this.pacer.options().period;
        /// Cost of a wrong answer, in US dollars.
        usd_per_error: f64 = this.pacer.options().usd_per_error;
    }
}

#[pymethods]
impl Paced {
    #[new]
    #[pyo3(signature = (
        usd, *, per = 86_400.0, usd_per_error = 1.0, queries = None, weights = None, fairness = 0.5, offset = None
    ))]
    fn new(
        #[pyo3(from_py_with = args::real::usd)] usd: f64,
        #[pyo3(from_py_with = args::real::per)] per: f64,
        #[pyo3(from_py_with = args::real::usd_per_error)] usd_per_error: f64,
        #[pyo3(from_py_with = args::some_real::queries)] queries: Option<f64>,
        #[pyo3(from_py_with = args::some_table::weights)] weights: Option<BTreeMap<String, f64>>,
        #[pyo3(from_py_with = args::real::fairness)] fairness: f64,
        #[pyo3(from_py_with = args::some_real::offset)] offset: Option<f64>,
    ) -> Result<Self> {
        let weights = weights.unwrap_or_default().into_iter().collect();
        let offset = offset.unwrap_or_else(|| wall(None) - now(None));
        let options =
            core::PacedOptions { usd, period: per, usd_per_error, queries, weights, fairness, offset };
        Ok(Self { pacer: Arc::new(core::Pacer::new(options)?) })
    }

    /// Shadow price of a dollar of compute for a tenant: 1 while the budget is not short.
    #[pyo3(signature = (tenant = None))]
    fn price(&self, #[pyo3(from_py_with = args::some_text::tenant)] tenant: Option<String>) -> f64 {
        let tenant = tenant.as_deref();
        self.pacer.price(tenant)
    }

    /// The current period: its price, spending and traffic.
    fn pace(&self) -> Pace {
        let core::Pace { price, spent, queries, expected } = self.pacer.pace();
        Pace((price, spent, queries, expected))
    }

    fn __repr__(&self) -> String {
        let o = self.pacer.options();
        format!("Paced(usd={}, per={}, usd_per_error={})", o.usd, o.period, o.usd_per_error)
    }
}

/// Chooses a rung for each of many queries so that the sum of gains is as large as a total budget allows.
///
/// Exact if gains are concave in equal steps of cost. Otherwise it is the optimum of the Lagrangian, which loses less
/// than one step's gain against the best allocation.
///
/// Args:
///     gains: Gain of each query on each rung, such as P(correct): shape (queries, rungs).
///     costs: Cost of each query on each rung, at least 0, in the budget's unit: the same shape.
///     budget: Total budget. Each query takes at least its cheapest rung, whatever the budget.
///
/// Raises:
///     InvalidValueError: The shapes differ, a number is not finite, or a cost or the budget is negative.
///
/// Example:
///     >>> import numpy as np, rheostat as rh
///     >>> best = rh.policy.allocate(np.array([[0.5, 0.6], [0.2, 0.9]]), np.array([[1.0, 2.0], [1.0, 2.0]]), 3.0)
///     >>> best.rungs.tolist(), best.cost
///     ([0, 1], 3.0)
#[pyfunction]
#[pyo3(signature = (gains: "npt.NDArray[np.float64]", costs: "npt.NDArray[np.float64]", budget))]
pub(crate) fn allocate<'py>(
    py: Python<'py>,
    gains: &Bound<'py, PyAny>,
    costs: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = args::real::budget)] budget: f64,
) -> Result<Allocation> {
    let ((gains, rungs), (costs, others)) = (real_rows(gains, "gains")?, real_rows(costs, "costs")?);
    if (gains.len(), rungs) != (costs.len(), others) {
        let shapes =
            format!("{} numbers in rows of {rungs} and {} in rows of {others}", gains.len(), costs.len());
        return Err(Error::invalid("gains, costs", shapes, "of one shape").into());
    }
    let core::Allocation { rungs, cost, gain, bound, price } =
        py.detach(|| core::allocate(&gains, &costs, rungs, budget))?;
    Ok(Allocation((Array::of(py, rungs.iter().map(|&rung| rung as u64)), cost, gain, bound, price)))
}

/// Checks that a policy fits a ladder, for those who read both from a file.
///
/// Raises:
///     InvalidValueError: As the governor would raise it.
#[pyfunction]
#[pyo3(signature = (policy: "Any", ladder: "Ladder"))]
pub(crate) fn policy_fits(policy: &Bound<'_, PyAny>, ladder: &Bound<'_, PyAny>) -> Result<()> {
    let ladder = args::instance::<Ladder>(ladder, "ladder", "a Ladder")?;
    Ok(read(policy)?.fits(&ladder.get().inner)?)
}

/// The core's policy out of one of the classes above.
pub(crate) fn read(policy: &Bound<'_, PyAny>) -> Result<core::Policy> {
    if let Ok(threshold) = policy.cast::<Threshold>() {
        return Ok(core::Policy::Threshold { thresholds: threshold.get().thresholds.clone() });
    }
    if let Ok(utility) = policy.cast::<Utility>() {
        return Ok(core::Policy::Utility { usd_per_error: utility.get().usd_per_error });
    }
    if let Ok(guaranteed) = policy.cast::<Guaranteed>() {
        return Ok(core::Policy::Guaranteed(guaranteed.get().inner.clone()));
    }
    if let Ok(paced) = policy.cast::<Paced>() {
        return Ok(core::Policy::Paced(paced.get().pacer.clone()));
    }
    if let Ok(shares) = policy.cast::<Shares>() {
        return Ok(core::Policy::Shares(shares.get().inner.clone()));
    }
    Err(wrong_type("policy", policy, "rheostat.policy.Shares, Threshold, Utility, Guaranteed or Paced"))
}
