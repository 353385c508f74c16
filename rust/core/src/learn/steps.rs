//! Calibration of step scores, learned from paths and their outcomes.
//!
//! ```text
//! counts    per scorer and model, per row and column of a StepTable: paths that had this value after that number of steps, each at
//!           one over the paths of its query, and the sum of their outcomes with the same weights
//! mid       isotonic regression over the columns, with one more path at the row's mean in each
//! low       of a column: the largest lower bound of Clopper and Pearson over the runs of 1, 2, 4, 8 and 16 columns that end there
//! high      the least upper bound over the runs that begin there: chances rise, so a run's mean is between its ends
//! level     (1 − confidence) / 2, over all rows, columns and runs (Bonferroni)
//! ```
//!
//! Paths of one query share its difficulty, so together they weigh as one. The bounds take the next whole numbers that widen them.

use crate::artifact::bytes::{Bytes, put_f64, put_str, put_u32};
use crate::artifact::{Reader, Writer};
use crate::guarantee::{Betting, Side, binomial_tail};
use crate::math::ln;
use crate::strategy::{PathValue, StepChance, StepPath, StepTable};
use crate::{Error, Result};
use std::collections::BTreeMap;

const ROWS: usize = StepTable::ROWS;
const COLUMNS: usize = StepTable::COLUMNS;
/// Lengths of the runs of columns that a bound is taken over.
const RUNS: [usize; 5] = [1, 2, 4, 8, 16];
/// Most pairs of a scorer and a model.
const MOST_PAIRS: usize = 256;
/// Longest name, in bytes.
const MOST_NAME: usize = 256;
/// Sums of fractions are whole numbers to within this.
const ROUNDING: f64 = 1e-6;
/// The largest count of an artifact.
const MOST: f64 = 1e15;
/// Largest artifact: every pair with the longest names.
const MOST_BYTES: usize = MOST_PAIRS * (2 * (MOST_NAME + 4) + 8 + ROWS * COLUMNS * 16) + 1024;
const KIND: u64 = u64::from_le_bytes(*b"steps  1");

/// Paths of a cell, and their outcomes.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Count {
    paths: f64,
    right: f64,
}

impl Count {
    fn plus(self, other: Self) -> Self {
        Self { paths: self.paths + other.paths, right: self.right + other.right }
    }
}

/// Counts of one scorer and one model.
#[derive(Debug, Clone, Default, PartialEq)]
struct Counts {
    queries: f64,
    cells: [[Count; COLUMNS]; ROWS],
}

/// One path of a query: the scores of its steps in order, and how right it was, in [0, 1].
pub type ScoredPath<'a> = (&'a [f64], f64);

/// Counts of step scores and outcomes, per scorer and model.
#[derive(Debug, Clone, PartialEq)]
pub struct StepCalibration {
    value: PathValue,
    pairs: BTreeMap<(String, String), Counts>,
}

impl StepCalibration {
    /// Counts of nothing, of paths with this value.
    pub fn new(value: PathValue) -> Self {
        Self { value, pairs: BTreeMap::new() }
    }

    /// The value of a path.
    pub fn value(&self) -> PathValue {
        self.value
    }

