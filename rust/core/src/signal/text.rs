//! What the text of an answer alone says, where a provider gives no log-probabilities: loops, turns, hedges, and
//! whether the answers that it states stay the same. Weak evidence, and called so.

use super::{Loops, Markers, Probes};
use crate::{Error, Result};

/// An answer in a box longer than this, in bytes, is passed over.
const LONGEST_BOX: usize = 256;
/// What opens a box.
const BOX: &[u8] = br"\boxed{";

/// How much can be concluded from a reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// Too little text to say anything.
    None,
    /// Text alone: what a model writes about its certainty is loosely tied to its being right.
    Weak,
}

impl Evidence {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Weak => "weak",
        }
    }
}

/// What the text looks like. There is no "confident": words alone never show that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextVerdict {
    /// Nothing can be said.
    Unknown,
    /// It repeats itself, word for word.
    Looping,
    /// It turns back, starts again or hedges more often than the rules allow.
    Doubtful,
    /// It has stated the same answer more than once, and has not turned back since.
    Steady,
}

impl TextVerdict {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Looping => "looping",
            Self::Doubtful => "doubtful",
            Self::Steady => "steady",
        }
    }
}

/// From what on a text is doubtful. Rates are per 1,000 words.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TextRules {
    /// Fewer words than this are no evidence.
    pub words: u64,
    /// Turns (backtracks, branches, restarts) above this rate, over about the last 500 words.
    pub turns: f64,
    /// A self-correction run of so many backtracks.
    pub run: u32,
    /// So many restarts in all.
    pub restarts: u64,
    /// Hedges above this rate.
    pub hedges: f64,
}

impl Default for TextRules {
    /// 100 words, 60 turns, a run of 8, 2 restarts, 40 hedges: about twice what reasoning models do on the whole, which is
    /// 19 to 26 turns and 20 to 25 hedges in 1,000 words (`benches/quality`). A convention, not a calibration.
    fn default() -> Self {
        Self { words: 100, turns: 60.0, run: 8, restarts: 2, hedges: 40.0 }
    }
}

/// Reads a text in chunks of any size. O(1) per character; 2.5 KiB at most, besides the newest answer.
///
/// Answers are what stands in `\boxed{…}`, and what the host hands over by [`answer`](Self::answer).
///
/// ```
/// use rheostat::signal::{TextRules, TextSignals, TextVerdict};
/// let mut text = TextSignals::new(TextRules { words: 5, ..TextRules::default() })?;
/// assert_eq!(text.text(r"So it is \boxed{4"), TextVerdict::Unknown);
/// assert_eq!(text.text(r"2}. Once more by hand: \boxed{42}"), TextVerdict::Steady);
/// assert_eq!((text.stated(), text.equal()), (Some("42"), 2));
/// # Ok::<(), rheostat::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct TextSignals {
    rules: TextRules,
    loops: Loops,
    markers: Markers,
    answers: Probes,
    /// Turns when the newest answer was stated.
    turns: u64,
    open: Boxed,
}

/// A box that is being read.
#[derive(Debug, Clone, Default)]
struct Boxed {
    /// Bytes of [`BOX`] that have come.
    matched: usize,
    /// Braces that are open; 0 outside a box.
    depth: u32,
    inside: String,
}

impl TextSignals {
    /// A text judged by these rules.
    ///
    /// # Errors
    /// [`Error::Invalid`] when a rate is NaN or below 0.
    pub fn new(rules: TextRules) -> Result<Self> {
        for (what, rate) in [("turns", rules.turns), ("hedges", rules.hedges)] {
            if rate.is_nan() || rate < 0.0 {
                return Err(Error::invalid(what, rate, "at least 0 per 1,000 words"));
            }
        }
        let (loops, markers, answers) = (Loops::new(), Markers::new(), Probes::default());
        Ok(Self { rules, loops, markers, answers, turns: 0, open: Boxed::default() })
    }

    /// The next chunk, and what the text looks like now.
    pub fn text(&mut self, chunk: &str) -> TextVerdict {
        self.loops.text(chunk);
        let mut rest = chunk;
        // The markers are read up to each answer, so that turns before it and after it are told apart.
        while let Some((answer, end)) = self.open.read(rest) {
            let (head, tail) = rest.split_at(end);
            self.markers.text(head);
            self.answer(&answer);
            rest = tail;
        }
        self.markers.text(rest);
        self.verdict()
    }

    /// An answer that the host found stated in the text. Returns how many equal ones there are in a row.
    pub fn answer(&mut self, answer: &str) -> u32 {
        self.turns = self.markers.counts().turns();
        self.answers.add(answer, None, 0.0)
    }

    /// The end of the text: its last word ends here.
    pub fn finish(&mut self) -> TextVerdict {
        self.loops.finish();
        self.markers.finish();
        self.verdict()
    }

    /// What the text looks like.
    pub fn verdict(&self) -> TextVerdict {
        let (m, r) = (&self.markers, &self.rules);
        if self.loops.looping() {
            return TextVerdict::Looping;
        }
        if self.evidence() == Evidence::None {
            return TextVerdict::Unknown;
        }
        let restless = m.recent() > r.turns || m.run() >= r.run.max(1);
        if restless || m.counts().restarts >= r.restarts.max(1) || m.hedging() > r.hedges {
            return TextVerdict::Doubtful;
        }
        let quiet = m.counts().turns() == self.turns;
        if self.answers.equal() >= 2 && quiet { TextVerdict::Steady } else { TextVerdict::Unknown }
    }

    /// How much can be concluded.
    pub fn evidence(&self) -> Evidence {
        if self.markers.words() < self.rules.words && !self.loops.looping() {
            Evidence::None
        } else {
            Evidence::Weak
        }
    }

    /// The loop detector.
    pub fn loops(&self) -> &Loops {
        &self.loops
    }

    /// The markers.
    pub fn markers(&self) -> &Markers {
        &self.markers
    }

    /// The newest answer stated.
    pub fn stated(&self) -> Option<&str> {
        self.answers.answer()
    }

    /// How many equal answers in a row were stated.
    pub fn equal(&self) -> u32 {
        self.answers.equal()
    }

    /// How many answers were stated.
    pub fn answers(&self) -> u32 {
        self.answers.seen()
    }

    /// From what on the text is doubtful.
    pub fn rules(&self) -> &TextRules {
        &self.rules
    }
}

impl Boxed {
    /// Reads up to the end of the next box. Returns what it held and where in the text it ended; none when the text
    /// ends first.
    fn read(&mut self, text: &str) -> Option<(String, usize)> {
        for (at, c) in text.char_indices() {
            if self.depth == 0 {
                self.open(c);
                continue;
            }
            match c {
                '{' => self.depth = self.depth.saturating_add(1).min(u32::MAX / 4),
                '}' => self.depth -= 1,
                _ => {}
            }
            if self.depth == 0 {
                return Some((std::mem::take(&mut self.inside), at + 1));
            }
            if self.inside.len() + c.len_utf8() > LONGEST_BOX {
                // Too long to be an answer, or a brace that nobody closes: the text goes on without it.
                *self = Self::default();
            } else {
                self.inside.push(c);
            }
        }
        None
    }

    fn open(&mut self, c: char) {
        let fits = |at: usize| BOX.get(at).is_some_and(|&b| char::from(b) == c);
        self.matched = if fits(self.matched) { self.matched + 1 } else { usize::from(fits(0)) };
        if self.matched == BOX.len() {
            (self.matched, self.depth) = (0, 1);
        }
    }
}
