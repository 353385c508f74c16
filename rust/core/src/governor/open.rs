//! The open rungs of a query: those that the caller's models, the capabilities, the context window and the ceiling allow.

use crate::error::Bound;
use crate::estimate::Estimate;
use crate::ladder::{Limit, MAX_RUNGS, Rung};
use crate::plan::{PlanOptions, PlanReason, PlanReasons, Snapshot};
use crate::query::Query;
use crate::{Error, Result};
use std::sync::Arc;

/// A set of rungs, one bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OpenRungs {
    rungs: u64,
    count: usize,
}

const _: () = assert!(MAX_RUNGS <= u64::BITS as usize);

impl OpenRungs {
    /// The set of all `count` rungs.
    fn all(count: usize) -> Self {
        Self { rungs: up_to(count), count }
    }

    /// The open rungs that pass a test.
    fn only(self, rungs: &[Rung], passes: impl Fn(&Rung) -> bool) -> Self {
        let passing = rungs.iter().enumerate().fold(0, |bits, (i, rung)| bits | u64::from(passes(rung)) << i);
        Self { rungs: self.rungs & passing, ..self }
    }

    pub(super) fn has(self, rung: usize) -> bool {
        rung < self.count && self.rungs >> rung & 1 == 1
    }

    /// The highest open rung that is not above `place`.
    pub(super) fn at_most(self, place: usize) -> Option<usize> {
        (self.rungs & up_to(place + 1)).checked_ilog2().map(|rung| rung as usize)
    }

    /// The open rung at `place`, or else the next above, or else the next below; `place` itself if none is open.
    pub(super) fn nearest(self, place: usize) -> usize {
        let above = self.rungs & !up_to(place);
        if above != 0 { above.trailing_zeros() as usize } else { self.at_most(place).unwrap_or(place) }
    }

    /// A flag per rung; None in the usual case that all are open.
    pub(super) fn allowed(self) -> Option<Arc<[bool]>> {
        (self != Self::all(self.count)).then(|| (0..self.count).map(|rung| self.has(rung)).collect())
    }
}

/// A mask of the lowest `count` bits.
fn up_to(count: usize) -> u64 {
    1_u64.checked_shl(count as u32).map_or(u64::MAX, |end| end - 1)
}

/// Finds the rungs that the caller's models allow and that fit the query.
pub(super) fn open(
    snapshot: &Snapshot,
    query: &Query<'_>,
    options: &PlanOptions<'_>,
    estimate: &Estimate,
    limit: &Limit,
    why: &mut PlanReasons,
) -> Result<OpenRungs> {
    let rungs = snapshot.ladder.rungs();
    let all = OpenRungs::all(rungs.len());
    let mut open = all;
    if let Some(models) = options.models {
        open = open.only(rungs, |rung| models.contains(&rung.model));
        why.add_if(open != all, PlanReason::Models);
        if models.is_empty() {
            return Err(Error::invalid("models", "an empty list", "at least one model, or not given"));
        }
        if open.rungs == 0 {
            let known = rungs.iter().map(|rung| rung.model.as_str());
            return Err(Error::unknown("models", models.join(", "), known));
        }
    }
    if snapshot.particular {
        open = fitting(snapshot, query, estimate, open, why);
    }
    Ok(if snapshot.pays_all(estimate.input_tokens, limit) {
        open
    } else {
        paid(rungs, estimate, limit, open, why)
    })
}

/// The open rungs of which the ceiling pays the input and one answer, of the length that nine of ten such answers stay
/// within; all open rungs if it pays none. The dials are cut to the ceiling afterwards.
fn paid(
    rungs: &[Rung],
    estimate: &Estimate,
    limit: &Limit,
    open: OpenRungs,
    why: &mut PlanReasons,
) -> OpenRungs {
    let paid = open.only(rungs, |rung| {
        let answer = rung.answer_tokens.min(estimate.output_range.1.into());
        let usd = rung.prices().cost(estimate.input_tokens.into(), 0, answer).dollars();
        answer <= limit.tokens && usd <= limit.usd
    });
    if paid.rungs == 0 {
        return open;
    }
    why.add_if(paid != open, PlanReason::Unpaid);
    paid
}

/// The entry rung of a query: the lowest that has what it needs. The caller's list of models does not move it, or a caller could
/// make the highest rung the entry.
pub(super) fn entry(snapshot: &Snapshot, query: &Query<'_>, estimate: &Estimate) -> usize {
    let all = OpenRungs::all(snapshot.ladder.rungs().len());
    if !snapshot.particular {
        return 0;
    }
    fitting(snapshot, query, estimate, all, &mut PlanReasons::default()).nearest(0)
}

/// The open rungs that the cap on escalated spend pays: those up to the entry rung, and those above of which it pays the input and
/// one answer.
///
/// # Errors
/// [`Error::Denied`] when it pays none.
pub(super) fn funded(
    snapshot: &Snapshot,
    estimate: &Estimate,
    limit: &Limit,
    cap: Bound,
    open: OpenRungs,
    why: &mut PlanReasons,
) -> Result<OpenRungs> {
    let rungs = snapshot.ladder.rungs();
    let price = |rung: &Rung| {
        let answer = rung.answer_tokens.min(estimate.output_range.1.into());
        rung.prices().cost(estimate.input_tokens.into(), 0, answer).dollars()
    };
    let paid = open.only(rungs, |rung| price(rung) <= limit.escalated_usd);
    let funded = OpenRungs { rungs: paid.rungs | (open.rungs & up_to(limit.entry + 1)), ..open };
    if funded.rungs == 0 {
        let cheapest = rungs.iter().enumerate().filter(|(i, _)| open.has(*i)).map(|(_, rung)| price(rung));
        return Err(Error::denied(cap, cheapest.fold(f64::INFINITY, f64::min), limit.escalated_usd));
    }
    why.add_if(funded != open, PlanReason::Escalated);
    Ok(funded)
}

/// One eighth is added to estimated input tokens before they must fit a context window: on most kinds of text
/// tokenizers differ from the estimate by less.
const FIT_MARGIN: u64 = 8;

/// The open rungs that have what the query needs; all open rungs if none has.
fn fitting(
    snapshot: &Snapshot,
    query: &Query<'_>,
    estimate: &Estimate,
    open: OpenRungs,
    why: &mut PlanReasons,
) -> OpenRungs {
    let rungs = snapshot.ladder.rungs();
    // A capability that no rung lists excludes none; where rungs list others, the plan says so.
    let listed = |capability: &str| rungs.iter().any(|rung| rung.can(capability));
    let needed = query.request.needs();
    let lists = rungs.iter().any(|rung| !rung.capabilities.is_empty());
    why.add_if(lists && !needed.iter().flatten().all(|c| listed(c)), PlanReason::Unlisted);
    let fitting = open.only(rungs, |rung| {
        let room = rung.context_window.is_none_or(|window| {
            let input = u64::from(estimate.input_tokens);
            window >= input.saturating_add(input / FIT_MARGIN).saturating_add(rung.answer_tokens)
        });
        room && needed.iter().flatten().all(|c| rung.can(c) || !listed(c))
    });
    if fitting.rungs == 0 {
        why.add(PlanReason::NothingFits);
        return open;
    }
    why.add_if(fitting != open, PlanReason::Unfit);
    fitting
}

#[cfg(test)]
#[path = "../../tests/unit/governor/open.rs"]
mod tests;
