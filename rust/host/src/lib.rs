//! A governed request as a state machine without I/O: what came goes in; what to send, to show and to close comes out.
//!
//! ```text
//! piece    a part of a stream, as its client has read it
//! stream   one sample's stream: what came of it, and how far it is read
//! act      what an action of the run means for the streams
//! host     the machine: opens streams, hears pieces, ends and failures
//! reply    one upstream reply, from its bytes to pieces
//! relay    what the user may see, and when
//! bundle   several samples in one request
//! ```
//!
//! Each line may use those above it, and the core and the wire. A driver has the sockets, the clock and the caller's functions: it
//! opens what [`Host::next`] returns, reports what comes, and does what [`Host::poll`] says. Python's hosts are two such drivers.
#![deny(missing_docs)]
#![deny(unsafe_code)]

mod act;
mod bundle;
mod host;
mod piece;
mod relay;
mod reply;
mod stream;

pub use host::{Command, Host};
pub use piece::{Heard, Piece};
pub use relay::{Judge, Reading, Together};
pub use stream::Stream;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // a test that fails here has failed
    use super::Host;
    use rheostat::features::Scan;
    use rheostat::governor::Governor;
    use rheostat::ladder::{Ladder, Rung};
    use rheostat::plan::PlanOptions;
    use rheostat::query::Query;
    use rheostat::run::Run;

    /// A host of a run that draws some samples.
    pub(crate) fn host(samples: u32, extracts: bool) -> Host {
        let rung = Rung { samples, ..Rung::new("a", "m") };
        let ladder = Ladder::new(vec![rung], None, None).unwrap();
        let governor = Governor::builder(ladder.into()).build().unwrap();
        let query = Query::text("How many primes are there below 1,000?", 1 << 14);
        let plan = governor.plan(&query, &PlanOptions::default(), &mut Scan::new()).unwrap();
        Host::new(Run::start(&plan, 0.0), extracts)
    }
}
