//! The shapes of requests, by provider. One code walks bodies and a host's objects, so both are read alike.
//!
//! The names of fields and parts are in `fields.rs`. A null is no value, whatever the field.

mod item;
mod limits;
pub(super) mod part;
mod payload;
mod tools;

use super::cursor::{Cursor, ValueKind};
use super::explain::Trace;
use super::fields::Top;
use super::path::Path;
use crate::ask::conversation::Conversation;
use crate::ask::facts::{Facts, Role};
use crate::weight::Weight;
use limits::{Limits, field};
use rheostat::query::Query;
use rheostat::{Error, Result};

/// Fields that hold a whole request: a conversation in another object belongs to something else.
const WHOLE: [&str; 5] = ["request", "body", "params", "generateContentRequest", "modelInput"];

/// The place of a value in a body.
#[derive(Debug, Clone, Copy)]
pub(crate) struct List {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// The start of its last item, for an array.
    pub(crate) item: usize,
}

/// The fields of a body, as far as they have been read.
struct Body<'a, 't, M> {
    /// Told of each part, if somebody wants to see them.
    trace: Option<&'t mut Trace>,
    limits: Limits<'a, M>,
    /// The conversation, and the field that it stands in.
    talk: Option<(&'static str, Conversation<'a, M>)>,
    /// The conversation's place in the body.
    list: Option<List>,
    /// Both fields, if there is another conversation.
    both: bool,
    /// Positions of earlier turns, and of the newest ask: Cohere writes the ask first.
    history: Option<M>,
    ask: Option<M>,
    /// The field of a conversation that cannot be read, and why.
    wrong: Option<(&'static str, Error)>,
    /// True if the provider has a template for the conversation.
    template: bool,
    cap: usize,
}

/// Reads the whole body of a request.
pub(crate) fn request<'a, C: Cursor<'a>>(
    c: &mut C,
    cap: usize,
    trace: Option<&mut Trace>,
) -> Result<(Query<'a>, Option<List>)> {
    const WANTED: &str = "messages, input, contents, prompt or message";
    if c.kind()? != ValueKind::Object {
        return Err(c.refuse("the request", "an object"));
    }
    let root = Path::root();
    let mut body = Body {
        trace,
        limits: Limits::default(),
        talk: None,
        list: None,
        both: false,
        history: None,
        ask: None,
        wrong: None,
        template: false,
        cap,
    };
    body.fields(c, &root, true)?;
    c.close()?;
    if let Some((_, error)) = body.wrong {
        return Err(error);
    }
    if body.both {
        return Err(c.explain(Error::invalid("the request", "both", "messages or input")));
    }
    let mut talk = match body.talk.take() {
        Some((_, talk)) => talk,
        None if body.ask.is_some() || body.template || body.limits.elsewhere => Conversation::new(cap),
        None => return Err(c.explain(Error::invalid("the request", "none of them", WANTED))),
    };
    let end = c.mark();
    if let Some(history) = &body.history {
        c.go_to(history);
        let trace = body.trace.as_deref_mut().map(|trace| trace.at(C::offset(history)));
        turns(c, &root.field("chat_history"), &mut talk, trace)?;
    }
    if let Some(ask) = body.ask.filter(|_| talk.structure.messages == 0 || body.history.is_some()) {
        c.go_to(&ask);
        let mut facts = Facts::default();
        part::content(c, &root.field("message"), &mut facts)?;
        talk.push(c, Role::User, &facts)?;
    }
    c.go_to(&end);
    body.limits.enter(&mut talk)?;
    let list = body.list;
    Ok((talk.finish(c)?, list))
}

impl<'a, M: Clone> Body<'a, '_, M> {
    /// Reads the fields of the request, or of an object within it.
    fn fields<C: Cursor<'a, Mark = M>>(&mut self, c: &mut C, root: &Path<'_>, whole: bool) -> Result<()> {
        c.object(|c, name| {
            if let Some(trace) = self.trace.as_deref_mut() {
                trace.field(c, name, root, whole)?;
            }
            let Some((name, top)) = field(name) else { return c.skip() };
            match top {
                Top::Within if c.kind()? == ValueKind::Object => {
                    self.fields(c, &root.field(name), whole && WHOLE.contains(&name))
                }
                Top::Conversation(_) | Top::History | Top::Ask | Top::Prompt if !whole => c.skip(),
                Top::Conversation(_) => self.conversation(c, name, root),
                Top::History | Top::Ask | Top::Prompt => self.ask(c, top),
                _ => self.limits.read(c, name, top, root),
            }
        })
    }

    fn conversation<C: Cursor<'a, Mark = M>>(
        &mut self,
        c: &mut C,
        name: &'static str,
        root: &Path<'_>,
    ) -> Result<()> {
        if c.kind()? == ValueKind::Null {
            return c.skip();
        }
        let (path, cap) = (root.field(name), self.cap);
        let start = C::offset(&c.mark());
        let trace = self.trace.as_deref_mut();
        let read = |c: &mut C| Ok(Ok(conversation(c, &path, cap, trace)?));
        let talk = match part::attempt(c, read, |c, error| c.skip().map(|()| Err(error)))? {
            Ok(talk) => talk,
            // A later field of the same name may be valid.
            Err(error) => {
                self.wrong = Some((name, error));
                return Ok(());
            }
        };
        if self.wrong.as_ref().is_some_and(|(wrong, _)| *wrong == name) {
            self.wrong = None;
        }
        if let Some(item) = &talk.last_item {
            self.list = Some(List { start, end: C::offset(&c.mark()), item: C::offset(item) });
        }
        self.both |= self.talk.as_ref().is_some_and(|(known, _)| *known != name);
        self.talk = Some((name, talk));
        Ok(())
    }

    /// Keeps the position of an ask or of earlier turns.
    fn ask<C: Cursor<'a, Mark = M>>(&mut self, c: &mut C, top: Top) -> Result<()> {
        let mark = c.mark();
        let kind = c.kind()?;
        match top {
            Top::History if kind == ValueKind::Array => self.history = Some(mark),
            Top::Ask if matches!(kind, ValueKind::String | ValueKind::Array) => self.ask = Some(mark),
            Top::Prompt if kind == ValueKind::String => self.ask = Some(mark),
            Top::Prompt if kind == ValueKind::Object => {
                self.template = true;
                self.limits.weigh("prompt", c.measure()?);
                return Ok(());
            }
            Top::Prompt if kind == ValueKind::Array => {
                // A list of texts, or of tokens that only the model reads.
                let (mut strings, mut ids) = (true, 0);
                c.array(|c, _| {
                    strings &= c.kind()? == ValueKind::String;
                    if c.kind()? == ValueKind::Array {
                        return c.array(|c, _| {
                            ids += 1;
                            c.skip()
                        });
                    }
                    ids += 1;
                    c.skip()
                })?;
                if !strings {
                    self.limits.weigh("prompt", Weight::of_tokens(ids));
                }
                (self.ask, self.template) = (strings.then_some(mark), self.template || !strings);
                return Ok(());
            }
            _ => {}
        }
        c.skip()
    }
}

