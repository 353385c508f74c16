//! A day of queries in the reference mix (70 % looked up, 25 % in a few steps, 5 % novel) under a daily budget, with
//! diurnal and bursty load: is the budget met, and how much is lost against the best that hindsight could do?
//!
//! `cargo run --release -p rheostat --example pacing_day -- 10000000`

// A program that prints what it found.
#![allow(clippy::print_stdout, clippy::expect_used)]

use rheostat::policy::{PacedOptions, Pacer};

/// US dollars for each rung and kind of query, and the chance of a right answer: by kind, cheapest rung first.
const COST: [[f64; 3]; 3] = [[0.000_08, 0.001_2, 0.02], [0.000_15, 0.003, 0.04], [0.000_3, 0.008, 0.09]];
const RIGHT: [[f64; 3]; 3] = [[0.95, 0.975, 0.985], [0.55, 0.88, 0.94], [0.08, 0.40, 0.78]];
const USD_PER_ERROR: f64 = 10.0;
const DAY: f64 = 86_400.0;

/// A generator with a fixed seed: the same day every time.
#[derive(Clone)]
struct Numbers(u64);

impl Numbers {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// One query: what it is expected to cost on each rung, its chances, and what it turns out to cost.
struct Query {
    at: f64,
    usd: [f64; 3],
    right: [f64; 3],
    noise: f64,
}

/// The load by second of the day: a wave with its trough at four in the morning, a busy noon, and ten-minute bursts.
struct Load {
    ends: Vec<f64>,
}

impl Load {
    fn new(seed: u64, bursts: usize) -> Self {
        let mut numbers = Numbers(seed);
        let starts: Vec<f64> = (0..bursts).map(|_| numbers.unit() * DAY).collect();
        let mut total = 0.0;
        let ends = (0..1_440)
            .map(|minute| {
                let t = f64::from(minute) * 60.0;
                let wave = 1.0 - 0.8 * ((t / DAY - 4.0 / 24.0) * std::f64::consts::TAU).cos();
                let burst = starts.iter().any(|start| (*start..*start + 600.0).contains(&t));
                total += wave * if burst { 6.0 } else { 1.0 };
                total
            })
            .collect();
        Self { ends }
    }

    /// When the `share`-th part of the day's queries has come.
    fn at(&self, share: f64) -> f64 {
        let total = self.ends.last().copied().unwrap_or(1.0);
        let target = share * total;
        let minute = self.ends.partition_point(|end| *end < target).min(self.ends.len() - 1);
        let before = if minute == 0 { 0.0 } else { self.ends[minute - 1] };
        let within = (target - before) / (self.ends[minute] - before).max(f64::MIN_POSITIVE);
        (minute as f64 + within.clamp(0.0, 1.0)) * 60.0
    }
}

/// The queries of one day, in order of time.
fn day(count: usize, number: u64, load: &Load) -> impl Iterator<Item = Query> + '_ {
    let mut numbers = Numbers(0xDA7 + number);
    (0..count).map(move |i| {
        let kind = match numbers.unit() {
            u if u < 0.70 => 0,
            u if u < 0.95 => 1,
            _ => 2,
        };
        let (length, ease) = ((numbers.unit() * 2.0 - 1.0).exp(), numbers.unit() * 1.6 - 0.8);
        let right = RIGHT[kind].map(|p| {
            let odds = p / (1.0 - p) * ease.exp();
            odds / (1.0 + odds)
        });
        let noise = ((numbers.unit() + numbers.unit() + numbers.unit() - 1.5) * 1.2).exp() / 1.19;
        let at = number as f64 * DAY + load.at((i as f64 + numbers.unit()) / count as f64).min(DAY - 1e-3);
        Query { at, usd: COST[kind].map(|usd| usd * length), right, noise }
    })
}

fn choose(query: &Query, price: f64) -> usize {
    let cost = |i: usize| query.usd[i] * price + USD_PER_ERROR * (1.0 - query.right[i]);
    (0..3).min_by(|a, b| cost(*a).total_cmp(&cost(*b))).unwrap_or(0)
}

