//! Finds the human's words among marked sections, in templates and in envelopes, which have no tags.
//!
//! ```text
//! lead       "System: [10:00] Model switched."                   what stands behind it
//! mention    "<@U012AB3CD> …"                                    what stands behind it
//! mail       "From: … Subject: …", an empty line, "-- "           what stands between
//! envelope   "[Discord #general 10:00] bob: …"                  what stands behind it
//! template   "Context information is below. … Query: … Answer:"  the question
//! heading    "## My request for Codex:"                          what stands below it
//! section    "--- Content from … ---" to "--- End of … ---"      is no word
//! tail       "# *SEARCH/REPLACE block* Rules:"                   nor is what stands below it
//! ```

use super::address::{mail, mention, opens_mail};
use super::harness::{
    ANSWER_LABELS, CHANNELS, FENCED_HEADS, LEADS, LINE_SECTIONS, LineSection, QUESTION_ENDS, QUESTION_LABELS,
    SECTIONS, TEMPLATES, WORD_HEADS, WORD_TAILS,
};
use super::literals::Literals;
use super::pattern::{Head, any_matches, matches, small_head};
use memchr::{memchr, memchr_iter, memchr2_iter, memrchr};
use std::sync::LazyLock;

/// The most bytes of an envelope's bracket, and of the sender's name behind it.
const ENVELOPE: (usize, usize) = (160, 40);
/// The most bytes of a line that is compared.
const LINE: usize = 160;

pub(super) type Range = (usize, usize);

/// The beginnings of a line that may begin a section or a tail.
const LINE_STARTS: [&[u8]; 7] = [b"#", b"--", b"<!--", b"(sent", b"Sent", b"Called the ", b"Reading MCP "];
/// The mark of a line above a fenced block of a program's data.
const UNTRUSTED: &[u8] = b"(untrusted";

/// Lines and brackets that are looked at one by one, and the most bytes for each of them, on average, of a text whose rest is searched for
/// all beginnings at once. In code a look at each costs four times as much as that search, in prose less.
const LOOKS: (usize, usize) = (32, 128);

/// [`LINE_STARTS`], each behind a line feed, and [`UNTRUSTED`].
static BORDERS: LazyLock<Literals> = LazyLock::new(|| {
    let starts = LINE_STARTS.iter().map(|start| [b"\n", *start].concat()).chain([UNTRUSTED.to_vec()]);
    let starts: Vec<String> = starts.map(|start| String::from_utf8_lossy(&start).into_owned()).collect();
    Literals::new(starts.iter().map(String::as_str))
});

/// True if a text has a line that may begin a section or a tail, or one above a program's data. One pass.
fn has_borders(text: &[u8]) -> bool {
    for (looks, at) in memchr2_iter(b'\n', b'(', text).enumerate() {
        let rest = text.get(at..).unwrap_or_default();
        if looks == LOOKS.0 && at < looks * LOOKS.1 {
            return BORDERS.is_in(rest);
        }
        let (found, rest) = rest.split_first().unwrap_or((&0, &[]));
        let begins = match found {
            b'\n' => LINE_STARTS.iter().any(|start| rest.starts_with(start)),
            _ => rest.starts_with(UNTRUSTED.split_at(1).1),
        };
        if begins {
            return true;
        }
    }
    false
}

/// Bytes at the beginning of a text in which a program's first line is looked for.
const LEAD: usize = 80;
/// The word of such a line.
const HOOK: &[u8] = b" hook ";

/// True if a text has the word. Few texts have its last letter.
fn has_hook(text: &[u8]) -> bool {
    memchr_iter(b'k', text).any(|at| at >= 4 && text.get(at - 4..).is_some_and(|rest| rest.starts_with(HOOK)))
}

/// True if a text may have sections, a template or an envelope.
pub(crate) fn may_hold(text: &[u8]) -> bool {
    let start = text.trim_ascii_start();
    let lead = start.get(..start.len().min(LEAD)).unwrap_or_default();
    start.first().is_some_and(|first| BEGINS[usize::from(first.to_ascii_lowercase())]) && begins(start)
        || has_hook(lead)
        || has_borders(text)
        || answer_label(text).is_some()
        || opens_mail(start)
}

/// True if a text begins as sections, templates and envelopes do.
fn begins(text: &[u8]) -> bool {
    if matches!(text.first(), Some(b'[' | b'#' | b'-' | b'=' | b'*' | b'<' | b'`')) {
        return true;
    }
    let start = small_head(text);
    let known = HEADS.get(usize::from(start.to_le_bytes()[0])).map(Vec::as_slice).unwrap_or_default();
    known.iter().any(|(head, whole)| head.may_begin(start) && starts(text, whole))
}

