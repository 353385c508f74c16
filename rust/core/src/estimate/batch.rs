//! Estimates of a batch, spread over threads.

use super::estimated::Estimate;
use super::estimator::Estimator;
use crate::batch::in_parts;
use crate::features::Scan;
use crate::query::{Reader, Window};

impl Estimator {
    /// Estimates many texts, each a single ask that `read` reads, on at most `threads` threads: one per core if not given.
    /// Results are in order, and equal to those of [`estimate`](Self::estimate).
    ///
    /// ```
    /// use rheostat::estimate::Estimator;
    /// use rheostat::query::{Query, Window};
    /// let texts = ["What is 2 + 2?", "Prove it."];
    /// let estimates =
    ///     Estimator::shipped().estimate_batch(&texts, |text, cap| Query::text(text, cap), Window::default(), Some(2));
    /// assert_eq!(estimates.len(), 2);
    /// ```
    pub fn estimate_batch<T: Sync>(
        &self,
        texts: &[T],
        read: Reader<T>,
        window: Window,
        threads: Option<usize>,
    ) -> Vec<Estimate> {
        let estimate = |part: &[T]| {
            let mut scan = Scan::new();
            let one = |text: &T| {
                let query = read(text, window.bytes);
                scan.run(&query.ask, window);
                self.estimate(&scan, &query.structure)
            };
            part.iter().map(one).collect::<Vec<_>>()
        };
        in_parts(texts, threads, estimate).concat()
    }
}
