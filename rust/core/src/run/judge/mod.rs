//! The judge of a run: decides the rung, counts the votes, and takes evidence to a ramp or a verdict.
//!
//! The judge only decides. It takes answers and evidence and returns a [`Verdict`] or a [`Ramp`]; the state carries them
//! out, because only it sees clock, purse and streams together.
//!
//! ```text
//! an answer came     record → round_over ─┬─ open streams, or intents queued ── Wait
//!                                         ├─ agreed, verified, all rounds done ── Settle
//!                                         ├─ a planned revision or verification ── Ask
//!                                         └─ none, or no agreement ── FallShort(evidence) ── ramp, or the end
//! ```

mod drafts;
mod findings;
mod queue;
mod ramp;
mod round;
mod scores;
mod worth;

use super::action::Reason;
use super::brief::Brief;
use super::call::{CallKind, Grant};
use super::streams::FinalText;
use crate::rules::Evidence;
use crate::signal::{Stall, Stuck};
use crate::strategy::Standing;
use crate::vote::{is_blank, review, same};
use std::sync::Arc;

pub(super) use queue::{Intent, Queue};
pub(super) use ramp::{Means, Ramp, WeakStream};
use round::Round;
pub use worth::Worth;

#[derive(Debug)]
pub(super) struct Judge {
    brief: Brief,
    round: Round,
    queue: Queue,
    escalations: u32,
    /// Escalations after failures.
    fallbacks: u32,
    /// The highest rung that evidence about the query led to, which its session follows.
    risen_to: Option<usize>,
    /// Answers of earlier rounds with their votes; the newest round's best is the last.
    earlier: Vec<(Arc<str>, u32)>,
    /// The newest answer of a probe, or one that came too late to count.
    spare: Option<Arc<str>>,
    /// The longest text of a stream that broke off: the answer if no other came.
    partial: Option<Arc<str>>,
    /// Created with an agent's first turn: most runs have none.
    stall: Option<Stall>,
    /// True once the host's user reads along.
    shown: bool,
    /// True while an engine may have got the request of the newest calls.
    reached: bool,
    /// The newest finding against an answer of this rung, in words.
    finding: Option<Arc<str>>,
}

/// The decision after an answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Verdict {
    /// Streams are open, or calls are still to be granted.
    Wait,
    /// Another call was queued.
    Ask(Reason),
    /// The answer is settled.
    Settle(Reason),
    /// Nothing more can be done.
    Exhaust(Reason),
    /// The round has no settled answer.
    FallShort(Evidence),
}

impl Judge {
    pub(super) fn new(brief: Brief) -> Self {
        let round = Round::new(0, brief.rung, &brief);
        Self {
            queue: Queue::of(round.first()),
            round,
            brief,
            escalations: 0,
            fallbacks: 0,
            risen_to: None,
            earlier: Vec::new(),
            spare: None,
            partial: None,
            stall: None,
            shown: false,
            reached: false,
            finding: None,
        }
    }

    /// Notes that the user reads along: what was shown is never taken back, so the run only goes on, raises or stops.
    pub(super) fn show(&mut self) {
        self.shown = true;
    }

    /// The reason why nothing may be sent again, if there is one: the user reads along, or a request that changes something at its
    /// provider may have reached an engine.
    pub(super) fn bound(&self) -> Option<Reason> {
        let once = (self.brief.once && self.reached).then_some(Reason::Once);
        once.or(self.shown.then_some(Reason::Shown))
    }

    /// Notes that no engine has got the newest request.
    pub(super) fn unreached(&mut self) {
        self.reached = false;
    }

    pub(super) fn brief(&self) -> &Brief {
        &self.brief
    }

    pub(super) fn round(&self) -> &Round {
        &self.round
    }

    pub(super) fn queue(&self) -> &Queue {
        &self.queue
    }

    pub(super) fn queue_mut(&mut self) -> &mut Queue {
        &mut self.queue
    }

    pub(super) fn escalations(&self) -> u32 {
        self.escalations
    }

    pub(super) fn fallbacks(&self) -> u32 {
        self.fallbacks
    }

    pub(super) fn risen_to(&self) -> Option<usize> {
        self.risen_to
    }

    pub(super) fn earlier(&self) -> &[(Arc<str>, u32)] {
        &self.earlier
    }

    /// Sets the price of compute.
    pub(super) fn set_price_of_compute(&mut self, price: f64) {
        if let Some(worth) = &mut self.brief.worth {
            worth.price_of_compute = price;
        }
    }

