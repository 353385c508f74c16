//! Reads what each sentence asks for, and which words are only mentioned, sentence by sentence, from the word lists' source.

use super::Counts;
use super::lexicon::{LEXICON, pair_hash, word_hash};
use super::meaning::Term;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Kinds of asks, by the name of their part.
const KINDS: [(&str, &str); 9] = [
    ("Lookup", "asks_lookup"),
    ("Transform", "asks_transform"),
    ("Make", "asks_make"),
    ("Explain", "asks_explain"),
    ("Judge", "asks_judge"),
    ("Plan", "asks_plan"),
    ("Solve", "asks_solve"),
    ("Derive", "asks_derive"),
    ("Diagnose", "asks_diagnose"),
];
/// Kinds of asks whose verbs need none of the words behind them.
const USUAL: [(&str, &str); 3] = [("Make", "Make"), ("Fix", "Diagnose"), ("Find", "Solve")];
const HEAVY: [&str; 6] =
    ["reasoning_words", "proof_words", "math_words", "agentic_words", "hard_words", "depth_words"];

const SOURCE: &str = include_str!("../../src/features/frame_words.rs");
const SYSTEMS: &str = include_str!("../../src/features/system_words.rs");

/// The part of each word of the table, by its hash.
pub(crate) static PARTS: LazyLock<HashMap<u32, &'static str>> = LazyLock::new(|| {
    let lists = SOURCE.split_once("FRAMES").map_or("", |(_, lists)| lists);
    let mut parts = HashMap::new();
    for list in lists.split("Frame::").skip(1) {
        let mut quoted = list.split('"');
        let name = quoted.next().unwrap_or_default().trim().trim_end_matches(',');
        for word in quoted.next().unwrap_or_default().split_whitespace().filter(|word| *word != "\\") {
            parts.insert(word_hash(word.as_bytes()), name);
        }
    }
    parts
});

/// A text: its bytes, its terms, the bytes at which its sentences end, and whether verbs ask wherever they stand.
pub(crate) struct Text<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) terms: &'a [Term],
    pub(crate) ends: &'a [usize],
    pub(crate) free: bool,
}

const PROFESSIONS: [&str; 5] =
    ["code_words", "medicine_words", "law_words", "business_words", "agentic_words"];

struct Mention {
    from: usize,
    /// The byte behind the ask.
    at: usize,
    lookup: bool,
    lasts: bool,
    below: bool,
}

