//! Objects whose fields are taken one by one, so that those that no reader has taken are known.

use rheostat::json::{Json, JsonText};
use rheostat::{Error, Result};
use std::borrow::Cow;

/// A value as JSON, as it was written.
pub(super) type Raw<'a> = Cow<'a, [u8]>;

/// The fields of an object that were not taken yet.
#[derive(Debug)]
pub(super) struct Fields<'a>(Vec<(String, &'a [u8])>);

impl<'a> Fields<'a> {
    /// Reads an object. Of a name that stands twice, the last counts.
    pub(super) fn read(raw: &'a [u8]) -> Result<Self> {
        let (mut json, mut fields) = (Json::new(raw), Vec::<(String, &[u8])>::new());
        json.members(|json, name| {
            let (name, value) = (text_of(&name), json.read_raw()?);
            fields.retain(|(other, _)| *other != name);
            fields.push((name, value));
            Ok(())
        })?;
        json.end()?;
        Ok(Self(fields))
    }

    /// Takes a field; null is none.
    pub(super) fn take(&mut self, name: &str) -> Option<&'a [u8]> {
        let place = self.0.iter().position(|(one, _)| one == name)?;
        let (_, value) = self.0.swap_remove(place);
        (value != b"null").then_some(value)
    }

    /// Takes a text.
    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        text(self.take(name)?)
    }

    /// Passes over fields.
    pub(super) fn pass(&mut self, names: &[&str]) {
        self.0.retain(|(name, _)| !names.contains(&name.as_str()));
    }

    /// Fails for fields that were not taken, and mean something.
    pub(super) fn end(self, place: &str) -> Result<()> {
        match self.0.iter().find(|(_, value)| !matches!(*value, b"null" | b"[]" | b"{}" | b"false")) {
            Some((name, _)) => Err(unsaid(&format!("{place}{name}"))),
            None => Ok(()),
        }
    }
}

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
