//! Learning: bounded state that merges, heads that are never worse than the prior, and what damage and poison do.
#![allow(clippy::unwrap_used)] // a test that fails here has failed

mod common;

use common::refuses;
use proptest::prelude::*;
use rheostat::estimate::Estimator;
use rheostat::estimate::Reference;
use rheostat::features::Scan;
use rheostat::ladder::{Ladder, Rung};
use rheostat::learn::{
    Drift, Grading, Learner, Options, Place, Ranking, Recovery, Row, Rows, RungScores, Sketch, calibrate,
    digest, recalibrated, uncalibrated,
};
use rheostat::outcome::{Outcome, OutcomeKind};
use rheostat::query::Structure;
use rheostat::query::Window;
use std::sync::Arc;

const SUBJECTS: [(&str, f64, f64); 6] = [
    ("sum the invoice of order", 0.95, 0.97),
    ("capital city and river of region", 0.9, 0.92),
    ("translate the menu for table", 0.85, 0.95),
    ("prove the lemma about graph", 0.2, 0.8),
    ("integrate the function with parameter", 0.3, 0.85),
    ("puzzle of hats and prisoners with", 0.1, 0.3),
];

fn random(state: &mut u64) -> f64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    let z = (*state ^ *state >> 33).wrapping_mul(0xFF51_AFD7_ED55_8CCD);
    ((z ^ z >> 33) >> 11) as f64 / (1u64 << 53) as f64
}

/// A made-up query: its text, and the chances of a weak and of a strong model.
fn query(i: u64) -> (String, f64, f64) {
    let mut state = i.wrapping_mul(77) + 5;
    let (words, weak, strong) = SUBJECTS[(random(&mut state) * 6.0) as usize];
    let filler = ["please", "kindly", "now", "today", "again", "once"][(random(&mut state) * 6.0) as usize];
    (format!("{filler} {words} {} and {}", i % 97, i % 13), weak, strong)
}

fn ladder() -> Ladder {
    Ladder::new(vec![Rung::new("weak", "small"), Rung::new("strong", "large")], None, None).unwrap()
}

fn place(rung: &str) -> Arc<Place> {
    let model = if rung == "weak" { "small" } else { "large" };
    Place { rung: rung.into(), model: model.into() }.into()
}

fn sketch(text: &str) -> Arc<Sketch> {
    let mut scan = Scan::new();
    scan.run(text.as_bytes(), Window::default());
    let prior = Estimator::shipped();
    Learner::new(prior, 1, None).unwrap().sketch(prior, &scan, &Structure::default()).into()
}

fn row(i: u64, rung: &str, score: f64) -> Row {
    Row {
        query: digest(&i.to_le_bytes()),
        group: i,
        place: place(rung),
        score,
        weight: 1.0,
        kind: OutcomeKind::Graded,
        at: 0.0,
        sketch: sketch(&query(i).0),
    }
}

/// Graded outcomes of both rungs on queries `from` to `to`.
fn outcomes(from: u64, to: u64) -> Vec<Row> {
    let mut state = 11 + from;
    let mut rows = Vec::new();
    for i in from..to {
        let (_, weak, strong) = query(i);
        // What a query's outcomes have in common: the same number for both.
        let luck = random(&mut state);
        rows.push(row(i, "weak", f64::from(u8::from(luck < weak))));
        rows.push(row(i, "strong", f64::from(u8::from(luck < strong))));
    }
    rows
}

fn learner(rows: &[Row]) -> Learner {
    let mut learner = Learner::new(Estimator::shipped(), 65_536, None).unwrap();
    for row in rows {
        assert!(learner.add(row.clone()).unwrap());
    }
    learner
}

fn learned(rows: &[Row]) -> Estimator {
    let mut learner = learner(rows);
    Estimator::shipped().with_heads(learner.solve(&ladder(), 0.0, Options::default()).unwrap().into())
}

