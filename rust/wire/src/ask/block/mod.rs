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

mod remainder;
mod row;
mod sweep;
mod tag;

use super::frame::is_boilerplate;
use super::harness::{COMMON_OUTPUTS, LOCAL_COMMANDS, QUEUED_HEADS, TOLD_NAMES, TagKind, WRAPPED_TAILS};
use super::lean::points;
use super::pattern::any_matches;
use super::phrases::is_acknowledgement;
use super::protocol::{first_line, precedes_words, queued, refers, says_planning};
use super::result::is_program;
use super::rows;
use super::section;
use memchr::{memchr, memchr2, memmem};
use remainder::{Remainder, drop_quoted_lines, remove};
pub(crate) use row::{TagRow, tags};
use std::borrow::Cow;
use sweep::{Block, sweep};
use tag::before;
pub(crate) use tag::kind_of;

use TagKind::{Args, Document, Generic, Human, Injected, Lone, Output, Task};

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
    pub(crate) origin: Origin,
    /// True if there is a document to read beside the words.
    pub(crate) material: bool,
}

/// The author of the words of a message.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The message's own author.
    #[default]
    Own,
    /// Material that the author gives to read: the message has no other words.
    Material,
    /// A program's block of a common name: the message has no other words.
    Program,
}

/// The most bytes of material in which the work stands, where the words beside it only instruct.
const BRIEF: usize = 2048;

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
        ..words
    }
}

/// Removes the blocks, after wrappers with nothing in them.
fn strip_blocks(text: Cow<'_, [u8]>, seam: Option<usize>) -> Words<'_> {
    if memchr2(b'<', b'>', &text).is_none() && !rows::may_hold(&text) {
        let (planning, origin) = (None, Origin::Own);
        return Words { text, removed: 0, gap: false, planning, wrapped: false, origin, material: false };
    }
    let mut blocks = sweep(&text, seam, |kind| !matches!(kind, Output | Lone));
    let blank = |block: &Block| {
        matches!(block.kind, Human | Task | Args)
            && block.inside(&text).trim_ascii().is_empty()
            && stands_alone(&text, block)
    };
    if !blocks.iter().any(blank) {
        return strip_filled(text, &blocks, seam);
    }
    blocks.retain(blank);
    let seam = seam.map(|seam| {
        let before = blocks.iter().filter(|block| block.end <= seam);
        seam - before.map(|block| block.end - block.start).sum::<usize>()
    });
    let rest = remove(&text, &blocks, None).out;
    let blocks = sweep(&rest, seam, |kind| !matches!(kind, Output | Lone));
    let words = strip_filled(Cow::Owned(rest), &blocks, seam);
    let left = words.text.trim_ascii().to_vec();
    Words { removed: (text.len() - left.len()) as u64, text: Cow::Owned(left), ..words }
}

/// Removes the blocks.
fn strip_filled<'a>(text: Cow<'a, [u8]>, blocks: &[Block], seam: Option<usize>) -> Words<'a> {
    let of_program = blocks.iter().filter(|block| matches!(block.kind, Injected | Generic));
    let planning = says_planning(of_program.map(|block| block.inside(&text)));
    let inside = wrapped(&text, blocks, seam);
    let wrapped = inside.is_some();
    let rest = inside.unwrap_or_else(|| unwrapped(&text, seam));
    let Remainder { out, gap, origin, material } = rest;
    if out.len() == text.len() {
        return Words { text, removed: 0, gap: false, planning, wrapped, origin, material };
    }
    let words = out.trim_ascii();
    let removed = (text.len() - words.len()) as u64;
    Words { text: Cow::Owned(words.to_vec()), removed, gap, planning, wrapped, origin, material }
}

