//! Quantities: a number with a sign, a currency, a scale and a unit.
//!
//! ```text
//! quantity = [sign] [currency] [sign] number [scale] [unit]
//! unit     = factor {("*" | " ") factor} {("/" | "per") factor}      factor = [prefix] base ["^" digits]
//! ```
//!
//! Dollars, per cent and degrees are dropped, because the question fixes them and samples omit them at will. All other
//! units stay in one spelling, since 5 cm is not 5 m. No unit is converted into another.

use super::{number, numeral};

const CURRENCIES: [(&str, &str); 17] = [
    ("US$", ""),
    ("USD", ""),
    ("$", ""),
    ("EUR", "EUR"),
    ("€", "EUR"),
    ("GBP", "GBP"),
    ("£", "GBP"),
    ("JPY", "JPY"),
    ("¥", "JPY"),
    ("INR", "INR"),
    ("₹", "INR"),
    ("Rs.", "INR"),
    ("Rs", "INR"),
    ("CNY", "CNY"),
    ("₩", "KRW"),
    ("CHF", "CHF"),
    ("₽", "RUB"),
];
/// Scales, by their power of ten. The last two are read behind a currency only.
const SCALES: [(&str, u32); 18] = [
    ("hundred", 2),
    ("thousand", 3),
    ("million", 6),
    ("billion", 9),
    ("trillion", 12),
    ("lakh", 5),
    ("crore", 7),
    ("k", 3),
    ("K", 3),
    ("mn", 6),
    ("mln", 6),
    ("bn", 9),
    ("万", 4),
    ("亿", 8),
    ("萬", 4),
    ("億", 8),
    ("M", 6),
    ("B", 9),
];
/// Units that are dropped.
const DROPPED: [&str; 16] = [
    "%",
    "percent",
    "per cent",
    "pct",
    "°",
    "degree",
    "degrees",
    "deg",
    "dollar",
    "dollars",
    "usd",
    "us dollars",
    "u.s. dollars",
    "american dollars",
    "bucks",
    "buck",
];
/// Prefixes of the metric system: sign and word.
const PREFIXES: [(&str, &str); 11] = [
    ("T", "tera"),
    ("G", "giga"),
    ("M", "mega"),
    ("k", "kilo"),
    ("h", "hecto"),
    ("d", "deci"),
    ("c", "centi"),
    ("m", "milli"),
    ("μ", "micro"),
    ("n", "nano"),
    ("p", "pico"),
];
/// Units that take prefixes: sign, and words in the singular.
const METRIC: [(&str, &[&str]); 25] = [
    ("m", &["meter", "metre"]),
    ("g", &["gram", "gramme"]),
    ("s", &["second", "sec"]),
    ("L", &["liter", "litre"]),
    ("N", &["newton"]),
    ("V", &["volt"]),
    ("W", &["watt"]),
    ("A", &["ampere", "amp"]),
    ("J", &["joule"]),
    ("Hz", &["hertz"]),
    ("Pa", &["pascal"]),
    ("K", &["kelvin"]),
    ("mol", &["mole"]),
    ("C", &["coulomb"]),
    ("F", &["farad"]),
    ("T", &["tesla"]),
    ("H", &["henry"]),
    ("Ω", &["ohm"]),
    ("eV", &["electronvolt", "electron volt"]),
    ("B", &["byte"]),
    ("b", &[]),
    ("bit", &["bit"]),
    ("cal", &["calorie"]),
    ("Wh", &["watt-hour", "watt hour", "watthour"]),
    ("bar", &["bar"]),
];
/// Other units: sign, and words in the singular.
const OTHERS: [(&str, &[&str]); 36] = [
    ("in", &["inch", "inche", "\""]),
    ("ft", &["foot", "feet"]),
    ("yd", &["yard"]),
    ("mi", &["mile"]),
    ("lb", &["pound", "lbs"]),
    ("oz", &["ounce"]),
    ("min", &["minute", "mins"]),
    ("h", &["hour", "hr", "hrs"]),
    ("day", &["days"]),
    ("week", &["wk", "wks"]),
    ("month", &["mo"]),
    ("year", &["yr", "yrs"]),
    ("cent", &["¢", "c.", "cents"]),
    ("mph", &["mile per hour", "miles per hour"]),
    ("km/h", &["kph", "kmh", "kmph"]),
    (
        "°C",
        &[
            "degree celsius",
            "degrees celsius",
            "celsius",
            "deg c",
            "degrees c",
            "degree c",
            "degrees centigrade",
        ],
    ),
    ("°F", &["degree fahrenheit", "degrees fahrenheit", "fahrenheit", "deg f", "degrees f", "degree f"]),
    ("rad", &["radian"]),
    ("acre", &["acres"]),
    ("ha", &["hectare"]),
    ("gal", &["gallon"]),
    ("qt", &["quart"]),
    ("t", &["tonne", "metric ton"]),
    ("ton", &["tons"]),
    ("atm", &["atmosphere"]),
    ("rpm", &["revolution per minute", "revolutions per minute"]),
    ("L", &["l"]),
    ("mL", &["ml", "cc"]),
    ("EUR", &["euro", "€", "eur"]),
    ("GBP", &["gbp", "£", "british pound", "pound sterling", "pounds sterling"]),
    ("JPY", &["yen", "jpy", "¥"]),
    ("INR", &["rupee", "inr", "₹"]),
    ("CNY", &["yuan", "cny", "rmb"]),
    ("CHF", &["chf", "franc"]),
    ("KRW", &["won", "krw", "₩"]),
    ("RUB", &["ruble", "rouble", "rub", "₽"]),
];
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
    let negative = negative ^ negated;
    let Some((number, flipped, rest)) = number::read(rest) else { return in_words(text) };
    let (number, rest, scaled) = scaled(number, rest, currency.is_some())?;
    let number = number.render(negative ^ flipped);
    let spaced = rest.starts_with(' ') || scaled;
    let unit = rest.trim();
    if unit.is_empty() {
        return Some(with_unit(number, currency.unwrap_or_default()));
    }
    let unit = unit.strip_prefix('-').unwrap_or(unit);
    let decade = !spaced && unit == "s";
    let known = if decade { None } else { spelled(unit) };
    let unit = known.or_else(|| spaced.then(|| free(unit)).flatten())?;
    let currency = currency.filter(|currency| !currency.is_empty());
    Some(with_unit(
        number,
        &currency.map_or(unit.clone(), |currency| format!("{currency} {unit}").trim().to_owned()),
    ))
}

