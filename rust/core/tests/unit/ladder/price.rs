//! Tests of `ladder/price.rs`, of what is private there.

use super::*;

#[test]
fn a_name_is_read_whole() {
    for (name, ..) in LISTED {
        assert!(Price::of(name).is_some_and(|price| price.input > 0.0 && price.output > price.input));
    }
    let versions =
        ["gpt-4o-2024-08-06", "GPT-4o", "openai/gpt-4o", "azure/eu/gpt-4o-latest", "gpt-4o@20240806"];
    assert!(versions.iter().all(|name| Price::of(name) == Price::of("gpt-4o")));
    let others =
        ["gpt-4o-audio", "gpt-4o-mini-tts", "gpt-4", "", "/", "my-gpt-4o", "gpt-4o-1", "gpt-4o-2024-preview"];
    assert!(others.iter().all(|name| Price::of(name).is_none()));
}
