//! The protocol of a store that leases blocks of shared caps: what a host asks of it, under which names, and what its replies mean.
//!
//! The store is a Redis or Valkey server, that of `rheostat.stores.Redis`: names of keys, scripts and forms are equal, so processes of
//! any host share one budget. This file does no I/O. A host repeats, in the background:
//!
//! ```text
//! ask = leases.ask(ledger, now)          what to lease, or a report of the leases, or nothing
//! reply = server runs LEASE(ask)         or, without an answer: leases.unanswered(ledger, ask)
//! back = leases.took(ledger, ask, reply) blocks that have come too late
//! server runs GIVE_BACK(back)
//! ```
//!
//! The server counts a leased block as spent, so all processes together do not pass the cap. A request names what this process has had
//! of each account: a repeated request gets the same block, and a server that has lost its data learns of it.

use super::book::Ledger;
use super::cap::{Cap, Cost, Leasing, Scope};
use super::lease::Block;
use crate::money::Usd;
use crate::{Error, Result};
use std::collections::{BTreeMap, HashMap, HashSet};

/// The script that leases. It is one atomic step of the server.
pub const LEASE: &str = include_str!("lease.lua");
/// The script that takes blocks back.
pub const GIVE_BACK: &str = include_str!("give_back.lua");

/// Picodollars per nanodollar. The server counts in nanodollars, which its doubles hold exactly up to nine million dollars.
const NANO: u64 = 1_000;
/// Larger amounts count as this: the largest integer up to which a double holds every one.
const UNBOUNDED: u64 = (1 << 53) - 1;
/// Most accounts of one request.
const BATCH: usize = 256;
/// Most accounts and windows whose leases are remembered; the least recently used goes first.
const TRACKED: usize = 100_000;
/// Seconds after which a block that the server refused is asked for again: others may have given some back.
const DRY: f64 = 0.5;

/// An account's window of one cap.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Place {
    scope: Scope,
    key: String,
    cap: usize,
    window: u64,
}

/// Tokens and nanodollars.
type Pair = (u64, u64);

/// How leases are taken.
#[derive(Debug, Clone, PartialEq)]
pub struct LeaseOptions {
    /// Prefix of every key in the server. Processes that share budgets use one prefix, and equal caps.
    pub prefix: String,
    /// Seconds between two looks for blocks to lease.
    pub interval: f64,
    /// Seconds after the server's start, and after a loss of a key, in which it gives no lease.
    pub grace: f64,
    /// Seconds to wait for the server.
    pub timeout: f64,
}

impl Default for LeaseOptions {
    fn default() -> Self {
        Self { prefix: "rheostat".to_owned(), interval: 0.01, grace: 2.0, timeout: 2.0 }
    }
}

impl LeaseOptions {
    /// # Errors
    /// [`Error::Invalid`] for a value out of bounds.
    pub fn validate(&self) -> Result<()> {
        if self.prefix.is_empty() || self.prefix.len() > 64 || self.prefix.contains(['{', '}']) {
            return Err(Error::invalid("prefix", &self.prefix, "1 to 64 bytes without braces"));
        }
        for (what, value) in [("interval", self.interval), ("timeout", self.timeout)] {
            if !(value > 0.0 && value <= 60.0) {
                return Err(Error::invalid(what, value, "above 0 and at most 60 seconds"));
            }
        }
        if !(0.0..=3_600.0).contains(&self.grace) {
            return Err(Error::invalid("grace", self.grace, "between 0 and 3600 seconds"));
        }
        Ok(())
    }
}

/// One run of a script.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Script {
    /// Names of the hashes that it changes.
    pub keys: Vec<String>,
    /// Its arguments.
    pub args: Vec<String>,
    wants: Vec<(Place, Pair)>,
    full: bool,
}

impl Script {
    /// True if there may be more to ask for at once.
    pub fn full(&self) -> bool {
        self.full
    }
}

