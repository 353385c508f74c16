//! Numbers, exactly: decimals of any length as digits and an exponent, fractions as whole numbers.
//!
//! ```text
//! number   = mixed | fraction | decimal            longest match, without sign
//! mixed    = digits " " digits "/" digits          1 1/2
//! fraction = decimal "/" ["-"] decimal             not followed by another "/": that is a date
//! decimal  = whole ["." digits ["(" digits ")"]] [power]      0.1(6) repeats; so do dotted digits
//! whole    = digits | groups                       1,234,567  1'234  1_234  1 234 567  12,34,567  1.234.567  1.234,5
//! power    = "e" ±digits | ("*" | "x") "10^" ±digits
//! ```
//!
//! A separator of thousands is read only where it cannot be a decimal point or the comma of a list.

use super::decimal::{Decimal, Number, PLAIN, Ratio};

/// True if a text is a whole number in its canonical form already, as most answers are. It is so in every kind.
pub(super) fn is_plain(text: &str) -> bool {
    let digits = text.as_bytes();
    digits.len() <= PLAIN as usize
        && digits.iter().all(u8::is_ascii_digit)
        && digits.first().is_some_and(|&first| first != b'0' || digits.len() == 1)
}

/// The canonical form of a text that is one number: `1,000`, `1000.0` and `1e3` are `1000`; `2/6` is `1/3`, `3/4` is
/// `0.75`, `1 1/2` is `1.5`. Distinct numbers have distinct forms.
pub(super) fn canonical(text: &str) -> Option<String> {
    let (negative, text) = sign(text.trim());
    let (number, negated, rest) = read(text)?;
    rest.is_empty().then(|| number.render(negative ^ negated))
}

/// True if a text is a number in canonical form.
pub(super) fn is_canonical(text: &str) -> bool {
    let digits = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'.' | b'/' | b'e'));
    digits && canonical(text).is_some_and(|form| form == text)
}

pub(super) fn sign(text: &str) -> (bool, &str) {
    match text.strip_prefix(['+', '-', '\u{2212}']) {
        Some(rest) => (!text.starts_with('+'), rest.trim_start()),
        None => (false, text),
    }
}

/// The longest number at the start of a text, true if its denominator has a minus sign, and the text behind it.
pub(super) fn read(text: &str) -> Option<(Number, bool, &str)> {
    // Digits before a word, quickly.
    let (digits, rest) = split_digits(text);
    let mut next = rest.bytes().skip_while(|b| *b == b' ');
    let word = next.next().is_none_or(|b| b.is_ascii_alphabetic() && !matches!(b, b'e' | b'E' | b'x' | b'X'));
    if word && !digits.is_empty() {
        return Some((Number::Decimal(Decimal::new(digits, 0)), false, rest));
    }
    let (first, rest) = decimal(text)?;
    if let Some((whole, part, rest)) = mixed(text) {
        let sum = whole.checked_mul(part.bottom).and_then(|whole| part.top.checked_add(whole));
        if let Some(top) = sum {
            return Some((Number::Ratio(Ratio { top, bottom: part.bottom }), false, rest));
        }
    }
    let bottom = rest.trim_start().strip_prefix('/').map(str::trim_start);
    if let Some(bottom) = bottom {
        let (negative, bottom) = sign(bottom);
        if let Some((bottom, rest)) = decimal(bottom)
            && !is_slash(rest)
            && let Some(ratio) = first.over(&bottom)
        {
            return Some((Number::Ratio(ratio), negative, rest));
        }
    }
    Some((first, false, rest))
}

/// A number of a program, `0x1F`, `0b101` or `0o17`, in lower case.
pub(super) fn based(text: &str) -> Option<String> {
    let (radix, digits) = text.strip_prefix('0')?.split_at_checked(1)?;
    let radix = match radix {
        "x" | "X" => 16,
        "b" => 2,
        "o" => 8,
        _ => return None,
    };
    let fits = !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
    fits.then(|| text.to_ascii_lowercase())
}

