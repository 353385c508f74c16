//! Finds blocks in a human's message that the human did not write, and wrappers around the human's words.
//!
//! Harnesses of agents put more into "user" messages than the user's words: reminders, the state of an editor, the rules of a
//! repository. If they were scored, all requests would look alike. The tables of `harness/` name the tags:
//!
//! ```text
//! sweep      one pass over the `<` of a text, in linear time: the outermost blocks of known tags
//! wrappers   if a tag holds the human's words, or a reminder quotes the human's message: its inside is the ask
//! otherwise  the text without blocks; if no words remain, with its documents and quoted lines; then with blocks of common names
//! ```

use super::acknowledgement::is_acknowledgement;
use super::harness::{BLOCK_HEADINGS, HUMAN_NAMES, TAGS, TagKind, WRAPPED_TAILS};
use super::lean::points;
use super::protocol::{precedes_words, queued, refers, says_planning};
use super::section;
use memchr::{memchr, memchr_iter, memchr2, memmem};
use std::borrow::Cow;
use std::collections::HashMap;

use TagKind::{Document, Generic, Human, Injected, Lone, Output, Task};

/// A tag in a text.
struct Found<'t> {
    start: usize,
    end: usize,
    name: &'t [u8],
    kind: TagKind,
    closes: bool,
}

/// The most bytes of a tag with its attributes.
const LONGEST: usize = 256;

/// The most bytes of a heading above a block.
const HEADING: usize = 400;

/// The kind of a tag, by its name. Names that no table has are [`Lone`] if a program may have made them up.
fn kind_of(name: &[u8]) -> Option<TagKind> {
    if let Ok(tag) = TAGS.binary_search_by(|(known, ..)| known.as_bytes().cmp(name)) {
        return TAGS.get(tag).map(|(_, kind, _)| *kind);
    }
    let capitals = name.len() > 2 && name.iter().all(|b| !b.is_ascii_lowercase());
    if !(capitals || name.iter().any(|b| matches!(b, b'-' | b'_' | b'.'))) {
        return None;
    }
    let lower = name.to_ascii_lowercase();
    let human = HUMAN_NAMES.iter().any(|part| memmem::find(&lower, part.as_bytes()).is_some());
    (!human).then_some(Lone)
}

/// The known tag that begins with the `<` at `start`.
fn read(text: &[u8], start: usize) -> Option<Found<'_>> {
    let rest = text.get(start + 1..text.len().min(start + LONGEST))?;
    let (closes, rest) = rest.strip_prefix(b"/").map_or((false, rest), |rest| (true, rest));
    let is_name = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    let length = rest.iter().position(|b| !is_name(b))?;
    let (name, after) = rest.split_at_checked(length)?;
    let kind = name.first().is_some_and(u8::is_ascii_alphabetic).then(|| kind_of(name))??;
    let end = match after {
        [b'>', ..] => 0,
        [b' ' | b'\t' | b'\n' | b'\r', ..] => memchr(b'>', after)?,
        _ => return None,
    };
    if end > 0 && after.get(end - 1) == Some(&b'/') {
        return None;
    }
    let end = start + 1 + usize::from(closes) + length + end + 1;
    Some(Found { start, end, name, kind, closes })
}

/// An outermost block: from its opening tag to behind its closing one.
struct Block {
    start: usize,
    inside: (usize, usize),
    end: usize,
    kind: TagKind,
}

impl Block {
    fn inside<'t>(&self, text: &'t [u8]) -> &'t [u8] {
        text.get(self.inside.0..self.inside.1).unwrap_or_default()
    }
}

