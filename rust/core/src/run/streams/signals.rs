//! The signals of one stream, and the evidence in them.

use crate::rules::{Bars, Evidence, Rules};
use crate::signal::{
    AnswerProbability, Confidence, EntropyShift, Likelihood, LogitStats, LoopGuard, Markers, Probes, Row,
    Steps, is_unknown,
};
use crate::strategy::{PathValue, StepChance, StepPath, StepTable};
use std::sync::Arc;

/// Longest draft kept for a revision, in bytes; of a longer one the answer is used.
const DRAFT: usize = 1 << 20;

/// The signals to read in a stream.
pub(in crate::run) struct SignalSettings<'a> {
    pub(in crate::run) rules: &'a Rules,
    /// The bars of its rung.
    pub(in crate::run) bars: Bars,
    /// True if a revision, a probe or a continuation may need its text.
    pub(in crate::run) keeps_text: bool,
    /// P(correct) by the scores of its rung's steps.
    pub(in crate::run) table: Option<&'a Arc<StepTable>>,
    /// True for a probe, whose answer has a probability.
    pub(in crate::run) is_probe: bool,
}

/// The readings of a stream's signals.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Readings {
    /// Tokens counted, or estimated from text.
    pub tokens: u64,
    /// The newest group confidence; none without log-probabilities.
    pub group: Option<f64>,
    /// The lowest group confidence.
    pub lowest: Option<f64>,
    /// The lowest mean log-probability over a window, with the margin of a short stream
    /// ([`Likelihood::lowest_upper`](crate::signal::Likelihood::lowest_upper)); none if no bar needs it.
    pub lowest_logprob: Option<f64>,
    /// Like `lowest_logprob`, of each token's likeliest candidate since its grant was last raised; none if no bar needs it.
    pub lowest_top_logprob: Option<f64>,
    /// The largest rise of its entropy; none if no bar needs it.
    pub entropy_rise: Option<f64>,
    /// Turns of the reasoning per 1,000 words, newest words first; none if no bar needs markers.
    pub turns: Option<f64>,
    /// Hedges per 1,000 words; none if no bar needs markers.
    pub hedges: Option<f64>,
    /// Statistics of the newest row of logits.
    pub logits: Option<LogitStats>,
    /// The mean score of the newest three reasoning steps.
    pub steps: Option<f64>,
    /// P(correct) by its steps; none without scores, or where they are not calibrated.
    pub chance: Option<StepChance>,
    /// Equal probes in a row.
    pub equal_probes: u32,
    /// Values that were no log-probabilities, logits or scores.
    pub invalid: u64,
}

#[derive(Debug)]
pub(in crate::run) struct StreamSignals {
    confidence: Option<Confidence>,
    /// None if no bar needs it.
    likelihood: Option<Likelihood>,
    /// Reads the likeliest candidates. None if no bar needs it.
    top: Option<Likelihood>,
    /// None if no bar needs it.
    entropy: Option<EntropyShift>,
    /// The probability of a probe's answer; None for other streams.
    certainty: Option<AnswerProbability>,
    logits: Option<LogitStats>,
    probes: Probes,
    steps: Steps,
    path: StepPath,
    /// P(correct) by the scores of its rung's steps, where that is known.
    table: Option<Arc<StepTable>>,
    /// The score of the whole answer.
    score: Option<f64>,
    bars: Bars,
    /// The longest loop looked for; None: loops are no evidence.
    loop_period: Option<usize>,
    reads_markers: bool,
    /// Created with the first text.
    loops: Option<Box<LoopGuard>>,
    /// Tokens granted.
    granted: u64,
    /// Created with the first text, if a bar needs it.
    markers: Option<Box<Markers>>,
    invalid: u64,
    /// The text so far, if something may need it.
    text: Option<String>,
}

impl StreamSignals {
    pub(super) fn new(settings: &SignalSettings<'_>, granted: u64) -> Self {
        let SignalSettings { rules, bars, keeps_text, is_probe, .. } = *settings;
        Self {
            confidence: None,
            likelihood: None,
            top: bars.top.and_then(|_| Likelihood::new(Rules::TOP_WINDOW).ok()),
            entropy: rules.entropy_rise.and_then(|_| EntropyShift::new(rules.entropy_level).ok()),
            certainty: is_probe.then(AnswerProbability::default),
            logits: None,
            probes: Probes::default(),
            steps: Steps::default(),
            path: StepPath::default(),
            table: settings.table.cloned(),
            score: None,
            bars,
            loop_period: rules.loops.then_some(rules.loop_period),
            loops: None,
            granted,
            markers: None,
            reads_markers: rules.branching.is_some() || rules.hedging.is_some(),
            invalid: 0,
            text: keeps_text.then(String::new),
        }
    }