    /// The best answer so far: of this round, of the newest round with one, or of a probe.
    pub(super) fn answer(&self) -> Option<&str> {
        let earlier = self.earlier.last().map(|(answer, _)| answer.as_ref());
        self.round.best().or(earlier).or(self.spare.as_deref())
    }

    /// The evidence of an agent's turn, if the agent is stuck.
    pub(super) fn turn(&mut self, call: &str, result: Result<&str, &str>) -> Option<Evidence> {
        if self.stall.is_none() {
            // Rules are checked before a run starts.
            self.stall = Stall::new(self.brief.rules.stall).ok();
        }
        self.stall.as_mut().and_then(|stall| stall.turn(call, result)).map(|stuck| match stuck {
            Stuck::RepeatedError => Evidence::ToolErrors,
            Stuck::RepeatedCall | Stuck::NoProgress => Evidence::Stall,
        })
    }

    /// Notes that calls were launched; `clamped`: with less room than wanted.
    pub(super) fn launched(&mut self, kind: CallKind, samples: u32, clamped: bool) {
        self.reached = true;
        let round = &mut self.round;
        if kind == CallKind::Generate {
            round.launched += samples;
            if clamped {
                // A sample with less room comes from another distribution.
                round.suspend_certificate();
            }
        }
        match kind {
            CallKind::Generate => round.depth = round.depth.max(1),
            CallKind::Revise => round.depth += 1,
            CallKind::Verify | CallKind::Probe | CallKind::Score | CallKind::Distil | CallKind::Refine => {}
        }
        if kind != CallKind::Probe {
            // A round waits for its own streams, not for probes.
            round.open += samples;
        }
    }

    /// Notes that a stream of this round has ended.
    pub(super) fn stream_ended(&mut self) {
        self.round.open -= 1;
    }

    /// Notes that a stream of this round was given up for its content: the rest is no plain draw of the model.
    pub(super) fn gave_up(&mut self) {
        self.round.suspend_certificate();
    }

    /// Notes that the steps of the lone answer do not pass: it does not settle.
    pub(super) fn steps_fail(&mut self) {
        self.round.steps_fail = true;
    }

    /// Notes a weak stream without a ramp.
    pub(super) fn doubt(&mut self) {
        if !self.round.votes() {
            self.round.doubted = true;
        }
    }

    /// True if the gate stops a running stream of this round: its newest full group is below the bar.
    pub(super) fn gate_cuts(&self, group: Option<f64>) -> bool {
        self.round.gate.as_ref().is_some_and(|gate| gate.cuts(group))
    }

    /// True if the gate keeps a finished stream out of the vote. Without a bar yet, the stream helps to set it.
    pub(super) fn gate_keeps_out(&mut self, lowest: Option<f64>) -> bool {
        let Some(gate) = &mut self.round.gate else { return false };
        let out = gate.cuts(lowest);
        gate.observe(lowest.unwrap_or(f64::NAN));
        if out {
            self.round.suspend_certificate();
        }
        out
    }

    pub(super) fn abstain(&mut self, index: u32) {
        if let Some(vote) = &mut self.round.vote {
            // Each index is given out once, and the vote has room for all.
            let _: Option<bool> = vote.abstain(Some(index)).ok();
        }
    }

    /// Keeps an answer that does not count, if there is no other.
    pub(super) fn keep_spare(&mut self, answer: Option<Arc<str>>) {
        if self.answer().is_none() && answer.is_some() {
            self.spare = answer;
        }
    }

    /// The answer, or else the longest text of a stream that broke off.
    pub(super) fn best_text(&self) -> Option<&str> {
        self.answer().or(self.partial.as_deref())
    }

    /// Keeps the text of a stream that broke off.
    pub(super) fn keep_partial(&mut self, text: &str) {
        let longest = self.partial.as_ref().is_none_or(|kept| kept.len() < text.len());
        if longest && !is_blank(text) {
            self.partial = Some(text.into());
        }
    }

    /// Takes a probe's answer as the newest.
    pub(super) fn probed(&mut self, answer: Option<&str>) {
        self.spare = answer.map(Arc::from).or(self.spare.take());
    }

    pub(super) fn settle_by_probes(&mut self) {
        self.round.answer.clone_from(&self.spare);
    }

