//! The mean score of a new policy against the logged one, from a log whose rungs were drawn by chance.
//!
//! ```text
//! weight w  = 1 / propensity if the log took the new rung, else 0
//! change  d = prediction(new) + w (score − prediction(logged)) − score
//! estimate  = mean of d: doubly robust (Dudík, Langford and Li, ICML 2011), minus the mean of the log
//! ```
//!
//! Rows on which both policies agree have d ≈ 0, so the evidence is in the rows that the log *tried*: it took the new
//! rung, and usually takes another (propensity ≤ 1/2). Two corrections keep the interval honest when these are few:
//!
//! 1. The rows behind an estimate are `(Σ x²)² / Σ x⁴` for `x = w − 1`: the number of equal rows with this spread.
//!    Fewer than [`MIN_ROWS`] give no interval, but the number that is missing.
//! 2. A few scores that happen to be alike have no variance. Two rows of score 0 and two of score 1 enter the variance
//!    (not the mean), as in the interval of Agresti and Coull (1998), and Student's t replaces the normal quantile.
//!
//! Rows of one group (a session) depend on each other. Sums per bucket of groups give the variance between groups, and
//! the larger variance counts. O(1) time a row, O(1) space. The sums of two parts of a log add up to the sums of both.

use crate::{Error, Result};

/// The fewest rows, as a number of equal rows, that give an interval.
pub const MIN_ROWS: f64 = 30.0;
/// Rows of each end of the scale that enter the variance.
const PSEUDO: f64 = 2.0;
/// Buckets of groups.
const BUCKETS: usize = 1_024;
/// The two-sided 95 % quantile of the normal distribution.
const Z: f64 = 1.959_964;

/// A graded decision of the log.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Graded {
    /// True if the new policy takes the logged rung.
    pub same: bool,
    /// Probability with which the logged rung was drawn, above 0 and at most 1.
    pub propensity: f64,
    /// Score of the answer, in [0, 1].
    pub score: f64,
    /// Predicted score of the logged rung, in [0, 1].
    pub predicted_logged: f64,
    /// Predicted score of the new rung, in [0, 1].
    pub predicted_new: f64,
    /// Digest of what the row depends on, such as its session.
    pub group: Option<u64>,
}

/// The sums of a log, or of a part of it.
///
/// ```
/// use rheostat::guarantee::{Graded, OffPolicy};
/// let mut sums = OffPolicy::default();
/// for i in 0..200 {
///     let row = Graded { same: i % 2 == 0, propensity: 0.5, score: f64::from(u8::from(i % 2 == 0)),
///         predicted_logged: 0.5, predicted_new: 0.5, group: None };
///     sums.add(&row)?;
/// }
/// let change = sums.change();
/// let interval = change.interval.expect("100 rows took the new rung");
/// assert!((0.3..=0.5).contains(&interval.low));
/// # Ok::<(), rheostat::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OffPolicy {
    sums: [f64; SUMS],
    /// Rows and Σ d by bucket of groups; empty if no row has a group.
    buckets: Vec<[f64; 2]>,
}

/// The change from the logged policy to the new one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// Graded decisions.
    pub graded: u64,
    /// Graded decisions that the new policy puts on another rung.
    pub differing: u64,
    /// Graded decisions on the new policy's rung, which the log takes at most every other time.
    pub tried: u64,
    /// Number of equal rows that the estimate rests on.
    pub rows: f64,
    /// Mean logged score; 0 without a row.
    pub score_logged: f64,
    /// Mean weight. Near 1 if the propensities are right and the log tried every rung of the new policy.
    pub mean_weight: f64,
    /// The change by importance weights alone (self-normalised), as a check; `None` if the log never took the new rung.
    pub weighted: Option<f64>,
    /// The change of the mean score, new minus logged; `None` if the log cannot tell.
    pub interval: Option<Interval>,
    /// The new policy's mean score; `None` if the log cannot tell.
    pub score_new: Option<Interval>,
    /// Graded decisions like these that are missing for an interval; `None` if the log never tried the new rung, or if
    /// none is missing.
    pub missing: Option<u64>,
}

/// An estimate with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The estimate.
    pub mean: f64,
    /// Lower end, not below the least value that there can be.
    pub low: f64,
    /// Upper end, not above the greatest value that there can be.
    pub high: f64,
}

