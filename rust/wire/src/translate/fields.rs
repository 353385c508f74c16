//! Objects whose fields are taken one by one, so that those that no reader has taken are known.

use crate::rewrite::{Said, Why};
use rheostat::json::{Json, JsonText};
use rheostat::{Error, Result};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A value as JSON, as it was written.
pub(super) type Raw<'a> = Cow<'a, [u8]>;

/// The fields of an object that were not taken yet, each with its place. A map, since a client may send any number of them.
#[derive(Debug)]
pub(super) struct Fields<'a>(BTreeMap<String, (usize, &'a [u8])>);

impl<'a> Fields<'a> {
    /// Reads an object. Of a name that stands twice, the last counts.
    pub(super) fn read(raw: &'a [u8]) -> Result<Self> {
        let (mut json, mut fields) = (Json::new(raw), BTreeMap::new());
        json.members(|json, name| {
            let place = fields.len();
            fields.insert(text_of(&name), (place, json.read_raw()?));
            Ok(())
        })?;
        json.end()?;
        Ok(Self(fields))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes a field; null is none.
    pub(super) fn take(&mut self, name: &str) -> Option<&'a [u8]> {
        self.0.remove(name).map(|(_, value)| value).filter(|value| *value != b"null")
    }

    /// Takes a text.
    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        text(self.take(name)?)
    }

    /// Passes over fields.
    pub(super) fn pass(&mut self, names: &[&str]) {
        for name in names {
            self.0.remove(*name);
        }
    }

    /// Fails for fields that were not taken, and mean something.
    pub(super) fn end(self, place: &str) -> Result<()> {
        let says =
            |(_, value): &(usize, &[u8])| !matches!(*value, b"null" | b"[]" | b"{}" | b"false" | b"\"\"");
        let left = self.0.iter().filter(|(_, field)| says(field));
        match left.min_by_key(|(_, (place, _))| *place) {
            Some((name, _)) => Err(unsaid(&format!("{place}{name}"))),
            None => Ok(()),
        }
    }
}

/// Notes a field that the other provider has no word for, and that the answer does without.
pub(super) fn leave_out(said: &mut Vec<Said>, field: &'static str, value: &[u8]) {
    if said.iter().all(|other| other.field != field) {
        let from = String::from_utf8_lossy(value.get(..SHOWN).unwrap_or(value)).into_owned();
        said.push(Said { field: field.into(), from: Some(from), to: None, why: Why::Unsupported });
    }
}

/// The most bytes of a value that is shown.
const SHOWN: usize = 80;

/// The error for a part of a request that the other provider has no word for.
pub(super) fn unsaid(what: &str) -> Error {
    Error::state(format!("it has no words for {what}"))
}

/// Takes a field that must be there.
pub(super) fn need<T>(value: Option<T>, what: &str) -> Result<T> {
    value.ok_or_else(|| Error::state(format!("the request lacks {what}")))
}

/// The text that is a JSON string.
pub(super) fn text(raw: &[u8]) -> Option<String> {
    (raw.first() == Some(&b'"')).then_some(())?;
    Json::new(raw).read_string().ok().map(|text| text_of(&text))
}

fn text_of(text: &JsonText<'_>) -> String {
    String::from_utf8_lossy(&text.decoded()).into_owned()
}

/// The items of a list.
pub(super) fn items(raw: &[u8]) -> Result<Vec<&[u8]>> {
    let (mut json, mut found) = (Json::new(raw), Vec::new());
    json.items(|json, _| json.read_raw().map(|item| found.push(item)))?;
    Ok(found)
}
