//! Plans of a batch, spread over threads.

use super::Governor;
use super::circumstances::Circumstances;
use super::current::Current;
use super::decide::Decision;
use crate::batch::in_parts;
use crate::estimate::Estimate;
use crate::features::Scan;
use crate::plan::{PlanOptions, PlanReasons};
use crate::policy::{Policy, Shares};
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
    /// Share of this deployment's queries that were easier, if shares decided.
    pub quantile: Option<f64>,
    /// The estimate.
    pub estimate: Estimate,
    /// The reasons.
    pub why: PlanReasons,
}

impl Governor {
    /// Plans many texts, on at most `threads` threads: one per core if not given. Results are in order, and equal to those of [`plan`](Self::plan).
    /// `read` reads each text, with the governor's window.
    pub fn plan_batch<T: Sync>(&self, texts: &[T], read: Reader<T>, threads: Option<usize>) -> Vec<BatchRow> {
        let current = self.current.load_full();
        let rows = match &current.snapshot.policy {
            Policy::Shares(shares) => in_turn(&current, shares, texts, read, threads),
            _ => in_parts(texts, threads, |texts| part(&current, texts, read)).concat(),
        };
        self.watch_batch(&current, rows.iter().map(|row| &row.estimate));
        for row in &rows {
            self.watch_switch(&current.snapshot, row.rung, row.why);
        }
        rows
    }
}

/// Texts whose readings are held at once: a reading takes some hundreds of bytes.
const READ_AT_ONCE: usize = 8_192;

/// Reads on all threads, and decides one after the other: each query's rung depends on those before it.
fn in_turn<T: Sync>(
    current: &Current,
    shares: &Shares,
    texts: &[T],
    read: Reader<T>,
    threads: Option<usize>,
) -> Vec<BatchRow> {
    let window = current.snapshot.window.bytes;
    let mut rows = Vec::with_capacity(texts.len());
    for texts in texts.chunks(READ_AT_ONCE) {
        let readings = in_parts(texts, threads, |texts| {
            let mut scan = Scan::new();
            let read = |text| {
                let query = read(text, window);
                let reading = current.read(&query, &Circumstances::default(), &mut scan);
                (query, reading)
            };
            texts.iter().map(read).collect::<Vec<_>>()
        });
        for (query, reading) in readings.into_iter().flatten() {
            let make = |decision: Decision| {
                if let Some(share) = &decision.share {
                    shares.note(decision.estimate.location, share);
                }
                of_decision(decision)
            };
            let options = PlanOptions::default();
            rows.extend(current.decide_read(&query, &options, &Circumstances::default(), reading, make).ok());
        }
    }
    rows
}

fn part<T>(current: &Current, texts: &[T], read: Reader<T>) -> Vec<BatchRow> {
    let mut scan = Scan::new();
    let window = current.snapshot.window.bytes;
    texts.iter().filter_map(|text| row(current, &read(text, window), &mut scan)).collect()
}

fn row(current: &Current, query: &Query<'_>, scan: &mut Scan) -> Option<BatchRow> {
    // `decide` only refuses options, and there are none.
    current.decide(query, &PlanOptions::default(), &Circumstances::default(), scan, of_decision).ok()
}

fn of_decision(decision: Decision) -> BatchRow {
    let Decision { rung, dials, p_correct, estimate, share, why, .. } = decision;
    BatchRow {
        rung,
        thinking_tokens: dials.thinking_tokens,
        samples: dials.samples,
        depth: dials.depth,
        p_correct,
        quantile: share.and_then(|share| share.quantile),
        estimate,
        why,
    }
}
