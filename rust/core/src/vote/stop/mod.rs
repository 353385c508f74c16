//! The stop rules with their precomputed tables and state.

mod bayes;
mod gamma;
mod horizon;
mod windows;

use super::boundary::beta_boundary;
use super::counts::Counts;
use super::special::ln;
use super::{VoteOptions, VoteRule};
use gamma::Largest;
use std::sync::Arc;
use windows::Windows;

pub use bayes::Prior;

/// A rule with its state.
#[derive(Debug, Clone)]
pub(in crate::vote) enum Stop {
    /// `boundary[b]`: votes for the leader that suffice with `b` votes against it.
    Boundary(Vec<u16>),
    Share(f64),
    Lead,
    Agreement(u32),
    /// Bound on the probability that the leader loses by the cap.
    Horizon(f64),
    Largest(Largest),
    Windows(Windows),
    Entropy {
        most: f64,
        n_ln_n: f64,
    },
    /// `least[b]`: votes for the leader that the rule asks for at least, whatever the prior says.
    Bayes {
        prior: Arc<Prior>,
        confidence: f64,
        least: Vec<u16>,
    },
    /// The certificate decides.
    Process,
}

impl Stop {
    pub(super) fn new(options: &VoteOptions) -> Self {
        let (confidence, cap) = (options.confidence, options.cap);
        match options.rule {
            VoteRule::Beta => Self::Boundary(beta_boundary(confidence, cap)),
            VoteRule::Majority => Self::Share(confidence),
            VoteRule::Curtail => Self::Lead,
            VoteRule::Unanimous => {
                let needed = beta_boundary(confidence, cap).first().copied().unwrap_or(u16::MAX);
                Self::Agreement(u32::from(needed).min(cap))
            }
            VoteRule::Horizon => Self::Horizon(1.0 - confidence),
            VoteRule::Dirichlet => Self::Largest(Largest::new(None, confidence, cap)),
            VoteRule::Crp => Self::Largest(Largest::new(Some(options.concentration), confidence, cap)),
            VoteRule::Esc => Self::Windows(Windows::new(options.window)),
            VoteRule::Entropy => Self::Entropy { most: 1.0 - confidence, n_ln_n: 0.0 },
            VoteRule::Bayes => match &options.prior {
                Some(prior) => {
                    let least = beta_boundary((2.0 * confidence - 1.0).max(0.5), cap);
                    Self::Bayes { prior: prior.clone(), confidence, least }
                }
                // Refused by `VoteOptions::validate`; the certificate never stops where it should not.
                None => Self::Process,
            },
            VoteRule::Sprt | VoteRule::Certified => Self::Process,
        }
    }

    /// Takes a consumed sample: its answer with that answer's votes; None for an abstention.
    pub(super) fn see(&mut self, vote: Option<(u32, u32)>) {
        match self {
            Self::Windows(windows) => windows.see(vote.map(|(id, _)| id)),
            Self::Entropy { n_ln_n, .. } => {
                if let Some((_, count)) = vote
                    && count > 1
                {
                    let (now, before) = (f64::from(count), f64::from(count - 1));
                    *n_ln_n += now * ln(now) - before * ln(before);
                }
            }
            _ => {}
        }
    }

    /// True if the rule stops at these counts, with at most `remaining` samples to come.
    #[inline]
    pub(super) fn now(&self, counts: &Counts, remaining: u32) -> bool {
        if let Self::Boundary(boundary) = self {
            let needed = boundary.get(counts.second() as usize);
            return needed.is_some_and(|needed| counts.first() >= u32::from(*needed));
        }
        self.computed(counts, remaining)
    }

    #[inline(never)]
    fn computed(&self, counts: &Counts, remaining: u32) -> bool {
        let (first, second, total) = (counts.first(), counts.second(), counts.total());
        match self {
            Self::Share(share) => total > 1 && counts.share() >= *share,
            Self::Lead => first > second + remaining,
            Self::Agreement(needed) => total >= *needed && first == total,
            Self::Horizon(most) => {
                // One answer agrees with nothing, however few are left to come.
                let alone = first < 2 && remaining > 0;
                total > 0 && !alone && horizon::loses(first, second, remaining, *most) <= *most
            }
            Self::Largest(largest) => largest.sure(counts),
            Self::Windows(windows) => windows.agreed().is_some(),
            Self::Entropy { most, n_ln_n } => {
                let n = f64::from(total);
                let largest = ln(f64::from(counts.distinct().max(2)));
                total > 1 && (ln(n) - n_ln_n / n) / largest <= *most
            }
            Self::Bayes { prior, confidence, least } => {
                let rest = total - first - second;
                // A prior from another task may be sure of anything.
                let seen = least.get(second as usize).is_some_and(|least| first >= u32::from(*least).max(2));
                seen && first > second && prior.leads(first, second, rest) >= *confidence
            }
            Self::Boundary(_) | Self::Process => false,
        }
    }

    /// The answer of a rule that does not answer with the leader.
    pub(super) fn answer(&self) -> Option<u32> {
        match self {
            Self::Windows(windows) => windows.agreed(),
            _ => None,
        }
    }
}
