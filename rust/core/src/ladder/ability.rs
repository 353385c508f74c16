//! What a rung is able to do: given, moved from a rung that is given, or assumed from its place.
//!
//! Each dial moves ability, in logits, along a curve of its own. The default shapes are rounded from published
//! ramps: a reasoning model's efforts gain about half a logit for each doubling of its thinking on competition
//! mathematics and much less on knowledge questions; a majority of five gains a quarter of a logit on arithmetic word
//! problems and next to nothing on medicine. They are meant to be replaced by a deployment's own outcomes.

use super::rung::Rung;
use crate::math::{ln, logit, sigmoid};

/// Expected accuracy, and whether it is a guess.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ability {
    /// In (0, 1), with thinking, samples and depth reckoned in.
    pub value: f64,
    /// The same in logits.
    pub logit: f64,
    /// Whether it follows from the rung's place on the ladder alone.
    pub assumed: bool,
}

/// Logits for each doubling of thinking beyond the first thousand tokens, and the most that thinking gives.
const THINKING: (f64, f64) = (0.35, 1.6);
/// Logits for each doubling of samples, and the most that samples give.
const SAMPLES: (f64, f64) = (0.12, 0.6);
/// Logits for each further round, and the most that rounds give.
const DEPTH: (f64, f64) = (0.15, 0.45);
/// The assumed accuracies of the lowest and the highest model of a ladder, at once and with one sample; a ladder of
/// one model has their middle.
const ASSUMED: (f64, f64) = (0.55, 0.85);
/// An ability is never said to be surer than this.
const SUREST: f64 = 6.0;

fn doublings(x: f64) -> f64 {
    ln(1.0 + x) / std::f64::consts::LN_2
}

fn curve((each, most): (f64, f64), times: f64) -> f64 {
    (each * times).clamp(0.0, most)
}

/// What a thinking budget adds to a model's ability, in logits: 0 without one.
pub fn thinking_logits(tokens: u64) -> f64 {
    curve(THINKING, doublings(tokens as f64 / 1_024.0))
}

/// What a vote among so many samples adds, in logits: 0 for one.
pub fn sample_logits(samples: u32) -> f64 {
    curve(SAMPLES, doublings(f64::from(samples) - 1.0))
}

/// What so many rounds add, in logits: 0 for one.
pub fn depth_logits(depth: u32) -> f64 {
    curve(DEPTH, f64::from(depth) - 1.0)
}

/// What a rung's dials add to its model's ability, in logits: 0 without thinking, with one sample and one round.
pub fn dial_logits(rung: &Rung) -> f64 {
    thinking_logits(rung.thinking_tokens) + sample_logits(rung.samples) + depth_logits(rung.depth)
}

/// The ability of each rung of a ladder.
///
/// A given ability is that of the rung as it stands. A rung without one whose model has a rung with one is moved from
/// that (the nearest on the ladder) by the difference of their dials. The rest is assumed: models in the order in
/// which the ladder first names them, evenly between two accuracies, plus what their dials add.
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
mod tests {
    use super::*;

    fn rung(model: &str, thinking: u64, samples: u32, ability: Option<f64>) -> Rung {
        Rung {
            thinking_tokens: thinking,
            samples,
            ability,
            ..Rung::new(format!("{model}{thinking}{samples}"), model)
        }
    }

    #[test]
    fn given_abilities_stand_and_move_along_the_dials() {
        let rungs = [rung("a", 0, 1, Some(0.6)), rung("a", 4_096, 1, None), rung("b", 0, 5, None)];
        let abilities = abilities(&rungs);
        assert!((abilities[0].value - 0.6).abs() < 1e-12 && !abilities[0].assumed);
        assert!(abilities[1].value > 0.7 && !abilities[1].assumed);
        assert!(abilities[2].assumed);
    }

    #[test]
    fn every_dial_raises_an_assumed_ability() {
        let base = dial_logits(&rung("a", 0, 1, None));
        assert!(base.abs() < 1e-12);
        assert!(dial_logits(&rung("a", 1_024, 1, None)) > base && dial_logits(&rung("a", 0, 2, None)) > base);
        let huge = Rung { depth: 64, ..rung("a", 1 << 40, 1_024, None) };
        assert!((dial_logits(&huge) - (THINKING.1 + SAMPLES.1 + DEPTH.1)).abs() < 1e-12);
        let models: Vec<_> = ["a", "b", "c"].map(|m| rung(m, 0, 1, None)).into();
        assert!(abilities(&models).windows(2).all(|w| w[0].value < w[1].value));
    }
}
