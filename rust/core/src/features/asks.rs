//! Finds what each sentence asks for, and the words that it only mentions.
//!
//! ```text
//! ask      a verb of the table (prove, compare, translate …) or a question word, where an ask can begin: at the start of a
//!          sentence, line or clause, after fillers (could you), "please" and "but", and after "and" where the sentence asks already or
//!          a wish follows (and I need to). What, how, write … take the ask of a noun close behind, but none in quotation marks:
//!          write a proof, what are the trade-offs. Elsewhere a verb asks for nothing.
//! choice   a short text that asks for nothing but a choice (`choice.rs`: "Kafka or RabbitMQ?") asks for a judgement. It counts as
//!          three, since its few words have no size
//! mention  a question for a fact (who, which year, define) mentions the rest of its sentence. An ask to transform mentions the
//!          rest of its sentence, the whole quotation that it begins, and after a colon or "the following" all of the text.
//!          A further ask outside quotation marks ends it; behind a colon only one that begins a line or the last sentence with
//!          "then" or the like. A long text before a last ask to transform is mentioned, too; and so are short quotations where
//!          nothing but a look-up, a transformation or a text is asked for, and those of two words where an explanation is.
//! effect   each ask is counted by its kind. A heavy word (prove, theorem, lock-free …) in a mention leaves its groups, and is
//!          one and the same word to the model, whichever it is.
//! ```
//!
//! In text of other languages the verb may stand anywhere in its sentence, and what it asks for before it. One pass over the words,
//! and one over the bytes behind an ask that mentions.
#![allow(clippy::inline_always)] // compiled again with the instructions of the caller (`simd::widest`)

use super::choice;
use super::frame_words::Frame;
use super::hash::{pair_hash, word_hash};
use super::lexicon::{frame, is_heavy, lanes};
use super::quotes::Quotes;
use super::scan::Scan;
use super::spec::Feature;

/// Words behind *what*, *how* or *write* among which a noun may say what is asked for.
const AHEAD: usize = 5;
/// Words from which what is mentioned is material, and from which a text before a last ask to transform is.
const LONG: usize = 32;
/// The most words of a quotation that is only mentioned.
const SHORT: usize = 6;
/// The most words of a quotation that is only mentioned where an explanation is asked for.
const PAIR: usize = 2;
/// Asks that a choice counts as.
const JUDGES: u32 = 3;
/// The hash of heavy words that are mentioned. No word has quotation marks.
const MENTIONED: u32 = word_hash(b"\"mentioned\"");

/// The rest of an ask whose words are mentioned.
struct Mention {
    /// Its first word.
    from: usize,
    /// True for a question for a fact, which ends with its sentence.
    lookup: bool,
    /// True if it lasts to the end of the text.
    lasts: bool,
    /// True if the ask says that its material stands elsewhere.
    below: bool,
    quotes: Quotes,
}

impl Scan {
    /// Counts asks, and takes mentioned words out of their groups. `FREE`: a verb asks wherever it stands.
    #[inline(always)]
    pub(super) fn read_asks<const FREE: bool>(&mut self) {
        let mut reader = Asks::<FREE>::new(self);
        let (mut next, mut end) = (0, 0);
        for (i, &set) in reader.sets.iter().enumerate() {
            let from = reader.spans[i][0];
            if from >= end {
                reader.close(end, i);
                while from >= end {
                    end = reader.ends.get(next).copied().unwrap_or(u32::MAX);
                    next += 1;
                }
                reader.begin(end, i);
            }
            match frame(set) {
                Frame::None => {
                    reader.open = FREE && reader.mention.is_none();
                    reader.joint = false;
                }
                Frame::Filler | Frame::To => reader.joint = false,
                Frame::Wish => reader.open |= reader.joint,
                part => reader.take(i, part),
            }
        }
        reader.finish();
        let counts = reader.counts;
        for (place, asks) in counts.into_iter().enumerate() {
            self.counters.counts[Feature::AsksLookup as usize + place] = asks;
        }
        if !self.mentions.is_empty() {
            self.mention();
        }
    }

