//! Shows how a body is read: each field and message, its kind, its size, and the row of a table that decided.
//!
//! The reader tells a trace of each part, if there is one.

use super::cursor::{Cursor, ValueKind};
use super::fields::{TOP, Top, find};
use super::path::Path;
use super::shape::{self, part};
use crate::ask::block::{TagRow, tags};
use crate::ask::chore;
use crate::ask::facts::{Facts, Role};
use crate::ask::gather::join;
use crate::ask::protocol::planning_said;
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
    let mut trace = Trace { cap, at: 0, parts: Vec::new(), texts: Vec::new() };
    let (query, _) = shape::request(&mut Json::new(body), cap, Some(&mut trace))?;
    let parts = trace.finish(&query);
    Ok(Explained { query, parts })
}

/// Notes of the reader's parts, for [`explain`].
pub(crate) struct Trace {
    cap: usize,
    /// Where the field that is being read starts.
    at: usize,
    /// The parts, each with the start of its field.
    parts: Vec<(usize, Reading)>,
    texts: Vec<Text>,
}

/// A text that may hold the ask, or say why a part was taken for what it is.
struct Text {
    /// Its part.
    part: usize,
    bytes: Vec<u8>,
    kind: TextKind,
}

#[derive(PartialEq)]
enum TextKind {
    /// The operator's.
    Prompt,
    /// A block of a program.
    Block,
    Message,
}

impl Trace {
    /// Notes that what follows belongs to a field that starts there.
    pub(super) fn at(&mut self, start: usize) -> &mut Self {
        self.at = start;
        self
    }

    fn add(&mut self, place: String, kind: &'static str, weight: Weight, row: String) {
        let (bytes, tokens) = (weight.bytes, weight.tokens());
        self.parts.push((self.at, Reading { place, kind, bytes, tokens, row }));
    }

    fn keep(&mut self, text: impl Into<Vec<u8>>, kind: TextKind) {
        self.texts.push(Text { part: self.parts.len() - 1, bytes: text.into(), kind });
    }

    /// Notes a field, which the reader is about to read. Messages and objects within are noted by themselves.
    pub(super) fn field<'a, C: Cursor<'a>>(
        &mut self,
        c: &mut C,
        name: &[u8],
        root: &Path<'_>,
        whole: bool,
    ) -> Result<()> {
        let start = c.mark();
        self.at = C::offset(&start);
        let outer = root.to_string();
        let dot = if outer.is_empty() { "" } else { "." };
        let place = format!("{outer}{dot}{}", String::from_utf8_lossy(name));
        let Some((name, top)) = find(TOP, name) else {
            let weight = c.measure()?;
            self.add(place, "not read", weight, String::new());
            c.go_to(&start);
            return Ok(());
        };
        let source = TOP.iter().find(|(known, ..)| *known == name).map_or("", |(_, _, source)| *source);
        let row = format!("field {name}: {source}");
        match (top, c.kind()?) {
            (_, ValueKind::Null) => self.add(place, "absent", Weight::default(), row),
            (Top::Within, ValueKind::Object) => {}
            (Top::Conversation(_), _) | (Top::History, ValueKind::Array) if whole => {}
            (Top::Conversation(_) | Top::History | Top::Ask | Top::Prompt, _) if !whole => {
                let weight = c.measure()?;
                self.add(place, "not read", weight, row);
            }
            (Top::Ask | Top::Prompt, ValueKind::String) => {
                let text = c.text()?;
                let mut words = Cutter::new(text.bytes(), self.cap);
                text.write(&mut words);
                self.add(place, "user", text.weight(), row);
                self.keep(words.finish().text, TextKind::Message);
            }
            (Top::System, _) => {
                let weight = c.measure()?;
                self.add(place, kind_of(top), weight, row);
                c.go_to(&start);
                let mut facts = Facts::default();
                if part::content(c, root, &mut facts).is_ok()
                    && let Some(mark) = &facts.mark
                {
                    let text = join(c, mark, self.cap)?.into_owned();
                    self.keep(text, TextKind::Prompt);
                }
            }
            _ => {
                let weight = c.measure()?;
                self.add(place, kind_of(top), weight, row);
            }
        }
        c.go_to(&start);
        Ok(())
    }

