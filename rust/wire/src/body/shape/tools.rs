//! Weighs definitions of tools, and thinking.

use crate::body::cursor::{Cursor, ValueKind};
use crate::body::fields::SEALS;
use crate::text::LazyText;
use crate::weight::Weight;
use rheostat::Result;

/// Definitions of tools.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Tools {
    pub(crate) count: u32,
    pub(crate) weight: Weight,
    /// True if the provider calls one that changes something: that of an MCP server, or one that works in a container which stays.
    pub(crate) acts: bool,
}

/// Reads definitions of tools. None if the value is no list.
pub(crate) fn tools<'a, C: Cursor<'a>>(c: &mut C) -> Result<Option<Tools>> {
    let Tools { mut count, mut weight, mut acts } = Tools::default();
    let mut one = |c: &mut C| -> Result<()> {
        count += 1;
        if c.kind()? != ValueKind::Object {
            weight += c.measure()?;
            return Ok(());
        }
        c.object(|c, name| {
            weight += Weight::flat(name.len());
            // Gemini puts all functions into one tool.
            if matches!(name, b"functionDeclarations" | b"function_declarations")
                && c.kind()? == ValueKind::Array
            {
                return c.array(|c, index| {
                    count += u32::from(index > 0);
                    weight += c.measure()?;
                    Ok(())
                });
            }
            weight += match name {
                // A function's kind is the usual one.
                b"type" if c.kind()? == ValueKind::String => {
                    let (is_mcp, weight) = c
                        .text()?
                        .with(|kind| (kind == b"mcp", Weight::of_string(kind.len(), || Weight::of(kind))));
                    acts |= is_mcp;
                    weight
                }
                b"container" if c.kind()? == ValueKind::String => {
                    let weight = c.measure()?;
                    acts |= weight.bytes > 0;
                    weight
                }
                b"environment" if c.kind()? == ValueKind::Object => {
                    let mut weight = Weight::default();
                    c.object(|c, name| {
                        let value = c.measure()?;
                        acts |= name == b"container_id" && value.bytes > 0;
                        weight += Weight::flat(name.len()) + value;
                        Ok(())
                    })?;
                    weight
                }
                _ => c.measure()?,
            };
            Ok(())
        })
    };
    match c.kind()? {
        ValueKind::Array => c.array(|c, _| one(c))?,
        // Gemini takes one tool without a list.
        ValueKind::Object => one(c)?,
        _ => return Ok(None),
    }
    Ok(Some(Tools { count, weight, acts }))
}

/// Reads the weight of thinking, and whether any of it is signed or sealed.
pub(crate) fn thinking<'a, C: Cursor<'a>>(c: &mut C) -> Result<(Weight, bool)> {
    let (mut weight, mut sealed) = (Weight::default(), false);
    match c.kind()? {
        ValueKind::Object => c.object(|c, name| {
            let seal = SEALS.iter().any(|seal| seal.as_bytes() == name);
            let (inner, within) = thinking(c)?;
            sealed |= within || seal && inner.bytes > 0;
            weight += inner;
            Ok(())
        })?,
        ValueKind::Array => c.array(|c, _| {
            let (inner, within) = thinking(c)?;
            sealed |= within;
            weight += inner;
            Ok(())
        })?,
        ValueKind::String => weight = c.text()?.weight(),
        _ => c.skip()?,
    }
    Ok((weight, sealed))
}
