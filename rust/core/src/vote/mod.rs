//! Votes: counts the answers of several samples in launch order, and stops asking for more by a rule.

mod allocate;
mod boundary;
mod certificate;
mod counts;
mod intern;
mod normal;
mod options;
mod order;
mod review;
mod rule;
mod special;
mod state;
mod stop;
mod subject;
mod verdict_words;
mod weights;

use crate::{Error, Result};
use certificate::{Bet, Certificate};
use counts::Counts;
use intern::Answers;
use order::{Order, Slot};
use stop::Stop;

pub use allocate::{BatchAllocator, OnlineAllocator};
pub use intern::MAX_TEXT;
pub use normal::{Normal, as_given, is_blank, normalise, same};
pub use options::{MAX_CAP, VoteOptions};
pub use review::review;
pub use rule::VoteRule;
pub use stop::Prior;
pub use weights::{borda_weights, confidence_weights, softmax_weights};

/// A vote among at most `cap` samples.
///
/// A vote consumes samples in **launch order**: those that finish first are often the short ones, and counting them
/// first would bias every rule. An answer that comes before its turn waits. A sample without an answer must
/// [`abstain`](Self::abstain) or be [`cut`](Self::cut), or those behind it wait for ever. An update costs O(1).
///
/// A vote that has stopped is settled: later samples only raise [`late`](Self::late).
///
/// The cap and [`MAX_TEXT`] bound the memory: an answer without room counts as cut and raises
/// [`dropped`](Self::dropped).
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
    options: VoteOptions,
    answers: Answers,
    order: Order,
    counts: Counts,
    stop: Stop,
    certificate: Certificate,
    agreed: bool,
    stopped: bool,
    late: u64,
    dropped: u32,
    /// Number of samples consumed when the host suspended the certificate.
    suspended_at: Option<u32>,
}

impl Vote {
    /// Makes a vote that stops by `rule` at `confidence`, and in any case at `cap` samples.
    ///
    /// # Errors
    /// As [`with`](Self::with).
    pub fn new(rule: VoteRule, confidence: f64, cap: u32) -> Result<Self> {
        Self::with(VoteOptions { rule, confidence, cap, ..VoteOptions::default() })
    }

    /// Makes a vote with these options.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming the option that is out of bounds.
    pub fn with(options: VoteOptions) -> Result<Self> {
        options.validate()?;
        let bet = if options.rule == VoteRule::Sprt { Bet::Point(options.odds) } else { Bet::Mixed };
        Ok(Self {
            answers: Answers::default(),
            order: Order::default(),
            counts: Counts::default(),
            stop: Stop::new(&options),
            certificate: Certificate::new(bet, options.alpha, options.cap),
            agreed: false,
            stopped: false,
            late: 0,
            dropped: 0,
            suspended_at: None,
            options,
        })
    }

    /// Counts one sample's answer and returns true once the vote has stopped. Answers with equal normal forms are the
    /// same ([`VoteOptions::normal`]). An empty normal form is an abstention.
    ///
    /// `index` is the sample's place in launch order, from 0; without it, the sample comes after all known ones.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the index is not below the cap, [`Error::State`] when it was given before. Neither
    /// once the vote has stopped.
    pub fn add(&mut self, answer: &str, index: Option<u32>) -> Result<bool> {
        self.add_weighted(answer, index, 1.0)
    }

    /// Like [`add`](Self::add), with a weight; [`softmax_weights`], [`borda_weights`] and [`confidence_weights`]
    /// compute published ones. Weights decide [`answer`](Self::answer), [`agreement`](Self::agreement) and
    /// [`VoteRule::Majority`]. The other rules and the certificate use numbers of votes; they stop only if the answer
    /// with the most votes also has the most weight.
    ///
    /// # Errors
    /// As [`add`](Self::add), and [`Error::Invalid`] when the weight is not finite or is negative.
    pub fn add_weighted(&mut self, answer: &str, index: Option<u32>, weight: f64) -> Result<bool> {
        if self.closed() {
            return Ok(true);
        }
        let index = self.check(index, weight)?;
        let slot = match self.answers.find(answer) {
            Some(id) => Slot::Answer { id, weight },
            None => self.read(answer, weight),
        };
        Ok(self.put(index, slot))
    }

