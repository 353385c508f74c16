//! The reference of an estimator, and drift from it.

use crate::common::refuses;
use crate::teacher::{learned, learner, outcomes, query, random};
use rheostat::estimate::{Estimator, Reference};
use rheostat::features::Scan;
use rheostat::learn::Drift;
use rheostat::query::{Structure, Window};
use std::sync::Arc;

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
