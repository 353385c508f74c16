//! Builds a governor from its parts.

use super::Governor;
use super::current::Current;
use super::switch::SwitchWatch;
use crate::estimate::Estimator;
use crate::ladder::{Ceiling, Ladder};
use crate::learn::DriftOptions;
use crate::ledger::Ledger;
use crate::outcome::Outcomes;
use crate::plan::{Snapshot, SnapshotParts};
use crate::policy::{Policy, Shares};
use crate::query::Window;
use crate::rules::Rules;
use crate::session::{SessionOptions, Sessions};
use crate::sleep::{SleepOptions, Sleeper};
use crate::{Error, Result};
use arc_swap::ArcSwap;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, OnceLock};

/// Largest number of outcomes that a governor keeps.
const MOST_OUTCOMES: usize = 1 << 24;

/// Collects the parts of a governor; see [`Governor::builder`].
#[derive(Debug, Clone)]
pub struct Builder {
    ladder: Arc<Ladder>,
    estimator: Option<Arc<Estimator>>,
    policy: Policy,
    ceiling: Ceiling,
    window: Window,
    rules: Rules,
    outcomes: usize,
    nonce: u64,
    sessions: SessionOptions,
    ledger: Option<Arc<Ledger>>,
    drift: usize,
    sleep: Option<SleepOptions>,
    overrides: bool,
}

impl Governor {
    /// Begins a governor over a ladder.
    pub fn builder(ladder: Arc<Ladder>) -> Builder {
        Builder::new(ladder)
    }
}

impl Builder {
    fn new(ladder: Arc<Ladder>) -> Self {
        Self {
            ladder,
            estimator: None,
            policy: Policy::Shares(Shares::usual()),
            ceiling: Ceiling::default(),
            window: Window::default(),
            rules: Rules::default(),
            outcomes: 1 << 16,
            nonce: 0,
            sessions: SessionOptions::default(),
            ledger: None,
            drift: Self::DRIFT_WINDOW,
            sleep: None,
            overrides: true,
        }
    }

    /// Default window of drift, in asks and in outcomes.
    pub const DRIFT_WINDOW: usize = 1_024;
    /// Largest window of drift.
    pub const MOST_DRIFT: usize = 16_384;

    /// Sets the estimator; the shipped one without it.
    #[must_use]
    pub fn estimator(mut self, estimator: Arc<Estimator>) -> Self {
        self.estimator = Some(estimator);
        self
    }

    /// Sets the policy; [`Shares::usual`] without it.
    #[must_use]
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// Sets the ceiling of every query. Limits that it leaves out are derived from the ladder.
    #[must_use]
    pub fn ceiling(mut self, ceiling: Ceiling) -> Self {
        self.ceiling = ceiling;
        self
    }

    /// Sets the window of an ask that is scanned.
    #[must_use]
    pub fn window(mut self, window: Window) -> Self {
        self.window = window;
        self
    }

    /// Sets the rules of runs.
    #[must_use]
    pub fn rules(mut self, rules: Rules) -> Self {
        self.rules = rules;
        self
    }

    /// Sets the number of outcomes that are kept until they are drained.
    #[must_use]
    pub fn outcomes(mut self, outcomes: usize) -> Self {
        self.outcomes = outcomes;
        self
    }

    /// Sets the nonce, by which plan ids of this governor differ from those of others.
    #[must_use]
    pub fn nonce(mut self, nonce: u64) -> Self {
        self.nonce = nonce;
        self
    }

    /// Sets the options of sessions.
    #[must_use]
    pub fn sessions(mut self, sessions: SessionOptions) -> Self {
        self.sessions = sessions;
        self
    }

    /// Sets the ledger: plans are cut to its room, and their runs draw on it.
    #[must_use]
    pub fn ledger(mut self, ledger: Arc<Ledger>) -> Self {
        self.ledger = Some(ledger);
        self
    }

    /// Sets the window of [drift](Governor::drift), in asks and in outcomes; 0 switches drift off.
    #[must_use]
    pub fn drift(mut self, window: usize) -> Self {
        self.drift = window;
        self
    }

    /// Lets the governor [sleep](Governor::sleeper): precompute while nothing is asked.
    #[must_use]
    pub fn sleep(mut self, sleep: SleepOptions) -> Self {
        self.sleep = Some(sleep);
        self
    }

    /// Sets if a query may name its rung ([`PlanOptions::rung`](crate::plan::PlanOptions::rung)); it may without this. If not, a
    /// rung is only reached through the policy.
    #[must_use]
    pub fn overrides(mut self, overrides: bool) -> Self {
        self.overrides = overrides;
        self
    }

    /// Builds the snapshot alone, for [`Governor::replace`].
    ///
    /// # Errors
    /// Those of [`build`](Self::build).
    pub fn snapshot(self) -> Result<Snapshot> {
        if !(Window::MIN..=Window::MAX).contains(&self.window.bytes) {
            let bound = format!("between {} and {} bytes", Window::MIN, Window::MAX);
            return Err(Error::invalid("window", self.window.bytes, bound));
        }
        let estimator = self.estimator.unwrap_or_else(|| Arc::new(Estimator::shipped().clone()));
        Snapshot::new(SnapshotParts {
            estimator,
            ladder: self.ladder,
            policy: self.policy,
            ceiling: self.ceiling,
            window: self.window,
            rules: Arc::new(self.rules),
        })
    }

    /// Builds the governor.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a window, a policy, a rule or a ceiling out of bounds, or a policy that does not fit the ladder.
    pub fn build(self) -> Result<Governor> {
        if self.outcomes > MOST_OUTCOMES {
            return Err(Error::invalid("outcomes", self.outcomes, format!("at most {MOST_OUTCOMES}")));
        }
        if self.drift != 0 && !(100..=Self::MOST_DRIFT).contains(&self.drift) {
            let bound = format!("0, or between 100 and {}", Self::MOST_DRIFT);
            return Err(Error::invalid("drift", self.drift, bound));
        }
        let watching = DriftOptions { window: self.drift, waiting: self.outcomes, nonce: self.nonce };
        let (nonce, outcomes) = (self.nonce, Outcomes::new(self.outcomes));
        let (sessions, ledger) = (Arc::new(Sessions::new(self.sessions)?), self.ledger.clone());
        let (sleeper, overrides) = (self.sleep.clone().map(Sleeper::new).transpose()?, self.overrides);
        let snapshot = Arc::new(self.snapshot()?);
        Ok(Governor {
            current: Arc::new(ArcSwap::from_pointee(Current::new(snapshot, watching)?)),
            nonce,
            planned: AtomicU64::new(0),
            outcomes,
            sessions,
            ledger,
            switch: SwitchWatch::default(),
            pending: OnceLock::new(),
            sleeper: sleeper.map(Mutex::new),
            overrides,
        })
    }
}