    /// Counts the paths of one query. A path without scores says nothing.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a score or an outcome that is not in `[0, 1]`, a name that is blank or too long, or one pair too many.
    pub fn add(&mut self, scorer: &str, model: &str, paths: &[ScoredPath<'_>]) -> Result<()> {
        for (name, text) in [("scorer", scorer), ("model", model)] {
            if text.trim().is_empty() || text.len() > MOST_NAME {
                return Err(Error::invalid(
                    name,
                    format!("{text:?}"),
                    format!("1 to {MOST_NAME} bytes, not blank"),
                ));
            }
        }
        for (scores, right) in paths {
            let values = scores.iter().map(|score| ("score", score)).chain([("right", right)]);
            if let Some((name, value)) = values.into_iter().find(|(_, value)| !(0.0..=1.0).contains(*value)) {
                return Err(Error::invalid(name, value, "between 0 and 1"));
            }
        }
        let told = paths.iter().filter(|(scores, _)| !scores.is_empty()).count();
        if told == 0 {
            return Ok(());
        }
        let key = (scorer.to_owned(), model.to_owned());
        if !self.pairs.contains_key(&key) && self.pairs.len() >= MOST_PAIRS {
            return Err(Error::invalid(
                "pairs of scorer and model",
                self.pairs.len() + 1,
                format!("at most {MOST_PAIRS}"),
            ));
        }
        let counts = self.pairs.entry(key).or_default();
        counts.queries += 1.0;
        for (scores, right) in paths {
            let mut path = StepPath::default();
            // A path of many steps may pass a row several times: the value when it leaves the row counts.
            let mut rows = [None; ROWS];
            for (step, score) in (0..).zip(*scores) {
                path.add(step, *score);
                rows[StepTable::row(path.steps())] = path.value(self.value);
            }
            for (row, value) in rows.into_iter().enumerate() {
                let Some(value) = value else { continue };
                let cell = &mut counts.cells[row][StepTable::column(value)];
                *cell = cell.plus(Count { paths: 1.0 / told as f64, right: right / told as f64 });
            }
        }
        Ok(())
    }

    /// The pairs of a scorer and a model, with the number of their queries.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str, f64)> {
        self.pairs.iter().map(|((scorer, model), counts)| (scorer.as_str(), model.as_str(), counts.queries))
    }

    /// The table of a scorer and a model, whose bounds all hold with a confidence.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a confidence that is not between 0 and 1, or a pair that has no paths: its scores may rank, and decide
    /// nothing.
    pub fn table(&self, scorer: &str, model: &str, confidence: f64) -> Result<StepTable> {
        if !(confidence > 0.0 && confidence < 1.0) {
            return Err(Error::invalid("confidence", confidence, "above 0 and below 1"));
        }
        let Some(counts) = self.pairs.get(&(scorer.to_owned(), model.to_owned())) else {
            let bound = "a pair of scorer and model with graded paths: uncalibrated scores only rank";
            return Err(Error::invalid("calibration", format!("{scorer:?}, {model:?}"), bound));
        };
        let level = (1.0 - confidence) / 2.0 / (ROWS * COLUMNS * RUNS.len()) as f64;
        let cells = counts.cells.map(|row| table_row(&row, level));
        let (scorer, model) = (scorer.to_owned(), model.to_owned());
        Ok(StepTable { scorer, model, value: self.value, confidence, queries: counts.queries, cells })
    }

    /// Adds another one's counts; the order does not matter.
    ///
    /// # Errors
    /// [`Error::Invalid`] where paths have another value there, or for one pair too many.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        if self.value != other.value {
            let (theirs, ours) = (other.value.as_str(), self.value.as_str());
            return Err(Error::invalid("value", format!("{theirs:?}"), format!("{ours:?}")));
        }
        let new = other.pairs.keys().filter(|key| !self.pairs.contains_key(*key)).count();
        if self.pairs.len() + new > MOST_PAIRS {
            let bound = format!("at most {MOST_PAIRS}");
            return Err(Error::invalid("pairs of scorer and model", self.pairs.len() + new, bound));
        }
        for (key, theirs) in &other.pairs {
            let ours = self.pairs.entry(key.clone()).or_default();
            ours.queries += theirs.queries;
            for (mine, cell) in ours.cells.iter_mut().flatten().zip(theirs.cells.iter().flatten()) {
                *mine = mine.plus(*cell);
            }
        }
        Ok(())
    }

    /// An artifact of the counts.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = vec![(self.value == PathValue::Least).into()];
        put_u32(&mut out, self.pairs.len() as u32);
        for ((scorer, model), counts) in &self.pairs {
            put_str(&mut out, scorer);
            put_str(&mut out, model);
            put_f64(&mut out, counts.queries);
            for Count { paths, right } in counts.cells.iter().flatten() {
                put_f64(&mut out, *paths);
                put_f64(&mut out, *right);
            }
        }
        let mut writer = Writer::new(KIND);
        writer.section("counts", out);
        writer.finish()
    }

    /// Reads an artifact.
    ///
    /// # Errors
    /// [`Error::Artifact`] when it is damaged or holds impossible counts.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let reader = Reader::within(bytes, KIND, MOST_BYTES)?;
        let mut counts = Bytes::new("counts", reader.section("counts")?.bytes());
        let value = PathValue::ALL.get(usize::from(counts.u8()?)).copied();
        let mut all =
            Self::new(value.ok_or_else(|| counts.refused("a value that this library does not know"))?);
        for _ in 0..counts.count(16 + ROWS * COLUMNS * 16, MOST_PAIRS)? {
            let key = (counts.text(MOST_NAME)?, counts.text(MOST_NAME)?);
            let mut pair = Counts { queries: counts.f64_in(0.0, MOST)?, ..Counts::default() };
            for cell in pair.cells.iter_mut().flatten() {
                *cell = Count { paths: counts.f64_in(0.0, MOST)?, right: counts.f64_in(0.0, MOST)? };
                if cell.right > cell.paths * (1.0 + 1e-9) {
                    return Err(counts.refused("more right paths than paths"));
                }
            }
            if all.pairs.insert(key, pair).is_some() {
                return Err(counts.refused("one pair twice"));
            }
        }
        counts.end()?;
        Ok(all)
    }
}

