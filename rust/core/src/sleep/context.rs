//! The memory of one context: its sources, its queries, its predictions and its artefacts.

use crate::money::Usd;

/// An artefact: the precomputed answer to a predicted query. The host keeps its content by `id`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Artefact {
    pub(super) id: u64,
    pub(super) key: String,
    /// The state of the sources that it was made from.
    pub(super) fingerprint: Vec<u8>,
    pub(super) made: f64,
    pub(super) expires: f64,
}

/// The memory of one context.
#[derive(Debug, Clone, Default)]
pub(super) struct Context {
    pub(super) fingerprint: Vec<u8>,
    /// Keys that were predicted for these sources, refused or not.
    pub(super) predicted: Vec<String>,
    pub(super) artefacts: Vec<Artefact>,
    /// Keys whose work is in flight.
    pub(super) running: Vec<String>,
    pub(super) since: f64,
    pub(super) seen: f64,
    pub(super) changes: u64,
    pub(super) queries: u64,
    /// Queries that came while something was predicted, and those of them that were predicted.
    pub(super) tries: u64,
    pub(super) hits: u64,
    /// Judged answers of hits, and wrong ones.
    pub(super) judged: u64,
    pub(super) wrong: u64,
    pub(super) spent: Usd,
    /// Number of its latest use.
    pub(super) used: u64,
}

impl Context {
    pub(super) fn new(at: f64) -> Self {
        Self { since: at, seen: at, ..Self::default() }
    }

    /// Sees the sources. Where they have changed, what was made from or predicted for the old ones is dropped.
    pub(super) fn look(&mut self, fingerprint: &[u8], at: f64) {
        self.seen = self.seen.max(at);
        if self.fingerprint == fingerprint {
            return;
        }
        if !self.fingerprint.is_empty() {
            self.changes += 1;
        }
        self.fingerprint = fingerprint.to_vec();
        self.predicted.clear();
        self.artefacts.clear();
    }

    /// Queries per second so far; 0 before the first.
    pub(super) fn query_rate(&self) -> f64 {
        self.queries as f64 / (self.seen - self.since).max(1.0)
    }

    /// Changes per second so far. One change is counted in that was not seen.
    pub(super) fn change_rate(&self) -> f64 {
        (self.changes as f64 + 1.0) / (self.seen - self.since).max(1.0)
    }

    /// Share of hits whose answer is wrong. The prior is one in ten, and weighs as much as five answers.
    pub(super) fn wrong_rate(&self) -> f64 {
        (self.wrong as f64 + 0.5) / (self.judged as f64 + 5.0)
    }
}
