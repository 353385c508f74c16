//! Strategies: how a rung spends its samples, as data.
//!
//! A second cheap sample tells more about an answer than its prompt does (area under the ROC curve .83 against .64 on recorded answers
//! of a small model to grade-school arithmetic), so a rung may *probe first*: draw a few cheap samples, stop if they agree, and go
//! up if they do not. Where answers can be scored, a rung may take the *best of n*: all samples are drawn and scored, and the scores
//! choose. Where the whole matters more than one answer, the samples may be *drafts*: a distillation of them, of bounded length, is
//! what the answer is refined from (PDR, arXiv 2510.01123).
//!
//! ```text
//! settle     a lead of `agree` votes
//! hopeless   lead + samples that may still vote < agree: the step up need not wait for the rest
//! wave       the fewest samples after which either may be known; drawn in turn, none of them is wasted
//!
//! best of n  n samples and n scores at most, each score a call of its own where a scorer is priced; n ≤ the scorer's width
//! distil     n drafts, one distillation of all, one answer that sees it alone; the drafts' answer if they agree
//! ```

mod scorer;
mod steps;

use crate::digest::{Digest, Digestible};
use crate::{Error, Result};

pub use scorer::{Choose, Scorer};
pub use steps::{PathValue, StepChance, StepPath, StepTable, answers_needed};

/// Bound on the tokens of a distillation.
const MOST_DISTILLED: u64 = 1 << 20;

/// How a rung spends its samples.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Strategy {
    /// One sample is the answer; several vote, and the rules' stop rule settles the vote.
    #[default]
    Vote,
    /// Draws the rung's samples and settles when enough of them give one answer.
    ProbeFirst {
        /// Equal answers that settle the rung: from 2 to its samples.
        agree: u32,
        /// False: all samples at once, for speed. True: only as many as may decide, then more; it costs less and takes longer.
        in_turn: bool,
    },
    /// Draws the rung's samples, has them scored, and lets the scores choose among their answers. Nothing is put together from
    /// several answers: the result is one of them.
    BestOf {
        /// By the highest score, or by the largest sum of scores.
        by: Choose,
    },
    /// Draws the rung's samples as drafts, has them distilled, and refines the answer from the distillation.
    Distil {
        /// Most tokens of the distillation.
        tokens: u64,
    },
}

/// The votes of a rung that probes first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Probes {
    /// Votes of the leading answer.
    pub lead: u32,
    /// Samples that have voted, abstained or failed.
    pub heard: u32,
    /// Samples that were asked for, those heard of included.
    pub asked: u32,
    /// Samples that the rung may ask for in all.
    pub samples: u32,
}

/// The standing of a rung that probes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Enough samples agree.
    Agreed,
    /// Samples that were asked for may still decide.
    Open,
    /// The number of further samples to ask for.
    Ask(u32),
    /// Not enough samples can agree any more.
    Hopeless,
}

impl Strategy {
    /// Checks the strategy against its rung's samples.
    ///
    /// # Errors
    /// [`Error::Invalid`] when `agree` is not between 2 and `samples`, or there are fewer than 2 samples to choose among.
    pub fn validate(self, samples: u32) -> Result<()> {
        match self {
            Self::BestOf { .. } if samples < 2 => {
                Err(Error::invalid("samples", samples, "at least 2, to choose the best of them"))
            }
            Self::Distil { .. } if samples < 2 => {
                Err(Error::invalid("samples", samples, "at least 2, to distil their drafts"))
            }
            Self::Distil { tokens } if !(1..=MOST_DISTILLED).contains(&tokens) => {
                Err(Error::invalid("distil", tokens, format!("between 1 and {MOST_DISTILLED} tokens")))
            }
            Self::ProbeFirst { agree, .. } if !(2..=samples).contains(&agree) => {
                Err(Error::invalid("agree", agree, format!("between 2 and the rung's samples, {samples}")))
            }
            _ => Ok(()),
        }
    }

    /// True if the rung draws samples to see whether they agree.
    pub fn probes(self) -> bool {
        matches!(self, Self::ProbeFirst { .. })
    }

    /// How scores choose among the rung's answers; None if they do not.
    pub fn scores(self) -> Option<Choose> {
        match self {
            Self::BestOf { by } => Some(by),
            Self::Vote | Self::ProbeFirst { .. } | Self::Distil { .. } => None,
        }
    }

    /// The most tokens of the distillation of its samples; None if they are not distilled.
    pub fn distils(self) -> Option<u64> {
        match self {
            Self::Distil { tokens } => Some(tokens),
            _ => None,
        }
    }

    /// True if it says itself how many samples are drawn and what settles them. A vote's rule may stop sooner, or ask for more.
    pub fn plans(self) -> bool {
        self != Self::Vote
    }

    /// Samples to ask for at the start of a rung of `samples`.
    pub fn first(self, samples: u32) -> u32 {
        match self {
            Self::ProbeFirst { agree, in_turn: true } => {
                wave(agree.min(samples), Probes { samples, ..Probes::default() })
            }
            _ => samples,
        }
    }

    /// The standing of the rung's votes; None for a strategy that does not probe.
    ///
    /// ```
    /// use rheostat::strategy::{Probes, Standing, Strategy};
    /// let strategy = Strategy::ProbeFirst { agree: 3, in_turn: true };
    /// assert_eq!(strategy.first(3), 2); // two answers that differ decide
    /// let votes = |lead| strategy.standing(Probes { lead, heard: 2, asked: 2, samples: 3 });
    /// assert_eq!((votes(2), votes(1)), (Some(Standing::Ask(1)), Some(Standing::Hopeless)));
    /// ```
    pub fn standing(self, votes: Probes) -> Option<Standing> {
        let Self::ProbeFirst { agree, .. } = self else { return None };
        // A ceiling may leave fewer samples than would have to agree; then they never can.
        let Probes { lead, heard, asked, samples } = votes;
        Some(if lead >= agree {
            Standing::Agreed
        } else if lead.saturating_add(samples.max(asked).saturating_sub(heard)) < agree {
            Standing::Hopeless
        } else if asked > heard || asked >= samples {
            Standing::Open
        } else {
            Standing::Ask(wave(agree, votes))
        })
    }
}

/// The fewest further samples after which the votes may be decided either way; at least 1.
fn wave(agree: u32, votes: Probes) -> u32 {
    let left = votes.samples.saturating_sub(votes.heard);
    let settles = agree.saturating_sub(votes.lead);
    // If none of these joins the leader, the rest can no longer make `agree`.
    let gives_up = (left + votes.lead.max(1) + 1).saturating_sub(agree);
    settles.min(gives_up).clamp(1, left.max(1))
}

impl Digestible for Strategy {
    fn write_to(&self, digest: &mut Digest) {
        match self {
            Self::Vote => digest.record("vote"),
            Self::ProbeFirst { agree, in_turn } => digest.record("probe_first").put(agree).put(in_turn),
            Self::BestOf { by } => digest.record("best_of").put(by),
            Self::Distil { tokens } => digest.record("distil").put(tokens),
        };
    }
}
