//! Splits a batch among threads: one scheme for features, estimates and plans.

/// Texts per thread below which starting the thread costs more than it saves.
const WORTH_A_THREAD: usize = 64;

/// The results of `f` on consecutive parts of the items, in order, from at most `threads` threads.
pub(crate) fn in_parts<T: Sync, R: Send>(
    items: &[T],
    threads: usize,
    f: impl Fn(&[T]) -> R + Sync,
) -> Vec<R> {
    let share = items.len().div_ceil(threads.max(1)).max(WORTH_A_THREAD);
    if share >= items.len() {
        return vec![f(items)];
    }
    std::thread::scope(|scope| {
        let f = &f;
        let spawned: Vec<_> = items.chunks(share).map(|part| (part, scope.spawn(move || f(part)))).collect();
        // A part whose thread panicked is done again here.
        spawned.into_iter().map(|(part, thread)| thread.join().unwrap_or_else(|_| f(part))).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_come_back_in_order() {
        let items: Vec<usize> = (0..1_000).collect();
        for threads in [0, 1, 2, 7, 5_000] {
            let parts = in_parts(&items, threads, <[usize]>::to_vec);
            assert!(parts.len() <= threads.max(1));
            assert_eq!(parts.concat(), items);
        }
        assert_eq!(in_parts(&[], 4, <[u8]>::len), [0]);
    }
}
