//! Statistical guarantees for a choice that was made by looking at a log.

use crate::args;
use crate::convert::{real_rows, reals};
use crate::error::{Result, wrong_type};
use crate::files;
use crate::fit::digests;
use crate::getters::getters;
use crate::show::{or_none, truth};
use crate::whole::{Int, whole};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyInt, PyString};
use rheostat::guarantee as core;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A promise, or why there is none. True where something is promised.
#[pyclass(frozen, module = "rheostat.guarantee")]
pub(crate) struct Verdict {
    inner: core::Verdict,
}

getters! {
    Verdict, |this| {
        /// True if there is a promise.
        certified: bool = this.inner.certificate().is_some();
        /// The boldest candidate that may be used, by its place in the order; None when nothing is promised.
        candidate: Option<usize> = this.inner.candidate();
        /// Its mean loss on the units; None when nothing is promised.
        mean_loss: Option<f64> = this.inner.certificate().map(|c| c.mean_loss);
        /// The smallest loss that could have been promised in its place; None when nothing is promised.
        bound: Option<f64> = this.inner.certificate().map(|c| c.bound);
        /// Number of independent units that it rests on; None without a promise.
        units: Option<usize> = this.inner.certificate().map(|c| c.units);
        /// In words: what is promised, or why nothing is.
        reason: String = this.inner.to_string();
    }
}

#[pymethods]
impl Verdict {
    fn __bool__(&self) -> bool {
        self.certified()
    }

    fn __repr__(&self) -> String {
        format!("Verdict(certified={}, reason={:?})", truth(self.certified()), self.reason())
    }
}

fn target(max_loss: f64, confidence: f64, bounds: (f64, f64)) -> Result<core::Target> {
    Ok(core::Target::new(max_loss, confidence, core::Range::new(bounds.0, bounds.1)?)?)
}

fn units(
    py: Python<'_>,
    losses: &Bound<'_, PyAny>,
    groups: Option<&Bound<'_, PyAny>>,
    bounds: (f64, f64),
) -> Result<core::Units> {
    let (values, columns) = real_rows(losses, "losses")?;
    let groups = groups.map(|groups| digests(groups, "groups", values.len() / columns.max(1))).transpose()?;
    let range = core::Range::new(bounds.0, bounds.1)?;
    Ok(py.detach(|| core::Units::new(&values, columns, groups.as_deref(), range))?)
}

/// Learn then Test: the boldest candidate whose mean loss is promised not to pass `max_loss`.
///
/// Over the draw of the log, the chance that the promise is wrong is at most 1 − `confidence`.
///
/// Args:
///     losses: One row for each query and one column for each candidate, from the safest to the boldest.
///     max_loss: The mean loss that must not be passed, strictly within `bounds`.
///     confidence: How sure that must be, above 0 and below 1.
///     groups: The independent unit of each row: a question or a user. Rows of one group are averaged and count once.
///     method: `"binomial"` for losses that are one end of `bounds` or the other, `"hoeffding_bentkus"` for any, `"betting"` for
///         any of which most are alike, or `"paired"` for differences of scores that are -1, 0 or 1, which needs the fewest units.
///     walk: `"fixed_sequence"` tests from the safest on until one fails; `"bonferroni"` tests each at δ over their number.
///     bounds: The least and the greatest loss that there can be.
///
/// Returns:
///     A `Verdict`. Where nothing may be promised it says why: keep the safest choice.
///
/// Raises:
///     InvalidValueError: A loss outside the bounds (the message names row and candidate), or another value out of bounds.
///     UnknownNameError: No such method or walk.
///
/// Example:
///     >>> import rheostat as rh
///     >>> verdict = rh.guarantee.certify([[0.0, 0.0]] * 90 + [[0.0, 1.0]] * 10, max_loss=0.05)
///     >>> verdict.certified, verdict.candidate
///     (True, 0)
///     >>> bool(rh.guarantee.certify([[0.0]] * 10, max_loss=0.05))
///     False
#[pyfunction]
#[pyo3(signature = (
    losses: "_Rows", *, max_loss, confidence = 0.95, groups: "Iterable[_Name] | None" = None,
    method: "_Test" = "hoeffding_bentkus", walk: "_Walk" = "fixed_sequence",
    bounds: "tuple[float, float]" = (0.0, 1.0)
))]
pub(crate) fn certify(
    py: Python<'_>,
    losses: &Bound<'_, PyAny>,
    #[pyo3(from_py_with = args::real::max_loss)] max_loss: f64,
    #[pyo3(from_py_with = args::real::confidence)] confidence: f64,
    groups: Option<&Bound<'_, PyAny>>,
    #[pyo3(from_py_with = args::choice::method)] method: &str,
    #[pyo3(from_py_with = args::choice::walk)] walk: &str,
    #[pyo3(from_py_with = args::bounds)] bounds: (f64, f64),
) -> Result<Verdict> {
    let (method, walk) = (core::Method::from_name(method)?, core::Walk::from_name(walk)?);
    let target = target(max_loss, confidence, bounds)?;
    let units = units(py, losses, groups, bounds)?;
    let inner = py.detach(|| core::learn_then_test(&units, &target, method, walk))?;
    Ok(Verdict { inner })
}

