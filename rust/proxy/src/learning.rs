//! Learns from outcomes in a thread of its own, while requests go on.

use crate::app::App;
use crate::clock::unix;
use rheostat::Result;
use rheostat::governor::{Learning, Verdict};
use rheostat::learn::{Learner, Options, Schedule};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Time between two looks at the outcomes that have come.
const EVERY: Duration = Duration::from_secs(1);
/// Outcomes, and pending plans, that are kept.
const ROWS: usize = 65_536;

/// Starts to learn. The thread ends with the process.
pub(crate) fn start(app: Arc<App>) -> Result<()> {
    let learner = Mutex::new(Learner::new(&app.governor.snapshot().estimator, ROWS, None)?);
    let mut learning =
        Learning::new(&app.governor, &learner, Schedule::default(), Options::default(), unix())?;
    std::thread::spawn(move || {
        loop {
            std::thread::sleep(EVERY);
            let step = learning.step(&app.governor, &learner, unix());
            app.metrics.learned(step.outcomes, matches!(step.verdict, Verdict::Replaced(_)));
        }
    });
    Ok(())
}
