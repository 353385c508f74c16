//! Measures of a ranking.

use rheostat::learn::{Ranking, Recovery};

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
