//! A governor that learns from its own outcomes on a schedule, with the time passed in.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // a test that fails here has failed

use rheostat::Result;
use rheostat::estimate::{Report, sigmoid};
use rheostat::features::Scan;
use rheostat::governor::{Governor, Learning, LearningStep, Verdict};
use rheostat::ladder::{Ladder, Rung};
use rheostat::learn::{Learner, Options, Place, Row, Schedule, group_of, supersedes};
use rheostat::outcome::{Outcome, OutcomeKind};
use rheostat::plan::PlanOptions;
use rheostat::query::{Query, Window};
use std::sync::{Arc, Mutex};

struct World {
    governor: Governor,
    learner: Mutex<Learner>,
    learning: Learning,
    served: u32,
}

fn governor() -> Governor {
    let ladder = Ladder::new(vec![Rung::new("fast", "small")], None, None).unwrap();
    Governor::builder(Arc::new(ladder)).build().unwrap()
}

fn learner(governor: &Governor) -> Mutex<Learner> {
    Mutex::new(Learner::new(&governor.snapshot().estimator, 1_000, None).unwrap())
}

fn over(governor: Governor) -> World {
    let learner = learner(&governor);
    let schedule = Schedule::new(20, 0.5, Some(60.0)).unwrap();
    let learning = Learning::new(&governor, &learner, schedule, Options::default(), 0.0).unwrap();
    World { governor, learner, learning, served: 0 }
}

/// Plans a query and says how it turned out: what is easy is right.
fn serve(governor: &Governor, number: u32, easy: bool, score: f64) {
    let text = format!("{} number {number}", if easy { "an easy question" } else { "a riddle" });
    let query = Query::text(&text, 16_384);
    let plan = governor.plan(&query, &PlanOptions::default(), &mut Scan::new()).unwrap();
    governor
        .outcome(Outcome {
            plan_id: plan.id.to_string(),
            rung: "fast".into(),
            score,
            kind: OutcomeKind::Graded,
            at: 0.0,
        })
        .unwrap();
}

impl World {
    fn serve(&mut self, count: u32) {
        for _ in 0..count {
            let easy = self.served.is_multiple_of(2);
            serve(&self.governor, self.served, easy, f64::from(easy));
            self.served += 1;
        }
    }

    fn step(&mut self, now: f64) -> LearningStep {
        self.learning.step(&self.governor, &self.learner, now)
    }

    fn chance(&self, text: &str) -> f64 {
        let query = Query::text(text, 16_384);
        self.governor.plan(&query, &PlanOptions::default(), &mut Scan::new()).unwrap().p_correct
    }
}

#[test]
fn outcomes_become_an_estimator_that_serves() {
    let mut world = over(governor());
    let prior = world.governor.version();
    world.serve(40);
    let step = world.step(1.0);
    assert_eq!((step.outcomes, step.unknown, step.rows, step.fresh), (40, 0, 40, 40));
    let Verdict::Replaced(now) = step.verdict else { panic!("{:?}", step.verdict) };
    assert_eq!(now.report.outcomes, 40);
    assert!(now.report.brier < now.report.brier_prior);
    assert_eq!((&now.before, &now.after), (&prior, &world.governor.version()));
    assert_ne!(now.before, now.after);
    let ladder = &world.governor.snapshot().ladder;
    let moved = now.report.rungs[0].ability - sigmoid(ladder.ability(0).logit);
    assert_eq!(now.moved, [("fast".to_owned(), moved)]);
    assert!(world.chance("an easy question number 99") > world.chance("a riddle number 99") + 0.3);
}

#[test]
fn it_waits_for_enough_outcomes_or_long_enough() {
    let mut world = over(governor());
    world.serve(19);
    assert!(matches!(world.step(1.0).verdict, Verdict::Waiting));
    world.serve(1);
    assert!(matches!(world.step(2.0).verdict, Verdict::Replaced(_)));
    world.serve(9);
    let step = world.step(3.0);
    assert_eq!((step.outcomes, step.rows, step.fresh), (9, 29, 9));
    assert!(matches!(step.verdict, Verdict::Waiting), "20 are more than half of 29, but 9 are not");
    assert!(matches!(world.step(62.0).verdict, Verdict::Replaced(_)), "a minute has passed");
    assert!(matches!(world.step(200.0).verdict, Verdict::Waiting), "nothing is new");
}

#[test]
fn a_clock_that_is_set_back_does_not_stop_it() {
    let mut world = over(governor());
    world.serve(20);
    assert!(matches!(world.step(1e9).verdict, Verdict::Replaced(_)));
    world.serve(2);
    assert!(matches!(world.step(0.0).verdict, Verdict::Waiting));
    assert!(matches!(world.step(60.0).verdict, Verdict::Replaced(_)));
}

