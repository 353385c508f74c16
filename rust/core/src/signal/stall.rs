//! Tool and agent turns that lead nowhere: the same call again, the same error again, nothing new.

use super::words::{EMPTY, fold};
use crate::{Error, Result};

/// Turns that are remembered.
const WINDOW: usize = 32;
/// Of a call, a result or an error as many bytes are read from each end.
const READ: usize = 4096;

/// What shows that an agent is stuck.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stuck {
    /// The same call has given the same result too often.
    RepeatedCall,
    /// The same error has come too often in a row, whatever was called.
    RepeatedError,
    /// Too many turns in a row have brought no result that was not known.
    NoProgress,
}

impl Stuck {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RepeatedCall => "repeated_call",
            Self::RepeatedError => "repeated_error",
            Self::NoProgress => "no_progress",
        }
    }
}

/// How often is too often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StallRules {
    /// The same call with the same result, among the last 32 turns.
    pub calls: u32,
    /// The same error, in a row.
    pub errors: u32,
    /// Turns without a new result, in a row.
    pub idle: u32,
}

impl Default for StallRules {
    /// Three equal calls and five turns without news: customary in agent loops, not measured. Two equal errors: on recorded
    /// coding agents a small model that had met two errors was right in 15 of 100 turns, the larger one in 80.
    fn default() -> Self {
        Self { calls: 3, errors: 2, idle: 5 }
    }
}

/// Watches an agent's turns. O(32) per turn; the longest text costs what 8 KiB cost; 600 bytes.
///
/// Calls are equal when they are equal without white space, so pretty-printed arguments do not hide a repetition; the order of
/// their fields does. Errors are equal when they differ in numbers only: line numbers, addresses and times change by
/// themselves. A repeated call that gives a new result (polling, a test run after an edit) is progress.
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
    /// An agent of which nothing is known.
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

    /// One turn: what was called, and its result or its error. Says whether the agent is stuck, and by what.
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

    /// How many turns in a row ended in the same error.
    pub fn errors(&self) -> u32 {
        self.errors
    }

    /// How many turns in a row brought nothing new.
    pub fn idle(&self) -> u32 {
        self.idle
    }

    /// How often is too often.
    pub fn rules(&self) -> &StallRules {
        &self.rules
    }
}

/// The hash of a text as seen through `keep`: all of a short one, both ends and the length of a long one.
fn hash(text: &str, mut keep: impl FnMut(u8) -> Option<u8>) -> u64 {
    let bytes = text.as_bytes();
    let (head, rest) = bytes.split_at(bytes.len().min(READ));
    let tail = &rest[rest.len().saturating_sub(READ)..];
    let skipped = (rest.len() - tail.len()) as u64;
    let seed = skipped.to_le_bytes().into_iter().fold(EMPTY, fold);
    head.iter().chain(tail).filter_map(|&b| keep(b)).fold(seed, fold)
}

/// The hash of an error in which every number, hexadecimal ones included, is the same.
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

/// What a byte of an error is part of.
#[derive(Debug, Clone, Copy)]
enum Number {
    None,
    Decimal,
    Hexadecimal,
}
