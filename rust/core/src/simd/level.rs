//! Which vectors the processor has.
#![cfg(target_arch = "x86_64")]

use std::sync::atomic::{AtomicU8, Ordering};

/// Sets of instructions, each with all of those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// What every processor of the architecture has.
    Plain,
    /// AVX2, bit manipulation (both sets), and counts of bits.
    Avx2,
    /// AVX-512 for bytes, and the compression of bytes.
    Avx512,
}

impl Level {
    /// The highest that the processor has. It is asked once: so many questions take longer than some of the work.
    #[inline]
    pub(super) fn highest() -> Self {
        const UNKNOWN: u8 = u8::MAX;
        static LEVEL: AtomicU8 = AtomicU8::new(UNKNOWN);
        match LEVEL.load(Ordering::Relaxed) {
            0 => Self::Plain,
            1 => Self::Avx2,
            2 => Self::Avx512,
            _ => {
                let level = Self::ask();
                LEVEL.store(level as u8, Ordering::Relaxed);
                level
            }
        }
    }

    #[cold]
    fn ask() -> Self {
        let avx2 = std::arch::is_x86_feature_detected!("avx2")
            && std::arch::is_x86_feature_detected!("bmi1")
            && std::arch::is_x86_feature_detected!("bmi2")
            && std::arch::is_x86_feature_detected!("lzcnt")
            && std::arch::is_x86_feature_detected!("popcnt");
        let avx512 = std::arch::is_x86_feature_detected!("avx512f")
            && std::arch::is_x86_feature_detected!("avx512bw")
            && std::arch::is_x86_feature_detected!("avx512vbmi2");
        match (avx2, avx512) {
            (false, _) => Self::Plain,
            (true, false) => Self::Avx2,
            (true, true) => Self::Avx512,
        }
    }
}
