//! Calibrated step scores: P(correct) of a path from the scores of its steps.
//!
//! A process reward model overestimates success, the more so the weaker the model that it judges (arXiv 2506.09338), so its scores
//! rank, and decide nothing by themselves. [`StepCalibration`](crate::learn::StepCalibration) learns what they have been worth. Its
//! result for one scorer and one model is this table:
//!
//! ```text
//! value      of a path: the score of its furthest step, or the least of all
//! row        by the number of steps: 1, 2, 3–4, 5–8, 9–16, more
//! column     by the value: sixteenths
//! cell       P(correct): an estimate, and two bounds that hold for all cells at once with the table's confidence
//! ```
//!
//! All three rise with the value.

use crate::artifact::bytes::{Bytes, put_f64, put_str};
use crate::artifact::{Reader, Writer};
use crate::digest::{Digest, Digestible};
use crate::math::ln;
use crate::named::named;
use crate::{Error, Result};

named! {
    /// The value of a path of scored steps.
    pub enum PathValue as "value" {
        /// The score of its furthest step.
        Last = "last",
        /// The least score of its steps.
        Least = "least",
    }
}

/// P(correct) of a path: the estimate and its two bounds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StepChance {
    /// At least this, with the table's confidence.
    pub low: f64,
    /// The estimate.
    pub mid: f64,
    /// At most this, with the table's confidence.
    pub high: f64,
}

/// Chances by steps and value, for one scorer and one model.
#[derive(Debug, Clone, PartialEq)]
pub struct StepTable {
    /// The scorer whose scores it reads.
    pub scorer: String,
    /// The model whose steps are scored.
    pub model: String,
    /// The value of a path.
    pub value: PathValue,
    /// The probability that all bounds hold.
    pub confidence: f64,
    /// Queries that it was learned from.
    pub queries: f64,
    pub(crate) cells: [[StepChance; StepTable::COLUMNS]; StepTable::ROWS],
}

impl StepTable {
    /// Rows: numbers of steps.
    pub const ROWS: usize = 6;
    /// Columns: values.
    pub const COLUMNS: usize = 16;

    /// The row of a number of steps, from 1.
    pub fn row(steps: u32) -> usize {
        (u32::BITS - steps.max(1).saturating_sub(1).leading_zeros()).min(Self::ROWS as u32 - 1) as usize
    }

    /// The column of a value in [0, 1].
    pub fn column(value: f64) -> usize {
        ((value * Self::COLUMNS as f64) as usize).min(Self::COLUMNS - 1)
    }

    /// P(correct) of a path by its number of steps and its value. None for a value that is not in [0, 1], or without steps.
    pub fn chance(&self, steps: u32, value: f64) -> Option<StepChance> {
        let known = steps > 0 && (0.0..=1.0).contains(&value);
        known.then(|| self.cells[Self::row(steps)][Self::column(value)])
    }

    /// P(correct) of a path by the scores of its steps, in order; those that are not in [0, 1] are left out.
    pub fn chance_of(&self, scores: &[f64]) -> Option<StepChance> {
        let mut path = StepPath::default();
        for (step, score) in (0..).zip(scores) {
            path.add(step, *score);
        }
        path.chance(self)
    }
}

const KIND: u64 = u64::from_le_bytes(*b"steptab1");
/// Longest name of a table, in bytes.
const MOST_NAME: usize = 256;
/// The largest count of an artifact.
const MOST: f64 = 1e15;

