//! Votes: the rules, launch order, and what counts as the same answer.
#![allow(clippy::unwrap_used)] // a test that fails here has failed

use proptest::prelude::*;
use rheostat::vote::{MAX_CAP, Vote, VoteRule, normalise};

fn vote(rule: VoteRule, cap: u32) -> Vote {
    Vote::new(rule, 0.95, cap).unwrap()
}

/// How many of `answers` a vote takes before it stops.
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
        ("a\tb c", "a b c"),
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
    assert!(VoteRule::from_name("beat").unwrap_err().to_string().contains("beta, majority"));
    for rule in VoteRule::ALL {
        assert_eq!(VoteRule::from_name(rule.name()).unwrap(), rule);
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

proptest! {
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
