//! A choice between things of a profession, or systems: "TCP or UDP?", "Vue or Angular?".
//!
//! ```text
//! choice   "versus", or "or" and a question mark; and a word of a profession or the name of a system
//! name     a word with a capital behind its first letter that is no everyday name, beside one in small letters: "gRPC", "TCP"
//! ```

use super::lexicon::is_topical;

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
        && (sets.iter().any(|&set| is_topical(set)) || names_a_system(text, spans))
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
