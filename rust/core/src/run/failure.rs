//! The kinds of failures, and what each means for a run.
//!
//! ```text
//! kind         has its engine worked on it?   again on the rung   then
//! permanent    no                             no                  the run ends
//! rate limit   no                             after a wait        the next rung, as a fallback
//! overloaded   no                             after a wait        the next rung, as a fallback
//! unreached    no                             after a wait        the next rung, as a fallback
//! transient    perhaps                        after a wait        the next rung, as a fallback
//! refusal      yes                            no                  the next rung, as a fallback
//! ```
//!
//! Overloaded, unreached and transient failures count for the breaker of their upstream ([`Breakers`](crate::ledger::Breakers)).
//!
//! A fallback is no escalation: it says nothing about the query, so a session does not follow it.

use crate::named::named;
use crate::{Error, Result};

named! {
    /// The kind of a failure.
    pub enum FailureKind as "kind" {
        /// No rung could answer: a bad key, a bad request, an unknown model, too long a context.
        Permanent = "permanent",
        /// The provider takes no more requests for now.
        RateLimit = "rate_limit",
        /// The engine is overloaded, and has not worked on the request.
        Overloaded = "overloaded",
        /// The request never reached its engine: no connection, an unknown host, no free connection in time.
        Unreached = "unreached",
        /// The request may have been worked on: a reset, a timeout, an error inside the engine, or an error of unknown kind.
        Transient = "transient",
        /// The model or a filter refused the content.
        Refusal = "refusal",
    }
}

impl FailureKind {
    /// True if an engine may have worked on the request, so that its grant stays reserved until its usage is known.
    pub fn may_have_spent(self) -> bool {
        matches!(self, Self::Transient | Self::Refusal)
    }

    /// True if the request may succeed when it is sent again.
    pub fn is_retried(self) -> bool {
        !matches!(self, Self::Permanent | Self::Refusal)
    }

    /// True if it speaks against the upstream, so that its breaker counts it.
    pub fn breaks(self) -> bool {
        matches!(self, Self::Overloaded | Self::Unreached | Self::Transient)
    }

    /// True if another rung may answer.
    pub fn falls_back(self) -> bool {
        self != Self::Permanent
    }
}

/// A failed request or stream.
#[derive(Debug, Clone, Copy)]
pub struct Failure<'a> {
    /// The kind.
    pub kind: FailureKind,
    /// The error in words, for the trail.
    pub error: &'a str,
    /// True if the request reached its engine. None: the kind tells, and a stream that brought tokens has.
    pub sent: Option<bool>,
    /// Seconds that the provider asks to wait before the next request.
    pub retry_after: Option<f64>,
}

impl<'a> Failure<'a> {
    /// A failure of a kind.
    pub fn new(kind: FailureKind, error: &'a str) -> Self {
        Self { kind, error, sent: None, retry_after: None }
    }

    /// A failure as a host reports it. Without a kind it is transient and was sent, unless the host says that it was not: then the
    /// engine was not reached.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless `retry_after` is at least 0.
    pub fn reported(
        error: &'a str,
        kind: Option<FailureKind>,
        sent: Option<bool>,
        retry_after: Option<f64>,
    ) -> Result<Self> {
        if let Some(seconds) = retry_after.filter(|seconds| seconds.is_nan() || *seconds < 0.0) {
            return Err(Error::invalid("retry_after", seconds, "at least 0 seconds"));
        }
        let (kind, sent) = match (kind, sent) {
            (Some(kind), sent) => (kind, sent),
            (None, Some(false)) => (FailureKind::Unreached, sent),
            (None, _) => (FailureKind::Transient, Some(true)),
        };
        Ok(Self { kind, error, sent, retry_after })
    }
}
