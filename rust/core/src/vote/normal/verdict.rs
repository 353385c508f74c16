//! Yes and no, true and false.

use super::choice::{starts_with_break, strip};

#[rustfmt::skip]
const YES: &[&str] = &[
    "yes", "yeah", "yep", "yup", "true", "correct", "right", "confirmed", "affirmative", "accurate", "valid", "supported",
    "agreed", "verified", "sí", "sì", "si", "oui", "ja", "да", "так", "はい", "是", "是的", "对", "对的", "對", "正确", "正確",
    "예", "네", "sim", "हाँ", "हां", "نعم", "بله", "evet", "tak", "có", "হ্যাঁ", "ใช่",
    "ano", "áno", "kyllä", "joo", "ναι", "vâng", "ya", "כן", "igen", "jā", "taip", "jah",
];
#[rustfmt::skip]
const NO: &[&str] = &[
    "no", "nope", "nah", "false", "incorrect", "wrong", "refuted", "inaccurate", "invalid", "unsupported", "untrue", "non",
    "nein", "nee", "nej", "нет", "ні", "いいえ", "不", "不是", "否", "错误", "錯誤", "不对", "不對", "아니요", "아니오", "não",
    "नहीं", "لا", "نه", "خیر", "hayır", "nie", "không", "না", "ไม่ใช่", "tidak", "bukan",
    "όχι", "לא", "nem", "nē",
];
/// Words of [`YES`] and [`NO`] that are something else as often, such as silicon: alone they say nothing.
const HOMONYMS: &[&str] = &["si", "sim", "right", "valid", "wrong", "supported", "不"];
/// Words that make a condition of what follows yes or no.
#[rustfmt::skip]
const CONDITIONS: &[&str] = &[
    "if", "when", "whenever", "unless", "provided", "providing", "assuming", "only", "as long as", "so long as", "in case",
    "depending", "sometimes", "mostly", "usually", "partly", "partially", "maybe", "perhaps", "except", "until", "under",
    "for some", "for most", "for certain", "in some", "in most", "in certain", "si", "se", "wenn", "falls", "sofern",
    "solange", "если", "якщо", "如果", "只要", "若", "もし", "만약", "als", "mits", "jeśli", "eğer",
];
/// Words that take a yes back.
const DOUBTS: &[&str] =
    &["wrong", "incorrect", "false", "not", "no", "but", "except", "unless", "should", "only", "actually"];
/// Words that deny what else would take a no back.
const DENIALS: &[&str] = &["not", "isn't", "is't", "wasn't", "never"];
/// Words behind yes that hold it back, in other languages than English.
#[rustfmt::skip]
pub(in crate::vote) const RESERVES: &[&str] = &[
    "aber", "allerdings", "jedoch", "außer", "mais", "sauf", "cependant", "pero", "salvo", "excepto", "mas", "porém", "ma", "però",
    "tranne", "maar", "behalve", "но", "однако", "кроме", "але", "ale", "jednak", "ama", "fakat", "ancak", "لكن", "ولكن", "lekin",
    "nhưng", "tapi", "tetapi", "namun",
];
/// Such words of scripts without spaces.
pub(in crate::vote) const RESERVES_INSIDE: &[&str] =
    &["但", "不过", "不過", "可是", "然而", "しかし", "ただし", "하지만", "그러나", "다만", "แต่", "लेकिन"];
/// Such words of Swedish, Danish and Norwegian, where "men" alone is a word of English.
pub(in crate::vote) const RESERVES_NORDIC: [&str; 2] = [", men inte", ", men ikke"];
#[rustfmt::skip]
const SUBJECTS: [&str; 14] = [
    "it is", "it's", "that is", "that's", "this is", "the answer is", "the claim is", "the statement is", "i think",
    "i believe", "definitely", "absolutely", "certainly", "of course",
];

/// Whole answers that assent, and that deny.
#[rustfmt::skip]
const ASSENTS: [&str; 18] = [
    "definitely", "absolutely", "certainly", "of course", "indeed", "i think so", "natürlich", "selbstverständlich", "bien sûr",
    "por supuesto", "claro", "claro que sí", "certo", "certamente", "конечно", "もちろん", "当然", "当然是",
];
const DENIES: [&str; 6] =
    ["i don't think so", "i do not think so", "not at all", "by no means", "auf keinen fall", "没有"];

/// `yes`, `no`, `true` or `false` alone, in any case, and yes or no in other languages.
pub(super) fn truth(text: &str) -> Option<&'static str> {
    let alone = ["yes", "no", "true", "false"].into_iter().find(|word| word.eq_ignore_ascii_case(text));
    alone.or_else(|| is_foreign(text).map(|yes| if yes { "yes" } else { "no" }))
}

/// Yes or no in another language than English.
fn is_foreign(word: &str) -> Option<bool> {
    // The words of ASCII among them are short: most answers end here, without a copy.
    let bytes = word.as_bytes();
    let fits = if word.is_ascii() {
        // In capitals it may be an abbreviation.
        bytes.len() <= 5
            && bytes.iter().all(u8::is_ascii_alphabetic)
            && !bytes.iter().skip(1).any(u8::is_ascii_uppercase)
    } else {
        word.len() <= 24 && !word.contains(' ')
    };
    if !fits {
        return None;
    }
    let lower = word.to_lowercase();
    let has = |words: &[&str], from: &str| {
        words.iter().skip_while(|word| **word != from).any(|word| *word == lower)
    };
    if HOMONYMS.contains(&lower.as_str()) {
        return None;
    }
    has(YES, "sí").then_some(true).or(has(NO, "non").then_some(false))
}

