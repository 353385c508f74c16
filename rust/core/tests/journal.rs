//! A ledger's journal: whatever has happened, playing it back gives the ledger that was there; and processes that take
//! turns on one file pass no cap and lose nothing when one of them is killed.

// A test stops where what it rests on is missing.
#![allow(clippy::unwrap_used, clippy::panic)]

use proptest::prelude::*;
use rheostat::Error;
use rheostat::ledger::{Cap, Cost, HoldId, Ledger, LedgerOptions, LedgerStats, Payer, Scope, Settlement};
use rheostat::money::Usd;

fn cost(tokens: u64, usd: u64) -> Cost {
    Cost::new(tokens, Usd(usd))
}

fn tokens(scope: Scope, tokens: u64, period: Option<f64>) -> Cap {
    Cap { tokens: Some(tokens), period, ..Cap::new(scope) }
}

fn caps() -> Vec<Cap> {
    vec![
        tokens(Scope::Query, 70, None),
        tokens(Scope::Session, 90, None),
        tokens(Scope::Tenant, 150, Some(10.0)),
        Cap { usd: Some(Usd(150)), ..tokens(Scope::Tenant, 400, None) },
        Cap { usd: Some(Usd(200)), period: Some(25.0), ..Cap::new(Scope::Fleet) },
    ]
}

fn ledger(caps: Vec<Cap>, seed: u64) -> Ledger {
    Ledger::new(LedgerOptions { caps, ttl: 60.0, shards: 3, seed, ..LedgerOptions::default() }).unwrap()
}

const NAMES: [[&str; 3]; 3] = [["q0", "q1", "q2"], ["s0", "s1", "s2"], ["t0", "t1", "t2"]];

fn payer(of: u8) -> Payer<'static> {
    let name = |scope: usize, i: u8| NAMES[scope].get(i as usize).copied();
    Payer { query: name(0, of % 4), session: name(1, of / 4 % 4), tenant: name(2, of / 16 % 4) }
}

#[derive(Debug, Clone)]
enum Step {
    Reserve(u8, u64, u64),
    Resize(usize, u64, u64),
    Settle(usize, u64, u64),
    Part(usize, u64, u64),
    Pass(f64),
    Expire,
    Rebase,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0u8..64, 0u64..60, 0u64..60).prop_map(|(of, a, b)| Step::Reserve(of, a, b)),
        2 => (0usize..64, 0u64..60, 0u64..60).prop_map(|(i, a, b)| Step::Resize(i, a, b)),
        4 => (0usize..64, 0u64..80, 0u64..80).prop_map(|(i, a, b)| Step::Settle(i, a, b)),
        2 => (0usize..64, 0u64..60, 0u64..60).prop_map(|(i, a, b)| Step::Part(i, a, b)),
        2 => prop_oneof![Just(1.0), Just(7.0), Just(61.0), Just(-5.0), Just(-500.0), Just(1000.0)].prop_map(Step::Pass),
        1 => Just(Step::Expire),
        1 => Just(Step::Rebase),
    ]
}

/// A ledger, with the reservations that were made on it.
struct History {
    ledger: Ledger,
    ids: Vec<HoldId>,
    now: f64,
    latest: f64,
}

impl History {
    fn take(&mut self, step: &Step) {
        match *step {
            Step::Reserve(of, a, b) => {
                self.ids.extend(self.ledger.reserve(&payer(of), cost(a, b), None, self.now));
            }
            Step::Resize(i, a, b) if i < self.ids.len() => {
                drop(self.ledger.resize(self.ids[i], cost(a, b), Some(9.0), self.now));
            }
            Step::Settle(i, a, b) if i < self.ids.len() => {
                self.ledger.settle(self.ids[i], cost(a, b), self.now);
            }
            Step::Part(i, a, b) if i < self.ids.len() => {
                self.ledger.settle_part(self.ids[i], cost(a, b), cost(b, a), 9.0, self.now);
            }
            Step::Resize(..) | Step::Settle(..) | Step::Part(..) => {}
            Step::Pass(by) => self.now = (self.now + by).max(0.0),
            Step::Expire => drop(self.ledger.expire(self.now)),
            Step::Rebase => {
                self.ledger.rebase(self.now);
                self.latest = self.now;
            }
        }
        self.latest = self.latest.max(self.now);
    }
}

