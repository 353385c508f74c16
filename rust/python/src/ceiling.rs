//! The hard limits of one query.

use crate::args;
use crate::error::Result;
use crate::getters::getters;
use crate::values::{Arguments, arguments, hash_of};
use crate::whole::{Int, some_whole};
use pyo3::prelude::*;
use rheostat::ladder as core;

/// The hard limits of one query. A limit that is not given is derived from the ladder, so that a run may use up
/// every rung, never infinity.
///
/// Args:
///     tokens: Output tokens including thinking, over all samples, retries and probes.
///     usd: Money in US dollars: input, cached and output tokens at the rungs' prices.
///     seconds: Time from the run's start to its newest event.
///     samples: Streams sent to generate an answer, over all calls, those that fail or are given up included. Revisions are
///         bounded by `depth`, verifications and probes by their rules.
///     depth: Rounds on one rung.
///     escalations: Escalations to a higher rung; 0: none.
///
/// Raises:
///     InvalidValueError: A limit is not a positive number.
///
/// Example:
///     >>> import rheostat as rh
///     >>> rh.Ceiling(tokens=100_000, usd=1.00).tokens
///     100000
#[pyclass(frozen, eq, module = "rheostat")]
#[derive(PartialEq)]
pub(crate) struct Ceiling {
    pub(crate) inner: core::Ceiling,
}

getters! {
    Ceiling, |this| {
        /// Output tokens, thinking included.
        tokens: Option<u64> = this.inner.tokens;
        /// US dollars.
        usd: Option<f64> = this.inner.usd;
        /// Seconds.
        seconds: Option<f64> = this.inner.seconds;
        /// Samples.
        samples: Option<u32> = this.inner.samples;
        /// Rounds on one rung.
        depth: Option<u32> = this.inner.depth;
        /// Escalations to a higher rung.
        escalations: Option<u32> = this.inner.escalations;
    }
}

#[pymethods]
impl Ceiling {
    #[new]
    #[pyo3(signature = (*, tokens = None, usd = None, seconds = None, samples = None, depth = None, escalations = None))]
    fn new(
        tokens: Option<Int>,
        #[pyo3(from_py_with = args::some_real::usd)] usd: Option<f64>,
        #[pyo3(from_py_with = args::some_real::seconds)] seconds: Option<f64>,
        samples: Option<Int>,
        depth: Option<Int>,
        escalations: Option<Int>,
    ) -> Result<Self> {
        let inner = core::Ceiling {
            tokens: some_whole("ceiling: tokens", tokens, 1..=u64::MAX)?,
            usd,
            seconds,
            samples: some_whole("ceiling: samples", samples, 1..=u32::MAX)?,
            depth: some_whole("ceiling: depth", depth, 1..=u32::MAX)?,
            escalations: some_whole("ceiling: escalations", escalations, 0..=u32::MAX)?,
        };
        inner.validate()?;
        Ok(Self { inner })
    }

    fn __hash__(slf: &Bound<'_, Self>) -> PyResult<isize> {
        hash_of(slf.py(), &Self::__repr__(slf)?)
    }

    fn __getnewargs_ex__<'py>(slf: &Bound<'py, Self>) -> PyResult<Arguments<'py>> {
        arguments(slf, "tokens usd seconds samples depth escalations")
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        let (_, fields) = Self::__getnewargs_ex__(slf)?;
        let given = fields.iter().filter(|(_, value)| !value.is_none());
        let shown: Vec<_> = given.map(|(name, value)| format!("{name}={value}")).collect();
        Ok(format!("Ceiling({})", shown.join(", ")))
    }
}
