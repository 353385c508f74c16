//! Plain arrays, which compilers turn into whatever vectors the target has.

use super::LOG2_E;
use super::kernel::{BlockSums, FLOOR, POLY, ROUND, kernel, largest, padded, top_two, total};

const LANES: usize = 16;
const VECTORS: usize = 1;

type V = [f32; LANES];

kernel!();

fn splat(x: f32) -> V {
    [x; LANES]
}

fn load(lanes: &V) -> V {
    *lanes
}

fn store(x: V) -> V {
    x
}

fn ahead(_: &V) {}

fn pairs(a: V, b: V, f: impl Fn(f32, f32) -> f32) -> V {
    std::array::from_fn(|i| f(a[i], b[i]))
}

fn add(a: V, b: V) -> V {
    pairs(a, b, |a, b| a + b)
}

fn sub(a: V, b: V) -> V {
    pairs(a, b, |a, b| a - b)
}

fn mul(a: V, b: V) -> V {
    pairs(a, b, |a, b| a * b)
}

/// In two roundings: without an instruction for it, one would cost a function call.
fn mul_add(a: V, b: V, c: V) -> V {
    add(mul(a, b), c)
}

/// The second operand where one is NaN.
fn max(a: V, b: V) -> V {
    pairs(a, b, |a, b| if a > b { a } else { b })
}

/// As `max`.
fn min(a: V, b: V) -> V {
    pairs(a, b, |a, b| if a < b { a } else { b })
}

/// `power · 2ⁿ`, `n` being what the lowest bits of `whole` say: moved up, they add to the exponent.
fn raise(power: V, whole: V) -> V {
    pairs(power, whole, |power, whole| f32::from_bits(power.to_bits().wrapping_add(whole.to_bits() << 23)))
}