/// Conformal risk control: the boldest candidate whose *expected* loss on the next unit is at most `max_loss`.
///
/// A weaker promise than `certify`, with no confidence attached, and one that needs fewer units. Losses should grow along
/// the order on every row; where one falls, its greatest value so far is taken.
///
/// Args:
///     losses: One row for each query and one column for each candidate, from the safest to the boldest.
///     max_loss: The expected loss that must not be passed, strictly within `bounds`.
///     groups: The independent unit of each row.
///     bounds: The least and the greatest loss that there can be.
///
/// Raises:
///     InvalidValueError: A value out of bounds.
///
/// Example:
///     >>> import rheostat as rh
///     >>> rh.guarantee.control_risk([[0.0, 1.0]] * 19, max_loss=0.05).candidate
///     0
#[pyfunction]
#[pyo3(signature = (
    losses: "_Rows", *, max_loss, groups: "Iterable[_Name] | None" = None, bounds: "tuple[float, float]" = (0.0, 1.0)
))]
pub(crate) fn control_risk(
    py: Python<'_>,
    losses: &Bound<'_, PyAny>,
    #[pyo3(from_py_with = args::real::max_loss)] max_loss: f64,
    groups: Option<&Bound<'_, PyAny>>,
    #[pyo3(from_py_with = args::bounds)] bounds: (f64, f64),
) -> Result<Verdict> {
    let target = target(max_loss, 0.5, bounds)?;
    let units = units(py, losses, groups, bounds)?;
    Ok(Verdict { inner: py.detach(|| core::control_risk(&units, &target)) })
}

/// The number of independent labelled queries that a promise takes, before any is bought: both answers graded on each.
///
/// Args:
///     max_loss: The mean loss to promise, in points of score, above 0 and below 1.
///     loss: The mean loss that the cheaper choice is assumed to have, above -1 and below `max_loss`; below 0 if it is better.
///     differ: Share of the queries on which it is assumed to be graded differently, better or worse: at least `loss` and at most
///         1. A choice that sends a fifth of the queries to a rung that differs on a quarter of them differs on 0.05. As much as
///         `loss` if not given: nothing is won.
///     confidence: How sure the promise must be, above 0 and below 1.
///     power: Chance that it can be made if the losses are as assumed, above 0 and below 1.
///
/// Returns:
///     The labels for `certify(method="paired")`, and for `Guaranteed.calibrate` with scores of 0 and 1.
///
/// Raises:
///     InvalidValueError: A value out of bounds, or a billion labels would not suffice.
///
/// Example:
///     >>> import rheostat as rh
///     >>> rh.guarantee.labels_needed(0.02)                # no answer is ever worse
///     149
///     >>> rh.guarantee.labels_needed(0.02, loss=0.01, differ=0.05)
///     3218
#[pyfunction]
#[pyo3(signature = (max_loss, *, loss = 0.0, differ = None, confidence = 0.95, power = 0.8))]
pub(crate) fn labels_needed(
    py: Python<'_>,
    #[pyo3(from_py_with = args::real::max_loss)] max_loss: f64,
    #[pyo3(from_py_with = args::real::loss)] loss: f64,
    #[pyo3(from_py_with = args::some_real::differ)] differ: Option<f64>,
    #[pyo3(from_py_with = args::real::confidence)] confidence: f64,
    #[pyo3(from_py_with = args::real::power)] power: f64,
) -> Result<u64> {
    let assumed = core::Assumed { loss, differ, power };
    Ok(py.detach(|| core::labels_needed(max_loss, confidence, &assumed))?)
}

/// Certifies candidates while a log grows, and may be looked at after every row: the chance that one which passes
/// `max_loss` is *ever* certified is at most 1 − `confidence`. It also tells when one is known to pass it. Thread-safe.
///
/// Args:
///     candidates: How many there are, from the safest to the boldest; at most 4,096.
///     max_loss: The mean loss that must not be passed, strictly within `bounds`.
///     confidence: How sure that must be, above 0 and below 1.
///     bounds: The least and the greatest loss that there can be.
///
/// Raises:
///     InvalidValueError: A value out of bounds.
///
/// Example:
///     >>> import rheostat as rh
///     >>> watch = rh.guarantee.Watch(1, max_loss=0.1)
///     >>> watch.certified is None
///     True
///     >>> for _ in range(60):
///     ...     _ = watch.update([0.0])
///     >>> watch.certified, watch.units
///     (0, 60)
#[pyclass(frozen, module = "rheostat.guarantee")]
pub(crate) struct Watch {
    inner: Mutex<core::Watch>,
}

