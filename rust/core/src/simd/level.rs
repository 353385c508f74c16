//! The instruction sets that kernels are compiled for, and the only detection of the processor's.

/// An instruction set; each includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Level {
    /// The baseline of the target.
    Plain,
    /// NEON, part of the target's baseline.
    #[cfg(all(target_arch = "aarch64", target_feature = "neon"))]
    Neon,
    /// AVX2, FMA, BMI1, BMI2, LZCNT and POPCNT: Haswell, Zen.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// AVX-512F: Skylake servers.
    #[cfg(target_arch = "x86_64")]
    Avx512,
    /// AVX-512BW and VBMI2, for bytes and their compression: Ice Lake, Zen 4.
    #[cfg(target_arch = "x86_64")]
    Avx512Vbmi2,
}

impl Level {
    /// The best set that the processor has.
    #[inline]
    pub(crate) fn best() -> Self {
        #[cfg(test)]
        if let Some(level) = forced::LEVEL.get() {
            return level;
        }
        Self::of_processor()
    }

    #[cfg(all(target_arch = "aarch64", target_feature = "neon"))]
    #[inline]
    fn of_processor() -> Self {
        Self::Neon
    }

    #[cfg(not(any(target_arch = "x86_64", all(target_arch = "aarch64", target_feature = "neon"))))]
    #[inline]
    fn of_processor() -> Self {
        Self::Plain
    }

    /// Cached, because CPUID takes longer than some of the work.
    #[cfg(target_arch = "x86_64")]
    #[inline]
    fn of_processor() -> Self {
        use std::sync::atomic::{AtomicU8, Ordering};
        const UNKNOWN: u8 = u8::MAX;
        static LEVEL: AtomicU8 = AtomicU8::new(UNKNOWN);
        match LEVEL.load(Ordering::Relaxed) {
            0 => Self::Plain,
            1 => Self::Avx2,
            2 => Self::Avx512,
            3 => Self::Avx512Vbmi2,
            _ => {
                let level = Self::detect();
                LEVEL.store(level as u8, Ordering::Relaxed);
                level
            }
        }
    }

    #[cfg(target_arch = "x86_64")]
    #[cold]
    fn detect() -> Self {
        use std::arch::is_x86_feature_detected as has;
        let avx2 =
            has!("avx2") && has!("fma") && has!("bmi1") && has!("bmi2") && has!("lzcnt") && has!("popcnt");
        let avx512 = avx2 && has!("avx512f");
        let vbmi2 = avx512 && has!("avx512bw") && has!("avx512vbmi2");
        match (avx2, avx512, vbmi2) {
            (_, _, true) => Self::Avx512Vbmi2,
            (_, true, _) => Self::Avx512,
            (true, ..) => Self::Avx2,
            _ => Self::Plain,
        }
    }
}

#[cfg(test)]
mod forced {
    use super::Level;
    use std::cell::Cell;

    thread_local!(pub(super) static LEVEL: Cell<Option<Level>> = const { Cell::new(None) });

    /// Restores detection when it is dropped, also by a failing test.
    struct Force;

    impl Drop for Force {
        fn drop(&mut self) {
            LEVEL.set(None);
        }
    }

    impl Level {
        const ALL: &[Self] = &[
            Self::Plain,
            #[cfg(all(target_arch = "aarch64", target_feature = "neon"))]
            Self::Neon,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2,
            #[cfg(target_arch = "x86_64")]
            Self::Avx512,
            #[cfg(target_arch = "x86_64")]
            Self::Avx512Vbmi2,
        ];

        /// Runs a test on this thread once per instruction set of the processor, as if it had no better one.
        pub(crate) fn each(mut test: impl FnMut(Self)) {
            let _force = Force;
            for level in Self::ALL.iter().filter(|level| **level <= Self::of_processor()) {
                LEVEL.set(Some(*level));
                test(*level);
            }
        }
    }
}
