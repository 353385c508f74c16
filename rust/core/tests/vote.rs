//! Votes: the rules, launch order, and what counts as the same answer.
#![allow(clippy::unwrap_used)] // a test that fails here has failed

use proptest::prelude::*;
use rheostat::vote::{
    MAX_CAP, Prior, Vote, VoteOptions, VoteRule, borda_weights, confidence_weights, normalise,
    softmax_weights,
};
use std::sync::Arc;

fn vote(rule: VoteRule, cap: u32) -> Vote {
    Vote::with(options(rule, cap)).unwrap()
}

fn options(rule: VoteRule, cap: u32) -> VoteOptions {
    let prior = Prior::learn([(40, 0, 40), (38, 1, 40), (20, 15, 40), (30, 5, 40)]).unwrap();
    VoteOptions { rule, cap, prior: Some(Arc::new(prior)), ..VoteOptions::default() }
}

/// Number of `answers` that a vote takes before it stops.
fn used(mut vote: Vote, answers: &str) -> usize {
    let stop = answers.chars().position(|c| vote.add(&c.to_string(), None).unwrap());
    stop.map_or(answers.len(), |i| i + 1)
}

#[test]
fn each_rule_stops_where_it_should() {
    assert_eq!(used(vote(VoteRule::Beta, 40), "aaaaaaa"), 4);
    assert_eq!(used(vote(VoteRule::Beta, 40), "baaaaaaaa"), 7);
    assert_eq!(used(vote(VoteRule::Unanimous, 40), "aaaaaaa"), 4);
    assert_eq!(used(vote(VoteRule::Unanimous, 3), "aaa"), 3);
    assert_eq!(used(vote(VoteRule::Unanimous, 9), "abaaaaaaa"), 9);
    assert_eq!(used(vote(VoteRule::Curtail, 9), "aaaaaaaaa"), 5);
    assert_eq!(used(vote(VoteRule::Curtail, 9), "abababaaa"), 8);
    assert_eq!(used(vote(VoteRule::Majority, 40), "aaa"), 2);
    let share = Vote::new(VoteRule::Majority, 0.8, 40).unwrap();
    assert_eq!(used(share, "abaaa"), 5);
}

#[test]
fn no_rule_that_expects_the_rest_stops_on_one_sample_of_several() {
    // A prior of an easy task, at any confidence, on answers that differ.
    let easy = Arc::new(Prior::learn([(40, 0, 40); 500]).unwrap());
    for confidence in [0.51, 0.6, 0.8, 0.9, 0.95, 0.99] {
        for cap in 2..=40 {
            let with = |rule| {
                let options =
                    VoteOptions { rule, cap, confidence, prior: Some(easy.clone()), ..Default::default() };
                used(Vote::with(options).unwrap(), "aaaaaaaa")
            };
            assert!(with(VoteRule::Horizon) >= 2, "horizon at {confidence}, cap {cap}");
            assert!(with(VoteRule::Bayes) >= 2, "bayes at {confidence}, cap {cap}");
        }
    }
    let one = VoteOptions { cap: 1, ..Default::default() };
    assert_eq!(used(Vote::with(one).unwrap(), "a"), 1);
    // A prior halves the doubt at most: three of the four equal answers that Beta needs.
    let sure = |confidence| VoteOptions {
        rule: VoteRule::Bayes,
        confidence,
        prior: Some(easy.clone()),
        ..Default::default()
    };
    assert_eq!(used(Vote::with(sure(0.95)).unwrap(), "aaaaaaaa"), 3);
    assert_eq!(used(Vote::with(sure(0.9)).unwrap(), "aaaaaaaa"), 2);
    assert_eq!(used(Vote::with(sure(0.9)).unwrap(), "abaaaaaa"), 5);
}

#[test]
fn esc_answers_with_its_window() {
    let mut vote = vote(VoteRule::Esc, 40);
    let answers = "aaaab".repeat(3) + "bbbbb";
    let stop = answers.chars().map(|c| vote.add(&c.to_string(), None).unwrap());
    assert_eq!(stop.collect::<Vec<_>>().iter().position(|stop| *stop), Some(19));
    assert_eq!((vote.answer(), vote.agreed()), (Some("b"), true));
    assert_eq!(used(self::vote(VoteRule::Esc, 40), "aaaaa"), 5);
    let mut gap = self::vote(VoteRule::Esc, 10);
    for index in 0..10 {
        assert!(!gap.stopped());
        let _ = if index == 2 { gap.abstain(None) } else { gap.add("a", None) }.unwrap();
    }
    assert_eq!((gap.consumed(), gap.agreed()), (10, true));
}

