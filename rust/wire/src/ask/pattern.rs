//! Patterns of lines: `*` stands for any characters; the rest is compared without regard to case.

use memchr::memchr2;

/// True if a line matches a pattern: `*` stands for any characters; the rest is compared without regard to case.
pub(crate) fn matches(pattern: &[u8], line: &[u8]) -> bool {
    let (mut p, mut l, mut star) = (0, 0, None);
    while l < line.len() {
        match pattern.get(p) {
            Some(b'*') => {
                p += 1;
                // A star at the end takes the rest.
                let Some(next) = pattern.get(p) else { return true };
                let Some(at) = place_of(*next, line, l) else { return false };
                (l, star) = (at, Some((p, at)));
            }
            Some(c) if line.get(l).is_some_and(|b| b.eq_ignore_ascii_case(c)) => (p, l) = (p + 1, l + 1),
            // Let the last star take more.
            _ => {
                let Some((after, taken)) = star else { return false };
                let next = pattern.get(after).copied().unwrap_or_default();
                let Some(at) = place_of(next, line, taken + 1) else { return false };
                (p, l, star) = (after, at, Some((after, at)));
            }
        }
    }
    pattern.get(p..).unwrap_or_default().iter().all(|b| *b == b'*')
}

/// The place from which a pattern may go on with its next byte behind a star; none if the line has no such byte from `from` on.
fn place_of(next: u8, line: &[u8], from: usize) -> Option<usize> {
    if next == b'*' {
        return Some(from);
    }
    let rest = line.get(from..)?;
    memchr2(next.to_ascii_lowercase(), next.to_ascii_uppercase(), rest).map(|at| from + at)
}

/// True if a line matches a pattern of a table.
pub(crate) fn any_matches(table: &[(&str, &str)], line: &[u8]) -> bool {
    let first = line.first().map(u8::to_ascii_lowercase);
    let may = |pattern: &[u8]| pattern.first().copied() == first || pattern.first() == Some(&b'*');
    table.iter().any(|(pattern, _)| may(pattern.as_bytes()) && matches(pattern.as_bytes(), line))
}

/// The first eight bytes of a line as a number.
pub(super) fn head(line: &[u8]) -> u64 {
    let short = || line.iter().rev().fold(0, |head, byte| head << 8 | u64::from(*byte));
    line.first_chunk().map_or_else(short, |head| u64::from_le_bytes(*head))
}

/// [`head`], with the letters of ASCII in small.
#[inline]
pub(super) fn small_head(line: &[u8]) -> u64 {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let head = head(line);
    // The top bit of each byte says if it is at least 'A', and if it is more than 'Z'.
    let low = head & !(0x80 * EACH);
    let (from_a, behind_z) = (low + (0x80 - 0x41) * EACH, low + (0x80 - 0x5B) * EACH);
    let capitals = from_a & !behind_z & !head & (0x80 * EACH);
    head | capitals >> 2
}

/// Up to eight bytes with which a line must begin, and the bits that they take.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    bytes: u64,
    mask: u64,
}

impl Head {
    /// Takes the first eight bytes of a beginning in small letters.
    pub(super) fn of(start: &[u8]) -> Self {
        let mask = u64::MAX.checked_shl(8 * start.len() as u32).map_or(u64::MAX, |rest| !rest);
        Self { bytes: head(start) & mask, mask }
    }

    /// False for most lines that do not begin so: those whose [`head`], in small letters, differs.
    #[inline]
    pub(super) fn may_begin(self, head: u64) -> bool {
        (self.bytes ^ head) & self.mask == 0
    }
}

/// A pattern, with the bytes before its first star: most lines differ there.
pub(super) struct Row {
    pub(super) pattern: &'static [u8],
    head: Head,
}

impl Row {
    fn new(pattern: &'static [u8]) -> Self {
        let fixed = pattern.split(|b| *b == b'*').next().unwrap_or_default();
        Self { pattern, head: Head::of(&fixed.to_ascii_lowercase()) }
    }

    /// True if the pattern matches a line whose [`head`], in small letters, is that number.
    pub(super) fn matches(&self, head: u64, line: &[u8]) -> bool {
        self.may_match(head) && matches(self.pattern, line)
    }

    /// False for most lines that the pattern does not match.
    #[inline]
    fn may_match(&self, head: u64) -> bool {
        self.head.may_begin(head)
    }

    /// True if a text whose [`head`], in small letters, is that number begins with the bytes before the pattern's first star.
    #[inline]
    pub(super) fn begins(&self, head: u64, text: &[u8]) -> bool {
        self.may_match(head) && {
            let fixed = self.pattern.split(|b| *b == b'*').next().unwrap_or_default();
            text.get(..fixed.len()).is_some_and(|start| start.eq_ignore_ascii_case(fixed))
        }
    }
}

/// The rows of a table of patterns, each with the same value.
pub(super) fn rows<T: Copy>(
    table: &'static [(&'static str, &'static str)],
    value: T,
) -> impl Iterator<Item = (Row, T)> {
    table.iter().map(move |(pattern, _)| (Row::new(pattern.as_bytes()), value))
}

/// Rows by the byte that their patterns begin with.
pub(super) fn by_first<T>(rows: impl Iterator<Item = (Row, T)>) -> Vec<Vec<(Row, T)>> {
    let mut table: Vec<_> = (0..=u8::MAX).map(|_| Vec::new()).collect();
    for (row, value) in rows {
        let first = row.pattern.first().copied().unwrap_or_default();
        if let Some(place) = table.get_mut(usize::from(first)) {
            place.push((row, value));
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Pattern and line, letter by letter.
    fn naive(pattern: &[u8], line: &[u8]) -> bool {
        match (pattern, line) {
            ([], line) => line.is_empty(),
            ([b'*', rest @ ..], line) => (0..=line.len()).any(|at| naive(rest, &line[at..])),
            ([c, rest @ ..], [b, line @ ..]) => c.eq_ignore_ascii_case(b) && naive(rest, line),
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn a_small_head_is_the_head_in_small_letters(line in prop::collection::vec(any::<u8>(), 0..12)) {
            prop_assert_eq!(small_head(&line), head(&line.to_ascii_lowercase()));
        }

        #[test]
        fn patterns_match_as_the_naive_way_does(pattern in "[ab*]{0,7}", line in "[abAc]{0,12}") {
            prop_assert_eq!(matches(pattern.as_bytes(), line.as_bytes()), naive(pattern.as_bytes(), line.as_bytes()));
        }
    }
}
