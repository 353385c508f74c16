//! Queries whose outcome is not known yet, within bounds.

use super::sketch::Sketch;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// Sketches by the query's name; the oldest are let go.
#[derive(Debug, Clone, Default)]
pub(super) struct Awaited {
    known: BTreeMap<u64, (u64, Arc<Sketch>)>,
    order: VecDeque<u64>,
}

impl Awaited {
    /// Remembers a query, and its group, among the newest `most`.
    pub(super) fn remember(&mut self, query: u64, group: u64, sketch: Arc<Sketch>, most: usize) {
        if self.known.insert(query, (group, sketch)).is_none() {
            self.order.push_back(query);
        }
        while self.order.len() > most {
            if let Some(oldest) = self.order.pop_front() {
                self.known.remove(&oldest);
            }
        }
    }

    /// The group and the sketch of a query. It stays: a query may have outcomes on several rungs.
    pub(super) fn get(&self, query: u64) -> Option<&(u64, Arc<Sketch>)> {
        self.known.get(&query)
    }

    pub(super) fn len(&self) -> usize {
        self.known.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimate::Estimator;
    use crate::features::Scan;
    use crate::query::Structure;
    use crate::query::Window;

    #[test]
    fn the_oldest_are_let_go() {
        let mut scan = Scan::new();
        scan.run(b"a text", Window::default());
        let sketch =
            Arc::new(Sketch::new(&scan, &Estimator::shipped().estimate(&scan, &Structure::default())));
        let mut awaited = Awaited::default();
        for query in [1, 2, 1, 3, 4] {
            awaited.remember(query, query * 10, sketch.clone(), 3);
        }
        assert_eq!((awaited.len(), awaited.get(1)), (3, None));
        assert_eq!(awaited.get(2).map(|known| known.0), Some(20));
    }
}
