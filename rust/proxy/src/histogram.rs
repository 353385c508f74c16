//! Histograms of times, in the text format of Prometheus. One count is two additions to atomics, without a lock.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};

/// Upper bounds of the buckets, in microseconds: from what a decision takes to what a long answer takes.
pub(crate) const BOUNDS: [u64; 19] = [
    5,
    10,
    25,
    50,
    100,
    250,
    500,
    1_000,
    2_500,
    10_000,
    50_000,
    100_000,
    500_000,
    1_000_000,
    5_000_000,
    10_000_000,
    30_000_000,
    60_000_000,
    300_000_000,
];

/// A histogram of times.
#[derive(Debug, Default)]
pub(crate) struct Histogram {
    /// Times in each bucket; the last is without a bound.
    counts: [AtomicU64; BOUNDS.len() + 1],
    /// Sum of all times, in microseconds.
    sum: AtomicU64,
}

impl Histogram {
    /// Counts a time, in seconds. One that is no time counts as 0.
    pub(crate) fn add(&self, seconds: f64) {
        let micros = (seconds * 1e6) as u64;
        let bucket = BOUNDS.partition_point(|bound| *bound < micros);
        if let Some(count) = self.counts.get(bucket) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        self.sum.fetch_add(micros, Ordering::Relaxed);
    }

    /// Counts of the buckets, and the sum in seconds.
    pub(crate) fn read(&self) -> (Vec<u64>, f64) {
        let counts = self.counts.iter().map(|count| count.load(Ordering::Relaxed)).collect();
        (counts, self.sum.load(Ordering::Relaxed) as f64 / 1e6)
    }

    /// Writes it under a name, with its buckets added up as Prometheus wants them.
    pub(crate) fn write(&self, out: &mut String, name: &str, help: &str) {
        let _ = writeln!(out, "# HELP rheostat_{name} {help}\n# TYPE rheostat_{name} histogram");
        let (counts, sum) = self.read();
        let mut below = 0;
        for (at, count) in counts.iter().enumerate() {
            below += count;
            let bound =
                BOUNDS.get(at).map_or_else(|| "+Inf".to_owned(), |bound| (*bound as f64 / 1e6).to_string());
            let _ = writeln!(out, "rheostat_{name}_bucket{{le=\"{bound}\"}} {below}");
        }
        let _ = writeln!(out, "rheostat_{name}_sum {sum}\nrheostat_{name}_count {below}");
    }
}
