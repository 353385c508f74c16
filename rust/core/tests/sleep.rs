//! Sleep: what pays, what is refused, and that neither a stale artefact nor the cap can be passed.

// A test stops where what it rests on is missing.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use rheostat::Error;
use rheostat::ledger::{Cap, Cost, Scope};
use rheostat::money::Usd;
use rheostat::sleep::{
    Candidate, Form, Miss, Refusal, SleepAsk, SleepOptions, Sleeper, Wake, expected_queries, least_chance,
};
use std::collections::BTreeMap;

fn usd(dollars: f64) -> Cost {
    Cost::new(0, Usd::from_dollars(dollars))
}

fn options(cap: f64) -> SleepOptions {
    SleepOptions::new(Cap { usd: Some(Usd::from_dollars(cap)), ..Cap::new(Scope::Fleet) })
}

fn candidate(key: &str, weight: f64, cost: f64, live: f64) -> Candidate {
    Candidate { key: key.to_owned(), weight, cost: usd(cost), live_usd: live, hit_usd: 0.0, seconds: 0.0 }
}

fn ask<'a>(fingerprint: &'a [u8], candidates: &'a [Candidate]) -> SleepAsk<'a> {
    SleepAsk {
        context: "report",
        fingerprint,
        candidates,
        query_rate: Some(0.01),
        change_rate: Some(0.0),
        ttl: 1_000.0,
        price: 1.0,
    }
}

/// A sleeper that has seen `hits` predicted queries of `tries`.
fn taught(options: SleepOptions, hits: u32, tries: u32) -> Sleeper {
    let mut sleeper = Sleeper::new(options).unwrap();
    sleeper.sleep(&ask(b"v1", &[candidate("known", 1.0, 1.0, 0.0)]), 0.0).unwrap();
    for i in 0..tries {
        sleeper.wake("report", if i < hits { "known" } else { "other" }, b"v1", 0.0).unwrap();
    }
    sleeper
}

#[test]
fn expected_queries_are_the_integral() {
    for (query_rate, change_rate, after, ttl) in
        [(0.1, 0.01, 0.0, 100.0), (2.0, 1e-12, 5.0, 50.0), (0.3, 0.5, 3.0, 1_000.0), (1.0, 0.0, 10.0, 7.0)]
    {
        let steps = 200_000;
        let step = ttl / f64::from(steps);
        let alive = |i: u32| (-change_rate * (after + (f64::from(i) + 0.5) * step)).exp();
        let sum: f64 = (0..steps).map(|i| query_rate * alive(i) * step).sum();
        let exact = expected_queries(query_rate, change_rate, after, ttl);
        assert!((exact / sum - 1.0).abs() < 1e-5, "{exact} {sum}");
    }
}

#[test]
fn the_least_chance_is_the_published_bound() {
    // Clopper and Pearson, one-sided 95 %: 10 of 10 is .7411, 5 of 10 is .2224.
    assert!((least_chance(10, 10, 0.95) - 0.741_13).abs() < 1e-4);
    assert!((least_chance(5, 10, 0.95) - 0.222_44).abs() < 1e-4);
    assert_eq!((least_chance(0, 10, 0.95), least_chance(0, 0, 0.95)), (0.0, 0.0));
}

#[test]
fn it_starts_by_refusing_and_names_the_break_even() {
    let mut sleeper = Sleeper::new(options(10.0)).unwrap();
    // Ten queries are expected, and a hit saves .05 dollars: .02 dollars pay from a chance of .04 on.
    let candidates = [candidate("a", 1.0, 0.02, 0.05)];
    let plan = sleeper.sleep(&ask(b"v1", &candidates), 0.0).unwrap();
    assert!(plan.jobs.is_empty() && (plan.queries - 10.0).abs() < 1e-9);
    assert_eq!(plan.refused[0].reason, Refusal::NoEvidence);
    assert!((plan.refused[0].break_even.unwrap() - 0.04).abs() < 1e-9);
    // Queries that were not predicted teach that it does not pay.
    for _ in 0..20 {
        sleeper.wake("report", "other", b"v1", 0.0).unwrap();
    }
    let plan = sleeper.sleep(&ask(b"v1", &candidates), 0.0).unwrap();
    assert_eq!((plan.jobs.len(), plan.refused[0].reason), (0, Refusal::Unpaid));
    // Predicted ones teach that it does, though nothing was precomputed yet.
    for _ in 0..20 {
        sleeper.wake("report", "a", b"v1", 0.0).unwrap();
    }
    let plan = sleeper.sleep(&ask(b"v1", &candidates), 0.0).unwrap();
    assert_eq!(plan.jobs.len(), 1);
    assert!(plan.predicted > 0.3 && plan.predicted < 0.5, "{}", plan.predicted);
    // A hit that can never pay has no break-even.
    let hopeless = [candidate("b", 1.0, 5.0, 0.05)];
    assert_eq!(sleeper.sleep(&ask(b"v1", &hopeless), 0.0).unwrap().refused[0].break_even, None);
}

