//! Recognises by its shape what programs print, where no row of the tables has its first line.
//!
//! ```text
//! shell       "$ ls", ">>> f(3)", "In [1]: f(3)", "postgres=# …"
//! error       "KeyError: 'k'", "java.lang.NullPointerException", "Fehler: …"
//! place       "src/a.rs:4:5: …", "  at f (a.js:3:9)", "   0: 0x55 - main", "File \"a.py\", line 3"
//! log         "2026-11-30 10:00:01 ERROR …", "[10:00:01] …", "ERROR 1064 (42000): …"
//! table       "+----+", "| a | b |", a rule, a difference of files
//! ```

use super::asking::{ends_as_program, is_prose};
use super::harness::{ERROR_NAMES, RESULT_NAMES};
use memchr::{memchr, memchr2_iter, memchr3};

/// The most bytes of a line that names what stands below it.
const NAMING: usize = 120;
/// The fewest characters of a rule: "=====".
const RULE: usize = 10;
/// The fewest lines of output, and the least share of them, in percent, that is no prose.
const LINES: (usize, usize) = (3, 60);
/// The most bytes of a prompt: "root@host:~#".
const PROMPT: usize = 40;
/// Ends of the names of exceptions.
const EXCEPTIONS: [&[u8]; 4] = [b"Error", b"Exception", b"Warning", b"Fault"];
/// Names of the levels of a log.
const LEVELS: [&[u8]; 9] =
    [b"ERROR", b"WARN", b"WARNING", b"INFO", b"DEBUG", b"TRACE", b"FATAL", b"CRITICAL", b"SEVERE"];

/// The fewest bytes of a level.
const SHORTEST_LEVEL: usize = 4;

/// True if a text looks like the output of a program: its first line does, or names a result; it is all in a fence; most of its
/// lines are no prose; or it ends as programs do.
pub(super) fn looks_printed(text: &[u8], line: &[u8]) -> bool {
    begins_printed(text, line) || names_result(line) || ends_as_program(text) || is_data(text)
}

/// True if the first line of a text is one that programs print, or the text is all in a fence.
pub(super) fn begins_printed(text: &[u8], line: &[u8]) -> bool {
    let starts = |known: &[&[u8]]| known.iter().any(|known| text.starts_with(known));
    let Some(first) = line.first() else { return false };
    let printed = match first {
        b'`' => return is_fenced(text),
        b'$' | b'#' | b'>' | b'-' | b'@' => {
            starts(&[b"$ ", b"# ls", b">>> ", b"--- a/", b"@@ -", b"#0 "]) || is_rule(line)
        }
        b'=' | b'*' | b'_' => is_rule(line),
        b'|' => line.ends_with(b"|"),
        b'+' => line.len() >= 3 && line.iter().all(|b| matches!(b, b'+' | b'-' | b'=')),
        b'0'..=b'9' | b'[' => is_timed(line) || is_frame(line),
        _ => {
            starts(&[b"diff --git ", b"PS C:\\", b"File \"", "│".as_bytes(), "┌".as_bytes(), "╔".as_bytes()])
                || is_frame(line)
        }
    };
    // Behind a word of letters and a space begins no prompt and no place.
    let end = line.iter().position(|b| !b.is_ascii_alphabetic());
    let spaced = end.is_some_and(|end| end > 2 && line.get(end) == Some(&b' '));
    printed || !spaced && (is_prompt(line) || is_place(line)) || names_error(line)
}

/// True for "==========" and "=== OUTPUT ===".
fn is_rule(line: &[u8]) -> bool {
    let ruled = |end: &[u8]| matches!(end, [a @ (b'=' | b'-' | b'*'), b, c] if a == b && b == c);
    if line.len() > 6 && line.first_chunk::<3>().is_some_and(|end| ruled(end)) {
        return line.last_chunk::<3>().is_some_and(|end| ruled(end));
    }
    line.len() >= RULE && line.iter().take(RULE).all(|b| matches!(b, b'=' | b'-' | b'*' | b'#' | b'_'))
}

/// True if a text is one fence and nothing else.
fn is_fenced(text: &[u8]) -> bool {
    let inside = text.strip_prefix(b"```").and_then(|rest| rest.strip_suffix(b"```"));
    inside.is_some_and(|inside| inside.contains(&b'\n') && memchr::memmem::find(inside, b"```").is_none())
}

