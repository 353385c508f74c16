//! The ledger against a naive oracle, under threads, and at its bounds.

// A test stops where what it rests on is missing.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

#[path = "ledger/lease.rs"]
mod lease;
#[path = "ledger/leases.rs"]
mod leases;
#[path = "ledger/oracle.rs"]
mod oracle;

use rheostat::Error;
use rheostat::ledger::{Account, Amount, Cap, Cost, Ledger, LedgerOptions, Payer, Scope, Settlement};
use rheostat::money::Usd;
use std::sync::atomic::{AtomicU64, Ordering};

fn cost(tokens: u64, usd: u64) -> Cost {
    Cost::new(tokens, Usd(usd))
}

fn tokens(scope: Scope, tokens: u64, period: Option<f64>) -> Cap {
    Cap { tokens: Some(tokens), period, ..Cap::new(scope) }
}

fn ledger(caps: Vec<Cap>, shards: u32) -> Ledger {
    Ledger::new(LedgerOptions { caps, ttl: 60.0, shards, ..LedgerOptions::default() }).unwrap()
}

fn payer<'a>(session: &'a str, tenant: &'a str) -> Payer<'a> {
    Payer { query: None, session: Some(session), tenant: Some(tenant) }
}

fn only(session: &str) -> Payer<'_> {
    Payer { session: Some(session), ..Payer::default() }
}

fn left_of(error: &Error) -> (String, f64) {
    match error {
        Error::Denied { cap, left, .. } => (cap.to_string(), *left),
        other => panic!("{other}"),
    }
}

#[test]
fn a_refusal_names_the_cap_and_takes_nothing() {
    let ledger = ledger(vec![tokens(Scope::Session, 100, None), tokens(Scope::Fleet, 150, Some(60.0))], 4);
    let first = ledger.reserve(&payer("a", "t"), cost(100, 0), None, 0.0).unwrap();
    let error = ledger.reserve(&payer("b", "t"), cost(60, 0), None, 0.0).unwrap_err();
    assert_eq!(left_of(&error), ("fleet tokens per 60 s".into(), 50.0));
    assert_eq!(error.to_string(), "fleet tokens per 60 s: 60 wanted, 50 left");
    assert_eq!(ledger.room(&payer("b", "t"), 0.0).tokens, 50);
    ledger.release(first, 0.0);
    assert_eq!(ledger.room(&payer("b", "t"), 0.0).tokens, 100);
    assert_eq!(ledger.stats().denied, 1);
}

#[test]
fn names_and_options_out_of_bounds_are_refused() {
    let book = ledger(vec![tokens(Scope::Tenant, 1, None)], 1);
    let long = "x".repeat(257);
    for name in ["", long.as_str()] {
        let payer = Payer { tenant: Some(name), ..Payer::default() };
        assert!(matches!(book.reserve(&payer, cost(0, 0), None, 0.0), Err(Error::Invalid { .. })));
    }
    for ttl in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(
            book.reserve(&Payer::default(), cost(0, 0), Some(ttl), 0.0),
            Err(Error::Invalid { .. })
        ));
    }
    for period in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(
            Ledger::new(LedgerOptions {
                caps: vec![tokens(Scope::Fleet, 1, Some(period))],
                ..LedgerOptions::default()
            })
            .is_err()
        );
    }
    let many = vec![tokens(Scope::Fleet, 1, None); 5];
    assert!(Ledger::new(LedgerOptions { caps: many, ..LedgerOptions::default() }).is_err());
    for now in [f64::NAN, f64::NEG_INFINITY, f64::INFINITY, -1.0] {
        let id = book.reserve(&Payer::default(), cost(1, 1), None, now).unwrap();
        assert_eq!(book.settle(id, cost(1, 1), now), Settlement::Settled);
    }
}

#[test]
fn a_named_cap_replaces_the_general_one() {
    let vip = Cap { key: Some("vip".to_owned()), ..tokens(Scope::Tenant, 500, None) };
    let ledger = ledger(vec![tokens(Scope::Tenant, 10, None), vip], 2);
    assert_eq!(ledger.room(&payer("s", "vip"), 0.0).tokens, 500);
    assert_eq!(ledger.room(&payer("s", "other"), 0.0).tokens, 10);
}

#[test]
fn a_late_settlement_counts_once() {
    let ledger = ledger(vec![tokens(Scope::Tenant, 100, None)], 1);
    let id = ledger.reserve(&payer("s", "t"), cost(80, 0), Some(5.0), 0.0).unwrap();
    assert_eq!(ledger.expire(4.9), 0);
    assert_eq!(ledger.expire(5.0), 1);
    assert_eq!(ledger.room(&payer("s", "t"), 5.0).tokens, 100);
    assert_eq!(ledger.settle(id, cost(70, 0), 6.0), Settlement::Late);
    assert_eq!(ledger.settle(id, cost(70, 0), 6.0), Settlement::Nothing);
    assert_eq!(ledger.room(&payer("s", "t"), 6.0).tokens, 30);
    let stats = ledger.stats();
    assert_eq!((stats.expired, stats.late, stats.duplicate, stats.live), (1, 1, 1, 0));
}

