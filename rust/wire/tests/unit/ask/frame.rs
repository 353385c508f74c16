//! Tests of `ask/frame.rs`, of what is private there.

use super::*;

#[test]
fn acknowledgements_in_frames_are_found() {
    for text in [
        "yes, do it\n\n-- \nEve Example\nExample Ltd, Rome",
        "yes\n\n________________________________\nFrom: Bot\nSubject: Re: steps\n\nI have a plan.",
        "{\"text\": \"go ahead\", \"at\": 17, \"from\": \"eve\"}",
        "from: eve\nbody: |\n  yes, do it",
        "---\nuser: eve\n---\n\nok",
        "[eve (17)]: yes",
        "@bot yes, do it",
        "<@U17> go on",
        "<at>Bot</at> yes",
        "<post from=\"eve\">\nyes, do it\n</post>",
        "yes\n\nPlease respond in German.",
        "yes\n\n(It is noon.)",
        "The user's message is between quotes. Reply kindly.\n\"\"\"\nyes\n\"\"\"",
        "Kontext:\nDie Bibliothek öffnet um neun.\n\nFrage des Nutzers:\nja, weiter",
        "Current time: 10:00\n\nyes",
        "From: eve@example.org\nSubject: Re: Shall I?\n\nyes\n\nOn Monday, Bot wrote:\n> Shall I?",
        "yes, do it\n---\nSELECTIONS\n/src/b.rs (lines 1:2):\n```rust\nfn main() {}\n```",
        "New task:\nyes",
    ] {
        assert_eq!(framed(text.as_bytes()), Some(Framed::Alone), "{text}");
    }
}

#[test]
fn words_beside_an_acknowledgement_are_seen() {
    for text in [
        "Prove that 2 is prime.\n\nGo ahead.",
        "yes\n\nNow write the second chapter.",
        "Task: make it linear\n\ngo",
        "{\"a\": \"yes\", \"b\": \"Prove it.\"}",
        "Fix these:\n- the parser\n\nyes, do it",
    ] {
        assert_eq!(framed(text.as_bytes()), Some(Framed::Beside), "{text}");
    }
    for text in ["Prove that 2 is prime.", "", "{}", "What is 2+2?", "Hello\nthere"] {
        assert_eq!(framed(text.as_bytes()), None, "{text}");
    }
}

#[test]
fn boilerplate_asks_nothing() {
    assert!(is_boilerplate(b"You are a helpful assistant of our team. Answer what stands below."));
    assert!(is_boilerplate(b"Answer in English."));
    assert!(!is_boilerplate(b"Summarise it."));
    assert!(!is_boilerplate(b""));
}
