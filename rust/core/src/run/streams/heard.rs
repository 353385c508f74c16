//! The signals of one stream, and the evidence that they amount to.

use crate::rules::{Bars, Evidence, Rules};
use crate::signal::{
    AnswerProbability, Confidence, EntropyShift, Likelihood, LogitStats, Loops, Markers, Probes, Steps,
};
use std::sync::Arc;

/// A draft longer than this is not kept for a revision; the answer is used instead. In bytes.
const DRAFT: usize = 1 << 20;

/// What to listen for in a stream.
pub(in crate::run) struct Listening<'a> {
    pub(in crate::run) rules: &'a Rules,
    /// The bars of its rung.
    pub(in crate::run) bars: Bars,
    /// Whether a revision, a probe or a continuation may want its text.
    pub(in crate::run) keeps_text: bool,
    /// Whether it is a probe, whose answer's probability counts.
    pub(in crate::run) is_probe: bool,
}

/// What the signals of a stream say so far.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Readings {
    /// Tokens counted, or estimated from text.
    pub tokens: u64,
    /// The newest group confidence; none while there is no evidence of it, as in a stream of text alone.
    pub group: Option<f64>,
    /// The lowest group confidence.
    pub lowest: Option<f64>,
    /// The lowest mean log-probability of its own tokens over a full window; none while no bar asks for it.
    pub lowest_logprob: Option<f64>,
    /// The largest rise of its entropy; none while no bar asks for it.
    pub entropy_rise: Option<f64>,
    /// Turns of the reasoning per 1,000 words, the newest words weighing most; none while no bar asks for markers.
    pub turns: Option<f64>,
    /// Hedges per 1,000 words; none while no bar asks for markers.
    pub hedges: Option<f64>,
    /// Statistics of the newest row of logits.
    pub logits: Option<LogitStats>,
    /// The mean score of the newest three reasoning steps.
    pub steps: Option<f64>,
    /// Equal probes in a row.
    pub equal_probes: u32,
    /// Values that were no log-probabilities, logits or scores.
    pub invalid: u64,
}

#[derive(Debug)]
pub(in crate::run) struct Heard {
    bytes: u64,
    confidence: Option<Confidence>,
    /// None while no bar asks for it.
    likelihood: Option<Likelihood>,
    /// None while no bar asks for it.
    entropy: Option<EntropyShift>,
    /// The probability of a probe's answer; only streams of probes have one.
    certainty: Option<AnswerProbability>,
    logits: Option<LogitStats>,
    probes: Probes,
    steps: Steps,
    bars: Bars,
    /// The longest loop that is looked for; None: loops are no evidence.
    loop_period: Option<usize>,
    reads_markers: bool,
    /// Made with the first text: most hosts of small answers give none.
    loops: Option<Box<Loops>>,
    /// Made with the first text, where a bar asks for it.
    markers: Option<Box<Markers>>,
    invalid: u64,
    /// The text so far, where something may want it.
    text: Option<String>,
}

impl Heard {
    pub(super) fn new(listening: &Listening<'_>) -> Self {
        let Listening { rules, bars, keeps_text, is_probe } = *listening;
        Self {
            bytes: 0,
            confidence: None,
            likelihood: None,
            entropy: rules.entropy_rise.and_then(|_| EntropyShift::new(rules.entropy_level).ok()),
            certainty: is_probe.then(AnswerProbability::default),
            logits: None,
            probes: Probes::default(),
            steps: Steps::default(),
            bars,
            loop_period: rules.loops.then_some(rules.loop_period),
            loops: None,
            markers: None,
            reads_markers: rules.branching.is_some() || rules.hedging.is_some(),
            invalid: 0,
            text: keeps_text.then(String::new),
        }
    }

    /// Adds values that were not what they claim to be.
    pub(in crate::run) fn add_invalid(&mut self, values: u64) {
        self.invalid += values;
    }

