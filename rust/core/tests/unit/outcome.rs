//! Tests of `outcome/mod.rs`, of what is private there.

use super::*;
use crate::error::refuses;
use crate::ladder::Rung;

fn outcome(score: f64) -> Outcome {
    Outcome {
        plan_id: PlanId { digest: 1, serial: 2 }.to_string(),
        rung: "fast".into(),
        score,
        kind: OutcomeKind::Graded,
        at: 0.0,
    }
}

#[test]
fn the_oldest_are_dropped_and_counted() {
    let outcomes = Outcomes::new(2);
    for score in [0.1, 0.2, 0.3] {
        outcomes.add(outcome(score));
    }
    assert_eq!(outcomes.all().iter().map(|o| o.score).collect::<Vec<_>>(), [0.2, 0.3]);
    assert_eq!((outcomes.drain().len(), outcomes.drain().len(), outcomes.dropped()), (2, 0, 1));
}

#[test]
fn errors_name_the_field_and_its_value() {
    let ladder = Ladder::new(vec![Rung::new("fast", "m")], None, None).unwrap();
    let text = |o: Outcome| o.validate(&ladder).unwrap_err().to_string();
    assert!(refuses(&text(outcome(f64::NAN)), "score", "NaN"));
    assert!(text(Outcome { rung: "x".into(), ..outcome(1.0) }).starts_with("unknown rung"));
    assert!(refuses(&text(Outcome { plan_id: "7".into(), ..outcome(1.0) }), "plan", "\"7\""));
    assert!(refuses(&text(Outcome { at: f64::INFINITY, ..outcome(1.0) }), "at", "inf"));
    assert!(OutcomeKind::from_name("grade").unwrap_err().to_string().contains("known: graded, judge"));
}
