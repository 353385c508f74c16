//! A plain text as a query, and its window, which falls between characters.

use proptest::prelude::*;
use rheostat::query::{Query, Turn, Window};

proptest! {
    /// All of a text is its ask: cut to the window, repaired, with its size before that.
    #[test]
    fn a_text_is_an_ask(bytes in prop::collection::vec(prop_oneof![Just(b'a'), Just(b' '), Just(0xC3), Just(0xA9), any::<u8>()], 0..60), cap in 4_usize..40) {
        let query = Query::bytes(&bytes, cap);
        let text = std::str::from_utf8(&query.ask).unwrap();
        prop_assert!(text.len() <= cap + 1);
        prop_assert_eq!(query.turn == Turn::Empty, text.trim_ascii().is_empty());
        let s = query.structure;
        prop_assert_eq!((s.messages, s.ask_bytes, s.total_bytes), (1, bytes.len() as u64, bytes.len() as u64));
        if let Ok(whole) = std::str::from_utf8(&bytes) {
            prop_assert_eq!(&query, &Query::text(whole, cap));
            prop_assert!(!s.repaired && (bytes.len() > cap || text == whole));
        }
    }
}

#[test]
fn cuts_fall_between_characters() {
    let text = "é".repeat(100);
    for bytes in 4..200 {
        let (head, tail) = Window { bytes }.split(text.as_bytes());
        assert!(std::str::from_utf8(head).is_ok() && std::str::from_utf8(tail).is_ok());
        assert!(head.len() + tail.len() <= bytes);
    }
}

#[test]
fn stray_continuation_bytes_do_not_loop() {
    let text = [0x80u8; 64];
    let (head, tail) = Window { bytes: 32 }.split(&text);
    assert_eq!((head.len(), tail.len()), (24, 8));
}
