//! The dials that a run may turn while a query is served.

use crate::digest::record;
use crate::named::named;
use crate::{Error, Result};

named! {
    /// The way in which an engine lets a sample think longer.
    #[derive(Default)]
    pub enum ThinkingMove as "thinking move" {
        /// Not at all.
        Never = "never",
        /// By a new request with a larger budget; the output so far is paid for and lost. Every provider supports it.
        #[default]
        Restart = "restart",
        /// By a request that continues the output so far (as a prefix, closed by a word such as "Wait").
        Continue = "continue",
        /// By raising the budget of the running request.
        Raise = "raise",
    }
}

/// The moves that a run may make; all by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Moves {
    /// The way in which a sample thinks longer.
    pub thinking: ThinkingMove,
    /// True if more samples may be drawn.
    pub samples: bool,
    /// True if further rounds may be asked for: revisions and verifications.
    pub depth: bool,
    /// True if the next rung may be taken.
    pub model: bool,
}

record! { Moves, "moves": thinking samples depth model }

impl Default for Moves {
    fn default() -> Self {
        Self { thinking: ThinkingMove::default(), samples: true, depth: true, model: true }
    }
}

impl Moves {
    /// The dials that can be forbidden.
    pub const DIALS: [&str; 4] = ["thinking_tokens", "samples", "depth", "model"];

    /// The moves by the name of a thinking move, without the dials that are forbidden.
    ///
    /// # Errors
    /// [`Error::Unknown`] for a thinking move or a dial that there is not.
    pub fn without(thinking: &str, forbidden: &[impl AsRef<str>]) -> Result<Self> {
        let mut moves = Self { thinking: ThinkingMove::from_name(thinking)?, ..Self::default() };
        for name in forbidden {
            match name.as_ref() {
                "samples" => moves.samples = false,
                "depth" => moves.depth = false,
                "model" => moves.model = false,
                "thinking_tokens" => moves.thinking = ThinkingMove::Never,
                name => return Err(Error::unknown("dial", name, Self::DIALS)),
            }
        }
        Ok(moves)
    }
}