/// The words with which they begin, by their first byte.
static HEADS: LazyLock<Vec<Vec<(Head, &'static str)>>> = LazyLock::new(|| {
    let mut table: Vec<Vec<_>> = (0..=u8::MAX).map(|_| Vec::new()).collect();
    for head in heads() {
        let small = head.to_ascii_lowercase();
        if let Some(place) = small.bytes().next().and_then(|first| table.get_mut(usize::from(first))) {
            place.push((Head::of(small.as_bytes()), head));
        }
    }
    table
});

/// The words with which they begin.
fn heads() -> impl Iterator<Item = &'static str> {
    let fenced = FENCED_HEADS.iter().map(|(head, _)| head.trim_end_matches('*'));
    let fenced = fenced.filter(|head| !head.starts_with('*'));
    TEMPLATES.iter().map(|(head, ..)| *head).chain(fenced).chain(["system"])
}

/// The bytes with which they begin, in small letters: most texts begin with another.
static BEGINS: LazyLock<[bool; 256]> = LazyLock::new(|| {
    let mut begins = [false; 256];
    let firsts = heads().filter_map(|head| head.bytes().next()).chain(*b"[#-=*<`");
    firsts.for_each(|first| begins[usize::from(first)] = true);
    begins
});

#[inline]
fn starts(text: &[u8], head: &str) -> bool {
    // Most texts differ in the first letter.
    let first = |text: &[u8]| text.first().map(u8::to_ascii_lowercase);
    first(text) == first(head.as_bytes())
        && text.get(..head.len()).is_some_and(|text| text.eq_ignore_ascii_case(head.as_bytes()))
}

/// The ranges of the text that are left without what programs add; None if that is all of it, or nothing.
pub(crate) fn carve(text: &[u8]) -> Option<Vec<Range>> {
    if !may_hold(text) {
        return None;
    }
    let (mut from, mut to) = (0, text.len());
    for step in [leads, mention, mail, envelope, template, heading] {
        if let Some(inner) = text.get(from..to).and_then(step) {
            (from, to) = (from + inner.0, from + inner.1);
        }
    }
    let left = sections(text, from, to);
    let words =
        left.iter().any(|&(from, to)| text.get(from..to).is_some_and(|part| !part.trim_ascii().is_empty()));
    (words && left != [(0, text.len())]).then_some(left)
}

/// The text behind the paragraphs that programs put first.
fn leads(text: &[u8]) -> Option<Range> {
    let mut from = 0;
    loop {
        let rest = text.get(from..)?;
        let start = from + rest.len() - rest.trim_ascii_start().len();
        let rest = text.get(start..)?;
        let end = memchr(b'\n', rest).unwrap_or(rest.len());
        let line = rest.get(..end)?.trim_ascii();
        if line.len() > 2 * LINE || !any_matches(LEADS, line) {
            break;
        }
        let mut at = start + end;
        if let Some(behind) = line.ends_with(b"]").then(|| closed(rest, line)).flatten() {
            at = start + behind;
        } else if !line.ends_with(b"]") {
            at += blank_line(text.get(at..)?)?;
        }
        from = at;
    }
    (from > 0 && !text.get(from..)?.trim_ascii().is_empty()).then_some((from, text.len()))
}

/// The text behind the line that closes a bracket: "[/Replying]" behind "[Replying to Bob]".
fn closed(text: &[u8], line: &[u8]) -> Option<usize> {
    let name = line.strip_prefix(b"[")?.split(|b| !b.is_ascii_alphanumeric()).next()?;
    let mark = [b"\n[/", name, b"]"].concat();
    Some(memchr::memmem::find(text, &mark)? + mark.len()).filter(|_| !name.is_empty())
}

/// The position of the first empty line.
pub(super) fn blank_line(text: &[u8]) -> Option<usize> {
    memchr::memchr_iter(b'\n', text).find(|at| {
        let rest = text.get(at + 1..).unwrap_or_default();
        rest.get(..memchr(b'\n', rest).unwrap_or(0)).is_some_and(|line| line.trim_ascii().is_empty())
            && rest.contains(&b'\n')
    })
}

