//! What a partial answer says while it is being written: confidence from log-probabilities, statistics of whole
//! logit rows, agreement of probes, scores of reasoning steps.
//!
//! Each signal is a small value that one stream owns. Updates are O(1) or O(k); bad numbers are counted and survived.

mod confidence;
mod histogram;
mod logits;
mod probes;
mod steps;

pub use confidence::{Confidence, MAX_WINDOW};
pub use logits::{LogitStats, logit_stats, top_logprobs};
pub use probes::Probes;
pub use steps::Steps;
