//! One account: claims and spending under each of its caps, in the current window of each.

use super::cap::{CapRule, Cost, Scope};
use crate::Error;
use crate::error::Bound;
use crate::money::Usd;
use std::sync::Arc;

/// Claims and spending under one cap.
#[derive(Debug, Clone, Copy, Default)]
struct Line {
    /// Claims of live reservations made in this window.
    held: Cost,
    /// Spending in this window. It only grows, so saturation loses nothing.
    spent: Cost,
}

/// Spending in a window that has passed. It is kept for [`Page::rebase`]: a clock that was ahead has spread the spending of
/// one window over several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Past {
    pub(super) cap: usize,
    pub(super) window: u64,
    pub(super) spent: Cost,
    /// Leased in it.
    pub(super) got: Cost,
}

/// Windows that are remembered for each cap: a clock that jumps goes wrong once or twice, and is then set right.
pub(super) const REMEMBERED: usize = 3;

/// Blocks leased under one cap.
#[derive(Debug, Clone, Copy, Default)]
struct Lease {
    got: Cost,
    /// Leased for the next window.
    next: Cost,
    /// True if the store has answered in this window; until then the credit counts.
    answered: bool,
    /// More has been requested.
    asked: bool,
    /// The store had no more in this window.
    dry: bool,
}

/// The cap that a claim does not fit.
#[derive(Debug)]
pub(super) struct ShortCap {
    pub(super) cap: usize,
    pub(super) left: Cost,
}

/// Spending under one cap, as a snapshot keeps it: in the current window, and in past ones.
pub(super) struct StoredLine {
    pub(super) period: u64,
    pub(super) spent: Cost,
    pub(super) past: Vec<(u64, Cost)>,
}

/// Adds a window that has passed; of each cap the newest are kept.
fn remember(all: &mut Vec<Past>, past: Past) {
    let older = all.iter().filter(|other| other.cap == past.cap).count();
    if older >= REMEMBERED
        && let Some(oldest) = all.iter().position(|other| other.cap == past.cap)
    {
        all.remove(oldest);
    }
    all.push(past);
}

#[derive(Debug)]
pub(super) struct Page {
    rules: Arc<[CapRule]>,
    /// The newest time seen, in milliseconds. A clock that steps back reopens no window.
    seen: u64,
    /// Live reservations.
    live: u32,
    lines: Box<[Line]>,
    leases: Option<Box<[Lease]>>,
    /// The newest last.
    past: Vec<Past>,
}

impl Page {
    pub(super) fn new(rules: Arc<[CapRule]>) -> Self {
        let lines = vec![Line::default(); rules.len()].into();
        let leased = rules.iter().any(|rule| rule.cap.leased.is_some());
        let leases = leased.then(|| vec![Lease::default(); rules.len()].into());
        Self { rules, seen: 0, live: 0, lines, leases, past: Vec::new() }
    }

    /// Restores a snapshot: spending by the period of its cap. Nothing is held yet.
    pub(super) fn restored(rules: Arc<[CapRule]>, seen: u64, lines: &[StoredLine]) -> Self {
        let mut page = Self::new(rules);
        page.seen = seen;
        for (cap, (rule, line)) in page.rules.iter().zip(&mut page.lines).enumerate() {
            let Some(known) = lines.iter().find(|line| line.period == rule.period()) else { continue };
            line.spent = known.spent;
            let past = known.past.iter().take(REMEMBERED);
            page.past.extend(past.map(|&(window, spent)| Past { cap, window, spent, got: Cost::default() }));
        }
        page
    }

    /// Spending under each cap, by period, in this window and in those before it.
    pub(super) fn lines(&self) -> impl Iterator<Item = StoredLine> {
        self.rules.iter().zip(&self.lines).enumerate().map(|(cap, (rule, line))| {
            let past = self.past.iter().filter(|past| past.cap == cap);
            let past = past.map(|past| (past.window, past.spent)).collect();
            StoredLine { period: rule.period(), spent: line.spent, past }
        })
    }

