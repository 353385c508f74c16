//! Decides about one query: scan, estimate, limits, open rungs, the rung, its dials. `commit.rs` makes the plan of it.

use super::circumstances::Circumstances;
use super::current::Current;
use super::open::open;
use super::pick::{Expected, Picked};
use crate::estimate::Estimate;
use crate::features::Scan;
use crate::ladder::{Dials, Limit};
use crate::ledger::Cost;
use crate::plan::{self, Clamp, Field, PlanOptions, PlanReason, PlanReasons};
use crate::query::{Query, Turn};
use crate::session::Purpose;
use crate::{Error, Result};
use std::sync::Arc;

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
    /// What leaving the model that its session is cached with is expected to cost, in US dollars.
    pub(super) switch_usd: f64,
    /// Whether the ask would have done with a lower rung than its session's.
    pub(super) easier: bool,
    /// The ask as drift looks at it, where it is one and there is something to compare it with.
    pub(super) seen: Option<u16>,
    /// The chances of all rungs, where a second stage has expected some.
    pub(super) chances: Option<Arc<[f64]>>,
}

impl Current {
    /// Decides, and hands the decision to `make`, so that what is made of it is made in its place: nothing of its size is
    /// moved.
    pub(super) fn decide<T>(
        &self,
        query: &Query<'_>,
        options: &PlanOptions<'_>,
        around: &Circumstances,
        scan: &mut Scan,
        make: impl FnOnce(Decision) -> T,
    ) -> Result<T> {
        scan.run(&query.ask, self.snapshot.window);
        let mut estimate = self.snapshot.estimator.estimate(scan, &query.structure);
        let counts = query.turn == Turn::Ask && around.purpose != Purpose::Housekeeping;
        // Before another's opinion: what is compared is what this estimator says.
        let seen = self.watch.as_ref().filter(|_| counts).and_then(|watch| watch.code(&estimate));
        let (mut why, mut clamped) = (PlanReasons::default(), Vec::new());
        if let Some(difficulty) = options.difficulty {
            self.check_difficulty(difficulty)?;
            estimate = estimate.with_difficulty(difficulty);
            why.add(PlanReason::SecondStage);
        }
        let mut chances = self.snapshot.chances(&estimate);
        if let Some(told) = options.chances {
            self.put_told(told, chances.as_mut())?;
            why.add(PlanReason::SecondStage);
        }
        let expected = Expected { estimate: &estimate, chances: chances.as_slice() };
        why.add_if(self.snapshot.drifted.any(), PlanReason::Drifted);
        why.add_if(query.turn == Turn::Continuation, PlanReason::Continuation);
        why.add_if(query.turn == Turn::ToolResult, PlanReason::ToolResult);
        why.add_if(
            scan.truncated || query.structure.ask_bytes > self.snapshot.window.bytes as u64,
            PlanReason::Truncated,
        );
        why.add_if(query.structure.repaired, PlanReason::Repaired);
        let mut limit = self.snapshot.limit(estimate.input_tokens);
        if let Some(ceiling) = &options.ceiling {
            ceiling.validate()?;
            limit = limit.tightened(ceiling, |name, wanted, got| {
                clamped.push(Clamp { field: Field::Ceiling(name), wanted, got });
            });
        }
        if let Some(room) = around.room {
            cut_to_room(&mut limit, room, &mut why, &mut clamped);
        }
        let open = open(&self.snapshot, query, options, &estimate, &mut why)?;
        let Picked { rung, easier } =
            self.pick(query, options, around, expected, open, &mut why, &mut clamped)?;
        let place = self.snapshot.ladder.rungs().get(rung);
        let place = place.ok_or_else(|| Error::state(format!("there is no rung {rung}")))?;
        let before = clamped.len();
        let most = query.request.max_tokens;
        let dials = plan::fit(
            place,
            &self.snapshot.prices(rung),
            &limit,
            estimate.input_tokens.into(),
            most,
            &mut clamped,
        );
        why.add_if(clamped.len() > before, PlanReason::Clamped);
        why.add_if(self.snapshot.ladder.ability(rung).assumed, PlanReason::Assumed);
        Ok(make(Decision {
            rung,
            dials,
            p_correct: expected.chance(rung),
            expected_usd: self.snapshot.expected_usd(&estimate, rung),
            clamped,
            why,
            estimate,
            limit,
            allowed: open.allowed(),
            switch_usd: self.switch_usd(around, &estimate, rung),
            easier,
            seen,
            chances: options.chances.map(|_| chances.as_slice().into()),
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

    /// Puts what a second stage has expected of rungs in the place of the estimate's chances.
    fn put_told(&self, told: &[Option<f64>], chances: &mut [f64]) -> Result<()> {
        let rungs = self.snapshot.ladder.rungs();
        if told.len() != rungs.len() {
            let bound = format!("one for each of {} rungs", rungs.len());
            return Err(Error::invalid("chances", format!("{} of them", told.len()), bound));
        }
        for ((rung, told), slot) in rungs.iter().zip(told).zip(chances) {
            let Some(chance) = *told else { continue };
            let what = || format!("chances[{:?}]", rung.name);
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

/// No query may cost more than its payer has left.
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
