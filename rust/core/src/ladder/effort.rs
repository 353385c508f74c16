//! Levels of effort, by which providers name a budget for thinking, and the tokens that each stands for.

use super::Rung;
use crate::{Error, Result};

/// Every level, least first, and the most tokens that it covers: the ladder of CLIProxyAPI (help.router-for.me, November 2026).
/// LiteLLM's is lower by a factor of six above `low`.
pub const EFFORTS: [(&str, u64); 7] = [
    ("none", 0),
    ("minimal", 512),
    ("low", 1_024),
    ("medium", 8_192),
    ("high", 24_576),
    ("xhigh", 32_768),
    ("max", u64::MAX),
];

/// Tokens for the level without a bound: twice those of the level below it.
const ROOM_FOR_MAX: u64 = 2 * EFFORTS[EFFORTS.len() - 2].1;

/// The tokens of thinking that a level stands for.
///
/// # Errors
/// [`Error::Unknown`], which lists the levels.
///
/// ```
/// use rheostat::ladder::tokens_of_effort;
/// assert_eq!(tokens_of_effort("medium")?, 8_192);
/// assert!(tokens_of_effort("utmost").is_err());
/// # Ok::<(), rheostat::Error>(())
/// ```
pub fn tokens_of_effort(level: &str) -> Result<u64> {
    let found = EFFORTS.iter().find(|(name, _)| *name == level).map(|(_, most)| (*most).min(ROOM_FOR_MAX));
    found.ok_or_else(|| Error::unknown("effort", level, EFFORTS.map(|(name, _)| name)))
}

impl Rung {
    /// Sets the thinking budget by a level of effort.
    ///
    /// # Errors
    /// [`Error::Unknown`] for a level that there is not, [`Error::Invalid`] where the budget is given, too.
    pub fn set_effort(&mut self, level: &str) -> Result<()> {
        let tokens = tokens_of_effort(level)?;
        if self.thinking_tokens > 0 {
            let field = format!("rung {:?}: effort", self.name);
            return Err(Error::invalid(field, format!("{level:?}"), "absent where thinking_tokens is given"));
        }
        self.thinking_tokens = tokens;
        Ok(())
    }

    /// The level that stands for its thinking budget, or None: the inverse of [`set_effort`](Self::set_effort).
    pub fn effort(&self) -> Option<&'static str> {
        let mut levels = EFFORTS.iter().map(|(name, _)| *name);
        levels.find(|level| tokens_of_effort(level).is_ok_and(|tokens| tokens == self.thinking_tokens))
    }
}