/// The outermost blocks whose kind `wanted` accepts. Head and tail of the text are joined at `seam`, if there is one.
fn sweep(text: &[u8], seam: Option<usize>, wanted: impl Fn(TagKind) -> bool) -> Vec<Block> {
    let tags = || memchr_iter(b'<', text).filter_map(|at| read(text, at)).filter(|found| wanted(found.kind));
    let mut last_close = HashMap::new();
    for found in tags().filter(|found| found.closes && (found.kind != Lone || ends_line(text, found.end))) {
        last_close.insert(found.name, found.start);
    }
    let mut blocks: Vec<Block> = Vec::new();
    let mut open: Option<Found<'_>> = None;
    let (mut from, mut depth) = (0, 0);
    for found in tags() {
        let last = last_close.get(found.name).copied();
        match &open {
            // Inside a block, only its own closing tag counts.
            Some(block) if found.closes && found.name == block.name => {
                depth -= 1;
                let ends = found.kind != Lone || ends_line(text, found.end);
                if ends && (depth == 0 || last == Some(found.start)) {
                    let (start, inside) = (block.start, (block.end, found.start));
                    blocks.push(Block { start, inside, end: found.end, kind: found.kind });
                    (from, open) = (found.end, None);
                } else {
                    depth = depth.max(1);
                }
            }
            // Material may hold the like of itself, at the beginning of a line.
            Some(block) => {
                let nests = matches!(block.kind, Document | Lone) && found.name == block.name;
                depth += usize::from(nests && begins_line(text, found.start));
            }
            None if !found.closes && (found.kind != Lone || begins_line(text, found.start)) => {
                if last.is_some_and(|last| last > found.start) {
                    (open, depth) = (Some(found), 1);
                } else if let Some(seam) = seam.filter(|seam| found.start < *seam && from <= found.start)
                    && found.kind != Lone
                {
                    // It closes in the part between head and tail, which is not read.
                    let inside = (found.end, seam);
                    blocks.push(Block { start: found.start, inside, end: seam + 1, kind: found.kind });
                    from = seam + 1;
                }
            }
            // It opened in the part between head and tail.
            None => {
                if let Some(seam) = seam.filter(|seam| from <= *seam && found.start > *seam)
                    && found.closes
                    && found.kind != Lone
                {
                    let inside = (seam + 1, found.start);
                    blocks.push(Block { start: seam, inside, end: found.end, kind: found.kind });
                    from = found.end;
                }
            }
        }
    }
    keep_outer(text, &mut blocks);
    blocks
}

/// Keeps blocks of common and unknown names only before and behind everything else.
fn keep_outer(text: &[u8], blocks: &mut Vec<Block>) {
    if blocks.iter().all(|block| block.kind != Lone) {
        return;
    }
    let blank = |from: usize, to: usize| text.get(from..to).is_none_or(|part| part.trim_ascii().is_empty());
    let (mut lead, mut at) = (0, 0);
    for block in blocks.iter().take_while(|block| {
        let next = blank(at, block.start);
        at = block.end;
        next
    }) {
        let _ = block;
        lead += 1;
    }
    let (mut trail, mut at) = (blocks.len(), text.len());
    while let Some(block) =
        trail.checked_sub(1).and_then(|last| blocks.get(last)).filter(|b| blank(b.end, at))
    {
        at = block.start;
        trail -= 1;
    }
    let mut index = 0;
    blocks.retain(|block| {
        index += 1;
        block.kind != Lone || index <= lead || index > trail
    });
}

/// True if nothing but blanks and tags stands before a tag in its line.
fn begins_line(text: &[u8], start: usize) -> bool {
    matches!(before(text, start).last(), None | Some(b'\n' | b'>'))
}

/// True if nothing but blanks and tags stands behind a tag in its line.
fn ends_line(text: &[u8], end: usize) -> bool {
    let after = text.get(end..).unwrap_or_default().iter().find(|b| !matches!(b, b' ' | b'\t' | b'\r'));
    matches!(after, None | Some(b'\n' | b'<'))
}

/// A block, with the row of the table that knows its tag.
pub(crate) struct TagRow {
    pub(crate) name: String,
    /// The content of the block, in words.
    pub(crate) kind: &'static str,
    pub(crate) source: &'static str,
    pub(crate) range: std::ops::Range<usize>,
}

/// The outermost blocks of a text, to be shown.
pub(crate) fn tags(text: &[u8]) -> impl Iterator<Item = TagRow> {
    sweep(text, None, |_| true).into_iter().filter_map(|block| {
        let name = read(text, block.start)?.name;
        let known = TAGS.iter().find(|(known, ..)| known.as_bytes() == name);
        let kind = match block.kind {
            Injected => "block of a program",
            Generic => "block of a common name",
            Document => "document",
            Human | Task => "the human's words",
            Output => "tool result",
            Lone => "block of an unknown name",
        };
        let name = String::from_utf8_lossy(name).into_owned();
        Some(TagRow {
            name,
            kind,
            source: known.map_or("in no row", |row| row.2),
            range: block.start..block.end,
        })
    })
}

