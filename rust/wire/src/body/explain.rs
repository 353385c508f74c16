//! Shows how a body is read: each field and message, its kind, its size, and the row of a table that decided.
//!
//! A second walk with the readers and the tables of the first, so that reading costs nothing for it.

use super::cursor::{Cursor, ValueKind};
use super::fields::{TOP, Top, find};
use super::path::Path;
use super::shape::item;
use crate::ask::block::{TagRow, tags};
use crate::ask::facts::{Facts, Role};
use crate::ask::gather::join;
use crate::text::LazyText;
use crate::weight::Weight;
use memchr::memmem;
use rheostat::Result;
use rheostat::json::Json;
use rheostat::query::{Cutter, Query};

/// One part of a body, and how it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Its place, such as `messages[2]`, or `messages[2] <system-reminder>` for a block in it.
    pub place: String,
    /// The kind that it is taken for, such as `ask`, `tool result` or `limit`.
    pub kind: &'static str,
    /// Bytes of its text, names and numbers.
    pub bytes: u64,
    /// Estimated tokens.
    pub tokens: u64,
    /// The row of a table that decided; empty for a role.
    pub row: String,
}

/// A body, with the reading of each part.
#[derive(Debug, Clone)]
pub struct Explained<'a> {
    /// The query, as [`read`](super::read) returns it.
    pub query: Query<'a>,
    /// The parts, in the body's order.
    pub parts: Vec<Reading>,
}

/// Bytes of the ask by which its message is found again.
const HEAD: usize = 128;

/// Reads a body and explains it. For people: it reads more than [`read`](super::read) does.
///
/// ```
/// let body = br#"{"model": "auto", "messages": [{"role": "user", "content": "<system-reminder>a</system-reminder>Why?"}], "max_tokens": 9}"#;
/// let explained = rheostat_wire::body::explain(body, 16_384)?;
/// let kinds: Vec<&str> = explained.parts.iter().map(|part| part.kind).collect();
/// assert_eq!(kinds, ["model", "ask", "block of a program", "limit"]);
/// assert_eq!(explained.parts[1].place, "messages[0]");
/// # Ok::<(), rheostat::Error>(())
/// ```
///
/// # Errors
/// Those of [`read`](super::read).
pub fn explain(body: &[u8], cap: usize) -> Result<Explained<'_>> {
    let query = super::read(body, cap)?;
    let mut explainer = Explainer { cap, parts: Vec::new(), texts: Vec::new() };
    explainer.fields(&mut Json::new(body), "", &Path::root())?;
    let ask = query.ask.trim_ascii();
    let head = ask.get(..HEAD).unwrap_or(ask);
    let asked =
        explainer.texts.iter().rev().find(|(_, text)| !head.is_empty() && memmem::find(text, head).is_some());
    let mut parts = explainer.parts;
    if let Some(part) = asked.and_then(|(at, _)| parts.get_mut(*at)) {
        part.kind = "ask";
    }
    Ok(Explained { query, parts })
}

struct Explainer {
    cap: usize,
    parts: Vec<Reading>,
    /// Texts that may hold the ask, by the part that they stand in.
    texts: Vec<(usize, Vec<u8>)>,
}

impl Explainer {
    fn add(&mut self, place: String, kind: &'static str, weight: Weight, row: String) {
        let (bytes, tokens) = (weight.bytes, weight.tokens());
        self.parts.push(Reading { place, kind, bytes, tokens, row });
    }

    /// Explains the fields of the request, or of an object within it.
    fn fields(&mut self, c: &mut Json<'_>, outer: &str, root: &Path<'_>) -> Result<()> {
        c.object(|c, name| {
            let shown = String::from_utf8_lossy(name).into_owned();
            let place = format!("{outer}{shown}");
            let Some((name, top)) = find(TOP, name) else {
                let weight = c.measure()?;
                self.add(place, "not read", weight, String::new());
                return Ok(());
            };
            let source = TOP.iter().find(|(known, ..)| *known == name).map_or("", |(_, _, source)| *source);
            let row = format!("field {name}: {source}");
            match (top, c.kind()?) {
                (_, ValueKind::Null) => {
                    c.skip()?;
                    self.add(place, "absent", Weight::default(), row);
                }
                (Top::Within, ValueKind::Object) => {
                    self.fields(c, &format!("{place}."), &root.field(name))?;
                }
                (Top::Conversation(_) | Top::History, ValueKind::Array) => {
                    let path = root.field(name);
                    c.array(|c, index| {
                        let (role, facts) = item::read(c, &path.item(index))?;
                        self.message(c, format!("{place}[{index}]"), role, &facts)
                    })?;
                }
                (Top::Conversation(_) | Top::Ask | Top::Prompt, ValueKind::String) => {
                    let text = c.text()?;
                    let mut words = Cutter::new(text.bytes(), self.cap);
                    text.write(&mut words);
                    let weight = text.weight();
                    self.add(place, "user", weight, row);
                    self.texts.push((self.parts.len() - 1, words.finish().text));
                }
                _ => {
                    let weight = c.measure()?;
                    self.add(place, kind_of(top), weight, row);
                }
            }
            Ok(())
        })
    }

    fn message(
        &mut self,
        c: &mut Json<'_>,
        place: String,
        role: Role,
        facts: &Facts<(usize, u32)>,
    ) -> Result<()> {
        let kind = match role {
            Role::System => "operator",
            Role::Assistant if facts.calls > 0 => "assistant, calls tools",
            Role::Assistant => "assistant",
            Role::Tool => "tool result",
            Role::User if facts.results > 0 => "tool result",
            Role::User if facts.approved => "approval",
            Role::User => "user",
        };
        self.add(place.clone(), kind, facts.weight() + Weight::of_tokens(facts.media.tokens), String::new());
        let at = self.parts.len() - 1;
        for (label, weight) in [("document", facts.document), ("tool result", facts.result_text)] {
            if weight.bytes > 0 && kind != label {
                self.add(place.clone(), label, weight, String::new());
            }
        }
        if facts.media.count > 0 {
            let kind = if facts.media.audio { "sound" } else { "picture or file" };
            self.add(place.clone(), kind, Weight::of_tokens(facts.media.tokens), String::new());
        }
        let Some(mark) = facts.mark.filter(|_| role != Role::Assistant) else { return Ok(()) };
        let text = join(c, &mark, self.cap)?;
        for TagRow { name, kind, source, range } in tags(&text) {
            let weight = Weight::of(text.get(range).unwrap_or_default());
            self.add(format!("{place} <{name}>"), kind, weight, format!("tag {name}: {source}"));
        }
        self.texts.push((at, text.into_owned()));
        Ok(())
    }
}

fn kind_of(top: Top) -> &'static str {
    match top {
        Top::Conversation(_) | Top::Ask | Top::Prompt => "user",
        Top::History => "history",
        Top::System => "operator",
        Top::Tools | Top::Server => "tools",
        Top::Documents => "documents",
        Top::Images => "pictures",
        Top::Model => "model",
        Top::Limit => "limit",
        Top::Format | Top::Mime | Top::Modalities | Top::Schema => "form of the answer",
        Top::Weighed | Top::Ids => "beside the conversation",
        Top::Elsewhere => "history elsewhere",
        Top::Effort | Top::Budget | Top::Think | Top::Samples => "wish",
        Top::Within => "object",
    }
}
