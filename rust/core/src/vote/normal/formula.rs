//! Algebraic expressions, equations and inequalities, read into [`Sum`](super::poly::Sum)s.
//!
//! ```text
//! relation = [sum] {("=" | "<" | ">" | "≤" | "≥" | "≠" | "≈" | "∈" …) sum}
//! ```
//!
//! Linear in the text. A text with words, or with anything else outside the grammar, is no formula.

use super::expression::{self, FUNCTIONS};
use super::{comma, number};
use std::borrow::Cow;

const RELATIONS: [char; 13] = ['=', '<', '>', '≤', '≥', '≠', '≈', '~', '≡', '∈', '→', '⊂', '⊆'];

/// A formula in canonical form.
pub(super) fn canonical(text: &str) -> Option<String> {
    // A quick look, before anything is copied: words alone, and long words, make no formula.
    let is_symbol = |b: u8| !(b.is_ascii_alphabetic() || b == b' ' || b == b'.');
    let long = text.split(|c: char| !c.is_ascii_alphabetic()).any(|word| word.len() > 8);
    let worded = !text.bytes().any(is_symbol);
    let named = || FUNCTIONS.iter().any(|name| text.starts_with(name)) || text.eq_ignore_ascii_case("pi");
    if long || worded && !named() && infinite(text).is_none() {
        return None;
    }
    let pointed = if text.contains(',') { comma::of_formula(text) } else { None };
    let text = tight(pointed.as_deref().unwrap_or(text));
    if text.eq_ignore_ascii_case("pi") {
        return Some("π".to_owned());
    }
    // `0x1F` is a number of a program.
    let hexadecimal = text.strip_prefix("0x").is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_hexdigit()));
    if text.contains("==") || hexadecimal && text.len() > 2 {
        return None;
    }
    if let Some(infinity) = infinite(&text) {
        return Some(infinity.to_owned());
    }
    let ascii = if text.contains('=') || text.contains("**") {
        Cow::Owned(text.replace("<=", "≤").replace(">=", "≥").replace("!=", "≠").replace("**", "^"))
    } else {
        text
    };
    if !is_formula(&ascii) {
        return None;
    }
    if let Some(either) = either(&ascii) {
        return Some(either);
    }
    let mut out = String::new();
    let mut rest = &*ascii;
    loop {
        let end = rest.find(RELATIONS).unwrap_or(rest.len());
        let (side, after) = rest.split_at(end);
        if !side.is_empty() {
            out.push_str(&side_of(side)?);
        } else if out.is_empty() && after.is_empty() {
            return None;
        }
        let Some(relation) = after.chars().next() else {
            return Some(turned(&out).unwrap_or(out));
        };
        out.push(relation);
        rest = &after[relation.len_utf8()..];
        if rest.is_empty() {
            return None;
        }
    }
}

/// True for a form that no other reading takes: it needs no further pass, since sums are read as they are written.
pub(super) fn stands(form: &str) -> bool {
    let plain =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '*' | '/' | '^' | '(' | ')' | 'π');
    let ends = form.ends_with(|c: char| c != 'm' && c != 'M' && (c.is_alphanumeric() || c == ')'));
    let named = form.contains(|c: char| c.is_alphabetic());
    // Capitals alone are a name.
    let written = form.contains(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_punctuation()));
    let joined = form.get(1..).is_some_and(|rest| rest.contains(['+', '-', '(']));
    let number = number::sign(form).1.starts_with(|c: char| c.is_ascii_digit());
    ends && named
        && written
        && joined
        && form.chars().all(plain)
        && (!number || super::unit::canonical(form).is_none())
        && super::chemical::canonical(form).is_none()
}

fn infinite(text: &str) -> Option<&'static str> {
    let (negative, name) = number::sign(text);
    let names = ["∞", "inf", "infty", "infinity", "oo"];
    let known = names.iter().any(|known| known.eq_ignore_ascii_case(name));
    known.then_some(if negative { "-∞" } else { "∞" })
}

/// `±5` as the two values.
fn either(text: &str) -> Option<String> {
    let value = expression::product(text.strip_prefix('±')?)?;
    let mut values = [value.render()?, value.negated().render()?];
    values.sort();
    Some(values.join(" or "))
}

/// `5<x` as `x>5`.
fn turned(form: &str) -> Option<String> {
    let (value, rest) = form.split_once(RELATIONS)?;
    let mut rest = rest.split(RELATIONS);
    let (name, further) = (rest.next()?, rest.next());
    let relation = form[value.len()..].chars().next()?;
    let mirrored = match relation {
        '<' => '>',
        '>' => '<',
        '≤' => '≥',
        '≥' => '≤',
        _ => return None,
    };
    let fits = further.is_none() && number::canonical(value).is_some() && number::canonical(name).is_none();
    fits.then(|| format!("{name}{mirrored}{value}"))
}

