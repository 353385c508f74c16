//! Leaves out words on how to answer: "Think step by step.", "This is very hard.", "Taking your time, …".
//!
//! Such words are written beside any ask and do not describe it, but to the model they are words of hard work.
//!
//! ```text
//! talk      a sentence all of whose words are in the lists of `manner_words`; or a clause of three words and more of another
//!           sentence, between commas, colons, semicolons, brackets, dashes and line ends
//! manner    talk with a head: step, carefully, hard …
//! bidding   a sentence of manner that asks for words of its own: explain (your reasoning), how, a question mark
//! left out  manner, if other words remain and the text offers no options to choose from; bidding, if what remains asks for something
//! ```
//!
//! The rest is read again. Few texts have a head, and in those only the sentences that have one are looked at.

use super::frame_words::Frame;
use super::hash::word_hash;
use super::lexicon::{frame, is_head};
use super::manner_words::{BIDS, HEADS, TALK};
use super::scan::Scan;
use super::spec::Feature;
use std::ops::Range;

/// The fewest words of a clause.
const CLAUSE: usize = 3;
/// Lines of options from which a text is a question with answers to choose from: "accurate but not precise" may be one of them.
const OPTIONS: u32 = 2;
/// Room for the listed words.
const MOST: usize = 512;

/// The hashes of listed words in order, and how many there are. The lowest bit is set for words that bid.
static LISTED: ([u32; MOST], usize) = listed();

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Matter,
    Manner,
    Bidding,
}

/// A sentence or a clause.
struct Part {
    words: Range<usize>,
    kind: Kind,
    /// True for the last clause of a sentence that has others before it.
    trails: bool,
}

impl Scan {
    /// Takes the words that only say how to answer out of the text. False if there are none, or none but them.
    #[cold]
    pub(super) fn leave_out_manner(&mut self) -> bool {
        if self.counters.get(Feature::Options) >= OPTIONS {
            return false;
        }
        let (mut remains, mut asks, mut talks) = (false, false, false);
        self.each_part(|part| {
            talks |= part.kind != Kind::Matter;
            if part.kind == Kind::Matter {
                remains = true;
                let words = self.sets.get(part.words.clone()).unwrap_or_default();
                asks |= words.iter().any(|&set| begins_ask(frame(set))) || self.is_asked(part.words.end);
            }
        });
        if !(remains && talks) {
            return false;
        }
        let mut cuts = std::mem::take(&mut self.cuts);
        cuts.clear();
        self.each_part(|part| {
            if part.kind == Kind::Manner || (part.kind == Kind::Bidding && asks) {
                cuts.push(self.bytes_of(&part));
            }
        });
        self.cuts = cuts;
        if self.cuts.is_empty() {
            return false;
        }
        self.cut();
        true
    }

    /// Gives each sentence, or each clause of a sentence that is no talk as a whole but has a head.
    fn each_part(&self, mut take: impl FnMut(Part)) {
        let mut from = 0;
        for &end in &self.ends {
            let words = self.spans().get(from..).unwrap_or_default();
            let to = from + words.iter().take_while(|span| span[0] < end).count();
            let sets = self.sets.get(from..to).unwrap_or_default();
            if sets.iter().any(|&set| is_head(set)) {
                match self.kind(from..to) {
                    Kind::Manner if self.is_asked(to) => {
                        take(Part { words: from..to, kind: Kind::Bidding, trails: false });
                    }
                    Kind::Matter => self.each_clause(from..to, &mut take),
                    kind => take(Part { words: from..to, kind, trails: false }),
                }
            } else {
                take(Part { words: from..to, kind: Kind::Matter, trails: false });
            }
            from = to;
        }
    }

    fn each_clause(&self, sentence: Range<usize>, take: &mut impl FnMut(Part)) {
        let mut from = sentence.start;
        for at in sentence.clone() {
            let last = at + 1 == sentence.end;
            if last || self.is_clause_end(at) {
                let words = from..at + 1;
                let short = words.len() < CLAUSE;
                let kind = if short || self.kind(words.clone()) != Kind::Manner {
                    Kind::Matter
                } else {
                    Kind::Manner
                };
                take(Part { words, kind, trails: last && from > sentence.start });
                from = at + 1;
            }
        }
    }

