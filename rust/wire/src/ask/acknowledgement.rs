//! Recognises acknowledgements: short turns such as "yes, do it" that let the assistant go on.
//!
//! A turn is one if phrases of the tables cover all its words, at least one of them a [`GoesOn`]. "Ok, yes, please continue" is
//! one; "continue with chapter two" is an ask.

/// The most bytes of an acknowledgement.
pub(crate) const LONGEST: usize = 64;
/// The most words of an acknowledgement.
const MOST_WORDS: usize = 10;
/// The most words of a phrase in the tables.
const PHRASE_WORDS: usize = 6;

/// The effect of a phrase.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phrase {
    /// Lets the assistant go on.
    GoesOn,
    /// May stand beside such a phrase and adds nothing.
    Fills,
}

use Phrase::{Fills, GoesOn};

/// Defines the look-up of phrases: lower case, one space between words, no punctuation.
macro_rules! phrases {
    ($($kind:ident: $($phrase:literal)+;)+) => {
        fn known(phrase: &str) -> Option<Phrase> {
            match phrase {
                $($($phrase)|+ => Some($kind),)+
                _ => None,
            }
        }
        /// All phrases.
        pub(super) const PHRASES: &[&str] = &[$($($phrase),+),+];
    };
}

phrases! {
    GoesOn:
        // English
        "yes" "yeah" "yep" "yup" "ya" "y" "ok" "okay" "k" "kk" "okey" "sure" "sure thing" "of course"
        "absolutely" "definitely" "certainly" "correct" "exactly" "right" "agreed" "approved" "approve"
        "confirmed" "confirm" "accept" "accepted" "lgtm" "looks good" "looks good to me" "sounds good"
        "sounds great" "perfect" "great" "good" "fine" "cool" "alright" "all right" "very well" "why not"
        "id love that" "id like that" "do it" "do that" "do so" "do this" "yes do" "do" "please do" "lets do it"
        "lets do that" "lets do this" "lets go" "just do it" "make it so" "go" "go on" "go ahead"
        "go for it" "carry on" "keep going" "keep on" "keep it up" "continue" "continue on" "pls continue"
        "proceed" "resume" "move on" "next" "next step" "next one" "more" "start" "begin" "run it" "ship it"
        "try it" "try again" "again" "once more" "retry" "fix it" "fix that" "fix this" "apply it"
        "apply that" "implement it" "implement that" "build it" "finish" "finish it" "finish up"
        "as you suggested" "as suggested" "both" "all of them" "all of the above" "you decide" "up to you"
        "whatever"
        // German
        "ja" "jawohl" "jo" "jep" "klar" "gerne" "gern" "genau" "richtig" "einverstanden" "in ordnung"
        "passt" "weiter" "mach weiter" "mache weiter" "machen sie weiter" "weitermachen" "fortfahren"
        "fahre fort" "fahr fort" "fahren sie fort" "mach das" "mach es" "machs" "mach mal" "mach so" "tu es"
        "tu das" "los" "leg los" "nur zu"
        // French
        "oui" "ouais" "daccord" "bien sûr" "bien sur" "vas y" "allez y" "continuez" "poursuis" "poursuivez"
        "fais le" "faites le" "fais ça" "parfait" "très bien" "exactement" "encore" "la suite" "suite"
        "suivant"
        // Spanish, Catalan
        "sí" "si" "claro" "vale" "de acuerdo" "por supuesto" "dale" "adelante" "continúa" "continua"
        "continúe" "continúen" "sigue" "siga" "hazlo" "hágalo" "perfecto" "correcto" "exacto" "siguiente"
        "endavant" "segueix"
        // Portuguese
        "sim" "claro que sim" "pode" "pode ser" "pode continuar" "prossiga" "prossegue" "faça" "faça isso"
        "faz isso" "isso" "beleza" "tá" "tá bom" "está bem" "com certeza" "próximo" "segue" "avance" "vamos"
        "vai"
        // Italian
        "sì" "certo" "va bene" "daccordo" "procedi" "proceda" "vai avanti" "avanti" "fallo" "prosegui"
        "esatto" "perfetto"
        // Dutch, Swedish, Norwegian, Danish, Finnish
        "ja graag" "ga door" "ga verder" "doe het" "doe maar" "akkoord" "prima" "goed" "verder" "fortsätt"
        "gör det" "javisst" "kör" "fortsett" "gjør det" "kjør på" "fortsæt" "gør det" "kyllä" "joo" "jatka"
        "tee se" "selvä"
        // Polish, Czech, Slovak, Hungarian, Romanian
        "tak" "dobrze" "jasne" "kontynuuj" "dalej" "zrób to" "zgoda" "ano" "jo jasně" "pokračuj"
        "pokračujte" "udělej to" "dobře" "áno" "urob to" "igen" "rendben" "folytasd" "csináld" "da" "bine"
        "continuă" "continuați" "fă o"
        // Russian, Ukrainian, Bulgarian, Serbian
        "да" "ага" "угу" "ок" "окей" "хорошо" "ладно" "конечно" "давай" "давайте" "продолжай" "продолжайте"
        "продолжи" "дальше" "далее" "ещё" "еще" "сделай" "сделай это" "делай" "верно" "согласен" "согласна"
        "так" "добре" "гаразд" "продовжуй" "продовжуйте" "зроби це" "звісно" "продължи" "направи го"
        "настави" "важи" "уради то"
        // Greek, Turkish
        "ναι" "εντάξει" "οκ" "συνέχισε" "συνεχίστε" "προχώρα" "κάν το" "evet" "tamam" "olur" "devam"
        "devam et" "devam edin" "yap" "bunu yap" "tabii" "tabi" "elbette"
        // Arabic, Persian, Urdu, Hebrew
        "نعم" "أجل" "اجل" "حسنا" "حسنًا" "موافق" "تمام" "طيب" "استمر" "أكمل" "اكمل" "تابع" "واصل" "افعل ذلك"
        "بله" "آره" "باشه" "ادامه بده" "ادامه" "انجامش بده" "ہاں" "جی" "جی ہاں" "ٹھیک ہے" "جاری رکھیں" "כן"
        "בסדר" "המשך" "תמשיך" "תעשה את זה" "קדימה"
        // Hindi, Bengali, Tamil
        "हाँ" "हां" "जी" "जी हाँ" "ठीक है" "जारी रखें" "जारी रखो" "आगे बढ़ें" "आगे बढ़ो" "करो" "हाँ करो"
        "कर दो" "হ্যাঁ" "ঠিক আছে" "চালিয়ে যান" "চালিয়ে যাও" "করো" "ஆம்" "சரி" "தொடரவும்" "தொடர்"
        // Chinese
        "是" "是的" "对" "對" "对的" "好" "好的" "好吧" "好啊" "行" "可以" "可以的" "没问题" "沒問題" "当然" "當然" "同意" "继续" "繼續" "请继续"
        "請繼續" "继续吧" "继续做" "接着" "接着说" "然后呢" "下一步" "开始" "开始吧" "做吧" "就这样" "就这么做" "就這麼做" "照做" "去做吧" "嗯" "嗯嗯"
        "确认" "確認" "再来" "再试一次" "来吧"
        // Japanese, Korean
        "はい" "ええ" "うん" "そうです" "そう" "了解" "了解です" "わかりました" "いいです" "いいよ" "いいですよ" "続けて" "続けてください" "続き" "続きを" "続行"
        "お願いします" "やって" "やってください" "進めて" "進めてください" "次" "次へ" "もちろん" "네" "예" "응" "그래" "그래요" "좋아" "좋아요" "알겠습니다"
        "계속" "계속해" "계속해줘" "계속해주세요" "계속하세요" "계속 해줘" "해줘" "그렇게 해" "그렇게 해줘" "그렇게 해주세요" "진행해" "진행해줘" "진행해주세요"
        "다음" "오케이" "맞아요"
        // Vietnamese, Indonesian, Malay, Thai, Filipino, Swahili
        "vâng" "có" "được" "đồng ý" "tiếp tục" "tiếp tục đi" "tiếp đi" "tiếp" "làm đi" "ừ" "iya" "oke"
        "baik" "baiklah" "lanjut" "lanjutkan" "teruskan" "silakan" "lakukan" "boleh" "ใช่" "ใช่ครับ"
        "ใช่ค่ะ" "ได้" "ได้เลย" "โอเค" "ตกลง" "ทำต่อ" "ทำต่อเลย" "ต่อ" "ต่อไป" "ทำเลย" "oo" "opo" "sige"
        "ituloy mo" "ndiyo" "ndio" "sawa" "endelea";
    Fills:
        "please" "pls" "plz" "thanks" "thank you" "thx" "ty" "now" "then" "and" "so" "just" "that" "with it"
        "with that" "from there" "where you left off" "from where you left off" "bitte" "danke" "jetzt"
        "dann" "und" "damit" "mal" "doch" "s il te plaît" "sil te plaît" "sil vous plaît" "stp" "svp"
        "merci" "por favor" "gracias" "ahora" "obrigado" "obrigada" "per favore" "per piacere" "grazie"
        "pure" "alstublieft" "alsjeblieft" "tack" "proszę" "prosím" "dziękuję" "пожалуйста" "спасибо"
        "будь ласка" "дякую" "lütfen" "teşekkürler" "من فضلك" "شكرا" "لطفا" "कृपया" "धन्यवाद" "请" "請" "谢谢"
        "謝謝" "吧" "ください" "ありがとう" "ありがとうございます" "감사합니다" "고마워" "giúp" "nhé" "cảm ơn" "tolong" "terima kasih"
        "ครับ" "ค่ะ" "ขอบคุณ";
}

