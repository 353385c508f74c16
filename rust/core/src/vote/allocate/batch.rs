//! A whole batch under one budget.

use super::super::stop::loses;
use super::super::{Normal, Vote, VoteOptions, VoteRule};
use crate::{Error, Result};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The most queries of one batch: a vote takes half a kibibyte at least.
const MAX_QUERIES: usize = 1_000_000;

/// Gives the samples of one budget to a batch of queries, always to the one whose leading answer is the most likely to
/// lose by its cap ([`VoteRule::Horizon`]'s probability); of equals, to the one with fewer samples, then to the earlier
/// one. Every query gets a first sample before any gets a second.
///
/// A query that has been given out is not given out again before its answer is in, so a host may run as many at once
/// as [`next`](Self::next) gives.
///
/// ```
/// use rheostat::vote::{BatchAllocator, Normal};
/// let mut batch = BatchAllocator::new(2, 6, 40, Normal::Auto)?;
/// let mut sure = 0;
/// while let Some(&query) = batch.next(1).first() {
///     batch.add(query, if query == 0 { "7".into() } else { (batch.spent() % 3).to_string() }.as_str())?;
///     sure += u32::from(query == 0);
/// }
/// // The query whose samples agree gets fewer of the six.
/// assert!(sure < 3 && batch.spent() == 6);
/// assert_eq!(batch.answer(0)?, Some("7"));
/// # Ok::<(), rheostat::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct BatchAllocator {
    votes: Vec<Vote>,
    /// Which queries wait for an answer.
    out: Vec<bool>,
    waiting: BinaryHeap<Waiting>,
    granted: u64,
    budget: u64,
    spent: u64,
    cap: u32,
}

/// The most doubtful first; then the one with the fewest samples; then the earliest.
type Waiting = (Doubt, Reverse<u32>, Reverse<u32>);

/// A probability, or more than one for what has not been asked yet; never NaN.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Doubt(f64);

impl Eq for Doubt {}

impl PartialOrd for Doubt {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Doubt {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl BatchAllocator {
    /// An allocator of `budget` samples among `queries`, at most `cap` each.
    ///
    /// # Errors
    /// [`Error::Invalid`] when there are no queries or more than a million, or the cap is out of a vote's bounds.
    pub fn new(queries: usize, budget: u64, cap: u32, normal: Normal) -> Result<Self> {
        if queries == 0 || queries > MAX_QUERIES {
            return Err(Error::invalid("queries", queries, format!("between 1 and {MAX_QUERIES}")));
        }
        let vote =
            Vote::with(VoteOptions { rule: VoteRule::Curtail, cap, normal, ..VoteOptions::default() })?;
        let waiting = (0..queries as u32).map(|query| (Doubt(2.0), Reverse(0), Reverse(query))).collect();
        let votes = vec![vote; queries];
        Ok(Self { votes, out: vec![false; queries], waiting, granted: 0, budget, spent: 0, cap })
    }

    /// The queries to sample next, one sample each, at most `most`. Empty when the budget is given out, or every query
    /// that could have another waits for an answer.
    pub fn next(&mut self, most: usize) -> Vec<usize> {
        let mut given = Vec::new();
        while given.len() < most && self.granted < self.budget {
            let Some((_, _, Reverse(query))) = self.waiting.pop() else { break };
            self.granted += 1;
            if let Some(out) = self.out.get_mut(query as usize) {
                *out = true;
            }
            given.push(query as usize);
        }
        given
    }

    /// The answer of a sample that was given out.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a query that is not in the batch, [`Error::State`] when it waits for no answer.
    pub fn add(&mut self, query: usize, answer: &str) -> Result<()> {
        self.take(query, |vote| vote.add(answer, None))
    }

    /// As [`add`](Self::add), for a host that finds the normal form itself ([`Vote::add_keyed`]).
    ///
    /// # Errors
    /// As [`add`](Self::add).
    pub fn add_keyed(&mut self, query: usize, key: &str, answer: &str) -> Result<()> {
        self.take(query, |vote| vote.add_keyed(key, answer, None, 1.0))
    }

    /// A sample that gives no answer. It has been paid for.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    pub fn abstain(&mut self, query: usize) -> Result<()> {
        self.take(query, |vote| vote.abstain(None))
    }

    fn take(&mut self, query: usize, tell: impl FnOnce(&mut Vote) -> Result<bool>) -> Result<()> {
        let queries = self.votes.len();
        let unknown = || Error::invalid("query", query, format!("below the {queries} of the batch"));
        let (vote, out) =
            (self.votes.get_mut(query).ok_or_else(unknown)?, self.out.get_mut(query).ok_or_else(unknown)?);
        if !*out {
            return Err(Error::state(format!("query {query} waits for no answer")));
        }
        tell(vote)?;
        *out = false;
        self.spent += 1;
        // A vote that curtailment has stopped cannot change any more.
        if !vote.stopped() {
            let (first, second) = vote.lead();
            let used = vote.consumed();
            let doubt = if first == 0 { 1.5 } else { loses(first, second, self.cap - used, 1.0) };
            self.waiting.push((Doubt(doubt), Reverse(used), Reverse(query as u32)));
        }
        Ok(())
    }

    /// A query's leading answer so far.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a query that is not in the batch.
    pub fn answer(&self, query: usize) -> Result<Option<&str>> {
        Ok(self.vote(query)?.answer())
    }

    /// A query's vote.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a query that is not in the batch.
    pub fn vote(&self, query: usize) -> Result<&Vote> {
        let unknown =
            || Error::invalid("query", query, format!("below the {} of the batch", self.votes.len()));
        self.votes.get(query).ok_or_else(unknown)
    }

    /// How many queries the batch has.
    pub fn queries(&self) -> usize {
        self.votes.len()
    }

    /// Samples whose answers, or abstentions, are in.
    pub fn spent(&self) -> u64 {
        self.spent
    }

    /// Samples that have not been given out.
    pub fn left(&self) -> u64 {
        self.budget - self.granted
    }
}
