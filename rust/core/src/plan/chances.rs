//! P(correct) of all rungs of a ladder at once.
#![allow(clippy::inline_always)] // so that the code is compiled with the instructions of its caller (`simd::widest`)

use crate::estimate::{Estimate, View, sigmoid_plainly};
use crate::simd::widest::{Work, widest};

/// A vector of doubles.
const LANES: usize = 4;
/// Ladders of up to 8 rungs need no heap.
const FEW: usize = 8;

type Lanes = [f64; LANES];

/// Abilities of a vector of rungs, in logits, and whether each has a head.
type Abilities = (Lanes, [bool; LANES]);

/// The map from an estimate to each rung's chance.
#[derive(Debug, Clone)]
pub(crate) struct Views {
    each: Box<[View]>,
    /// The rungs, padded to whole vectors.
    abilities: Box<[Abilities]>,
    /// True if the chance of any rung is not the prior's.
    learned: bool,
}

/// P(correct) of the rungs of a ladder for one query.
pub(crate) struct Chances {
    few: [Lanes; FEW / LANES],
    many: Vec<Lanes>,
    count: usize,
}

impl Views {
    pub(crate) fn new(views: impl Iterator<Item = View>) -> Self {
        let views: Box<[View]> = views.collect();
        let ability = |view: Option<&View>| view.map_or(0.0, |view| view.ability);
        let vector = |part: &[View]| {
            let of = |l: usize| part.get(l);
            (
                std::array::from_fn(|l| ability(of(l))),
                std::array::from_fn(|l| of(l).is_some_and(View::learned)),
            )
        };
        let abilities = views.chunks(LANES).map(vector).collect();
        let learned = views.iter().any(|view| *view != View::prior(view.ability));
        Self { each: views, abilities, learned }
    }

    /// The chance of one rung; past the top, that of the top rung.
    pub(crate) fn of(&self, estimate: &Estimate, rung: usize) -> f64 {
        let view = self.each.get(rung).or(self.each.last());
        view.map_or(0.5, |view| estimate.p_correct_of(view))
    }

    /// The chances of all rungs.
    pub(crate) fn all(&self, estimate: &Estimate) -> Chances {
        let mut chances =
            Chances { few: [[0.5; LANES]; FEW / LANES], many: Vec::new(), count: self.each.len() };
        if chances.count > FEW {
            chances.many = vec![[0.5; LANES]; self.abilities.len()];
        }
        widest(AtOnce { estimate, abilities: &self.abilities, chances: chances.lanes() });
        if self.learned {
            for (chance, view) in chances.as_mut().iter_mut().zip(&self.each) {
                *chance = view.chance(*chance, &estimate.heads);
            }
        }
        chances
    }
}

impl Chances {
    fn lanes(&mut self) -> &mut [Lanes] {
        if self.count > FEW { &mut self.many } else { &mut self.few }
    }

    pub(crate) fn as_mut(&mut self) -> &mut [f64] {
        let count = self.count;
        &mut self.lanes().as_flattened_mut()[..count]
    }

    pub(crate) fn as_slice(&self) -> &[f64] {
        let lanes = if self.count > FEW { &self.many[..] } else { &self.few };
        &lanes.as_flattened()[..self.count]
    }
}

/// The prior's chances, one vector of rungs at a time.
struct AtOnce<'a> {
    estimate: &'a Estimate,
    abilities: &'a [Abilities],
    chances: &'a mut [Lanes],
}

impl Work for AtOnce<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let mut vectors = self.chances.iter_mut().zip(self.abilities);
        // Most ladders are one vector: outside the loop it is compiled without one.
        if let Some((chances, abilities)) = vectors.next() {
            one_vector(self.estimate, chances, abilities);
        }
        for (chances, abilities) in vectors {
            one_vector(self.estimate, chances, abilities);
        }
    }
}

#[inline(always)]
fn one_vector(estimate: &Estimate, chances: &mut Lanes, (abilities, learned): &Abilities) {
    for l in 0..LANES {
        chances[l] = sigmoid_plainly(estimate.prior_logit(abilities[l], learned[l]));
    }
}

#[cfg(test)]
#[path = "../../tests/unit/plan/chances.rs"]
mod tests;
