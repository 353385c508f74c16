//! The state of a run: its clock, its phase, and the three parts that it connects.
//!
//! ```text
//! event ── clock ──┬─ streams: tokens counted, signals read ── purse: the bill
//!                  └─ judge: evidence → ramp, or verdict ── State carries it out and returns an action
//! ```
//!
//! Each event is one method: `next` in `grant`; token, text and probe in `listen`; finish, usage and fail in `conclude`;
//! observe and turn in `ramp`; tick and close here. Each asks [`State::over`], so no event passes a ceiling.

use super::Spent;
use super::action::{Action, Reason, Scope};
use super::brief::Brief;
use super::call::{CallKind, Grant};
use super::judge::Judge;
use super::purse::{Backing, Purse};
use super::streams::{Hold, Status, Stream, Streams};
use super::trail::{Event, Phase, Trail, detail};
use crate::ledger::Amount;
use crate::money::Usd;

/// Seconds of a step back that threads of one clock do not make.
const OTHER_CLOCK: f64 = 5.0;

#[derive(Debug)]
pub(super) struct State {
    phase: Phase,
    started: f64,
    /// The time of the newest event.
    now: f64,
    /// Added to the times of a clock that is behind the one of the start.
    shift: f64,
    deadline: f64,
    pub(super) purse: Purse,
    pub(super) streams: Streams,
    pub(super) judge: Judge,
    settled: bool,
    ended: Option<Reason>,
    trail: Trail,
    /// Unsent samples that may still give their place back.
    waivable: u32,
    /// When an upstream may be asked that was not available.
    available: Option<f64>,
}

impl State {
    pub(super) fn new(brief: Brief, backing: Backing, now: f64) -> Self {
        let now = if now.is_finite() { now } else { 0.0 };
        let limit = Amount {
            tokens: brief.limit.tokens,
            usd: Usd::from_dollars(brief.limit.usd),
            escalated: Usd::from_dollars(brief.limit.escalated_usd),
            samples: brief.limit.samples,
        };
        // NaN allows no time rather than all of it.
        let seconds = if brief.limit.seconds > 0.0 { brief.limit.seconds } else { 0.0 };
        let mut state = Self {
            phase: Phase::Started,
            started: now,
            now,
            shift: 0.0,
            deadline: now + seconds,
            waivable: limit.samples,
            purse: Purse::new(limit, brief.derived_usd, backing),
            streams: Streams::default(),
            judge: Judge::new(brief),
            settled: false,
            ended: None,
            trail: Trail::default(),
            available: None,
        };
        state.note(Reason::Started, None);
        state
    }

    /// Moves the clock forward; ignores NaN, infinity and small steps back. A large step back is another clock, such as the
    /// process's after a start by Unix time: its progress counts from here on, so a deadline is met by either.
    pub(super) fn advance(&mut self, now: f64) {
        if !now.is_finite() {
            return;
        }
        let mut at = now;
        if at < self.now - OTHER_CLOCK {
            if now + self.shift < self.now - OTHER_CLOCK {
                self.shift = self.now - now;
            }
            at = now + self.shift;
        }
        self.now = self.now.max(at);
    }

    /// Adds an event to the trail.
    pub(super) fn note(&mut self, reason: Reason, call: Option<u32>) {
        self.note_detail(reason, call, "");
    }

    pub(super) fn note_detail(&mut self, reason: Reason, call: Option<u32>, text: &str) {
        self.trail.add(Event {
            at: self.now - self.started,
            phase: self.phase,
            reason,
            rung: self.judge.round().rung() as u32,
            call,
            detail: detail(text),
        });
    }

    /// Ends the run if a ceiling has been passed. Returns the end, if there is one.
    pub(super) fn over(&mut self) -> Option<Action> {
        if self.ended.is_none() && self.now >= self.deadline {
            self.exhaust(Reason::Seconds);
        }
        if self.ended.is_none() && self.purse.overdrawn() {
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
            self.judge.queue_mut().clear();
            self.judge.count_unscored();
            self.note(reason, None);
        }
        Action::end(Scope::Run, self.ended.unwrap_or(reason))
    }

    pub(super) fn close(&mut self, now: f64) {
        self.advance(now);
        if self.phase == Phase::Closed {
            return;
        }
        self.end(Phase::Closed, Reason::Closed, false);
        self.phase = Phase::Closed;
        if let Some(rung) = self.judge.risen_to() {
            let thinks = self.judge.brief().dials(rung).thinking_tokens > 0;
            self.purse.escalated(rung, thinks, self.now);
        }
        if self.streams.idle() {
            self.purse.settle(self.now);
        }
    }