#[test]
fn a_clock_that_steps_back_reopens_nothing() {
    let ledger = ledger(vec![tokens(Scope::Tenant, 100, Some(10.0))], 2);
    let spend = |now: f64| {
        let id = ledger.reserve(&payer("s", "t"), cost(100, 0), None, now)?;
        ledger.settle(id, cost(100, 0), now);
        Ok::<_, Error>(())
    };
    spend(5.0).unwrap();
    spend(15.0).unwrap();
    for now in [5.0, 14.0, 0.0, 19.9, 12.0] {
        assert!(spend(now).is_err());
    }
    spend(1e6).unwrap(); // gone wrong by far,
    assert!(spend(20.0).is_err());
    ledger.rebase(20.0); // and set right
    assert!(spend(21.0).is_err());
    spend(30.0).unwrap();
}

#[test]
fn idle_sessions_are_forgotten_and_live_ones_never() {
    let caps = vec![tokens(Scope::Session, 100, None), tokens(Scope::Tenant, 100, Some(10.0))];
    let options = LedgerOptions { caps, accounts: 10, shards: 1, ..LedgerOptions::default() };
    let ledger = Ledger::new(options).unwrap();
    ledger.reserve(&only("live"), cost(60, 0), None, 0.0).unwrap();
    for i in 0..100 {
        let id = ledger.reserve(&only(&format!("s{i}")), cost(1, 0), None, 0.0).unwrap();
        ledger.settle(id, cost(1, 0), 0.0);
    }
    assert_eq!(ledger.stats().accounts, 10);
    assert_eq!(ledger.stats().evicted, 91);
    assert_eq!(ledger.room(&only("live"), 0.0).tokens, 40);
    // Tenants that have spent in this window are not forgotten: a new one is refused, and said.
    let of = |i: usize| format!("t{i}");
    for i in 0..10 {
        let id = ledger.reserve(&payer("live", &of(i)), cost(1, 0), None, 0.0).unwrap();
        ledger.settle(id, cost(1, 0), 0.0);
    }
    let error = ledger.reserve(&payer("live", "t10"), cost(1, 0), None, 0.0).unwrap_err();
    assert_eq!(left_of(&error).0, "tenant accounts");
    assert!(ledger.reserve(&payer("live", "t10"), cost(1, 0), None, 10.0).is_ok());
}

#[test]
fn an_account_costs_less_than_512_bytes() {
    let caps = vec![
        tokens(Scope::Session, 100, None),
        tokens(Scope::Tenant, 100, Some(60.0)),
        tokens(Scope::Tenant, 1_000, Some(86_400.0)),
    ];
    let ledger = ledger(caps, 16);
    let count = 60_000;
    for i in 0..count / 2 {
        let (session, tenant) = (format!("session-{i:028}"), format!("tenant-{i:029}"));
        let id = ledger.reserve(&payer(&session, &tenant), cost(1, 0), None, 0.0).unwrap();
        ledger.settle(id, cost(1, 0), 0.0);
    }
    let stats = ledger.stats();
    assert_eq!(stats.accounts, count);
    let each = stats.bytes / count;
    assert!(each <= 512, "{each} bytes an account");
}

#[test]
fn the_queue_of_expiries_does_not_grow_with_what_has_been_settled() {
    let ledger = ledger(Vec::new(), 1);
    for i in 0..100_000 {
        let id = ledger.reserve(&Payer::default(), cost(1, 0), None, f64::from(i) * 1e-4).unwrap();
        ledger.settle(id, cost(1, 0), 0.0);
    }
    assert!(ledger.stats().bytes < 16 * 1024);
}

/// Steps of each thread's history. `RHEOSTAT_STEPS` asks for more.
fn history() -> u64 {
    std::env::var("RHEOSTAT_STEPS").ok().and_then(|steps| steps.parse().ok()).unwrap_or(20_000)
}