/// Leases of this process, and its requests for more.
#[derive(Debug)]
pub struct Leases {
    name: String,
    options: LeaseOptions,
    caps: HashMap<(Scope, Option<String>), Vec<Cap>>,
    /// Amounts that this process has had, each with the turn of its last use.
    had: HashMap<Place, (Pair, u64)>,
    by_use: BTreeMap<u64, Place>,
    uses: u64,
    /// Windows that have not begun, for which a block was asked.
    ahead: HashSet<Place>,
    /// Accounts that the server has refused, and when.
    dry: HashMap<Place, f64>,
    /// Seconds by which the server's clock is ahead of the host's, and when that was read.
    offset: Option<(f64, f64)>,
    /// True once the fleet's first block has come, or was refused.
    begun: bool,
    leased: u64,
}

/// Returns the caps with blocks, where they are shared: those of tenants and the fleet. The block is a hundredth of the cap if none is
/// given, and so is a tenant's credit until its first lease has come.
///
/// # Errors
/// [`Error::Invalid`] for a shared cap without a window.
pub fn leased(caps: &[Cap]) -> Result<Vec<Cap>> {
    let one = |cap: &Cap| {
        if !matches!(cap.scope, Scope::Tenant | Scope::Fleet) || cap.leased.is_some() {
            return Ok(cap.clone());
        }
        if cap.period.is_none() {
            let what = format!("cap of {}: per", cap.scope);
            return Err(Error::invalid(what, "none", "given where a cap is shared"));
        }
        let usd = Usd(cap.usd.map_or(0, |usd| usd.0 / 100).max(NANO));
        let block = Cost::new((cap.tokens.unwrap_or(0) / 100).max(1), usd);
        // A tenant is served on credit until its first lease arrives; the fleet is not.
        let credit = if cap.scope == Scope::Tenant { block } else { Cost::default() };
        Ok(Cap { leased: Some(Leasing { block, credit }), ..cap.clone() })
    };
    caps.iter().map(one).collect()
}

impl Leases {
    /// Begins with no lease. `name` is this process's own; no other that shares the budgets has it. `caps` are those of its ledger,
    /// with blocks ([`leased`]).
    ///
    /// # Errors
    /// Those of [`LeaseOptions::validate`].
    pub fn new(name: String, options: LeaseOptions, caps: &[Cap]) -> Result<Self> {
        options.validate()?;
        let mut by_account: HashMap<_, Vec<Cap>> = HashMap::new();
        for cap in caps {
            by_account.entry((cap.scope, cap.key.clone())).or_default().push(cap.clone());
        }
        Ok(Self {
            name,
            options,
            caps: by_account,
            had: HashMap::new(),
            by_use: BTreeMap::new(),
            uses: 0,
            ahead: HashSet::new(),
            dry: HashMap::new(),
            offset: None,
            begun: false,
            leased: 0,
        })
    }

    /// True once the fleet's first block has come, or was refused; and if the fleet has no cap.
    pub fn begun(&self) -> bool {
        self.begun || !self.caps.contains_key(&(Scope::Fleet, None))
    }

    /// Number of blocks that were leased.
    pub fn leased(&self) -> u64 {
        self.leased
    }

    /// The request that is due; None if there is none. `away`: the server did not answer the last one, so that a report is due.
    pub fn ask(&mut self, ledger: &Ledger, away: bool, now: f64) -> Option<Script> {
        self.moisten(ledger, now);
        let wants = ledger.wants(BATCH, now);
        let full = wants.len() >= BATCH;
        let mut asked: Vec<(Place, Pair)> = Vec::new();
        let mut seen: HashSet<Place> = HashSet::new();
        let mut add = |place: Place, want: Pair| {
            if seen.insert(place.clone()) {
                asked.push((place, want));
            }
        };
        for Block { scope, key, cap, window, amount } in wants {
            add(Place { scope, key, cap, window }, (amount.tokens, amount.usd.0.div_ceil(NANO)));
        }
        for (place, want) in self.next_windows(now) {
            add(place, want);
        }
        let idle = seen.is_empty();
        if away || idle {
            // The heartbeat: it notices that the server is back, reports leases that the server lost, and follows its clock.
            if !away && !self.due(now) {
                return None;
            }
            for place in self.by_use.values().rev().take(BATCH) {
                if self.had.get(place).is_some_and(|(had, _)| *had != (0, 0)) && seen.insert(place.clone()) {
                    asked.push((place.clone(), (0, 0)));
                }
            }
        }
        Some(self.script(asked, full))
    }

