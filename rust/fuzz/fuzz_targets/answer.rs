//! Any text as an answer: it has one normal form of every kind, which is its own; and any bytes as a vote.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rheostat::vote::{Normal, Vote};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(vote) = Vote::from_bytes(bytes) {
        assert_eq!(vote.to_bytes(), bytes);
    }
    let text = String::from_utf8_lossy(bytes);
    for kind in Normal::ALL {
        let form = kind.of(&text);
        assert_eq!(kind.of(&form), form, "{kind:?}");
    }
});
