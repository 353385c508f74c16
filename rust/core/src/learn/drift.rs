//! Whether traffic still looks like what was calibrated on, and whether chances still are what they say.

use crate::estimate::{Estimate, ln};
use crate::guarantee::{Betting, Side};
use crate::{Error, Result};

/// Equally filled bins of the reference.
const BINS: usize = 10;
/// What is looked at: difficulty, evidence, input tokens, output tokens.
const SIGHTS: usize = 4;
/// The names of what is looked at.
pub const SIGHT_NAMES: [&str; SIGHTS] = ["difficulty", "evidence", "tokens", "output_tokens"];
/// A population stability index above this is a shift, by long custom of credit scoring: 0.1 is small, 0.25 large.
pub const SHIFTED: f64 = 0.25;
/// A gambler who has turned 1 into this much against "chances are right on average" is believed: 1 in 100 is ever wrong.
const BELIEVED: f64 = 100.0;

/// Watches estimates and outcomes against a reference. Constant time for each query; memory for one window.
///
/// The index of a sight is `Σ (q − p) ln(q / p)` over ten bins that the reference fills equally, `q` being the window's
/// shares, each a little smoothed. Chances are watched by two gamblers, one for each side, who bet that scores differ from
/// them on average ([`Betting`]); they may be looked at any time.
#[derive(Debug, Clone)]
pub struct Drift {
    /// For each sight the upper ends of its bins but the last.
    ends: [[f64; BINS - 1]; SIGHTS],
    /// The share of the reference in each bin.
    shares: [[f64; BINS]; SIGHTS],
    counts: [[u32; BINS]; SIGHTS],
    ring: Vec<[u8; SIGHTS]>,
    window: usize,
    next: usize,
    seen: u64,
    over: Betting,
    under: Betting,
}

/// How things stand.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DriftReport {
    /// The index of each sight, in the order of [`SIGHT_NAMES`]; 0 until the window is full.
    pub stability: [f64; SIGHTS],
    /// Whether one of them is above [`SHIFTED`].
    pub shifted: bool,
    /// Whether chances are known to be too high on average, and whether too low.
    pub overconfident: bool,
    /// The same for too low.
    pub underconfident: bool,
    /// Estimates seen, and outcomes.
    pub seen: u64,
    /// Outcomes seen.
    pub outcomes: u64,
}

fn sights(estimate: &Estimate) -> [f64; SIGHTS] {
    [estimate.difficulty, estimate.evidence, estimate.input_tokens.into(), estimate.output_tokens.into()]
}

impl Drift {
    /// A watch against a reference: estimates of the traffic that was calibrated on.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless the reference has at least 100 estimates, and the window from 100 to 1,000,000.
    pub fn new(reference: &[Estimate], window: usize) -> Result<Self> {
        if reference.len() < 100 {
            return Err(Error::invalid(
                "reference",
                format!("{} estimates", reference.len()),
                "at least 100",
            ));
        }
        if !(100..=1_000_000).contains(&window) {
            return Err(Error::invalid("window", window, "from 100 to 1,000,000"));
        }
        let mut ends = [[0.0; BINS - 1]; SIGHTS];
        let mut shares = [[0.0; BINS]; SIGHTS];
        for sight in 0..SIGHTS {
            let mut values: Vec<f64> = reference.iter().map(|estimate| sights(estimate)[sight]).collect();
            values.sort_by(f64::total_cmp);
            for (i, end) in ends[sight].iter_mut().enumerate() {
                *end = values[(i + 1) * values.len() / BINS];
            }
            for &value in &values {
                shares[sight][bin(&ends[sight], value)] += 1.0 / values.len() as f64;
            }
        }
        Ok(Self {
            ends,
            shares,
            counts: [[0; BINS]; SIGHTS],
            ring: Vec::new(),
            window,
            next: 0,
            seen: 0,
            over: Betting::new(0.5, Side::Below),
            under: Betting::new(0.5, Side::Above),
        })
    }

    /// One more estimate of the traffic.
    pub fn update(&mut self, estimate: &Estimate) {
        let mut bins = [0; SIGHTS];
        for ((slot, ends), value) in bins.iter_mut().zip(&self.ends).zip(sights(estimate)) {
            *slot = bin(ends, value) as u8;
        }
        for (counts, &bin) in self.counts.iter_mut().zip(&bins) {
            counts[usize::from(bin)] += 1;
        }
        if self.ring.len() < self.window {
            self.ring.push(bins);
        } else {
            let old = std::mem::replace(&mut self.ring[self.next], bins);
            for (counts, bin) in self.counts.iter_mut().zip(old) {
                counts[usize::from(bin)] -= 1;
            }
        }
        self.next = (self.next + 1) % self.window;
        self.seen += 1;
    }

    /// How an answer turned out, and the chance of it that was estimated.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless both are in [0, 1].
    pub fn outcome(&mut self, chance: f64, score: f64) -> Result<()> {
        for (what, value) in [("chance", chance), ("score", score)] {
            if !(0.0..=1.0).contains(&value) {
                return Err(Error::invalid(what, value, "between 0 and 1"));
            }
        }
        // 0.5 on average when chances are right.
        let surprise = f64::midpoint(score - chance, 1.0);
        self.over.update(surprise);
        self.under.update(surprise);
        Ok(())
    }

    /// How things stand.
    pub fn report(&self) -> DriftReport {
        let mut stability = [0.0; SIGHTS];
        if self.ring.len() == self.window {
            for (index, (counts, shares)) in stability.iter_mut().zip(self.counts.iter().zip(&self.shares)) {
                *index = psi(counts, shares, self.window);
            }
        }
        let believed = ln(BELIEVED) + std::f64::consts::LN_2;
        DriftReport {
            stability,
            shifted: stability.iter().any(|&index| index > SHIFTED),
            overconfident: self.over.log_peak() >= believed,
            underconfident: self.under.log_peak() >= believed,
            seen: self.seen,
            outcomes: self.over.count(),
        }
    }
}

/// The bin of a value: NaN is in the last.
fn bin(ends: &[f64; BINS - 1], value: f64) -> usize {
    ends.iter().take_while(|&&end| value.is_nan() || value >= end).count()
}

fn psi(counts: &[u32; BINS], shares: &[f64; BINS], window: usize) -> f64 {
    let smooth = |share: f64| (share + 1e-3) / (1.0 + BINS as f64 * 1e-3);
    let part = |(&count, &share): (&u32, &f64)| {
        let (now, then) = (smooth(f64::from(count) / window as f64), smooth(share));
        (now - then) * ln(now / then)
    };
    counts.iter().zip(shares).map(part).sum()
}