fn with_unit(number: String, unit: &str) -> String {
    if unit.is_empty() { number } else { format!("{number} {unit}") }
}

/// `twelve apples` as `12 apples`.
fn in_words(text: &str) -> Option<String> {
    if let Some(number) = numeral::canonical(text) {
        return Some(number);
    }
    if !text.is_ascii() || text.len() > 120 || !text.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    if !numeral::opens(text) {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    let (number, rest) = numeral::english(&lower)?;
    let unit = rest.strip_prefix(' ')?.trim();
    let unit = spelled(unit).or_else(|| free(unit))?;
    Some(with_unit(number.to_string(), &unit))
}

/// The currency before a number, and the text behind it.
fn currency(text: &str) -> (Option<&'static str>, &str) {
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
fn scaled(number: number::Number, rest: &str, money: bool) -> Option<(number::Number, &str, bool)> {
    let word = rest.trim_start();
    let known = SCALES.iter().enumerate().find_map(|(i, (name, zeros))| {
        let head = word.get(..name.len())?;
        let same = if name.len() > 3 { head.eq_ignore_ascii_case(name) } else { head == *name };
        let after = word.get(name.len()..)?;
        let plural = after.strip_prefix('s').filter(|_| name.len() > 3).unwrap_or(after);
        let ends = !plural.starts_with(char::is_alphanumeric) || !name.is_ascii();
        // A spaced K is kelvin, and M and B are scales of money only.
        let fits = i < SCALES.len() - 2 && (*name != "K" || word.len() == rest.len()) || money;
        (same && ends && fits).then_some((*zeros, plural))
    });
    match known {
        Some((zeros, after)) => Some((number.scaled(zeros)?, after, true)),
        None => Some((number, rest, false)),
    }
}

/// A unit in one spelling; empty if it is dropped.
fn spelled(unit: &str) -> Option<String> {
    let lower = unit.to_lowercase();
    if DROPPED.contains(&lower.as_str()) {
        return Some(String::new());
    }
    if let Some(symbol) = factor(unit) {
        return Some(symbol);
    }
    let (mut above, mut below) = (Vec::new(), Vec::new());
    for (i, part) in unit.replace(" per ", "/").split('/').enumerate() {
        let words: Vec<&str> = part.split([' ', '*']).filter(|word| !word.is_empty()).collect();
        let mut words = words.into_iter().peekable();
        while let Some(word) = words.next() {
            let raised = match word.to_lowercase().as_str() {
                "square" | "sq" | "sq." => Some(2),
                "cubic" | "cu" | "cu." => Some(3),
                _ => None,
            };
            let base = if raised.is_some() { words.next()? } else { word };
            let digits = base.trim_start_matches(|c: char| !(c.is_ascii_digit() || c == '^'));
            let name = base.strip_suffix(digits)?;
            let exponent: i32 = match digits.trim_start_matches('^').trim_matches(['(', ')']) {
                "" => raised.unwrap_or(1),
                digits => digits.parse().ok()?,
            };
            let exponent = match words.peek().map(|word| word.to_lowercase()).as_deref() {
                Some("squared") => 2,
                Some("cubed") => 3,
                _ => exponent,
            };
            words.next_if(|word| matches!(word.to_lowercase().as_str(), "squared" | "cubed"));
            let symbol = factor(name)?;
            let power = exponent.abs();
            let symbol = if power == 1 { symbol } else { format!("{symbol}^{power}") };
            if (i > 0) ^ (exponent < 0) { below.push(symbol) } else { above.push(symbol) }
        }
    }
    (!above.is_empty()).then(|| [above.join("*")].into_iter().chain(below).collect::<Vec<_>>().join("/"))
}

/// The sign of one unit, by sign or word. Case decides between signs; where it cannot, it is ignored.
fn factor(word: &str) -> Option<String> {
    // `us` is written for μs.
    if let Some(symbol) = word.strip_prefix('u').and_then(|base| by_sign(&format!("μ{base}"), false)) {
        return Some(symbol);
    }
    if let Some(symbol) = by_sign(word, false) {
        return Some(symbol);
    }
    let lower = word.to_lowercase();
    let singular = lower.strip_suffix('s').unwrap_or(&lower);
    let is = |names: &[&str]| names.iter().any(|name| *name == lower || lower.len() > 4 && *name == singular);
    if let Some((symbol, _)) =
        OTHERS.iter().find(|(symbol, names)| is(names) || *symbol == singular && symbol.len() > 2)
    {
        return Some((*symbol).to_owned());
    }
    let words =
        |name: &str| METRIC.iter().find(|(_, names)| names.contains(&name)).map(|(symbol, _)| *symbol);
    for name in [lower.as_str(), singular] {
        if let Some(symbol) = words(name) {
            return Some(symbol.to_owned());
        }
        let prefixed =
            PREFIXES.iter().find_map(|(sign, prefix)| Some((sign, words(name.strip_prefix(prefix)?)?)));
        if let Some((sign, symbol)) = prefixed {
            return Some(format!("{sign}{symbol}"));
        }
    }
    // `kgs`.
    if let Some(symbol) =
        word.strip_suffix('s').filter(|word| word.len() > 1).and_then(|word| by_sign(word, false))
    {
        return Some(symbol);
    }
    // `KM` and `Kg` are slips of case; of most other signs case decides.
    let slips = ["kg", "km", "cm", "ml", "ft", "lb", "oz", "hz", "khz", "min"];
    if slips.contains(&lower.as_str()) { by_sign(word, true) } else { None }
}

fn by_sign(word: &str, any_case: bool) -> Option<String> {
    let same = |sign: &str| if any_case { sign.eq_ignore_ascii_case(word) } else { sign == word };
    let plain = METRIC.iter().map(|(sign, _)| *sign).chain(OTHERS.iter().map(|(sign, _)| *sign));
    let mut found = plain.filter(|sign| same(sign)).map(str::to_owned).collect::<Vec<_>>();
    for (prefix, _) in PREFIXES {
        let ascii = prefix.is_ascii() && word.is_char_boundary(1);
        let starts = if any_case {
            ascii && word.get(..1).is_some_and(|first| first.eq_ignore_ascii_case(prefix))
        } else {
            word.starts_with(prefix)
        };
        if starts {
            let base = word.get(prefix.len()..).unwrap_or_default();
            let is = |sign: &str| if any_case { sign.eq_ignore_ascii_case(base) } else { sign == base };
            found.extend(
                METRIC.iter().filter(|(sign, _)| is(sign)).map(|(sign, _)| format!("{prefix}{sign}")),
            );
        }
    }
    found.dedup();
    // Of an exact sign the first reading is the usual one: `min`, `cd`, `ft`.
    if any_case && found.len() != 1 { None } else { found.into_iter().next() }
}

/// A unit that no table has, in lower case and in the singular: `Apples` is `apple`.
fn free(unit: &str) -> Option<String> {
    let plain = |c: char| c.is_alphabetic() || matches!(c, ' ' | '-' | '\'');
    let words: Vec<&str> = unit.split(' ').collect();
    let short = words.iter().any(|word| word.chars().count() < 2 || word.contains(is_greek));
    if words.len() > 5
        || short
        || !unit.chars().all(plain)
        || words.iter().any(|word| NO_UNIT.contains(&word.to_lowercase().as_str()))
    {
        return None;
    }
    // `Nm` is not `nm`.
    if unit.chars().skip(1).any(char::is_uppercase) {
        return Some(unit.to_owned());
    }
    let lower = unit.to_lowercase();
    let plural = lower.len() > 3 && lower.ends_with('s') && !lower.ends_with("ss");
    Some(if plural { lower[..lower.len() - 1].to_owned() } else { lower })
}

/// The last number of a text, without its unit: the answer that graders of word problems read.
pub(super) fn last_number(text: &str) -> Option<String> {
    let mut last = None;
    let mut at = 0;
    while let Some(offset) = text.get(at..).and_then(|rest| rest.find(|c: char| c.is_ascii_digit())) {
        let start = at + offset;
        let point =
            text[..start].ends_with('.') && !text[..start - 1].ends_with(|c: char| c.is_ascii_digit());
        let start = start - usize::from(point);
        let Some((number, flipped, rest)) = text.get(start..).and_then(number::read) else {
            at = start + 1 + usize::from(point);
            continue;
        };
        let money = text[..start].trim_end().ends_with(['$', '€', '£', '₹', '¥']);
        let (number, rest, _) = scaled(number.clone(), rest, money).unwrap_or((number, rest, false));
        last = Some(number.render(is_negative(&text[..start]) ^ flipped));
        at = text.len() - rest.len();
    }
    last.or_else(|| numeral::canonical(text))
}

/// True if a sign before a number is its own: no operand stands before it.
fn is_negative(before: &str) -> bool {
    let unsigned = before.trim_end_matches(['$', '€', '£', '₹', '¥', '(']);
    let spaced = unsigned.trim_end();
    let Some(rest) = spaced.strip_suffix(['-', '\u{2212}']) else { return false };
    let glued = spaced.len() == unsigned.len();
    let operand = rest.trim_end().ends_with(|c: char| c.is_alphanumeric() || matches!(c, ')' | '%'));
    if glued { !rest.ends_with(|c: char| c.is_alphanumeric() || matches!(c, ')' | '%')) } else { !operand }
}

fn is_greek(c: char) -> bool {
    ('α'..='ω').contains(&c) || ('Α'..='Ω').contains(&c)
}
