//! The state behind a run: the clock, the account, what is in flight, and how it all ends.

use super::action::{Action, Reason, Scope};
use super::backing::Backing;
use super::brief::Brief;
use super::call::CallState;
use super::grant::{Grant, Intent};
use super::round::Round;
use super::stream::{Life, SampleState, Status};
use super::trail::{Event, Phase, Trail, detail};
use super::{CallKind, Spent};
use crate::ledger::{Account, Amount};
use crate::money::Usd;
use crate::signal::Stall;
use std::collections::VecDeque;
use std::sync::Arc;

#[derive(Debug)]
pub(super) struct State {
    pub(super) brief: Brief,
    pub(super) phase: Phase,
    pub(super) account: Account,
    pub(super) backing: Backing,
    started: f64,
    pub(super) last: f64,
    deadline: f64,
    pub(super) round: Round,
    pub(super) escalations: u32,
    /// What has been decided and not yet granted.
    pub(super) intents: VecDeque<Intent>,
    pub(super) calls: Vec<CallState>,
    pub(super) samples: Vec<SampleState>,
    /// Streams that have not ended, over all rounds.
    pub(super) open: u32,
    /// What earlier rounds answered, with their votes; the newest round's best is the last.
    pub(super) earlier: Vec<(Arc<str>, u32)>,
    /// Made with an agent's first turn: most runs have none.
    pub(super) stall: Option<Stall>,
    /// The newest answer that a probe gave.
    pub(super) probed: Option<Arc<str>>,
    pub(super) settled: bool,
    pub(super) ended: Option<Reason>,
    pub(super) trail: Trail,
}

impl State {
    pub(super) fn new(brief: Brief, now: f64) -> Self {
        let now = if now.is_finite() { now } else { 0.0 };
        let limit = Amount {
            tokens: brief.limit.tokens,
            usd: Usd::from_dollars(brief.limit.usd),
            samples: brief.limit.samples,
        };
        // A limit that is no number allows no time at all, rather than all of it.
        let seconds = if brief.limit.seconds > 0.0 { brief.limit.seconds } else { 0.0 };
        let round = Round::new(0, brief.rung, &brief);
        let first = Intent::generate(round.dials.samples);
        let mut state = Self {
            phase: Phase::Started,
            account: Account::new(limit),
            backing: Backing::default(),
            started: now,
            last: now,
            deadline: now + seconds,
            round,
            escalations: 0,
            intents: VecDeque::from([first]),
            calls: Vec::new(),
            samples: Vec::new(),
            open: 0,
            earlier: Vec::new(),
            stall: None,
            probed: None,
            settled: false,
            ended: None,
            trail: Trail::default(),
            brief,
        };
        state.note(Reason::Started, None);
        state
    }

    /// Time only moves forward, and only to numbers.
    pub(super) fn see(&mut self, now: f64) {
        if now.is_finite() && now > self.last {
            self.last = now;
        }
    }

    /// Records what just happened.
    pub(super) fn note(&mut self, reason: Reason, call: Option<u32>) {
        self.note_detail(reason, call, "");
    }

    pub(super) fn note_detail(&mut self, reason: Reason, call: Option<u32>, text: &str) {
        self.trail.add(Event {
            at: self.last - self.started,
            phase: self.phase,
            reason,
            rung: self.round.rung as u32,
            call,
            detail: detail(text),
        });
    }

    /// Ends the run when a ceiling has been passed, and says what the end was once it has.
    pub(super) fn over(&mut self) -> Option<Action> {
        if self.ended.is_none() && self.last >= self.deadline {
            self.exhaust(Reason::Seconds);
        }
        if self.ended.is_none() && self.account.overdrawn() {
            self.exhaust(Reason::Overshoot);
        }
        self.ended.map(|reason| Action::end(Scope::Run, reason))
    }

    /// Ends the run with a settled answer.
    pub(super) fn settle(&mut self, reason: Reason) -> Action {
        self.end(Phase::Settled, reason, true)
    }

    /// Ends the run with the best answer so far, unsettled.
    pub(super) fn exhaust(&mut self, reason: Reason) -> Action {
        let phase = if reason.is_ceiling() { Phase::Ceiling } else { Phase::Exhausted };
        self.end(phase, reason, false)
    }

