//! Rungs whose drafts are distilled and refined, one story at a time and in any order of events.
#![allow(clippy::unwrap_used, clippy::panic)] // a test that fails here has failed

mod common;

use common::{LIMIT, brief, is, rung};
use proptest::prelude::*;
use rheostat::features::Scan;
use rheostat::governor::Governor;
use rheostat::ladder::{Ceiling, Ladder, Limit, Rung};
use rheostat::plan::{Plan, PlanOptions};
use rheostat::query::Query;
use rheostat::run::{Action, ActionKind, Brief, Call, CallKind, Ending, Finish, Reason, Run, Scope, Usage};
use rheostat::strategy::{Choose, Strategy};

fn drafts(samples: u32, tokens: u64) -> Rung {
    Rung { strategy: Strategy::Distil { tokens }, ..rung("drafts", "small", 0, samples, 1) }
}

fn start(rung: Rung, limit: Limit) -> Run {
    Run::from_brief(Brief { limit, ..brief(vec![rung, common::rung("deep", "large", 0, 1, 1)]) }, 0.0)
        .unwrap()
}

fn one(run: &Run) -> Call {
    let mut calls = run.next(1.0).unwrap();
    assert_eq!(calls.len(), 1);
    calls.remove(0)
}

fn finish(call: &Call, index: u32, answer: &str) -> Action {
    call.sample(index).unwrap().finish(Some(answer), 1.0).unwrap()
}

/// The distillation that follows three drafts which differ.
fn differ(run: &Run) -> Call {
    let call = one(run);
    assert_eq!((call.kind, call.samples), (CallKind::Generate, 3));
    for (index, answer) in [(2, "9"), (0, "7")] {
        assert!(!finish(&call, index, answer).stops());
    }
    let sample = call.sample(1).unwrap();
    sample.text("7 + 1, so it is 8", Some(9), 1.0);
    is(sample.finish(Some("8"), 1.0).unwrap(), ActionKind::Continue, Scope::Run, Reason::Distilling);
    one(run)
}

#[test]
fn drafts_that_differ_are_distilled_and_refined() {
    let run = start(drafts(3, 40), LIMIT);
    let distil = differ(&run);
    let told = (distil.kind, &*distil.model, distil.max_tokens, distil.thinking_tokens, distil.samples);
    assert_eq!(told, (CallKind::Distil, "small", 40, 0, 1));
    // In launch order, with the whole text where the host reported one.
    let listed = "Draft 1 of 3:\n7\n\nDraft 2 of 3:\n7 + 1, so it is 8\n\nDraft 3 of 3:\n9";
    assert_eq!(distil.resume.as_deref(), Some(listed));
    is(finish(&distil, 0, "8 is right: 7 + 1."), ActionKind::Continue, Scope::Run, Reason::Refining);
    assert_eq!(run.answer().as_deref(), Some("7"), "notes are no answer");
    let refine = one(&run);
    assert_eq!((refine.kind, refine.resume.as_deref()), (CallKind::Refine, Some("8 is right: 7 + 1.")));
    refine.report(Usage { input: Some(30), output: Some(5), ..Usage::default() }, 1.0);
    is(finish(&refine, 0, "eight"), ActionKind::Stop, Scope::Run, Reason::Refined);
    assert_eq!((run.answer().as_deref(), run.settled(), run.certified()), (Some("eight"), true, false));
    assert_eq!((run.spent().calls, run.spent().samples), (3, 3));
}

#[test]
fn drafts_that_agree_are_the_answer() {
    let run = start(drafts(3, 40), LIMIT);
    let call = one(&run);
    finish(&call, 0, "7");
    finish(&call, 1, "7.0");
    is(finish(&call, 2, "7"), ActionKind::Stop, Scope::Run, Reason::Unanimous);
    assert_eq!((run.spent().calls, run.answer().as_deref()), (1, Some("7")));
}

