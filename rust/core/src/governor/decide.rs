//! From a query to a rung and its dials: estimate, what is open, what the policy wants, what may be had.

use super::current::Current;
use super::open::{Open, open};
use crate::estimate::Estimate;
use crate::features::Scan;
use crate::ladder::{Dials, Limit, MAX_RUNGS};
use crate::ledger::{Cost, Purse};
use crate::outcome::PlanId;
use crate::plan::{self, Clamp, Field, Plan, PlanOptions, PlanReason, PlanReasons, Snapshot, Strip};
use crate::policy::Prospect;
use crate::query::{Query, Turn};
use crate::session::{Purpose, Sessions, Standing};
use crate::{Error, Result};
use std::sync::Arc;

/// An estimate with less evidence than this is none: fewer than one word in five is like anything in training, which a
/// few words of any alphabet may be by chance.
pub const NO_EVIDENCE: f64 = 0.2;

/// So many rungs are few.
const FEW: usize = 8;

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
    /// The chances of all rungs, where a second stage has said some.
    pub(super) chances: Option<Arc<[f64]>>,
}

/// The session, the payer and the provider's thinking that a plan is tied to.
pub(super) struct Ties {
    pub(super) strip: Strip,
    pub(super) purse: Option<Box<Purse>>,
    pub(super) session: Option<Box<(Arc<Sessions>, Box<str>)>>,
}

impl Decision {
    /// The plan of the decision.
    pub(super) fn plan(
        self,
        id: PlanId,
        turn: Turn,
        snapshot: Arc<Snapshot>,
        around: &Circumstances,
        ties: Ties,
    ) -> Plan {
        let Self {
            rung,
            dials,
            p_correct,
            expected_usd,
            clamped,
            why,
            estimate,
            limit,
            allowed,
            switch_usd,
            easier: _,
            seen: _,
            chances,
        } = self;
        let Ties { strip, purse, session } = ties;
        Plan {
            id,
            rung,
            dials,
            p_correct,
            expected_usd,
            input_tokens: estimate.input_tokens,
            turn,
            clamped,
            why,
            estimate,
            chances,
            limit,
            allowed,
            switch_usd,
            price: around.price.unwrap_or(1.0),
            strip,
            purpose: around.purpose,
            purse,
            session,
            snapshot,
        }
    }
}

/// What is known of a query besides itself.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Circumstances {
    /// Where its session stands.
    pub(super) standing: Option<Standing>,
    /// What its payer has left.
    pub(super) room: Option<Cost>,
    /// What it is for.
    pub(super) purpose: Purpose,
    /// What a dollar of compute counts as, in dollars; none where the policy is to be asked.
    pub(super) price: Option<f64>,
}

/// What is known of a query's difficulty and of the rungs' chances.
#[derive(Clone, Copy)]
pub(super) struct Said<'a> {
    pub(super) estimate: &'a Estimate,
    /// The chances of all rungs, those that a second stage has said in the place of the estimate's.
    pub(super) chances: &'a [f64],
}

impl Said<'_> {
    /// The chance that a rung answers the query correctly.
    fn chance(&self, rung: usize) -> f64 {
        self.chances.get(rung).copied().unwrap_or(0.5)
    }
}

/// A rung, and whether a lower one than the session's would have done.
pub(super) struct Picked {
    pub(super) rung: usize,
    easier: bool,
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
        let said = Said { estimate: &estimate, chances: chances.as_slice() };
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
            self.pick(query, options, around, said, open, &mut why, &mut clamped)?;
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
            p_correct: said.chance(rung),
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

    /// Puts what a second stage has said of rungs in the place of the estimate's chances.
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

    /// The rung to start on.
    #[allow(clippy::too_many_arguments)] // what is weighed, and where to say what came of it
    pub(super) fn pick(
        &self,
        query: &Query<'_>,
        options: &PlanOptions<'_>,
        around: &Circumstances,
        said: Said<'_>,
        open: Open,
        why: &mut PlanReasons,
        clamped: &mut Vec<Clamp>,
    ) -> Result<Picked> {
        let (ladder, count) = (&self.snapshot.ladder, self.snapshot.ladder.rungs().len());
        let simply = |rung| Ok(Picked { rung, easier: false });
        if let Some(name) = options.rung {
            why.add(PlanReason::Chosen);
            return simply(ladder.index(name)?);
        }
        if around.purpose == Purpose::Housekeeping {
            why.add(PlanReason::Housekeeping);
            return simply(open.nearest(0));
        }
        let silent = if query.turn == Turn::Empty {
            Some(PlanReason::Empty)
        } else {
            let told = options.difficulty.is_some() || options.chances.is_some();
            let asked_anyway = self.snapshot.policy.promises() || told;
            (said.estimate.evidence < NO_EVIDENCE && !asked_anyway).then_some(PlanReason::NoEvidence)
        };
        let goes_on = matches!(query.turn, Turn::Continuation | Turn::ToolResult) || silent.is_some();
        if let Some(standing) = around.standing.filter(|_| goes_on) {
            why.add(PlanReason::Session);
            return simply(open.nearest(standing.rung.min(count - 1)));
        }
        if let Some(reason) = silent {
            why.add(reason);
            return simply(open.nearest(ladder.default()));
        }
        why.add(PlanReason::Policy);
        let wanted = self.wanted(said, around, open, why);
        let fresh = self.below_start_max(wanted, open, why, clamped);
        let Some(standing) = around.standing else { return simply(fresh) };
        let kept = standing.keep(fresh).min(count - 1);
        let kept = if kept == fresh { fresh } else { open.nearest(kept) };
        why.add_if(kept != fresh, PlanReason::Session);
        Ok(Picked { rung: kept, easier: fresh < standing.rung })
    }

