//! The reader of a client's pieces.
//!
//! A provider may send what cannot be: a negative count, a text where a number belongs, rows that do not fit together. Values are
//! read as they came, which is fast; of one that cannot be read, what is left is taken, and it is counted.

use crate::callback::{call, items_of, within};
use crate::chunk::Chunk;
use crate::convert::{text, with_numbers, with_row, with_rows};
use crate::error::{Failure, Result, wrong_type};
use pyo3::exceptions::{PyOverflowError, PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyBytes, PyFloat, PyInt, PyString};
use rheostat::run::Usage;
use rheostat_host::{Heard, Piece};
use std::borrow::Cow;

/// Counts of input, cached, written, output and reasoning tokens.
type Counts = (Option<u64>, Option<u64>, Option<u64>, Option<u64>, Option<u64>);

/// Log-probabilities, as they were read.
enum Read {
    Nothing,
    Token(Option<f64>, Few),
    Tokens(Vec<f32>, Vec<f32>, usize),
    Ragged(Vec<f64>, Vec<Vec<f32>>),
}

/// Numbers of one token, on the stack where they are as many as APIs return.
#[derive(Default)]
struct Few {
    first: [f32; 20],
    len: usize,
    many: Vec<f32>,
}

impl Few {
    fn of(numbers: &[f32]) -> Self {
        let (mut first, mut many, len) = ([0.0; 20], Vec::new(), numbers.len());
        match first.get_mut(..len) {
            Some(few) => few.copy_from_slice(numbers),
            None => many = numbers.to_vec(),
        }
        Self { first, len, many }
    }

    fn as_slice(&self) -> &[f32] {
        self.first.get(..self.len).unwrap_or(&self.many)
    }
}

/// Calls `f` with a piece. Returns its result, and the number of values that cannot be.
pub(crate) fn with_piece<T>(piece: &Bound<'_, PyAny>, f: impl FnOnce(&Piece<'_>) -> T) -> Result<(T, u64)> {
    if piece.is_instance_of::<PyString>() {
        return Ok((f(&Piece::of_text(&text(piece, "client")?)), 0));
    }
    let Ok(chunk) = piece.cast::<Chunk>() else {
        return Err(wrong_type("client", piece, "a Chunk or a str"));
    };
    let (py, chunk) = (piece.py(), chunk.get());
    let field = |place| chunk.field(py, place);
    let mut invalid = 0;
    let words = string(field(Chunk::TEXT), &mut invalid)?;
    let thinking = string(field(Chunk::THINKING), &mut invalid)?;
    // A provider's word may be a member of an enumeration.
    let reason = field(Chunk::FINISH_REASON).map(member).transpose()?;
    let finish_reason = string(reason.as_ref(), &mut invalid)?;
    let answer = string(field(Chunk::ANSWER), &mut invalid)?;
    let read = logprobs(
        py,
        field(Chunk::LOGPROB),
        field(Chunk::LOGPROBS),
        field(Chunk::TOP_LOGPROBS),
        &mut invalid,
    )?;
    let tokens = match (field(Chunk::TOKENS), &read) {
        (Some(tokens), Read::Nothing) => count(tokens, &mut invalid)?,
        _ => None,
    };
    let step = field(Chunk::STEP).map(real).transpose()?;
    let score = field(Chunk::SCORE).map(real).transpose()?;
    let probe = string(field(Chunk::PROBE), &mut invalid)?.filter(|answer| !answer.is_empty());
    let sure = || field(Chunk::PROBE_PROB).map(real).transpose();
    let probe = probe.map(|answer| Ok::<_, Failure>((answer, sure()?))).transpose()?;
    let usage = field(Chunk::USAGE).map(|usage| usage_of(usage, &mut invalid)).transpose()?;
    let heard = match &read {
        Read::Nothing => Heard::Nothing,
        Read::Token(logprob, top) => Heard::Token { logprob: *logprob, top: top.as_slice() },
        Read::Tokens(own, tops, k) => Heard::Tokens { own, tops, k: *k },
        Read::Ragged(own, tops) => Heard::Ragged { own, tops },
    };
    let (text, thinking) = (words.unwrap_or_default(), thinking.unwrap_or_default());
    let piece = Piece { thinking, text, heard, tokens, step, score, probe, usage, answer, finish_reason };
    Ok((f(&piece), invalid))
}

/// A text; a number is read as it is written.
fn string<'a>(value: Option<&'a Bound<'_, PyAny>>, invalid: &mut u64) -> Result<Option<Cow<'a, str>>> {
    let Some(value) = value else { return Ok(None) };
    if value.is_instance_of::<PyString>() {
        return Ok(Some(text(value, "a piece")?));
    }
    let number = value.is_instance_of::<PyInt>() || value.is_instance_of::<PyFloat>();
    if number && !value.is_instance_of::<PyBool>() {
        return Ok(Some(Cow::Owned(value.str()?.to_string_lossy().into_owned())));
    }
    *invalid += 1;
    Ok(None)
}

/// The name of an enumeration's member, or the value itself.
fn member<'py>(value: &Bound<'py, PyAny>) -> Result<Bound<'py, PyAny>> {
    static ENUM: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let py = value.py();
    if value.is_instance_of::<PyString>() {
        return Ok(value.clone());
    }
    let class = within(py, || ENUM.import(py, "enum", "Enum"))?;
    Ok(if value.is_instance(class)? { value.getattr(intern!(py, "name"))? } else { value.clone() })
}

