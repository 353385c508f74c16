//! Outcomes as rows, kept within bounds; two sets of rows merge into one, in any order, any number of times.

use super::sketch::Sketch;
use crate::estimate::ln;
use crate::outcome::OutcomeKind;
use crate::query::Query;
use crate::{Error, Result};
use rapidhash::v3::rapidhash_v3;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The most rows that may be kept.
pub const MOST_ROWS: usize = 1 << 16;

/// Where an outcome comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The rung's name.
    pub rung: String,
    /// The rung's model: what a head is for.
    pub model: String,
}

/// One outcome. Rows are told apart by query and rung.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// What names the query: a digest of its plan's id, say.
    pub query: u64,
    /// The independent unit that it belongs to: a question or a user.
    pub group: u64,
    /// The rung and model that answered.
    pub place: Arc<Place>,
    /// How good the answer was, in [0, 1].
    pub score: f64,
    /// How many outcomes it counts for, above 0.
    pub weight: f64,
    /// How the score is known.
    pub kind: OutcomeKind,
    /// When, in seconds of Unix time.
    pub at: f64,
    /// The query.
    pub sketch: Arc<Sketch>,
}

/// The key of a row: its query, and a digest of its rung's name.
pub(super) type Key = (u64, u64);

/// A digest of a name, for [`Row::query`] and [`Row::group`].
pub fn digest(name: &[u8]) -> u64 {
    rapidhash_v3(name)
}

/// The group of a query whose host names none: a digest of its ask. Every path to a [`Row`] takes it from here, so
/// that equal asks are held out of a fit together, however they came.
pub fn group_of(query: &Query<'_>) -> u64 {
    digest(&query.ask)
}

impl Row {
    /// Checks the numbers and the names.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming the field.
    pub fn validate(&self) -> Result<()> {
        if !(0.0..=1.0).contains(&self.score) {
            return Err(Error::invalid("score", self.score, "between 0 and 1"));
        }
        if !(self.weight > 0.0 && self.weight <= 1e6) {
            return Err(Error::invalid("weight", self.weight, "above 0 and at most 1e6"));
        }
        if self.at.is_nan() || self.at.abs() > 1e12 {
            return Err(Error::invalid("at", self.at, "seconds of Unix time"));
        }
        for (what, name) in [("rung", &self.place.rung), ("model", &self.place.model)] {
            if name.is_empty() || name.len() > 256 {
                return Err(Error::invalid(what, format!("{} bytes", name.len()), "1 to 256 bytes"));
            }
        }
        Ok(())
    }

    pub(super) fn key(&self) -> Key {
        (self.query, digest(self.place.rung.as_bytes()))
    }

    /// Of two rows of one key the greater stands: the newer one, and of equally old ones the better known. The order is
    /// total, so that it does not matter which was heard of first.
    fn order(&self, other: &Self) -> Ordering {
        self.at
            .total_cmp(&other.at)
            .then_with(|| (other.kind as u8).cmp(&(self.kind as u8)))
            .then_with(|| self.score.total_cmp(&other.score))
            .then_with(|| self.weight.total_cmp(&other.weight))
            .then_with(|| self.group.cmp(&other.group))
            .then_with(|| self.place.cmp(&other.place))
            .then_with(|| self.sketch.fingerprint().cmp(&other.sketch.fingerprint()))
    }
}

/// Rows within bounds.
///
/// What is kept is a weighted sample without replacement that depends on the rows alone (Gumbel's trick): each query draws
/// a number from its name, to which `age · ln 2 / half-life` is added, and the highest stay. Rows of one query draw the
/// same number, so pairs stay together. Because a newer version of a row never ranks lower, keeping the top of a union is
/// commutative, associative and idempotent.
#[derive(Debug, Clone, PartialEq)]
pub struct Rows {
    most: usize,
    half_life: Option<f64>,
    by_key: BTreeMap<Key, Row>,
    /// The rows' ranks, lowest first.
    ranks: BTreeSet<(u64, Key)>,
}

