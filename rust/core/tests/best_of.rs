//! Rungs whose scores choose among their answers, one story at a time and against a definition.
#![allow(clippy::unwrap_used, clippy::panic)] // a test that fails here has failed

mod common;

use common::{LIMIT, brief, is, rung};
use proptest::prelude::*;
use rheostat::features::Scan;
use rheostat::ladder::{Dials, Ladder, Limit, Rung};
use rheostat::learn::{ScoreWorth, ScoredSample};
use rheostat::plan::PlanOptions;
use rheostat::query::Query;
use rheostat::run::{Action, ActionKind, Brief, Call, CallKind, Reason, Run, Scope, Usage};
use rheostat::strategy::{Choose, Scorer, Strategy};
use std::collections::BTreeMap;

fn scorer() -> Scorer {
    Scorer { tokens: 8, input_price: 0.1, output_price: 0.2, ..Scorer::new("judge") }
}

fn best_of(by: Choose, samples: u32, scorer: Option<Scorer>) -> Rung {
    Rung { strategy: Strategy::BestOf { by }, scorer, ..rung("many", "small", 0, samples, 1) }
}

fn start(rung: Rung, limit: Limit) -> Run {
    Run::from_brief(Brief { limit, ..brief(vec![rung, common::rung("deep", "large", 0, 1, 1)]) }, 0.0)
        .unwrap()
}

fn one(run: &Run) -> Call {
    let mut calls = run.next(1.0).unwrap();
    assert_eq!(calls.len(), 1);
    calls.remove(0)
}

fn finish(call: &Call, index: u32, answer: &str) -> Action {
    call.sample(index).unwrap().finish(Some(answer), 1.0).unwrap()
}

/// Answers the score calls of a run with these scores, by the number of the sample.
fn score(run: &Run, scores: &[Option<f64>]) -> Option<Action> {
    let mut last = None;
    for call in run.next(1.0).unwrap() {
        assert_eq!(
            (call.kind, &*call.model, call.max_tokens, call.samples),
            (CallKind::Score, "judge", 8, 1)
        );
        let sample = call.sample(0).unwrap();
        if let Some(score) = scores[call.parent.unwrap() as usize] {
            assert!(!sample.score(score, 1.0).stops());
        }
        last = Some(sample.finish(None, 1.0).unwrap());
    }
    last
}

#[test]
fn the_highest_score_chooses_and_its_calls_are_paid() {
    let run = start(best_of(Choose::Score, 3, Some(scorer())), LIMIT);
    let call = one(&run);
    for (i, answer) in ["7", "8", "8"].into_iter().enumerate() {
        assert!(!finish(&call, i as u32, answer).stops());
        call.sample(i as u32)
            .unwrap()
            .usage(Usage { output: Some(10), input: Some(50), ..Usage::default() }, 1.0);
    }
    let before = run.spent();
    let scores = run.next(1.0).unwrap();
    assert_eq!(
        scores.iter().map(|call| (call.parent, call.resume.as_deref().unwrap())).collect::<Vec<_>>(),
        [(Some(0), "7"), (Some(1), "8"), (Some(2), "8")]
    );
    for (call, score) in scores.iter().zip([0.9, 0.8, 0.7]) {
        call.report(Usage { input: Some(100), output: Some(2), ..Usage::default() }, 1.0);
        let sample = call.sample(0).unwrap();
        sample.score(score, 1.0);
        let end = sample.finish(None, 1.0).unwrap();
        if score < 0.75 {
            is(end, ActionKind::Stop, Scope::Run, Reason::BestScored);
        }
    }
    // Two of three say 8, and the scores say 7.
    assert_eq!((run.answer().as_deref(), run.settled(), run.certified()), (Some("7"), true, false));
    let spent = run.spent();
    assert_eq!((spent.tokens - before.tokens, spent.samples), (6, 3));
    assert!((spent.usd - before.usd - 3.0 * (100.0 * 0.1 + 2.0 * 0.2) / 1e6).abs() < 1e-12);
}

