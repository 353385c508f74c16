//! Calls that are decided and not granted yet, all of the current round.

use crate::run::call::CallKind;
use std::collections::VecDeque;
use std::sync::Arc;

/// A call that the judge wants.
#[derive(Debug, Clone)]
pub(in crate::run) struct Intent {
    pub(in crate::run) kind: CallKind,
    pub(in crate::run) samples: u32,
    pub(in crate::run) resume: Option<Arc<str>>,
    /// The finding that a revision answers.
    pub(in crate::run) finding: Option<Arc<str>>,
    /// The stream that a probe looks at.
    pub(in crate::run) target: Option<u32>,
    /// Times that it was sent before, and the seconds to wait before it is sent again.
    pub(in crate::run) attempt: u32,
    pub(in crate::run) delay: f64,
    /// The deployments of the rung that it was sent to, a bit for each place.
    pub(in crate::run) tried: u32,
}

impl Intent {
    pub(in crate::run) fn generate(samples: u32) -> Self {
        Self {
            kind: CallKind::Generate,
            samples,
            resume: None,
            finding: None,
            target: None,
            attempt: 0,
            delay: 0.0,
            tried: 0,
        }
    }

    /// One call that continues from a text.
    pub(in crate::run) fn resume(kind: CallKind, text: Arc<str>) -> Self {
        Self { kind, resume: Some(text), ..Self::generate(1) }
    }
}

#[derive(Debug)]
pub(in crate::run) struct Queue {
    intents: VecDeque<Intent>,
}

impl Queue {
    /// The queue of a new round: its samples.
    pub(super) fn of(samples: u32) -> Self {
        Self { intents: VecDeque::from([Intent::generate(samples)]) }
    }

    pub(in crate::run) fn front(&self) -> Option<&Intent> {
        self.intents.front()
    }

    pub(in crate::run) fn pop(&mut self) -> Option<Intent> {
        self.intents.pop_front()
    }

    pub(in crate::run) fn push(&mut self, intent: Intent) {
        self.intents.push_back(intent);
    }

    /// The revision that waits to be asked for.
    pub(super) fn revision(&mut self) -> Option<&mut Intent> {
        self.intents.iter_mut().find(|intent| intent.kind == CallKind::Revise)
    }

    /// Puts the samples of an intent that wait back to the front.
    pub(in crate::run) fn put_back(&mut self, intent: Intent) {
        self.intents.push_front(intent);
    }

    pub(in crate::run) fn clear(&mut self) {
        self.intents.clear();
    }

    pub(in crate::run) fn is_empty(&self) -> bool {
        self.intents.is_empty()
    }

    /// Queued samples that will vote.
    pub(super) fn generations(&self) -> u32 {
        let generates = self.intents.iter().filter(|intent| intent.kind == CallKind::Generate);
        generates.map(|intent| intent.samples).fold(0, u32::saturating_add)
    }

    /// Queued revisions.
    pub(super) fn revisions(&self) -> u32 {
        self.intents.iter().filter(|intent| intent.kind == CallKind::Revise).count() as u32
    }
}
