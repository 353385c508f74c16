//! What a run knows of one stream: how it stands, what it has written, what its signals say.

use super::Brief;
use super::CallKind;
use super::action::Reason;
use super::round::Round;
use super::sample::Readings;
use crate::rules::{Bars, Evidence, Rules};
use crate::signal::{
    AnswerProbability, Confidence, EntropyShift, Likelihood, LogitStats, Loops, Markers, Probes, Steps,
};

/// A draft longer than this is not kept for a revision; the answer is used instead. In bytes.
const DRAFT: usize = 1 << 20;

/// How a stream stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Open,
    /// The run gave it up; the host has not ended it yet, or has.
    GivenUp(Reason),
    /// Its probes settled its answer, for this reason.
    Probed(Reason),
    Finished,
    Failed,
}

/// Whether a stream still draws on its grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Life {
    Open,
    /// Ended, but its cost is not known: its grant stays reserved, and what it still writes was in it.
    Held,
    Over,
}

/// How a stream's tokens are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tally {
    Nothing,
    /// Every token was counted.
    Counted,
    /// Some came as text alone, before any was counted.
    Estimated,
}

impl Tally {
    pub(super) fn counted(&mut self, tokens: u64) {
        if tokens > 0 && *self == Self::Nothing {
            *self = Self::Counted;
        }
    }
}

#[derive(Debug)]
pub(super) struct SampleState {
    pub(super) call: u32,
    pub(super) round: u32,
    /// Its place in the launch order of its round.
    pub(super) index: u32,
    pub(super) status: Status,
    pub(super) life: Life,
    pub(super) began: bool,
    /// What its grant has left.
    pub(super) left: u64,
    /// What it has written past its grant.
    pub(super) past: u64,
    pub(super) tokens: u64,
    pub(super) tally: Tally,
    pub(super) bytes: u64,
    pub(super) doubted: bool,
    /// How much it had written when it was last granted more.
    pub(super) judged_at: u64,
    /// How many probes of it have been asked for.
    pub(super) probes_asked: u64,
    pub(super) confidence: Option<Confidence>,
    /// None while nobody asks for it.
    pub(super) likelihood: Option<Likelihood>,
    /// None while no bar asks for it.
    pub(super) entropy: Option<EntropyShift>,
    /// The probability of a probe's answer; only streams of probes have one.
    pub(super) certainty: Option<AnswerProbability>,
    pub(super) logits: Option<LogitStats>,
    pub(super) probes: Probes,
    pub(super) steps: Steps,
    /// The bars of its rung.
    bars: Bars,
    /// The longest loop that is looked for; None: loops are no evidence.
    loop_period: Option<usize>,
    reads_markers: bool,
    /// Made with the first text: most hosts of small answers give none.
    pub(super) loops: Option<Box<Loops>>,
    /// Made with the first text, where a bar asks for it.
    pub(super) markers: Option<Box<Markers>>,
    pub(super) invalid: u64,
    /// The text so far, where a revision may want it.
    pub(super) text: Option<String>,
}

impl SampleState {
    pub(super) fn new(
        call: u32,
        kind: CallKind,
        round: &Round,
        max_tokens: u64,
        keep_text: bool,
        brief: &Brief,
    ) -> Self {
        let rules = &brief.rules;
        let probe = kind == CallKind::Probe;
        Self {
            call,
            round: round.number,
            index: round.launched,
            status: Status::Open,
            life: Life::Open,
            began: false,
            left: max_tokens,
            past: 0,
            tokens: 0,
            tally: Tally::Nothing,
            bytes: 0,
            doubted: false,
            judged_at: 0,
            probes_asked: 0,
            confidence: None,
            likelihood: None,
            entropy: rules.entropy_rise.and_then(|_| EntropyShift::new(rules.entropy_level).ok()),
            certainty: probe.then(AnswerProbability::default),
            logits: None,
            probes: Probes::default(),
            steps: Steps::default(),
            bars: rules.bars(brief.doubt(round.rung)),
            loop_period: rules.loops.then_some(rules.loop_period),
            loops: None,
            markers: None,
            reads_markers: rules.branching.is_some() || rules.hedging.is_some(),
            invalid: 0,
            text: keep_text.then(String::new),
        }
    }

    pub(super) fn keep(&mut self, text: &str) {
        self.bytes = self.bytes.saturating_add(text.len() as u64);
        if text.is_empty() {
            return;
        }
        if let Some(period) = self.loop_period.filter(|_| self.loops.is_none()) {
            self.loops = Loops::with_period(period).ok().map(Box::new);
        }
        if let Some(loops) = &mut self.loops {
            loops.text(text);
        }
        if self.reads_markers {
            self.markers.get_or_insert_default().text(text);
        }
        if let Some(kept) = &mut self.text {
            if kept.len() + text.len() > DRAFT {
                self.text = None;
            } else {
                kept.push_str(text);
            }
        }
    }