#[test]
fn notes_that_are_cut_at_their_bound_count() {
    let run = start(drafts(3, 4), LIMIT);
    let distil = differ(&run);
    let sample = distil.sample(0).unwrap();
    sample.text("8 is right, because", Some(4), 1.0);
    sample.finish_with(&Finish { ending: Ending::Cut, ..Finish::default() }, 1.0).unwrap();
    let refine = one(&run);
    assert_eq!((refine.kind, refine.resume.as_deref()), (CallKind::Refine, Some("8 is right, because")));
}

#[test]
fn without_a_distillation_the_drafts_disagree() {
    let blank = |call: &Call| call.sample(0).unwrap().finish(None, 1.0).unwrap();
    // A blank one, and one that fails twice.
    let run = start(drafts(3, 40), LIMIT);
    is(blank(&differ(&run)), ActionKind::Ramp, Scope::Run, Reason::Disagreement);
    assert_eq!(one(&run).rung, 1);
    let run = start(drafts(3, 40), LIMIT);
    differ(&run).fail("gone", 1.0).unwrap();
    let again = one(&run);
    assert_eq!((again.kind, again.attempt), (CallKind::Distil, 1));
    is(again.fail("gone", 1.0).unwrap(), ActionKind::Ramp, Scope::Run, Reason::Disagreement);
    // Without a rung above, the votes are the answer.
    let run = start(drafts(3, 40), Limit { escalations: 0, ..LIMIT });
    finish(&differ(&run), 0, "notes");
    blank(&one(&run));
    assert!(run.next(1.0).unwrap().is_empty());
    assert_eq!((run.answer().as_deref(), run.settled()), (Some("7"), false));
}

#[test]
fn one_draft_that_came_is_not_rewritten() {
    let run = start(drafts(3, 40), Limit { escalations: 0, ..LIMIT });
    let call = one(&run);
    finish(&call, 0, "7");
    for index in [1, 2] {
        call.sample(index).unwrap().finish(None, 1.0).unwrap();
    }
    assert!(run.next(1.0).unwrap().is_empty());
    assert_eq!((run.answer().as_deref(), run.settled()), (Some("7"), false));
    let lone = start(drafts(3, 40), Limit { samples: 1, ..LIMIT });
    is(finish(&one(&lone), 0, "7"), ActionKind::Stop, Scope::Run, Reason::Finished);
}

#[test]
fn what_the_user_reads_is_not_taken_back() {
    let run = start(drafts(2, 40), LIMIT);
    let call = one(&run);
    run.show();
    finish(&call, 0, "7");
    finish(&call, 1, "8");
    assert!(run.next(1.0).unwrap().is_empty() && run.done());
}

fn plan(rung: Rung, ceiling: Ceiling) -> Plan {
    let ladder = Ladder::new(vec![rung], None, None).unwrap();
    let governor = Governor::builder(ladder.into()).ceiling(ceiling).build().unwrap();
    let query = Query::text("How many primes are below 100?", 1 << 14);
    governor.plan(&query, &PlanOptions::default(), &mut Scan::default()).unwrap()
}

#[test]
fn the_worst_case_has_every_call() {
    let free = plan(drafts(4, 40), Ceiling::default());
    let (case, input) = (free.worst_case(), f64::from(free.input_tokens));
    let one = free.dials.max_tokens();
    assert_eq!((case.tokens, case.requests), (5 * one + 40, 6));
    let prices = (drafts(4, 40).input_price, drafts(4, 40).output_price);
    let read = 6.0 * input + 4.0 * one as f64 + 40.0;
    let usd = (read * prices.0 + (5.0 * one as f64 + 40.0) * prices.1) / 1e6;
    assert!((case.usd - usd).abs() < 1e-9, "{} {usd}", case.usd);
    assert!(case.usd <= free.limit.usd && case.tokens <= free.limit.tokens);
}