#[test]
fn entropy_is_of_shares() {
    let mut vote = Vote::with(VoteOptions { confidence: 0.25, ..options(VoteRule::Entropy, 40) }).unwrap();
    assert!(!vote.add("a", None).unwrap());
    // Two answers, one each: the largest entropy; 2 of 3: 0.918; 3 of 4: 0.811; 4 of 5: 0.722.
    assert!(!vote.add("b", None).unwrap() && !vote.add("a", None).unwrap() && !vote.add("a", None).unwrap());
    assert!(vote.add("a", None).unwrap());
}

#[test]
fn horizon_asks_for_less_than_beta_and_ends_as_curtailment() {
    assert_eq!(used(vote(VoteRule::Horizon, 40), "aaaaaaaaa"), 4);
    assert!(used(vote(VoteRule::Horizon, 40), "abaaaaaaaa") <= used(vote(VoteRule::Beta, 40), "abaaaaaaaa"));
    assert_eq!(used(vote(VoteRule::Horizon, 3), "aaa"), 2);
    assert_eq!(used(vote(VoteRule::Horizon, 4), "abab"), 4);
}

#[test]
fn weights_decide_the_answer() {
    let mut vote = vote(VoteRule::Beta, 40);
    for (answer, weight) in [("a", 1.0), ("b", 1.0), ("b", 1.0), ("a", 2.5)] {
        vote.add_weighted(answer, None, weight).unwrap();
    }
    assert_eq!(vote.weights(), [("a", 3.5), ("b", 2.0)]);
    assert_eq!((vote.answer(), vote.counts()[0]), (Some("a"), ("a", 2)));
    assert!((vote.agreement() - 3.5 / 5.5).abs() < 1e-12);
    // Four votes against one would do, if the weight agreed.
    let mut heavy = self::vote(VoteRule::Beta, 40);
    heavy.add_weighted("b", None, 100.0).unwrap();
    assert!((0..10).all(|_| !heavy.add("a", None).unwrap()));
    assert_eq!(heavy.answer(), Some("b"));
    let mut nothing = self::vote(VoteRule::Majority, 40);
    assert!(!nothing.add_weighted("a", None, 0.0).unwrap() && !nothing.add_weighted("a", None, 0.0).unwrap());
    assert_eq!((nothing.answer(), nothing.agreement()), (Some("a"), 0.0));
}

#[test]
fn certificates_come_late_and_stay() {
    // 2/α = 40 in the first answer's favour: half of the bet at 0.98 reaches it at the seventh draw after the first.
    let mut vote = vote(VoteRule::Certified, 40);
    let stops: Vec<bool> = (0..8).map(|_| vote.add("a", None).unwrap()).collect();
    assert_eq!(stops.iter().position(|stop| *stop), Some(7));
    assert!(vote.certified() && vote.agreed());
    let mut beta = self::vote(VoteRule::Curtail, 40);
    for i in 0..16 {
        beta.add("a", None).unwrap();
        assert_eq!(beta.certified(), i >= 7);
    }
    // The second answer to appear needs 6/α.
    let mut second = self::vote(VoteRule::Certified, 40);
    assert_eq!(used(second.clone(), &("b".to_owned() + &"a".repeat(20))), 10);
    // A cut sample ends it, an abstention does not.
    second.abstain(None).unwrap();
    for _ in 0..4 {
        second.add("a", None).unwrap();
    }
    let mut cut = second.clone();
    cut.cut(None).unwrap();
    assert!(cut.suspended());
    for _ in 0..30 {
        second.add("a", None).unwrap();
        cut.add("a", None).unwrap();
    }
    assert!(second.certified() && !cut.certified());
}

#[test]
fn what_was_certified_before_a_cut_stays() {
    let mut vote = vote(VoteRule::Curtail, 40);
    for _ in 0..8 {
        vote.add("a", None).unwrap();
    }
    vote.cut(None).unwrap();
    assert!(vote.certified() && vote.suspended());
}