    /// The kind of a range by its words alone.
    fn kind(&self, words: Range<usize>) -> Kind {
        let (mut head, mut bids) = (false, false);
        let listed = &LISTED.0[..LISTED.1];
        for place in words {
            let word = self.words[place];
            let Ok(at) = listed.binary_search_by_key(&(word >> 1), |listed| listed >> 1) else {
                return Kind::Matter;
            };
            bids |= listed[at] & 1 == 1;
            head |= is_head(self.sets[place]);
        }
        match (head, bids) {
            (false, _) => Kind::Matter,
            (true, false) => Kind::Manner,
            (true, true) => Kind::Bidding,
        }
    }

    /// True if a mark or a line end between clauses stands behind a word.
    fn is_clause_end(&self, word: usize) -> bool {
        let spans = self.spans();
        let (Some(this), Some(next)) = (spans.get(word), spans.get(word + 1)) else { return false };
        let gap = &self.text[this[1] as usize..next[0] as usize];
        if gap == b" " {
            return false;
        }
        gap.iter().any(|b| b",;:()\n".contains(b))
            || gap.windows(2).any(|two| two == b"--" || two == b" -")
            || ["，", "、", "；", "：", "،", "؛", "—", "–"]
                .iter()
                .any(|mark| gap.windows(mark.len()).any(|at| at == mark.as_bytes()))
    }

    /// True if the sentence that ends before a word ends with a question mark.
    fn is_asked(&self, word: usize) -> bool {
        let Some(last) = word.checked_sub(1).and_then(|last| self.spans().get(last)) else { return false };
        let next = self.spans().get(word).map_or(self.length, |span| span[0] as usize);
        let gap = &self.text[last[1] as usize..next];
        ["?", "\u{FF1F}", "\u{61F}"]
            .iter()
            .any(|mark| gap.windows(mark.len()).any(|at| at == mark.as_bytes()))
    }

    /// The bytes that go with a part: up to the next word, or, behind other clauses, from the word before.
    fn bytes_of(&self, part: &Part) -> [u32; 2] {
        let spans = self.spans();
        let edge = |word: usize, side: usize| spans.get(word).map_or(self.length as u32, |span| span[side]);
        if part.trails {
            [edge(part.words.start - 1, 1), edge(part.words.end - 1, 1)]
        } else {
            [edge(part.words.start, 0), edge(part.words.end, 0)]
        }
    }
}

/// True for a part in an ask that may begin one.
fn begins_ask(part: Frame) -> bool {
    let number = part as u8;
    number >= Frame::Lookup as u8
        || matches!(
            part,
            Frame::Who | Frame::When | Frame::What | Frame::Put | Frame::Fix | Frame::Find | Frame::Show
        )
}

const fn listed() -> ([u32; MOST], usize) {
    let (mut hashes, mut count) = ([u32::MAX; MOST], 0);
    let lists = [HEADS, TALK, BIDS];
    let mut list = 0;
    while list < lists.len() {
        let (bytes, mut from, mut at) = (lists[list].as_bytes(), 0, 0);
        while at <= bytes.len() {
            if at == bytes.len() || bytes[at] == b' ' {
                if at > from {
                    let hash = word_hash(bytes.split_at(at).0.split_at(from).1) & !1 | (list == 2) as u32;
                    // In its place, by insertion; a word that is there already is not entered again.
                    let mut place = count;
                    while place > 0 && hashes[place - 1] >> 1 > hash >> 1 {
                        place -= 1;
                    }
                    if place == 0 || hashes[place - 1] >> 1 != hash >> 1 {
                        let mut end = count;
                        while end > place {
                            hashes[end] = hashes[end - 1];
                            end -= 1;
                        }
                        hashes[place] = hash;
                        count += 1;
                    }
                }
                from = at + 1;
            }
            at += 1;
        }
        list += 1;
    }
    (hashes, count)
}
