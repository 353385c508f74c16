//! Drafts in parallel, their distillation, and the answer that is refined from it (PDR, arXiv 2510.01123).
//!
//! ```text
//! all drafts came   agree, or fewer than two came ─ the votes decide; a rewrite without a reason makes right answers wrong
//!                   else one call distils them: `resume` has all, in launch order, 1 MiB at most
//! distilled         one call refines: `resume` has the distillation, and no draft. Its answer settles the rung
//! either is lost    the votes of the drafts decide
//! ```

use super::{Intent, Judge, Verdict};
use crate::rules::Evidence;
use crate::run::action::Reason;
use crate::run::call::CallKind;
use crate::run::streams::FinalText;
use std::fmt::Write;
use std::sync::Arc;

/// Bytes of a round's drafts. Of longer ones the ends are kept, because answers stand there.
const MOST: usize = 1 << 20;

/// The drafts of a round, by their places in the launch order.
#[derive(Debug, Default)]
pub(super) struct Drafts {
    texts: Vec<(u32, Arc<str>)>,
    /// True once their distillation was asked for: it is asked for once.
    distilled: bool,
}

impl Drafts {
    /// Keeps a draft, of `samples` that are asked for.
    fn keep(&mut self, index: u32, text: &Arc<str>, samples: u32) {
        let mut from = text.len().saturating_sub(MOST / samples.max(1) as usize);
        while !text.is_char_boundary(from) {
            from += 1;
        }
        self.texts.push((index, if from == 0 { text.clone() } else { text[from..].into() }));
    }

    /// All texts in launch order, numbered.
    fn listed(&mut self) -> String {
        self.texts.sort_unstable_by_key(|(index, _)| *index);
        let (count, mut all) = (self.texts.len(), String::new());
        for (number, (_, text)) in (1..).zip(std::mem::take(&mut self.texts)) {
            let gap = if number > 1 { "\n\n" } else { "" };
            let _ = write!(all, "{gap}Draft {number} of {count}:\n{text}");
        }
        all
    }
}

impl Judge {
    /// True if drafts of this round are to be distilled.
    pub(in crate::run) fn distils(&self) -> bool {
        self.round.votes() && self.round.strategy.distils().is_some()
    }

    /// Keeps the text of a draft.
    pub(super) fn keep_draft(&mut self, index: u32, text: &FinalText) {
        if let Some(draft) = text.answer.as_ref().and(text.draft.as_ref()) {
            self.round.drafts.keep(index, draft, self.round.dials.samples);
        }
    }

    /// Queues the distillation of the drafts, if there are several and it was not asked for yet.
    pub(super) fn ask_distillation(&mut self) -> bool {
        let drafts = &mut self.round.drafts;
        if self.shown || drafts.distilled || drafts.texts.len() < 2 {
            return false;
        }
        drafts.distilled = true;
        let listed = drafts.listed();
        self.queue.push(Intent::resume(CallKind::Distil, listed.into()));
        true
    }

    /// The verdict on a distillation: an answer is refined from it. One without a text leaves the votes to decide.
    pub(in crate::run) fn distilled(&mut self, text: Option<Arc<str>>) -> Verdict {
        let Some(text) = text else { return self.round_over(false) };
        self.queue.push(Intent::resume(CallKind::Refine, text));
        Verdict::Ask(Reason::Refining)
    }

    /// The verdict on a refined answer.
    pub(in crate::run) fn refined(&mut self, answer: Option<Arc<str>>) -> Verdict {
        if answer.is_none() {
            return Verdict::FallShort(Evidence::Disagreement);
        }
        self.round.answer = answer;
        Verdict::Settle(Reason::Refined)
    }
}

#[cfg(test)]
mod tests {
    use super::{Drafts, MOST};

    #[test]
    fn drafts_are_listed_in_launch_order_within_their_bound() {
        let mut drafts = Drafts::default();
        for (index, text) in [(2, "c"), (0, "a\n"), (1, "b")] {
            drafts.keep(index, &text.into(), 3);
        }
        assert_eq!(drafts.listed(), "Draft 1 of 3:\na\n\n\nDraft 2 of 3:\nb\n\nDraft 3 of 3:\nc");
        // Two bytes a letter: a cut falls between letters, and keeps the end.
        let long = format!("{}end", "é".repeat(MOST));
        let mut drafts = Drafts::default();
        drafts.keep(0, &long.as_str().into(), 2);
        drafts.keep(1, &"short".into(), 2);
        let listed = drafts.listed();
        assert!(listed.len() < MOST / 2 + 64 && listed.contains("éend\n\nDraft 2 of 2:\nshort"));
    }
}