impl Rows {
    /// No rows yet. At most `most` are kept; with a half-life, in seconds, old ones count for less and leave earlier.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless `most` is from 1 to [`MOST_ROWS`] and the half-life at least a second.
    pub fn new(most: usize, half_life: Option<f64>) -> Result<Self> {
        if !(1..=MOST_ROWS).contains(&most) {
            return Err(Error::invalid("capacity", most, format!("from 1 to {MOST_ROWS}")));
        }
        if let Some(seconds) = half_life
            && !(1.0..=1e12).contains(&seconds)
        {
            return Err(Error::invalid("half_life", seconds, "from 1 to 1e12 seconds"));
        }
        Ok(Self { most, half_life, by_key: BTreeMap::new(), ranks: BTreeSet::new() })
    }

    /// Adds a row, and returns whether it changed anything: an older version of a known one does not, nor one that ranks
    /// below all of a full set.
    ///
    /// # Errors
    /// As [`Row::validate`].
    pub fn add(&mut self, row: Row) -> Result<bool> {
        row.validate()?;
        Ok(self.insert(row))
    }

    fn insert(&mut self, row: Row) -> bool {
        let key = row.key();
        if let Some(known) = self.by_key.get(&key) {
            if row.order(known) != Ordering::Greater {
                return false;
            }
            self.ranks.remove(&(self.rank(known), key));
        }
        self.ranks.insert((self.rank(&row), key));
        self.by_key.insert(key, row);
        if self.by_key.len() > self.most
            && let Some((_, lowest)) = self.ranks.pop_first()
        {
            self.by_key.remove(&lowest);
            return lowest != key;
        }
        true
    }

    /// A number that orders rows as they are to be kept.
    fn rank(&self, row: &Row) -> u64 {
        // From the upper bits a number in (0, 1).
        let mixed = rapidhash_v3(&row.query.to_le_bytes());
        let uniform = ((mixed >> 12) as f64 + 0.5) / (1u64 << 52) as f64;
        let gumbel = -ln(-ln(uniform));
        let age = self.half_life.map_or(0.0, |seconds| row.at * std::f64::consts::LN_2 / seconds);
        ordered(gumbel + age)
    }

    /// Adds all rows of another set, to which the same bounds apply.
    ///
    /// # Errors
    /// [`Error::Invalid`] when its bounds differ: the union of two different samples would be neither.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        if self.most != other.most {
            return Err(Error::invalid(
                "capacity",
                other.most,
                format!("{}, as that of the other", self.most),
            ));
        }
        if self.half_life.map(f64::to_bits) != other.half_life.map(f64::to_bits) {
            let (a, b) = (self.half_life, other.half_life);
            return Err(Error::invalid(
                "half_life",
                format!("{b:?}"),
                format!("{a:?}, as that of the other"),
            ));
        }
        for row in other.by_key.values() {
            self.insert(row.clone());
        }
        Ok(())
    }

    /// The rows, in the order of their keys.
    pub fn iter(&self) -> impl Iterator<Item = &Row> {
        self.by_key.values()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.by_key.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.by_key.is_empty()
    }

    /// The most that are kept.
    pub fn most(&self) -> usize {
        self.most
    }

    /// In how many seconds a row's weight halves.
    pub fn half_life(&self) -> Option<f64> {
        self.half_life
    }

    /// What is left of a row's weight at a time.
    pub(super) fn freshness(&self, row: &Row, now: f64) -> f64 {
        self.half_life.map_or(1.0, |seconds| {
            let halvings = ((now - row.at) / seconds).clamp(0.0, 60.0);
            crate::estimate::exp(-halvings * std::f64::consts::LN_2)
        })
    }
}

/// The bits of a number, arranged so that they are ordered as numbers are.
fn ordered(x: f64) -> u64 {
    let bits = x.to_bits();
    if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
}
