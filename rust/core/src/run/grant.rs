//! What is asked for, and how much of it the ceiling grants.

use super::action::Reason;
use super::bill::Bill;
use super::call::{CallKind, CallState};
use super::state::State;
use super::stream::{Life, SampleState};
use super::trail::Phase;
use crate::ladder::ThinkingMove;
use crate::ledger::{Amount, Cost};
use crate::{Error, Result};
use std::sync::Arc;

/// Something decided that has not been granted yet; always about the current round.
#[derive(Debug, Clone)]
pub(super) struct Intent {
    pub(super) kind: CallKind,
    pub(super) samples: u32,
    pub(super) resume: Option<Arc<str>>,
    /// The stream that a probe is about.
    pub(super) target: Option<u32>,
}

impl Intent {
    pub(super) fn generate(samples: u32) -> Self {
        Self { kind: CallKind::Generate, samples, resume: None, target: None }
    }
}

/// One granted call.
#[derive(Debug, Clone)]
pub(super) struct Grant {
    pub(super) id: u32,
    pub(super) kind: CallKind,
    pub(super) rung: u32,
    pub(super) model: Arc<str>,
    pub(super) max_tokens: u64,
    pub(super) thinking_tokens: u64,
    pub(super) samples: u32,
    pub(super) resume: Option<Arc<str>>,
    /// What lower rungs answered, for a host that wants to show it to the next model.
    pub(super) answers: Arc<[(Arc<str>, u32)]>,
    /// The stream that a probe is about.
    pub(super) target: Option<u32>,
    /// Its first sample, counted over the run.
    pub(super) first: u32,
}

/// How much of an intent fits.
struct Fit {
    samples: u32,
    max_tokens: u64,
    input: u64,
}

impl State {
    pub(super) fn next(&mut self, now: f64) -> Result<Vec<Grant>> {
        self.see(now);
        if self.phase == Phase::Closed {
            return Err(Error::state("the run is closed and grants no more calls"));
        }
        let mut granted = Vec::new();
        if self.over().is_some() {
            return Ok(granted);
        }
        while let Some(mut intent) = self.intents.front().cloned() {
            let later = self.held_back(&mut intent);
            if intent.samples == 0 {
                break;
            }
            match self.fit(&intent) {
                Ok(fit) => {
                    let clamped = fit.samples < intent.samples || fit.max_tokens < self.wanted(intent.kind);
                    // What is in flight may give room back: better to wait for it than to grant less.
                    if clamped && self.open > 0 {
                        break;
                    }
                    self.intents.pop_front();
                    if later > 0 {
                        self.intents.push_front(Intent::generate(later));
                    }
                    if let Some(grant) = self.grant(intent, &fit) {
                        let reason = if clamped { Reason::Clamped } else { Reason::Granted };
                        self.note(reason, Some(grant.id));
                        granted.push(grant);
                    } else {
                        let denied = self.backing.denied();
                        self.exhaust(if denied { Reason::Ledger } else { Reason::Tokens });
                    }
                }
                // A probe is a look, not a need.
                Err(_) if intent.kind == CallKind::Probe => {
                    self.intents.pop_front();
                }
                Err(_) if self.open > 0 => break,
                Err(reason) => {
                    self.exhaust(reason);
                }
            }
        }
        // Nothing out and nothing to come: a rule that forgot to decide must not leave the host waiting.
        if self.ended.is_none() && self.open == 0 && self.intents.is_empty() {
            self.exhaust(Reason::NoAnswer);
        }
        Ok(granted)
    }

    /// Leaves as many of an intent's samples as may be launched now, and returns how many wait for the gate's bar.
    fn held_back(&self, intent: &mut Intent) -> u32 {
        if intent.kind != CallKind::Generate {
            return 0;
        }
        let now = self.round.launches(intent.samples, self.brief.rules.gate_warmup);
        let later = intent.samples - now;
        intent.samples = now;
        later
    }

    /// What one sample of the current rung is meant to get.
    fn wanted(&self, kind: CallKind) -> u64 {
        match kind {
            CallKind::Probe => self.brief.rules.probe_tokens,
            _ => self.round.dials.max_tokens(),
        }
    }

    /// As many whole samples as fit; if not even one does, one with less thinking. Room for the final answer is
    /// part of every grant, so thinking gives way first; a run's first grant takes whatever there is.
    fn fit(&self, intent: &Intent) -> Result<Fit, Reason> {
        let (room, prices) = (self.account.room(), self.brief.prices(self.round.rung));
        let draft = intent.resume.as_ref().map_or(0, |text| text.len() as u64 / 3);
        let input = self.brief.input_tokens.saturating_add(draft);
        let samples = match intent.kind {
            CallKind::Generate => intent.samples.min(room.samples),
            _ => intent.samples,
        };
        if samples == 0 {
            return Err(Reason::Samples);
        }
        let wanted = self.wanted(intent.kind);
        let each = prices.cost(input, 0, wanted);
        let by_usd = room.usd.0.checked_div(each.0).unwrap_or(u64::MAX);
        let whole = u64::from(samples).min(room.tokens / wanted).min(by_usd) as u32;
        if whole > 0 {
            return Ok(Fit { samples: whole, max_tokens: wanted, input });
        }
        if intent.kind == CallKind::Probe {
            return Err(Reason::Tokens);
        }
        let needed = if self.calls.is_empty() { 1 } else { self.round.dials.answer_tokens.clamp(1, wanted) };
        let left = room.usd.less(prices.cost(input, 0, 0));
        let affordable = left.0.checked_div(prices.output.0).unwrap_or(u64::MAX);
        if room.tokens < needed {
            return Err(Reason::Tokens);
        }
        if affordable < needed || prices.cost(input, 0, needed) > room.usd {
            return Err(Reason::Usd);
        }
        Ok(Fit { samples: 1, max_tokens: wanted.min(room.tokens).min(affordable), input })
    }

