//! Decides one query: scan, estimate, limits, open rungs, the rung, its dials. `commit.rs` turns the decision into a plan.

use super::circumstances::Circumstances;
use super::current::Current;
use super::open::{entry, funded, open};
use super::pick::{Expected, Picked};
use crate::estimate::Estimate;
use crate::features::Scan;
use crate::ladder::{Dials, Limit, RungCost, with_dials};
use crate::ledger::Cost;
use crate::plan::{self, Clamp, Field, PlanOptions, PlanReason, PlanReasons};
use crate::policy::Share;
use crate::query::{Query, Turn};
use crate::{Error, Result};
use std::sync::Arc;

/// A plan without its id and its ties.
#[derive(Debug)]
pub(super) struct Decision {
    pub(super) rung: usize,
    pub(super) dials: Dials,
    pub(super) p_correct: f64,
    pub(super) expected_usd: f64,
    pub(super) clamped: Vec<Clamp>,
    pub(super) why: PlanReasons,
    pub(super) estimate: Estimate,
    pub(super) limit: Limit,
    pub(super) allowed: Option<Arc<[bool]>>,
    /// Expected cost, in US dollars, of leaving the model that has the session's prefix cached.
    pub(super) switch_usd: f64,
    /// True if a lower rung than the session's would have done.
    pub(super) easier: bool,
    /// Drift bins of the estimate, if the query is an ask and there is a reference.
    pub(super) bins: Option<u16>,
    /// The choice of shares, if they decided.
    pub(super) share: Option<Share>,
    /// Chances of all rungs, if a second stage gave some.
    pub(super) chances: Option<Arc<[f64]>>,
}

/// The estimate of a query, before any decision.
#[derive(Debug)]
pub(super) struct Reading {
    estimate: Estimate,
    /// Drift bins of the estimate, if the query is an ask and there is a reference.
    bins: Option<u16>,
    /// True if only a part of the ask was scanned.
    truncated: bool,
}

impl Current {
    /// Decides, and calls `make` with the decision. A plan is some hundreds of bytes: built inside `make`, it is written once,
    /// to its final place, instead of being moved from caller to caller.
    pub(super) fn decide<T>(
        &self,
        query: &Query<'_>,
        options: &PlanOptions<'_>,
        circumstances: &Circumstances,
        scan: &mut Scan,
        make: impl FnOnce(Decision) -> T,
    ) -> Result<T> {
        let reading = self.read(query, circumstances, scan);
        self.decide_read(query, options, circumstances, reading, make)
    }

    /// Scans and estimates a query.
    #[inline]
    pub(super) fn read(&self, query: &Query<'_>, circumstances: &Circumstances, scan: &mut Scan) -> Reading {
        scan.run(&query.ask, self.snapshot.window);
        let estimate = self.snapshot.estimator.estimate(scan, &query.structure);
        let counts = query.turn == Turn::Ask && !circumstances.purpose.is_chore();
        // Taken before a second stage changes the estimate: drift is about this estimator.
        let bins = self.watch.as_ref().filter(|_| counts).and_then(|watch| watch.code(&estimate));
        Reading { estimate, bins, truncated: scan.truncated }
    }