    /// Like [`add_weighted`](Self::add_weighted), for a host that finds the normal form itself: answers with equal
    /// keys are the same, and an empty key is an abstention. Give a vote keys always, or never.
    ///
    /// # Errors
    /// As [`add_weighted`](Self::add_weighted).
    pub fn add_keyed(&mut self, key: &str, answer: &str, index: Option<u32>, weight: f64) -> Result<bool> {
        if self.closed() {
            return Ok(true);
        }
        let index = self.check(index, weight)?;
        let slot = self.intern(key, answer, weight);
        Ok(self.put(index, slot))
    }

    /// The key of an answer by [`VoteOptions::normal`], and the answers that a host's own comparer should compare it with:
    /// each one's key and text, in order of first appearance. There are none if the vote knows the key already, if the
    /// answer has no content, or once the vote has stopped. For [`add_keyed`](Self::add_keyed), so that the comparer, which
    /// may be slow, runs outside of any lock.
    ///
    /// ```
    /// use rheostat::vote::{Vote, VoteRule};
    /// let mut vote = Vote::new(VoteRule::Beta, 0.95, 40)?;
    /// vote.add("(x^2-1)/(x-1)", None)?;
    /// let (key, others) = vote.candidates("x+1");
    /// assert_eq!((key.as_str(), others.len(), others[0].1.as_str()), ("x+1", 1, "(x^2-1)/(x-1)"));
    /// // The host's algebra says that they are the same: the answer gets the other's key.
    /// vote.add_keyed(&others[0].0, "x+1", None, 1.0)?;
    /// assert_eq!(vote.lead(), (2, 0));
    /// # Ok::<(), rheostat::Error>(())
    /// ```
    pub fn candidates(&self, answer: &str) -> (String, Vec<(String, String)>) {
        let key = self.options.normal.of(answer).into_owned();
        if self.stopped || key.is_empty() || self.answers.find(&key).is_some() {
            return (key, Vec::new());
        }
        let others = self.answers.all().map(|(text, key)| (key.to_owned(), text.to_owned())).collect();
        (key, others)
    }