#[test]
fn a_weighted_vote_takes_the_largest_sum() {
    let run = start(best_of(Choose::Vote, 4, Some(scorer())), LIMIT);
    let call = one(&run);
    for (i, answer) in ["7", "8", "8", "9"].into_iter().enumerate() {
        finish(&call, i as u32, answer);
    }
    let end = score(&run, &[Some(0.9), Some(0.7), Some(0.6), Some(0.1)]).unwrap();
    is(end, ActionKind::Stop, Scope::Run, Reason::BestScored);
    assert_eq!(run.answer().as_deref(), Some("8"));
    // Without half of the weight, nothing is settled: the rung above is asked.
    let run = start(best_of(Choose::Vote, 3, Some(scorer())), LIMIT);
    let call = one(&run);
    for (i, answer) in ["7", "8", "9"].into_iter().enumerate() {
        finish(&call, i as u32, answer);
    }
    let end = score(&run, &[Some(0.4), Some(0.4), Some(0.4)]).unwrap();
    is(end, ActionKind::Ramp, Scope::Run, Reason::Disagreement);
    assert_eq!(one(&run).rung, 1);
}

#[test]
fn the_host_may_score_by_itself() {
    let run = start(best_of(Choose::Score, 2, Some(scorer())), LIMIT);
    let call = one(&run);
    for (i, (answer, score)) in [("7", 0.2), ("8", 0.6)].into_iter().enumerate() {
        let sample = call.sample(i as u32).unwrap();
        assert!(run.wants_score(sample.id()));
        sample.score(score, 1.0);
        sample.finish(Some(answer), 1.0).unwrap();
    }
    assert!(run.done() && run.settled() && run.answer().as_deref() == Some("8"));
    assert_eq!(run.spent().calls, 1);
}

#[test]
fn a_reply_of_a_judge_is_a_score() {
    let run = start(best_of(Choose::Score, 3, Some(scorer())), LIMIT);
    let call = one(&run);
    for (i, answer) in ["7", "8", "9"].into_iter().enumerate() {
        finish(&call, i as u32, answer);
    }
    let calls = run.next(1.0).unwrap();
    for (call, reply) in calls.iter().zip(["0.4", "Correct", "I cannot tell"]) {
        finish(call, 0, reply);
    }
    assert_eq!(run.answer().as_deref(), Some("8"));
}

#[test]
fn without_any_score_the_votes_decide() {
    for by in Choose::ALL {
        let run = start(best_of(by, 3, Some(scorer())), Limit { escalations: 0, ..LIMIT });
        let call = one(&run);
        for (i, answer) in ["7", "8", "8"].into_iter().enumerate() {
            finish(&call, i as u32, answer);
        }
        for call in run.next(1.0).unwrap() {
            call.fail("no scorer", 1.0).unwrap();
        }
        // Each is asked for once more, then the answers count without scores.
        for call in run.next(1.0).unwrap() {
            assert_eq!(call.attempt, 1);
            call.fail("no scorer", 1.0).unwrap();
        }
        assert!(run.done() && run.answer().as_deref() == Some("8"), "{by:?}: {:?}", run.trail());
        assert!(run.trail().iter().any(|event| event.reason == Reason::Unscored));
    }
}

#[test]
fn answers_that_agree_are_not_scored() {
    for by in Choose::ALL {
        let run = start(best_of(by, 3, Some(scorer())), LIMIT);
        let call = one(&run);
        finish(&call, 2, "7.0");
        finish(&call, 0, "7");
        is(finish(&call, 1, "7"), ActionKind::Stop, Scope::Run, Reason::Unanimous);
        assert_eq!((run.spent().calls, run.answer().as_deref()), (1, Some("7")));
    }
}

