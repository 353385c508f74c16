//! Sums over one row of logits in one pass over memory (online softmax, Milakov and Gimelshein 2018). Entropy and the other
//! statistics follow from them.
//!
//! A row is read in blocks of 2,048 floats. A kernel sums eᵈ, d·eᵈ and d²·eᵈ of a block in single precision, where d is a logit's
//! distance from an origin near the maximum so far; the totals are doubles. If a block's maximum lies more than [`SLACK`] above
//! the origin, the origin moves up: the totals are rescaled, and the block is read again.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod kernel;
#[cfg(all(target_arch = "aarch64", target_feature = "neon"))]
mod neon;
mod portable;

use super::level::Level;
use kernel::BlockSums;

/// Floats whose sums are kept in single precision before they go into a double.
const BLOCK: usize = 2048;
const LOG2_E: f32 = std::f32::consts::LOG2_E;
/// The distance in nats by which a logit may exceed the origin before the origin moves up to it. The loss of precision grows with
/// its square.
const SLACK: f32 = 4.0;

/// Sums over one row, with `d = x - max` over the finite logits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Moments {
    /// The largest logit; −∞ when there is none.
    pub(crate) max: f32,
    /// The second largest logit, counting a repeated maximum; −∞ when there is none.
    pub(crate) second: f32,
    /// Σ d over finite logits.
    pub(crate) sum: f64,
    /// Number of finite logits.
    pub(crate) finite: u64,
    /// Number of NaN; they count as −∞.
    pub(crate) nan: u64,
    /// Σ eᵈ, Σ d·eᵈ, Σ d²·eᵈ.
    pub(crate) powers: [f64; 3],
}

/// A row of logits in one of the formats of models.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Row<'a> {
    /// IEEE single precision.
    F32(&'a [f32]),
    /// IEEE half precision, by its bits.
    F16(&'a [u16]),
    /// The upper half of a single-precision number, by its bits.
    Bf16(&'a [u16]),
}

impl Row<'_> {
    /// Number of logits.
    pub fn len(self) -> usize {
        match self {
            Self::F32(row) => row.len(),
            Self::F16(row) | Self::Bf16(row) => row.len(),
        }
    }

    /// True if there are none.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Calls `read` with each block of the row in single precision. Narrow formats are widened into a buffer that stays in the
    /// first-level cache.
    pub fn blocks(self, read: impl FnMut(&[f32])) {
        self.widened(&Kernel::best(), read);
    }

    fn widened(self, kernel: &Kernel, mut read: impl FnMut(&[f32])) {
        let (row, widen) = match self {
            Self::F32(row) => return row.chunks(BLOCK).for_each(read),
            Self::F16(row) => (row, kernel.widen_f16),
            Self::Bf16(row) => (row, kernel.widen_bf16),
        };
        let mut room = [0.0; BLOCK];
        for block in row.chunks(BLOCK) {
            let room = &mut room[..block.len()];
            // SAFETY: the processor has the kernel's instructions, by its construction.
            unsafe { widen(block, room) };
            read(room);
        }
    }
}

impl<'a> From<&'a [f32]> for Row<'a> {
    fn from(row: &'a [f32]) -> Self {
        Self::F32(row)
    }
}

impl<'a, const N: usize> From<&'a [f32; N]> for Row<'a> {
    fn from(row: &'a [f32; N]) -> Self {
        Self::F32(row)
    }
}

impl<'a> From<&'a Vec<f32>> for Row<'a> {
    fn from(row: &'a Vec<f32>) -> Self {
        Self::F32(row)
    }
}

/// The functions for one instruction set. A `Kernel` may only be made if the processor has that set.
struct Kernel {
    read: unsafe fn(&[f32], f32) -> BlockSums,
    peak: unsafe fn(&[f32]) -> f32,
    widen_f16: unsafe fn(&[u16], &mut [f32]),
    widen_bf16: unsafe fn(&[u16], &mut [f32]),
}

macro_rules! kernel_of {
    ($module:ident) => {
        Kernel {
            read: $module::read,
            peak: $module::peak,
            widen_f16: $module::widen_f16,
            widen_bf16: $module::widen_bf16,
        }
    };
}

