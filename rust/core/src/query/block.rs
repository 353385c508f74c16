//! Finds blocks in a human's message that the human did not write: reminders of a harness, and documents.
//!
//! Harnesses of agents put more into "user" messages than the user's words: reminders, the state of an editor, the rules of a
//! repository. If they were scored, all requests would look alike. Blocks are found by tag in one sweep over the window, in linear
//! time.

use memchr::{memchr, memchr_iter, memchr2};
use std::borrow::Cow;

/// The content of a tag.
#[derive(Clone, Copy, PartialEq, Eq)]
enum BlockKind {
    /// Added by a program: never the human's words.
    Injected,
    /// Added by the human as material to read: words only if there are no others.
    Document,
}

use BlockKind::{Document, Injected};

/// Known tags: of Claude Code, Codex, Cline, Cursor, Copilot and Gemini CLI, and common ones for documents. Tags around the
/// human's own words (`<user_query>`, `<userRequest>`, `<task>`, `<command-args>`) are left out.
macro_rules! tags {
    ($($kind:ident: $($name:literal)+;)+) => {
        /// The tag's number and kind.
        fn tag(name: &[u8]) -> Option<(usize, BlockKind)> {
            const NAMES: &[&[u8]] = &[$($($name),+),+];
            let kind = match name {
                $($($name)|+ => $kind,)+
                _ => return None,
            };
            NAMES.iter().position(|n| *n == name).map(|i| (i, kind))
        }
        const TAGS: usize = [$($($name as &[u8]),+),+].len();
    };
}

tags! {
    Injected:
        b"system-reminder" b"system_reminder" b"system-notification" b"local-command-caveat" b"local-command-stdout"
        b"local-command-stderr" b"command-name" b"command-message" b"bash-input" b"bash-stdout" b"bash-stderr"
        b"user-prompt-submit-hook" b"ide_selection" b"ide_opened_file" b"new-diagnostics" b"task-notification"
        b"persisted-output" b"environment_context" b"environment_details" b"environment_info" b"user_instructions"
        b"INSTRUCTIONS" b"turn_aborted" b"permissions" b"collaboration_mode" b"skills_instructions"
        b"apps_instructions" b"plugins_instructions" b"skill" b"user_shell_command" b"subagent_notification"
        b"additional_data" b"user_info" b"project_layout" b"git_status" b"workspace_info"
        b"open_and_recently_viewed_files" b"agent_skills" b"always_applied_workspace_rules" b"rules"
        b"reminderInstructions" b"editorContext" b"reminder" b"session_context";
    Document:
        b"document" b"documents" b"document_content" b"document_contents" b"context" b"file" b"files"
        b"file_content" b"file_contents" b"attached_files" b"attachment" b"attachments" b"search_result"
        b"search_results" b"retrieved_context" b"transcript" b"quote" b"blockquote";
}

/// A tag in a text.
struct Found {
    start: usize,
    end: usize,
    tag: usize,
    kind: BlockKind,
    closes: bool,
}

/// The most bytes of a tag with its attributes.
const LONGEST: usize = 256;

/// The known tag that begins with the `<` at `start`.
fn read(text: &[u8], start: usize) -> Option<Found> {
    let rest = text.get(start + 1..text.len().min(start + LONGEST))?;
    let (closes, rest) = rest.strip_prefix(b"/").map_or((false, rest), |rest| (true, rest));
    let is_name = |b: &u8| b.is_ascii_alphabetic() || matches!(b, b'-' | b'_');
    let length = rest.iter().position(|b| !is_name(b))?;
    let (name, after) = rest.split_at_checked(length)?;
    let (tag, kind) = tag(name)?;
    let end = match after {
        [b'>', ..] => 0,
        [b' ' | b'\t' | b'\n' | b'\r', ..] => memchr(b'>', after)?,
        _ => return None,
    };
    if end > 0 && after.get(end - 1) == Some(&b'/') {
        return None;
    }
    let end = start + 1 + usize::from(closes) + length + end + 1;
    Some(Found { start, end, tag, kind, closes })
}

/// An ask without its blocks.
pub(super) struct Words<'a> {
    /// The human's words, trimmed if a block was removed.
    pub(super) text: Cow<'a, [u8]>,
    /// Bytes that were removed from the window, with the white space around blocks.
    pub(super) removed: u64,
    /// True if a block reaches into the part between head and tail.
    pub(super) gap: bool,
    /// True if a block of a program says that work is being planned, not done.
    pub(super) planning: bool,
}

/// True if a text may contain blocks or quoted lines.
pub(super) fn may_hold(text: &[u8]) -> bool {
    memchr2(b'<', b'>', text).is_some()
}

/// Removes the blocks from `text`, whose head and tail are joined at `seam`. If no words remain, documents and quoted lines count
/// as words.
pub(super) fn strip(text: Cow<'_, [u8]>, seam: Option<usize>) -> Words<'_> {
    if !may_hold(&text) {
        return Words { text, removed: 0, gap: false, planning: false };
    }
    let mut kept = Remainder::sweep(&text, seam, true);
    if kept.out.trim_ascii().is_empty() {
        kept = Remainder::sweep(&text, seam, false);
    }
    let words = kept.out.trim_ascii();
    if kept.out.len() == text.len() {
        return Words { text, removed: 0, gap: false, planning: false };
    }
    let removed = (text.len() - words.len()) as u64;
    Words { text: Cow::Owned(words.to_vec()), removed, gap: kept.gap, planning: kept.planning }
}

/// A text while its blocks are removed.
struct Remainder<'t> {
    text: &'t [u8],
    out: Vec<u8>,
    /// Position in `text` up to which it has been copied or removed.
    from: usize,
    gap: bool,
    planning: bool,
}

