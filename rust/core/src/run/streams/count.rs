//! The tokens of one stream, counted one by one or estimated from text.
//!
//! ```text
//! text                 a quarter of a token for each ASCII character, more in other scripts
//! a sign that repeats  the first four characters, then each sixteenth: tokenizers have tokens for rules and indents
//! counted tokens       explain text that was reported apart, six characters each; only the rest is estimated
//! ```

use crate::run::purse::{LARGEST, Seen};

/// Units per token of text whose tokens are not counted: four ASCII bytes are a token.
const UNITS: u64 = 16;
/// Characters that one counted token without text may explain: more than the mean of any language.
const EXPLAINED: u64 = 6;
/// Characters that one counted token with its text may have; engines that join chunks report the first token's only.
const OWN: u64 = 16;
/// Characters that may differ between counted tokens and the text that a host reports beside them.
const SLACK: u64 = 64;

/// Characters of a sign that repeats, such as a rule of dashes or an indent, that weigh as others do.
const FIRST: u32 = 4;
/// Beyond them, each sixteenth weighs: the vocabularies of `cl100k_base` and `o200k_base` have tokens of up to 128 dashes or blanks.
const EACH: u32 = 16;

/// The expected tokens of a character, in units: tokenizers cut by letters rather than bytes.
fn units(c: char) -> u64 {
    match c.len_utf8() {
        1 => 4,
        2 => 5,
        3 if !crate::signal::stands_alone(c) => 6,
        3 => 12,
        _ => 16,
    }
}

/// The tokens of a stream: counted one by one, or estimated from text.
///
/// Text that comes with its tokens is not estimated. Other text may be that of tokens that were reported without text, so
/// only what these cannot explain is estimated. Neither the order of the two nor the cut into pieces matters.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Count {
    counted: u64,
    /// Counted tokens without text.
    bare: u64,
    /// Text without tokens: expected tokens in units, and characters.
    units: u64,
    characters: u64,
    repeats: Repeats,
    /// Tokens that came with text, and its characters.
    own: u64,
    own_characters: u64,
    own_repeats: Repeats,
    /// The largest number of tokens so far: counted, and estimated.
    most: u64,
    /// The provider's newest count, which corrects the estimate.
    told: Option<Told>,
}

/// A provider's count, and what was counted and estimated by then.
#[derive(Debug, Clone, Copy)]
struct Told {
    tokens: u64,
    counted: u64,
    estimated: u64,
}

impl Count {
    /// The largest number of tokens so far.
    pub(super) fn most(&self) -> u64 {
        self.most
    }

    /// True if every token was counted one by one.
    pub(super) fn is_exact(&self) -> bool {
        self.counted > 0 && self.estimated() == 0
    }

    /// Tokens estimated from text.
    fn estimated(&self) -> u64 {
        // Most streams report each token, and no text beside.
        if self.characters == 0 && self.own_characters == 0 {
            return 0;
        }
        let explained =
            if self.bare > 0 { self.bare.saturating_mul(EXPLAINED).saturating_add(SLACK) } else { 0 };
        let rest = self.characters.saturating_sub(explained);
        let own = self.own_characters.saturating_sub(self.own.saturating_mul(OWN).saturating_add(SLACK));
        // The usual stream has no tokens beside its text, and needs no division.
        let units = if rest == self.characters {
            self.units
        } else {
            (u128::from(self.units) * u128::from(rest) / u128::from(self.characters.max(1))) as u64
        };
        units.saturating_add(own.saturating_mul(4)).div_ceil(UNITS)
    }

    pub(super) fn add_tokens(&mut self, tokens: u64, bare: bool) {
        self.counted = self.counted.saturating_add(tokens).min(LARGEST);
        self.bare = self.bare.saturating_add(if bare { tokens } else { 0 }).min(LARGEST);
    }

    pub(super) fn add_text(&mut self, text: &str) {
        for (c, times) in self.repeats.weighing(text) {
            self.units = self.units.saturating_add(units(c) * times);
            self.characters += times;
        }
    }

    pub(super) fn add_own(&mut self, text: &str, tokens: u64) {
        self.own = self.own.saturating_add(tokens).min(LARGEST);
        let weighs = self.own_repeats.weighing(text).map(|(_, times)| times).sum();
        self.own_characters = self.own_characters.saturating_add(weighs);
    }

    /// Updates the number of tokens, which never falls. An estimate stays within the grant until it is past it for certain.
    pub(super) fn update(&mut self, granted: u64) {
        let all = self.counted.saturating_add(self.estimated());
        let bounded = all.min(granted.max(all.saturating_sub(self.slack(granted))));
        self.most = self.most.max(self.counted).max(bounded);
    }

    /// Tokens by which an estimate may exceed a grant that its engine kept.
    fn slack(&self, granted: u64) -> u64 {
        self.estimated().min(slack(granted))
    }

    /// True if the grant is spent: by count, or by an estimate that is past it for certain. Of text that the provider has
    /// counted, only its count matters.
    pub(super) fn spent(&self, granted: u64) -> bool {
        let (known, estimated) = match self.told {
            Some(told) => {
                let since = self.counted.saturating_sub(told.counted);
                (told.tokens.saturating_add(since), self.estimated().saturating_sub(told.estimated))
            }
            None => (self.counted, self.estimated()),
        };
        let all = known.saturating_add(estimated);
        known >= granted || (all > 0 && all.saturating_sub(estimated.min(slack(granted))) >= granted)
    }

    /// Takes a provider's count of what came so far; none if its counts are not cumulative.
    pub(super) fn correct(&mut self, tokens: Option<u64>) {
        let (counted, estimated) = (self.counted, self.estimated());
        self.told = tokens.map(|tokens| Told { tokens, counted, estimated });
    }

    pub(super) fn seen(&self) -> Seen {
        let least = self.counted.saturating_add(self.estimated() / 4).min(self.most);
        Seen { counted: self.counted, least, all: self.most }
    }
}

/// Tokens by which an estimate of a number of tokens may be wrong: three eighths. Long words have 5.5 bytes a token.
pub(super) fn slack(tokens: u64) -> u64 {
    tokens / 8 * 3 + 16
}

/// A sign that repeats: no letter and no digit.
#[derive(Debug, Clone, Copy, Default)]
struct Repeats {
    last: char,
    length: u32,
}

impl Repeats {
    /// The characters of a text that weigh, and how often. Letters and digits of ASCII all weigh alike and always, so a run of them is
    /// one item: text consists of little else.
    fn weighing(&mut self, text: &str) -> impl Iterator<Item = (char, u64)> {
        let mut rest = text;
        std::iter::from_fn(move || {
            loop {
                let run = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
                if let Some((word, behind)) = rest.split_at_checked(run)
                    && let Some(last) = word.bytes().last()
                {
                    rest = behind;
                    (self.last, self.length) = (char::from(last), 1);
                    return Some((self.last, run as u64));
                }
                let mut characters = rest.chars();
                let c = characters.next()?;
                rest = characters.as_str();
                if self.weighs(c) {
                    return Some((c, 1));
                }
            }
        })
    }

    /// Takes the next character. True if it weighs.
    fn weighs(&mut self, c: char) -> bool {
        if c != self.last || c.is_alphanumeric() {
            (self.last, self.length) = (c, 1);
            return true;
        }
        self.length = self.length.saturating_add(1);
        self.length <= FIRST || self.length.is_multiple_of(EACH)
    }
}

#[cfg(test)]
#[path = "../../../tests/unit/run/count.rs"]
mod tests;
