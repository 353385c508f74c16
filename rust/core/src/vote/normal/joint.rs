//! The words between two `\boxed{…}`, which say if both count.
//!
//! ```text
//! separators, labels     both count                \boxed{3} and \boxed{5}   (a) \boxed{3} (b) \boxed{5}
//! an operator            both are one formula      \boxed{1}/\boxed{2}
//! "not"                  the second is denied      \boxed{1}, not \boxed{2}
//! "wait", "therefore"    the first is taken back   \boxed{3}. Wait, it is \boxed{5}
//! anything else          the text counts as it is  \boxed{3} to \boxed{5}
//! ```

use super::choice::strip_end;

/// Words that join two boxes, both of which count.
#[rustfmt::skip]
const AND: [&str; 22] = [
    "", "and", "y", "et", "und", "e", "i", "и", "та", "en", "och", "og", "ve", "as", "well", "和", "与", "與", "及", "以及",
    "と", "및",
];
/// Words between two boxes of which either may be the answer.
#[rustfmt::skip]
const OR: [&str; 19] = [
    "or", "oder", "ou", "o", "или", "або", "lub", "albo", "of", "eller", "veya", "lor", "vee", "或", "或者", "または",
    "又は", "もしくは", "또는",
];
/// Words before the number of a part.
#[rustfmt::skip]
const PARTS: &[&str] = &[
    "part", "question", "problem", "case", "answer", "solution", "item", "exercise", "step", "teil", "frage", "aufgabe",
    "antwort", "lösung", "partie", "réponse", "parte", "pregunta", "respuesta", "resposta", "risposta", "domanda", "часть",
    "вопрос", "ответ", "задача", "問", "问题",
];
/// Words of a sentence that gives several answers.
#[rustfmt::skip]
const SEVERAL: &[&str] = &[
    "second", "third", "fourth", "other", "another", "also", "both", "respectively", "each", "nor", "neither", "while", "whereas",
    "remaining", "zweite", "zweiter", "zweites", "dritte", "andere", "anderer", "auch", "beziehungsweise", "bzw", "jeweils", "weder",
    "noch", "deuxième", "seconde", "autre", "aussi", "respectivement", "segunda", "segundo", "otra", "otro", "también", "outra",
    "outro", "também", "respectivamente", "altra", "altro", "anche", "второй", "также", "соответственно",
];
/// Words of a sentence that takes an earlier answer back, or concludes.
#[rustfmt::skip]
const TAKEN_BACK: &[&str] = &[
    "wait", "no", "nope", "sorry", "oops", "actually", "correct", "corrected", "correction", "mistake", "error", "wrong",
    "instead", "rather", "recheck", "rechecking", "recalculate", "recalculating", "recompute", "checking", "so", "thus", "hence",
    "therefore", "consequently", "finally", "final", "conclusion", "conclude", "answer", "result", "simplifies", "simplify",
    "simplified", "simplifying", "equals", "gives", "giving", "yields", "becomes", "revised", "again", "should", "ie", "better",
    "moment", "warte", "nein", "sondern", "daher", "somit", "folglich", "endgültige", "antwort", "korrektur", "attendez",
    "non", "donc", "ainsi", "finalement", "réponse", "finale", "espera", "entonces", "luego", "respuesta", "espere", "não",
    "então", "portanto", "resposta", "aspetta", "quindi", "dunque", "risposta", "нет", "значит", "итак", "следовательно",
    "ответ", "поэтому", "подождите", "исправление",
];
/// Such words of scripts without spaces.
#[rustfmt::skip]
const TAKEN_BACK_INSIDE: &[&str] = &[
    "等等", "不对", "不對", "所以", "因此", "最终", "最終", "答案", "更正", "应该", "應該", "いや", "待って", "したがって", "よって", "答え", "訂正",
    "つまり", "잠깐", "아니", "따라서", "그러므로", "정답", "답은",
];
/// Words before a box that deny it.
#[rustfmt::skip]
const DENIED: &[&str] = &[
    "not", "isn't", "instead of", "rather than", "nicht", "statt", "anstatt", "pas", "au lieu de", "en lugar de", "em vez de",
    "вместо", "а не", "et non", "y no", "e non", "e não", "en niet", "而不是", "不是",
];
/// Signs that lead from one value to the same value in another form.
#[rustfmt::skip]
const SAME_VALUE: &[&str] = &[
    "=", "\\approx", "≈", "\\equiv", "\\implies", "\\Rightarrow", "\\Longrightarrow", "⇒", "=>", "\\iff",
];