#[test]
fn what_came_before_a_ceiling_is_the_answer() {
    for by in Choose::ALL {
        let run = start(best_of(by, 3, Some(scorer())), LIMIT);
        let call = one(&run);
        for (i, answer) in ["7", "8", "8"].into_iter().enumerate() {
            finish(&call, i as u32, answer);
        }
        assert_eq!(run.answer().as_deref(), Some("7"));
        assert_eq!(run.next(1.0).unwrap().len(), 3);
        assert!(run.tick(LIMIT.seconds + 1.0).stops());
        assert_eq!((run.answer().as_deref(), run.settled()), (Some("8"), false));
    }
}

#[test]
fn a_lone_answer_is_not_scored() {
    let one_of = Scorer { width: Some(1), ..scorer() };
    let run = start(best_of(Choose::Score, 4, Some(one_of)), LIMIT);
    let call = one(&run);
    assert_eq!(call.samples, 1);
    is(finish(&call, 0, "7"), ActionKind::Stop, Scope::Run, Reason::Finished);
    assert_eq!(run.spent().calls, 1);
}

#[test]
fn a_scorer_without_room_leaves_the_answers_to_the_votes() {
    // Three samples fit, and not one score.
    let dear = Scorer { input_price: 1e5, ..scorer() };
    let run = start(best_of(Choose::Score, 3, Some(dear)), Limit { usd: 0.01, escalations: 0, ..LIMIT });
    let call = one(&run);
    for (i, answer) in ["7", "8", "8"].into_iter().enumerate() {
        finish(&call, i as u32, answer);
    }
    assert_eq!(run.next(1.0).unwrap().len(), 0);
    assert!(run.done() && run.answer().as_deref() == Some("8"));
}

fn plan(rung: Rung, usd: Option<f64>) -> rheostat::plan::Plan {
    let ladder = Ladder::new(vec![rung], None, None).unwrap();
    let ceiling = rheostat::ladder::Ceiling { usd, ..Default::default() };
    let governor = rheostat::governor::Governor::builder(ladder.into()).ceiling(ceiling).build().unwrap();
    let query = Query::text("How many primes are below 100?", 1 << 14);
    governor.plan(&query, &PlanOptions::default(), &mut Scan::default()).unwrap()
}

#[test]
fn the_worst_case_is_known_and_fits_the_ceiling() {
    let free = plan(best_of(Choose::Score, 4, Some(scorer())), None);
    let case = free.worst_case();
    assert_eq!((case.tokens, case.requests), (4 * 100 + 4 * 8, 8));
    let input = f64::from(free.input_tokens);
    let usd = 4.0 * (input + 100.0 * 10.0 + (input + 100.0) * 0.1 + 8.0 * 0.2) / 1e6;
    assert!((case.usd - usd).abs() < 1e-12, "{} {usd}", case.usd);
    assert!(case.usd <= free.limit.usd && case.tokens <= free.limit.tokens);
    for share in [0.2, 0.3, 0.55, 0.8, 0.99, 1.0] {
        let tight = plan(best_of(Choose::Score, 4, Some(scorer())), Some(case.usd * share));
        assert!(tight.worst_case().usd <= case.usd * share, "{share}: {:?}", tight.worst_case());
        assert_eq!(tight.dials.samples == 4, share >= 1.0);
        assert!(tight.dials.samples >= (4.0 * share) as u32);
    }
    let narrow = plan(best_of(Choose::Score, 8, Some(Scorer { width: Some(3), ..scorer() })), None);
    assert_eq!(narrow.dials.samples, 3);
    assert!(
        narrow.reasons().iter().any(|why| why.contains("tell at most 3 answers apart")),
        "{:?}",
        narrow.reasons()
    );
}

