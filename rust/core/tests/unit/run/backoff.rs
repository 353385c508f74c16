//! The waits before retries: bounds, jitter, and the provider's wish.

use super::wait;
use proptest::prelude::*;

proptest! {
    #[test]
    fn waits_double_to_a_bound_and_obey_the_provider(attempt in any::<u32>(), seed in any::<u64>(), asked in any::<f64>()) {
        let base = 0.5 * f64::from(1_u32 << attempt.clamp(1, 6).saturating_sub(1)).min(32.0);
        let own = wait(attempt, None, seed);
        prop_assert!((base - 1e-6..=2.0 * base + 1e-6).contains(&own), "{own} at attempt {attempt}");
        let obeyed = wait(attempt, Some(asked), seed);
        let least = if asked > own { asked } else { own };
        prop_assert_eq!(obeyed.to_bits(), least.to_bits());
    }
}

#[test]
fn waits_of_requests_that_failed_together_differ() {
    let mut waits: Vec<f64> = (0..1_000).map(|seed| wait(1, None, seed)).collect();
    waits.sort_by(f64::total_cmp);
    assert!(waits[100] < 0.6 && waits[900] > 0.9, "{} to {}", waits[100], waits[900]);
}
