//! Sleep-time compute: what to precompute while idle, for queries that are predicted.
//!
//! ```text
//! sleep      weighs each predicted query (`worth.rs`): pays where price · cost < saving · P(hit) · queries before a change.
//!            Sorts those that pay by value per dollar, and claims their costs from a cap of sleep's own until it is used up
//! P(hit)     lower confidence bound on the share of a context's queries that were predicted, times the candidate's share of the
//!            predictions. It is learned from every wake, also where nothing was precomputed: so sleep starts by refusing
//! wake       a hit is an artefact whose fingerprint equals that of the sources now, byte for byte, within its life: nothing else
//!            is ever returned. A change of the sources drops what was made from the old ones
//! ```
//!
//! Source: Lin et al., *Sleep-time compute* (arXiv 2504.13171), which shows that it saves where queries are predictable, and prices
//! nothing. Storage of artefacts, the matching of queries to keys and the schedule are the host's.

mod answer;
mod codec;
mod context;
mod options;
mod worth;

pub use answer::{Job, Miss, Refusal, Refused, SleepPlan, Wake};
pub use options::{Candidate, Form, MAX_CANDIDATES, MAX_FINGERPRINT, SleepAsk, SleepOptions};
pub use worth::{KeepAlive, expected_queries, least_chance};

use crate::ledger::{Cost, Purse};
use crate::money::Usd;
use crate::{Error, Result};
use context::{Artefact, Context};
use options::{check_fingerprint, check_name, number};
use std::collections::{BTreeMap, HashMap};

/// Most jobs in flight.
const MAX_JOBS: usize = 65_536;
/// Seconds by which a clock must be set back to be followed.
const DAY: f64 = 86_400.0;
/// Largest time, in seconds.
const LATEST: f64 = 1e11;

#[derive(Debug, Clone)]
struct Running {
    context: String,
    key: String,
    fingerprint: Vec<u8>,
    claim: Cost,
    ttl: f64,
    /// Time after which its report is given up: its claim counts as spent.
    lost: f64,
}

/// Decides what to precompute, and what may be used of it.
///
/// ```
/// use rheostat::ledger::{Cap, Cost, Scope};
/// use rheostat::money::Usd;
/// use rheostat::sleep::{Candidate, SleepAsk, SleepOptions, Sleeper, Wake};
/// let cap = Cap { usd: Some(Usd::from_dollars(1.0)), ..Cap::new(Scope::Fleet) };
/// let mut sleeper = Sleeper::new(SleepOptions::new(cap))?;
/// let cost = Cost::new(0, Usd::from_dollars(0.01));
/// let candidates =
///     [Candidate { key: "summary".into(), weight: 1.0, cost, live_usd: 0.05, hit_usd: 0.005, seconds: 0.0 }];
/// let ask = SleepAsk {
///     context: "report", fingerprint: b"v1", candidates: &candidates, query_rate: None, change_rate: None, ttl: 3_600.0, price: 1.0,
/// };
/// assert!(sleeper.sleep(&ask, 0.0)?.jobs.is_empty()); // nothing is known yet
/// for minute in 1..=30 {
///     sleeper.wake("report", "summary", b"v1", 60.0 * f64::from(minute))?;
/// }
/// let job = sleeper.sleep(&ask, 1_801.0)?.jobs[0].id;
/// sleeper.finish(job, cost, true, 1_802.0)?;
/// assert!(matches!(sleeper.wake("report", "summary", b"v1", 1_803.0)?, Wake::Hit { .. }));
/// assert!(matches!(sleeper.wake("report", "summary", b"v2", 1_804.0)?, Wake::Miss(_)));
/// # Ok::<(), rheostat::Error>(())
/// ```
#[derive(Debug)]
pub struct Sleeper {
    options: SleepOptions,
    contexts: HashMap<String, Context>,
    running: BTreeMap<u64, Running>,
    purse: Purse,
    made: u64,
    /// Counts uses of contexts, for the order in which they go.
    uses: u64,
    seen: f64,
}

