//! Weighs definitions of tools, and thinking.

use crate::body::cursor::{Cursor, ValueKind};
use crate::body::fields::SEALS;
use crate::text::LazyText;
use crate::weight::Weight;
use rheostat::Result;

/// Reads definitions of tools: their number and weight. None if the value is no list.
pub(crate) fn tools<'a, C: Cursor<'a>>(c: &mut C) -> Result<Option<(u32, Weight)>> {
    let (mut count, mut weight) = (0, Weight::default());
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
            weight += c.measure()?;
            Ok(())
        })
    };
    match c.kind()? {
        ValueKind::Array => c.array(|c, _| one(c))?,
        // Gemini takes one tool without a list.
        ValueKind::Object => one(c)?,
        _ => return Ok(None),
    }
    Ok(Some((count, weight)))
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
