//! Policies, as values that a governor is made with.

mod shares;

pub(crate) use shares::Shares;

use crate::args;
use crate::calibration::Guaranteed;
use crate::clock::{now, wall};
use crate::convert::real_rows;
use crate::error::{Result, wrong_type};
use crate::getters::getters;
use crate::typed::{Array, named};
use crate::values::{Arguments, hashed, keywords};
use pyo3::prelude::*;
use rheostat::Error;
use rheostat::policy as core;
use std::collections::BTreeMap;
use std::sync::Arc;

named!(Pace((f64, f64, u64, f64)));
named!(Allocation((Array<u64>, f64, f64, f64, f64)));

hashed!(Threshold, Utility);

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

/// The Python object of a policy. Objects of one policy share what it has learned and spent.
pub(crate) fn object<'py>(py: Python<'py>, policy: &core::Policy) -> PyResult<Bound<'py, PyAny>> {
    Ok(match policy {
        core::Policy::Threshold { thresholds } => {
            Bound::new(py, Threshold { thresholds: thresholds.clone() })?.into_any()
        }
        core::Policy::Utility { usd_per_error } => {
            Bound::new(py, Utility { usd_per_error: *usd_per_error })?.into_any()
        }
        core::Policy::Guaranteed(inner) => Bound::new(py, Guaranteed { inner: inner.clone() })?.into_any(),
        core::Policy::Paced(pacer) => Bound::new(py, Paced { pacer: pacer.clone() })?.into_any(),
        core::Policy::Shares(inner) => Bound::new(py, Shares { inner: inner.clone() })?.into_any(),
    })
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
