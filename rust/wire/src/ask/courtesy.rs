//! Recognises thanks and words of agreement that stand alone: "thanks!", "ok, great", "👍", "Danke dir", "谢谢". Nothing is asked,
//! so nothing can be got wrong.
//!
//! Phrases that let the assistant go on ("continue", "do it") are none: what they continue may be hard.

use super::acknowledgement::{LONGEST, normalise};
use super::thanks::{is_agreement, is_thanks};

/// The most words of a courtesy, and of a phrase in the tables.
const MOST_WORDS: (usize, usize) = (10, 4);

/// Pictures that thank, agree or are glad.
const GLAD: &str =
    "👍👌✅🆗🙏❤🧡💛💚💙💜🖤💕💖💯🎉🥳👏🙌🤝💪🔥🚀✨🤩😀😃😄😁😆😅🤣😂🙂😉😊😇🥰😍😘😎🤗☺✌🫶🫡";

/// True if words are thanks or agreement and nothing else.
pub(crate) fn is_courtesy(words: &[u8]) -> bool {
    if words.is_empty() || words.len() > LONGEST || words.iter().any(|b| matches!(b, b'?' | b'\n')) {
        return false;
    }
    let Ok(text) = std::str::from_utf8(words) else { return false };
    let phrases = normalise(text);
    let phrases: Vec<&str> = phrases.split_ascii_whitespace().collect();
    if phrases.is_empty() {
        let plain =
            |c: char| c.is_whitespace() || matches!(c, '!' | '.' | '\u{FE0F}' | '\u{1F3FB}'..='\u{1F3FF}');
        return text.contains(|c| GLAD.contains(c)) && text.chars().all(|c| plain(c) || GLAD.contains(c));
    }
    !text.contains(['？', '؟', '👎']) && phrases.len() <= MOST_WORDS.0 && covered(&phrases)
}

/// True if phrases of the tables cover all words.
fn covered(words: &[&str]) -> bool {
    let mut reached = 1_u32;
    for from in 0..words.len() {
        if reached >> from & 1 == 0 {
            continue;
        }
        for length in 1..=MOST_WORDS.1.min(words.len() - from) {
            let phrase = words.get(from..from + length).unwrap_or_default().join(" ");
            if is_thanks(&phrase) || is_agreement(&phrase) {
                reached |= 1 << (from + length);
            }
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
    fn greetings_are_asks() {
        assert!(is_greeting("你好！".as_bytes()) && !is_greeting("好".as_bytes()));
    }
}
