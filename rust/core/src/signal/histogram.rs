//! A sketch of the distribution of group confidences, so that the mean of the lowest share can be read at any time.

/// The exponents covered: group confidences from 2⁻⁴ to 2⁷ (the largest possible is 100); what lies below shares
/// the first bin.
const LOWEST_EXPONENT: i64 = -4;
const OCTAVES: usize = 11;
/// Bins in each octave: a bin is at most 1/16 of its value wide.
const PER_OCTAVE: usize = 16;
const BINS: usize = OCTAVES * PER_OCTAVE + 1;

#[derive(Debug, Clone, Copy, Default)]
struct Bin {
    count: u32,
    sum: f64,
}

/// Counts and sums in 177 bins. Whole bins are exact, because their sums are kept; only the bin that the share cuts
/// through is approximated, by its mean, so the error is at most 1/16 of that bin's value times its part of the share.
#[derive(Debug, Clone, Default)]
pub(super) struct Histogram {
    /// Empty until the first value: most streams never fill a window.
    bins: Vec<Bin>,
    total: u64,
}

impl Histogram {
    /// Adds one value in `[0, 100]`.
    pub(super) fn add(&mut self, value: f64) {
        if self.bins.is_empty() {
            self.bins = vec![Bin::default(); BINS];
        }
        if let Some(bin) = self.bins.get_mut(index(value)) {
            bin.count = bin.count.saturating_add(1);
            bin.sum += value;
            self.total += 1;
        }
    }

    /// The mean of the lowest `max(1, ⌊share · n⌋)` values; none when nothing was added.
    pub(super) fn lowest(&self, share: f64) -> Option<f64> {
        if self.total == 0 {
            return None;
        }
        let wanted = ((share * self.total as f64) as u64).clamp(1, self.total);
        let (mut left, mut sum) = (wanted, 0.0);
        for bin in &self.bins {
            let count = u64::from(bin.count);
            if count == 0 {
                continue;
            }
            if count >= left {
                sum += bin.sum / count as f64 * left as f64;
                break;
            }
            sum += bin.sum;
            left -= count;
        }
        Some(sum / wanted as f64)
    }
}

/// Exponent and the top four bits of the mantissa, which is a bin of a sixteenth of an octave.
fn index(value: f64) -> usize {
    let key = (value.to_bits() >> 48) as i64 - ((1023 + LOWEST_EXPONENT) << 4);
    key.clamp(-1, BINS as i64 - 2).saturating_add(1) as usize
}
