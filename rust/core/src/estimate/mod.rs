//! Estimates the difficulty of a query before any compute is spent on it.
//!
//! The model is item response theory (Lord and Novick, 1968) with the query as the item:
//!
//! ```text
//! P(correct) = σ(slope · (logit(ability) − location))
//! location   = base + share · (structure + clamp(content, ±bound) − base)
//! structure  = bias + Σ weight · feature                 sizes, counts, marks
//! content    = Σ weight · feature of asks and meanings + (Σ w[hash(word)] + Σ w[hash(pair)]) / √words
//! share      = floor + (1 − floor) · coverage            coverage: share of words that training has seen
//! ```
//!
//! `ability` is θ, `location` is b, both in logits. Words and pairs are hashed into 2¹⁴ buckets each (feature hashing,
//! Weinberger et al., 2009), and their weights are integers, so that their sum does not depend on its order. The bound keeps
//! a prompt's words from moving its location further than the bound, whatever they are. Heads that a
//! [`Learner`](crate::learn::Learner) fitted correct the chances per model. An estimate allocates nothing and costs one pass
//! over the scan's features and word hashes.

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
pub(crate) use reference::TRACKED;
pub use reference::{FEWEST_ESTIMATES, Reference, TRACKED_NAMES};
pub use report::{GainReport, Report, RungReport};

pub(crate) use crate::math::{exp, ln, sigmoid_plainly};
pub use crate::math::{logit, sigmoid};
