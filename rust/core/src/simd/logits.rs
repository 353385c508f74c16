//! Sums over one row of logits, from which entropy and its kin follow, in one walk over memory.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod kernel;
#[cfg(target_arch = "aarch64")]
mod neon;
mod portable;

use kernel::Part;

/// Floats whose sums are kept in single precision before they go into a double.
const BLOCK: usize = 2048;
const LOG2_E: f32 = std::f32::consts::LOG2_E;
/// How far, in nats, a logit may rise above the origin of the exponentials before the origin is moved up to it. Sums around an
/// origin that lies lower lose precision by the square of this.
const SLACK: f32 = 4.0;

/// What one row says, with `d = x - max` over the finite logits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moments {
    /// The largest logit; −∞ when there is none.
    pub max: f32,
    /// The second largest logit, counting a repeated maximum; −∞ when there is none.
    pub second: f32,
    /// Σ d over finite logits.
    pub sum: f64,
    /// How many logits are finite.
    pub finite: u64,
    /// How many are NaN; they count as −∞.
    pub nan: u64,
    /// Σ eᵈ, Σ d·eᵈ, Σ d²·eᵈ.
    pub powers: [f64; 3],
}

/// A row of logits in one of the formats that models have them in.
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
    /// How many logits there are.
    pub fn len(self) -> usize {
        match self {
            Self::F32(row) => row.len(),
            Self::F16(row) | Self::Bf16(row) => row.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Calls `read` with each block of the row in single precision: in place, or widened into a buffer that stays in
    /// the first-level cache.
    pub fn blocks(self, read: impl FnMut(&[f32])) {
        self.widened(&Kernel::widest(), read);
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

/// The functions for one set of instructions, which the processor must have: only then may a `Kernel` of them be made.
struct Kernel {
    read: unsafe fn(&[f32], f32) -> Part,
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
    /// The widest one that the processor has.
    fn widest() -> Self {
        #[cfg(target_arch = "x86_64")]
        if std::arch::is_x86_feature_detected!("avx512f") {
            return kernel_of!(avx512);
        }
        Self::narrow()
    }

    /// The one for processors without AVX-512.
    fn narrow() -> Self {
        #[cfg(target_arch = "x86_64")]
        if std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma") {
            return kernel_of!(avx2);
        }
        #[cfg(target_arch = "aarch64")]
        if std::arch::is_aarch64_feature_detected!("neon") {
            return kernel_of!(neon);
        }
        kernel_of!(portable)
    }

    /// Walks the blocks, moving the sums to a new origin where logits rise above the old one.
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
            // Logits near the largest float: a block's sum has left single precision.
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
    /// Takes in a block's sums, which are around the same origin.
    fn add(&mut self, part: &Part) {
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

    /// Makes the sums around one origin those around another.
    fn shift(&mut self, from: f32, to: f32) {
        let rise = f64::from(to) - f64::from(from);
        self.sum -= rise * self.finite as f64;
        let ([s0, s1, s2], scale) = (self.powers, (-rise).exp());
        // A rise that leaves nothing of the old sums may be infinite; 0 · ∞ would make NaN of them.
        self.powers = if scale == 0.0 {
            [0.0; 3]
        } else {
            [scale * s0, scale * (s1 - rise * s0), scale * (s2 - 2.0 * rise * s1 + rise * rise * s0)]
        };
    }
}

/// Reads one row of logits with the widest kernel that the processor has.
pub fn moments<'a>(row: impl Into<Row<'a>>) -> Moments {
    Kernel::widest().moments(row.into())
}

/// As [`moments`], with the kernel for processors without AVX-512: AVX2's, NEON's, or the portable one.
pub fn narrow<'a>(row: impl Into<Row<'a>>) -> Moments {
    Kernel::narrow().moments(row.into())
}

/// As [`moments`], with the portable kernel.
pub fn portable<'a>(row: impl Into<Row<'a>>) -> Moments {
    kernel_of!(portable).moments(row.into())
}

/// The largest of some logits; −∞ when there is none. A NaN counts as −∞.
pub fn peak(logits: &[f32]) -> f32 {
    // SAFETY: the processor has the kernel's instructions, by its construction.
    unsafe { (Kernel::widest().peak)(logits) }
}