    /// What a prompt alone buys of what the policy wants.
    fn below_start_max(
        &self,
        wanted: usize,
        open: Open,
        why: &mut PlanReasons,
        clamped: &mut Vec<Clamp>,
    ) -> usize {
        let start_max = self.snapshot.ladder.start_max();
        if wanted <= start_max || self.snapshot.policy.promises() {
            return wanted;
        }
        why.add(PlanReason::StartMax);
        let got = open.at_most(start_max).unwrap_or_else(|| open.nearest(start_max));
        if got != wanted {
            clamped.push(Clamp { field: Field::Rung, wanted: wanted as f64, got: got as f64 });
        }
        got
    }

    /// What the policy wants, of what is open.
    fn wanted(&self, said: Said<'_>, around: &Circumstances, open: Open, why: &mut PlanReasons) -> usize {
        let count = self.snapshot.ladder.rungs().len().min(MAX_RUNGS);
        // Most ladders are short, and what is not filled need not be made.
        let chosen = if count <= FEW {
            self.chosen::<FEW>(said, around, open, why)
        } else {
            self.chosen::<MAX_RUNGS>(said, around, open, why)
        };
        let wanted = chosen.unwrap_or_else(|| open.nearest(self.snapshot.ladder.default()));
        let floor = open.nearest(self.snapshot.ladder.default());
        if around.purpose == Purpose::Planning && wanted < floor {
            // What is saved on a plan is paid for by all the work that follows it.
            why.add(PlanReason::Planning);
            return floor;
        }
        wanted
    }

    /// What the policy chooses of at most `N` rungs, if any is open.
    fn chosen<const N: usize>(
        &self,
        said: Said<'_>,
        around: &Circumstances,
        open: Open,
        why: &mut PlanReasons,
    ) -> Option<usize> {
        let count = self.snapshot.ladder.rungs().len().min(N);
        let prospects = self.prospects::<N>(said, around, open);
        let price = around.price.unwrap_or_else(|| self.snapshot.policy.price(None));
        let choose = |doubts| {
            self.snapshot.policy.choose(said.estimate.difficulty, &prospects[..count], doubts, price)
        };
        let chosen = choose(&self.snapshot.doubts);
        why.add_if(!self.snapshot.doubts.is_empty() && chosen < choose(&[]), PlanReason::LooksAhead);
        chosen
    }

    /// What each of at most `N` rungs promises, where the policy weighs that.
    pub(super) fn prospects<const N: usize>(
        &self,
        said: Said<'_>,
        around: &Circumstances,
        open: Open,
    ) -> [Prospect; N] {
        let count = self.snapshot.ladder.rungs().len().min(N);
        let mut prospects = [Prospect { p_correct: 0.0, usd: 0.0, open: false }; N];
        let weighs = self.snapshot.policy.weighs();
        for (i, prospect) in prospects.iter_mut().enumerate().take(count) {
            prospect.open = open.has(i);
            if weighs {
                prospect.p_correct = said.chance(i);
                prospect.usd = (self.snapshot.expected_usd(said.estimate, i)
                    - self.cache_usd(around, said.estimate, i))
                .max(0.0);
            }
        }
        prospects
    }

    /// What a session's cached prefix takes off the expected cost of a rung: nothing, but on the model that has it.
    pub(super) fn cache_usd(&self, around: &Circumstances, estimate: &Estimate, rung: usize) -> f64 {
        let Some(standing) = around.standing.filter(|standing| standing.cached_tokens > 0) else {
            return 0.0;
        };
        let rungs = self.snapshot.ladder.rungs();
        let (Some(on), Some(rung)) = (rungs.get(standing.rung), rungs.get(rung)) else { return 0.0 };
        if on.model != rung.model {
            return 0.0;
        }
        let saved = (rung.input_price - rung.cached_price.unwrap_or(rung.input_price)).max(0.0);
        f64::from(standing.cached_tokens.min(estimate.input_tokens)) * saved / 1e6
    }

    fn switch_usd(&self, around: &Circumstances, estimate: &Estimate, rung: usize) -> f64 {
        let Some(standing) = around.standing else { return 0.0 };
        let lost = self.cache_usd(around, estimate, standing.rung);
        if lost > 0.0 && self.cache_usd(around, estimate, rung) == 0.0 { lost } else { 0.0 }
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
