//! Scratch.
#![allow(
    clippy::all,
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    missing_docs
)]
use rheostat::features::Scan;
use rheostat::governor::{Governor, PlanOptions};
use rheostat::ladder::{Ceiling, Ladder, Rung};
use rheostat::policy::Policy;
use rheostat::query::Query;
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let texts = std::fs::read_to_string(&a[1]).unwrap();
    let texts: Vec<&str> = texts.split('\0').collect();
    let reps: usize = a[2].parse().unwrap();
    let mut r0 = Rung { input_price: 0.05, output_price: 0.4, ..Rung::new("fast", "small-model") };
    r0.thinking_tokens = 0;
    let r1 = Rung {
        thinking_tokens: 4096,
        input_price: 0.25,
        output_price: 2.0,
        ..Rung::new("think", "mid-model")
    };
    let r2 = Rung {
        thinking_tokens: 16384,
        samples: 5,
        input_price: 1.25,
        output_price: 10.0,
        ability: Some(0.86),
        ..Rung::new("deep", "large-model")
    };
    let ladder = Ladder::new(vec![r0, r1, r2], Some("think"), Some("think")).unwrap();
    let c = Ceiling { tokens: Some(100_000), usd: Some(1.0), seconds: Some(120.0), ..Ceiling::default() };
    let g = Governor::builder(ladder.into())
        .policy(Policy::Utility { usd_per_error: 2.0 })
        .ceiling(c)
        .nonce(7)
        .build()
        .unwrap();
    let mut scan = Scan::new();
    let mut digest = 0u64;
    let start = std::time::Instant::now();
    for _ in 0..reps {
        for t in &texts {
            let q = Query::text(t, 16_384);
            let p = g.plan(&q, &PlanOptions::default(), &mut scan).unwrap();
            digest = digest.rotate_left(5)
                ^ p.id.digest
                ^ p.p_correct.to_bits()
                ^ p.expected_usd.to_bits()
                ^ (p.rung as u64)
                ^ p.estimate.location.to_bits()
                ^ p.estimate.thinking_helps().to_bits()
                ^ (p.estimate.domain as u64)
                ^ u64::from(p.estimate.output_range.1) << 7
                ^ u64::from(p.input_tokens) << 20;
        }
    }
    println!("{digest:016x} {:.1} ns", start.elapsed().as_nanos() as f64 / (reps * texts.len()) as f64);
    println!(
        "{:?}",
        (
            size_of::<rheostat::governor::Plan>(),
            size_of::<Query>(),
            size_of::<rheostat::estimate::Estimate>()
        )
    );
}
