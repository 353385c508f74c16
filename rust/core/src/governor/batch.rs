//! Many decisions at once.

use super::Governor;
use super::circumstances::Circumstances;
use super::current::Current;
use super::decide::Decision;
use crate::batch::in_parts;
use crate::estimate::Estimate;
use crate::features::Scan;
use crate::plan::PlanOptions;
use crate::query::Query;

/// The decision about one text of a batch: the fields of a [`Plan`](crate::plan::Plan) that make columns.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BatchRow {
    /// The rung to start on, by its place on the ladder.
    pub rung: usize,
    /// Budget for thinking, in tokens per sample.
    pub thinking_tokens: u64,
    /// How many samples to draw.
    pub samples: u32,
    /// Rounds.
    pub depth: u32,
    /// The chance that the rung answers correctly.
    pub p_correct: f64,
    /// What was estimated.
    pub estimate: Estimate,
}

impl Governor {
    /// Decides many texts, on `threads` threads; results in order, equal to those of [`plan`](Self::plan).
    pub fn plan_batch(&self, texts: &[&[u8]], threads: usize) -> Vec<BatchRow> {
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
    // Without options there is nothing to refuse.
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
