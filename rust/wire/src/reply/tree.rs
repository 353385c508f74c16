//! The reply so far, as a tree that grows by deltas.
//!
//! Strings are kept as they were written, with their escapes, so that joining two of them is a copy, and halves of a surrogate pair
//! that came in two deltas become one character. Values that no later delta adds to are kept as JSON text.

use super::frames::{MOST_REPLY, too_large};
use super::walk::Walk;
use crate::write::{list, member, object};
use rheostat::Result;
use rheostat::json::{Escape, Json, JsonText};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// Bytes that a field or an item costs beside its text.
pub(super) const NODE: usize = 64;
/// Below this depth values are replaced as a whole: the deltas of all providers are flatter, and finding an item's index reads the item.
const DEPTH: u32 = 16;
/// Up to this many fields of an object are searched one by one.
const FEW: usize = 32;

/// Bytes that are kept of a reply.
#[derive(Debug, Default)]
pub(super) struct Budget {
    used: usize,
}

impl Budget {
    pub(super) fn take(&mut self, bytes: usize) -> Result<()> {
        self.used = self.used.saturating_add(bytes);
        if self.used > MOST_REPLY { Err(too_large("reply", self.used, MOST_REPLY)) } else { Ok(()) }
    }

    /// Takes back the bytes of an object that is dropped.
    pub(super) fn give(&mut self, object: &Object) {
        self.used = self.used.saturating_sub(object.size());
    }
}

/// The part of an index, which is made if it is new.
pub(super) fn part<'a, T: Default>(
    parts: &'a mut BTreeMap<u64, T>,
    index: u64,
    budget: &mut Budget,
) -> Result<&'a mut T> {
    Ok(match parts.entry(index) {
        Entry::Occupied(part) => part.into_mut(),
        Entry::Vacant(place) => {
            budget.take(NODE + size_of::<T>())?;
            place.insert(T::default())
        }
    })
}

/// A value that grows.
#[derive(Debug)]
pub(super) enum Node {
    /// A value as it was written; empty if there is none yet.
    Raw(Vec<u8>),
    /// A string as it was written, between its quotes.
    Text(Vec<u8>),
    Object(Object),
    /// Items by their index.
    List(BTreeMap<u64, Node>),
    /// Items as they were written, with commas between them.
    Rows(Vec<u8>),
}

impl Default for Node {
    fn default() -> Self {
        Self::Raw(Vec::new())
    }
}

/// Names of strings that are said again rather than continued.
fn is_label(name: &[u8]) -> bool {
    matches!(name, b"id" | b"type" | b"role" | b"object" | b"format" | b"status" | b"call_id" | b"signature")
}

impl Node {
    /// Adds the value here: strings are joined, objects by name, lists by the items' index or at the end. A number, true or false
    /// replaces another. A value of another type adds nothing to a text, an object or a list that has something: a delta of a wrong
    /// type loses nothing that came. Null replaces nothing.
    pub(super) fn merge(&mut self, json: &mut Json<'_>, name: &[u8], budget: &mut Budget) -> Result<()> {
        self.merge_at(json, name, budget, 0)
    }

    fn merge_at(&mut self, json: &mut Json<'_>, name: &[u8], budget: &mut Budget, depth: u32) -> Result<()> {
        match json.peek() {
            Some(b'"') => {
                let new = json.read_string()?.raw;
                match self {
                    Self::Text(old) if !is_label(name) => {
                        // Some servers say a function's name with each piece of its arguments.
                        if name != b"name" || old != new {
                            budget.take(new.len())?;
                            old.extend_from_slice(new);
                        }
                    }
                    Self::Text(old) => replace(old, new, budget)?,
                    old if old.has_grown() => {}
                    old => {
                        budget.take(new.len())?;
                        *old = Self::Text(new.to_vec());
                    }
                }
                Ok(())
            }
            Some(b'{') if depth < DEPTH => {
                if !matches!(self, Self::Object(_)) && !self.has_grown() {
                    *self = Self::Object(Object::default());
                }
                let Self::Object(object) = self else { return json.skip() };
                json.each_member(|json, name| {
                    object.field(name, budget)?.merge_at(json, name, budget, depth + 1)
                })
            }
            Some(b'[') if depth < DEPTH => {
                if !matches!(self, Self::List(_) | Self::Rows(_)) {
                    if self.has_grown() {
                        return json.skip();
                    }
                    *self = Self::Rows(Vec::new());
                }
                json.each_item(|json, _| self.merge_item(json, budget, depth))
            }
            _ if self.has_grown() => json.skip(),
            _ => self.set(json, budget),
        }
    }

