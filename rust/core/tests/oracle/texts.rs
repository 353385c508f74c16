//! Texts that the scan has to get right, for property tests.

use proptest::prelude::*;

/// Fragments that meet each other in every way: words, marks and line ends that the scan treats in a way of their own.
#[rustfmt::skip]
const PIECES: &[&str] = &[
    "the ", "Prove ", "that ", "3.14", "42 ", "x = f(y)", "\n", "\n\n", "    ", "\t", "- item", "1. ", "A) ", "(B) ",
    "C. ", "```", "$x^2$", "\\frac{1}", "?", "!", "...", ". ", ", ", "naïve ", "über", "Привет ", "证明", "素数",
    "用python写", "ア", "한국어 ", "สวัสดี", "مرحبا ", "？", "。", "，", "😀", "∑", "“", "”", "foo_bar", "camelCase",
    "https://x.y/z", "> quote", "\u{a0}", "\r\n", "--", "a-b", "5-3", " - ", "don't", "%", "$5", ":", ";", "[1]", "{",
    "}", "A", "J:", "12345678901234567890", "supercalifragilisticexpialidocious", "ǅ", "İ", "ß", "ΣΑΣ", "עברית",
    "नमस्ते", "\u{200b}", "`", "\\", "_", "__", "9", " ", "\0", "ა", "𠮷", "x",
];

/// Texts of such fragments, up to several blocks of the 64 bytes that the scan classifies together.
pub(crate) fn texts() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(prop::sample::select(PIECES), 0..60).prop_map(|pieces| pieces.concat().into_bytes())
}

/// Such texts with a few bytes replaced: characters that are cut short, overlong, or surrogates.
pub(crate) fn broken() -> impl Strategy<Value = Vec<u8>> {
    let damage = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6);
    (texts(), damage).prop_map(|(mut text, damage)| {
        for (at, byte) in damage {
            match text.len() {
                0 => text.push(byte),
                length => text[at.index(length)] = byte,
            }
        }
        text
    })
}

/// Texts of every length around the blocks of 64 bytes and loads of 16: ASCII words, a long word, and characters of two, three
/// and four bytes that lie across each border.
pub(crate) fn borders() -> impl Iterator<Item = Vec<u8>> {
    let units = ["word ", "Ab1_", "x", "7", ". ", "é", "用", "𠮷", " ü7", "\n", "`", "\u{80}"];
    let lengths = (0..=130).chain([191, 192, 193, 255, 256, 257, 1023, 1024, 1025]);
    lengths.flat_map(move |length| {
        units.into_iter().flat_map(move |unit| {
            let whole = unit.repeat(length / unit.len() + 1).into_bytes();
            let cut = whole[..length].to_vec();
            [[b"a".as_slice(), &cut].concat(), [&cut, b"?".as_slice()].concat(), cut]
        })
    })
}