/// Reads a list of messages.
pub(crate) fn messages<'a, C: Cursor<'a>>(c: &mut C, cap: usize) -> Result<Query<'a>> {
    conversation(c, &Path::root().field("messages"), cap, None)?.finish(c)
}

/// Reads the messages of a request, its items, or its one ask.
fn conversation<'a, C: Cursor<'a>>(
    c: &mut C,
    path: &Path<'_>,
    cap: usize,
    trace: Option<&mut Trace>,
) -> Result<Conversation<'a, C::Mark>> {
    let mut talk = Conversation::new(cap);
    match c.kind()? {
        ValueKind::Array => turns(c, path, &mut talk, trace)?,
        // Gemini takes one content without a list.
        ValueKind::Object if path.is_within("contents") => {
            let (role, facts) = item::read(c, &path.item(0))?;
            take(c, path, role, &facts, &mut talk, trace)?;
        }
        ValueKind::String if path.is_within("input") || path.is_within("contents") => {
            let mut facts = Facts::default();
            part::content(c, path, &mut facts)?;
            take(c, path, Role::User, &facts, &mut talk, trace)?;
        }
        _ => return Err(c.refuse(&path.to_string(), "a list of messages")),
    }
    if talk.structure.messages == 0 {
        return Err(c.explain(Error::invalid(path.to_string(), "an empty list", "at least one message")));
    }
    Ok(talk)
}

/// Reads a list of messages or items into a conversation.
fn turns<'a, C: Cursor<'a>>(
    c: &mut C,
    path: &Path<'_>,
    talk: &mut Conversation<'a, C::Mark>,
    mut trace: Option<&mut Trace>,
) -> Result<()> {
    c.array(|c, index| {
        let path = path.item(index);
        talk.last_item = Some(c.mark());
        let (role, facts) = item::read(c, &path)?;
        take(c, &path, role, &facts, talk, trace.as_deref_mut())
    })
}

/// Takes a message into a conversation, and shows it if somebody wants to see it.
fn take<'a, C: Cursor<'a>>(
    c: &mut C,
    path: &Path<'_>,
    role: Role,
    facts: &Facts<C::Mark>,
    talk: &mut Conversation<'a, C::Mark>,
    trace: Option<&mut Trace>,
) -> Result<()> {
    talk.push(c, role, facts)?;
    trace.map_or(Ok(()), |trace| trace.message(c, path, role, facts))
}