    fn script(&self, wants: Vec<(Place, Pair)>, full: bool) -> Script {
        let ahead = (self.lead() * 2_000.0).round();
        let mut script = Script { wants, full, ..Script::default() };
        script.args = vec![self.name.clone(), self.options.grace.to_string(), ahead.to_string()];
        for (place, want) in &script.wants {
            let Some(cap) = self.cap(place) else { continue };
            let (had, _) = self.had.get(place).copied().unwrap_or_default();
            let most = |cap: Option<u64>| cap.unwrap_or(UNBOUNDED).min(UNBOUNDED);
            let wanted = |cap: Option<u64>, want: u64| if cap.is_some() { want } else { 0 };
            let nano = cap.usd.map(|usd| usd.0 / NANO);
            let numbers = [
                period(cap),
                place.window,
                most(cap.tokens),
                wanted(cap.tokens, want.0),
                most(nano),
                wanted(nano, want.1),
                had.0,
                had.1,
            ];
            script.args.extend(numbers.map(|number| number.to_string()));
            script.keys.push(self.key(place, cap));
        }
        script
    }

    /// Takes the server's reply to [`LEASE`], and returns the run of [`GIVE_BACK`] for blocks that came too late, if there are any.
    ///
    /// # Errors
    /// [`Error::State`] for a reply of another form; nothing of it is taken.
    pub fn took(
        &mut self,
        ledger: &Ledger,
        asked: &Script,
        reply: &[i64],
        now: f64,
    ) -> Result<Option<Script>> {
        let (Some((time, parts)), true) = (reply.split_first(), reply.iter().all(|one| *one >= 0)) else {
            return Err(Error::state("the server's reply has no time, or a negative number"));
        };
        if parts.len() != 3 * asked.wants.len() {
            let words =
                format!("the server's reply has {} numbers, not {}", parts.len(), 3 * asked.wants.len());
            return Err(Error::state(words));
        }
        self.align(ledger, *time as f64 / 1e3, now)?;
        let mut back = Vec::new();
        for ((place, want), part) in asked.wants.iter().zip(parts.chunks_exact(3)) {
            let &[state, tokens, nano] = part else { continue };
            let given = (tokens as u64, nano as u64);
            if given != (0, 0) {
                self.leased += 1;
            }
            self.remember(place, |had| (had.0.saturating_add(given.0), had.1.saturating_add(given.1)));
            if state != 0 {
                self.ahead.remove(place);
            }
            if state == 1 {
                self.dry.insert(place.clone(), now);
            }
            self.begun |= place.scope == Scope::Fleet && state <= 1;
            if state == 0 && *want == (0, 0) && given == (0, 0) {
                // A report: the ledger has asked for nothing.
                continue;
            }
            let block = place.block(given);
            if !ledger.lease(&block, state == 1) && given != (0, 0) {
                back.push(block);
            }
        }
        Ok(self.give_back(&back))
    }

    /// Takes note that a request was not answered: its blocks may be asked for again.
    pub fn unanswered(&self, ledger: &Ledger, asked: &Script) {
        for (place, _) in &asked.wants {
            ledger.lease(&place.block((0, 0)), false);
        }
    }

    /// The run of [`GIVE_BACK`] that returns all that is not used, at the end.
    pub fn end(&mut self, ledger: &Ledger) -> Option<Script> {
        let rest = ledger.unlease();
        self.give_back(&rest)
    }

    fn give_back(&mut self, blocks: &[Block]) -> Option<Script> {
        let mut script = Script { args: vec![self.name.clone()], ..Script::default() };
        for block in blocks {
            let place =
                Place { scope: block.scope, key: block.key.clone(), cap: block.cap, window: block.window };
            let Some(key) = self.cap(&place).map(|cap| self.key(&place, cap)) else { continue };
            // Rounded down: a part of a nanodollar that was leased stays spent.
            let (tokens, nano) = (block.amount.tokens, block.amount.usd.0 / NANO);
            self.remember(&place, |had| (had.0.saturating_sub(tokens), had.1.saturating_sub(nano)));
            script.keys.push(key);
            script.args.extend([tokens.to_string(), nano.to_string()]);
        }
        (!script.keys.is_empty()).then_some(script)
    }