#[test]
fn what_cannot_be_is_refused_by_name() {
    let refused = |rung: Rung| Ladder::new(vec![rung], None, None).unwrap_err().to_string();
    let cases = [
        (best_of(Choose::Score, 1, None), "samples must be at least 2"),
        (Rung { scorer: Some(scorer()), ..rung("a", "m", 0, 2, 1) }, "scorer must be left out"),
        (best_of(Choose::Score, 2, Some(Scorer { width: Some(0), ..scorer() })), "width must be at least 1"),
        (best_of(Choose::Score, 2, Some(Scorer { tokens: 0, ..scorer() })), "tokens must be between 1"),
        (
            best_of(Choose::Score, 2, Some(Scorer { input_price: f64::NAN, ..scorer() })),
            "input_price must be between",
        ),
        (best_of(Choose::Score, 2, Some(Scorer::new(" "))), "model must be not blank"),
    ];
    for (rung, words) in cases {
        let error = refused(rung);
        assert!(error.contains(words), "{error}");
    }
}

/// Scores whose sums are exact, or none, and answers of a few.
fn samples() -> impl proptest::strategy::Strategy<Value = Vec<(u8, Option<u8>)>> {
    prop::collection::vec((0_u8..4, prop::option::weighted(0.8, 0_u8..=128)), 2..8)
}

/// The chosen answer by the definition, from all samples in launch order. None if the vote has no majority.
fn chosen(by: Choose, samples: &[(u8, Option<u8>)]) -> Option<u8> {
    let scored =
        samples.iter().enumerate().filter_map(|(i, (answer, score))| Some((*score.as_ref()?, i, *answer)));
    match by {
        Choose::Score => {
            scored.max_by_key(|(score, i, _)| (*score, std::cmp::Reverse(*i))).map(|best| best.2)
        }
        Choose::Vote => {
            let mut sums = BTreeMap::<u8, u32>::new();
            scored.for_each(|(score, _, answer)| *sums.entry(answer).or_default() += u32::from(score));
            let all: u32 = sums.values().sum();
            sums.into_iter().find(|(_, sum)| 2 * sum > all).map(|(answer, _)| answer)
        }
    }
}

