//! Tests of `ask/lean.rs`, of what is private there.

use super::*;

#[test]
fn every_lead_finds_what_an_answer_lacks() {
    for lead in LACKING.iter().flat_map(|(_, row)| row.split('|')) {
        assert!(lead.chars().count() <= LEAD, "{lead}");
        let is_wide = lead.chars().next_back().is_some_and(is_unspaced);
        for (text, lacks) in [
            (format!("{lead}."), true),
            (format!("{} n = 0", lead.to_uppercase()), true),
            (format!("\u{2019}{}", lead.replace(' ', " '")), true),
            (format!("{lead}é"), is_wide),
            (format!("x {lead}"), false),
        ] {
            assert_eq!(finds_lacking(text.as_bytes()), lacks, "{text}");
        }
    }
}

#[test]
fn messages_without_content_lean() {
    for (lean, messages) in [
        (
            Lean::GoesOn,
            &[
                "option 2",
                "go with option B",
                "A",
                "1",
                "+1",
                "yes, 1 and 3",
                "no",
                "no, stop",
                "thanks",
                "Implement the plan",
                "User has approved your plan. You can now start coding.",
                "Use approach 2",
                "c'est bon, continue",
                "ok, pode seguir",
                "それでお願い",
                "ㅇㅇ 해줘",
                "行，就这么办",
                "ja, kör på",
                "Homework question:",
                "请解答下面的问题：",
            ][..],
        ),
        (
            Lean::AsksOn,
            &[
                "why?",
                "explain",
                "in Python please",
                "what does it mean?",
                "shorter please",
                "translate it",
                "почему?",
                "اشرح أكثر",
                "อธิบายเพิ่มเติม",
                "もっと詳しく説明してください",
                "जल्दी समझाइए",
            ][..],
        ),
        (
            Lean::Objects,
            &[
                "wrong",
                "think again, it is wrong",
                "still broken",
                "same error",
                "It doesn't work",
                "try harder",
                "?",
                "that's not right",
                "that is not what I asked for",
                "no es correcto",
                "das stimmt nicht",
                "это неправильно",
                "هل أنت متأكد؟",
                "यह गलत है",
                "vẫn không hoạt động",
                "ยังไม่ถูกต้อง",
                "안 되는데요",
                "まだ動きません",
                "bu yanlış, emin misin?",
            ][..],
        ),
    ] {
        for message in messages {
            assert_eq!(leans(message.as_bytes()), Some(lean), "{message}");
        }
    }
}

#[test]
fn messages_with_content_do_not() {
    for message in [
        "Continue with a proof of the converse",
        "What is the capital of France?",
        "continue with chapter two",
        "What is 17 * 23?",
        "What is x?",
        "A) one\nB) two\nC) three\nWhich one?",
        "1+1",
        "solve x^2 = 4",
        "hi",
        "hello there",
        "Summarise it in one sentence.",
        "Translate it into French.",
        "go ahead and delete the database",
        "继续写第二章",
        "法国的首都是哪里？",
        "",
    ] {
        assert_eq!(leans(message.as_bytes()), None, "{message}");
    }
}

#[test]
fn words_alone_say_nothing() {
    for words in ["why?", "explain", "debug", "urgent!", "translate", "帮助", "short version please", "help"]
    {
        assert!(says_nothing(words.as_bytes(), false, None), "{words}");
    }
    for words in ["What is Python?", "Translate it into French.", "Why is the sky blue?", "define entropy"] {
        assert!(!says_nothing(words.as_bytes(), false, None), "{words}");
    }
    assert!(!says_nothing(b"Summarise it.", true, None));
    assert!(
        points_at_text(b"Translate this:")
            && points_at_text("翻译这个".as_bytes())
            && !points_at_text(b"thistle?")
    );
}

#[test]
fn objections_that_say_more_are_seen() {
    for words in [
        "That's wrong, f(3) is 4.",
        "Still broken: TypeError",
        "不对，答案是四。",
        "No, that is not right. Try n = 0.",
    ] {
        assert!(objects_first(words.as_bytes()), "{words}");
    }
    for words in ["Error: no such file", "Great, now prove it.", "Wrong", "Prove that it halts. It is wrong."]
    {
        assert!(!objects_first(words.as_bytes()), "{words}");
    }
}

#[test]
fn words_of_the_tables_fit() {
    assert!(WORDS.keys().all(|word| !word.is_ascii() || word.len() <= LONGEST));
}

#[test]
fn brief_answers_ask_nothing() {
    assert!(is_brief(b"the blue one with stripes", true));
    assert!(!is_brief(b"the blue one with stripes", false));
    assert!(is_brief("蓝色".as_bytes(), false));
    assert!(!is_brief("请写一首关于春天的诗".as_bytes(), false));
    assert!(!is_brief(b"Who won?", true));
}

#[test]
fn messages_that_say_what_is_missing_object() {
    for words in [
        "You forgot the uniqueness.",
        "you missed the case n = 0",
        "It still fails with KeyError: 'x'",
        "Your proof has a gap in step 2",
        "Du hast vergessen, den leeren Fall zu prüfen",
        "tu n'as pas traité le cas n = 0",
        "你漏了n=0的情况",
    ] {
        assert!(objects_first(words.as_bytes()), "{words}");
    }
    for words in [
        "You forgotten heroes: write a ballad",
        "It stills the pain?",
        "still life with fruit",
        "your code",
        "",
    ] {
        assert!(!objects_first(words.as_bytes()), "{words}");
    }
}

/// The oracle: every clause is read.
fn objects_by_clauses(words: &[u8]) -> bool {
    let head = words.get(..words.len().min(MOST.0)).unwrap_or_default();
    let is_end = |b: &u8| matches!(b, b'.' | b'!' | b'?' | b',' | b';' | b':' | b'\n');
    let narrow = (0..head.len()).filter(|at| is_end(&head[*at])).take(2);
    let wide = WIDE_ENDS.iter().filter_map(|end| memmem::find(head, end.as_bytes()));
    finds_lacking(head)
        || narrow.chain(wide).any(|end| {
            let (clause, rest) = head.split_at(end);
            let labels = rest.starts_with(b":") && !clause.contains(&b' ');
            !labels && leans(clause) == Some(Lean::Objects)
        })
}

proptest::proptest! {
    #[test]
    fn an_objection_is_found_as_by_its_clauses(
        parts in proptest::collection::vec(proptest::sample::select(vec![
            "wrong", "That is", "not right", "no", "You forgot", "Write", "don't", "don\u{2019}t", "it", "-", "!", "?", ".", ",",
            ": ", "\n", "不对", "。", "é", "'", "1", " ", " ", "```", "🙁",
        ]), 0..9),
    ) {
        let text = parts.join(" ");
        for text in [text.as_bytes(), parts.concat().as_bytes()] {
            proptest::prop_assert_eq!(objects_first(text), objects_by_clauses(text), "{:?}", parts);
        }
    }
}