    fn merge_item(&mut self, json: &mut Json<'_>, budget: &mut Budget, depth: u32) -> Result<()> {
        if let Self::Rows(rows) = self {
            match json.index()? {
                Some(_) if rows.is_empty() => *self = Self::List(BTreeMap::new()),
                _ => return push_row(rows, json.read_raw()?, budget),
            }
        }
        let index = json.index()?;
        let Self::List(items) = self else { return json.skip() };
        let last = || items.last_key_value().map_or(0, |(index, _)| index.saturating_add(1));
        let index = index.unwrap_or_else(last);
        part(items, index, budget)?.merge_at(json, b"", budget, depth + 1)
    }

    /// Replaces the value by the one here, as it is written. Null and an empty text replace nothing.
    pub(super) fn set(&mut self, json: &mut Json<'_>, budget: &mut Budget) -> Result<()> {
        let new = json.read_raw()?;
        self.set_raw(new, budget)
    }

    fn set_raw(&mut self, new: &[u8], budget: &mut Budget) -> Result<()> {
        let says_nothing = matches!(new, b"null" | b"\"\"");
        match self {
            Self::Raw(old) if !says_nothing || old.is_empty() => replace(old, new, budget),
            old if !says_nothing => {
                budget.take(new.len())?;
                *old = Self::Raw(new.to_vec());
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Replaces the value by the object here, whose members are kept as they are written, but for strings.
    pub(super) fn merge_whole(&mut self, json: &mut Json<'_>, budget: &mut Budget) -> Result<()> {
        let mut object = Object::default();
        json.each_member(|json, name| match json.peek() {
            Some(b'"') => object.field(name, budget)?.merge(json, name, budget),
            _ => object.field(name, budget)?.set(json, budget),
        })?;
        *self = Self::Object(object);
        Ok(())
    }

    /// Adds the items of the array here, as they are written. Another value replaces one that has no items.
    pub(super) fn append(&mut self, json: &mut Json<'_>, budget: &mut Budget) -> Result<()> {
        let raw = json.read_raw()?;
        self.append_raw(raw, budget)
    }

    /// As [`append`](Self::append), for a value that has been read.
    pub(super) fn append_raw(&mut self, raw: &[u8], budget: &mut Budget) -> Result<()> {
        let items = raw.strip_prefix(b"[").and_then(|rest| rest.strip_suffix(b"]"));
        if self.has_grown() && (items.is_none() || !matches!(self, Self::Rows(_))) {
            return Ok(());
        }
        let Some(items) = items else { return self.set_raw(raw, budget) };
        if !matches!(self, Self::Rows(_)) {
            *self = Self::Rows(Vec::new());
        }
        self.push(items.trim_ascii(), budget)
    }

    /// Adds the value here to a list, as it is written.
    pub(super) fn push_value(&mut self, json: &mut Json<'_>, budget: &mut Budget) -> Result<()> {
        if !matches!(self, Self::Rows(_)) {
            *self = Self::Rows(Vec::new());
        }
        self.push(json.read_raw()?, budget)
    }

    /// Adds an item to a list of items as they were written.
    pub(super) fn push(&mut self, row: &[u8], budget: &mut Budget) -> Result<()> {
        match self {
            Self::Rows(rows) if !row.is_empty() => push_row(rows, row, budget),
            _ => Ok(()),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Self::Raw(raw) if raw.is_empty())
    }

    pub(super) fn is_null(&self) -> bool {
        matches!(self, Self::Raw(raw) if raw.is_empty() || raw == b"null")
    }

    /// True for a text, an object or a list that has something.
    fn has_grown(&self) -> bool {
        match self {
            Self::Raw(_) => false,
            Self::Text(text) | Self::Rows(text) => !text.is_empty(),
            Self::Object(object) => !object.is_empty(),
            Self::List(items) => !items.is_empty(),
        }
    }

    fn size(&self) -> usize {
        match self {
            Self::Raw(text) | Self::Text(text) | Self::Rows(text) => text.len(),
            Self::Object(object) => object.size(),
            Self::List(items) => items.values().map(Self::size).sum(),
        }
    }

    /// True for an empty list.
    pub(super) fn has_no_items(&self) -> bool {
        matches!(self, Self::Rows(rows) if rows.is_empty()) || self.is_null()
    }

    /// The text of a string.
    pub(super) fn text(&self) -> Option<String> {
        let Self::Text(raw) = self else { return None };
        Some(unescaped(raw))
    }

    /// Appends the value as JSON; null if there is none.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Raw(raw) if raw.is_empty() => out.extend_from_slice(b"null"),
            Self::Raw(raw) => out.extend_from_slice(raw),
            Self::Text(text) => {
                out.push(b'"');
                out.extend_from_slice(text);
                out.push(b'"');
            }
            Self::Object(object) => object.write(out),
            Self::List(items) => list(out, items.values(), |out, item| item.write(out)),
            Self::Rows(rows) => list(out, [rows], |out, rows| out.extend_from_slice(rows)),
        }
    }
}

/// Replaces halves of surrogate pairs in JSON by U+FFFD, since strict readers refuse them. Both are written in six bytes.
pub(super) fn mend(json: &mut [u8]) {
    let mut at = 0;
    while let Some(found) = json.get(at..).and_then(|rest| memchr::memchr(b'\\', rest)) {
        at += found;
        let Some(escape) = json.get(at..).and_then(Escape::read) else { return };
        if let (char::REPLACEMENT_CHARACTER, Some(half)) = (escape.char, json.get_mut(at..at + 6)) {
            half.copy_from_slice(br"\ufffd");
        }
        at += escape.raw;
    }
}

/// The text of a string that is written with escapes.
pub(super) fn unescaped(raw: &[u8]) -> String {
    // A length other than that of the bytes says that there are escapes.
    let length = if memchr::memchr(b'\\', raw).is_some() { 0 } else { raw.len() };
    let text = JsonText { raw, length };
    String::from_utf8_lossy(&text.decoded()).into_owned()
}

fn replace(old: &mut Vec<u8>, new: &[u8], budget: &mut Budget) -> Result<()> {
    if new.is_empty() || old == new {
        return Ok(());
    }
    budget.take(new.len().saturating_sub(old.capacity()))?;
    old.clear();
    old.extend_from_slice(new);
    Ok(())
}

fn push_row(rows: &mut Vec<u8>, row: &[u8], budget: &mut Budget) -> Result<()> {
    budget.take(row.len() + 1)?;
    if !rows.is_empty() {
        rows.push(b',');
    }
    rows.extend_from_slice(row);
    Ok(())
}

/// An object whose fields grow, in the order in which they came first.
#[derive(Debug, Default)]
pub(super) struct Object {
    fields: Vec<(Box<[u8]>, Node)>,
    /// Place behind the field that was found last: deltas name their fields in one order.
    next: usize,
    /// The places of the fields, once they are many.
    places: BTreeMap<Box<[u8]>, usize>,
}

impl Object {
    /// The field of a name, which is made if it is new.
    pub(super) fn field(&mut self, name: &[u8], budget: &mut Budget) -> Result<&mut Node> {
        let place = self.place(name).map_or_else(|| self.add(name, budget), Ok)?;
        self.next = place + 1;
        Ok(&mut self.fields[place].1)
    }

