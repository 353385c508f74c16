//! Reads a request's fields beside its messages: instructions, tools, limits, needs and wishes.

use super::part::{attempt, content};
use super::payload::read_images;
use super::tools::{Tools, tools};
use crate::ask::conversation::Conversation;
use crate::ask::facts::{Facts, Media};
use crate::body::cursor::{Cursor, ValueKind};
use crate::body::fields::{EFFORTS, Top, find};
use crate::body::path::Path;
use crate::text::LazyText;
use crate::weight::Weight;
use rheostat::query::Wish;
use rheostat::{Error, Result};
use std::borrow::Cow;

/// Values by field. A field that stands twice keeps its last value; fields that mean the same are added up at the end.
#[derive(Debug)]
struct Slots<T>(Vec<(&'static str, T)>);

impl<T> Default for Slots<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Slots<T> {
    fn set(&mut self, field: &'static str, value: T) {
        self.0.retain(|(known, _)| *known != field);
        self.0.push((field, value));
    }

    fn clear(&mut self, field: &'static str) {
        self.0.retain(|(known, _)| *known != field);
    }

    fn into_values(self) -> impl Iterator<Item = T> {
        self.0.into_iter().map(|(_, value)| value)
    }
}

/// The fields that have been read so far.
#[allow(clippy::struct_excessive_bools)] // facts that are independent of each other
pub(crate) struct Limits<'a, M> {
    system: Slots<Result<Weight>>,
    /// Position of the first prompt of the operator.
    system_mark: Option<M>,
    tools: Slots<Result<Tools>>,
    documents: Slots<Weight>,
    images: Media,
    max_tokens: Slots<Result<Option<u64>>>,
    model: Option<Result<Cow<'a, str>>>,
    json: Slots<bool>,
    /// Tokens that the model reads beside the conversation.
    beside: Slots<Weight>,
    /// True if the provider offers tools of its own.
    server: bool,
    audio: bool,
    wish: Wish,
    /// True if the provider changes something for it.
    once: bool,
    /// True if the provider keeps the history.
    pub(crate) elsewhere: bool,
}

impl<M> Default for Limits<'_, M> {
    fn default() -> Self {
        Self {
            system: Slots::default(),
            system_mark: None,
            tools: Slots::default(),
            documents: Slots::default(),
            images: Media::default(),
            max_tokens: Slots::default(),
            model: None,
            json: Slots::default(),
            beside: Slots::default(),
            server: false,
            audio: false,
            wish: Wish::default(),
            once: false,
            elsewhere: false,
        }
    }
}