impl Watch {
    fn lock(&self) -> MutexGuard<'_, core::Watch> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

getters! {
    Watch, |this| {
        /// The boldest candidate of which the loss is promised now, by its place; None when there is none.
        certified: Option<usize> = this.lock().standing().certified;
        /// The safest candidate that is known to lose more; None when there is none.
        violated: Option<usize> = this.lock().standing().violated;
        /// Number of rows that counted.
        units: u64 = this.lock().standing().units;
        /// Number of rows of groups that had been seen before.
        repeated: u64 = this.lock().standing().repeated;
        /// Rows of new groups that were left out because too many groups were known: about a million are told apart.
        left_out: u64 = this.lock().standing().left_out;
    }
}

#[pymethods]
impl Watch {
    #[new]
    #[pyo3(signature = (candidates, *, max_loss, confidence = 0.95, bounds: "tuple[float, float]" = (0.0, 1.0)))]
    fn new(
        candidates: Int,
        #[pyo3(from_py_with = args::real::max_loss)] max_loss: f64,
        #[pyo3(from_py_with = args::real::confidence)] confidence: f64,
        #[pyo3(from_py_with = args::bounds)] bounds: (f64, f64),
    ) -> Result<Self> {
        let inner = core::Watch::new(
            whole("candidates", candidates, 0..=usize::MAX)?,
            target(max_loss, confidence, bounds)?,
        )?;
        Ok(Self { inner: Mutex::new(inner) })
    }

    /// One more row: each candidate's loss. Of a group only the first row counts; whether this one did is returned.
    ///
    /// Raises:
    ///     InvalidValueError: Not one loss for each candidate, or one out of bounds.
    #[pyo3(signature = (losses: "_Numbers", *, group: "_Name | None" = None))]
    fn update(&self, losses: &Bound<'_, PyAny>, group: Option<&Bound<'_, PyAny>>) -> Result<bool> {
        let losses = reals(losses, "losses")?;
        let group = group.map(|group| digest(group, "group")).transpose()?;
        Ok(self.lock().update(&losses, group)?)
    }

    /// The watch as bytes: all that it needs to go on.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.lock().to_bytes())
    }

    /// Reads a watch from bytes. A checksum finds damage; it is no signature.
    ///
    /// Raises:
    ///     ArtifactError: It is damaged, too large, or of another version.
    #[staticmethod]
    fn from_bytes(data: &[u8]) -> Result<Self> {
        Ok(Self { inner: Mutex::new(core::Watch::from_bytes(data)?) })
    }

    /// Writes the watch to a file.
    ///
    /// Raises:
    ///     OSError: The file cannot be written.
    fn save(&self, py: Python<'_>, path: PathBuf) -> Result<()> {
        let bytes = self.lock().to_bytes();
        files::write(py, &path, &bytes)
    }

    /// Reads a watch from a file.
    ///
    /// Raises:
    ///     OSError: The file cannot be read.
    ///     ArtifactError: It is damaged, too large, or of another version.
    #[staticmethod]
    fn load(py: Python<'_>, path: PathBuf) -> Result<Self> {
        Self::from_bytes(&files::read(py, &path, core::MOST_BYTES)?)
    }

    fn __repr__(&self) -> String {
        let s = self.lock().standing();
        let shown = |candidate: Option<usize>| or_none(candidate, |candidate| candidate.to_string());
        format!("Watch(certified={}, violated={}, units={})", shown(s.certified), shown(s.violated), s.units)
    }
}

/// A digest of what names a group: a `str`, bytes or a whole number.
pub(crate) fn digest(name: &Bound<'_, PyAny>, what: &str) -> Result<u64> {
    if let Ok(text) = name.cast::<PyString>() {
        return Ok(rheostat::learn::digest(crate::convert::utf8(text)?.0.as_bytes()));
    }
    if let Ok(bytes) = name.cast::<PyBytes>() {
        return Ok(rheostat::learn::digest(bytes.as_bytes()));
    }
    if name.is_instance_of::<PyInt>() || name.hasattr("__index__")? {
        // Of any size: numbers that are written alike are one.
        let number =
            name.call_method0("__index__").map_err(|_| wrong_type(what, name, "str, bytes or int"))?;
        // Python writes no decimal number of more than 4,300 digits.
        let digits = number.str().or_else(|_| number.call_method1("__format__", ("x",))?.str())?;
        return Ok(rheostat::learn::digest(digits.to_str()?.as_bytes()));
    }
    Err(wrong_type(what, name, "str, bytes or int"))
}
