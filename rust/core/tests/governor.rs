//! Plans: what is chosen, what is cut, what is said, and that equal questions get equal answers.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test that fails here has failed

mod common;

use common::refuses;
use proptest::prelude::*;
use rheostat::features::Scan;
use rheostat::governor::{Governor, Scratch};
use rheostat::ladder::{Ceiling, Ladder, Rung};
use rheostat::outcome::{Outcome, OutcomeKind};
use rheostat::plan::{Field, Plan, PlanOptions, PlanReason};
use rheostat::policy::{HYSTERESIS, Policy, Shares, Wanted};
use rheostat::query::Query;
use std::sync::Arc;

const WINDOW: usize = 16 * 1024;

fn rungs() -> Vec<Rung> {
    let rung = |name: &str, model: &str, thinking, samples, price: f64| Rung {
        thinking_tokens: thinking,
        samples,
        answer_tokens: 500,
        input_price: price / 10.0,
        output_price: price,
        ..Rung::new(name, model)
    };
    vec![
        rung("fast", "small", 0, 1, 0.4),
        rung("think", "mid", 4_096, 1, 2.0),
        rung("deep", "large", 16_384, 5, 10.0),
    ]
}

fn ladder(default: &str, start_max: &str) -> Arc<Ladder> {
    Ladder::new(rungs(), Some(default), Some(start_max)).unwrap().into()
}

fn threshold(low: f64, high: f64) -> Policy {
    Policy::Threshold { thresholds: vec![low, high] }
}

fn governor(policy: Policy) -> Governor {
    Governor::builder(ladder("think", "deep")).policy(policy).build().unwrap()
}

fn plan(governor: &Governor, text: &str, options: &PlanOptions<'_>) -> Plan {
    governor.plan(&Query::text(text, WINDOW), options, &mut Scan::new()).unwrap()
}

const ASK: &str = "What is the average of the numbers in the table, and why is it not the middle one?";

#[test]
fn the_policy_chooses_where_there_is_evidence() {
    for (policy, wanted) in
        [(threshold(1.0, 1.0), "fast"), (threshold(0.0, 1.0), "think"), (threshold(0.0, 0.0), "deep")]
    {
        let plan = plan(&governor(policy), ASK, &PlanOptions::default());
        assert_eq!(plan.rung_ref().name, wanted);
        assert!(plan.why.has(PlanReason::Policy) && plan.clamped.is_empty(), "{:?}", plan.reasons());
    }
    let cheap = plan(&governor(Policy::Utility { usd_per_error: 0.0 }), ASK, &PlanOptions::default());
    let dear = plan(&governor(Policy::Utility { usd_per_error: 1e6 }), ASK, &PlanOptions::default());
    assert_eq!((cheap.rung, dear.rung), (0, 2));
    assert!(cheap.expected_usd < dear.expected_usd && cheap.p_correct < dear.p_correct);
}

#[test]
fn low_coverage_takes_the_default_rung_and_says_so() {
    let governor = governor(threshold(1.0, 1.0));
    for (text, reason) in
        [("", PlanReason::Empty), ("qzxvk wjqhz xkcdq zzqpw vvkqx", PlanReason::LowCoverage)]
    {
        let plan = plan(&governor, text, &PlanOptions::default());
        assert_eq!(plan.rung_ref().name, "think", "{text:?}: {:?}", plan.reasons());
        assert!(plan.why.has(reason) && !plan.why.has(PlanReason::Policy));
    }
}

#[test]
fn a_prompt_alone_buys_at_most_start_max() {
    let governor = Governor::builder(ladder("fast", "think")).policy(threshold(0.0, 0.0)).build().unwrap();
    let plan = plan(&governor, ASK, &PlanOptions::default());
    assert_eq!(plan.rung_ref().name, "think");
    assert!(plan.why.has(PlanReason::StartMax));
    assert_eq!((plan.clamped[0].field, plan.clamped[0].wanted, plan.clamped[0].got), (Field::Rung, 2.0, 1.0));
}

#[test]
fn the_callers_choice_wins() {
    let governor = Governor::builder(ladder("fast", "fast")).policy(threshold(1.0, 1.0)).build().unwrap();
    let chosen = PlanOptions { rung: Some("deep"), ..PlanOptions::default() };
    assert_eq!(plan(&governor, ASK, &chosen).rung_ref().name, "deep");
    let mistaken = PlanOptions { rung: Some("depe"), ..PlanOptions::default() };
    let error = governor.plan(&Query::text(ASK, WINDOW), &mistaken, &mut Scan::new()).unwrap_err();
    assert_eq!(error.to_string(), "unknown rung \"depe\"; known: fast, think, deep");
}

