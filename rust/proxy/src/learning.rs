//! Learns from outcomes in a thread of its own, while requests go on.

use crate::app::App;
use crate::clock::unix;
use crate::state::State;
use rheostat::Result;
use rheostat::governor::{Learning, Verdict};
use rheostat::learn::Options;
use std::sync::Arc;
use std::time::Duration;

/// Time between two looks at the outcomes that have come.
const EVERY: Duration = Duration::from_secs(1);

/// Starts to learn, unless the settings say never. Outcomes of an earlier process are solved before this returns. The thread ends with the process.
pub(crate) fn start(app: Arc<App>, state: Arc<State>) -> Result<()> {
    let Some(schedule) = app.rules().settings.schedule else { return Ok(()) };
    let mut learning = Learning::new(&app.governor, &state.learner, schedule, Options::default(), unix())?;
    let mut step = move || {
        let step = learning.step(&app.governor, &state.learner, unix());
        app.metrics.learned(step.outcomes, matches!(step.verdict, Verdict::Replaced(_)));
    };
    step();
    std::thread::spawn(move || {
        loop {
            std::thread::sleep(EVERY);
            step();
        }
    });
    Ok(())
}