impl<'a, M: Clone> Limits<'a, M> {
    /// Reads a field of the table.
    pub(crate) fn read<C: Cursor<'a, Mark = M>>(
        &mut self,
        c: &mut C,
        name: &'static str,
        top: Top,
        root: &Path<'_>,
    ) -> Result<()> {
        let path = root.field(name);
        if c.kind()? == ValueKind::Null {
            self.clear(name, top);
            return c.skip();
        }
        match top {
            Top::Model => self.model = Some(later(c, |c| model(c, &path))?),
            Top::System => {
                let read = later(c, |c| prompt(c, &path))?;
                if let Ok((_, mark)) = &read {
                    self.system_mark = self.system_mark.take().or_else(|| mark.clone());
                }
                self.system.set(name, read.map(|(weight, _)| weight));
            }
            Top::Tools => self.tools.set(
                name,
                later(c, |c| tools(c)?.ok_or_else(|| c.refuse(&path.to_string(), "a list of tools")))?,
            ),
            Top::Documents => self.documents.set(name, c.measure()?),
            Top::Images => self.images = read_images(c, &path)?,
            Top::Limit => self.max_tokens.set(name, later(c, |c| limit(c, &path))?),
            Top::Format => {
                let mark = c.mark();
                let weight = c.measure()?;
                c.go_to(&mark);
                let json = wants_json(c, name)?;
                self.json.set(name, json);
                // The provider writes a schema into the prompt.
                self.beside.set(name, if json { weight } else { Weight::default() });
            }
            Top::Schema => {
                self.beside.set(name, c.measure()?);
                self.json.set(name, true);
            }
            Top::Weighed => self.beside.set(name, c.measure()?),
            Top::Ids => {
                let mut count = 0;
                if c.kind()? == ValueKind::Array {
                    c.array(|c, _| {
                        count += 1;
                        c.skip()
                    })?;
                } else {
                    c.skip()?;
                }
                self.beside.set(name, Weight::of_tokens(count));
                self.elsewhere |= count > 0;
            }
            Top::Server => {
                let weight = c.measure()?;
                self.server |= weight.bytes > 0 || name == "web_search_options";
            }
            Top::Acting => {
                let acts = c.measure()?.bytes > 0;
                self.server |= acts;
                self.once |= acts;
            }
            Top::Container => self.once |= c.kind()? != ValueKind::Bool && c.measure()?.bytes > 0,
            Top::Joined => {
                let joins = c.measure()?.bytes > 0;
                self.elsewhere |= joins;
                self.once |= joins;
            }
            Top::Mime => self.json.set(
                name,
                c.kind()? == ValueKind::String && c.text()?.with(|mime| mime == b"application/json"),
            ),
            Top::Elsewhere => self.elsewhere |= c.measure()?.bytes > 0,
            Top::Modalities => self.audio |= lists_audio(c)?,
            Top::Effort | Top::Budget | Top::Think | Top::Samples => read_wish(c, top, &mut self.wish)?,
            _ => c.skip()?,
        }
        Ok(())
    }

    /// Weighs a field that the model reads beside the conversation.
    pub(super) fn weigh(&mut self, name: &'static str, weight: Weight) {
        self.beside.set(name, weight);
    }

    /// A null is no value: it takes back an earlier one of the same field, and nothing else.
    fn clear(&mut self, name: &'static str, top: Top) {
        match top {
            Top::Model => self.model = None,
            Top::System => self.system.clear(name),
            Top::Tools => self.tools.clear(name),
            Top::Documents => self.documents.clear(name),
            Top::Limit => self.max_tokens.clear(name),
            Top::Format | Top::Mime => self.json.clear(name),
            _ => {}
        }
    }

    pub(crate) fn enter(self, talk: &mut Conversation<'a, M>) -> Result<()> {
        for weight in self.system.into_values() {
            let weight = weight?;
            talk.structure.system_bytes += weight.bytes;
            talk.add(weight);
        }
        talk.prompts.splice(..0, self.system_mark);
        for tools in self.tools.into_values() {
            let Tools { count, weight, acts } = tools?;
            talk.request.once |= acts;
            talk.structure.tools_offered += count;
            talk.structure.tool_bytes += weight.bytes;
            talk.request.tools |= count > 0;
            talk.add(weight);
        }
        for weight in self.documents.into_values() {
            talk.structure.document_bytes += weight.bytes;
            talk.add(weight);
        }
        let facts: Facts<()> = Facts { media: self.images, ..Facts::default() };
        facts.enter(&mut talk.structure, &mut talk.request);
        talk.add(Weight::of_tokens(self.images.tokens));
        let mut least: Option<u64> = None;
        for limit in self.max_tokens.into_values() {
            let limit = limit?;
            least = [least, limit].into_iter().flatten().min();
        }
        // Programs ask for one token to see whether the model answers.
        talk.request.probe = least.is_some_and(|tokens| tokens <= 1);
        talk.request.max_tokens = least.map(|tokens| tokens.max(1));
        talk.request.model = self.model.transpose()?;
        talk.request.json = self.json.into_values().any(|json| json);
        talk.request.audio |= self.audio;
        talk.request.tools |= self.server;
        for weight in self.beside.into_values() {
            talk.add(weight);
        }
        talk.request.wish = self.wish;
        talk.request.once |= self.once;
        talk.continues_elsewhere(self.elsewhere);
        Ok(())
    }
}

/// Reads a value whose refusal counts only if no later field of its name follows.
fn later<'a, C: Cursor<'a>, T>(c: &mut C, read: impl FnOnce(&mut C) -> Result<T>) -> Result<Result<T>> {
    attempt(c, |c| read(c).map(Ok), |c, error| c.skip().map(|()| Err(error)))
}

