//! The current rung: its dials, votes, answers, and the ramps made on it.

use super::drafts::Drafts;
use super::scores::{Best, Unscored};
use crate::ladder::Dials;
use crate::run::brief::Brief;
use crate::signal::ConfidenceGate;
use crate::strategy::{Choose, Probes, Standing, Strategy};
use crate::vote::{MAX_CAP, Vote, VoteOptions, VoteRule};
use std::sync::Arc;

/// The state of the current rung. A new rung starts a new round, since its answers come from another distribution.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is noted by itself")]
pub(in crate::run) struct Round {
    /// Distinguishes samples of this rung from those of earlier ones.
    pub(super) number: u32,
    pub(super) rung: usize,
    pub(super) dials: Dials,
    pub(super) strategy: Strategy,
    /// Rounds granted; 1 after the first answers are asked for.
    pub(super) depth: u32,
    pub(super) vote: Option<Vote>,
    /// None if the rules have no gate, or the rung has one sample.
    pub(super) gate: Option<ConfidenceGate>,
    /// Samples launched; the vote's next index.
    pub(super) launched: u32,
    /// Samples whose streams are open.
    pub(super) open: u32,
    /// Number of times that each move was made here, and all together.
    pub(super) sample_ramps: u32,
    pub(super) replaced: u32,
    pub(super) thinking_ramps: u32,
    pub(super) further: u32,
    pub(super) verified: u32,
    pub(super) ramps: u32,
    /// Samples that were sent once more, and those that failed and are not.
    pub(super) retried: u32,
    pub(super) failed: u32,
    /// A weak stream had no ramp; its answer must not settle the run.
    pub(super) doubted: bool,
    /// The steps of the lone answer did not pass.
    pub(super) steps_fail: bool,
    /// The newest draft, for revisions.
    pub(super) draft: Option<Arc<str>>,
    pub(super) answer: Option<Arc<str>>,
    /// Answers that wait for their scores, and the one with the highest.
    pub(super) unscored: Vec<Unscored>,
    /// The first answer that came to be scored, and true once another one differed.
    pub(super) given: Option<Arc<str>>,
    pub(super) differ: bool,
    /// True until the steps of the first answer have told how many answers are needed.
    pub(super) adapts: bool,
    /// The lower bound of the first answer's chance.
    pub(super) low: Option<f64>,
    pub(super) top: Option<Best>,
    /// The drafts that are to be distilled.
    pub(super) drafts: Drafts,
}

/// The vote of a round.
fn vote(rung: usize, dials: Dials, strategy: Strategy, brief: &Brief) -> Option<Vote> {
    let rules = &brief.rules;
    // Room for every sample that this round can launch: batches, their retries, and replacements.
    let (batches, replacements) = rules.most_samples();
    let batches = batches.saturating_add(brief.most_retries(rung)).saturating_add(1);
    let cap = dials.samples.saturating_mul(batches).saturating_add(replacements);
    let plans = strategy.plans();
    // A strategy settles the round itself: with a cap that no lead can pass half of, the vote never stops before it.
    let cap = if plans { cap.saturating_mul(2) } else { cap };
    let options = VoteOptions {
        rule: if plans || cap > MAX_CAP { VoteRule::Curtail } else { rules.vote },
        confidence: rules.confidence,
        cap: cap.min(MAX_CAP),
        alpha: rules.alpha / f64::from(brief.most_rounds()),
        ..VoteOptions::default()
    };
    Vote::with(options).ok()
}

impl Round {
    pub(super) fn new(number: u32, rung: usize, brief: &Brief) -> Self {
        let (dials, strategy, rules) = (brief.dials(rung), brief.strategy(rung), &brief.rules);
        let gate = rules.gate.filter(|_| dials.samples > 1);
        Self {
            number,
            rung,
            dials,
            strategy,
            depth: 0,
            // One answer has nothing to be compared with.
            vote: if dials.samples > 1 || strategy.probes() {
                vote(rung, dials, strategy, brief)
            } else {
                None
            },
            gate: gate.and_then(|keep| ConfidenceGate::new(rules.gate_warmup, keep).ok()),
            launched: 0,
            open: 0,
            sample_ramps: 0,
            replaced: 0,
            thinking_ramps: 0,
            further: 0,
            verified: 0,
            ramps: 0,
            retried: 0,
            failed: 0,
            doubted: false,
            steps_fail: false,
            draft: None,
            answer: None,
            unscored: Vec::new(),
            given: None,
            differ: false,
            low: None,
            adapts: rules.enough.is_some()
                && brief.steps(rung)
                && strategy.scores().is_some()
                && dials.samples > 1,
            top: None,
            drafts: Drafts::default(),
        }
    }

