//! One spelling for characters that mean the same in an answer.
//!
//! Digits of all scripts become ASCII, dashes a minus sign, quotes `"` or `'`, superscripts `^…`, vulgar fractions `a/b`;
//! invisible characters vanish, and combining marks are composed. A subset of Unicode's NFKC, plus what NFKC leaves
//! apart (minus signs, quotes, digits of other scripts). One pass, O(1) per character; ASCII is borrowed.

use super::unicode::{COMPOSITIONS, ZEROS};
use std::borrow::Cow;

const SUPERSCRIPTS: &str = "⁰0¹1²2³3⁴4⁵5⁶6⁷7⁸8⁹9⁺+⁻-⁼=⁽(⁾)ⁿnⁱi";
const SUBSCRIPTS: &str = "₀0₁1₂2₃3₄4₅5₆6₇7₈8₉9₊+₋-₌=₍(₎)ₙnₓx";
#[rustfmt::skip]
const FRACTIONS: [(char, &str); 19] = [
    ('½', "1/2"), ('⅓', "1/3"), ('⅔', "2/3"), ('¼', "1/4"), ('¾', "3/4"), ('⅕', "1/5"), ('⅖', "2/5"), ('⅗', "3/5"),
    ('⅘', "4/5"), ('⅙', "1/6"), ('⅚', "5/6"), ('⅐', "1/7"), ('⅛', "1/8"), ('⅜', "3/8"), ('⅝', "5/8"), ('⅞', "7/8"),
    ('⅑', "1/9"), ('⅒', "1/10"), ('↉', "0/3"),
];
#[rustfmt::skip]
const STRINGS: [(char, &str); 16] = [
    ('℃', "°C"), ('℉', "°F"), ('…', "..."), ('ﬀ', "ff"), ('ﬁ', "fi"), ('ﬂ', "fl"), ('ﬃ', "ffi"), ('ﬄ', "ffl"), ('㎏', "kg"),
    ('㎝', "cm"), ('㎜', "mm"), ('㎞', "km"), ('㎡', "m^2"), ('㎥', "m^3"), ('‰', " per mille"), ('№', "No."),
];

/// The text with one spelling per character.
pub(super) fn unify(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let rest = chars.get(at + 1..).unwrap_or_default();
        at += 1 + push(&mut out, c, rest);
    }
    Cow::Owned(out)
}

/// Appends one character; returns the number of further characters that went with it.
fn push(out: &mut String, c: char, rest: &[char]) -> usize {
    if c.is_ascii() {
        out.push(c);
        return 0;
    }
    if let Some(digit) = digit(c) {
        out.push(digit);
        return 0;
    }
    if let Some((_, fraction)) = FRACTIONS.iter().find(|(sign, _)| *sign == c) {
        if out.ends_with(|c: char| c.is_ascii_digit()) {
            out.push(' ');
        }
        out.push_str(fraction);
        return 0;
    }
    if let Some((_, string)) = STRINGS.iter().find(|(sign, _)| *sign == c) {
        out.push_str(string);
        return 0;
    }
    if let Some(first) = script(SUPERSCRIPTS, c) {
        return raised(out, first, rest);
    }
    if let Some(first) = script(SUBSCRIPTS, c) {
        out.push('_');
        return run(out, SUBSCRIPTS, first, rest);
    }
    if let Some(composed) = compose(out, c) {
        out.pop();
        out.push(composed);
        return 0;
    }
    match c {
        _ if is_invisible(c) => {}
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => {
            if !(matches!(c, '\u{a0}' | '\u{2009}' | '\u{202f}') && is_separator(out, rest)) {
                out.push(' ');
            }
        }
        // A dash of a sentence stays one; before a number at the start it is a minus sign.
        '—' | '―' if rest.first().is_some_and(|c| digit(*c).is_some()) && starts(out) => out.push('-'),
        '—' | '―' => out.push('—'),
        _ => out.push(single(c)),
    }
    0
}

/// True at the start of a text, or behind a space or an opening bracket.
fn starts(out: &str) -> bool {
    out.chars().next_back().is_none_or(|c| matches!(c, ' ' | '(' | '[' | '{' | '=' | '$'))
}

/// A superscript: `x²` is `x^2`; `¹⁄₂` is a fraction.
fn raised(out: &mut String, first: char, rest: &[char]) -> usize {
    let numerator = rest.iter().take_while(|c| script(SUPERSCRIPTS, **c).is_some()).count();
    let is_fraction = rest.get(numerator) == Some(&'\u{2044}');
    if !is_fraction {
        out.push('^');
    } else if out.ends_with(|c: char| c.is_ascii_digit()) {
        out.push(' ');
    }
    let taken = run(out, SUPERSCRIPTS, first, rest);
    let denominator = rest.get(taken + 1).and_then(|c| script(SUBSCRIPTS, *c)).filter(|_| is_fraction);
    let Some(denominator) = denominator else { return taken };
    out.push('/');
    taken + 2 + run(out, SUBSCRIPTS, denominator, rest.get(taken + 2..).unwrap_or_default())
}

