//! Reads one message, or one item of another kind, such as a call or its result.

use super::part::{attempt, content, inside};
use super::payload::read_images;
use super::tools::{thinking, tools};
use crate::ask::facts::{Facts, Media, Role};
use crate::body::cursor::{Cursor, ValueKind};
use crate::body::fields::{Field, MESSAGE, Part, find};
use crate::body::path::Path;
use crate::body::texts::read_type;
use crate::text::LazyText;
use crate::weight::Weight;
use rheostat::{Error, Result};

/// The most characters of an unknown role that an error repeats.
const SHOWN: usize = 40;

/// Reads one element of `messages`, `input` or `contents`. Each field is checked at the end, so that the last of one name counts.
pub(crate) fn read<'a, C: Cursor<'a>>(c: &mut C, path: &Path<'_>) -> Result<(Role, Facts<C::Mark>)> {
    if c.kind()? != ValueKind::Object {
        return Err(c.refuse(&path.to_string(), "an object with role and content"));
    }
    let mut role: Option<Result<Role>> = None;
    let mut body: Result<Facts<C::Mark>> = Ok(Facts::default());
    let mut beside = Beside::<C::Mark>::default();
    c.object(|c, name| {
        // Every message has these two.
        let found = match name {
            b"role" => Some(("role", Field::Role)),
            b"content" => Some(("content", Field::Content)),
            _ => find(MESSAGE, name),
        };
        match found {
            Some((_, Field::Role)) => role = read_role(c, &path.field("role"))?,
            Some((field, Field::Content)) => body = read_content(c, &path.field(field))?,
            Some((_, Field::Type)) => beside.kind = read_type(c)?,
            Some((name, field)) => beside.read(c, name, field, path)?,
            None => beside.unknown += c.measure_unknown()?,
        }
        Ok(())
    })?;
    let role = role.transpose()?;
    let mut facts = body?;
    let role = match (role, beside.kind) {
        (Some(role), _) => role,
        (None, Some(kind)) if kind != Part::Message => return Ok((beside.item(kind, &mut facts)?, facts)),
        (None, None) if beside.id && facts.mark.is_none() => {
            facts.reference = true;
            return Ok((Role::Assistant, facts));
        }
        // Gemini's contents need no role.
        (None, None) if path.is_within("contents") => Role::User,
        _ => {
            return Err(c.explain(Error::wrong_type(
                path.field("role").to_string(),
                "nothing",
                Role::WANTED,
            )));
        }
    };
    beside.message(role, &mut facts)?;
    Ok((role, facts))
}

/// Reads the content of a message. The inner result is the value's; the outer one the cursor's.
fn read_content<'a, C: Cursor<'a>>(c: &mut C, path: &Path<'_>) -> Result<Result<Facts<C::Mark>>> {
    let read = |c: &mut C| {
        let mut facts = Facts::default();
        content(c, path, &mut facts)?;
        Ok(Ok(facts))
    };
    attempt(c, read, |c, error| c.skip().map(|()| Err(error)))
}

fn read_role<'a, C: Cursor<'a>>(c: &mut C, path: &Path<'_>) -> Result<Option<Result<Role>>> {
    match c.kind()? {
        ValueKind::Null => c.skip().map(|()| None),
        ValueKind::String => {
            let role = c.text()?.with(|name| {
                let refused = || {
                    let start: String = String::from_utf8_lossy(name).chars().take(SHOWN).collect();
                    Error::invalid(path.to_string(), format!("{start:?}"), Role::WANTED)
                };
                Role::of(name).ok_or_else(refused)
            });
            Ok(Some(role.map_err(|error| c.explain(error))))
        }
        _ => {
            let error = c.refuse(&path.to_string(), Role::WANTED);
            c.skip()?;
            Ok(Some(Err(error)))
        }
    }
}

/// The fields of a message beside its role and content.
struct Beside<M> {
    kind: Option<Part>,
    /// Calls in `tool_calls`, then in `function_call`: a null in one says nothing about the other.
    calls: Result<(u32, Weight)>,
    call: (u32, Weight),
    thinking: Vec<(&'static str, Weight)>,
    output: Weight,
    output_media: Media,
    /// Position of an output that may tell what the human said.
    told: Option<M>,
    failed: bool,
    sealed: Weight,
    signed: bool,
    /// The name and the arguments of a call.
    call_text: Weight,
    images: Media,
    tools: (u32, Weight),
    approved: Option<bool>,
    id: bool,
    unknown: Weight,
}

impl<M> Default for Beside<M> {
    fn default() -> Self {
        Self {
            kind: None,
            calls: Ok((0, Weight::default())),
            call: (0, Weight::default()),
            thinking: Vec::new(),
            output: Weight::default(),
            output_media: Media::default(),
            told: None,
            failed: false,
            sealed: Weight::default(),
            signed: false,
            call_text: Weight::default(),
            images: Media::default(),
            tools: (0, Weight::default()),
            approved: None,
            id: false,
            unknown: Weight::default(),
        }
    }
}

impl<M> Beside<M> {
    fn read<'a, C: Cursor<'a, Mark = M>>(
        &mut self,
        c: &mut C,
        name: &'static str,
        field: Field,
        path: &Path<'_>,
    ) -> Result<()> {
        if c.kind()? == ValueKind::Null {
            return c.skip();
        }
        match field {
            Field::Calls => {
                let (calls, sealed) = read_calls(c, path)?;
                self.calls = calls;
                self.signed |= sealed;
            }
            Field::Call => self.call = (1, c.measure()?),
            Field::Thinking => {
                let weight = c.measure()?;
                self.thinking.push((name, weight));
            }
            Field::ThinkingParts => {
                let (weight, signed) = thinking(c)?;
                self.thinking.push((name, weight));
                self.signed |= signed;
            }
            Field::Sealed => self.sealed = c.measure()?,
            Field::Output => {
                let mark = c.mark();
                let (weight, media, tells) = inside(c, &path.field("output"))?;
                (self.output, self.output_media, self.told) = (weight, media, tells.then_some(mark));
            }
            Field::Status if c.kind()? == ValueKind::String => {
                self.failed = c.text()?.with(|status| matches!(status, b"failed" | b"error"));
            }
            Field::CallText => self.call_text += c.measure()?,
            Field::Images => self.images = read_images(c, path)?,
            Field::Tools => {
                self.tools = tools(c)?.map(|tools| (tools.count, tools.weight)).unwrap_or_default();
            }
            Field::Approval if c.kind()? == ValueKind::Bool => self.approved = Some(c.flag()?),
            Field::Id => self.id |= c.measure()?.bytes > 0,
            _ => c.skip()?,
        }
        Ok(())
    }

