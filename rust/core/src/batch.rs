//! Splits a batch among threads: one scheme for features, estimates and plans.

use std::thread::{Builder, available_parallelism};

/// Texts per thread below which starting the thread costs more than it saves.
const WORTH_A_THREAD: usize = 64;
/// Largest number of threads of one batch.
const MOST_THREADS: usize = 256;

/// Calls `f` on consecutive parts of the items, on at most `threads` threads: one per core if not given. Returns the results in
/// order. The calling thread does one part, and every part whose thread cannot be started or is lost.
pub(crate) fn in_parts<'a, T: Sync, R: Send>(
    items: &'a [T],
    threads: Option<usize>,
    f: impl Fn(&'a [T]) -> R + Sync,
) -> Vec<R> {
    let threads = threads.unwrap_or_else(|| available_parallelism().map_or(1, usize::from));
    let share = items.len().div_ceil(threads.clamp(1, MOST_THREADS)).max(WORTH_A_THREAD);
    let (own, rest) = items.split_at(share.min(items.len()));
    std::thread::scope(|scope| {
        let f = &f;
        let start = |part| (part, Builder::new().spawn_scoped(scope, move || f(part)).ok());
        let started: Vec<_> = rest.chunks(share).map(start).collect();
        let mut results = vec![f(own)];
        for (part, thread) in started {
            let result = thread.and_then(|thread| thread.join().ok());
            results.push(result.unwrap_or_else(|| f(part)));
        }
        results
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_come_back_in_order() {
        let items: Vec<usize> = (0..1_000).collect();
        for threads in [0, 1, 2, 7, 5_000] {
            let parts = in_parts(&items, Some(threads), <[usize]>::to_vec);
            assert!(parts.len() <= threads.max(1));
            assert_eq!(parts.concat(), items);
        }
        assert_eq!(in_parts(&items, None, <[usize]>::to_vec).concat(), items);
        assert_eq!(in_parts(&[], Some(4), <[u8]>::len), [0]);
    }
}
