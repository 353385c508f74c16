//! Tests of `signal/marker_table.rs`, of what is private there.

use super::super::Markers;
use super::*;

fn all() -> impl Iterator<Item = (&'static str, MarkerKind, &'static str)> {
    MARKERS.iter().flat_map(|&(language, kind, phrases)| phrases.split('|').map(move |p| (language, kind, p)))
}

#[test]
fn no_marker_holds_another() {
    for (_, _, phrase) in all() {
        let words = hashes(phrase);
        assert!((1..=LONGEST).contains(&words.len()), "{phrase}: {} words", words.len());
        for (_, _, other) in all().filter(|(_, _, other)| *other != phrase) {
            let inner = hashes(other);
            assert!(!words.windows(inner.len()).any(|part| part == inner), "{phrase:?} holds {other:?}");
        }
    }
    let mut phrases: Vec<_> = all().map(|(_, _, phrase)| phrase).collect();
    let count = phrases.len();
    phrases.sort_unstable();
    phrases.dedup();
    assert_eq!(phrases.len(), count, "a marker is given twice");
}

#[test]
fn every_marker_is_found_once_in_its_language() {
    for (language, kind, phrase) in all() {
        let mut markers = Markers::new();
        let found = markers.text(&format!("Zz, {} qq. Zz qq", phrase.to_uppercase()));
        let counts = [found.backtracks, found.branches, found.restarts, found.hedges];
        let mut wanted = [0; 4];
        wanted[kind as usize] = 1;
        assert_eq!(counts, wanted, "{language}: {phrase}");
    }
}

#[test]
fn there_are_eight_languages_with_each_kind() {
    let mut languages: Vec<_> = MARKERS.iter().map(|m| m.0).collect();
    languages.dedup();
    assert_eq!(languages.len(), 8);
    assert_eq!(MARKERS.len(), 8 * 4);
}