/// True if the copy shows what the live ledger shows. A refused reservation moves windows on and is in no journal: when
/// the clock is set back behind it afterwards, the live ledger has forgotten spending that the journal still has.
fn same(copy: &Seen, live: &Seen, rebased: bool) -> bool {
    let within = |(a, b): (&(u64, u64), &(u64, u64))| a.0 <= b.0 && a.1 <= b.1;
    copy == live || (rebased && copy.0 == live.0 && copy.1.iter().zip(&live.1).all(within))
}

type Seen = (LedgerStats, Vec<(u64, u64)>);

/// The books of a ledger and the room of some payers, at a time that is not before any it has seen.
fn seen(ledger: &Ledger, now: f64) -> Seen {
    let rooms = (0..64).step_by(7).map(|of| {
        let room = ledger.room(&payer(of), now);
        (room.tokens, room.usd.0)
    });
    let stats = ledger.stats();
    // Refusals, settlements of nothing and empty accounts change nothing, and are not in a journal.
    (LedgerStats { denied: 0, duplicate: 0, accounts: 0, bytes: 0, ..stats }, rooms.collect())
}

proptest! {
    /// Cut after each record, the journal gives the ledger as it was then; from a snapshot and in part twice, as well.
    #[test]
    fn a_journal_gives_the_ledger_that_was_there(
        steps in prop::collection::vec(step(), 0..80), snapshot_at in 0usize..80, again in 0usize..80,
    ) {
        let mut live = History { ledger: ledger(caps(), 1), ids: Vec::new(), now: 0.0, latest: 0.0 };
        live.ledger.record();
        let (mut journal, mut snapshot, mut states) = (Vec::new(), None, Vec::new());
        for (i, step) in steps.iter().enumerate() {
            if i == snapshot_at {
                snapshot = Some((journal.len(), live.ledger.snapshot()));
            }
            live.take(step);
            journal.extend(live.ledger.recorded());
            states.push((journal.len(), live.latest, seen(&live.ledger, live.latest)));
        }
        let copy = ledger(caps(), 2);
        let (mut read, mut rebased) = (0, false);
        for ((end, at, state), step) in states.iter().zip(&steps) {
            read += copy.replay(&journal[read..*end]).unwrap();
            prop_assert_eq!(read, *end);
            rebased |= matches!(step, Step::Rebase);
            let (got, wanted) = (seen(&copy, *at), state.clone()); prop_assert!(same(&got, &wanted, rebased), "{:?} {:?} {:?}", stringify!(copy), got, wanted);
        }
        if let Some((at, bytes)) = snapshot {
            let from = ledger(caps(), 3);
            from.reserve(&payer(0), cost(1, 1), None, 0.0).unwrap(); // forgotten
            from.restore(&bytes).unwrap();
            prop_assert_eq!(from.replay(&journal[at..]).unwrap(), journal.len() - at);
            let (got, wanted) = (seen(&from, live.latest), seen(&live.ledger, live.latest)); prop_assert!(same(&got, &wanted, rebased), "{:?} {:?} {:?}", stringify!(from), got, wanted);
            // The snapshot of one made from a snapshot, with records that it knows already.
            let last = ledger(caps(), 4);
            last.restore(&from.snapshot()).unwrap();
            // A clock is not set right twice.
            let set = steps.iter().rposition(|step| matches!(step, Step::Rebase)).map_or(0, |i| states[i].0);
            let again = states.get(again).map_or(0, |(end, ..)| *end).max(set);
            last.replay(&journal[again..]).unwrap();
            let (got, wanted) = (seen(&last, live.latest), seen(&live.ledger, live.latest)); prop_assert!(same(&got, &wanted, rebased), "{:?} {:?} {:?}", stringify!(last), got, wanted);
            for id in &live.ids {
                let settled = [&live.ledger, &copy, &from, &last].map(|l| l.settle(*id, cost(3, 3), live.latest));
                prop_assert!(settled.iter().all(|one| *one == settled[0]), "{:?}", settled);
            }
        }
    }
}

