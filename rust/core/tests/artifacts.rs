//! Artifacts with wrong contents under checksums that are right: refused, or as good as any other.
#![allow(clippy::unwrap_used)] // a test that fails here has failed

mod damage;

use damage::damaged;
use proptest::prelude::*;
use rheostat::estimate::Estimator;
use rheostat::features::Scan;
use rheostat::guarantee::{Range, Target, Watch};
use rheostat::query::Structure;
use rheostat::query::Window;

fn watch() -> Watch {
    let mut watch = Watch::new(3, Target::new(0.2, 0.9, Range::new(-1.0, 1.0).unwrap()).unwrap()).unwrap();
    for i in 0..60 {
        let loss = f64::from(i % 7) / 7.0;
        watch.update(&[0.0, loss - 0.5, loss], (i % 2 == 0).then_some(u64::from(i as u32))).unwrap();
    }
    watch
}

#[test]
fn what_is_not_damaged_is_itself() {
    for good in [watch().to_bytes(), Estimator::shipped().to_bytes()] {
        assert_eq!(damaged(&good, &[]), good);
    }
}

proptest! {
    #[test]
    fn a_damaged_watch_is_refused_or_goes_on(edits in prop::collection::vec(any::<u8>(), 4..24)) {
        let Ok(mut watch) = Watch::from_bytes(&damaged(&watch().to_bytes(), &edits)) else { return Ok(()) };
        prop_assert_eq!(Watch::from_bytes(&watch.to_bytes()).unwrap().to_bytes(), watch.to_bytes());
        let before = watch.standing().units;
        let losses = vec![watch.target().max_loss(); watch.candidates()];
        prop_assert!(watch.update(&losses, None).unwrap());
        prop_assert_eq!(watch.standing().units, before + 1);
    }

    #[test]
    fn a_damaged_estimator_is_refused_or_estimates(edits in prop::collection::vec(any::<u8>(), 4..24)) {
        let Ok(estimator) = Estimator::from_bytes(&damaged(&Estimator::shipped().to_bytes(), &edits)) else {
            return Ok(());
        };
        prop_assert_eq!(Estimator::from_bytes(&estimator.to_bytes()).unwrap().to_bytes(), estimator.to_bytes());
        let mut scan = Scan::new();
        for text in ["", "Prove that 2 is the only even prime.", "富士山の高さは何メートルですか？"] {
            scan.run(text.as_bytes(), Window::default());
            let estimate = estimator.estimate(&scan, &Structure::default());
            prop_assert!((0.0..=1.0).contains(&estimate.difficulty), "{}", estimate.difficulty);
            prop_assert!((0.0..=1.0).contains(&estimate.evidence), "{}", estimate.evidence);
        }
    }
}
