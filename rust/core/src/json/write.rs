//! Writes JSON in one pass into one string. Numbers take their shortest form that reads back equal; NaN and infinities become null.

use std::fmt::Write;

/// An object that is being written. Fields are appended to the string at once.
pub(crate) struct Object<'a> {
    out: &'a mut String,
    first: bool,
}

impl<'a> Object<'a> {
    /// Writes one object, with the fields that `fill` gives it.
    pub(crate) fn write(out: &'a mut String, fill: impl FnOnce(&mut Object<'_>)) {
        out.push('{');
        let mut object = Object { out, first: true };
        fill(&mut object);
        object.out.push('}');
    }

    fn name(&mut self, name: &str) {
        if !self.first {
            self.out.push_str(", ");
        }
        self.first = false;
        quoted(self.out, name);
        self.out.push_str(": ");
    }

    /// Adds a value that `write` appends.
    pub(crate) fn value(&mut self, name: &str, write: impl FnOnce(&mut String)) {
        self.name(name);
        write(self.out);
    }

    /// Adds a value that is JSON already.
    pub(crate) fn raw(&mut self, name: &str, value: &str) {
        self.name(name);
        self.out.push_str(value);
    }

    /// Adds fields that are JSON already, with commas between them.
    pub(crate) fn fields(&mut self, fields: &str) {
        if !self.first {
            self.out.push_str(", ");
        }
        self.first = false;
        self.out.push_str(fields);
    }

    pub(crate) fn text(&mut self, name: &str, value: &str) {
        self.name(name);
        quoted(self.out, value);
    }

    pub(crate) fn shown(&mut self, name: &str, value: impl std::fmt::Display) {
        self.name(name);
        // Writing to a string cannot fail.
        let _ = write!(self.out, "\"{value}\"");
    }

    pub(crate) fn count(&mut self, name: &str, value: u64) {
        self.name(name);
        let _ = write!(self.out, "{value}");
    }

    pub(crate) fn real(&mut self, name: &str, value: f64) {
        self.name(name);
        real(self.out, value);
    }

    pub(crate) fn flag(&mut self, name: &str, value: bool) {
        self.raw(name, if value { "true" } else { "false" });
    }

    pub(crate) fn object(&mut self, name: &str, fill: impl FnOnce(&mut Object<'_>)) {
        self.name(name);
        Object::write(self.out, fill);
    }

    /// Adds a list; `write` appends each item.
    pub(crate) fn list<T>(
        &mut self,
        name: &str,
        items: impl IntoIterator<Item = T>,
        mut write: impl FnMut(&mut String, T),
    ) {
        self.name(name);
        self.out.push('[');
        for (i, item) in items.into_iter().enumerate() {
            if i > 0 {
                self.out.push_str(", ");
            }
            write(self.out, item);
        }
        self.out.push(']');
    }
}

/// Appends a number; null for NaN and infinities.
pub(crate) fn real(out: &mut String, value: f64) {
    if value.is_finite() {
        let _ = write!(out, "{value:?}");
    } else {
        out.push_str("null");
    }
}

/// Appends a string in quotes.
pub(crate) fn quoted(out: &mut String, text: &str) {
    out.push('"');
    let mut plain = 0;
    for (i, byte) in text.bytes().enumerate().filter(|(_, b)| matches!(b, b'"' | b'\\' | 0..b' ')) {
        // Only single bytes are escaped, so both cuts fall between characters.
        out.push_str(text.get(plain..i).unwrap_or_default());
        plain = i + 1;
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            byte => drop(write!(out, "\\u{byte:04x}")),
        }
    }
    out.push_str(text.get(plain..).unwrap_or_default());
    out.push('"');
}

#[cfg(test)]
#[path = "../../tests/unit/json/write.rs"]
mod tests;
