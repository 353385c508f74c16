//! The posterior probability that the leader's share is the largest of all, by one-dimensional integration.
//!
//! A Dirichlet vector is a vector of independent gamma variables over their sum, so with the leader's density `f` and
//! the rivals' distribution functions `Fⱼ`
//!
//! ```text
//! P(p₁ is the largest) = ∫ f(x) Π Fⱼ(x) dx            Dirichlet
//!                      = ∫ f(x) Π Fⱼ(x) e^(−θ E₁(x)) dx   Dirichlet process: no unseen jump exceeds x
//! ```
//!
//! Shapes are integers, so each `Fⱼ` is a Poisson tail, and one running sum gives them all. In `u = ln x` the integrand
//! is analytic and falls fast on both sides, so the trapezoid rule converges geometrically: about 35 points for 1e-9.

use super::super::boundary::beta_boundary;
use super::super::counts::Counts;
use super::super::special::{exp, exponential_integral, ln, ln_factorial};

/// The most points. Shapes above 3 take fewer than 40.
const POINTS: usize = 96;

/// The rules `dirichlet` and `crp`.
#[derive(Debug, Clone)]
pub(in crate::vote) struct Largest {
    /// The mass of unseen answers; None for the Dirichlet over the answers seen.
    unseen: Option<f64>,
    confidence: f64,
    /// The boundary for two answers. Further rivals only lower the probability, so most calls end here.
    screen: Vec<u16>,
}

impl Largest {
    pub(super) fn new(unseen: Option<f64>, confidence: f64, cap: u32) -> Self {
        Self { unseen, confidence, screen: beta_boundary(confidence, cap) }
    }

    pub(super) fn sure(&self, counts: &Counts) -> bool {
        let (first, second) = (counts.first(), counts.second());
        // A Dirichlet process has no prior vote per answer: two alone are as with one vote less each.
        let less = u32::from(self.unseen.is_some());
        let needed =
            |against: u32| self.screen.get(against as usize).map_or(u32::MAX, |needed| u32::from(*needed));
        let reached = second < less || first - less >= needed(second - less);
        if first == 0 || !reached || self.unseen.is_none() && counts.distinct() < 3 {
            return reached && first > 0;
        }
        let mut rivals = Vec::with_capacity(counts.distinct() as usize);
        rivals.extend(counts.iter().filter(|(id, _, _)| Some(*id) != counts.leader()).map(|(_, n, _)| n));
        largest(first, &mut rivals, self.unseen) >= self.confidence
    }
}

/// `P(the leader's share is the largest)` for its votes and its rivals'. Sorts the rivals.
pub(super) fn largest(first: u32, rivals: &mut [u32], unseen: Option<f64>) -> f64 {
    rivals.sort_unstable();
    // A uniform prior is one vote per answer; a Dirichlet process gives seen answers none.
    let prior = u32::from(unseen.is_none());
    let shape = first + prior;
    if shape == 0 {
        return 0.0;
    }
    let mut grid = Grid::new(shape);
    let mut rest = &*rivals;
    while let Some(&count) = rest.first() {
        let same = rest.iter().take_while(|&&n| n == count).count();
        grid.below(count + prior, same as i32);
        rest = rest.get(same..).unwrap_or_default();
    }
    if let Some(mass) = unseen {
        grid.no_larger_jump(mass);
    }
    grid.integral()
}

/// The integrand at all points, multiplied up factor by factor.
struct Grid {
    used: usize,
    step: f64,
    x: [f64; POINTS],
    value: [f64; POINTS],
    /// The latest Poisson probability and the sum up to it.
    term: [f64; POINTS],
    sum: [f64; POINTS],
    /// Number of Poisson probabilities in the sum.
    summed: u32,
}

impl Grid {
    /// Starts with the leader's gamma density in `u`: `x^s e^(−x) / Γ(s)`.
    fn new(shape: u32) -> Self {
        let s = f64::from(shape);
        let deviation = 1.0 / s.sqrt();
        let step = 0.42 * deviation;
        let low = ln(s) - 6.6 * deviation - 13.0 / s;
        let high = ln(s) + 6.6 * deviation;
        let used = (((high - low) / step) as usize + 2).min(POINTS);
        let mut grid = Self {
            used,
            step,
            x: [0.0; POINTS],
            value: [0.0; POINTS],
            term: [0.0; POINTS],
            sum: [0.0; POINTS],
            summed: 0,
        };
        // Poisson probabilities far below the lowest point's mean vanish, and the first ones would underflow.
        let lowest = exp(low);
        let start = (lowest - 12.0 * lowest.sqrt() - 40.0).max(0.0) as u32;
        let (ln_gamma, ln_start) = (ln_factorial(shape - 1), ln_factorial(start));
        for i in 0..used {
            let u = low + step * i as f64;
            let x = exp(u);
            grid.x[i] = x;
            grid.value[i] = exp(s * u - x - ln_gamma);
            grid.term[i] = exp(f64::from(start) * u - x - ln_start);
            grid.sum[i] = grid.term[i];
        }
        grid.summed = start + 1;
        grid
    }

    /// Multiplies by `P(Gamma(shape) ≤ x)` to a power: `1 − Σ_{i < shape} e^(−x) xⁱ / i!`.
    fn below(&mut self, shape: u32, power: i32) {
        while self.summed < shape {
            let inverse = 1.0 / f64::from(self.summed);
            for i in 0..self.used {
                self.term[i] *= self.x[i] * inverse;
                self.sum[i] += self.term[i];
            }
            self.summed += 1;
        }
        if self.summed > shape {
            // Below the first probability kept: the distribution function is 1.
            return;
        }
        for i in 0..self.used {
            let below = (1.0 - self.sum[i]).max(0.0);
            self.value[i] *= if power == 1 { below } else { below.powi(power) };
        }
    }

    fn no_larger_jump(&mut self, mass: f64) {
        for i in 0..self.used {
            self.value[i] *= exp(-mass * exponential_integral(self.x[i]));
        }
    }

    fn integral(&self) -> f64 {
        (self.value.iter().take(self.used).sum::<f64>() * self.step).min(1.0)
    }
}

#[cfg(test)]
#[path = "../../../tests/unit/vote/stop/gamma.rs"]
mod tests;
