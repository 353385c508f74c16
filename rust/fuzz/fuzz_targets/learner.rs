//! Any bytes as a learner: a learner or a typed error; what is read is written back the same, and may be solved.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rheostat::estimate::Estimator;
use rheostat::ladder::{Ladder, Rung};
use rheostat::learn::{Heads, Learner, Options};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(mut learner) = Learner::from_bytes(bytes, Estimator::shipped()) {
        let again = Learner::from_bytes(&learner.to_bytes(), Estimator::shipped()).expect("what was written is read");
        assert_eq!(again.rows(), learner.rows());
        let ladder = Ladder::new(vec![Rung::new("fast", "small")], None, None).expect("a rung");
        let _ = learner.solve(&ladder, 0.0, Options { draws: 3, ..Options::default() });
    }
    if let Ok(heads) = Heads::from_bytes(bytes) {
        let again = Heads::from_bytes(&heads.to_bytes()).expect("what was written is read");
        assert_eq!(again.to_bytes(), heads.to_bytes());
    }
});