impl Sleeper {
    /// # Errors
    /// [`Error::Invalid`] names the setting that is out of range.
    pub fn new(options: SleepOptions) -> Result<Self> {
        options.validate()?;
        let (contexts, running) = (HashMap::new(), BTreeMap::new());
        Ok(Self { options, contexts, running, purse: Purse::default(), made: 0, uses: 0, seen: 0.0 })
    }

    /// The settings.
    pub fn options(&self) -> &SleepOptions {
        &self.options
    }

    /// Spending since it was made, the part of it above claims, and the rest of the cap in its window.
    pub fn spent(&self) -> (Cost, Cost, Cost) {
        (self.purse.total, self.purse.overshoot, self.purse.room(Some(&self.options.cap)))
    }

    /// Weighs the candidates of a context, and claims the cost of those that are worth it.
    ///
    /// # Errors
    /// [`Error::Invalid`] names the value that is out of range. Nothing has changed then.
    pub fn sleep(&mut self, ask: &SleepAsk<'_>, at: f64) -> Result<SleepPlan> {
        ask.validate()?;
        check_name("sleep: context", ask.context)?;
        let at = self.enter(at)?;
        let confidence = self.options.confidence;
        let context = self.context(ask.context, at);
        context.look(ask.fingerprint, at);
        context.predicted = ask.candidates.iter().map(|candidate| candidate.key.clone()).collect();
        context.artefacts.retain(|artefact| artefact.made <= at && at < artefact.expires);
        let known = context.clone();
        let query_rate = ask.query_rate.unwrap_or_else(|| known.query_rate());
        let change_rate = ask.change_rate.unwrap_or_else(|| known.change_rate());
        let queries = |form: &Form| expected_queries(query_rate, change_rate, form.seconds, ask.ttl);
        let predicted = least_chance(known.hits, known.tries, confidence);
        let weights: f64 = ask.candidates.iter().map(|candidate| candidate.weight).sum();
        let mut plan = SleepPlan {
            predicted,
            queries: expected_queries(query_rate, change_rate, 0.0, ask.ttl),
            ..SleepPlan::default()
        };
        let mut paying = Vec::new();
        for (index, candidate) in ask.candidates.iter().enumerate() {
            let chance = if weights > 0.0 { predicted * candidate.weight / weights } else { 0.0 };
            let best = self.weigh(index, chance, candidate, ask.price, known.wrong_rate(), queries);
            let refused =
                |reason| Refused { candidate: index, reason, chance, break_even: best.break_even() };
            let kept = known.artefacts.iter().any(|artefact| artefact.key == candidate.key);
            if kept || known.running.contains(&candidate.key) {
                plan.refused.push(refused(Refusal::Kept));
            } else if known.tries == 0 {
                plan.refused.push(refused(Refusal::NoEvidence));
            } else if best.net() <= 0.0 {
                plan.refused.push(refused(Refusal::Unpaid));
            } else {
                paying.push(best);
            }
        }
        paying.sort_by(|a, b| b.ratio().total_cmp(&a.ratio()).then(a.index.cmp(&b.index)));
        for best in paying {
            match self.grant(ask, &best, at) {
                Some(job) => plan.jobs.push(job),
                None => plan.refused.push(Refused {
                    candidate: best.index,
                    reason: Refusal::Cap,
                    chance: best.chance,
                    break_even: best.break_even(),
                }),
            }
        }
        Ok(plan)
    }

    /// Weighs a candidate in each form, and returns the best.
    fn weigh(
        &self,
        index: usize,
        chance: f64,
        candidate: &Candidate,
        price: f64,
        wrong: f64,
        queries: impl Fn(&Form) -> f64,
    ) -> Weighed {
        let Candidate { live_usd, hit_usd, seconds, cost, .. } = candidate;
        let waited = self.options.usd_per_second * seconds;
        let saved = live_usd - hit_usd + waited - wrong * self.options.usd_per_error;
        let mut best = Weighed { index, form: 0, chance, each: 0.0, cost: f64::INFINITY };
        for (form, way) in self.options.forms.iter().enumerate() {
            let cost = price * cost.usd.dollars() * way.factor;
            let weighed = Weighed { index, form, chance, each: saved * queries(way), cost };
            if weighed.net() > best.net() {
                best = weighed;
            }
        }
        best
    }

