//! One plan after another, for profilers: `plan_loop [BYTES] [COUNT]`.
#![allow(clippy::expect_used, clippy::print_stdout)] // an example that cannot set itself up has nothing to show

use rheostat::features::Scan;
use rheostat::governor::Governor;
use rheostat::ladder::{Ladder, Rung};
use rheostat::plan::PlanOptions;
use rheostat::policy::Policy;
use rheostat::query::Query;

fn main() {
    let mut arguments = std::env::args().skip(1).map(|text| text.parse::<usize>().expect("a number"));
    let bytes = arguments.next().unwrap_or(477);
    let count = arguments.next().unwrap_or(20_000);
    let sentence =
        "Explain how the interest rate of a central bank changes what a family pays for its house, and why. ";
    let mut text = sentence.repeat(bytes / sentence.len() + 1);
    text.truncate(bytes);
    let rungs = ["fast", "think", "deep"].map(|name| Rung { output_price: 1.0, ..Rung::new(name, name) });
    let ladder = Ladder::new(rungs.into(), None, None).expect("a ladder");
    let governor = Governor::builder(ladder.into()).policy(Policy::Utility { usd_per_error: 1.0 }).build();
    let governor = governor.expect("a governor");
    let mut scan = Scan::new();
    let mut rungs = 0;
    for _ in 0..count {
        let query = Query::text(&text, 16_384);
        rungs += governor.plan(&query, &PlanOptions::default(), &mut scan).expect("a plan").rung;
    }
    println!("{rungs}");
}