#[test]
fn a_failed_solution_is_reported_and_the_estimator_stays() {
    let mut world = over(governor());
    let prior = world.governor.version();
    for i in 0..20 {
        serve(&world.governor, i, true, 1.0);
    }
    let Verdict::Refused(error) = world.step(1.0).verdict else { panic!("all scores are equal") };
    assert!(error.to_string().contains("two different scores"), "{error}");
    assert_eq!(world.governor.version(), prior);
    world.serve(20);
    assert!(matches!(world.step(2.0).verdict, Verdict::Replaced(_)));
}

#[test]
fn outcomes_of_plans_that_are_not_remembered_are_counted() {
    let (governor, other) = (governor(), governor());
    serve(&governor, 0, true, 1.0); // before anyone learned
    let mut world = over(governor);
    for i in 0..3 {
        serve(&other, i, true, 1.0);
    }
    for outcome in other.drain_outcomes() {
        world.governor.outcome(outcome).unwrap();
    }
    world.serve(2);
    let step = world.step(1.0);
    assert_eq!((step.outcomes, step.unknown, step.rows), (6, 4, 2));
}

#[test]
fn an_estimator_that_rests_on_more_outcomes_stays() {
    let mut teacher = over(governor());
    teacher.serve(60);
    assert!(matches!(teacher.step(1.0).verdict, Verdict::Replaced(_)));
    let taught = governor();
    taught.replace_estimator(teacher.governor.snapshot().estimator.clone()).unwrap();
    let version = taught.version();
    let mut world = over(taught);
    world.serve(20);
    let Verdict::Kept { report, serving } = world.step(1.0).verdict else { panic!("20 outcomes against 60") };
    assert_eq!((report.outcomes, serving), (20, 60));
    assert_eq!(world.governor.version(), version);
    world.serve(40);
    assert!(matches!(world.step(2.0).verdict, Verdict::Replaced(_)));
}

#[test]
fn a_governor_has_one_learner() {
    let world = over(governor());
    let other = learner(&world.governor);
    let schedule = Schedule::default();
    let again = Learning::new(&world.governor, &other, schedule, Options::default(), 0.0).unwrap_err();
    assert!(again.to_string().contains("another learner"), "{again}");
    assert!(Learning::new(&world.governor, &world.learner, schedule, Options::default(), 0.0).is_ok());
}

#[test]
fn an_ask_is_one_group_by_whatever_way_it_came() {
    let mut world = over(governor());
    world.serve(1);
    let (mut query, mut scan) = (Query::text("an easy question number 0", 16_384), Scan::new());
    query.structure.document_bytes = 44;
    scan.run(&query.ask, Window::default());
    let mut learner = world.learner.lock().unwrap();
    let prior = world.governor.snapshot().estimator.clone();
    let sketch = learner.sketch(&prior, &scan, &query.structure).into();
    let place = Place { rung: "fast".into(), model: "small".into() }.into();
    let (group, kind) = (group_of(&query), OutcomeKind::Graded);
    learner.add(Row { query: 1, group, place, score: 1.0, weight: 1.0, kind, at: 0.0, sketch }).unwrap();
    drop(learner);
    world.step(1.0);
    let learner = world.learner.lock().unwrap();
    let groups: Vec<u64> = learner.rows().iter().map(|row| row.group).collect();
    assert_eq!(groups, [group, group]);
}

#[test]
fn it_is_due_by_count_by_share_or_by_time() {
    let schedule = Schedule::new(20, 0.5, Some(60.0)).unwrap();
    assert!(!schedule.due(19, 19, 0.0) && schedule.due(20, 20, 0.0));
    assert!(!schedule.due(20, 100, 59.9), "40 are half of 80");
    assert!(schedule.due(40, 120, 0.0));
    assert!(schedule.due(1, 1_000, 60.0) && !schedule.due(0, 1_000, 1e9));
}

#[test]
fn schedules_out_of_bounds_are_refused() {
    let named = |result: Result<Schedule>, what: &str| {
        let error = result.unwrap_err().to_string();
        assert!(error.starts_with(what), "{error}");
    };
    named(Schedule::new(0, 0.0, None), "outcomes");
    named(Schedule::new(1, f64::NAN, None), "growth");
    named(Schedule::new(1, 0.0, Some(0.0)), "seconds");
}

#[test]
fn more_outcomes_are_kept_unless_they_are_of_another_time() {
    let of = |outcomes| Report { outcomes, ..Report::default() };
    assert!(supersedes(&of(10), None, false) && supersedes(&of(10), Some(&of(10)), false));
    assert!(!supersedes(&of(10), Some(&of(11)), false) && supersedes(&of(10), Some(&of(11)), true));
}
