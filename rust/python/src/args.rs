//! Readers of arguments by name: numbers, texts, lists and tables.
//!
//! PyO3 reads an argument without knowing its name, trusts the length that a sequence claims, and raises Python's own errors. These
//! readers name the argument, grow a list as its items come, repair lone surrogates, and raise the library's errors. Each name
//! has a function, because `from_py_with` takes a path.

#![allow(clippy::wildcard_imports, clippy::needless_lifetimes)] // modules of one macro call; some readers borrow

use crate::callback::items_of;
use crate::clock::At;
use crate::convert::{reals as read_reals, utf8};
use crate::error::{Result, wrong_type};
use pyo3::exceptions::{PyOverflowError, PyTypeError};
use pyo3::prelude::*;
use pyo3::type_object::PyTypeCheck;
use pyo3::types::{PyBytes, PyDict, PyFloat, PyFrozenSet, PySet, PyString};
use rheostat::Error;
use std::collections::BTreeMap;

/// Reads a number. An `int` that no `f64` holds is infinite, which every bound refuses.
pub(crate) fn read_real(value: &Bound<'_, PyAny>, what: &str) -> Result<f64> {
    if let Ok(float) = value.cast::<PyFloat>() {
        return Ok(float.value());
    }
    match value.extract() {
        Ok(number) => Ok(number),
        Err(error) if error.is_instance_of::<PyOverflowError>(value.py()) => {
            Ok(if value.lt(0)? { f64::NEG_INFINITY } else { f64::INFINITY })
        }
        Err(error) if error.is_instance_of::<PyTypeError>(value.py()) => {
            Err(wrong_type(what, value, "a number"))
        }
        Err(error) => Err(error.into()),
    }
}

/// Reads a time of a clock: seconds, from 0 to the year 5138. Larger ones are milliseconds.
fn read_time(value: &Bound<'_, PyAny>, what: &str) -> Result<At> {
    let seconds = read_real(value, what)?;
    if (0.0..=1e11).contains(&seconds) {
        return Ok(At(seconds));
    }
    Err(Error::invalid(what, seconds, "between 0 and 1e11 seconds").into())
}

/// Reads a truth. A number is none: `votes=3` would be taken for three votes.
fn read_flag(value: &Bound<'_, PyAny>, what: &str) -> Result<bool> {
    value.extract().map_err(|_| wrong_type(what, value, "bool"))
}

/// Reads a text, lone surrogates repaired.
pub(crate) fn read_text(value: &Bound<'_, PyAny>, what: &str) -> Result<String> {
    let text = value.cast::<PyString>().map_err(|_| wrong_type(what, value, "str"))?;
    Ok(utf8(text)?.0.into_owned())
}

/// Reads a name out of a closed set, without a copy. A text with a lone surrogate is in no such set.
fn read_choice<'a>(value: &'a Bound<'_, PyAny>, what: &str) -> Result<&'a str> {
    let text = value.cast::<PyString>().map_err(|_| wrong_type(what, value, "str"))?;
    Ok(text.to_str().unwrap_or("\u{FFFD}"))
}

/// Reads an object of one of the module's classes.
pub(crate) fn instance<'a, 'py, T: PyTypeCheck>(
    value: &'a Bound<'py, PyAny>,
    what: &str,
    wanted: &str,
) -> Result<&'a Bound<'py, T>> {
    value.cast().map_err(|_| wrong_type(what, value, wanted))
}

/// Reads the objects of an iterable that are all of one class.
pub(crate) fn instances<T: PyTypeCheck, U>(
    items: &Bound<'_, PyAny>,
    what: &str,
    wanted: &str,
    read: impl Fn(&Bound<'_, T>) -> U,
) -> Result<Vec<U>> {
    read_list(items, what, wanted, |item, _| Ok(read(instance(item, what, wanted)?)))
}

/// Refuses a set where the order of the items means something.
pub(crate) fn ordered(items: &Bound<'_, PyAny>, what: &str, wanted: &str) -> Result<()> {
    if items.is_instance_of::<PySet>() || items.is_instance_of::<PyFrozenSet>() {
        return Err(wrong_type(what, items, wanted));
    }
    Ok(())
}

/// Reads the items of an iterable, one by one. A `str` is no list of texts, though Python would iterate over it.
pub(crate) fn read_list<T>(
    items: &Bound<'_, PyAny>,
    what: &str,
    wanted: &str,
    read: impl Fn(&Bound<'_, PyAny>, &str) -> Result<T>,
) -> Result<Vec<T>> {
    let bad = || wrong_type(what, items, wanted);
    if items.is_instance_of::<PyString>() || items.is_instance_of::<PyBytes>() {
        return Err(bad());
    }
    let iterator = items.try_iter().map_err(|_| bad())?;
    let mut list = Vec::new();
    for (i, item) in items_of(iterator).enumerate() {
        within(i, what)?;
        list.push(read(&item?, &format!("{what}[{i}]"))?);
    }
    Ok(list)
}

/// Largest number of items that are read of one iterable: an endless one must not take all memory.
const MOST_ITEMS: usize = 1 << 24;

/// Refuses an item past the bound.
pub(crate) fn within(index: usize, what: &str) -> Result<()> {
    if index < MOST_ITEMS {
        return Ok(());
    }
    Err(Error::invalid(what, "more", format!("at most {MOST_ITEMS} items")).into())
}

fn read_names(items: &Bound<'_, PyAny>, what: &str) -> Result<Vec<String>> {
    read_list(items, what, "an iterable of str", read_text)
}

fn read_table(table: &Bound<'_, PyAny>, what: &str) -> Result<BTreeMap<String, f64>> {
    let dict = table.cast::<PyDict>().map_err(|_| wrong_type(what, table, "a dict of names and numbers"))?;
    let mut read = BTreeMap::new();
    for (name, value) in dict {
        let name = read_text(&name, &format!("{what}: a name"))?;
        let value = read_real(&value, &format!("{what}[{name:?}]"))?;
        read.insert(name, value);
    }
    Ok(read)
}

/// Reads a model and its efforts.
pub(crate) fn efforts(table: &Bound<'_, PyDict>, what: &str) -> Result<(String, Vec<String>)> {
    let (mut model, mut efforts) = (None, None);
    for (name, value) in table {
        let name = read_text(&name, &format!("{what}: a name"))?;
        let what = format!("{what}[{name:?}]");
        match name.as_str() {
            "model" => model = Some(read_text(&value, &what)?),
            "efforts" => {
                ordered(&value, &what, "a list or a tuple of str, lowest first")?;
                efforts = Some(read_names(&value, &what)?);
            }
            _ => return Err(Error::unknown("field", name, ["model", "efforts"]).into()),
        }
    }
    let missing = |name: &str| Error::invalid(format!("{what}[{name:?}]"), "none", "given");
    Ok((model.ok_or_else(|| missing("model"))?, efforts.ok_or_else(|| missing("efforts"))?))
}

/// Reads the two ends of a range.
pub(crate) fn bounds(value: &Bound<'_, PyAny>) -> PyResult<(f64, f64)> {
    let pair = value.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>();
    let (low, high) = pair.map_err(|_| wrong_type("bounds", value, "a pair of numbers"))?;
    Ok((read_real(&low, "bounds")?, read_real(&high, "bounds")?))
}

/// Reads an answer without a copy; None is a sample that gave none.
pub(crate) fn answer<'py>(value: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyString>>> {
    if value.is_none() {
        return Ok(None);
    }
    let text = value.cast::<PyString>();
    Ok(Some(text.map_err(|_| wrong_type("answer", value, "str or None"))?.clone()))
}

/// Makes a reader of that name for each argument's name.
macro_rules! by_name {
    ($read:ident -> $type:ty: $($name:ident),* $(,)?) => {
        $(pub(crate) fn $name<'a>(value: &'a Bound<'_, PyAny>) -> PyResult<$type> {
            Ok($read(value, stringify!($name))?)
        })*
    };
}