    #[cold]
    fn mention(&mut self) {
        for &[from, to] in &self.mentions {
            if (to - from) as usize >= LONG {
                self.counters.add(Feature::Material, to - from);
            }
            for place in from as usize..to as usize {
                let set = self.sets[place];
                if is_heavy(set) {
                    self.counters.take_out(lanes(set));
                    self.counters.add(Feature::Mentioned, 1);
                    self.words[place] = MENTIONED;
                }
            }
            for place in from as usize..(to as usize + 1).min(self.words.len()) {
                let before = place.checked_sub(1).map_or(0, |before| self.words[before]);
                self.pairs[place] = pair_hash(before, self.words[place]);
            }
        }
    }
}

/// Number of kinds of asks.
const KINDS: usize = Frame::Diagnose as usize - Frame::Lookup as usize + 1;

/// The place of an ask's count.
fn kind(head: Frame) -> usize {
    (head as usize).saturating_sub(Frame::Lookup as usize)
}

#[allow(clippy::struct_excessive_bools)] // each is one fact about the sentence that is read
struct Asks<'a, const FREE: bool> {
    text: &'a [u8],
    spans: &'a [[u32; 2]],
    sets: &'a [u8],
    ends: &'a [u32],
    mentions: &'a mut Vec<[u32; 2]>,
    counts: [u32; KINDS],
    /// The current sentence: its first word and the byte at which it ends.
    sentence: usize,
    end: u32,
    /// True where an ask can begin.
    open: bool,
    /// True behind "and" in a sentence that has told something: there a wish asks.
    joint: bool,
    /// True if the text has "or"; and if it has "versus".
    either: bool,
    versus: bool,
    /// The sentence's first ask.
    headed: Option<Frame>,
    /// True if the sentence begins with "and", "then" …; and if such a word stands behind its first ask.
    joined: bool,
    joins: bool,
    /// True if the sentence has had "all" or "that", and the name of a fact.
    whole: bool,
    fact: bool,
    /// True if the text's first sentence asks.
    first: bool,
    mention: Option<Mention>,
}

impl<'a, const FREE: bool> Asks<'a, FREE> {
    #[inline(always)]
    fn new(scan: &'a mut Scan) -> Self {
        scan.mentions.clear();
        Self {
            text: &scan.text,
            spans: scan.edges.as_chunks().0.get(..scan.words.len()).unwrap_or_default(),
            sets: &scan.sets,
            ends: &scan.ends,
            mentions: &mut scan.mentions,
            counts: [0; KINDS],
            sentence: 0,
            end: 0,
            open: true,
            joint: false,
            either: false,
            versus: false,
            headed: None,
            joined: false,
            joins: false,
            whole: false,
            fact: false,
            first: false,
            mention: None,
        }
    }

    #[inline(always)]
    fn begin(&mut self, end: u32, word: usize) {
        (self.sentence, self.end, self.open, self.joint) = (word, end, true, false);
        (self.headed, self.joined, self.joins) = (None, false, false);
        (self.whole, self.fact) = (false, false);
    }

    /// Takes a word that plays a part.
    #[inline(never)]
    fn take(&mut self, i: usize, part: Frame) {
        match part {
            Frame::And | Frame::Or => {
                self.either |= part == Frame::Or;
                self.joined |= i == self.sentence;
                self.joins |= self.headed.is_some();
                self.open |= FREE || self.headed.is_some();
                self.joint = true;
                return;
            }
            Frame::Please => {
                self.open = true;
                return;
            }
            Frame::Versus => self.versus = true,
            Frame::Below => {
                if let Some(mention) = &mut self.mention {
                    mention.below = true;
                }
            }
            Frame::Whole => self.whole = true,
            Frame::Fact => self.fact = true,
            Frame::Past | Frame::Form | Frame::Fault => {}
            _ => self.ask(i, part),
        }
        self.open = FREE && self.mention.is_none();
        self.joint = false;
    }

