//! Notices a policy that is a switch: nearly all queries of late were planned on one rung.
//!
//! Plans are counted in blocks. A block of which more than 95 % are on one rung raises the notice, once per governor. Only
//! what the policy decided counts, and shares are left out, which hold what they were given.

use crate::ladder::{Ladder, MAX_RUNGS};
use crate::policy::Policy;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};

/// Plans of a block.
const BLOCK: u32 = 200;
/// Plans on one rung above which a policy is a switch: 95 % of a block.
const MOST: u32 = 190;

/// Counts plans by rung.
#[derive(Debug)]
pub(super) struct SwitchWatch {
    planned: AtomicU32,
    by_rung: [AtomicU32; MAX_RUNGS],
    found: OnceLock<Found>,
    told: AtomicBool,
}

/// The rung that got nearly all plans of a block, and how many.
#[derive(Debug, Clone, Copy)]
struct Found {
    rung: usize,
    plans: u32,
}

impl Default for SwitchWatch {
    fn default() -> Self {
        Self {
            planned: AtomicU32::new(0),
            by_rung: [const { AtomicU32::new(0) }; MAX_RUNGS],
            found: OnceLock::new(),
            told: AtomicBool::new(false),
        }
    }
}

impl SwitchWatch {
    /// Counts a plan that the policy decided.
    #[inline]
    pub(super) fn see(&self, rung: usize) {
        if self.told.load(Relaxed) || self.found.get().is_some() {
            return;
        }
        if let Some(count) = self.by_rung.get(rung) {
            count.fetch_add(1, Relaxed);
        }
        if self.planned.fetch_add(1, Relaxed) + 1 == BLOCK {
            self.close();
        }
    }

    /// Ends a block.
    #[cold]
    fn close(&self) {
        for (rung, count) in self.by_rung.iter().enumerate() {
            let plans = count.swap(0, Relaxed);
            if plans > MOST {
                // Only the first block that is found counts.
                let _ = self.found.set(Found { rung, plans: plans.min(BLOCK) });
            }
        }
        self.planned.store(0, Relaxed);
    }

    /// True if there is a notice that was not taken.
    #[inline]
    pub(super) fn waits(&self) -> bool {
        self.found.get().is_some() && !self.told.load(Relaxed)
    }

    /// Takes the notice: the finding in words, once.
    pub(super) fn take(&self, policy: &Policy, ladder: &Ladder) -> Option<String> {
        let found = self.found.get()?;
        if self.told.swap(true, Relaxed) {
            return None;
        }
        let rung = ladder.rungs().get(found.rung)?;
        let advice = match policy {
            Policy::Utility { usd_per_error } => format!(
                "without outcomes the rungs' chances differ too little for ${usd_per_error} per error to choose between them. \
                 Use policy.Shares until outcomes are learned from, or see what each setting would do with `rheostat tune`"
            ),
            Policy::Paced(_) => {
                "its budget buys that rung for nearly every query, or no other. See what each budget would do with `rheostat tune`"
                    .into()
            }
            Policy::Threshold { .. } => {
                "its thresholds are outside the difficulties that come. Use policy.Shares, which follows them, or see what each \
                 setting would do with `rheostat tune`"
                    .into()
            }
            Policy::Guaranteed(guaranteed) => format!("{}. Until a log certifies more, use policy.Shares", guaranteed.reason()),
            Policy::Shares(_) => return None,
        };
        Some(format!(
            "the {} policy planned {} of the last {BLOCK} queries on rung {:?}: {advice}",
            policy.name(),
            found.plans,
            rung.name
        ))
    }
}

/// True if a policy on a ladder can be a switch by mistake.
pub(super) fn may_be_switch(policy: &Policy, ladder: &Ladder) -> bool {
    ladder.rungs().len() > 1 && !matches!(policy, Policy::Shares(_))
}