/// True if a line begins with the prompt of a shell, of a database or of a notebook: a word without spaces, its mark, a command.
fn is_prompt(line: &[u8]) -> bool {
    let head = line.get(..line.len().min(PROMPT)).unwrap_or_default();
    if matches!(head, [b'I', b'n', b' ', b'[', ..] | [b'O', b'u', b't', b'[', ..]) {
        return memchr::memmem::find(head, b"]: ").is_some();
    }
    let word = memchr(b' ', head).map_or(head, |at| head.get(..at).unwrap_or_default());
    let named = || {
        let drive = matches!(word, [_, b':', b'\\', ..]);
        !word.starts_with(b"<") && (drive || word.iter().filter(|b| b.is_ascii_alphanumeric()).count() >= 2)
    };
    match word {
        b"mysql>" | b"sqlite>" | b"irb>" | b"gdb>" | b"ghci>" => true,
        [.., b'=' | b'-', b'#' | b'>'] => named(),
        [before @ .., b'$' | b'#' | b'%' | b'>'] => {
            before.iter().any(|b| matches!(b, b'@' | b':' | b'(' | b'\\')) && named()
        }
        _ => false,
    }
}

/// True for the bytes of a name: a table, because a text without spaces is one name.
const NAME: [bool; 256] = {
    let mut names = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        let b = byte as u8;
        names[byte] = b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'$') || b >= 0x80;
        byte += 1;
    }
    names
};

const WIDE_COLON: &[u8] = "：".as_bytes();

/// True if a line begins with a name of an exception, alone or before a colon, or with a word for an error and a colon.
fn names_error(line: &[u8]) -> bool {
    // Such a name ends at a colon, whose wide form has the byte 0x9A, or with the line.
    let colon = |at: usize| {
        line.get(at) == Some(&b':') || line.get(..=at).is_some_and(|head| head.ends_with(WIDE_COLON))
    };
    if !memchr2_iter(b':', 0x9A, line).any(colon) && !EXCEPTIONS.iter().any(|known| line.ends_with(known)) {
        return false;
    }
    let is_name = |b: &u8| NAME[usize::from(*b)];
    let (mut rest, mut words) = (line, 0);
    while words < 3 && !rest.is_empty() {
        let end = rest.iter().position(|b| !is_name(b)).unwrap_or(rest.len());
        let name = rest.get(..end).unwrap_or_default();
        let wide = if name.is_ascii() { None } else { memchr::memmem::find(name, WIDE_COLON) };
        let end = wide.unwrap_or(end);
        let (word, behind) = rest.split_at(end);
        let ends = behind.is_empty() || behind.starts_with(b":") || behind.starts_with(WIDE_COLON);
        let exception = || {
            EXCEPTIONS
                .iter()
                .filter_map(|known| word.strip_suffix(*known))
                .any(|before| before.first().is_some_and(u8::is_ascii_alphabetic))
        };
        if ends && (exception() || !behind.is_empty() && is_error_name(word)) {
            return true;
        }
        if !behind.starts_with(b" ") {
            return false;
        }
        rest = behind.trim_ascii_start();
        words += 1;
    }
    false
}

/// True for a word for an error, in the languages of the table.
fn is_error_name(word: &[u8]) -> bool {
    let is = |name: &str| word.eq_ignore_ascii_case(name.as_bytes()) || word == name.as_bytes();
    ERROR_NAMES.iter().any(|(_, names)| names.split_ascii_whitespace().any(is))
}

/// True if a line begins with a place in a file: "src/a.rs:4:5: …", "a.c(12): …".
fn is_place(line: &[u8]) -> bool {
    let Some(end) = memchr3(b':', b'(', b' ', line) else { return false };
    let (path, rest) = line.split_at(end);
    if !matches!(rest, [b':' | b'(', b'0'..=b'9', ..]) {
        return false;
    }
    // The path has an extension.
    path.iter().rposition(|b| *b == b'.').is_some_and(|dot| {
        let extension = path.get(dot + 1..).unwrap_or_default();
        dot > 0 && (1..=5).contains(&extension.len()) && extension.iter().all(u8::is_ascii_alphanumeric)
    })
}

/// True if a line is one of a stack: "at f (a.js:3:9)", "0: 0x55 - main".
fn is_frame(line: &[u8]) -> bool {
    if let Some(at) = line.strip_prefix(b"at ") {
        return at.ends_with(b")") && at.contains(&b'(') || at.contains(&b':') && !at.contains(&b' ');
    }
    if let Some(rest) = line.strip_prefix(b"[") {
        // R: "[1] 1 2 3".
        let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
        let behind = rest.get(digits..).unwrap_or_default();
        return digits > 0 && matches!(behind, [b']', b' ', b'0'..=b'9' | b'"' | b'-', ..]);
    }
    let digits = line.iter().take_while(|b| b.is_ascii_digit()).count();
    digits > 0
        && line.get(digits..).is_some_and(|rest| rest.starts_with(b": 0x") || rest.starts_with(b":     0x"))
}

