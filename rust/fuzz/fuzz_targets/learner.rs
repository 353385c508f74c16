//! Any bytes as a learner, and as damage to one under right checksums: a learner or a typed error; what is read is written back
//! the same, and may be solved.
#![no_main]

#[path = "../../core/tests/damage/mod.rs"]
mod damage;

use libfuzzer_sys::fuzz_target;
use rheostat::estimate::Estimator;
use rheostat::features::Scan;
use rheostat::outcome::OutcomeKind;
use rheostat::ladder::{Ladder, Rung};
use rheostat::estimate::Heads;
use rheostat::learn::{Learner, Options, Place, Row};
use rheostat::query::Structure;
use rheostat::query::Window;
use std::sync::{Arc, LazyLock};

static LADDER: LazyLock<Ladder> =
    LazyLock::new(|| Ladder::new(vec![Rung::new("fast", "small")], None, None).expect("a rung"));

static GOOD: LazyLock<Learner> = LazyLock::new(|| {
    let prior = Estimator::shipped();
    let mut learner = Learner::new(prior, 64, None).expect("a capacity");
    let place: Arc<Place> = Place { rung: "fast".into(), model: "small".into() }.into();
    let mut scan = Scan::new();
    for i in 0..24_u64 {
        scan.run(format!("Prove lemma {i}, or look it up.").as_bytes(), Window::default());
        let sketch = Arc::new(learner.sketch(prior, &scan, &Structure::default()));
        let row = Row {
            query: i,
            group: i,
            place: place.clone(),
            score: (i % 2) as f64,
            weight: 1.0,
            kind: OutcomeKind::Graded,
            at: 0.0,
            sketch,
        };
        learner.add(row).expect("a row");
    }
    learner
});

fn solve(mut learner: Learner) -> Option<Heads> {
    learner.solve(&LADDER, 0.0, Options { draws: 3, ..Options::default() }).ok()
}

static HEADS: LazyLock<Vec<u8>> = LazyLock::new(|| solve(GOOD.clone()).expect("outcomes enough").to_bytes());

fuzz_target!(|bytes: &[u8]| {
    for state in [bytes, &damage::damaged(&GOOD.to_bytes(), bytes)] {
        if let Ok(learner) = Learner::from_bytes(state, Estimator::shipped()) {
            let again = Learner::from_bytes(&learner.to_bytes(), Estimator::shipped())
                .expect("what was written is read");
            assert_eq!(again.rows(), learner.rows());
            let _ = solve(learner);
        }
    }
    for state in [bytes, &damage::damaged(&HEADS, bytes)] {
        if let Ok(heads) = Heads::from_bytes(state) {
            let again = Heads::from_bytes(&heads.to_bytes()).expect("what was written is read");
            assert_eq!(again.to_bytes(), heads.to_bytes());
        }
    }
});