fn side_of(text: &str) -> Option<String> {
    let sum = expression::sum(text)?;
    // `3-2` is a score, a range or a name as often as a difference.
    let plain = !text.contains(['^', '*', '(', '√', '!']);
    let inner = text.trim_start_matches(['-', '+']);
    if sum.as_number().is_some() && plain && inner.contains(['-', '+']) {
        return None;
    }
    // So is `1/5/2024`.
    if sum.as_number().is_some() && plain && inner.matches('/').count() > 1 {
        return None;
    }
    sum.render()
}

/// The text without spaces beside operators and brackets, and without those at the ends.
pub(super) fn tight(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    if !text.contains(' ') {
        return Cow::Borrowed(text);
    }
    let operator = |c: char| "()[]{}+-*/^=<>|,;:!±∓≤≥≠≈∈∪∩√".contains(c);
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == ' ' {
            let beside =
                out.chars().next_back().is_some_and(operator) || chars.peek().is_some_and(|c| operator(*c));
            if beside {
                continue;
            }
        }
        out.push(c);
    }
    Cow::Owned(out)
}

/// `x = 5` as name and value: a letter, perhaps with an index, an argument or primes, before the only sign of equality or ∈.
pub(super) fn assigned(text: &str) -> Option<(&str, &str)> {
    let (name, value) = text.split_once(['=', '∈'])?;
    let (name, value) = (name.trim_end_matches([' ', ':']).trim_start(), value.trim());
    let letter = name.chars().next().filter(|c| c.is_alphabetic())?;
    let rest = name[letter.len_utf8()..].trim_start_matches('\'');
    let index = rest.strip_prefix('_').is_some_and(|index| index.chars().all(char::is_alphanumeric));
    let argument = rest.len() > 2 && rest.len() < 8 && rest.starts_with('(') && rest.ends_with(')');
    let fits = rest.is_empty() || index || argument;
    (fits && !value.is_empty() && !value.contains(RELATIONS)).then_some((name, value))
}

/// The value of `x = 5` or `f(x) = 2x`. An index, a prime or a number as argument says which value it is, and `A = B` is a
/// statement.
pub(super) fn value_of(text: &str) -> Option<&str> {
    let (name, value) = assigned(text)?;
    let told = name.contains(|c: char| c == '_' || c == '\'' || c.is_ascii_digit());
    let letter = value.chars().count() == 1 && value.starts_with(char::is_alphabetic);
    (!told && !letter).then_some(value)
}

/// True for letters of alphabets in which variables are written. A letter of another script is a word or a part of one, as
/// in `3月大`.
fn is_variable(c: char) -> bool {
    c.is_ascii() || matches!(c, '\u{80}'..='\u{58f}' | '\u{1d00}'..='\u{2dff}' | '\u{1d400}'..='\u{1d7ff}')
}

/// True for a word of letters and digits with a digit between letters, as the name `R2D2`, which is no product.
fn is_mixed_name(text: &str) -> bool {
    let letter = |b: &u8| b.is_ascii_alphabetic();
    let bytes = text.as_bytes();
    text.bytes().all(|b| b.is_ascii_alphanumeric())
        && bytes.iter().position(letter).is_some_and(|first| {
            let behind = &bytes[first..];
            behind.iter().position(u8::is_ascii_digit).is_some_and(|digit| behind[digit..].iter().any(letter))
        })
}

/// True if all characters may stand in a formula, no word is among them, and something besides letters is.
fn is_formula(text: &str) -> bool {
    let (mut symbols, mut lower) = (false, false);
    let mut rest = text;
    let mut before = '\0';
    if is_mixed_name(text) {
        return false;
    }
    while let Some(c) = rest.chars().next() {
        if c.is_alphabetic() {
            let end = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            if !word.chars().all(is_variable) {
                return false;
            }
            let single = word.len() == c.len_utf8();
            let known = !single
                && (FUNCTIONS.iter().any(|name| word.starts_with(name))
                    || matches!(word, "sqrt" | "pi" | "inf"));
            let glued = before != ' ' && word.chars().count() <= 3 && !after.starts_with(' ');
            let product =
                single || glued && text.contains(|c: char| c.is_ascii_digit() || "^*=+(".contains(c));
            let joining = matches!(word, "and" | "or" | "nor" | "not");
            if joining || !(known || product || word.starts_with('\\')) {
                return false;
            }
            symbols |= known && FUNCTIONS.contains(&word);
            lower |= known || word.chars().any(|c| c.is_lowercase() || !c.is_ascii());
            before = 'a';
            rest = after;
            continue;
        }
        if !(c.is_ascii_digit() || "+-*/^()|_.!'± ∓√∞°\\".contains(c) || RELATIONS.contains(&c)) {
            return false;
        }
        symbols |= !matches!(c, ' ' | '\'' | '_' | '.');
        lower |= c.is_ascii_digit() || matches!(c, '∞' | '√');
        before = if symbols || !matches!(c, ' ') { c } else { ' ' };
        rest = &rest[c.len_utf8()..];
    }
    // `A-B` and `N/A` are names.
    symbols && lower
}
