//! Numbers with what stands around them: currency, percent, degrees, units.

use super::number;

/// Units by their spellings. The question fixes dollars, per cent and degrees, and samples leave them out as they like:
/// they are dropped. All others stay, since 5 cm is not 5 m.
const UNITS: &[(&str, &[&str])] = &[
    (
        "",
        &[
            "%",
            "percent",
            "per cent",
            "°",
            "degree",
            "degrees",
            "deg",
            "dollar",
            "dollars",
            "usd",
            "us dollars",
        ],
    ),
    ("mm", &["mm", "millimeter", "millimeters", "millimetre", "millimetres"]),
    ("cm", &["cm", "centimeter", "centimeters", "centimetre", "centimetres"]),
    ("m", &["m", "meter", "meters", "metre", "metres"]),
    ("km", &["km", "kilometer", "kilometers", "kilometre", "kilometres"]),
    ("in", &["in", "inch", "inches"]),
    ("ft", &["ft", "foot", "feet"]),
    ("yd", &["yd", "yard", "yards"]),
    ("mi", &["mi", "mile", "miles"]),
    ("g", &["g", "gram", "grams"]),
    ("kg", &["kg", "kilogram", "kilograms"]),
    ("lb", &["lb", "lbs", "pound", "pounds"]),
    ("oz", &["oz", "ounce", "ounces"]),
    ("ms", &["ms", "millisecond", "milliseconds"]),
    ("s", &["s", "sec", "secs", "second", "seconds"]),
    ("min", &["min", "mins", "minute", "minutes"]),
    ("h", &["h", "hr", "hrs", "hour", "hours"]),
    ("day", &["day", "days"]),
    ("week", &["week", "weeks"]),
    ("month", &["month", "months"]),
    ("year", &["year", "years", "yr", "yrs"]),
    ("cent", &["cent", "cents"]),
    ("mph", &["mph", "miles per hour"]),
    ("km/h", &["km/h", "kph", "kilometers per hour", "kilometres per hour"]),
];

/// A number, or a number with a unit: `$1,000` is `1000`, `50%` is `50`, `2.50 centimetres` is `2.5 cm`, and
/// `1,000 apples` is `1000 apples`.
pub(super) fn canonical(text: &str) -> Option<String> {
    let (sign, rest) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let dollars = rest.strip_prefix('$').map(str::trim_start);
    let text = dollars.map_or_else(|| text.to_owned(), |rest| format!("{sign}{rest}"));
    if let Some(number) = number::canonical(&text) {
        return Some(number);
    }
    let (number, unit) = split(&text)?;
    let number = number::canonical(number)?;
    let unit = spelled(unit);
    Some(if unit.is_empty() { number } else { format!("{number} {unit}") })
}

/// The number at the start of a text, and the unit that is all the rest.
fn split(text: &str) -> Option<(&str, &str)> {
    let unit = text.find(|c: char| c.is_alphabetic() || matches!(c, '%' | '°'))?;
    let (number, unit) = text.split_at(unit);
    // π is no unit: it is LaTeX's, by another name.
    let plain = |c: char| c.is_alphanumeric() && c != 'π' || matches!(c, ' ' | '/' | '^' | '%' | '°' | '-');
    let spaced = number.ends_with(' ') || !unit.starts_with(['e', 'E']);
    (spaced && unit.chars().all(plain)).then_some((number.trim_end(), unit))
}

fn spelled(unit: &str) -> &str {
    let same = |name: &&str| if name.len() > 3 { name.eq_ignore_ascii_case(unit) } else { **name == *unit };
    UNITS.iter().find(|(_, names)| names.iter().any(same)).map_or(unit, |(short, _)| short)
}

/// The last number of a text, without its unit: what a grader of word problems reads.
pub(super) fn last_number(text: &str) -> Option<String> {
    if let Some(number) = number::canonical(text) {
        return Some(number);
    }
    text.rsplit(|c: char| c.is_whitespace() || matches!(c, '=' | ':' | '(' | ')' | '[' | ']')).find_map(
        |word| {
            let word =
                word.trim_matches(|c: char| !(c.is_ascii_digit() || matches!(c, '-' | '\u{2212}' | '.')));
            let word = word.strip_suffix('.').unwrap_or(word);
            number::canonical(word.trim_start_matches("--"))
        },
    )
}