/// Reads values as they came; if they cannot be, counts that and reads what is left of them.
fn mended<T>(
    py: Python<'_>,
    invalid: &mut u64,
    read: Result<T>,
    rest: impl FnOnce() -> Result<T>,
) -> Result<T> {
    match read.map_err(PyErr::from) {
        Ok(value) => Ok(value),
        Err(error) if is_bad_value(py, &error) => {
            *invalid += 1;
            rest()
        }
        Err(error) => Err(error.into()),
    }
}

fn is_bad_value(py: Python<'_>, error: &PyErr) -> bool {
    error.is_instance_of::<PyTypeError>(py)
        || error.is_instance_of::<PyValueError>(py)
        || error.is_instance_of::<PyOverflowError>(py)
}

fn logprobs(
    py: Python<'_>,
    own: Option<&Bound<'_, PyAny>>,
    several: Option<&Bound<'_, PyAny>>,
    tops: Option<&Bound<'_, PyAny>>,
    invalid: &mut u64,
) -> Result<Read> {
    if let Some(several) = several.filter(|several| !is_empty(several)) {
        let read = with_row(several, "logprobs", <[f32]>::to_vec).and_then(|own| {
            let Some(tops) = tops else { return Ok(Read::Tokens(own, Vec::new(), 0)) };
            with_rows(tops, "top_logprobs", |rows, k| Read::Tokens(own, rows.to_vec(), k))
        });
        return mended(py, invalid, read, || {
            Ok(Read::Ragged(reals(several)?.unwrap_or_default(), tops.map_or(Ok(Vec::new()), rows)?))
        });
    }
    if own.is_none() && tops.is_none() {
        return Ok(Read::Nothing);
    }
    let logprob = own.map(|own| crate::args::read_real(own, "logprob")).transpose();
    let read = logprob.and_then(|logprob| {
        let top = tops.map_or(Ok(Few::default()), |tops| with_numbers(tops, "top_logprobs", Few::of))?;
        Ok(Read::Token(logprob, top))
    });
    mended(py, invalid, read, || {
        let top = tops.map_or(Ok(None), reals)?;
        Ok(Read::Token(own.map(real).transpose()?, Few::of(&narrow(top))))
    })
}

fn is_empty(values: &Bound<'_, PyAny>) -> bool {
    values.len().is_ok_and(|length| length == 0)
}

fn narrow(values: Option<Vec<f64>>) -> Vec<f32> {
    values.unwrap_or_default().into_iter().map(|value| value as f32).collect()
}

/// A real number; NaN, which the run counts as invalid, for anything else.
fn real(value: &Bound<'_, PyAny>) -> Result<f64> {
    if value.is_none() || value.is_instance_of::<PyBool>() || value.is_instance_of::<PyString>() {
        return Ok(f64::NAN);
    }
    match value.extract() {
        Ok(number) => Ok(number),
        Err(error) if is_bad_value(value.py(), &error) => Ok(f64::NAN),
        Err(error) => Err(error.into()),
    }
}

/// The items of what can be gone through and is no text.
fn items<'py>(values: &Bound<'py, PyAny>) -> Result<Option<Vec<Bound<'py, PyAny>>>> {
    if values.is_instance_of::<PyString>() || values.is_instance_of::<PyBytes>() {
        return Ok(None);
    }
    let Ok(iterator) = values.try_iter() else { return Ok(None) };
    let mut items = Vec::new();
    for (i, item) in items_of(iterator).enumerate() {
        crate::args::within(i, "a piece")?;
        items.push(item?);
    }
    Ok(Some(items))
}

fn reals(values: &Bound<'_, PyAny>) -> Result<Option<Vec<f64>>> {
    let Some(items) = items(values)? else { return Ok(None) };
    items.iter().map(real).collect::<Result<_>>().map(Some)
}

fn rows(values: &Bound<'_, PyAny>) -> Result<Vec<Vec<f32>>> {
    items(values)?.unwrap_or_default().iter().map(|row| Ok(narrow(reals(row)?))).collect()
}

/// A number of tokens, if it can be one.
fn count(value: &Bound<'_, PyAny>, invalid: &mut u64) -> Result<Option<u64>> {
    let number = if value.is_instance_of::<PyBool>() { f64::NAN } else { real(value)? };
    // The largest is exact: 2^63 is a power of two.
    if (0.0..9_223_372_036_854_775_808.0).contains(&number) && number.fract() == 0.0 {
        #[allow(clippy::cast_sign_loss)] // at least 0
        return Ok(Some(number as u64));
    }
    *invalid += 1;
    Ok(None)
}

/// A report of usage, whatever a client has of it.
fn usage_of(usage: &Bound<'_, PyAny>, invalid: &mut u64) -> Result<Usage> {
    static READ: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let py = usage.py();
    let reader = within(py, || READ.import(py, "rheostat._pieces", "counts_of"))?;
    let (counts, more): (Counts, u64) = call(reader, (usage,))?.extract()?;
    *invalid += more;
    let (input, cached, written, output, reasoning) = counts;
    Ok(Usage { input, cached, written, output, reasoning })
}
