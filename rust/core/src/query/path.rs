//! Where in a request something stands, as its author would write it: `messages[2].content[0].text`.

use std::fmt;

/// A place, linked to what encloses it. Nothing is put together until an error is told.
#[derive(Debug, Clone, Copy)]
pub(super) struct Path<'p> {
    up: Option<&'p Path<'p>>,
    step: Step,
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Root,
    Field(&'static str),
    Item(usize),
}

impl<'p> Path<'p> {
    /// The request itself.
    pub(super) fn root() -> Self {
        Self { up: None, step: Step::Root }
    }

    pub(super) fn field(&'p self, name: &'static str) -> Self {
        Self { up: Some(self), step: Step::Field(name) }
    }

    pub(super) fn is_field(&self, name: &str) -> bool {
        matches!(self.step, Step::Field(field) if field == name)
    }

    pub(super) fn item(&'p self, index: usize) -> Self {
        Self { up: Some(self), step: Step::Item(index) }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(up) = self.up {
            up.fmt(f)?;
        }
        match self.step {
            Step::Root => Ok(()),
            Step::Field(name) if self.up.is_some_and(|up| !matches!(up.step, Step::Root)) => {
                write!(f, ".{name}")
            }
            Step::Field(name) => f.write_str(name),
            Step::Item(index) => write!(f, "[{index}]"),
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
