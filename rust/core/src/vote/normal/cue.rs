//! Removes what stands around an answer: lead-ins ("So the answer is"), headings, tags, emphasis, quotes, and
//! punctuation at the end.

/// Words that may open a sentence with an answer.
#[rustfmt::skip]
const LEADS: [&str; 23] = [
    "i think that", "i think", "i believe", "we find that", "we find", "it follows that", "this means that", "so", "thus",
    "hence", "therefore", "then", "and", "finally", "overall", "consequently", "accordingly", "in conclusion", "in summary",
    "to conclude", "as a result", "we conclude that", "i conclude that",
];
const ARTICLES: [&str; 8] = ["the", "my", "our", "your", "its", "that the", "this", "a"];
const ADJECTIVES: [&str; 9] =
    ["final", "correct", "right", "best", "exact", "numerical", "overall", "short", "only correct"];
#[rustfmt::skip]
const NOUNS: [&str; 14] = [
    "answer is option", "answer", "result", "solution set", "solution", "choice", "option", "value", "conclusion", "total",
    "final result", "verdict", "sum", "probability",
];
const TOPICS: [&str; 4] = [" to the question", " to this question", " to the problem", " here"];
#[rustfmt::skip]
const VERBS: [&str; 10] = [
    " is equal to", " is therefore", " is thus", " is that", " is", " are", " equals", " would be", " should be",
    " must be",
];
/// Lead-ins before an answer of digits or a formula only: they open many other sentences.
const PRONOUNS: [&str; 7] = ["it is", "it's", "this is", "this gives", "we get", "we have", "that is"];
/// Lead-ins of other languages, in lower case; a sign or space may follow. Longer ones come first.
#[rustfmt::skip]
const FOREIGN: &[&str] = &[
    "最终答案应该是", "最终答案应为", "最终答案是", "最终答案为", "最终答案", "最終答案是", "最終答案", "正确答案是", "正确答案为", "正确答案", "正確答案是", "正確答案", "\"答案\"", "答案应该是", "答案應該是",
    "答案应为", "答案應為", "答案就是", "答案是", "答案为", "答案為", "答案", "结果是", "结果为", "結果是", "結果為", "选项", "故选", "应选", "答:", "答えは", "答えが", "答え", "正解は",
    "正解", "解答は", "結果は", "最終的な答えは", "求める答えは", "정답은", "정답이", "정답", "최종 답은", "최종 답변은", "최종 정답은", "답은", "답이", "답", "결과는", "la réponse finale est", "la réponse correcte est", "la bonne réponse est",
    "la réponse est", "réponse finale", "réponse", "le résultat est", "die richtige antwort ist", "die richtige antwort lautet", "die endgültige antwort ist", "die endgültige antwort lautet",
    "die antwort ist", "die antwort lautet", "das ergebnis ist", "das ergebnis lautet", "richtige antwort", "antwort", "la respuesta correcta es", "la respuesta final es", "la respuesta es",
    "el resultado es", "respuesta correcta", "respuesta final", "respuesta", "la risposta corretta è", "la risposta finale è", "la risposta è", "risposta corretta", "risposta finale", "risposta",
    "a resposta correta é", "a resposta final é", "a resposta é", "resposta correta", "resposta final", "resposta", "правильный ответ", "окончательный ответ", "итоговый ответ", "ответ",
    "het antwoord is", "svaret är", "odpowiedź to", "odpowiedź", "jawabannya adalah", "jawaban", "cevap", "đáp án là", "câu trả lời là", "คำตอบคือ", "उत्तर", "الجواب هو", "الجواب", "الإجابة الصحيحة هي", "الإجابة هي",
    "الإجابة",
];
/// Words that lead to a lead-in.
#[rustfmt::skip]
const CONNECTIVES: &[&str] = &[
    "因此", "所以", "综上所述", "綜上所述", "综上", "故", "因而", "于是", "由此可得", "由此可知", "那么", "よって", "したがって", "従って", "ゆえに", "以上より", "以上から", "つまり",
    "따라서", "그러므로", "그래서", "결론적으로", "즉", "donc", "ainsi", "also", "daher", "somit", "por lo tanto", "por tanto", "entonces", "así que", "quindi", "dunque", "portanto",
    "logo", "então", "следовательно", "итак", "значит", "таким образом",
];
/// Endings of a sentence that announces an answer.
#[rustfmt::skip]
const COPULAS: &[&str] = &[
    "になります", "となります", "でした", "である", "です", "だ", "입니다", "이에요", "예요", "이다", "됩니다", "ครับ", "ค่ะ",
];
const MARKS: [&str; 9] = ["**", "__", "```", "`", "*", "_", "\"", "'", "**"];

/// An answer without its surroundings.
pub(super) struct Bare<'a> {
    pub(super) text: &'a str,
    /// True if a lead-in announced the answer.
    pub(super) announced: bool,
}

