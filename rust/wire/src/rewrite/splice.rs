//! Writes the edits: one pass, one allocation. What no edit names is copied as it stands.

use super::field::{Field, Node};
use super::scan::{Object, Site, Sites};
use super::value::Value;
use super::want::{Want, Wants};
use rheostat::{Error, Result};

/// The new body; None if nothing changes.
///
/// # Errors
/// [`Error::WrongType`] if a parameter that is an object is something else.
pub(super) fn splice(body: &[u8], sites: &Sites, wants: &Wants<'_>) -> Result<Option<Vec<u8>>> {
    let mut splice = Splice { body, sites, wants, out: Vec::new(), copied: 0, site: 0, object: 0 };
    splice.object()?;
    if splice.out.capacity() == 0 {
        return Ok(None);
    }
    splice.copy(body.len());
    Ok(Some(splice.out))
}

struct Splice<'a> {
    body: &'a [u8],
    sites: &'a Sites,
    wants: &'a Wants<'a>,
    out: Vec<u8>,
    /// The end of what is in `out`.
    copied: usize,
    /// The next site and the next object.
    site: usize,
    object: usize,
}

impl Splice<'_> {
    /// Copies the body up to a position. The first copy makes room for all.
    fn copy(&mut self, to: usize) {
        if self.out.capacity() == 0 {
            let texts = |node: &Node| match self.wants.of(node.field) {
                Want::Set(value) => value.bound(),
                _ => 0,
            };
            let root = self.sites.objects.get(0).map_or(&[][..], |object| object.nodes);
            // Parameters that stand twice are rare: then it grows.
            self.out.reserve_exact(self.body.len() + size(root, &texts));
        }
        self.out.extend_from_slice(self.body.get(self.copied..to).unwrap_or_default());
        self.copied = self.copied.max(to);
    }

    fn cut(&mut self, start: usize, end: usize) {
        self.copy(start);
        self.copied = end;
    }

    /// Writes the next object's members, and those that it lacks.
    fn object(&mut self) -> Result<()> {
        let index = self.object;
        self.object += 1;
        let Some(&object) = self.sites.objects.get(index) else { return Ok(()) };
        // Members that were removed from its head on.
        let mut head = 0;
        while let Some(&site) = self.sites.sites.get(self.site).filter(|site| site.object == index) {
            let inner =
                self.sites.objects.get(self.object).is_some_and(|inner| inner.site == Some(self.site));
            self.site += 1;
            let Some(node) = site.node else { continue };
            match self.wants.of(node.field) {
                Want::Remove => {
                    self.remove(site, &mut head);
                    self.pass_over(index);
                }
                Want::Set(value) if node.inner.is_empty() => self.replace(site, value),
                Want::Keep if node.inner.is_empty() => self.trim(site),
                _ if inner => self.object()?,
                _ if self.lacks(node.inner, None) => self.make(site, node)?,
                _ => {}
            }
        }
        self.insert(index, object, object.members > head);
        Ok(())
    }

    fn replace(&mut self, site: Site, value: Value<'_>) {
        if !value.is(self.body.get(site.value()).unwrap_or_default()) {
            self.cut(site.start, site.end);
            value.write(&mut self.out);
        }
    }

    /// Cuts the unwanted items out of a list.
    fn trim(&mut self, site: Site) {
        let first = self.wants.cuts.partition_point(|item| item.start < site.start);
        let cuts = self.wants.cuts.get(first..).unwrap_or_default();
        for item in cuts.iter().take_while(|item| item.start < site.end) {
            self.cut(item.start, item.end);
        }
    }

    /// Cuts a member out, with the comma before it, or after it at the head.
    fn remove(&mut self, site: Site, head: &mut usize) {
        if site.ordinal == *head {
            *head += 1;
            self.cut(site.name, site.next.unwrap_or(site.end));
        } else {
            self.cut(site.before, site.end);
        }
    }

    /// Passes over the parameters within the one that was just removed.
    fn pass_over(&mut self, object: usize) {
        while self.sites.sites.get(self.site).is_some_and(|site| site.object > object) {
            self.site += 1;
        }
        while self
            .sites
            .objects
            .get(self.object)
            .is_some_and(|inner| inner.site.is_some_and(|at| at < self.site))
        {
            self.object += 1;
        }
    }

    /// Replaces a null by an object.
    fn make(&mut self, site: Site, node: &Node) -> Result<()> {
        let raw = self.body.get(site.value()).unwrap_or_default();
        if raw != b"null" {
            let kind = match raw.first() {
                Some(b'"') => "a string",
                Some(b'[') => "an array",
                Some(b't' | b'f') => "a boolean",
                _ => "a number",
            };
            return Err(Error::wrong_type(node.path, kind, "an object"));
        }
        self.cut(site.start, site.end);
        self.out.push(b'{');
        self.members(node.inner, false, None);
        self.out.push(b'}');
        Ok(())
    }

    /// Inserts what an object lacks behind its last member.
    fn insert(&mut self, index: usize, object: Object, comma: bool) {
        if self.lacks(object.nodes, Some(index)) {
            self.copy(object.end);
            self.members(object.nodes, comma, Some(index));
        }
    }

    /// True if an object has a parameter; a new object has none.
    fn has(&self, object: Option<usize>, field: Field) -> bool {
        let object = object.and_then(|object| self.sites.objects.get(object));
        object.is_some_and(|object| object.has & field.bit() != 0)
    }

    /// True if a member has to be written that an object does not have.
    fn lacks(&self, nodes: &[Node], object: Option<usize>) -> bool {
        nodes.iter().any(|node| self.is_wanted(node) && !self.has(object, node.field))
    }

    fn is_wanted(&self, node: &Node) -> bool {
        match self.wants.of(node.field) {
            Want::Set(_) => node.inner.is_empty(),
            Want::Remove => false,
            Want::Keep => node.inner.iter().any(|node| self.is_wanted(node)),
        }
    }

    /// Writes the members that an object does not have.
    fn members(&mut self, nodes: &[Node], mut comma: bool, object: Option<usize>) {
        for (at, node) in nodes.iter().enumerate() {
            // Another spelling of the same parameter comes first.
            let twin = || nodes.iter().take(at).any(|earlier| earlier.field == node.field);
            if !self.is_wanted(node) || twin() || self.has(object, node.field) {
                continue;
            }
            if comma {
                self.out.push(b',');
            }
            comma = true;
            self.out.push(b'"');
            self.out.extend_from_slice(node.name.as_bytes());
            self.out.extend_from_slice(b"\":");
            if let Want::Set(value) = self.wants.of(node.field) {
                value.write(&mut self.out);
            } else {
                self.out.push(b'{');
                self.members(node.inner, false, None);
                self.out.push(b'}');
            }
        }
    }
}

/// The most bytes of what is written, if nothing stands twice.
fn size(nodes: &[Node], text: &dyn Fn(&Node) -> usize) -> usize {
    nodes.iter().map(|node| node.name.len() + 6 + text(node) + size(node.inner, text)).sum()
}
