//! Sums over one row of logits, from which entropy and its kin follow: one walk over memory, in blocks that stay in
//! the first-level cache while they are read twice (once for the maximum, once for the exponentials).

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "aarch64")]
mod neon;

/// How many floats are held in the first-level cache between the two readings.
const BLOCK: usize = 2048;
/// Lanes of the portable kernel and of AVX2's.
const LANES: usize = 8;
/// Exponentials are taken as powers of two. Below this one a term counts as this one: 1e-38, nothing against the
/// maximum's 1.
const FLOOR: f32 = -126.0;
/// Adding 1.5·2²³ to a small number leaves its nearest whole number in the lowest bits of the mantissa.
const ROUND: f32 = 12_582_912.0;
const LOG2_E: f32 = std::f32::consts::LOG2_E;
/// 2ʳ − 1 over r for |r| ≤ ½, highest power first: Cephes' `exp2f`, within 2 ulp.
const POLY: [f32; 6] =
    [1.535_336_2e-4, 1.339_887_4e-3, 9.618_437e-3, 5.550_332_6e-2, 2.402_264_8e-1, std::f32::consts::LN_2];

/// What one row says, with `d = x - max` over the finite logits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moments {
    /// The largest logit; −∞ when there is none.
    pub max: f32,
    /// The second largest logit, counting a repeated maximum; −∞ when there is none.
    pub second: f32,
    /// Σ x over finite logits.
    pub sum: f64,
    /// How many logits are finite.
    pub finite: u64,
    /// How many are NaN; they count as −∞.
    pub nan: u64,
    /// Σ eᵈ, Σ d·eᵈ, Σ d²·eᵈ.
    pub powers: [f64; 3],
}

/// The part of [`Moments`] that needs no exponential, for one block.
struct Head {
    max: f32,
    second: f32,
    sum: f64,
    finite: u64,
    nan: u64,
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
    pub fn blocks(self, mut read: impl FnMut(&[f32])) {
        let (row, widen): (_, Widen) = match self {
            Self::F32(row) => return row.chunks(BLOCK).for_each(read),
            Self::F16(row) => (row, widen_f16),
            Self::Bf16(row) => (row, widen_bf16),
        };
        let mut room = [0.0; BLOCK];
        for block in row.chunks(BLOCK) {
            let room = &mut room[..block.len()];
            widen(block, room);
            read(room);
        }
    }
}

type Widen = fn(&[u16], &mut [f32]);

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

/// Half precision to single, exactly.
fn widen_f16(block: &[u16], room: &mut [f32]) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma") {
        // SAFETY: the function needs AVX2 and FMA and nothing else; the processor has both.
        return unsafe { avx2::widen_f16(block, room) };
    }
    widen_f16_portable(block, room);
}

/// The upper half of a number to the number, exactly.
fn widen_bf16(block: &[u16], room: &mut [f32]) {
    for (to, &from) in room.iter_mut().zip(block) {
        *to = f32::from_bits(u32::from(from) << 16);
    }
}

#[inline(always)]
#[allow(clippy::inline_always)] // so that it takes on the vectors of its caller
fn widen_f16_portable(block: &[u16], room: &mut [f32]) {
    for (to, &from) in room.iter_mut().zip(block) {
        *to = half(from);
    }
}

/// One number of half precision. Its exponent and mantissa, moved into place, make a number 2¹¹² times too small,
/// subnormal ones included; infinity and NaN keep their exponent of all ones.
#[inline(always)]
#[allow(clippy::inline_always)]
fn half(bits: u16) -> f32 {
    let bits = u32::from(bits);
    let moved = (bits & 0x7FFF) << 13;
    let scaled = (f32::from_bits(moved) * f32::from_bits((127 + 112) << 23)).to_bits();
    let special = if bits & 0x7C00 == 0x7C00 { 0x7F80_0000 } else { 0 };
    f32::from_bits((bits & 0x8000) << 16 | scaled | special)
}

/// Reads one row of logits with the widest kernel that the processor has.
pub fn moments<'a>(row: impl Into<Row<'a>>) -> Moments {
    let row = row.into();
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx512f") {
        // SAFETY: both kernels need AVX-512F and nothing else; the processor has it.
        return drive(row, |b| unsafe { avx512::head(b) }, |b, m| unsafe { avx512::powers(b, m) });
    }
    narrow(row)
}

/// The kernel for processors without AVX-512: AVX2's, NEON's, or the portable one.
pub fn narrow<'a>(row: impl Into<Row<'a>>) -> Moments {
    let row = row.into();
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma") {
        // SAFETY: both kernels need AVX2 and FMA and nothing else; the processor has both.
        return drive(row, |b| unsafe { avx2::head(b) }, |b, m| unsafe { avx2::powers(b, m) });
    }
    #[cfg(target_arch = "aarch64")]
    if std::arch::is_aarch64_feature_detected!("neon") {
        // SAFETY: both kernels need NEON and nothing else; the processor has it.
        return drive(row, |b| unsafe { neon::head(b) }, |b, m| unsafe { neon::powers(b, m) });
    }
    portable(row)
}

/// The portable twin, in plain arrays that compilers turn into whatever vectors the target has.
pub fn portable<'a>(row: impl Into<Row<'a>>) -> Moments {
    drive(row.into(), head, powers)
}

