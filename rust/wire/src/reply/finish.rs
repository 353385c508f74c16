//! The word of chat completions for an end, in a reply that has none: clients wait for one.

use rheostat::run::Ending;

/// The word for an end. A reply that broke off has reached a limit.
pub(crate) fn word(ending: Option<Ending>) -> &'static str {
    match ending {
        Some(Ending::Complete | Ending::Unknown) => "stop",
        Some(Ending::ToolCalls) => "tool_calls",
        Some(Ending::Refused) => "content_filter",
        Some(Ending::Cut | Ending::Cancelled) | None => "length",
    }
}

/// A chat completion in which a finish reason that says nothing, null or an empty text, is the word. Within a text, its quotes would be
/// escaped.
pub(super) fn finished(reply: &[u8], word: &str) -> Vec<u8> {
    const NAME: &[u8] = b"\"finish_reason\"";
    const NOTHING: [&[u8]; 4] = [b"null", b"\"\"", b"false", b"true"];
    let (mut out, mut rest) = (Vec::with_capacity(reply.len() + 16), reply);
    while let Some(at) = rest.windows(NAME.len()).position(|window| window == NAME) {
        let (before, after) = rest.split_at(at + NAME.len());
        out.extend_from_slice(before);
        let value = after.iter().position(|byte| !matches!(byte, b':' | b' ' | b'\n' | b'\r' | b'\t'));
        let (sign, value) = after.split_at(value.unwrap_or(after.len()));
        out.extend_from_slice(sign);
        let digits = value.iter().take_while(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-')).count();
        let number = value.get(digits..).filter(|_| digits > 0);
        rest = NOTHING.iter().find_map(|nothing| value.strip_prefix(*nothing)).or(number).map_or(
            value,
            |value| {
                out.extend_from_slice(&[b"\"", word.as_bytes(), b"\""].concat());
                value
            },
        );
    }
    out.extend_from_slice(rest);
    out
}
