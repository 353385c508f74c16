//! Recognises thanks and words of agreement that stand alone: "thanks!", "ok, great", "👍", "Danke dir", "谢谢". Nothing is asked,
//! so nothing can be got wrong.
//!
//! Phrases that let the assistant go on ("continue", "do it") are none: what they continue may be hard.

use super::acknowledgement::{LONGEST, by_words, normalise};
use super::literals::WordSet;
use super::thanks::{AGREEMENT, THANKS};
use std::sync::LazyLock;

/// The most words of a phrase in the tables.
const PHRASE_WORDS: usize = 4;

/// The phrases of the tables.
static PHRASES: LazyLock<WordSet> = LazyLock::new(|| THANKS.iter().chain(AGREEMENT).copied().collect());

/// Pictures that thank, agree or are glad.
const GLAD: &str =
    "👍👌✅🆗🙏❤🧡💛💚💙💜🖤💕💖💯🎉🥳👏🙌🤝💪🔥🚀✨🤩😀😃😄😁😆😅🤣😂🙂😉😊😇🥰😍😘😎🤗☺✌🫶🫡";

/// True if words are thanks or agreement and nothing else.
pub(crate) fn is_courtesy(words: &[u8]) -> bool {
    if words.is_empty() || words.len() > LONGEST || words.iter().any(|b| matches!(b, b'?' | b'\n')) {
        return false;
    }
    let Ok(text) = std::str::from_utf8(words) else { return false };
    let normal = normalise(text);
    if normal.trim_ascii().is_empty() {
        let plain =
            |c: char| c.is_whitespace() || matches!(c, '!' | '.' | '\u{FE0F}' | '\u{1F3FB}'..='\u{1F3FF}');
        return text.contains(|c| GLAD.contains(c)) && text.chars().all(|c| plain(c) || GLAD.contains(c));
    }
    !text.contains(['？', '؟', '👎']) && by_words(&normal, |words| covered(&normal, words))
}

/// True if phrases of the tables cover all words.
fn covered(text: &str, words: &[(usize, usize)]) -> bool {
    let mut reached = 1_u32;
    for (i, (start, _)) in words.iter().enumerate() {
        if reached >> i & 1 == 0 {
            continue;
        }
        for (length, (_, end)) in words.iter().skip(i).take(PHRASE_WORDS).enumerate() {
            let known = PHRASES.contains(text.get(*start..*end).unwrap_or_default());
            reached |= u32::from(known) << (i + length + 1);
        }
    }
    reached >> words.len() & 1 == 1
}

/// True if words greet and nothing else, in a language whose greetings are made of words without content: they are an ask
/// like "hello".
pub(crate) fn is_greeting(words: &[u8]) -> bool {
    const GREETINGS: [&str; 12] = [
        "你好",
        "您好",
        "你们好",
        "大家好",
        "早上好",
        "晚上好",
        "hey",
        "hey you",
        "hey there",
        "hej",
        "buenas",
        "bonjour",
    ];
    if words.len() > LONGEST {
        return false;
    }
    let Ok(text) = std::str::from_utf8(words) else { return false };
    GREETINGS.contains(&normalise(text).trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thanks_and_agreement_are_courtesies() {
        for words in [
            "thanks!",
            "Thank you so much",
            "ok",
            "OK.",
            "yes",
            "no",
            "sure",
            "great",
            "cool!!",
            "lol",
            "haha",
            "👍",
            "👍🏽",
            "🙏",
            "😂😂",
            "❤️",
            "Danke",
            "Danke dir!",
            "vielen Dank",
            "gracias",
            "muchas gracias",
            "merci beaucoup",
            "спасибо",
            "谢谢",
            "谢谢你",
            "好的，谢谢",
            "ありがとうございます",
            "감사합니다",
            "ok thanks",
            "perfect, thanks",
            "no thanks",
            "thx",
            "ty",
            "k",
            "lgtm",
            "sounds good",
            "got it, thanks a lot",
            "obrigado",
            "grazie mille",
            "nice",
            "awesome, thank you!",
        ] {
            assert!(is_courtesy(words.as_bytes()), "{words}");
        }
    }

    #[test]
    fn asks_and_what_goes_on_are_none() {
        for words in [
            "",
            "?",
            "ok?",
            "thanks?",
            "continue",
            "do it",
            "go on",
            "yes, do it",
            "stop",
            "help",
            "more",
            "try again",
            "next",
            "👎",
            "🤔",
            "😡",
            "1",
            "A",
            "please",
            "thanks, now prove it",
            "no, wrong",
            "why not",
            "fix it",
            "👍👎",
            "hello",
            "both",
            "thank you letter",
            "great wall",
            "okra",
            "ok\nok",
        ] {
            assert!(!is_courtesy(words.as_bytes()), "{words}");
        }
        assert!(!is_courtesy(b"ok \xFF"));
    }

    #[test]
    fn phrases_are_in_normal_form() {
        for phrase in PHRASES.iter() {
            assert_eq!(normalise(phrase).trim(), *phrase);
            assert!(phrase.split(' ').count() <= PHRASE_WORDS, "{phrase}");
        }
    }

    #[test]
    fn greetings_are_asks() {
        assert!(is_greeting("你好！".as_bytes()) && !is_greeting("好".as_bytes()));
    }
}
