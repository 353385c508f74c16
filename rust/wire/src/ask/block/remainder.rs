//! The text that is left without its blocks, their headings, and quoted lines.

use super::Origin;
use super::sweep::Block;
use crate::ask::harness::{BLOCK_HEADINGS, TagKind};
use memchr::memmem;

use TagKind::{Generic, Injected};

/// The most bytes of a heading above a block.
const HEADING: usize = 400;

/// A text while its blocks are removed.
pub(super) struct Remainder {
    pub(super) out: Vec<u8>,
    /// True if a removed block reaches into the part between head and tail.
    pub(super) gap: bool,
    pub(super) origin: Origin,
    /// True if there is a document beside the text.
    pub(super) material: bool,
}

/// The text outside of the blocks.
pub(super) fn remove(text: &[u8], blocks: &[Block], seam: Option<usize>) -> Remainder {
    let out = Vec::with_capacity(text.len());
    let mut rest = Remainder { out, gap: false, origin: Origin::Own, material: false };
    let mut from = 0;
    for block in blocks {
        rest.out.extend_from_slice(text.get(from..block.start).unwrap_or_default());
        if matches!(block.kind, Injected | Generic) {
            drop_heading(&mut rest.out);
        }
        if seam.is_some_and(|seam| (block.start..block.end).contains(&seam)) {
            rest.gap = true;
            // Words on both sides of the seam stay apart.
            rest.out.push(b'\n');
        }
        from = block.end;
    }
    rest.out.extend_from_slice(text.get(from..).unwrap_or_default());
    rest
}

/// Removes the heading that a program writes above its block: the last line, or some sentences up to it.
pub(super) fn drop_heading(out: &mut Vec<u8>) {
    let before = out.trim_ascii_end();
    let near = before.get(before.len().saturating_sub(HEADING)..).unwrap_or_default();
    let from = before.len() - near.len();
    for (heading, lines, _) in BLOCK_HEADINGS {
        let Some(at) = memmem::rfind(near, heading.as_bytes()).map(|at| from + at) else { continue };
        let begins = at == 0 || before.get(at - 1) == Some(&b'\n');
        let count = before
            .get(at..)
            .unwrap_or_default()
            .split(|b| *b == b'\n')
            .filter(|line| !line.is_empty())
            .count();
        if begins && count <= *lines {
            return out.truncate(at);
        }
    }
}

/// The fewest digits of a date with its time, in the line above a quotation.
const DATED: usize = 6;

/// True for a line that names the author and the date of the quotation below it, in any language.
fn attributes(line: &[u8]) -> bool {
    let line = line.trim_ascii_end();
    (line.ends_with(b":") || line.ends_with("：".as_bytes()))
        && line.iter().filter(|b| b.is_ascii_digit()).count() >= DATED
}

/// Removes quoted lines ("> …"), as in mail and forums: whole paragraphs, and the head of one that goes on without. A paragraph
/// with such lines behind others is a session of a shell or of R, and stays. True if lines were removed.
pub(super) fn drop_quoted_lines(text: &mut Vec<u8>) -> bool {
    let is_quote = |line: &[u8]| line.starts_with(b"> ") || line.trim_ascii_end() == b">";
    let begins = |at: usize| {
        let rest = text.get(at..).unwrap_or_default();
        is_quote(rest.get(..memchr::memchr(b'\n', rest).unwrap_or(rest.len())).unwrap_or_default())
    };
    if !(begins(0) || memchr::memmem::find_iter(text, b"\n>").any(|at| begins(at + 1))) {
        return false;
    }
    let lines: Vec<&[u8]> = text.split_inclusive(|b| *b == b'\n').collect();
    let mut kept = Vec::with_capacity(text.len());
    for paragraph in lines.chunk_by(|a, b| a.trim_ascii().is_empty() == b.trim_ascii().is_empty()) {
        // "On Mon, Nov 30, 2026 at 10:00 Bob wrote:" names the author of the quotation below it.
        let paragraph = match paragraph.split_first() {
            Some((line, quoted)) if quoted.first().is_some_and(|line| is_quote(line)) && attributes(line) => {
                quoted
            }
            _ => paragraph,
        };
        let head = paragraph.iter().take_while(|line| is_quote(line)).count();
        let (quoted, rest) = paragraph.split_at(head);
        if rest.iter().any(|line| is_quote(line)) {
            kept.extend(quoted.concat());
        }
        kept.extend(rest.concat());
    }
    let removed = kept.len() != text.len();
    *text = kept;
    removed
}