#[test]
fn a_vote_has_no_room_for_everything() {
    let mut vote = vote(VoteRule::Curtail, MAX_CAP);
    let long = "x".repeat(1 << 20);
    for i in 0..6 {
        vote.add(&format!("{i}{long}"), None).unwrap();
    }
    assert!(vote.dropped() >= 2 && vote.suspended());
    assert_eq!(vote.votes() + vote.dropped(), 6);
    for i in 0..20_000 {
        vote.add(&i.to_string(), None).unwrap();
    }
    assert!(vote.stopped());
    assert_eq!(vote.late(), 20_006 - u64::from(MAX_CAP));
    assert!(Vote::from_bytes(&vote.to_bytes()).is_ok());
}

#[test]
fn damaged_votes_are_refused() {
    let mut vote = vote(VoteRule::Bayes, 40);
    for answer in ["a", "b", "a"] {
        vote.add(answer, None).unwrap();
    }
    vote.suspend();
    vote.add("a", Some(5)).unwrap();
    let back = Vote::from_bytes(&vote.to_bytes()).unwrap();
    assert!(back.suspended() && back.to_bytes() == vote.to_bytes());
    let bytes = vote.to_bytes();
    for cut in 0..bytes.len() {
        assert!(Vote::from_bytes(&bytes[..cut]).is_err());
    }
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x10;
        assert!(Vote::from_bytes(&damaged).is_err());
    }
}

#[test]
fn answers_are_equal_up_to_white_space() {
    for (raw, normal) in [
        ("42", "42"),
        (" 42\n", "42"),
        ("a  b", "a b"),
        ("a\u{3000}b", "a b"),
        ("\u{a0}x", "x"),
        ("四 十", "四 十"),
        (" ", ""),
        ("", ""),
        ("p\tq r", "p q r"),
    ] {
        assert_eq!(normalise(raw), normal, "{raw:?}");
    }
    let mut vote = vote(VoteRule::Beta, 40);
    for answer in ["x y", " x  y", "x\ny"] {
        vote.add(answer, None).unwrap();
    }
    vote.add("z", None).unwrap();
    assert_eq!(vote.counts(), [("x y", 3), ("z", 1)]);
    assert!((vote.agreement() - 0.75).abs() < 1e-12);
}

#[test]
fn early_finishers_wait_for_their_turn() {
    let mut vote = vote(VoteRule::Beta, 40);
    for index in 1..=4 {
        assert!(!vote.add("short", Some(index)).unwrap());
    }
    assert_eq!((vote.answer(), vote.votes()), (None, 0));
    assert!(!vote.add("long", Some(0)).unwrap());
    assert_eq!(vote.counts(), [("short", 4), ("long", 1)]);
    assert!(!vote.abstain(Some(5)).unwrap());
    assert!(!vote.add("short", Some(6)).unwrap());
    assert!(vote.add("short", None).unwrap());
    assert_eq!((vote.votes(), vote.consumed(), vote.agreed()), (7, 8, true));
}

#[test]
fn what_is_behind_a_stop_is_not_counted() {
    let mut vote = vote(VoteRule::Beta, 40);
    for index in [1, 2, 3, 4, 5] {
        vote.add("a", Some(index)).unwrap();
    }
    assert!(vote.add("a", Some(0)).unwrap());
    assert_eq!(vote.votes(), 4);
    assert!(vote.add("b", Some(0)).unwrap() && vote.abstain(None).unwrap());
    assert_eq!((vote.votes(), vote.late(), vote.answer()), (4, 2, Some("a")));
}

#[test]
fn bad_use_is_a_typed_error() {
    let mut vote = vote(VoteRule::Beta, 5);
    vote.add("a", Some(2)).unwrap();
    let text = vote.add("a", Some(2)).unwrap_err().to_string();
    assert_eq!(text, "sample 2 has already voted");
    assert!(vote.add("a", Some(5)).unwrap_err().to_string().contains("below the cap of 5"));
    for (confidence, cap) in [(0.5, 9), (1.0, 9), (f64::NAN, 9), (0.9, 0), (0.9, MAX_CAP + 1)] {
        assert!(Vote::new(VoteRule::Beta, confidence, cap).is_err());
    }
    for options in [
        VoteOptions { alpha: 0.0, ..VoteOptions::default() },
        VoteOptions { alpha: f64::NAN, ..VoteOptions::default() },
        VoteOptions { window: 1, ..VoteOptions::default() },
        VoteOptions { odds: 0.5, ..VoteOptions::default() },
        VoteOptions { concentration: f64::INFINITY, ..VoteOptions::default() },
        VoteOptions { rule: VoteRule::Bayes, ..VoteOptions::default() },
    ] {
        assert!(Vote::with(options).is_err());
    }
    for weight in [f64::NAN, -1.0, f64::INFINITY] {
        assert!(vote.add_weighted("a", None, weight).unwrap_err().to_string().contains("weight"));
    }
    assert!(VoteRule::from_name("beat").unwrap_err().to_string().contains("beta, majority"));
    for rule in VoteRule::ALL {
        assert_eq!(VoteRule::from_name(rule.as_str()).unwrap(), rule);
    }
}

