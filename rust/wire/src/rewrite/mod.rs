//! Rewrites the parameters of a request, so that its body says what a plan decided.
//!
//! ```text
//! params.rs   first the rung's own parameters, as if the client had sent them
//! scan.rs     one pass over the body: where the surface's parameters stand
//! want.rs     the value of each, as far as surface and model take it; what was changed, and why
//! thought.rs  those of thinking, in tokens or levels (level.rs)
//! sampling.rs makes samples that are compared able to differ
//! rule.rs     what a model refuses beside something else: a forced tool, a loop of tools, the beginning of an answer (talk.rs)
//! splice.rs   copies the body, and writes the edits
//! ```
//!
//! All that no edit names stays byte for byte: unknown fields, the order of names, white space, escapes, the history. A parameter that
//! stands twice gets the same value twice, so that every reader of JSON sees one. A rewritten body, rewritten by the same settings,
//! does not change, but for the seed of a later sample. The tables are data: `surface.rs` (formats), `place.rs` (parameters), `family/` (models).

mod call;
mod change;
mod family;
mod few;
mod field;
mod level;
mod params;
mod place;
mod rule;
mod sampling;
mod scan;
mod splice;
mod surface;
mod talk;
mod thought;
mod turns;
mod value;
mod want;

use crate::body::List;
pub use call::{Written, rewrite_call};
pub use change::{Change, Said, Why};
pub use params::carry;
use rheostat::Result;
use rheostat::plan::Plan;
use scan::Sites;
pub use surface::Surface;
pub use turns::{Prompts, Turns};
pub use value::Value;
use want::Wants;

/// The parameters that a body shall have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings<'a> {
    /// The model.
    pub model: &'a str,
    /// Tokens of thinking per sample; 0 for none.
    pub thinking_tokens: u64,
    /// Room for one sample's answer, in tokens, at least 1. The limit that is written is the sum of both.
    pub answer_tokens: u64,
    /// Answers per request.
    pub samples: Draws,
    /// True if a client's own effort or budget wins over `thinking_tokens`, within the client's limit and `most_tokens`.
    pub keep_wishes: bool,
    /// The most tokens of thinking and answer together, for a wish that is kept.
    pub most_tokens: u64,
}

/// The number of answers per request, by whose choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Draws {
    /// The client, up to a number: for hosts that pass the response on.
    Client {
        /// The most answers.
        most: u32,
    },
    /// The plan: for hosts that vote on the answers.
    Plan(u32),
    /// One answer, which is compared with those of samples that were drawn before: it must be able to differ from them. The first sample
    /// keeps the client's way of sampling.
    After(u32),
}

impl<'a> Settings<'a> {
    /// The settings of a plan, for a host that passes the response on. A client may ask for as many answers as the ceiling pays for.
    pub fn of(plan: &'a Plan) -> Self {
        let dials = &plan.dials;
        Self {
            model: &plan.rung_ref().model,
            thinking_tokens: dials.thinking_tokens,
            answer_tokens: dials.answer_tokens,
            samples: Draws::Client { most: plan.answers_paid() },
            keep_wishes: false,
            most_tokens: plan.most_tokens(),
        }
    }
}

/// A rewritten body.
#[derive(Debug, Clone, PartialEq)]
pub struct Rewritten<'a> {
    /// The new body; None if the old one says it all.
    pub body: Option<Vec<u8>>,
    /// The changes, and all that could not be said.
    pub changes: Vec<Change<'a>>,
}

/// Writes settings into the body of a request.
///
/// ```
/// use rheostat_wire::rewrite::{Draws, Settings, Surface, rewrite};
/// let settings = Settings {
///     model: "claude-sonnet-4-5",
///     thinking_tokens: 4_096,
///     answer_tokens: 2_048,
///     samples: Draws::Client { most: 1 },
///     keep_wishes: false,
///     most_tokens: 6_144,
/// };
/// let body = br#"{"model": "auto", "max_tokens": 64000, "messages": [{"role": "user", "content": "Why?"}]}"#;
/// let new = rewrite(body, Surface::AnthropicMessages, &settings)?;
/// assert_eq!(
///     new.body.as_deref(),
///     Some(
///         &br#"{"model": "claude-sonnet-4-5", "max_tokens": 6144, "messages": [{"role": "user", "content": "Why?"}],"thinking":{"type":"enabled","budget_tokens":4096}}"#[..]
///     ),
/// );
/// assert_eq!(new.changes[0].to_string(), r#"model: "auto" → "claude-sonnet-4-5": the plan decides"#);
/// # Ok::<(), rheostat::Error>(())
/// ```
///
/// # Errors
/// [`rheostat::Error::Malformed`] for a body that is no JSON object, as far as it has to be read; [`rheostat::Error::WrongType`] if a
/// parameter that is an object on this surface is something else.
pub fn rewrite<'a>(body: &'a [u8], surface: Surface, settings: &Settings<'a>) -> Result<Rewritten<'a>> {
    rewrite_read(body, surface, settings, None)
}

/// As [`rewrite`], for a body whose conversation has been read: that is not read again.
pub(crate) fn rewrite_read<'a>(
    body: &'a [u8],
    surface: Surface,
    settings: &Settings<'a>,
    talk: Option<List>,
) -> Result<Rewritten<'a>> {
    let row = surface.row();
    let mut sites = Sites::find_but(body, row.places, row.folds, talk)?;
    if let Some(places) = row.wrapped.filter(|_| sites.is_wrapped(body)) {
        sites = Sites::find_but(body, places, row.folds, talk)?;
    }
    let wants = Wants::decide(body, &sites, row, settings);
    let new = splice::splice(body, &sites, &wants)?;
    Ok(Rewritten { body: new, changes: wants.changes })
}
