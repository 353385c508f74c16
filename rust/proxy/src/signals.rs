//! Signals of the system: the end, and a new reading of the file.

use std::future::Future;
use std::io::Result;

/// Ready when the process receives the signal to end.
#[cfg(unix)]
pub(crate) fn ended() -> Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Calls a function at each SIGHUP.
#[cfg(unix)]
pub(crate) fn at_hangup(call: impl Fn() + Send + Sync + 'static) -> Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut hangup = signal(SignalKind::hangup())?;
    tokio::spawn(async move {
        while hangup.recv().await.is_some() {
            call();
        }
    });
    Ok(())
}

/// Ready when the process receives the signal to end.
#[cfg(not(unix))]
pub(crate) fn ended() -> Result<impl Future<Output = ()>> {
    Ok(async { drop(tokio::signal::ctrl_c().await) })
}

/// There is no such signal here.
#[cfg(not(unix))]
pub(crate) fn at_hangup(_: impl Fn() + Send + Sync + 'static) -> Result<()> {
    Ok(())
}
