//! The dials that a run may turn while a query is served.

use crate::digest::{Digest, Digestible};

/// The way in which an engine lets a sample think longer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum ThinkingMove {
    /// Not at all.
    Never,
    /// By a new request with a larger budget; the output so far is paid for and lost. Every provider supports it.
    #[default]
    Restart,
    /// By a request that continues the output so far (as a prefix, closed by a word such as "Wait").
    Continue,
    /// By raising the budget of the running request.
    Raise,
}

impl ThinkingMove {
    /// All ways, with their names.
    pub const ALL: [(Self, &'static str); 4] = [
        (Self::Never, "never"),
        (Self::Restart, "restart"),
        (Self::Continue, "continue"),
        (Self::Raise, "raise"),
    ];

    /// The way's name.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(way, _)| *way == self).map_or("never", |(_, name)| name)
    }

    /// The way of a name.
    ///
    /// # Errors
    /// [`crate::Error::Unknown`], listing the names.
    pub fn from_name(name: &str) -> crate::Result<Self> {
        let found = Self::ALL.into_iter().find(|(_, known)| *known == name);
        let (way, _) = found
            .ok_or_else(|| crate::Error::unknown("thinking move", name, Self::ALL.map(|(_, known)| known)))?;
        Ok(way)
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

impl Digestible for Moves {
    fn write_to(&self, digest: &mut Digest) {
        let Self { thinking, samples, depth, model } = self;
        digest.record("moves").put(thinking.as_str()).put(samples).put(depth).put(model);
    }
}

impl Default for Moves {
    fn default() -> Self {
        Self { thinking: ThinkingMove::default(), samples: true, depth: true, model: true }
    }
}
