//! Dates as `2024-01-05`, times of day as `15:00`, ratios as `1:2`.

#[rustfmt::skip]
const MONTHS: [&str; 12] = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
];
/// Names of months in other languages, in lower case: German, French, Spanish, Italian, Portuguese, Dutch, Russian, Polish.
#[rustfmt::skip]
const FOREIGN_MONTHS: [&str; 12] = [
    "januar jänner janvier enero gennaio janeiro januari января stycznia", "februar février febrero febbraio fevereiro februari февраля lutego",
    "märz mars marzo março maart марта marca", "avril abril aprile апреля kwietnia", "mai mayo maggio maio mei мая maja",
    "juni juin junio giugno junho июня czerwca", "juli juillet julio luglio julho июля lipca",
    "août agosto augustus августа sierpnia", "septembre septiembre settembre setembro сентября września",
    "oktober octobre octubre ottobre outubro октября października", "novembre noviembre novembro ноября listopada",
    "dezember décembre diciembre dicembre dezembro декабря grudnia",
];
/// Words that stand in dates.
const DATE_WORDS: [&str; 10] = ["the", "of", "on", "de", "del", "le", "den", "der", "г", "roku"];
const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// A date with a month's name, or with the year first. `01/05/2024` may be May or January, and stays as it is.
pub(super) fn date(text: &str) -> Option<String> {
    if !text.bytes().any(|b| b.is_ascii_digit()) || text.len() > 60 {
        return None;
    }
    if let Some(date) = numeric(text) {
        return Some(date);
    }
    let (mut year, mut month, mut day) = (None, None, None);
    let words = text.split([' ', ',', '.']).filter(|word| !word.is_empty());
    for (i, word) in words.enumerate() {
        let number = word.trim_end_matches(char::is_alphabetic);
        let suffix = word.strip_prefix(number).unwrap_or_default();
        if i > 5 {
            return None;
        } else if number.is_empty() {
            let known = MONTHS.iter().position(|name| is_short(word, name)).or_else(|| foreign_month(word));
            match known {
                Some(known) if month.is_none() => month = Some(known + 1),
                _ if WEEKDAYS.iter().any(|name| is_short(word, name)) => {}
                _ if DATE_WORDS.iter().any(|known| known.eq_ignore_ascii_case(word)) => {}
                _ => return None,
            }
        } else if !number.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        } else if number.len() == 4 && suffix.is_empty() && year.is_none() {
            year = number.parse::<u32>().ok();
        } else if number.len() <= 2
            && ["", "st", "nd", "rd", "th"].iter().any(|known| known.eq_ignore_ascii_case(suffix))
            && day.is_none()
        {
            day = number.parse::<u32>().ok().filter(|day| (1..=31).contains(day));
            day?;
        } else {
            return None;
        }
    }
    let month = month?;
    match (year, day) {
        (Some(year), Some(day)) => Some(format!("{year:04}-{month:02}-{day:02}")),
        (Some(year), None) => Some(format!("{year:04}-{month:02}")),
        (None, Some(day)) => Some(format!("--{month:02}-{day:02}")),
        (None, None) => None,
    }
}

fn foreign_month(word: &str) -> Option<usize> {
    let lower = word.to_lowercase();
    FOREIGN_MONTHS.iter().position(|names| names.split(' ').any(|name| name == lower))
}

/// True for a date or a time of day in its canonical form.
pub(super) fn is_canonical(text: &str) -> bool {
    let shaped =
        text.starts_with(|c: char| c.is_ascii_digit()) && text.len() <= 10 && text.contains(['-', ':']);
    shaped && numeric(text).or_else(|| time(text)).is_some_and(|form| form == text)
}

/// True for a word that begins as the English name of a month.
pub(super) fn begins_as_month(word: &str) -> bool {
    let head = word.get(..3).unwrap_or_default();
    MONTHS.iter().any(|name| name.get(..3).is_some_and(|known| known.eq_ignore_ascii_case(head)))
}

/// True for a whole name, or its first three or four letters.
fn is_short(word: &str, name: &str) -> bool {
    let head = if (3..=4).contains(&word.len()) { name.get(..word.len()) } else { Some(name) };
    head.is_some_and(|head| head.eq_ignore_ascii_case(word)) || name.eq_ignore_ascii_case(word)
}

/// `2024-1-5`, `2024/01/05`, `2024年1月5日`.
fn numeric(text: &str) -> Option<String> {
    let mut parts = text.split(['-', '/', '.', '年', '月']);
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let day = day.strip_suffix('日').unwrap_or(day);
    let digits = |text: &str, length: std::ops::RangeInclusive<usize>| {
        length.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
    };
    if parts.next().is_some() || !(digits(year, 4..=4) && digits(month, 1..=2) && digits(day, 1..=2)) {
        return None;
    }
    let (month, day): (u32, u32) = (month.parse().ok()?, day.parse().ok()?);
    let exists = (1..=12).contains(&month) && (1..=31).contains(&day);
    exists.then(|| format!("{year}-{month:02}-{day:02}"))
}

/// A time of day: `3 PM`, `3:00 p.m.` and `15:00` are `15:00`.
pub(super) fn time(text: &str) -> Option<String> {
    if text.len() > 14 || !(text.contains(':') || text.ends_with(['m', 'M', '.'])) {
        return None;
    }
    // pM is a concentration.
    if text.ends_with("pM") || text.ends_with("aM") {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    let lower = lower.strip_suffix(" uhr").filter(|clock| clock.contains(':')).unwrap_or(&lower);
    let halves = [("a.m.", 0), ("p.m.", 12), ("a.m", 0), ("p.m", 12), ("am", 0), ("pm", 12)];
    let half = halves.iter().find_map(|(name, hours)| Some((lower.strip_suffix(name)?.trim_end(), *hours)));
    let clock = half.map_or(lower, |(clock, _)| clock);
    // `3.30 pm`.
    let dot = if half.is_some() { '.' } else { ':' };
    let mut parts = clock.split([':', dot]);
    let hour = parts.next()?;
    let rest: Vec<&str> = parts.collect();
    let sixty = |part: &&str| part.len() == 2 && part.parse::<u32>().is_ok_and(|number| number < 60);
    let fits = (1..=2).contains(&hour.len()) && rest.len() <= 2 && rest.iter().all(sixty);
    if !fits || rest.is_empty() && half.is_none() {
        return None;
    }
    let hour: u32 = hour.parse().ok()?;
    let hour = match half {
        Some((_, hours)) if (1..=12).contains(&hour) => hour % 12 + hours,
        None if hour < 24 => hour,
        _ => return None,
    };
    let minute = rest.first().copied().unwrap_or("00");
    let second =
        rest.get(1).filter(|second| **second != "00").map_or(String::new(), |second| format!(":{second}"));
    Some(format!("{hour}:{minute}{second}"))
}

/// A ratio of numbers, `1 : 2`.
pub(super) fn ratio(text: &str) -> Option<String> {
    if !text.contains(':') {
        return None;
    }
    let parts: Option<Vec<String>> = text.split(':').map(super::number::canonical).collect();
    parts.filter(|parts| parts.len() > 1).map(|parts| parts.join(":"))
}
