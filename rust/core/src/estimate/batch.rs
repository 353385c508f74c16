//! Estimates of a batch, spread over threads.

use super::estimated::Estimate;
use super::estimator::Estimator;
use crate::batch::in_parts;
use crate::features::Scan;
use crate::query::{Query, Window};

impl Estimator {
    /// Estimates many texts, each a single ask, on at most `threads` threads: one per core if not given. Results are in
    /// order, and equal to those of [`estimate`](Self::estimate).
    ///
    /// ```
    /// use rheostat::estimate::Estimator;
    /// use rheostat::query::Window;
    /// let estimates = Estimator::shipped().estimate_batch(&["What is 2 + 2?", "Prove it."], Window::default(), Some(2));
    /// assert_eq!(estimates.len(), 2);
    /// ```
    pub fn estimate_batch<T: AsRef<[u8]> + Sync>(
        &self,
        texts: &[T],
        window: Window,
        threads: Option<usize>,
    ) -> Vec<Estimate> {
        let read = |part: &[T]| {
            let mut scan = Scan::new();
            let one = |text: &T| {
                let query = Query::bytes(text.as_ref(), window.bytes);
                scan.run(&query.ask, window);
                self.estimate(&scan, &query.structure)
            };
            part.iter().map(one).collect::<Vec<_>>()
        };
        in_parts(texts, threads, read).concat()
    }
}
