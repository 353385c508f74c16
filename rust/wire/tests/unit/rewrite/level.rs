//! Tests of `rewrite/level.rs`, of what is private there.

use super::*;

#[test]
fn a_level_covers_its_budget() {
    let levels =
        [0, 1, 512, 513, 1_024, 4_096, 8_192, 16_384, 24_577, 1 << 40].map(|tokens| level(ALL, tokens));
    assert_eq!(
        levels,
        ["none", "minimal", "minimal", "low", "low", "medium", "medium", "high", "xhigh", "max"]
    );
    assert_eq!(level(TO_HIGH, 1 << 40), "high");
    assert_eq!(level(&["high"], 0), "high");
}

#[test]
fn lists_name_levels_in_their_order() {
    let names = LEVELS.map(|(name, _)| name);
    assert_eq!(ALL, names);
    for list in [TO_HIGH, TO_XHIGH, TO_MAX, MINIMAL_TO_HIGH, NONE_TO_HIGH, NONE_TO_XHIGH, NONE_TO_MAX] {
        let places: Vec<_> = list.iter().map(|level| names.iter().position(|name| name == level)).collect();
        assert!(places.is_sorted() && !places.contains(&None), "{list:?}");
    }
}
