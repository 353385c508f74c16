//! Tests of `ask/section.rs`, of what is private there.

use super::*;
use memchr::memmem;
use proptest::prelude::*;
use proptest::sample::select;

fn left(text: &str) -> String {
    let ranges = carve(text.as_bytes()).unwrap_or_else(|| vec![(0, text.len())]);
    ranges.iter().map(|&(from, to)| &text[from..to]).collect::<String>().trim().to_owned()
}

#[test]
fn the_humans_words_are_left() {
    for text in [
        "[Discord #general 2026-11-28 10:00 UTC] bob: Prove it.",
        "[WhatsApp +4912345 Sat 2026-11-28 10:00] Prove it.",
        "# Context from my IDE setup:\n\n## Open tabs:\n- a.rs\n\n## My request for Codex:\nProve it.\n",
        "--- CONTEXT ENTRY BEGIN ---\nnoon\n--- CONTEXT ENTRY END ---\n\n--- USER MESSAGE BEGIN ---\nProve it.--- USER MESSAGE END ---\n",
        "Prove it.\n--- Content from referenced files ---\nContent from @a.rs:\nfn a() {}\n--- End of content ---",
        "Use what is below.\nQuestion: Prove it. \nContext: cats\nAnswer:",
        "Context information is below.\n-----\ncats\n-----\nQuery: Prove it.\nAnswer: ",
        "Prove it.\n\n# *SEARCH/REPLACE block* Rules:\n\nEvery block must use this format.",
        "Prove it.\n\n(sent from my iPhone)",
        "System: [2026-11-30 10:00 UTC] Model switched to x.\nSystem: [2026-11-30 10:01 UTC] Done.\n\nProve it.",
        "System: [10:00] Exec completed.\r\n\r\n[Mon 2026-11-30 10:00 UTC] Prove it.",
        "[Model: x]\n\n[Provider: y]\n\nProve it.",
        "UserPromptSubmit hook additional context: be kind.\n\nProve it.",
        "Prove it.\nCalled the Read tool with the following input: {\"filePath\":\"/a\"}\n<path>/a</path>\n<content>\nx\n</content>",
        "Prove it.\nCalled the list tool with the following input: {}\n",
        "Sender (untrusted metadata):\n```json\n{\"label\": \"bob\"}\n```\n\nProve it.",
    ] {
        assert_eq!(left(text), "Prove it.", "{text}");
    }
}

#[test]
fn a_humans_own_headings_stay() {
    for text in [
        "# Plan\n\n## Context\nThe cache is slow.\n\n## Task\nMake it fast.",
        "[2026-11-28 10:00] ERROR: no such file\nWhy?",
        "Question: is it so?",
        "-----BEGIN KEY-----\nabc",
        "# *SEARCH/REPLACE block* Rules:\nare what?",
        "System: [2026-11-30] Model switched to x.",
        "System design: how do I shard it?\n\nProve it.",
        "[x] done\n[ ] open",
        "",
    ] {
        assert_eq!(left(text), text, "{text}");
    }
}

proptest! {
    #[test]
    fn borders_are_found_as_by_the_naive_way(
        parts in prop::collection::vec(select(vec!["a\n", "(b", "c = f(d)\n", "a word of prose ", "e"]), 0..150),
        border in select(vec!["", "", "\n#", "\n--", "\n<!--", "\nSent", "\nsent", "(untrusted", "(un", "\nCalled the "]),
        place in any::<prop::sample::Index>(),
    ) {
        let mut parts = parts;
        parts.insert(place.index(parts.len() + 1), border);
        let text = parts.concat();
        let begins = LINE_STARTS.iter().any(|start| memmem::find(text.as_bytes(), &[b"\n", *start].concat()).is_some());
        prop_assert_eq!(has_borders(text.as_bytes()), begins || text.contains("(untrusted"));
    }
}
