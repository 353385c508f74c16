//! Quantities: a number with a sign, a currency, a scale and a unit.
//!
//! ```text
//! quantity = [sign] [currency] [sign] number [scale] [unit] | number unit {number unit}      5 ft 3 in
//! unit     = factor {("*" | " ") factor} {("/" | "per") factor}      factor = [prefix] base ["^" digits]
//! ```
//!
//! Dollars, per cent and degrees are dropped, because the question fixes them and samples omit them at will. All other
//! units stay in one spelling, since 5 cm is not 5 m. No unit is converted into another.

use super::decimal::Number;
use super::units::{self, Use};
use super::{comma, date, number, numeral};

#[rustfmt::skip]
const CURRENCIES: [(&str, &str); 17] = [
    ("US$", ""), ("USD", ""), ("$", ""), ("EUR", "EUR"), ("€", "EUR"), ("GBP", "GBP"), ("£", "GBP"), ("JPY", "JPY"),
    ("¥", "JPY"), ("INR", "INR"), ("₹", "INR"), ("Rs.", "INR"), ("Rs", "INR"), ("CNY", "CNY"), ("₩", "KRW"), ("CHF", "CHF"),
    ("₽", "RUB"),
];
/// Scales, by their power of ten. The last ones are read behind a currency only.
#[rustfmt::skip]
const SCALES: [(&str, u32); 20] = [
    ("hundred", 2), ("thousand", 3), ("million", 6), ("billion", 9), ("trillion", 12), ("lakh", 5), ("crore", 7), ("k", 3),
    ("K", 3), ("mn", 6), ("mln", 6), ("bn", 9), ("万", 4), ("亿", 8), ("萬", 4), ("億", 8), ("M", 6), ("m", 6), ("B", 9),
    ("b", 9),
];
/// The number of scales that money alone has.
const OF_MONEY: usize = 4;
/// Words for a minus sign.
const MINUS: [&str; 9] = ["minus", "negative", "moins", "menos", "meno", "минус", "负", "負", "マイナス"];
/// Words that make a phrase of what follows a number.
const NO_UNIT: [&str; 16] = [
    "and", "or", "to", "by", "x", "of", "is", "are", "plus", "minus", "times", "over", "divided", "out",
    "if", "when",
];

/// A number, or a number with a unit: `$1,000` is `1000`, `50%` is `50`, `2.50 centimetres` is `2.5 cm`, `$5 million` is
/// `5000000`, and `1,000 Apples` is `1000 apples`.
pub(super) fn canonical(text: &str) -> Option<String> {
    let text = text.trim();
    let (negative, rest) = number::sign(text);
    let (currency, rest) = currency(rest);
    let (negated, rest) = if currency.is_some() { number::sign(rest) } else { (false, rest) };
    let euro = if currency == Some("EUR") { "€" } else { "" };
    let european = if rest.contains(',') { comma::of_quantity(euro, rest) } else { None };
    let rest = european.as_deref().unwrap_or(rest);
    let Some((number, flipped, rest)) = number::read(rest) else {
        return in_words(text);
    };
    // A formula, quickly.
    if rest.contains(['+', '=', '<', '>', '|', '\\', '_', ';', '[', '{', '!', ':']) {
        return None;
    }
    let (number, rest, scaled) = scaled(number, rest, currency.is_some())?;
    let mut form = number.render(negative ^ negated ^ flipped);
    let spaced = rest.starts_with(' ') || scaled;
    let unit = rest.trim();
    let kept = currency.filter(|currency| !currency.is_empty());
    if let Some(currency) = kept {
        form.extend([" ", currency]);
    }
    if unit.is_empty() {
        return Some(form);
    }
    let unit = unit.strip_prefix('-').unwrap_or(unit);
    let decade = !spaced && unit == "s";
    let length = form.len();
    form.push(' ');
    if !decade && spelled(unit, &mut form).is_some() || spaced && free(unit, &mut form).is_some() {
        let end = form.trim_end().len();
        form.truncate(end);
        return Some(form);
    }
    form.truncate(length);
    compound(text)
}

/// True for digits and one word, none of a date or a time of day: no other reading knows such a text.
pub(super) fn is_simple(text: &str) -> bool {
    let word = text.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start_matches(' ');
    let half = word.get(..2).unwrap_or_default();
    let timed = ["am", "pm"].iter().any(|known| known.eq_ignore_ascii_case(half));
    word.bytes().all(|b| b.is_ascii_alphabetic()) && !timed && !date::begins_as_month(word)
}

