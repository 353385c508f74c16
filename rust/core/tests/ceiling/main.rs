//! The ceiling, as a property: no order of events, no values and no threads take what is *granted* past any limit.
//!
//! A host that behaves at random plays each run against a second set of books, kept here by other means than the
//! core's: the action that every stream got, the rest of its grant, the provider's reports in any order and form. At every
//! grant the books must still be inside the limit; between grants only an engine that writes past its grant may take them
//! out of it. What is counted or reported never falls. A failed call keeps its grant until its usage is known.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)] // a test that fails here has failed

mod books;
mod choices;
mod draws;
mod entry;

use books::{Books, ODD_VALUES};
use choices::{Bytes, Choices, Generator};
use proptest::prelude::*;
use rheostat::run::{CallKind, Reason, Run};

/// Coverage of the generated runs, so that a change cannot quietly make the property empty.
#[derive(Debug, Default)]
struct Met {
    events: u64,
    calls: usize,
    escalated: usize,
    revised: usize,
    clamped: usize,
    stopped: usize,
    raised: usize,
    verified: usize,
    probed: usize,
    scored: usize,
    refined: usize,
    gated: usize,
    uncertain: usize,
    exited: usize,
    stalled: usize,
    fell_back: usize,
    retried: usize,
}

impl Met {
    fn note(&mut self, books: &Books) {
        self.events += books.events;
        self.calls += books.entries.len();
        self.escalated += usize::from(books.run.escalations() > 0);
        self.revised += usize::from(books.entries.iter().any(|e| e.call.kind == CallKind::Revise));
        self.raised += usize::from(books.entries.iter().any(|e| e.streams.iter().any(|s| s.extra > 0)));
        self.verified += usize::from(books.entries.iter().any(|e| e.call.kind == CallKind::Verify));
        self.probed += usize::from(books.entries.iter().any(|e| e.call.kind == CallKind::Probe));
        self.scored += usize::from(books.entries.iter().any(|e| e.call.kind == CallKind::Score));
        self.refined += usize::from(books.entries.iter().any(|e| e.call.kind == CallKind::Refine));
        let met = |reason| usize::from(books.run.trail().iter().any(|e| e.reason == reason));
        self.gated += books.entries.iter().flat_map(|e| &e.streams).filter(|s| s.gated).count();
        self.uncertain += met(Reason::Uncertain);
        self.exited += met(Reason::ProbeSure);
        self.stalled += met(Reason::Stall) + met(Reason::ToolErrors);
        self.fell_back += usize::from(books.run.fallbacks() > 0);
        self.retried += books.retried;
        self.clamped += usize::from(books.run.trail().iter().any(|e| e.reason == Reason::Clamped));
        self.stopped += usize::from(books.run.ended().is_some_and(Reason::is_ceiling));
    }
}

/// Generated runs, each of up to some hundred events: about three million events. `RHEOSTAT_RUNS` asks for more, and
/// `RHEOSTAT_FIRST` for another first seed, so that several processes can share a long check.
fn runs() -> u64 {
    number("RHEOSTAT_RUNS").unwrap_or(200_000)
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

#[test]
fn no_run_passes_any_ceiling() {
    let mut met = Met::default();
    let first = number("RHEOSTAT_FIRST").unwrap_or(0);
    for seed in first..first + runs() {
        let mut choices = Generator(seed.wrapping_mul(0xd134_2543_de82_ef95));
        let mut books = Books::open(&mut choices);
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| books.play(&mut choices)));
        assert!(result.is_ok(), "seed {seed}, under {:?}", books.limit);
        met.note(&books);
    }
    println!("{} runs from seed {first}: {met:?}", runs());
    assert!(met.events > 10 * runs(), "{met:?}");
    let runs = runs() as usize;
    assert!(met.calls > runs && met.escalated > runs / 25, "{met:?}");
    assert!(met.raised > runs / 2000 && met.verified > runs / 200 && met.probed > runs / 200, "{met:?}");
    assert!(met.uncertain > runs / 200 && met.exited > runs / 400 && met.stalled > runs / 200, "{met:?}");
    assert!(met.fell_back > runs / 200 && met.retried > runs / 100, "{met:?}");
    assert!(met.scored > runs / 200 && met.refined > runs / 1000, "{met:?}");
    assert!(met.gated > runs / 2000, "{met:?}");
    assert!(met.revised > runs / 100 && met.clamped > runs / 20 && met.stopped > runs / 10, "{met:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    /// Runs a script from bytes, so that a failure shrinks to its shortest script.
    #[test]
    fn no_script_passes_any_ceiling(script in prop::collection::vec(any::<u8>(), 20..300)) {
        let mut choices = Bytes(script.iter());
        Books::open(&mut choices).play(&mut choices);
    }
}

/// Hosts on several threads, all asking and all streaming within their grants: no sum passes its limit.
#[test]
fn no_threads_pass_any_ceiling() {
    for seed in 0..1500_u64 {
        let mut choices = Generator(seed ^ 0x5eed);
        let books = Books::open(&mut choices);
        std::thread::scope(|scope| {
            for thread in 0..3 {
                let (run, mut choices) = (books.run.clone(), Generator(seed * 3 + thread));
                scope.spawn(move || host(&run, &mut choices));
            }
        });
        let (spent, limit) = (books.run.spent(), &books.limit);
        assert!(spent.tokens <= limit.tokens, "seed {seed}: {} tokens under {}", spent.tokens, limit.tokens);
        assert!(
            spent.usd <= limit.usd * (1.0 + 1e-9) + 1e-9,
            "seed {seed}: {} under {}",
            spent.usd,
            limit.usd
        );
        assert!(spent.samples <= limit.samples && books.run.escalations() <= limit.escalations);
    }
}

fn host(run: &Run, choices: &mut Generator) {
    let mut now = 1.0;
    for _ in 0..6 {
        now += 0.5;
        for call in run.next(now).unwrap() {
            for i in 0..call.samples {
                let sample = call.sample(i).unwrap();
                for _ in 0..call.max_tokens.min(choices.below(6)) {
                    sample.token(None, &[-2.0, choices.pick(&ODD_VALUES)], None, now);
                }
                let _ = sample.finish(choices.pick(&[None, Some("1"), Some("2")]), now);
            }
        }
        run.tick(now);
    }
}
