//! Any bytes as a request body: a query or a typed error, never a panic, and an ask that fits its window.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    if let Ok(query) = rheostat_wire::body::read(body, 1024) {
        assert!(query.ask.len() <= 1024 + 1);
    }
});
