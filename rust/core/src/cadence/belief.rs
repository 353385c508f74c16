//! In which mode the world is: a posterior over modes, from polls and signals.
//!
//! ```text
//! world      in mode m something to find comes at the rate r(m); the mode changes at the rate k, to one drawn from the prior π
//!            (the equal-input chain of Felsenstein 1981; with two modes every chain is one)
//! time       p ← π + (p − π)·exp(−k·dt), times the chance of no signal meanwhile
//! poll       P(nothing found | m) = exp(−r(m)·(1 − recall)·x) · Π over signals since the last poll (1 − true(m))
//!            a salience between 0 and 1 mixes the two likelihoods
//! signal     intensity in m: recall·r(m) + false rate; true(m) = recall·r(m) / intensity
//! rates      r(m): Gamma counts of the polls at which m was the likeliest (hard EM). A poll says "at least one": the expected count
//!            is r·x / (1 − exp(−r·x)). Counts fade after 256 polls of a mode
//! ```
//!
//! `x` is the time since the last poll, and in a mode other than the slowest at most its mean stay: it was on for no longer.
//! A single rate instead of modes is the worst rule in simulation: after a quiet time it sleeps through the burst.

use super::channel::Channel;
use super::options::{CadenceOptions, MAX_MODES};

/// Prior share of time outside the slowest mode.
const ACTIVE: f64 = 0.1;
/// Mean stay in a mode above rest, in its intervals. 12: least delay of 5 to 20 on simulated bursts.
const STAY: f64 = 12.0;
/// Polls that a prior rate is worth, and polls of a mode that are remembered.
const PRIOR: f64 = 2.0;
const MEMORY: f64 = 256.0;

/// Gamma counts of one mode's rate.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Rate {
    pub(super) found: f64,
    pub(super) seconds: f64,
    pub(super) polls: f64,
}

/// The posterior. Arrays hold one number per mode; those past `count` are unused.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Belief {
    count: usize,
    prior: [f64; MAX_MODES],
    /// Mean stay in a mode, in seconds.
    stay: [f64; MAX_MODES],
    change: f64,
    pub(super) chances: [f64; MAX_MODES],
    pub(super) rates: [Rate; MAX_MODES],
    /// Chance, by mode, that no signal since the last poll was true.
    pub(super) untrue: [f64; MAX_MODES],
}

impl Belief {
    pub(super) fn new(options: &CadenceOptions) -> Self {
        let count = options.modes.len();
        let (mut prior, mut stay, mut rates) =
            ([0.0; MAX_MODES], [0.0; MAX_MODES], [Rate::default(); MAX_MODES]);
        // An interval is right, by the square-root rule, for a rate in proportion to 1 / interval².
        let fastest = options.modes.last().map_or(1.0, |mode| mode.interval);
        for (i, mode) in options.modes.iter().enumerate() {
            prior[i] = if i == 0 { 1.0 - ACTIVE } else { ACTIVE / (count - 1) as f64 };
            stay[i] = STAY * mode.interval;
            let rate = fastest / mode.interval.powi(2);
            rates[i] = Rate { found: PRIOR, seconds: PRIOR / rate, polls: PRIOR };
        }
        stay[0] = f64::INFINITY;
        let change = 1.0 / (prior[0] * STAY * fastest);
        Self { count, prior, stay, change, chances: prior, rates, untrue: [1.0; MAX_MODES] }
    }

    /// Something to find per second, by mode; at least doubled from one mode to the next, so that modes keep their order.
    pub(super) fn rate(&self, mode: usize) -> f64 {
        let own = |rate: &Rate| rate.found / rate.seconds;
        self.rates[..=mode].iter().map(own).reduce(|slower, rate| rate.max(2.0 * slower)).unwrap_or(0.0)
    }

    /// Expected number to find per second.
    pub(super) fn mean_rate(&self) -> f64 {
        (0..self.count).map(|m| self.chances[m] * self.rate(m)).sum()
    }

    /// The likeliest mode and its chance.
    pub(super) fn likeliest(&self) -> (usize, f64) {
        let best = (0..self.count).max_by(|&a, &b| self.chances[a].total_cmp(&self.chances[b])).unwrap_or(0);
        (best, self.chances[best])
    }

    /// Starts again at rest: the slowest mode.
    pub(super) fn rest(&mut self) {
        self.chances = [0.0; MAX_MODES];
        self.chances[0] = 1.0;
    }

    /// Starts again from the prior.
    fn forget(&mut self) {
        self.chances = self.prior;
    }

    /// Lets time pass in which no signal came.
    pub(super) fn pass<'a>(&mut self, seconds: f64, channels: impl Iterator<Item = &'a Channel> + Clone) {
        let kept = (-self.change * seconds).exp();
        for m in 0..self.count {
            let drifted = self.prior[m] + (self.chances[m] - self.prior[m]) * kept;
            let rate = self.rate(m);
            let signals: f64 = channels.clone().map(|c| c.recall() * rate + c.false_rate()).sum();
            self.chances[m] = drifted * (-signals * seconds.min(self.stay[m])).exp();
        }
        self.normalise();
    }

    /// Takes a signal in. Returns the chance that it is true.
    pub(super) fn signal(&mut self, channel: &Channel, strength: f64) -> f64 {
        let (recall, wrong) = (channel.recall(), channel.false_rate());
        let mut truth = [0.0; MAX_MODES];
        for (m, truth) in truth.iter_mut().enumerate().take(self.count) {
            let real = recall * self.rate(m);
            *truth = strength * real / (real + wrong);
            self.untrue[m] *= 1.0 - *truth;
            self.chances[m] *= (real + wrong).powf(strength);
        }
        self.normalise();
        (0..self.count).map(|m| self.chances[m] * truth[m]).sum()
    }

    /// Takes a poll in: the evidence that it found something, the seconds since the last one, and the share of finds that signals
    /// announce.
    pub(super) fn poll(&mut self, found: f64, seconds: f64, recall: f64) {
        let mut expected = [0.0; MAX_MODES];
        for (m, expected) in expected.iter_mut().enumerate().take(self.count) {
            let (rate, on) = (self.rate(m), seconds.min(self.stay[m]));
            let nothing = self.untrue[m] * (-rate * (1.0 - recall) * on).exp();
            self.chances[m] *= found * (1.0 - nothing) + (1.0 - found) * nothing;
            let mean = rate * on;
            *expected = if mean > 1e-9 { found * mean / -(-mean).exp_m1() } else { found };
        }
        self.normalise();
        // The likeliest mode alone learns. By shares, all modes would take the rate of a long quiet time, and be one.
        let (mode, weight) = self.likeliest();
        self.learn(mode, weight, expected[mode], seconds.min(self.stay[mode]));
        self.untrue = [1.0; MAX_MODES];
    }

    fn learn(&mut self, mode: usize, weight: f64, expected: f64, seconds: f64) {
        let rate = &mut self.rates[mode];
        rate.found += weight * expected;
        rate.seconds += weight * seconds;
        rate.polls += weight;
        if rate.polls > MEMORY {
            let keep = MEMORY / rate.polls;
            *rate = Rate { found: rate.found * keep, seconds: rate.seconds * keep, polls: MEMORY };
        }
        rate.found = rate.found.max(1e-6);
    }

    /// Chances that sum to 1. Where all have vanished, nothing is known: the prior.
    fn normalise(&mut self) {
        let sum: f64 = self.chances[..self.count].iter().sum();
        if sum > 1e-280 && sum.is_finite() {
            self.chances[..self.count].iter_mut().for_each(|chance| *chance /= sum);
        } else {
            self.forget();
        }
    }
}