    /// Counts an answer of a stream on its rung, at its place in the launch order; `over`: it came after the end of the run.
    pub(super) fn record(
        &mut self,
        kind: CallKind,
        (stream, index): (u32, u32),
        text: &FinalText,
        over: bool,
    ) {
        if kind == CallKind::Generate && self.round.scores().is_some() {
            self.round.low =
                self.round.low.or(text.answer.as_ref().and(text.chance).map(|chance| chance.low));
            self.record_scored(stream, index, text, over);
        } else if kind == CallKind::Generate
            && let Some(vote) = &mut self.round.vote
        {
            // As in `abstain`: the index is free and below the cap.
            let _: Option<bool> = match &text.answer {
                Some(answer) => vote.add(answer, Some(index)).ok(),
                None => vote.abstain(Some(index)).ok(),
            };
        }
        if kind == CallKind::Generate && self.distils() {
            self.keep_draft(index, text);
        }
        if text.draft.is_some() && !over {
            self.round.draft.clone_from(&text.draft);
        }
        if !self.round.votes() && text.answer.is_some() && (!over || self.answer().is_none()) {
            if kind == CallKind::Generate {
                self.round.answer.clone_from(&text.answer);
            } else if self.round.answer.is_none() {
                self.spare.clone_from(&text.answer);
            }
        }
    }

    /// The verdict when a generated sample of this round has ended or a call has failed for good. `signalled`: a stream of the
    /// round gave the signals that its rung's doubts look at.
    pub(super) fn round_over(&mut self, signalled: bool) -> Verdict {
        if self.round.votes() { self.votes_over() } else { self.lone_answer(signalled) }
    }

    /// True if streams of the round are open or intents are queued.
    pub(super) fn waits(&self) -> bool {
        self.round.open > 0 || !self.queue.is_empty()
    }

    fn lone_answer(&mut self, signalled: bool) -> Verdict {
        if self.waits() {
            return Verdict::Wait;
        }
        if self.round.answer.is_none() {
            let lost = self.round.failed > 0;
            return Verdict::FallShort(if lost { Evidence::Failure } else { Evidence::NoAnswer });
        }
        if self.round.steps_fail {
            return Verdict::FallShort(Evidence::LowSteps);
        }
        if self.ask_revision() {
            return Verdict::Ask(Reason::Revising);
        }
        if self.ask_verification(signalled) {
            return Verdict::Ask(Reason::Verifying);
        }
        if self.round.doubted {
            return Verdict::Exhaust(Reason::Doubted);
        }
        Verdict::Settle(match self.round.depth {
            2.. => Reason::RoundsDone,
            _ if self.lacks_finding() => Reason::Unrevised,
            _ => Reason::Finished,
        })
    }

    fn votes_over(&mut self) -> Verdict {
        match self.round.standing(self.queue.generations()) {
            Some(Standing::Agreed) => return Verdict::Settle(Reason::Agreement),
            Some(Standing::Open) => return Verdict::Wait,
            Some(Standing::Ask(more)) => {
                self.queue.push(Intent::generate(more));
                return Verdict::Ask(Reason::Undecided);
            }
            // No need to wait for streams that can no longer decide.
            Some(Standing::Hopeless) => return Verdict::FallShort(self.disagreement()),
            None => {}
        }
        let Some(vote) = &self.round.vote else { return Verdict::FallShort(Evidence::NoAnswer) };
        if vote.agreed() && vote.votes() > 1 {
            return Verdict::Settle(Reason::Agreement);
        }
        if self.waits() {
            return Verdict::Wait;
        }
        if let Some(verdict) = self.ask_more() {
            return verdict;
        }
        if self.ask_scores() {
            return Verdict::Ask(Reason::Scoring);
        }
        if let Some(chosen) = self.round.scores().and_then(|by| self.chosen(by)) {
            return chosen;
        }
        let Some(vote) = &self.round.vote else { return Verdict::FallShort(Evidence::NoAnswer) };
        let votes = vote.votes();
        if votes > 1 && vote.agreement() >= 1.0 {
            return Verdict::Settle(Reason::Unanimous);
        }
        if self.ask_distillation() {
            return Verdict::Ask(Reason::Distilling);
        }
        // One answer among several samples, or none, counts as disagreement.
        let silent = votes == 0 && self.round.failed == 0;
        Verdict::FallShort(if silent { Evidence::NoAnswer } else { self.disagreement() })
    }

    /// The evidence of samples that do not agree: failures, if no answer speaks against another.
    fn disagreement(&self) -> Evidence {
        let agree = self.round.vote.as_ref().is_none_or(|vote| vote.votes() == 0 || vote.agreement() >= 1.0);
        if agree && self.round.failed > 0 { Evidence::Failure } else { Evidence::Disagreement }
    }

