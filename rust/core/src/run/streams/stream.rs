//! One stream: its state, its tokens, and the rest of its grant.

use super::count::{self, Count};
use super::signals::{Readings, SignalSettings, StreamSignals};
use crate::money::{Prices, Usd};
use crate::rules::{Evidence, Rules};
use crate::run::action::Reason;
use crate::run::purse::{Report, Seen, Share, Usage};
use crate::strategy::StepChance;
use crate::vote::is_blank;
use std::sync::Arc;

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

/// The part of an ended stream's unused grant that stays claimed until its usage is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::run) enum Hold {
    /// None: its cost is known.
    Nothing,
    /// The rest of the thinking budget: its text was seen, and its thinking may be hidden.
    Thinking,
    All,
}

/// The claim of a stream on its grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Life {
    Open,
    /// Ended, with its cost unknown: its grant stays reserved, and late tokens are part of it.
    AwaitsUsage,
    /// As that, and its host has left it before its end.
    Left,
    Over,
}

/// The answer of an ended stream, the draft that it leaves, and true if its cost is known.
#[derive(Debug, Default)]
pub(in crate::run) struct FinalText {
    pub(in crate::run) answer: Option<Arc<str>>,
    pub(in crate::run) draft: Option<Arc<str>>,
    pub(in crate::run) score: Option<f64>,
    /// P(correct) by its steps, where they are calibrated.
    pub(in crate::run) chance: Option<StepChance>,
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
    /// True if it counts against the ceiling on samples.
    charged: bool,
    granted: u64,
    /// The part of the grant that stays claimed while its cost is unknown.
    kept: u64,
    count: Count,
    report: Option<Box<Report>>,
    /// The reported cost of cached and written input while the whole is not reported.
    parts: Usd,
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
        (max_tokens, charged): (u64, bool),
        settings: &SignalSettings<'_>,
    ) -> Self {
        Self {
            call,
            round,
            index,
            status: Status::Open,
            life: Life::Open,
            began: false,
            charged,
            granted: max_tokens,
            kept: u64::MAX,
            count: Count::default(),
            report: None,
            parts: Usd(0),
            doubted: false,
            raised_at: 0,
            probes_asked: 0,
            signals: StreamSignals::new(settings, max_tokens),
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

    /// Output tokens so far, and the part of them that is counted or reported.
    fn output(&self) -> Seen {
        let seen = self.count.seen();
        self.report.as_ref().map_or(seen, |report| report.output(seen))
    }

    /// The unused grant.
    pub(in crate::run) fn left(&self) -> u64 {
        let most = if self.life == Life::Over { 0 } else { self.granted.min(self.kept) };
        most.saturating_sub(self.output().all)
    }

    /// Its part of the call's bill.
    pub(in crate::run) fn share(&self) -> Share {
        Share {
            granted: self.granted,
            left: self.left(),
            failed: self.status == Status::Failed,
            lost: self.status == Status::Failed || self.life == Life::Left,
            output: self.output(),
            input: self.report.as_ref().and_then(|report| report.input()),
            parts: self.parts,
            began: self.began,
            may_begin: self.life != Life::Over,
            charged: self.charged,
        }
    }

    /// Its part of the bill if it were granted `tokens` more.
    pub(in crate::run) fn share_raised_by(&self, tokens: u64) -> Share {
        let granted = self.granted.saturating_add(tokens);
        Share { granted, left: granted.saturating_sub(self.output().all), ..self.share() }
    }

    pub(in crate::run) fn is_open(&self) -> bool {
        self.life == Life::Open
    }

    /// True if an engine has worked on it.
    pub(in crate::run) fn has_begun(&self) -> bool {
        self.began
    }

    /// Counts the rest of its claim as spent, if its host has left it and no usage has come. True if that is so.
    pub(in crate::run) fn gives_up_waiting(&mut self) -> bool {
        let waits = self.life == Life::Left;
        if waits {
            self.life = Life::AwaitsUsage;
        }
        waits
    }

    /// True if it has ended, not by a failure or its host, and its cost is unknown.
    pub(in crate::run) fn owes(&self) -> bool {
        self.life == Life::AwaitsUsage && self.status != Status::Failed
    }

    /// True if it has ended and its cost is unknown.
    pub(in crate::run) fn is_held(&self) -> bool {
        matches!(self.life, Life::AwaitsUsage | Life::Left)
    }

    pub(in crate::run) fn signals(&self) -> &StreamSignals {
        &self.signals
    }

    pub(in crate::run) fn signals_mut(&mut self) -> &mut StreamSignals {
        &mut self.signals
    }

    /// True if its cost is known, so that its unused grant may be given back at its end: its usage was reported, or every
    /// token of it was counted.
    pub(in crate::run) fn known(&self) -> bool {
        self.count.is_exact() || self.report.as_ref().is_some_and(|report| report.has_output())
    }

    /// True if it has written its whole grant.
    pub(in crate::run) fn spent_its_grant(&self) -> bool {
        self.count.spent(self.granted) || self.output().counted >= self.granted
    }

    /// True if it may have written that number of tokens: an estimate of a text may be too low, but not by three quarters, which tells
    /// for numbers so small that all are within the slack.
    pub(in crate::run) fn may_have_written(&self, tokens: u64) -> bool {
        let all = self.output().all;
        all.saturating_add(count::slack(tokens)) >= tokens && all.saturating_mul(4) >= tokens
    }

    /// Counts tokens. `bare`: their text was not reported with them.
    pub(in crate::run) fn add_tokens(&mut self, tokens: u64, bare: bool) {
        self.began = true;
        self.count.add_tokens(tokens, bare);
        self.count.update(self.granted);
        self.signals.count(tokens);
    }

    /// Adds text, with its number of tokens if that is known.
    pub(in crate::run) fn add_text(&mut self, text: &str, tokens: Option<u64>) {
        self.signals.add_text(text);
        match tokens {
            None => self.count.add_text(text),
            // With no tokens at all, they are reported elsewhere.
            Some(tokens) if tokens > 0 => self.count.add_own(text, tokens),
            Some(_) => {}
        }
        self.add_tokens(tokens.unwrap_or(0), text.is_empty());
    }

    /// Merges the provider's usage. Returns the number of counts that cannot be true.
    pub(in crate::run) fn report(&mut self, usage: Usage, prices: &Prices) -> u32 {
        let seen = self.count.seen();
        let report = self.report.get_or_insert_default();
        let before = report.told();
        let (invalid, known) = report.merge(usage, prices, seen);
        if report.told() != before {
            self.count.correct(report.told().map(|_| report.output(seen).least));
        }
        self.parts = report.parts(prices);
        self.began = true;
        if known {
            self.release();
        }
        invalid
    }

    /// Grants `tokens` more. The stream is judged again after a whole group.
    pub(in crate::run) fn raise(&mut self, tokens: u64) {
        self.granted = self.granted.saturating_add(tokens);
        self.count.update(self.granted);
        self.raised_at = self.count.most();
        self.signals.raise(self.granted);
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
        if self.count.most() < rules.dwell.max(granted) {
            return None;
        }
        self.signals.weakness(rules, ramps, raised, self.doubted)
    }

    /// True if it has written enough for its next probe, which then counts as asked for.
    pub(in crate::run) fn takes_probe(&mut self, every: u64) -> bool {
        let due = self.count.most() / every;
        if self.life != Life::Open || due <= self.probes_asked {
            return false;
        }
        self.probes_asked = due;
        true
    }

    /// Ends the stream. The part of its unused grant that `hold` names stays claimed until its usage is known; `answer` is the part
    /// of the grant that is for the answer. `waived`: it no longer counts as a sample.
    pub(super) fn end(&mut self, status: Status, hold: Hold, answer: u64, waived: bool) {
        self.status = status;
        if hold == Hold::Thinking {
            self.kept = self.granted.saturating_sub(answer);
        }
        self.life = match hold {
            Hold::Nothing => Life::Over,
            Hold::Thinking => Life::Left,
            Hold::All => Life::AwaitsUsage,
        };
        self.charged &= !waived;
        // The input of a stream that failed before its first token may not have been read.
        self.began |= status != Status::Failed;
    }

    /// Gives back the unused grant of a stream that awaits its usage.
    pub(in crate::run) fn release(&mut self) {
        if self.is_held() {
            self.life = Life::Over;
        }
    }

    pub(in crate::run) fn last_words(&mut self, answer: Option<&str>) -> FinalText {
        let given = answer.map(str::trim).filter(|a| !is_blank(a));
        let probed = matches!(self.status, Status::Probed(_)).then(|| self.signals.probed()).flatten();
        let answer: Option<Arc<str>> = given.or(probed).map(Arc::from);
        let text = self.signals.take_text().filter(|t| !is_blank(t)).map(Arc::from);
        let (score, chance) = (self.signals.score(), self.signals.chance());
        FinalText { draft: text.or_else(|| answer.clone()), answer, score, chance, known: self.known() }
    }

    pub(in crate::run) fn readings(&self) -> Readings {
        self.signals.readings(self.count.most())
    }
}