/// Several numbers with units of one quantity: `1 hour 30 minutes`, `5'3"`.
fn compound(text: &str) -> Option<String> {
    let (mut form, mut rest, mut parts) = (String::new(), text, 0);
    while !rest.is_empty() {
        let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).filter(|end| *end > 0)?;
        let (digits, behind) = rest.split_at(end);
        let behind = behind.trim_start();
        let end = behind.find(|c: char| c.is_ascii_digit() || matches!(c, ' ' | ',')).unwrap_or(behind.len());
        let (unit, after) = behind.split_at(end);
        let separator = if parts > 0 { " " } else { "" };
        form.extend([separator, &number::canonical(digits)?, " "]);
        if unit == "'" {
            form.push_str("ft");
        } else {
            factor(unit)?.push(&mut form);
        }
        let after = after.trim_start_matches([' ', ',']);
        rest = after.strip_prefix("and ").unwrap_or(after);
        parts += 1;
    }
    (parts > 1).then_some(form)
}

/// `twelve apples` as `12 apples`.
fn in_words(text: &str) -> Option<String> {
    if let Some(number) = numeral::canonical(text) {
        return Some(number);
    }
    if !text.is_ascii() || text.len() > 120 || !numeral::opens(text) {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    let (number, rest) = numeral::english(&lower)?;
    let unit = rest.strip_prefix(' ')?.trim();
    let mut form = format!("{number} ");
    spelled(unit, &mut form).or_else(|| free(unit, &mut form))?;
    form.truncate(form.trim_end().len());
    Some(form)
}

/// The currency before a number, and the text behind it.
fn currency(text: &str) -> (Option<&'static str>, &str) {
    if text.starts_with(|c: char| c.is_ascii_digit() || c.is_ascii_lowercase()) {
        return (None, text);
    }
    CURRENCIES
        .iter()
        .find_map(|(sign, name)| {
            let rest = text.strip_prefix(sign)?.trim_start();
            rest.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.'))
                .then_some((Some(*name), rest))
        })
        .unwrap_or((None, text))
}

/// A number times the scale behind it.
fn scaled(number: Number, rest: &str, money: bool) -> Option<(Number, &str, bool)> {
    let word = rest.trim_start();
    if word.is_empty() {
        return Some((number, rest, false));
    }
    let known = SCALES.iter().enumerate().find_map(|(i, (name, zeros))| {
        if !word.as_bytes().first()?.eq_ignore_ascii_case(name.as_bytes().first()?) {
            return None;
        }
        let head = word.get(..name.len())?;
        let same = if name.len() > 3 { head.eq_ignore_ascii_case(name) } else { head == *name };
        let after = word.get(name.len()..)?;
        let plural = after.strip_prefix('s').filter(|_| name.len() > 3).unwrap_or(after);
        let ends = !plural.starts_with(char::is_alphanumeric) || !name.is_ascii();
        // A spaced K is kelvin, and M and B are scales of money only.
        let fits = i < SCALES.len() - OF_MONEY && (*name != "K" || word.len() == rest.len()) || money;
        (same && ends && fits).then_some((*zeros, plural))
    });
    match known {
        Some((zeros, after)) => Some((number.scaled(zeros)?, after, true)),
        None => Some((number, rest, false)),
    }
}

/// Appends a unit in one spelling; nothing if it is dropped.
fn spelled(unit: &str, out: &mut String) -> Option<()> {
    if let Some(symbol) = factor(unit) {
        symbol.push(out);
        return Some(());
    }
    let is_mark = |b: u8| b.is_ascii_digit() || matches!(b, b' ' | b'/' | b'*' | b'^');
    if !unit.bytes().any(is_mark) {
        return None;
    }
    let rate = unit.strip_prefix("per ");
    let unit = rate.unwrap_or(unit).replace(" per ", "/");
    let (mut above, mut below) = (String::new(), String::new());
    for (i, part) in unit.split('/').enumerate() {
        let mut words = part.split([' ', '*']).filter(|word| !word.is_empty()).peekable();
        while let Some(word) = words.next() {
            let raised = match word {
                "square" | "sq" | "sq." | "Square" | "Sq" => Some(2),
                "cubic" | "cu" | "cu." | "Cubic" => Some(3),
                _ => None,
            };
            let base = if raised.is_some() { words.next()? } else { word };
            let digits = base.trim_start_matches(|c: char| !(c.is_ascii_digit() || c == '^'));
            let name = base.strip_suffix(digits)?;
            let exponent: i32 = match digits.trim_start_matches('^').trim_matches(['(', ')']) {
                "" => raised.unwrap_or(1),
                digits => digits.parse().ok()?,
            };
            let behind = words.next_if(|word| matches!(*word, "squared" | "cubed"));
            let exponent = behind.map_or(exponent, |word| if word == "squared" { 2 } else { 3 });
            let symbol = factor(name).filter(|symbol| !symbol.base.is_empty())?;
            let under = rate.is_some() || (i > 0) ^ (exponent < 0);
            let side = if under { &mut below } else { &mut above };
            if under {
                side.push('/');
            } else if !side.is_empty() {
                side.push('*');
            }
            symbol.push(side);
            if exponent.abs() != 1 {
                side.push('^');
                side.push_str(&exponent.abs().to_string());
            }
        }
    }
    // What is paid per hour has no unit above.
    let whole = !above.is_empty() || rate.is_some() || unit.starts_with('/');
    out.extend([above, below]);
    whole.then_some(())
}

/// The sign of a unit.
struct Symbol {
    prefix: &'static str,
    base: &'static str,
}

impl Symbol {
    fn push(&self, out: &mut String) {
        out.extend([self.prefix, self.base]);
    }
}

/// One unit, by sign or word. In signs case decides; in words it is ignored.
fn factor(word: &str) -> Option<Symbol> {
    let plain = |(base, _)| Symbol { prefix: "", base };
    // `us` is written for μs.
    let micro = word.strip_prefix('u').and_then(units::find).filter(|(_, kind)| *kind == Use::Sign);
    if let Some((base, _)) = micro {
        return Some(Symbol { prefix: "μ", base });
    }
    if let Some(symbol) = units::find(word).map(plain).or_else(|| prefixed(word, Use::Sign)) {
        return Some(symbol);
    }
    let lower = if word.contains(char::is_uppercase) { Some(word.to_lowercase()) } else { None };
    let lower = lower.as_deref().unwrap_or(word);
    let singular = lower.strip_suffix('s');
    // `kgs`.
    let sign = || {
        word.strip_suffix('s').filter(|sign| (2..=4).contains(&sign.len()) && word == lower).and_then(factor)
    };
    for name in [Some(lower), singular].into_iter().flatten().filter(|name| name.len() > 2) {
        if let Some(symbol) = units::find(name).map(plain).or_else(|| prefixed(name, Use::Word)) {
            return Some(symbol);
        }
    }
    sign()
}

fn prefixed(name: &str, kind: Use) -> Option<Symbol> {
    units::PREFIXES.iter().find_map(|(sign, word)| {
        let rest = name.strip_prefix(if kind == Use::Sign { *sign } else { *word })?;
        let (base, found) = units::find(rest)?;
        // `bit` and `bar` are words as well as signs.
        let both = kind == Use::Word && found == Use::Sign && rest.len() > 2;
        (found == kind || both).then_some(Symbol { prefix: sign, base })
    })
}

/// Appends a unit that no table has, in lower case and in the singular: `Apples` is `apple`.
fn free(unit: &str, out: &mut String) -> Option<()> {
    let plain = |c: char| c.is_alphabetic() || matches!(c, ' ' | '-' | '\'');
    let phrase = |word: &str| {
        let short = word.chars().nth(1).is_none() || word.contains(is_greek);
        short || NO_UNIT.iter().any(|known| known.eq_ignore_ascii_case(word))
    };
    if !unit.chars().all(plain) || unit.split(' ').count() > 5 || unit.split(' ').any(phrase) {
        return None;
    }
    // `NM` is not `nm`, nor `Cd` the candela.
    let lower = unit.to_lowercase();
    if unit.chars().skip(1).any(char::is_uppercase) || lower != unit && factor(&lower).is_some() {
        out.push_str(unit);
        return Some(());
    }
    let plural = lower.len() > 3 && lower.ends_with('s') && !lower.ends_with("ss");
    out.push_str(lower.strip_suffix('s').filter(|_| plural).unwrap_or(&lower));
    Some(())
}

/// The last number of a text, without its unit: the answer that graders of word problems read. Digits of names and exponents
/// (`H2O`, `m^2`), times of day and footnotes are none.
pub(super) fn last_number(text: &str) -> Option<String> {
    let mut last: Option<String> = None;
    let mut at = 0;
    while let Some(offset) = text.get(at..).and_then(|rest| rest.find(|c: char| c.is_ascii_digit())) {
        let start = at + offset;
        let point =
            text[..start].ends_with('.') && !text[..start - 1].ends_with(|c: char| c.is_ascii_digit());
        let start = start - usize::from(point);
        let (before, found) = text.split_at(start);
        let joined = comma::of_euros(before, found)
            .or_else(|| comma::lone(before, found))
            .or_else(|| number::spaced_thousand(found));
        let Some((number, flipped, rest)) = number::read(joined.as_deref().unwrap_or(found)) else {
            at = start + 1 + usize::from(point);
            continue;
        };
        let money = before.trim_end().ends_with(['$', '€', '£', '₹', '¥']);
        let (number, rest, _) = scaled(number.clone(), rest, money).unwrap_or((number, rest, false));
        at = text.len() - rest.len();
        if !is_part(before, rest, last.is_some()) {
            last = Some(number.render(is_negative(before) ^ flipped));
        }
    }
    last.or_else(|| numeral::canonical(text)).or_else(|| {
        let number = in_words(text)?;
        number.split_once(' ').map(|(number, _)| number.to_owned())
    })
}

/// True for a unit in any spelling of the tables, such as `meters` and `miles per hour`.
pub(super) fn is_unit(text: &str) -> bool {
    spelled(text, &mut String::new()).is_some()
}

/// True for digits that are no number of their own between these texts: an index, an exponent, a part of a time of day or of
/// a hexadecimal number, and behind a number a footnote.
fn is_part(before: &str, after: &str, further: bool) -> bool {
    let digit = |c: char| c.is_ascii_digit();
    let name = before.trim_end_matches(digit);
    let letter = name.ends_with(|c: char| c.is_alphabetic() || matches!(c, '^' | '_'));
    let money =
        ["Rs", "INR", "USD", "EUR", "GBP", "JPY", "CNY", "CHF"].iter().any(|sign| name.ends_with(sign));
    let raised = before.trim_end_matches(['-', '(', '{']).ends_with(['^', '_']);
    let clock = before.strip_suffix(':').is_some_and(|hour| hour.ends_with(digit))
        || after.strip_prefix(':').is_some_and(|minute| minute.starts_with(digit));
    let hexadecimal = before.ends_with(|c: char| !digit(c)) || before.is_empty();
    let hexadecimal = hexadecimal
        && after.strip_prefix('x').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_hexdigit()));
    let footnote = further && before.ends_with('[') && after.starts_with(']');
    letter && !money || raised || clock || hexadecimal || footnote
}

