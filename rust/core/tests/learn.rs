//! Learning: bounded state that merges, heads that are never worse than the prior, and what damage and poison do.
#![allow(clippy::unwrap_used)] // a test that fails here has failed

#[path = "learn/calibration.rs"]
mod calibration;
mod common;
#[path = "learn/ranking.rs"]
mod ranking;
#[path = "learn/reference.rs"]
mod reference;
#[path = "learn/teacher.rs"]
mod teacher;

use common::refuses;
use proptest::prelude::*;
use rheostat::estimate::Estimator;
use rheostat::features::Scan;
use rheostat::ladder::{Ladder, Rung};
use rheostat::learn::{Grading, Learner, Options, Place, Row, Rows, Sketch};
use rheostat::outcome::{Outcome, OutcomeKind};
use rheostat::query::{Structure, Window};
use std::sync::Arc;
use teacher::{SUBJECTS, ladder, learned, learner, outcomes, quality, query, random, row, sketch};

#[test]
fn a_few_outcomes_beat_the_prior_and_more_beat_a_few() {
    let prior = quality(Estimator::shipped());
    let few = learned(&outcomes(0, 100));
    let many = learned(&outcomes(0, 400));
    assert!(quality(&few) > prior + 0.05, "{} {prior}", quality(&few));
    assert!(quality(&many) >= quality(&few) && quality(&many) > 0.74, "{}", quality(&many));
    let report = many.heads().unwrap().report();
    assert_eq!((report.outcomes, report.queries, report.groups, report.folds), (800, 400, 400, 5));
    assert!(report.brier < report.brier_prior && !report.kept_prior);
    let gain = report.gain.as_ref().unwrap();
    assert_eq!((gain.low.as_str(), gain.high.as_str(), gain.pairs), ("weak", "strong", 400));
    assert!(gain.apgr > gain.apgr_prior && gain.interval.0 > 0.0, "{gain:?}");
    assert!((report.rungs[1].ability - report.rungs[1].mean_score).abs() < 0.15);
}

#[test]
fn chances_are_calibrated_where_they_were_learned() {
    let estimator = learned(&outcomes(0, 600));
    let ladder = ladder();
    let mut scan = Scan::new();
    for (rung, of) in ladder.rungs().iter().zip([1, 2]) {
        let view = estimator.view(rung, ladder.ability(of - 1));
        let mut errors = 0.0;
        for i in 100_000..100_300 {
            let (text, weak, strong) = query(i);
            scan.run(text.as_bytes(), Window::default());
            let chance = estimator.estimate(&scan, &Structure::default()).p_correct_of(&view);
            errors += (chance - [weak, strong][of - 1]).abs() / 300.0;
        }
        assert!(errors < 0.12, "{}: {errors}", rung.name);
    }
}

#[test]
fn outcomes_without_a_pattern_leave_the_prior() {
    // Scores that have nothing to do with the text.
    let mut state = 3;
    let rows: Vec<Row> = (0..150)
        .flat_map(|i| {
            let mut coin = || f64::from(u8::from(random(&mut state) < 0.5));
            [row(i, "weak", coin()), row(i, "strong", coin())]
        })
        .collect();
    let report = learned(&rows).heads().unwrap().report().clone();
    assert!(report.brier <= report.brier_prior, "{report:?}");
    assert!(report.share < 1.0, "{report:?}");
}

#[test]
fn held_out_chances_are_never_worse_than_the_priors() {
    let mut state = 8;
    let mut shares = Vec::new();
    for count in 10..60 {
        // Luck alone, and luck that leans with the text.
        let lean = if count % 2 == 0 { 0.0 } else { 1.0 };
        let rows: Vec<Row> = (0..count)
            .flat_map(|i| {
                let (_, weak, strong) = query(i);
                [("weak", weak), ("strong", strong)].map(|(rung, chance)| {
                    let chance = 0.5 + lean * (chance - 0.5);
                    row(i, rung, f64::from(u8::from(random(&mut state) < chance)))
                })
            })
            .collect();
        let report = learned(&rows).heads().unwrap().report().clone();
        assert!(report.brier <= report.brier_prior + 1e-12, "{report:?}");
        assert_eq!(report.kept_prior, report.share <= 0.0);
        shares.push(report.share);
    }
    assert!(shares.iter().any(|&s| s <= 0.0) && shares.iter().any(|&s| s >= 1.0), "{shares:?}");
}

