//! One stream: its state, its tokens, and the rest of its grant.

use super::signals::{Readings, SignalSettings, StreamSignals};
use crate::rules::{Evidence, Rules};
use crate::run::action::Reason;
use std::sync::Arc;

/// Bytes per token in an estimate from text.
const BYTES_PER_TOKEN: u64 = 4;

/// The status of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::run) enum Status {
    Open,
    /// The run gave it up; the host may not have ended it yet.
    GivenUp(Reason),
    /// Its probes settled its answer.
    Probed(Reason),
    Finished,
    Failed,
}

/// The claim of a stream on its grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Life {
    Open,
    /// Ended, with its cost unknown: its grant stays reserved, and late tokens are part of it.
    AwaitsUsage,
    Over,
}

/// The source of a stream's token count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Count {
    Nothing,
    /// Every token was counted.
    Counted,
    /// Some came as text alone.
    Estimated,
}

/// Tokens just counted, as the call's bill sees them.
pub(in crate::run) struct Counted {
    pub(in crate::run) call: u32,
    /// Number of them that were open in the grant.
    pub(in crate::run) within: u64,
    /// Set for a stream's first tokens: true if it had been released before.
    pub(in crate::run) first: Option<bool>,
}

/// The answer of an ended stream, the draft that it leaves, and true if its cost is known.
#[derive(Debug, Default)]
pub(in crate::run) struct FinalText {
    pub(in crate::run) answer: Option<Arc<str>>,
    pub(in crate::run) draft: Option<Arc<str>>,
    pub(in crate::run) known: bool,
}

#[derive(Debug)]
pub(in crate::run) struct Stream {
    call: u32,
    round: u32,
    /// Its place in the launch order of its round.
    index: u32,
    status: Status,
    life: Life,
    began: bool,
    /// Unused grant.
    left: u64,
    /// Tokens past its grant.
    past: u64,
    tokens: u64,
    count: Count,
    doubted: bool,
    /// Tokens when it was last raised.
    raised_at: u64,
    /// Probes asked for.
    probes_asked: u64,
    signals: StreamSignals,
}

impl Stream {
    pub(super) fn new(
        call: u32,
        round: u32,
        index: u32,
        max_tokens: u64,
        settings: &SignalSettings<'_>,
    ) -> Self {
        Self {
            call,
            round,
            index,
            status: Status::Open,
            life: Life::Open,
            began: false,
            left: max_tokens,
            past: 0,
            tokens: 0,
            count: Count::Nothing,
            doubted: false,
            raised_at: 0,
            probes_asked: 0,
            signals: StreamSignals::new(settings),
        }
    }

    pub(in crate::run) fn call(&self) -> u32 {
        self.call
    }

    pub(in crate::run) fn round(&self) -> u32 {
        self.round
    }

    pub(in crate::run) fn index(&self) -> u32 {
        self.index
    }

    pub(in crate::run) fn status(&self) -> Status {
        self.status
    }

    /// The unused grant.
    pub(in crate::run) fn left(&self) -> u64 {
        self.left
    }

    pub(in crate::run) fn is_open(&self) -> bool {
        self.life == Life::Open
    }

    /// True if it has ended and its cost is unknown.
    pub(in crate::run) fn is_held(&self) -> bool {
        self.life == Life::AwaitsUsage
    }

    pub(in crate::run) fn signals(&self) -> &StreamSignals {
        &self.signals
    }

    pub(in crate::run) fn signals_mut(&mut self) -> &mut StreamSignals {
        &mut self.signals
    }

    /// True if every token was counted, so that its unused grant may be given back at its end.
    fn known(&self) -> bool {
        self.count == Count::Counted
    }

    /// True if it has written its whole grant.
    pub(in crate::run) fn spent_its_grant(&self) -> bool {
        self.left == 0 && self.known()
    }

    /// Notes counted tokens. They make its cost known, unless some came as text alone.
    pub(in crate::run) fn note_counted(&mut self, tokens: u64) {
        if tokens > 0 && self.count == Count::Nothing {
            self.count = Count::Counted;
        }
    }

