//! Blocks that a ledger leases from a shared budget.

use crate::{cost, ledger, left_of, tokens};
use rheostat::ledger::{Block, Cap, Leasing, Payer, Scope, Settlement};

fn leased(scope: Scope, block: u64, credit: u64) -> Cap {
    let leasing = Leasing { block: cost(block, 0), credit: cost(credit, 0) };
    Cap { leased: Some(leasing), ..tokens(scope, 1_000, Some(10.0)) }
}

#[test]
fn a_lease_is_what_may_be_spent() {
    let ledger = ledger(vec![leased(Scope::Fleet, 100, 0)], 2);
    let reserve = |amount, now| ledger.reserve(&Payer::default(), cost(amount, 0), None, now);
    assert!(left_of(&reserve(1, 0.0).unwrap_err()).1 <= 0.0);
    let wants = ledger.wants(10, 0.0);
    let block = |window, tokens| Block {
        scope: Scope::Fleet,
        key: String::new(),
        cap: 0,
        window,
        amount: cost(tokens, 0),
    };
    assert_eq!(wants, [block(0, 100)]);
    assert!(ledger.lease(&block(0, 100), false));
    assert!(ledger.wants(10, 0.0).is_empty());
    let id = reserve(60, 0.0).unwrap();
    assert_eq!(ledger.wants(10, 0.0), [block(0, 60)]);
    assert!(reserve(60, 0.0).is_err());
    assert!(ledger.lease(&block(0, 0), true)); // the store has no more
    assert!(ledger.wants(10, 0.0).is_empty());
    assert_eq!(ledger.settle(id, cost(10, 0), 0.0), Settlement::Settled);
    assert!(ledger.lease(&block(1, 30), false)); // ahead of its window
    assert!(!ledger.lease(&block(2, 30), false)); // too far ahead
    assert!(reserve(31, 10.0).is_err()); // what was left of the old window is gone
    assert!(reserve(30, 10.0).is_ok());
    assert!(!ledger.lease(&block(0, 5), false)); // too late
    assert_eq!(ledger.unlease(), []);
}

#[test]
fn what_is_leased_and_not_used_is_given_back() {
    let ledger = ledger(vec![leased(Scope::Tenant, 100, 20)], 2);
    let acme = Payer { tenant: Some("acme"), ..Payer::default() };
    ledger.reserve(&acme, cost(15, 0), None, 0.0).unwrap(); // on credit
    assert!(ledger.reserve(&acme, cost(6, 0), None, 0.0).is_err());
    let mut wants = ledger.wants(10, 0.0);
    let block = wants.pop().unwrap();
    assert_eq!((block.key.as_str(), block.amount.tokens), ("acme", 95));
    assert!(ledger.lease(&Block { amount: cost(100, 0), ..block.clone() }, false));
    assert_eq!(ledger.room(&acme, 0.0).tokens, 85);
    assert_eq!(ledger.unlease(), [Block { amount: cost(85, 0), ..block }]);
    assert_eq!(ledger.room(&acme, 0.0).tokens, 0);
    assert!(!ledger.lease(
        &Block { scope: Scope::Tenant, key: "unknown".to_owned(), cap: 0, window: 0, amount: cost(1, 0) },
        false
    ));
}
