//! Calibrated step scores: the table against its definition, and what a run does with it.
#![allow(clippy::unwrap_used, clippy::panic)] // a test that fails here has failed

mod common;

use common::{LIMIT, brief, is, rung};
use proptest::prelude::*;
use rheostat::guarantee::binomial_tail;
use rheostat::ladder::{Ladder, Limit, Rung};
use rheostat::learn::{StepCalibration, StepWatch};
use rheostat::rules::Rules;
use rheostat::run::{Action, ActionKind, Brief, Call, Reason, Run, Scope};
use rheostat::signal::Steps;
use rheostat::strategy::{Choose, PathValue, StepPath, StepTable, Strategy, answers_needed};
use std::sync::{Arc, LazyLock};

static TABLE: LazyLock<Arc<StepTable>> = LazyLock::new(learned);

/// A table of a scorer that is right: a path whose last score is s is right with a probability of s.
fn table() -> Arc<StepTable> {
    TABLE.clone()
}

fn learned() -> Arc<StepTable> {
    let mut calibration = StepCalibration::new(PathValue::Last);
    for i in 0..4_000_u32 {
        let score = f64::from(i % 16) / 16.0 + 0.03;
        let right = f64::from((i / 16 * 37) % 100) < 100.0 * score;
        calibration.add("prm", "small", &[(&[score, score, score], f64::from(right))]).unwrap();
    }
    Arc::new(calibration.table("prm", "small", 0.9).unwrap())
}

fn start(samples: u32, strategy: Strategy, rules: Rules, limit: Limit) -> Run {
    let scored = Rung { strategy, steps: Some(table()), ..rung("scored", "small", 0, samples, 1) };
    let brief = brief(vec![scored, rung("deep", "large", 0, 1, 1)]);
    Run::from_brief(Brief { limit, rules: rules.into(), ..brief }, 0.0).unwrap()
}

fn one(run: &Run) -> Call {
    let mut calls = run.next(1.0).unwrap();
    assert_eq!(calls.len(), 1);
    calls.remove(0)
}

fn finish(call: &Call, index: u32, answer: &str) -> Action {
    call.sample(index).unwrap().finish(Some(answer), 1.0).unwrap()
}

#[test]
fn a_path_that_is_unlikely_to_be_right_is_rejected() {
    let rules = Rules { reject_below: Some(0.3), ..Rules::default() };
    let run = start(3, Strategy::Vote, rules, LIMIT);
    let call = one(&run);
    let sample = call.sample(0).unwrap();
    assert!(!sample.step(0.9, 1.0).stops());
    is(sample.step(0.05, 1.0), ActionKind::Stop, Scope::Sample, Reason::Rejected);
    let chance = sample.readings().chance.unwrap();
    assert!(chance.high < 0.3 && chance.low <= chance.mid && chance.mid <= chance.high);
    sample.cancel(1.0).unwrap();
    // The others vote; the path that was given up does not.
    finish(&call, 1, "7");
    finish(&call, 2, "7");
    assert!(run.settled() && run.answer().as_deref() == Some("7") && !run.certified());
}

#[test]
fn without_a_table_scores_reject_and_pass_nothing() {
    let rules = Rules { reject_below: Some(0.9), low_steps: None, ..Rules::default() };
    let brief = brief(vec![rung("raw", "small", 0, 3, 1)]);
    let run = Run::from_brief(Brief { rules: rules.into(), ..brief.clone() }, 0.0).unwrap();
    let sample = one(&run).sample(0).unwrap();
    assert!(!sample.step(0.0, 1.0).stops() && sample.readings().chance.is_none());
    // Without ramps: they would ask for more samples.
    let rules = Rules { pass_steps: Some(0.5), ramps: Vec::new(), ..Rules::default() };
    let brief = Brief { rules: rules.into(), limit: Limit { escalations: 0, ..LIMIT }, ..brief };
    let run = Run::from_brief(brief, 0.0).unwrap();
    let call = one(&run);
    for i in 0..3 {
        call.sample(i).unwrap().step(1.0, 1.0);
        finish(&call, i, "7");
    }
    // Nothing that came is lost, and nothing is settled.
    assert!(run.done() && !run.settled() && run.answer().as_deref() == Some("7"));
}

