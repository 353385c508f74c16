//! Branching and backtracking: words by which a model says that it turns back, tries another way, starts again or
//! is not sure.

use super::marker_table::{LONGEST, find};
use super::marker_words::Kind;
use super::words::{EMPTY, fold_char, is_letter, stands_alone};
use crate::features::{Script, script};
use crate::math::exp;

/// The recent density forgets with this time constant, in words. [`Markers::ENOUGH`] is two of them.
const RECENT: f64 = 500.0;

/// How often each kind of marker was found.
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
    fn add(&mut self, kind: Kind) {
        *match kind {
            Kind::Backtrack => &mut self.backtracks,
            Kind::Branch => &mut self.branches,
            Kind::Restart => &mut self.restarts,
            Kind::Hedge => &mut self.hedges,
        } += 1;
    }

    /// Turns of the reasoning: backtracks, branches and restarts.
    pub fn turns(&self) -> u64 {
        self.backtracks + self.branches + self.restarts
    }
}

/// Finds markers in a text that comes in chunks of any size, in English, Chinese, Japanese, Korean, German, French,
/// Spanish and Russian at once.
///
/// A marker is whole words ("no" is not found in "know"); a marker of a script without spaces is a row of characters.
/// Case does not matter, apostrophes are passed over, a hyphen separates words, and no marker reaches over the end of a
/// sentence. Each is found once, when the word after its last begins or the text ends, however the chunks are cut.
/// State: 150 bytes, and no allocation.
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
    /// The newest words' hashes, the newest last.
    newest: [u64; LONGEST],
    words: u64,
    counts: MarkerCounts,
    /// Σ exp(−age / RECENT) over turns, as it was at word `recent_at`.
    recent: f64,
    recent_at: u64,
}

impl Default for Markers {
    fn default() -> Self {
        Self::new()
    }
}

impl Markers {
    /// Words from which on a rate is judged. Below it the rates of ordinary texts vary too much: at 500 words a bar of 40
    /// turns finds 3 of 60 ordinary texts, at 1,000 words 1.
    pub const ENOUGH: u64 = 1000;

    /// A text of which nothing is known.
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

    /// The end of the text: the last word ends here. Returns the markers that it completed.
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

    /// As [`density`](Self::density), but a word weighs e times less every 500 words.
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
            // What has been a marker is no part of another.
            self.newest = [0; LONGEST];
        }
    }

    fn found(&mut self, kind: Kind) {
        self.counts.add(kind);
        if kind != Kind::Hedge {
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
