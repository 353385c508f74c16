//! The time: of the calendar, and that which runs and plans take; and a tick for runs.

use std::cell::OnceCell;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

/// Time between two looks at the clock while all is silent.
const TICK: Duration = Duration::from_millis(50);

/// Seconds of Unix time.
pub(crate) fn unix() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}

/// A clock that never steps back. It starts at Unix time, so that times that are written down mean the same to the next process.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    started: Instant,
    at: f64,
}

impl Clock {
    pub(crate) fn start() -> Self {
        Self { started: Instant::now(), at: unix() }
    }

    /// Seconds.
    pub(crate) fn now(&self) -> f64 {
        self.at + self.started.elapsed().as_secs_f64()
    }
}

/// Ticks for all requests of this thread, each [`TICK`].
pub(crate) fn ticks() -> watch::Receiver<()> {
    thread_local! {
        static TICKS: OnceCell<watch::Sender<()>> = const { OnceCell::new() };
    }
    TICKS.with(|own| own.get_or_init(begin).subscribe())
}

/// One timer serves all requests: setting one for each would wake the thread's poll each time.
fn begin() -> watch::Sender<()> {
    let (sender, _) = watch::channel(());
    let (own, mut ticks) = (sender.clone(), tokio::time::interval(TICK));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    tokio::spawn(async move {
        loop {
            ticks.tick().await;
            own.send_replace(());
        }
    });
    sender
}