#[test]
fn no_cap_is_passed_by_concurrent_histories() {
    const FLEET: u64 = 1_000;
    const TENANT: u64 = 400;
    const SESSION: u64 = 150;
    let book = ledger(
        vec![
            tokens(Scope::Session, SESSION, None),
            tokens(Scope::Tenant, TENANT, None),
            tokens(Scope::Fleet, FLEET, None),
        ],
        4,
    );
    // What a thread knows to be taken is never more than what is; if the caps hold, it never passes them either.
    let fleet = AtomicU64::new(0);
    let tenants: [AtomicU64; 3] = Default::default();
    let sessions: [AtomicU64; 9] = Default::default();
    let grants = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for thread in 0..4u64 {
            let (book, fleet, tenants, sessions, grants) = (&book, &fleet, &tenants, &sessions, &grants);
            scope.spawn(move || {
                let mut random = thread.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
                let mut next = |below: u64| {
                    random ^= random << 13;
                    random ^= random >> 7;
                    random ^= random << 17;
                    random % below
                };
                let give_back = |claim: u64, s: usize| {
                    for counter in [fleet, &tenants[s % 3], &sessions[s]] {
                        counter.fetch_sub(claim, Ordering::SeqCst);
                    }
                };
                let mut mine = Vec::new();
                for step in 0..history() {
                    if next(2) == 0 || mine.len() > 8 {
                        if let Some((id, claim, s)) = mine.pop() {
                            give_back(claim, s);
                            assert_eq!(book.release(id, 0.0), Settlement::Settled);
                            assert_eq!(book.release(id, 0.0), Settlement::Nothing);
                        }
                        continue;
                    }
                    let (s, claim) = (next(9) as usize, next(60) + 1);
                    let (session, tenant) = (format!("s{s}"), format!("t{}", s % 3));
                    if let Ok(id) = book.reserve(&payer(&session, &tenant), cost(claim, 0), None, 0.0) {
                        let add = |c: &AtomicU64| c.fetch_add(claim, Ordering::SeqCst) + claim;
                        assert!(add(fleet) <= FLEET);
                        assert!(add(&tenants[s % 3]) <= TENANT);
                        assert!(add(&sessions[s]) <= SESSION);
                        grants.fetch_add(1, Ordering::SeqCst);
                        mine.push((id, claim, s));
                    }
                    if step % 64 == 0 {
                        book.expire(1.0);
                    }
                }
                for (id, claim, s) in mine {
                    give_back(claim, s);
                    book.release(id, 0.0);
                }
            });
        }
    });
    let stats = book.stats();
    println!("4 histories of {} steps: {stats:?}", history());
    assert!(grants.load(Ordering::SeqCst) > history() / 20);
    assert_eq!((stats.live, stats.held_tokens), (0, 0));
    assert_eq!(stats.made, stats.settled);
    assert_eq!(book.room(&payer("s0", "t0"), 0.0).tokens, SESSION);
}

#[test]
fn a_claim_grows_and_shrinks_in_place() {
    let ledger = ledger(vec![tokens(Scope::Tenant, 100, Some(10.0)), tokens(Scope::Fleet, 80, None)], 2);
    let id = ledger.reserve(&payer("s", "t"), cost(30, 0), None, 0.0).unwrap();
    ledger.resize(id, cost(70, 0), None, 1.0).unwrap();
    assert_eq!(ledger.room(&payer("s", "t"), 1.0).tokens, 10);
    let error = ledger.resize(id, cost(81, 0), None, 1.0).unwrap_err();
    assert_eq!(left_of(&error), ("fleet tokens".into(), 10.0));
    assert_eq!(ledger.stats().held_tokens, 70);
    ledger.resize(id, cost(20, 0), None, 2.0).unwrap();
    assert_eq!(ledger.room(&payer("s", "t"), 2.0).tokens, 60);
    // In a new window the claim is drawn anew where it counts by window.
    ledger.resize(id, cost(40, 0), Some(5.0), 12.0).unwrap();
    assert_eq!((ledger.room(&payer("s", "t"), 12.0).tokens, ledger.stats().held_tokens), (40, 40));
    assert_eq!(ledger.expire(16.9), 0);
    assert_eq!(ledger.expire(17.0), 1);
    assert!(matches!(ledger.resize(id, cost(1, 0), None, 17.0), Err(Error::State { .. })));
    assert_eq!(ledger.settle(id, cost(35, 0), 18.0), Settlement::Late);
    assert_eq!(ledger.room(&payer("s", "t"), 18.0).tokens, 45);
}

fn amount(tokens: u64, usd: u64, samples: u32) -> Amount {
    Amount { tokens, usd: Usd(usd), samples, ..Amount::default() }
}

#[test]
fn an_account_refuses_a_grant_past_any_limit_whole() {
    let mut account = Account::new(amount(100, 50, 2));
    assert!(account.reserve(amount(60, 20, 1)));
    for past in [amount(41, 0, 0), amount(0, 31, 0), amount(0, 0, 2), amount(u64::MAX, u64::MAX, u32::MAX)] {
        assert!(!account.reserve(past));
        assert_eq!(account.room(), amount(40, 30, 1));
    }
    assert!(account.reserve(amount(40, 30, 1)));
}

