//! From a query to a rung and its dials: estimate, what is open, what the policy wants, what may be had.

use super::dials::{self, Clamp, Field};
use super::plan::PlanOptions;
use super::reason::{PlanReason, PlanReasons};
use super::snapshot::Snapshot;
use crate::estimate::Estimate;
use crate::features::Scan;
use crate::ladder::{Limit, MAX_RUNGS, Rung};
use crate::policy::Prospect;
use crate::query::{Query, Turn};
use crate::run::Dials;
use crate::{Error, Result};
use std::sync::Arc;

/// An estimate with less evidence than this is none: fewer than one word in five is like anything in training, which a
/// few words of any alphabet may be by chance.
pub const NO_EVIDENCE: f64 = 0.2;

/// Everything about a plan but its name.
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
}

/// Which rungs a query may use, on the stack.
struct Open {
    rungs: [bool; MAX_RUNGS],
    /// Whether all of them are open, as nearly always.
    all: bool,
}

impl Snapshot {
    pub(super) fn decide(
        &self,
        query: &Query<'_>,
        options: &PlanOptions<'_>,
        scan: &mut Scan,
    ) -> Result<Decision> {
        scan.run(&query.ask, self.window);
        let estimate = self.estimator.estimate(scan, &query.structure);
        let (mut why, mut clamped) = (PlanReasons::default(), Vec::new());
        why.add_if(query.turn == Turn::Continuation, PlanReason::Continuation);
        why.add_if(query.turn == Turn::ToolResult, PlanReason::ToolResult);
        why.add_if(
            scan.truncated || query.structure.ask_bytes > self.window.bytes as u64,
            PlanReason::Truncated,
        );
        why.add_if(query.structure.repaired, PlanReason::Repaired);
        let mut limit = self.limit(estimate.input_tokens);
        if let Some(ceiling) = &options.ceiling {
            ceiling.validate()?;
            limit = limit.tightened(ceiling, |name, wanted, got| {
                clamped.push(Clamp { field: Field::Ceiling(name), wanted, got });
            });
        }
        let open = self.open(query, options, &estimate, &mut why)?;
        let rung = self.pick(query, options, &estimate, &open, &mut why, &mut clamped)?;
        let place = self.ladder.rungs().get(rung);
        let place = place.ok_or_else(|| Error::state(format!("there is no rung {rung}")))?;
        let before = clamped.len();
        let most = query.request.max_tokens;
        let dials = dials::fit(place, &limit, estimate.input_tokens.into(), most, &mut clamped);
        why.add_if(clamped.len() > before, PlanReason::Clamped);
        why.add_if(self.ladder.ability(rung).assumed, PlanReason::Assumed);
        let count = self.ladder.rungs().len();
        let allowed = (!open.all).then(|| open.rungs.iter().take(count).copied().collect());
        Ok(Decision {
            rung,
            dials,
            p_correct: self.p_correct(&estimate, rung),
            expected_usd: self.expected_usd(&estimate, rung),
            clamped,
            why,
            estimate,
            limit,
            allowed,
        })
    }

    /// What may be used: the models that the caller allows, and of those the rungs that fit the query.
    fn open(
        &self,
        query: &Query<'_>,
        options: &PlanOptions<'_>,
        estimate: &Estimate,
        why: &mut PlanReasons,
    ) -> Result<Open> {
        let mut open = Open { rungs: [true; MAX_RUNGS], all: true };
        let rungs = self.ladder.rungs();
        if let Some(models) = options.models {
            for (slot, rung) in open.rungs.iter_mut().zip(rungs) {
                *slot = models.contains(&rung.model);
                open.all &= *slot;
            }
            why.add_if(!open.all, PlanReason::Models);
            if !open.rungs.iter().zip(rungs).any(|(open, _)| *open) {
                let known = rungs.iter().map(|rung| rung.model.as_str());
                return Err(Error::unknown("models", models.join(", "), known));
            }
        }
        if self.particular {
            self.leave_out_unfit(query, estimate, &mut open, why);
        }
        Ok(open)
    }

