//! Warnings about a ladder under its policy and ceiling, for people.

use crate::ladder::{Card, Rung};
use crate::plan::Snapshot;
use crate::policy::Policy;

/// Below this, in US dollars per million tokens, a price is taken for one per token: a tenth of the cheapest that providers ask for.
const PER_TOKEN: f64 = 0.001;

/// Warns of rungs that no query can reach, that do not fit the ceiling, that are less able than the rung below, whose prices look
/// like prices per token, or whose model takes no budget for thinking.
pub(super) fn warnings(snapshot: &Snapshot) -> Vec<String> {
    let rungs = snapshot.ladder.rungs();
    let starts = starts(snapshot);
    let limit = snapshot.limit(0);
    let mut warnings = Vec::new();
    for (i, rung) in rungs.iter().enumerate() {
        let name = &rung.name;
        let by_ramp = (0..i).any(|from| starts[from] && i - from <= limit.escalations as usize);
        if !starts[i] && !by_ramp {
            warnings.push(format!("rung {name:?} can never be reached: {}", cause(snapshot, i)));
        }
        if !starts[i] && by_ramp {
            // From the nearest start below. Samples that were not sent come back, so some queries may reach it.
            let from = (0..i).rev().find(|from| starts[*from]).unwrap_or(0);
            let below = rungs[from..i].iter().map(|r| r.samples).fold(0, u32::saturating_add);
            if below >= limit.samples {
                let allowed = limit.samples;
                warnings.push(format!(
                    "rung {name:?} can never be reached once the rungs below have drawn their {below} samples: the ceiling allows {allowed}"
                ));
            }
        }
        if let Some(share) = unused(snapshot, i) {
            let start_max = &rungs[snapshot.ladder.start_max()].name;
            warnings.push(format!(
                "rung {name:?} has a share of {share} that no query can use: a prompt alone buys at most {start_max:?} (start_max), \
                 where its queries start"
            ));
        }
        let answer = rung.prices().cost(0, 0, rung.answer_tokens).dollars();
        if rung.answer_tokens > limit.tokens || answer > limit.usd {
            warnings.push(format!(
                "rung {name:?} does not fit its ceiling: room for its answer ({} tokens, ${answer:.6}) is more than {} tokens or ${}",
                rung.answer_tokens, limit.tokens, limit.usd
            ));
        }
        let dearest = rung.input_price.max(rung.output_price);
        if dearest > 0.0 && dearest < PER_TOKEN {
            warnings.push(format!(
                "rung {name:?} costs at most ${dearest} per million tokens, which looks like a price per token: give it per million"
            ));
        }
        if rung.thinking_tokens > 0 && Card::shipped(&rung.model).and_then(|card| card.thinks) == Some(false)
        {
            warnings.push(format!(
                "rung {name:?} has {} tokens for thinking, but {:?} takes no budget for thinking: they buy nothing",
                rung.thinking_tokens, rung.model
            ));
        }
        if i > 0 && snapshot.ladder.ability(i).logit < snapshot.ladder.ability(i - 1).logit {
            warnings.push(format!(
                "rung {name:?} is less able than {:?} below it ({:.2} against {:.2}): going up a rung would lose",
                rungs[i - 1].name,
                snapshot.ladder.ability(i).value,
                snapshot.ladder.ability(i - 1).value
            ));
        }
    }
    warnings.extend(budget(snapshot));
    warnings
}

/// The share that the operator gave to a rung above `start_max`.
fn unused(snapshot: &Snapshot, i: usize) -> Option<f64> {
    let Policy::Shares(shares) = &snapshot.policy else { return None };
    let share = shares.shares().and_then(|shares| shares.get(i)).copied().unwrap_or(0.0);
    (i > snapshot.ladder.start_max() && share > 0.0).then_some(share)
}

/// Warns of a budget that no shares cost.
fn budget(snapshot: &Snapshot) -> Option<String> {
    let Policy::Shares(shares) = &snapshot.policy else { return None };
    let (usd, (cheapest, dearest)) = shares.budget()?;
    let start_max = &snapshot.ladder.rungs()[snapshot.ladder.start_max()].name;
    if usd < cheapest {
        return Some(format!(
            "a budget of ${usd} per 1,000 queries is less than the lowest rung is expected to cost, ${cheapest:.6}: every query \
             starts there"
        ));
    }
    (usd > dearest).then(|| {
        format!(
            "a budget of ${usd} per 1,000 queries is more than {start_max:?} for every query is expected to cost, ${dearest:.6}: \
             every query starts there"
        )
    })
}

/// A flag per rung: true if some query can start on it.
fn starts(snapshot: &Snapshot) -> Vec<bool> {
    let ladder = &snapshot.ladder;
    let count = ladder.rungs().len();
    let mut starts: Vec<bool> = (0..count).map(|i| wanted(snapshot, i)).collect();
    let top = ladder.start_max();
    let above = starts.iter().skip(top + 1).any(|wanted| *wanted);
    if let Some(start_max) = starts.get_mut(top) {
        *start_max |= above;
    }
    for start in starts.iter_mut().skip(top + 1) {
        *start = false;
    }
    if let Some(default) = starts.get_mut(ladder.default()) {
        *default |= snapshot.policy.has_share(ladder.default());
    }
    starts
}

/// True if the policy chooses a rung for some query.
fn wanted(snapshot: &Snapshot, i: usize) -> bool {
    let rungs = snapshot.ladder.rungs();
    match &snapshot.policy {
        Policy::Threshold { thresholds } => {
            let low = if i == 0 { 0.0 } else { thresholds[i - 1] };
            let high = thresholds.get(i).copied().unwrap_or(2.0);
            low < high && low < 1.0 && high > 0.0
        }
        Policy::Shares(shares) => {
            shares.shares().is_some_and(|shares| shares.get(i).is_some_and(|share| *share > 0.0))
        }
        // The choice depends on chances alone, and any rung may be the lowest that is good enough.
        Policy::Guaranteed(_) => true,
        Policy::Utility { .. } | Policy::Paced(_) => {
            // A policy that looks ahead may choose a dominated rung for its doubts.
            !snapshot.doubts.is_empty() || (0..rungs.len()).all(|j| i == j || !dominates(snapshot, j, i))
        }
    }
}

/// True if rung `better` is, for any query, neither dearer nor less able than rung `worse`, and is preferred to it.
fn dominates(snapshot: &Snapshot, better: usize, worse: usize) -> bool {
    let (b, w): (&Rung, &Rung) = (&snapshot.ladder.rungs()[better], &snapshot.ladder.rungs()[worse]);
    let cheaper = b.input_price <= w.input_price
        && b.output_price <= w.output_price
        && b.thinking_tokens <= w.thinking_tokens
        && b.answer_tokens <= w.answer_tokens
        && u64::from(b.samples) + u64::from(b.depth) <= u64::from(w.samples) + u64::from(w.depth);
    let (b_able, w_able) = (snapshot.ladder.ability(better).logit, snapshot.ladder.ability(worse).logit);
    cheaper && b_able >= w_able && (better < worse || b_able > w_able)
}

fn cause(snapshot: &Snapshot, i: usize) -> &'static str {
    if i > snapshot.ladder.start_max() {
        "it is above start_max, and the ceiling allows too few escalations"
    } else if matches!(snapshot.policy, Policy::Shares(_)) {
        "its share is 0"
    } else if matches!(snapshot.policy, Policy::Threshold { .. }) {
        "its thresholds leave it no difficulty"
    } else {
        "another rung is as able and never dearer"
    }
}
