//! Tests of `governor/open.rs`, of what is private there.

use super::*;
use proptest::prelude::*;

proptest! {
    #[test]
    fn bit_operations_equal_a_linear_search(bits in any::<u64>(), count in 1..=MAX_RUNGS, place in 0..MAX_RUNGS) {
        let place = place.min(count - 1);
        let open = OpenRungs { rungs: bits & up_to(count), count };
        let is_open = |rung: &usize| bits >> rung & 1 == 1;
        let below = (0..=place).rev().find(is_open);
        let nearest = (place..count).find(is_open).or(below).unwrap_or(place);
        prop_assert_eq!(open.nearest(place), nearest);
        prop_assert_eq!(open.at_most(place), below);
        let listed: Vec<bool> = (0..count).map(|rung| open.has(rung)).collect();
        prop_assert_eq!(&listed, &(0..count).map(|rung| is_open(&rung)).collect::<Vec<_>>());
        let wanted = (!listed.iter().all(|open| *open)).then_some(&listed[..]);
        let allowed = open.allowed();
        prop_assert_eq!(allowed.as_deref(), wanted);
    }
}