#[test]
fn only_allowed_models_are_used_at_the_start_and_later() {
    let governor = governor(threshold(1.0, 1.0));
    let models = ["large".to_owned()];
    let plan = plan(&governor, ASK, &PlanOptions { models: Some(&models), ..PlanOptions::default() });
    assert_eq!(plan.rung_ref().name, "deep");
    assert_eq!(plan.allowed.as_deref(), Some(&[false, false, true][..]));
    let none = ["huge".to_owned()];
    let options = PlanOptions { models: Some(&none), ..PlanOptions::default() };
    let error = governor.plan(&Query::text(ASK, WINDOW), &options, &mut Scan::new()).unwrap_err();
    assert_eq!(error.to_string(), "unknown models \"huge\"; known: small, mid, large");
}

#[test]
fn rungs_whose_context_is_too_small_are_left_out() {
    let mut rungs = rungs();
    rungs[0].context_window = Some(600);
    let ladder = Ladder::new(rungs, None, None).unwrap();
    let governor = Governor::builder(ladder.into()).policy(threshold(1.0, 1.0)).build().unwrap();
    assert_eq!(
        plan(&governor, "What is the capital of France?", &PlanOptions::default()).rung_ref().name,
        "fast"
    );
    let long = "What is the capital of France? ".repeat(100);
    let plan = plan(&governor, &long, &PlanOptions::default());
    assert_eq!(plan.rung_ref().name, "think");
    assert!(plan.why.has(PlanReason::Unfit));
}

#[test]
fn a_ceiling_cuts_and_says_what() {
    let governor = governor(threshold(0.0, 0.0));
    let ceiling = Ceiling { tokens: Some(1_000), samples: Some(1), usd: Some(1e9), ..Ceiling::default() };
    let plan = plan(&governor, ASK, &PlanOptions { ceiling: Some(ceiling), ..PlanOptions::default() });
    assert_eq!((plan.dials.thinking_tokens, plan.dials.answer_tokens, plan.dials.samples), (500, 500, 1));
    let fields: Vec<_> = plan.clamped.iter().map(|clamp| clamp.field.as_str()).collect();
    assert_eq!(fields, ["ceiling.usd", "thinking_tokens", "samples"]);
    assert_eq!((plan.limit.tokens, plan.limit.usd < 1e9), (1_000, true));
    let bad = Ceiling { usd: Some(f64::NAN), ..Ceiling::default() };
    let options = PlanOptions { ceiling: Some(bad), ..PlanOptions::default() };
    let error = governor.plan(&Query::text(ASK, WINDOW), &options, &mut Scan::new()).unwrap_err();
    assert!(refuses(&error.to_string(), "ceiling: usd", "NaN"));
}

#[test]
fn a_plan_keeps_the_version_that_it_was_made_with() {
    let governor = governor(threshold(1.0, 1.0));
    let before = plan(&governor, ASK, &PlanOptions::default());
    let other = Governor::builder(ladder("think", "deep")).policy(threshold(0.0, 0.0)).snapshot().unwrap();
    governor.replace(other).unwrap();
    let after = plan(&governor, ASK, &PlanOptions::default());
    assert_ne!(before.version(), after.version());
    assert_ne!(before.id.digest, after.id.digest);
    assert_eq!((before.rung_ref().name.as_str(), after.rung_ref().name.as_str()), ("fast", "deep"));
    assert_eq!(governor.version().as_ref(), after.version());
}

#[test]
fn ids_tell_plans_apart_and_queries_together() {
    let governor = governor(threshold(0.3, 0.7));
    let same = [plan(&governor, ASK, &PlanOptions::default()), plan(&governor, ASK, &PlanOptions::default())];
    assert_eq!(same[0].id.digest, same[1].id.digest);
    assert_ne!(same[0].id, same[1].id);
    let sessions = PlanOptions { session: Some("s"), ..PlanOptions::default() };
    assert_ne!(plan(&governor, ASK, &sessions).id.digest, same[0].id.digest);
    assert_ne!(plan(&governor, &ASK.replace('?', "."), &PlanOptions::default()).id.digest, same[0].id.digest);
}

#[test]
fn outcomes_are_checked_and_kept() {
    let governor = governor(threshold(0.3, 0.7));
    let plan = plan(&governor, ASK, &PlanOptions::default());
    let outcome = Outcome {
        plan_id: plan.id.to_string(),
        rung: "deep".into(),
        score: 1.0,
        kind: OutcomeKind::Graded,
        at: 1.7e9,
    };
    governor.outcome(outcome.clone()).unwrap();
    assert!(governor.outcome(Outcome { score: 1.5, ..outcome.clone() }).is_err());
    assert_eq!(governor.drain_outcomes(), [outcome]);
}