    /// Notes a larger grant. The likeliest candidates are read anew, since the older ones led to it.
    pub(super) fn raise(&mut self, granted: u64) {
        self.granted = granted;
        self.top = self.top.as_ref().and_then(|_| Likelihood::new(Rules::TOP_WINDOW).ok());
    }

    /// Counts invalid values.
    pub(in crate::run) fn add_invalid(&mut self, values: u64) {
        self.invalid += values;
    }

    /// Counts tokens of the newest text.
    pub(super) fn count(&mut self, tokens: u64) {
        if let Some(loops) = &mut self.loops {
            loops.count(tokens);
        }
    }

    pub(in crate::run) fn add_text(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        if let Some(period) = self.loop_period.filter(|_| self.loops.is_none()) {
            self.loops = LoopGuard::new(period).ok().map(Box::new);
        }
        if let Some(loops) = &mut self.loops {
            loops.text(text, self.granted);
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

    /// Adds log-probabilities of the stream's own tokens.
    pub(in crate::run) fn add_own(&mut self, logprobs: impl Iterator<Item = f64>, rules: &Rules) {
        let certainty = &mut self.certainty;
        let logprobs = logprobs.inspect(|logprob| {
            if let Some(certainty) = certainty {
                certainty.add(*logprob);
            }
        });
        if self.bars.logprob.is_none() {
            self.invalid += logprobs.filter(|p| *p > 0.0 || is_unknown(*p)).count() as u64;
            return;
        }
        if self.likelihood.is_none() {
            self.likelihood = Likelihood::new(rules.window).ok();
        }
        if let Some(likelihood) = &mut self.likelihood {
            logprobs.for_each(|logprob| likelihood.update(logprob));
        }
    }

    /// Adds tokens that came without candidates: their own log-probabilities take the place of their likeliest candidates'.
    pub(in crate::run) fn add_unranked(&mut self, logprobs: impl Iterator<Item = f64>) {
        if let Some(top) = &mut self.top {
            logprobs.filter(|p| !is_unknown(*p)).for_each(|p| top.update(p.min(0.0)));
        }
    }

    /// Adds one row of top log-probabilities. Its likeliest candidate is the same for any number of candidates; for all else
    /// a row that is too short says nothing. `entropy` is that of the whole distribution, if known.
    pub(in crate::run) fn add_top(&mut self, top: &[f32], entropy: Option<f64>, rules: &Rules) {
        let row = Row::read(top, true);
        if let Some((tracker, likeliest)) = self.top.as_mut().zip(row.likeliest()) {
            tracker.update(likeliest);
        }
        if row.candidates() < rules.min_top {
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
            confidence.update_row(&row);
        }
    }

    /// Adds the statistics of a row of logits.
    pub(in crate::run) fn add_logits(&mut self, stats: LogitStats) {
        self.invalid += stats.invalid;
        self.logits = Some(stats);
    }

    /// Adds the score of a reasoning step, at its place if that is known, or else behind the furthest one.
    pub(in crate::run) fn add_step(&mut self, score: f64, at: Option<u32>) {
        let step = at.unwrap_or(self.path.steps());
        self.path.add(step, score);
        self.steps.add_at(step, score);
    }

    /// P(correct) by its steps, where they are calibrated.
    pub(in crate::run) fn chance(&self) -> Option<StepChance> {
        self.path.chance(self.table.as_deref()?)
    }

    /// True if its steps' chance is below a bar by their upper bound.
    pub(in crate::run) fn is_rejected(&self, rules: &Rules) -> bool {
        rules.reject_below.is_some_and(|bar| self.chance().is_some_and(|chance| chance.high < bar))
    }

    /// True if no rule asks for its steps, or their lower bound reaches the bar.
    pub(in crate::run) fn passes(&self, rules: &Rules) -> bool {
        rules.pass_steps.is_none_or(|bar| self.chance().is_some_and(|chance| chance.low >= bar))
    }

    /// Notes the score of the whole answer; the newest counts.
    pub(in crate::run) fn set_score(&mut self, score: f64) {
        if (0.0..=1.0).contains(&score) {
            self.score = Some(score);
        } else {
            self.invalid += 1;
        }
    }

    /// The score of the whole answer: the host's; or what its steps are worth, calibrated or as the furthest one is.
    pub(in crate::run) fn score(&self) -> Option<f64> {
        let steps = || self.chance().map(|chance| chance.mid).or_else(|| self.path.value(PathValue::Last));
        self.score.or_else(steps)
    }

    /// Adds a probe's answer.
    pub(in crate::run) fn add_probe(&mut self, answer: &str, probability: Option<f64>, at_least: f64) {
        self.probes.add(answer, probability, at_least);
    }

    /// The newest answer of its probes.
    pub(in crate::run) fn probed(&self) -> Option<&str> {
        self.probes.answer()
    }

    /// Number of equal answers among its newest probes.
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

    /// The text so far.
    pub(in crate::run) fn text(&self) -> Option<Arc<str>> {
        self.text.as_deref().map(Arc::from)
    }

    pub(super) fn take_text(&mut self) -> Option<String> {
        self.text.take()
    }

    /// The evidence against the stream. `raised`: older values led to the raise, so only the newest group counts.
    /// `doubted`: only a loop is new.
    pub(super) fn weakness(
        &self,
        rules: &Rules,
        ramps: u32,
        raised: bool,
        doubted: bool,
    ) -> Option<Evidence> {
        // A doubted stream that loops would go on to the end of its grant.
        if self.loops.as_ref().is_some_and(|loops| loops.is_stuck()) {
            return Some(Evidence::Loop);
        }
        if doubted {
            return None;
        }
        let newest = |c: &Confidence| if raised { c.upper() } else { c.lowest_upper() };
        let lowest = self.confidence.as_ref().and_then(newest);
        let own = |l: &Likelihood| if raised { l.upper() } else { l.lowest_upper() };
        let logprob = self.likelihood.as_ref().and_then(own);
        let top = self.top.as_ref().and_then(own);
        let eased = rules.hysteresis * f64::from(ramps);
        let below = |low: Option<f64>, bar| low.zip(bar).is_some_and(|(low, bar)| low < bar - eased);
        if below(lowest, self.bars.confidence)
            || below(logprob, self.bars.logprob)
            || below(top, self.bars.top)
        {
            return Some(Evidence::LowConfidence);
        }
        let rise = self.entropy.as_ref().map(|e| if raised { e.rise() } else { e.highest() });
        let above = |value: Option<f64>, bar| value.zip(bar).is_some_and(|(value, bar)| value > bar);
        if above(rise, rules.entropy_rise) {
            return Some(Evidence::Uncertain);
        }
        // Raw scores rank, and are evidence of nothing: their calibrated chance is.
        let scored = self.steps.newest(rules.step_window).is_some();
        let chance = self.chance().filter(|_| scored).map(|chance| chance.mid);
        if chance.zip(rules.low_steps).is_some_and(|(chance, bar)| chance < bar) || self.is_rejected(rules) {
            return Some(Evidence::LowSteps);
        }
        let markers = self.markers.as_deref().filter(|markers| markers.words() >= Markers::ENOUGH)?;
        if above(Some(markers.recent()), rules.branching) {
            return Some(Evidence::Branching);
        }
        above(Some(markers.hedging()), rules.hedging).then_some(Evidence::Hedging)
    }

    /// True if it had a signal to which a bar applies.
    pub(in crate::run) fn meets_a_bar(&self) -> bool {
        let confidence = || self.confidence.as_ref().and_then(Confidence::lowest_upper);
        let own = || self.likelihood.as_ref().and_then(Likelihood::lowest_upper);
        self.bars.confidence.and_then(|_| confidence()).is_some()
            || self.bars.logprob.and_then(|_| own()).is_some()
            || self.top.as_ref().and_then(Likelihood::lowest_upper).is_some()
    }

    pub(super) fn readings(&self, tokens: u64) -> Readings {
        let confidence = self.confidence.as_ref().filter(|c| c.tokens() > 0);
        Readings {
            tokens,
            group: confidence.map(Confidence::group),
            lowest: confidence.map(Confidence::lowest),
            lowest_logprob: self.likelihood.as_ref().and_then(Likelihood::lowest_upper),
            lowest_top_logprob: self.top.as_ref().and_then(Likelihood::lowest_upper),
            entropy_rise: self.entropy.as_ref().filter(|e| e.mean().is_some()).map(EntropyShift::highest),
            turns: self.markers.as_ref().map(|markers| markers.recent()),
            hedges: self.markers.as_ref().map(|markers| markers.hedging()),
            logits: self.logits,
            steps: self.steps.recent(),
            chance: self.chance(),
            equal_probes: self.probes.equal(),
            invalid: self.invalid
                + u64::from(self.steps.invalid())
                + self.likelihood.as_ref().map_or(0, Likelihood::invalid)
                + self.entropy.as_ref().map_or(0, EntropyShift::invalid)
                + self.confidence.as_ref().map_or(0, Confidence::invalid),
        }
    }
}