    pub(super) fn seen(&self) -> u64 {
        self.seen
    }

    pub(super) fn rules(&self) -> &[CapRule] {
        &self.rules
    }

    /// Moves on to the windows of `now`.
    pub(super) fn roll(&mut self, now: u64) {
        if now <= self.seen {
            return;
        }
        for (i, (rule, line)) in self.rules.iter().zip(&mut self.lines).enumerate() {
            let (before, after) = (rule.window(self.seen), rule.window(now));
            if before == after {
                continue;
            }
            let got =
                self.leases.as_ref().and_then(|leases| leases.get(i)).map_or(Cost::default(), |l| l.got);
            let past = Past { cap: i, window: before, spent: line.spent, got };
            *line = Line::default();
            if past.spent != Cost::default() {
                remember(&mut self.past, past);
            }
            if let Some(lease) = self.leases.as_mut().and_then(|leases| leases.get_mut(i)) {
                let got = if before + 1 == after { lease.next } else { Cost::default() };
                *lease = Lease { got, answered: got != Cost::default(), ..Lease::default() };
            }
        }
        self.seen = now;
    }

    /// Corrects a clock that was ahead. Spending of later windows was of this one or earlier, and counts in this one: a clock
    /// that is set right gives nothing back. Afterwards nothing is held; the ledger [holds](Self::hold) its reservations again.
    pub(super) fn rebase(&mut self, now: u64) {
        let seen = self.seen;
        self.seen = seen.min(now);
        self.live = 0;
        for (i, (rule, line)) in self.rules.iter().zip(&mut self.lines).enumerate() {
            line.held = Cost::default();
            let window = rule.window(self.seen);
            if window == rule.window(seen) {
                continue;
            }
            let later = |past: &Past| past.cap == i && past.window >= window;
            let mut got = Cost::default();
            for past in self.past.iter().filter(|past| later(past)) {
                line.spent = line.spent.plus(past.spent);
                got = got.plus(past.got);
            }
            self.past.retain(|past| !later(past));
            if let Some(lease) = self.leases.as_mut().and_then(|leases| leases.get_mut(i)) {
                let got = got.plus(lease.got);
                *lease = Lease { got, answered: got != Cost::default(), ..Lease::default() };
            }
        }
    }

    fn limit(&self, cap: usize) -> Cost {
        let Some(rule) = self.rules.get(cap) else { return Cost::default() };
        match (rule.cap.leased, self.leases.as_ref().and_then(|leases| leases.get(cap))) {
            (Some(leasing), Some(lease)) => {
                let got = if lease.answered { lease.got } else { leasing.credit };
                // A cap on tokens alone leases tokens alone.
                let free = |cap: Option<u64>, got: u64, all: u64| if cap.is_some() { got } else { all };
                let tokens = free(rule.cap.tokens, got.tokens, rule.limit.tokens);
                let usd = free(rule.cap.usd.map(|usd| usd.0), got.usd.0, rule.limit.usd.0);
                Cost { tokens, usd: Usd(usd), ..rule.limit }.min(rule.limit)
            }
            _ => rule.limit,
        }
    }

    /// The rest under one cap.
    pub(super) fn left(&self, cap: usize) -> Cost {
        let line = self.lines.get(cap).copied().unwrap_or_default();
        self.limit(cap).less(line.spent).less(line.held)
    }

    /// The rest under all caps.
    pub(super) fn room(&self) -> Cost {
        (0..self.rules.len()).fold(Cost::MAX, |room, cap| room.min(self.left(cap)))
    }

    /// The rest under all caps at a time. Changes nothing.
    pub(super) fn room_at(&self, now: u64) -> Cost {
        if now <= self.seen {
            return self.room();
        }
        let rules = self.rules.iter().enumerate();
        rules.fold(Cost::MAX, |room, (cap, rule)| {
            let leased = rule.cap.leased.is_some();
            let fresh = !leased && rule.window(self.seen) != rule.window(now);
            room.min(if fresh { rule.limit } else { self.left(cap) })
        })
    }

