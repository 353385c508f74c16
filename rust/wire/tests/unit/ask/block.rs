//! Tests of blocks: samples, and the naive way.

use super::*;

fn words(text: &str) -> (String, u64) {
    let words = strip(Cow::Borrowed(text.as_bytes()), None);
    (String::from_utf8(words.text.into_owned()).unwrap(), words.removed)
}

#[test]
fn blocks_are_not_words() {
    for (text, left) in [
        ("<system-reminder>Be kind.</system-reminder>\nProve it.", "Prove it."),
        ("Prove it.\n<system-reminder>Be kind.</system-reminder>", "Prove it."),
        ("A<system-reminder>x</system-reminder>B", "AB"),
        ("<document index=\"1\">long</document> Summarise.", "Summarise."),
        ("<documents><document>a</document><document>b</document></documents>Sum", "Sum"),
        ("# AGENTS.md instructions for /repo\n\n<INSTRUCTIONS>\nx\n</INSTRUCTIONS>\nGo", "Go"),
        ("<user_query>Prove it.</user_query>", "Prove it."),
        ("<permissions instructions>no</permissions instructions>Go", "Go"),
        ("> quoted\n> more\nIs that so?", "Is that so?"),
        ("<b>bold</b>", "bold"),
        ("<unheard-of>\nProve it.\n</unheard-of>", "Prove it."),
        ("<b>a</b> and <b>b</b>", "<b>a</b> and <b>b</b>"),
        ("", ""),
    ] {
        let (got, removed) = words(text);
        assert_eq!(got, left, "{text}");
        assert_eq!(removed as usize, text.len() - left.len(), "{text}");
    }
}

#[test]
fn documents_are_words_only_where_there_are_no_others() {
    assert_eq!(words("<document>long</document>").0, "<document>long</document>");
    assert_eq!(words("> quoted").0, "> quoted");
    assert_eq!(words("<system-reminder>x</system-reminder> "), (String::new(), 37));
    let both = "<system-reminder>x</system-reminder><document>long</document>";
    assert_eq!(words(both).0, "<document>long</document>");
}

#[test]
fn other_tags_stay_words() {
    for text in [
        "what does <document> mean?",
        "</document> closes it",
        "a < b > c",
        "<system-reminder> never closed",
        "<file/> <files>",
        "<",
        "</",
        "<document",
        ">>> print(1)\n1",
        "#include <stdio.h>",
    ] {
        assert_eq!(words(text), (text.to_owned(), 0));
    }
}

#[test]
fn blocks_reach_across_the_seam() {
    let cases: [(&str, &str); 3] = [
        ("Q <document>a|b</document> R", "Q \n R"),
        ("Q <document>a|b R", "Q \nb R"),
        ("Q a|b</document> R", "Q a\n R"),
    ];
    for (text, left) in cases {
        let seam = text.find('|').unwrap();
        let words = strip(Cow::Owned(text.replace('|', "\n").into_bytes()), Some(seam));
        assert_eq!(String::from_utf8(words.text.to_vec()).unwrap(), left);
        assert!(words.gap);
        assert_eq!(words.removed as usize, text.len() - left.len());
    }
}

#[test]
fn unclosed_tags_take_linear_time() {
    let text = "<document>".repeat(100_000) + &"</file>".repeat(100_000);
    assert_eq!(words(&text).1, 0);
}

/// The naive way: look for a block from the left, cut it out, and go on behind it.
fn naive(text: &str, documents: bool) -> String {
    let tags = [("system-reminder", true), ("rules", true), ("document", documents), ("file", documents)];
    let mut out = String::new();
    let mut rest = text;
    'next: while let Some(first) = rest.chars().next() {
        for (tag, known) in tags {
            let (open, close) = (format!("<{tag}>"), format!("</{tag}>"));
            if !(known && rest.starts_with(&open) && rest.contains(&close)) {
                continue;
            }
            // The like of itself may stand in material, at the beginning of a line.
            let nests = matches!(tag, "document" | "file");
            let (mut at, mut depth) = (open.len(), 1);
            while depth > 0 && rest[at..].contains(&close) {
                if rest[at..].starts_with(&close) {
                    depth -= 1;
                }
                let line = rest[..at].trim_end_matches([' ', '\t']);
                if nests && rest[at..].starts_with(&open) && line.ends_with(['\n', '>']) {
                    depth += 1;
                }
                at += rest[at..].chars().next().unwrap().len_utf8();
            }
            rest = &rest[at - 1 + close.len()..];
            continue 'next;
        }
        out.push(first);
        rest = &rest[first.len_utf8()..];
    }
    if !documents {
        return out;
    }
    let quotes = |line: &&str| line.starts_with("> ") || line.trim_ascii_end() == ">";
    let mut kept: Vec<&str> = Vec::new();
    let lines: Vec<&str> = out.split_inclusive('\n').collect();
    for (i, line) in lines.iter().enumerate() {
        let blank = |line: &&&str| line.trim_ascii().is_empty();
        let from = lines[..i].iter().rposition(|l| blank(&l)).map_or(0, |at| at + 1);
        let to = lines[i..].iter().position(|l| blank(&l)).map_or(lines.len(), |at| i + at);
        let behind = lines[from..to].iter().skip_while(|l| quotes(l)).any(quotes);
        let leads = lines[from..i].iter().all(quotes);
        if behind || !leads || !quotes(line) {
            kept.push(line);
        }
    }
    kept.concat()
}

proptest::proptest! {
    #[test]
    fn blocks_are_cut_out_as_the_naive_way_does(pieces in proptest::collection::vec(proptest::sample::select(vec![
        "<system-reminder>", "</system-reminder>", "<document>", "</document>", "<file>", "</file>", "<rules>", "</rules>",
        "word", " ", "\n", "\n> q\n", ">", "<", "<b>", "ß",
    ]), 0..14)) {
        let text = pieces.concat();
        let mut left = naive(&text, true);
        if left.trim_ascii().is_empty() {
            left = naive(&text, false);
        }
        if left.trim_ascii().is_empty() {
            // The newest block of a common name.
            let blocks = sweep(text.as_bytes(), None, is_block);
            let rules = blocks.iter().rev().find(|block| block.kind == Generic);
            left = rules.map_or(left, |block| text[block.inside.0..block.inside.1].to_owned());
        }
        let left = if left == text { &left } else { left.trim_ascii() };
        proptest::prop_assert_eq!(words(&text), (left.to_owned(), (text.len() - left.len()) as u64));
    }
}

/// A message that a sentence of the table introduces is the human's, also in a block whose name users write themselves.
#[test]
fn a_block_of_a_common_name_may_quote_a_queued_message() {
    let words = |text: &str| strip(text.as_bytes().into(), None).text.into_owned();
    for head in ["The user sent the following message:", "User message (queued):"] {
        let text = format!("<reminder>\n{head}\nProve it.\n</reminder>");
        assert_eq!(words(&text), b"Prove it.", "{head}");
        assert_eq!(queued_last(format!("x = 1\n\n{text}").as_bytes()), Some(&b"Prove it."[..]), "{head}");
    }
    let own = "<rules>\nMessage: be brief.\n</rules>";
    assert_eq!(queued_last(own.as_bytes()), None);
}
