//! A deployment that keeps shares, and its traffic.

use rheostat::governor::{Governor, Scratch};
use rheostat::ladder::{Ladder, Rung};
use rheostat::plan::{Plan, PlanOptions};
use rheostat::policy::{HYSTERESIS, Policy, Shares, Wanted};
use rheostat::query::Query;
use std::sync::Arc;

pub(crate) const SHARES: [f64; 3] = [0.70, 0.25, 0.05];

pub(crate) fn rungs(count: usize) -> Vec<Rung> {
    let rung = |i| Rung { output_price: (i + 1) as f64, ..Rung::new(format!("r{i}"), format!("m{i}")) };
    (0..count).map(rung).collect()
}

pub(crate) fn ladder(count: usize) -> Arc<Ladder> {
    Ladder::new(rungs(count), None, None).unwrap().into()
}

pub(crate) fn given(shares: &[f64]) -> Policy {
    Policy::Shares(Shares::new(Wanted::Given(shares.to_vec()), HYSTERESIS).unwrap())
}

pub(crate) fn governor(shares: &[f64]) -> Governor {
    Governor::builder(ladder(shares.len())).policy(given(shares)).drift(0).build().unwrap()
}

/// Plans a query of a given difficulty, as a second stage would.
pub(crate) fn plan(governor: &Governor, difficulty: f64, scratch: &mut Scratch) -> Plan {
    let options = PlanOptions { difficulty: Some(difficulty), ..PlanOptions::default() };
    governor.plan_as(&Query::text("Why?", 16_384), &options, scratch, |plan| plan).unwrap()
}

pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }
}

/// Difficulties of query `i` of `count`, by the kind of traffic.
pub(crate) fn difficulty(kind: usize, i: usize, count: usize, numbers: &mut Numbers) -> f64 {
    let along = i as f64 / count as f64;
    let location = match kind {
        0 => numbers.normal().exp() - 2.5,
        1 if numbers.unit() < 0.8 => -2.0 + 0.2 * numbers.normal(),
        1 => 1.5 + 0.2 * numbers.normal(),
        2 => -0.4,
        3 => -3.0 + 6.0 * along + numbers.normal(),
        4 => -6.0 + 12.0 * along,
        5 => 6.0 - 12.0 * along,
        // Seasons: easy and hard stretches in turn.
        6 if (i / 300).is_multiple_of(2) => -2.0 + 0.3 * numbers.normal(),
        6 => 1.0 + 0.3 * numbers.normal(),
        // Three of ten queries are the same greeting.
        7 if numbers.unit() < 0.3 => -1.0,
        _ => numbers.normal(),
    };
    1.0 / (1.0 + (-location).exp())
}
