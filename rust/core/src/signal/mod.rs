//! Signals of a partial answer: confidence from log-probabilities, statistics of logit rows, change points of the
//! entropy, agreement of probes, scores of reasoning steps, loops, turns of the reasoning, agents that are stuck.
//!
//! A run reads every signal by one of its [rules](crate::rules::Rules), or the signal calibrates such a rule. Each is a small
//! value that one stream owns. Updates cost O(1) or O(k); bad numbers are counted and survived.

mod confidence;
mod entropy;
mod exits;
mod gate;
mod guard;
mod histogram;
mod likelihood;
mod logits;
mod loops;
mod margin;
mod marker_table;
mod marker_words;
mod markers;
mod probes;
mod stall;
mod steps;
mod top;
mod words;

pub use confidence::{Confidence, MAX_WINDOW};
pub use entropy::EntropyShift;
pub use exits::{ExitLog, ExitRule, calibrate_exit, exit_thresholds};
pub use gate::ConfidenceGate;
pub(crate) use guard::LoopGuard;
pub use likelihood::Likelihood;
pub(crate) use likelihood::is_unknown;
pub use logits::{LogitRow, LogitStats, TopToken, logit_stats, top_logprobs, top_tokens};
pub use loops::{LONGEST_PERIOD, Loop, Loops, MAX_PERIOD};
pub use marker_words::MarkerKind;
pub use markers::{MarkerCounts, Markers};
pub use probes::{AnswerProbability, Probes};
pub use stall::{Stall, StallRules, Stuck};
pub use steps::Steps;
pub(crate) use top::Row;
pub(crate) use words::stands_alone;