    /// Draws the grant on the account and launches its samples; none when the account refuses after all.
    fn grant(&mut self, intent: Intent, fit: &Fit) -> Option<Grant> {
        let prices = self.brief.prices(self.round.rung);
        let charged = if intent.kind == CallKind::Generate { fit.samples } else { 0 };
        let bill = Bill::new(prices, fit.samples, fit.max_tokens, fit.input, charged);
        if !self.account.reserve(bill.drawn.0) {
            return None;
        }
        if !self.backing.cover(&self.account, self.spare(), self.last) {
            self.account.revise((bill.drawn.0, Amount::default()), (Amount::default(), Amount::default()));
            return None;
        }
        // The claim is drawn; the samples are counted as spent from the start.
        self.account.revise((Amount::default(), Amount::default()), (Amount::default(), bill.drawn.1));
        if intent.kind == CallKind::Generate && fit.max_tokens < self.wanted(intent.kind) {
            // A sample with less room is a draw of another distribution.
            self.round.suspend_certificate();
        }
        let dials = self.round.dials;
        let answer = if intent.kind == CallKind::Probe {
            fit.max_tokens
        } else {
            dials.answer_tokens.min(fit.max_tokens)
        };
        let rung = self.brief.rungs.get(self.round.rung)?;
        let grant = Grant {
            id: self.calls.len() as u32,
            kind: intent.kind,
            rung: self.round.rung as u32,
            model: Arc::from(rung.model.as_str()),
            max_tokens: fit.max_tokens,
            thinking_tokens: dials.thinking_tokens.min(fit.max_tokens - answer),
            samples: fit.samples,
            resume: intent.resume,
            answers: self.earlier.iter().cloned().collect(),
            target: intent.target,
            first: self.samples.len() as u32,
        };
        let keep = dials.depth > 1
            || self.brief.moves.thinking == ThinkingMove::Continue
            || self.brief.rules.probe_every > 0;
        // Most runs have one stream: room for four, which the first push would make, is most of what a run weighs.
        self.samples.reserve_exact(fit.samples as usize);
        for _ in 0..fit.samples {
            let sample =
                SampleState::new(grant.id, grant.kind, &self.round, fit.max_tokens, keep, &self.brief);
            self.samples.push(sample);
            self.round.launched += u32::from(grant.kind == CallKind::Generate);
        }
        self.open += fit.samples;
        match grant.kind {
            CallKind::Generate => self.round.depth = self.round.depth.max(1),
            CallKind::Revise => self.round.depth += 1,
            CallKind::Verify | CallKind::Probe => {}
        }
        if grant.kind != CallKind::Probe {
            // A round waits for its own streams, not for a look at one of them.
            self.round.open += fit.samples;
            self.phase = Phase::Sampling;
        }
        self.calls.push(CallState { grant: grant.clone(), bill, open: fit.samples, failed: false });
        Some(grant)
    }

    /// The most that this round's stream may be raised by: once more its thinking budget.
    fn spare(&self) -> Cost {
        if self.round.votes() || self.brief.moves.thinking != ThinkingMove::Raise {
            return Cost::default();
        }
        let (room, tokens) = (self.account.room(), self.round.dials.thinking_tokens);
        let usd = self.brief.prices(self.round.rung).output.times(tokens);
        Cost { tokens, usd }.min(Cost { tokens: room.tokens, usd: room.usd })
    }

    /// Whether a sample on this rung could get room for its answer, were `freed` given back first, and with it what
    /// ended streams hold until their usage is known: whether that comes in time is for [`next`](Self::next) to see.
    pub(super) fn affords(&self, rung: usize, freed: Amount) -> Result<(), Reason> {
        let (room, prices) = (self.account.room(), self.brief.prices(rung));
        let held = self.samples.iter().filter(|s| s.life == Life::Held).map(|s| self.left(s));
        let freed = held.fold(freed, Amount::plus);
        let answer = self.brief.dials(rung).answer_tokens.max(1);
        if room.tokens.saturating_add(freed.tokens) < answer {
            return Err(Reason::Tokens);
        }
        if room.usd.plus(freed.usd) < prices.cost(self.brief.input_tokens, 0, answer) {
            return Err(Reason::Usd);
        }
        if room.samples.saturating_add(freed.samples) == 0 {
            return Err(Reason::Samples);
        }
        Ok(())
    }
}
