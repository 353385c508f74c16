//! The dials that a run may turn while a query is served.

use crate::digest::record;
use crate::named::named;

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