/// An ask without its blocks.
pub(crate) struct Words<'a> {
    /// The human's words, trimmed if a block was removed.
    pub(crate) text: Cow<'a, [u8]>,
    /// Bytes that were removed from the window, with the white space around blocks.
    pub(crate) removed: u64,
    /// True if a removed block reaches into the part between head and tail.
    pub(crate) gap: bool,
    /// The last statement of a program's block about plan mode.
    pub(crate) planning: Option<bool>,
    /// True if a wrapper marks the words as the human's own.
    pub(crate) wrapped: bool,
}

/// True if a text may contain blocks, quoted lines or sections.
pub(crate) fn may_hold(text: &[u8]) -> bool {
    memchr2(b'<', b'>', text).is_some() || section::may_hold(text)
}

/// Removes the blocks and sections from `text`, whose head and tail are joined at `seam`.
pub(crate) fn strip(text: Cow<'_, [u8]>, seam: Option<usize>) -> Words<'_> {
    let Some(ranges) = section::carve(&text) else { return strip_blocks(text, seam) };
    let (mut out, mut joint) = (Vec::with_capacity(text.len()), None);
    for (i, (from, to)) in ranges.into_iter().enumerate() {
        if i > 0 {
            out.push(b'\n');
        }
        joint = joint.or(seam.filter(|seam| (from..to).contains(seam)).map(|seam| seam - from + out.len()));
        out.extend_from_slice(text.get(from..to).unwrap_or_default());
    }
    let words = strip_blocks(Cow::Owned(out), joint);
    let left = words.text.trim_ascii().to_vec();
    Words {
        removed: text.len().saturating_sub(left.len()) as u64,
        gap: words.gap || seam.is_some() && joint.is_none(),
        text: Cow::Owned(left),
        planning: words.planning,
        wrapped: words.wrapped,
    }
}

fn strip_blocks(text: Cow<'_, [u8]>, seam: Option<usize>) -> Words<'_> {
    if memchr2(b'<', b'>', &text).is_none() {
        return Words { text, removed: 0, gap: false, planning: None, wrapped: false };
    }
    let blocks = sweep(&text, seam, |kind| !matches!(kind, Output | Lone));
    let of_program = blocks.iter().filter(|block| matches!(block.kind, Injected | Generic));
    let planning = says_planning(of_program.map(|block| block.inside(&text)));
    let inside = wrapped(&text, &blocks, seam);
    let wrapped = inside.is_some();
    let rest = inside.unwrap_or_else(|| unwrapped(&text, seam));
    if rest.out.len() == text.len() {
        return Words { text, removed: 0, gap: false, planning, wrapped };
    }
    let words = rest.out.trim_ascii();
    let removed = (text.len() - words.len()) as u64;
    Words { text: Cow::Owned(words.to_vec()), removed, gap: rest.gap, planning, wrapped }
}

/// The words inside wrappers. None without a wrapper.
fn wrapped(text: &[u8], blocks: &[Block], seam: Option<usize>) -> Option<Remainder> {
    let of = |kind| move |block: &&Block| block.kind == kind && stands_alone(text, block);
    let mut ranges: Vec<_> = blocks.iter().filter(of(Human)).map(|block| block.inside).collect();
    let mut out = Vec::new();
    if ranges.is_empty() {
        let quoted = |block: &Block| {
            let (from, to) = queued(block.inside(text)).filter(|_| block.kind == Injected)?;
            Some((block.inside.0 + from, block.inside.0 + to))
        };
        ranges.extend(blocks.iter().filter_map(quoted));
        if !ranges.is_empty() {
            // The human may have written beside it, too.
            out = remove(text, &sweep(text, seam, is_block), seam).out.trim_ascii().to_vec();
        }
    }
    if ranges.is_empty() {
        let tasks = blocks.iter().filter(of(Task)).filter(|block| precedes_words(before(text, block.start)));
        ranges.extend(tasks.map(|block| block.inside));
        let beside = sweep(text, seam, |kind| is_block(kind) || kind == Task);
        if ranges.is_empty() && remove(text, &beside, seam).out.trim_ascii().is_empty() {
            ranges.extend(beside.iter().filter(|block| block.kind == Task).map(|block| block.inside));
        }
    }
    if ranges.is_empty() {
        return None;
    }
    for &(from, to) in &ranges {
        let inside = text.get(from..to).unwrap_or_default();
        let tails = WRAPPED_TAILS.iter().filter_map(|(tail, _)| memmem::find(inside, tail.as_bytes()));
        let end = tails.min().unwrap_or(inside.len());
        let inside = unwrapped(inside.get(..end).unwrap_or_default(), None).out;
        if !out.is_empty() && !inside.trim_ascii().is_empty() {
            out.push(b'\n');
        }
        out.extend_from_slice(inside.trim_ascii());
    }
    if points(&out) && !is_acknowledgement(&out) && blocks.iter().any(|block| block.kind == Document) {
        // "Solve this", with the problem in a document beside the wrapper.
        return Some(remove(text, &sweep(text, seam, |kind| matches!(kind, Injected | Generic)), seam));
    }
    let reaches = |seam: usize| !ranges.iter().any(|(from, to)| (*from..*to).contains(&seam));
    Some(Remainder { out, gap: seam.is_some_and(reaches) })
}

/// The text without blocks. If it has no words, its documents and quoted lines are the words, and then its newest block of a
/// common name. Words that only point at a document ("Solve this:") do not stand without it.
fn unwrapped(text: &[u8], seam: Option<usize>) -> Remainder {
    let blocks = sweep(text, seam, is_block);
    let mut rest = remove(text, &blocks, seam);
    let quotes = drop_quoted_lines(&mut rest.out);
    if let Some(inside) = whole_element(&rest.out) {
        rest.out = inside.to_vec();
    }
    let words = rest.out.trim_ascii();
    let documents = quotes || blocks.iter().any(|block| matches!(block.kind, Document | Lone));
    // A quotation is commented on, a document is pointed at.
    let pointer = || if blocks.is_empty() { refers(words) } else { points(words) };
    if !(words.is_empty() || documents && pointer() && !is_acknowledgement(words)) {
        return rest;
    }
    // A document whose middle is missing is no ask.
    if documents && !(words.is_empty() && rest.gap) {
        let with = remove(text, &sweep(text, seam, |kind| matches!(kind, Injected | Generic)), seam);
        if let Some(inside) = whole_element(&with.out) {
            return Remainder { out: inside.to_vec(), gap: with.gap };
        }
        if !with.out.trim_ascii().is_empty() {
            return with;
        }
    }
    if words.is_empty()
        && let Some(block) = blocks.iter().rev().find(|block| block.kind == Generic)
    {
        rest.out = block.inside(text).to_vec();
    }
    rest
}

/// The inside of a text that is one element of an unknown name, such as a wrapper that the table does not have. Text that
/// results of tools stand in keeps its tags.
fn whole_element(text: &[u8]) -> Option<&[u8]> {
    let text = text.trim_ascii();
    let rest = text.strip_prefix(b"<")?;
    let length = rest.iter().position(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_')))?;
    let (name, rest) = rest.split_at_checked(length)?;
    let inside = rest.strip_prefix(b">")?.strip_suffix(b">")?.strip_suffix(name)?.strip_suffix(b"</")?;
    let closes = memmem::find_iter(inside, b"</")
        .any(|at| inside.get(at + 2..).is_some_and(|rest| rest.starts_with(name)));
    let known = matches!(kind_of(name), Some(Output | Document));
    (!name.is_empty() && !known && !closes && !inside.trim_ascii().is_empty()).then(|| inside.trim_ascii())
}

fn is_block(kind: TagKind) -> bool {
    matches!(kind, Injected | Generic | Document | Lone)
}

/// True if a wrapper's tags stand at the ends of lines, as programs write them, and not in a sentence that mentions them.
fn stands_alone(text: &[u8], block: &Block) -> bool {
    let after = text.get(block.end..).unwrap_or_default();
    let after = after.get(..memchr(b'\n', after).unwrap_or(after.len())).unwrap_or_default().trim_ascii();
    let begins = matches!(before(text, block.start).last(), None | Some(b'\n' | b':' | b'>'));
    // A block that opened in the part between head and tail begins with the seam.
    (begins || block.inside.0 == block.start + 1) && matches!(after.first(), None | Some(b'<'))
}

/// The text before a position, without the spaces of its last line.
fn before(text: &[u8], at: usize) -> &[u8] {
    let mut before = text.get(..at).unwrap_or_default();
    while let Some((b' ' | b'\t', rest)) = before.split_last() {
        before = rest;
    }
    before
}

/// A text while its blocks are removed.
struct Remainder {
    out: Vec<u8>,
    /// True if a removed block reaches into the part between head and tail.
    gap: bool,
}

/// The text outside of the blocks.
fn remove(text: &[u8], blocks: &[Block], seam: Option<usize>) -> Remainder {
    let mut rest = Remainder { out: Vec::with_capacity(text.len()), gap: false };
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
fn drop_heading(out: &mut Vec<u8>) {
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

/// Removes quoted lines ("> …"), as in mail and forums: whole paragraphs, and the head of one that goes on without. A paragraph
/// with such lines behind others is a session of a shell or of R, and stays. True if lines were removed.
fn drop_quoted_lines(text: &mut Vec<u8>) -> bool {
    let is_quote = |line: &[u8]| line.starts_with(b"> ") || line.trim_ascii_end() == b">";
    if !text.split(|b| *b == b'\n').any(is_quote) {
        return false;
    }
    let lines: Vec<&[u8]> = text.split_inclusive(|b| *b == b'\n').collect();
    let mut kept = Vec::with_capacity(text.len());
    for paragraph in lines.chunk_by(|a, b| a.trim_ascii().is_empty() == b.trim_ascii().is_empty()) {
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

/// True if the text is nothing but results of tools, in tags.
pub(crate) fn is_output(text: &[u8]) -> bool {
    if !text.starts_with(b"<") {
        return false;
    }
    let blocks = sweep(text, None, |kind| matches!(kind, Output | Injected | Generic));
    let is_result = blocks.iter().any(|block| block.kind == Output);
    is_result && {
        let rest = remove(text, &blocks, None).out;
        let rest = rest.trim_ascii();
        rest.is_empty() || super::acknowledgement::is_acknowledgement(rest)
    }
}

/// The human's message that a reminder at the end of a tool's result quotes.
pub(crate) fn queued_last(text: &[u8]) -> Option<&[u8]> {
    let text = text.trim_ascii_end();
    let last = sweep(text, None, |kind| kind == Injected).pop().filter(|block| block.end == text.len())?;
    let (from, to) = queued(last.inside(text))?;
    last.inside(text).get(from..to).map(<[u8]>::trim_ascii)
}

/// True if a text with this first byte may begin with a block.
pub(crate) fn may_open(first: u8) -> bool {
    matches!(first, b'<' | b'#')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> (String, u64) {
        let words = strip(Cow::Borrowed(text.as_bytes()), None);
        (String::from_utf8(words.text.into_owned()).unwrap(), words.removed)
    }

    #[test]
    fn blocks_are_not_words() {
        for (text, left) in [
            ("<system-reminder>Be kind.</system-reminder>\nProve it.", "Prove it."),
            ("Prove it.\n<system-reminder>Be kind.</system-reminder>", "Prove it."),
            ("A<system-reminder>x</system-reminder>B", "AB"),
            ("<document index=\"1\">long</document> Summarise.", "Summarise."),
            ("<documents><document>a</document><document>b</document></documents>Sum", "Sum"),
            ("# AGENTS.md instructions for /repo\n\n<INSTRUCTIONS>\nx\n</INSTRUCTIONS>\nGo", "Go"),
            ("<user_query>Prove it.</user_query>", "Prove it."),
            ("<permissions instructions>no</permissions instructions>Go", "Go"),
            ("> quoted\n> more\nIs that so?", "Is that so?"),
            ("<b>bold</b>", "bold"),
            ("<unheard-of>\nProve it.\n</unheard-of>", "Prove it."),
            ("<b>a</b> and <b>b</b>", "<b>a</b> and <b>b</b>"),
            ("", ""),
        ] {
            let (got, removed) = words(text);
            assert_eq!(got, left, "{text}");
            assert_eq!(removed as usize, text.len() - left.len(), "{text}");
        }
    }

    #[test]
    fn documents_are_words_only_where_there_are_no_others() {
        assert_eq!(words("<document>long</document>").0, "<document>long</document>");
        assert_eq!(words("> quoted").0, "> quoted");
        assert_eq!(words("<system-reminder>x</system-reminder> "), (String::new(), 37));
        let both = "<system-reminder>x</system-reminder><document>long</document>";
        assert_eq!(words(both).0, "<document>long</document>");
    }

    #[test]
    fn other_tags_stay_words() {
        for text in [
            "what does <document> mean?",
            "</document> closes it",
            "a < b > c",
            "<system-reminder> never closed",
            "<file/> <files>",
            "<",
            "</",
            "<document",
            ">>> print(1)\n1",
            "#include <stdio.h>",
        ] {
            assert_eq!(words(text), (text.to_owned(), 0));
        }
    }

    #[test]
    fn blocks_reach_across_the_seam() {
        let cases: [(&str, &str); 3] = [
            ("Q <document>a|b</document> R", "Q \n R"),
            ("Q <document>a|b R", "Q \nb R"),
            ("Q a|b</document> R", "Q a\n R"),
        ];
        for (text, left) in cases {
            let seam = text.find('|').unwrap();
            let words = strip(Cow::Owned(text.replace('|', "\n").into_bytes()), Some(seam));
            assert_eq!(String::from_utf8(words.text.to_vec()).unwrap(), left);
            assert!(words.gap);
            assert_eq!(words.removed as usize, text.len() - left.len());
        }
    }

    #[test]
    fn unclosed_tags_take_linear_time() {
        let text = "<document>".repeat(100_000) + &"</file>".repeat(100_000);
        assert_eq!(words(&text).1, 0);
    }

    /// The naive way: look for a block from the left, cut it out, and go on behind it.
    fn naive(text: &str, documents: bool) -> String {
        let tags = [("system-reminder", true), ("rules", true), ("document", documents), ("file", documents)];
        let mut out = String::new();
        let mut rest = text;
        'next: while let Some(first) = rest.chars().next() {
            for (tag, known) in tags {
                let (open, close) = (format!("<{tag}>"), format!("</{tag}>"));
                if !(known && rest.starts_with(&open) && rest.contains(&close)) {
                    continue;
                }
                // The like of itself may stand in material, at the beginning of a line.
                let nests = matches!(tag, "document" | "file");
                let (mut at, mut depth) = (open.len(), 1);
                while depth > 0 && rest[at..].contains(&close) {
                    if rest[at..].starts_with(&close) {
                        depth -= 1;
                    }
                    let line = rest[..at].trim_end_matches([' ', '\t']);
                    if nests && rest[at..].starts_with(&open) && line.ends_with(['\n', '>']) {
                        depth += 1;
                    }
                    at += rest[at..].chars().next().unwrap().len_utf8();
                }
                rest = &rest[at - 1 + close.len()..];
                continue 'next;
            }
            out.push(first);
            rest = &rest[first.len_utf8()..];
        }
        if !documents {
            return out;
        }
        let quotes = |line: &&str| line.starts_with("> ") || line.trim_ascii_end() == ">";
        let mut kept: Vec<&str> = Vec::new();
        let lines: Vec<&str> = out.split_inclusive('\n').collect();
        for (i, line) in lines.iter().enumerate() {
            let blank = |line: &&&str| line.trim_ascii().is_empty();
            let from = lines[..i].iter().rposition(|l| blank(&l)).map_or(0, |at| at + 1);
            let to = lines[i..].iter().position(|l| blank(&l)).map_or(lines.len(), |at| i + at);
            let behind = lines[from..to].iter().skip_while(|l| quotes(l)).any(quotes);
            let leads = lines[from..i].iter().all(quotes);
            if behind || !leads || !quotes(line) {
                kept.push(line);
            }
        }
        kept.concat()
    }

    proptest::proptest! {
        #[test]
        fn blocks_are_cut_out_as_the_naive_way_does(pieces in proptest::collection::vec(proptest::sample::select(vec![
            "<system-reminder>", "</system-reminder>", "<document>", "</document>", "<file>", "</file>", "<rules>", "</rules>",
            "word", " ", "\n", "\n> q\n", ">", "<", "<b>", "ß",
        ]), 0..14)) {
            let text = pieces.concat();
            let mut left = naive(&text, true);
            if left.trim_ascii().is_empty() {
                left = naive(&text, false);
            }
            if left.trim_ascii().is_empty() {
                // The newest block of a common name.
                let blocks = sweep(text.as_bytes(), None, is_block);
                let rules = blocks.iter().rev().find(|block| block.kind == Generic);
                left = rules.map_or(left, |block| text[block.inside.0..block.inside.1].to_owned());
            }
            let left = if left == text { &left } else { left.trim_ascii() };
            proptest::prop_assert_eq!(words(&text), (left.to_owned(), (text.len() - left.len()) as u64));
        }
    }
}
