//! Whole first clauses of reviewers, in many languages: those that confirm, those that refute, and those that know nothing.
//!
//! They are not yes or no as answers are: `correcto` as the answer to a question stays a word.

#[rustfmt::skip]
const CONFIRMS: &[&str] = &[
    "pass", "passed", "passes", "lgtm", "[[y]]", "10/10", "100%", "no issues", "no issues found", "no problems", "no problems found",
    "no mistakes", "no mistakes found", "no errors", "no errors found", "all good", "well done",
    "richtig", "korrekt", "stimmt", "das stimmt", "das ist richtig", "das ist korrekt", "die antwort ist richtig",
    "die antwort ist korrekt", "die antwort stimmt", "wahr", "bestätigt", "keine fehler",
    "vrai", "exact", "juste", "c'est correct", "c'est exact", "c'est juste", "c'est vrai", "la réponse est correcte", "confirmé",
    "correcto", "correcta", "es correcto", "es correcta", "la respuesta es correcta", "verdadero", "cierto", "confirmado", "exacto",
    "correto", "está correto", "está correta", "a resposta está correta", "certo", "verdadeiro",
    "corretto", "è corretto", "è corretta", "giusto", "esatto", "vero", "la risposta è corretta",
    "klopt", "dat klopt", "juist", "het antwoord is juist", "het antwoord klopt", "rätt", "korrekt svar", "stämmer", "riktigt",
    "верно", "правильно", "ответ верный", "ответ правильный", "всё верно", "все верно", "правда", "правильна", "вірно",
    "відповідь правильна", "poprawnie", "poprawna odpowiedź", "zgadza się", "dobrze", "prawda",
    "doğru", "cevap doğru", "صحيح", "الإجابة صحيحة", "درست", "درست است", "صحیح", "सही", "सही है", "उत्तर सही है", "সঠিক",
    "đúng", "chính xác", "benar", "betul", "jawaban benar", "ถูกต้อง", "ถูก",
    "回答正确", "答案正确", "答案是正确的", "没错", "正确无误", "沒錯", "答案正確", "没有错误", "没问题",
    "正解", "正解です", "正しい", "正しいです", "合っています", "合ってます", "その通りです", "その通り", "間違いありません",
    "맞아요", "맞습니다", "맞다", "정답", "정답입니다", "정답이에요", "옳습니다",
];
#[rustfmt::skip]
const REFUTES: &[&str] = &[
    "fail", "failed", "fails", "[[n]]", "falsch", "das ist falsch", "die antwort ist falsch", "stimmt nicht", "das stimmt nicht",
    "nicht richtig", "nicht korrekt", "faux", "c'est faux", "incorrecte", "ce n'est pas correct", "la réponse est incorrecte",
    "incorrecto", "incorrecta", "es incorrecto", "no es correcto", "falso", "la respuesta es incorrecta", "incorreto", "errado",
    "está errado", "scorretto", "sbagliato", "non è corretto", "onjuist", "klopt niet", "dat klopt niet", "fel", "felaktigt",
    "неверно", "неправильно", "ответ неверный", "ответ неправильный", "не верно", "неправда", "невірно", "niepoprawnie", "błędnie",
    "źle", "yanlış", "doğru değil", "خطأ", "غير صحيح", "غلط", "نادرست", "गलत", "गलत है", "ভুল", "sai", "không đúng", "salah",
    "tidak benar", "ผิด", "ไม่ถูกต้อง", "回答错误", "答案错误", "不正确", "不正確", "答案不正确", "有误", "不正解", "不正解です", "間違い",
    "間違いです", "間違っています", "違います", "正しくない", "正しくありません", "틀렸습니다", "틀렸어요", "오답", "오답입니다", "아닙니다",
];
/// Beginnings of a reply that knows nothing.
#[rustfmt::skip]
const UNKNOWN: &[&str] = &[
    "unable to ", "i am unable", "i'm unable", "cannot determine", "cannot tell", "cannot verify", "cannot say", "can't determine",
    "can't tell", "can't verify", "can't say", "i cannot determine", "i cannot tell", "i cannot verify", "i cannot say",
    "i can't determine", "i can't tell", "i can't verify", "i can't say", "insufficient", "not enough information", "undetermined",
    "inconclusive", "error:", "it is unclear", "it's unclear", "i am not sure", "i'm not sure", "i do not know", "i don't know",
];

/// True if a reply, in small letters, begins as one that knows nothing.
pub(super) fn is_unknown(reply: &str) -> bool {
    // "Unable to confirm" doubts the answer.
    UNKNOWN.iter().any(|lead| reply.starts_with(lead)) && !reply.starts_with("unable to confirm")
}

/// The verdict of a reply's first clause, in small letters, if the whole clause is known.
pub(super) fn of_first_clause(reply: &str) -> Option<bool> {
    let end = |c: char| {
        matches!(c, '.' | '!' | ',' | ';' | ':' | '\n' | '。' | '！' | '，' | '、' | '؛' | '،' | '।')
    };
    let clause = reply.split(end).next().unwrap_or_default().trim();
    let confirms = CONFIRMS.contains(&clause);
    (confirms || REFUTES.contains(&clause)).then_some(confirms)
}