    /// Asks again, after a while, for blocks that the server has refused.
    fn moisten(&mut self, ledger: &Ledger, now: f64) {
        self.dry.retain(|place, since| {
            let stays = now - *since <= DRY;
            if !stays {
                ledger.lease(&place.block((0, 0)), false);
            }
            stays
        });
    }

    fn due(&self, now: f64) -> bool {
        let every = (self.options.grace / 4.0).max(self.options.interval).min(0.25);
        self.offset.is_none_or(|(_, then)| now - then > every)
    }

    /// The first blocks of windows that begin soon, for accounts with leases in the current one.
    fn next_windows(&mut self, now: f64) -> Vec<(Place, Pair)> {
        let Some((offset, _)) = self.offset else { return Vec::new() };
        let now = (now + offset) * 1e3;
        let mut windows: HashMap<u64, u64> = HashMap::new();
        for cap in self.caps.values().flatten().filter(|cap| cap.leased.is_some()) {
            let (length, window) = (period(cap), (now / period(cap) as f64).max(0.0) as u64);
            let left = (window + 1) as f64 * length as f64 - now;
            if left < (self.lead() * 1e3).min(length as f64 / 4.0) {
                windows.insert(length, window);
            }
        }
        if windows.is_empty() {
            self.ahead.clear();
            return Vec::new();
        }
        let mut soon = Vec::new();
        for place in self.by_use.values() {
            let Some((cap, leasing)) = self.cap(place).and_then(|cap| Some((cap, cap.leased?))) else {
                continue;
            };
            let next = Place { window: place.window + 1, ..place.clone() };
            if windows.get(&period(cap)) == Some(&place.window) && !self.ahead.contains(&next) {
                self.ahead.insert(next.clone());
                soon.push((next, (leasing.block.tokens, leasing.block.usd.0.div_ceil(NANO))));
                if soon.len() >= BATCH {
                    break;
                }
            }
        }
        soon
    }

    fn lead(&self) -> f64 {
        (10.0 * self.options.interval).max(0.1)
    }

    fn remember(&mut self, place: &Place, change: impl FnOnce(Pair) -> Pair) {
        self.uses += 1;
        let (had, used) = self.had.remove(place).unwrap_or_default();
        self.by_use.remove(&used);
        self.by_use.insert(self.uses, place.clone());
        self.had.insert(place.clone(), (change(had), self.uses));
        if self.had.len() > TRACKED
            && let Some((_, oldest)) = self.by_use.pop_first()
        {
            self.had.remove(&oldest);
        }
    }

    fn cap(&self, place: &Place) -> Option<&Cap> {
        let key = (place.scope != Scope::Fleet).then(|| place.key.clone());
        let own = self.caps.get(&(place.scope, key));
        own.or_else(|| self.caps.get(&(place.scope, None)))?.get(place.cap)
    }

    /// The name of a hash in the server. Braces keep all keys of a deployment on one node of a cluster; a script needs that.
    fn key(&self, place: &Place, cap: &Cap) -> String {
        let Place { scope, key, window, .. } = place;
        format!("{{{}}}:{scope}:{}:{window}:{key}", self.options.prefix, period(cap))
    }

    /// Follows the server's clock. A reply is late by its journey, so the newest or the least late reading is kept.
    fn align(&mut self, ledger: &Ledger, server: f64, now: f64) -> Result<()> {
        let mut offset = server - now;
        if let Some((old, then)) = self.offset {
            let drifted = old - 1e-3 * (now - then);
            // A step back that is longer than any journey means that the clock was set.
            if drifted - offset < self.options.timeout {
                offset = offset.max(drifted);
            }
        }
        self.offset = Some((offset, now));
        ledger.set_offset(offset)
    }
}

impl Place {
    fn block(&self, (tokens, nano): Pair) -> Block {
        let amount = Cost::new(tokens, Usd(nano.saturating_mul(NANO)));
        Block { scope: self.scope, key: self.key.clone(), cap: self.cap, window: self.window, amount }
    }
}

/// The length of a cap's window, in milliseconds.
fn period(cap: &Cap) -> u64 {
    cap.period.map_or(1, |seconds| ((seconds * 1e3).round() as u64).max(1))
}