    /// Counts a sample without an answer. The reason must lie in that sample alone and be fixed beforehand: it failed,
    /// reached its length, or cannot be read. Returns true once the vote has stopped.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    pub fn abstain(&mut self, index: Option<u32>) -> Result<bool> {
        self.without_answer(index, Slot::Abstained)
    }

    /// Counts a sample that was stopped because of its own or another sample's output. The remaining samples are no
    /// longer draws of one distribution, so nothing more is certified from its turn on; a certificate stands.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    pub fn cut(&mut self, index: Option<u32>) -> Result<bool> {
        self.without_answer(index, Slot::Cut)
    }

    /// Declares that samples are no longer draws of one distribution: the prompt, the temperature or the token limit
    /// has changed. Nothing more is certified; a certificate stands.
    pub fn suspend(&mut self) {
        if !self.certificate.suspended() {
            self.suspended_at = Some(self.consumed());
            self.certificate.suspend();
        }
    }

    fn without_answer(&mut self, index: Option<u32>, slot: Slot) -> Result<bool> {
        if self.closed() {
            return Ok(true);
        }
        let index = self.order.place(index, self.options.cap)?;
        Ok(self.put(index, slot))
    }

    fn closed(&mut self) -> bool {
        self.late = self.late.saturating_add(u64::from(self.stopped));
        self.stopped
    }

    fn check(&self, index: Option<u32>, weight: f64) -> Result<u32> {
        if !(weight >= 0.0 && weight.is_finite()) {
            return Err(Error::invalid("weight", weight, "finite and at least 0"));
        }
        self.order.place(index, self.options.cap)
    }

    /// Reads a spelling that is new to this vote.
    #[cold]
    fn read(&mut self, answer: &str, weight: f64) -> Slot {
        let key = self.options.normal.of(answer);
        let slot = self.intern(&key, answer, weight);
        if let Slot::Answer { id, .. } = slot
            && *key != *answer
        {
            self.answers.also(answer, id);
        }
        slot
    }

    fn intern(&mut self, key: &str, answer: &str, weight: f64) -> Slot {
        if key.is_empty() {
            return Slot::Abstained;
        }
        if let Some(id) = self.answers.intern(key, as_given(answer), self.options.cap) {
            return Slot::Answer { id, weight };
        }
        self.dropped += 1;
        Slot::Cut
    }

    #[inline]
    fn put(&mut self, index: u32, slot: Slot) -> bool {
        if self.order.pass(index, slot) {
            self.consume(slot);
        } else {
            self.wait(index, slot);
        }
        self.stopped
    }

    /// Takes a sample that came before its turn, or one that others wait for.
    #[inline(never)]
    fn wait(&mut self, index: u32, slot: Slot) {
        if self.order.put(index, slot) {
            while !self.stopped
                && let Some(slot) = self.order.next()
            {
                self.consume(slot);
            }
        }
    }

    #[inline]
    fn consume(&mut self, slot: Slot) {
        let mut vote = None;
        match slot {
            Slot::Answer { id, weight } => {
                vote = Some((id, self.counts.add(id, weight)));
                let leader = self.counts.leader().unwrap_or(id);
                self.certificate.draw(id, leader, self.order.consumed());
            }
            Slot::Cut => self.certificate.suspend(),
            Slot::Abstained | Slot::Missing => {}
        }
        self.stop.see(vote);
        self.agreed = self.agrees();
        self.stopped = self.agreed || self.consumed() >= self.options.cap;
    }

    fn agrees(&self) -> bool {
        let remaining = self.options.cap - self.consumed();
        match &self.stop {
            Stop::Process => self.certified(),
            Stop::Share(_) => self.stop.now(&self.counts, remaining),
            stop => stop.now(&self.counts, remaining) && self.counts.heaviest() == self.counts.leader(),
        }
    }

    fn best(&self) -> Option<u32> {
        self.stop.answer().or_else(|| self.counts.heaviest())
    }

    /// The leading answer as it was first given: the most votes (or weight); of equals, the first to reach its count.
    /// After [`VoteRule::Esc`] has stopped, its window's answer. None before the first.
    pub fn answer(&self) -> Option<&str> {
        self.answers.get(self.best()?)
    }

    /// True if [`answer`](Self::answer) is certified as the likeliest answer of the distribution that the samples are
    /// drawn from. May be read after every sample, with any rule: the probability of ever certifying another answer is
    /// at most `alpha`. `docs/certificate.md` has the assumptions. A certificate is about the model's answers, not
    /// about truth.
    pub fn certified(&self) -> bool {
        let certified = self.certificate.answer();
        certified.is_some() && certified == self.best()
    }

    /// True if nothing more can be certified, because of [`cut`](Self::cut) or [`suspend`](Self::suspend).
    pub fn suspended(&self) -> bool {
        self.certificate.suspended()
    }

    /// Answers with their votes, most first; of equals, in the order of their text.
    pub fn counts(&self) -> Vec<(&str, u32)> {
        let mut counts: Vec<_> =
            self.counts.iter().filter_map(|(id, n, _)| Some((self.answers.get(id)?, n))).collect();
        counts.sort_by(|(a, m), (b, n)| n.cmp(m).then(a.cmp(b)));
        counts
    }

    /// Answers with their weights, most first; of equals, in the order of their text.
    pub fn weights(&self) -> Vec<(&str, f64)> {
        let mut weights: Vec<_> =
            self.counts.iter().filter_map(|(id, _, w)| Some((self.answers.get(id)?, w))).collect();
        weights.sort_by(|(a, m), (b, n)| n.total_cmp(m).then(a.cmp(b)));
        weights
    }

    /// The leader's share of the answers counted, or of their weight, in `[0, 1]`; 0 before the first.
    pub fn agreement(&self) -> f64 {
        self.counts.share()
    }

    /// The votes of the two most frequent answers.
    pub fn lead(&self) -> (u32, u32) {
        (self.counts.first(), self.counts.second())
    }

    /// True if the rule or the cap has stopped the vote.
    pub fn stopped(&self) -> bool {
        self.stopped
    }

    /// True if the rule's condition stopped the vote, rather than the cap alone.
    pub fn agreed(&self) -> bool {
        self.stopped && self.agreed
    }

    /// Answers counted, abstentions left out.
    pub fn votes(&self) -> u32 {
        self.counts.total()
    }

    /// Samples consumed, abstentions included.
    pub fn consumed(&self) -> u32 {
        self.order.consumed().len() as u32
    }

    /// Samples that came after the vote had stopped.
    pub fn late(&self) -> u64 {
        self.late
    }

    /// Answers that found no room.
    pub fn dropped(&self) -> u32 {
        self.dropped
    }

    /// The rule.
    pub fn rule(&self) -> VoteRule {
        self.options.rule
    }

    /// All options.
    pub fn options(&self) -> &VoteOptions {
        &self.options
    }
}