/// Appends a run of super- or subscripts; returns the number taken from `rest`.
fn run(out: &mut String, table: &str, first: char, rest: &[char]) -> usize {
    out.push(first);
    let run = rest.iter().map_while(|c| script(table, *c));
    run.map(|c| out.push(c)).count()
}

fn script(table: &str, c: char) -> Option<char> {
    pairs(table).find(|(from, _)| *from == c).map(|(_, to)| to)
}

fn pairs(table: &str) -> impl Iterator<Item = (char, char)> {
    let mut chars = table.chars();
    std::iter::from_fn(move || Some((chars.next()?, chars.next()?)))
}

/// True for a space before exactly three digits and behind at most three: a separator of thousands.
fn is_separator(out: &str, rest: &[char]) -> bool {
    let behind = out.bytes().rev().take_while(u8::is_ascii_digit).count();
    let ahead = rest.iter().take_while(|c| digit(**c).is_some()).count();
    behind > 0 && ahead == 3
}

/// The ASCII digit of a decimal digit of any script, circled or mathematical.
fn digit(c: char) -> Option<char> {
    let code = u32::from(c);
    let value = match code {
        0x30..=0x39 => code - 0x30,
        0xff10..=0xff19 => code - 0xff10,
        0x1d7ce..=0x1d7ff => (code - 0x1d7ce) % 10,
        0x2460..=0x2468 => code - 0x245f,
        _ => {
            let zero = ZEROS.partition_point(|zero| *zero <= code).checked_sub(1)?;
            ZEROS.get(zero).map(|zero| code - zero).filter(|value| *value < 10)?
        }
    };
    char::from_digit(value, 10)
}

/// The composed character of the last one and a combining mark.
fn compose(out: &str, mark: char) -> Option<char> {
    let (_, table) = COMPOSITIONS.iter().find(|(known, _)| *known == mark)?;
    let base = out.chars().next_back()?;
    script(table, base)
}

/// Zero-width characters, marks of direction, soft hyphens, variation selectors and tags.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e01ef}')
}

/// True for a text without a visible character, which is no answer: white space, control characters, invisible ones, and
/// letters and marks that show nothing.
///
/// ```
/// use rheostat::vote::is_blank;
/// assert!(is_blank("") && is_blank(" \n") && is_blank("\u{200b}\u{feff}") && is_blank("\u{3164}"));
/// assert!(!is_blank("0") && !is_blank("\u{200b}no"));
/// ```
pub fn is_blank(text: &str) -> bool {
    let shows_nothing = |c: char| {
        matches!(c, '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}')
    };
    text.chars().all(|c| c.is_whitespace() || c.is_control() || is_invisible(c) || shows_nothing(c))
}

fn single(c: char) -> char {
    let code = u32::from(c);
    match c {
        '\u{2010}'..='\u{2013}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}' => '-',
        '“' | '”' | '„' | '‟' | '«' | '»' | '「' | '」' | '『' | '』' | '《' | '》' | '【' | '】' | '″'
        | '\u{ff02}' => '"',
        '‘' | '’' | '‚' | '‛' | '‹' | '›' | '′' | '\u{ff07}' => '\'',
        '×' | '✕' | '✖' | '⨯' | '·' | '⋅' | '∙' | '∗' => '*',
        '÷' | '∕' | '⁄' => '/',
        '⩽' => '≤',
        '⩾' => '≥',
        '。' | '｡' | '٫' => '.',
        '、' | '٬' => ',',
        '〔' => '[',
        '〕' => ']',
        '〈' | '\u{2329}' => '⟨',
        '〉' | '\u{232a}' => '⟩',
        'º' | '˚' => '°',
        '\u{2126}' => 'Ω',
        'µ' => 'μ',
        '\u{212a}' => 'K',
        'ϵ' => 'ε',
        'ϕ' => 'φ',
        // Full-width forms of ASCII, circled letters, mathematical letters.
        '\u{ff01}'..='\u{ff5e}' => ascii(code - 0xff00 + 0x20, c),
        '\u{24b6}'..='\u{24cf}' => ascii(code - 0x24b6 + 0x41, c),
        '\u{24d0}'..='\u{24e9}' => ascii(code - 0x24d0 + 0x61, c),
        '\u{1d400}'..='\u{1d6a3}' => {
            let letter = (code - 0x1d400) % 52;
            ascii(if letter < 26 { 0x41 + letter } else { 0x47 + letter }, c)
        }
        _ => c,
    }
}

fn ascii(code: u32, otherwise: char) -> char {
    char::from_u32(code).unwrap_or(otherwise)
}
