//! Any bytes as a model artifact, and as damage to the shipped one under right checksums: an estimator or a typed error; what is
//! read is written back the same, and estimates.
#![no_main]

#[path = "../../core/tests/damage/mod.rs"]
mod damage;

use libfuzzer_sys::fuzz_target;
use rheostat::estimate::Estimator;
use rheostat::features::Scan;
use rheostat::query::Structure;
use rheostat::query::Window;
use std::sync::LazyLock;

static GOOD: LazyLock<Vec<u8>> = LazyLock::new(|| Estimator::shipped().to_bytes());

fuzz_target!(|bytes: &[u8]| {
    for state in [bytes, &damage::damaged(&GOOD, bytes)] {
        let Ok(estimator) = Estimator::from_bytes(state) else { continue };
        let written = estimator.to_bytes();
        assert_eq!(Estimator::from_bytes(&written).expect("what was written is read").to_bytes(), written);
        let mut scan = Scan::new();
        scan.run(b"Prove that 2 is the only even prime.", Window::default());
        let estimate = estimator.estimate(&scan, &Structure::default());
        assert!((0.0..=1.0).contains(&estimate.difficulty), "{}", estimate.difficulty);
    }
});
