//! The loop detector against its definition, a counter for each of 256 periods.
#![allow(clippy::unwrap_used)] // a test that fails here has failed

use proptest::prelude::*;
use rheostat::signal::{Loop, Loops, MAX_PERIOD};

/// The definition, word for word.
fn naive(tokens: &[u32]) -> Option<Loop> {
    naive_up_to(MAX_PERIOD, tokens)
}

fn naive_up_to(longest: usize, tokens: &[u32]) -> Option<Loop> {
    let mut runs = vec![0_u64; longest + 1];
    for (i, token) in tokens.iter().enumerate() {
        for (period, run) in runs.iter_mut().enumerate().skip(1) {
            let equal = i >= period && tokens[i - period] == *token;
            *run = if equal { *run + 1 } else { 0 };
        }
        let full = |period: &usize| runs[*period] >= (3 * *period as u64).max(64);
        if let Some(period) = (1..=longest).find(full) {
            return Some(Loop { period, run: runs[period], at: i as u64 + 1 });
        }
    }
    None
}

/// Feeds all tokens and returns the loop as it was when it was found.
fn online(tokens: &[u32]) -> Option<Loop> {
    feed(Loops::new(), tokens)
}

fn feed(mut loops: Loops, tokens: &[u32]) -> Option<Loop> {
    let mut first = None;
    for &token in tokens {
        if loops.update(token) && first.is_none() {
            first = loops.found();
        }
    }
    first
}

/// A stream that is part noise, part repetition, with a flaw here and there.
fn streams() -> impl Strategy<Value = Vec<u32>> {
    let piece =
        (1_usize..300, 1_usize..5, 0_u32..4, 1_u32..2000).prop_flat_map(|(period, times, flaws, letters)| {
            (
                prop::collection::vec(0..letters, period),
                Just(times * (1 + 64 / period)),
                prop::collection::vec(any::<prop::sample::Index>(), flaws as usize),
            )
        });
    prop::collection::vec(piece, 1..6).prop_map(|pieces| {
        let mut stream = Vec::new();
        for (word, times, flaws) in pieces {
            let start = stream.len();
            for _ in 0..times {
                stream.extend_from_slice(&word);
            }
            for flaw in flaws {
                let at = start + flaw.index(stream.len() - start);
                stream[at] = 7_000_000;
            }
        }
        stream
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, ..ProptestConfig::default() })]

    #[test]
    fn any_stream_equals_the_definition(stream in streams()) {
        prop_assert_eq!(online(&stream), naive(&stream));
    }

    #[test]
    fn any_longest_period_equals_the_definition(stream in streams(), longest in 1_usize..400) {
        let loops = Loops::with_period(longest).unwrap();
        prop_assert_eq!(loops.max_period(), longest);
        prop_assert_eq!(feed(loops, &stream), naive_up_to(longest, &stream));
    }

    #[test]
    fn few_letters_equal_the_definition(stream in prop::collection::vec(0_u32..2, 0..900)) {
        prop_assert_eq!(online(&stream), naive(&stream));
    }

    #[test]
    fn chunks_of_any_size_are_one_text(
        words in prop::collection::vec("[a-c]{1,2}|\u{7b49}|\u{e9}t\u{e9}", 1..400),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..40),
    ) {
        let text = words.join(" ");
        let mut whole = Loops::new();
        whole.text(&text);
        let mut parts = Loops::new();
        let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(text.len())).collect();
        places.retain(|&place| text.is_char_boundary(place));
        places.extend([0, text.len()]);
        places.sort_unstable();
        for pair in places.windows(2) {
            parts.text(&text[pair[0]..pair[1]]);
        }
        prop_assert_eq!(parts.finish(), whole.finish());
        prop_assert_eq!((parts.tokens(), parts.found()), (whole.tokens(), whole.found()));
        prop_assert_eq!(whole.tokens(), words.len() as u64);
    }
}

#[test]
fn each_period_is_found_at_the_first_token_it_can_be() {
    for period in [1, 2, 20, 21, 22, 31, 32, 33, 63, 64, 65, 128, 200, 255, 256] {
        for lead in [0, 1, 31, 500] {
            let noise = (0..lead).map(|i| 1_000_000 + i);
            let stream: Vec<u32> = noise.chain((0..2000).map(|i| i % period)).collect();
            let at = u64::from(lead + period) + (3 * u64::from(period)).max(64);
            assert_eq!(naive(&stream[..at as usize]), online(&stream));
            assert_eq!(
                online(&stream).map(|l| (l.period, l.at)),
                Some((period as usize, at)),
                "after {lead}"
            );
        }
    }
    let longer: Vec<u32> = (0..5000).map(|i| i % 257).collect();
    assert_eq!(online(&longer), None);
    let passages: Vec<u32> = (0..20_000).map(|i| i % 4096).collect();
    let found = feed(Loops::with_period(4096).unwrap(), &passages);
    assert_eq!(found.map(|l| (l.period, l.at)), Some((4096, 4 * 4096)));
    assert!(Loops::with_period(0).is_err() && Loops::with_period(4097).is_err());
}

#[test]
fn a_loop_that_ends_stays_found() {
    let mut loops = Loops::new();
    for i in 0..300 {
        loops.update(i % 3);
    }
    assert!(loops.looping());
    let found = loops.found().unwrap();
    assert_eq!((found.period, found.run), (3, 297));
    assert!(loops.update(99) && !loops.looping());
    assert_eq!(loops.found(), Some(found));
    loops.update(0);
    assert_eq!((loops.tokens(), loops.found()), (302, Some(found)));
}