    /// Takes a word that asks, if an ask can begin there.
    fn ask(&mut self, i: usize, part: Frame) {
        let [from, to] = self.spans[i].map(|at| at as usize);
        // A verb at the end of its sentence, as in Japanese, says what is done to all before it.
        let last = FREE && !self.joins && matches!(part, Frame::Transform | Frame::Who);
        let relative = matches!(part, Frame::Who | Frame::When);
        if !(self.open || last || begins_clause(self.text, from, self.mention.is_some(), relative)) {
            return;
        }
        let Some(head) = self.head(i, part) else { return };
        let apart = self.joined && self.is_apart();
        if let Some(mention) = &mut self.mention {
            mention.quotes.advance(self.text, from);
            let work = !matches!(head, Frame::Lookup | Frame::Transform | Frame::Make | Frame::Explain);
            let material = mention.quotes.colon() && !mention.quotes.seen() && !mention.lookup;
            let other = if mention.lasts { apart && work } else { !(material || FREE && mention.lookup) };
            if mention.quotes.is_open() || !other {
                return;
            }
            self.mentions.push([mention.from as u32, i as u32]);
            self.mention = None;
        }
        let mut first = i + 1;
        if FREE && matches!(head, Frame::Lookup | Frame::Transform) {
            if let Some(before) = self.headed.take_if(|_| last) {
                self.counts[kind(before)] -= 1;
            }
            first = if self.headed.is_none() { self.sentence } else { first };
        }
        self.counts[kind(head)] += 1;
        self.first |= self.sentence == 0;
        if matches!(head, Frame::Lookup | Frame::Transform) {
            self.mention = Some(Mention {
                from: self.mentions.last().map_or(first, |mention| first.max(mention[1] as usize)),
                lookup: head == Frame::Lookup,
                lasts: false,
                below: false,
                quotes: Quotes::from(to),
            });
        }
        self.headed.get_or_insert(head);
    }

    /// The kind of an ask that begins with a word.
    fn head(&self, i: usize, part: Frame) -> Option<Frame> {
        let at = |place: usize| {
            let inside = self.spans.get(place).is_some_and(|span| span[0] < self.end);
            if inside { frame(self.sets[place]) } else { Frame::None }
        };
        match part {
            Frame::Who => (!FREE || self.is_question()).then_some(Frame::Lookup),
            Frame::When => (at(i + 1) == Frame::Past).then_some(Frame::Lookup),
            Frame::Find | Frame::Show if at(i + 1) == Frame::Whole => Some(Frame::Derive),
            Frame::Show => Some(Frame::Explain),
            _ if part as u8 >= Frame::Lookup as u8 && part != Frame::Make => Some(part),
            _ => {
                for place in i + 1..=i + AHEAD {
                    if self.begins_quotation(place) {
                        break;
                    }
                    match (at(place), part) {
                        (Frame::And | Frame::Or | Frame::Whole, _)
                        | (Frame::To | Frame::Lookup, Frame::Make) => break,
                        (Frame::Form, Frame::Put | Frame::Fix) => return Some(Frame::Transform),
                        (Frame::Fault, Frame::Find) => return Some(Frame::Diagnose),
                        (Frame::Fact | Frame::Who, Frame::What | Frame::Make) => return Some(Frame::Lookup),
                        (Frame::Make, Frame::Make) => {}
                        (other, Frame::What | Frame::Make) if other as u8 >= Frame::Lookup as u8 => {
                            return Some(other);
                        }
                        _ => {}
                    }
                }
                match part {
                    Frame::Find if FREE && self.whole => Some(Frame::Derive),
                    Frame::What if FREE && self.fact => Some(Frame::Lookup),
                    Frame::Find => Some(Frame::Solve),
                    Frame::Fix => Some(Frame::Diagnose),
                    Frame::Make => Some(Frame::Make),
                    _ => None,
                }
            }
        }
    }

    /// True if a word is the first of a quotation.
    fn begins_quotation(&self, place: usize) -> bool {
        let Some(&[from, _]) = self.spans.get(place) else { return false };
        let before = self.text.get(..from as usize).unwrap_or_default();
        match before {
            [.., before, b'\''] => !(before.is_ascii_alphanumeric() || *before >= 0x80),
            [.., b'"' | b'`']
            | [.., 0xC2, 0xAB]
            | [.., 0xE2, 0x80, 0x98 | 0x9C | 0x9E]
            | [.., 0xE3, 0x80, 0x8C | 0x8E] => true,
            _ => false,
        }
    }

