//! Grants calls: from the judge's intents to what the ceiling leaves.

use super::action::Reason;
use super::call::{CallKind, Grant};
use super::judge::Intent;
use super::purse::{Bill, Request};
use super::state::State;
use super::streams::SignalSettings;
use super::trail::Phase;
use crate::ladder::{Params, ThinkingMove};
use crate::ledger::Cost;
use crate::money::{Prices, Usd};
use crate::strategy::Scorer;
use crate::{Error, Result};
use std::sync::Arc;

/// The part of an intent that fits.
struct Fit {
    request: Request,
    samples: u32,
    max_tokens: u64,
}

impl State {
    pub(super) fn next(&mut self, now: f64) -> Result<Vec<Grant>> {
        self.advance(now);
        if self.phase() == Phase::Closed {
            return Err(Error::state("the run is closed and grants no more calls"));
        }
        let mut granted = Vec::new();
        if self.over().is_some() {
            return Ok(granted);
        }
        while let Some(mut intent) = self.judge.queue().front().cloned() {
            let later = self.held_back(&mut intent);
            if intent.samples == 0 {
                break;
            }
            match self.fit(&intent) {
                Ok(fit) => {
                    let clamped = fit.samples < intent.samples || fit.max_tokens < self.wanted(intent.kind);
                    // Calls in flight may give room back: waiting is better than granting less.
                    if clamped && !self.streams.idle() {
                        break;
                    }
                    self.judge.queue_mut().pop();
                    if later > 0 {
                        self.judge.queue_mut().put_back(Intent { samples: later, ..intent.clone() });
                    }
                    let Some(upstream) = self.reach(&intent) else {
                        self.unavailable(&intent);
                        continue;
                    };
                    if let Some(grant) = self.grant(intent, &fit, upstream) {
                        let reason = if clamped { Reason::Clamped } else { Reason::Granted };
                        self.note(reason, Some(grant.id));
                        granted.push(grant);
                    } else {
                        let denied = self.purse.denied();
                        if denied == Some(Reason::Escalated)
                            && self.streams.calls() == 0
                            && self.judge.descend()
                        {
                            // Other runs have used the cap up since the plan was made.
                            self.note(Reason::Escalated, None);
                            continue;
                        }
                        self.exhaust(denied.unwrap_or(Reason::Tokens));
                    }
                }
                // Probes are optional.
                Err(_) if intent.kind == CallKind::Probe => {
                    self.judge.queue_mut().pop();
                }
                Err(_) if !self.streams.idle() => break,
                // An answer without a score still counts.
                Err(_) if intent.kind == CallKind::Score => {
                    self.judge.queue_mut().pop();
                    self.unscored(intent.target);
                }
                Err(reason) => {
                    self.exhaust(reason);
                }
            }
        }
        // A rule that forgot to decide must not leave the host waiting.
        if self.ended().is_none() && self.streams.idle() && self.judge.queue().is_empty() {
            self.exhaust(Reason::NoAnswer);
        }
        Ok(granted)
    }

    /// Reduces an intent to the samples that may be launched now. Returns how many wait for the gate's bar.
    fn held_back(&self, intent: &mut Intent) -> u32 {
        if intent.kind != CallKind::Generate {
            return 0;
        }
        let now = self.judge.round().launches(intent.samples, self.judge.brief().rules.gate_warmup);
        let later = intent.samples - now;
        intent.samples = now;
        later
    }

    /// The tokens that one sample of the current rung should get.
    fn wanted(&self, kind: CallKind) -> u64 {
        let brief = self.judge.brief();
        match kind {
            CallKind::Probe => brief.rules.probe_tokens,
            CallKind::Score => {
                brief.scorer(self.judge.round().rung()).map_or(Scorer::TOKENS, |scorer| scorer.tokens)
            }
            CallKind::Distil => self.judge.round().strategy().distils().unwrap_or(1),
            _ => self.judge.round().dials().max_tokens(),
        }
    }

    /// The prices of a call of the current rung.
    fn prices(&self, kind: CallKind) -> Prices {
        let (brief, rung) = (self.judge.brief(), self.judge.round().rung());
        match brief.scorer(rung).filter(|_| kind == CallKind::Score) {
            Some(scorer) => scorer.prices(),
            None => brief.prices(rung),
        }
    }

