//! Made-up queries, outcomes on them, and what has been learned from those.

use rheostat::estimate::Estimator;
use rheostat::features::Scan;
use rheostat::ladder::{Ladder, Rung};
use rheostat::learn::{Learner, Options, Place, Ranking, Row, Sketch, digest};
use rheostat::outcome::OutcomeKind;
use rheostat::query::{Structure, Window};
use std::sync::Arc;

pub(super) const SUBJECTS: [(&str, f64, f64); 6] = [
    ("sum the invoice of order", 0.95, 0.97),
    ("capital city and river of region", 0.9, 0.92),
    ("translate the menu for table", 0.85, 0.95),
    ("prove the lemma about graph", 0.2, 0.8),
    ("integrate the function with parameter", 0.3, 0.85),
    ("puzzle of hats and prisoners with", 0.1, 0.3),
];

pub(super) fn random(state: &mut u64) -> f64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    let z = (*state ^ *state >> 33).wrapping_mul(0xFF51_AFD7_ED55_8CCD);
    ((z ^ z >> 33) >> 11) as f64 / (1u64 << 53) as f64
}

/// A made-up query: its text, and the chances of a weak and of a strong model.
pub(super) fn query(i: u64) -> (String, f64, f64) {
    let mut state = i.wrapping_mul(77) + 5;
    let (words, weak, strong) = SUBJECTS[(random(&mut state) * 6.0) as usize];
    let filler = ["please", "kindly", "now", "today", "again", "once"][(random(&mut state) * 6.0) as usize];
    (format!("{filler} {words} {} and {}", i % 97, i % 13), weak, strong)
}

pub(super) fn ladder() -> Ladder {
    Ladder::new(vec![Rung::new("weak", "small"), Rung::new("strong", "large")], None, None).unwrap()
}

pub(super) fn place(rung: &str) -> Arc<Place> {
    let model = if rung == "weak" { "small" } else { "large" };
    Place { rung: rung.into(), model: model.into() }.into()
}

pub(super) fn sketch(text: &str) -> Arc<Sketch> {
    let mut scan = Scan::new();
    scan.run(text.as_bytes(), Window::default());
    let prior = Estimator::shipped();
    Learner::new(prior, 1, None).unwrap().sketch(prior, &scan, &Structure::default()).into()
}

pub(super) fn row(i: u64, rung: &str, score: f64) -> Row {
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
pub(super) fn outcomes(from: u64, to: u64) -> Vec<Row> {
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

pub(super) fn learner(rows: &[Row]) -> Learner {
    let mut learner = Learner::new(Estimator::shipped(), 65_536, None).unwrap();
    for row in rows {
        assert!(learner.add(row.clone()).unwrap());
    }
    learner
}

pub(super) fn learned(rows: &[Row]) -> Estimator {
    let mut learner = learner(rows);
    Estimator::shipped().with_heads(learner.solve(&ladder(), 0.0, Options::default()).unwrap().into())
}

/// The area by expected gains of queries that no outcome was of.
pub(super) fn quality(estimator: &Estimator) -> f64 {
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