    /// Notes a message that the reader has read.
    pub(super) fn message<'a, C: Cursor<'a>>(
        &mut self,
        c: &mut C,
        path: &Path<'_>,
        role: Role,
        facts: &Facts<C::Mark>,
    ) -> Result<()> {
        let place = path.to_string();
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
        let Some(mark) = facts.mark.as_ref().filter(|_| role != Role::Assistant) else {
            self.within(&place, kind, facts);
            return Ok(());
        };
        let text = join(c, mark, self.cap)?;
        let prompt = role == Role::System;
        self.keep(&*text, if prompt { TextKind::Prompt } else { TextKind::Message });
        self.within(&place, kind, facts);
        for TagRow { name, kind, source, range } in tags(&text) {
            let block = text.get(range).unwrap_or_default();
            self.add(format!("{place} <{name}>"), kind, Weight::of(block), format!("tag {name}: {source}"));
            self.keep(block, TextKind::Block);
        }
        Ok(())
    }

    /// Notes what a message holds beside its words.
    fn within<M>(&mut self, place: &str, kind: &'static str, facts: &Facts<M>) {
        for (label, weight) in [("document", facts.document), ("tool result", facts.result_text)] {
            if weight.bytes > 0 && kind != label {
                self.add(place.to_owned(), label, weight, String::new());
            }
        }
        if facts.media.count > 0 {
            let kind = if facts.media.audio { "sound" } else { "picture or file" };
            self.add(place.to_owned(), kind, Weight::of_tokens(facts.media.tokens), String::new());
        }
    }

    /// The parts, in the body's order, with the ask and the reasons for a chore and for plan mode.
    fn finish(mut self, query: &Query<'_>) -> Vec<Reading> {
        let ask = query.ask.trim_ascii();
        let head = ask.get(..HEAD).unwrap_or(ask);
        let holds = |text: &&Text| {
            text.kind != TextKind::Block && !head.is_empty() && memmem::find(&text.bytes, head).is_some()
        };
        let asked = self.texts.iter().rev().find(holds).map(|text| text.part);
        if let Some((_, part)) = asked.and_then(|at| self.parts.get_mut(at)) {
            part.kind = "ask";
        }
        let offers = query.structure.tools_offered > 0;
        let mut why: Vec<(usize, String)> = Vec::new();
        for Text { part, bytes, kind } in &self.texts {
            if query.request.chore.is_some()
                && let Some(row) = chore::row(bytes, offers, *kind == TextKind::Prompt)
            {
                why.push((*part, format!("chore: {row}")));
            }
            if query.request.planning {
                // Plan mode is stated by an operator or in a program's block.
                let said = Some(&**bytes).filter(|_| *kind != TextKind::Message);
                planning_said(said.into_iter(), |sentence, says| {
                    let mode = if says { "plan mode" } else { "no plan mode" };
                    // A block begins with its tag.
                    let tagged = sentence.strip_prefix('<').and_then(|rest| rest.split_once('>'));
                    let sentence = tagged.map_or(sentence, |(_, rest)| rest);
                    why.push((*part, format!("{mode}: {sentence}")));
                });
            }
        }
        let own = why.iter().any(|(_, row)| row.starts_with("chore"));
        if let Some(row) = chore::row(ask, offers, false).filter(|_| query.request.chore.is_some() && !own) {
            why.extend(asked.map(|part| (part, format!("chore: {row}"))));
        }
        for (part, reason) in why {
            if let Some((_, part)) = self.parts.get_mut(part) {
                let and = if part.row.is_empty() { "" } else { "; " };
                part.row = format!("{}{and}{reason}", part.row);
            }
        }
        self.parts.sort_by_key(|(at, _)| *at);
        self.parts.into_iter().map(|(_, part)| part).collect()
    }
}

fn kind_of(top: Top) -> &'static str {
    match top {
        Top::Conversation(_) | Top::Ask | Top::Prompt => "user",
        Top::History => "history",
        Top::System => "operator",
        Top::Tools | Top::Server | Top::Acting | Top::Container => "tools",
        Top::Documents => "documents",
        Top::Images => "pictures",
        Top::Model => "model",
        Top::Limit => "limit",
        Top::Format | Top::Mime | Top::Modalities | Top::Schema => "form of the answer",
        Top::Weighed | Top::Ids => "beside the conversation",
        Top::Elsewhere | Top::Joined => "history elsewhere",
        Top::Effort | Top::Budget | Top::Think | Top::Samples => "wish",
        Top::Within => "object",
    }
}