    fn leave_out_unfit(
        &self,
        query: &Query<'_>,
        estimate: &Estimate,
        open: &mut Open,
        why: &mut PlanReasons,
    ) {
        let rungs = self.ladder.rungs();
        // What no rung says it can is something that this ladder does not speak of.
        let spoken_of = |capability: &str| rungs.iter().any(|rung| rung.can(capability));
        let needed = query.request.needs();
        let fits = |rung: &Rung| {
            let room = rung.context_window.is_none_or(|window| {
                window >= u64::from(estimate.input_tokens).saturating_add(rung.answer_tokens)
            });
            room && needed.iter().flatten().all(|c| rung.can(c) || !spoken_of(c))
        };
        let (mut fitting, mut left_out) = (open.rungs, false);
        for (slot, rung) in fitting.iter_mut().zip(rungs).filter(|(slot, _)| **slot) {
            *slot = fits(rung);
            left_out |= !*slot;
        }
        if !left_out {
            return;
        }
        if fitting.iter().zip(rungs).any(|(fits, _)| *fits) {
            (open.rungs, open.all) = (fitting, false);
            why.add(PlanReason::Unfit);
        } else {
            why.add(PlanReason::NothingFits);
        }
    }

    /// The rung to start on.
    fn pick(
        &self,
        query: &Query<'_>,
        options: &PlanOptions<'_>,
        estimate: &Estimate,
        open: &Open,
        why: &mut PlanReasons,
        clamped: &mut Vec<Clamp>,
    ) -> Result<usize> {
        let ladder = &self.ladder;
        if let Some(name) = options.rung {
            why.add(PlanReason::Chosen);
            return ladder.index(name);
        }
        let reason = if query.turn == Turn::Empty {
            Some(PlanReason::Empty)
        } else {
            (estimate.evidence < NO_EVIDENCE && !self.policy.promises()).then_some(PlanReason::NoEvidence)
        };
        if let Some(reason) = reason {
            why.add(reason);
            return Ok(nearest(open, ladder.default(), ladder.rungs().len()));
        }
        why.add(PlanReason::Policy);
        let wanted = self.wanted(estimate, open);
        if wanted <= ladder.start_max() || self.policy.promises() {
            return Ok(wanted);
        }
        why.add(PlanReason::StartMax);
        let below = (0..=ladder.start_max()).rev().find(|&i| open.rungs[i]);
        let got = below.unwrap_or_else(|| nearest(open, ladder.start_max(), ladder.rungs().len()));
        if got != wanted {
            clamped.push(Clamp { field: Field::Rung, wanted: wanted as f64, got: got as f64 });
        }
        Ok(got)
    }

    /// What the policy wants, of what is open.
    fn wanted(&self, estimate: &Estimate, open: &Open) -> usize {
        let count = self.ladder.rungs().len().min(MAX_RUNGS);
        let mut prospects = [Prospect { p_correct: 0.0, usd: 0.0, open: false }; MAX_RUNGS];
        let weighs = self.policy.weighs();
        for (i, prospect) in prospects.iter_mut().enumerate().take(count) {
            prospect.open = open.rungs[i];
            if weighs {
                prospect.p_correct = self.p_correct(estimate, i);
                prospect.usd = self.expected_usd(estimate, i);
            }
        }
        let chosen = self.policy.choose(estimate.difficulty, &prospects[..count]);
        chosen.unwrap_or_else(|| nearest(open, self.ladder.default(), count))
    }
}

/// The open rung at a place, or else the next above it, or else the next below.
fn nearest(open: &Open, place: usize, count: usize) -> usize {
    let is_open = |i: &usize| open.rungs.get(*i).copied().unwrap_or(false);
    (place..count).find(is_open).or_else(|| (0..place).rev().find(is_open)).unwrap_or(place)
}
