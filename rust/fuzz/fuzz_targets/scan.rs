//! Any bytes through the feature scan: no panic, no number that is not finite, and the same vector from a used scratch.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rheostat::features::Scan;
use rheostat::query::Window;

fuzz_target!(|text: &[u8]| {
    let window = Window { bytes: Window::MIN };
    let (mut fresh, mut used) = (Scan::new(), Scan::new());
    used.run("証明 Prove it.\n1. 42".as_bytes(), window);
    used.run(text, window);
    fresh.run(text, window);
    assert_eq!(fresh.values(), used.values());
    assert_eq!(fresh.words, used.words);
    assert!(fresh.values().iter().chain(fresh.inputs()).all(|x| x.is_finite() && *x >= 0.0));
});
