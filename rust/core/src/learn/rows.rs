//! Outcomes as rows: a bounded, mergeable set.
//!
//! A full set keeps a weighted sample without replacement by the Gumbel trick (Efraimidis and Spirakis, 2006, in logarithms):
//! each query draws a Gumbel number from the hash of its name, `age · ln 2 / half-life` is added, and the highest ranks stay.
//! The sample depends on the rows alone, and a newer version of a row never ranks lower. So "the top of the union" is
//! commutative, associative and idempotent, and sets may be merged in any order and more than once. Rows of one query have
//! one number, so pairs stay together. Adding a row costs O(log n).

use super::sketch::Sketch;
use crate::estimate::ln;
use crate::outcome::{OutcomeKind, PlanId};
use crate::query::Query;
use crate::{Error, Result};
use rapidhash::v3::rapidhash_v3;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Largest capacity of a set.
pub const MOST_ROWS: usize = 1 << 16;

/// The rung and the model that gave an answer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The rung's name.
    pub rung: String,
    /// The rung's model, which has the head.
    pub model: String,
}

/// One outcome, identified by query and rung.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Digest of the query's name, such as its plan's id.
    pub query: u64,
    /// Digest of the independent unit: a question or a user.
    pub group: u64,
    /// The rung and model that answered.
    pub place: Arc<Place>,
    /// Score of the answer, in [0, 1].
    pub score: f64,
    /// Weight in outcomes, above 0.
    pub weight: f64,
    /// Kind of the score: its source and reliability.
    pub kind: OutcomeKind,
    /// Time of the outcome, in seconds of Unix time.
    pub at: f64,
    /// Sketch of the query.
    pub sketch: Arc<Sketch>,
}

/// The key of a row: its query, and the digest of its rung's name.
pub(super) type Key = (u64, u64);

/// Digests a name, for [`Row::query`] and [`Row::group`].
pub fn digest(name: &[u8]) -> u64 {
    rapidhash_v3(name)
}

/// The group of a query whose host names none: the digest of its ask. Every path to a [`Row`] uses it, so that equal asks are
/// held out of a fit together.
pub fn group_of(query: &Query<'_>) -> u64 {
    digest(&query.ask)
}

/// The query and the group of a row, from the names that the host gives: an id, a plan's id, or else the ask; a group, or else
/// the ask.
pub fn row_names(query: &Query<'_>, plan: Option<PlanId>, id: Option<u64>, group: Option<u64>) -> (u64, u64) {
    let ask = group_of(query);
    let named = plan.map_or(ask, |plan| digest(plan.to_string().as_bytes()));
    (id.unwrap_or(named), group.unwrap_or(ask))
}

impl Row {
    /// Checks numbers and names.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming the field.
    pub fn validate(&self) -> Result<()> {
        if !(0.0..=1.0).contains(&self.score) {
            return Err(Error::invalid("score", self.score, "between 0 and 1"));
        }
        // A weight divides noise: one near the smallest float would make it infinite.
        if !(1e-9..=1e6).contains(&self.weight) {
            return Err(Error::invalid("weight", self.weight, "between 1e-9 and 1e6"));
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

    /// Of two rows of one key the greater one stays: the newer, and of equally old ones the more reliable. The order is total,
    /// so that the result does not depend on which came first.
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

/// A bounded, mergeable set of rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Rows {
    most: usize,
    half_life: Option<f64>,
    by_key: BTreeMap<Key, Row>,
    /// Ranks, lowest first.
    ranks: BTreeSet<(u64, Key)>,
}

impl Rows {
    /// An empty set for at most `most` rows. With a half-life, in seconds, old rows weigh less and leave earlier.
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

    /// Adds a row. Returns true if the set changed: not for an older version of a row, nor for a row that ranks below all of
    /// a full set.
    ///
    /// # Errors
    /// Those of [`Row::validate`].
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

    /// The rank of a row; a full set drops the lowest.
    fn rank(&self, row: &Row) -> u64 {
        // The upper 52 bits: uniform in (0, 1), never 0 or 1.
        let mixed = rapidhash_v3(&row.query.to_le_bytes());
        let uniform = ((mixed >> 12) as f64 + 0.5) / (1u64 << 52) as f64;
        let gumbel = -ln(-ln(uniform));
        let age = self.half_life.map_or(0.0, |seconds| row.at * std::f64::consts::LN_2 / seconds);
        ordered(gumbel + age)
    }

    /// Adds all rows of another set.
    ///
    /// # Errors
    /// [`Error::Invalid`] for another capacity or half-life: the union of two differently drawn samples is no sample.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        if self.most != other.most {
            let bound = format!("{}, as that of the other", self.most);
            return Err(Error::invalid("capacity", other.most, bound));
        }
        if self.half_life.map(f64::to_bits) != other.half_life.map(f64::to_bits) {
            let (a, b) = (self.half_life, other.half_life);
            let bound = format!("{a:?}, as that of the other");
            return Err(Error::invalid("half_life", format!("{b:?}"), bound));
        }
        for row in other.by_key.values() {
            self.insert(row.clone());
        }
        Ok(())
    }

    /// The rows in the order of their keys.
    pub fn iter(&self) -> impl Iterator<Item = &Row> {
        self.by_key.values()
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.by_key.len()
    }

    /// True if there is no row.
    pub fn is_empty(&self) -> bool {
        self.by_key.is_empty()
    }

    /// The capacity.
    pub fn most(&self) -> usize {
        self.most
    }

    /// Seconds in which a row's weight halves.
    pub fn half_life(&self) -> Option<f64> {
        self.half_life
    }

    /// Share of a row's weight that is left at a time.
    pub(super) fn freshness(&self, row: &Row, now: f64) -> f64 {
        self.half_life.map_or(1.0, |seconds| {
            let halvings = ((now - row.at) / seconds).clamp(0.0, 60.0);
            crate::estimate::exp(-halvings * std::f64::consts::LN_2)
        })
    }
}

/// Maps a float to an integer of the same order.
fn ordered(x: f64) -> u64 {
    let bits = x.to_bits();
    if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
}
