//! The kernel, written once as a macro. Each module beside this one defines a vector of `LANES` floats with its operations, and
//! compiles the macro for its instruction set.

/// The least exponent of a power of two; lower ones are raised to it. 2⁻¹²⁶ is the smallest normal float, and 1e-38 of the
/// maximum's term.
pub(super) const FLOOR: f32 = -126.0;
/// Adding 1.5·2²³ to a small number leaves its nearest whole number in the lowest bits of the mantissa.
pub(super) const ROUND: f32 = 12_582_912.0;
/// (2ʳ − 1)/r for |r| ≤ ½, highest power first: the polynomial that begins with ln 2 and has the least relative error of
/// 2ʳ, 1e-7.
pub(super) const POLY: [f32; 5] =
    [1.330_060_5e-3, 9.669_691e-3, 5.550_558_5e-2, 2.402_228_3e-1, std::f32::consts::LN_2];

/// Numbers that the counting of an odd block adds side by side.
const WIDTH: usize = 16;

/// Sums over one block.
#[derive(Debug, Clone, Copy)]
pub(super) struct BlockSums {
    /// The largest logit; −∞ when there is none.
    pub(super) max: f32,
    /// The second largest, counting a repeated maximum.
    pub(super) second: f32,
    /// Σ (x − origin) over the logits that are neither −∞ nor NaN.
    pub(super) sum: f64,
    /// Number of those logits.
    pub(super) finite: u64,
    /// Number of NaN.
    pub(super) nan: u64,
    /// Σ 2ᵗ, Σ t·2ᵗ, Σ t²·2ᵗ, with `t = (x − origin) log₂ e`.
    pub(super) powers: [f64; 3],
}

