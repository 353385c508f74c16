//! Learning a deployment from its own outcomes.
//!
//! ```text
//! outcome + query ─ sketch ─ ROWS (bounded, mergeable) ─ solve ─ HEADS (immutable) ─ estimator ─ governor
//! ```
//!
//! A [`Learner`] keeps outcomes as sparse [rows](Row), keyed by query and rung. [`Learner::solve`] fits a head per model, off
//! the hot path, by ridge regression (`solve.rs`) on hashed words around a tempered prior (`mean.rs`). Cross-validation
//! chooses the share of the heads that enters chances (`fit.rs`), so that chances are never worse than the prior's on
//! held-out queries. An [`Estimator`](crate::estimate::Estimator) with the new [`Heads`](crate::estimate::Heads) replaces the
//! governor's as a whole. `calibration.rs` fits maps of chances, `drift.rs` watches for traffic that has changed.

mod apgr;
mod bias;
mod calibration;
mod codec;
mod design;
mod doubt;
mod drift;
mod fit;
mod grading;
mod intake;
mod learner;
mod log;
mod mean;
mod pending;
mod probes;
mod quantise;
mod recalibrate;
mod rows;
mod schedule;
mod scores;
mod sketch;
mod solve;
mod steps;
mod watch;

pub use apgr::{Ranking, Recovery};
pub use calibration::{CalibrationReport, ISOTONIC_FROM, brier, calibrate, calibration_error};
pub use codec::MOST_BYTES;
pub use design::FitRung;
pub use doubt::{DoubtSignal, doubt_of};
pub use drift::{Drift, DriftReport, SHIFTED};
pub use fit::{FEWEST, Options};
pub use grading::Grading;
pub use intake::{Cell, LogReader, LoggedOutcome};
pub use learner::Learner;
pub use log::Log;
pub use pending::PendingQueries;
pub use probes::{ProbeChoice, ProbeWorth};
pub use recalibrate::{RungScores, recalibrated, uncalibrated};
pub use rows::{MOST_ROWS, Place, Row, Rows, digest, group_of, row_names};
pub use schedule::{Schedule, supersedes};
pub use scores::{ScoreChoice, ScoreWorth, ScoredSample};
pub use sketch::Sketch;
pub use steps::{ScoredPath, StepCalibration, StepWatch};
pub(crate) use watch::{DriftOptions, DriftWatch};
