//! Tests of `ask/phrases.rs`, of what is private there.

use super::*;
use proptest::prelude::*;

#[test]
fn acknowledgements_are_known_in_many_languages() {
    for ask in [
        "yes",
        "Yes.",
        "yes, do it",
        "Yes please!",
        "ok",
        "OK, go ahead.",
        "continue",
        "Go on…",
        "let's do it",
        "Let’s go!",
        "weiter",
        "Ja, bitte.",
        "mach weiter",
        "继续",
        "好的，继续",
        "请继续。",
        "да",
        "Да, продолжай",
        "oui, vas-y",
        "sí, por favor",
        "はい、お願いします",
        "네, 계속해주세요",
        "نعم، استمر",
        "हाँ",
        "हां, जारी रखें।",
        "evet, devam et",
        "tiếp tục đi",
        "ได้เลย ครับ",
        "👍",
        "👍🏽 go",
        "sounds good, thanks",
        "Looks good to me - ship it 🚀",
        "I'd love that",
        "ναι, συνέχισε",
    ] {
        assert!(is_acknowledgement(ask.as_bytes()), "{ask}");
    }
}

#[test]
fn other_short_turns_are_asks() {
    let long = "yes ".repeat(30);
    for ask in [
        "",
        " ",
        "thanks",
        "please",
        "no",
        "yes, and prove it",
        "continue with chapter two",
        "what?",
        "yesterday",
        "okra",
        "42",
        "что дальше?",
        "继续写第二章",
        "go ahead and delete the database",
        "?",
        "👎",
        &long,
    ] {
        assert!(!is_acknowledgement(ask.as_bytes()), "{ask}");
    }
    assert!(!is_acknowledgement(b"yes \xFF"));
}

#[test]
fn thanks_let_nothing_go_on() {
    for words in [
        "thanks!",
        "Thank you so much 🙏",
        "ok thanks",
        "great, thanks a lot :)",
        "that's all, thanks",
        "Nice, thank you for your help!",
        "ok thank you bye",
        "好的谢谢",
        "わかりました、ありがとうございます",
        "Thank you, Claude.",
        "Thanks a lot, that was super helpful 🙏",
        "thnx m8",
        "that's all for today, thanks",
        "Danke schön und schönen Abend noch",
        "grazie mille, sei stato utilissimo",
        "شكراً جزيلاً",
        "ขอบคุณครับ",
        "❤️",
        ":)",
        "ty vm",
        "thaaanks",
        "Merciii bcp",
        "obrigadão",
        "gracias crack",
        "tesekkurler",
    ] {
        assert!(is_thanks(words.as_bytes()) && is_courtesy(words.as_bytes()), "{words}");
    }
    for words in [
        "yes, thanks",
        "legend",
        "ty vm but why",
        "ok",
        "👍",
        "great",
        "no",
        "got it",
        "continue, thanks",
        "thanks?",
        "thanks Claude, now prove it",
        "thanks, that was wrong",
        "thanks for this, is it optimal",
        "Claude",
        "谢谢你的代码",
    ] {
        assert!(!is_thanks(words.as_bytes()), "{words}");
    }
}

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
    for words in ["你好！", "hi there", "Good morning, how are you?", "สวัสดีครับ"] {
        assert!(is_greeting(words.as_bytes()) && !is_courtesy(words.as_bytes()), "{words}");
    }
    assert!(!is_greeting("好".as_bytes()) && !is_greeting(b"hello world program"));
}

#[test]
fn phrases_are_in_normal_form_and_stand_once() {
    let mut seen = std::collections::HashSet::new();
    for phrase in all().flat_map(|(_, _, row)| row.split('|')) {
        assert_eq!(normalise(phrase).trim(), phrase);
        let pieces = Pieces::of(phrase.to_owned());
        assert!(pieces.is_some_and(|pieces| pieces.places.len() <= PIECES.1), "{phrase}");
        assert!(seen.insert(phrase), "{phrase}");
    }
}

proptest! {
    #[test]
    fn texts_that_phrases_cover_may_be_phrases(parts in prop::collection::vec((any::<prop::sample::Index>(), 0..9_usize), 1..5)) {
        const JOINTS: [&str; 9] = [" ", ", ", "! ", ":D ", " =P", "\u{2019} ", "'", "👍", "<3"];
        let all: Vec<&str> = KNOWN.keys().copied().collect();
        let text: String =
            parts.iter().map(|(phrase, joint)| [phrase.get(&all), JOINTS[*joint]].concat()).collect();
        for text in [text.to_uppercase(), text] {
            let covered = Pieces::of(normalise(&text)).is_some_and(|text| text.covers(|_| true, |_| true));
            prop_assert!(!covered || may_be_phrases(text.as_bytes()), "{}", text);
        }
    }
}