    /// Claims the cost of a candidate. None where the cap has no room, or too much is in flight.
    fn grant(&mut self, ask: &SleepAsk<'_>, best: &Weighed, at: f64) -> Option<Job> {
        let (candidate, form) = (ask.candidates.get(best.index)?, self.options.forms.get(best.form)?);
        let usd = Usd::from_dollars(candidate.cost.usd.dollars() * form.factor);
        let claim = Cost { usd, ..candidate.cost };
        if self.running.len() >= MAX_JOBS || !self.purse.claim(Some(&self.options.cap), claim) {
            return None;
        }
        let seconds = form.seconds;
        self.made += 1;
        let id = self.made;
        self.context(ask.context, at).running.push(candidate.key.clone());
        let running = Running {
            context: ask.context.to_owned(),
            key: candidate.key.clone(),
            fingerprint: ask.fingerprint.to_vec(),
            claim,
            ttl: ask.ttl,
            lost: at + seconds + ask.ttl,
        };
        self.running.insert(id, running);
        let (form, chance) = (best.form, best.chance);
        Some(Job { id, candidate: best.index, form, claim, value: best.chance * best.each, chance })
    }

    /// Ends granted work with its cost. If it was `made`, its artefact may be used from now on, unless the sources have changed
    /// meanwhile.
    ///
    /// # Errors
    /// [`Error::State`] when there is no such work in flight; [`Error::Invalid`] when the time is out of range.
    pub fn finish(&mut self, job: u64, spent: Cost, made: bool, at: f64) -> Result<()> {
        let at = self.enter(at)?;
        let ended =
            || Error::state(format!("sleep: job {job} is not in flight: it was ended, or its time was over"));
        let running = self.running.remove(&job).ok_or_else(ended)?;
        self.purse.settle(running.claim, spent);
        let context = self.context(&running.context, at);
        context.running.retain(|key| *key != running.key);
        context.spent = context.spent.plus(spent.usd);
        if made && context.fingerprint == running.fingerprint {
            let Running { key, fingerprint, ttl, .. } = running;
            context.artefacts.retain(|artefact| artefact.key != key);
            context.artefacts.push(Artefact { id: job, key, fingerprint, made: at, expires: at + ttl });
        }
        Ok(())
    }

    /// Looks for an artefact for a live query, and learns from it. `fingerprint` is that of the sources now: an artefact that was
    /// made from others is never returned.
    ///
    /// # Errors
    /// [`Error::Invalid`] names the value that is out of range.
    pub fn wake(&mut self, context: &str, key: &str, fingerprint: &[u8], at: f64) -> Result<Wake> {
        check_name("sleep: context", context)?;
        check_name("sleep: key", key)?;
        check_fingerprint(fingerprint)?;
        let at = self.enter(at)?;
        let known = self.contexts.contains_key(context);
        let context = self.context(context, at);
        let changed = context.fingerprint != fingerprint;
        let predicts = !context.predicted.is_empty();
        let predicted = context.predicted.iter().any(|other| other == key) && !changed;
        context.look(fingerprint, at);
        context.queries += 1;
        if predicts {
            // A prediction for sources that have changed is one that did not hit.
            context.tries += 1;
            context.hits += u64::from(predicted);
        }
        let artefact = context.artefacts.iter().find(|artefact| artefact.key == key);
        Ok(match artefact.filter(|artefact| artefact.fingerprint == fingerprint) {
            // Before it was made the clock was set back: its age is not known.
            Some(artefact) if artefact.made <= at && at < artefact.expires => {
                Wake::Hit { artefact: artefact.id, age: at - artefact.made }
            }
            Some(_) => Wake::Miss(Miss::Expired),
            None if !known => Wake::Miss(Miss::Unknown),
            None if changed => Wake::Miss(Miss::Changed),
            None if context.running.iter().any(|other| other == key) => Wake::Miss(Miss::Running),
            None if predicted => Wake::Miss(Miss::NotMade),
            None => Wake::Miss(Miss::Unpredicted),
        })
    }

