//! Loops: finds a stream that repeats itself, at a small, bounded cost per token.

use super::words::{Ended, Word};
use crate::{Error, Result};

/// Longest period looked for by default, in tokens or words.
pub const MAX_PERIOD: usize = 256;
/// Longest period that may be asked for.
pub const LONGEST_PERIOD: usize = 4096;
/// Least run of a repetition, in tokens; it matters for periods below a third of it.
const LEAST_RUN: usize = 64;
const REPEATS: usize = 3;

/// Half the least run: a repetition of [`LEAST_RUN`] tokens holds a whole block of this size, wherever blocks begin.
const GRAM: usize = LEAST_RUN / 2;
/// A loop that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Loop {
    /// Its period, in tokens.
    pub period: usize,
    /// Tokens that equal the one a period before, so far.
    pub run: u64,
    /// Tokens before it was found.
    pub at: u64,
}

/// Finds the first token at which, for some period `p` up to the longest (256 by default), the newest `max(3p, 64)`
/// tokens each equal the token `p` before; of several periods the shortest.
///
/// A counter for each period would find the same. Here a period gets a counter only when the newest 32 tokens equal one of
/// the blocks of 32 within the longest period, by a rolling hash and then token by token, so a collision costs time and no
/// error. A run of 64 always holds such a block, so no loop is missed. Ordinary text has no candidates; a token costs about
/// ten nanoseconds.
///
/// A stream is fed with token ids or with text. Words are separated by white space (a Chinese, Japanese, Korean or Thai
/// character is a word; text or white space of more than 32 characters is several) and compared by hashes of 32 bits. Memory:
/// 1.6 KiB, and 4.2 bytes per token of a longer period.
///
/// A loop stays found; its [`run`](Loop::run) grows while it goes on.
///
/// ```
/// let mut loops = rheostat::signal::Loops::new();
/// let at = (0..200).position(|i| loops.update(i % 5));
/// assert_eq!((at, loops.found().map(|l| l.period)), (Some(68), Some(5)));
/// ```
#[derive(Debug, Clone)]
pub struct Loops {
    longest: usize,
    /// Token `i` is at `i mod span`.
    ring: Vec<u32>,
    /// The place of the next token.
    place: usize,
    tokens: u64,
    /// The hash of the newest [`GRAM`] tokens.
    gram: u64,
    /// Tags of the newest whole blocks; block `b` is at `b mod blocks`. Apart from `periodic`, so that all are compared at once.
    tags: Vec<u32>,
    /// True for a block that is periodic in itself. It would match at nearly every distance in a text of such blocks, and each match
    /// costs a look back (34 µs a token in runs of 60 equal words). It only stands for short periods: a loop with a longer one has
    /// other blocks, too.
    periodic: Vec<bool>,
    candidates: Vec<Candidate>,
    found: Option<Loop>,
    /// True while the loop goes on.
    going: bool,
    word: Word,
}

impl Default for Loops {
    fn default() -> Self {
        Self::of(MAX_PERIOD)
    }
}

/// Periods within a block that make it periodic, and those that such a block stands for.
const SHORT: usize = GRAM / 2;

/// A period and its current run.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    period: u16,
    run: u16,
}

impl Loops {
    /// A new stream, with periods up to [`MAX_PERIOD`].
    pub fn new() -> Self {
        Self::default()
    }

    /// Like [`new`](Self::new), with periods up to `longest`. Reasoning models also repeat whole passages; longer periods find
    /// those, later and at a higher cost.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless `1 ≤ longest ≤` [`LONGEST_PERIOD`].
    pub fn with_period(longest: usize) -> Result<Self> {
        if longest == 0 || longest > LONGEST_PERIOD {
            return Err(Error::invalid(
                "max_period",
                longest,
                format!("between 1 and {LONGEST_PERIOD} tokens"),
            ));
        }
        Ok(Self::of(longest))
    }

