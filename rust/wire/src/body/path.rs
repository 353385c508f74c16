//! A place in a request, as its author would write it: `messages[2].content[0].text`.

use std::fmt;

/// A place, linked to the enclosing one. The text is built only for an error.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Path<'p> {
    up: Option<&'p Path<'p>>,
    segment: Segment,
}

#[derive(Debug, Clone, Copy)]
enum Segment {
    Root,
    Field(&'static str),
    Item(usize),
}

impl<'p> Path<'p> {
    /// The request itself.
    pub(crate) fn root() -> Self {
        Self { up: None, segment: Segment::Root }
    }

    pub(crate) fn field(&'p self, name: &'static str) -> Self {
        Self { up: Some(self), segment: Segment::Field(name) }
    }

    /// True if the place, or one that encloses it, is the field of that name.
    pub(crate) fn is_within(&self, name: &str) -> bool {
        matches!(self.segment, Segment::Field(field) if field == name)
            || self.up.is_some_and(|up| up.is_within(name))
    }

    pub(crate) fn item(&'p self, index: usize) -> Self {
        Self { up: Some(self), segment: Segment::Item(index) }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(up) = self.up {
            up.fmt(f)?;
        }
        match self.segment {
            Segment::Root => Ok(()),
            Segment::Field(name) if self.up.is_some_and(|up| !matches!(up.segment, Segment::Root)) => {
                write!(f, ".{name}")
            }
            Segment::Field(name) => f.write_str(name),
            Segment::Item(index) => write!(f, "[{index}]"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Path;

    #[test]
    fn a_place_reads_as_code_does() {
        let root = Path::root();
        let (list, name) = (root.field("messages"), root.field("model"));
        let part = list.item(2);
        let part = part.field("content");
        assert_eq!(part.item(0).field("text").to_string(), "messages[2].content[0].text");
        assert_eq!(name.to_string(), "model");
    }
}
