//! The retry budget never lends more than a burst and its share.

use super::{CALLS, FULL, RetryBudget};
use proptest::prelude::*;

proptest! {
    #[test]
    fn retries_are_at_most_a_burst_and_a_share_of_the_calls(fails in prop::collection::vec(any::<bool>(), 0..2_000)) {
        let (budget, mut calls, mut retries) = (RetryBudget::default(), 0, 0);
        for failed in fails {
            budget.earn();
            calls += 1;
            retries += u32::from(failed && budget.spend());
            prop_assert!(retries <= FULL + calls / CALLS);
        }
        for _ in 0..FULL * CALLS {
            budget.earn();
        }
        prop_assert_eq!((0..2 * FULL).filter(|_| budget.spend()).count() as u32, FULL);
    }
}