/// True if `ask` only lets the assistant go on.
pub(crate) fn is_acknowledgement(ask: &[u8]) -> bool {
    if ask.len() > LONGEST {
        return false;
    }
    let Ok(ask) = std::str::from_utf8(ask) else { return false };
    let text = normalise(ask);
    by_words(&text, |words| covers(&text, words))
}

/// Calls `f` with the places of a text's words; false if there are more than [`MOST_WORDS`].
pub(super) fn by_words(text: &str, f: impl FnOnce(&[(usize, usize)]) -> bool) -> bool {
    let mut words = [(0, 0); MOST_WORDS];
    let mut count = 0;
    for word in text.split_ascii_whitespace() {
        let Some(place) = words.get_mut(count) else { return false };
        let start = word.as_ptr().addr() - text.as_ptr().addr();
        *place = (start, start + word.len());
        count += 1;
    }
    f(words.get(..count).unwrap_or_default())
}

/// True if phrases cover all words, at least one of them a [`GoesOn`]. Bit `i` is set if the words before `i` can be covered.
fn covers(text: &str, words: &[(usize, usize)]) -> bool {
    let (mut covered, mut gone_on) = (1_u32, 0_u32);
    for (i, (start, _)) in words.iter().enumerate() {
        let (here, here_gone) = (covered >> i & 1, gone_on >> i & 1);
        if here | here_gone == 0 {
            continue;
        }
        for (length, (_, end)) in words.iter().skip(i).take(PHRASE_WORDS).enumerate() {
            let phrase = text.get(*start..*end).unwrap_or_default();
            let after = i + length + 1;
            match known(phrase) {
                Some(GoesOn) => gone_on |= 1 << after,
                Some(Fills) => {
                    covered |= here << after;
                    gone_on |= here_gone << after;
                }
                None => {}
            }
        }
    }
    gone_on >> words.len() & 1 == 1
}

