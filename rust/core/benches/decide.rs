//! The core alone, without Python: scan, estimate, plan, and the per-token and per-answer updates.
//!
//! `cargo bench -p rheostat`. The side-by-side numbers against other libraries come from `make bench`.

// A bench that cannot set itself up has nothing to report.
#![allow(clippy::expect_used)]

use std::sync::Arc;

use divan::{Bencher, black_box};
use rheostat::estimate::Estimator;
use rheostat::features::Scan;
use rheostat::governor::Governor;
use rheostat::ladder::{Ceiling, Ladder, Rung};
use rheostat::plan::PlanOptions;
use rheostat::policy::Policy;
use rheostat::query::Query;
use rheostat::query::Window;
use rheostat::signal::{Confidence, logit_stats};
use rheostat::vote::{Vote, VoteRule};

const SIZES: [usize; 5] = [58, 477, 2_000, 32_000, 131_072];
const PROMPTS: usize = 1_024;

fn main() {
    divan::main();
}

/// A small generator with a fixed seed: the benches are the same work on every machine.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn pick<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[(self.next() % words.len() as u64) as usize]
    }

    fn unit(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1u64 << 24) as f32
    }
}

/// Distinct prompts of exactly `size` bytes: ordinary words, some digits, some punctuation.
fn prompts(size: usize) -> Vec<String> {
    let words = [
        "what",
        "is",
        "the",
        "reliable",
        "way",
        "to",
        "repair",
        "a",
        "kettle",
        "prove",
        "that",
        "every",
        "graph",
        "with",
        "vertices",
        "compare",
        "interest",
        "rates",
        "function",
        "returns",
        "records",
        "first",
        "then",
        "patient",
        "contract",
        "clause",
        "translate",
        "letter",
        "harbour",
        "estimate",
        "without",
        "because",
    ];
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15 ^ size as u64);
    let count = if size > 4_096 { PROMPTS / 8 } else { PROMPTS };
    let prompt = |_| {
        let mut text = String::with_capacity(size + 16);
        while text.len() < size {
            match numbers.next() % 12 {
                0 => text.push_str(&(numbers.next() % 9_999).to_string()),
                1 => text.push_str("? "),
                2 => text.push_str(", "),
                _ => text.push_str(numbers.pick(&words)),
            }
            text.push(' ');
        }
        text.truncate(size);
        text
    };
    (0..count).map(prompt).collect()
}

fn governor() -> Governor {
    let mut fast = Rung::new("fast", "small-model");
    (fast.input_price, fast.output_price) = (0.05, 0.40);
    let mut think = Rung::new("think", "mid-model");
    (think.thinking_tokens, think.input_price, think.output_price) = (4_096, 0.25, 2.0);
    let mut deep = Rung::new("deep", "large-model");
    (deep.thinking_tokens, deep.samples, deep.input_price, deep.output_price) = (16_384, 5, 1.25, 10.0);
    let ladder = Ladder::new(vec![fast, think, deep], Some("think"), Some("think")).expect("a valid ladder");
    let ceiling =
        Ceiling { tokens: Some(100_000), usd: Some(1.0), seconds: Some(120.0), ..Ceiling::default() };
    let policy = Policy::Utility { usd_per_error: 2.0 };
    Governor::builder(Arc::new(ladder)).policy(policy).ceiling(ceiling).build().expect("a valid governor")
}

/// Goes through `items` again and again.
struct Rotation<'a, T> {
    items: &'a [T],
    at: usize,
}

impl<'a, T> Rotation<'a, T> {
    fn new(items: &'a [T]) -> Self {
        Self { items, at: 0 }
    }

    fn next(&mut self) -> &'a T {
        self.at = (self.at + 1) % self.items.len();
        &self.items[self.at]
    }
}

#[divan::bench(args = SIZES, sample_size = 64)]
fn scan(bencher: Bencher, size: usize) {
    let prompts = prompts(size);
    let mut rotation = Rotation::new(&prompts);
    let mut scan = Scan::new();
    bencher.bench_local(|| {
        scan.run(rotation.next().as_bytes(), Window::default());
        black_box(scan.values()[0])
    });
}