#[test]
fn poison_moves_the_ranking_by_little() {
    let clean = outcomes(0, 400);
    let mut poisoned = clean.clone();
    // One in twenty queries says the opposite of what helps most: the strong model fails where it is needed.
    let mut flipped = 0;
    for pair in poisoned.chunks_mut(2) {
        if flipped < 20 && pair[0].score < pair[1].score {
            (pair[0].score, pair[1].score) = (1.0, 0.0);
            flipped += 1;
        }
    }
    assert_eq!(flipped, 20);
    let (before, after) = (quality(&learned(&clean)), quality(&learned(&poisoned)));
    assert!(before - after < 0.05, "{before} {after}");
    assert!(after > quality(Estimator::shipped()) + 0.02);
}

#[test]
fn noisy_kinds_count_for_less() {
    let level = |kind: OutcomeKind| {
        let mut rows = outcomes(0, 400);
        for row in &mut rows {
            row.kind = kind;
        }
        let estimator = learned(&rows);
        // One head's value for one query may have any sign, so the test measures the mean over all subjects.
        let said = SUBJECTS.map(|(text, ..)| {
            let mut scan = Scan::new();
            scan.run(text.as_bytes(), Window::default());
            estimator.heads().unwrap().values(&scan, 0.0, 0.0)[..2].iter().map(|x| x.abs()).sum::<f32>()
        });
        said.iter().sum::<f32>()
    };
    assert!(level(OutcomeKind::Graded) > level(OutcomeKind::Thumbs));
    assert!(level(OutcomeKind::Thumbs) > 0.0);
}

#[test]
fn old_outcomes_fade() {
    let day = 86_400.0;
    let mut learner = Learner::new(Estimator::shipped(), 4_096, Some(day)).unwrap();
    for (i, mut row) in outcomes(0, 200).into_iter().enumerate() {
        // Ten days ago everything was the other way round.
        let old = i % 4 < 2;
        row.at = if old { 0.0 } else { 10.0 * day };
        row.score = if old { 1.0 - row.score } else { row.score };
        learner.add(row).unwrap();
    }
    let heads = learner.solve(&ladder(), 10.0 * day, Options::default()).unwrap();
    let faded = quality(&Estimator::shipped().with_heads(heads.into()));
    assert!(faded > quality(Estimator::shipped()) + 0.05, "{faded}");
}

#[test]
fn a_learner_and_heads_survive_a_round_trip_and_nothing_else() {
    let mut learner = Learner::new(Estimator::shipped(), 512, Some(3_600.0)).unwrap();
    for row in outcomes(0, 30) {
        assert!(learner.add(row).unwrap());
    }
    let bytes = learner.to_bytes();
    let again = Learner::from_bytes(&bytes, Estimator::shipped()).unwrap();
    assert_eq!(again.to_bytes(), bytes);
    assert_eq!(again.rows(), learner.rows());
    let heads = learner.solve(&ladder(), 0.0, Options::default()).unwrap();
    let estimator = Estimator::shipped().with_heads(heads.into());
    let model = estimator.to_bytes();
    let read = Estimator::from_bytes(&model).unwrap();
    assert_eq!((read.to_bytes(), read.version()), (model.clone(), estimator.version()));
    assert_ne!(estimator.version(), Estimator::shipped().version());
    assert_eq!(read.heads(), estimator.heads());
    for (artifact, what) in [(&bytes, 0), (&model, 1)] {
        for at in (0..artifact.len()).step_by(artifact.len() / 61) {
            let mut damaged = artifact.clone();
            damaged[at] ^= 0x10;
            let refused = |bytes: &[u8]| {
                if what == 0 {
                    Learner::from_bytes(bytes, Estimator::shipped()).is_err()
                } else {
                    Estimator::from_bytes(bytes).is_err()
                }
            };
            assert!(refused(&damaged) && refused(&artifact[..at]), "{what} {at}");
        }
    }
}

#[test]
fn a_rung_without_outcomes_follows_its_model() {
    let estimator = learned(&outcomes(0, 200));
    let thinking = Rung { thinking_tokens: 4_096, ..Rung::new("weak, thinking", "small") };
    let ladder =
        Ladder::new(vec![Rung::new("weak", "small"), thinking, Rung::new("new", "other")], None, None)
            .unwrap();
    let view = |i: usize| estimator.view(&ladder.rungs()[i], ladder.ability(i));
    assert!(view(0).learned() && view(1).learned() && !view(2).learned());
    let mut scan = Scan::new();
    scan.run(b"prove the lemma about graph 5 and 7", Window::default());
    let estimate = estimator.estimate(&scan, &Structure::default());
    assert!(estimate.p_correct_of(&view(1)) > estimate.p_correct_of(&view(0)));
}

