//! JSON, written: by one piece, so that commas and escapes are right everywhere.

/// Writes an object, with the members that `fill` writes.
pub(crate) fn object(out: &mut Vec<u8>, fill: impl FnOnce(&mut Vec<u8>)) {
    out.push(b'{');
    fill(out);
    out.push(b'}');
}

/// Writes a member of an object.
pub(crate) fn member(out: &mut Vec<u8>, name: impl AsRef<[u8]>, value: impl FnOnce(&mut Vec<u8>)) {
    // No value ends in a bracket that opens.
    if out.last() != Some(&b'{') {
        out.push(b',');
    }
    quoted(out, &String::from_utf8_lossy(name.as_ref()));
    out.push(b':');
    value(out);
}

/// Writes a list.
pub(crate) fn list<T>(
    out: &mut Vec<u8>,
    items: impl IntoIterator<Item = T>,
    mut write: impl FnMut(&mut Vec<u8>, T),
) {
    mixed(out, |list| items.into_iter().for_each(|item| write(list.item(), item)));
}

/// Writes a list whose items `fill` writes.
pub(crate) fn mixed(out: &mut Vec<u8>, fill: impl FnOnce(&mut Items<'_>)) {
    out.push(b'[');
    fill(&mut Items { out, begun: false });
    out.push(b']');
}

/// A list that is being written.
#[derive(Debug)]
pub(crate) struct Items<'a> {
    out: &'a mut Vec<u8>,
    begun: bool,
}

impl Items<'_> {
    /// The place of the next item.
    pub(crate) fn item(&mut self) -> &mut Vec<u8> {
        if std::mem::replace(&mut self.begun, true) {
            self.out.push(b',');
        }
        self.out
    }

    /// Writes an item that is an object.
    pub(crate) fn object(&mut self, fill: impl FnOnce(&mut Vec<u8>)) {
        object(self.item(), fill);
    }
}

/// Writes a string.
pub(crate) fn quoted(out: &mut Vec<u8>, text: &str) {
    // Writing to a vector cannot fail.
    let _ = serde_json::to_writer(out, text);
}

/// Writes a value that is JSON already.
pub(crate) fn raw(out: &mut Vec<u8>, value: &[u8]) {
    out.extend_from_slice(value);
}

/// Writes a member that is a text.
pub(crate) fn word(out: &mut Vec<u8>, name: &str, text: &str) {
    member(out, name, |out| quoted(out, text));
}

/// Writes a member that is a number.
pub(crate) fn count(out: &mut Vec<u8>, name: &str, value: u64) {
    member(out, name, |out| raw(out, value.to_string().as_bytes()));
}

/// Writes a member that is JSON already.
pub(crate) fn given(out: &mut Vec<u8>, name: &str, value: &str) {
    member(out, name, |out| raw(out, value.as_bytes()));
}

/// Writes an event of a stream, with a name, which is its type, too.
pub(crate) fn named(out: &mut Vec<u8>, kind: &str, fill: impl FnOnce(&mut Vec<u8>)) {
    raw(out, b"event: ");
    raw(out, kind.as_bytes());
    raw(out, b"\n");
    data(out, |out| {
        word(out, "type", kind);
        fill(out);
    });
}

/// Writes an event of a stream.
pub(crate) fn data(out: &mut Vec<u8>, fill: impl FnOnce(&mut Vec<u8>)) {
    raw(out, b"data: ");
    object(out, fill);
    raw(out, b"\n\n");
}
