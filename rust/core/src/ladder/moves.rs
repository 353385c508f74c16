//! Which dials a deployment permits to be turned while a query is being served.

use crate::digest::{Digest, Digestible};

/// How an engine lets a sample think longer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum ThinkingMove {
    /// Not at all.
    Never,
    /// By a new request with a larger budget; what was written is paid for and lost. Every provider can.
    #[default]
    Restart,
    /// By a request that goes on from what was written (a prefix, closed by a word such as "Wait").
    Continue,
    /// While it runs.
    Raise,
}

impl ThinkingMove {
    /// Every way, and its name.
    pub const ALL: [(Self, &'static str); 4] = [
        (Self::Never, "never"),
        (Self::Restart, "restart"),
        (Self::Continue, "continue"),
        (Self::Raise, "raise"),
    ];

    /// Its name.
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

/// Which moves a run may make. Everything is permitted unless a deployment says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Moves {
    /// How a sample is let think longer.
    pub thinking: ThinkingMove,
    /// Whether more samples may be drawn.
    pub samples: bool,
    /// Whether further rounds may be asked for: revisions and verifications.
    pub depth: bool,
    /// Whether the next rung may be taken.
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
