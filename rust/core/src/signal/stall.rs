//! Agents that are stuck: the same call again, the same error again, no new result.

use super::words::{EMPTY, fold};
use crate::named::named;
use crate::{Error, Result};

/// Turns remembered.
const WINDOW: usize = 32;
/// Bytes read from each end of a call, a result or an error.
const READ: usize = 4096;

named! {
    /// The pattern by which an agent is stuck.
    pub enum Stuck {
        /// One call gave one result too often.
        RepeatedCall = "repeated_call",
        /// One error came too often in a row, from any calls.
        RepeatedError = "repeated_error",
        /// Too many turns in a row brought no new result.
        NoProgress = "no_progress",
    }
}

/// Limits of repetition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StallRules {
    /// Equal calls with equal results, among the last 32 turns.
    pub calls: u32,
    /// Equal errors in a row.
    pub errors: u32,
    /// Turns in a row without a new result.
    pub idle: u32,
}

impl Default for StallRules {
    /// Three equal calls and five turns without news are customary in agent loops, not measured. Two equal errors: on recorded
    /// coding agents a small model that had met two errors was right in 15 of 100 turns, a larger one in 80.
    fn default() -> Self {
        Self { calls: 3, errors: 2, idle: 5 }
    }
}

/// Watches an agent's turns. O(32) per turn; a long text costs as much as one of 8 KiB. 600 bytes.
///
/// Calls are compared without white space, errors without their numbers: line numbers, addresses and times change by
/// themselves. The order of a call's fields matters. A repeated call with a new result (polling, a test run after an edit) is
/// progress.
///
/// ```
/// use rheostat::signal::{Stall, StallRules, Stuck};
/// let mut stall = Stall::new(StallRules::default())?;
/// assert_eq!(stall.turn("ls src", Ok("main.rs")), None);
/// assert_eq!(stall.turn("ls src", Ok("main.rs")), None);
/// assert_eq!(stall.turn("ls  src", Ok("main.rs")), Some(Stuck::RepeatedCall));
/// # Ok::<(), rheostat::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Stall {
    rules: StallRules,
    /// Hashes of the newest turns, call and result; turn `i` is at `i mod WINDOW`.
    turns: Vec<(u64, u64)>,
    count: u64,
    error: u64,
    errors: u32,
    idle: u32,
}

impl Stall {
    /// A new agent.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless each rule is at least 2, and `calls` at most 32.
    pub fn new(rules: StallRules) -> Result<Self> {
        for (what, value) in [("calls", rules.calls), ("errors", rules.errors), ("idle", rules.idle)] {
            if value < 2 {
                return Err(Error::invalid(what, value, "at least 2 turns: once is no repetition"));
            }
        }
        if rules.calls as usize > WINDOW {
            return Err(Error::invalid(
                "calls",
                rules.calls,
                format!("at most the {WINDOW} turns that are remembered"),
            ));
        }
        Ok(Self { rules, turns: Vec::new(), count: 0, error: 0, errors: 0, idle: 0 })
    }

    /// Adds one turn: the call, and its result or error. Returns the pattern by which the agent is stuck, if it is.
    pub fn turn(&mut self, call: &str, result: Result<&str, &str>) -> Option<Stuck> {
        let call = hash(call, |b| (!b.is_ascii_whitespace()).then_some(b));
        let outcome = match result {
            Ok(result) => hash(result, Some),
            // An error never equals a result of the same text.
            Err(error) => !masked(error),
        };
        let known = self.turns.iter().any(|&(_, seen)| seen == outcome);
        self.idle = if known { self.idle.saturating_add(1) } else { 0 };
        self.errors = match result {
            Ok(_) => 0,
            Err(_) if self.errors > 0 && self.error == outcome => self.errors.saturating_add(1),
            Err(_) => 1,
        };
        self.error = outcome;
        let equal = 1 + self.turns.iter().filter(|&&turn| turn == (call, outcome)).count() as u32;
        self.keep((call, outcome));
        if self.errors >= self.rules.errors {
            Some(Stuck::RepeatedError)
        } else if equal >= self.rules.calls {
            Some(Stuck::RepeatedCall)
        } else if self.idle >= self.rules.idle {
            Some(Stuck::NoProgress)
        } else {
            None
        }
    }

    fn keep(&mut self, turn: (u64, u64)) {
        match self.turns.get_mut((self.count % WINDOW as u64) as usize) {
            Some(slot) => *slot = turn,
            None => self.turns.push(turn),
        }
        self.count += 1;
    }

    /// Turns so far.
    pub fn turns(&self) -> u64 {
        self.count
    }

    /// Equal errors in a row, so far.
    pub fn errors(&self) -> u32 {
        self.errors
    }

    /// Turns in a row without a new result, so far.
    pub fn idle(&self) -> u32 {
        self.idle
    }

    /// The limits.
    pub fn rules(&self) -> &StallRules {
        &self.rules
    }
}

/// The hash of a text as `keep` sees it: of both ends and the length, if it is long.
fn hash(text: &str, mut keep: impl FnMut(u8) -> Option<u8>) -> u64 {
    let bytes = text.as_bytes();
    let (head, rest) = bytes.split_at(bytes.len().min(READ));
    let tail = &rest[rest.len().saturating_sub(READ)..];
    let skipped = (rest.len() - tail.len()) as u64;
    let seed = skipped.to_le_bytes().into_iter().fold(EMPTY, fold);
    head.iter().chain(tail).filter_map(|&b| keep(b)).fold(seed, fold)
}

/// The hash of an error with its numbers masked, hexadecimal ones included.
fn masked(error: &str) -> u64 {
    let mut number = Number::None;
    hash(error, |b| {
        let before = number;
        number = match before {
            Number::Decimal if b == b'x' => Number::Hexadecimal,
            Number::Hexadecimal if b.is_ascii_hexdigit() => before,
            _ if b.is_ascii_digit() => Number::Decimal,
            _ => Number::None,
        };
        match (before, number) {
            (_, Number::None) => Some(b),
            (Number::None, _) => Some(b'0'),
            _ => None,
        }
    })
}

/// The kind of number that a byte is part of.
#[derive(Debug, Clone, Copy)]
enum Number {
    None,
    Decimal,
    Hexadecimal,
}