    fn end(&mut self, phase: Phase, reason: Reason, settled: bool) -> Action {
        if self.ended.is_none() {
            self.phase = phase;
            self.settled = settled;
            self.ended = Some(reason);
            self.intents.clear();
            self.note(reason, None);
        }
        Action::end(Scope::Run, self.ended.unwrap_or(reason))
    }

    pub(super) fn close(&mut self, now: f64) {
        self.see(now);
        if self.phase == Phase::Closed {
            return;
        }
        self.end(Phase::Closed, Reason::Closed, false);
        self.phase = Phase::Closed;
        let thinks = self.round.dials.thinking_tokens > 0;
        self.backing.escalated(self.escalations, self.round.rung, thinks, self.last);
        if self.open == 0 {
            self.backing.settle(&self.account, self.last);
        }
    }

    pub(super) fn tick(&mut self, now: f64) -> Action {
        self.see(now);
        self.over().unwrap_or(Action::going(Scope::Run, Reason::Going))
    }

    pub(super) fn done(&self) -> bool {
        self.ended.is_some() && self.open == 0
    }

    pub(super) fn answer(&self) -> Option<&str> {
        let earlier = self.earlier.last().map(|(answer, _)| answer.as_ref());
        self.round.best().or(earlier).or(self.probed.as_deref())
    }

    pub(super) fn spent(&self) -> Spent {
        let spent = self.account.spent();
        Spent {
            tokens: spent.tokens,
            usd: spent.usd.dollars(),
            seconds: self.last - self.started,
            samples: spent.samples,
            calls: self.calls.len() as u32,
        }
    }

    /// Goes up to another rung; what the old one answered is kept as the best so far.
    pub(super) fn escalate(&mut self, to: usize, reason: Reason) {
        self.earlier.extend(self.round.answers());
        self.escalations += 1;
        self.stall = None;
        self.round = Round::new(self.round.number + 1, to, &self.brief);
        self.intents.clear();
        self.intents.push_back(Intent::generate(self.round.dials.samples));
        self.phase = Phase::Escalating;
        self.note(reason, None);
    }

    /// Brings the account up to date with one call's bill.
    pub(super) fn redraw(&mut self, call: u32) {
        if let Some(call) = self.calls.get_mut(call as usize) {
            let now = call.bill.now();
            self.account.revise(call.bill.drawn, now);
            call.bill.drawn = now;
        }
    }

    /// Ends one stream; its unused grant is released unless `hold` says that its cost is not known yet.
    pub(super) fn end_stream(&mut self, sample: u32, status: Status, hold: bool) {
        let Some(s) = self.samples.get_mut(sample as usize) else { return };
        if s.life != Life::Open {
            return;
        }
        s.status = status;
        s.life = if hold { Life::Held } else { Life::Over };
        // Only a stream that failed before its first sign of life may not have had its input read.
        let reads = status != Status::Failed && !s.began;
        s.began |= reads;
        let (call, round, began, left) = (s.call, s.round, s.began, s.left);
        self.open -= 1;
        let probes = self.calls.get(call as usize).is_some_and(|c| c.grant.kind == CallKind::Probe);
        if round == self.round.number && !probes {
            self.round.open -= 1;
        }
        if let Some(c) = self.calls.get_mut(call as usize) {
            c.open -= 1;
            if reads {
                c.bill.start(false);
            }
            if !hold {
                c.bill.release(left, began);
            }
            // A sample that gave nothing, or was given up, is not one of those that the ceiling counts.
            if c.grant.kind == CallKind::Generate && status != Status::Finished {
                c.bill.samples = c.bill.samples.saturating_sub(1);
            }
        }
        self.redraw(call);
    }

    pub(super) fn first_calls(&mut self) {
        if self.calls.is_empty() && self.phase == Phase::Started {
            let now = self.last;
            // Only a closed run refuses, and this one has just been started.
            let _: Option<Vec<Grant>> = self.next(now).ok();
        }
    }
}

impl Drop for State {
    /// Nobody can report any more: what is still in flight counts as it was granted.
    fn drop(&mut self) {
        self.backing.settle(&self.account, self.last);
    }
}
