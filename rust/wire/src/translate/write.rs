//! JSON, written.

pub(super) use crate::reply::tree::{list, object, quoted};

/// Writes a member of an object.
pub(super) fn member(out: &mut Vec<u8>, name: &str, value: impl FnOnce(&mut Vec<u8>)) {
    crate::reply::tree::member(out, name.as_bytes(), value);
}

/// Writes a value that is JSON already.
pub(super) fn raw(out: &mut Vec<u8>, value: &[u8]) {
    out.extend_from_slice(value);
}

/// Writes a member that is a text.
pub(super) fn word(out: &mut Vec<u8>, name: &str, text: &str) {
    member(out, name, |out| quoted(out, text));
}

/// Writes a member that is a number.
pub(super) fn count(out: &mut Vec<u8>, name: &str, value: u64) {
    member(out, name, |out| raw(out, value.to_string().as_bytes()));
}

/// Writes a member that is JSON already.
pub(super) fn given(out: &mut Vec<u8>, name: &str, value: &str) {
    member(out, name, |out| raw(out, value.as_bytes()));
}
