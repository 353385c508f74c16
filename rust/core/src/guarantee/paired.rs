//! An exact test for paired outcomes: on each unit a candidate is worse than the safest choice, better, or equal.
//!
//! ```text
//! z(worse, better) = (ε − (worse − better) / n) / √((w − ε²) / n)          w: the likeliest share of unequal units, if the mean is ε
//! p = γ + max over w of Σₘ P(Bin(n, w) = m) · P(Bin(m, (1 + ε/w) / 2) ≤ k(m))
//! k(m): the most worse ones among m unequal units whose z is at least the observed one
//! ```
//!
//! z is the score statistic of Tango (*Equivalence test and confidence interval for the difference in proportions for the
//! paired-sample design*, 1998). Its distribution depends on the unknown share of unequal units, so the p-value is the largest over
//! a confidence interval of that share, whose error γ is added (Berger and Boos, *P values maximized over a confidence set for the
//! nuisance parameter*, 1994). For a fixed number of units this takes about a third fewer labels than betting, which pays for the
//! right to stop at any time. Cost: the square root of the number of unequal units, times the points of the grid.

use super::binomial::{binomial_mass, binomial_tail};

/// Points of the grid over the share of unequal units. z hardly depends on the share: 12 points and 200 give p-values that are
/// equal to 0.3 % (`the_grid_is_fine_enough`).
const GRID: u32 = 12;
/// The part of δ that pays for the confidence interval of the share.
pub(super) const PART: f64 = 1e-3;
/// Standard deviations of a sum, beyond which it is left out, and the most probability that is left out there.
const REACH: (f64, f64) = (6.5, 1e-10);

/// The p-value of "the mean loss is above `limit`" when, of `units` units, a candidate lost 1 on `worse`, −1 on `better` and 0 on
/// the rest. It is valid for any number of units; `error` is the level that it will be compared with.
///
/// ```
/// use rheostat::guarantee::paired;
/// assert!(paired(1_000, 16, 10, 0.02, 0.05) < 0.02); // 0.6 points lost, at most 2 allowed
/// assert!(paired(1_000, 16, 0, 0.02, 0.05) > 0.1);
/// assert!(paired(500, 0, 0, 0.02, 0.05) < 1e-3);
/// ```
pub fn paired(units: u64, worse: u64, better: u64, limit: f64, error: f64) -> f64 {
    let test = Test { units: units as f64, limit };
    let unequal = worse.saturating_add(better);
    if units == 0 || unequal > units || !(limit > -1.0 && limit < 1.0) {
        return 1.0;
    }
    let z = test.z(worse as f64, better as f64);
    if z <= 0.0 {
        return 1.0;
    }
    let part = PART * error;
    let (low, high) = interval(units, unequal, part);
    (part + test.size(z, low, high)).min(1.0)
}

/// The test for a number of units and a limit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Test {
    pub(super) units: f64,
    pub(super) limit: f64,
}

impl Test {
    /// The score statistic.
    pub(super) fn z(self, worse: f64, better: f64) -> f64 {
        let (n, e) = (self.units, self.limit);
        // The likeliest share of better ones if the mean is the limit: the larger root of 2n x² − b x − better·e·(1 − e).
        let b = worse * (1.0 + e) + better * (1.0 - e) - 2.0 * e * n;
        let root = (b * b + 8.0 * n * better * e * (1.0 - e)).max(0.0).sqrt();
        let unequal = (((b + root) / (2.0 * n)).max(0.0) + e).max(e.abs());
        (e - (worse - better) / n) / ((unequal - e * e) / n).max(f64::MIN_POSITIVE).sqrt()
    }

    /// The largest probability of a statistic of at least `z`, over shares of unequal units between two bounds.
    pub(super) fn size(self, z: f64, low: f64, high: f64) -> f64 {
        self.size_on(GRID, z, low, high)
    }

    fn size_on(self, points: u32, z: f64, low: f64, high: f64) -> f64 {
        let low = low.max(self.limit.abs());
        let high = high.max(low);
        let at = |i: u32| low + (high - low) * f64::from(i) / f64::from(points - 1);
        let mut worst = Worst::new(self, z);
        (0..points).map(|i| self.reaches(&mut worst, at(i), self.limit)).fold(0.0, f64::max)
    }

    /// The probability of a statistic of at least `z` if a share of the units is unequal and the mean loss is `mean`.
    pub(super) fn power(self, z: f64, unequal: f64, mean: f64) -> f64 {
        self.reaches(&mut Worst::new(self, z), unequal, mean)
    }

