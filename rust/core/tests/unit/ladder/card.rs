//! Tests of `ladder/card.rs`, of what is private there.

use super::*;
use proptest::prelude::*;

#[test]
fn a_name_is_read_whole() {
    for (name, ..) in LISTED {
        let price = Card::shipped(name).and_then(|card| card.price);
        assert!(price.is_some_and(|price| price.input > 0.0 && price.output > price.input));
        assert!(price.is_some_and(|price| price.cached.is_none_or(|cached| cached < price.input)), "{name}");
    }
    let versions =
        ["gpt-4o-2024-08-06", "GPT-4o", "openai/gpt-4o", "azure/eu/gpt-4o-latest", "gpt-4o@20240806"];
    assert!(versions.iter().all(|name| Card::shipped(name) == Card::shipped("gpt-4o")));
    let others =
        ["gpt-4o-audio", "gpt-4o-mini-tts", "gpt-4", "", "/", "my-gpt-4o", "gpt-4o-1", "gpt-4o-2024-preview"];
    assert!(others.iter().all(|name| Card::shipped(name).is_none()));
}

#[test]
fn a_name_is_listed_once() {
    for (i, (name, ..)) in LISTED.iter().enumerate() {
        assert!(LISTED.iter().take(i).all(|(other, ..)| other != name), "{name}");
    }
}

#[test]
fn a_listed_rung_is_valid_at_every_effort() {
    for name in Card::names() {
        let card = Card::shipped(name).unwrap_or_default();
        let rung = card.rung(name, []).unwrap();
        let levels = super::super::effort::EFFORTS.map(|(level, _)| level);
        for at in card.at_efforts(&rung, &levels).unwrap() {
            at.validate().unwrap();
            assert!(at.max_tokens() <= card.output.unwrap_or(u64::MAX), "{at:?}");
            assert!(at.max_tokens() <= card.window.unwrap_or(u64::MAX), "{at:?}");
        }
    }
}

/// The distance by its definition, without a table.
fn naive(a: &[u8], b: &[u8]) -> usize {
    match (a, b) {
        ([], rest) | (rest, []) => rest.len(),
        ([x, a_rest @ ..], [y, b_rest @ ..]) => {
            let change = naive(a_rest, b_rest) + usize::from(x != y);
            change.min(naive(a_rest, b) + 1).min(naive(a, b_rest) + 1)
        }
    }
}

proptest! {
    #[test]
    fn edits_equal_their_definition(a in "[ab-]{0,6}", b in "[ab-]{0,6}") {
        prop_assert_eq!(edits(&a, &b), naive(a.as_bytes(), b.as_bytes()));
    }

    #[test]
    fn any_name_has_near_ones(name in ".{0,200}") {
        let near = nearest(&name, Card::names().chain(Card::names()));
        prop_assert_eq!(near.len(), NEAREST);
        prop_assert!((1..NEAREST).all(|i| !near[..i].contains(&near[i])));
    }
}
