//! When to probe, as data.

use super::Markers;
use crate::{Error, Result};

/// How hard to try for an early exit, by Dynasor's table: so many equal probes, one after every so many tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effort {
    /// The name in the table.
    pub name: &'static str,
    /// Equal probes in a row that end the reasoning.
    pub equal: u32,
    /// Tokens between two probes.
    pub every: u64,
}

/// Dynasor's table, from careful to bold.
pub const EFFORTS: [Effort; 5] = [
    Effort { name: "mild", equal: 8, every: 64 },
    Effort { name: "low", equal: 5, every: 64 },
    Effort { name: "mid", equal: 3, every: 64 },
    Effort { name: "high", equal: 2, every: 64 },
    Effort { name: "crazy", equal: 2, every: 32 },
];

impl Effort {
    /// The effort of a name.
    ///
    /// # Errors
    /// [`Error::Unknown`] names those that exist.
    pub fn from_name(name: &str) -> Result<Self> {
        let found = EFFORTS.into_iter().find(|effort| effort.name == name);
        found.ok_or_else(|| Error::unknown("effort", name, EFFORTS.map(|effort| effort.name)))
    }
}

/// What makes a probe due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProbeAt {
    /// So many tokens since the last one (Dynasor).
    Tokens(u64),
    /// A backtrack or a branch in the text: "Wait", "Alternatively" … (DEER).
    Marker,
    /// An empty line in the text (EAT).
    Paragraph,
}

impl ProbeAt {
    /// The occasion of a name: `"tokens"` (every so many), `"marker"` or `"paragraph"`.
    ///
    /// # Errors
    /// [`Error::Unknown`] names those that exist.
    pub fn from_name(name: &str, every: u64) -> Result<Self> {
        match name {
            "tokens" => Ok(Self::Tokens(every)),
            "marker" => Ok(Self::Marker),
            "paragraph" => Ok(Self::Paragraph),
            _ => Err(Error::unknown("occasion", name, ["tokens", "marker", "paragraph"])),
        }
    }

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tokens(_) => "tokens",
            Self::Marker => "marker",
            Self::Paragraph => "paragraph",
        }
    }
}

/// Says when a probe is due, and counts them. None before `first` tokens, and `most` in all.
///
/// ```
/// use rheostat::signal::{ProbeAt, ProbeSchedule};
/// let mut schedule = ProbeSchedule::new(ProbeAt::Tokens(64), 128, 2)?;
/// let due: Vec<u32> = (1..=512).filter(|_| schedule.advance(1, "")).collect();
/// assert_eq!(due, [128, 192]);
/// # Ok::<(), rheostat::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ProbeSchedule {
    at: ProbeAt,
    first: u64,
    most: u32,
    tokens: u64,
    probed: u64,
    probes: u32,
    markers: Markers,
    /// Line ends in a row at the end of the text so far.
    line_ends: u8,
}

impl ProbeSchedule {
    /// A schedule. DEER has at most 10 probes; EAT and Dynasor have no limit.
    ///
    /// # Errors
    /// [`Error::Invalid`] when a probe would be due after every 0 tokens, or none is allowed.
    pub fn new(at: ProbeAt, first: u64, most: u32) -> Result<Self> {
        if at == ProbeAt::Tokens(0) {
            return Err(Error::invalid("every", 0, "at least 1 token"));
        }
        if most == 0 {
            return Err(Error::invalid("most", 0, "at least 1 probe"));
        }
        Ok(Self { at, first, most, tokens: 0, probed: 0, probes: 0, markers: Markers::new(), line_ends: 0 })
    }

    /// What has been written since the last call: tokens, and their text where the schedule reads it. Says whether a probe
    /// is due now. Several occasions in one call are one probe.
    pub fn advance(&mut self, tokens: u64, text: &str) -> bool {
        self.tokens = self.tokens.saturating_add(tokens);
        let occasion = match self.at {
            ProbeAt::Tokens(every) => self.tokens - self.probed >= every,
            ProbeAt::Marker => {
                let found = self.markers.text(text);
                found.backtracks + found.branches > 0
            }
            ProbeAt::Paragraph => self.paragraph(text),
        };
        let due = occasion && self.tokens >= self.first && self.probes < self.most;
        if due {
            self.probes += 1;
            self.probed = self.tokens;
        }
        due
    }

    /// Whether an empty line ends in the text; white space on it does not matter.
    fn paragraph(&mut self, text: &str) -> bool {
        let mut found = false;
        for c in text.chars() {
            self.line_ends = match c {
                '\n' => self.line_ends.saturating_add(1),
                c if c.is_whitespace() => self.line_ends,
                _ => 0,
            };
            found |= c == '\n' && self.line_ends == 2;
        }
        found
    }

    /// What makes a probe due.
    pub fn at(&self) -> ProbeAt {
        self.at
    }

    /// Tokens before the first probe.
    pub fn first(&self) -> u64 {
        self.first
    }

    /// The most probes.
    pub fn most(&self) -> u32 {
        self.most
    }

    /// Probes that were due so far.
    pub fn probes(&self) -> u32 {
        self.probes
    }

    /// Tokens so far.
    pub fn tokens(&self) -> u64 {
        self.tokens
    }
}
