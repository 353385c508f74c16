//! Stopping boundaries in the plane of votes for (`a`) and against (`b`) a leader.
//!
//! ```text
//! P(p₁ > ½ | a, b) = 1 − P(Bin(a + b + 1, ½) ≤ b)          uniform prior: a binomial tail
//! boundary(b)      = the smallest a at which a condition holds; it never falls as b grows
//! walk: b + 1, then a + 1 until the condition holds; each step updates the tail by Pascal's rule
//! ```
//!
//! One walk of at most `cap` steps of O(1) finds the whole boundary.

/// Up to this many trials the tail is a ratio of 128-bit integers, rounded once.
const EXACT: u32 = 120;

/// For each `b`, the smallest `a ≥ b` with `P(p₁ > ½ | a, b) ≥ confidence`; ends where `a + b` would pass `cap`. `cap`
/// is at most [`MAX_CAP`](super::MAX_CAP), so each entry fits 16 bits.
pub(super) fn beta_boundary(confidence: f64, cap: u32) -> Vec<u16> {
    let mut frontier = Frontier::new(cap);
    frontier.at(cap / 2, |point| 1.0 - point.tail() >= confidence);
    frontier.needed
}

/// `P(p₁ ≤ ½ | a, b)` under a uniform prior: the probability that the leader of two is not the likelier answer.
pub(super) fn beta_doubt(a: u32, b: u32) -> f64 {
    // Along the diagonal first: far from it the last term would underflow.
    let mut point = Point::start();
    for _ in 0..a.min(b) {
        point.against();
        point.for_leader();
    }
    for _ in b..a {
        point.for_leader();
    }
    for _ in a..b {
        point.against();
    }
    point.tail()
}

/// A boundary, computed as far as it was asked for. The condition must be monotone: votes for the leader help, votes
/// against hurt.
#[derive(Debug, Clone)]
pub(super) struct Frontier {
    needed: Vec<u16>,
    at: Point,
    cap: u32,
    ended: bool,
}

impl Frontier {
    pub(super) fn new(cap: u32) -> Self {
        Self { needed: Vec::new(), at: Point::start(), cap, ended: false }
    }

    /// The votes needed against `b`; None where `a + b` would pass the cap. Pass the same condition at each call.
    pub(super) fn at(&mut self, b: u32, holds: impl Fn(&Point) -> bool) -> Option<u32> {
        while self.needed.len() <= b as usize && !self.ended {
            self.step(&holds);
        }
        self.needed.get(b as usize).map(|&a| u32::from(a))
    }

    fn step(&mut self, holds: &impl Fn(&Point) -> bool) {
        let b = self.needed.len() as u32;
        if b > self.at.b {
            self.at.against();
        }
        while self.at.a < b || !holds(&self.at) {
            if self.at.a + b >= self.cap {
                self.ended = true;
                return;
            }
            self.at.for_leader();
        }
        self.needed.push(self.at.a as u16);
    }
}

/// A point of the walk, with `n = a + b + 1` trials: the tail `Σ_{j ≤ b} C(n, j)` and its last term.
#[derive(Debug, Clone, Copy)]
pub(super) struct Point {
    pub(super) a: u32,
    pub(super) b: u32,
    sum: Weight,
    last: Weight,
}

/// A sum of binomial coefficients: an integer while that is exact, then a probability.
#[derive(Debug, Clone, Copy)]
enum Weight {
    Whole(u128),
    Part(f64),
}

impl Point {
    /// No votes, one trial: `C(1, 0) = 1` of 2.
    fn start() -> Self {
        Self { a: 0, b: 0, sum: Weight::Whole(1), last: Weight::Whole(1) }
    }

    fn trials(&self) -> u32 {
        self.a + self.b + 1
    }

    /// `P(Bin(a + b + 1, ½) ≤ b) = P(p₁ ≤ ½ | a, b)` under a uniform prior.
    pub(super) fn tail(&self) -> f64 {
        probability(self.sum, self.trials())
    }

    /// One more vote for the leader: the tail over `n + 1` is twice that over `n`, less its last term (Pascal's rule).
    fn for_leader(&mut self) {
        self.round();
        let (n, b) = (self.trials(), self.b);
        match (&mut self.sum, &mut self.last) {
            (Weight::Whole(sum), Weight::Whole(last)) => {
                *sum = 2 * *sum - *last;
                *last = *last * u128::from(n + 1) / u128::from(n + 1 - b);
            }
            (Weight::Part(sum), Weight::Part(last)) => {
                *sum -= *last / 2.0;
                *last *= f64::from(n + 1) / (2.0 * f64::from(n + 1 - b));
            }
            _ => {}
        }
        self.a += 1;
    }

    /// One more vote against: the tail gains half of the next term over `n`.
    fn against(&mut self) {
        self.round();
        let (n, b) = (self.trials(), self.b);
        match (&mut self.sum, &mut self.last) {
            (Weight::Whole(sum), Weight::Whole(last)) => {
                let next = *last * u128::from(n - b) / u128::from(b + 1);
                *sum = 2 * *sum + next;
                // C(n + 1, b + 1) = C(n, b + 1) + C(n, b).
                *last += next;
            }
            (Weight::Part(sum), Weight::Part(last)) => {
                let next = *last * f64::from(n - b) / f64::from(b + 1);
                *sum += next / 2.0;
                *last = f64::midpoint(*last, next);
            }
            _ => {}
        }
        self.b += 1;
    }

    /// Switches to probabilities before integers could overflow.
    fn round(&mut self) {
        if self.trials() == EXACT {
            let n = self.trials();
            self.sum = Weight::Part(probability(self.sum, n));
            self.last = Weight::Part(probability(self.last, n));
        }
    }
}

fn probability(weight: Weight, trials: u32) -> f64 {
    match weight {
        Weight::Whole(sum) => sum as f64 / 2.0_f64.powi(trials as i32),
        Weight::Part(p) => p,
    }
}

#[cfg(test)]
#[path = "../../tests/unit/vote/boundary.rs"]
mod tests;