/// The area by expected gains of queries that no outcome was of.
fn quality(estimator: &Estimator) -> f64 {
    let (mut gains, mut truth) = (Vec::new(), Vec::new());
    let mut scan = Scan::new();
    let ladder = ladder();
    let views: Vec<_> =
        ladder.rungs().iter().zip(ladder.abilities()).map(|(r, &a)| estimator.view(r, a)).collect();
    for i in 100_000..100_600 {
        let (text, weak, strong) = query(i);
        scan.run(text.as_bytes(), Window::default());
        gains.push(estimator.estimate(&scan, &Structure::default()).gain(&views[0], &views[1]));
        truth.push(strong - weak);
    }
    Ranking::new(&gains).apgr(&truth, &vec![1.0; truth.len()]).unwrap()
}

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
fn drift_is_noticed_and_sameness_is_not() {
    let estimates = |from: u64, to: u64, hard: bool| {
        let mut scan = Scan::new();
        (from..to)
            .map(|i| {
                let text =
                    if hard { format!("Prove rigorously: {0} {0} {0}", query(i).0) } else { query(i).0 };
                scan.run(text.as_bytes(), Window::default());
                Estimator::shipped().estimate(&scan, &Structure::default())
            })
            .collect::<Vec<_>>()
    };
    let drift = Drift::new(&estimates(0, 500, false), 200).unwrap();
    for estimate in estimates(500, 900, false) {
        drift.update(&estimate);
    }
    let same = drift.report();
    assert!(!same.shifted && same.seen == 400 && same.verdict() == "steady", "{same:?}");
    for estimate in estimates(900, 1_100, true) {
        drift.update(&estimate);
    }
    assert!(drift.report().shifted, "{:?}", drift.report());
    let mut state = 5;
    for _ in 0..400 {
        drift.outcome(0.7, f64::from(u8::from(random(&mut state) < 0.7))).unwrap();
    }
    assert!(!drift.report().overconfident && !drift.report().underconfident);
    for _ in 0..200 {
        drift.outcome(0.7, f64::from(u8::from(random(&mut state) < 0.3))).unwrap();
    }
    let report = drift.report();
    assert!(report.overconfident && !report.underconfident);
    let (mean, error) = report.bias.unwrap();
    assert!((mean + 0.4).abs() < 4.0 * error && error < 0.04, "{report:?}");
    assert!(refuses(&drift.outcome(f64::NAN, 1.0).unwrap_err().to_string(), "p_correct", "NaN"));
    assert!(Drift::new(&[], 200).is_err() && Drift::new(&estimates(0, 100, false), 1).is_err());
}

#[test]
fn a_reference_travels_with_the_estimator() {
    let texts: Vec<String> = (0..300).map(|i| query(i).0).collect();
    let mut scan = Scan::new();
    let all: Vec<_> = texts
        .iter()
        .map(|text| {
            scan.run(text.as_bytes(), Window::default());
            Estimator::shipped().estimate(&scan, &Structure::default())
        })
        .collect();
    let reference = Arc::new(Reference::new(&all).unwrap());
    let known = Estimator::shipped().with_reference(reference.clone());
    assert_eq!(known.version(), Estimator::shipped().version());
    let bytes = known.to_bytes();
    let again = Estimator::from_bytes(&bytes).unwrap();
    assert_eq!((again.reference(), again.to_bytes()), (Some(&reference), bytes));
    let fitted = learned(&outcomes(0, 300));
    assert!(fitted.reference().is_none());
    let both = fitted.with_reference(reference.clone());
    let again = Estimator::from_bytes(&both.to_bytes()).unwrap();
    assert_eq!((again.version(), again.reference()), (fitted.version(), Some(&reference)));
    // A learner knows less of its queries, and enough.
    assert_eq!(learner(&outcomes(0, 300)).reference().map(|reference| reference.estimates()), Some(300));
    assert!(learner(&outcomes(0, 99)).reference().is_none());
}

#[test]
fn a_damaged_reference_is_refused() {
    let texts: Vec<String> = (0..100).map(|i| query(i).0).collect();
    let mut scan = Scan::new();
    let mut one = |text: &String| {
        scan.run(text.as_bytes(), Window::default());
        Estimator::shipped().estimate(&scan, &Structure::default())
    };
    let bytes = Reference::new(&texts.iter().map(&mut one).collect::<Vec<_>>()).unwrap().to_bytes();
    assert!(Reference::from_bytes(&bytes).is_ok());
    for end in 0..bytes.len() {
        assert!(Reference::from_bytes(&bytes[..end]).is_err(), "cut at {end}");
    }
    let with = |at: usize, number: f64| {
        let mut bytes = bytes.clone();
        bytes[at..at + 8].copy_from_slice(&number.to_le_bytes());
        Reference::from_bytes(&bytes).unwrap_err().to_string()
    };
    // Of the first sight: its first end, and its first share.
    for (at, number) in [(8, 1e9), (8, f64::NAN), (8 + 72, -0.1), (8 + 72, 0.9), (8 + 72, f64::INFINITY)] {
        assert!(with(at, number).contains("drift"), "{at} {number}");
    }
}

