//! Samples shared among queries: budgets hold, the batch beats equal shares, the price finds its target.
#![allow(clippy::unwrap_used)] // a test that fails here has failed

use proptest::prelude::*;
use rheostat::policy::allocate;
use rheostat::vote::{BatchAllocator, Normal, OnlineAllocator, Vote, VoteRule};

/// Draws from a fixed sequence, the same for every run.
struct Draws(u64);

impl Draws {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// "0" with the given probability, else one of three others.
    fn answer(&mut self, p: f64) -> String {
        if self.next() < p { "0".to_owned() } else { (1 + (self.next() * 3.0) as u32).to_string() }
    }
}

/// P(correct) of each query: most are easy.
fn shares() -> Vec<f64> {
    (0..300).map(|i| [0.99, 0.98, 0.97, 0.95, 0.55][i % 5]).collect()
}

fn right(answers: &[Option<String>]) -> usize {
    answers.iter().filter(|answer| answer.as_deref() == Some("0")).count()
}

#[test]
fn a_batch_beats_the_same_for_everybody() {
    let shares = shares();
    let (mut batched, mut uniform) = (0, 0);
    for seed in 0..8 {
        let mut draws = Draws(seed);
        let mut batch = BatchAllocator::new(300, 900, 40, Normal::Auto).unwrap();
        loop {
            let asked = batch.next(7);
            if asked.is_empty() {
                break;
            }
            for query in asked {
                batch.add(query, &draws.answer(shares[query])).unwrap();
            }
        }
        assert_eq!((batch.spent(), batch.left()), (900, 0));
        let answers: Vec<_> = (0..300).map(|q| batch.answer(q).unwrap().map(str::to_owned)).collect();
        batched += right(&answers);
        let answers = shares.iter().map(|&p| {
            let mut vote = Vote::new(VoteRule::Curtail, 0.95, 3).unwrap();
            while !vote.stopped() {
                vote.add(&draws.answer(p), None).unwrap();
            }
            vote.answer().map(str::to_owned)
        });
        uniform += right(&answers.collect::<Vec<_>>());
    }
    assert!(batched > uniform + 8 * 6, "{batched} against {uniform} of 2,400");
}

#[test]
fn a_price_keeps_its_target() {
    let shares = shares();
    // Below 2 most queries get one sample; then what the hard ones take has to be saved elsewhere.
    for target in [1.5, 2.0, 3.0, 6.0] {
        let mut draws = Draws(9);
        let mut allocator = OnlineAllocator::new(target, 24).unwrap();
        for _ in 0..20 {
            for &p in &shares {
                let mut vote = Vote::new(VoteRule::Curtail, 0.95, 24).unwrap();
                while !allocator.enough(&vote) {
                    vote.add(&draws.answer(p), None).unwrap();
                }
                allocator.finish(&vote);
            }
        }
        let average = allocator.average();
        assert!((average - target).abs() < 0.06, "{average} for {target}");
        assert_eq!(allocator.finished(), 6_000);
    }
}

#[test]
fn bad_use_is_a_typed_error() {
    assert!(BatchAllocator::new(0, 9, 40, Normal::Auto).is_err());
    assert!(BatchAllocator::new(9, 9, 0, Normal::Auto).is_err());
    let mut batch = BatchAllocator::new(2, 9, 40, Normal::Auto).unwrap();
    assert!(batch.add(2, "a").unwrap_err().to_string().contains("below the 2"));
    assert!(batch.add(0, "a").unwrap_err().to_string().contains("waits for no answer"));
    assert_eq!(batch.next(5), [0, 1]);
    assert!(batch.next(5).is_empty());
    batch.abstain(1).unwrap();
    assert_eq!((batch.next(5), batch.answer(1).unwrap()), (vec![1], None));
    for target in [f64::NAN, 0.5, 25.0] {
        assert!(OnlineAllocator::new(target, 24).is_err());
    }
}