#[divan::bench(args = SIZES, sample_size = 64)]
fn estimate(bencher: Bencher, size: usize) {
    let prompts = prompts(size);
    let structure = Query::text(&prompts[0], size).structure;
    let estimator = Estimator::shipped();
    let mut scan = Scan::new();
    scan.run(prompts[0].as_bytes(), Window::default());
    bencher.bench_local(|| black_box(estimator.estimate(black_box(&scan), &structure)));
}

#[divan::bench(args = SIZES, sample_size = 64)]
fn plan(bencher: Bencher, size: usize) {
    let prompts = prompts(size);
    let mut rotation = Rotation::new(&prompts);
    let governor = governor();
    let options = PlanOptions::default();
    let mut scan = Scan::new();
    bencher.bench_local(|| {
        let query = Query::text(rotation.next(), Window::default().bytes);
        black_box(governor.plan(&query, &options, &mut scan))
    });
}

/// A chat body of `size` bytes in the middle of an agent's work: a system prompt, a call, its result, an ask of 420.
fn bodies(size: usize) -> Vec<String> {
    let body = |(ask, filler): (String, String)| {
        let quoted = filler.replace(" ? ", "\\n\\\"x\\\": ");
        format!(
            r#"{{"model": "auto", "messages": [{{"role": "system", "content": "{}"}}, {{"role": "user", "content": "Go on."}},
            {{"role": "assistant", "content": null, "tool_calls": [{{"id": "1", "type": "function", "function":
            {{"name": "search", "arguments": "{{\"limit\": 5}}"}}}}]}}, {{"role": "tool", "content": "{quoted}"}},
            {{"role": "user", "content": "{ask}"}}], "tools": [{{"type": "function", "function": {{"name": "search",
            "parameters": {{"type": "object", "properties": {{"limit": {{"type": "integer"}}}}}}}}}}], "stream": true}}"#,
            &filler[..filler.len() / 4],
        )
    };
    prompts(420).into_iter().zip(prompts(size * 4 / 5 - 800)).map(body).collect()
}

#[divan::bench(args = [2_000, 8_192, 131_072], sample_size = 64)]
fn body(bencher: Bencher, size: usize) {
    let bodies = bodies(size);
    let mut rotation = Rotation::new(&bodies);
    bencher.bench_local(|| {
        let query = Query::body(rotation.next().as_bytes(), Window::default().bytes);
        black_box(query.expect("a valid body").structure.total_bytes)
    });
}

#[divan::bench]
fn confidence_update(bencher: Bencher) {
    let mut numbers = Numbers(7);
    let rows: Vec<[f32; 20]> = (0..4_096).map(|_| std::array::from_fn(|_| -10.0 * numbers.unit())).collect();
    let mut rotation = Rotation::new(&rows);
    let mut confidence = Confidence::new(2_048).expect("a valid window");
    bencher.bench_local(|| black_box(confidence.update(rotation.next())));
}

#[divan::bench]
fn logit_stats_152k(bencher: Bencher) {
    let mut numbers = Numbers(11);
    let rows: Vec<Vec<f32>> =
        (0..32).map(|_| (0..151_936).map(|_| 12.0 * numbers.unit()).collect()).collect();
    let mut rotation = Rotation::new(&rows);
    bencher.bench_local(|| black_box(logit_stats(rotation.next())));
}

#[divan::bench]
fn vote_sixteen_close_answers(bencher: Bencher) {
    let answers: Vec<&str> = (0..16).map(|i| if i % 2 == 0 { "17" } else { "42" }).collect();
    bencher.with_inputs(|| Vote::new(VoteRule::Beta, 0.95, 40).expect("a valid vote")).bench_local_values(
        |mut vote| {
            for answer in &answers {
                let _ = black_box(vote.add(answer, None));
            }
            vote
        },
    );
}