#[test]
fn the_best_value_per_dollar_goes_first_and_the_cap_holds() {
    let mut sleeper = taught(options(0.05), 100, 100);
    let candidates =
        [candidate("a", 0.2, 0.02, 0.1), candidate("b", 0.5, 0.02, 0.1), candidate("c", 0.3, 0.02, 0.1)];
    let plan = sleeper.sleep(&ask(b"v1", &candidates), 0.0).unwrap();
    let order: Vec<usize> = plan.jobs.iter().map(|job| job.candidate).collect();
    assert_eq!(order, [1, 2]);
    assert_eq!((plan.refused[0].candidate, plan.refused[0].reason), (0, Refusal::Cap));
    let again = sleeper.sleep(&ask(b"v1", &candidates), 1.0).unwrap();
    assert_eq!(again.refused.iter().filter(|refused| refused.reason == Refusal::Kept).count(), 2);
}

#[test]
fn a_dearer_price_of_compute_buys_less() {
    let candidates = [candidate("a", 1.0, 0.2, 0.05)];
    let granted = |price| {
        let mut sleeper = taught(options(10.0), 100, 100);
        sleeper.sleep(&SleepAsk { price, ..ask(b"v1", &candidates) }, 0.0).unwrap().jobs.len()
    };
    assert_eq!((granted(1.0), granted(5.0)), (1, 0));
}

#[test]
fn the_form_that_saves_most_is_chosen() {
    let forms = vec![
        Form { name: "now".into(), factor: 1.0, seconds: 0.0 },
        Form { name: "batch".into(), factor: 0.5, seconds: 2_000.0 },
    ];
    let form = |change_rate| {
        let mut sleeper = taught(SleepOptions { forms: forms.clone(), ..options(10.0) }, 100, 100);
        let candidates = [candidate("a", 1.0, 0.2, 0.05)];
        let ask = SleepAsk { change_rate: Some(change_rate), ..ask(b"v1", &candidates) };
        let plan = sleeper.sleep(&ask, 0.0).unwrap();
        (plan.jobs[0].form, plan.jobs[0].claim)
    };
    assert_eq!(form(0.0), (1, usd(0.1)), "half the price, and the sources stay");
    assert_eq!(form(0.000_5), (0, usd(0.2)), "the sources may change before the batch is done");
}

#[test]
fn wrong_hits_make_it_refuse() {
    let settings = SleepOptions { usd_per_error: 0.2, ..options(10.0) };
    let mut sleeper = taught(settings, 100, 100);
    let candidates = [candidate("a", 1.0, 0.05, 0.05)];
    for _ in 0..20 {
        sleeper.judge("report", true).unwrap();
    }
    let plan = sleeper.sleep(&ask(b"v1", &candidates), 0.0).unwrap();
    sleeper.finish(plan.jobs[0].id, usd(0.05), false, 1.0).unwrap();
    for _ in 0..20 {
        sleeper.judge("report", false).unwrap();
    }
    assert_eq!(sleeper.sleep(&ask(b"v1", &candidates), 2.0).unwrap().refused[0].reason, Refusal::Unpaid);
    assert!(sleeper.judge("elsewhere", true).is_err());
}

#[test]
fn work_that_nobody_reports_counts_as_spent() {
    let mut sleeper = taught(options(0.05), 100, 100);
    let candidates = [candidate("a", 1.0, 0.05, 0.1)];
    let job = sleeper.sleep(&ask(b"v1", &candidates), 0.0).unwrap().jobs[0].id;
    sleeper.wake("report", "a", b"v1", 5_000.0).unwrap();
    assert_eq!(sleeper.spent().0, usd(0.05));
    assert!(sleeper.finish(job, usd(0.05), true, 5_001.0).is_err());
}