    pub(in crate::run) fn add_text(&mut self, text: &str) {
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

    /// Adds tokens' own log-probabilities.
    pub(in crate::run) fn add_own(&mut self, logprobs: impl Iterator<Item = f64>, rules: &Rules) {
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

    /// Adds one row of top log-probabilities, unless it is too short to mean anything. `entropy` is that of the whole
    /// distribution, where it is known.
    pub(in crate::run) fn add_top(&mut self, top: &[f32], entropy: Option<f64>, rules: &Rules) {
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

    /// Adds the statistics of a row of logits.
    pub(in crate::run) fn add_logits(&mut self, stats: LogitStats) {
        self.invalid += stats.invalid;
        self.logits = Some(stats);
    }

    /// Adds the score of a reasoning step.
    pub(in crate::run) fn add_step(&mut self, score: f64) {
        self.steps.add(score);
    }

    /// Adds a probe's answer.
    pub(in crate::run) fn add_probe(&mut self, answer: &str, probability: Option<f64>, at_least: f64) {
        self.probes.add(answer, probability, at_least);
    }

    /// Bytes of text so far.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The newest answer of its probes, if they give one.
    pub(in crate::run) fn probed(&self) -> Option<&str> {
        self.probes.answer()
    }

    /// How many of its newest probes gave the same answer.
    pub(in crate::run) fn equal_probes(&self) -> u32 {
        self.probes.equal()
    }

    /// The probability of a probe's answer.
    pub(in crate::run) fn certainty(&self) -> Option<f64> {
        self.certainty?.mean()
    }

    /// The lowest group confidence.
    pub(in crate::run) fn lowest_confidence(&self) -> Option<f64> {
        self.confidence.as_ref().map(Confidence::lowest)
    }

    /// The confidence of the newest full group.
    pub(in crate::run) fn group_confidence(&self) -> Option<f64> {
        self.confidence.as_ref().and_then(Confidence::group_full)
    }

    /// The text so far, for what is asked next.
    pub(in crate::run) fn text(&self) -> Option<Arc<str>> {
        self.text.as_deref().map(Arc::from)
    }

    pub(super) fn take_text(&mut self) -> Option<String> {
        self.text.take()
    }

    /// The evidence against the stream, if there is any. `raised`: it was granted more, and what was low before has been
    /// acted on, so that only the newest group counts. `doubted`: nothing but a loop is news.
    pub(super) fn weakness(
        &self,
        rules: &Rules,
        ramps: u32,
        raised: bool,
        doubted: bool,
    ) -> Option<Evidence> {
        // A doubted stream that loops would go on to the end of its grant.
        if self.loops.as_ref().is_some_and(|loops| loops.looping()) {
            return Some(Evidence::Loop);
        }
        if doubted {
            return None;
        }
        let newest = |c: &Confidence| c.lowest_full().map(|low| if raised { c.group() } else { low });
        let lowest = self.confidence.as_ref().and_then(newest);
        let own = |l: &Likelihood| if raised { l.group() } else { l.lowest() };
        let own = self.likelihood.as_ref().and_then(own);
        let eased = rules.hysteresis * f64::from(ramps);
        let below = |low: Option<f64>, bar| low.zip(bar).is_some_and(|(low, bar)| low < bar - eased);
        if below(lowest, self.bars.confidence) || below(own, self.bars.logprob) {
            return Some(Evidence::LowConfidence);
        }
        let rise = self.entropy.as_ref().map(|e| if raised { e.rise() } else { e.highest() });
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
    pub(in crate::run) fn meets_a_bar(&self) -> bool {
        let confidence = || self.confidence.as_ref().and_then(Confidence::lowest_full);
        let own = || self.likelihood.as_ref().and_then(Likelihood::lowest);
        self.bars.confidence.and_then(|_| confidence()).is_some()
            || self.bars.logprob.and_then(|_| own()).is_some()
    }

    pub(super) fn readings(&self, tokens: u64) -> Readings {
        let confidence = self.confidence.as_ref().filter(|c| c.tokens() > 0);
        Readings {
            tokens,
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
