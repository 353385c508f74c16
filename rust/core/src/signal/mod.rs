//! What a partial answer says while it is being written: confidence from log-probabilities, statistics of whole
//! logit rows, agreement of probes, scores of reasoning steps.
//!
//! Each signal is a small value that one stream owns. Updates are O(1) or O(k); bad numbers are counted and survived.

mod confidence;
mod gate;
mod histogram;
mod logits;
mod loops;
mod marker_words;
mod markers;
mod probes;
mod steps;
mod summary;
mod top;
mod wire;
mod words;

pub use confidence::{Confidence, MAX_WINDOW};
pub use gate::ConfidenceGate;
pub use logits::{LogitStats, logit_stats, top_logprobs};
pub use loops::{Loop, Loops, MAX_PERIOD};
pub use markers::{Kind as MarkerKind, MarkerCounts, Markers};
pub use probes::Probes;
pub use steps::Steps;
pub use summary::{ConfidenceSummary, keep_confident};
pub use top::{TopEntropy, VOCABULARY, top_entropy};
