//! How hard a query is, before anything has been spent on it.
//!
//! P(correct) of a rung is `σ(slope · (logit(ability) − location))`. The location, in logits of difficulty, is linear in
//! the features, and in hashed words and pairs of words. Where the model has not seen the like, the location is drawn
//! towards the base rate, and the evidence says so.

mod curve;
mod dense;
mod domain;
mod estimator;
mod explain;
mod gain;
mod location;
mod model;

pub(crate) use curve::Curve;
pub use domain::Domain;
pub use estimator::{Estimate, Estimator};
pub use explain::{Contribution, Explanation};
pub use model::schema;

pub(crate) use crate::math::{exp, ln, sigmoid_plainly};
pub use crate::math::{logit, sigmoid};
