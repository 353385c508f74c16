//! A sketch of the distribution of group confidences, for the mean of their lowest share.

/// Octaves from 2⁻² to 2⁷, the largest confidence being 100. Smaller values share the first bin; for k > 1 there are
/// none, since a mean over k candidates is at least ln k.
const LOWEST_EXPONENT: i64 = -2;
const OCTAVES: usize = 9;
/// Bins per octave: a bin is at most 1/16 of its value wide.
const PER_OCTAVE: usize = 16;
const BINS: usize = OCTAVES * PER_OCTAVE + 1;

/// Counts and sums in 145 bins. Whole bins are exact. Only the bin at the edge of the share is approximated, by its mean:
/// an error of at most 1/16 of its value times its part of the share.
#[derive(Debug, Clone, Default)]
pub(super) struct Histogram {
    /// None until the first value: most streams never fill a window.
    bins: Option<Box<Bins>>,
    total: u64,
}

#[derive(Debug, Clone)]
struct Bins {
    counts: [u32; BINS],
    sums: [f64; BINS],
}

impl Histogram {
    /// Adds one value in `[0, 100]`.
    pub(super) fn add(&mut self, value: f64) {
        let new = || Box::new(Bins { counts: [0; BINS], sums: [0.0; BINS] });
        let bins = self.bins.get_or_insert_with(new);
        let at = index(value);
        if let (Some(count), Some(sum)) = (bins.counts.get_mut(at), bins.sums.get_mut(at)) {
            *count = count.saturating_add(1);
            *sum += value;
            self.total += 1;
        }
    }

    /// The mean of the lowest `max(1, ⌊share · n⌋)` values; none without values.
    pub(super) fn lowest(&self, share: f64) -> Option<f64> {
        let bins = self.bins.as_ref()?;
        let wanted = ((share * self.total as f64) as u64).clamp(1, self.total.max(1));
        let (mut left, mut sum) = (wanted, 0.0);
        for (&count, &total) in bins.counts.iter().zip(&bins.sums) {
            let count = u64::from(count);
            if count == 0 {
                continue;
            }
            if count >= left {
                sum += total / count as f64 * left as f64;
                break;
            }
            sum += total;
            left -= count;
        }
        Some(sum / wanted as f64)
    }

    /// Bytes on the heap.
    pub(super) fn heap(&self) -> usize {
        self.bins.as_ref().map_or(0, |_| size_of::<Bins>())
    }
}

/// Bin of a value: its exponent and the top four bits of its mantissa.
fn index(value: f64) -> usize {
    let key = (value.to_bits() >> 48) as i64 - ((1023 + LOWEST_EXPONENT) << 4);
    key.clamp(-1, BINS as i64 - 2).saturating_add(1) as usize
}