/// The text behind "[Discord #general 2026-11-28 10:00 UTC] bob: ".
fn envelope(text: &[u8]) -> Option<Range> {
    let start = text.len() - text.trim_ascii_start().len();
    let rest = text.get(start..)?.strip_prefix(b"[")?;
    let end = memchr(b']', rest.get(..rest.len().min(ENVELOPE.0))?)?;
    let inside = rest.get(..end)?.to_ascii_lowercase();
    let channel = CHANNELS.iter().any(|channel| {
        inside
            .strip_prefix(channel.as_bytes())
            .is_some_and(|rest| rest.first().is_none_or(|b| !b.is_ascii_alphanumeric()))
    });
    let dated = inside.iter().filter(|b| b.is_ascii_digit()).count() >= 4;
    if !(channel && dated) {
        return None;
    }
    let mut from = start + 1 + end + 1;
    let behind = text.get(from..)?;
    let head = behind.get(..behind.len().min(ENVELOPE.1)).unwrap_or(behind);
    if let Some(colon) = memchr(b':', head)
        && behind.get(colon + 1) == Some(&b' ')
        && !head.get(..colon).unwrap_or_default().contains(&b'\n')
    {
        from += colon + 2;
    }
    Some((from, text.len()))
}

/// The last line of a template, if it is a label for the answer.
fn answer_label(text: &[u8]) -> Option<usize> {
    let text = text.trim_ascii_end();
    if !(text.ends_with(b":") || text.ends_with("：".as_bytes())) {
        return None;
    }
    let line = memrchr(b'\n', text)? + 1;
    let label = text.get(line..)?.trim_ascii();
    ANSWER_LABELS.iter().any(|known| label.eq_ignore_ascii_case(known.as_bytes())).then_some(line)
}

/// The human's words in a template of a program.
fn template(text: &[u8]) -> Option<Range> {
    let start = text.trim_ascii_start();
    for (head, behind, until, _) in TEMPLATES {
        if !starts(start, head) {
            continue;
        }
        let lower = text.to_ascii_lowercase();
        let from = memchr::memmem::rfind(&lower, behind.as_bytes())? + behind.len();
        let end = memchr::memmem::find(lower.get(from..)?, until.as_bytes()).filter(|_| !until.is_empty());
        return Some((from, end.map_or(text.len(), |end| from + end)));
    }
    let end = answer_label(text)?;
    let mut question = None;
    let mut at = 0;
    for line in text.get(..end)?.split_inclusive(|b| *b == b'\n') {
        let label = |known: &&&str| starts(line.trim_ascii_start(), known);
        if let Some(known) = QUESTION_LABELS.iter().find(label) {
            let blank = line.len() - line.trim_ascii_start().len();
            question = Some((at + blank + known.len(), end));
        } else if let Some((from, to)) = question
            && to == end
            && QUESTION_ENDS.iter().any(|known| starts(line.trim_ascii_start(), known))
        {
            question = Some((from, at));
        }
        at += line.len();
    }
    question.filter(|&(from, to)| text.get(from..to).is_some_and(|words| !words.trim_ascii().is_empty()))
}

/// A line without its marks.
fn unmarked(line: &[u8]) -> &[u8] {
    let is_mark = |b: &u8| matches!(b, b'#' | b'-' | b'=' | b'*' | b' ' | b'\r' | b'\n' | b'\t');
    let start = line.iter().position(|b| !is_mark(b)).unwrap_or(line.len());
    let end = line.iter().rposition(|b| !is_mark(b)).map_or(start, |at| at + 1);
    line.get(start..end).unwrap_or_default()
}

/// True if a line may be a heading, or the border of a section.
fn is_marked(line: &[u8]) -> bool {
    line.len() <= LINE
        && (line.starts_with(b"#")
            || line.starts_with(b"--")
            || line.starts_with(b"==")
            || line.starts_with(b"***")
            || line.starts_with(b"<!--"))
}

/// The text below a heading that names the human's words.
fn heading(text: &[u8]) -> Option<Range> {
    let mut at = 0;
    let mut words = None;
    for line in text.split_inclusive(|b| *b == b'\n') {
        at += line.len();
        if is_marked(line) {
            let name = unmarked(line);
            let row = WORD_HEADS.iter().find(|(pattern, ..)| matches(pattern.as_bytes(), name));
            words = row.map(|(_, until, _)| (at, *until)).or(words);
        }
    }
    let (from, until) = words?;
    let to = find_lower(text, from, until).unwrap_or(text.len());
    (!text.get(from..to)?.trim_ascii().is_empty()).then_some((from, to))
}