/// Defines `read`, which sums one block; `peak`, the largest logit alone; and the two conversions. A logit far above `origin`
/// overflows `powers`; the caller then reads the block again with a higher origin.
macro_rules! kernel {
    ($(#[$enable:meta])?) => {
        $(#[$enable])?
        pub(super) fn read(block: &[f32], origin: f32) -> BlockSums {
            let (zero, lowest) = (splat(0.0), splat(f32::NEG_INFINITY));
            let (mut first, mut second, mut sum) = (lowest, lowest, zero);
            let (mut s0, mut s1, mut s2) = (zero, zero, zero);
            let start = splat(origin);
            let (whole, rest) = block.as_chunks::<{ VECTORS * LANES }>();
            let rest = (!rest.is_empty()).then(|| padded(rest));
            for chunk in whole.iter().chain(&rest) {
                let (lanes, _) = chunk.as_chunks::<LANES>();
                let (mut t, mut n, mut r, mut e) = ([zero; VECTORS], [zero; VECTORS], [zero; VECTORS], [zero; VECTORS]);
                for i in 0..VECTORS {
                    ahead(&lanes[i]);
                    let x = load(&lanes[i]);
                    let d = sub(x, start);
                    sum = add(sum, d);
                    // For a NaN and a number, min and max give the second operand, so a NaN is ignored.
                    second = max(min(first, x), second);
                    first = max(x, first);
                    t[i] = max(mul(d, splat(LOG2_E)), splat(FLOOR));
                }
                // All vectors take one step before the next, so that none waits for its own result.
                for i in 0..VECTORS {
                    n[i] = add(t[i], splat(ROUND));
                }
                for i in 0..VECTORS {
                    r[i] = sub(t[i], sub(n[i], splat(ROUND)));
                    e[i] = splat(POLY[0]);
                }
                for c in [POLY[1], POLY[2], POLY[3], POLY[4], 1.0] {
                    for i in 0..VECTORS {
                        e[i] = mul_add(e[i], r[i], splat(c));
                    }
                }
                for i in 0..VECTORS {
                    let e = raise(e[i], n[i]);
                    let te = mul(t[i], e);
                    s0 = add(s0, e);
                    s1 = add(s1, te);
                    s2 = mul_add(t[i], te, s2);
                }
            }
            let (max, second) = top_two(store(first), store(second));
            let powers = [s0, s1, s2].map(|s| total(store(s)));
            let mut part = BlockSums { max, second, sum: total(store(sum)), finite: 0, nan: 0, powers };
            // A finite sum means finite numbers only, as in most blocks; the others are counted in a second look.
            if part.sum.is_finite() {
                part.finite = block.len() as u64;
            } else {
                part.count(block, origin);
            }
            part
        }

        $(#[$enable])?
        pub(super) fn peak(block: &[f32]) -> f32 {
            let mut first = [splat(f32::NEG_INFINITY); VECTORS];
            let (whole, rest) = block.as_chunks::<{ VECTORS * LANES }>();
            let rest = (!rest.is_empty()).then(|| padded(rest));
            for chunk in whole.iter().chain(&rest) {
                let (lanes, _) = chunk.as_chunks::<LANES>();
                for i in 0..VECTORS {
                    first[i] = max(load(&lanes[i]), first[i]);
                }
            }
            let mut all = first[0];
            for one in &first[1..] {
                all = max(*one, all);
            }
            largest(store(all))
        }

        $(#[$enable])?
        pub(super) fn widen_f16(block: &[u16], room: &mut [f32]) {
            super::kernel::widen_f16(block, room);
        }

        $(#[$enable])?
        pub(super) fn widen_bf16(block: &[u16], room: &mut [f32]) {
            super::kernel::widen_bf16(block, room);
        }
    };
}
pub(super) use kernel;

impl BlockSums {
    /// The sum and the counts of a block that may hold NaN and infinities.
    #[inline]
    pub(super) fn count(&mut self, block: &[f32], origin: f32) {
        let (whole, rest) = block.as_chunks::<WIDTH>();
        let (mut sums, mut finite, mut nan) = ([0.0; WIDTH], [0_u32; WIDTH], [0_u32; WIDTH]);
        let mut add = |lanes: &[f32; WIDTH]| {
            for i in 0..WIDTH {
                let ok = lanes[i] > f32::NEG_INFINITY;
                sums[i] += if ok { lanes[i] - origin } else { 0.0 };
                finite[i] += u32::from(ok);
                nan[i] += u32::from(lanes[i].is_nan());
            }
        };
        whole.iter().for_each(&mut add);
        add(&padded(rest));
        self.sum = total(sums);
        self.finite = finite.into_iter().map(u64::from).sum();
        self.nan = nan.into_iter().map(u64::from).sum();
    }
}

#[inline]
fn larger(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

/// Folds a vector of maxima and one of second maxima, half onto half, into the two largest numbers.
#[inline]
pub(super) fn top_two<const N: usize>(mut first: [f32; N], mut second: [f32; N]) -> (f32, f32) {
    let mut half = N / 2;
    while half > 0 {
        for i in 0..half {
            let (a, b) = (first[i], first[i + half]);
            let (low, high) = if a < b { (a, b) } else { (b, a) };
            first[i] = high;
            second[i] = larger(low, larger(second[i], second[i + half]));
        }
        half /= 2;
    }
    (first[0], second[0])
}

/// The largest of some numbers.
#[inline]
pub(super) fn largest<const N: usize>(mut lanes: [f32; N]) -> f32 {
    let mut half = N / 2;
    while half > 0 {
        for i in 0..half {
            lanes[i] = larger(lanes[i], lanes[i + half]);
        }
        half /= 2;
    }
    lanes[0]
}

/// Σ of a vector's numbers, half onto half.
#[inline]
pub(super) fn total<const N: usize>(lanes: [f32; N]) -> f64 {
    let mut lanes = lanes.map(f64::from);
    let mut half = N / 2;
    while half > 0 {
        for i in 0..half {
            lanes[i] += lanes[i + half];
        }
        half /= 2;
    }
    lanes[0]
}

/// A vector of floats, the missing ones −∞, which every kernel passes over.
#[inline]
pub(super) fn padded<const N: usize>(rest: &[f32]) -> [f32; N] {
    let mut lanes = [f32::NEG_INFINITY; N];
    for (lane, x) in lanes.iter_mut().zip(rest) {
        *lane = *x;
    }
    lanes
}

/// Widens half precision to single, exactly. Exponent and mantissa, moved into place, make a number that is 2¹¹² times too small,
/// also for subnormals; infinity and NaN keep their exponent of all ones.
#[inline(always)]
#[allow(clippy::inline_always)] // compiled again with the vectors of each caller
pub(super) fn widen_f16(block: &[u16], room: &mut [f32]) {
    for (to, &from) in room.iter_mut().zip(block) {
        let bits = u32::from(from);
        let scaled = (f32::from_bits((bits & 0x7FFF) << 13) * f32::from_bits((127 + 112) << 23)).to_bits();
        let special = if bits & 0x7C00 == 0x7C00 { 0x7F80_0000 } else { 0 };
        *to = f32::from_bits((bits & 0x8000) << 16 | scaled | special);
    }
}

/// Widens bfloat16 to single precision, exactly.
#[inline(always)]
#[allow(clippy::inline_always)]
pub(super) fn widen_bf16(block: &[u16], room: &mut [f32]) {
    for (to, &from) in room.iter_mut().zip(block) {
        *to = f32::from_bits(u32::from(from) << 16);
    }
}
