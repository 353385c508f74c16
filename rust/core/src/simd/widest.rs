//! Compiles plain code twice, for the baseline and for AVX2 with its bit instructions, and runs the better one.

#[cfg(target_arch = "x86_64")]
use super::level::Level;

/// Work that gains from newer instructions: loops over arrays and bit masks. `run` and the functions that it calls must be
/// `#[inline(always)]`; others keep the baseline's instructions.
pub(crate) trait Work {
    /// The result.
    type Output;

    /// Does the work.
    fn run(self) -> Self::Output;
}

/// Does the work with AVX2 and bit manipulation if the processor has them. Results are equal to the last bit, because the
/// compiler may not fuse or reorder floating-point operations.
#[inline]
pub(crate) fn widest<W: Work>(work: W) -> W::Output {
    #[cfg(target_arch = "x86_64")]
    if Level::best() >= Level::Avx2 {
        // SAFETY: the processor has each of the features that the function is compiled for.
        return unsafe { v3(work) };
    }
    work.run()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
fn v3<W: Work>(work: W) -> W::Output {
    work.run()
}

#[cfg(test)]
#[path = "../../tests/unit/simd/widest.rs"]
mod tests;
