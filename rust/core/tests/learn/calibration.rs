//! Calibration of chances.

use crate::common::refuses;
use crate::teacher::{ladder, query, random};
use proptest::prelude::*;
use rheostat::estimate::Estimator;
use rheostat::features::Scan;
use rheostat::learn::{RungScores, calibrate, recalibrated, uncalibrated};
use rheostat::query::{Structure, Window};

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