    /// Decides a query that was read.
    #[inline]
    pub(super) fn decide_read<T>(
        &self,
        query: &Query<'_>,
        options: &PlanOptions<'_>,
        circumstances: &Circumstances,
        reading: Reading,
        make: impl FnOnce(Decision) -> T,
    ) -> Result<T> {
        let Reading { mut estimate, bins, truncated } = reading;
        let (mut why, mut clamped) = (PlanReasons::default(), Vec::new());
        if let Some(difficulty) = options.difficulty {
            self.check_difficulty(difficulty)?;
            estimate = estimate.with_difficulty(difficulty);
            why.add(PlanReason::SecondStage);
        }
        let mut chances = self.snapshot.chances(&estimate);
        if let Some(given) = options.p_correct {
            self.override_chances(given, chances.as_mut())?;
            why.add(PlanReason::SecondStage);
        }
        let expected = Expected { estimate: &estimate, chances: chances.as_slice() };
        why.add_if(self.snapshot.drifted.any(), PlanReason::Drifted);
        why.add_if(query.turn == Turn::Continuation, PlanReason::Continuation);
        why.add_if(query.turn == Turn::ToolResult, PlanReason::ToolResult);
        why.add_if(
            truncated || query.structure.ask_bytes > self.snapshot.window.bytes as u64,
            PlanReason::Truncated,
        );
        why.add_if(query.structure.repaired, PlanReason::Repaired);
        why.add_if(!query.request.wish.is_empty(), PlanReason::Asked);
        why.add_if(circumstances.tenant_unused, PlanReason::TenantUnused);
        let mut limit = self.snapshot.limit(estimate.input_tokens);
        if let Some(ceiling) = &options.ceiling {
            ceiling.validate()?;
            limit = limit.tightened(ceiling, |name, wanted, got| {
                clamped.push(Clamp { field: Field::Ceiling(name), wanted, got });
            });
        }
        if let Some(room) = circumstances.room {
            cut_to_room(&mut limit, room, &mut why, &mut clamped);
        }
        why.add_if(query.request.once, PlanReason::Once);
        let mut open = open(&self.snapshot, query, options, &estimate, &limit, &mut why)?;
        if let Some((left, cap)) = circumstances.escalated {
            limit.entry = entry(&self.snapshot, query, &estimate);
            limit.escalated_usd = left.dollars();
            open = funded(&self.snapshot, &estimate, &limit, cap, open, &mut why)?;
        }
        let Picked { mut rung, easier, share } =
            self.pick(query, options, circumstances, expected, open, &mut why, &mut clamped)?;
        if why.has(PlanReason::Escalated) && why.has(PlanReason::Chosen) && !open.has(rung) {
            // A caller's choice wins over the policy, and over no cap.
            let got = open.at_most(rung).unwrap_or_else(|| open.nearest(rung));
            clamped.push(Clamp { field: Field::Rung, wanted: rung as f64, got: got as f64 });
            rung = got;
        }
        let picked = self.snapshot.ladder.rungs().get(rung);
        let picked = picked.ok_or_else(|| Error::state(format!("there is no rung {rung}")))?;
        let before = clamped.len();
        let (prices, input) = (self.snapshot.prices(rung), estimate.input_tokens.into());
        // The limit itself stays: what no engine has got may be sent again.
        let (samples, depth) = if query.request.once { (1, 1) } else { (limit.samples, limit.depth) };
        let within = Limit { usd: limit.usd_on(rung), samples, depth, ..limit };
        let dials = plan::fit(picked, &prices, &within, input, query.request.max_tokens, &mut clamped);
        let cut = clamped.len() > before;
        why.add_if(cut, PlanReason::Clamped);
        let (mut p_correct, mut expected_usd) =
            (expected.chance(rung), self.snapshot.expected_usd(&estimate, rung));
        // Cut dials answer worse, and cost less.
        if cut {
            p_correct = with_dials(p_correct, picked, &dials);
            expected_usd = RungCost::of(picked).with_dials(&dials).usd(&estimate.load());
        }
        why.add_if(self.snapshot.ladder.ability(rung).assumed, PlanReason::Assumed);
        why.add_if(self.snapshot.rules.asks_steps() && picked.steps.is_none(), PlanReason::Uncalibrated);
        Ok(make(Decision {
            rung,
            dials,
            p_correct,
            expected_usd,
            clamped,
            why,
            estimate,
            limit,
            allowed: open.allowed(),
            switch_usd: self.switch_usd(circumstances, &estimate, rung),
            easier,
            bins,
            share,
            chances: options.p_correct.map(|_| chances.as_slice().into()),
        }))
    }

    fn check_difficulty(&self, difficulty: f64) -> Result<()> {
        if self.snapshot.policy.promises() {
            let bound = "left to the estimator that the promise was certified with";
            return Err(Error::invalid("difficulty", difficulty, bound));
        }
        if (0.0..=1.0).contains(&difficulty) {
            return Ok(());
        }
        Err(Error::invalid("difficulty", difficulty, "between 0 and 1"))
    }

    /// Replaces the estimate's chances by those of a second stage.
    fn override_chances(&self, given: &[Option<f64>], chances: &mut [f64]) -> Result<()> {
        let rungs = self.snapshot.ladder.rungs();
        if given.len() != rungs.len() {
            let bound = format!("one for each of {} rungs", rungs.len());
            return Err(Error::invalid("p_correct", format!("{} of them", given.len()), bound));
        }
        for ((rung, given), slot) in rungs.iter().zip(given).zip(chances) {
            let Some(chance) = *given else { continue };
            let what = || format!("p_correct[{:?}]", rung.name);
            if self.snapshot.policy.promises() {
                let bound = "left to the estimator that the promise was certified with";
                return Err(Error::invalid(what(), chance, bound));
            }
            if !(0.0..=1.0).contains(&chance) {
                return Err(Error::invalid(what(), chance, "between 0 and 1"));
            }
            *slot = chance;
        }
        Ok(())
    }
}

/// Cuts a query's limits to its payer's room.
fn cut_to_room(limit: &mut Limit, room: Cost, why: &mut PlanReasons, clamped: &mut Vec<Clamp>) {
    let before = clamped.len();
    if room.tokens < limit.tokens {
        let (wanted, got) = (limit.tokens as f64, room.tokens as f64);
        clamped.push(Clamp { field: Field::Ledger("ledger_tokens"), wanted, got });
        limit.tokens = room.tokens;
    }
    if room.usd.dollars() < limit.usd {
        let (wanted, got) = (limit.usd, room.usd.dollars());
        clamped.push(Clamp { field: Field::Ledger("ledger_usd"), wanted, got });
        limit.usd = got;
    }
    why.add_if(clamped.len() > before, PlanReason::Ledger);
}
