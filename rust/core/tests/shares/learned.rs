//! The learned part of shares: for which estimator it counts, and how it is saved, loaded and merged.

use super::damage::damaged;
use super::deployment::{SHARES, given, ladder, plan};
use rheostat::estimate::Estimator;
use rheostat::governor::{Governor, Scratch};
use rheostat::policy::{Policy, Shares};

/// An estimator of another model: the shipped one with a changed weight.
fn another() -> Estimator {
    let shipped = Estimator::shipped();
    let changed = |i: u8| Estimator::from_bytes(&damaged(&shipped.to_bytes(), &[i, i, i, 1])).ok();
    (0..=u8::MAX).filter_map(changed).find(|other| other.prior_version() != shipped.prior_version()).unwrap()
}

#[test]
fn another_estimator_starts_from_the_reference_and_the_same_one_goes_on() {
    let (policy, mut scratch) = (given(&SHARES), Scratch::default());
    let build = |estimator: Estimator| {
        let builder = Governor::builder(ladder(3)).policy(policy.clone());
        builder.estimator(estimator.into()).build().unwrap()
    };
    let governor = build(Estimator::shipped().clone());
    let fresh = plan(&governor, 0.95, &mut scratch).quantile.unwrap();
    for _ in 0..3_000 {
        plan(&governor, 0.95, &mut scratch);
    }
    // All of the traffic is as hard: nothing is easier than it.
    assert!(plan(&governor, 0.9, &mut scratch).quantile.unwrap() < 0.1 && fresh > 0.9);
    assert!(plan(&build(another()), 0.9, &mut scratch).quantile.unwrap() > 0.5);
    // The policy is what has learned, not its governor.
    let second = build(Estimator::shipped().clone());
    assert!(plan(&second, 0.9, &mut scratch).quantile.unwrap() < 0.1);
}

#[test]
fn what_was_learned_is_saved_loaded_and_merged() {
    let Policy::Shares(shares) = given(&SHARES) else { unreachable!() };
    let learn = |shares: &Shares, difficulty: f64| {
        let governor = Governor::builder(ladder(3)).policy(Policy::Shares(shares.clone())).build().unwrap();
        for _ in 0..1_000 {
            plan(&governor, difficulty, &mut Scratch::default());
        }
    };
    let quantile = |shares: &Shares, difficulty: f64| {
        let governor = Governor::builder(ladder(3)).policy(Policy::Shares(shares.clone())).build().unwrap();
        plan(&governor, difficulty, &mut Scratch::default()).quantile.unwrap()
    };
    learn(&shares, 0.2);
    let copy = shares.with_state(&shares.state()).unwrap();
    assert_eq!(copy.state(), shares.state());
    let Policy::Shares(other) = given(&SHARES) else { unreachable!() };
    learn(&other, 0.8);
    copy.absorb(&other.state()).unwrap();
    let middle = quantile(&copy, 0.5);
    assert!((middle - 0.5).abs() < 0.1, "{middle}");
    assert!(quantile(&other, 0.5) < 0.2 && quantile(&shares, 0.5) > 0.8);
}

#[test]
fn damaged_states_are_refused() {
    let Policy::Shares(shares) = given(&SHARES) else { unreachable!() };
    let _ = Governor::builder(ladder(3)).policy(Policy::Shares(shares.clone())).build().unwrap();
    let state = shares.state();
    for i in 0..state.len() {
        let mut damaged = state.clone();
        damaged[i] ^= 0x10;
        assert!(shares.absorb(&damaged).is_err(), "byte {i}");
        assert!(shares.absorb(&state[..i]).is_err(), "cut at {i}");
    }
}