impl<'t> Remainder<'t> {
    fn sweep(text: &'t [u8], seam: Option<usize>, documents: bool) -> Self {
        let tags = || {
            let known = memchr_iter(b'<', text).filter_map(|at| read(text, at));
            known.filter(|found| documents || found.kind == Injected)
        };
        let mut last_close = [0; TAGS];
        for found in tags().filter(|found| found.closes) {
            if let Some(last) = last_close.get_mut(found.tag) {
                *last = found.start;
            }
        }
        let mut kept =
            Self { text, out: Vec::with_capacity(text.len()), from: 0, gap: false, planning: false };
        let mut open: Option<Found> = None;
        for found in tags() {
            match &open {
                // Inside a block, only its own closing tag counts.
                Some(block) if found.closes && found.tag == block.tag => {
                    kept.remove(block, found.end, seam);
                    open = None;
                }
                Some(_) => {}
                None if !found.closes => {
                    if last_close.get(found.tag).is_some_and(|last| *last > found.start) {
                        open = Some(found);
                    } else if let Some(seam) =
                        seam.filter(|seam| found.start < *seam && kept.from <= found.start)
                    {
                        // It closes in the part between head and tail, which is not read.
                        kept.remove(&found, seam + 1, Some(seam));
                    }
                }
                // It opened in the part between head and tail.
                None => {
                    if let Some(seam) = seam.filter(|seam| kept.from <= *seam && found.start > *seam) {
                        kept.remove(&Found { start: seam, ..found }, found.end, Some(seam));
                    }
                }
            }
        }
        kept.keep_to(text.len());
        if documents {
            kept.drop_quoted_lines();
        }
        kept
    }

    fn keep_to(&mut self, end: usize) {
        self.out.extend_from_slice(self.text.get(self.from..end).unwrap_or_default());
        self.from = end.max(self.from);
    }

    fn remove(&mut self, block: &Found, end: usize, seam: Option<usize>) {
        self.keep_to(block.start);
        let inside = self.text.get(block.end..end.min(block.end.saturating_add(LONGEST))).unwrap_or_default();
        self.planning |= block.kind == Injected && says_planning(inside);
        // Codex writes this line above the rules of a repository.
        let before = self.out.trim_ascii_end();
        let line = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
        if before.get(line..).is_some_and(|line| line.starts_with(b"# AGENTS.md")) {
            self.out.truncate(line);
        }
        if seam.is_some_and(|seam| (block.start..end).contains(&seam)) {
            self.gap = true;
            // Words on both sides of the seam stay apart.
            self.out.push(b'\n');
        }
        self.from = end;
    }

    /// Removes quoted lines ("> …"), as in mail and forums. Python's prompt (`>>>`) is none.
    fn drop_quoted_lines(&mut self) {
        let is_quote = |line: &[u8]| line.starts_with(b"> ") || line.trim_ascii_end() == b">";
        if !self.out.split(|b| *b == b'\n').any(is_quote) {
            return;
        }
        let lines = self.out.split_inclusive(|b| *b == b'\n').filter(|line| !is_quote(line));
        self.out = lines.flatten().copied().collect();
    }
}

/// True if a harness says so: Claude Code ("Plan mode is active"), Copilot and others ("You are in plan mode").
fn says_planning(block: &[u8]) -> bool {
    let says = |words: &[u8]| memchr::memmem::find(block, words).is_some();
    says(b"lan mode is active") || says(b" in plan mode") || says(b" in Plan mode")
}

/// True if a text with this first byte may begin with a block.
pub(super) fn may_open(first: u8) -> bool {
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
            ("<user_query>Prove it.</user_query>", "<user_query>Prove it.</user_query>"),
            ("<permissions instructions>no</permissions instructions>Go", "Go"),
            ("> quoted\n> more\nIs that so?", "Is that so?"),
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
            "<b>bold</b>",
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
                if let Some(at) = rest.find(&close).filter(|_| known && rest.starts_with(&open)) {
                    rest = &rest[at + close.len()..];
                    continue 'next;
                }
            }
            out.push(first);
            rest = &rest[first.len_utf8()..];
        }
        if documents {
            let quotes = |line: &&str| !line.starts_with("> ") && line.trim_ascii_end() != ">";
            out = out.split_inclusive('\n').filter(quotes).collect();
        }
        out
    }

    proptest::proptest! {
        #[test]
        fn blocks_are_cut_out_as_the_naive_way_does(pieces in proptest::collection::vec(proptest::sample::select(vec![
            "<system-reminder>", "</system-reminder>", "<document>", "</document>", "<file>", "</file>", "<rules>", "</rules>",
            "word", " ", "\n", "\n> q\n", ">", "<", "<b>", "é",
        ]), 0..14)) {
            let text = pieces.concat();
            let mut left = naive(&text, true);
            if left.trim_ascii().is_empty() {
                left = naive(&text, false);
            }
            let left = if left == text { &left } else { left.trim_ascii() };
            proptest::prop_assert_eq!(words(&text), (left.to_owned(), (text.len() - left.len()) as u64));
        }
    }
}
