//! Tests of `digest.rs`, of what is private there.

use super::*;

struct Pair<'a>(&'a str, Option<&'a str>);

impl Digestible for Pair<'_> {
    fn write_to(&self, digest: &mut Digest) {
        digest.record("pair").put(self.0).put(&self.1);
    }
}

fn bytes(value: &(impl Digestible + ?Sized)) -> Vec<u8> {
    let mut digest = Digest { bytes: Vec::new() };
    digest.put(value);
    digest.bytes
}

#[test]
fn the_encoding_is_the_documented_one() {
    assert_eq!(bytes(&258_u32), [1, 2, 1, 0, 0, 0, 0, 0, 0]);
    assert_eq!(bytes(&1.5), [2, 0, 0, 0, 0, 0, 0, 0xF8, 0x3F]);
    assert_eq!(bytes("é"), [3, 2, 0, 0, 0, 0, 0, 0, 0, 0xC3, 0xA9]);
    assert_eq!(bytes(&vec![Some(true), None, Some(false)]), [7, 3, 0, 0, 0, 0, 0, 0, 0, 5, 6, 4]);
    assert_eq!(bytes(&Pair("", None)), b"\x08\x04\0\0\0\0\0\0\0pair\x03\0\0\0\0\0\0\0\0\x06");
}

#[test]
fn moving_text_between_fields_changes_the_digest() {
    let digests = [Pair("ab", Some("c")), Pair("a", Some("bc")), Pair("abc", None), Pair("abc", Some(""))]
        .map(|pair| Digest::of(&pair));
    for (i, digest) in digests.iter().enumerate() {
        assert!(!digests[..i].contains(digest));
    }
}
