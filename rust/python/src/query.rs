//! The three shapes that a query comes in: text, chat messages, a provider's raw body.

use crate::convert::{Text, bytes, utf8};
use crate::error::{Result, wrong_type};
use crate::message;
use pyo3::prelude::*;
use pyo3::types::{PyMapping, PyString};
use rheostat::Error;
use rheostat::query::{Query, Request, Structure, Turn};
use rheostat_wire::{ask, body};
use std::borrow::Cow;
use std::sync::Arc;

/// Reads a text of a batch.
pub(crate) fn of_batch(text: &Text, cap: usize) -> Query<'_> {
    ask::bytes(text.as_bytes(), cap)
}

/// Reads whichever one of the three was given and hands it to `f`.
pub(crate) fn with_query<T>(
    text: Option<&Bound<'_, PyAny>>,
    messages: Option<&Bound<'_, PyAny>>,
    body: Option<&Bound<'_, PyAny>>,
    cap: usize,
    f: impl FnOnce(&Query<'_>) -> T,
) -> Result<T> {
    match (text, messages, body) {
        (Some(text), None, None) => from_text(text, cap, f),
        (None, Some(messages), None) => Ok(f(&message::read(messages, cap)?)),
        (None, None, Some(body)) => from_body(body, cap, f),
        _ => {
            let given = [("text", text), ("messages", messages), ("body", body)];
            let names: Vec<_> = given.iter().filter(|(_, v)| v.is_some()).map(|(name, _)| *name).collect();
            let given = if names.is_empty() { "none".to_owned() } else { names.join(" and ") };
            Err(Error::invalid("query", given, "exactly one of text, messages and body").into())
        }
    }
}

fn from_text<T>(text: &Bound<'_, PyAny>, cap: usize, f: impl FnOnce(&Query<'_>) -> T) -> Result<T> {
    if let Ok(text) = text.cast::<PyString>() {
        let (text, repaired) = utf8(text)?;
        let mut query = ask::text(&text, cap);
        query.structure.repaired |= repaired;
        return Ok(f(&query));
    }
    match bytes(text) {
        Some(bytes) => Ok(f(&ask::bytes(&bytes, cap))),
        None => Err(wrong_type("text", text, "str or bytes (chat messages go to messages=)")),
    }
}

fn from_body<T>(body: &Bound<'_, PyAny>, cap: usize, f: impl FnOnce(&Query<'_>) -> T) -> Result<T> {
    if let Some(json) = bytes(body) {
        return Ok(f(&body::read(&json, cap)?));
    }
    if let Ok(json) = body.cast::<PyString>() {
        let (json, repaired) = utf8(json)?;
        let mut query = body::read(json.as_bytes(), cap)?;
        query.structure.repaired |= repaired;
        return Ok(f(&query));
    }
    if body.cast::<PyMapping>().is_ok() {
        return Ok(f(&message::read_request(body, cap)?));
    }
    Err(wrong_type(
        "body",
        body,
        "bytes of JSON, or a parsed request as a mapping (messages go to messages=)",
    ))
}

/// The ask and the structure of a query, kept so that a plan or an estimate can be explained later. A body is never read again,
/// nor kept alive: of a long request only the ask is kept, at most a window of it.
pub(crate) enum Source {
    /// A text that fits the window, which needs no copy.
    Text(Py<PyString>),
    /// A copy of the ask.
    Ask(Arc<AskCopy>),
}

/// A copy of an ask, with the structure around it.
pub(crate) struct AskCopy {
    ask: Box<[u8]>,
    structure: Structure,
    turn: Turn,
}

impl Source {
    pub(crate) fn keep(text: Option<&Bound<'_, PyAny>>, query: &Query<'_>) -> Self {
        match text.and_then(|text| text.cast::<PyString>().ok()) {
            Some(text) => Self::of_text(text, query),
            None => Self::copy(query),
        }
    }

    pub(crate) fn of_text(text: &Bound<'_, PyString>, query: &Query<'_>) -> Self {
        if matches!(query.ask, Cow::Borrowed(_)) {
            Self::Text(text.clone().unbind())
        } else {
            Self::copy(query)
        }
    }

    fn copy(query: &Query<'_>) -> Self {
        let (structure, turn) = (query.structure, query.turn);
        Self::Ask(Arc::new(AskCopy { ask: query.ask.to_vec().into(), structure, turn }))
    }

    pub(crate) fn clone_ref(&self, py: Python<'_>) -> Self {
        match self {
            Self::Text(text) => Self::Text(text.clone_ref(py)),
            Self::Ask(copy) => Self::Ask(copy.clone()),
        }
    }

    /// Calls `f` with the query, without its request.
    pub(crate) fn with_query<T>(
        &self,
        py: Python<'_>,
        cap: usize,
        f: impl FnOnce(&Query<'_>) -> T,
    ) -> Result<T> {
        match self {
            Self::Text(text) => from_text(text.bind(py), cap, f),
            Self::Ask(copy) => {
                let (structure, turn) = (copy.structure, copy.turn);
                Ok(f(&Query { ask: Cow::Borrowed(&copy.ask), structure, turn, request: Request::default() }))
            }
        }
    }
}