#[test]
fn raw_scores_neither_stop_nor_ramp_and_calibrated_ones_are_evidence() {
    let rungs =
        |steps| vec![Rung { steps, ..rung("lone", "small", 0, 1, 1) }, rung("deep", "large", 0, 1, 1)];
    for window in 1..=3 {
        let rules = Arc::new(Rules { step_window: window, ..Rules::default() });
        let start =
            |steps| Run::from_brief(Brief { rules: rules.clone(), ..brief(rungs(steps)) }, 0.0).unwrap();
        let raw = start(None);
        let sample = one(&raw).sample(0).unwrap();
        for _ in 0..4 {
            is(sample.step(0.0, 1.0), ActionKind::Continue, Scope::Sample, Reason::Going);
        }
        assert!(sample.finish(Some("7"), 1.0).unwrap().reason == Reason::Finished && raw.escalations() == 0);
        // The same scores with a table: from the step on that completes the window.
        let calibrated = start(Some(table()));
        let sample = one(&calibrated).sample(0).unwrap();
        for _ in 1..window {
            assert!(!sample.step(0.05, 1.0).stops());
        }
        is(sample.step(0.05, 1.0), ActionKind::Ramp, Scope::Call, Reason::LowSteps);
    }
}

#[test]
fn an_answer_counts_only_if_its_steps_pass() {
    let rules = Rules { pass_steps: Some(0.75), low_steps: None, ..Rules::default() };
    for (score, passes) in [(0.97, true), (0.75, false)] {
        let run = start(1, Strategy::Vote, rules.clone(), LIMIT);
        let call = one(&run);
        call.sample(0).unwrap().step(score, 1.0);
        let end = finish(&call, 0, "7");
        if passes {
            is(end, ActionKind::Stop, Scope::Run, Reason::Finished);
        } else {
            is(end, ActionKind::Ramp, Scope::Run, Reason::LowSteps);
            assert_eq!(one(&run).rung, 1);
        }
    }
    // Among several samples, those that pass vote.
    let run = start(3, Strategy::Vote, rules, LIMIT);
    let call = one(&run);
    for (i, (score, answer)) in [(0.97, "8"), (0.2, "7"), (0.97, "8")].into_iter().enumerate() {
        call.sample(i as u32).unwrap().step(score, 1.0);
        finish(&call, i as u32, answer);
    }
    assert!(run.settled() && run.answer().as_deref() == Some("8"), "{:?}", run.trail());
}

#[test]
fn the_first_answers_steps_tell_how_many_are_drawn() {
    let rules = Rules { enough: Some(0.8), low_steps: None, ..Rules::default() };
    let best = Strategy::BestOf { by: Choose::Score };
    for (score, more) in [(Some(0.97), None), (Some(0.6), Some(2)), (Some(0.03), Some(7)), (None, Some(7))] {
        let run = start(8, best, rules.clone(), LIMIT);
        let call = one(&run);
        assert_eq!(call.samples, 1);
        if let Some(score) = score {
            call.sample(0).unwrap().step(score, 1.0);
        }
        let end = finish(&call, 0, "7");
        let Some(more) = more else {
            is(end, ActionKind::Stop, Scope::Run, Reason::StepsPass);
            continue;
        };
        is(end, ActionKind::Continue, Scope::Run, Reason::Undecided);
        let call = one(&run);
        if let Some(score) = score {
            let low = table().chance_of(&[score]).unwrap().low;
            assert_eq!(call.samples + 1, answers_needed(low, 0.8, 8).unwrap());
        }
        assert!(call.samples >= more && call.samples <= 7, "{score:?}: {}", call.samples);
    }
}

#[test]
fn a_table_belongs_to_its_model() {
    let rung = Rung { steps: Some(table()), ..Rung::new("a", "other") };
    let error = Ladder::new(vec![rung], None, None).unwrap_err().to_string();
    assert!(error.contains("steps must be calibrated for its model, \"other\""), "{error}");
    let calibration = StepCalibration::new(PathValue::Last);
    let error = calibration.table("prm", "small", 0.9).unwrap_err().to_string();
    assert!(error.contains("uncalibrated scores only rank"), "{error}");
}

#[test]
fn a_watch_alarms_when_paths_are_worse_and_not_before() {
    let mut watch = StepWatch::new((*table()).clone(), 0.05).unwrap();
    for i in 0..2_000_u32 {
        let score = f64::from(i % 16) / 16.0 + 0.03;
        let right = f64::from((i / 16 * 37) % 100) < 100.0 * score;
        assert!(!watch.add(&[(&[score], f64::from(right))]).unwrap());
    }
    let alarmed = (0..200).position(|_| watch.add(&[(&[0.97], 0.0)]).unwrap());
    assert!(alarmed.is_some_and(|at| at < 80) && watch.worse(), "{alarmed:?}");
}

fn lower(paths: f64, right: f64, level: f64) -> f64 {
    let (n, k) = ((paths - 1e-6).ceil() as u64, (right + 1e-6).floor() as u64);
    // From above: the least p of a fine grid that the count does not speak against.
    (0..=4_000)
        .map(|i| f64::from(i) / 4_000.0)
        .find(|p| k == 0 || 1.0 - binomial_tail(n, k - 1, *p) > level)
        .unwrap_or(1.0)
}

