//! The traffic that shares start from, until a deployment's own is known: 200 everyday asks, written for this project.
//! `training/difficulty/everyday.py` draws them: 70 % look-ups, 25 % of a few steps, 5 % hard.
//!
//! The texts are estimated by the governor's own estimator, because locations of one model mean nothing to another. That
//! takes about 0.2 ms once per estimator.

use crate::estimate::{Estimate, Estimator};
use crate::features::Scan;
use crate::query::{Query, Window};
use std::borrow::Cow;
use std::sync::OnceLock;

static TEXTS: &str = include_str!("everyday.txt");

/// The estimates of the everyday asks. Those of the shipped estimator are made once per process.
pub(super) fn estimates(estimator: &Estimator) -> Cow<'static, [Estimate]> {
    static SHIPPED: OnceLock<Vec<Estimate>> = OnceLock::new();
    let shipped = Estimator::shipped();
    if estimator.prior_version() == shipped.prior_version() {
        return SHIPPED.get_or_init(|| estimated(shipped)).as_slice().into();
    }
    estimated(estimator).into()
}

fn estimated(estimator: &Estimator) -> Vec<Estimate> {
    let mut scan = Scan::new();
    let estimate = |text: &str| {
        let query = Query::text(text, Window::default().bytes);
        scan.run(&query.ask, Window::default());
        estimator.estimate(&scan, &query.structure)
    };
    TEXTS.lines().map(estimate).collect()
}
