//! A log: the same figures by `learn::Log` as by a learner, a calibration and a policy that a host puts together by hand.
#![allow(clippy::unwrap_used, clippy::float_cmp)] // a test that fails here has failed, and figures are equal to the bit

mod common;

use common::refuses;
use rheostat::estimate::Estimator;
use rheostat::features::Scan;
use rheostat::ladder::{Ladder, Rung};
use rheostat::learn::{
    Learner, Log, MOST_ROWS, Options, Place, Row, RungScores, digest, recalibrated, uncalibrated,
};
use rheostat::outcome::OutcomeKind;
use rheostat::policy::Guaranteed;
use rheostat::query::{Query, Structure, Window};
use std::sync::Arc;

/// A prefix that the reader takes off, as a reader of the wire does with what a program adds.
const TAG: &str = "> ";

fn ladder() -> Ladder {
    Ladder::new(vec![Rung::new("weak", "small"), Rung::new("strong", "large")], None, None).unwrap()
}

fn log(texts: Vec<String>, weak: Vec<f64>, strong: Vec<f64>) -> Log<String> {
    let mut log =
        Log::new(texts, |text, cap| Query::text(text.trim_start_matches(TAG), cap), ladder().into());
    log.add("weak", weak).unwrap();
    log.add("strong", strong).unwrap();
    log
}

/// 300 texts, and the scores of both rungs; the strong rung answered two of three.
fn mixed() -> (Vec<String>, [Vec<f64>; 2]) {
    let hard = |i: u32| i * i % 7 < 3;
    let words = |i| if hard(i) { "prove the lemma about graph" } else { "sum the invoice of order" };
    let texts = (0..300).map(|i| format!("{} {} and {}", words(i), i % 97, i % 13));
    let weak = (0..300).map(|i| f64::from(u8::from(hard(i) == i.is_multiple_of(5))));
    let strong = (0..300_u32).map(|i| if i % 3 == 0 { f64::NAN } else { f64::from((i % 8).min(1)) });
    (texts.collect(), [weak.collect(), strong.collect()])
}

fn log_of((texts, [weak, strong]): (Vec<String>, [Vec<f64>; 2])) -> Log<String> {
    log(texts, weak, strong)
}

/// Calls `f` with the scan of each text and its number.
fn scanned(texts: &[String], mut f: impl FnMut(usize, &Scan)) {
    let mut scan = Scan::new();
    for (row, text) in texts.iter().enumerate() {
        scan.run(text.as_bytes(), Window::default());
        f(row, &scan);
    }
}

fn fit(log: &Log<String>, seed: u64) -> Estimator {
    log.fit(Estimator::shipped(), Window::default(), Options { seed, ..Options::default() }).unwrap()
}

#[test]
fn groups_weights_and_kinds_count_in_a_fit() {
    let (prior, (texts, scores)) = (Estimator::shipped(), mixed());
    let group = |row: usize| digest((row / 2).to_string().as_bytes());
    let weight = |row: usize| (1 + row % 4) as f64;
    let mut log = log_of(mixed());
    log.group_by((0..300).map(|row| Some(group(row))).collect()).unwrap();
    log.weigh((0..300).map(weight).collect()).unwrap();
    log.set_kind(OutcomeKind::Judge);
    let fitted = fit(&log, 3);
    let report = fitted.heads().unwrap().report();
    assert_eq!((report.outcomes, report.queries, report.groups), (500, 300, 150));
    assert!(fitted.reference().is_some());

    let mut learner = Learner::new(prior, MOST_ROWS, None).unwrap();
    scanned(&texts, |row, scan| {
        let sketch = Arc::new(learner.sketch(prior, scan, &Structure::default()));
        for ((rung, model), scores) in [("weak", "small"), ("strong", "large")].into_iter().zip(&scores) {
            if !scores[row].is_nan() {
                let place = Place { rung: rung.to_owned(), model: model.to_owned() };
                let row = Row {
                    query: row as u64,
                    group: group(row),
                    place: place.into(),
                    score: scores[row],
                    weight: weight(row),
                    kind: OutcomeKind::Judge,
                    at: 0.0,
                    sketch: sketch.clone(),
                };
                learner.add(row).unwrap();
            }
        }
    });
    let by_hand = learner.solve(&ladder(), 0.0, Options { seed: 3, ..Options::default() }).unwrap();
    assert_eq!(report, by_hand.report());
    assert!(report.brier < report.brier_prior, "{report:?}");
}