    /// Feeds tokens' own log-probabilities.
    pub(super) fn see_own(&mut self, logprobs: impl Iterator<Item = f64>, rules: &Rules) {
        let certainty = &mut self.certainty;
        let logprobs = logprobs.inspect(|logprob| {
            if let Some(certainty) = certainty {
                certainty.add(*logprob);
            }
        });
        if self.bars.logprob.is_none() {
            self.invalid += logprobs.filter(|p| p.is_nan() || *p > 0.0).count() as u64;
            return;
        }
        if self.likelihood.is_none() {
            self.likelihood = Likelihood::new(rules.window).ok();
        }
        if let Some(likelihood) = &mut self.likelihood {
            logprobs.for_each(|logprob| likelihood.update(logprob));
        }
    }

    /// Feeds one row of top log-probabilities, unless it is too short to mean anything. `entropy` is that of the whole
    /// distribution, where it is known.
    pub(super) fn see_top(&mut self, top: &[f32], entropy: Option<f64>, rules: &Rules) {
        if top.len() < rules.min_top {
            return;
        }
        match (&mut self.entropy, entropy) {
            (Some(shift), Some(entropy)) => shift.update(entropy),
            (Some(shift), None) => shift.update_top(top),
            (None, _) => {}
        }
        if self.confidence.is_none() {
            self.confidence = Confidence::new(rules.window).ok();
        }
        if let Some(confidence) = &mut self.confidence {
            confidence.update(top);
        }
    }

    /// The evidence against the stream, if there is any, on a rung that has seen so many ramps.
    pub(super) fn weakness(&self, rules: &Rules, ramps: u32) -> Option<Evidence> {
        // A stream that was granted more is left alone for as long as a group lasts.
        let granted = if self.judged_at > 0 { self.judged_at.saturating_add(rules.window as u64) } else { 0 };
        if self.tokens < rules.dwell.max(granted) {
            return None;
        }
        // A loop is noticed in a doubted stream, too: it would go on to the end of the grant.
        if self.loops.as_ref().is_some_and(|loops| loops.looping()) {
            return Some(Evidence::Loop);
        }
        if self.doubted {
            return None;
        }
        // What was low before more was granted has been acted on: then only the newest group counts.
        let newest = |c: &Confidence| c.lowest_full().map(|low| if granted > 0 { c.group() } else { low });
        let lowest = self.confidence.as_ref().and_then(newest);
        let own = |l: &Likelihood| if granted > 0 { l.group() } else { l.lowest() };
        let own = self.likelihood.as_ref().and_then(own);
        let eased = rules.hysteresis * f64::from(ramps);
        let below = |low: Option<f64>, bar| low.zip(bar).is_some_and(|(low, bar)| low < bar - eased);
        if below(lowest, self.bars.confidence) || below(own, self.bars.logprob) {
            return Some(Evidence::LowConfidence);
        }
        let rise = self.entropy.as_ref().map(|e| if granted > 0 { e.rise() } else { e.highest() });
        let above = |value: Option<f64>, bar| value.zip(bar).is_some_and(|(value, bar)| value > bar);
        if above(rise, rules.entropy_rise) {
            return Some(Evidence::Uncertain);
        }
        let steps = self.steps.newest(rules.step_window).zip(rules.low_steps);
        if steps.is_some_and(|(recent, bar)| recent < bar) {
            return Some(Evidence::LowSteps);
        }
        let markers = self.markers.as_deref().filter(|markers| markers.words() >= Markers::ENOUGH)?;
        if above(Some(markers.recent()), rules.branching) {
            return Some(Evidence::Branching);
        }
        above(Some(markers.hedging()), rules.hedging).then_some(Evidence::Hedging)
    }

    /// Whether it was long enough for a bar to be held against it.
    pub(super) fn heard(&self) -> bool {
        let confidence = || self.confidence.as_ref().and_then(Confidence::lowest_full);
        let own = || self.likelihood.as_ref().and_then(Likelihood::lowest);
        self.bars.confidence.and_then(|_| confidence()).is_some()
            || self.bars.logprob.and_then(|_| own()).is_some()
    }

    /// Whether its unused grant may be given back when it ends: every token of it was counted.
    pub(super) fn known(&self) -> bool {
        self.tally == Tally::Counted
    }

    pub(super) fn readings(&self) -> Readings {
        let confidence = self.confidence.as_ref().filter(|c| c.tokens() > 0);
        Readings {
            tokens: self.tokens,
            group: confidence.map(Confidence::group),
            lowest: confidence.map(Confidence::lowest),
            lowest_logprob: self.likelihood.as_ref().and_then(Likelihood::lowest),
            entropy_rise: self.entropy.as_ref().filter(|e| e.mean().is_some()).map(EntropyShift::highest),
            turns: self.markers.as_ref().map(|markers| markers.recent()),
            hedges: self.markers.as_ref().map(|markers| markers.hedging()),
            logits: self.logits,
            steps: self.steps.recent(),
            equal_probes: self.probes.equal(),
            invalid: self.invalid
                + u64::from(self.steps.invalid())
                + self.likelihood.as_ref().map_or(0, Likelihood::invalid)
                + self.entropy.as_ref().map_or(0, EntropyShift::invalid)
                + self.confidence.as_ref().map_or(0, Confidence::invalid),
        }
    }
}
