//! Rows of logits that kernels and statistics have to get right.

/// Numbers that look random, from a counter.
pub(crate) fn noise(i: usize) -> f32 {
    let mut x = (i as u64).wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (x >> 40) as f32 / (1_u64 << 24) as f32
}

/// One table of rows for every kernel: lengths around the lanes and blocks, flat, peaked, rising, masked.
pub(crate) fn rows() -> Vec<Vec<f32>> {
    let mut rows = Vec::new();
    for n in [1, 2, 7, 8, 9, 15, 17, 63, 1000, 2047, 2048, 2049, 4096 + 3, 151_936] {
        rows.push(vec![0.0; n]);
        rows.push((0..n).map(|i| 8.0 * noise(i) - 4.0).collect());
        rows.push((0..n).map(|i| if i == n / 2 { 30.0 } else { -10.0 * noise(i) }).collect());
        rows.push((0..n).map(|i| i as f32 / 100.0).collect());
        rows.push((0..n).map(|i| if i % 3 == 0 { f32::NEG_INFINITY } else { noise(i) }).collect());
        rows.push((0..n).map(|i| if i % 5 == 0 { f32::NAN } else { 3.0 * noise(i) }).collect());
        rows.push((0..n).map(|i| 300.0 * noise(i) - 150.0).collect());
        // The maximum rises from block to block, by less and by more than the sums follow with ease.
        for step in [1.0, 3.9, 4.1, 300.0] {
            rows.push((0..n).map(|i| (i / 2048) as f32 * step + noise(i)).collect());
        }
        // Masked up to the last few, and far away from 0.
        rows.push((0..n).map(|i| if i + 3 < n { f32::NEG_INFINITY } else { noise(i) - 90.0 }).collect());
        rows.push((0..n).map(|i| 1e6 + 8.0 * noise(i)).collect());
        // NaN that signal: some processors' maximum takes them for the larger number, and some for the smaller.
        let signalling = f32::from_bits(0x7F80_0001);
        rows.push((0..n).map(|i| if i % 64 == 63 { signalling } else { 5.0 * noise(i) }).collect());
    }
    rows
}

/// A half-precision number by its definition.
pub(crate) fn half(bits: u16) -> f32 {
    let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
    let (exponent, mantissa) = (i32::from(bits >> 10 & 31), f32::from(bits & 1023));
    sign * match exponent {
        0 => mantissa * 2.0_f32.powi(-24),
        31 if mantissa == 0.0 => f32::INFINITY,
        31 => f32::NAN,
        _ => (1024.0 + mantissa) * 2.0_f32.powi(exponent - 25),
    }
}
