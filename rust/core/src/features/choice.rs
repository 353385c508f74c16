//! A choice between things of a profession, or systems: "TCP or UDP?", "Vue or Angular?".
//!
//! ```text
//! choice   "versus", or "or" and a question mark; and a word of a profession or the name of a system
//! list     two words that are names of systems, one of them no other word: "Vue", "React"
//! name     a word with a capital behind its first letter that is no everyday name, beside one in small letters: "gRPC", "TCP"
//! ```

use super::lexicon::is_topical;
use super::system_words::{SYSTEMS, SYSTEMS_IN_WORDS};

/// The most words of a text that may be no more than a choice.
pub(super) const LONGEST: usize = 24;
/// Everyday names that are written with a capital inside, in small letters.
const EVERYDAY_NAMES: &[&[u8]] = &[
    b"am",
    b"pm",
    b"tv",
    b"dvd",
    b"pc",
    b"us",
    b"uk",
    b"usa",
    b"eu",
    b"nyc",
    b"la",
    b"bbq",
    b"ok",
    b"id",
    b"diy",
    b"suv",
    b"nba",
    b"nfl",
    b"nhl",
    b"mlb",
    b"ufc",
    b"kfc",
    b"bmw",
    b"vw",
    b"iphone",
    b"ipad",
    b"ipod",
    b"ios",
    b"youtube",
    b"tiktok",
    b"playstation",
    b"xbox",
    b"ebay",
    b"paypal",
    b"macbook",
    b"airpods",
    b"mcdonald",
    b"bts",
    b"dc",
    b"xl",
    b"xs",
    b"pj",
];

/// True if a text that has "or", or "versus", is such a choice.
pub(super) fn is_choice(text: &[u8], spans: &[[u32; 2]], sets: &[u8], versus: bool) -> bool {
    (versus || has_question_mark(text))
        && (sets.iter().any(|&set| is_topical(set))
            || names_a_system(text, spans)
            || names_systems(text, spans))
}

fn has_question_mark(text: &[u8]) -> bool {
    text.contains(&b'?')
        || ["\u{FF1F}", "\u{61F}"]
            .iter()
            .any(|mark| text.windows(mark.len()).any(|bytes| bytes == mark.as_bytes()))
}

/// Lower-case words beside the name show that the whole text is not in capitals.
fn names_a_system(text: &[u8], spans: &[[u32; 2]]) -> bool {
    let words = || spans.iter().filter_map(|&[from, to]| text.get(from as usize..to as usize));
    let named = |word: &[u8]| {
        word.iter().skip(1).any(u8::is_ascii_uppercase)
            && !word.contains(&b' ')
            && !EVERYDAY_NAMES.iter().any(|name| word.eq_ignore_ascii_case(name))
    };
    words().any(named) && words().any(|word| word.iter().all(u8::is_ascii_lowercase))
}

/// True if two words are names of systems, one of them no other word.
fn names_systems(text: &[u8], spans: &[[u32; 2]]) -> bool {
    let (mut plain, mut others) = (0, 0);
    for &[from, to] in spans {
        let word = text.get(from as usize..to as usize).unwrap_or_default();
        let is_in = |names: &str| {
            names.split_ascii_whitespace().any(|name| word.eq_ignore_ascii_case(name.as_bytes()))
        };
        plain += u32::from(is_in(SYSTEMS));
        others += u32::from(is_in(SYSTEMS_IN_WORDS));
    }
    plain > 0 && plain + others > 1
}