fn model<'a, C: Cursor<'a>>(c: &mut C, path: &Path<'_>) -> Result<Cow<'a, str>> {
    if c.kind()? != ValueKind::String {
        return Err(c.refuse(&path.to_string(), "a string"));
    }
    let text = c.text()?;
    let plain = text.borrowed().and_then(|raw| std::str::from_utf8(raw).ok());
    let copy = || text.with(|name| Cow::Owned(String::from_utf8_lossy(name).into_owned()));
    Ok(plain.map_or_else(copy, Cow::Borrowed))
}

/// Reads a prompt of the operator: text or parts, or an object with parts. Returns its weight, and its position.
fn prompt<'a, C: Cursor<'a>>(c: &mut C, path: &Path<'_>) -> Result<(Weight, Option<C::Mark>)> {
    let mut facts = Facts::default();
    if c.kind()? == ValueKind::Object {
        c.object(|c, name| match name {
            b"parts" | b"content" => content(c, path, &mut facts),
            b"text" if c.kind()? == ValueKind::String => content(c, path, &mut facts),
            _ => c.skip(),
        })?;
    } else {
        content(c, path, &mut facts)?;
    }
    Ok((facts.weight(), facts.mark))
}

/// Reads a limit of tokens. −1 and −2 are no limit, as in Ollama.
fn limit<'a, C: Cursor<'a>>(c: &mut C, path: &Path<'_>) -> Result<Option<u64>> {
    const WANTED: &str = "a whole number of at least 0, or -1 for no limit";
    match c.kind()? {
        ValueKind::Number => match c.number()? {
            Some(-1 | -2) => Ok(None),
            Some(limit) => match u64::try_from(limit) {
                Ok(limit) => Ok(Some(limit)),
                Err(_) => Err(c.explain(Error::invalid(path.to_string(), limit, WANTED))),
            },
            None => Err(c.explain(Error::wrong_type(path.to_string(), "another number", WANTED))),
        },
        // Protocol buffers write large numbers as strings.
        ValueKind::String => {
            let number = c
                .text()?
                .with(|text| std::str::from_utf8(text).ok().and_then(|text| text.parse::<u64>().ok()));
            let wrong = || c.explain(Error::wrong_type(path.to_string(), "a string", WANTED));
            number.map(Some).ok_or_else(wrong)
        }
        _ => Err(c.refuse(&path.to_string(), WANTED)),
    }
}

/// Reads a format: the name `json`, a JSON schema, or an object with either. True if it asks for JSON.
fn wants_json<'a, C: Cursor<'a>>(c: &mut C, field: &str) -> Result<bool> {
    match c.kind()? {
        ValueKind::String => Ok(c.text()?.with(|name| name == b"json")),
        ValueKind::Object => {
            let mut json = false;
            c.object(|c, name| {
                match name {
                    b"type" if c.kind()? == ValueKind::String => {
                        json |= c.text()?.with(|kind| {
                            matches!(kind, b"json_object" | b"json_schema" | b"grammar" | b"json")
                                || field == "format" && kind == b"object"
                        });
                    }
                    b"format" => json |= wants_json(c, "")?,
                    _ => c.skip()?,
                }
                Ok(())
            })?;
            Ok(json)
        }
        _ => c.skip().map(|()| false),
    }
}

/// True if a list of modalities names sound.
fn lists_audio<'a, C: Cursor<'a>>(c: &mut C) -> Result<bool> {
    let mut audio = false;
    let is_audio = |c: &mut C| -> Result<bool> {
        if c.kind()? != ValueKind::String {
            return c.skip().map(|()| false);
        }
        Ok(c.text()?.with(|name| name.eq_ignore_ascii_case(b"audio")))
    };
    match c.kind()? {
        ValueKind::Array => c.array(|c, _| {
            audio |= is_audio(c)?;
            Ok(())
        })?,
        _ => audio = is_audio(c)?,
    }
    Ok(audio)
}

/// The effort of that name, in small or capital letters. A name without a level says nothing.
fn effort_of(name: &[u8]) -> Option<&'static str> {
    let known = EFFORTS.iter().find(|(known, _)| name.eq_ignore_ascii_case(known.as_bytes()));
    known.map(|(_, effort)| *effort)
}

/// Reads a client's wish: a name or a number, or an object with either.
fn read_wish<'a, C: Cursor<'a>>(c: &mut C, top: Top, wish: &mut Wish) -> Result<()> {
    match c.kind()? {
        ValueKind::String => wish.effort = c.text()?.with(effort_of).or(wish.effort),
        ValueKind::Number => {
            let number = c.number()?.and_then(|number| u64::try_from(number).ok());
            match top {
                Top::Samples => wish.samples = number.filter(|number| *number > 1),
                Top::Budget => wish.thinking_tokens = number,
                _ => {}
            }
        }
        ValueKind::Bool if top == Top::Think => {
            let thinks = c.flag()?;
            wish.effort = (!thinks).then_some("none").or(wish.effort);
        }
        ValueKind::Object => c.object(|c, name| match name {
            b"effort" | b"type" | b"thinkingLevel" => read_wish(c, Top::Effort, wish),
            b"max_tokens" | b"budget_tokens" | b"token_budget" | b"budgetTokens" => {
                read_wish(c, Top::Budget, wish)
            }
            b"enabled" => read_wish(c, Top::Think, wish),
            _ => c.skip(),
        })?,
        _ => c.skip()?,
    }
    Ok(())
}

/// The field of the table with that name.
pub(crate) fn field(name: &[u8]) -> Option<(&'static str, Top)> {
    find(crate::body::fields::TOP, name)
}
