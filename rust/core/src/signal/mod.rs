//! What a partial answer says while it is being written: confidence from log-probabilities, statistics of whole
//! logit rows, entropy over time, agreement of probes, scores of reasoning steps, loops, turns of the reasoning, agents that
//! are stuck.
//!
//! Each signal is a small value that one stream owns. Updates are O(1) or O(k); bad numbers are counted and survived.

mod confidence;
mod cusum;
mod eat;
mod ema;
mod exits;
mod gate;
mod guide;
mod histogram;
mod likelihood;
mod logits;
mod loops;
mod marker_table;
mod marker_words;
mod markers;
mod probes;
mod quadrant;
mod schedule;
mod stall;
mod steps;
mod summary;
mod text;
mod top;
mod words;

pub use confidence::{Confidence, MAX_WINDOW};
pub use cusum::{Cusum, Shift};
pub use eat::Eat;
pub use ema::Ema;
pub use exits::{ExitLog, ExitRule, calibrate_exit};
pub use gate::ConfidenceGate;
pub use guide::{StepAdvice, StepGuide, StepRules};
pub use likelihood::Likelihood;
pub use logits::{LogitRow, LogitStats, TopToken, logit_stats, top_logprobs, top_tokens};
pub use loops::{LONGEST_PERIOD, Loop, Loops, MAX_PERIOD};
pub use marker_words::Kind as MarkerKind;
pub use markers::{MarkerCounts, Markers};
pub use probes::{AnswerMean, Probes, answer_confidence, is_uncertain};
pub use quadrant::{Quadrant, QuadrantRules, Quadrants};
pub use schedule::{EFFORTS, Effort, ProbeAt, ProbeSchedule};
pub use stall::{Stall, StallRules, Stuck};
pub use steps::Steps;
pub use summary::{ConfidenceSummary, keep_confident};
pub use text::{Evidence, TextRules, TextSignals, TextVerdict};
pub use top::{TopEntropy, VOCABULARY, top_entropy};