/// Removes surroundings until none is left.
pub(super) fn bare(line: &str) -> Bare<'_> {
    let mut bare = Bare { text: line.trim(), announced: false };
    for _ in 0..8 {
        let before = bare.text;
        if let Some(rest) = lead_in(bare.text) {
            bare = Bare { text: first_sentence(rest), announced: true };
        }
        bare.text = unmarked(bare.text);
        bare.text = unpunctuated(undecorated(bare.text));
        if bare.text == before {
            break;
        }
    }
    bare
}

/// Removes `**` that emphasises a part of a line; `10**3` is a power.
pub(super) fn without_emphasis(line: &str) -> Option<String> {
    if !line.contains("**") {
        return None;
    }
    // `**kwargs` is code.
    let name = |c: char| c.is_ascii_lowercase() || c == '_';
    if line.strip_prefix("**").is_some_and(|rest| rest.chars().all(name)) {
        return None;
    }
    let mut parts = line.split("**");
    let mut out = parts.next()?.to_owned();
    let mut changed = false;
    for part in parts {
        let digit = |c: char| c.is_ascii_digit() || matches!(c, ')' | '(');
        let power =
            out.trim_end().ends_with(digit) && part.trim_start().starts_with(|c| digit(c) || c == '-');
        if power {
            out.push_str("**");
        }
        changed |= !power;
        out.push_str(part);
    }
    changed.then_some(out)
}

fn strip_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    // Most words differ in their first letter.
    if !text.as_bytes().first()?.eq_ignore_ascii_case(word.as_bytes().first()?) {
        return None;
    }
    let head = text.get(..word.len())?;
    let rest = text.get(word.len()..)?;
    let ends = word.ends_with(char::is_alphanumeric) && rest.starts_with(char::is_alphanumeric);
    (head.eq_ignore_ascii_case(word) && !ends).then_some(rest)
}

fn strip_any<'a>(text: &'a str, words: &[&str]) -> Option<&'a str> {
    words.iter().find_map(|word| strip_word(text, word))
}

/// The text behind "So the final answer is", "Answer:", "####", "=", "<answer>" and their like.
fn lead_in(text: &str) -> Option<&str> {
    // Digits and signs of formulas open no lead-in.
    if text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '$' | '\\' | '(' | '{' | '[' | '+' | '.'))
    {
        return None;
    }
    if let Some(rest) =
        text.strip_prefix("####").or_else(|| text.strip_prefix("###")).or_else(|| text.strip_prefix("## "))
    {
        return Some(rest.trim_start());
    }
    let arrow = ["=>", "->", "⇒", "→", "∴", "➡"].iter().find_map(|arrow| text.strip_prefix(arrow));
    if let Some(rest) = arrow.map(str::trim_start).filter(|rest| !rest.is_empty()) {
        return Some(rest);
    }
    if let Some(rest) = text.strip_prefix("* ").or_else(|| text.strip_prefix("• ")) {
        return Some(rest.trim_start()).filter(|rest| !rest.is_empty());
    }
    if let Some(rest) = text.strip_prefix(['=', ':', '≡']).filter(|rest| !rest.starts_with('=')) {
        return Some(rest.trim_start()).filter(|rest| !rest.is_empty());
    }
    let worded = text.contains([' ', ':', '=']);
    tagged(text).or_else(|| foreign(text)).or_else(|| worded.then(|| english(text)).flatten())
}

fn english(text: &str) -> Option<&str> {
    let led =
        strip_any(text, &LEADS).map(|rest| (rest.starts_with(','), rest.trim_start_matches([',', ' ', ':'])));
    let start = led.map_or(text, |(_, rest)| rest);
    let noun = strip_any(start, &ARTICLES).map_or(start, str::trim_start);
    let noun = strip_any(noun, &ADJECTIVES).map_or(noun, str::trim_start);
    if let Some(rest) = strip_any(noun, &NOUNS) {
        let rest = TOPICS.iter().find_map(|topic| strip_word(rest, topic)).unwrap_or(rest);
        let rest = rest.trim_start_matches(['*', '_', '\'', '"']);
        let said = strip_any(rest, &VERBS);
        let marked = said.unwrap_or(rest).trim_start();
        let marked =
            marked.strip_prefix([':', '=']).map(str::trim_start).or_else(|| said.map(str::trim_start));
        if let Some(answer) = marked.filter(|answer| !answer.is_empty()) {
            return Some(answer.trim_start_matches([':', ' ']));
        }
    }
    let symbolic =
        |rest: &&str| rest.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '$' | '\\' | '-' | '('));
    // `x is 58`, `the value of x is 58`.
    let named = strip_any(noun, &NOUNS).and_then(|rest| rest.strip_prefix(" of ")).unwrap_or(start);
    let named = named.split_once(" is ").or_else(|| named.split_once(" equals "));
    if let Some((_, rest)) = named.filter(|(name, rest)| name.chars().count() == 1 && symbolic(rest)) {
        return Some(rest);
    }
    if let Some(rest) = strip_any(start, &PRONOUNS).map(str::trim_start).filter(symbolic) {
        return Some(rest);
    }
    let (comma, rest) = led?;
    (comma && !rest.is_empty() || symbolic(&rest)).then_some(rest)
}

