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
#[path = "../../tests/unit/simd/logits.rs"]
mod tests;