#[test]
fn unreachable_rungs_are_warned_of() {
    let warnings = |policy, ceiling, start_max| {
        let builder = Governor::builder(ladder("fast", start_max)).policy(policy).ceiling(ceiling);
        builder.build().unwrap().warnings()
    };
    let none = Ceiling { escalations: Some(0), ..Ceiling::default() };
    assert!(warnings(threshold(0.3, 0.7), Ceiling::default(), "fast").is_empty());
    let text = warnings(threshold(0.3, 0.7), none, "think").join("\n");
    assert!(text.contains("\"deep\" can never be reached: it is above start_max"), "{text}");
    let text = warnings(threshold(0.5, 0.5), none, "deep").join("\n");
    assert!(text.contains("\"think\" can never be reached: its thresholds"), "{text}");
    let text =
        warnings(threshold(0.3, 0.7), Ceiling { tokens: Some(100), ..Ceiling::default() }, "deep").join("\n");
    assert!(text.contains("\"fast\" does not fit its ceiling"), "{text}");
    let mut same = rungs();
    same[1] = Rung { name: "twin".into(), ..same[0].clone() };
    let twins = Ladder::new(same, Some("fast"), Some("deep")).unwrap();
    let builder = Governor::builder(twins.into()).policy(Policy::Utility { usd_per_error: 1.0 });
    let text = builder.ceiling(none).build().unwrap().warnings().join("\n");
    assert!(
        text.contains("\"twin\" can never be reached: another rung is as able and never dearer"),
        "{text}"
    );
}

#[test]
fn a_price_per_token_is_warned_of() {
    let warnings = |input_price, output_price| {
        let rung = Rung { input_price, output_price, ..Rung::new("a", "a") };
        let ladder = Ladder::new(vec![rung], None, None).unwrap();
        Governor::builder(ladder.into()).build().unwrap().warnings().join("\n")
    };
    for (input, output) in [(0.000_002_5, 0.000_01), (0.0, 6e-7), (1.5e-4, 6e-4)] {
        let text = warnings(input, output);
        assert!(text.contains("\"a\" costs at most $0.000") && text.contains("per token"), "{text}");
    }
    for (input, output) in [(2.5, 10.0), (0.0, 0.0), (0.0, 0.005), (0.000_1, 0.01)] {
        assert_eq!(warnings(input, output), "");
    }
}

#[test]
fn a_policy_says_when_it_is_a_switch() {
    let ask = |governor: &Governor, i: usize| {
        plan(governor, &format!("What is the capital of country {i}?"), &PlanOptions::default())
    };
    let switch = governor(Policy::Utility { usd_per_error: 1e6 });
    for i in 0..199 {
        ask(&switch, i);
        assert_eq!(switch.take_notice(), None);
    }
    ask(&switch, 199);
    let notice = switch.take_notice().unwrap();
    assert!(
        notice.contains("200 of the last 200") && notice.contains("\"deep\"") && notice.contains("Shares"),
        "{notice}"
    );
    for i in 0..1_000 {
        ask(&switch, i);
    }
    assert_eq!(switch.take_notice(), None, "once per governor");
    // One rung, or shares, is no switch.
    let one = Ladder::new(vec![rungs().remove(0)], None, None).unwrap();
    let one = Governor::builder(one.into()).policy(Policy::Utility { usd_per_error: 1.0 }).build().unwrap();
    let shares = Shares::new(Wanted::Given(vec![0.99, 0.01, 0.0]), HYSTERESIS).unwrap();
    for other in [one, governor(Policy::Shares(shares))] {
        for i in 0..400 {
            ask(&other, i);
        }
        assert_eq!(other.take_notice(), None);
    }
}

#[test]
fn a_policy_has_to_fit_its_ladder() {
    let refused =
        |policy| Governor::builder(ladder("fast", "deep")).policy(policy).build().unwrap_err().to_string();
    assert!(refuses(&refused(Policy::Threshold { thresholds: vec![0.5] }), "thresholds", "1 of them"));
    assert!(refused(Policy::Utility { usd_per_error: f64::NAN }).starts_with("usd_per_error"));
}