    /// How scores choose among this round's answers; None if they do not, or there is one answer.
    pub(in crate::run) fn scores(&self) -> Option<Choose> {
        self.strategy.scores().filter(|_| self.dials.samples > 1)
    }

    pub(in crate::run) fn strategy(&self) -> Strategy {
        self.strategy
    }

    pub(in crate::run) fn number(&self) -> u32 {
        self.number
    }

    pub(in crate::run) fn rung(&self) -> usize {
        self.rung
    }

    pub(in crate::run) fn dials(&self) -> Dials {
        self.dials
    }

    /// True if streams of this round are open.
    pub(in crate::run) fn open(&self) -> bool {
        self.open > 0
    }

    /// Samples launched on this rung.
    pub(in crate::run) fn launched(&self) -> u32 {
        self.launched
    }

    /// Ramps made on this rung.
    pub(in crate::run) fn ramps(&self) -> u32 {
        self.ramps
    }

    /// True if answers are compared with each other on this rung.
    pub(in crate::run) fn votes(&self) -> bool {
        self.dials.samples > 1 || self.strategy.probes()
    }

    /// True if this round's answer carries a certificate; a revised one never does.
    pub(in crate::run) fn certified(&self) -> bool {
        self.answer.is_none() && self.top.is_none() && self.vote.as_ref().is_some_and(Vote::certified)
    }

    /// The standing of a round that probes first; `queued`: samples that are asked for and not launched.
    pub(super) fn standing(&self, queued: u32) -> Option<Standing> {
        let vote = self.vote.as_ref()?;
        self.strategy.standing(Probes {
            lead: vote.lead().0,
            heard: vote.consumed(),
            asked: self.launched.saturating_add(queued),
            samples: self.dials.samples,
        })
    }

    /// Samples to ask for at the start: one, if its steps tell how many are needed.
    pub(super) fn first(&self) -> u32 {
        if self.adapts { 1 } else { self.strategy.first(self.dials.samples) }
    }

    /// Samples that may be launched now. Without a bar yet, only those that set it; if they gave no confidence, the rest is
    /// launched without a gate.
    pub(in crate::run) fn launches(&self, wanted: u32, warmup: u32) -> u32 {
        match &self.gate {
            Some(gate) if gate.bar().is_none() && self.launched < warmup => {
                wanted.min(warmup - self.launched)
            }
            Some(gate) if gate.bar().is_none() && self.open > 0 => 0,
            _ => wanted,
        }
    }

    /// Ends the certificate: samples no longer come from one distribution.
    pub(super) fn suspend_certificate(&mut self) {
        if let Some(vote) = &mut self.vote {
            vote.suspend();
        }
    }

    /// The best answer of this round so far.
    pub(super) fn best(&self) -> Option<&str> {
        let scored = || self.top.as_ref().map(|best| &*best.answer);
        let counted = self.answer.as_deref().or_else(scored).or_else(|| self.vote.as_ref()?.answer());
        counted.or_else(|| self.unscored.first().map(|one| &*one.answer))
    }

    /// Up to four answers with their votes, the best last, to show to the next rung.
    pub(super) fn answers(&self) -> Vec<(Arc<str>, u32)> {
        const SHOWN: usize = 4;
        let best = self.best();
        let counts = self.vote.as_ref().filter(|_| self.votes()).map(Vote::counts).unwrap_or_default();
        let others = counts.iter().filter(|(answer, _)| Some(*answer) != best).take(SHOWN - 1);
        let mut answers: Vec<_> = others.map(|(answer, votes)| (Arc::from(*answer), *votes)).collect();
        answers.reverse();
        if let Some(best) = best {
            let votes = counts.iter().find(|(answer, _)| *answer == best).map_or(1, |(_, votes)| *votes);
            answers.push((Arc::from(best), votes));
        }
        answers
    }
}
