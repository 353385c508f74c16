//! Tests of `vote/allocate/batch.rs`, of what is private there.

use super::*;
use proptest::prelude::*;

/// The next query by a search of all of them, each with its current value.
fn naive(batch: &BatchAllocator) -> Option<usize> {
    let open = (0..batch.queries()).filter(|&query| !batch.out[query] && !batch.votes[query].stopped());
    let best = open.map(|query| waiting(&batch.votes[query], query, batch.cap, &batch.novelty)).max();
    best.map(|(_, _, Reverse(query))| query as usize).filter(|_| batch.left() > 0)
}

proptest! {
    /// The queue holds current values, whatever is answered, learned, or still out.
    #[test]
    fn gives_what_a_search_of_all_would(
        prior in prop::option::of(prop::collection::vec(0.0_f64..=1.0, 6)),
        budget in 0_u64..90,
        cap in 1_u32..12,
        events in prop::collection::vec((0_u8..5, 1_usize..3, 0_usize..9), 0..200),
    ) {
        let mut batch = BatchAllocator::new(6, budget, cap, Normal::Auto).unwrap();
        if let Some(prior) = prior {
            batch = batch.with_prior(&prior).unwrap();
        }
        let mut out: Vec<usize> = Vec::new();
        for (answer, ask, which) in events {
            for _ in 0..ask {
                let expected = naive(&batch);
                prop_assert_eq!(batch.next(1).first().copied(), expected);
                out.extend(expected);
            }
            if !out.is_empty() {
                let query = out.remove(which % out.len());
                match answer {
                    4 => batch.abstain(query).unwrap(),
                    answer => batch.add(query, &(answer / 2).to_string()).unwrap(),
                }
            }
        }
    }
}

#[test]
fn the_harder_by_the_prior_is_asked_again_first() {
    let mut batch =
        BatchAllocator::new(3, 9, 40, Normal::Auto).unwrap().with_prior(&[0.9, 0.4, 0.7]).unwrap();
    for query in batch.next(3) {
        batch.add(query, "7").unwrap();
    }
    assert_eq!(batch.next(3), [1, 2, 0]);
    assert!(batch.clone().with_prior(&[0.5; 3]).unwrap_err().to_string().contains("given out"));
}
