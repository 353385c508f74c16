//! The books of a run whose host leaves streams behind: the ledger takes what is known, whenever it comes.
#![allow(clippy::unwrap_used)] // a test that fails here has failed

use rheostat::features::Scan;
use rheostat::governor::Governor;
use rheostat::ladder::{Ladder, Rung};
use rheostat::ledger::{Cap, Ledger, LedgerOptions, Scope};
use rheostat::plan::PlanOptions;
use rheostat::query::Query;
use rheostat::run::{Call, Run};
use std::sync::Arc;

/// The tokens that a ledger has booked, and those that it holds.
type Books = (u64, u64);

struct Left {
    ledger: Arc<Ledger>,
    run: Run,
    call: Call,
}

impl Left {
    /// A run whose one stream has said some words of an answer of 1,000 tokens, behind a thinking budget.
    fn with(thinking_tokens: u64) -> Self {
        let cap = Cap { tokens: Some(1_000_000), period: Some(3_600.0), ..Cap::new(Scope::Fleet) };
        let options = LedgerOptions { caps: vec![cap], ..LedgerOptions::default() };
        let ledger = Arc::new(Ledger::new(options).unwrap());
        let rung = Rung { thinking_tokens, answer_tokens: 1_000, ..Rung::new("a", "m") };
        let ladder = Ladder::new(vec![rung], None, None).unwrap();
        let governor = Governor::builder(ladder.into()).ledger(ledger.clone()).build().unwrap();
        let query = Query::text("How many primes are there below 1,000?", 1 << 14);
        let plan = governor.plan(&query, &PlanOptions::default(), &mut Scan::new()).unwrap();
        let run = Run::start(&plan, 0.0);
        let call = run.next(0.0).unwrap().remove(0);
        for _ in 0..5 {
            call.sample(0).unwrap().text("some words of an answer ", None, 1.0);
        }
        Self { ledger, run, call }
    }

    fn books(&self) -> Books {
        let stats = self.ledger.stats();
        (stats.spent.tokens, stats.held_tokens)
    }

    fn report(&self, output: u64) {
        self.call.usage(Some(9), None, Some(output), None, 1.0).unwrap();
    }
}

#[test]
fn usage_behind_the_close_is_what_is_booked() {
    for thinking in [0, 4_000] {
        // By the call, by the sample, and behind the stream's own end.
        let reports: [fn(&Left); 3] = [
            |left| left.report(7),
            |left| {
                let usage = rheostat::run::Usage { output: Some(7), ..rheostat::run::Usage::default() };
                left.call.sample(0).unwrap().usage(usage, 1.0);
            },
            |left| {
                left.call.sample(0).unwrap().finish(Some("4"), 1.0).unwrap();
                left.report(7);
            },
        ];
        for (i, report) in reports.into_iter().enumerate() {
            let left = Left::with(thinking);
            left.run.close(1.0);
            assert_eq!(left.books(), (0, 1_000 + thinking), "{i}: its engine may still write");
            report(&left);
            assert_eq!(left.books(), (7, 0), "{i} {thinking}");
            // It is booked once.
            left.report(9);
            assert_eq!(left.books().1, 0);
        }
    }
}

#[test]
fn a_stream_that_its_host_has_left_is_booked_as_far_as_it_was_seen() {
    for (thinking, behind) in [(0, false), (0, true), (4_000, false), (4_000, true)] {
        let left = Left::with(thinking);
        if behind {
            left.run.close(1.0);
        }
        left.call.sample(0).unwrap().cancel(1.0).unwrap();
        left.run.close(1.0);
        // Thinking that was not shown may have cost something: it stays reserved while a report may come.
        let (spent, held) = left.books();
        assert_eq!((spent, held > 0), (left.run.spent().tokens, thinking > 0), "{thinking} {behind}");
        assert!(spent > 0 && spent + held <= 1_000 + thinking);
        if thinking > 0 {
            left.report(1_500);
            assert_eq!(left.books(), (1_500, 0), "{behind}");
        }
    }
}

#[test]
fn hidden_thinking_counts_in_full_once_no_report_can_come() {
    let left = Left::with(4_000);
    left.call.sample(0).unwrap().cancel(1.0).unwrap();
    left.run.close(1.0);
    drop((left.call, left.run));
    let stats = left.ledger.stats();
    assert_eq!((stats.spent.tokens, stats.held_tokens, stats.live), (4_000, 0, 0));
}

#[test]
fn a_run_that_is_dropped_without_a_word_counts_in_full() {
    let left = Left::with(0);
    left.run.close(1.0);
    drop((left.call, left.run));
    assert_eq!(left.ledger.stats().spent.tokens, 1_000);
}
