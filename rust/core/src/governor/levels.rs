//! Tests that every instruction set of this processor makes the same plans, byte for byte.

use super::Governor;
use crate::estimate::Estimator;
use crate::features::Scan;
use crate::ladder::{Ladder, Rung};
use crate::learn::{Learner, Options, Place, Row, digest};
use crate::outcome::OutcomeKind;
use crate::plan::PlanOptions;
use crate::policy::Policy;
use crate::query::Window;
use crate::query::{Query, Structure};
use crate::simd::level::Level;
use std::sync::Arc;

/// The shipped prompts with their JSON, and texts shorter than the scanner's blocks of 64 bytes.
fn texts() -> impl Iterator<Item = &'static str> {
    include_str!("../../../../examples/prompts.jsonl").lines().chain([
        "",
        "?",
        "証明 x",
        "word \u{200b}\n\n\tword",
    ])
}

fn ladder() -> Arc<Ladder> {
    // Six rungs: more than one vector of four.
    let rungs = (1..=6).map(|i| Rung {
        output_price: f64::from(i),
        ..Rung::new(format!("rung {i}"), format!("model {}", i % 4))
    });
    Ladder::new(rungs.collect(), None, None).unwrap().into()
}

/// An estimator with heads, learned from made-up outcomes of those texts.
fn learned(ladder: &Ladder) -> Estimator {
    let prior = Estimator::shipped();
    let mut learner = Learner::new(prior, 4_096, None).unwrap();
    let mut scan = Scan::new();
    for (i, text) in texts().enumerate() {
        scan.run(text.as_bytes(), Window::default());
        let sketch = Arc::new(learner.sketch(prior, &scan, &Structure::default()));
        for (r, rung) in ladder.rungs().iter().enumerate() {
            let place = Place { rung: rung.name.as_str().into(), model: rung.model.as_str().into() };
            let row = Row {
                query: digest(text.as_bytes()),
                group: i as u64,
                place: place.into(),
                score: f64::from(u8::from((i * 7 + r * 3) % 5 > 1)),
                weight: 1.0,
                kind: OutcomeKind::Graded,
                at: 0.0,
                sketch: sketch.clone(),
            };
            learner.add(row).unwrap();
        }
    }
    prior.with_heads(learner.solve(ladder, 0.0, Options::default()).unwrap().into())
}

/// The plans of all texts: JSON without the serial number, and every digit of the estimate and of all chances.
fn plans(governor: &Governor) -> Vec<[String; 2]> {
    let mut scan = Scan::new();
    let plan = |text| {
        let query = Query::text(text, Window::default().bytes);
        let plan = governor.plan(&query, &PlanOptions::default(), &mut scan).unwrap();
        let chances: Vec<f64> = (0..6).map(|rung| plan.p_correct_of(rung)).collect();
        let json = plan.to_json().replace(&format!("{:016x}", plan.id.serial), "");
        [json, format!("{:?} {chances:?}", plan.estimate)]
    };
    texts().map(plan).collect()
}

#[test]
fn every_instruction_set_makes_the_same_plans() {
    let ladder = ladder();
    let of_each = [Estimator::shipped().clone(), learned(&ladder)].map(|estimator| {
        let governor = Governor::builder(ladder.clone()).policy(Policy::Utility { usd_per_error: 0.01 });
        let governor = governor.estimator(estimator.into()).build().unwrap();
        let mut all = Vec::new();
        Level::each(|level| all.push((level, plans(&governor))));
        for (level, plans) in &all {
            assert_eq!(*plans, all[0].1, "{level:?}");
        }
        all.swap_remove(0).1
    });
    assert!(of_each[0].iter().zip(&of_each[1]).all(|(prior, learned)| prior[1] != learned[1]));
}
