//! Decimal commas, as most of Europe writes them: `1,5` is 1.5.
//!
//! ```text
//! 1,5   0,125   1234,5        one comma between digits, no space, not before exactly three digits: decimal
//! 1,234                       thousands
//! 1, 5   (1,5)   1,2,3        a list or pair
//! 1,5; 2,5   1,5 and 2,5      decimals: the list has separators of its own
//! 1,05,3   (-0,25)            no list of whole numbers, which are written without a zero in front: nothing is read
//! ```

use super::date;

/// A text that begins with `12,50`, with a decimal point, where the sign of the euro stands before or behind.
pub(super) fn of_euros(before: &str, found: &str) -> Option<String> {
    let (whole, rest) = found.split_once(',').filter(|(whole, _)| whole.len() < 4)?;
    let places = digits(rest.as_bytes());
    let unit = rest.get(places..)?;
    let euro = before.trim_end().ends_with('€')
        || unit.trim_start().starts_with('€')
        || unit.trim_start().starts_with("EUR")
        || unit.trim_start().starts_with("euro");
    let fits = (1..=2).contains(&places) && !whole.is_empty() && whole.bytes().all(|b| b.is_ascii_digit());
    (euro && fits).then(|| format!("{whole}.{rest}"))
}

/// A text that begins with `12,5`, with a decimal point. A comma without a space before exactly three digits parts thousands
/// where it can, several commas part a list, and in brackets stands a pair.
pub(super) fn lone(before: &str, found: &str) -> Option<String> {
    let (whole, rest) = found.split_once(',')?;
    let places = digits(rest.as_bytes());
    // `6,022·10^23`.
    let power = || {
        let factor = rest[places..].trim_start().strip_prefix(['*', '×', 'x', '·']).map(str::trim_start);
        whole.len() == 1
            && factor.is_some_and(|factor| factor.starts_with("10^") || factor.starts_with("10**"))
    };
    let thousands = places == 3 && whole.len() < 4 && !whole.starts_with('0') && !power();
    if whole.is_empty() || !whole.bytes().all(|b| b.is_ascii_digit()) || places == 0 || thousands {
        return None;
    }
    let after = &rest[places..];
    let goes_on = after.strip_prefix([',', '.', ':']).is_some_and(|next| digits(next.as_bytes()) > 0);
    let pair = before.ends_with(['(', '[', '{', '⟨']) && after.starts_with([')', ']', '}', '⟩']);
    let joined = before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, ',' | '.' | ':' | '^' | '_'));
    // `July 4,1776`.
    let dated = places == 4 && before.trim_end().ends_with(|c: char| c.is_alphabetic()) && whole.len() < 3;
    let dated = dated && before.split_whitespace().next_back().is_some_and(date::begins_as_month);
    (!goes_on && !pair && !joined && !dated).then(|| format!("{whole}.{rest}"))
}

/// A quantity that begins with the only comma of its text, with a decimal point.
pub(super) fn of_quantity(before: &str, found: &str) -> Option<String> {
    let single = || found.matches(',').count() == 1;
    of_euros(before, found).or_else(|| if single() { lone("", found) } else { None })
}

/// A formula with decimal commas, with points. `1,5x+2` may be the list of 1 and 5x+2: a sum is read only where a number
/// such as `0,5` or `1,05` shows that commas are no separators.
pub(super) fn of_formula(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let (mut commas, mut shown, mut depth) = (0, false, 0_u32);
    for (at, &b) in bytes.iter().enumerate() {
        match b {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b',' => {
                let (before, after) = (&bytes[..at], &bytes[at + 1..]);
                let (whole, places) = (digits(before.iter().rev()), digits(after));
                let joined = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b',' | b'.' | b'^' | b'_');
                let number = &before[at - whole..];
                let thousands = places == 3 && whole < 4 && number != b"0";
                if depth > 0
                    || whole == 0
                    || places == 0
                    || thousands
                    || before[..at - whole].last().is_some_and(joined)
                    || after.get(places).is_some_and(|b| matches!(b, b',' | b'.'))
                {
                    return None;
                }
                shown |= number.starts_with(b"0") || places > 1 && after.starts_with(b"0");
                commas += 1;
            }
            _ => {}
        }
    }
    let sum = text.get(1..).is_some_and(|rest| rest.contains(['+', '-', '±', '∓']));
    (commas > 0 && (shown || !sum)).then(|| text.replace(',', "."))
}

/// The meaning of the commas between digits in a list.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Commas {
    Separators,
    Decimals,
    /// Either: nothing is read.
    Doubtful,
}

/// Reads the commas between digits of a list whose `parts` other separators part; true if semicolons do.
pub(super) fn in_list(parts: &[&str], semicolons: bool) -> Commas {
    let counts = || parts.iter().map(|part| tight(part).count());
    let none = counts().all(|count| count == 0);
    if !none && (semicolons || parts.len() > 1 && counts().all(|count| count == 1)) {
        return if counts().all(|count| count < 2) { Commas::Decimals } else { Commas::Doubtful };
    }
    if parts.iter().flat_map(|part| elements(part)).any(|element| is_padded(element.trim())) {
        return Commas::Doubtful;
    }
    if none {
        return Commas::Separators;
    }
    let plain = parts.iter().all(|part| {
        tight(part).next().is_none()
            || part.split(',').all(|element| {
                let element = element.trim().trim_start_matches(['-', '+']);
                !element.is_empty() && element.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'/'))
            })
    });
    let fractions = || parts.iter().flat_map(|part| elements(part)).all(|element| element.contains('/'));
    let lone = parts.len() == 1 && counts().eq([1]) && !fractions();
    if plain && !lone { Commas::Separators } else { Commas::Doubtful }
}

/// The texts between commas, less those of thousands.
fn elements(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let here = rest?;
        let at = here.match_indices(',').map(|(at, _)| at).find(|&at| !is_thousands(here, at));
        let (element, behind) = at.map_or((here, None), |at| (&here[..at], here.get(at + 1..)));
        rest = behind;
        Some(element)
    })
}

/// The commas between digits without a space, less those of thousands.
fn tight(text: &str) -> impl Iterator<Item = usize> + '_ {
    let digit = |at: usize| text.as_bytes().get(at).is_some_and(u8::is_ascii_digit);
    text.match_indices(',')
        .map(|(at, _)| at)
        .filter(move |&at| at > 0 && digit(at - 1) && digit(at + 1) && !is_thousands(text, at))
}

/// True if a comma stands before exactly three digits and behind at most three.
pub(super) fn is_thousands(text: &str, comma: usize) -> bool {
    let bytes = text.as_bytes();
    (1..=3).contains(&digits(bytes[..comma].iter().rev())) && digits(&bytes[comma + 1..]) == 3
}

/// The number of digits ahead.
fn digits<'a>(bytes: impl IntoIterator<Item = &'a u8>) -> usize {
    bytes.into_iter().take_while(|b| b.is_ascii_digit()).count()
}

/// True for digits with a zero in front, and for a zero with a sign: parts of a decimal.
pub(super) fn is_padded(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let zero = digits.starts_with('0') && (digits.len() > 1 || digits.len() < text.len());
    zero && digits.bytes().all(|b| b.is_ascii_digit())
}
