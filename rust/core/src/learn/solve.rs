//! Ridge regression of all heads at once, in the dual, by conjugate gradients (Hestenes and Stiefel, 1952).
//!
//! With the rows' inputs X and their noise variances N, the dual solution is `a = (X Xᵀ + N)⁻¹ residuals`, and the weights
//! are `Xᵀ a`. The kernel `X Xᵀ` is never formed. One product with it takes two passes over the rows' terms:
//!
//! ```text
//! weights = Xᵀ a             scatter: each row adds a · x to its model's weights
//! (K + N) a = X weights + N a   gather: each row sums its terms' weights
//! ```
//!
//! The system is preconditioned by its diagonal and starts from the last solution. It takes at most 300 rounds; a few dozen
//! are usual.

use super::design::{Design, LEVEL};
use crate::estimate::inputs::{BUCKETS, INPUTS};

/// Residual, relative to the right-hand side, at which the solver stops.
const PRECISION: f64 = 1e-5;
const MOST_ROUNDS: usize = 300;

/// The weights of all heads.
#[derive(Debug, Clone)]
pub(super) struct Weights {
    /// By model, then by bucket. A query's terms carry the inverse document frequency, the weights do not.
    pub(super) terms: Vec<Vec<f64>>,
    pub(super) features: Vec<[f64; INPUTS.len()]>,
    pub(super) models: Vec<f64>,
    pub(super) rungs: Vec<f64>,
}

impl Weights {
    fn zero(design: &Design) -> Self {
        let models = design.models.len();
        Self {
            terms: vec![vec![0.0; 2 * BUCKETS]; models],
            features: vec![[0.0; INPUTS.len()]; models],
            models: vec![0.0; models],
            rungs: vec![0.0; design.rungs.len()],
        }
    }

    fn clear(&mut self) {
        for terms in &mut self.terms {
            terms.fill(0.0);
        }
        for features in &mut self.features {
            features.fill(0.0);
        }
        self.models.fill(0.0);
        self.rungs.fill(0.0);
    }

    /// Adds a case's dual weight to its head.
    fn scatter(&mut self, design: &Design, case: usize, weight: f64) {
        let case = &design.cases[case];
        let terms = &mut self.terms[case.model];
        for &(bucket, value) in design.terms(case.sketch) {
            terms[usize::from(bucket)] += weight * f64::from(value);
        }
        let features = self.features[case.model].iter_mut();
        for (sum, &x) in features.zip(design.features(case.sketch)) {
            *sum += weight * f64::from(x);
        }
        self.models[case.model] += weight * LEVEL;
        self.rungs[case.rung] += weight * LEVEL;
    }

    /// Value of a model's head on a query's words and features.
    pub(super) fn head(&self, design: &Design, sketch: usize, model: usize) -> f64 {
        let terms = &self.terms[model];
        let words: f64 = design
            .terms(sketch)
            .iter()
            .map(|&(bucket, value)| terms[usize::from(bucket)] * f64::from(value))
            .sum();
        let features = self.features[model].iter().zip(design.features(sketch));
        words + features.map(|(w, &x)| w * f64::from(x)).sum::<f64>()
    }

    /// Level of a rung: its own and its model's.
    pub(super) fn level(&self, design: &Design, rung: usize) -> f64 {
        self.rungs[rung] + self.models[design.rungs[rung].1]
    }
}

/// Solves for the chosen cases, starting from the dual `guess`. Returns the weights and the dual solution.
pub(super) fn solve(
    design: &Design,
    chosen: &[usize],
    residuals: &[f64],
    guess: &[f64],
) -> (Weights, Vec<f64>) {
    let mut system = System { design, chosen, weights: Weights::zero(design) };
    let diagonal: Vec<f64> = chosen.iter().map(|&i| system.diagonal(i)).collect();
    let mut dual = guess.to_vec();
    let mut rest = vec![0.0; chosen.len()];
    system.apply(&dual, &mut rest);
    for (rest, residual) in rest.iter_mut().zip(residuals) {
        *rest = residual - *rest;
    }
    let goal = PRECISION * PRECISION * dot(residuals, residuals);
    let mut scaled: Vec<f64> = rest.iter().zip(&diagonal).map(|(r, d)| r / d).collect();
    let mut direction = scaled.clone();
    let mut energy = dot(&rest, &scaled);
    let mut image = vec![0.0; chosen.len()];
    for _ in 0..MOST_ROUNDS {
        if dot(&rest, &rest) <= goal {
            break;
        }
        system.apply(&direction, &mut image);
        let step = energy / dot(&direction, &image);
        for i in 0..chosen.len() {
            dual[i] += step * direction[i];
            rest[i] -= step * image[i];
            scaled[i] = rest[i] / diagonal[i];
        }
        let next = dot(&rest, &scaled);
        let turn = next / energy;
        energy = next;
        for (direction, scaled) in direction.iter_mut().zip(&scaled) {
            *direction = scaled + turn * *direction;
        }
    }
    system.gather(&dual);
    (system.weights, dual)
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

struct System<'a> {
    design: &'a Design,
    chosen: &'a [usize],
    weights: Weights,
}

impl System<'_> {
    fn gather(&mut self, dual: &[f64]) {
        self.weights.clear();
        for (&case, &weight) in self.chosen.iter().zip(dual) {
            self.weights.scatter(self.design, case, weight);
        }
    }

    /// Writes `(K + N) dual` to `out`.
    fn apply(&mut self, dual: &[f64], out: &mut [f64]) {
        self.gather(dual);
        for (i, &number) in self.chosen.iter().enumerate() {
            let case = &self.design.cases[number];
            let value = self.weights.head(self.design, case.sketch, case.model);
            out[i] = value + self.weights.level(self.design, case.rung) + case.noise * dual[i];
        }
    }

    fn diagonal(&self, case: usize) -> f64 {
        let case = &self.design.cases[case];
        let words: f64 =
            self.design.terms(case.sketch).iter().map(|&(_, x)| f64::from(x) * f64::from(x)).sum();
        let features: f64 =
            self.design.features(case.sketch).iter().map(|&x| f64::from(x) * f64::from(x)).sum();
        words + features + 2.0 * LEVEL + case.noise
    }
}