#[test]
fn the_cap_stops_without_agreement() {
    let mut vote = vote(VoteRule::Beta, 4);
    for answer in ["a", "b", "c"] {
        assert!(!vote.add(answer, None).unwrap());
    }
    assert!(vote.add("a", None).unwrap());
    assert!(vote.stopped() && !vote.agreed());
    assert_eq!(vote.answer(), Some("a"));
}

/// The leading answer, if its wealth against every rival reaches `k(k + 1)/α`.
fn definition(answers: &[usize], alpha: f64) -> Option<usize> {
    let mut counts = [0_u32; 4];
    let mut leader = None;
    let mut order = Vec::new();
    for &a in answers {
        counts[a] += 1;
        if !order.contains(&a) {
            order.push(a);
        }
        if leader.is_none_or(|l: usize| counts[a] > counts[l]) {
            leader = Some(a);
        }
    }
    let leader = leader?;
    let k = order.iter().position(|a| *a == leader)? as f64 + 1.0;
    let first = answers.iter().position(|a| *a == leader)?;
    let since = &answers[first + 1..];
    let count = |a: usize| since.iter().filter(|b| **b == a).count() as i32;
    let wealth = |rival: usize| {
        let (a, b) = (count(leader), count(rival));
        // The uniform half by a fine midpoint rule over q.
        let steps = 4_000;
        let uniform: f64 = (0..steps)
            .map(|i| {
                let q = 0.5 + (f64::from(i) + 0.5) / f64::from(2 * steps);
                (2.0 * q).powi(a) * (2.0 - 2.0 * q).powi(b)
            })
            .sum::<f64>()
            / f64::from(steps);
        f64::midpoint(uniform, 1.96_f64.powi(a) * 0.04_f64.powi(b))
    };
    let least = (0..5).filter(|rival| *rival != leader).map(wealth).fold(f64::INFINITY, f64::min);
    (least >= k * (k + 1.0) / alpha).then_some(leader)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Whatever order answers come in, only launch order counts.
    #[test]
    fn order_of_arrival_does_not_matter(
        answers in prop::collection::vec(prop::option::of(0_u8..3), 1..40),
        order in Just((0_u32..40).collect::<Vec<_>>()).prop_shuffle(),
        rule in prop::sample::select(&VoteRule::ALL[..]),
    ) {
        let cap = answers.len() as u32;
        let mut inorder = vote(rule, cap);
        let mut shuffled = vote(rule, cap);
        let add = |vote: &mut Vote, i: u32| match answers[i as usize] {
            Some(a) => vote.add(&a.to_string(), Some(i)),
            None => vote.abstain(Some(i)),
        };
        for i in 0..cap {
            add(&mut inorder, i).unwrap();
        }
        for i in order.into_iter().filter(|i| *i < cap) {
            add(&mut shuffled, i).unwrap();
        }
        prop_assert_eq!(inorder.counts(), shuffled.counts());
        prop_assert_eq!(inorder.answer(), shuffled.answer());
        prop_assert!(inorder.stopped() && shuffled.stopped());
    }

    /// A vote that goes through bytes at any time goes on as if it had not.
    #[test]
    fn bytes_keep_everything(
        answers in prop::collection::vec((prop::option::of(0_u8..4), 0_u32..40, 0_u8..3), 1..60),
        rule in prop::sample::select(&VoteRule::ALL[..]),
        at in 0_usize..60,
    ) {
        let mut whole = vote(rule, 40);
        let mut kept = vote(rule, 40);
        for (i, (answer, index, kind)) in answers.iter().enumerate() {
            if i == at {
                kept = Vote::from_bytes(&kept.to_bytes()).unwrap();
                prop_assert_eq!(kept.to_bytes(), whole.to_bytes());
            }
            let index = (*kind > 0).then_some(*index);
            let add = |vote: &mut Vote| match answer {
                Some(a) => vote.add_weighted(&a.to_string(), index, f64::from(*kind)),
                None if *kind == 2 => vote.cut(index),
                None => vote.abstain(index),
            };
            prop_assert_eq!(add(&mut whole), add(&mut kept));
            prop_assert_eq!((whole.answer(), whole.certified()), (kept.answer(), kept.certified()));
        }
        prop_assert_eq!(whole.counts(), kept.counts());
        prop_assert_eq!(whole.late(), kept.late());
    }

    /// The certificate by its definition: every answer against every rival, from the draw after its first appearance,
    /// in plain arithmetic.
    #[test]
    fn certificates_equal_their_definition(
        answers in prop::collection::vec(prop::sample::select(&[0_usize, 0, 0, 0, 0, 1, 1, 2, 3][..]), 1..70),
        alpha in prop::sample::select(&[0.01, 0.05, 0.2, 0.6][..]),
    ) {
        let cap = answers.len() as u32;
        let mut vote = Vote::with(VoteOptions { alpha, ..options(VoteRule::Curtail, cap) }).unwrap();
        let mut certified = None;
        for n in 1..=answers.len() {
            vote.add(&answers[n - 1].to_string(), None).unwrap();
            certified = certified.or_else(|| definition(&answers[..n], alpha));
            if vote.stopped() {
                break;
            }
            let leads = certified.map(|a| a.to_string()) == vote.answer().map(str::to_owned);
            prop_assert_eq!(vote.certified(), certified.is_some() && leads);
        }
    }

    /// Curtailment never changes the answer of the whole vote.
    #[test]
    fn curtailment_is_lossless(answers in prop::collection::vec(0_u8..4, 1..60)) {
        let cap = answers.len() as u32;
        let mut whole = vote(VoteRule::Unanimous, cap);
        let mut curtailed = vote(VoteRule::Curtail, cap);
        let mut counts = [0_u32; 4];
        for a in &answers {
            curtailed.add(&a.to_string(), None).unwrap();
            counts[*a as usize] += 1;
            let _ = whole.add(&a.to_string(), None).unwrap();
        }
        let best = counts.iter().max().unwrap();
        let winner: u8 = curtailed.answer().unwrap().parse().unwrap();
        prop_assert_eq!(counts[winner as usize], *best);
    }
}

