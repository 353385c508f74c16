//! The wait before a failed request is sent again.

use backon::{BackoffBuilder, ExponentialBuilder};
use std::time::Duration;

/// The first wait, without its jitter.
const FIRST: Duration = Duration::from_millis(500);
/// The longest wait, without its jitter, unless the provider asks for more.
const LONGEST: Duration = Duration::from_secs(16);

/// Seconds to wait before attempt `attempt` (from 1): 0.5 s, doubled each time up to 16 s, plus up to as much again by chance, so that
/// requests which failed together do not come back together. At least what the provider asks for.
pub(super) fn wait(attempt: u32, retry_after: Option<f64>, seed: u64) -> f64 {
    let builder = ExponentialBuilder::new().with_min_delay(FIRST).with_max_delay(LONGEST);
    let mut waits = builder.without_max_times().with_jitter().with_jitter_seed(seed).build();
    // From the sixth on all are the longest.
    let own = waits.nth(attempt.clamp(1, 8) as usize - 1).unwrap_or(LONGEST).as_secs_f64();
    retry_after.filter(|seconds| *seconds > own).unwrap_or(own)
}

#[cfg(test)]
#[path = "../../tests/unit/run/backoff.rs"]
mod tests;
