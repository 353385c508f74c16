//! All interleavings of a few threads on one ledger.
//!
//! `RUSTFLAGS="--cfg loom" LOOM_MAX_PREEMPTIONS=3 cargo test -p rheostat --release --test ledger_loom`
#![cfg(loom)]

use loom::sync::Arc;
use loom::thread;
use rheostat::ledger::{Cap, Cost, Ledger, LedgerOptions, Payer, Scope, Settlement};
use rheostat::money::Usd;

fn ledger(tenant: u64, fleet: u64) -> Arc<Ledger> {
    let cap = |scope, tokens| Cap { tokens: Some(tokens), ..Cap::new(scope) };
    let caps = vec![cap(Scope::Tenant, tenant), cap(Scope::Fleet, fleet)];
    Arc::new(Ledger::new(LedgerOptions { caps, shards: 1, ..LedgerOptions::default() }).unwrap())
}

fn tenant(name: &str) -> Payer<'_> {
    Payer { tenant: Some(name), ..Payer::default() }
}

fn cost(tokens: u64) -> Cost {
    Cost::new(tokens, Usd(0))
}

#[test]
fn two_claims_that_do_not_fit_together_are_not_both_granted() {
    loom::model(|| {
        let ledger = ledger(10, 10);
        let other = ledger.clone();
        let thread = thread::spawn(move || other.reserve(&tenant("a"), cost(6), None, 0.0).is_ok());
        let mine = ledger.reserve(&tenant("b"), cost(6), None, 0.0).is_ok();
        let theirs = thread.join().unwrap();
        assert!(mine ^ theirs);
        assert_eq!(ledger.stats().held_tokens, 6);
    });
}

#[test]
fn of_two_settlements_one_counts() {
    loom::model(|| {
        let ledger = ledger(10, 10);
        let id = ledger.reserve(&tenant("a"), cost(6), None, 0.0).unwrap();
        let other = ledger.clone();
        let thread = thread::spawn(move || other.settle(id, cost(4), 0.0));
        let mine = ledger.settle(id, cost(4), 0.0);
        let theirs = thread.join().unwrap();
        assert_ne!(mine == Settlement::Settled, theirs == Settlement::Settled);
        assert_eq!(ledger.room(&tenant("a"), 0.0).tokens, 6);
        assert_eq!(ledger.stats().held_tokens, 0);
    });
}

#[test]
fn a_settlement_that_meets_its_expiry_counts_once_and_frees_once() {
    loom::model(|| {
        let ledger = ledger(10, 10);
        let id = ledger.reserve(&tenant("a"), cost(6), Some(1.0), 0.0).unwrap();
        let other = ledger.clone();
        let thread = thread::spawn(move || other.expire(2.0));
        let came = ledger.settle(id, cost(4), 2.0);
        let expired = thread.join().unwrap();
        assert_eq!(came == Settlement::Late, expired == 1);
        assert_ne!(came, Settlement::Nothing);
        assert_eq!(ledger.room(&tenant("a"), 2.0).tokens, 6);
        assert_eq!(ledger.stats().held_tokens, 0);
    });
}

#[test]
fn a_claim_that_grows_takes_no_room_that_another_was_granted() {
    loom::model(|| {
        let ledger = ledger(10, 10);
        let id = ledger.reserve(&tenant("a"), cost(2), None, 0.0).unwrap();
        let other = ledger.clone();
        let thread = thread::spawn(move || other.reserve(&tenant("b"), cost(6), None, 0.0).is_ok());
        let grown = ledger.resize(id, cost(8), None, 0.0).is_ok();
        let theirs = thread.join().unwrap();
        assert!(grown ^ theirs);
        assert_eq!(ledger.stats().held_tokens, 8);
    });
}

#[test]
fn a_claim_that_grows_while_it_is_settled_leaves_nothing_held() {
    loom::model(|| {
        let ledger = ledger(10, 10);
        let id = ledger.reserve(&tenant("a"), cost(2), None, 0.0).unwrap();
        let other = ledger.clone();
        let thread = thread::spawn(move || other.settle(id, cost(1), 0.0));
        let _ = ledger.resize(id, cost(8), None, 0.0);
        assert_eq!(thread.join().unwrap(), Settlement::Settled);
        assert_eq!(ledger.stats().held_tokens, 0);
        assert_eq!(ledger.room(&tenant("a"), 0.0).tokens, 9);
    });
}
