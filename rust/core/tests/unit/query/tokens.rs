//! Tests of `query/tokens.rs`, of what is private there.

use super::*;
use crate::simd::level::Level;
use proptest::prelude::*;

#[derive(Clone, Copy, PartialEq)]
enum Class {
    Lower,
    Upper,
    Digit,
    Space,
    Line,
    Mark,
    Lead,
    Rest,
}

fn class(byte: u8) -> Class {
    match byte {
        b'a'..=b'z' => Class::Lower,
        b'A'..=b'Z' => Class::Upper,
        b'0'..=b'9' => Class::Digit,
        b' ' | b'\t' => Class::Space,
        b'\n' | b'\r' => Class::Line,
        0x80..=0xBF => Class::Rest,
        0xC0.. => Class::Lead,
        _ => Class::Mark,
    }
}

/// A run of letters and digits: its bytes, its changes, and its tokens.
#[derive(Default)]
struct Run(u64, u64, u64);

impl Run {
    fn end(&mut self) -> u64 {
        let Self(length, changes, tokens) = std::mem::take(self);
        if changes >= 3 && length >= 8 && changes * 6 >= length { length * 45 } else { tokens }
    }
}

/// The oracle: byte by byte.
fn naive(text: &[u8]) -> u64 {
    let text = &text[..text.len().min(SAMPLE)];
    let (mut tokens, mut run, mut before, mut mark, mut place) = (0, Run::default(), Class::Space, 0, 0_u64);
    for (at, &byte) in text.iter().enumerate() {
        let class = class(byte);
        match class {
            Class::Lower | Class::Upper => {
                let joint = class == Class::Upper && before == Class::Lower;
                run.1 += u64::from(joint || before == Class::Digit);
                if joint || !matches!(before, Class::Lower | Class::Upper) {
                    place = 0;
                    run.2 += if joint { 56 } else { 67 };
                }
                place += 1;
                run.2 += match (before, class) {
                    (Class::Upper, Class::Upper) if place > 4 => 28,
                    (Class::Upper, Class::Upper) => 14,
                    _ => [0, 10, 22][place.clamp(6, 8) as usize - 6],
                };
                run.0 += 1;
            }
            Class::Digit => {
                if before != Class::Digit {
                    place = 0;
                    run.1 += u64::from(matches!(before, Class::Lower | Class::Upper));
                    run.2 += if before == Class::Space { 40 } else { 0 };
                }
                run.2 += if place.is_multiple_of(3) { 64 } else { 0 };
                place += 1;
                run.0 += 1;
            }
            Class::Rest => continue,
            Class::Lead => tokens += run.end() + by_lead(byte, text.get(at + 1).copied().unwrap_or_default()),
            Class::Space => tokens += run.end() + if before == Class::Space { 4 } else { 0 },
            Class::Line => tokens += run.end() + if before == Class::Line { 8 } else { 38 },
            Class::Mark => {
                tokens += run.end();
                tokens += match before {
                    Class::Mark if byte == mark => 12,
                    Class::Mark => 34,
                    _ => 56,
                };
                mark = byte;
            }
        }
        before = class;
    }
    tokens + run.end()
}

#[test]
fn bytes_of_a_cut_character_count_for_nothing() {
    for text in [&b"\x80\x80abc"[..], b"ab\x80c", b"!\xBF!", b"1\x802", b"\xE2\x80\x80\x80\x80a"] {
        assert_eq!(tokens_64(text), naive(text), "{text:?}");
    }
    assert_eq!(tokens_64(b"ab\x80c"), tokens_64(b"abc"));
    assert_eq!(tokens_64(b""), 0);
}

proptest! {
    #[test]
    fn masks_count_as_bytes_do(
        text in "([a-zA-Z]{0,12}[ 0-9.,\\né漢]{0,3}){0,24}",
        runs in "([a-cA-C0-9]{0,40}[ -]?){0,6}",
        bytes in prop::collection::vec(any::<u8>(), 0..160),
    ) {
        for text in [text.as_bytes(), runs.as_bytes(), &bytes] {
            Level::each(|level| assert_eq!(tokens_64(text), naive(text), "{level:?} {text:?}"));
        }
    }
}
