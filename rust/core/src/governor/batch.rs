//! Plans of a batch, spread over threads.

use super::Governor;
use super::circumstances::Circumstances;
use super::current::Current;
use super::decide::Decision;
use crate::batch::in_parts;
use crate::estimate::Estimate;
use crate::features::Scan;
use crate::plan::PlanOptions;
use crate::query::Query;

/// The decision for one text of a batch: the fields of a [`Plan`](crate::plan::Plan) that make columns.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BatchRow {
    /// Index of the rung to start on.
    pub rung: usize,
    /// Budget for thinking, in tokens per sample.
    pub thinking_tokens: u64,
    /// Number of samples.
    pub samples: u32,
    /// Rounds.
    pub depth: u32,
    /// P(correct) of the rung.
    pub p_correct: f64,
    /// The estimate.
    pub estimate: Estimate,
}

impl Governor {
    /// Plans many texts, on at most `threads` threads: one per core if not given. Results are in order, and equal to those of [`plan`](Self::plan).
    pub fn plan_batch(&self, texts: &[&[u8]], threads: Option<usize>) -> Vec<BatchRow> {
        let current = self.current.load_full();
        let rows = in_parts(texts, threads, |texts| part(&current, texts)).concat();
        self.watch_batch(&current, rows.iter().map(|row| &row.estimate));
        rows
    }
}

fn part(current: &Current, texts: &[&[u8]]) -> Vec<BatchRow> {
    let mut scan = Scan::new();
    texts.iter().filter_map(|text| row(current, text, &mut scan)).collect()
}

fn row(current: &Current, text: &[u8], scan: &mut Scan) -> Option<BatchRow> {
    let query = Query::bytes(text, current.snapshot.window.bytes);
    // `decide` only refuses options, and there are none.
    let make = |Decision { rung, dials, p_correct, estimate, .. }| BatchRow {
        rung,
        thinking_tokens: dials.thinking_tokens,
        samples: dials.samples,
        depth: dials.depth,
        p_correct,
        estimate,
    };
    current.decide(&query, &PlanOptions::default(), &Circumstances::default(), scan, make).ok()
}