#[test]
fn a_record_cut_short_is_left_and_a_damaged_one_is_named() {
    let live = ledger(caps(), 1);
    live.record();
    live.reserve(&payer(0), cost(10, 10), None, 0.0).unwrap();
    let first = live.recorded();
    live.reserve(&payer(0), cost(20, 20), None, 0.0).unwrap();
    let journal = [first.clone(), live.recorded()].concat();
    for cut in first.len()..journal.len() {
        let copy = ledger(caps(), 1);
        assert_eq!(copy.replay(&journal[..cut]).unwrap(), first.len());
        assert_eq!(copy.stats().held_tokens, 10);
    }
    let mut damaged = journal;
    *damaged.last_mut().unwrap() ^= 1;
    let copy = ledger(caps(), 1);
    let error = copy.replay(&damaged).unwrap_err().to_string();
    assert!(error.contains("checksum"), "{error}");
    assert_eq!(copy.stats().held_tokens, 10);
    let snapshot = copy.snapshot();
    for at in 0..snapshot.len() {
        let mut damaged = snapshot.clone();
        damaged[at] ^= 4;
        assert!(matches!(copy.restore(&damaged), Err(Error::Artifact { .. })));
        assert!(copy.restore(&snapshot[..at]).is_err());
    }
    assert_eq!(copy.stats().held_tokens, 10);
}

#[test]
fn spending_stays_under_a_cap_whose_limit_changed() {
    let live = ledger(vec![tokens(Scope::Tenant, 100, None)], 1);
    live.record();
    let id = live.reserve(&payer(0), cost(60, 0), None, 0.0).unwrap();
    live.settle(id, cost(50, 0), 0.0);
    live.reserve(&payer(0), cost(7, 0), None, 0.0).unwrap();
    let journal = live.recorded();
    let more = vec![tokens(Scope::Tenant, 200, None), tokens(Scope::Tenant, 80, Some(10.0))];
    let replayed = ledger(more.clone(), 1);
    replayed.replay(&journal).unwrap();
    assert_eq!(replayed.room(&payer(0), 0.0).tokens, 80 - 57);
    // A snapshot has spending by period only: what was spent is not known for the new one, what is held is.
    let restored = ledger(more, 1);
    restored.restore(&live.snapshot()).unwrap();
    assert_eq!(restored.room(&payer(0), 0.0).tokens, 80 - 7);
}

/// One file, and processes that take turns on it.
struct File {
    snapshot: Vec<u8>,
    journal: Vec<u8>,
}

struct Process {
    ledger: Ledger,
    read: usize,
    /// Its newest changes are not in the file.
    stale: bool,
    /// Live reservations: what was claimed.
    mine: Vec<(HoldId, u64)>,
}

impl Process {
    fn start(file: &File) -> Self {
        let made = Self {
            ledger: ledger(vec![tokens(Scope::Fleet, 300, None)], 1),
            read: 0,
            stale: false,
            mine: Vec::new(),
        };
        made.ledger.share();
        made.ledger.restore(&file.snapshot).unwrap();
        made
    }

    /// A turn; `fails`: the host could not append what it changed.
    fn turn<T>(&mut self, file: &mut File, fails: bool, act: impl FnOnce(&mut Self) -> T) -> T {
        if self.stale || self.ledger.replay(&file.journal[self.read..]).is_err() {
            self.ledger.restore(&file.snapshot).unwrap();
            self.ledger.replay(&file.journal).unwrap();
        }
        self.ledger.begin();
        let done = act(self);
        let records = self.ledger.commit();
        self.stale = fails;
        if !fails {
            file.journal.extend(records);
            self.ledger.written();
            self.read = file.journal.len();
        }
        done
    }
}

