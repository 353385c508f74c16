//! The change of a mean score from decisions drawn by chance: sums that merge, refusals, and the coverage of the interval.

#![allow(clippy::unwrap_used)] // a test that cannot add a row has failed

use proptest::prelude::*;
use rheostat::guarantee::{Graded, Interval, OffPolicy};
use std::iter::repeat_n;

fn row() -> impl Strategy<Value = Graded> {
    let unit = 0.0..=1.0;
    (any::<bool>(), 0.01..=1.0, unit.clone(), unit.clone(), unit, prop::option::of(any::<u64>())).prop_map(
        |(same, propensity, score, predicted_logged, predicted_new, group)| Graded {
            same,
            propensity,
            score,
            predicted_logged,
            predicted_new,
            group,
        },
    )
}

fn sums(rows: &[Graded]) -> OffPolicy {
    let mut sums = OffPolicy::default();
    for row in rows {
        sums.add(row).unwrap();
    }
    sums
}

const AGREED: Graded = Graded {
    same: true,
    propensity: 1.0,
    score: 1.0,
    predicted_logged: 0.5,
    predicted_new: 0.5,
    group: None,
};

proptest! {
    #[test]
    fn the_sums_of_two_parts_are_the_sums_of_the_whole(
        rows in prop::collection::vec(row(), 0..60), cut in 0usize..60
    ) {
        let (head, tail) = rows.split_at(cut.min(rows.len()));
        let mut merged = sums(head);
        merged.merge(&sums(tail));
        let whole = sums(&rows);
        let (merged_sums, whole_sums) = (merged.to_sums(), whole.to_sums());
        prop_assert_eq!(merged_sums.len(), whole_sums.len());
        for (a, b) in merged_sums.iter().zip(&whole_sums) {
            prop_assert!((a - b).abs() <= 1e-9 * (1.0 + a.abs()), "{} {}", a, b);
        }
        prop_assert_eq!(OffPolicy::from_sums(&whole_sums).unwrap(), whole);
    }

    #[test]
    fn an_interval_holds_its_estimate(rows in prop::collection::vec(row(), 0..200)) {
        let change = sums(&rows).change();
        for (found, least) in [(change.interval, -1.0), (change.score_new, 0.0)] {
            if let Some(Interval { mean, low, high }) = found {
                prop_assert!(least <= low && low <= high && high <= 1.0, "{:?}", found);
                prop_assert!(low <= mean || mean < least, "{:?}", found);
                prop_assert!(high >= mean || mean > 1.0, "{:?}", found);
            }
        }
        prop_assert_eq!(change.graded as usize, rows.len());
    }
}

#[test]
fn a_policy_that_agrees_everywhere_changes_nothing() {
    let change = sums(&[AGREED; 50]).change();
    assert_eq!(change.interval, Some(Interval { mean: 0.0, low: 0.0, high: 0.0 }));
    assert_eq!((change.differing, change.tried, change.missing), (0, 0, None));
}

#[test]
fn a_log_that_never_tried_the_new_rung_cannot_tell() {
    let mut rows = vec![AGREED; 5_000];
    rows.push(Graded { same: false, ..AGREED });
    let change = sums(&rows).change();
    assert_eq!((change.interval, change.missing, change.differing), (None, None, 1));
}

#[test]
fn few_trials_among_many_agreeing_rows_cannot_tell() {
    let mut rows = vec![Graded { propensity: 0.9625, ..AGREED }; 1_600];
    rows.extend(repeat_n(Graded { same: false, propensity: 0.9625, ..AGREED }, 395));
    rows.extend([Graded { propensity: 0.0125, ..AGREED }; 5]);
    let change = sums(&rows).change();
    assert_eq!((change.interval, change.tried), (None, 5));
    assert_eq!(change.missing, Some(10_000));
    rows.extend([Graded { propensity: 0.0125, ..AGREED }; 25]);
    assert!(sums(&rows).change().interval.is_some());
}

#[test]
fn trials_of_one_session_are_one() {
    let rows = |group: fn(u64) -> u64| -> Vec<Graded> {
        let row = |i| Graded { propensity: 0.5, score: (i % 3 == 0).into(), group: Some(group(i)), ..AGREED };
        (0..600).map(row).collect()
    };
    assert!(sums(&rows(|i| i)).change().interval.is_some());
    assert!(sums(&rows(|_| 7)).change().interval.is_none());
}

#[test]
fn numbers_out_of_bounds_are_refused() {
    let added = |row: Graded| OffPolicy::default().add(&row).unwrap_err().to_string();
    for bad in [0.0, -0.1, 1.1, f64::NAN] {
        assert!(added(Graded { propensity: bad, ..AGREED }).starts_with("propensity"));
    }
    for bad in [-0.1, 1.1, f64::NAN] {
        assert!(added(Graded { score: bad, ..AGREED }).starts_with("score"));
        assert!(added(Graded { predicted_new: bad, ..AGREED }).starts_with("predicted_new"));
    }
    for bad in [&[0.0; 3][..], &[f64::NAN; 18], &[-1.0; 18], &[]] {
        assert!(OffPolicy::from_sums(bad).unwrap_err().to_string().starts_with("sums"));
    }
}

/// A generator of uniform numbers (splitmix64), so that the simulation is the same everywhere.
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// Logs of four rungs, of which the usual one is drawn with 1 − ε + ε/4; a new policy takes another rung on a share of them.
#[test]
fn the_interval_covers_the_truth_where_few_rows_differ() {
    // Rows, exploration ε, share that differs, P(right) on the usual and on the new rung, and the bias of the predictions.
    for (rows, explored, share, usual, new, bias) in [
        (15_000, 0.05, 0.2, 0.6, 0.7, 0.0),
        (15_000, 0.05, 0.2, 0.95, 0.9, 0.1),
        (2_000, 0.2, 0.5, 0.97, 0.97, 0.0),
        (2_000, 0.2, 0.5, 0.6, 0.7, 0.1),
    ] {
        let mut draw = Draw(7);
        let (mut told, mut covered) = (0, 0);
        let rare = explored / 4.0;
        let logged = (1.0 - 3.0 * rare) * usual + rare * new + 2.0 * rare * 0.5;
        let truth = share * new + (1.0 - share) * usual - logged;
        for _ in 0..200 {
            let mut sums = OffPolicy::default();
            for _ in 0..rows {
                let (wanted, at) = (usize::from(draw.next() < share), draw.next());
                let rung = (1..4).find(|&rung| at < rare * f64::from(rung)).unwrap_or(0) as usize;
                let right = [usual, new, 0.5, 0.5][rung];
                let predicted = [usual - bias, new + bias / 2.0, 0.5, 0.5];
                let row = Graded {
                    same: rung == wanted,
                    propensity: if rung == 0 { 1.0 - 3.0 * rare } else { rare },
                    score: f64::from(u8::from(draw.next() < right)),
                    predicted_logged: predicted[rung],
                    predicted_new: predicted[wanted],
                    group: None,
                };
                sums.add(&row).unwrap();
            }
            if let Some(Interval { low, high, .. }) = sums.change().interval {
                told += 1;
                covered += i32::from(low <= truth && truth <= high);
            }
        }
        // 95 % of about 200 logs, less two and a half standard errors.
        assert!(
            told > 150 && f64::from(covered) >= 0.91 * f64::from(told),
            "{rows} {share}: {covered} of {told}"
        );
    }
}