#[test]
fn drafts_fit_the_context_window_together() {
    let one = drafts(8, 40).max_tokens();
    let window = Some(3 * one + 40 + 50);
    let narrow = plan(Rung { context_window: window, ..drafts(8, 40) }, Ceiling::default());
    assert_eq!(narrow.dials.samples, 3);
    assert!(narrow.clamped.iter().any(|clamp| clamp.field.as_str() == "samples"));
}

#[test]
fn what_cannot_be_is_refused_by_name() {
    let refused = |rung: Rung| Ladder::new(vec![rung], None, None).unwrap_err().to_string();
    assert!(refused(drafts(1, 40)).contains("samples must be at least 2, to distil their drafts, got 1"));
    assert!(refused(drafts(2, 0)).contains("distil must be between 1 and 1048576 tokens, got 0"));
    assert!(refused(Rung { depth: 2, ..drafts(2, 40) }).contains("depth must be 1 where `distil`"));
    let mut best = Rung { strategy: Strategy::BestOf { by: Choose::Score }, ..drafts(2, 40) };
    assert!(best.distil(40).unwrap_err().to_string().contains("distil must be left out where"));
}

proptest! {
    /// Under any ceiling, what is planned fits it as a whole; one draft more would not.
    #[test]
    fn a_plan_takes_as_many_drafts_as_fit(
        samples in 2_u32..20, notes in 1_u64..2_000, share in 0.01_f64..1.2, by_tokens in any::<bool>(), input_price in 0_u32..50,
    ) {
        let many = Rung { input_price: f64::from(input_price), ..drafts(samples, notes) };
        let whole = plan(many.clone(), Ceiling::default()).worst_case();
        let ceiling = if by_tokens {
            Ceiling { tokens: Some(((whole.tokens as f64 * share) as u64).max(1)), ..Ceiling::default() }
        } else {
            Ceiling { usd: Some(whole.usd * share), ..Ceiling::default() }
        };
        let tight = plan(many.clone(), ceiling);
        let (case, got) = (tight.worst_case(), tight.dials.samples);
        let fits = |tokens: u64, usd: f64| tokens <= tight.limit.tokens && usd <= tight.limit.usd * (1.0 + 1e-9);
        if got > 1 {
            prop_assert!(fits(case.tokens, case.usd), "{got}: {case:?} under {:?}", tight.limit);
        }
        let full = tight.dials.max_tokens() == many.max_tokens();
        if full && got < samples && (got > 1 || fits(case.tokens, case.usd)) {
            let more = got + 1;
            let (_, tokens, usd) = many.follow_up(more, many.max_tokens(), tight.input_tokens.into());
            let drafts = many.prices().cost(tight.input_tokens.into(), 0, many.max_tokens()).times(more.into());
            let tokens = many.max_tokens() * u64::from(more) + tokens;
            prop_assert!(!fits(tokens, drafts.plus(usd).dollars() * (1.0 - 1e-9)) , "{more} would have fitted");
        }
    }

    /// The order in which drafts come does not matter, and the run ends with the refined answer.
    #[test]
    fn drafts_are_listed_in_launch_order(answers in prop::collection::vec(0_u8..4, 2..9), order in any::<u64>()) {
        let run = start(drafts(answers.len() as u32, 40), LIMIT);
        let call = one(&run);
        let mut left: Vec<usize> = (0..answers.len()).collect();
        let mut seed = order;
        while !left.is_empty() {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let i = left.remove((seed >> 33) as usize % left.len());
            finish(&call, i as u32, &answers[i].to_string());
        }
        if answers.iter().all(|answer| *answer == answers[0]) {
            prop_assert!(run.done() && run.settled());
            return Ok(());
        }
        let distil = one(&run);
        let listed: Vec<String> = answers.iter().zip(1..).map(|(a, i)| format!("Draft {i} of {}:\n{a}", answers.len())).collect();
        prop_assert_eq!(distil.resume.as_deref().unwrap(), listed.join("\n\n"));
        finish(&distil, 0, "notes");
        finish(&one(&run), 0, "refined");
        prop_assert_eq!((run.answer(), run.settled()), (Some("refined".into()), true));
    }
}
