//! Writes a rung's own parameters into a body, before the plan's are written: so they meet the rules of the model as the client's do.

use super::change::{Said, Why};
use super::surface::Surface;
use rheostat::Result;
use rheostat::json::Json;
use rheostat::ladder::{Param, Params, plain};
use std::borrow::Cow;
use std::ops::Range;

/// Writes parameters into a body: a value takes the place of the client's, an object joins the client's member by member, at any
/// depth. All else stays byte for byte. Returns the new body, or None if the old one says it all, and what was changed.
///
/// ```
/// use rheostat::ladder::Params;
/// use rheostat_wire::rewrite::{Surface, carry};
/// let params = Params::read(br#"{"service_tier": "flex", "options": {"top_k": 5}}"#)?;
/// let body = br#"{"model": "m", "options": {"seed": 1}}"#;
/// let (new, _) = carry(body, Surface::OllamaChat, &params)?;
/// assert_eq!(new.unwrap(), br#"{"model": "m", "options": {"seed": 1,"top_k":5},"service_tier":"flex"}"#);
/// # Ok::<(), rheostat::Error>(())
/// ```
///
/// # Errors
/// [`rheostat::Error::Malformed`] for a body that is no JSON object.
pub fn carry(body: &[u8], surface: Surface, params: &Params) -> Result<(Option<Vec<u8>>, Vec<Said>)> {
    if params.is_empty() {
        return Ok((None, Vec::new()));
    }
    let mut carry = Carry { body, same: same(surface), edits: Vec::new(), changes: Vec::new() };
    let mut json = Json::new(body);
    carry.object(&mut json, params.members(), "")?;
    json.end()?;
    let Carry { edits, changes, .. } = carry;
    if edits.is_empty() {
        return Ok((None, changes));
    }
    let more: usize = edits.iter().map(|(_, text)| text.len()).sum();
    let (mut out, mut copied) = (Vec::with_capacity(body.len() + more), 0);
    for (range, text) in edits {
        out.extend_from_slice(body.get(copied..range.start).unwrap_or_default());
        out.extend_from_slice(text.as_bytes());
        copied = range.end;
    }
    out.extend_from_slice(body.get(copied..).unwrap_or_default());
    Ok((Some(out), changes))
}

/// True for two spellings of one name, as the provider reads names.
type Same = fn(&str, &str) -> bool;

fn same(surface: Surface) -> Same {
    match surface {
        Surface::OllamaChat | Surface::OllamaGenerate => str::eq_ignore_ascii_case,
        // It takes names in camel case and in snake case.
        Surface::GeminiGenerate => |a, b| plain(a) == plain(b),
        _ => |a, b| a == b,
    }
}

struct Carry<'a> {
    body: &'a [u8],
    same: Same,
    /// Texts that take the place of ranges of the body, in its order.
    edits: Vec<(Range<usize>, String)>,
    changes: Vec<Said>,
}

impl Carry<'_> {
    /// Writes members into the object that the reader stands at.
    fn object(&mut self, json: &mut Json<'_>, wanted: &[(String, Param)], path: &str) -> Result<()> {
        let mut missing = vec![true; wanted.len()];
        let mut empty = true;
        json.members(|json, name| {
            empty = false;
            let name = String::from_utf8_lossy(&name.decoded()).into_owned();
            let Some(at) = wanted.iter().position(|(other, _)| (self.same)(other, &name)) else {
                json.pass(&mut ())?;
                return Ok(());
            };
            missing[at] = false;
            let (name, value) = &wanted[at];
            let path = join(path, name);
            match value {
                Param::Object(inner) if json.peek() == Some(b'{') => self.object(json, inner, &path),
                value => self.replace(json, value, path),
            }
        })?;
        let end = json.at() - 1;
        let mut text = String::new();
        for ((name, value), _) in wanted.iter().zip(&missing).filter(|(_, missing)| **missing) {
            if !empty || !text.is_empty() {
                text.push(',');
            }
            value.write_member(name, &mut text);
            self.say(join(path, name), None, value);
        }
        if !text.is_empty() {
            // Behind the last member, as its white space stands.
            let before = self.body.get(..end).unwrap_or_default().trim_ascii_end().len();
            let at = if empty { end } else { before };
            self.edits.push((at..at, text));
        }
        Ok(())
    }

    fn replace(&mut self, json: &mut Json<'_>, value: &Param, path: String) -> Result<()> {
        let raw = json.read_raw()?;
        let mut text = String::new();
        value.write(&mut text);
        if raw != text.as_bytes() {
            let end = json.at();
            self.edits.push((end - raw.len()..end, text));
            let from = String::from_utf8_lossy(raw.get(..SHOWN).unwrap_or(raw)).into_owned();
            self.say(path, Some(from), value);
        }
        Ok(())
    }

    fn say(&mut self, path: String, from: Option<String>, value: &Param) {
        let mut to = String::new();
        value.write(&mut to);
        self.changes.push(Said { field: Cow::Owned(path), from, to: Some(to), why: Why::Rung });
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// The most bytes of a client's value that a change shows.
const SHOWN: usize = 80;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // a test that fails here has failed
    use super::super::field::{Field, Node};
    use super::super::surface::Surface;
    use rheostat::ladder::Params;

    /// The paths of the parameters that the rewrite decides.
    fn governed(nodes: &[Node], path: &str, found: &mut Vec<String>) {
        for node in nodes {
            let path = super::join(path, node.name);
            governed(node.inner, &path, found);
            let decides = matches!(
                node.field,
                Field::Model
                    | Field::Fallbacks
                    | Field::Limit
                    | Field::OldLimit
                    | Field::MinTokens
                    | Field::Samples
                    | Field::Mode
                    | Field::Budget
                    | Field::Effort
                    | Field::TopEffort
                    | Field::InnerEffort
                    | Field::NovaMode
                    | Field::NovaEffort
                    | Field::Switch
                    | Field::PromptMode
                    | Field::Talk
            );
            // The kind of a tool choice has the same name.
            if decides {
                found.push(path);
            }
        }
    }

    #[test]
    fn a_rung_carries_nothing_that_the_governor_writes() {
        for surface in Surface::ALL {
            let row = surface.row();
            let mut paths = Vec::new();
            governed(row.places, "", &mut paths);
            governed(row.wrapped.unwrap_or_default(), "", &mut paths);
            for path in paths {
                let inner =
                    path.rsplit('.').fold("1".to_owned(), |json, name| format!("{{\"{name}\":{json}}}"));
                let json = inner.as_str();
                assert!(Params::read(json.as_bytes()).is_err(), "{path}");
            }
        }
    }
}
