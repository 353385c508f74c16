//! Failures: a call or a stream of it has failed, and is tried again, replaced by a higher rung, or the end of the run.

use super::action::{Action, Reason, Scope};
use super::backoff;
use super::call::{CallKind, Grant};
use super::failure::Failure;
use super::state::State;
use super::streams::{Hold, Status, Stream};
use crate::rules::Evidence;
use crate::{Error, Result};
use std::ops::Range;

impl State {
    /// A call has failed, with all its open streams.
    pub(super) fn fail(&mut self, id: u32, failure: &Failure<'_>, now: f64) -> Result<Action> {
        self.advance(now);
        let grant = self.streams.fail(id)?;
        let streams = grant.streams();
        Ok(self.failed(grant, streams, failure))
    }

    /// One stream of a call has failed.
    pub(super) fn fail_stream(&mut self, id: u32, failure: &Failure<'_>, now: f64) -> Result<Action> {
        self.advance(now);
        let stream = self.streams.get(id).filter(|s| s.is_open());
        let Some(grant) = stream.and_then(|s| self.streams.grant_of(s)).cloned() else {
            return Err(Error::state(format!("sample {id} has already ended")));
        };
        Ok(self.failed(grant, id..id + 1, failure))
    }

    fn failed(&mut self, grant: Grant, streams: Range<u32>, failure: &Failure<'_>) -> Action {
        self.upstream_failed(&grant, failure.kind);
        let hopeless = self.judge.hopeless();
        let sent = |began: bool| failure.sent.unwrap_or(failure.kind.may_have_spent() || began);
        let began = self.streams.of_call(grant.id).iter().any(Stream::has_begun);
        let (lost, current) = self.lose(&grant, streams, sent);
        if !sent(began) {
            self.judge.unreached();
        }
        // What was given up or belongs to an earlier rung is no failure.
        if lost > 0 && current {
            self.note_detail(Reason::Failed, Some(grant.id), failure.error);
        }
        if let Some(end) = self.over() {
            return end;
        }
        // Probes, abandoned calls and calls of an earlier rung are no loss.
        if grant.kind == CallKind::Probe || !current {
            return Action::going(Scope::Call, Reason::Going);
        }
        if lost == 0 || hopeless {
            return self.round_over();
        }
        if !failure.kind.falls_back() && grant.kind == CallKind::Generate {
            return self.exhaust(Reason::Permanent);
        }
        let (id, generates) = (grant.id, grant.kind == CallKind::Generate);
        let parent = grant.parent.filter(|_| grant.kind == CallKind::Score);
        if self.retry(grant, lost, failure) {
            self.note(Reason::Retry, Some(id));
            return Action::going(Scope::Call, Reason::Retry);
        }
        if generates {
            self.judge.lost_for_good(lost);
        }
        if self.judge.scored(parent, None) {
            self.note(Reason::Unscored, Some(id));
        }
        if self.judge.unanswered() { self.fall_short(Evidence::Failure) } else { self.round_over() }
    }

    /// Asks once more for the `lost` samples of a failed call. False if its kind, the rules, the deadline or the retry budget does
    /// not allow it.
    fn retry(&mut self, grant: Grant, lost: u32, failure: &Failure<'_>) -> bool {
        let brief = self.judge.brief();
        // Another deployment need not be waited for, and is no retry on the one that failed.
        let (another, again) =
            (self.has_another(&grant), (grant.attempt + 1).saturating_sub(grant.tried.count_ones()));
        if !failure.kind.is_retried() || !another && again >= brief.rules.retries {
            return false;
        }
        let attempt = grant.attempt + 1;
        // The time of the failure differs between requests, and its last digits are as good as chance.
        let seed = self.now().to_bits() ^ u64::from(grant.id).rotate_right(8);
        let delay = if another { 0.0 } else { backoff::wait(again + 1, failure.retry_after, seed) };
        let in_time = self.now() + delay < self.deadline();
        if !in_time || !self.judge.retries(lost) || !self.judge.brief().retries.spend() {
            return false;
        }
        self.judge.ask_once_more(grant, lost, attempt, delay);
        true
    }

    /// The host does not send a call after all, or what is left of it: those streams cost nothing, and nothing speaks against the
    /// upstream or the query.
    pub(super) fn withdraw(&mut self, id: u32, now: f64) -> Result<Action> {
        self.advance(now);
        let grant = self.streams.fail(id)?;
        let streams = grant.streams();
        Ok(self.withdrawn(&grant, streams))
    }

    /// As [`withdraw`](Self::withdraw), for one stream.
    pub(super) fn withdraw_stream(&mut self, id: u32, now: f64) -> Result<Action> {
        self.advance(now);
        let stream = self.streams.get(id).filter(|s| s.is_open());
        let Some(grant) = stream.and_then(|s| self.streams.grant_of(s)).cloned() else {
            return Err(Error::state(format!("sample {id} has already ended")));
        };
        Ok(self.withdrawn(&grant, id..id + 1))
    }

    fn withdrawn(&mut self, grant: &Grant, streams: Range<u32>) -> Action {
        if streams.len() == grant.samples as usize {
            self.upstream_untried(grant);
        }
        let (lost, current) = self.lose(grant, streams, |_| false);
        if let Some(end) = self.over() {
            return end;
        }
        if grant.kind == CallKind::Probe || !current || lost > 0 && !self.judge.hopeless() {
            return Action::going(Scope::Call, Reason::Going);
        }
        self.round_over()
    }

    /// Takes back a call that the host never got. It costs nothing, and `next` grants it again.
    pub(super) fn take_back(&mut self, id: u32) {
        let Some(mut grant) = self.streams.take_back(id) else { return };
        if grant.attempt == 0 {
            grant.tried = 0;
        }
        let streams = grant.streams();
        let (lost, current) = self.lose(&grant, streams, |_| false);
        if current && lost > 0 && self.ended().is_none() {
            let (attempt, delay) = (grant.attempt, grant.delay);
            self.judge.ask_once_more(grant, lost, attempt, delay);
        }
    }

    /// Ends a call's open streams without an answer. `sent` tells, of a stream that has begun or not, if its engine may have worked
    /// on it. Returns how many of them were wanted, and true if they belong to the current round.
    fn lose(&mut self, grant: &Grant, streams: Range<u32>, sent: impl Fn(bool) -> bool) -> (u32, bool) {
        let (mut lost, mut current) = (0, false);
        for i in streams {
            let Some(s) = self.streams.get(i).filter(|s| s.is_open()) else { continue };
            let (status, index) = (s.status(), s.index());
            let hold = if sent(s.has_begun()) { Hold::All } else { Hold::Nothing };
            current = s.round() == self.judge.round().number();
            lost += u32::from(status == Status::Open);
            self.end_stream(i, Status::Failed, hold);
            if current && grant.kind == CallKind::Generate {
                self.judge.abstain(index);
            }
        }
        (lost, current)
    }
}