#[test]
fn texts_of_one_ask_are_one_group() {
    let tagged = |i: u32| if i < 20 { "" } else { TAG };
    let texts: Vec<String> = (0..40).map(|i| format!("{}riddle {}", tagged(i), i % 20)).collect();
    let scores: Vec<f64> = (0..40).map(|i| f64::from(i % 2)).collect();
    let mut log = log(texts, scores.clone(), scores);
    assert_eq!(fit(&log, 0).heads().unwrap().report().groups, 20);
    let one = (0..40).map(|i| (i % 20 == 0).then_some(u64::from(i == 0)));
    log.group_by(one.collect()).unwrap();
    assert_eq!(fit(&log, 0).heads().unwrap().report().groups, 21, "a host's names stand beside the asks");
}

#[test]
fn a_calibration_reports_each_column() {
    let (prior, ladder, (texts, scores)) = (Estimator::shipped(), ladder(), mixed());
    let (calibrated, reports) = log_of(mixed()).calibrate(prior, Window::default()).unwrap();
    assert!(calibrated.reference().is_some());
    let figures: Vec<_> = reports.iter().map(|(rung, r)| (&**rung, r.outcomes, r.method)).collect();
    assert_eq!(figures, [("weak", 300, "isotonic"), ("strong", 200, "platt")]);
    assert!(reports.iter().all(|(_, report)| report.brier < report.brier_before), "{reports:?}");

    let base = uncalibrated(prior, &ladder).unwrap();
    let mut columns =
        ["weak", "strong"].map(|rung| RungScores { rung: rung.to_owned(), ..RungScores::default() });
    scanned(&texts, |row, scan| {
        let estimate = base.estimate(scan, &Structure::default());
        for (place, column) in
            columns.iter_mut().enumerate().filter(|(place, _)| !scores[*place][row].is_nan())
        {
            let view = base.view(&ladder.rungs()[place], ladder.ability(place));
            column.chances.push(estimate.p_correct_of(&view));
            column.scores.push(scores[place][row]);
            column.groups.push(digest(texts[row].as_bytes()));
        }
    });
    let (_, by_hand) = recalibrated(prior, &ladder, &columns).unwrap();
    assert_eq!(reports.into_iter().map(|(_, report)| report).collect::<Vec<_>>(), by_hand);
}

#[test]
fn a_policy_is_certified_on_the_rows_with_every_score() {
    let words =
        |i: u32| if i.is_multiple_of(2) { "sum the invoice of order" } else { "prove the lemma about graph" };
    let texts: Vec<String> = (0..900).map(|i| format!("{} {i}", words(i))).collect();
    let weak: Vec<f64> = (0..900).map(|i| f64::from(1 - i % 2)).collect();
    let strong = |missing: usize, score| (0..900).map(|i| if i == missing { score } else { 1.0 }).collect();
    let fitted = fit(&log(texts.clone(), weak.clone(), strong(4, 0.0)), 0);
    let asked = Guaranteed::new(0.03, 0.95).unwrap();
    let policy = log(texts, weak, strong(5, f64::NAN)).certify(&asked, &fitted, Window::default()).unwrap();
    let start =
        "queries start 50.5 % of the way down a ladder without prices: 0.0044 was lost on 899 units, and ";
    assert!(policy.reason().starts_with(start), "{}", policy.reason());
}

#[test]
fn an_error_names_column_and_row() {
    let texts = || (0..20).map(|i| format!("text {i}")).collect::<Vec<_>>();
    let fine = || (0..20).map(|i| f64::from(i % 2)).collect::<Vec<_>>();
    let tried = |log: &Log<String>| {
        log.fit(Estimator::shipped(), Window::default(), Options::default()).unwrap_err().to_string()
    };
    let with = |i: usize, value: f64| {
        fine().into_iter().enumerate().map(move |(j, x)| if i == j { value } else { x })
    };
    let low = tried(&log(texts(), fine(), with(19, -0.1).collect()));
    assert!(refuses(&low, "outcomes[\"strong\"][19]", "-0.1"), "{low}");
    let mut log = log(texts(), fine(), fine());
    log.weigh((0..20).map(|i| f64::from(u8::from(i != 3))).collect()).unwrap();
    let light = tried(&log);
    assert!(refuses(&light, "weights[3]", "0"), "{light}");
    let short = log.add("weak", vec![0.0]).unwrap_err().to_string();
    assert!(refuses(&short, "outcomes[\"weak\"]", "1 values"), "{short}");
    assert!(log.add("huge", fine()).unwrap_err().to_string().contains("unknown rung"));
    let few = log.group_by(vec![None]).unwrap_err().to_string();
    assert!(refuses(&few, "groups", "1 values"), "{few}");
}