/// Like `by_name`, for arguments that may be None.
macro_rules! by_name_or_none {
    ($read:ident -> $type:ty: $($name:ident),* $(,)?) => {
        $(pub(crate) fn $name<'a>(value: &'a Bound<'_, PyAny>) -> PyResult<Option<$type>> {
            if value.is_none() { Ok(None) } else { Ok(Some($read(value, stringify!($name))?)) }
        })*
    };
}

pub(crate) mod names {
    use super::*;
    by_name!(read_names -> Vec<String>: codes, rungs);
}

pub(crate) mod real {
    use super::*;
    by_name!(read_real -> f64: alpha, breaker_seconds, budget, by, cache_ttl, caught, ceiling, concentration, confidence, cooldown, entropy_level, escalated_usd, fairness, false_alarms, floor, growth, high_usd, hit_usd, hold_seconds, hysteresis, input_price, keep, live_usd, loss, low_usd, max_loss, now, odds, offset, output_price, p_correct, part, per, power, predicted_logged, predicted_new, price, probe_prob, propensity, rate, read_usd, sample_usd, score, score_usd, seconds, share, spread, strength, target, temperature, ttl, until, usd, usd_per_1000, usd_per_error, usd_per_second, weight, write_usd);
}

pub(crate) mod some_time {
    use super::*;
    by_name_or_none!(read_time -> At: at);
}

pub(crate) mod reals {
    use super::*;
    by_name!(read_reals -> Vec<f64>: certainties, confidences, lowest, scores, thresholds);
}

pub(crate) mod some_reals {
    use super::*;
    by_name_or_none!(read_reals -> Vec<f64>: thresholds);
}

pub(crate) mod some_names {
    use super::*;
    by_name_or_none!(read_names -> Vec<String>: capabilities, fallbacks, forbid, models);
}

pub(crate) mod some_real {
    use super::*;
    by_name_or_none!(read_real -> f64: ability, branching, cached_price, cached_usd, change, change_rate, differ, difficulty, enough, entropy_rise, escalated_usd, gate, half_life, hedging, high, logprob, low, low_confidence, low_logprob, low_steps, low_top_logprob, offset, pass_steps, per, prob, queries, query_rate, reject_below, retry_after, salience, seconds, ttl, usd, usd_per_1000, verify_below, written_price);
}

pub(crate) mod some_table {
    use super::*;
    by_name_or_none!(read_table -> BTreeMap<String, f64>: p_correct, weights);
}

pub(crate) mod flag {
    use super::*;
    by_name!(read_flag -> bool: fail_open, found, keep_wishes, loops, made, overrides, reports_usage, revise_on_finding, right, same, streams, votes);
}

pub(crate) mod some_text {
    use super::*;
    by_name_or_none!(read_text -> String: default, deployment, distil, key, model, probe, query, refine, resume, revise, rung, score, session, start_max, tenant, verify, words);
}

pub(crate) mod text {
    use super::*;
    by_name!(read_text -> String: context, head, key, kind, model, name, place, plan, rung, scorer, session, source, text);
}

pub(crate) mod choice {
    use super::*;
    by_name!(read_choice -> &'a str: by, evidence, judge, kind, method, name, on, rule, scope, signal, source, step, surface, thinking, value, vote, walk);
}

pub(crate) mod some_choice {
    use super::*;
    by_name_or_none!(read_choice -> &'a str: best, dtype, effort, kind, provider, purpose, test);
}
