//! The ladder: a deployment's ordered levels of compute, their costs and abilities, and the ceiling of one query.

mod ability;
mod card;
mod cascade;
mod ceiling;
mod cost;
mod dials;
mod doubt;
mod effort;
mod moves;
mod params;
mod rung;
mod rungs;

pub(crate) use ability::with_dials;
pub use ability::{Ability, depth_logits, dial_logits, sample_logits, thinking_logits};
pub use card::{Card, Price};
pub use ceiling::{Ceiling, Limit};
pub use cost::{Load, RungCost};
pub use dials::Dials;
pub use doubt::Doubt;
pub use effort::{EFFORTS, tokens_of_effort};
pub use moves::{Moves, ThinkingMove};
pub use params::{Param, Params, plain};
pub use rung::Rung;
pub use rungs::{Ladder, MAX_RUNGS};
