//! The log: one JSON object a line, written to standard output by a thread of its own.
//!
//! A request does not wait for whoever reads the log: while the bounded queue is full, lines are dropped and counted.

use crate::clock::unix;
use crate::decisions::visible;
use serde_json::json;
use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;

/// Lines that wait for the thread.
const LINES: usize = 4_096;

/// How the proxy logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Logging {
    /// True for one JSON object a line: decisions, requests that passed through, and the proxy's own words.
    pub(crate) json: bool,
    /// True to log the newest ask of each decision, too.
    pub(crate) prompts: bool,
}

/// The log.
#[derive(Debug)]
pub(crate) struct Log {
    logging: Logging,
    lines: Mutex<Option<SyncSender<String>>>,
    writer: Mutex<Option<JoinHandle<()>>>,
    dropped: AtomicU64,
}

impl Log {
    pub(crate) fn new(logging: Logging) -> Self {
        let (mut lines, mut writer) = (None, None);
        if logging.json {
            let (sender, receiver) = sync_channel(LINES);
            lines = Some(sender);
            writer = Some(std::thread::spawn(move || write(&receiver)));
        }
        Self { logging, lines: Mutex::new(lines), writer: Mutex::new(writer), dropped: AtomicU64::new(0) }
    }

    /// True if decisions are logged.
    pub(crate) fn on(&self) -> bool {
        self.logging.json
    }

    /// True if the words of asks are logged, too.
    pub(crate) fn prompts(&self) -> bool {
        self.logging.json && self.logging.prompts
    }

    /// Logs a line of JSON.
    pub(crate) fn line(&self, line: String) {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let sent = lines.as_ref().is_none_or(|lines| lines.try_send(line).is_ok());
        if !sent {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Reports an event of the proxy itself: as a line of the log, or else as plain words. Errors go to standard error then.
    pub(crate) fn say(&self, error: bool, words: &str) {
        if self.on() {
            let level = if error { "error" } else { "info" };
            let line = json!({"kind": "message", "at": unix(), "level": level, "message": words});
            self.line(visible(&line.to_string()));
        } else if error {
            // A reader that has left misses it.
            writeln!(std::io::stderr(), "rheostat-proxy: {words}").ok();
        } else {
            let mut out = std::io::stdout();
            writeln!(out, "{words}").and_then(|()| out.flush()).ok();
        }
    }

    /// Lines that were dropped because their reader was too slow.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// Writes what waits, and ends.
    pub(crate) fn close(&self) {
        drop(self.lines.lock().unwrap_or_else(PoisonError::into_inner).take());
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        writer.map(JoinHandle::join);
    }
}

fn write(lines: &Receiver<String>) {
    let mut out = std::io::stdout().lock();
    while let Ok(line) = lines.recv() {
        writeln!(out, "{line}").ok();
        for line in lines.try_iter() {
            writeln!(out, "{line}").ok();
        }
        out.flush().ok();
    }
}