    /// Adds text and returns its tokens: the given number, or an estimate of at most the unused grant; 0 once tokens were
    /// counted otherwise.
    pub(in crate::run) fn add_text(&mut self, text: &str, tokens: Option<u64>) -> u64 {
        let bytes = self.signals.bytes().saturating_add(text.len() as u64);
        let estimate = match self.count {
            Count::Counted => 0,
            _ => bytes.div_ceil(BYTES_PER_TOKEN).saturating_sub(self.tokens).min(self.left),
        };
        self.signals.add_text(text);
        match tokens {
            Some(tokens) => self.note_counted(tokens),
            None if self.count == Count::Nothing && !text.is_empty() => self.count = Count::Estimated,
            None => {}
        }
        tokens.unwrap_or(estimate)
    }

    /// Counts tokens against the grant.
    pub(in crate::run) fn add_tokens(&mut self, tokens: u64) -> Counted {
        let within = tokens.min(self.left);
        let released = self.life == Life::Over;
        if !released {
            self.left -= within;
            self.past = self.past.saturating_add(tokens - within);
        }
        let first = !std::mem::replace(&mut self.began, true);
        self.tokens = self.tokens.saturating_add(tokens);
        Counted {
            call: self.call,
            within: if released { 0 } else { within },
            first: first.then_some(released),
        }
    }

    /// The tokens that a raise adds: an engine past its grant has used some already.
    pub(in crate::run) fn raised_by(&self, tokens: u64) -> u64 {
        tokens.saturating_sub(self.past)
    }

    /// Grants `tokens` more. The stream is judged again after a whole group.
    pub(in crate::run) fn raise(&mut self, tokens: u64) {
        self.left = self.left.saturating_add(self.raised_by(tokens));
        self.past = self.past.saturating_sub(tokens);
        self.raised_at = self.tokens;
    }

    pub(in crate::run) fn give_up(&mut self, reason: Reason) {
        self.status = Status::GivenUp(reason);
    }

    pub(in crate::run) fn settle_by_probes(&mut self, reason: Reason) {
        self.status = Status::Probed(reason);
    }

    /// Marks it as weak, with nothing better to buy.
    pub(in crate::run) fn doubt(&mut self) {
        self.doubted = true;
    }

    /// The evidence against the stream on a rung that has made `ramps` ramps.
    pub(in crate::run) fn weakness(&self, rules: &Rules, ramps: u32) -> Option<Evidence> {
        // After a raise the stream is left alone for one group.
        let raised = self.raised_at > 0;
        let granted = if raised { self.raised_at.saturating_add(rules.window as u64) } else { 0 };
        if self.tokens < rules.dwell.max(granted) {
            return None;
        }
        self.signals.weakness(rules, ramps, raised, self.doubted)
    }

    /// True if it has written enough for its next probe, which then counts as asked for.
    pub(in crate::run) fn takes_probe(&mut self, every: u64) -> bool {
        let due = self.tokens / every;
        if self.life != Life::Open || due <= self.probes_asked {
            return false;
        }
        self.probes_asked = due;
        true
    }

    /// Ends the stream. Returns true if its input counts as read only now, and its unused grant if its cost is known.
    pub(super) fn end(&mut self, status: Status, hold: bool) -> (bool, Option<(u64, bool)>) {
        self.status = status;
        self.life = if hold { Life::AwaitsUsage } else { Life::Over };
        // The input of a stream that failed before its first token may not have been read.
        let reads = status != Status::Failed && !self.began;
        self.began |= reads;
        (reads, (!hold).then_some((self.left, self.began)))
    }

    /// Frees the unused grant of a held stream.
    pub(super) fn release(&mut self) -> Option<(u64, bool)> {
        if self.life != Life::AwaitsUsage {
            return None;
        }
        self.life = Life::Over;
        Some((std::mem::take(&mut self.left), self.began))
    }

    pub(in crate::run) fn last_words(&mut self, answer: Option<&str>) -> FinalText {
        let given = answer.map(str::trim).filter(|a| !a.is_empty());
        let probed = matches!(self.status, Status::Probed(_)).then(|| self.signals.probed()).flatten();
        let answer: Option<Arc<str>> = given.or(probed).map(Arc::from);
        let text = self.signals.take_text().filter(|t| !t.trim().is_empty()).map(Arc::from);
        FinalText { draft: text.or_else(|| answer.clone()), answer, known: self.known() }
    }

    pub(in crate::run) fn readings(&self) -> Readings {
        self.signals.readings(self.tokens)
    }
}
