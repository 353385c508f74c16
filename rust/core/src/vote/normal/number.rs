//! Numbers, exactly: decimals of any length as digits and an exponent, fractions as whole numbers.

/// Zeros that are written out rather than put into an exponent.
const PLAIN: i64 = 40;

/// `±digits · 10^exponent`; digits without zeros at either end, none at all for zero.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Decimal {
    negative: bool,
    digits: String,
    exponent: i64,
}

/// Whether a text is a whole number in its canonical form already, as most answers are; it is so in every kind.
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
    let (whole, fraction) = match text.split_once(' ') {
        Some((whole, fraction)) if fraction.contains('/') => (Some(whole), fraction),
        _ => (None, text),
    };
    let Some((top, bottom)) = fraction.split_once('/') else {
        return decimal(text).map(|number| number.signed(negative).to_string());
    };
    // The sign of a fraction stands before it, or before its parts.
    let ((top_negative, top), (bottom_negative, bottom)) = (sign(top.trim()), sign(bottom.trim()));
    let mut ratio = Ratio::new(&decimal(top)?, &decimal(bottom)?)?;
    if let Some(whole) = whole {
        if top_negative || bottom_negative || !whole.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        ratio.top = ratio.top.checked_add(whole.parse::<u128>().ok()?.checked_mul(ratio.bottom)?)?;
    }
    Some(ratio.render(negative ^ top_negative ^ bottom_negative))
}

fn sign(text: &str) -> (bool, &str) {
    if let Some(rest) = text.strip_prefix('+') {
        return (false, rest.trim_start());
    }
    match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, rest.trim_start()),
        None => (false, text),
    }
}

/// A number without a sign: digits, perhaps in groups of three, a fraction, an exponent.
fn decimal(text: &str) -> Option<Decimal> {
    let (mantissa, exponent) = exponent(text)?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && fraction.is_empty() || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let mut digits = ungroup(whole)?;
    digits.push_str(fraction);
    let trimmed = digits.trim_end_matches('0');
    let zeros = digits.len() - trimmed.len();
    let exponent = exponent - fraction.len() as i64 + zeros as i64;
    let digits = trimmed.trim_start_matches('0').to_owned();
    let exponent = if digits.is_empty() { 0 } else { exponent };
    Some(Decimal { negative: false, digits, exponent })
}

/// Splits off `e3`, `E+3`, `× 10^3` or `*10^{3}`.
fn exponent(text: &str) -> Option<(&str, i64)> {
    let power = |digits: &str| -> Option<i64> {
        let (negative, digits) = sign(digits);
        let fits = (1..=9).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        let power: i64 = if fits { digits.parse().ok()? } else { return None };
        Some(if negative { -power } else { power })
    };
    if let Some((mantissa, digits)) = text.split_once(['e', 'E']) {
        return Some((mantissa, power(digits)?));
    }
    let Some((mantissa, ten)) = text.split_once(['×', '*']) else { return Some((text, 0)) };
    let digits = ten.trim_start().strip_prefix("10^")?;
    let digits = digits.strip_prefix('{').map_or(Some(digits), |inner| inner.strip_suffix('}'))?;
    Some((mantissa.trim_end(), power(digits)?))
}

/// Digits without their separators, which must stand before groups of three.
fn ungroup(whole: &str) -> Option<String> {
    if whole.bytes().all(|b| b.is_ascii_digit()) {
        return Some(whole.to_owned());
    }
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let digits = |group: &str| group.bytes().all(|b| b.is_ascii_digit());
    if !(1..=3).contains(&first.len()) || !digits(first) {
        return None;
    }
    let mut joined = first.to_owned();
    for group in groups {
        if group.len() != 3 || !digits(group) {
            return None;
        }
        joined.push_str(group);
    }
    Some(joined)
}

impl Decimal {
    fn signed(self, negative: bool) -> Self {
        Self { negative: negative && !self.digits.is_empty(), ..self }
    }

    /// As a whole number and what is left of the exponent below it.
    fn whole(&self) -> Option<(u128, u32)> {
        let digits: u128 = if self.digits.is_empty() { 0 } else { self.digits.parse().ok()? };
        if self.exponent < 0 {
            return Some((digits, u32::try_from(-self.exponent).ok()?));
        }
        Some((digits.checked_mul(ten_to(self.exponent.try_into().ok()?)?)?, 0))
    }
}

impl std::fmt::Display for Decimal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { digits, exponent, .. } = self;
        let length = digits.len() as i64;
        if self.negative {
            f.write_str("-")?;
        }
        if digits.is_empty() {
            return f.write_str("0");
        }
        if (0..=PLAIN).contains(exponent) {
            return write!(f, "{digits}{:0<zeros$}", "", zeros = *exponent as usize);
        }
        if *exponent < 0 && -exponent <= length + PLAIN {
            let point = length + exponent;
            return match digits.split_at_checked(usize::try_from(point).unwrap_or(0)) {
                Some((whole, fraction)) if point > 0 => write!(f, "{whole}.{fraction}"),
                _ => write!(f, "0.{:0<zeros$}{digits}", "", zeros = -point as usize),
            };
        }
        let (first, rest) = digits.split_at(1);
        let point = if rest.is_empty() { "" } else { "." };
        write!(f, "{first}{point}{rest}e{}", exponent + length - 1)
    }
}

/// `top / bottom` in lowest terms, without a sign.
struct Ratio {
    top: u128,
    bottom: u128,
}

impl Ratio {
    /// None where it divides by zero or does not fit 128 bits.
    fn new(top: &Decimal, bottom: &Decimal) -> Option<Self> {
        let ((top, above), (bottom, below)) = (top.whole()?, bottom.whole()?);
        let mut ratio =
            Self { top: top.checked_mul(ten_to(below)?)?, bottom: bottom.checked_mul(ten_to(above)?)? };
        if ratio.bottom == 0 {
            return None;
        }
        let common = gcd(ratio.top, ratio.bottom);
        ratio.top /= common;
        ratio.bottom /= common;
        Some(ratio)
    }

    /// As a decimal where one is exact, else as a fraction.
    fn render(&self, negative: bool) -> String {
        let (mut rest, mut places) = (self.bottom, [0, 0]);
        for (count, prime) in places.iter_mut().zip([2, 5]) {
            while rest % prime == 0 {
                rest /= prime;
                *count += 1;
            }
        }
        let places: u32 = places[0].max(places[1]);
        let scaled = (rest == 1).then(|| self.top.checked_mul(ten_to(places)? / self.bottom)).flatten();
        if let Some(number) = scaled.and_then(|digits| decimal(&format!("{digits}e-{places}"))) {
            return number.signed(negative).to_string();
        }
        let sign = if negative { "-" } else { "" };
        format!("{sign}{}/{}", self.top, self.bottom)
    }
}

fn ten_to(power: u32) -> Option<u128> {
    10_u128.checked_pow(power)
}

fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
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