#[test]
fn a_cache_is_kept_alive_above_the_break_even_of_its_prices() {
    let sleeper = Sleeper::new(options(1.0)).unwrap();
    let weigh = |rate| sleeper.keep_alive("report", 0.1, 1.25, 300.0, Some(rate)).unwrap();
    let at = |chance: f64| -(1.0 - chance).ln() / 300.0;
    assert!((weigh(0.0).break_even - 0.1 / 1.15).abs() < 1e-12);
    assert!(!weigh(at(0.086)).pays && weigh(at(0.088)).pays);
    assert!(!sleeper.keep_alive("report", 1.0, 1.0, 300.0, Some(9.0)).unwrap().pays);
}

#[derive(Debug, Clone)]
enum Event {
    Sleep(u8),
    Finish(usize, f64, bool),
    Wake(u8),
    Change,
    Wait(f64),
    Back(f64),
    Restart,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        3 => (1..5_u8).prop_map(Event::Sleep),
        4 => (0..8_usize, 0.0..=1.0_f64, prop::bool::weighted(0.9)).prop_map(|(i, part, made)| Event::Finish(i, part, made)),
        8 => (0..5_u8).prop_map(Event::Wake),
        2 => Just(Event::Change),
        2 => (0.0..700.0_f64).prop_map(Event::Wait),
        1 => (0.0..200_000.0_f64).prop_map(Event::Back),
        1 => Just(Event::Restart),
    ]
}

proptest! {
    #[test]
    fn no_stale_artefact_is_served_and_no_cap_passed(events in prop::collection::vec(event(), 1..250), cap in 0.05..0.5_f64) {
        let mut sleeper = taught(options(cap), 200, 200);
        let (mut now, mut version) = (300_000.0_f64, 0_u32);
        // The naive memory: for each artefact, the version of the sources when its work was granted, and when it was made.
        let mut granted = BTreeMap::new();
        let (mut flight, mut made) = (Vec::new(), BTreeMap::new());
        for event in events {
            let fingerprint = version.to_le_bytes();
            match event {
                Event::Sleep(count) => {
                    let candidates: Vec<Candidate> =
                        (0..count).map(|i| candidate(&i.to_string(), 0.5, 0.04, 0.1)).collect();
                    let plan = sleeper.sleep(&ask(&fingerprint, &candidates), now).unwrap();
                    for job in plan.jobs {
                        granted.insert(job.id, (version, candidates[job.candidate].key.clone()));
                        flight.push(job);
                    }
                }
                Event::Finish(i, part, success) if !flight.is_empty() => {
                    let job = flight.remove(i % flight.len());
                    let cost = usd(job.claim.usd.dollars() * part);
                    if sleeper.finish(job.id, cost, success, now).is_ok() && success {
                        made.insert(job.id, now);
                    }
                }
                Event::Finish(..) => {}
                Event::Wake(key) => {
                    let key = key.to_string();
                    if let Wake::Hit { artefact, age } = sleeper.wake("report", &key, &fingerprint, now).unwrap() {
                        prop_assert_eq!(&granted[&artefact], &(version, key), "made from other sources, or for another query");
                        prop_assert!((now - made[&artefact] - age).abs() < 1e-6 && (0.0..1_000.0).contains(&age), "{age}");
                    }
                }
                Event::Change => version += 1,
                Event::Wait(seconds) => now += seconds,
                Event::Back(seconds) => now = (now - seconds).max(0.0),
                Event::Restart => sleeper = Sleeper::restore(options(cap), &sleeper.state()).unwrap(),
            }
            let (spent, over, _) = sleeper.spent();
            prop_assert!(spent.usd <= Usd::from_dollars(cap) && over == Cost::default(), "{spent:?} of {cap}");
        }
    }
}

#[test]
fn a_state_older_than_the_newest_job_gives_no_id_twice() {
    let mut sleeper = taught(options(10.0), 200, 200);
    let state = sleeper.state();
    let candidates = [candidate("known", 1.0, 0.01, 0.1)];
    let lost = sleeper.sleep(&ask(b"v1", &candidates), 0.0).unwrap().jobs[0].id;
    let mut again = Sleeper::restore(options(10.0), &state).unwrap();
    assert_ne!(again.sleep(&ask(b"v1", &candidates), 0.0).unwrap().jobs[0].id, lost);
    assert!(
        again.finish(lost, usd(0.0), true, 0.0).is_err(),
        "the host's artefact of it is served by no wake"
    );
}