/// True if a text opens with yes or no.
pub(super) fn opens(text: &str) -> bool {
    let word = text.split(|c: char| !is_word(c)).next().unwrap_or_default();
    matches!(truth(word), Some("yes" | "no"))
}

/// The verdict that opens a text: true for "Yes, because …" and "Correct.", false for "No." and "That is not right". None
/// if the first word is neither, if it may belong to a noun ("No idea", "right angle"), or if both stand together.
pub(super) fn opening(text: &str) -> Option<bool> {
    let text = text.trim();
    let alone = text.trim_matches(|c: char| !c.is_alphanumeric());
    if alone.eq_ignore_ascii_case("y") || alone.eq_ignore_ascii_case("n") {
        return Some(alone.eq_ignore_ascii_case("y"));
    }
    let whole = alone.to_lowercase();
    if ASSENTS.contains(&whole.as_str()) || DENIES.contains(&whole.as_str()) {
        return Some(ASSENTS.contains(&whole.as_str()));
    }
    let subject =
        SUBJECTS.iter().find_map(|subject| strip(text, subject)).filter(|rest| rest.starts_with([' ', ',']));
    let text = subject.map_or(text, |rest| rest.trim_start_matches([' ', ',']));
    if subject.is_some() && text.trim_end_matches(['.', '!']).eq_ignore_ascii_case("not") {
        return Some(false);
    }
    let (negated, text) = match strip(text, "not ") {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let start = text.trim_start_matches(|c: char| !c.is_alphanumeric());
    let end = start.find(|c: char| !is_word(c)).unwrap_or(start.len());
    let (word, rest) = start.split_at(end);
    let word = word.to_lowercase();
    let yes = match (YES.contains(&word.as_str()), NO.contains(&word.as_str())) {
        (true, false) => true,
        (false, true) => false,
        _ => return None,
    };
    // "Not sure" is no verdict, and "not right" is one only with its subject.
    if negated && subject.is_none() && word != "correct" && word != "true" {
        return None;
    }
    let rest = rest.trim_start_matches(['*', '"', '\'', '_', ')', '}']);
    // "It is true that" says nothing yet.
    if subject.is_some() && rest.trim() == "that" {
        return None;
    }
    // `{"correct": false}`, `Correct: no`.
    if let Some(value) = rest.trim_start().strip_prefix([':', '=']).filter(|_| yes) {
        // "Yes: it holds" says why; `Correct: 5` and `yes: 5` have a name and a value.
        let reason = word == "yes" && !value.contains(|c: char| c.is_ascii_digit());
        let reason = reason && !takes_back(true, value) && !is_conditional(value);
        return opening(value).or(reason.then_some(true));
    }
    let sure = rest.to_lowercase().replace("no doubt", "").replace("no question", "");
    if takes_back(yes, &sure) || is_conditional(&sure) {
        return None;
    }
    let next = rest.trim_start();
    let other: String = next
        .trim_start_matches([',', ' ', '/'])
        .chars()
        .take_while(|c| c.is_alphabetic())
        .flat_map(char::to_lowercase)
        .collect();
    let contradicts = if yes {
        NO.contains(&other.as_str()) && !sure.trim_matches([',', ' ']).is_empty()
    } else {
        YES.contains(&other.as_str())
    };
    let either = matches!(other.as_str(), "and" | "or") || next.starts_with('/');
    (breaks_off(&word, rest) && !contradicts && !either).then_some(yes ^ negated)
}

/// True if what follows takes a verdict back: "Yes, but it should be 7", "No, it is correct".
fn takes_back(yes: bool, rest: &str) -> bool {
    let said = |words: &[&str]| {
        rest.split(|c: char| !c.is_alphanumeric() && c != '\'')
            .any(|word| words.iter().any(|known| known.eq_ignore_ascii_case(word)))
    };
    if yes {
        let foreign = || !rest.is_ascii() && RESERVES_INSIDE.iter().any(|word| rest.contains(word));
        let nordic = || RESERVES_NORDIC.iter().any(|word| rest.contains(word));
        said(DOUBTS) || said(RESERVES) || nordic() || foreign()
    } else {
        said(&["correct", "right", "true", "yes"]) && !said(DENIALS)
    }
}

/// True if what follows makes a verdict a conditional one: "yes, if x > 0".
fn is_conditional(rest: &str) -> bool {
    let clause = rest.trim_start_matches([',', ';', '-', '—', '(', ' ', '。', '、']);
    CONDITIONS.iter().any(|word| {
        let rest = clause.strip_prefix(word);
        rest.is_some_and(|rest| !word.is_ascii() || !rest.starts_with(char::is_alphanumeric))
    })
}

/// True if a sentence breaks off behind yes or no, so that no noun belongs to it. `No. 5` is a number.
fn breaks_off(word: &str, rest: &str) -> bool {
    let next = rest.trim_start();
    let counts = word == "no"
        && next
            .strip_prefix('.')
            .is_some_and(|next| next.trim_start().starts_with(|c: char| c.is_ascii_digit()));
    !counts
        && (next.is_empty()
            || next.starts_with([',', '.', ';', ':', '!', '—', '?', '\n'])
            || rest.starts_with(" -")
            || rest.starts_with(" (")
            || starts_with_break(next)
            || !word.is_ascii() && !rest.starts_with(' ')
            || next.eq_ignore_ascii_case(word))
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || ('\u{900}'..='\u{97f}').contains(&c)
}