    /// The least that is left under caps on escalated spend at a time, and the period of that cap. None without such a cap.
    pub(super) fn escalated_at(&self, now: u64) -> Option<(Usd, Option<f64>)> {
        let caps = self.rules.iter().enumerate().filter(|(_, rule)| rule.cap.escalated.is_some());
        let left = caps.map(|(cap, rule)| {
            let fresh = now > self.seen && rule.window(self.seen) != rule.window(now);
            (if fresh { rule.limit } else { self.left(cap) }.escalated, rule.cap.period)
        });
        left.min_by_key(|(left, _)| *left)
    }

    pub(super) fn check(&self, claim: Cost) -> Result<(), ShortCap> {
        for cap in 0..self.rules.len() {
            let left = self.left(cap);
            if !claim.within(left) {
                return Err(ShortCap { cap, left });
            }
        }
        Ok(())
    }

    /// The error of a refused claim.
    pub(super) fn denied(&self, scope: Scope, claim: Cost, refusal: &ShortCap) -> Error {
        let period = self.rules.get(refusal.cap).and_then(|rule| rule.cap.period);
        let bound = |part| Bound { scope: scope.as_str(), part, period };
        if claim.tokens > refusal.left.tokens {
            Error::denied(bound("tokens"), claim.tokens as f64, refusal.left.tokens as f64)
        } else if claim.escalated > refusal.left.escalated {
            let (wanted, left) = (claim.escalated.dollars(), refusal.left.escalated.dollars());
            Error::denied(bound(Bound::ESCALATED), wanted, left)
        } else {
            Error::denied(bound("usd"), claim.usd.dollars(), refusal.left.usd.dollars())
        }
    }

    /// Adds a claim, made at `at`, that [`check`](Self::check) found to fit.
    pub(super) fn hold(&mut self, at: u64, claim: Cost) {
        self.live = self.live.saturating_add(1);
        for (rule, line) in self.rules.iter().zip(&mut self.lines) {
            if rule.window(at) == rule.window(self.seen) {
                line.held = line.held.plus(claim);
            }
        }
    }

    /// Ends a claim made at `at`, with its spending.
    pub(super) fn settle(&mut self, at: u64, claim: Cost, spent: Cost) {
        self.live = self.live.saturating_sub(1);
        for (rule, line) in self.rules.iter().zip(&mut self.lines) {
            if rule.window(at) == rule.window(self.seen) {
                line.held = line.held.less(claim);
                line.spent = line.spent.plus(spent);
            } else {
                // The window of the claim has passed; only spending beyond the claim is new.
                line.spent = line.spent.plus(spent.less(claim));
            }
        }
    }

    /// The amount that a claim made at `at` draws when it grows: all of it if its window has passed.
    pub(super) fn more(&self, at: u64, before: Cost, after: Cost) -> Cost {
        let stays = self.rules.iter().all(|rule| rule.window(at) == rule.window(self.seen));
        if stays { after.less(before) } else { after }
    }

    /// Changes a claim made at `at`.
    pub(super) fn resize(&mut self, at: u64, before: Cost, after: Cost) {
        for (rule, line) in self.rules.iter().zip(&mut self.lines) {
            let stays = rule.window(at) == rule.window(self.seen);
            line.held = if stays { line.held.less(before) } else { line.held }.plus(after);
        }
    }

    /// Adds spending without a claim.
    pub(super) fn spend(&mut self, spent: Cost) {
        for line in &mut self.lines {
            line.spent = line.spent.plus(spent);
        }
    }

    /// Memory beyond the struct's own size, in bytes.
    pub(super) fn bytes(&self) -> usize {
        let past = self.past.capacity() * size_of::<Past>();
        size_of_val(&*self.lines) + self.leases.as_deref().map_or(0, size_of_val) + past
    }

