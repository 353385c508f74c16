//! Finds the human's words behind addresses: the names of those that a chat's message is for, and a mail's head.

use super::harness::MAIL_FIELDS;
use super::section::{Range, blank_line};
use memchr::memchr;

/// The most bytes of a name that a chat's message is for, and of the name of a mail's field.
const MENTION: usize = 80;
const FIELD: usize = 16;

/// The text behind the names of those that a chat's message is for: "<@U012AB3CD> …", "<at>Bot</at> …".
pub(super) fn mention(text: &[u8]) -> Option<Range> {
    let mut from = 0;
    loop {
        let blank = text.get(from..)?.len() - text.get(from..)?.trim_ascii_start().len();
        let rest = text.get(from + blank..)?;
        let end = if rest.starts_with(b"<@") {
            memchr(b'>', rest.get(..rest.len().min(MENTION))?).map(|end| end + 1)
        } else if rest.starts_with(b"<at") {
            let close = memchr::memmem::find(rest.get(..rest.len().min(MENTION))?, b"</at>");
            close.map(|end| end + b"</at>".len())
        } else {
            None
        };
        let Some(end) = end else { break };
        from += blank + end;
    }
    (from > 0 && !text.get(from..)?.trim_ascii().is_empty()).then_some((from, text.len()))
}

/// True if a line begins with the name of a mail's field and a colon.
fn mail_field(line: &[u8]) -> bool {
    memchr(b':', line.get(..line.len().min(FIELD)).unwrap_or_default()).is_some_and(|colon| {
        let name = line.get(..colon).unwrap_or_default();
        let name = name.trim_ascii_start();
        MAIL_FIELDS.iter().any(|field| field.as_bytes().eq_ignore_ascii_case(name)) || name.starts_with(b"X-")
    })
}

/// True if a text begins with two fields of a mail. Most texts have no colon so near to their beginning.
pub(super) fn opens_mail(text: &[u8]) -> bool {
    mail_field(text) && memchr(b'\n', text).and_then(|end| text.get(end + 1..)).is_some_and(mail_field)
}

/// The words of a mail: without its head, and without the signature below "-- ".
pub(super) fn mail(text: &[u8]) -> Option<Range> {
    let start = text.len() - text.trim_ascii_start().len();
    if !opens_mail(text.get(start..)?) {
        return None;
    }
    let from = start + blank_line(text.get(start..)?)?;
    let rest = text.get(from..)?;
    let sign = [&b"\n-- \n"[..], b"\n--\n"].iter().filter_map(|sign| memchr::memmem::rfind(rest, sign)).max();
    let to = sign.filter(|at| rest.get(..*at).is_some_and(|words| !words.trim_ascii().is_empty()));
    (!rest.trim_ascii().is_empty()).then_some((from, to.map_or(text.len(), |at| from + at)))
}