#[test]
fn an_account_records_an_overshoot_and_takes_it_back() {
    let mut account = Account::new(amount(100, u64::MAX, 9));
    let claim = amount(80, 5, 1);
    assert!(account.reserve(claim));
    let huge = amount(u64::MAX, u64::MAX, 1);
    account.revise((claim, Amount::default()), (huge, huge));
    assert!(account.overdrawn());
    assert_eq!(account.room().tokens, 0);
    account.revise((huge, huge), (amount(10, 1, 1), amount(10, 1, 1)));
    assert_eq!(account.room().tokens, 90);
    assert!(!account.overdrawn());
}

const DAY: f64 = 86_400.0;

#[test]
fn a_clock_that_is_set_right_gives_nothing_back() {
    for jumps in [&[2.0][..], &[1.0], &[2.0, 5.0], &[0.5, 2.0, 9.0], &[400.0]] {
        let ledger = ledger(vec![tokens(Scope::Tenant, 1000, Some(DAY))], 2);
        let payer = Payer { tenant: Some("a"), ..Payer::default() };
        let spend = |amount, at| {
            let hold = ledger.reserve(&payer, cost(amount, 0), None, at).unwrap();
            ledger.settle(hold, cost(amount, 0), at);
        };
        let start = 100.0 * DAY + 3600.0;
        spend(900, start);
        for jump in jumps {
            spend(10, start + jump * DAY);
        }
        ledger.rebase(start + 9.0);
        let left = 100 - 10 * jumps.len() as u64;
        assert_eq!(ledger.room(&payer, start + 9.0).tokens, left, "{jumps:?}");
        // The next day is a window of its own, and an older window does not come back.
        assert_eq!(ledger.room(&payer, start + DAY).tokens, 1000);
        let snapshot = ledger.snapshot();
        ledger.restore(&snapshot).unwrap();
        assert_eq!(ledger.room(&payer, start + 9.0).tokens, left);
    }
}

#[test]
fn a_snapshot_remembers_the_windows_that_a_wrong_clock_has_passed() {
    let ledger = ledger(vec![tokens(Scope::Fleet, 1000, Some(DAY))], 1);
    let start = 100.0 * DAY;
    for (amount, at) in [(900, start), (10, start + 2.0 * DAY)] {
        let hold = ledger.reserve(&Payer::default(), cost(amount, 0), None, at).unwrap();
        ledger.settle(hold, cost(amount, 0), at);
    }
    let snapshot = ledger.snapshot();
    ledger.restore(&snapshot).unwrap();
    ledger.rebase(start + 1.0);
    assert_eq!(ledger.room(&Payer::default(), start + 1.0).tokens, 90);
}

#[test]
fn a_rebase_takes_no_claim_back_twice() {
    let ledger = ledger(vec![tokens(Scope::Tenant, 1000, Some(DAY))], 1);
    let payer = Payer { tenant: Some("a"), ..Payer::default() };
    let start = 100.0 * DAY;
    let first = ledger.reserve(&payer, cost(400, 0), Some(9.0 * DAY), start).unwrap();
    // Two days ahead the first claim is of a window that has passed; the second is of the new one.
    ledger.reserve(&payer, cost(500, 0), Some(9.0 * DAY), start + 2.0 * DAY).unwrap();
    ledger.rebase(start + 1.0);
    assert_eq!(ledger.room(&payer, start + 1.0).tokens, 100);
    ledger.release(first, start + 1.0);
    assert_eq!(ledger.room(&payer, start + 1.0).tokens, 500);
}

#[test]
fn a_part_of_a_reservation_is_settled_and_the_rest_stays_until_it_expires() {
    let payer = Payer { tenant: Some("a"), ..Payer::default() };
    let made = || {
        let ledger = ledger(vec![tokens(Scope::Tenant, 1000, None)], 1);
        let hold = ledger.reserve(&payer, cost(600, 0), None, 0.0).unwrap();
        assert_eq!(ledger.settle_part(hold, cost(100, 0), cost(500, 0), 60.0, 1.0), Settlement::Settled);
        assert_eq!(ledger.room(&payer, 1.0).tokens, 400);
        (ledger, hold)
    };
    let (settled, hold) = made();
    settled.settle(hold, cost(50, 0), 2.0);
    assert_eq!((settled.room(&payer, 2.0).tokens, settled.stats().spent.tokens), (850, 150));
    let (expired, hold) = made();
    expired.expire(62.0);
    assert_eq!((expired.room(&payer, 62.0).tokens, expired.stats().spent.tokens), (900, 100));
    assert_eq!(expired.settle(hold, cost(50, 0), 63.0), Settlement::Late);
    assert_eq!(expired.room(&payer, 63.0).tokens, 850);
}
