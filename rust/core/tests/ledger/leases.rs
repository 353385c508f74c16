//! The protocol of leased blocks, against a server of a few lines that does what the scripts do. Replies are lost, the server forgets
//! keys and restarts, processes die, and time passes: together they never spend more than the cap.

use super::payer;
use proptest::prelude::*;
use rheostat::ledger::{Cap, Cost, LeaseOptions, Leases, Ledger, LedgerOptions, Scope, Script, leased};
use rheostat::money::Usd;
use std::collections::HashMap;

const CAP: u64 = 1_000;
const DAY: f64 = 86_400.0;
const GRACE: f64 = 1.0;

/// Hashes of fields: the total, and what each process has had.
#[derive(Default)]
struct Server {
    hashes: HashMap<String, HashMap<String, u64>>,
    started: f64,
}

impl Server {
    /// `lease.lua`, for tokens and nanodollars alike.
    fn lease(&mut self, script: &Script, now: f64) -> Vec<i64> {
        let me = script.args[0].clone();
        let mut reply = vec![(now * 1e3) as i64];
        for (at, key) in script.keys.iter().enumerate() {
            let a: Vec<u64> = (0..8).map(|j| script.args[3 + at * 8 + j].parse().unwrap()).collect();
            let new = !self.hashes.contains_key(key) && now * 1e3 - (a[1] * a[0]) as f64 > GRACE * 1e3;
            let hash = self.hashes.entry(key.clone()).or_default();
            let had = |hash: &HashMap<String, u64>, field: &str| hash.get(field).copied().unwrap_or(0);
            let (t, u) = (format!("t:{me}"), format!("u:{me}"));
            if new || had(hash, &t) < a[6] || had(hash, &u) < a[7] {
                hash.insert("lost".into(), (now * 1e3) as u64);
            }
            let lost = had(hash, "lost") as f64;
            let recovering = now - self.started < GRACE || (lost > 0.0 && now * 1e3 - lost < GRACE * 1e3);
            let mut part = |field: &str, cap: u64, want: u64, had_before: u64| {
                let own = format!("{field}:{me}");
                let (mut total, mut mine) = (had(hash, field), had(hash, &own));
                if mine < had_before {
                    total += had_before - mine;
                    mine = had_before;
                }
                let mut given = mine - had_before;
                if given == 0 && !recovering {
                    given = want.min(cap.saturating_sub(total));
                    (total, mine) = (total + given, mine + given);
                }
                hash.insert(field.into(), total);
                hash.insert(own, mine);
                given
            };
            let (tokens, nano) = (part("t", a[2], a[3], a[6]), part("u", a[4], a[5], a[7]));
            let dry = tokens < a[3] || nano < a[5];
            let state = if recovering { 4 } else { i64::from(dry) };
            reply.extend([state, tokens as i64, nano as i64]);
        }
        reply
    }

    /// `give_back.lua`.
    fn give_back(&mut self, script: &Script) {
        for (at, key) in script.keys.iter().enumerate() {
            let Some(hash) = self.hashes.get_mut(key) else { continue };
            for (j, field) in ["t", "u"].into_iter().enumerate() {
                let own = format!("{field}:{}", script.args[0]);
                let mine = hash.get(&own).copied().unwrap_or(0);
                let amount = script.args[1 + at * 2 + j].parse::<u64>().unwrap().min(mine);
                *hash.entry(own).or_default() -= amount;
                *hash.entry(field.into()).or_default() -= amount;
            }
        }
    }
}

struct Process {
    ledger: Ledger,
    leases: Leases,
    away: bool,
}

impl Process {
    fn new(name: usize) -> Self {
        let cap = Cap {
            tokens: Some(CAP),
            usd: Some(Usd(CAP * 1_000_000)),
            period: Some(DAY),
            ..Cap::new(Scope::Fleet)
        };
        let caps = leased(&[cap]).unwrap();
        let options = LeaseOptions { grace: GRACE, ..LeaseOptions::default() };
        let leases = Leases::new(format!("p{name}"), options, &caps).unwrap();
        let ledger = Ledger::new(LedgerOptions { caps, ..LedgerOptions::default() }).unwrap();
        Self { ledger, leases, away: false }
    }

