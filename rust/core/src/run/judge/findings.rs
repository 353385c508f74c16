//! Findings against an answer, in words: what a revision is asked for.
//!
//! A model that is asked to check an answer without a reason turns right answers into wrong ones. A finding is a reason: a verifier's
//! reply that refutes the answer, a failed check, a tool's result. The next revision gets it, and a further one needs another.

use super::{Intent, Judge};
use crate::run::call::CallKind;
use std::sync::Arc;

/// The most bytes of findings that a revision gets.
const FINDING: usize = 1 << 14;

impl Judge {
    /// Notes a finding against the answer, behind those that wait: the next revision gets the words of all, within bounds.
    pub(in crate::run) fn find(&mut self, words: &str) {
        let finding = match self.queue.revision() {
            Some(intent) => &mut intent.finding,
            None => &mut self.finding,
        };
        let (words, waiting) = (words.trim(), finding.as_deref().unwrap_or(""));
        let between = if waiting.is_empty() { "" } else { "\n" };
        let room = FINDING.saturating_sub(waiting.len() + between.len());
        let end = (0..=room.min(words.len())).rev().find(|end| words.is_char_boundary(*end)).unwrap_or(0);
        if let Some(words) = words.get(..end).filter(|words| !words.is_empty()) {
            *finding = Some(Arc::from([waiting, between, words].concat()));
        }
    }

    /// True if the rung's lone answer is still written, and a planned revision follows it.
    pub(in crate::run) fn awaits_draft(&self) -> bool {
        let planned = self.round.depth == 1 && self.round.dials.depth > 1 && self.brief.moves.depth;
        planned && !self.round.votes() && self.waits() && self.bound().is_none()
    }

    /// True if a planned revision waits for a finding that has not come.
    pub(super) fn lacks_finding(&self) -> bool {
        let planned = self.round.dials.depth > 1 && self.brief.moves.depth;
        planned && self.brief.rules.revise_on_finding && self.finding.is_none()
    }

    /// Queues a revision. It takes the finding: a further one needs another.
    pub(super) fn push_revision(&mut self, draft: Arc<str>) {
        let finding = self.finding.take();
        self.queue.push(Intent { finding, ..Intent::resume(CallKind::Revise, draft) });
    }
}
