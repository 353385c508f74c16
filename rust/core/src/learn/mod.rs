//! Learning a deployment from its own outcomes.
//!
//! ```text
//! outcome + query ─ sketch ─ ROWS (bounded, mergeable) ─ solve ─ HEADS (immutable) ─ estimator ─ governor
//! ```
//!
//! A [`Learner`] keeps outcomes as sparse [rows](Row), keyed by query and rung. [`Learner::solve`] fits a head for each
//! model off the hot path; an [`Estimator`](crate::estimate::Estimator) that carries the resulting [`Heads`](crate::estimate::Heads) is swapped into
//! a governor whole. Chances are never worse than the prior's on queries held out of the fit, and the
//! [`Report`](crate::estimate::Report) says by how much they are better.

mod apgr;
mod awaited;
mod bias;
mod calibration;
mod codec;
mod design;
mod doubt;
mod drift;
mod fit;
mod grading;
mod learner;
mod log;
mod mean;
mod quantise;
mod recalibrate;
mod rows;
mod schedule;
mod sketch;
mod solve;
mod watch;

pub use apgr::apgr;
pub use awaited::Awaited;
pub use calibration::{CalibrationReport, ISOTONIC_FROM, brier, calibrate, calibration_error};
pub use codec::MOST_BYTES;
pub use design::Known;
pub use doubt::{DoubtSignal, doubt_of};
pub use drift::{Drift, DriftReport, SHIFTED};
pub use fit::{FEWEST, Options};
pub use grading::Grading;
pub use learner::Learner;
pub use log::Log;
pub use recalibrate::{Scored, recalibrated, uncalibrated};
pub use rows::{MOST_ROWS, Place, Row, Rows, digest, group_of};
pub use schedule::{Schedule, supersedes};
pub use sketch::Sketch;
pub(crate) use watch::{Watch, Watching};