    /// A turn. `lost`: 1 the request, 2 the reply is lost.
    fn turn(&mut self, server: &mut Server, lost: u8, now: f64) {
        let Some(script) = self.leases.ask(&self.ledger, self.away, now) else { return };
        let reply = (lost != 1).then(|| server.lease(&script, now)).filter(|_| lost == 0);
        self.away = reply.is_none();
        let Some(reply) = reply else { return self.leases.unanswered(&self.ledger, &script) };
        if let Some(back) = self.leases.took(&self.ledger, &script, &reply, now).unwrap() {
            server.give_back(&back);
        }
    }

    /// Reserves and spends; the tokens that were spent.
    fn spend(&self, tokens: u64, now: f64) -> u64 {
        let amount = Cost::new(tokens, Usd(tokens * 1_000));
        match self.ledger.reserve(&payer("s", "t"), amount, None, now) {
            Ok(hold) => {
                self.ledger.settle(hold, amount, now);
                tokens
            }
            Err(_) => 0,
        }
    }
}

#[derive(Debug, Clone)]
enum Event {
    Turn(usize, u8),
    Spend(usize, u64),
    Wait(f64),
    Forget,
    Leave(usize),
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        8 => (0..3_usize, prop_oneof![6 => Just(0_u8), 1 => Just(1), 1 => Just(2)]).prop_map(|(p, l)| Event::Turn(p, l)),
        8 => (0..3_usize, 1..12_u64).prop_map(|(p, n)| Event::Spend(p, n)),
        3 => (0.0..0.4_f64).prop_map(Event::Wait),
        1 => Just(Event::Forget),
        1 => (0..3_usize).prop_map(Event::Leave),
    ]
}

proptest! {
    #[test]
    fn processes_together_never_pass_the_cap(events in proptest::collection::vec(event(), 1..400)) {
        let (mut now, mut spent) = (1_000.0 * DAY + 5.0, 0);
        let mut server = Server { started: now - 60.0, ..Server::default() };
        let mut processes: Vec<Process> = (0..3).map(Process::new).collect();
        for event in events {
            match event {
                Event::Turn(p, lost) => processes[p].turn(&mut server, lost, now),
                Event::Spend(p, tokens) => spent += processes[p].spend(tokens, now),
                Event::Wait(seconds) => now += seconds,
                Event::Forget => {
                    // It starts anew without its data. Each process reports within the grace, as it does where it asks every 10 ms.
                    server = Server { started: now, ..Server::default() };
                    now += GRACE / 2.0;
                    for one in &mut processes {
 one.away = true;
}
                    for one in &mut processes {
 one.turn(&mut server, 0, now);
}
                    now += GRACE;
                }
                Event::Leave(p) => {
                    let Process { ledger, leases, .. } = &mut processes[p];
                    if let Some(rest) = leases.end(ledger) {
                        server.give_back(&rest);
                    }
                }
            }
        }
        prop_assert!(spent <= CAP, "{spent} of {CAP}");
    }
}

#[test]
fn all_of_a_cap_can_be_spent() {
    let mut now = 1_000.0 * DAY + 0.5;
    let mut server = Server { started: now - 60.0, ..Server::default() };
    let mut processes: Vec<Process> = (0..3).map(Process::new).collect();
    let mut spent = 0;
    for _ in 0..2_000 {
        now += 0.01;
        for one in &mut processes {
            spent += one.spend(1, now);
            one.turn(&mut server, 0, now);
        }
    }
    assert_eq!(spent, CAP);
}

#[test]
fn a_reply_of_another_form_is_refused_and_nothing_of_it_taken() {
    let now = 1_000.0 * DAY + 0.5;
    let mut one = Process::new(0);
    let script = one.leases.ask(&one.ledger, false, now).unwrap();
    assert_eq!(script.keys, ["{rheostat}:fleet:86400000:1000:"]);
    for reply in [&[][..], &[1], &[1, 0, 5], &[1, 0, -5, 0], &[i64::MIN, 0, 5, 5]] {
        assert!(one.leases.took(&one.ledger, &script, reply, now).is_err(), "{reply:?}");
    }
    assert_eq!(one.leases.leased(), 0);
    assert!(!one.leases.begun());
    assert_eq!(one.spend(1, now), 0);
}