    /// Notes how the answer of a hit turned out.
    ///
    /// # Errors
    /// [`Error::State`] when the context is not known.
    pub fn judge(&mut self, context: &str, right: bool) -> Result<()> {
        let unknown = || Error::state(format!("sleep: context {context:?} is not known"));
        let context = self.contexts.get_mut(context).ok_or_else(unknown)?;
        context.judged += 1;
        context.wrong += u64::from(!right);
        Ok(())
    }

    /// Weighs a refresh of a context's prefix in the provider's cache: `read_usd` and `write_usd` are the prices of reading it from
    /// the cache and of writing it. The rate of queries is the context's, unless it is given.
    ///
    /// # Errors
    /// [`Error::Invalid`] names the value that is out of range.
    pub fn keep_alive(
        &self,
        context: &str,
        read_usd: f64,
        write_usd: f64,
        ttl: f64,
        query_rate: Option<f64>,
    ) -> Result<KeepAlive> {
        number("sleep: read_usd", read_usd, 0.0, 1e6)?;
        number("sleep: write_usd", write_usd, 0.0, 1e6)?;
        number("sleep: ttl", ttl, 0.001, LATEST)?;
        query_rate.map_or(Ok(()), |rate| number("sleep: query_rate", rate, 0.0, 1e6))?;
        let rate = query_rate.or(self.contexts.get(context).map(Context::query_rate)).unwrap_or(0.0);
        Ok(worth::keep_alive(rate, ttl, read_usd, write_usd))
    }

    /// The context of a name, made if it is new. Where there are too many, the least recently used eighth goes first.
    fn context(&mut self, name: &str, at: f64) -> &mut Context {
        if self.contexts.len() >= self.options.contexts && !self.contexts.contains_key(name) {
            let mut used: Vec<u64> = self.contexts.values().map(|context| context.used).collect();
            used.sort_unstable();
            let last = used.get(used.len() / 8).copied().unwrap_or(0);
            self.contexts.retain(|_, context| context.used > last);
        }
        self.uses += 1;
        let context = self.contexts.entry(name.to_owned()).or_insert_with(|| Context::new(at));
        context.used = self.uses;
        context
    }

    /// Reads a time: rolls the cap's window, and counts the claims of work whose report is given up as spent. A clock that was
    /// set back by more than a day is followed: the window of now goes on with what it has spent.
    fn enter(&mut self, at: f64) -> Result<f64> {
        number("sleep: at", at, 0.0, LATEST)?;
        if at + DAY < self.seen {
            self.seen = at;
            self.purse.rebase(Some(&self.options.cap), at);
        }
        self.seen = self.seen.max(at);
        self.purse.roll(Some(&self.options.cap), self.seen);
        let lost = self.running.iter().filter(|(_, running)| running.lost < self.seen);
        for id in lost.map(|(id, _)| *id).collect::<Vec<_>>() {
            if let Some(running) = self.running.remove(&id) {
                self.purse.settle(running.claim, running.claim);
                self.context(&running.context, at).running.retain(|key| *key != running.key);
            }
        }
        Ok(at)
    }
}

/// A candidate in its best form.
struct Weighed {
    index: usize,
    form: usize,
    chance: f64,
    /// Expected saving if every query were a hit.
    each: f64,
    cost: f64,
}

impl Weighed {
    fn net(&self) -> f64 {
        self.chance * self.each - self.cost
    }

    fn ratio(&self) -> f64 {
        self.chance * self.each / self.cost.max(1e-12)
    }

    fn break_even(&self) -> Option<f64> {
        let chance = self.cost / self.each;
        (self.each > 0.0 && chance <= 1.0).then_some(chance)
    }
}
