//! The ledger equals a naive one that recomputes everything from the history.

use crate::{cost, ledger, payer, tokens};
use proptest::prelude::*;
use rheostat::ledger::{Cap, Cost, HoldId, Scope, Settlement};
use rheostat::money::Usd;

/// Everything recomputed from the history, each time.
#[derive(Default)]
struct Oracle {
    caps: Vec<Cap>,
    /// (time, names by scope, claim, expires, still live, still to be settled)
    holds: Vec<(f64, [String; 4], Cost, f64, bool, bool)>,
    /// (time, names by scope, amount): spending outside of live claims, and claims that ended in a later window.
    spent: Vec<(f64, [String; 4], Cost)>,
    seen: f64,
}

impl Oracle {
    fn window(cap: &Cap, at: f64) -> u64 {
        cap.period.map_or(0, |p| ((at * 1e3) as u64) / ((p * 1e3) as u64))
    }

    fn left(&self, cap: &Cap, names: &[String; 4]) -> Cost {
        let scope = cap.scope as usize;
        let counts = |at: f64, other: &[String; 4]| {
            Self::window(cap, at) == Self::window(cap, self.seen) && other[scope] == names[scope]
        };
        let mut used = Cost::default();
        for (at, other, claim, _, live, _) in &self.holds {
            if *live && counts(*at, other) {
                used = used.plus(*claim);
            }
        }
        for (at, other, amount) in &self.spent {
            if counts(*at, other) {
                used = used.plus(*amount);
            }
        }
        let limit = cost(cap.tokens.unwrap_or(u64::MAX >> 1), cap.usd.map_or(u64::MAX >> 1, |u| u.0));
        limit.less(used)
    }

    fn reserve(&mut self, names: &[String; 4], claim: Cost, now: f64) -> bool {
        self.seen = self.seen.max(now);
        let fits = self.caps.iter().all(|cap| claim.within(self.left(cap, names)));
        let hold = (self.seen, names.clone(), claim, now + 60.0, fits, fits);
        self.holds.push(hold);
        fits
    }

    fn settle(&mut self, i: usize, spent: Cost, now: f64) -> Settlement {
        let (at, names, claim, _, live, open) = self.holds[i].clone();
        if !open {
            return Settlement::Nothing;
        }
        self.seen = self.seen.max(now);
        self.holds[i].4 = false;
        self.holds[i].5 = false;
        if !live {
            self.spent.push((self.seen, names, spent));
            return Settlement::Late;
        }
        // Each cap has its own windows; an entry that only some caps see has no other names.
        for cap in &self.caps {
            let mut only = [const { String::new() }; 4];
            only[cap.scope as usize].clone_from(&names[cap.scope as usize]);
            let same = Self::window(cap, at) == Self::window(cap, self.seen);
            self.spent.push((self.seen, only, if same { spent } else { spent.less(claim) }));
        }
        Settlement::Settled
    }

    fn expire(&mut self, now: f64) {
        for hold in &mut self.holds {
            if hold.4 && hold.3 <= now {
                hold.4 = false;
                self.seen = self.seen.max(now);
            }
        }
    }
}

#[derive(Debug, Clone)]
enum Step {
    Reserve(u8, u8, u64, u64),
    Settle(usize, u64, u64),
    Pass(f64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (0u8..3, 0u8..2, 0u64..60, 0u64..60).prop_map(|(s, t, a, b)| Step::Reserve(s, t, a, b)),
        3 => (0usize..64, 0u64..80, 0u64..80).prop_map(|(i, a, b)| Step::Settle(i, a, b)),
        2 => prop_oneof![Just(1.0), Just(7.0), Just(61.0), Just(-5.0), Just(-500.0), Just(1000.0)].prop_map(Step::Pass),
    ];
    prop::collection::vec(step, 0..120)
}

proptest! {
    #[test]
    fn equals_the_oracle(steps in steps(), shards in 1u32..5) {
        // One cap a scope: the oracle's books are kept by scope.
        let caps = vec![
            tokens(Scope::Session, 90, None),
            Cap { usd: Some(Usd(150)), ..tokens(Scope::Tenant, 150, Some(10.0)) },
            Cap { usd: Some(Usd(200)), period: Some(25.0), ..Cap::new(Scope::Fleet) },
        ];
        let ledger = ledger(caps.clone(), shards);
        let mut oracle = Oracle { caps, ..Oracle::default() };
        let (mut ids, mut now) = (Vec::new(), 0.0f64);
        for step in steps {
            ledger.expire(now);
            oracle.expire(now);
            match step {
                Step::Reserve(s, t, a, b) => {
                    let names = [String::new(), format!("s{s}"), format!("t{t}"), "fleet".to_owned()];
                    let got = ledger.reserve(&payer(&names[1], &names[2]), cost(a, b), None, now);
                    prop_assert_eq!(got.is_ok(), oracle.reserve(&names, cost(a, b), now));
                    ids.push(got.unwrap_or(HoldId::from_bits(u64::MAX)));
                }
                Step::Settle(i, a, b) if i < ids.len() => {
                    prop_assert_eq!(ledger.settle(ids[i], cost(a, b), now), oracle.settle(i, cost(a, b), now));
                }
                Step::Settle(..) => {}
                Step::Pass(by) => now = (now + by).max(0.0),
            }
            prop_assert_eq!(ledger.stats().live as usize, oracle.holds.iter().filter(|h| h.4).count());
        }
    }
}