/// The meaning of the text between two boxes.
pub(super) enum Joint {
    /// Both count, with this between them, and the second has a label.
    Joined(&'static str, Option<Label>),
    /// The second box is denied.
    Denied,
    /// The first box is taken back.
    TakenBack,
    /// Unknown: the text counts as it is.
    Open,
}

/// The label of a box.
#[derive(PartialEq, Eq)]
pub(super) enum Label {
    /// The place of a part, from one on: `(b)`, `2.`, `ii)`, `Part 2:`.
    Part(u32),
    /// The name of a value: `y=`.
    Name(String),
}

/// Reads the text between two boxes. Behind a bullet, a sign at the start of a line is one, too.
pub(super) fn joint(between: &str, bulleted: bool) -> Joint {
    let glued = !between.contains(' ');
    let operator = match between.trim() {
        "/" if glued => "/",
        ":" if glued => ":",
        "+" if !bulleted => "+",
        "-" if !bulleted => "-",
        "\\cdot" | "\\times" => "*",
        _ => "",
    };
    if !operator.is_empty() {
        return Joint::Joined(operator, None);
    }
    separator(between, bulleted).unwrap_or_else(|| told(between))
}

/// Reads the words between two boxes.
fn told(between: &str) -> Joint {
    let bare = between.trim_matches(|c: char| c.is_whitespace() || matches!(c, '$' | '(' | '*'));
    if SAME_VALUE.contains(&bare) {
        return Joint::TakenBack;
    }
    if is_denied(bare) {
        return Joint::Denied;
    }
    let lower = bare.to_lowercase();
    let words = || lower.split(|c: char| !(c.is_alphanumeric() || c == '\'')).filter(|word| !word.is_empty());
    if has_label(bare) || words().any(|word| SEVERAL.contains(&word)) {
        return Joint::Open;
    }
    // A lone "no" is a word of denial in Spanish, and of correction in English.
    if words().all(|word| matches!(word, "no" | "non" | "não"))
        && !bare.contains(['.', ':', '!', '?', '—', '-'])
    {
        return Joint::Open;
    }
    let back = words().any(|word| TAKEN_BACK.contains(&word))
        || !lower.is_ascii() && TAKEN_BACK_INSIDE.iter().any(|word| lower.contains(word));
    if back { Joint::TakenBack } else { Joint::Open }
}

/// True if the label of a part, in brackets, stands in a text.
pub(super) fn has_label(text: &str) -> bool {
    text.split_whitespace().any(|word| {
        let word = word.trim_matches(['*', '_', '#', ',', '.', ':']);
        word.ends_with(')') && is_label(word, false)
    })
}

/// True if a text before a box denies it.
pub(super) fn is_denied(before: &str) -> bool {
    let before = before.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '$' | '*' | '"'));
    DENIED.iter().any(|word| {
        strip_end(before, word).is_some_and(|head| !word.is_ascii() || !head.ends_with(char::is_alphanumeric))
    })
}

pub(super) fn is_joining(words: &str) -> bool {
    !words.trim().is_empty()
        && words.split_whitespace().all(|word| {
            let word = word.trim_matches([',', ';']).to_lowercase();
            AND.contains(&word.as_str()) || OR.contains(&word.as_str())
        })
}

/// The words between two boxes without the marks that part them.
fn parted(between: &str) -> String {
    let words = between.replace(['$', ',', ';', '&', '~'], " ").replace("\\quad", " ");
    words.replace("\\text", " ").replace(" =", "=")
}