#[test]
fn queries_are_graded_with_known_chances() {
    let estimator = learned(&outcomes(0, 300));
    let heads = estimator.heads().map(|heads| &**heads);
    let mut scan = Scan::new();
    let mut of = |text: &str, name: &str, rate| {
        scan.run(text.as_bytes(), Window::default());
        Grading::decide(heads, &scan, name, rate).unwrap()
    };
    let known = of("prove the lemma about graph 5 and 7", "a", 0.1);
    let new = of("ferment cabbage beside radishes until winter solstice arrives", "a", 0.1);
    assert!(new.propensity > 1.5 * known.propensity, "{new:?} {known:?}");
    assert_eq!(known, of("prove the lemma about graph 5 and 7", "a", 0.1));
    assert!((0.025..=0.4).contains(&known.propensity) && new.propensity <= 0.4);
    // Weighed by one over the propensity, graded queries count for all of them.
    let (mut graded, mut weighed) = (0, 0.0);
    for i in 0..4_000 {
        let grading = of(&query(i).0, &format!("plan {i}"), 0.1);
        if grading.grade {
            graded += 1;
            weighed += 1.0 / grading.propensity;
        }
    }
    assert!((300..500).contains(&graded), "{graded}");
    assert!((weighed / 4_000.0 - 1.0).abs() < 0.15, "{weighed}");
    let blind = Grading::decide(None, &Scan::new(), "a", 0.5).unwrap();
    assert!((blind.propensity - 0.5).abs() < 1e-12);
    for rate in [0.0, 1.1, f64::NAN] {
        assert!(Grading::decide(None, &Scan::new(), "a", rate).is_err());
    }
}

#[test]
fn bad_input_is_named() {
    let mut learner = Learner::new(Estimator::shipped(), 100, None).unwrap();
    let mut text = |row: Row| learner.add(row).unwrap_err().to_string();
    assert!(refuses(&text(row(0, "weak", f64::NAN)), "score", "NaN"));
    assert!(refuses(&text(row(0, "weak", 1.01)), "score", "1.01"));
    assert!(text(Row { weight: 0.0, ..row(0, "weak", 1.0) }).contains("weight"));
    assert!(text(Row { at: f64::INFINITY, ..row(0, "weak", 1.0) }).contains("at"));
    let no_name = Place { rung: String::new(), model: "m".into() };
    assert!(text(Row { place: no_name.into(), ..row(0, "weak", 1.0) }).contains("rung"));
    let mut solve = |options| learner.solve(&ladder(), 0.0, options).unwrap_err().to_string();
    assert!(refuses(&solve(Options::default()), "outcomes", "0"));
    assert!(refuses(&solve(Options { folds: 1, ..Options::default() }), "folds", "1"));
    for i in 0..20 {
        learner.add(row(i, "weak", 1.0)).unwrap();
    }
    assert!(
        learner.solve(&ladder(), 0.0, Options::default()).unwrap_err().to_string().contains("two different")
    );
    for i in 0..20 {
        learner.add(Row { group: 7, at: 1.0, ..row(i, "weak", f64::from(u8::from(i % 2 == 0))) }).unwrap();
    }
    assert!(refuses(
        &learner.solve(&ladder(), 0.0, Options::default()).unwrap_err().to_string(),
        "groups",
        "1"
    ));
    assert!(Learner::new(Estimator::shipped(), 0, None).is_err());
    assert!(Learner::new(Estimator::shipped(), 10, Some(f64::NAN)).is_err());
    let other = Learner::new(Estimator::shipped(), 99, None).unwrap();
    assert!(learner.merge(&other).unwrap_err().to_string().contains("capacity"));
}

/// Outcomes of few queries, rungs and times, so that versions of one row meet.
fn any_rows() -> impl Strategy<Value = Vec<Row>> {
    let row =
        (0..12_u64, any::<bool>(), 0..=4_u8, 0..4_u8, 0..5_usize).prop_map(|(i, weak, score, at, kind)| {
            Row {
                kind: OutcomeKind::ALL[kind],
                at: f64::from(at) * 1_000.0,
                ..row(i, if weak { "weak" } else { "strong" }, f64::from(score) / 4.0)
            }
        });
    prop::collection::vec(row, 0..30)
}