    fn of(longest: usize) -> Self {
        Self {
            longest,
            ring: Vec::new(),
            place: 0,
            tokens: 0,
            gram: 0,
            tags: vec![0; longest.div_ceil(GRAM)],
            periodic: vec![false; longest.div_ceil(GRAM)],
            candidates: Vec::new(),
            found: None,
            going: false,
            word: Word::default(),
        }
    }

    /// Tokens kept: the longest period, and the run that is counted when a candidate is found.
    fn span(&self) -> usize {
        self.longest + LEAST_RUN
    }

    /// The token `distance` before the next one.
    fn back(&self, distance: usize) -> Option<u32> {
        back(&self.ring, self.span(), self.place, distance)
    }

    /// Adds one token. True if a loop has been found, now or before.
    pub fn update(&mut self, token: u32) -> bool {
        let before = self.found.and_then(|found| self.back(found.period));
        if let Some(found) = &mut self.found {
            let equal = self.going && before == Some(token);
            found.run += u64::from(equal);
            self.going = equal;
        } else {
            self.follow(token);
            self.roll(token);
        }
        self.keep(token);
        if self.found.is_none() {
            self.look();
            self.judge();
        }
        self.found.is_some()
    }

    /// Adds a chunk of text of any size. True if a loop has been found.
    pub fn text(&mut self, chunk: &str) -> bool {
        for c in chunk.chars() {
            self.character(c, |_, _| ());
        }
        self.found.is_some()
    }

    /// Ends the text: counts the last word. True if a loop has been found.
    pub fn finish(&mut self) -> bool {
        if let Some(word) = self.word.close() {
            self.update(word.hash);
        }
        self.found.is_some()
    }

    /// Reads on over plain characters, in which no word ends. Returns how many they are.
    pub(super) fn plain(&mut self, text: &[u8]) -> usize {
        self.word.feed_plain(text)
    }

    /// Adds a character of a text, and shows each word that ends and the loop after it.
    pub(super) fn character(&mut self, c: char, mut ended: impl FnMut(&mut Self, Ended)) {
        let mut word = self.word;
        word.feed(c, |word| {
            self.update(word.hash);
            ended(self, word);
        });
        self.word = word;
    }

    /// Forgets all tokens, to look for the next loop.
    pub(super) fn restart(&mut self) {
        self.ring.clear();
        self.tags.fill(0);
        self.candidates.clear();
        (self.tokens, self.place, self.gram, self.found, self.going) = (0, 0, 0, None, false);
    }

    /// The loop, once one is found.
    pub fn found(&self) -> Option<Loop> {
        self.found
    }

    /// True if a loop was found and still goes on.
    pub fn looping(&self) -> bool {
        self.going
    }

    /// The longest period looked for.
    pub fn max_period(&self) -> usize {
        self.longest
    }

    /// Tokens (or words) so far.
    pub fn tokens(&self) -> u64 {
        self.tokens
    }

    /// Memory, in bytes.
    pub fn memory(&self) -> usize {
        let heap = self.ring.capacity() * 4 + self.tags.capacity() * 4 + self.periodic.capacity();
        size_of::<Self>() + heap + self.candidates.capacity() * size_of::<Candidate>()
    }

    /// Counts on, or drops, every candidate.
    fn follow(&mut self, token: u32) {
        let (ring, span, place) = (&self.ring, self.span(), self.place);
        self.candidates.retain_mut(|candidate| {
            candidate.run += 1;
            back(ring, span, place, usize::from(candidate.period)) == Some(token)
        });
    }

    /// Moves the rolling hash on by one token.
    fn roll(&mut self, token: u32) {
        let oldest = self.back(GRAM).map_or(0, |t| mix(t).wrapping_mul(BASE_TO_GRAM));
        self.gram = self.gram.wrapping_mul(BASE).wrapping_add(mix(token)).wrapping_sub(oldest);
    }

    fn keep(&mut self, token: u32) {
        let span = self.span();
        if let Some(slot) = self.ring.get_mut(self.place) {
            *slot = token;
        } else {
            if self.ring.len() == self.ring.capacity() {
                let wanted = (self.ring.len() * 2).clamp(32.min(span), span);
                self.ring.reserve_exact(wanted - self.ring.len());
            }
            self.ring.push(token);
        }
        self.place = if self.place + 1 == span { 0 } else { self.place + 1 };
        self.tokens += 1;
    }