    /// The weight of thinking. Of two copies of one thought, as some proxies write them, the larger counts.
    fn thoughts(&self) -> Weight {
        let weights = self.thinking.iter().map(|(_, weight)| *weight);
        weights.max_by_key(|weight| weight.bytes).unwrap_or_default()
    }

    /// Adds the fields to a message with a role.
    fn message(self, role: Role, facts: &mut Facts<M>) -> Result<()> {
        let thoughts = self.thoughts();
        let calls = self.calls?;
        facts.calls += calls.0 + self.call.0;
        facts.other += calls.1 + self.call.1 + thoughts + self.sealed + self.unknown;
        facts.signed |= self.signed || self.sealed.bytes > 0;
        facts.media.merge(self.images);
        facts.tools = self.tools;
        if self.output.bytes > 0 {
            facts.results += u32::from(role != Role::Tool);
            facts.result_text += self.output;
            facts.told.extend(self.told);
        }
        Ok(())
    }

    /// Adds the fields to an item without a role. Returns its sender, by its kind.
    fn item(self, kind: Part, facts: &mut Facts<M>) -> Result<Role> {
        let thoughts = self.thoughts();
        let calls = self.calls?;
        facts.calls += calls.0 + self.call.0;
        facts.signed |= self.signed;
        facts.media.merge(self.images);
        match kind {
            Part::Result => {
                facts.results += 1;
                facts.errors += u32::from(self.failed);
                facts.result_text += self.output + self.tools.1 + self.unknown;
                facts.media.merge(self.output_media);
                facts.told.extend(self.told);
                return Ok(Role::Tool);
            }
            Part::Approval => {
                facts.approved = self.approved.is_some();
                return Ok(Role::User);
            }
            Part::Call => {
                facts.calls += 1;
                facts.errors += u32::from(self.failed);
                facts.other += self.call_text + self.output + self.unknown;
            }
            Part::Thinking => {
                facts.other += thoughts + self.sealed + self.unknown;
                facts.signed |= self.sealed.bytes > 0;
            }
            Part::Reference => facts.reference = true,
            _ => facts.other += self.call_text + self.output + self.unknown + thoughts,
        }
        facts.tools = self.tools;
        Ok(Role::Assistant)
    }
}

/// Reads a list of calls: their number and weight, and whether sealed thinking stands beside one.
fn read_calls<'a, C: Cursor<'a>>(c: &mut C, path: &Path<'_>) -> Result<(Result<(u32, Weight)>, bool)> {
    let (mut count, mut weight, mut sealed) = (0, Weight::default(), false);
    if c.kind()? != ValueKind::Array {
        let error = c.refuse(&path.field("tool_calls").to_string(), "a list of calls");
        c.skip()?;
        return Ok((Err(error), false));
    }
    c.array(|c, _| {
        count += 1;
        if c.kind()? != ValueKind::Object {
            weight += c.measure()?;
            return Ok(());
        }
        c.object(|c, name| {
            weight += Weight::of_string(name.len(), || Weight::of(name));
            let (beside, seals) = match name {
                b"extra_content" | b"provider_specific_fields" => thinking(c)?,
                b"function" if c.kind()? == ValueKind::Object => read_function(c)?,
                _ => (c.measure()?, false),
            };
            weight += beside;
            sealed |= seals;
            Ok(())
        })
    })?;
    Ok((Ok((count, weight)), sealed))
}

/// Reads the function of a call: its weight, and true if a signature of thinking stands in it.
fn read_function<'a, C: Cursor<'a>>(c: &mut C) -> Result<(Weight, bool)> {
    let (mut weight, mut sealed) = (Weight::default(), false);
    c.object(|c, name| {
        weight += Weight::of_string(name.len(), || Weight::of(name));
        let (beside, seals) = match name {
            b"provider_specific_fields" => thinking(c)?,
            _ => (c.measure()?, false),
        };
        weight += beside;
        sealed |= seals;
        Ok(())
    })?;
    Ok((weight, sealed))
}