/// True if a line begins with a time, as logs do, or with a level.
pub(super) fn is_timed(line: &[u8]) -> bool {
    let line = line.strip_prefix(b"[").unwrap_or(line);
    let shape = |from: usize, pattern: &[u8]| {
        pattern.iter().enumerate().all(|(i, p)| {
            line.get(from + i).is_some_and(|b| if *p == b'0' { b.is_ascii_digit() } else { b == p })
        })
    };
    shape(0, b"0000-00-00") && (shape(10, b" 00:00") || shape(10, b"T00:00"))
        || shape(0, b"00:00:00") && line.len() > 10
        || shape(0, b"0000/00/00 00:00")
}

/// True if a line begins with a level in capitals and a mark or a number: "ERROR 1064 (42000): …", "[WARN] …".
pub(super) fn begins_with_level(line: &[u8]) -> bool {
    let bracketed = line.starts_with(b"[");
    let bare = line.strip_prefix(b"[").unwrap_or(line);
    let end = bare.iter().position(|b| !b.is_ascii_uppercase()).unwrap_or(bare.len());
    let (word, rest) = bare.split_at(end);
    word.len() >= SHORTEST_LEVEL
        && LEVELS.contains(&word)
        && if bracketed {
            rest.starts_with(b"]")
        } else {
            matches!(rest, [b':' | b'!' | b'[', ..] | [b' ', b'0'..=b'9' | b'[' | b'(' | b'-' | b'@', ..])
        }
}

/// True if a line ends in a colon and names a result, in the languages of the table.
fn names_result(line: &[u8]) -> bool {
    let named = line.strip_suffix(b":").or_else(|| line.strip_suffix("：".as_bytes()));
    named.filter(|head| head.len() <= NAMING).is_some_and(|head| {
        let head = String::from_utf8_lossy(head).to_lowercase();
        RESULT_NAMES.iter().any(|(_, names)| names.split_ascii_whitespace().any(|name| head.contains(name)))
    })
}

/// True if most lines of a text are no prose.
fn is_data(text: &[u8]) -> bool {
    if memchr::memchr_iter(b'\n', text).nth(LINES.0 - 2).is_none() {
        return false;
    }
    let (mut count, mut data) = (0, 0);
    for line in text.split(|b| *b == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty()).take(64) {
        count += 1;
        data += usize::from(line.iter().any(u8::is_ascii_digit) && !is_prose(line));
    }
    count >= LINES.0 && data * 100 >= count * LINES.1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begins(text: &str) -> bool {
        let text = text.trim().as_bytes();
        begins_printed(text, text.split(|b| *b == b'\n').next().unwrap_or_default())
    }

    #[test]
    fn output_is_seen_by_its_shape() {
        for text in [
            "java.lang.NullPointerException: null\n\tat com.a.B.c(B.java:12)",
            "Uncaught TypeError: Cannot read properties of undefined",
            "KeyError",
            "Error: listen EADDRINUSE: address already in use :::3000",
            "Fehler: Datei nicht gefunden",
            "错误：找不到文件",
            "src/main.rs:4:5: unused",
            "at f (a.js:3:9)",
            "0: 0x55 - std::panicking",
            "2026-11-30 10:00:01 ERROR db: connection reset",
            "[10:00:01] job started",
            "+----+----+\n| id | ms |",
            "In [1]: f(3)",
            "postgres=# select 1;",
            "eve@host:~$ ls",
            "C:\\> dir",
            "```\nKeyError: 'k'\n```",
        ] {
            assert!(begins(text), "{text}");
        }
        assert!(
            begins_with_level(b"ERROR 1064 (42000): You have an error") && begins_with_level(b"[WARN] x")
        );
    }

    #[test]
    fn words_are_not() {
        for text in [
            "Error handling in Rust: which way is best?",
            "I get a TypeError when I call f",
            "Is 3:30 before 4?",
            "at noon (or later) call me",
            "2026 was a good year",
            "a -> b: what does it mean?",
            "What does KeyError mean?",
            "Costs $5, or more?",
            "- a list\n- of things",
            "ERROR handling matters",
            "e.g. this: that",
        ] {
            assert!(!begins(text) && !begins_with_level(text.as_bytes()), "{text}");
        }
    }
}