    pub(super) fn tick(&mut self, now: f64) -> Action {
        self.advance(now);
        self.over().unwrap_or(Action::going(Scope::Run, Reason::Going))
    }

    pub(super) fn done(&self) -> bool {
        self.ended.is_some() && self.streams.idle()
    }

    pub(super) fn phase(&self) -> Phase {
        self.phase
    }

    pub(super) fn set_phase(&mut self, phase: Phase) {
        self.phase = phase;
    }

    pub(super) fn settled(&self) -> bool {
        self.settled
    }

    pub(super) fn ended(&self) -> Option<Reason> {
        self.ended
    }

    pub(super) fn trail(&self) -> &Trail {
        &self.trail
    }

    /// Notes when an upstream may be asked again.
    pub(super) fn set_available(&mut self, at: f64) {
        self.available = Some(self.available.map_or(at, |earlier| earlier.min(at)));
    }

    /// Seconds until an upstream may be asked that was not available.
    pub(super) fn unavailable_for(&self) -> Option<f64> {
        self.available.map(|at| (at - self.now).max(0.0))
    }

    pub(super) fn deadline(&self) -> f64 {
        self.deadline
    }

    /// The time of the newest event.
    pub(super) fn now(&self) -> f64 {
        self.now
    }

    pub(super) fn spent(&self) -> Spent {
        let (spent, estimated) = (self.purse.spent(), self.purse.estimated());
        Spent {
            tokens: spent.tokens,
            usd: spent.usd.dollars(),
            escalated_usd: spent.escalated.dollars(),
            seconds: self.now - self.started,
            samples: spent.samples,
            calls: self.streams.calls(),
            estimated_tokens: estimated.tokens,
            estimated_usd: estimated.usd.dollars(),
            invalid: self.purse.invalid(),
        }
    }

    /// Ends one stream. The part of its unused grant that `hold` does not name is released.
    pub(super) fn end_stream(&mut self, stream: u32, status: Status, hold: Hold) {
        // A stream that was sent keeps its place under the ceiling on samples, however it ends. One that never reached its
        // engine gives it back, as often as the ceiling allows samples.
        let waived = status == Status::Failed && hold == Hold::Nothing && self.waivable > 0;
        if waived && self.streams.kind(stream) == Some(CallKind::Generate) {
            self.waivable -= 1;
        }
        let Some(ended) = self.streams.end(stream, status, hold, waived) else { return };
        if ended.round == self.judge.round().number() && ended.kind != CallKind::Probe {
            self.judge.stream_ended();
        }
        self.purse.replace(ended.call, &ended.shares.0, &ended.shares.1);
        self.book_late();
    }

    /// Settles a closed run whose last stream ends behind its close. One whose usage may still come is not settled before.
    fn book_late(&mut self) {
        if self.phase == Phase::Closed && self.streams.idle() && !self.streams.iter().any(Stream::owes) {
            self.purse.settle(self.now);
        }
    }

    /// A call's usage is known, and the run is closed: its open streams were left without a word.
    pub(super) fn end_left(&mut self, call: u32) {
        if self.phase != Phase::Closed {
            return;
        }
        let streams = self.streams.grant(call).map_or(0..0, Grant::streams);
        for id in streams {
            if self.streams.get(id).is_some_and(Stream::is_open) {
                self.end_stream(id, Status::Finished, Hold::Nothing);
            }
        }
        self.book_late();
    }

    pub(super) fn first_calls(&mut self) {
        if self.streams.calls() == 0 && self.phase == Phase::Started {
            let now = self.now;
            // Only a closed run refuses, and this one has just started.
            let _: Option<Vec<Grant>> = self.next(now).ok();
        }
    }
}

impl Drop for State {
    /// No report can come any more: calls in flight count in full, and so does the hidden thinking of streams that were left.
    fn drop(&mut self) {
        for id in 0..self.streams.launched() {
            let Some(s) = self.streams.get_mut(id) else { continue };
            let before = s.share();
            if s.gives_up_waiting() {
                self.purse.replace(s.call(), &before, &s.share());
            }
        }
        self.purse.settle(self.now);
    }
}