/// A text without the word at its end, in any case of ASCII letters.
fn strip_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let (rest, end) = text.split_at_checked(text.len().checked_sub(word.len())?)?;
    (end.eq_ignore_ascii_case(word) && (!word.is_ascii() || !rest.ends_with(char::is_alphanumeric)))
        .then_some(rest)
}

/// True if a sign before a number is its own: no operand stands before it.
fn is_negative(before: &str) -> bool {
    let unsigned = before.trim_end_matches(['$', '€', '£', '₹', '¥', '(']);
    let spaced = unsigned.trim_end();
    if let Some(rest) = MINUS.iter().find_map(|word| strip_word(spaced, word)) {
        return !rest.trim_end().ends_with(|c: char| c.is_ascii_digit() || matches!(c, ')' | '%'));
    }
    let Some(rest) = spaced.strip_suffix(['-', '\u{2212}']) else {
        return false;
    };
    let glued = spaced.len() == unsigned.len();
    let operand = rest.trim_end().ends_with(|c: char| c.is_alphanumeric() || matches!(c, ')' | '%'));
    if glued { !rest.ends_with(|c: char| c.is_alphanumeric() || matches!(c, ')' | '%')) } else { !operand }
}

fn is_greek(c: char) -> bool {
    ('α'..='ω').contains(&c) || ('Α'..='Ω').contains(&c)
}