/// The chances of one row.
fn table_row(counts: &[Count; COLUMNS], level: f64) -> [StepChance; COLUMNS] {
    let all = counts.iter().fold(Count::default(), |sum, count| sum.plus(*count));
    // Without a path nothing is known.
    let mean = if all.paths > 0.0 { all.right / all.paths } else { 0.5 };
    let mids = rising(counts, mean);
    let run = |columns: std::ops::Range<usize>| {
        counts[columns].iter().fold(Count::default(), |sum, count| sum.plus(*count))
    };
    let mut cells = [StepChance { low: 0.0, mid: mean, high: 1.0 }; COLUMNS];
    let mut low = 0.0_f64;
    for (column, cell) in cells.iter_mut().enumerate() {
        for length in RUNS.into_iter().filter(|length| *length <= column + 1) {
            low = low.max(lower(run(column + 1 - length..column + 1), level));
        }
        cell.low = low;
    }
    let mut high = 1.0_f64;
    for (column, cell) in cells.iter_mut().enumerate().rev() {
        for length in RUNS.into_iter().filter(|length| column + length <= COLUMNS) {
            high = high.min(upper(run(column..column + length), level));
        }
        cell.high = high;
    }
    for (cell, mid) in cells.iter_mut().zip(mids) {
        // Bounds that cross cannot both hold; the estimate stays between them.
        let (low, high) = (cell.low.min(cell.high), cell.high.max(cell.low));
        *cell = StepChance { low, mid: mid.clamp(low, high), high };
    }
    cells
}

/// Isotonic regression over the columns, with one more path at the mean in each.
fn rising(counts: &[Count; COLUMNS], mean: f64) -> [f64; COLUMNS] {
    let mut blocks: Vec<(f64, f64, usize)> = Vec::with_capacity(COLUMNS);
    for count in counts {
        blocks.push((count.right + mean, count.paths + 1.0, 1));
        while let [.., before, last] = blocks[..] {
            if before.0 * last.1 <= last.0 * before.1 {
                break;
            }
            blocks.truncate(blocks.len() - 2);
            blocks.push((before.0 + last.0, before.1 + last.1, before.2 + last.2));
        }
    }
    let (mut out, mut before) = ([mean; COLUMNS], 0.0_f64);
    let values =
        blocks.iter().flat_map(|(right, paths, columns)| std::iter::repeat_n(right / paths, *columns));
    for (slot, value) in out.iter_mut().zip(values) {
        // Blocks of equal means may round apart.
        before = before.max(value);
        *slot = before;
    }
    out
}

/// The lower bound of Clopper and Pearson for a mean of outcomes.
fn lower(count: Count, level: f64) -> f64 {
    let (paths, right) = ((count.paths - ROUNDING).ceil().max(0.0), (count.right + ROUNDING).floor());
    if right < 1.0 {
        return 0.0;
    }
    let right = right.min(paths);
    bisect(|p| 1.0 - binomial_tail(paths as u64, right as u64 - 1, p) <= level)
}

