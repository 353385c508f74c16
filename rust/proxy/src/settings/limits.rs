//! Bounds on what clients may cost: sizes, numbers and times, each with a range of its own.

use crate::tables::ProxyTable;
use rheostat::{Error, Result};
use std::time::Duration;

/// The smallest bound on a head that the HTTP library takes, in bytes.
const LEAST_HEAD: usize = 8 << 10;

/// The bounds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Limits {
    /// Largest head of a request, in bytes, and the most headers in it.
    pub(crate) max_head: usize,
    pub(crate) max_headers: usize,
    /// Largest body of a request, in bytes.
    pub(crate) max_body: usize,
    pub(crate) max_connections: usize,
    /// The most requests that are served at once.
    pub(crate) max_requests: usize,
    /// The most that wait for a place, and for how long.
    pub(crate) queue: usize,
    pub(crate) queue_wait: Duration,
    /// Time in which a client sends its head, and its body.
    pub(crate) read: Duration,
    /// Time between two requests of a connection.
    pub(crate) idle: Duration,
    /// Time in which a client takes nothing of a stream that is there.
    pub(crate) write: Duration,
    /// Time until a connection to an upstream stands.
    pub(crate) connect: Duration,
    /// Time that requests in flight get when the proxy ends.
    pub(crate) drain: Duration,
}

impl Limits {
    pub(super) fn new(table: &ProxyTable) -> Result<Self> {
        Self::read(table).map_err(|error| error.within("proxy"))
    }

    fn read(table: &ProxyTable) -> Result<Self> {
        Ok(Self {
            max_head: count("max_head", table.max_head, LEAST_HEAD, 1 << 20)?,
            max_headers: count("max_headers", table.max_headers, 1, 4_096)?,
            max_body: count("max_body", table.max_body, 1, 1 << 30)?,
            max_connections: count("max_connections", table.max_connections, 1, 1 << 20)?,
            max_requests: count("max_requests", table.max_requests, 1, 1 << 20)?,
            queue: count("queue", table.queue, 0, 1 << 20)?,
            queue_wait: seconds("queue_seconds", table.queue_seconds, 0.0)?,
            read: seconds("read_seconds", table.read_seconds, 0.1)?,
            idle: seconds("idle_seconds", table.idle_seconds, 0.1)?,
            write: seconds("write_seconds", table.write_seconds, 0.1)?,
            connect: seconds("connect_seconds", table.connect_seconds, 0.1)?,
            drain: seconds("drain_seconds", table.drain_seconds, 0.0)?,
        })
    }
}

/// Seconds of a setting, from `least` to a day.
pub(super) fn seconds(name: &str, value: f64, least: f64) -> Result<Duration> {
    if (least..=86_400.0).contains(&value) {
        return Ok(Duration::from_secs_f64(value));
    }
    Err(Error::invalid(name, value, format!("between {least} and 86400 seconds")))
}

/// A number of a setting.
pub(super) fn count(name: &str, value: usize, least: usize, most: usize) -> Result<usize> {
    if (least..=most).contains(&value) {
        return Ok(value);
    }
    Err(Error::invalid(name, value, format!("between {least} and {most}")))
}
