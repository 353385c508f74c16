//! The canonical form of JSON: equal for texts that differ in the order of keys, white space, escapes and the spelling of numbers.

use super::read::Json;
use super::write::quoted;
use crate::{Error, Result};
use std::collections::BTreeMap;

/// The deepest nesting that is read: values are read by recursion.
const DEPTH: u32 = 64;

/// The canonical form of a JSON object or array, with numbers as `number` spells them. None for other texts, for an object with a
/// repeated key, and for half a surrogate pair.
pub(crate) fn canonical(text: &str, number: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let text = text.trim();
    if !text.starts_with(['{', '[']) {
        return None;
    }
    let mut json = Json::lenient(text.as_bytes());
    let mut out = String::with_capacity(text.len());
    value(&mut json, &mut out, number, 0).ok()?;
    json.end().ok()?;
    (!json.repaired()).then_some(out)
}

/// Appends one value. Errors carry no reason: the caller treats the text as no JSON.
fn value(
    json: &mut Json<'_>,
    out: &mut String,
    number: &dyn Fn(&str) -> Option<String>,
    depth: u32,
) -> Result<()> {
    let refused = || Error::state("it has no canonical form");
    match json.peek() {
        Some(b'{') if depth < DEPTH => object(json, out, number, depth)?,
        Some(b'[') if depth < DEPTH => {
            out.push('[');
            json.items(|json, i| {
                if i > 0 {
                    out.push(',');
                }
                value(json, out, number, depth + 1)
            })?;
            out.push(']');
        }
        Some(b'{' | b'[') => return Err(refused()),
        Some(b'"') => string(&json.read_string()?.decoded(), out),
        Some(b'-' | b'0'..=b'9') => out.push_str(&number(json.read_number()?).ok_or_else(refused)?),
        _ => out.push_str(json.read_word()?),
    }
    Ok(())
}

fn object(
    json: &mut Json<'_>,
    out: &mut String,
    number: &dyn Fn(&str) -> Option<String>,
    depth: u32,
) -> Result<()> {
    let mut fields = BTreeMap::new();
    json.members(|json, name| {
        let mut field = String::new();
        value(json, &mut field, number, depth + 1)?;
        match fields.insert(name.decoded(), field) {
            None => Ok(()),
            Some(_) => Err(Error::state("a key stands twice in an object")),
        }
    })?;
    out.push('{');
    for (i, (key, field)) in fields.iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        string(key, out);
        out.push(':');
        out.push_str(field);
    }
    out.push('}');
    Ok(())
}

fn string(bytes: &[u8], out: &mut String) {
    quoted(out, std::str::from_utf8(bytes).unwrap_or_default());
}