/// The words inside wrappers. None without a wrapper.
fn wrapped(text: &[u8], blocks: &[Block], seam: Option<usize>) -> Option<Remainder> {
    let of = |kind| {
        move |block: &&Block| {
            block.kind == kind
                && stands_alone(text, block)
                && !block.inside(text).trim_ascii().is_empty()
                && !is_fenced(text, blocks, block)
        }
    };
    let mut ranges: Vec<_> = blocks.iter().filter(of(Human)).map(|block| block.inside).collect();
    let mut out = Vec::new();
    if ranges.is_empty() {
        let quoted = |block: &Block| {
            let (from, to) = quoted_by(block.kind, block.inside(text))?;
            Some((block.inside.0 + from, block.inside.0 + to))
        };
        ranges.extend(blocks.iter().filter_map(quoted));
        if !ranges.is_empty() {
            // The human may have written beside it, too.
            out = remove(text, &sweep(text, seam, is_block), seam).out.trim_ascii().to_vec();
        }
    }
    if ranges.is_empty() && blocks.iter().any(|block| block.kind == Args) && !is_local_command(text) {
        // The text that a command stands for is newer than its arguments, unless a program has added it.
        let outside = remove(text, &sweep(text, seam, is_block), seam).out;
        let outside = outside.trim_ascii();
        if outside.is_empty() || is_program(outside) {
            ranges.extend(blocks.iter().filter(of(Args)).map(|block| block.inside));
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
    let material = blocks.iter().any(|block| block.kind == Document);
    Some(Remainder { out, gap: seam.is_some_and(reaches), origin: Origin::Own, material })
}

/// The text without blocks. If it has no words, its documents and quoted lines are the words, and then its newest block of a
/// common name. Words that only point at a document ("Solve this:") do not stand without it.
fn unwrapped(text: &[u8], seam: Option<usize>) -> Remainder {
    let blocks = sweep(text, seam, is_block);
    let mut rest = remove(text, &blocks, seam);
    let quotes = drop_quoted_lines(&mut rest.out);
    let place = seam.filter(|_| rest.out.len() == text.len());
    let (data, reaches) = rows::drop_rows(&mut rest.out, place);
    rest.gap |= reaches;
    if let Some(inside) = whole_element(&rest.out) {
        rest.out = inside.to_vec();
    }
    rest.material = data || blocks.iter().any(|block| matches!(block.kind, Document | Lone));
    let documents = quotes || rest.material;
    let words = rest.out.trim_ascii();
    // A quotation is commented on, a document or data is pointed at.
    let brief = || blocks.iter().map(|block| block.end - block.start).sum::<usize>() <= BRIEF;
    let pointer = || {
        if blocks.is_empty() && !data {
            refers(words)
        } else {
            points(words) || brief() && is_boilerplate(words)
        }
    };
    if !(words.is_empty() || documents && pointer() && !is_acknowledgement(words)) {
        return rest;
    }
    // A document whose middle is missing is no ask.
    if documents && !(words.is_empty() && rest.gap) {
        let origin = if words.is_empty() { Origin::Material } else { Origin::Own };
        let with = remove(text, &sweep(text, seam, |kind| matches!(kind, Injected | Generic)), seam);
        if let Some(inside) = whole_element(&with.out) {
            return Remainder { out: inside.to_vec(), gap: with.gap, origin, material: false };
        }
        if !with.out.trim_ascii().is_empty() {
            return Remainder { origin, ..with };
        }
    }
    if words.is_empty()
        && let Some(block) = blocks.iter().rev().find(|block| block.kind == Generic)
    {
        rest.out = block.inside(text).to_vec();
        rest.origin = Origin::Program;
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
    matches!(kind, Injected | Generic | Document | Lone | Args)
}

/// The inside of a wrapper of the human's words that is all of a text.
fn whole_wrapper(text: &[u8]) -> Option<(usize, usize)> {
    if !text.trim_ascii_start().starts_with(b"<") {
        return None;
    }
    let wrappers = sweep(text, None, |kind| kind == Human);
    let [wrapper] = wrappers.as_slice() else { return None };
    let blank = |part: Option<&[u8]>| part.unwrap_or_default().trim_ascii().is_empty();
    let whole = blank(text.get(..wrapper.start)) && blank(text.get(wrapper.end..));
    (whole && !wrapper.inside(text).trim_ascii().is_empty()).then_some(wrapper.inside)
}

/// True if a message tells of a command that ran on the human's machine, not in the model.
fn is_local_command(text: &[u8]) -> bool {
    let has = |tag: &[u8]| memmem::find(text, tag).is_some();
    let name = || {
        let from = memmem::find(text, b"<command-name>")? + b"<command-name>".len();
        let rest = text.get(from..)?;
        let name = rest.get(..memchr(b'<', rest)?)?.trim_ascii();
        Some(name.strip_prefix(b"/").unwrap_or(name))
    };
    has(b"<local-command-stdout>")
        || has(b"<local-command-stderr>")
        || name().is_some_and(|name| LOCAL_COMMANDS.iter().any(|known| known.as_bytes() == name))
}

/// True if a block stands in a fence of code: a template that is shown, not used.
fn is_fenced(text: &[u8], blocks: &[Block], block: &Block) -> bool {
    let before = text.get(..block.start).unwrap_or_default();
    if memmem::find(before, b"```").is_none() && memmem::find(before, b"~~~").is_none() {
        return false;
    }
    let mark = |line: &[u8]| {
        let line = line.trim_ascii();
        let first = *line.first().filter(|b| matches!(b, b'`' | b'~'))?;
        let length = line.iter().take_while(|b| **b == first).count();
        let bare = length == line.len();
        (length >= 3).then_some((first, length, bare))
    };
    let within = |at: usize| {
        let other =
            |other: &&Block| !matches!(other.kind, Human | Task) && other.start <= at && at < other.end;
        blocks.iter().any(|block| other(&block))
    };
    let (mut at, mut open) = (0, None);
    for line in text.split_inclusive(|b| *b == b'\n') {
        match (open, mark(line).filter(|_| !within(at))) {
            (None, Some((first, length, _))) => open = Some((at, first, length)),
            (Some((from, first, least)), Some((last, length, true))) if last == first && length >= least => {
                if from < block.start && block.end <= at {
                    return true;
                }
                open = None;
            }
            _ => {}
        }
        at += line.len();
        if open.is_none() && at > block.start {
            return false;
        }
    }
    false
}

/// True if a wrapper's tags stand at the ends of lines, as programs write them, and not in a sentence that mentions them.
fn stands_alone(text: &[u8], block: &Block) -> bool {
    let after = text.get(block.end..).unwrap_or_default();
    let after = after.get(..memchr(b'\n', after).unwrap_or(after.len())).unwrap_or_default().trim_ascii();
    let begins = matches!(before(text, block.start).last(), None | Some(b'\n' | b':' | b'>'));
    // A block that opened in the part between head and tail begins with the seam.
    (begins || block.inside.0 == block.start + 1) && matches!(after.first(), None | Some(b'<'))
}

/// True if the names of the tags are common ones, false if only programs use them; None unless the text is nothing but results of
/// tools in tags.
pub(crate) fn output_names(text: &[u8]) -> Option<bool> {
    if !text.starts_with(b"<") {
        return None;
    }
    let blocks = sweep(text, None, |kind| matches!(kind, Output | Injected | Generic));
    let is_common = |block: &Block| {
        let name = tag::read(text, block.start).map(|found| found.name).unwrap_or_default();
        COMMON_OUTPUTS.iter().any(|known| known.as_bytes() == name)
    };
    let mut outputs = blocks.iter().filter(|block| block.kind == Output).peekable();
    outputs.peek()?;
    let common = outputs.all(is_common);
    let rest = remove(text, &blocks, None).out;
    let rest = rest.trim_ascii();
    (rest.is_empty() || is_acknowledgement(rest)).then_some(common)
}

/// The human's message that a block at the end of a tool's result quotes, or holds.
pub(crate) fn queued_last(text: &[u8]) -> Option<&[u8]> {
    let text = text.trim_ascii_end();
    if !text.ends_with(b">") {
        return None;
    }
    let blocks = sweep(text, None, |kind| matches!(kind, Injected | Generic | Human | Task));
    let mut end = text.len();
    for block in blocks.iter().rev() {
        let between = text.get(block.end..end)?;
        if !between.trim_ascii().is_empty() {
            return None;
        }
        let inside = block.inside(text);
        let holds = || {
            let name = tag::read(text, block.start)?.name;
            let told = TOLD_NAMES.iter().any(|part| memmem::find(name, part.as_bytes()).is_some());
            (told && stands_alone(text, block)).then_some((0, inside.len()))
        };
        let range = match block.kind {
            Human | Task => holds(),
            kind => quoted_by(kind, inside),
        };
        let words = range.and_then(|(from, to)| inside.get(from..to)).map(<[u8]>::trim_ascii);
        if let Some(words) = words.filter(|words| !words.is_empty()) {
            return Some(words);
        }
        end = block.start;
    }
    None
}

/// The human's message that a program's block quotes, or holds. A common name is the user's own, unless a sentence of the table
/// begins the block.
fn quoted_by(kind: TagKind, inside: &[u8]) -> Option<(usize, usize)> {
    match kind {
        Injected => queued(inside).or_else(|| whole_wrapper(inside)),
        Generic => queued(inside).filter(|_| any_matches(QUEUED_HEADS, first_line(inside).0)),
        _ => None,
    }
}

/// True if a text with this first byte may begin with a block.
pub(crate) fn may_open(first: u8) -> bool {
    matches!(first, b'<' | b'#')
}

#[cfg(test)]
#[path = "../../../tests/unit/ask/block.rs"]
mod tests;