#[test]
fn a_state_is_whole_or_refused() {
    let mut sleeper = taught(options(10.0), 200, 200);
    let job = sleeper
        .sleep(&ask(b"v1", &[candidate("known", 1.0, 0.01, 0.1), candidate("b", 1.0, 0.01, 0.1)]), 0.0)
        .unwrap()
        .jobs[0]
        .id;
    sleeper.finish(job, usd(0.01), true, 1.0).unwrap();
    let state = sleeper.state();
    let again = Sleeper::restore(options(10.0), &state).unwrap();
    assert_eq!((again.spent(), again.state().len()), (sleeper.spent(), state.len()));
    for end in 0..state.len() {
        assert!(matches!(Sleeper::restore(options(1.0), &state[..end]), Err(Error::Artifact { .. })));
        let mut damaged = state.clone();
        damaged[end] ^= 0x40;
        assert!(Sleeper::restore(options(1.0), &damaged).is_err());
    }
    // Of more contexts than are allowed the newest stay.
    let mut many = Sleeper::new(options(1.0)).unwrap();
    for i in 0..20 {
        many.wake(&i.to_string(), "a", b"v1", 0.0).unwrap();
    }
    let mut few = Sleeper::restore(SleepOptions { contexts: 8, ..options(1.0) }, &many.state()).unwrap();
    assert_eq!(few.wake("0", "a", b"v1", 0.0).unwrap(), Wake::Miss(Miss::Unknown));
    assert_eq!(few.wake("19", "a", b"v1", 0.0).unwrap(), Wake::Miss(Miss::Unpredicted));
}

#[test]
fn contexts_are_bounded() {
    let mut sleeper = Sleeper::new(SleepOptions { contexts: 8, ..options(1.0) }).unwrap();
    for i in 0..100 {
        sleeper.wake(&i.to_string(), "a", b"v1", 0.0).unwrap();
        assert!(!matches!(sleeper.wake(&i.to_string(), "a", b"v1", 0.0).unwrap(), Wake::Miss(Miss::Unknown)));
    }
    assert_eq!(sleeper.wake("0", "a", b"v1", 0.0).unwrap(), Wake::Miss(Miss::Unknown));
}

#[test]
fn bad_settings_and_asks_are_named() {
    let refused = |options: SleepOptions| Sleeper::new(options).unwrap_err().to_string();
    assert!(
        refused(SleepOptions { forms: vec![], ..options(1.0) }).contains("forms must be between 1 and 16")
    );
    assert!(refused(SleepOptions { confidence: 1.0, ..options(1.0) }).contains("confidence"));
    assert!(refused(SleepOptions { contexts: 0, ..options(1.0) }).contains("contexts"));
    let mut sleeper = Sleeper::new(options(1.0)).unwrap();
    let good = [candidate("a", 1.0, 0.1, 0.1)];
    let twice = [good[0].clone(), good[0].clone()];
    let free = [Candidate { cost: Cost::default(), ..good[0].clone() }];
    let heavy = [Candidate { weight: f64::NAN, ..good[0].clone() }];
    for (bad, named) in [
        (SleepAsk { ttl: 0.0, ..ask(b"v", &good) }, "ttl"),
        (SleepAsk { price: 0.5, ..ask(b"v", &good) }, "price"),
        (SleepAsk { context: "", ..ask(b"v", &good) }, "context"),
        (ask(b"", &good), "fingerprint"),
        (ask(&[0; 65], &good), "fingerprint"),
        (ask(b"v", &twice), "candidates[1]: key"),
        (ask(b"v", &free), "candidates[0]: usd"),
        (ask(b"v", &heavy), "candidates[0]: weight"),
        (SleepAsk { query_rate: Some(f64::INFINITY), ..ask(b"v", &good) }, "query_rate"),
    ] {
        let error = sleeper.sleep(&bad, 0.0).unwrap_err().to_string();
        assert!(error.contains(named), "{error}");
    }
    assert!(sleeper.finish(7, Cost::default(), true, 0.0).unwrap_err().to_string().contains("job 7"));
    assert!(sleeper.wake("a", "b", b"v", f64::NAN).is_err());
}
