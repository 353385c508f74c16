//! Votes: answers of several samples, counted in launch order, and the rules that say when to stop asking.

mod boundary;
mod intern;
mod rule;
mod tally;

use crate::{Error, Result};
use intern::Answers;
use rule::Stop;
use std::collections::VecDeque;
use tally::Tally;

pub use intern::{normalise, same};
pub use rule::VoteRule;

/// The largest number of samples that one vote may count.
pub const MAX_CAP: u32 = 10_000;

/// A vote among at most `cap` samples.
///
/// Samples are consumed in **launch order**: those that finish first are often the short ones, and counting them
/// first would bias every rule. An answer that comes before its turn waits; a sample that was cut or failed must
/// [`abstain`](Self::abstain), or those behind it wait for ever. An update costs O(1).
///
/// Once the rule has stopped the vote is settled: what comes later is counted in [`late`](Self::late), no more.
///
/// ```
/// use rheostat::vote::{Vote, VoteRule};
/// let mut vote = Vote::new(VoteRule::Beta, 0.95, 40)?;
/// let stops: Vec<bool> = (0..4).map(|_| vote.add("42", None)).collect::<Result<_, _>>()?;
/// assert_eq!(stops, [false, false, false, true]);
/// assert_eq!(vote.answer(), Some("42"));
/// # Ok::<(), rheostat::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Vote {
    rule: VoteRule,
    stop: Stop,
    cap: u32,
    answers: Answers,
    tally: Tally,
    /// Answers (or abstentions) that wait for an earlier index; the front is index `consumed`.
    waiting: VecDeque<Slot>,
    consumed: u32,
    stopped: bool,
    late: u32,
}

/// What is known of a sample whose turn has not come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    Missing,
    Abstained,
    Answer(u32),
}

impl Vote {
    /// A vote that stops by `rule` at `confidence`, and in any case at `cap` samples.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless `0.5 < confidence < 1` and `1 ≤ cap ≤` [`MAX_CAP`].
    pub fn new(rule: VoteRule, confidence: f64, cap: u32) -> Result<Self> {
        if !(confidence > 0.5 && confidence < 1.0) {
            return Err(Error::invalid("confidence", confidence, "above 0.5 and below 1"));
        }
        if cap == 0 || cap > MAX_CAP {
            return Err(Error::invalid("cap", cap, format!("between 1 and {MAX_CAP} samples")));
        }
        Ok(Self {
            rule,
            stop: Stop::new(rule, confidence, cap),
            cap,
            answers: Answers::default(),
            tally: Tally::default(),
            waiting: VecDeque::new(),
            consumed: 0,
            stopped: false,
            late: 0,
        })
    }

    /// One sample's answer; says whether the rule has stopped. Answers are equal when they are equal without white
    /// space at the ends and with every run of it inside taken as one space. An empty answer is an abstention.
    ///
    /// `index` is the sample's place in launch order, from 0; without it, the sample comes after all known ones.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the index is not below the cap, [`Error::State`] when it was given before. Neither
    /// once the vote has stopped.
    pub fn add(&mut self, answer: &str, index: Option<u32>) -> Result<bool> {
        if self.closed() {
            return Ok(true);
        }
        let index = self.place(index)?;
        let answer = normalise(answer);
        let slot =
            if answer.is_empty() { Slot::Abstained } else { Slot::Answer(self.answers.intern(&answer)) };
        Ok(self.put(index, slot))
    }

    /// A sample that will give no answer: it was cut, or it failed. Says whether the rule has stopped.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    pub fn abstain(&mut self, index: Option<u32>) -> Result<bool> {
        if self.closed() {
            return Ok(true);
        }
        let index = self.place(index)?;
        Ok(self.put(index, Slot::Abstained))
    }

    fn closed(&mut self) -> bool {
        self.late = self.late.saturating_add(u32::from(self.stopped));
        self.stopped
    }

    /// Checks an index, or finds the next free one.
    fn place(&self, index: Option<u32>) -> Result<u32> {
        let index = index.unwrap_or(self.consumed + self.waiting.len() as u32);
        if index >= self.cap {
            return Err(Error::invalid("index", index, format!("below the cap of {}", self.cap)));
        }
        let known = match index.checked_sub(self.consumed) {
            None => true,
            Some(ahead) => self.waiting.get(ahead as usize).is_some_and(|slot| *slot != Slot::Missing),
        };
        if known {
            return Err(Error::state(format!("sample {index} has already voted")));
        }
        Ok(index)
    }

    fn put(&mut self, index: u32, slot: Slot) -> bool {
        let ahead = (index - self.consumed) as usize;
        if ahead == 0 && self.waiting.is_empty() {
            self.consume(slot);
            return self.stopped;
        }
        if ahead >= self.waiting.len() {
            self.waiting.resize(ahead + 1, Slot::Missing);
        }
        if let Some(place) = self.waiting.get_mut(ahead) {
            *place = slot;
        }
        while let Some(&slot) = self.waiting.front() {
            if slot == Slot::Missing || self.stopped {
                break;
            }
            self.waiting.pop_front();
            self.consume(slot);
        }
        self.stopped
    }

    fn consume(&mut self, slot: Slot) {
        self.consumed += 1;
        if let Slot::Answer(id) = slot {
            self.tally.add(id);
        }
        self.stopped = self.consumed >= self.cap || self.stop.now(&self.tally, self.cap - self.consumed);
    }

    /// The leading answer: most votes, of equals the one that reached its count first. None before the first.
    pub fn answer(&self) -> Option<&str> {
        self.answers.get(self.tally.leader()?)
    }

    /// Every answer with its votes, most first; of equals, in the order of their text.
    pub fn counts(&self) -> Vec<(&str, u32)> {
        let mut counts: Vec<_> =
            self.tally.counts().filter_map(|(id, n)| Some((self.answers.get(id)?, n))).collect();
        counts.sort_by(|(a, m), (b, n)| n.cmp(m).then(a.cmp(b)));
        counts
    }

    /// The leader's share of the answers counted, in `[0, 1]`; 0 before the first.
    pub fn agreement(&self) -> f64 {
        f64::from(self.tally.first()) / f64::from(self.tally.total().max(1))
    }

    /// Whether the rule, or the cap, has stopped the vote.
    pub fn stopped(&self) -> bool {
        self.stopped
    }

    /// Whether the rule's own condition holds, rather than the cap alone having been reached.
    pub fn agreed(&self) -> bool {
        self.stopped && self.stop.now(&self.tally, self.cap - self.consumed)
    }

    /// Answers counted, abstentions left out.
    pub fn votes(&self) -> u32 {
        self.tally.total()
    }

    /// Samples consumed, abstentions included.
    pub fn consumed(&self) -> u32 {
        self.consumed
    }

    /// Samples that came after the vote had stopped.
    pub fn late(&self) -> u32 {
        self.late
    }

    /// The rule.
    pub fn rule(&self) -> VoteRule {
        self.rule
    }
}