impl Text<'_> {
    fn part(&self, i: usize) -> &'static str {
        PARTS.get(&self.terms[i].hash).copied().unwrap_or_default()
    }

    /// The sentences, as ranges of words with the byte of their end.
    fn sentences(&self) -> Vec<(usize, usize, usize)> {
        let (mut from, mut sentences) = (0, Vec::new());
        for &end in self.ends {
            let to = from + self.terms[from..].iter().take_while(|term| term.at < end).count();
            if to > from {
                sentences.push((from, to, end));
            }
            from = to;
        }
        sentences
    }

    /// The kind of an ask that begins with word `i` of a sentence that ends before word `to`.
    fn kind(&self, (from, to, end): (usize, usize, usize), i: usize) -> Option<&'static str> {
        let part = self.part(i);
        let before = |wanted: &str| self.free && (from..i).any(|place| self.part(place) == wanted);
        let next = if i + 1 < to { self.part(i + 1) } else { "" };
        let question = ["?", "？", "؟"].iter().any(|mark| self.bytes[end..].starts_with(mark.as_bytes()));
        Some(match part {
            "Who" if self.free && !question => return None,
            "Who" => "Lookup",
            "When" if next == "Past" => "Lookup",
            "When" => return None,
            "Find" | "Show" if next == "Whole" => "Derive",
            "Show" => "Explain",
            "What" | "Make" | "Put" | "Fix" | "Find" => {
                let named = ["What", "Make"].contains(&part);
                let ahead = (i + 1..to.min(i + 6))
                    .take_while(|place| !self.begins_quotation(*place))
                    .map(|place| self.part(place));
                let stops = |next: &str| {
                    ["And", "Or", "Whole"].contains(&next)
                        || (part == "Make" && ["To", "Lookup"].contains(&next))
                };
                let found = ahead.take_while(|next| !stops(next)).find_map(|next| match next {
                    "Form" if ["Put", "Fix"].contains(&part) => Some("Transform"),
                    "Fault" if part == "Find" => Some("Diagnose"),
                    "Fact" | "Who" if named => Some("Lookup"),
                    _ if named && next != part => KINDS.iter().map(|kind| kind.0).find(|kind| *kind == next),
                    _ => None,
                });
                let usual = match part {
                    "Find" if before("Whole") => Some("Derive"),
                    "What" if before("Fact") => Some("Lookup"),
                    _ => USUAL.iter().find(|usual| usual.0 == part).map(|usual| usual.1),
                };
                return found.or(usual);
            }
            _ => part,
        })
    }

    /// Counts asks, replaces the hashes of mentioned words, and returns the hashes of words and of pairs.
    pub(crate) fn read(&self, counts: &mut Counts) -> (Vec<u32>, Vec<u32>) {
        let mut asks: HashMap<&'static str, usize> = HashMap::new();
        let (mut mentions, mut mention) = (Vec::<(usize, usize)>::new(), None::<Mention>);
        let (mut first_asks, mut last) = (false, ("", 0));
        let sentences = self.sentences();
        for &(from, to, end) in &sentences {
            let (mut open, mut headed, mut joins) = (true, "", false);
            let joined = ["And", "Or"].contains(&self.part(from));
            let apart = self.begins_line(from) || sentences.last().is_some_and(|last| last.2 == end);
            let mut joint = false;
            for i in from..to {
                let part = self.part(i);
                let free = self.free && mention.is_none();
                match part {
                    "Filler" | "To" => {
                        joint = false;
                        continue;
                    }
                    "Wish" => {
                        open |= joint;
                        continue;
                    }
                    "Please" => {
                        open = true;
                        continue;
                    }
                    "And" | "Or" => {
                        open |= self.free || !headed.is_empty();
                        (joint, joins) = (true, joins || !headed.is_empty());
                        continue;
                    }
                    "" | "Past" | "Whole" | "Fact" | "Form" | "Fault" | "Versus" => {
                        (open, joint) = (free, false);
                        continue;
                    }
                    "Below" => {
                        if let Some(mention) = &mut mention {
                            mention.below = true;
                        }
                        (open, joint) = (free, false);
                        continue;
                    }
                    _ => {}
                }
                let verb_last = self.free && !joins && ["Transform", "Who"].contains(&part);
                let begins = open || verb_last || self.begins_clause(i, part, mention.is_some());
                (open, joint) = (free, false);
                let Some(kind) = self.kind((from, to, end), i).filter(|_| begins) else { continue };
                let makes_mention = ["Lookup", "Transform"].contains(&kind);
                if let Some(before) = &mention {
                    let work = !makes_mention && !["Make", "Explain"].contains(&kind);
                    if !self.ends(before, self.terms[i].at, joined && work && apart) {
                        continue;
                    }
                    mentions.push((before.from, i));
                    mention = None;
                }
                *asks.entry(kind).or_default() += 1;
                first_asks |= from == 0;
                let mut begin = i + 1;
                if self.free && makes_mention {
                    if verb_last && !headed.is_empty() {
                        *asks.entry(headed).or_default() -= 1;
                        headed = "";
                    }
                    begin = if headed.is_empty() { from } else { begin };
                }
                if makes_mention {
                    let at = self.terms[i].at + self.terms[i].bytes;
                    let lookup = kind == "Lookup";
                    let from = mentions.last().map_or(begin, |&(_, to)| begin.max(to));
                    mention = Some(Mention { from, at, lookup, lasts: false, below: false });
                }
                headed = if headed.is_empty() { kind } else { headed };
                open = self.free && mention.is_none();
            }
            last = (headed, from);
            if let Some(before) = &mut mention {
                let quotes = self.quotes(before.at, end);
                if before.lasts || quotes.open {
                    continue;
                }
                if !before.lookup && (quotes.colon || before.below) && !quotes.seen {
                    before.lasts = true;
                } else {
                    mentions.push((before.from, to));
                    mention = None;
                }
            }
        }
        mentions.extend(mention.map(|mention| (mention.from, self.terms.len())));
        if last.0 == "Transform" && last.1 >= 32 && !first_asks {
            asks = HashMap::from([("Transform", 1)]);
            mentions = vec![(0, self.terms.len())];
        }
        self.finish(asks, mentions, counts)
    }

    /// True if a further ask at a byte ends a mention; `further` where it may end one that lasts.
    fn ends(&self, before: &Mention, at: usize, further: bool) -> bool {
        let quotes = self.quotes(before.at, at);
        let material = quotes.colon && !quotes.seen && !before.lookup;
        let other = if before.lasts { further } else { !(self.free && before.lookup || material) };
        !quotes.open && other
    }

    /// Reads quotations and a choice, where nothing else is asked for, and counts.
    fn finish(
        &self,
        mut asks: HashMap<&'static str, usize>,
        mut mentions: Vec<(usize, usize)>,
        counts: &mut Counts,
    ) -> (Vec<u32>, Vec<u32>) {
        let asked = |kind: &str| asks.get(kind).is_some_and(|&count| count > 0);
        if mentions.is_empty() && !KINDS[4..].iter().any(|kind| asked(kind.0)) {
            mentions = self.short_quotations(if asked("Explain") { 2 } else { 6 });
        }
        let has = |part: &str| (0..self.terms.len()).any(|i| self.part(i) == part);
        let question = ["?", "？", "؟"]
            .iter()
            .any(|mark| self.bytes.windows(mark.len()).any(|bytes| bytes == mark.as_bytes()));
        let of_work = self.terms.iter().filter_map(|term| LEXICON.get(&term.hash)).flatten();
        if self.terms.len() <= 24
            && (has("Versus") || (has("Or") && question))
            && KINDS.iter().all(|kind| kind.0 == "Explain" || !asked(kind.0))
            && (of_work.into_iter().any(|group| PROFESSIONS.contains(group))
                || self.names_a_system()
                || self.names_systems())
        {
            asks.insert("Judge", 3);
        }
        for (kind, name) in KINDS {
            counts.add(name, asks.get(kind).copied().unwrap_or_default());
        }
        self.mention(&mentions, counts)
    }

    /// True if a word has a capital behind its first letter, is no everyday name, and another has none at all.
    fn names_a_system(&self) -> bool {
        let everyday = "am pm tv dvd pc us uk usa eu nyc la bbq ok id diy suv nba nfl nhl mlb ufc kfc bmw vw iphone ipad ipod ios youtube \
            tiktok playstation xbox ebay paypal macbook airpods mcdonald bts dc xl xs pj";
        let words: Vec<&[u8]> =
            self.terms.iter().map(|term| &self.bytes[term.at..term.at + term.bytes]).collect();
        let system = |word: &&[u8]| {
            let inside = word.iter().skip(1).any(u8::is_ascii_uppercase) && !word.contains(&b' ');
            let plain = String::from_utf8_lossy(word).to_ascii_lowercase();
            inside && !everyday.split(' ').any(|name| name == plain)
        };
        words.iter().any(system) && words.iter().any(|word| word.iter().all(u8::is_ascii_lowercase))
    }

    /// True if two words are in the lists of systems, one of them in the first.
    fn names_systems(&self) -> bool {
        let lists: Vec<Vec<&str>> =
            SYSTEMS.split('"').skip(1).step_by(2).map(|list| list.split_whitespace().collect()).collect();
        let count = |list: &[&str]| {
            let is_in = |term: &&Term| {
                let word =
                    String::from_utf8_lossy(&self.bytes[term.at..term.at + term.bytes]).to_ascii_lowercase();
                list.iter().any(|name| *name != "\\" && *name == word)
            };
            self.terms.iter().filter(is_in).count()
        };
        count(&lists[0]) > 0 && count(&lists[0]) + count(&lists[1]) > 1
    }

    /// Runs of at most `most` words inside quotations that are closed.
    fn short_quotations(&self, most: usize) -> Vec<(usize, usize)> {
        let inside: Vec<bool> = self.terms.iter().map(|term| self.quotes(0, term.at).open).collect();
        let (mut from, mut found) = (0, Vec::new());
        for run in inside.chunk_by(|a, b| a == b) {
            let to = from + run.len();
            let closed = to < inside.len() || !self.quotes(0, self.bytes.len()).open;
            if run[0] && run.len() <= most && closed {
                found.push((from, to));
            }
            from = to;
        }
        found
    }

    fn mention(&self, mentions: &[(usize, usize)], counts: &mut Counts) -> (Vec<u32>, Vec<u32>) {
        let mut words: Vec<u32> = self.terms.iter().map(|term| term.hash).collect();
        for (from, to) in mentions.iter().filter(|(from, to)| to - from >= 32) {
            counts.add("material_words", to - from);
        }
        for i in mentions.iter().flat_map(|&(from, to)| from..to) {
            let groups = LEXICON.get(&words[i]).map_or(&[][..], Vec::as_slice);
            if groups.iter().any(|group| HEAVY.contains(group)) {
                for group in groups {
                    counts.take(group);
                }
                counts.add("mentioned_words", 1);
                words[i] = word_hash(b"\"mentioned\"");
            }
        }
        let before = std::iter::once(0).chain(words.iter().copied());
        let pairs = before.zip(&words).map(|(before, &word)| pair_hash(before, word)).collect();
        (words, pairs)
    }

    fn begins_clause(&self, i: usize, part: &str, mentioned: bool) -> bool {
        let marks: Vec<u8> = [
            (b',', true, false),
            (b';', true, true),
            (b':', false, true),
            (b'\n', false, true),
            (b'(', false, false),
            (b')', false, false),
        ]
        .iter()
        .filter(|(_, in_mention, relative)| {
            (*in_mention || !mentioned) && (*relative || !["Who", "When"].contains(&part))
        })
        .map(|mark| mark.0)
        .collect();
        let before = &self.bytes[..self.terms[i].at];
        let last = before.iter().rev().find(|b| !b" \t-*#>".contains(b));
        last.is_none_or(|last| marks.contains(last))
    }

    /// True if a word is the first behind a mark that opens a quotation.
    fn begins_quotation(&self, i: usize) -> bool {
        let Some(term) = self.terms.get(i) else { return false };
        let before = &self.bytes[..term.at];
        let word = |b: &u8| b.is_ascii_alphanumeric() || *b >= 0x80;
        ["\"", "`", "«", "‘", "“", "„", "「", "『"].iter().any(|mark| before.ends_with(mark.as_bytes()))
            || matches!(before, [.., b, b'\''] if !word(b))
    }

    /// True if a word begins a line, but for marks of lists. The first word of the text does not.
    fn begins_line(&self, i: usize) -> bool {
        let before = &self.bytes[..self.terms[i].at];
        before.iter().rev().find(|b| !b" \t-*#>".contains(b)) == Some(&b'\n')
    }

    /// Reads the marks between two bytes: if a quotation is open at the end, and what was seen.
    fn quotes(&self, from: usize, to: usize) -> Quotes {
        let mut quotes = Quotes { open: false, seen: false, colon: false };
        let (mut close, mut at) = ("", from);
        while at < to {
            let here = &self.bytes[at..];
            // No mark begins with a letter, a digit, a space, or within a character.
            if here[0].is_ascii_alphanumeric() || here[0] == b' ' || (0x80..0xC0).contains(&here[0]) {
                at += 1;
                continue;
            }
            let in_word = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_alphanumeric() || *b >= 0x80);
            let (before, next) = (
                in_word(at.checked_sub(1).and_then(|before| self.bytes.get(before))),
                in_word(self.bytes.get(at + 1)),
            );
            let begins = |mark: &str| here.starts_with(mark.as_bytes());
            let opened = MARKS.iter().find(|(open, _)| begins(open) && (*open != "'" || (!before && next)));
            if quotes.open {
                let closes = begins(close) || (close == "”" && begins("“"));
                quotes.open = !closes || (close == "'" && next);
            } else if let Some((_, end)) = opened {
                (quotes.open, quotes.seen, close) = (true, true, end);
            } else if [": ", ":\n", ":\r", "："].iter().any(|colon| begins(colon)) {
                quotes.colon = true;
            }
            at += 1;
        }
        quotes
    }
}

struct Quotes {
    open: bool,
    seen: bool,
    colon: bool,
}

/// Quotation marks: what opens one and what closes it.
const MARKS: [(&str, &str); 8] =
    [("\"", "\""), ("`", "`"), ("'", "'"), ("“", "”"), ("„", "”"), ("«", "»"), ("「", "」"), ("『", "』")];