/// The separator that joins two boxes and the label behind it, if nothing else stands between them.
fn separator(between: &str, bulleted: bool) -> Option<Joint> {
    let (mut either, mut bullet, mut stopped, mut part) = (false, false, false, false);
    let mut label = None;
    for raw in parted(between).split_whitespace() {
        let raw = raw.trim_matches(['*', '_', '#']);
        let word = raw.trim_matches(['{', '}', '\\', '(', ')', '[', ']', '/']);
        let lower = word.trim_end_matches(':').to_lowercase();
        match word {
            _ if is_label(raw, part) => label = Some(of_part(raw)?),
            _ if AND.contains(&lower.as_str()) => {}
            _ if OR.contains(&lower.as_str()) => either = true,
            "." => stopped = true,
            "-" | "•" | "+" if bulleted => bullet = true,
            _ if PARTS.contains(&lower.as_str()) => part = true,
            _ => label = Some(Label::Name(name(word)?)),
        }
    }
    let fits = label.is_some() || bullet || !stopped && !part;
    fits.then_some(Joint::Joined(if either { " or " } else { ", " }, label))
}

/// The label that ends the text before the first box.
pub(super) fn label_before(before: &str) -> Option<Label> {
    let words = parted(before);
    let mut words = words.split_whitespace().rev().map(|word| word.trim_matches(['*', '_', '#']));
    let last = words.next()?;
    let part = words.next().is_some_and(|word| PARTS.contains(&word.to_lowercase().as_str()));
    let word = last.trim_start_matches(['{', '\\', '(', '[']);
    if is_label(last, part) { of_part(last) } else { name(word).map(Label::Name) }
}

/// The name of `y=` and `x_1=`.
fn name(word: &str) -> Option<String> {
    let name = word.strip_suffix('=')?;
    ((1..=3).contains(&name.chars().count()) || name.contains('_')).then(|| name.to_owned())
}

/// The place of a part by its label. `x:` is a name.
fn of_part(label: &str) -> Option<Label> {
    const ROMAN: [&str; 10] = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"];
    let core = label.trim_matches(['(', ')', '[', ']', '.', ':']).to_lowercase();
    let digits = core.trim_matches(|c: char| !c.is_ascii_digit());
    let letter = core.bytes().next().filter(|b| core.len() == 1 && b.is_ascii_lowercase());
    let place = match letter {
        _ if !digits.is_empty() => digits.parse().ok(),
        Some(letter @ b'a'..=b'h') => Some(u32::from(letter - b'a') + 1),
        Some(_) if label.ends_with(':') && !label.contains(')') => return Some(Label::Name(core)),
        _ => ROMAN
            .iter()
            .position(|roman| *roman == core)
            .or_else(|| "一二三四五六七八九十".chars().position(|count| core.contains(count)))
            .and_then(|at| u32::try_from(at + 1).ok()),
    };
    place.map(Label::Part)
}

/// True for the label of a part: `(b)`, `2.`, `ii)`, `y:`, `第2问`; behind "part" the mark may be missing.
pub(super) fn is_label(word: &str, part: bool) -> bool {
    let core = word.trim_matches(['(', ')', '[', ']', '.', ':']);
    let marked = core.len() < word.len() || part;
    let letter = core.chars().count() == 1 && core.starts_with(char::is_alphanumeric);
    let number = core.len() <= 2 && core.bytes().all(|b| b.is_ascii_digit());
    let roman = core.len() <= 4 && core.bytes().all(|b| matches!(b.to_ascii_lowercase(), b'i' | b'v' | b'x'));
    let numbered =
        core.len() < 4 && core.starts_with(['Q', 'q']) && core[1..].bytes().all(|b| b.is_ascii_digit());
    let ordinal = core.starts_with('第') && core.chars().count() <= 6;
    !core.is_empty() && (ordinal || marked && (letter || numbered || number || roman))
}
