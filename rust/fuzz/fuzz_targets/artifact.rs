//! Any bytes as a model artifact: an estimator or a typed error, and what is read is written back the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rheostat::estimate::Estimator;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(estimator) = Estimator::from_bytes(bytes) {
        assert_eq!(estimator.to_bytes(), bytes);
    }
});