    /// Adds a field, and returns its place.
    fn add(&mut self, name: &[u8], budget: &mut Budget) -> Result<usize> {
        budget.take(2 * name.len() + 2 * NODE)?;
        let place = self.fields.len();
        self.fields.push((name.into(), Node::default()));
        if self.fields.len() == FEW + 1 {
            let names = self.fields.iter().map(|(name, _)| name.clone());
            self.places = names.zip(0..).collect();
        } else if place > FEW {
            self.places.insert(name.into(), place);
        }
        Ok(place)
    }

    fn place(&self, name: &[u8]) -> Option<usize> {
        let is = |(old, _): &(Box<[u8]>, Node)| **old == *name;
        if self.fields.get(self.next).is_some_and(is) {
            return Some(self.next);
        }
        if self.fields.len() > FEW {
            return self.places.get(name).copied();
        }
        self.fields.iter().position(is)
    }

    pub(super) fn get(&self, name: &[u8]) -> Option<&Node> {
        self.place(name).map(|place| &self.fields[place].1)
    }

    /// Adds the members of the object here: each as [`Node::merge`] does.
    pub(super) fn merge(&mut self, json: &mut Json<'_>, budget: &mut Budget) -> Result<()> {
        json.each_member(|json, name| self.field(name, budget)?.merge(json, name, budget))
    }

    /// True if the text of a field is one of some words.
    pub(super) fn is(&self, name: &[u8], words: &[&str]) -> bool {
        self.get(name).and_then(Node::text).is_some_and(|text| words.contains(&text.as_str()))
    }

    pub(super) fn fields(&self) -> impl Iterator<Item = (&[u8], &Node)> {
        self.fields.iter().map(|(name, node)| (&**name, node))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// At most the bytes that it took of the budget.
    fn size(&self) -> usize {
        self.fields().map(|(name, node)| 2 * name.len() + 2 * NODE + node.size()).sum()
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        object(out, |out| self.write_members(out));
    }

    /// Writes the fields into an object that is being written.
    pub(super) fn write_members(&self, out: &mut Vec<u8>) {
        for (name, node) in self.fields() {
            member(out, name, |out| node.write(out));
        }
    }

    /// Writes a member, given as JSON, where there is no such field.
    pub(super) fn write_missing(&self, name: &[u8], json: &[u8], out: &mut Vec<u8>) {
        if self.get(name).is_none() {
            member(out, name, |out| out.extend_from_slice(json));
        }
    }
}
