//! Ramps: the moves that a kind of evidence leads to.

use crate::args;
use crate::error::Result;
use crate::getters::getters;
use crate::typed::typed;
use crate::values::{Arguments, hashed, keywords};
use crate::whole::{int, whole};
use pyo3::prelude::*;
use rheostat::rules as core;

typed!(MoveName(&'static str): "_Move");
typed!(Evidence(&'static str): "_Evidence");
hashed!(Move, Ramp);

/// One way to buy more compute, as a part of a `Ramp`.
///
/// Args:
///     name: `"replace"` (the weak one of several samples, for another), `"samples"` (another batch), `"think"` (a
///         thinking budget `by` times as large), `"revise"` (another round, `most` beyond the plan), `"verify"` (a
///         round that judges the answer) or `"escalate"` (the next rung).
///     most: How often it may be made on one rung, at most 100. Escalations are bounded by the ceiling.
///     by: For `"think"`, the factor, above 1.
///
/// Raises:
///     UnknownNameError: No such move.
///     InvalidValueError: A number out of bounds.
///
/// Example:
///     >>> import rheostat as rh
///     >>> rh.Move("think", most=1, by=2.0)
///     Move('think', most=1, by=2.0)
#[pyclass(frozen, eq, hash, module = "rheostat")]
#[derive(PartialEq)]
pub(crate) struct Move {
    inner: core::Move,
}

#[pymethods]
impl Move {
    #[new]
    #[pyo3(signature = (name: "_Move", *, most = 1, by = 2.0))]
    fn new(
        #[pyo3(from_py_with = args::choice::name)] name: &str,
        #[pyo3(from_py_with = int)] most: i128,
        #[pyo3(from_py_with = args::real::by)] by: f64,
    ) -> Result<Self> {
        let most = whole("most", most, 0..=u32::MAX)?;
        let inner = core::Move::from_name(name, most, by)?;
        Ok(Self { inner })
    }

    /// The move's name.
    #[getter]
    fn name(&self) -> MoveName {
        MoveName(self.inner.name())
    }

    fn __getnewargs_ex__<'py>(&self, py: Python<'py>) -> PyResult<Arguments<'py>> {
        let keywords = match self.inner {
            core::Move::Think { most, by } => keywords!(py, most = most, by = by),
            core::Move::Escalate => keywords!(py),
            core::Move::Replace { most }
            | core::Move::Samples { most }
            | core::Move::Revise { most }
            | core::Move::Verify { most } => keywords!(py, most = most),
        };
        Ok(((self.name(),).into_pyobject(py)?, keywords))
    }

    fn __repr__(&self) -> String {
        match self.inner {
            core::Move::Think { most, by } => format!("Move('think', most={most}, by={by:?})"),
            core::Move::Escalate => "Move('escalate')".to_owned(),
            core::Move::Replace { most }
            | core::Move::Samples { most }
            | core::Move::Revise { most }
            | core::Move::Verify { most } => format!("Move('{}', most={most})", self.name().0),
        }
    }
}

/// The moves that one kind of evidence leads to. The run takes the first that the ladder permits, the ceiling affords, and whose
/// expected gain exceeds its price.
///
/// Args:
///     on: `"low_confidence"`, `"low_steps"`, `"uncertain"`, `"branching"`, `"hedging"`, `"loop"`, `"disagreement"`,
///         `"no_answer"`, `"refuted"`, `"failure"`, `"stall"` or `"tool_errors"`.
///     moves: The moves, the preferred one first.
///     odds: By what factor the evidence changes the odds that the answer in hand is right, above 0 and at most 1.
///
/// Raises:
///     UnknownNameError: No such evidence.
///     InvalidTypeError: Not moves.
///     InvalidValueError: The odds are out of bounds.
///
/// Example:
///     >>> import rheostat as rh
///     >>> rh.Ramp("stall", [rh.Move("escalate")], odds=0.2)
///     Ramp('stall', [Move('escalate')], odds=0.2)
#[pyclass(frozen, eq, hash, module = "rheostat")]
#[derive(PartialEq)]
pub(crate) struct Ramp {
    pub(crate) inner: core::RampRule,
}

getters! {
    Ramp, |this| {
        /// The evidence.
        on: Evidence = Evidence(this.inner.on.as_str());
        /// By what factor it changes the odds that the answer in hand is right.
        odds: f64 = this.inner.odds;
        /// The moves, the preferred one first.
        moves: Vec<Move> = this.inner.moves.iter().map(|&inner| Move { inner }).collect();
    }
}

#[pymethods]
impl Ramp {
    #[new]
    #[pyo3(signature = (on: "_Evidence", moves: "Iterable[Move]", *, odds = 0.4))]
    fn new(
        #[pyo3(from_py_with = args::choice::on)] on: &str,
        moves: &Bound<'_, PyAny>,
        #[pyo3(from_py_with = args::real::odds)] odds: f64,
    ) -> Result<Self> {
        let moves = args::instances(moves, "moves", "an iterable of Move", |step: &Bound<'_, Move>| {
            step.get().inner
        })?;
        let inner = core::RampRule { on: core::Evidence::from_name(on)?, odds, moves };
        inner.validate()?;
        Ok(Self { inner })
    }

    fn __getnewargs_ex__<'py>(&self, py: Python<'py>) -> PyResult<Arguments<'py>> {
        Ok(((self.on(), self.moves()).into_pyobject(py)?, keywords!(py, odds = self.inner.odds)))
    }

    fn __repr__(&self) -> String {
        let moves: Vec<_> = self.moves().iter().map(Move::__repr__).collect();
        format!("Ramp('{}', [{}], odds={:?})", self.inner.on.as_str(), moves.join(", "), self.inner.odds)
    }
}
