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
pub(crate) fn is_masked(log: f32) -> bool {
    log <= MASKED || log.to_bits() == FLOOR.to_bits()
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

/// The log-probability of the likeliest candidate; none if the token was forced, or no candidate has a usable one.
pub(crate) fn likeliest(top: &[f32]) -> Option<f64> {
    // Without a branch on a candidate. A NaN is above nothing.
    let (most, masked) = top.iter().fold((f32::NEG_INFINITY, 0), |(most, masked), &log| {
        let is_masked = is_masked(log);
        let log = if is_masked { f32::NEG_INFINITY } else { log };
        (if log > most { log } else { most }, masked + usize::from(is_masked))
    });
    let is_known = most > f32::NEG_INFINITY && !masks_force(masked, top.len());
    is_known.then(|| f64::from(most.min(0.0)))
}

/// The sum of one row in a fixed order: four lanes, then the rest.
pub(super) struct Row {
    sum: f64,
    used: u64,
    pub(super) invalid: u64,
    /// True if masking has left fewer than two candidates.
    pub(super) forced: bool,
}

/// A row to read; with `masks`, masked candidates are none.
struct Reading<'a> {
    top: &'a [f32],
    masks: bool,
}

impl Work for Reading<'_> {
    type Output = Row;

    #[inline(always)]
    #[allow(clippy::inline_always)] // as the trait asks
    fn run(self) -> Row {
        let Self { top, masks } = self;
        let (whole, rest) = top.as_chunks::<4>();
        let (mut sums, mut bad, mut nan, mut masked) = ([0.0_f64; 4], [0_u32; 4], [0_u32; 4], [0_u32; 4]);
        let out = |x: f32| masks & is_masked(x);
        let part = |x: f32| f64::from(if out(x) { 0.0 } else { usable(x) });
        for lanes in whole {
            for i in 0..4 {
                let x = lanes[i];
                nan[i] += u32::from(x.is_nan());
                bad[i] += u32::from(x > 0.0);
                masked[i] += u32::from(out(x));
                sums[i] += part(x);
            }
        }
        let total = |counts: [u32; 4]| counts.into_iter().map(u64::from).sum::<u64>();
        let mut sum = (sums[0] + sums[2]) + (sums[1] + sums[3]);
        let (mut nans, mut bads, mut outs) = (total(nan), total(bad), total(masked));
        for &x in rest {
            nans += u64::from(x.is_nan());
            bads += u64::from(x > 0.0);
            outs += u64::from(out(x));
            sum += part(x);
        }
        let forced = masks_force(outs as usize, top.len());
        Row { sum, used: top.len() as u64 - nans - outs, invalid: nans + bads, forced }
    }
}

impl Row {
    /// Reads a row; with `masks`, masked candidates are none.
    pub(super) fn read(top: &[f32], masks: bool) -> Self {
        widest(Reading { top, masks })
    }

    /// The confidence of the row, in `[0, 100]`.
    pub(super) fn mean(&self) -> Option<f64> {
        (self.used > 0).then(|| 0.0 - self.sum / self.used as f64)
    }
}

/// A log-probability in `[FLOOR, 0]`; a NaN adds nothing.
#[inline(always)]
#[allow(clippy::inline_always)] // compiled again with the instructions of the caller
fn usable(x: f32) -> f32 {
    let x = if x < 0.0 { x } else { 0.0 };
    if x > FLOOR { x } else { FLOOR }
}
