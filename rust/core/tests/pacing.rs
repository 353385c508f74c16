//! Days under a budget, at a size that a test can take; `examples/pacing_day.rs` is the long one.

// A test stops where what it rests on is missing.
#![allow(clippy::unwrap_used)]

use rheostat::features::Scan;
use rheostat::governor::Governor;
use rheostat::ladder::{Ladder, Rung};
use rheostat::plan::PlanOptions;
use rheostat::policy::{PacedOptions, Pacer, Policy, allocate};
use rheostat::query::Query;
use std::sync::Arc;

const DAY: f64 = 86_400.0;
const USD_PER_ERROR: f64 = 10.0;

struct Numbers(u64);

impl Numbers {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// A day of the reference mix: times in order (a wave, and bursts if wanted), costs and chances of three rungs.
fn day(count: usize, number: u32, bursts: bool) -> Vec<(f64, [f64; 3], [f64; 3])> {
    let mut numbers = Numbers(u64::from(number) + 7);
    let mut times: Vec<f64> = Vec::with_capacity(count);
    while times.len() < count {
        let t = numbers.unit();
        let wave = 0.55 - 0.45 * ((t - 1.0 / 6.0) * std::f64::consts::TAU).cos();
        if numbers.unit() < wave {
            let burst = bursts && numbers.unit() < 0.2;
            times.push(if burst { 0.1 + 0.8 * (t * 4.0).floor() / 4.0 + t * 0.005 } else { t });
        }
    }
    times.sort_by(f64::total_cmp);
    let mut query = |t: f64| {
        let kind = numbers.unit();
        let (usd, right) = if kind < 0.7 {
            ([0.000_1, 0.001, 0.02], [0.95, 0.975, 0.985])
        } else if kind < 0.95 {
            ([0.000_2, 0.003, 0.04], [0.55, 0.88, 0.94])
        } else {
            ([0.000_3, 0.008, 0.09], [0.08, 0.4, 0.78])
        };
        let length = 0.5 + numbers.unit();
        (f64::from(number) * DAY + t * DAY * 0.999_99, usd.map(|usd: f64| usd * length), right)
    };
    times.into_iter().map(&mut query).collect()
}

fn choose(usd: &[f64; 3], right: &[f64; 3], price: f64) -> usize {
    let cost = |i: usize| usd[i] * price + USD_PER_ERROR * (1.0 - right[i]);
    (0..3).min_by(|a, b| cost(*a).total_cmp(&cost(*b))).unwrap()
}

/// Spending and right answers of a day.
fn serve(pacer: &Pacer, day: &[(f64, [f64; 3], [f64; 3])]) -> (f64, f64) {
    day.iter().fold((0.0, 0.0), |(spent, right), (at, usd, p)| {
        let i = choose(usd, p, pacer.price(None));
        pacer.note(None, usd[i], *at);
        (spent + usd[i], right + p[i])
    })
}

#[test]
fn a_days_budget_is_met_where_it_helps_most() {
    let count = 60_000;
    let dearest: f64 = day(count, 1, true).iter().map(|(_, usd, _)| usd[2]).sum();
    for share in [0.05, 0.15, 0.4] {
        let budget = dearest * share;
        let options = |queries| PacedOptions { queries, ..PacedOptions::daily(budget, USD_PER_ERROR) };
        for (queries, bursts, regret) in [
            (None, false, 0.04),
            (None, true, 0.06),
            (Some(count as f64), true, 0.015),
            (Some(count as f64 * 1.2), true, 0.015),
        ] {
            let queries_of_day = day(count, 1, bursts);
            let (spent, right) = serve(&Pacer::new(options(queries)).unwrap(), &queries_of_day);
            assert!(
                (0.98..=1.005).contains(&(spent / budget)),
                "{share} {queries:?} {bursts}: {}",
                spent / budget
            );
            let gains: Vec<f64> = queries_of_day.iter().flat_map(|(_, _, p)| *p).collect();
            let costs: Vec<f64> = queries_of_day.iter().flat_map(|(_, usd, _)| *usd).collect();
            let best = allocate(&gains, &costs, 3, budget).unwrap();
            assert!(right <= best.bound + 1e-6);
            let lost = (best.bound - right) / best.bound;
            assert!(lost < regret, "{share} {queries:?} {bursts}: {lost}");
        }
        // Once a day has been seen, the next is paced by it.
        let pacer = Pacer::new(options(None)).unwrap();
        serve(&pacer, &day(count, 0, false));
        let (spent, _) = serve(&pacer, &day(count * 13 / 10, 1, true));
        assert!((0.98..=1.005).contains(&(spent / budget)), "{share} after a day: {}", spent / budget);
    }
}

#[test]
fn an_ample_budget_is_not_spent() {
    let queries = day(20_000, 1, false);
    let worth: f64 = queries.iter().map(|(_, usd, p)| usd[choose(usd, p, 1.0)]).sum();
    let pacer = Pacer::new(PacedOptions::daily(worth * 3.0, USD_PER_ERROR)).unwrap();
    let (spent, _) = serve(&pacer, &queries);
    assert!(spent <= worth * 1.001);
}

#[test]
fn tenants_share_by_weight_when_the_budget_is_short() {
    let queries = day(60_000, 1, false);
    let dearest: f64 = queries.iter().map(|(_, usd, _)| usd[2]).sum();
    let split = |fairness: f64, weights: Vec<(String, f64)>| {
        let options = PacedOptions {
            queries: Some(60_000.0),
            fairness,
            weights,
            ..PacedOptions::daily(dearest * 0.1, USD_PER_ERROR)
        };
        let pacer = Pacer::new(options).unwrap();
        let mut spent = [0.0; 2];
        for (i, (at, usd, p)) in queries.iter().enumerate() {
            // One tenant sends four times as much as the other.
            let who = usize::from(i % 5 == 0);
            let tenant = ["loud", "quiet"][who];
            let rung = choose(usd, p, pacer.price(Some(tenant)));
            pacer.note(Some(tenant), usd[rung], *at);
            spent[who] += usd[rung];
        }
        let total = spent[0] + spent[1];
        assert!((0.97..=1.01).contains(&(total / (dearest * 0.1))), "{}", total / (dearest * 0.1));
        spent[1] / total
    };
    let (none, fair) = (split(0.0, vec![]), split(1.0, vec![]));
    let weighted = split(1.0, vec![("quiet".to_owned(), 3.0)]);
    assert!((0.17..0.23).contains(&none), "{none}");
    assert!(fair > none + 0.05, "{none} {fair}");
    assert!(weighted > fair, "{fair} {weighted}");
}

#[test]
fn a_governor_paces_its_plans() {
    let rung = |name: &str, price: f64, ability| Rung {
        output_price: price,
        ability: Some(ability),
        ..Rung::new(name, name)
    };
    let ladder = Ladder::new(vec![rung("fast", 0.4, 0.5), rung("deep", 40.0, 0.95)], None, None).unwrap();
    let options = PacedOptions { queries: Some(2_000.0), ..PacedOptions::daily(2.0, 10.0) };
    let pacer = Arc::new(Pacer::new(options).unwrap());
    let governor = Governor::builder(Arc::new(ladder)).policy(Policy::Paced(pacer.clone())).build().unwrap();
    let version = governor.version();
    let query = Query::text("Prove that the sum of the reciprocals of the primes diverges.", 16_384);
    let mut rungs = [0; 2];
    for i in 0..2_000 {
        let options = PlanOptions { at: f64::from(i) * 43.2, ..PlanOptions::default() };
        let plan = governor.plan(&query, &options, &mut Scan::new()).unwrap();
        rungs[plan.rung] += 1;
    }
    assert!(rungs[0] > 0 && rungs[1] > 0, "{rungs:?}");
    assert!((1.8..=2.1).contains(&pacer.pace().spent), "{}", pacer.pace().spent);
    assert_eq!(governor.version(), version, "what it has seen is no part of its version");
}

#[test]
fn options_out_of_bounds_are_named() {
    let good = PacedOptions::daily(100.0, 1.0);
    for (bad, name) in [
        (PacedOptions { usd: 0.0, ..good.clone() }, "usd"),
        (PacedOptions { usd: f64::NAN, ..good.clone() }, "usd"),
        (PacedOptions { period: 0.5, ..good.clone() }, "per"),
        (PacedOptions { usd_per_error: -1.0, ..good.clone() }, "usd_per_error"),
        (PacedOptions { queries: Some(0.0), ..good.clone() }, "queries"),
        (PacedOptions { fairness: 2.0, ..good.clone() }, "fairness"),
        (PacedOptions { weights: vec![("a".to_owned(), 0.0)], ..good.clone() }, "weight of a"),
    ] {
        assert!(Pacer::new(bad).unwrap_err().to_string().contains(name), "{name}");
    }
}

#[test]
fn the_price_rises_when_money_goes_too_fast_and_falls_again() {
    let options = PacedOptions { queries: Some(1_000.0), ..PacedOptions::daily(1.0, 1.0) };
    let pacer = Pacer::new(options).unwrap();
    for i in 0..100 {
        pacer.note(None, 0.005, f64::from(i) * 86.4);
    }
    let dear = pacer.price(None);
    assert!(dear > 2.0, "{dear}");
    for i in 100..900 {
        pacer.note(None, 0.0, f64::from(i) * 86.4);
    }
    assert!(pacer.price(None) < dear);
    assert!(pacer.price(None) >= 1.0, "an ample budget is not spent on what is not worth it");
}

#[test]
fn odd_times_and_costs_are_survived() {
    let pacer = Pacer::new(PacedOptions::daily(1.0, 1.0)).unwrap();
    for now in [f64::NAN, f64::INFINITY, -1.0, 0.0, 1e300] {
        for usd in [f64::NAN, f64::INFINITY, -1.0, 0.0, 1e300] {
            pacer.note(Some("t"), usd, now);
            pacer.settle(usd, now);
            assert!((1.0..=1.001e9).contains(&pacer.price(Some("t"))));
        }
    }
}

/// The spend of 3,000 queries over a day under a budget of 1 dollar, and the final price.
fn spend(timestamp: impl Fn(u32) -> f64) -> (f64, f64) {
    let options = PacedOptions { queries: Some(3_000.0), ..PacedOptions::daily(1.0, 1.0) };
    let pacer = Pacer::new(options).unwrap();
    let (mut spent, mut price) = (0.0, 1.0);
    for i in 0..3_000 {
        price = pacer.price(None);
        // A query is worth ten times its cheap rung, at most.
        let usd = if price < 2.0 { 0.001 } else { 0.0001 };
        pacer.note(None, usd, timestamp(i));
        spent += usd;
    }
    (spent, price)
}

#[test]
fn one_wrong_timestamp_does_not_break_a_pacer() {
    let right = |i: u32| 1e6 * DAY + f64::from(i) * DAY / 3_000.0;
    let (spent, price) = spend(right);
    for (at, wrong) in
        [(0, 1e12), (100, 1e12), (1_500, 1e300), (1_500, f64::INFINITY), (2_000, 0.0), (2_500, f64::NAN)]
    {
        let (got, ended) = spend(|i| if i == at { wrong } else { right(i) });
        assert!((got - spent).abs() < 0.05 * spent, "{wrong} at {at}: {got} against {spent}");
        assert!(ended < 4.0 * price.max(1.0), "{wrong} at {at}: a price of {ended}");
    }
}

#[test]
fn a_clock_that_was_set_anew_is_followed() {
    let options = PacedOptions { queries: Some(100.0), ..PacedOptions::daily(1.0, 1.0) };
    let pacer = Pacer::new(options).unwrap();
    for now in [1e12, 1e12 + 1.0, 5.0 * DAY, 5.0 * DAY + 1.0] {
        pacer.note(None, 0.001, now);
    }
    // The first of the new clock's times was counted before a second one confirmed it.
    assert_eq!(pacer.pace().queries, 1);
    pacer.note(None, 0.001, 7.0 * DAY);
    pacer.note(None, 0.001, 7.0 * DAY + 1.0);
    assert_eq!(pacer.pace().queries, 1, "a quiet day is passed over");
}