    /// True if the probes of the round cannot agree any more.
    pub(super) fn hopeless(&self) -> bool {
        self.round.standing(self.queue.generations()) == Some(Standing::Hopeless)
    }

    /// Notes samples of the round that failed and are not tried again.
    pub(super) fn lost_for_good(&mut self, samples: u32) {
        self.round.failed += samples;
    }

    /// The reason that is noted when a run ends unsettled.
    pub(super) fn shortcoming(&self, evidence: Evidence) -> Reason {
        if evidence == Evidence::Disagreement && self.hopeless() {
            Reason::CannotAgree
        } else {
            evidence.into()
        }
    }

    /// The evidence under which a rule is looked up. Several samples without an answer count as disagreement, since more
    /// samples may help.
    pub(super) fn shortfall(&self, evidence: Evidence) -> Evidence {
        if evidence == Evidence::NoAnswer && self.round.votes() { Evidence::Disagreement } else { evidence }
    }

    /// Counts `samples` more retries on this rung; false if that is more than its samples times the retries of one,
    /// or nothing may be sent again.
    pub(super) fn retries(&mut self, samples: u32) -> bool {
        let retried = self.round.retried.saturating_add(samples);
        let most = self.brief.most_retries(self.round.rung);
        let fits = self.bound().is_none() && retried <= self.round.dials.samples.saturating_mul(most);
        if fits {
            self.round.retried = retried;
        }
        fits
    }

    /// Asks again for samples of a call.
    pub(super) fn ask_once_more(&mut self, grant: Grant, samples: u32, attempt: u32, delay: f64) {
        if grant.kind == CallKind::Revise {
            self.round.depth -= 1;
        }
        let Grant { kind, resume, finding, parent: target, tried, .. } = grant;
        self.queue.push(Intent { kind, samples, resume, finding, target, attempt, delay, tried });
    }

    /// True if a lone call failed for good and the round has no answer. Several samples may do with the answers that came.
    pub(super) fn unanswered(&self) -> bool {
        !self.round.votes() && !self.waits() && self.round.answer.is_none()
    }

    /// The verdict on a revision.
    pub(super) fn revised(&mut self, text: FinalText, signalled: bool) -> Verdict {
        let Some(answer) = text.answer else { return self.round_over(signalled) };
        let agrees = self.round.best().is_some_and(|before| same(before, &answer));
        self.round.answer = Some(answer);
        // Only equal samples settle a rung that asks for them.
        if agrees && !self.round.strategy.probes() {
            return Verdict::Settle(Reason::RevisionAgrees);
        }
        if !self.round.votes() {
            return self.lone_answer(signalled);
        }
        if self.ask_revision() {
            Verdict::Ask(Reason::Revising)
        } else {
            Verdict::FallShort(Evidence::Disagreement)
        }
    }

    /// The verdict on a verification, as [`review`] reads the reply. A verifier without a verdict confirms and refutes nothing.
    pub(super) fn verified(&mut self, reply: Option<Arc<str>>, signalled: bool) -> Verdict {
        let best = self.round.best().unwrap_or_default();
        let Some((reply, confirmed)) = reply.and_then(|reply| review(&reply, best).map(|it| (reply, it)))
        else {
            return self.round_over(signalled);
        };
        if confirmed {
            return Verdict::Settle(Reason::Verified);
        }
        self.find(&reply);
        self.round.doubted = true;
        Verdict::FallShort(Evidence::Refuted)
    }

    /// The distance between probes of a lone stream of `kind`, in tokens, if it may be probed.
    pub(super) fn probe_every(&self, kind: Option<CallKind>) -> Option<u64> {
        let every = self.brief.rules.probe_every;
        (every > 0 && !self.brief.once && !self.round.votes() && kind == Some(CallKind::Generate))
            .then_some(every)
    }

    /// The reason why probes settle the answer: enough of them agree, or this one was sure enough.
    pub(super) fn probes_settle(&self, equal: u32, probability: Option<f64>) -> Option<Reason> {
        let (needed, exit) = (self.brief.rules.equal_probes, self.brief.rules.exit);
        if needed > 0 && equal >= needed {
            return Some(Reason::ProbesAgree);
        }
        // A probe that ended the row of equal ones gave no answer.
        let sure = probability.zip(exit).is_some_and(|(p, exit)| p >= exit) && equal > 0;
        sure.then_some(Reason::ProbeSure)
    }
}
