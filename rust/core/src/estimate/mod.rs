//! How hard a query is, before anything has been spent on it.
//!
//! P(correct) of a rung is `σ(slope · (logit(ability) − location))`. The location, in logits of difficulty, is linear in
//! the features, and in hashed words and pairs of words. Where the model has not seen the like, the location is drawn
//! towards the base rate, and the evidence says so.

mod batch;
mod calibration;
mod codec;
mod curve;
mod dense;
mod domain;
mod estimated;
mod estimator;
mod explain;
mod gain;
mod heads;
pub(crate) mod inputs;
mod location;
mod model;
mod reference;
mod report;
pub(crate) mod tempering;

pub use calibration::Calibration;
pub(crate) use curve::Curve;
pub use domain::Domain;
pub use estimated::Estimate;
pub use estimator::Estimator;
pub use explain::{Contribution, Explanation};
pub(crate) use heads::{HeadRung, lanes};
pub use heads::{HeadValues, Heads, View};
pub use inputs::{BUCKETS, MOST_HEADS, MOST_WORDS};
pub use model::schema;
pub(crate) use reference::SIGHTS;
pub use reference::{FEWEST_ESTIMATES, Reference, SIGHT_NAMES};
pub use report::{GainReport, Report, RungReport};

pub(crate) use crate::math::{exp, ln, sigmoid_plainly};
pub use crate::math::{logit, sigmoid};
