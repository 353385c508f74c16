//! The three shapes that a query comes in: text, chat messages, a provider's raw body.

use crate::convert::{bytes, utf8};
use crate::error::{Result, wrong_type};
use crate::message;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};
use rheostat::Error;
use rheostat::query::{Query, Structure};
use std::sync::Arc;

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
        let mut query = Query::text(&text, cap);
        query.structure.repaired |= repaired;
        return Ok(f(&query));
    }
    match bytes(text) {
        Some(bytes) => Ok(f(&Query::bytes(&bytes, cap))),
        None => Err(wrong_type("text", text, "str or bytes (chat messages go to messages=)")),
    }
}

fn from_body<T>(body: &Bound<'_, PyAny>, cap: usize, f: impl FnOnce(&Query<'_>) -> T) -> Result<T> {
    if let Some(json) = bytes(body) {
        return Ok(f(&Query::body(&json, cap)?));
    }
    if let Ok(json) = body.cast::<PyString>() {
        let (json, repaired) = utf8(json)?;
        let mut query = Query::body(json.as_bytes(), cap)?;
        query.structure.repaired |= repaired;
        return Ok(f(&query));
    }
    Err(wrong_type("body", body, "bytes of JSON (parsed messages go to messages=)"))
}

/// What is kept of a query, so that its estimate can be explained later: nothing is copied that cannot change.
pub(crate) enum Source {
    Text(Py<PyString>),
    Bytes(Py<PyBytes>),
    Body(Py<PyBytes>),
    Ask(Arc<Kept>),
}

/// An ask that was copied, and what surrounded it.
pub(crate) struct Kept {
    ask: Box<[u8]>,
    structure: Structure,
}

impl Source {
    pub(crate) fn keep(
        text: Option<&Bound<'_, PyAny>>,
        body: Option<&Bound<'_, PyAny>>,
        query: &Query<'_>,
    ) -> Self {
        if let Some(text) = text.and_then(|t| t.cast::<PyString>().ok()) {
            return Self::Text(text.clone().unbind());
        }
        if let Some(text) = text.and_then(|t| t.cast::<PyBytes>().ok()) {
            return Self::Bytes(text.clone().unbind());
        }
        match body.and_then(|b| b.cast::<PyBytes>().ok()) {
            Some(body) => Self::Body(body.clone().unbind()),
            None => Self::Ask(Arc::new(Kept { ask: query.ask.to_vec().into(), structure: query.structure })),
        }
    }

    pub(crate) fn clone_ref(&self, py: Python<'_>) -> Self {
        match self {
            Self::Text(text) => Self::Text(text.clone_ref(py)),
            Self::Bytes(text) => Self::Bytes(text.clone_ref(py)),
            Self::Body(body) => Self::Body(body.clone_ref(py)),
            Self::Ask(kept) => Self::Ask(kept.clone()),
        }
    }

    /// The query again, as far as it was kept.
    pub(crate) fn with_query<T>(
        &self,
        py: Python<'_>,
        cap: usize,
        f: impl FnOnce(&Query<'_>) -> T,
    ) -> Result<T> {
        match self {
            Self::Text(text) => from_text(text.bind(py), cap, f),
            Self::Bytes(text) => from_text(text.bind(py), cap, f),
            Self::Body(body) => from_body(body.bind(py), cap, f),
            Self::Ask(kept) => Ok(f(&Query { structure: kept.structure, ..Query::bytes(&kept.ask, cap) })),
        }
    }
}