// Places in `sums`. A row's value is its score plus its change; x = w − 1 on rows that took the new rung, e = score − prediction of the logged rung.
const ROWS: usize = 0;
const CHANGE: usize = 1;
const CHANGE2: usize = 2;
const SCORE: usize = 3;
const DIFFERING: usize = 4;
const UNTRIED: usize = 5;
const TRIED: usize = 6;
const TRIED_X2: usize = 7;
const TRIED_X4: usize = 8;
const TAKEN: usize = 9;
const X2: usize = 10;
const X4: usize = 11;
const X2E2: usize = 12;
const ENDS: usize = 13;
const WEIGHT: usize = 14;
const WEIGHTED: usize = 15;
const VALUE: usize = 16;
const VALUE2: usize = 17;
const SUMS: usize = 18;

impl OffPolicy {
    /// Adds a decision.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a propensity outside (0, 1], or a score or prediction outside [0, 1].
    pub fn add(&mut self, row: &Graded) -> Result<()> {
        if !(row.propensity > 0.0 && row.propensity <= 1.0) {
            return Err(Error::invalid("propensity", row.propensity, "above 0 and at most 1"));
        }
        for (name, value) in [
            ("score", row.score),
            ("predicted_logged", row.predicted_logged),
            ("predicted_new", row.predicted_new),
        ] {
            if !(0.0..=1.0).contains(&value) {
                return Err(Error::invalid(name, value, "between 0 and 1"));
            }
        }
        let weight = if row.same { 1.0 / row.propensity } else { 0.0 };
        let error = row.score - row.predicted_logged;
        let value = row.predicted_new + weight * error;
        let change = value - row.score;
        let sums = &mut self.sums;
        sums[ROWS] += 1.0;
        sums[CHANGE] += change;
        sums[CHANGE2] += change * change;
        sums[SCORE] += row.score;
        sums[VALUE] += value;
        sums[VALUE2] += value * value;
        sums[WEIGHT] += weight;
        sums[WEIGHTED] += weight * row.score;
        let usual = row.propensity > 0.5;
        if row.same {
            let x2 = (weight - 1.0) * (weight - 1.0);
            if !usual {
                sums[TRIED] += 1.0;
                sums[TRIED_X2] += x2;
                sums[TRIED_X4] += x2 * x2;
            }
            sums[TAKEN] += 1.0;
            sums[X2] += x2;
            sums[X4] += x2 * x2;
            sums[X2E2] += x2 * error * error;
            let p = row.predicted_logged;
            sums[ENDS] += p * p + (1.0 - p) * (1.0 - p);
        } else {
            sums[DIFFERING] += 1.0;
            sums[UNTRIED] += f64::from(u8::from(usual));
        }
        if let Some(group) = row.group {
            if self.buckets.is_empty() {
                self.buckets = vec![[0.0; 2]; BUCKETS];
            }
            let bucket = &mut self.buckets[(group % BUCKETS as u64) as usize];
            bucket[0] += 1.0;
            bucket[1] += change;
        }
        Ok(())
    }

    /// Adds the sums of another part of the log.
    pub fn merge(&mut self, other: &Self) {
        if self.buckets.is_empty() && !other.buckets.is_empty() {
            self.buckets = vec![[0.0; 2]; BUCKETS];
        }
        let mine = self.sums.iter_mut().chain(self.buckets.as_flattened_mut());
        for (mine, theirs) in mine.zip(other.sums.iter().chain(other.buckets.as_flattened())) {
            *mine += theirs;
        }
    }

    /// The sums as numbers, for a file: 18, and 2,048 more if a row had a group.
    pub fn to_sums(&self) -> Vec<f64> {
        self.sums.iter().chain(self.buckets.as_flattened()).copied().collect()
    }

    /// Reads the numbers of [`to_sums`](Self::to_sums).
    ///
    /// # Errors
    /// [`Error::Invalid`] for another count of numbers, one that is not finite, or a negative count of rows.
    pub fn from_sums(sums: &[f64]) -> Result<Self> {
        let (head, rest) = sums.split_at_checked(SUMS).unwrap_or((&[], sums));
        let buckets = rest.as_chunks::<2>().0.to_vec();
        if head.is_empty() || (!rest.is_empty() && rest.len() != 2 * BUCKETS) {
            let bound = format!("{SUMS} or {}", SUMS + 2 * BUCKETS);
            return Err(Error::invalid("sums: numbers", sums.len(), bound));
        }
        if let Some(i) = sums.iter().position(|sum| !sum.is_finite()) {
            return Err(Error::invalid(format!("sums[{i}]"), sums[i], "a finite number"));
        }
        if let Some(i) = (0..SUMS).find(|&i| i != CHANGE && i != VALUE && head[i] < 0.0) {
            return Err(Error::invalid(format!("sums[{i}]"), head[i], "at least 0"));
        }
        let mut read = Self { sums: [0.0; SUMS], buckets };
        read.sums.copy_from_slice(head);
        Ok(read)
    }

