//! What may be promised of a choice that was made by looking at a log.
//!
//! The setting: a few **candidates**, ordered from the safest to the boldest (thresholds of a policy, say), and a log
//! that tells each candidate's loss on each **unit**. A unit is whatever was drawn independently: a question or a user,
//! not a row. Rows of one group are averaged, and the group counts once.
//!
//! | question | answer |
//! |---|---|
//! | Which candidates lose at most ε on average, with confidence 1 − δ? | [`learn_then_test`] |
//! | Which candidate loses at most ε in expectation, for a loss that only grows? | [`control_risk`] |
//! | Which hold now, and still hold if I look again whenever the log has grown? | [`Watch`] |
//!
//! Where nothing can be promised the answer is a [`Refusal`] that says why. It is no error: the caller keeps the
//! safest choice.
//!
//! All of it rests on units that are exchangeable with the traffic to come. Under drift only [`Watch`] notices.

mod betting;
mod codec;
mod control;
mod learn_then_test;
mod pvalue;
mod units;
mod verdict;
mod watch;

pub use betting::{Betting, Side};
pub use codec::MOST_BYTES;
pub use control::control_risk;
pub use learn_then_test::{Walk, learn_then_test};
pub use pvalue::{Method, binomial_tail, hoeffding_bentkus};
pub use units::{Range, Target, Units};
pub use verdict::{Certificate, Refusal, Verdict};
pub use watch::{MAX_GROUPS, Standing, Watch};
