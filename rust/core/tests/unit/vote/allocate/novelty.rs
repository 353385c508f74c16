//! Tests of `vote/allocate/novelty.rs`, of what is private there.

use super::*;

#[test]
fn without_a_prior_the_scale_is_the_odds_of_differing() {
    let mut novelty = Novelty::uniform();
    for i in 0..99 {
        novelty.pair(i % 10 == 0);
    }
    novelty.learn(0..99);
    // 10 of 99 differ; with the pair of even odds 10.5 of 100.
    assert!((novelty.at(7) - 10.5 / 89.5).abs() < 1e-12);
}

#[test]
fn a_prior_of_the_right_order_gets_the_right_level() {
    // Odds of 1/9 and 1 by the prior; the batch's pairs differ as for odds of a tenth of these.
    let p: Vec<f64> = (0..2_000).map(|i| if i % 2 == 0 { 0.9 } else { 0.5 }).collect();
    let mut novelty = Novelty::of(&p, p.len()).unwrap();
    let rare = [0.1 / 9.0, 0.1].map(|c| (c / (1.0 + c) * 1_000.0_f64).round() as usize);
    for i in 0..2_000 {
        novelty.pair(i / 2 < rare[i % 2]);
    }
    novelty.learn(0..2_000);
    assert!((novelty.at(0) - 0.1 / 9.0).abs() < 0.001 && (novelty.at(1) - 0.1).abs() < 0.005);
    assert!((novelty.at(1) / novelty.at(0) - 9.0).abs() < 1e-9);
}

#[test]
fn priors_out_of_bounds_are_refused() {
    for bad in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
        assert!(matches!(Novelty::of(&[0.5, bad], 2), Err(Error::Invalid { .. })), "{bad}");
    }
    assert!(Novelty::of(&[0.5], 2).is_err());
    assert!(Novelty::of(&[0.0, 1.0], 2).unwrap().at(1) > 0.0);
}
