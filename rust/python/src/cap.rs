//! Caps over queries, sessions, tenants and the fleet; amounts of tokens and money.

use crate::args;
use crate::error::{Result, wrong_type};
use crate::getters::getters;
use crate::typed::{named, typed};
use crate::values::{Arguments, hashed, keywords};
use crate::whole::{Int, int, some_whole, whole};
use pyo3::prelude::*;
use rheostat::Error;
use rheostat::ledger as core;
use rheostat::money::Usd;
use std::fmt::Write;

typed!(Scope(&'static str): "_Scope");
hashed!(Cap);

/// A bound on what a scope may spend, in tokens, in dollars, or in dollars of escalated spend.
///
/// Escalated spend is the money of calls on rungs above a query's entry rung, which is the lowest one that has what the query needs:
/// their samples, ramps, retries and scores. When it is used up, plans and ramps stay on the entry rung.
///
/// Args:
///     scope: Whose spending: `"query"`, `"session"`, `"tenant"` or `"fleet"`.
///     tokens: The most output tokens, thinking included.
///     usd: The most US dollars.
///     escalated_usd: The most US dollars of escalated spend. A cap that is leased has none.
///     per: Length of a window, in seconds, aligned to multiples of it; for ever if not given.
///     key: Name of the one session or tenant that it caps. Caps with a name replace those of the scope at large.
///     block: Tokens and dollars of one lease, if the cap is leased from a shared store.
///     credit: Tokens and dollars that may be spent in a window before its first lease has come.
///
/// Raises:
///     UnknownNameError: No such scope.
///     InvalidValueError: It bounds nothing, or a value is out of bounds.
///
/// Example:
///     >>> import rheostat as rh
///     >>> rh.Cap("tenant", usd=10.0, per=86_400)
///     Cap('tenant', usd=10, per=86400)
#[pyclass(frozen, eq, hash, module = "rheostat")]
#[derive(PartialEq)]
pub(crate) struct Cap {
    pub(crate) inner: core::Cap,
}

getters! {
    Cap, |this| {
        /// The scope whose spending it bounds.
        scope: Scope = Scope(this.inner.scope.as_str());
        /// The most output tokens, or None.
        tokens: Option<u64> = this.inner.tokens;
        /// The most US dollars, or None.
        usd: Option<f64> = this.inner.usd.map(Usd::dollars);
        /// The most US dollars of escalated spend, or None.
        escalated_usd: Option<f64> = this.inner.escalated.map(Usd::dollars);
        /// The window in seconds, or None for ever.
        per: Option<f64> = this.inner.period;
        /// The one session or tenant that it is for, or None.
        key: Option<&str> = this.inner.key.as_deref();
        /// Amount of one lease, or None if the cap is not leased.
        block: Option<Amount> = this.inner.leased.map(|leasing| Amount::of(leasing.block));
    }
}

#[pymethods]
impl Cap {
    #[new]
    #[pyo3(signature = (
        scope: "_Scope", *, tokens = None, usd = None, escalated_usd = None, per = None, key = None,
        block: "tuple[int, float] | None" = None, credit: "tuple[int, float]" = (0, 0.0)
    ))]
    fn new(
        #[pyo3(from_py_with = args::choice::scope)] scope: &str,
        tokens: Option<Int>,
        #[pyo3(from_py_with = args::some_real::usd)] usd: Option<f64>,
        #[pyo3(from_py_with = args::some_real::escalated_usd)] escalated_usd: Option<f64>,
        #[pyo3(from_py_with = args::some_real::per)] per: Option<f64>,
        #[pyo3(from_py_with = args::some_text::key)] key: Option<String>,
        block: Option<&Bound<'_, PyAny>>,
        #[pyo3(from_py_with = credit)] credit: (i128, f64),
    ) -> Result<Self> {
        let leased = match block.map(|block| amount(block, "block")).transpose()? {
            Some((tokens, usd)) => Some(core::Leasing {
                block: cost("cap: block", tokens, usd)?,
                credit: cost("cap: credit", credit.0, credit.1)?,
            }),
            None => None,
        };
        let tokens = some_whole("cap: tokens", tokens, 0..=u64::MAX)?;
        let usd = usd.map(|usd| dollars("cap: usd", usd)).transpose()?;
        let escalated = escalated_usd.map(|usd| dollars("cap: escalated_usd", usd)).transpose()?;
        let scope = core::Scope::from_name(scope)?;
        let inner = core::Cap { scope, key, tokens, usd, escalated, period: per, leased };
        inner.validate()?;
        Ok(Self { inner })
    }

    fn __getnewargs_ex__<'py>(&self, py: Python<'py>) -> PyResult<Arguments<'py>> {
        let c = &self.inner;
        let credit = Amount::of(c.leased.map_or_else(core::Cost::default, |leasing| leasing.credit));
        let keywords = keywords!(
            py,
            tokens = c.tokens,
            usd = self.usd(),
            escalated_usd = self.escalated_usd(),
            per = c.period,
            key = self.key(),
            block = self.block(),
            credit = credit,
        );
        Ok(((self.scope(),).into_pyobject(py)?, keywords))
    }

    fn __repr__(&self) -> String {
        let c = &self.inner;
        let mut text = format!("Cap('{}'", c.scope);
        let mut say = |name: &str, value: Option<String>| {
            if let Some(value) = value {
                // Writing to a string cannot fail.
                let _ = write!(text, ", {name}={value}");
            }
        };
        say("tokens", c.tokens.map(|n| n.to_string()));
        say("usd", c.usd.map(|usd| usd.dollars().to_string()));
        say("escalated_usd", c.escalated.map(|usd| usd.dollars().to_string()));
        say("per", c.period.map(|p| p.to_string()));
        say("key", c.key.as_ref().map(|key| format!("{key:?}")));
        text.push(')');
        text
    }
}

named!(Amount((u64, f64)));

impl Amount {
    pub(crate) fn of(cost: core::Cost) -> Self {
        Self((cost.tokens, cost.usd.dollars()))
    }
}

fn credit(value: &Bound<'_, PyAny>) -> PyResult<(i128, f64)> {
    Ok(amount(value, "credit")?)
}

/// Reads a pair of tokens and dollars.
fn amount(value: &Bound<'_, PyAny>, what: &str) -> Result<(i128, f64)> {
    let pair = value.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>();
    let (tokens, usd) = pair.map_err(|_| wrong_type(what, value, "a pair of tokens and dollars"))?;
    Ok((int(&tokens)?, args::read_real(&usd, what)?))
}

pub(crate) fn cost(what: &str, tokens: impl Into<Int>, usd: f64) -> Result<core::Cost> {
    escalated_cost(what, tokens, usd, 0.0)
}

/// The escalated part is a part of the money.
pub(crate) fn escalated_cost(
    what: &str,
    tokens: impl Into<Int>,
    usd: f64,
    escalated_usd: f64,
) -> Result<core::Cost> {
    let tokens = whole(what, tokens, 0..=u64::MAX)?;
    let (usd, escalated) = (dollars("usd", usd)?, dollars("escalated_usd", escalated_usd)?);
    if escalated > usd {
        return Err(Error::invalid(
            "escalated_usd",
            escalated_usd,
            format!("at most usd, {}", usd.dollars()),
        )
        .into());
    }
    Ok(core::Cost { tokens, usd, escalated })
}

fn dollars(what: &str, usd: f64) -> Result<Usd> {
    if usd >= 0.0 {
        return Ok(Usd::from_dollars(usd));
    }
    Err(Error::invalid(what, usd, "a number of at least 0").into())
}