    /// The change of the mean score.
    pub fn change(&self) -> Change {
        let [rows, differing, tried] = [ROWS, DIFFERING, TRIED].map(|i| self.sums[i]);
        let taken = equal_rows(self.sums[X2], self.sums[X4]);
        // Where the new policy leaves the log's usual rung, only trials of the new rung count.
        let leaves = tried + self.sums[UNTRIED] > 0.0;
        let behind =
            if leaves { taken.min(equal_rows(self.sums[TRIED_X2], self.sums[TRIED_X4])) } else { taken };
        let behind = self.groups().map_or(behind, |groups| behind.min(groups));
        let told = rows > 1.0 && (differing + tried == 0.0 || behind >= MIN_ROWS);
        let missing =
            (!told && behind > 0.0).then(|| (rows * (MIN_ROWS / behind - 1.0)).ceil().max(1.0) as u64);
        Change {
            graded: rows as u64,
            differing: differing as u64,
            tried: tried as u64,
            rows: behind,
            score_logged: self.sums[SCORE] / rows.max(1.0),
            mean_weight: self.sums[WEIGHT] / rows.max(1.0),
            weighted: (self.sums[WEIGHT] > 0.0)
                .then(|| self.sums[WEIGHTED] / self.sums[WEIGHT] - self.sums[SCORE] / rows),
            interval: told.then(|| self.interval((CHANGE, CHANGE2), taken, behind, -1.0)),
            score_new: told.then(|| self.interval((VALUE, VALUE2), taken, behind, 0.0)),
            missing,
        }
    }

    /// The interval of the mean of a sum and its squares. Both means are within [least, 1].
    fn interval(&self, (sum, squares): (usize, usize), taken: f64, behind: f64, least: f64) -> Interval {
        let rows = self.sums[ROWS];
        let mean = self.sums[sum] / rows;
        // Rows of either end of the scale, with the mean weight, enter the variance.
        let ends = PSEUDO * self.sums[ENDS] / self.sums[TAKEN].max(1.0);
        let with_ends = if taken > 0.0 {
            (self.sums[X2E2] + ends * self.sums[X2] / taken) * taken / (taken + 2.0 * PSEUDO)
        } else {
            0.0
        };
        let squares = self.sums[squares] + (with_ends - self.sums[X2E2]).max(0.0);
        let apart = (squares / rows - mean * mean).max(0.0) / (rows - 1.0);
        let variance = apart.max(self.between_groups());
        let half = student(behind.max(MIN_ROWS) - 1.0) * variance.sqrt();
        Interval { mean, low: (mean - half).clamp(least, 1.0), high: (mean + half).clamp(least, 1.0) }
    }

    /// Variance of the mean change, from the spread between buckets of groups.
    fn between_groups(&self) -> f64 {
        let mean = self.sums[CHANGE] / self.sums[ROWS];
        let Some(used) = self.groups().filter(|&used| used > 1.0) else { return 0.0 };
        let squares: f64 =
            self.buckets.iter().map(|[rows, sum]| (sum - rows * mean) * (sum - rows * mean)).sum();
        used / (used - 1.0) * squares / (self.sums[ROWS] * self.sums[ROWS])
    }

    /// Number of buckets in use; `None` if some row has no group.
    fn groups(&self) -> Option<f64> {
        let rows: f64 = self.buckets.iter().map(|bucket| bucket[0]).sum();
        let used = self.buckets.iter().filter(|bucket| bucket[0] > 0.0).count();
        (rows > 0.0 && rows >= self.sums[ROWS]).then_some(used as f64)
    }
}

/// Number of equal rows whose spread is that of rows with these sums.
fn equal_rows(x2: f64, x4: f64) -> f64 {
    if x4 > 0.0 { x2 * x2 / x4 } else { 0.0 }
}

/// The two-sided 95 % quantile of Student's t, by the first terms of its expansion (Abramowitz and Stegun, 26.7.5): within
/// 0.0005 from 29 degrees of freedom on.
fn student(freedom: f64) -> f64 {
    let z3 = Z * Z * Z;
    Z + (z3 + Z) / (4.0 * freedom) + (5.0 * z3 * Z * Z + 16.0 * z3 + 3.0 * Z) / (96.0 * freedom * freedom)
}

#[cfg(test)]
mod tests {
    use super::student;

    #[test]
    fn students_quantile_is_the_tables() {
        for (freedom, table) in [(29.0, 2.045_2), (60.0, 2.000_3), (100.0, 1.984_0)] {
            assert!((student(freedom) - table).abs() < 5e-4, "{freedom}: {}", student(freedom));
        }
    }
}