fn foreign(text: &str) -> Option<&str> {
    // Of the lead-ins in ASCII, some letters open none, and a word alone is none.
    let opens = |b: &u8| {
        matches!(b | 0x20, b'a' | b'd' | b'e' | b'h' | b'j' | b'l' | b'p' | b'q' | b'r' | b's' | b'c' | b'"')
    };
    if text.is_ascii() && !(text.as_bytes().first().is_some_and(opens) && text.contains([' ', ':', '='])) {
        return None;
    }
    let (start, rest) = behind(text, FOREIGN).map(|rest| (text, rest)).or_else(|| {
        let start = behind(text, CONNECTIVES)?.trim_start_matches([',', ' ', '、', ':']);
        Some((start, behind(start, FOREIGN)?))
    })?;
    let answer = rest.trim_start_matches([' ', ':', '=']);
    let alphabetic = start.starts_with(|c: char| c.is_alphabetic() && u32::from(c) < 0x2e80);
    let parted = answer.len() < rest.len() || !alphabetic;
    let answer = if text.is_ascii() { answer } else { without_copula(answer) };
    (parted && !answer.is_empty()).then_some(answer)
}

/// The text behind the first of some words in small letters.
fn behind<'a>(text: &'a str, words: &[&str]) -> Option<&'a str> {
    let first: char = text.chars().next()?.to_lowercase().next()?;
    words.iter().filter(|word| word.starts_with(first)).find_map(|word| {
        let mut rest = text.chars();
        word.chars()
            .all(|c| rest.next().is_some_and(|given| given.to_lowercase().eq([c])))
            .then_some(rest.as_str())
    })
}

/// `42です` as `42`.
fn without_copula(text: &str) -> &str {
    let bare = text.trim_end_matches(['.', '。', '!']);
    COPULAS.iter().find_map(|copula| bare.strip_suffix(copula)).map_or(text, str::trim_end)
}

/// The content of `<answer>…</answer>`, or of another element that is the whole text.
fn tagged(text: &str) -> Option<&str> {
    if let Some((_, rest)) = text.split_once("<answer>") {
        return Some(rest.split_once("</answer>").map_or(rest, |(inner, _)| inner).trim());
    }
    let (name, rest) = text.strip_prefix('<')?.split_once('>')?;
    let is_name =
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b'-'));
    let inner = rest.strip_suffix('>')?.strip_suffix(name)?.strip_suffix("</")?;
    (is_name && !inner.contains(&format!("<{name}>"))).then_some(inner.trim())
}

/// An announced answer ends with its sentence.
fn first_sentence(text: &str) -> &str {
    for (at, _) in text.match_indices(". ") {
        let (head, tail) = text.split_at(at);
        let initial = head.len() == 1
            || head.get(head.len().saturating_sub(2)..).is_some_and(|end| end.starts_with(' '));
        if !initial && tail[2..].starts_with(char::is_uppercase) {
            return head;
        }
    }
    text
}

/// Without a pair of marks around the whole.
fn unmarked(text: &str) -> &str {
    MARKS
        .iter()
        .find_map(|mark| {
            let inner = text.strip_prefix(mark)?.strip_suffix(mark)?;
            let name = |c: char| c.is_ascii_lowercase() || c == '_';
            // `__init__` is code.
            let code = *mark == "__" && inner.chars().all(name);
            (!inner.is_empty() && !inner.contains(mark) && !code).then_some(inner.trim())
        })
        .unwrap_or(text)
}

/// Without the pictures that models put beside an answer. A text of them alone stays.
fn undecorated(text: &str) -> &str {
    let rest = text.trim_matches(['✅', '✔', '☑', '🎉', '✨', '👍', '🙂', '😊', '🎯', ' ']);
    if text.is_ascii() || rest.is_empty() { text } else { rest }
}

/// Without punctuation at the end. An exclamation mark behind a number is a factorial, and `...` stays.
fn unpunctuated(text: &str) -> &str {
    let Some(last) = text.chars().next_back() else { return text };
    let rest = text.strip_suffix(last).unwrap_or_default();
    let ends = match last {
        '.' => !rest.ends_with('.'),
        ',' | ';' | ':' | '?' => true,
        '!' => rest.chars().rev().take_while(|c| c.is_alphabetic()).count() > 1,
        _ => false,
    };
    if ends && !rest.is_empty() { rest.trim_end() } else { text }
}