/// Spending and right answers of a constant price, and the bound of every way of spending as much.
fn at_price(price: f64, queries: impl Iterator<Item = Query>) -> (f64, f64) {
    queries.fold((0.0, 0.0), |(spent, right), query| {
        let i = choose(&query, price);
        (spent + query.usd[i], right + query.right[i])
    })
}

/// The price that hindsight would have set, by bisection; with it, the bound of the Lagrangian.
fn hindsight(count: usize, number: u64, load: &Load, budget: f64) -> (f64, f64) {
    let (mut low, mut high) = (0.0f64, (1e7f64).ln());
    for _ in 0..26 {
        let middle = f64::midpoint(low, high);
        let (spent, _) = at_price(middle.exp(), day(count, number, load));
        if spent > budget { low = middle } else { high = middle }
    }
    let price = high.exp();
    let (spent, right) = at_price(price, day(count, number, load));
    (price, right + (budget - spent).max(0.0) * price / USD_PER_ERROR)
}

fn main() {
    let count: usize = std::env::args().nth(1).map_or(1_000_000, |n| n.parse().expect("a number of queries"));
    let (quiet, bursty) = (Load::new(1, 0), Load::new(2, 8));
    let all = |i: usize| {
        day(count, 1, &bursty).fold((0.0, 0.0), |(usd, right), q| (usd + q.usd[i], right + q.right[i]))
    };
    let dearest = all(2).0;
    println!("{count} queries a day; the dearest rung for all of them costs ${dearest:.0}");
    println!("{:28} {:>9} {:>9} {:>9} {:>9} {:>9}", "", "spent", "of budget", "right", "best", "regret");
    for share in [0.05, 0.15, 0.4] {
        let budget = dearest * share;
        println!("budget {:.0} % of that, ${budget:.0}:", share * 100.0);
        for (name, queries, load) in [
            ("diurnal, no forecast", None, &quiet),
            ("bursty, no forecast", None, &bursty),
            ("bursty, right forecast", Some(1.0), &bursty),
            ("bursty, forecast 30 % high", Some(1.3), &bursty),
        ] {
            let forecast = queries.map(|factor: f64| factor * count as f64);
            let options = PacedOptions { queries: forecast, ..PacedOptions::daily(budget, USD_PER_ERROR) };
            let pacer = Pacer::new(options).expect("options within bounds");
            report(name, count, 1, load, budget, &pacer);
        }
        // The second day of a pacer that has seen one, and then a day of half as many queries again.
        let pacer = Pacer::new(PacedOptions::daily(budget, USD_PER_ERROR)).expect("options within bounds");
        serve(&pacer, day(count, 1, &quiet));
        report("bursty, after a day", count, 2, &bursty, budget, &pacer);
        report("1.5 times as many, after two", count * 3 / 2, 3, &bursty, budget, &pacer);
    }
}

fn report(name: &str, count: usize, number: u64, load: &Load, budget: f64, pacer: &Pacer) {
    let (spent, right) = serve(pacer, day(count, number, load));
    let (_, best) = hindsight(count, number, load, budget);
    println!(
        "  {name:26} {spent:>9.0} {:>8.2} % {:>8.3} % {:>8.3} % {:>8.3} %",
        spent / budget * 100.0,
        right / count as f64 * 100.0,
        best / count as f64 * 100.0,
        (best - right) / best * 100.0
    );
}

/// One day under a pacer: what was really spent, and how much was right, in expectation.
fn serve(pacer: &Pacer, queries: impl Iterator<Item = Query>) -> (f64, f64) {
    queries.fold((0.0, 0.0), |(spent, right), query| {
        let i = choose(&query, pacer.price(None));
        pacer.note(None, query.usd[i], query.at);
        let usd = query.usd[i] * query.noise;
        pacer.settle(query.usd[i], usd);
        (spent + usd, right + query.right[i])
    })
}