/// True before a second slash and a digit, as in `1/5/2024`.
fn is_slash(rest: &str) -> bool {
    rest.strip_prefix('/').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// The whole number and the fraction of a mixed number, and the text behind it.
fn mixed(text: &str) -> Option<(u128, Ratio, &str)> {
    let (whole, rest) = split_digits(text);
    let (top, rest) = split_digits(rest.strip_prefix(' ')?);
    let (bottom, rest) = split_digits(rest.strip_prefix('/')?);
    let ratio = Ratio::new(top.parse().ok()?, bottom.parse().ok()?)?;
    let ends = !is_slash(rest) && !rest.starts_with(|c: char| c == '.' || c.is_alphanumeric());
    ends.then_some((whole.parse().ok()?, ratio, rest))
}

fn split_digits(text: &str) -> (&str, &str) {
    let end = text.bytes().position(|b| !b.is_ascii_digit()).unwrap_or(text.len());
    text.split_at(end)
}

fn starts_with_digit(text: &str) -> bool {
    text.as_bytes().first().is_some_and(u8::is_ascii_digit)
}

/// A number without a slash at the start of a text, and the text behind it.
fn decimal(text: &str) -> Option<(Number, &str)> {
    let (mut digits, point, mut rest) = whole(text);
    let places = digits.len();
    let mut repetend = None;
    if let Some(decimals) = rest.strip_prefix(point)
        && (starts_with_digit(decimals) || !digits.is_empty() && repeated(decimals).is_some())
    {
        let (read, after) = decimal_places(decimals);
        repetend = read.repetend.or_else(|| repeated(after).map(|(digits, _)| digits.to_owned()));
        rest = if read.repetends { after } else { repeated(after).map_or(after, |(_, rest)| rest) };
        digits.push_str(&read.digits);
    }
    if digits.is_empty() {
        return None;
    }
    let places = digits.len() - places;
    if let Some(repetend) = repetend {
        return Some((Number::Ratio(Ratio::repeating(&digits, places, &repetend)?), rest));
    }
    // `10^3` alone is a power, too.
    let power = if digits == "10" && places == 0 { ten(rest) } else { None };
    let (exponent, rest, digits) = match power {
        Some((exponent, rest)) => (exponent, rest, "1".to_owned()),
        None => exponent(rest).map_or((0, rest, digits.clone()), |(exponent, rest)| (exponent, rest, digits)),
    };
    Some((Number::Decimal(Decimal::new(&digits, exponent - places as i64).bounded()?), rest))
}

/// The digits of a whole number without separators, the sign of its decimal point, and the text behind it.
fn whole(text: &str) -> (String, char, &str) {
    let (first, rest) = split_digits(text);
    let plain = (first.to_owned(), '.', rest);
    let Some(separator) = rest.chars().next() else {
        return plain;
    };
    if !(1..=3).contains(&first.len()) || !matches!(separator, ',' | '\'' | '_' | ' ' | '.') {
        return plain;
    }
    let (mut digits, mut groups, mut after) = (first.to_owned(), 0, rest);
    // India groups by two above the last three digits.
    let mut pairs = 0;
    while let Some(group) = after.strip_prefix(separator) {
        let (group, next) = split_digits(group);
        let pair = group.len() == 2 && separator == ',' && groups == pairs && next.starts_with(',');
        if !(group.len() == 3 || pair) || pairs > 0 && groups > pairs {
            break;
        }
        digits.push_str(group);
        (groups, pairs, after) = (groups + 1, pairs + u32::from(pair), next);
    }
    let comma = after.strip_prefix(',').is_some_and(|decimals| {
        let places = split_digits(decimals).0.len();
        places > 0 && places != 3
    });
    let decimals = comma || after.strip_prefix('.').is_some_and(starts_with_digit);
    let fits = !first.starts_with('0')
        && groups > 0
        && pairs < groups.max(1)
        && match separator {
            ' ' => !after.starts_with('/') && (groups > 1 || decimals),
            '.' => (groups > 1 || comma) && !is_address(text),
            _ => true,
        };
    let point = if comma && separator != ',' { ',' } else { '.' };
    if fits { (digits, point, after) } else { plain }
}

/// A text that begins with `12 500`, without the space. Where one number is looked for in a sentence, it is more often twelve thousand
/// than two numbers, and its last three digits alone would be equal to those of others.
pub(super) fn spaced_thousand(text: &str) -> Option<String> {
    let (first, rest) = split_digits(text);
    let (group, after) = split_digits(rest.strip_prefix(' ')?);
    // More groups are a number whatever it stands in.
    let further = after.strip_prefix(' ').is_some_and(|next| split_digits(next).0.len() == 3);
    let fits = (1..=3).contains(&first.len())
        && !first.starts_with('0')
        && group.len() == 3
        && !further
        && !after.starts_with('/');
    fits.then(|| [first, group, after].concat())
}

/// True for four groups of at most 255 each, as in `192.168.100.100`.
fn is_address(text: &str) -> bool {
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
    let (groups, _) = text.split_at(end);
    groups.split('.').count() == 4 && groups.split('.').all(|group| group.parse::<u8>().is_ok())
}

/// Digits behind a decimal point; combining dots or lines mark a repetend.
#[derive(Default)]
struct Places {
    digits: String,
    repetend: Option<String>,
    repetends: bool,
}

fn decimal_places(text: &str) -> (Places, &str) {
    let (plain, rest) = split_digits(text);
    if !rest.starts_with(['\u{307}', '\u{305}']) {
        return (Places { digits: plain.to_owned(), ..Places::default() }, rest);
    }
    let (mut digits, mut marked) = (String::new(), Vec::new());
    let mut end = text.len();
    for (at, c) in text.char_indices() {
        match c {
            '0'..='9' => digits.push(c),
            '\u{307}' | '\u{305}' => marked.push(digits.len().saturating_sub(1)),
            _ => {
                end = at;
                break;
            }
        }
    }
    let (first, last) = (marked.first().copied().unwrap_or(0), marked.last().copied().unwrap_or(0));
    let repetend = digits.get(first..=last).map(str::to_owned);
    digits.truncate(first);
    (Places { digits, repetend, repetends: true }, text.get(end..).unwrap_or_default())
}

/// `(36)` at the start of a text, and the text behind it.
fn repeated(text: &str) -> Option<(&str, &str)> {
    let (digits, rest) = split_digits(text.strip_prefix('(')?);
    let rest = rest.strip_prefix(')')?;
    (!digits.is_empty() && digits.len() <= 30).then_some((digits, rest))
}

/// `e3`, `E+3`, `* 10^3` or `x 10**-3`, and the text behind it.
fn exponent(text: &str) -> Option<(i64, &str)> {
    if let Some(rest) = text.strip_prefix(['e', 'E']) {
        let (power, rest) = power(rest)?;
        return (!rest.starts_with(char::is_alphanumeric)).then_some((power, rest));
    }
    let factor = text.trim_start().strip_prefix(['*', 'x', 'X', '×'])?;
    ten(factor.trim_start().strip_prefix("10")?)
}

/// The exponent behind `10`: `^3`, `^{3}`, `^(-3)`, `**3`.
fn ten(text: &str) -> Option<(i64, &str)> {
    let text = text.trim_start();
    let raised = text.strip_prefix('^').or_else(|| text.strip_prefix("**"))?.trim_start();
    match raised.strip_prefix(['(', '{']) {
        Some(inner) => {
            let (power, rest) = power(inner)?;
            Some((power, rest.strip_prefix([')', '}'])?))
        }
        None => power(raised),
    }
}

fn power(text: &str) -> Option<(i64, &str)> {
    let (negative, digits) = match text.strip_prefix(['+', '-']) {
        Some(rest) => (text.starts_with('-'), rest),
        None => (false, text),
    };
    let (digits, rest) = split_digits(digits);
    let power: i64 = if digits.len() <= 9 {
        digits.parse().ok()?
    } else {
        return None;
    };
    Some((if negative { -power } else { power }, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_numbers_are_canonical() {
        for text in ["0", "7", "10", "1000", "907", &format!("1{}", "0".repeat(39)), &"9".repeat(40)] {
            assert!(is_plain(text));
            assert_eq!(canonical(text).as_deref(), Some(text));
        }
        for text in ["", "00", "01", "-1", "1.0", " 1", "x", "\u{0663}", &"9".repeat(41)] {
            assert!(!is_plain(text), "{text:?}");
        }
    }
}