impl Kernel {
    /// The kernel for the processor's best instruction set.
    #[inline]
    fn best() -> Self {
        match Level::best() {
            Level::Plain => kernel_of!(portable),
            #[cfg(all(target_arch = "aarch64", target_feature = "neon"))]
            Level::Neon => kernel_of!(neon),
            #[cfg(target_arch = "x86_64")]
            Level::Avx2 => kernel_of!(avx2),
            #[cfg(target_arch = "x86_64")]
            Level::Avx512 | Level::Avx512Vbmi2 => kernel_of!(avx512),
        }
    }

    /// Sums all blocks; moves the origin where logits rise above it.
    fn moments(&self, row: Row<'_>) -> Moments {
        let mut all = Moments {
            max: f32::NEG_INFINITY,
            second: f32::NEG_INFINITY,
            sum: 0.0,
            finite: 0,
            nan: 0,
            powers: [0.0; 3],
        };
        let mut origin = None;
        row.widened(self, |block| {
            // SAFETY: the processor has the kernel's instructions, by its construction.
            let read = |origin| unsafe { (self.read)(block, origin) };
            let mut part = read(origin.unwrap_or(0.0));
            all.second = all.second.max(part.second).max(all.max.min(part.max));
            all.max = all.max.max(part.max);
            if part.max.is_finite() && origin.is_none_or(|origin| part.max > origin + SLACK) {
                all.shift(origin.unwrap_or(part.max), part.max);
                origin = Some(part.max);
                part = read(part.max);
            }
            all.add(&part);
        });
        if let Some(origin) = origin {
            all.shift(origin, all.max);
        }
        if !all.sum.is_finite() {
            // Logits near the largest float overflow a block's sum in single precision.
            let max = f64::from(all.max);
            all.sum = 0.0;
            row.widened(self, |block| {
                all.sum += block.iter().filter(|x| x.is_finite()).map(|x| f64::from(*x) - max).sum::<f64>();
            });
        }
        all
    }
}

impl Moments {
    /// Adds a block's sums, which have the same origin.
    fn add(&mut self, part: &BlockSums) {
        self.sum += part.sum;
        self.finite += part.finite;
        self.nan += part.nan;
        // The kernels count distance in powers of two.
        let mut unit = 1.0;
        for (total, sum) in self.powers.iter_mut().zip(part.powers) {
            *total += sum * unit;
            unit *= std::f64::consts::LN_2;
        }
    }

    /// Moves the sums from one origin to another.
    fn shift(&mut self, from: f32, to: f32) {
        let rise = f64::from(to) - f64::from(from);
        self.sum -= rise * self.finite as f64;
        let ([s0, s1, s2], scale) = (self.powers, (-rise).exp());
        // An infinite rise scales the old sums to nothing; 0 · ∞ would make them NaN.
        self.powers = if scale == 0.0 {
            [0.0; 3]
        } else {
            [scale * s0, scale * (s1 - rise * s0), scale * (s2 - 2.0 * rise * s1 + rise * rise * s0)]
        };
    }
}

/// Reads one row of logits.
pub(crate) fn moments(row: Row<'_>) -> Moments {
    Kernel::best().moments(row)
}

/// The largest of some logits; −∞ when there is none. A NaN counts as −∞.
pub(crate) fn peak(logits: &[f32]) -> f32 {
    // SAFETY: the processor has the kernel's instructions, by its construction.
    unsafe { (Kernel::best().peak)(logits) }
}

#[cfg(test)]
#[path = "../../tests/oracle/logits.rs"]
mod rows;

#[cfg(test)]
mod tests {
    use super::rows::{half, noise, rows};
    use super::*;
    use proptest::prelude::*;

    /// The sums by their definitions.
    fn definition(row: &[f32]) -> Moments {
        let mut finite: Vec<f32> = row.iter().copied().filter(|x| x.is_finite()).collect();
        finite.sort_by(|a, b| b.total_cmp(a));
        let place = |i: usize| finite.get(i).copied().unwrap_or(f32::NEG_INFINITY);
        let distance = |x: &f32| f64::from(*x) - f64::from(place(0));
        let power = |n: i32| finite.iter().map(distance).map(|d| d.powi(n) * d.exp()).sum();
        Moments {
            max: place(0),
            second: place(1),
            sum: finite.iter().map(distance).sum(),
            finite: finite.len() as u64,
            nan: row.iter().filter(|x| x.is_nan()).count() as u64,
            powers: [power(0), power(1), power(2)],
        }
    }