#[test]
fn chances_are_recalibrated_from_a_log() {
    let ladder = ladder();
    let base = uncalibrated(Estimator::shipped(), &ladder).unwrap();
    let view = base.heads().unwrap().view_of("weak").unwrap();
    let mut scan = Scan::new();
    let mut log = RungScores { rung: "weak".into(), ..RungScores::default() };
    let mut state = 1;
    for i in 0..600 {
        scan.run(query(i).0.as_bytes(), Window::default());
        let estimate = base.estimate(&scan, &Structure::default());
        log.chances.push(estimate.p_correct_of(&view));
        log.scores.push(f64::from(u8::from(random(&mut state) < 0.2)));
        log.groups.push(i);
    }
    let (calibrated, reports) =
        recalibrated(Estimator::shipped(), &ladder, std::slice::from_ref(&log)).unwrap();
    assert!(reports[0].brier < reports[0].brier_before && reports[0].error < 0.1, "{reports:?}");
    let view = calibrated.view(&ladder.rungs()[0], ladder.ability(0));
    let chance = calibrated.estimate(&scan, &Structure::default()).p_correct_of(&view);
    assert!((chance - 0.2).abs() < 0.1, "{chance}");
    let again = Estimator::from_bytes(&calibrated.to_bytes()).unwrap();
    assert_eq!(again.heads(), calibrated.heads());
    let unknown = RungScores { rung: "huge".into(), ..log.clone() };
    assert!(
        recalibrated(Estimator::shipped(), &ladder, &[unknown])
            .unwrap_err()
            .to_string()
            .contains("weak, strong")
    );
    log.scores[3] = 1.5;
    let error = recalibrated(Estimator::shipped(), &ladder, &[log]).unwrap_err().to_string();
    assert!(refuses(&error, "outcomes[\"weak\"][3]", "1.5"), "{error}");
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

/// Outcomes whose true chance is a map of the stated one.
fn scored(count: usize, truth: impl Fn(f64) -> f64) -> (Vec<f64>, Vec<f64>, Vec<usize>) {
    let mut state = 9_u64;
    let mut random = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    let chances: Vec<f64> = (0..count).map(|_| random()).collect();
    let scores = chances.iter().map(|&p| f64::from(u8::from(random() < truth(p)))).collect();
    (chances, scores, (0..count).collect())
}

#[test]
fn overconfident_chances_are_mapped_towards_one_half() {
    for (count, method) in [(60, "platt"), (4_000, "isotonic")] {
        // A step function: Platt's curve cannot fit it, isotonic regression can.
        let (p, y, fold) = scored(count, |p| if p < 0.5 { 0.4 } else { 0.6 });
        let (map, report) = calibrate(&p, &y, &fold, 0.5);
        assert_eq!(report.method, method, "{report:?}");
        // With few outcomes the calibration error is mostly noise.
        assert!(report.brier < report.brier_before && (count < 100 || report.error < report.error_before));
        let map = map.unwrap();
        assert!(map.apply(0.95) < 0.85 && map.apply(0.05) > 0.15);
    }
}

#[test]
fn calibrated_chances_stay() {
    let (p, y, fold) = scored(2_000, |p| p);
    let (map, report) = calibrate(&p, &y, &fold, 1.0);
    let worst = (0..=20).map(|i| f64::from(i) / 20.0).map(|p| (map.map_or(p, |m| m.apply(p)) - p).abs());
    assert!(worst.fold(0.0, f64::max) < 0.1);
    assert!(report.brier <= report.brier_before && report.error < 0.04);
    assert!(report.brier < report.brier_constant);
    assert_eq!(calibrate(&[], &[], &[], 1.0).0, None);
}

#[test]
fn apgr_is_half_at_random_and_more_in_order() {
    let (gains, even) = ([1.0, 0.0, 0.0, 1.0], [1.0; 4]);
    for (scores, area) in [([4.0, 3.0, 2.0, 1.0], 0.5), ([2.0, 0.0, 0.0, 1.0], 0.75), ([0.0; 4], 0.5)] {
        assert!((Ranking::new(&scores).apgr(&gains, &even).unwrap() - area).abs() < 1e-12);
        let recovery = Recovery::new(&scores, &gains).unwrap();
        assert!((recovery.apgr() - area).abs() < 1e-12);
        assert!((recovery.binned_apgr(4) - area).abs() < 1e-12);
    }
    assert_eq!(Ranking::new(&[1.0, 2.0]).apgr(&[1.0, -1.0], &[1.0; 2]), None);
    assert_eq!(Ranking::new(&[]).apgr(&[], &[]), None);
    assert!(Recovery::new(&[], &[]).is_err() && Recovery::new(&[1.0], &[1.0, 2.0]).is_err());
}

#[test]
fn a_weight_counts_a_query_several_times() {
    let (scores, gains) = ([3.0, 2.0, 1.0], [1.0, 0.0, 1.0]);
    let weighted = Ranking::new(&scores).apgr(&gains, &[1.0, 3.0, 1.0]).unwrap();
    let repeated =
        Ranking::new(&[3.0, 2.0, 2.0, 2.0, 1.0]).apgr(&[1.0, 0.0, 0.0, 0.0, 1.0], &[1.0; 5]).unwrap();
    assert!((weighted - repeated).abs() < 1e-12);
}

proptest! {
    #[test]
    fn maps_rise_and_stay_chances(
        pairs in prop::collection::vec((0.0..=1.0, 0.0..=1.0), 1..300),
        slope in 0.1..2.0,
    ) {
        let (chances, scores): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
        let fold: Vec<usize> = (0..chances.len()).collect();
        let (map, report) = calibrate(&chances, &scores, &fold, slope);
        prop_assert!(report.brier <= report.brier_before);
        let values: Vec<f64> = map.iter().flat_map(|map| (0..=200).map(|i| map.apply(f64::from(i) / 200.0))).collect();
        prop_assert!(values.windows(2).all(|w| w[0] <= w[1] + 1e-7));
        prop_assert!(values.iter().all(|v| (0.0..=1.0).contains(v)));
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
