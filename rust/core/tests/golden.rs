//! Golden vectors: the features in `tests/golden`, which every language is held to. `rust/wire/tests/golden.rs` has the decisions.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // a test that fails here has failed

use rheostat::features::{SPECS, Scan, index};
use rheostat::query::Window;
use serde_json::Value;

fn read(json: &str) -> Value {
    serde_json::from_str(json).unwrap()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn real(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

fn count<T: TryFrom<u64, Error: std::fmt::Debug>>(value: &Value) -> T {
    value.as_u64().unwrap().try_into().unwrap()
}

#[test]
fn features_are_the_stored_ones() {
    let cases = read(include_str!("../../../tests/golden/features.json"));
    let cases = cases.as_array().unwrap();
    assert!(cases.len() >= 40);
    let mut scan = Scan::new();
    for (i, case) in cases.iter().enumerate() {
        let digits = case.get("hex").map(text).unwrap_or_default();
        let bytes = (0..digits.len() / 2).map(|i| u8::from_str_radix(&digits[2 * i..2 * i + 2], 16).unwrap());
        let bytes = case.get("text").map_or_else(|| bytes.collect(), |case| text(case).into_bytes());
        scan.run(&bytes, Window::default());
        let stored = case["values"].as_object().unwrap();
        assert!(stored.keys().all(|name| index(name).is_some()), "case {i} has features that are not known");
        for (spec, value) in SPECS.iter().zip(scan.values()) {
            let stored = stored.get(spec.name).map_or(0.0, |value| real(value) as f32);
            assert_eq!(
                value.to_bits(),
                stored.to_bits(),
                "{} of case {i}: {value}, stored {stored}",
                spec.name
            );
        }
        let words: Vec<u32> = case["words"].as_array().unwrap().iter().map(count).collect();
        assert_eq!(scan.words, words, "words of case {i}");
    }
}
