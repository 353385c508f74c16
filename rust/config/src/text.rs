//! From bytes to a TOML document, within bounds that keep the parser's time and its stack small.

use crate::value::{Node, entries};
use rheostat::{Error, Result};
use toml::de::{DeTable, DeValue};
use toml_parser::Source;
use toml_parser::lexer::TokenKind;

/// Largest file, in bytes: far more than any ladder needs.
pub const MAX_BYTES: usize = 1 << 20;
/// Most tables and arrays within each other, and most parts of a key. A table is freed level by level, on the stack.
const MOST_LEVELS: usize = 64;

/// The text of a file's bytes.
///
/// # Errors
/// [`Error::Malformed`] for more than [`MAX_BYTES`], or for bytes that are not UTF-8.
pub fn decode<'a>(bytes: &'a [u8], source: &str) -> Result<&'a str> {
    bounded(bytes.len(), source)?;
    std::str::from_utf8(bytes).map_err(|error| Error::malformed(source, error.valid_up_to(), "not UTF-8"))
}

fn bounded(bytes: usize, source: &str) -> Result<()> {
    if bytes <= MAX_BYTES {
        return Ok(());
    }
    Err(Error::malformed(source, MAX_BYTES, format!("more than {MAX_BYTES} bytes")))
}

/// The document of a text.
pub(crate) fn parse<'a>(text: &'a str, source: &str) -> Result<DeTable<'a>> {
    bounded(text.len(), source)?;
    let refused = |byte: usize, reason: &str| {
        let before = text.get(..byte).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|&char| char != '\n').count() + 1;
        Error::malformed(source, byte, format!("{reason} (line {line}, column {column})"))
    };
    let too_deep = |byte| {
        let reason =
            format!("arrays, tables or parts of a key within too many others, more than {MOST_LEVELS}");
        Err(refused(byte, &reason))
    };
    if let Some(byte) = deep_text(text) {
        return too_deep(byte);
    }
    let document = DeTable::parse(text).map(toml::Spanned::into_inner);
    let document =
        document.map_err(|error| refused(error.span().map_or(0, |span| span.start), error.message()))?;
    let deep = entries(&document).find_map(|(_, value)| deep_value(value, MOST_LEVELS));
    match deep {
        Some(byte) => too_deep(byte),
        None => Ok(document),
    }
}

/// The byte of a value that is within more than `levels` others. [`deep_text`] counts the parts of a table's header and of its keys
/// apart; here they are one depth, which readers of any shape walk on the stack.
fn deep_value(node: &Node<'_>, levels: usize) -> Option<usize> {
    match node.get_ref() {
        _ if levels == 0 => Some(node.span().start),
        DeValue::Array(items) => items.iter().find_map(|item| deep_value(item, levels - 1)),
        DeValue::Table(table) => entries(table).find_map(|(_, value)| deep_value(value, levels - 1)),
        _ => None,
    }
}

/// The byte where more brackets are open, and more parts of their keys read, than may be. The lexer is the parser's own, so that
/// both see the same brackets; one that closes nothing is left out, as text after it may be of any depth.
fn deep_text(text: &str) -> Option<usize> {
    // The brackets that are open, and the levels that each adds: itself and the parts of its key.
    let mut open: Vec<(TokenKind, usize)> = Vec::new();
    // The sum of these levels, the dots since the last sign, and the parts of the key before the last `=`.
    let (mut levels, mut dots, mut key) = (0, 0, 0);
    for token in Source::new(text).lex() {
        match token.kind() {
            TokenKind::Dot => dots += 1,
            TokenKind::Equals => (key, dots) = (dots, 0),
            TokenKind::Comma => (key, dots) = (0, 0),
            TokenKind::Newline => dots = 0,
            kind @ (TokenKind::LeftSquareBracket | TokenKind::LeftCurlyBracket) => {
                open.push((kind, key + 1));
                levels += key + 1;
                key = 0;
            }
            kind @ (TokenKind::RightSquareBracket | TokenKind::RightCurlyBracket) => {
                let pair = if kind == TokenKind::RightSquareBracket {
                    TokenKind::LeftSquareBracket
                } else {
                    TokenKind::LeftCurlyBracket
                };
                if let Some((_, added)) = open.pop_if(|(opened, _)| *opened == pair) {
                    levels -= added;
                }
                (key, dots) = (0, 0);
            }
            _ => {}
        }
        if levels + dots.max(key) > MOST_LEVELS {
            return Some(token.span().start());
        }
    }
    None
}