    /// True if no reservation is live.
    pub(super) fn idle(&self) -> bool {
        self.live == 0
    }

    /// True if the page has nothing to remember at that time.
    pub(super) fn blank(&self, now: u64) -> bool {
        let mut lines = self.rules.iter().zip(&self.lines);
        self.live == 0
            && lines.all(|(rule, line)| {
                rule.window(self.seen) < rule.window(now) || line.spent == Cost::default()
            })
    }

    /// Claims and spending in the widest window.
    pub(super) fn totals(&self) -> (Cost, Cost) {
        let widest =
            self.lines.iter().max_by_key(|line| (line.spent.usd, line.spent.tokens, line.held.tokens));
        widest.map_or((Cost::default(), Cost::default()), |line| (line.held, line.spent))
    }

    /// Adds a leased block. `dry`: the store has no more. False when the block's window is neither the current one nor the
    /// next.
    pub(super) fn lease(&mut self, cap: usize, window: u64, block: Cost, dry: bool) -> bool {
        let (Some(rule), Some(lease)) =
            (self.rules.get(cap), self.leases.as_mut().and_then(|leases| leases.get_mut(cap)))
        else {
            return false;
        };
        let current = rule.window(self.seen);
        lease.asked = false;
        if window == current {
            lease.got = lease.got.plus(block);
            lease.answered = true;
            lease.dry = dry;
            true
        } else if window == current.saturating_add(1) {
            lease.next = lease.next.plus(block);
            true
        } else {
            false
        }
    }

    /// Takes back what is leased and not committed, by cap, window and amount.
    pub(super) fn unlease(&mut self) -> Vec<(usize, u64, Cost)> {
        let mut back = Vec::new();
        for cap in 0..self.rules.len() {
            let left = self.left(cap);
            let (Some(rule), Some(line)) = (self.rules.get(cap), self.lines.get(cap)) else { continue };
            let Some(lease) = self.leases.as_mut().and_then(|leases| leases.get_mut(cap)) else { continue };
            let current = rule.window(self.seen);
            let unused = if lease.answered {
                lease.got.less(line.spent).less(line.held).min(left)
            } else {
                Cost::default()
            };
            lease.got = lease.got.less(unused);
            for (window, amount) in [(current, unused), (current + 1, std::mem::take(&mut lease.next))] {
                if amount != Cost::default() {
                    back.push((cap, window, amount));
                }
            }
        }
        back
    }

    /// Marks the caps that should be leased more. True if there are any.
    pub(super) fn ask(&mut self) -> bool {
        let mut any = false;
        for cap in 0..self.leases.as_ref().map_or(0, |leases| leases.len()) {
            if self.low(cap)
                && let Some(lease) = self.leases.as_mut().and_then(|leases| leases.get_mut(cap))
            {
                lease.asked = true;
                any = true;
            }
        }
        any
    }

    fn low(&self, cap: usize) -> bool {
        let (Some(rule), Some(lease)) = (self.rules.get(cap), self.leases.as_ref().and_then(|l| l.get(cap)))
        else {
            return false;
        };
        let Some(leasing) = rule.cap.leased else { return false };
        if lease.asked || lease.dry {
            return false;
        }
        let (left, half) = (self.left(cap), |block: u64| block.div_ceil(2));
        !lease.answered || left.tokens < half(leasing.block.tokens) || left.usd.0 < half(leasing.block.usd.0)
    }

    /// Caps with a request pending, their window, and the rest under them.
    pub(super) fn asked(&self) -> impl Iterator<Item = (usize, u64, Cost)> {
        let leases = self.leases.as_deref().unwrap_or_default().iter().enumerate();
        leases.filter(|(_, lease)| lease.asked).filter_map(|(cap, _)| {
            let rule = self.rules.get(cap)?;
            Some((cap, rule.window(self.seen), self.left(cap)))
        })
    }
}