proptest! {
    /// The order in which answers and scores come does not matter.
    #[test]
    fn the_choice_is_that_of_the_definition_in_any_order(
        by in prop::sample::select(Choose::ALL.to_vec()), samples in samples(), order in any::<u64>(), own in any::<u8>(),
    ) {
        let rung = best_of(by, samples.len() as u32, Some(scorer()));
        let limit = Limit { escalations: 0, ..LIMIT };
        let run = Run::from_brief(Brief { limit, ..brief(vec![rung]) }, 0.0).unwrap();
        let call = one(&run);
        let mut seed = order;
        let mut draw = |n: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) as usize % n
        };
        let mut left: Vec<usize> = (0..samples.len()).collect();
        let mut asked: Vec<Call> = Vec::new();
        while !(left.is_empty() && asked.is_empty()) && run.ended().is_none() {
            if asked.is_empty() || (!left.is_empty() && draw(2) == 0) {
                let i = left.remove(draw(left.len()));
                let sample = call.sample(i as u32).unwrap();
                let own = own >> (i % 8) & 1 == 1;
                if let Some(score) = samples[i].1.filter(|_| own) {
                    sample.score(f64::from(score) / 128.0, 1.0);
                }
                sample.finish(Some(&samples[i].0.to_string()), 1.0).unwrap();
            } else {
                let one = asked.remove(draw(asked.len()));
                let sample = one.sample(0).unwrap();
                if let Some(score) = samples[one.parent.unwrap() as usize].1 {
                    sample.score(f64::from(score) / 128.0, 1.0);
                }
                sample.finish(None, 1.0).unwrap();
            }
            asked.extend(run.next(1.0).unwrap());
        }
        prop_assert!(run.done());
        if let Some(answer) = chosen(by, &samples) {
            prop_assert_eq!(run.answer(), Some(answer.to_string()));
            prop_assert!(run.settled());
        }
    }

    /// Each width's accuracy is that of all windows, by the definition.
    #[test]
    fn the_worth_of_a_width_is_that_of_its_windows(
        by in prop::sample::select(Choose::ALL.to_vec()),
        queries in prop::collection::vec(prop::collection::vec((0_u8..3, 0_u8..=16, any::<bool>()), 1..9), 1..6),
    ) {
        let mut worth = ScoreWorth::new(by);
        let (mut other, mut plain) = (ScoreWorth::new(by), Vec::new());
        for (i, query) in queries.iter().enumerate() {
            let answers: Vec<String> = query.iter().map(|one| one.0.to_string()).collect();
            // Equal answers are equally right.
            let right = |answer: u8| f64::from(query.iter().find(|one| one.0 == answer).unwrap().2);
            let samples: Vec<_> = (query.iter().zip(&answers)).map(|(one, answer)| ScoredSample {
                answer: Some(answer), score: Some(f64::from(one.1) / 16.0), right: right(one.0),
            }).collect();
            if i % 2 == 0 { worth.add(&samples).unwrap() } else { other.add(&samples).unwrap() }
            let n = query.len();
            for k in [1, 2, 3, 4, 6, 8].into_iter().filter(|k| *k <= n) {
                let windows = (0..n).map(|from| {
                    let mut picked: Vec<usize> = (0..k).map(|j| (from + j) % n).collect();
                    picked.sort_unstable();
                    let value = |i: usize| match by {
                        Choose::Score => u32::from(query[i].1),
                        Choose::Vote => picked.iter().filter(|j| query[**j].0 == query[i].0).map(|j| u32::from(query[*j].1)).sum(),
                    };
                    let best = picked.iter().copied().max_by_key(|i| (value(*i), std::cmp::Reverse(*i))).unwrap();
                    right(query[best].0)
                });
                plain.push((k as u32, windows.sum::<f64>() / n as f64, right(query[0].0), i));
            }
        }
        worth.merge(&other).unwrap();
        let back = ScoreWorth::from_bytes(&worth.to_bytes()).unwrap();
        prop_assert_eq!(&back, &worth);
        let firsts: Vec<f64> = plain.iter().filter(|row| row.0 == 1).map(|row| row.1).collect();
        let first = firsts.iter().sum::<f64>() / firsts.len() as f64;
        for way in worth.ways(1.0, 0.5).unwrap() {
            let rows: Vec<_> = plain.iter().filter(|row| row.0 == way.samples).collect();
            let lone = |query: usize| plain.iter().find(|row| row.0 == 1 && row.3 == query).unwrap().1;
            let gain = rows.iter().map(|row| row.1 - lone(row.3)).sum::<f64>() / rows.len() as f64;
            prop_assert!((way.p_correct - (first + gain).clamp(0.0, 1.0)).abs() < 1e-9, "{way:?}");
            let usd = if way.samples == 1 { 1.0 } else { 1.5 * f64::from(way.samples) };
            prop_assert!((way.usd - usd).abs() < 1e-12);
        }
        prop_assert!(worth.width() == 1, "a few queries show nothing");
    }

    #[test]
    fn no_bytes_make_a_worth_that_cannot_be(at in 0_usize..2_600, bit in 0_u8..8) {
        let mut worth = ScoreWorth::new(Choose::Vote);
        let sample = ScoredSample { answer: Some("7"), score: Some(0.5), right: 1.0 };
        worth.add(&[sample; 3]).unwrap();
        let mut bytes = worth.to_bytes();
        if let Some(byte) = bytes.get_mut(at) {
            *byte ^= 1 << bit;
            prop_assert!(ScoreWorth::from_bytes(&bytes).is_err());
        }
    }
}

#[test]
fn dials_are_those_of_the_width() {
    let rung = best_of(Choose::Vote, 5, Some(Scorer { width: Some(2), ..scorer() }));
    assert_eq!((Dials::of(&rung).samples, rung.most_samples()), (2, 2));
}