/// The upper bound.
fn upper(count: Count, level: f64) -> f64 {
    let (paths, right) = ((count.paths + ROUNDING).floor(), (count.right - ROUNDING).ceil().max(0.0));
    if right >= paths {
        return 1.0;
    }
    bisect(|p| binomial_tail(paths as u64, right as u64, p) > level)
}

/// The largest p in [0, 1] up to which a condition holds that holds at 0, to 2⁻⁴⁰.
fn bisect(holds: impl Fn(f64) -> bool) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..40 {
        let middle = f64::midpoint(low, high);
        if holds(middle) { low = middle } else { high = middle }
    }
    low
}

/// Watches a table in service: alarms when paths turn out worse than its lower bounds, or better than its upper ones.
///
/// The wealth of two gamblers (Ville's inequality): while every bound holds, the probability that it ever alarms is at most `alpha`.
/// Every 256 queries both begin anew, because a long quiet time would leave them too poor to notice a change; the k-th pair alarms at
/// `2 k (k + 1) / alpha`, and the inverses of those bars add up to `alpha`.
#[derive(Debug, Clone)]
pub struct StepWatch {
    table: StepTable,
    alpha: f64,
    /// Pairs of gamblers before this one.
    ended: u64,
    worse: Betting,
    better: Betting,
    drifted: bool,
    grew_worse: bool,
}

/// Queries of one pair of gamblers.
const EPOCH: u64 = 256;

/// A pair of gamblers: on outcomes below the lower bounds, and above the upper ones. A difference of outcome and bound, moved from
/// [−1, 1] to [0, 1], has a mean of a half at the bound.
fn gamblers() -> (Betting, Betting) {
    (Betting::new(0.5, Side::Below), Betting::new(0.5, Side::Above))
}

impl StepWatch {
    /// A watch of a table.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an `alpha` that is not between 0 and 1.
    pub fn new(table: StepTable, alpha: f64) -> Result<Self> {
        if !(alpha > 0.0 && alpha < 1.0) {
            return Err(Error::invalid("alpha", alpha, "above 0 and below 1"));
        }
        let (worse, better) = gamblers();
        Ok(Self { table, alpha, ended: 0, worse, better, drifted: false, grew_worse: false })
    }

    /// Takes the paths of one query. True once it alarms.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an outcome that is not in `[0, 1]`.
    pub fn add(&mut self, paths: &[ScoredPath<'_>]) -> Result<bool> {
        if let Some((_, right)) = paths.iter().find(|(_, right)| !(0.0..=1.0).contains(right)) {
            return Err(Error::invalid("right", right, "between 0 and 1"));
        }
        let known: Vec<_> = paths
            .iter()
            .filter_map(|(scores, right)| Some((self.table.chance_of(scores)?, *right)))
            .collect();
        if !known.is_empty() {
            let mean = |bound: fn(&StepChance) -> f64| {
                known.iter().map(|(chance, right)| right - bound(chance)).sum::<f64>() / known.len() as f64
            };
            self.worse.update(f64::midpoint(mean(|chance| chance.low), 1.0));
            self.better.update(f64::midpoint(mean(|chance| chance.high), 1.0));
            self.settle();
        }
        Ok(self.drifted)
    }

    /// Takes what the pair has won, and begins another after its last query.
    fn settle(&mut self) {
        let k = (self.ended + 1) as f64;
        let bar = ln(2.0 * k * (k + 1.0) / self.alpha);
        self.grew_worse |= self.worse.log_peak() >= bar;
        self.drifted |= self.grew_worse || self.better.log_peak() >= bar;
        if self.worse.count() >= EPOCH {
            self.ended += 1;
            (self.worse, self.better) = gamblers();
        }
    }

    /// True if paths have turned out worse than the lower bounds.
    pub fn worse(&self) -> bool {
        self.grew_worse
    }

    /// True if it alarms: the table is to be learned anew.
    pub fn drifted(&self) -> bool {
        self.drifted
    }

    /// Queries seen.
    pub fn queries(&self) -> u64 {
        self.ended * EPOCH + self.worse.count()
    }
}
