//! Goes back to a message and reads its texts.

use super::cursor::{Cursor, ValueKind};
use super::fields::Part;
use crate::text::{LazyText, Texts};
use rheostat::Result;

impl<'a, C: Cursor<'a>> Texts<'a> for C {
    type Mark = C::Mark;
    type Text = C::Text;

    fn texts(&mut self, mark: &C::Mark, each: &mut dyn FnMut(&C::Text)) -> Result<()> {
        let here = self.mark();
        self.go_to(mark);
        texts(self, each)?;
        self.go_to(&here);
        Ok(())
    }
}

/// Calls `each` with each text of a content that has been walked before: a string, a part, or a list of both.
fn texts<'a, C: Cursor<'a>>(c: &mut C, each: &mut dyn FnMut(&C::Text)) -> Result<()> {
    match c.kind()? {
        ValueKind::String => each(&c.text()?),
        ValueKind::Array => c.array(|c, _| match c.kind()? {
            ValueKind::String => {
                each(&c.text()?);
                Ok(())
            }
            ValueKind::Object => part(c, each),
            _ => c.skip(),
        })?,
        ValueKind::Object => part(c, each)?,
        _ => c.skip()?,
    }
    Ok(())
}

fn part<'a, C: Cursor<'a>>(c: &mut C, each: &mut dyn FnMut(&C::Text)) -> Result<()> {
    let (mut kind, mut text) = (None, None);
    c.object(|c, name| {
        match name {
            b"type" => kind = read_type(c)?,
            b"text" => text = read_text(c)?,
            _ => c.skip()?,
        }
        Ok(())
    })?;
    if let (None | Some(Part::Text), Some(text)) = (kind, text) {
        each(&text);
    }
    Ok(())
}

pub(crate) fn read_text<'a, C: Cursor<'a>>(c: &mut C) -> Result<Option<C::Text>> {
    if c.kind()? == ValueKind::String {
        return c.text().map(Some);
    }
    c.skip()?;
    Ok(None)
}

/// Reads the type of a part or an item; none if it has none.
pub(crate) fn read_type<'a, C: Cursor<'a>>(c: &mut C) -> Result<Option<Part>> {
    if c.kind()? == ValueKind::String {
        return Ok(Some(c.text()?.with(Part::of)));
    }
    c.skip()?;
    Ok(None)
}
