//! Plans of a batch, spread over threads.

use super::Governor;
use super::circumstances::Circumstances;
use super::current::Current;
use super::decide::Decision;
use crate::batch::in_parts;
use crate::estimate::Estimate;
use crate::features::Scan;
use crate::plan::PlanOptions;
use crate::query::{Query, Reader};

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
    /// `read` reads each text, with the governor's window.
    pub fn plan_batch<T: Sync>(&self, texts: &[T], read: Reader<T>, threads: Option<usize>) -> Vec<BatchRow> {
        let current = self.current.load_full();
        let rows = in_parts(texts, threads, |texts| part(&current, texts, read)).concat();
        self.watch_batch(&current, rows.iter().map(|row| &row.estimate));
        rows
    }
}

fn part<T>(current: &Current, texts: &[T], read: Reader<T>) -> Vec<BatchRow> {
    let mut scan = Scan::new();
    let window = current.snapshot.window.bytes;
    texts.iter().filter_map(|text| row(current, &read(text, window), &mut scan)).collect()
}

fn row(current: &Current, query: &Query<'_>, scan: &mut Scan) -> Option<BatchRow> {
    // `decide` only refuses options, and there are none.
    let make = |Decision { rung, dials, p_correct, estimate, .. }| BatchRow {
        rung,
        thinking_tokens: dials.thinking_tokens,
        samples: dials.samples,
        depth: dials.depth,
        p_correct,
        estimate,
    };
    current.decide(query, &PlanOptions::default(), &Circumstances::default(), scan, make).ok()
}