impl StepTable {
    /// An artifact of the table.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = vec![(self.value == PathValue::Least).into()];
        put_str(&mut out, &self.scorer);
        put_str(&mut out, &self.model);
        put_f64(&mut out, self.confidence);
        put_f64(&mut out, self.queries);
        for StepChance { low, mid, high } in self.cells.iter().flatten() {
            for chance in [low, mid, high] {
                put_f64(&mut out, *chance);
            }
        }
        let mut writer = Writer::new(KIND);
        writer.section("table", out);
        writer.finish()
    }

    /// Reads an artifact.
    ///
    /// # Errors
    /// [`Error::Artifact`] when it is damaged or holds impossible chances.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let reader = Reader::new(bytes, KIND)?;
        let mut table = Bytes::new("table", reader.section("table")?.bytes());
        let value = PathValue::ALL.get(usize::from(table.u8()?)).copied();
        let value = value.ok_or_else(|| table.refused("a value that this library does not know"))?;
        let (scorer, model) = (table.text(MOST_NAME)?, table.text(MOST_NAME)?);
        let (confidence, queries) = (table.f64_in(0.0, 1.0)?, table.f64_in(0.0, MOST)?);
        let mut cells = [[StepChance { low: 0.0, mid: 0.0, high: 0.0 }; Self::COLUMNS]; Self::ROWS];
        for row in &mut cells {
            let mut before = StepChance { low: 0.0, mid: 0.0, high: 0.0 };
            for cell in row {
                let low = table.f64_in(before.low, 1.0)?;
                let mid = table.f64_in(low.max(before.mid), 1.0)?;
                *cell = StepChance { low, mid, high: table.f64_in(mid.max(before.high), 1.0)? };
                before = *cell;
            }
        }
        table.end()?;
        Ok(Self { scorer, model, value, confidence, queries, cells })
    }
}

/// The fewest answers among which one is right with a probability of at least `confidence`, if each is with `p`:
/// `log(1 − confidence) / log(1 − p)`, rounded up. Use a path's lower bound for `p`. At least 1; `most` where no number up to it
/// reaches that.
///
/// # Errors
/// [`Error::Invalid`] for a probability that is not in `[0, 1]`, or a confidence of 1.
///
/// ```
/// use rheostat::strategy::answers_needed;
/// assert_eq!(answers_needed(0.5, 0.95, 64)?, 5); // 1 − 0.5⁵ = 0.969
/// assert_eq!((answers_needed(0.99, 0.95, 64)?, answers_needed(0.0, 0.95, 64)?), (1, 64));
/// # Ok::<(), rheostat::Error>(())
/// ```
pub fn answers_needed(p: f64, confidence: f64, most: u32) -> Result<u32> {
    if !(0.0..=1.0).contains(&p) {
        return Err(Error::invalid("p", p, "between 0 and 1"));
    }
    if !(0.0..1.0).contains(&confidence) {
        return Err(Error::invalid("confidence", confidence, "at least 0 and below 1"));
    }
    let (least, most) = (1.0, f64::from(most.max(1)));
    if p >= 1.0 || confidence <= 0.0 {
        return Ok(1);
    }
    let needed = ln(1.0 - confidence) / ln(1.0 - p);
    // A hair below a whole number is that number.
    let whole = if p > 0.0 { (needed - 1e-9).ceil().clamp(least, most) } else { most };
    #[allow(clippy::cast_sign_loss)] // at least 1
    Ok(whole as u32)
}

/// The scores of one path's steps, in any order of arrival. O(1) space.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StepPath {
    furthest: u32,
    last: f64,
    least: f64,
    known: bool,
}

impl Default for StepPath {
    fn default() -> Self {
        Self { furthest: 0, last: 0.0, least: 1.0, known: false }
    }
}

impl StepPath {
    /// Adds the score of a step, from 0. False for a score that is not in [0, 1], which changes nothing. A step may be scored again:
    /// the newest score of the furthest step counts, and the least that any had.
    pub fn add(&mut self, step: u32, score: f64) -> bool {
        if !(0.0..=1.0).contains(&score) {
            return false;
        }
        if !self.known || step >= self.furthest {
            (self.furthest, self.last) = (step, score);
        }
        self.least = self.least.min(score);
        self.known = true;
        true
    }

    /// Number of steps up to the furthest one that was scored.
    pub fn steps(&self) -> u32 {
        if self.known { self.furthest.saturating_add(1) } else { 0 }
    }

    /// Its value; None without scores.
    pub fn value(&self, of: PathValue) -> Option<f64> {
        self.known.then_some(match of {
            PathValue::Last => self.last,
            PathValue::Least => self.least,
        })
    }

    /// P(correct) by a table; None without scores.
    pub fn chance(&self, table: &StepTable) -> Option<StepChance> {
        table.chance(self.steps(), self.value(table.value)?)
    }
}

impl Digestible for StepTable {
    fn write_to(&self, digest: &mut Digest) {
        let Self { scorer, model, value, confidence, queries, cells } = self;
        digest.record("steps").put(scorer).put(model).put(value).put(confidence).put(queries);
        for StepChance { low, mid, high } in cells.iter().flatten() {
            digest.put(low).put(mid).put(high);
        }
    }
}
