//! Branching and backtracking: words by which a model turns back, tries another way, starts again or hedges.

use super::marker_table::{LONGEST, find};
use super::marker_words::MarkerKind;
use super::words::{EMPTY, fold_char, is_letter, stands_alone};
use crate::features::{Script, script};
use crate::math::exp;

/// Time constant of the recent density, in words. [`Markers::ENOUGH`] is two of them.
const RECENT: f64 = 500.0;

/// Counts of markers by kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MarkerCounts {
    /// Backtracks.
    pub backtracks: u64,
    /// Branches.
    pub branches: u64,
    /// Restarts.
    pub restarts: u64,
    /// Hedges.
    pub hedges: u64,
}

impl MarkerCounts {
    fn add(&mut self, kind: MarkerKind) {
        *match kind {
            MarkerKind::Backtrack => &mut self.backtracks,
            MarkerKind::Branch => &mut self.branches,
            MarkerKind::Restart => &mut self.restarts,
            MarkerKind::Hedge => &mut self.hedges,
        } += 1;
    }

    /// Turns of the reasoning: backtracks, branches and restarts.
    pub fn turns(&self) -> u64 {
        self.backtracks + self.branches + self.restarts
    }
}

/// Finds markers in text that comes in chunks of any size, in English, Chinese, Japanese, Korean, German, French, Spanish
/// and Russian at once.
///
/// A marker is whole words ("no" is not found in "know"), or a row of characters in a script without spaces. Case does not
/// matter, apostrophes are skipped, a hyphen separates words, and no marker reaches over the end of a sentence. Each is
/// found once, when the word after it begins or the text ends. State: 150 bytes, no allocation.
///
/// ```
/// let mut markers = rheostat::signal::Markers::new();
/// let mut turns = 0;
/// for chunk in ["So it is 4. Wa", "it, let me re-", "check: alternatively"] {
///     turns += markers.text(chunk).turns();
/// }
/// turns += markers.finish().turns();
/// assert_eq!(turns, 3);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Markers {
    word: u64,
    open: bool,
    /// Hashes of the newest words, the newest last.
    newest: [u64; LONGEST],
    words: u64,
    counts: MarkerCounts,
    /// Σ exp(−age / RECENT) over turns, at word `recent_at`.
    recent: f64,
    recent_at: u64,
}

impl Default for Markers {
    fn default() -> Self {
        Self::new()
    }
}

impl Markers {
    /// Words from which on a rate is judged. Rates of shorter texts vary too much: at 500 words a bar of 40 turns finds 3 of
    /// 60 ordinary texts, at 1,000 words 1.
    pub const ENOUGH: u64 = 1000;

    /// A new text.
    pub fn new() -> Self {
        Self {
            word: EMPTY,
            open: false,
            newest: [0; LONGEST],
            words: 0,
            counts: MarkerCounts::default(),
            recent: 0.0,
            recent_at: 0,
        }
    }

    /// Reads the next chunk and returns the markers that ended in it.
    pub fn text(&mut self, chunk: &str) -> MarkerCounts {
        let before = self.counts;
        for c in chunk.chars() {
            self.character(c);
        }
        since(before, self.counts)
    }

    /// Ends the text and returns the markers that its last word completed.
    pub fn finish(&mut self) -> MarkerCounts {
        let before = self.counts;
        self.end_word();
        since(before, self.counts)
    }

    /// Markers so far.
    pub fn counts(&self) -> MarkerCounts {
        self.counts
    }

    /// Words so far; each character of a script without spaces is one.
    pub fn words(&self) -> u64 {
        self.words
    }

    /// Turns (backtracks, branches, restarts) per 1,000 words over the whole text; 0 before the first word.
    pub fn density(&self) -> f64 {
        per_thousand(self.counts.turns() as f64, self.words as f64)
    }

    /// Hedges per 1,000 words over the whole text; 0 before the first word.
    pub fn hedging(&self) -> f64 {
        per_thousand(self.counts.hedges as f64, self.words as f64)
    }

    /// Like [`density`](Self::density), with a weight that falls by e every 500 words.
    pub fn recent(&self) -> f64 {
        let kept = self.recent * decay(self.words - self.recent_at);
        per_thousand(kept, RECENT * (1.0 - decay(self.words)))
    }

    fn character(&mut self, c: char) {
        match c {
            '\'' | '’' | 'ʼ' => {}
            _ if stands_alone(c) => {
                self.end_word();
                self.word = fold_char(EMPTY, c);
                self.open = true;
                self.end_word();
            }
            _ if is_letter(c) => {
                for lower in c.to_lowercase() {
                    self.word = fold_char(self.word, lower);
                }
                self.open = true;
            }
            _ => {
                self.end_word();
                if ends_sentence(c) {
                    self.newest = [0; LONGEST];
                }
            }
        }
    }

    fn end_word(&mut self) {
        if !self.open {
            return;
        }
        self.open = false;
        let word = std::mem::replace(&mut self.word, EMPTY);
        self.words += 1;
        self.newest.copy_within(1.., 0);
        self.newest[LONGEST - 1] = word;
        if let Some(kind) = find(&self.newest) {
            self.found(kind);
            // Markers do not overlap.
            self.newest = [0; LONGEST];
        }
    }

    fn found(&mut self, kind: MarkerKind) {
        self.counts.add(kind);
        if kind != MarkerKind::Hedge {
            self.recent = self.recent * decay(self.words - self.recent_at) + 1.0;
            self.recent_at = self.words;
        }
    }
}

fn decay(words: u64) -> f64 {
    exp(-(words as f64) / RECENT)
}

fn per_thousand(count: f64, words: f64) -> f64 {
    if words > 0.0 { 1000.0 * count / words } else { 0.0 }
}

fn since(before: MarkerCounts, now: MarkerCounts) -> MarkerCounts {
    MarkerCounts {
        backtracks: now.backtracks - before.backtracks,
        branches: now.branches - before.branches,
        restarts: now.restarts - before.restarts,
        hedges: now.hedges - before.hedges,
    }
}

fn ends_sentence(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '\n')
        || (!c.is_ascii() && matches!(script(c), Script::SentenceEnd | Script::Question))
}
