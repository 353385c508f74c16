//! One token's top log-probabilities: their mean and their entropy.

use crate::math::exp;
use crate::simd::widest::{Work, widest};

/// Smaller log-probabilities count as this, so that a mean stays finite. Engines write it for a masked candidate, too.
const FLOOR: f32 = -100.0;
/// At or below this, −∞ included, a log-probability marks a candidate that a grammar or a sampler has masked: engines write
/// −1000, −9999, −65504 and the like, and no model's candidates come near.
const MASKED: f32 = -500.0;

/// True if a log-probability is that of a masked candidate.
#[inline(always)]
#[allow(clippy::inline_always)] // compiled again with the instructions of the caller
pub(super) fn is_masked(log: f32) -> bool {
    // Without a branch, which would keep a row from being read in lanes.
    (log <= MASKED) | (log.to_bits() == FLOOR.to_bits())
}

/// `−Σ p ln p` over a token's top candidates, in nats; none without a usable value.
pub(super) fn known_entropy(top: &[f32]) -> Option<f64> {
    let usable =
        top.iter().filter(|log| !log.is_nan() && !is_masked(**log)).map(|&log| f64::from(usable(log)));
    usable.map(|log| -log * exp(log)).reduce(|sum, part| sum + part)
}

/// True if masking has left fewer than two candidates: such a token was forced, and shows nothing of the model's confidence.
pub(super) fn is_forced(top: &[f32]) -> bool {
    masks_force(top.iter().map(|log| usize::from(is_masked(*log))).sum(), top.len())
}

fn masks_force(masked: usize, candidates: usize) -> bool {
    masked > 0 && candidates - masked < 2
}

/// One row of top log-probabilities, read once for all signals: its sum in a fixed order (four lanes, then the rest), its likeliest
/// candidate, and how many of its values count.
pub(crate) struct Row {
    sum: f64,
    used: u64,
    /// Values that cannot be log-probabilities.
    pub(super) invalid: u64,
    /// The largest value, or −∞.
    most: f32,
    /// Masked candidates.
    masked: u64,
    /// True if masking has left fewer than two candidates.
    pub(super) forced: bool,
    len: usize,
}

/// A row to read; with `masks`, masked candidates are none.
struct Reading<'a> {
    top: &'a [f32],
    masks: bool,
}

impl Work for Reading<'_> {
    type Output = Row;

    /// Each quantity has a loop over the four lanes of its own, and a truth is a lane of ones, because only so does the compiler
    /// make vectors of them: 250 instructions for 20 candidates, where one loop over all took 730.
    #[inline(always)]
    #[allow(clippy::inline_always)] // as the trait asks
    #[allow(clippy::needless_range_loop)] // the lanes of several arrays
    fn run(self) -> Row {
        let Self { top, masks } = self;
        let (whole, rest) = top.as_chunks::<4>();
        let (mut sums, mut largest) = ([0.0_f64; 4], [f32::NEG_INFINITY; 4]);
        let (mut nan, mut bad, mut masked) = ([0_u32; 4], [0_u32; 4], [0_u32; 4]);
        let wanted = ones(masks);
        for x in whole {
            let (mut out, mut usable_lanes) = ([0_u32; 4], [0.0_f32; 4]);
            for i in 0..4 {
                out[i] = ones(is_masked(x[i])) & wanted;
            }
            // Subtracting a lane of ones adds 1.
            for i in 0..4 {
                masked[i] = masked[i].wrapping_sub(out[i]);
            }
            for i in 0..4 {
                nan[i] = nan[i].wrapping_sub(ones(x[i].is_nan()));
            }
            for i in 0..4 {
                bad[i] = bad[i].wrapping_sub(ones(x[i] > 0.0));
            }
            for i in 0..4 {
                usable_lanes[i] = f32::from_bits(usable(x[i]).to_bits() & !out[i]);
            }
            for i in 0..4 {
                sums[i] += f64::from(usable_lanes[i]);
            }
            for i in 0..4 {
                largest[i] = larger(largest[i], if out[i] == 0 { x[i] } else { f32::NEG_INFINITY });
            }
        }
        let total = |counts: [u32; 4]| counts.into_iter().map(u64::from).sum::<u64>();
        let mut sum = (sums[0] + sums[2]) + (sums[1] + sums[3]);
        let mut most = larger(larger(largest[0], largest[1]), larger(largest[2], largest[3]));
        let (mut nans, mut bads, mut outs) = (total(nan), total(bad), total(masked));
        for &x in rest {
            let out = masks & is_masked(x);
            nans += u64::from(x.is_nan());
            bads += u64::from(x > 0.0);
            outs += u64::from(out);
            sum += f64::from(if out { 0.0 } else { usable(x) });
            most = larger(most, if out { f32::NEG_INFINITY } else { x });
        }
        let (len, forced) = (top.len(), masks_force(outs as usize, top.len()));
        Row { sum, used: len as u64 - nans - outs, invalid: nans + bads, most, masked: outs, forced, len }
    }
}

impl Row {
    /// Reads a row; with `masks`, masked candidates are none.
    pub(crate) fn read(top: &[f32], masks: bool) -> Self {
        widest(Reading { top, masks })
    }

    /// The confidence of the row, in `[0, 100]`.
    pub(super) fn mean(&self) -> Option<f64> {
        (self.used > 0).then(|| 0.0 - self.sum / self.used as f64)
    }

    /// True if it had no candidate at all.
    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Candidates that were not masked.
    pub(crate) fn candidates(&self) -> usize {
        self.len - self.masked as usize
    }

    /// The log-probability of the likeliest candidate; none if the token was forced, or no candidate has a usable one.
    pub(crate) fn likeliest(&self) -> Option<f64> {
        let is_known = self.most > f32::NEG_INFINITY && !self.forced;
        is_known.then(|| f64::from(self.most.min(0.0)))
    }
}

/// All bits, or none.
#[inline(always)]
#[allow(clippy::inline_always)] // compiled again with the instructions of the caller
fn ones(truth: bool) -> u32 {
    u32::from(truth).wrapping_neg()
}

/// The larger of two values. A NaN is above nothing.
#[inline(always)]
#[allow(clippy::inline_always)] // compiled again with the instructions of the caller
fn larger(most: f32, x: f32) -> f32 {
    if x > most { x } else { most }
}

/// A log-probability in `[FLOOR, 0]`; a NaN adds nothing.
#[inline(always)]
#[allow(clippy::inline_always)] // compiled again with the instructions of the caller
fn usable(x: f32) -> f32 {
    let x = if x < 0.0 { x } else { 0.0 };
    if x > FLOOR { x } else { FLOOR }
}
