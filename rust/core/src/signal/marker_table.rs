//! The lookup of markers.

use super::marker_words::{MARKERS, MarkerKind};
use super::words::{EMPTY, fold_char, stands_alone};
use std::collections::HashMap;
use std::sync::LazyLock;

/// Words (or characters) in the longest marker.
pub(super) const LONGEST: usize = 8;

/// Markers by the hash of their last word.
struct Table {
    /// A bit for each last word; it rejects nearly every word of a text.
    filter: [u64; FILTER / 64],
    phrases: HashMap<u64, Vec<Phrase>>,
}

const FILTER: usize = 1 << 14;

struct Phrase {
    /// The words before the last, nearest first.
    before: Vec<u64>,
    kind: MarkerKind,
}

/// Derived from the list on first use, and never changed.
static TABLE: LazyLock<Table> = LazyLock::new(Table::new);

/// The marker that ends with the newest word.
pub(super) fn find(newest: &[u64; LONGEST]) -> Option<MarkerKind> {
    TABLE.find(newest)
}

impl Table {
    fn new() -> Self {
        let mut table = Self { filter: [0; FILTER / 64], phrases: HashMap::new() };
        for &(_, kind, phrases) in MARKERS {
            for phrase in phrases.split('|') {
                let mut before = hashes(phrase);
                before.reverse();
                if before.is_empty() {
                    continue;
                }
                let last = before.remove(0);
                table.filter[bit(last) / 64] |= 1 << (bit(last) % 64);
                table.phrases.entry(last).or_default().push(Phrase { before, kind });
            }
        }
        table
    }

    fn find(&self, newest: &[u64; LONGEST]) -> Option<MarkerKind> {
        let (last, earlier) = newest.split_last()?;
        if self.filter[bit(*last) / 64] >> (bit(*last) % 64) & 1 == 0 {
            return None;
        }
        let fits = |p: &&Phrase| {
            p.before.len() <= earlier.len() && p.before.iter().zip(earlier.iter().rev()).all(|(a, b)| a == b)
        };
        self.phrases.get(last)?.iter().find(fits).map(|p| p.kind)
    }
}

fn bit(hash: u64) -> usize {
    (hash ^ (hash >> 32)) as usize % FILTER
}

/// The words of a marker, split like a text.
fn hashes(phrase: &str) -> Vec<u64> {
    let mut words = Vec::new();
    let mut word = EMPTY;
    for c in phrase.chars() {
        if stands_alone(c) {
            words.push(fold_char(EMPTY, c));
        } else if c == ' ' {
            words.push(std::mem::replace(&mut word, EMPTY));
        } else {
            word = fold_char(word, c);
        }
    }
    words.push(word);
    words.retain(|&word| word != EMPTY);
    words
}

#[cfg(test)]
#[path = "../../tests/unit/signal/marker_table.rs"]
mod tests;