    /// True if the sentence begins a line, or is the last.
    fn is_apart(&self) -> bool {
        let from = self.spans.get(self.sentence).map_or(0, |span| span[0] as usize);
        let before = self.text[..from].iter().rev().find(|b| !b" \t-*#>".contains(b));
        before == Some(&b'\n') || self.ends.last() == Some(&self.end)
    }

    /// True if the sentence ends with a question mark.
    fn is_question(&self) -> bool {
        let end = self.text.get(self.end as usize..).unwrap_or_default();
        ["?", "\u{FF1F}", "\u{61F}"].iter().any(|mark| end.starts_with(mark.as_bytes()))
    }

    /// Ends a sentence at a byte, before a word.
    #[inline(always)]
    fn close(&mut self, end: u32, word: usize) {
        if self.mention.is_some() {
            self.close_mention(end, word);
        }
    }

    #[cold]
    fn close_mention(&mut self, end: u32, word: usize) {
        let Some(mention) = &mut self.mention else { return };
        mention.quotes.advance(self.text, end as usize);
        if mention.lasts || mention.quotes.is_open() {
            return;
        }
        let elsewhere = (mention.quotes.colon() || mention.below) && !mention.quotes.seen();
        if elsewhere && !mention.lookup {
            mention.lasts = true;
            return;
        }
        self.mentions.push([mention.from as u32, word as u32]);
        self.mention = None;
    }

    #[inline(always)]
    fn finish(&mut self) {
        let words = self.sets.len();
        if let Some(mention) = self.mention.take() {
            self.mentions.push([mention.from as u32, words as u32]);
        }
        if self.headed == Some(Frame::Transform) && self.sentence >= LONG && !self.first {
            self.counts = [0; KINDS];
            self.counts[kind(Frame::Transform)] = 1;
            self.mentions.clear();
            self.mentions.push([0, words as u32]);
        }
        if self.mentions.is_empty() && self.counts[kind(Frame::Judge)..] == [0; KINDS - 4] && self.may_quote()
        {
            self.mention_quotations();
        }
        if (self.either || self.versus) && words <= choice::LONGEST && self.is_choice() {
            self.counts[kind(Frame::Judge)] = JUDGES;
        }
    }

    /// True if the text asks for nothing but a choice. What only wants an explanation may be one.
    #[cold]
    fn is_choice(&self) -> bool {
        let works =
            self.counts.iter().zip(0..).any(|(&asks, place)| asks > 0 && place != kind(Frame::Explain));
        !works && choice::is_choice(self.text, self.spans, self.sets, self.versus)
    }

    /// True if a byte of the text can begin a quotation.
    fn may_quote(&self) -> bool {
        self.text.iter().fold(false, |found, b| found | (matches!(b, b'"' | b'\'' | b'`') | (*b >= 0xC2)))
    }

    #[cold]
    fn mention_quotations(&mut self) {
        let mut quotes = Quotes::from(0);
        let most = if self.counts[kind(Frame::Explain)] > 0 { PAIR } else { SHORT };
        let mut from = None;
        for i in 0..=self.spans.len() {
            let begins = self.spans.get(i).map_or(self.text.len(), |span| span[0] as usize);
            quotes.advance(self.text, begins);
            if quotes.is_open() {
                from.get_or_insert(i);
            } else if let Some(from) = from.take_if(|from| i - *from <= most) {
                self.mentions.push([from as u32, i as u32]);
            } else {
                from = None;
            }
        }
    }
}

/// True if a clause or a line begins at a byte, marks of lists left aside. In a mention, a colon or a line begins its material.
/// Behind a comma or a bracket, *who* and *when* are `relative`: "(who says I)" asks for nothing.
fn begins_clause(text: &[u8], at: usize, mentioned: bool, relative: bool) -> bool {
    let marks: &[u8] = match (mentioned, relative) {
        (true, true) => b";",
        (true, false) => b",;",
        (false, true) => b";:\n",
        (false, false) => b",;:\n()",
    };
    let before = text[..at].iter().rev().find(|b| !b" \t-*#>".contains(b));
    before.is_none_or(|b| marks.contains(b))
}