    /// Looks for the newest [`GRAM`] tokens among the blocks, and adds them as a block at its end.
    fn look(&mut self) {
        if self.tokens < GRAM as u64 {
            return;
        }
        let (blocks, since) = (self.tokens / GRAM as u64, self.tokens % GRAM as u64);
        // Newest tokens that are a whole block are not in the table yet.
        let known = blocks - u64::from(since == 0);
        let tag = (self.gram >> 32) as u32;
        // All tags at once: nearly every token fails here.
        if self.tags.iter().fold(false, |hit, &one| hit | (one == tag)) {
            self.consider_blocks(tag, known);
        }
        if since == 0 {
            let equal = |period: usize| (1..=GRAM - period).all(|i| self.back(i) == self.back(i + period));
            let is_periodic = (1..=SHORT).any(equal);
            let slot = ((blocks - 1) % self.tags.len() as u64) as usize;
            if let (Some(one), Some(periodic)) = (self.tags.get_mut(slot), self.periodic.get_mut(slot)) {
                (*one, *periodic) = (tag, is_periodic);
            }
        }
    }

    /// Considers the periods at which the newest tokens have the tag of one of the `known` blocks.
    fn consider_blocks(&mut self, tag: u32, known: u64) {
        let slots = self.tags.len() as u64;
        for slot in 0..slots.min(known) {
            if self.tags.get(slot as usize) != Some(&tag) {
                continue;
            }
            // The newest block of this slot.
            let block = known - 1 - (known - 1 - slot) % slots;
            let period = (self.tokens - (block + 1) * GRAM as u64) as usize;
            if period <= SHORT || self.periodic.get(slot as usize) == Some(&false) {
                self.consider(period);
            }
        }
    }

    /// Makes a period a candidate, with its true run.
    fn consider(&mut self, period: usize) {
        let known = self.candidates.iter().any(|c| usize::from(c.period) == period);
        if known || period == 0 || period > self.longest {
            return;
        }
        let equal = |i: &usize| {
            let token = self.back(i + 1);
            token.is_some() && token == self.back(i + 1 + period)
        };
        let most = needed(period).min(self.span() - period);
        let run = (0..most).take_while(equal).count();
        if run > 0 {
            self.candidates.push(Candidate { period: period as u16, run: run as u16 });
        }
    }

    fn judge(&mut self) {
        let full = |c: &&Candidate| usize::from(c.run) >= needed(usize::from(c.period));
        if let Some(c) = self.candidates.iter().filter(full).min_by_key(|c| c.period) {
            self.found = Some(Loop { period: usize::from(c.period), run: u64::from(c.run), at: self.tokens });
            self.going = true;
            self.candidates = Vec::new();
        }
    }
}

/// The run that a period needs.
fn needed(period: usize) -> usize {
    (REPEATS * period).max(LEAST_RUN)
}

/// The token `distance` before place `place`, in a ring of `span`. Places before the first token have none yet.
fn back(ring: &[u32], span: usize, place: usize, distance: usize) -> Option<u32> {
    if distance == 0 || distance > span {
        return None;
    }
    // Without a division, which takes longer than the rest of a token.
    let index = if distance <= place { place - distance } else { place + span - distance };
    ring.get(index).copied()
}

const BASE: u64 = 0x9E37_79B9_7F4A_7C15;
const BASE_TO_GRAM: u64 = {
    let (mut power, mut i) = (1_u64, 0);
    while i < GRAM {
        power = power.wrapping_mul(BASE);
        i += 1;
    }
    power
};

/// Spreads neighbouring ids over 64 bits.
fn mix(token: u32) -> u64 {
    let x = (u64::from(token) + 1).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    (x ^ (x >> 29)).wrapping_mul(0x94D0_49BB_1331_11EB)
}
