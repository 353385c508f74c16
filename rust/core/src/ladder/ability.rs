//! The ability of rungs: given, derived from a given rung of the same model, or assumed from the place on the ladder.
//!
//! ```text
//! logit(ability) = base(model) + thinking(tokens) + votes(samples) + rounds(depth)      each capped
//! ```
//!
//! The curves are rounded from published results: on competition mathematics a reasoning model gains about half a logit
//! per doubling of its thinking, on knowledge questions much less; a majority of five gains a quarter of a logit on
//! arithmetic word problems and next to nothing on medicine. A deployment's outcomes should replace them.

use super::dials::Dials;
use super::rung::Rung;
use crate::math::{ln, logit, sigmoid};

/// The expected accuracy of a rung.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ability {
    /// Accuracy in (0, 1), with thinking, samples and depth.
    pub value: f64,
    /// Accuracy in logits.
    pub logit: f64,
    /// True if it follows from the rung's place on the ladder alone.
    pub assumed: bool,
}

/// Logits per doubling of thinking beyond the first thousand tokens, and their cap.
const THINKING: (f64, f64) = (0.35, 1.6);
/// Logits per doubling of samples, and their cap.
const SAMPLES: (f64, f64) = (0.12, 0.6);
/// Logits per further round, and their cap.
const DEPTH: (f64, f64) = (0.15, 0.45);
/// Assumed accuracies of a ladder's lowest and highest model, without thinking and with one sample; the only model of
/// a ladder has their middle.
const ASSUMED: (f64, f64) = (0.55, 0.85);
/// Bound on the logit of an ability, either way.
const SUREST: f64 = 6.0;

fn doublings(x: f64) -> f64 {
    ln(1.0 + x) / std::f64::consts::LN_2
}

fn curve((each, most): (f64, f64), times: f64) -> f64 {
    (each * times).clamp(0.0, most)
}

/// Gain of a thinking budget over none, in logits.
pub fn thinking_logits(tokens: u64) -> f64 {
    curve(THINKING, doublings(tokens as f64 / 1_024.0))
}

/// Gain of a vote among `samples` over one sample, in logits.
pub fn sample_logits(samples: u32) -> f64 {
    curve(SAMPLES, doublings(f64::from(samples) - 1.0))
}

/// Gain of `depth` rounds over one, in logits.
pub fn depth_logits(depth: u32) -> f64 {
    curve(DEPTH, f64::from(depth) - 1.0)
}

/// Gain of a rung's dials over no thinking, one sample and one round, in logits.
pub fn dial_logits(rung: &Rung) -> f64 {
    logits(&Dials::of(rung))
}

fn logits(dials: &Dials) -> f64 {
    thinking_logits(dials.thinking_tokens) + sample_logits(dials.samples) + depth_logits(dials.depth)
}

/// P(correct) of a rung whose dials were cut, from that of the whole rung.
pub(crate) fn with_dials(p_correct: f64, rung: &Rung, dials: &Dials) -> f64 {
    let lost = dial_logits(rung) - logits(dials);
    if lost > 0.0 && p_correct > 0.0 && p_correct < 1.0 {
        sigmoid(logit(p_correct) - lost)
    } else {
        p_correct
    }
}

/// The ability of each rung of a ladder.
///
/// A given ability is that of the whole rung. Another rung of the same model is derived from it (the nearest on the
/// ladder) by the difference of their dials. The rest is assumed: models in the order of the ladder, evenly between two
/// accuracies, plus the gain of their dials.
pub(super) fn abilities(rungs: &[Rung]) -> Vec<Ability> {
    let mut models: Vec<&str> = Vec::new();
    for rung in rungs {
        if !models.contains(&rung.model.as_str()) {
            models.push(&rung.model);
        }
    }
    let of = |i: usize, rung: &Rung| {
        if let Some(given) = rung.ability {
            return (logit(given), false);
        }
        let distance = |(j, _): &(usize, &Rung)| j.abs_diff(i);
        let kin = rungs.iter().enumerate().filter(|(_, r)| r.model == rung.model && r.ability.is_some());
        if let Some((_, kin)) = kin.min_by_key(distance) {
            let base = logit(kin.ability.unwrap_or(0.5)) - dial_logits(kin);
            return (base + dial_logits(rung), false);
        }
        let place = models.iter().position(|m| *m == rung.model).unwrap_or(0);
        let share = if models.len() > 1 { place as f64 / (models.len() - 1) as f64 } else { 0.5 };
        let (low, high) = (logit(ASSUMED.0), logit(ASSUMED.1));
        (low + share * (high - low) + dial_logits(rung), true)
    };
    rungs
        .iter()
        .enumerate()
        .map(|(i, rung)| {
            let (logit, assumed) = of(i, rung);
            let logit = logit.clamp(-SUREST, SUREST);
            Ability { value: sigmoid(logit), logit, assumed }
        })
        .collect()
}

#[cfg(test)]
#[path = "../../tests/unit/ladder/ability.rs"]
mod tests;
