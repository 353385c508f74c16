//! Guarantees for a choice that was made by looking at a log.
//!
//! The input is a list of **candidates**, ordered from the safest to the boldest (such as thresholds of a policy), and
//! each candidate's loss on each **unit** of a log. A unit is an independent draw: a question or a user, not a row. Rows
//! of one group are averaged into one unit.
//!
//! | question | answer |
//! |---|---|
//! | Which candidates lose at most ε on average, with confidence 1 − δ? | [`learn_then_test`] |
//! | Which candidate loses at most ε in expectation, for a growing loss? | [`control_risk`] |
//! | Which hold now, however often I look as the log grows? | [`Watch`] |
//! | How much does a new policy change the mean score, from decisions drawn by chance? | [`OffPolicy`] |
//! | How many labels does a promise take? | [`labels_needed`] |
//!
//! A [`Refusal`] gives the reason if nothing can be certified. It is no error: the caller keeps the safest choice.
//!
//! Units must be exchangeable with the traffic to come. Only [`Watch`] notices drift.

mod betting;
mod binomial;
mod codec;
mod control;
mod learn_then_test;
mod needed;
mod off_policy;
mod paired;
mod pvalue;
mod units;
mod verdict;
mod watch;

pub use betting::{Betting, Side};
pub use binomial::binomial_tail;
pub use codec::MOST_BYTES;
pub use control::control_risk;
pub use learn_then_test::{Walk, learn_then_test};
pub use needed::{Assumed, labels_needed};
pub use off_policy::{Change, Graded, Interval, MIN_ROWS, OffPolicy};
pub use paired::paired;
pub use pvalue::{Method, hoeffding_bentkus};
pub use units::{Range, Target, Units};
pub use verdict::{Certificate, Refusal, Verdict};
pub use watch::{MAX_GROUPS, Standing, Watch};