/// Walks the blocks, moving the sums to a new origin whenever a larger maximum appears.
fn drive(row: Row<'_>, head: impl Fn(&[f32]) -> Head, powers: impl Fn(&[f32], f32) -> [f64; 3]) -> Moments {
    let mut all = Moments {
        max: f32::NEG_INFINITY,
        second: f32::NEG_INFINITY,
        sum: 0.0,
        finite: 0,
        nan: 0,
        powers: [0.0; 3],
    };
    row.blocks(|block| {
        let part = head(block);
        all.sum += part.sum;
        all.finite += part.finite;
        all.nan += part.nan;
        if part.max > all.max {
            if all.max > f32::NEG_INFINITY {
                all.powers = shift(all.powers, f64::from(part.max) - f64::from(all.max));
            }
            all.second = all.max.max(part.second);
            all.max = part.max;
        } else {
            all.second = all.second.max(part.max);
        }
        if all.max.is_finite() {
            // The kernels count distance in powers of two.
            let sums = powers(block, all.max);
            let mut unit = 1.0;
            for (total, sum) in all.powers.iter_mut().zip(sums) {
                *total += sum * unit;
                unit *= std::f64::consts::LN_2;
            }
        }
    });
    if !all.sum.is_finite() {
        // Logits near the largest float: a block's sum has left single precision.
        all.sum = 0.0;
        row.blocks(|block| {
            all.sum += block.iter().filter(|x| x.is_finite()).map(|x| f64::from(*x)).sum::<f64>();
        });
    }
    all
}

/// The sums as seen from a maximum that lies `rise` higher: `d` becomes `d - rise`.
fn shift([s0, s1, s2]: [f64; 3], rise: f64) -> [f64; 3] {
    let scale = (-rise).exp();
    // An infinite rise leaves nothing of the old sums; 0 · ∞ would make NaN of them.
    if scale == 0.0 {
        return [0.0; 3];
    }
    [scale * s0, scale * (s1 - rise * s0), scale * (s2 - 2.0 * rise * s1 + rise * rise * s0)]
}

/// A vector of floats, the missing ones −∞, which every kernel passes over.
fn padded<const N: usize>(rest: &[f32]) -> [f32; N] {
    let mut lanes = [f32::NEG_INFINITY; N];
    for (lane, x) in lanes.iter_mut().zip(rest) {
        *lane = *x;
    }
    lanes
}

/// The largest and second largest of two rows of per-lane records.
fn top_two<const N: usize>(first: [f32; N], second: [f32; N]) -> (f32, f32) {
    let (mut one, mut two) = (f32::NEG_INFINITY, f32::NEG_INFINITY);
    for x in first.into_iter().chain(second) {
        two = two.max(one.min(x));
        one = one.max(x);
    }
    (one, two)
}

/// Portable twin of `avx2::head`.
fn head(block: &[f32]) -> Head {
    let (mut first, mut second) = ([f32::NEG_INFINITY; LANES], [f32::NEG_INFINITY; LANES]);
    let (mut sum, mut finite, mut nan) = ([0.0_f32; LANES], [0_u32; LANES], [0_u32; LANES]);
    let mut step = |lanes: &[f32; LANES]| {
        for i in 0..LANES {
            let x = if lanes[i].is_nan() { f32::NEG_INFINITY } else { lanes[i] };
            nan[i] += u32::from(lanes[i].is_nan());
            let ok = x > f32::NEG_INFINITY;
            finite[i] += u32::from(ok);
            sum[i] += if ok { x } else { 0.0 };
            let low = if x < first[i] { x } else { first[i] };
            second[i] = if low > second[i] { low } else { second[i] };
            first[i] = if x > first[i] { x } else { first[i] };
        }
    };
    let (whole, rest) = block.as_chunks::<LANES>();
    whole.iter().for_each(&mut step);
    if !rest.is_empty() {
        step(&padded(rest));
    }
    let (max, second) = top_two(first, second);
    Head { max, second, sum: total(sum), finite: count(finite), nan: count(nan) }
}

/// Portable twin of `avx2::powers`.
fn powers(block: &[f32], max: f32) -> [f64; 3] {
    let mut sums = [[0.0_f32; LANES]; 3];
    let mut step = |lanes: &[f32; LANES]| {
        for i in 0..LANES {
            let t = (lanes[i] - max) * LOG2_E;
            let t = if t > FLOOR { t } else { FLOOR };
            let shifted = t + ROUND;
            let r = t - (shifted - ROUND);
            let mut p = POLY[0];
            for c in &POLY[1..] {
                p = p * r + c;
            }
            let e = f32::from_bits((p * r + 1.0).to_bits().wrapping_add(shifted.to_bits() << 23));
            sums[0][i] += e;
            sums[1][i] += t * e;
            sums[2][i] += t * t * e;
        }
    };
    let (whole, rest) = block.as_chunks::<LANES>();
    whole.iter().for_each(&mut step);
    if !rest.is_empty() {
        step(&padded(rest));
    }
    sums.map(total)
}

fn total<const N: usize>(lanes: [f32; N]) -> f64 {
    lanes.into_iter().map(f64::from).sum()
}

fn count(lanes: [u32; LANES]) -> u64 {
    lanes.into_iter().map(u64::from).sum()
}
