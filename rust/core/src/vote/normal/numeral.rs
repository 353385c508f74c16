//! Numbers in words: English up to trillions, and Chinese numerals.

#[rustfmt::skip]
const SMALL: [&str; 20] = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
];
const TENS: [&str; 8] = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const SCALES: [(&str, u64); 4] = [
    ("thousand", 1_000),
    ("million", 1_000_000),
    ("billion", 1_000_000_000),
    ("trillion", 1_000_000_000_000),
];
#[rustfmt::skip]
const PARTS: [(&str, i128); 9] = [
    ("half", 2), ("third", 3), ("quarter", 4), ("fourth", 4), ("fifth", 5), ("sixth", 6), ("eighth", 8), ("tenth", 10),
    ("halve", 2),
];

/// A text that is one number in words, in canonical form: `forty-two`, `minus five`, `two thirds`, `十二`.
pub(super) fn canonical(text: &str) -> Option<String> {
    if !text.starts_with(char::is_alphabetic) || text.len() > 120 {
        return None;
    }
    if !text.is_ascii() {
        return chinese_part(text).or_else(|| chinese(text).map(|number| number.to_string()));
    }
    if !opens(text) {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    let lower = match lower.strip_prefix("a ") {
        Some(rest) => format!("one {rest}"),
        None => lower,
    };
    let positive = ["minus ", "negative "].iter().find_map(|sign| lower.strip_prefix(sign));
    let sign = if positive.is_some() { "-" } else { "" };
    if let Some(digits) = positive.filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit())) {
        return super::number::canonical(&format!("-{digits}"));
    }
    let (number, rest) = english(positive.unwrap_or(&lower))?;
    let rest = rest.trim_start_matches([' ', '-']);
    if let Some(decimals) = rest.strip_prefix("point ") {
        return super::number::canonical(&format!("{sign}{number}.{}", spoken_digits(decimals)?));
    }
    if rest.is_empty() {
        return Some(if number == 0 { "0".to_owned() } else { format!("{sign}{number}") });
    }
    // `three and a half`, `one and two thirds`.
    let (whole, top, rest) = match rest.strip_prefix("and ") {
        Some(rest) => match rest.strip_prefix("a ") {
            Some(rest) => (number, 1, rest),
            None => english(rest).map(|(top, rest)| (number, top, rest.trim_start_matches([' ', '-'])))?,
        },
        None => (0, number, rest),
    };
    let part = rest.strip_suffix('s').unwrap_or(rest);
    let (_, bottom) = PARTS.iter().find(|(name, _)| *name == part)?;
    let top = i128::from(whole) * bottom + i128::from(top);
    super::decimal::rational(if sign.is_empty() { top } else { -top }, *bottom)
}

/// The digits of words: `one four` is `14`.
fn spoken_digits(words: &str) -> Option<String> {
    let digit =
        |word: &str| SMALL.iter().take(10).position(|name| *name == word).map(|value| value.to_string());
    words.split(' ').map(digit).collect()
}

/// True if a text opens with a word for a number; spares the copy of all others.
pub(super) fn opens(text: &str) -> bool {
    let end = text.bytes().position(|b| !b.is_ascii_alphabetic()).unwrap_or(text.len());
    let word = text.get(..end).unwrap_or_default();
    let is = |known: &str| known.len() == word.len() && known.eq_ignore_ascii_case(word);
    let number = || SMALL.iter().chain(&TENS).any(|known| is(known));
    // `a hundred`, `a third`.
    if is("a") && text.len() < 20 {
        let rest = text[1..].trim_start();
        let counts =
            |known: &str| rest.get(..known.len()).is_some_and(|head| head.eq_ignore_ascii_case(known));
        return counts("hundred")
            || SCALES.iter().any(|(scale, _)| counts(scale))
            || PARTS.iter().any(|(part, _)| part.eq_ignore_ascii_case(rest));
    }
    (3..=9).contains(&word.len()) && (number() || is("minus") || is("negative"))
}

/// The number that opens a text in lower case, and the text behind it.
pub(super) fn english(text: &str) -> Option<(u64, &str)> {
    let (mut total, mut group, mut rest) = (0_u64, 0_u64, text);
    // The next word must be smaller than this: "two five" are two numbers.
    let mut below = 1_000_u64;
    let mut found = false;
    loop {
        let start = rest.trim_start_matches([' ', '-']);
        let start = match start.strip_prefix("and ") {
            Some(after) if found && group.is_multiple_of(100) => after,
            _ => start,
        };
        let end = start.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(start.len());
        let (word, after) = start.split_at(end);
        let small = SMALL.iter().position(|name| *name == word).map(|n| n as u64);
        let ten = TENS.iter().position(|name| *name == word).map(|n| 20 + 10 * n as u64);
        if let Some(value) = small.or(ten) {
            let limit = if ten.is_some() {
                100
            } else if value < 10 {
                10
            } else {
                20
            };
            if below < limit {
                break;
            }
            group += value;
            below = if ten.is_some() { 10 } else { 1 };
        } else if word == "hundred" && (1..10).contains(&group) {
            group *= 100;
            below = 100;
        } else if let Some((_, scale)) = SCALES.iter().find(|(name, _)| *name == word).filter(|_| group > 0) {
            if total > 0 && total % (scale * 1_000) != 0 {
                break;
            }
            total += group * scale;
            group = 0;
            below = 1_000;
        } else {
            break;
        }
        found = true;
        rest = after;
    }
    found.then_some((total + group, rest))
}

/// A fraction or a share in Chinese: `三分之一`, `百分之五十`.
fn chinese_part(text: &str) -> Option<String> {
    let (bottom, top) = text.split_once("分之")?;
    let top = chinese(top).filter(|_| !top.is_empty())?;
    if bottom == "百" {
        return Some(top.to_string());
    }
    let bottom = chinese(bottom).filter(|bottom| *bottom > 0)?;
    super::decimal::rational(i128::from(top), i128::from(bottom))
}

/// A Chinese or Japanese numeral: `十二`, `两百零五`, `三万`.
fn chinese(text: &str) -> Option<u64> {
    let (mut total, mut section, mut digit) = (0_u64, 0_u64, None);
    for c in text.chars() {
        let value = "零一二三四五六七八九".chars().position(|known| known == c).map(|n| n as u64);
        let value = value.or(match c {
            '〇' => Some(0),
            '两' | '兩' => Some(2),
            _ => None,
        });
        if let Some(value) = value {
            if digit.is_some_and(|digit: u64| digit > 0) {
                return None;
            }
            digit = Some(value);
            continue;
        }
        let (unit, large) = match c {
            '十' => (10, false),
            '百' => (100, false),
            '千' => (1_000, false),
            '万' | '萬' => (10_000, true),
            '亿' | '億' => (100_000_000, true),
            _ => return None,
        };
        if large {
            let group = section + digit.unwrap_or(0);
            total = total.checked_add(group)?.checked_mul(unit)?;
            section = 0;
        } else {
            section += digit.filter(|digit| *digit > 0).unwrap_or(1) * unit;
        }
        digit = None;
    }
    total.checked_add(section + digit.unwrap_or(0))
}