    fn similar(a: &Moments, b: &Moments) -> bool {
        let near = |x: f64, y: f64| (x - y).abs() <= 2e-6 * (1.0 + y.abs());
        let (scale, count) = (b.powers[0].max(1.0), b.finite.max(1) as f64);
        (a.max.to_bits(), a.second.to_bits(), a.finite, a.nan)
            == (b.max.to_bits(), b.second.to_bits(), b.finite, b.nan)
            && near(a.sum / count, b.sum / count)
            && a.powers.iter().zip(b.powers).all(|(x, y)| near(x / scale, y / scale))
    }

    /// Compares the kernel of each instruction set with the definition.
    fn check(row: Row<'_>, values: &[f32]) {
        let wanted = definition(values);
        Level::each(|level| {
            let got = moments(row);
            assert!(similar(&got, &wanted), "{level:?}: {got:?} is not {wanted:?} for {} values", row.len());
            assert_eq!(peak(values).to_bits(), wanted.max.to_bits(), "{level:?}");
        });
    }

    #[test]
    fn sums_equal_their_definitions() {
        for row in rows() {
            check((&row).into(), &row);
        }
    }

    #[test]
    fn an_infinite_logit_is_the_largest() {
        for row in [[1.0, f32::INFINITY, 2.0], [f32::INFINITY, f32::NAN, f32::NEG_INFINITY]] {
            Level::each(|level| {
                assert_eq!(
                    (moments((&row).into()).max, peak(&row)),
                    (f32::INFINITY, f32::INFINITY),
                    "{level:?}"
                );
            });
        }
    }

    #[test]
    fn every_half_and_brain_number_is_read_exactly() {
        let all: Vec<u16> = (0..=u16::MAX).collect();
        let same = |a: f32, b: f32| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan());
        let brain = |bits: u16| f32::from_bits(u32::from(bits) << 16);
        Level::each(|level| {
            for (row, value) in [(Row::F16(&all), half as fn(u16) -> f32), (Row::Bf16(&all), brain)] {
                let mut seen = Vec::new();
                row.blocks(|block| seen.extend_from_slice(block));
                assert_eq!(seen.len(), all.len());
                assert!(seen.iter().zip(&all).all(|(&got, &bits)| same(got, value(bits))), "{level:?}");
            }
        });
    }

    #[test]
    fn narrow_formats_sum_to_what_their_values_do() {
        for n in [1, 7, 2047, 2048, 2049, 9_001] {
            let masked = |i: usize| i % 7 == 3;
            let halves: Vec<u16> =
                (0..n).map(|i| if masked(i) { 0xFC00 } else { (noise(i) * 20_000.0) as u16 }).collect();
            let brains: Vec<u16> = (0..n).map(|i| ((8.0 * noise(i) - 4.0).to_bits() >> 16) as u16).collect();
            check(Row::F16(&halves), &halves.iter().map(|&bits| half(bits)).collect::<Vec<_>>());
            let wide = brains.iter().map(|&bits| f32::from_bits(u32::from(bits) << 16));
            check(Row::Bf16(&brains), &wide.collect::<Vec<_>>());
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn sums_of_any_row_equal_their_definitions(
            seed in 0_usize..1 << 40, n in 0_usize..5000, scale in 0.0_f32..40.0, level in -100.0_f32..100.0,
            rise in -0.02_f32..0.02, odd in 0_usize..12,
        ) {
            let value = |i: usize| match (odd, noise(seed + 2 * i) < 0.2) {
                (0, true) => f32::NAN,
                (1, true) => f32::NEG_INFINITY,
                _ => level + rise * i as f32 + scale * noise(seed + 2 * i + 1),
            };
            let row: Vec<f32> = (0..n).map(value).collect();
            check((&row).into(), &row);
        }
    }
}