#[test]
fn borda_counts_ranks() {
    let weights = borda_weights(&[2.0, 9.0, f64::NAN, 5.0, 5.0], 1.0).unwrap();
    for (weight, wanted) in weights.iter().zip([2.0, 5.0, 0.0, 3.5, 3.5]) {
        assert!((weight - wanted).abs() < 1e-12);
    }
    assert_eq!(borda_weights(&[1.0, 2.0], 0.0).unwrap(), [1.0, 1.0]);
    assert!(borda_weights(&[1.0], f64::NAN).is_err() && borda_weights(&[f64::INFINITY], 1.0).is_err());
    assert!(borda_weights(&[], 1.0).unwrap().is_empty());
}

#[test]
fn low_confidences_weigh_nothing() {
    let weights = confidence_weights(&[1.0, 8.0, 9.0, f64::NAN, 7.0], 0.5).unwrap();
    assert_eq!(weights, [0.0, 8.0, 9.0, 0.0, 0.0]);
    assert_eq!(confidence_weights(&[3.0, 2.0], 1e-9).unwrap(), [3.0, 0.0]);
    assert_eq!(confidence_weights(&[f64::NAN], 1.0).unwrap(), [0.0]);
    assert!(confidence_weights(&[-1.0], 0.5).is_err() && confidence_weights(&[1.0], 0.0).is_err());
}

#[test]
fn softmax_survives_extremes() {
    let weights = softmax_weights(&[1e300, 0.0], 1e-3).unwrap();
    assert!((weights[0] - 1.0).abs() < 1e-15 && weights[1] < 1e-300);
    assert_eq!(softmax_weights(&[f64::NAN, f64::NAN], 1.0).unwrap(), [0.0, 0.0]);
    assert!(softmax_weights(&[1.0], 0.0).is_err() && softmax_weights(&[f64::INFINITY], 1.0).is_err());
}
