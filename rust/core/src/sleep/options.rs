//! Settings of sleep, and what is asked of it: checked before anything is used.

use crate::ledger::{Cap, Cost, MAX_KEY};
use crate::{Error, Result};

/// Most predicted queries of one context.
pub const MAX_CANDIDATES: usize = 256;
/// Longest fingerprint, in bytes.
pub const MAX_FINGERPRINT: usize = 64;
/// Largest rate, time, price and value.
const MOST: f64 = LONGEST;
/// Longest life of an artefact, in seconds.
pub(super) const LONGEST: f64 = 1e11;

/// A way in which a provider runs work: at once, in a batch, in a background window.
#[derive(Debug, Clone, PartialEq)]
pub struct Form {
    /// Its name, as the host knows it.
    pub name: String,
    /// Its price, as a factor of the price at once.
    pub factor: f64,
    /// Seconds until its result is there, at the latest.
    pub seconds: f64,
}

/// Settings of sleep.
#[derive(Debug, Clone, PartialEq)]
pub struct SleepOptions {
    /// Bound on what sleep may spend: its own, so that it takes nothing from live queries.
    pub cap: Cap,
    /// Worth of one second that a user waits less, in US dollars.
    pub usd_per_second: f64,
    /// Cost of a wrong answer that a hit causes, in US dollars.
    pub usd_per_error: f64,
    /// Confidence of the lower bound on the chance of a hit.
    pub confidence: f64,
    /// Most contexts kept; the least recently used goes first.
    pub contexts: usize,
    /// The forms in which work can be run. At least one.
    pub forms: Vec<Form>,
}

impl SleepOptions {
    /// Settings with a cap: no worth of seconds or errors, 90 % confidence, ten thousand contexts, work at once.
    pub fn new(cap: Cap) -> Self {
        let forms = vec![Form { name: "now".to_owned(), factor: 1.0, seconds: 0.0 }];
        Self { cap, usd_per_second: 0.0, usd_per_error: 0.0, confidence: 0.9, contexts: 10_000, forms }
    }

    /// Checks every setting.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming the setting.
    pub fn validate(&self) -> Result<()> {
        self.cap.validate_own()?;
        if self.cap.leased.is_some() {
            return Err(Error::invalid(
                "sleep: cap",
                "a leased cap",
                "a cap of this process: leave out block",
            ));
        }
        number("sleep: usd_per_second", self.usd_per_second, 0.0, MOST)?;
        number("sleep: usd_per_error", self.usd_per_error, 0.0, MOST)?;
        number("sleep: confidence", self.confidence, 0.5, 0.999_999)?;
        if !(1..=1 << 24).contains(&self.contexts) {
            return Err(Error::invalid("sleep: contexts", self.contexts, "between 1 and 16777216"));
        }
        if !(1..=16).contains(&self.forms.len()) {
            return Err(Error::invalid("sleep: forms", self.forms.len(), "between 1 and 16 forms"));
        }
        for (i, form) in self.forms.iter().enumerate() {
            number(&format!("sleep: forms[{i}]: factor"), form.factor, 0.0, 100.0)?;
            number(&format!("sleep: forms[{i}]: seconds"), form.seconds, 0.0, MOST)?;
        }
        Ok(())
    }
}

/// A predicted query of a context, and what precomputing its answer would cost and save.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Names the query; a wake with the same key is a hit. A digest of its normal form, or a cluster of queries.
    pub key: String,
    /// Its likelihood among the predicted ones. Only ratios count: the share of predictions that hit is learned.
    pub weight: f64,
    /// The most that precomputing may cost at once, cache writes included.
    pub cost: Cost,
    /// Cost of a live answer, and of an answer with the artefact, in US dollars.
    pub live_usd: f64,
    /// Cost of an answer with the artefact, in US dollars.
    pub hit_usd: f64,
    /// Seconds that a user waits less.
    pub seconds: f64,
}

/// A context, and the work that might be done for it.
#[derive(Debug, Clone, PartialEq)]
pub struct SleepAsk<'a> {
    /// Names the context: a document, a repository, a conversation.
    pub context: &'a str,
    /// Identifies the state of its sources, such as a SHA-256 of them.
    pub fingerprint: &'a [u8],
    /// The predicted queries.
    pub candidates: &'a [Candidate],
    /// Queries per second; learned from wakes if none.
    pub query_rate: Option<f64>,
    /// Changes of the sources per second; learned from fingerprints if none.
    pub change_rate: Option<f64>,
    /// Seconds for which an artefact may be used.
    pub ttl: f64,
    /// Dollars that a dollar of compute counts as: the price of compute, at least 1.
    pub price: f64,
}

impl SleepAsk<'_> {
    pub(super) fn validate(&self) -> Result<()> {
        check_fingerprint(self.fingerprint)?;
        number("sleep: ttl", self.ttl, 0.001, MOST)?;
        number("sleep: price", self.price, 1.0, MOST)?;
        for (what, rate) in [("sleep: query_rate", self.query_rate), ("sleep: change_rate", self.change_rate)]
        {
            rate.map_or(Ok(()), |rate| number(what, rate, 0.0, 1e6))?;
        }
        if self.candidates.len() > MAX_CANDIDATES {
            let bound = format!("at most {MAX_CANDIDATES}");
            return Err(Error::invalid("sleep: candidates", self.candidates.len(), bound));
        }
        for (i, candidate) in self.candidates.iter().enumerate() {
            let what = |field: &str| format!("sleep: candidates[{i}]: {field}");
            check_name(&what("key"), &candidate.key)?;
            if self.candidates[..i].iter().any(|other| other.key == candidate.key) {
                return Err(Error::invalid(what("key"), &candidate.key, "a key of its own"));
            }
            number(&what("weight"), candidate.weight, 0.0, 1.0)?;
            for (field, usd) in [("live_usd", candidate.live_usd), ("hit_usd", candidate.hit_usd)] {
                number(&what(field), usd, 0.0, 1e6)?;
            }
            number(&what("seconds"), candidate.seconds, 0.0, MOST)?;
            if candidate.cost == Cost::default() {
                return Err(Error::invalid(what("usd"), 0, "above 0, or tokens above 0"));
            }
        }
        Ok(())
    }
}

pub(super) fn check_fingerprint(fingerprint: &[u8]) -> Result<()> {
    if (1..=MAX_FINGERPRINT).contains(&fingerprint.len()) {
        return Ok(());
    }
    let bound = format!("between 1 and {MAX_FINGERPRINT} bytes");
    Err(Error::invalid("sleep: fingerprint", format!("{} bytes", fingerprint.len()), bound))
}

pub(super) fn number(what: &str, value: f64, low: f64, high: f64) -> Result<()> {
    if (low..=high).contains(&value) {
        return Ok(());
    }
    Err(Error::invalid(what, value, format!("between {low} and {high}")))
}

/// # Errors
/// [`Error::Invalid`] when a name is empty or longer than [`MAX_KEY`].
pub(super) fn check_name(what: &str, name: &str) -> Result<()> {
    if (1..=MAX_KEY).contains(&name.len()) {
        return Ok(());
    }
    Err(Error::invalid(what, format!("{} bytes", name.len()), format!("between 1 and {MAX_KEY} bytes")))
}
