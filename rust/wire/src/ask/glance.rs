//! One look at the head of a text for parts of requests for chores, and of the first line of a program that begins with anything. Most
//! texts have none, and are neither.

use super::chore::{HEAD, parts};
use super::literals::{Literals, lower_case};
use super::protocol::LINE;
use std::sync::LazyLock;

/// Parts of the patterns of a program's first line that begin with a star, one of which each has.
const STEMS: [&str; 7] = [
    " hook ",
    "successfully",
    "not found",
    "[task resumption]",
    "no such file",
    "permission denied",
    "undefined reference",
];

/// The parts in ASCII with the stems, the other parts, and the stems alone.
static WORDS: LazyLock<[Literals; 3]> = LazyLock::new(|| {
    let all: Vec<String> = parts().into_iter().chain(STEMS.map(str::to_owned)).collect();
    // "pr title" has "title".
    let alone = |part: &&str| !all.iter().any(|other| other != part && part.contains(other.as_str()));
    let of = |ascii: bool| all.iter().map(String::as_str).filter(move |part| part.is_ascii() == ascii);
    [Literals::new(of(true).filter(alone)), Literals::new(of(false)), Literals::new(STEMS.into_iter())]
});

/// False for most first lines that match no pattern that begins with a star.
pub(super) fn has_stem(line: &[u8]) -> bool {
    let [.., stems] = &*WORDS;
    lower_case::<LINE, _>(line, |lower| stems.is_in(lower))
}

/// A look at a text: false is certain.
#[derive(Debug, Clone, Copy)]
pub(super) struct Glance {
    chore: bool,
    program: bool,
}

impl Glance {
    /// Looks at the first [`HEAD`] bytes.
    pub(super) fn of(text: &[u8]) -> Self {
        let head = text.get(..HEAD).unwrap_or(text);
        // Of a first line `LINE` bytes are read, from the first that is no space.
        let blank = head.len() - head.trim_ascii_start().len();
        let beyond = text.len() > HEAD && blank + LINE > HEAD;
        lower_case::<HEAD, _>(head, |lower| {
            let [ascii, other, stems] = &*WORDS;
            let found = ascii.is_in(lower);
            let chore = found || !lower.is_ascii() && other.is_in(lower);
            Self { chore, program: beyond || found && stems.is_in(lower) }
        })
    }

    /// False for most texts that ask for no chore.
    pub(super) fn may_be_chore(self) -> bool {
        self.chore
    }

    /// False for most texts with a first line that matches no pattern that begins with a star.
    pub(super) fn may_be_program(self) -> bool {
        self.program
    }
}

#[cfg(test)]
mod tests {
    use super::super::pattern::matches;
    use super::super::result::starred;
    use super::*;

    #[test]
    fn each_line_of_a_program_that_begins_with_anything_is_seen() {
        assert!(starred().count() > 10);
        for pattern in starred() {
            let line = pattern.split(|b| *b == b'*').collect::<Vec<_>>().join(&b"Xy"[..]);
            for line in [line.to_ascii_uppercase(), ["é".as_bytes(), &line].concat(), line] {
                assert!(matches(pattern, &line));
                assert!(Glance::of(&line).may_be_program(), "{}", String::from_utf8_lossy(pattern));
                assert!(has_stem(&line), "{}", String::from_utf8_lossy(pattern));
                let late = [&[b' '; 470][..], &line].concat();
                assert!(Glance::of(&late).may_be_program(), "{}", String::from_utf8_lossy(pattern));
            }
        }
    }
}
