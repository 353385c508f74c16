//! The table of meanings is made from its sources.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test that fails here has failed

#[path = "../examples/meanings.rs"]
mod meanings;

use rheostat::features::{Scan, word_hash};
use rheostat::query::Window;

fn words(text: &str) -> Vec<u32> {
    let mut scan = Scan::new();
    scan.run(text.as_bytes(), Window::default());
    scan.words
}

fn hashes(english: &str) -> Vec<u32> {
    english.split(' ').map(|word| word_hash(word.as_bytes())).collect()
}

#[test]
fn the_table_is_made_from_its_sources() {
    let kept = std::fs::read(meanings::asset()).unwrap();
    let made = meanings::table().unwrap();
    assert!(kept == made, "cargo run --example meanings makes rust/core/assets/meanings.bin anew");
}

#[test]
fn words_are_read_by_their_meaning() {
    for text in ["Demuestra", "доказать", "证明", "証明", "증명"] {
        let text = format!("{text}.");
        assert_eq!(words(&text)[0], word_hash(b"prove"), "{text}");
    }
}

/// The words of an English text are its own, whatever they mean elsewhere; a quoted word of another script is translated.
#[test]
fn english_stays_english() {
    for text in ["the die is cast and the pain is gone", "fix the bug", "the van met a man on the pier"] {
        assert_eq!(words(text), hashes(text), "{text}");
    }
    assert_eq!(words("They read 证明 in English"), hashes("they read prove in english"));
}
