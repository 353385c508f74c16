//! The scan equals a naive reader of the same features, value by value and hash by hash, on any bytes.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test that fails here has failed

#[path = "oracle/features.rs"]
mod oracle;
#[path = "oracle/texts.rs"]
mod texts;

use proptest::prelude::*;
use rheostat::features::{COUNT, Feature, SPECS, Scan, Script, index, script};
use rheostat::query::Window;
use std::cell::RefCell;
use texts::{borders, broken, texts};

/// One scratch for all texts of a test: nothing that an earlier text left behind may show.
fn check(text: &[u8], window: Window) {
    thread_local!(static SCAN: RefCell<Scan> = RefCell::new(Scan::new()));
    SCAN.with_borrow_mut(|scan| oracle::check(scan, text, window));
}

proptest! {
    #[test]
    fn texts_scan_as_they_read(text in texts()) {
        check(&text, Window::default());
    }

    #[test]
    fn any_characters_scan_as_they_read(text in prop::collection::vec(any::<char>(), 0..300)) {
        check(String::from_iter(text).as_bytes(), Window::default());
    }

    #[test]
    fn any_bytes_scan_as_they_read(text in prop::collection::vec(any::<u8>(), 0..300)) {
        check(&text, Window::default());
    }

    #[test]
    fn broken_characters_scan_as_they_read(text in broken()) {
        check(&text, Window::default());
    }

    #[test]
    fn a_window_reads_the_head_and_the_tail(
        parts in prop::collection::vec(broken(), 1..8), bytes in Window::MIN..1_000,
    ) {
        check(&parts.concat(), Window { bytes });
    }
}

/// Pieces of sentences that may only say how to answer.
#[rustfmt::skip]
const MANNER: &[&str] = &[
    "Think ", "step by step", "carefully", "This is very hard", "your ", "reasoning", "Explain ", "how", "Is it important", "Prove ",
    "the theorem", "What is ", "Take your time", "no mistakes", "x", "7", ". ", ", ", ": ", "? ", "\n", "\n\n", " - ", "--", "; ", "(", ") ",
    "。", "，", "？", "请", "一步一步", "想", "Denke ", "Schritt für Schritt", " ", "\"", "Translate ", "to French", "thanks", "—",
];

proptest! {
    #[test]
    fn words_on_how_to_answer_are_left_out_as_the_naive_reader_does(
        pieces in prop::collection::vec(prop::sample::select(MANNER), 0..24), joint in prop::sample::select(&["", " "][..]),
    ) {
        check(pieces.join(joint).as_bytes(), Window::default());
    }
}

/// The text that is read of another.
fn matter(text: &str) -> String {
    let mut scan = Scan::new();
    scan.run(text.as_bytes(), Window::default());
    String::from_utf8(scan.scanned().to_vec()).unwrap()
}

#[test]
fn words_on_how_to_answer_are_no_matter() {
    for (text, wanted) in [
        ("What is the capital of France? Think step by step.", "What is the capital of France?"),
        ("This is a very hard question, so take your time. How tall is Everest?", "How tall is Everest?"),
        ("Think step by step: how should I clean a pan?", "how should I clean a pan?"),
        ("Step by step, explain how to clean a pan.", "explain how to clean a pan."),
        ("Who wrote Faust, thinking about it very carefully?", "Who wrote Faust?"),
        ("Who wrote Faust, taking your time slowly, thinking very hard?", "Who wrote Faust, ?"),
        ("Why do cats purr?\n\nExplain your reasoning in detail. Be thorough!", "Why do cats purr?"),
        ("Be careful and precise.\n\n17 + 4", "17 + 4"),
        ("What is 2+2? This is very important to my career, so please make no mistakes.", "What is 2+2?"),
    ] {
        assert_eq!(matter(text), wanted, "{text}");
    }
}

#[test]
fn words_of_an_ask_are_no_manner() {
    for text in [
        "Think step by step.",
        "Prove it step by step.",
        "Think carefully about the second law of thermodynamics. What follows?",
        "Explain each step.\nThanks!",
        "Our 40 services have to move. Write down a plan for each step.",
        "How hard is the halting problem?",
        "Step 1: open the valve. Step 2: close it. What is wrong?",
        "Rewrite: the exam was hard and important.",
        "Which holds?\nA. Accurate but not precise.\nB. Precise and accurate.\nC. Simple.",
    ] {
        assert_eq!(matter(text), text);
    }
}

#[test]
fn texts_of_every_length_around_a_block_scan_as_they_read() {
    borders().for_each(|text| check(&text, Window::default()));
}

#[test]
fn every_character_scans_as_it_reads() {
    // The planes above the second hold one script each.
    let all = (0..0x2_0000).chain((0x2_0000..0x11_0000).step_by(251)).filter_map(char::from_u32);
    let mut text = String::new();
    for c in all {
        // Between letters it is part of a word or ends one, and alone it is a word or none.
        text.extend(['a', c, 'b', ' ', c, ' ']);
        if text.len() > 1_000 {
            check(text.as_bytes(), Window::default());
            text.clear();
        }
    }
    check(text.as_bytes(), Window::default());
}

#[test]
fn long_words_and_many_words_scan_as_they_read() {
    for unit in ["x", "7", "Ab_", "é", "wör", "ab ", "a b c ", "证明", "用 x", "`", "A) \n"] {
        let long = unit.repeat(20_000 / unit.len());
        check(long.as_bytes(), Window::default());
        check(long.as_bytes(), Window { bytes: Window::MAX });
    }
    // More different words than repetitions are looked for.
    let words: Vec<String> = (0..3_000).map(|i| format!("word{}", i % 1_500)).collect();
    check(words.join(" ").as_bytes(), Window { bytes: Window::MAX });
}

#[test]
fn the_shipped_prompts_scan_as_they_read() {
    let lines = include_str!("../../../examples/prompts.jsonl").lines();
    let prompts: Vec<serde_json::Value> = lines.map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(prompts.len() > 50);
    for prompt in prompts {
        check(prompt["text"].as_str().unwrap().as_bytes(), Window::default());
    }
}

#[test]
fn well_known_characters_are_in_their_script() {
    let table = [
        ('é', Script::Latin),
        ('ß', Script::Latin),
        ('λ', Script::Greek),
        ('ж', Script::Cyrillic),
        ('ש', Script::Hebrew),
        ('ع', Script::Arabic),
        ('क', Script::Indic),
        ('ก', Script::SoutheastAsian),
        ('証', Script::Han),
        ('ア', Script::Kana),
        ('한', Script::Hangul),
        ('ა', Script::Other),
        ('∑', Script::Mathematics),
        ('×', Script::Mathematics),
        ('😀', Script::Emoji),
        ('。', Script::SentenceEnd),
        ('？', Script::Question),
        ('，', Script::Punctuation),
        ('“', Script::Punctuation),
    ];
    for (c, wanted) in table {
        assert_eq!(script(c), wanted, "{c}");
    }
}

#[test]
fn names_are_unique_and_found() {
    for (i, spec) in SPECS.iter().enumerate() {
        assert_eq!(index(spec.name), Some(i));
    }
    assert_eq!(index("no such feature"), None);
    assert_eq!(Feature::UnknownShare as usize, COUNT - 1);
}