    fn reaches(self, worst: &mut Worst, unequal: f64, mean: f64) -> f64 {
        let n = self.units;
        let share = if unequal > 0.0 { (0.5 * (1.0 + mean / unequal)).clamp(0.0, 1.0) } else { 0.5 };
        let (centre, spread) = (n * unequal, (n * unequal * (1.0 - unequal)).max(0.0).sqrt());
        // The part below 1 of a skewed sum reaches further up than a normal one does.
        let (low, high) = (centre - REACH.0 * spread, centre + REACH.0 * spread + 20.0);
        let (low, high) = (low.floor().max(0.0), high.ceil().min(n));
        let mut chance = REACH.1;
        let mut tail = Tail::new(share);
        let mut mass = binomial_mass(n, low, unequal);
        let odds = unequal / (1.0 - unequal);
        let mut m = low;
        while m <= high {
            if let Some(k) = worst.among(m) {
                chance += mass * tail.at(m, k);
            }
            // By ratio; anew where that says nothing, as at a share of 1 or where the mass vanishes.
            mass *= (n - m) / (m + 1.0) * odds;
            m += 1.0;
            if !(mass.is_finite() && mass > 1e-290) {
                mass = binomial_mass(n, m, unequal);
            }
        }
        chance.min(1.0)
    }
}

/// The most worse ones among each number of unequal units that reach a statistic.
struct Worst {
    test: Test,
    z: f64,
    /// By the number of unequal units from `from` on; −1 where even none of them reaches it.
    most: Vec<f64>,
    from: f64,
}

impl Worst {
    fn new(test: Test, z: f64) -> Self {
        Self { test, z, most: Vec::new(), from: 0.0 }
    }

    /// The most worse ones among `unequal` units; None if even none of them reaches the statistic.
    fn among(&mut self, unequal: f64) -> Option<f64> {
        if unequal < self.from || unequal > self.from + self.most.len() as f64 {
            (self.from, self.most) = (unequal, Vec::new());
        }
        let place = (unequal - self.from) as usize;
        if place == self.most.len() {
            let most = self.next(unequal);
            self.most.push(most);
        }
        self.most.get(place).copied().filter(|most| *most >= 0.0)
    }

    /// The number among `unequal`, from the one among one unit fewer: two steps of the statistic in place of a search.
    fn next(&self, unequal: f64) -> f64 {
        let reaches = |worse: f64| {
            let z = self.test.z(worse, unequal - worse);
            z >= self.z - 1e-12 * self.z.abs()
        };
        let mut most = self.most.last().copied().unwrap_or_else(|| {
            let (mut low, mut high) = (-1.0, unequal + 1.0);
            while high - low > 1.0 {
                let middle = f64::midpoint(low, high).floor();
                if reaches(middle) { low = middle } else { high = middle }
            }
            low
        });
        while most >= 0.0 && !reaches(most) {
            most -= 1.0;
        }
        while most < unequal && reaches(most + 1.0) {
            most += 1.0;
        }
        most
    }
}

/// `P(Bin(m, share) ≤ k)` for a rising m and slowly rising k: a step from one to the next costs four operations.
struct Tail {
    share: f64,
    m: f64,
    k: f64,
    below: f64,
    /// `P(Bin(m, share) = k)`.
    mass: f64,
}

impl Tail {
    fn new(share: f64) -> Self {
        Self { share, m: -2.0, k: 0.0, below: 0.0, mass: 0.0 }
    }

    fn at(&mut self, m: f64, k: f64) -> f64 {
        if k >= m {
            self.m = -2.0;
            return 1.0;
        }
        let (share, rest) = (self.share, 1.0 - self.share);
        // Whole numbers, so that a step is 0 or 1, or more.
        let near = m - self.m < 1.5 && k >= self.k && k - self.k < 1.5;
        if near && self.mass > 1e-290 && rest > 0.0 {
            if m - self.m > 0.5 {
                self.below -= share * self.mass;
                self.mass *= m / (m - self.k) * rest;
            }
            if k - self.k > 0.5 {
                self.mass *= (m - self.k) / k * (share / rest);
                self.below += self.mass;
            }
        } else {
            self.below = binomial_tail(m as u64, k as u64, share);
            self.mass = binomial_mass(m, k, share);
        }
        (self.m, self.k) = (m, k);
        self.below.clamp(0.0, 1.0)
    }
}

/// The exact interval of a share (Clopper and Pearson, 1934).
fn interval(units: u64, seen: u64, error: f64) -> (f64, f64) {
    let bisect = |above: &dyn Fn(f64) -> bool| {
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..40 {
            let middle = f64::midpoint(low, high);
            if above(middle) { high = middle } else { low = middle }
        }
        (low, high)
    };
    // Below the lower end the count is improbably large, above the upper end improbably small.
    let low =
        if seen == 0 { 0.0 } else { bisect(&|p| 1.0 - binomial_tail(units, seen - 1, p) > error / 2.0).0 };
    let high = if seen >= units { 1.0 } else { bisect(&|p| binomial_tail(units, seen, p) <= error / 2.0).1 };
    (low, high)
}

/// The shares that a sample of `units` may show of a share: four standard deviations, and one unit.
pub(super) fn around(units: f64, share: f64) -> (f64, f64) {
    let spread = 4.0 * (share * (1.0 - share) / units).max(0.0).sqrt() + 1.0 / units;
    ((share - spread).max(0.0), (share + spread).min(1.0))
}

#[cfg(test)]
#[path = "../../tests/unit/guarantee/paired.rs"]
mod tests;