proptest! {
    #[test]
    fn processes_that_take_turns_pass_no_cap_and_lose_nothing(
        steps in prop::collection::vec((0usize..3, 0u8..9, 1u64..60, any::<prop::sample::Index>()), 0..120),
    ) {
        let empty = ledger(vec![tokens(Scope::Fleet, 300, None)], 1);
        let mut file = File { snapshot: empty.snapshot(), journal: Vec::new() };
        let mut processes: Vec<_> = (0..3).map(|_| Process::start(&file)).collect();
        // Spent by settlements; `unknown`: claims of processes that were killed.
        let (mut spent, mut unknown) = (0u64, 0u64);
        for (who, what, amount, which) in steps {
            let process = &mut processes[who];
            match what {
                0..=3 => {
                    let fails = what == 3 && amount % 4 == 0;
                    let got = process.turn(&mut file, fails, |p| p.ledger.reserve(&payer(0), cost(amount, 0), None, 0.0));
                    // The caller gets it only if it is in the file.
                    if let (Ok(id), false) = (got, fails) {
                        process.mine.push((id, amount));
                    }
                }
                4..=6 if !process.mine.is_empty() => {
                    let (id, claim) = process.mine.swap_remove(which.index(process.mine.len()));
                    prop_assert_eq!(process.ledger.settle(id, cost(claim / 2, 0), 0.0), Settlement::Settled);
                    prop_assert_eq!(process.ledger.settle(id, cost(claim / 2, 0), 0.0), Settlement::Nothing);
                    spent += claim / 2;
                }
                7 => process.turn(&mut file, false, |_| ()),
                8 if amount % 5 == 0 => {
                    // Killed: its unwritten settlements are lost, and their claims stay held, as those in flight do.
                    let known = ledger(vec![tokens(Scope::Fleet, 300, None)], 1);
                    known.restore(&file.snapshot).unwrap();
                    known.replay(&file.journal).unwrap();
                    unknown += process.mine.iter().map(|(_, claim)| claim).sum::<u64>();
                    *process = Process::start(&file);
                }
                8 => {
                    let whole = ledger(vec![tokens(Scope::Fleet, 300, None)], 1);
                    whole.restore(&file.snapshot).unwrap();
                    whole.replay(&file.journal).unwrap();
                    file = File { snapshot: whole.snapshot(), journal: Vec::new() };
                    // Whoever has not read all of the old journal begins with the snapshot.
                    for process in &mut processes {
                        process.stale = true;
                    }
                }
                _ => {}
            }
            let whole = ledger(vec![tokens(Scope::Fleet, 300, None)], 1);
            whole.restore(&file.snapshot).unwrap();
            prop_assert_eq!(whole.replay(&file.journal).unwrap(), file.journal.len());
            let stats = whole.stats();
            let granted: u64 = processes.iter().flat_map(|p| &p.mine).map(|(_, claim)| claim).sum();
            prop_assert!(stats.held_tokens + stats.spent.tokens >= granted + spent + unknown);
            prop_assert!(stats.held_tokens + stats.spent.tokens <= 300);
        }
        // Nothing is held for ever: claims that were never settled expire, and written spending stays.
        let written: u64 = processes.iter_mut().map(|p| p.turn(&mut file, false, |p| p.ledger.stats().live)).sum();
        let last = &mut processes[0];
        let expired = last.turn(&mut file, false, |p| p.ledger.expire(60.0));
        prop_assert!(expired as u64 <= written);
        prop_assert_eq!(last.ledger.stats().held_tokens, 0);
        prop_assert!(last.ledger.stats().spent.tokens <= spent);
    }
}

#[test]
fn a_reservation_outside_of_a_turn_is_refused_and_nothing_expires_there() {
    let shared = ledger(vec![tokens(Scope::Fleet, 100, None)], 1);
    shared.share();
    let reserve = |now| shared.reserve(&payer(0), cost(60, 0), Some(1.0), now);
    assert!(matches!(reserve(0.0), Err(Error::State { .. })));
    shared.begin();
    let id = reserve(0.0).unwrap();
    assert!(!shared.commit().is_empty());
    shared.written();
    assert_eq!(shared.expire(2.0), 0);
    assert_eq!(shared.settle(id, cost(70, 0), 2.0), Settlement::Settled);
    assert!(shared.owing() && shared.urgent()); // it went past its claim
    let records = shared.commit();
    assert!(!shared.urgent() && !records.is_empty());
    // Ended elsewhere before it was written: the ledger must begin anew from its file.
    let other = ledger(vec![tokens(Scope::Fleet, 100, None)], 1);
    other.restore(&other.snapshot()).unwrap();
    assert!(matches!(shared.replay(&records), Err(Error::State { .. })));
    shared.restore(&other.snapshot()).unwrap();
    assert_eq!(shared.stats().spent, Cost::default());
}
