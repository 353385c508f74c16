//! Reads one message, or one item of another kind, such as a call or its result.

use super::part::content;
use crate::error::{Error, Result};
use crate::query::cursor::{Cursor, LazyText, ValueKind};
use crate::query::facts::{Facts, Role};
use crate::query::part::{Media, Part};
use crate::query::path::Path;
use crate::query::texts::read_type;

/// The most characters of an unknown role that an error repeats.
const SHOWN: usize = 40;

/// Reads one element of `messages` or `input`.
pub(super) fn read<'a, C: Cursor<'a>>(c: &mut C, path: &Path<'_>) -> Result<(Role, Facts<C::Mark>)> {
    if c.kind()? != ValueKind::Object {
        return Err(c.refuse(&path.to_string(), "an object with role and content"));
    }
    let (mut role, mut kind) = (None, None);
    let mut facts = Facts::default();
    let mut beside = Beside::default();
    c.object(|c, name| {
        match name {
            b"role" => role = Some(read_role(c, &path.field("role"))?),
            b"content" => {
                facts = Facts::default();
                content(c, &path.field("content"), &mut facts)?;
            }
            b"type" => kind = read_type(c)?,
            _ => beside.read(c, name, path)?,
        }
        Ok(())
    })?;
    match (role, kind) {
        (Some(role), _) => {
            facts.calls += beside.calls;
            facts.other_bytes += beside.call_bytes + beside.thinking_bytes;
            Ok((role, facts))
        }
        (None, Some(kind)) if kind != Part::Message => Ok((beside.sender(kind, &mut facts), facts)),
        _ => Err(c.explain(Error::wrong_type(path.field("role").to_string(), "nothing", Role::WANTED))),
    }
}

fn read_role<'a, C: Cursor<'a>>(c: &mut C, path: &Path<'_>) -> Result<Role> {
    if c.kind()? != ValueKind::String {
        return Err(c.refuse(&path.to_string(), Role::WANTED));
    }
    let role = c.text()?.with(|name| {
        let refused = || {
            let start: String = String::from_utf8_lossy(name).chars().take(SHOWN).collect();
            Error::invalid(path.to_string(), format!("{start:?}"), Role::WANTED)
        };
        Role::of(name).ok_or_else(refused)
    });
    role.map_err(|error| c.explain(error))
}

/// The fields of a message beside its role, type and content.
#[derive(Default)]
struct Beside {
    calls: u32,
    call_bytes: u64,
    thinking_bytes: u64,
    output_bytes: u64,
    output_media: Media,
    failed: bool,
    sealed: bool,
    /// Bytes of a call: its name and arguments.
    call_text: u64,
}

impl Beside {
    fn read<'a, C: Cursor<'a>>(&mut self, c: &mut C, name: &[u8], path: &Path<'_>) -> Result<()> {
        match name {
            b"tool_calls" => self.read_calls(c, path)?,
            b"function_call" => {
                self.calls = u32::from(c.kind()? != ValueKind::Null);
                self.call_bytes = c.measure()?;
            }
            b"reasoning_content" | b"summary" => self.thinking_bytes = c.measure()?,
            b"output" => {
                let mut inner = Facts::default();
                content(c, &path.field("output"), &mut inner)?;
                (self.output_bytes, self.output_media) = (inner.bytes(), inner.media);
            }
            b"encrypted_content" => self.sealed = c.measure()? > 0,
            b"status" if c.kind()? == ValueKind::String => {
                self.failed = c.text()?.with(|status| status == b"failed");
            }
            b"name" | b"arguments" | b"input" | b"action" | b"code" | b"queries" => {
                self.call_text += c.measure()?;
            }
            _ => c.skip()?,
        }
        Ok(())
    }

    fn read_calls<'a, C: Cursor<'a>>(&mut self, c: &mut C, path: &Path<'_>) -> Result<()> {
        (self.calls, self.call_bytes) = (0, 0);
        match c.kind()? {
            ValueKind::Array => c.array(|c, _| {
                self.calls += 1;
                self.call_bytes += c.measure()?;
                Ok(())
            }),
            ValueKind::Null => c.skip(),
            _ => Err(c.refuse(&path.field("tool_calls").to_string(), "a list of calls")),
        }
    }

    /// The sender of an item without a role, by its kind.
    fn sender<M>(self, kind: Part, facts: &mut Facts<M>) -> Role {
        match kind {
            Part::Result => {
                facts.results += 1;
                facts.errors += u32::from(self.failed);
                facts.result_bytes += self.output_bytes;
                facts.media.merge(self.output_media);
                return Role::Tool;
            }
            Part::Call => {
                facts.calls += 1;
                facts.other_bytes += self.call_text;
            }
            Part::Thinking => {
                facts.other_bytes += self.thinking_bytes;
                facts.signed |= self.sealed;
            }
            _ => facts.other_bytes += self.call_text,
        }
        Role::Assistant
    }
}
