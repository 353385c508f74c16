//! Shares one budget of samples among a batch of queries, by a priority queue of their expected gains.

use super::super::{Normal, Vote, VoteOptions, VoteRule};
use super::novelty::Novelty;
use super::value::gain;
use crate::{Error, Result};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The most queries of one batch: a vote takes at least half a kibibyte.
const MAX_QUERIES: usize = 1_000_000;

/// Gives each sample of a budget to the query whose next samples are expected to raise the share of its final answer
/// most, per sample. A clear leader is worth no sample, and neither is a query whose answers are spread too far for any
/// to lead. Of equals, the query with fewer samples comes first, then the earlier one. Every query gets a first sample
/// before any gets a second.
///
/// The allocator learns from the batch how often a query's first two answers differ. A host that can rank queries by
/// difficulty passes [`with_prior`](Self::with_prior).
///
/// A query that was given out is not given out again before its answer is in, so a host may run all that
/// [`next`](Self::next) gives at once.
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
    /// True for a query that waits for an answer.
    out: Vec<bool>,
    waiting: BinaryHeap<Waiting>,
    novelty: Novelty,
    granted: u64,
    budget: u64,
    spent: u64,
    cap: u32,
}

/// Order of the queue: the most valuable, then the fewest samples, then the earliest.
type Waiting = (Value, Reverse<u32>, Reverse<u32>);

/// The value of the next samples; infinite for a query without an answer, never NaN.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Value(f64);

impl Eq for Value {}

impl PartialOrd for Value {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Value {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl BatchAllocator {
    /// Makes an allocator of `budget` samples among `queries`, at most `cap` each.
    ///
    /// # Errors
    /// [`Error::Invalid`] when there are no queries or more than a million, or the cap is out of a vote's bounds.
    pub fn new(queries: usize, budget: u64, cap: u32, normal: Normal) -> Result<Self> {
        if queries == 0 || queries > MAX_QUERIES {
            return Err(Error::invalid("queries", queries, format!("between 1 and {MAX_QUERIES}")));
        }
        let vote =
            Vote::with(VoteOptions { rule: VoteRule::Curtail, cap, normal, ..VoteOptions::default() })?;
        let waiting =
            (0..queries as u32).map(|query| (Value(f64::INFINITY), Reverse(0), Reverse(query))).collect();
        let votes = vec![vote; queries];
        let (out, novelty) = (vec![false; queries], Novelty::uniform());
        Ok(Self { votes, out, waiting, novelty, granted: 0, budget, spent: 0, cap })
    }

    /// Takes the host's probability of a right answer for each query. Harder queries get their second samples first.
    /// Only the order counts: the level is learned from the batch. Votes are counted as without a prior.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless there is one probability for each query, each in `[0, 1]`; [`Error::State`] once a
    /// sample has been given out.
    pub fn with_prior(mut self, p_correct: &[f64]) -> Result<Self> {
        if self.granted > 0 {
            return Err(Error::state("a prior must come before samples are given out"));
        }
        self.novelty = Novelty::of(p_correct, self.votes.len())?;
        Ok(self)
    }

    /// The queries to sample next, one sample each, at most `most`. Empty once the budget is given out, or while every
    /// query that could take another sample waits for an answer.
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

    /// Counts the answer of a sample that was given out.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a query that is not in the batch, [`Error::State`] when it waits for no answer.
    pub fn add(&mut self, query: usize, answer: &str) -> Result<()> {
        self.take(query, |vote| vote.add(answer, None))
    }

    /// Like [`add`](Self::add), for a host that finds the normal form itself ([`Vote::add_keyed`]).
    ///
    /// # Errors
    /// As [`add`](Self::add).
    pub fn add_keyed(&mut self, query: usize, key: &str, answer: &str) -> Result<()> {
        self.take(query, |vote| vote.add_keyed(key, answer, None, 1.0))
    }

    /// Counts a sample without an answer; it is spent.
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
        let votes = vote.votes();
        tell(vote)?;
        *out = false;
        self.spent += 1;
        let pair = votes == 1 && vote.votes() == 2;
        // A vote that curtailment has stopped cannot change any more.
        if !vote.stopped() {
            self.waiting.push(waiting(vote, query, self.cap, &self.novelty));
        }
        if pair && self.novelty.pair(self.votes.get(query).is_some_and(|vote| vote.lead().1 > 0)) {
            self.learn();
        }
        Ok(())
    }

    /// Learns from the pairs so far, and recomputes the values in the queue.
    fn learn(&mut self) {
        let paired = self.votes.iter().enumerate().filter(|(_, vote)| vote.votes() > 1);
        self.novelty.learn(paired.map(|(query, _)| query));
        let again = |(_, _, Reverse(query)): Waiting| {
            let vote = self.votes.get(query as usize)?;
            Some(waiting(vote, query as usize, self.cap, &self.novelty))
        };
        self.waiting = std::mem::take(&mut self.waiting).into_iter().filter_map(again).collect();
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

    /// Number of queries in the batch.
    pub fn queries(&self) -> usize {
        self.votes.len()
    }

    /// Samples whose answers or abstentions are in.
    pub fn spent(&self) -> u64 {
        self.spent
    }

    /// Samples that have not been given out.
    pub fn left(&self) -> u64 {
        self.budget - self.granted
    }
}

fn waiting(vote: &Vote, query: usize, cap: u32, novelty: &Novelty) -> Waiting {
    let ((first, second), used) = (vote.lead(), vote.consumed());
    let value = match first {
        0 => f64::INFINITY,
        _ => gain(first, second, vote.votes(), cap.saturating_sub(used), novelty.at(query)),
    };
    (Value(value), Reverse(used), Reverse(query as u32))
}

#[cfg(test)]
#[path = "../../../tests/unit/vote/allocate/batch.rs"]
mod tests;