proptest! {
    /// Late scores in any order give the path that the ordered ones give.
    #[test]
    fn the_order_of_scores_does_not_matter(scores in prop::collection::vec(0.0..=1.0_f64, 1..20), seed in any::<u64>()) {
        let mut order: Vec<usize> = (0..scores.len()).collect();
        let mut state = seed;
        for i in (1..order.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            order.swap(i, (state >> 33) as usize % (i + 1));
        }
        let (mut path, mut ordered) = (StepPath::default(), StepPath::default());
        let (mut recent, mut plain) = (Steps::default(), Steps::default());
        for i in order {
            path.add(i as u32, scores[i]);
            recent.add_at(i as u32, scores[i]);
        }
        for (i, score) in scores.iter().enumerate() {
            ordered.add(i as u32, *score);
            plain.add(*score);
        }
        prop_assert_eq!(path, ordered);
        prop_assert_eq!(recent, plain);
        for bad in [f64::NAN, -0.1, 1.1, f64::INFINITY] {
            prop_assert!(!path.add(3, bad));
        }
        prop_assert_eq!(path.value(PathValue::Last), scores.last().copied());
        prop_assert_eq!(path.value(PathValue::Least), scores.iter().copied().reduce(f64::min));
    }

    /// Chances rise with the value, bounds hold the estimate, and the lower ones are at least those of each column alone.
    #[test]
    fn a_table_rises_and_its_bounds_are_of_its_counts(
        paths in prop::collection::vec((0_u32..16, 1_usize..5, any::<bool>()), 1..200),
    ) {
        let mut calibration = StepCalibration::new(PathValue::Last);
        let mut other = StepCalibration::new(PathValue::Last);
        let mut counts = [[(0.0, 0.0); StepTable::COLUMNS]; StepTable::ROWS];
        for (i, (column, steps, right)) in paths.iter().enumerate() {
            let score = (f64::from(*column) + 0.5) / 16.0;
            let scores = vec![score; *steps];
            let to = if i % 2 == 0 { &mut calibration } else { &mut other };
            to.add("prm", "m", &[(&scores, f64::from(*right))]).unwrap();
            let rows: std::collections::BTreeSet<usize> = (1..=*steps as u32).map(StepTable::row).collect();
            for row in rows {
                let cell = &mut counts[row][*column as usize];
                *cell = (cell.0 + 1.0, cell.1 + f64::from(*right));
            }
        }
        calibration.merge(&other).unwrap();
        prop_assert_eq!(&StepCalibration::from_bytes(&calibration.to_bytes()).unwrap(), &calibration);
        let table = calibration.table("prm", "m", 0.9).unwrap();
        prop_assert_eq!(&StepTable::from_bytes(&table.to_bytes()).unwrap(), &table);
        let level = 0.05 / (6 * 16 * 5) as f64;
        for (steps, row) in [(1_u32, 0), (2, 1), (4, 2)] {
            let cells: Vec<_> = (0..16).map(|c| table.chance(steps, (f64::from(c) + 0.5) / 16.0).unwrap()).collect();
            for two in cells.windows(2) {
                prop_assert!(two[0].low <= two[1].low && two[0].mid <= two[1].mid && two[0].high <= two[1].high);
            }
            for (column, cell) in cells.iter().enumerate() {
                prop_assert!(0.0 <= cell.low && cell.low <= cell.mid && cell.mid <= cell.high && cell.high <= 1.0);
                let (n, k) = counts[row][column];
                // Where bounds do not cross, the column's own bound is the least that is used.
                if cell.low < cell.high {
                    prop_assert!(cell.low >= lower(n, k, level) - 1.0 / 4_000.0);
                }
            }
        }
    }

    #[test]
    fn enough_answers_are_enough_and_one_fewer_is_not(p in 0.001..0.999_f64, confidence in 0.0..0.999_f64) {
        let n = answers_needed(p, confidence, 1_000_000).unwrap();
        let miss = |n: u32| (1.0 - p).powi(n as i32);
        prop_assert!(miss(n) <= 1.0 - confidence + 1e-6);
        prop_assert!(n == 1 || miss(n - 1) > 1.0 - confidence - 1e-6);
    }

    #[test]
    fn no_bytes_make_a_table_that_cannot_be(at in 0_usize..2_400, bit in 0_u8..8) {
        let bytes = table().to_bytes();
        let mut damaged = bytes.clone();
        if let Some(byte) = damaged.get_mut(at) {
            *byte ^= 1 << bit;
            prop_assert!(StepTable::from_bytes(&damaged).is_err());
        }
    }
}