/// The position from `from` on of a text in lower case that is not empty.
fn find_lower(text: &[u8], from: usize, wanted: &str) -> Option<usize> {
    let lower = text.get(from..)?.to_ascii_lowercase();
    memchr::memmem::find(&lower, wanted.as_bytes()).filter(|_| !wanted.is_empty()).map(|at| from + at)
}

/// The text between `from` and `to` without the sections and the tail of programs.
fn sections(text: &[u8], from: usize, to: usize) -> Vec<Range> {
    let (mut left, mut kept, mut at) = (Vec::new(), from, from);
    while at < to {
        let rest = text.get(at..to).unwrap_or_default();
        let length = memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
        let line = rest.get(..length).unwrap_or_default();
        let next = at + length;
        let trimmed = line.trim_ascii();
        if at > from && trimmed.len() <= LINE && any_matches(WORD_TAILS, trimmed) {
            left.push((kept, at));
            return left;
        }
        let end = section_end(text.get(..to).unwrap_or_default(), line, next);
        if let Some(end) = end {
            left.push((kept, at));
            (kept, at) = (end, end);
        } else {
            at = next;
        }
    }
    left.push((kept, to));
    left.retain(|(from, to)| from < to);
    left
}

/// The end of the section that a line begins, if it begins one.
fn section_end(text: &[u8], line: &[u8], next: usize) -> Option<usize> {
    let behind_line = |at: usize| {
        let rest = text.get(at..).unwrap_or_default();
        at + memchr(b'\n', rest).map_or(rest.len(), |end| end + 1)
    };
    let head = line.trim_ascii();
    if let Some(name) = head.strip_prefix(b"```") {
        // "```src/a.py (1-3)": an editor shows lines of a file.
        let close = is_place(name).then(|| memchr::memmem::find(text.get(next..)?, b"\n```")).flatten();
        return close.map(|close| behind_line(next + close + 1));
    }
    if head.len() <= LINE && any_matches(FENCED_HEADS, head) {
        let rest = text.get(next..)?;
        let open = rest.len() - rest.trim_ascii_start().len();
        rest.get(open..)?.strip_prefix(b"```")?;
        let from = next + open + 3;
        let close = memchr::memmem::find(text.get(from..)?, b"\n```")?;
        return Some(behind_line(from + close + 1));
    }
    let begins = |(pattern, ..): &&LineSection| matches(pattern.as_bytes(), line.trim_ascii());
    if let Some((_, ends, _)) = LINE_SECTIONS.iter().find(begins) {
        let rest = text.get(next..)?;
        if !rest.trim_ascii_start().starts_with(b"<") {
            return Some(next);
        }
        let end = ends.iter().filter_map(|end| memchr::memmem::find(rest, end.as_bytes())).min();
        return Some(end.map_or(next, |end| behind_line(next + end)));
    }
    if !is_marked(line) {
        return None;
    }
    let name = unmarked(line).to_ascii_lowercase();
    let own = name.strip_suffix(b" begin").or_else(|| name.strip_suffix(b" start"));
    if let Some(name) = own.filter(|_| line.starts_with(b"--") || line.starts_with(b"==")) {
        let end = [name, b" end"].concat();
        let lower = text.get(next..)?.to_ascii_lowercase();
        return memchr::memmem::find(&lower, &end).map(|at| behind_line(next + at));
    }
    let row = SECTIONS.iter().find(|(pattern, ..)| {
        !line.starts_with(b"#")
            && matches(pattern.as_bytes(), if line.starts_with(b"<") { line.trim_ascii() } else { &name })
    });
    let (_, until, _) = row?;
    find_lower(text, next, until.trim_end_matches('*')).map(behind_line)
}

/// True for a file with its lines: "src/a.py (1-3)", "/app/a.ts:1-3".
fn is_place(name: &[u8]) -> bool {
    let digits = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    let lines = |text: &[u8]| {
        let mut ends = text.splitn(2, |b| *b == b'-');
        ends.next().is_some_and(digits) && ends.next().is_some_and(digits)
    };
    let name = name.trim_ascii();
    let bracket = name.strip_suffix(b")").and_then(|rest| Some((memrchr(b'(', rest)?, rest)));
    let (at, rest) = match bracket {
        Some(found) => found,
        None => match memrchr(b':', name) {
            Some(at) => (at, name),
            None => return false,
        },
    };
    let path = rest.get(..at).unwrap_or_default();
    path.contains(&b'.') && lines(rest.get(at + 1..).unwrap_or_default())
}

#[cfg(test)]
#[path = "../../tests/unit/ask/section.rs"]
mod tests;