/// Lower case, one space between words, without punctuation, apostrophes and emoji; a thumbs-up becomes "ok".
pub(crate) fn normalise(ask: &str) -> String {
    let mut words = String::with_capacity(2 * ask.len());
    for c in ask.chars() {
        match c {
            '\'' | '\u{2019}' | '\u{FE0F}' | '\u{200D}' | '\u{1F3FB}'..='\u{1F3FF}' => {}
            '\u{1F44D}' | '\u{1F44C}' | '\u{2705}' | '\u{1F197}' => words.push_str(" ok "),
            _ if is_separator(c) => {
                if !words.ends_with(' ') {
                    words.push(' ');
                }
            }
            _ => words.extend(c.to_lowercase()),
        }
    }
    words
}

fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || c.is_ascii_punctuation()
        || matches!(c, '¡' | '¿' | '«' | '»' | '·' | '،' | '؟' | '।'..='॥' | '\u{200B}'..='\u{206F}')
        || matches!(c, '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205E}' | '\u{2600}'..='\u{27BF}')
        || matches!(c, '\u{3000}'..='\u{3003}' | '\u{3008}'..='\u{3011}' | '\u{FF01}'..='\u{FF0F}' | '\u{FF1A}'..='\u{FF20}')
        || matches!(c, '～' | '｡'..='､' | '\u{1F300}'..='\u{1FAFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn phrases_are_in_normal_form() {
        for phrase in PHRASES {
            assert_eq!(normalise(phrase).trim(), *phrase);
            assert!(phrase.split(' ').count() <= PHRASE_WORDS);
        }
    }
}