fn set(rows: &[Row], most: usize) -> Rows {
    let mut set = Rows::new(most, Some(500.0)).unwrap();
    for row in rows {
        set.add(row.clone()).unwrap();
    }
    set
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn merging_is_a_union(a in any_rows(), b in any_rows(), c in any_rows(), most in 1..16_usize) {
        let merged = |x: &Rows, y: &Rows| {
            let mut x = x.clone();
            x.merge(y).unwrap();
            x
        };
        let (sa, sb, sc) = (set(&a, most), set(&b, most), set(&c, most));
        prop_assert_eq!(merged(&sa, &sb), merged(&sb, &sa));
        prop_assert_eq!(merged(&merged(&sa, &sb), &sc), merged(&sa, &merged(&sb, &sc)));
        prop_assert_eq!(merged(&sa, &sa), sa.clone());
        // Adding one by one is merging, in any order.
        let mut all = [a, b, c].concat();
        all.reverse();
        prop_assert_eq!(merged(&merged(&sa, &sb), &sc), set(&all, most));
        prop_assert!(sa.len() <= most);
    }

    #[test]
    fn heads_are_finite_and_repeatable_on_any_text(text in "\\PC{0,400}") {
        let estimator = {
            static LEARNED: std::sync::OnceLock<Estimator> = std::sync::OnceLock::new();
            LEARNED.get_or_init(|| learned(&outcomes(0, 100)))
        };
        let mut scan = Scan::new();
        scan.run(text.as_bytes(), Window::default());
        let heads = estimator.heads().unwrap();
        let values = heads.values(&scan, 0.0, 0.0);
        prop_assert!(values.iter().all(|value| value.is_finite()));
        prop_assert_eq!(values.map(f32::to_bits), heads.values(&scan, 0.0, 0.0).map(f32::to_bits));
    }
}

#[test]
fn the_oldest_query_leaves_a_full_queue() {
    let prior = Estimator::shipped();
    let mut learner = Learner::new(prior, 3, None).unwrap();
    for plan in ["1", "2", "1", "3", "4"] {
        learner.pending().remember(plan, 7, Sketch::clone(&sketch("a text")));
    }
    assert_eq!(learner.pending().len(), 3);
    let mut known = |plan: &str| {
        let (plan_id, rung) = (plan.into(), "weak".into());
        let outcome = Outcome { plan_id, rung, score: 1.0, kind: OutcomeKind::Graded, at: 0.0 };
        learner.outcome(&outcome, &ladder()).unwrap()
    };
    assert_eq!(["1", "2", "3", "4"].map(&mut known), [false, true, true, true]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_weight_gives_chances(
        exponents in prop::collection::vec(-330..6_i32, 40), half_life in prop::option::of(1.0..1e9_f64), now in -1e12..1e12_f64,
    ) {
        let prior = Estimator::shipped();
        let mut learner = Learner::new(prior, 100, half_life).unwrap();
        for (i, exponent) in (0..).zip(&exponents) {
            let weight = 10_f64.powi(*exponent);
            let row = Row { weight, ..row(i, "weak", f64::from(i as u32 % 2)) };
            prop_assert_eq!(learner.add(row).is_ok(), (1e-9..=1e6).contains(&weight));
        }
        let Ok(heads) = learner.solve(&ladder(), now, Options { draws: 10, ..Options::default() }) else { return Ok(()) };
        prop_assert!(heads.report().brier.is_finite() && heads.report().brier <= heads.report().brier_prior);
        let estimator = prior.with_heads(Arc::new(heads));
        let view = estimator.view(&ladder().rungs()[0], ladder().ability(0));
        let mut scan = Scan::new();
        scan.run(query(7).0.as_bytes(), Window::default());
        let chance = estimator.estimate(&scan, &Structure::default()).p_correct_of(&view);
        prop_assert!(chance > 0.0 && chance < 1.0, "{chance}");
    }
}

#[test]
fn a_time_that_is_not_finite_is_refused() {
    for now in [f64::NAN, f64::INFINITY] {
        let solved = learner(&outcomes(0, 20)).solve(&ladder(), now, Options::default());
        assert!(refuses(&solved.unwrap_err().to_string(), "at", &now.to_string()));
    }
}
