//! The core alone, without Python: scan, estimate, plan, and the per-token and per-answer updates.
//!
//! `cargo bench -p rheostat`. The side-by-side numbers against other libraries come from `make bench`.

// A bench that cannot set itself up has nothing to report.
#![allow(clippy::expect_used)]

mod prompts;

use prompts::{Numbers, Rotation, prompts};
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

fn main() {
    divan::main();
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