proptest! {
    /// No budget, no cap is ever passed, whatever is answered and in whatever order.
    #[test]
    fn budgets_hold(
        queries in 1_usize..8,
        budget in 0_u64..120,
        cap in 1_u32..9,
        events in prop::collection::vec((0_u8..4, 0_usize..5, 0_usize..9), 0..400),
    ) {
        let mut batch = BatchAllocator::new(queries, budget, cap, Normal::Auto).unwrap();
        let mut out = Vec::new();
        for (answer, ask, which) in events {
            out.extend(batch.next(ask));
            if !out.is_empty() {
                let query = out.remove(which % out.len());
                match answer {
                    3 => batch.abstain(query).unwrap(),
                    answer => batch.add(query, &answer.to_string()).unwrap(),
                }
            }
            prop_assert!(batch.spent() + out.len() as u64 + batch.left() == budget);
        }
        for query in 0..queries {
            prop_assert!(batch.vote(query).unwrap().consumed() <= cap);
        }
    }
}

/// The best of all allocations.
fn by_trying_all(gains: &[f64], costs: &[f64], rungs: usize, budget: f64) -> f64 {
    let queries = gains.len() / rungs;
    let mut best = f64::NEG_INFINITY;
    for code in 0..rungs.pow(queries as u32) {
        let (mut gain, mut cost, mut code) = (0.0, 0.0, code);
        for q in 0..queries {
            gain += gains[q * rungs + code % rungs];
            cost += costs[q * rungs + code % rungs];
            code /= rungs;
        }
        if cost <= budget + 1e-9 {
            best = best.max(gain);
        }
    }
    best
}

proptest! {
    #[test]
    fn concave_gains_in_equal_steps_are_allocated_exactly(
        drops in prop::collection::vec(prop::collection::vec(1u32..100, 3), 1..5), budget in 0u32..20,
    ) {
        // Gains whose steps fall, costs of one each.
        let (mut gains, mut costs) = (Vec::new(), Vec::new());
        for mut steps in drops {
            steps.sort_unstable_by(|a, b| b.cmp(a));
            let mut sum = 0.0;
            gains.push(0.0);
            gains.extend(steps.iter().map(|step| { sum += f64::from(*step); sum }));
            costs.extend([0.0, 1.0, 2.0, 3.0]);
        }
        let got = allocate(&gains, &costs, 4, f64::from(budget)).unwrap();
        prop_assert!((got.gain - by_trying_all(&gains, &costs, 4, f64::from(budget))).abs() < 1e-9);
        prop_assert!(got.cost <= f64::from(budget));
    }

    #[test]
    fn any_gains_are_allocated_within_one_step_of_the_bound(
        rows in prop::collection::vec((prop::collection::vec(0.0f64..1.0, 3), prop::collection::vec(0.1f64..2.0, 3)), 1..6),
        more in 0.0f64..6.0,
    ) {
        let gains: Vec<f64> = rows.iter().flat_map(|(g, _)| g.clone()).collect();
        let costs: Vec<f64> = rows.iter().flat_map(|(_, c)| c.clone()).collect();
        let least: f64 = costs.chunks(3).map(|c| c.iter().copied().fold(f64::INFINITY, f64::min)).sum();
        let budget = least + more;
        let got = allocate(&gains, &costs, 3, budget).unwrap();
        let best = by_trying_all(&gains, &costs, 3, budget);
        prop_assert!(got.cost <= budget + 1e-9);
        prop_assert!(got.gain <= best + 1e-9 && best <= got.bound + 1e-9);
        prop_assert!(got.bound - got.gain <= 1.0 + 1e-9);
        let sum = |of: &[f64]| got.rungs.iter().enumerate().map(|(q, r)| of[q * 3 + r]).sum::<f64>();
        prop_assert!((sum(&gains) - got.gain).abs() < 1e-9 && (sum(&costs) - got.cost).abs() < 1e-9);
    }
}

#[test]
fn bad_input_is_named() {
    let text = |g: &[f64], c: &[f64], n, b| allocate(g, c, n, b).unwrap_err().to_string();
    assert!(text(&[1.0], &[], 1, 1.0).contains("whole rows"));
    assert!(text(&[1.0], &[1.0], 0, 1.0).contains("whole rows"));
    assert!(text(&[f64::NAN], &[1.0], 1, 1.0).contains("gains[0]"));
    assert!(text(&[1.0], &[-1.0], 1, 1.0).contains("costs[0]"));
    assert!(text(&[1.0], &[1.0], 1, f64::INFINITY).contains("budget"));
    assert_eq!(allocate(&[], &[], 3, 1.0).unwrap().rungs, [0usize; 0]);
}
