//! A digest of settings that every language can compute. Versions and plan ids are made of it.
//!
//! Each value is written as a tag byte and its content; rapidhash v3 with its default seed hashes the whole once.
//!
//! ```text
//! number   01  u64, little-endian          false  04      none  06 (a present value is written as itself)
//! float    02  bits, little-endian         true   05      list  07  count as u64, then the items
//! text     03  length as u64, UTF-8                        record 08  name as text without its tag, then the fields
//! ```
//!
//! Tags and lengths make the encoding injective: different settings give different bytes. `docs/identity.md` lists the fields of
//! each record in order. Rust's `Debug` text would not do: std does not promise it, and other languages lack it.

use rapidhash::v3::rapidhash_v3;

/// A setting that counts towards a version or a plan's id.
pub(crate) trait Digestible {
    /// Writes the setting. Implementations destructure, so that a new field cannot be forgotten.
    fn write_to(&self, digest: &mut Digest);
}

/// The bytes that are hashed.
#[derive(Debug)]
pub(crate) struct Digest {
    bytes: Vec<u8>,
}

impl Digest {
    /// The digest of one setting.
    pub(crate) fn of(setting: &impl Digestible) -> u64 {
        // Fits the names of a session and a tenant, which every plan digests.
        let mut digest = Self { bytes: Vec::with_capacity(192) };
        setting.write_to(&mut digest);
        rapidhash_v3(&digest.bytes)
    }

    /// Begins a record; its fields follow.
    pub(crate) fn record(&mut self, name: &str) -> &mut Self {
        self.bytes.push(8);
        self.length(name.len());
        self.bytes.extend_from_slice(name.as_bytes());
        self
    }

    /// Writes one value.
    pub(crate) fn put(&mut self, value: &(impl Digestible + ?Sized)) -> &mut Self {
        value.write_to(self);
        self
    }

    fn tagged(&mut self, tag: u8, value: u64) {
        self.bytes.push(tag);
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    fn length(&mut self, length: usize) {
        self.bytes.extend_from_slice(&(length as u64).to_le_bytes());
    }
}

impl Digestible for u64 {
    fn write_to(&self, digest: &mut Digest) {
        digest.tagged(1, *self);
    }
}

impl Digestible for u32 {
    fn write_to(&self, digest: &mut Digest) {
        digest.tagged(1, u64::from(*self));
    }
}

impl Digestible for usize {
    fn write_to(&self, digest: &mut Digest) {
        digest.tagged(1, *self as u64);
    }
}

impl Digestible for f64 {
    fn write_to(&self, digest: &mut Digest) {
        digest.tagged(2, self.to_bits());
    }
}

impl Digestible for str {
    fn write_to(&self, digest: &mut Digest) {
        digest.tagged(3, self.len() as u64);
        digest.bytes.extend_from_slice(self.as_bytes());
    }
}

impl Digestible for String {
    fn write_to(&self, digest: &mut Digest) {
        self.as_str().write_to(digest);
    }
}

impl Digestible for bool {
    fn write_to(&self, digest: &mut Digest) {
        digest.bytes.push(4 + u8::from(*self));
    }
}

impl<T: Digestible + ?Sized> Digestible for &T {
    fn write_to(&self, digest: &mut Digest) {
        (**self).write_to(digest);
    }
}

impl<T: Digestible> Digestible for Option<T> {
    fn write_to(&self, digest: &mut Digest) {
        match self {
            Some(value) => value.write_to(digest),
            None => digest.bytes.push(6),
        }
    }
}

impl<T: Digestible> Digestible for [T] {
    fn write_to(&self, digest: &mut Digest) {
        digest.tagged(7, self.len() as u64);
        for value in self {
            value.write_to(digest);
        }
    }
}

impl<T: Digestible> Digestible for Vec<T> {
    fn write_to(&self, digest: &mut Digest) {
        self.as_slice().write_to(digest);
    }
}

impl<A: Digestible, B: Digestible> Digestible for (A, B) {
    fn write_to(&self, digest: &mut Digest) {
        digest.put(&self.0).put(&self.1);
    }
}

/// Digests a struct as a record of its fields. Every field is named, so that a new one is not forgotten; the `without` ones decide
/// nothing.
macro_rules! record {
    ($Type:ty, $name:literal: $($field:ident)+ $(, without $($skipped:ident)+)?) => {
        impl $crate::digest::Digestible for $Type {
            fn write_to(&self, digest: &mut $crate::digest::Digest) {
                let Self { $($field,)+ $($($skipped: _,)+)? } = self;
                digest.record($name)$(.put($field))+;
            }
        }
    };
}
pub(crate) use record;

#[cfg(test)]
#[path = "../tests/unit/digest.rs"]
mod tests;
