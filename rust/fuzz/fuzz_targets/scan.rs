//! Any bytes through the feature scan, in a window that long inputs do not fit: no panic, and what the naive reader finds, from
//! a scratch that has read other texts.
#![no_main]

#[path = "../../core/tests/oracle/features.rs"]
mod oracle;

use libfuzzer_sys::fuzz_target;
use rheostat::features::Scan;
use rheostat::query::Window;
use std::cell::RefCell;

thread_local!(static SCAN: RefCell<Scan> = RefCell::new(Scan::new()));

fuzz_target!(|text: &[u8]| {
    SCAN.with_borrow_mut(|scan| oracle::check(scan, text, Window { bytes: Window::MIN }));
});