#[test]
fn json_tells_the_decision_and_not_the_prompt() {
    let plan = plan(&governor(threshold(0.3, 0.7)), ASK, &PlanOptions::default());
    let json = plan.to_json();
    for part in [
        "\"id\": ",
        "\"rung\": ",
        "\"p_correct\": ",
        "\"estimate\": {\"difficulty\": ",
        "\"why\": [\"policy\"",
        "\"version\": ",
    ] {
        assert!(json.contains(part), "{part} in {json}");
    }
    assert!(!json.contains("average"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// A batch decides as one plan does, whatever the bytes, in order, on any number of threads.
    #[test]
    fn a_batch_equals_single_plans(texts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 0..200), threads in 1_usize..5) {
        let governor = governor(Policy::Utility { usd_per_error: 0.01 });
        let slices: Vec<&[u8]> = texts.iter().map(Vec::as_slice).collect();
        let rows = governor.plan_batch(&slices, |text, cap| Query::bytes(text, cap), Some(threads));
        prop_assert_eq!(rows.len(), texts.len());
        let mut scan = Scan::new();
        for (row, text) in rows.iter().zip(&slices) {
            let plan = governor.plan(&Query::bytes(text, WINDOW), &PlanOptions::default(), &mut scan).unwrap();
            prop_assert_eq!((row.rung, row.thinking_tokens, row.samples, row.depth), (plan.rung, plan.dials.thinking_tokens, plan.dials.samples, plan.dials.depth));
            prop_assert_eq!((row.p_correct.to_bits(), row.estimate), (plan.p_correct.to_bits(), plan.estimate));
        }
    }
}

fn seeded(seed: u64) -> Governor {
    let ladder =
        Ladder::new(vec![Rung::new("fast", "small"), Rung::new("deep", "large")], None, None).unwrap();
    let builder = Governor::builder(ladder.into()).policy(Policy::Utility { usd_per_error: 2.0 });
    builder.nonce(seed).build().unwrap()
}

#[test]
fn the_cached_snapshot_is_the_current_one() {
    let (a, b) = (seeded(1), seeded(2));
    let query = Query::text("What is the capital of France?", 16_384);
    let mut scratch = Scratch::default();
    let mut holds = |governor: &Governor| {
        let plan = governor.plan_as(&query, &PlanOptions::default(), &mut scratch, |plan| plan).unwrap();
        assert!(Arc::ptr_eq(&plan.snapshot, &governor.snapshot()));
    };
    for _ in 0..2 {
        holds(&a);
        holds(&a);
        holds(&b);
        let before = a.snapshot();
        a.replace_estimator(before.estimator.clone()).unwrap();
        assert!(!Arc::ptr_eq(&before, &a.snapshot()));
        holds(&a);
    }
}

#[test]
fn one_snapshot_is_kept_alive_and_no_more() {
    let (a, b) = (seeded(1), seeded(2));
    let query = Query::text("What is the capital of France?", 16_384);
    let mut scratch = Scratch::default();
    let mut plan = |governor: &Governor| {
        governor.plan_as(&query, &PlanOptions::default(), &mut scratch, drop).unwrap();
    };
    plan(&a);
    let of_a = Arc::downgrade(&a.snapshot());
    drop(a);
    assert!(of_a.upgrade().is_some());
    plan(&b);
    assert!(of_a.upgrade().is_none());
}

#[test]
fn a_plans_ask_is_read_again_only_after_another_text() {
    let governor = seeded(1);
    let query = Query::text("What is the capital of France?", WINDOW);
    let mut scratch = Scratch::default();
    let plan = governor.plan_as(&query, &PlanOptions::default(), &mut scratch, |plan| plan).unwrap();
    assert_eq!(scratch.scan_of(&plan, b"not read").words.len(), 6);
    scratch.scan().run(b"another text", plan.snapshot.window);
    assert_eq!(scratch.scan_of(&plan, &query.ask).words.len(), 6);
    // A refused plan has overwritten the scan.
    let refused = PlanOptions { rung: Some("none"), ..PlanOptions::default() };
    assert!(governor.plan_as(&Query::text("Who?", WINDOW), &refused, &mut scratch, drop).is_err());
    assert_eq!(scratch.scan_of(&plan, &query.ask).words.len(), 6);
}

#[test]
fn a_learner_does_not_undo_a_new_ladder() {
    let governor = governor(threshold(0.5, 0.9));
    let estimator = governor.snapshot().estimator.clone();
    let ladders = [ladder("think", "deep"), ladder("fast", "think")];
    std::thread::scope(|scope| {
        let replacing = scope.spawn(|| {
            for i in 0..200 {
                let next = &ladders[i % 2];
                governor.replace(Governor::builder(next.clone()).snapshot().unwrap()).unwrap();
                assert!(Arc::ptr_eq(&governor.snapshot().ladder, next));
            }
        });
        while !replacing.is_finished() {
            governor.replace_estimator(estimator.clone()).unwrap();
        }
    });
    assert!(Arc::ptr_eq(&governor.snapshot().ladder, &ladders[1]));
}