    /// The part of an intent that fits: whole samples, or one with less thinking. A run's first grant takes any room there
    /// is.
    fn fit(&self, intent: &Intent) -> Result<Fit, Reason> {
        let tokens = |text: &Option<Arc<str>>| text.as_ref().map_or(0, |text| text.len() as u64 / 3);
        let draft = tokens(&intent.resume).saturating_add(tokens(&intent.finding));
        // Answers that are scored or distilled have at most as many tokens as were granted for them: the plan counts these.
        let one = self.judge.round().dials().max_tokens();
        let draft = match intent.kind {
            CallKind::Score => draft.min(one),
            CallKind::Distil => draft.min(one.saturating_mul(self.judge.round().launched().into())),
            CallKind::Refine => draft.min(self.wanted(CallKind::Distil)),
            _ => draft,
        };
        let input = self.judge.brief().input_tokens.saturating_add(draft);
        let samples = match intent.kind {
            CallKind::Generate => intent.samples.min(self.purse.room().samples),
            _ => intent.samples,
        };
        let max_tokens = self.wanted(intent.kind);
        let answer = self.judge.round().dials().answer_tokens.clamp(1, max_tokens);
        let least_tokens = if self.streams.calls() == 0 { 1 } else { answer };
        let prices = self.prices(intent.kind);
        let shrinks = !matches!(intent.kind, CallKind::Probe | CallKind::Score | CallKind::Distil);
        let above = self.judge.brief().escalates(self.judge.round().rung());
        let request = Request { prices, samples, max_tokens, least_tokens, input, shrinks, above };
        let rung = self.judge.brief().rungs.get(self.judge.round().rung());
        self.purse.fit(&request).map(|(samples, max_tokens)| {
            // Less thinking than the provider takes is none.
            let thinking = max_tokens.saturating_sub(answer);
            let too_little = shrinks && thinking > 0 && rung.is_some_and(|rung| rung.thinking(thinking) == 0);
            Fit { request, samples, max_tokens: if too_little { answer } else { max_tokens } }
        })
    }

    /// Draws the grant on the purse and launches its samples. None if the purse refuses.
    fn grant(
        &mut self,
        intent: Intent,
        fit: &Fit,
        (place, deployment): (u32, Option<Arc<str>>),
    ) -> Option<Grant> {
        let charged = intent.kind == CallKind::Generate;
        let bill = Bill::new(&fit.request, fit.samples, fit.max_tokens, charged);
        if !self.purse.draw(bill, self.spare(), self.now()) {
            return None;
        }
        let clamped = fit.max_tokens < self.wanted(intent.kind);
        let dials = self.judge.round().dials();
        let answer = match intent.kind {
            CallKind::Probe | CallKind::Score | CallKind::Distil => fit.max_tokens,
            _ => dials.answer_tokens.min(fit.max_tokens),
        };
        let rung = self.judge.brief().rungs.get(self.judge.round().rung())?;
        let scorer = rung.scorer.as_ref().filter(|_| intent.kind == CallKind::Score);
        let grant = Grant {
            id: self.streams.calls(),
            kind: intent.kind,
            rung: self.judge.round().rung() as u32,
            model: Arc::from(scorer.map_or(rung.model.as_str(), |scorer| &scorer.model)),
            deployment,
            tried: intent.tried | 1 << place,
            params: if scorer.is_some() { Params::default() } else { rung.params.clone() },
            max_tokens: fit.max_tokens,
            thinking_tokens: dials.thinking_tokens.min(fit.max_tokens - answer),
            samples: fit.samples,
            drawn: if charged && self.judge.round().votes() { self.judge.round().launched() } else { 0 },
            resume: intent.resume,
            finding: intent.finding,
            delay: intent.delay,
            attempt: intent.attempt,
            answers: self.judge.earlier().iter().cloned().collect(),
            parent: intent.target,
            first: self.streams.launched(),
        };
        let keeps_text = dials.depth > 1
            || self.judge.brief().moves.thinking == ThinkingMove::Continue
            || self.judge.brief().rules.probe_every > 0
            || self.judge.asks_scores()
            || self.judge.distils();
        let rules = &*self.judge.brief().rules;
        let bars = rules.bars(self.judge.brief().doubt(self.judge.round().rung()));
        let table = rung.steps.as_ref();
        let settings =
            SignalSettings { rules, bars, keeps_text, table, is_probe: grant.kind == CallKind::Probe };
        let (number, index) = (self.judge.round().number(), self.judge.round().launched());
        self.streams.launch(grant.clone(), number, index, &settings);
        self.judge.launched(grant.kind, fit.samples, clamped);
        if grant.attempt == 0 {
            self.judge.brief().retries.earn();
        }
        if grant.kind != CallKind::Probe {
            self.set_phase(Phase::Sampling);
        }
        Some(grant)
    }

    /// The most that a stream of this round may be raised by: its thinking budget once more.
    fn spare(&self) -> Cost {
        let (round, brief) = (self.judge.round(), self.judge.brief());
        if round.votes() || brief.moves.thinking != ThinkingMove::Raise {
            return Cost::default();
        }
        let (room, tokens) = (self.purse.room(), round.dials().thinking_tokens);
        let usd = brief.prices(round.rung()).output.times(tokens);
        let escalated = if brief.escalates(round.rung()) { usd } else { Usd(0) };
        let room = Cost { tokens: room.tokens, usd: room.usd, escalated: room.escalated };
        Cost { tokens, usd, escalated }.min(room)
    }
}
