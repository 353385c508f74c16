//! A reviewer's first clause, read word by word in some twenty languages.
//!
//! ```text
//! clause  = words, every one of which a table knows
//! verdict = right or wrong, turned by each "not"          "das ist nicht falsch": right
//!           wrong, if a word says "partly", or "not" stands with "quite"
//! ```
//!
//! A clause with any other word says nothing here. Scripts without spaces are cut into the longest pieces that a table knows.

use super::normal::{RESERVES, RESERVES_INSIDE, RESERVES_NORDIC};

/// Words that say that an answer is right.
#[rustfmt::skip]
const RIGHT: &[&str] = &[
    "correct", "right", "true", "accurate", "valid", "pass", "passed", "passes", "lgtm", "approved", "accepted", "[[y]]", "10/10", "100%",
    "richtig", "richtige", "korrekt", "korrekte", "stimmt", "wahr", "zutreffend", "bestätigt", "fehlerfrei", "passt", "bestanden",
    "vrai", "vraie", "exact", "exacte", "juste", "correcte", "confirmé", "bonne", "bon", "validé",
    "correcto", "correcta", "verdadero", "verdadera", "cierto", "confirmado", "exacto", "exacta", "acertado",
    "correto", "correta", "certo", "certa", "verdadeiro", "verdadeira", "exato", "exata", "aprovado",
    "corretto", "corretta", "giusto", "giusta", "esatto", "esatta", "vero", "vera", "confermato",
    "klopt", "juist", "goed", "waar", "rätt", "stämmer", "riktigt", "sant", "riktig", "rigtigt", "stemmer", "oikein", "oikea",
    "верно", "верный", "верен", "верна", "правильно", "правильный", "правильна", "правда", "прав", "корректно", "корректный", "точно",
    "вірно", "вірна", "правильна", "poprawnie", "poprawna", "poprawny", "zgadza", "dobrze", "prawda", "prawidłowa", "prawidłowo", "správně",
    "správná", "helyes", "corect", "corectă", "adevărat", "σωστό", "σωστά", "σωστή", "ορθό", "נכון", "נכונה",
    "doğru", "doğrudur", "doğruydu", "صحيح", "صحيحة", "صواب", "درست", "صحیح", "सही", "ठीक", "সঠিক", "ঠিক", "đúng", "xác", "chính", "benar", "betul", "tepat",
    "ถูกต้อง", "ถูก",
    "正确", "正確", "对", "對", "没问题", "沒問題", "无误", "無誤", "通过", "正解", "正しい", "正しく", "合って", "合ってい", "その通り", "合格", "問題ありません",
    "맞아요", "맞습니다", "맞다", "맞지", "맞는", "맞음", "정답", "옳습니다", "옳지", "정확합니다", "정확하지", "정확한", "통과",
];
/// Words that say that an answer is wrong.
#[rustfmt::skip]
const WRONG: &[&str] = &[
    "incorrect", "wrong", "false", "inaccurate", "invalid", "fail", "failed", "fails", "rejected", "[[n]]", "issue", "issues", "problem",
    "problems", "mistake", "mistakes", "error", "errors", "flaw", "flaws",
    "falsch", "falsche", "unrichtig", "inkorrekt", "fehlerhaft", "fehler", "unwahr", "verkehrt", "durchgefallen",
    "faux", "fausse", "inexact", "inexacte", "incorrecte", "erroné", "erronée", "erreur", "erreurs", "d'erreur", "d'erreurs", "mauvaise",
    "incorrecto", "incorrecta", "falso", "falsa", "equivocado", "equivocada", "erróneo", "errónea", "error", "errores", "mal",
    "incorreto", "incorreta", "errado", "errada", "erro", "erros", "scorretto", "scorretta", "sbagliato", "sbagliata", "errato", "errata",
    "errore", "errori", "onjuist", "fout", "verkeerd", "fel", "felaktigt", "feil", "galt", "forkert", "väärin", "väärä",
    "неверно", "неверный", "неверен", "неверна", "неправильно", "неправильный", "неправда", "ошибка", "ошибки", "ошибок", "ошибочно", "ложь",
    "невірно", "неправильна", "помилка", "niepoprawnie", "niepoprawna", "nieprawda", "błędnie", "błędna", "błędne", "źle", "błąd", "błędów",
    "špatně", "nesprávně", "hibás", "helytelen", "greșit", "incorect", "λάθος", "שגוי", "שגויה",
    "yanlış", "yanlıştır", "hatalı", "خطأ", "خاطئة", "خاطئ", "غلط", "نادرست", "اشتباه", "गलत", "ভুল", "sai", "salah", "keliru", "ผิด",
    "错误", "錯誤", "错", "錯", "有误", "有誤", "误", "問題", "问题", "エラー", "間違い", "間違って", "間違ってい", "違い", "誤り", "不合格", "不通过",
    "틀렸습니다", "틀렸어요", "틀렸다", "틀림", "틀린", "틀리지", "오답", "잘못", "오류", "불합격",
];
/// Words that turn a verdict.
#[rustfmt::skip]
const NOT: &[&str] = &[
    "not", "no", "isn't", "wasn't", "without", "nothing", "never", "nicht", "kein", "keine", "keinen", "nichts", "ohne", "pas", "aucune", "aucun",
    "sans", "rien", "sin", "ningún", "ninguna", "nada", "não", "nenhum", "sem", "non", "nessun", "senza", "niet", "geen", "inte", "ikke", "inga", "ei",
    "не", "нет", "без", "ні", "nie", "bez", "není", "nem", "nu", "δεν", "לא", "değil", "değildir", "yok", "غير", "ليس", "ليست", "لا", "نیست", "नहीं", "নয়", "নেই", "không",
    "tidak", "bukan", "tanpa", "ไม่", "不", "没有", "沒有", "没", "沒", "无", "無", "并非", "非", "ない", "ありません", "ではない", "ではありません", "いません", "ません",
    "いない", "아닙니다", "아니에요", "아니다", "아닌", "않습니다", "않아요", "않다", "않았습니다", "없습니다", "없음",
];
/// Words that make a denial partial.
#[rustfmt::skip]
const QUITE: &[&str] = &[
    "quite", "entirely", "fully", "completely", "totally", "exactly", "ganz", "vollständig", "völlig", "genau", "tout", "fait", "entièrement", "complètement",
    "totalement", "del", "todo", "completamente", "totalmente", "exactamente", "exatamente", "inteiramente", "esattamente", "proprio", "helemaal", "volledig", "helt", "совсем",
    "полностью", "вполне", "совершенно", "абсолютно", "całkiem", "całkowicie", "zupełnie", "tamamen", "tam", "تماما", "تماماً", "پوری", "कاملا", "کاملا", "तरह", "hoàn", "toàn", "sepenuhnya", "完全",
    "全部", "すべて", "완전히", "전혀",
];
/// Words that say "partly".
#[rustfmt::skip]
const PARTLY: &[&str] = &[
    "partly", "partially", "almost", "nearly", "mostly", "half", "teilweise", "teils", "fast", "beinahe", "halb", "größtenteils", "partiellement", "presque", "partie",
    "parcialmente", "casi", "parte", "medias", "quase", "parzialmente", "quasi", "gedeeltelijk", "deels", "bijna", "delvis", "nästan", "частично", "почти", "частково", "częściowo", "prawie",
    "kısmen", "neredeyse", "جزئيا", "جزئياً", "تقريبا", "आंशिक", "लगभग", "আংশিক", "phần", "gần", "sebagian", "hampir", "บางส่วน", "部分", "几乎", "基本", "半", "一部", "部分的に", "ほぼ", "일부", "부분적으로", "거의",
];
/// Words without a verdict.
#[rustfmt::skip]
const FILLERS: &[&str] = &[
    "the", "answer", "answers", "solution", "result", "response", "it", "it's", "its", "is", "this", "that", "that's", "an", "looks", "seems", "found", "i", "see", "there",
    "are", "any", "so", "very", "absolutely", "definitely", "indeed", "verdict", "with", "all", "in", "was", "your", "given", "proposed", "test", "tests", "check", "checks",
    "die", "das", "der", "es", "ist", "antwort", "ergebnis", "lösung", "sind", "gefunden", "ja", "auch", "so", "deine", "ihre", "diese", "vorgeschlagene", "sehr", "daran", "gibt",
    "la", "le", "l'", "réponse", "est", "c'est", "n'est", "ce", "cela", "cette", "votre", "ta", "résultat", "elle", "il", "trouvée", "trouvé", "tu", "as", "à", "en", "une", "y", "n'y", "a",
    "respuesta", "resultado", "solución", "esta", "está", "eso", "lo", "el", "tu", "su", "encontrados", "encontrado", "hay", "un", "una", "por", "supuesto",
    "resposta", "o", "sua", "esta", "essa", "isso", "solução", "encontrado", "encontrados", "há", "risposta", "è", "soluzione", "questa", "tua", "trovato", "ci", "sono", "risultato", "e'",
    "het", "antwoord", "dat", "dit", "is", "svaret", "är", "det", "er", "svar", "vastaus", "on", "ответ", "это", "все", "всё", "решение", "данный", "ваш", "да", "є", "відповідь", "це",
    "odpowiedź", "jest", "to", "się", "odpověď", "je", "válasz", "răspunsul", "este", "η", "απάντηση", "είναι", "התשובה", "זה", "cevap", "bu", "yanıt", "verilen", "الإجابة", "الجواب", "هذه", "هذا", "إجابة", "هو", "هي",
    "پاسخ", "جواب", "است", "این", "उत्तर", "है", "यह", "जवाब", "से", "रूप", "উত্তরটি", "উত্তর", "এটি", "câu", "trả", "lời", "này", "là", "jawaban", "jawabannya", "ini", "itu", "adalah", "anda", "sudah", "คำตอบ", "นี้", "ครับ", "ค่ะ",
    "有", "回答", "答案", "是", "的", "这个", "這個", "这", "该", "該", "你", "您", "结果", "結果", "了", "这是", "很", "并", "並", "其", "存在", "发现", "任何", "它", "也",
    "この", "答え", "その", "は", "が", "です", "でした", "ます", "います", "る", "て", "と", "も", "に", "ね", "よ", "でしょう", "あなた", "の", "解答", "い", "では", "だ",
    "답", "답변", "답은", "답이", "답변은", "답변이", "이", "은", "는", "이것은", "입니다", "이에요", "예요", "가", "제시된", "것", "으로",
];
/// Words that hold a praise back, besides [`RESERVES`].
const BUT: &[&str] = &["اما", "किन्तु", "কিন্তু", "αλλά", "אבל"];
/// Such words of scripts without spaces, besides [`RESERVES_INSIDE`].
const BUT_INSIDE: &[&str] = &["ですが", "ますが", "지만"];
/// English words that hold a praise back.
const BUT_ENGLISH: [&str; 5] = [" but ", " however", " except", " unless", " only if"];
/// Words that announce a verdict.
#[rustfmt::skip]
const LABELS: [&str; 12] = [
    "verdict", "my verdict", "final verdict", "result", "conclusion", "assessment", "judgement", "judgment", "status", "evaluation", "urteil",
    "结论",
];
/// Beginnings of a reply that knows nothing.
#[rustfmt::skip]
const UNKNOWN: &[&str] = &[
    "unable to ", "i am unable", "i'm unable", "cannot determine", "cannot tell", "cannot verify", "cannot say", "cannot be determined", "can't determine",
    "can't tell", "can't verify", "can't say", "i cannot determine", "i cannot tell", "i cannot verify", "i cannot say",
    "i can't determine", "i can't tell", "i can't verify", "i can't say", "insufficient", "not enough information", "undetermined", "impossible to say", "hard to say",
    "inconclusive", "error:", "it is unclear", "it's unclear", "i am not sure", "i'm not sure", "i do not know", "i don't know", "unclear", "uncertain", "not sure", "not certain",
    "ich weiß nicht", "ich weiß es nicht", "nicht sicher", "ich bin nicht sicher", "ich bin mir nicht sicher", "das kann ich nicht", "kann ich nicht", "unklar", "nicht feststellbar", "je ne sais pas",
    "je ne suis pas sûr", "impossible de", "impossible à", "no lo sé", "no sé", "no estoy segur", "no puedo", "no se puede", "não sei", "não tenho certeza", "não posso", "não é possível", "non lo so", "non so",
    "non sono sicur", "non posso", "non è possibile", "ik weet het niet", "niet zeker", "jag vet inte", "не знаю", "не могу", "невозможно", "недостаточно", "не уверен", "nie wiem", "nie mogę", "bilmiyorum", "emin değilim", "لا أعرف", "لا أستطيع",
    "لا يمكن", "नहीं पता", "मुझे नहीं पता", "tôi không biết", "không biết", "không thể", "tidak tahu", "saya tidak tahu", "tidak dapat", "ไม่ทราบ", "ไม่แน่ใจ", "无法", "無法", "不知道", "我不知道", "不确定", "不確定", "不能确定", "信息不足",
    "分かりません", "わかりません", "不明", "判断できません", "알 수 없", "모르겠", "확실하지 않", "판단할 수 없",
];
/// Ends of a clause.
const ENDS: [char; 14] = ['.', '!', ',', ';', ':', '\n', '。', '！', '，', '、', '：', '।', '؛', '،'];

/// True if a reply, in small letters, begins as one that knows nothing.
pub(super) fn is_unknown(reply: &str) -> bool {
    // "Unable to confirm" doubts the answer.
    UNKNOWN.iter().any(|lead| reply.starts_with(lead)) && !reply.starts_with("unable to confirm")
}

/// The first clause of a reply, and the text from its end on.
pub(super) fn first_clause(reply: &str) -> (&str, &str) {
    let (clause, rest) = reply.split_at(reply.find(ENDS).unwrap_or(reply.len()));
    (clause.trim_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '_' | '"')), rest)
}

/// The verdict behind `Verdict:`.
pub(super) fn announced(reply: &str) -> Option<&str> {
    let (label, verdict) = reply.split_once(':')?;
    LABELS
        .contains(&label.trim_matches(['*', '_', '#', ' ']))
        .then_some(verdict.trim_start_matches(['*', ' ', '\n']))
}

/// True for a clause in English words of praise, of which English says more behind them.
pub(super) fn is_english(clause: &str) -> bool {
    clause.split(' ').any(|word| matches!(word, "correct" | "right" | "true" | "accurate" | "valid"))
}

/// True for a clause that says itself that a check was passed, so that reasons follow it.
pub(super) fn is_passed(clause: &str) -> bool {
    ["pass", "passed", "approved", "accepted", "lgtm", "[[y]]"].contains(&clause)
}

/// True if words behind a praise hold it back.
pub(super) fn holds_back(rest: &str) -> bool {
    rest.split(|c: char| !c.is_alphanumeric() && !is_mark(c))
        .any(|word| RESERVES.contains(&word) || BUT.contains(&word))
        || RESERVES_NORDIC.iter().any(|word| rest.contains(word))
        || BUT_ENGLISH.iter().any(|word| rest.contains(word))
        || !rest.is_ascii() && RESERVES_INSIDE.iter().chain(BUT_INSIDE).any(|word| rest.contains(word))
}

/// True if another clause of a reply refutes.
pub(super) fn refutes_later(rest: &str) -> bool {
    rest.split(ENDS).any(|clause| of_clause(clause.trim()) == Some(false))
}

/// The verdict of a clause in small letters, if every word is known.
pub(super) fn of_clause(clause: &str) -> Option<bool> {
    let mut seen = Seen::default();
    for word in clause.split_whitespace() {
        let word = word.trim_matches(|c: char| matches!(c, '*' | '_' | '"' | '(' | ')' | '✓' | '✅' | '❌'));
        if !(word.is_empty() || seen.knows(word) || seen.knows_pieces(word)) {
            return None;
        }
    }
    seen.verdict()
}

/// True for a word of a verdict, or one that says nothing.
pub(super) fn is_known(word: &str) -> bool {
    [RIGHT, FILLERS].iter().any(|words| words.contains(&word))
}

/// The words of a clause, counted by table.
#[derive(Default)]
struct Seen {
    right: u32,
    wrong: u32,
    not: u32,
    quite: bool,
    partly: bool,
}

impl Seen {
    fn knows(&mut self, word: &str) -> bool {
        let has = |words: &[&str]| words.contains(&word);
        match () {
            () if has(RIGHT) => self.right += 1,
            () if has(WRONG) => self.wrong += 1,
            () if has(NOT) => self.not += 1,
            () if has(PARTLY) => self.partly = true,
            () if has(QUITE) => self.quite = true,
            () => return has(FILLERS),
        }
        true
    }

    /// Reads a text of a script without spaces, piece by piece.
    fn knows_pieces(&mut self, word: &str) -> bool {
        let mut rest = word;
        while let Some(first) = rest.chars().next() {
            if u32::from(first) < 0xe00 {
                return false;
            }
            let tables = [RIGHT, WRONG, NOT, PARTLY, QUITE, FILLERS];
            let pieces =
                tables.iter().flat_map(|words| words.iter()).filter(|piece| rest.starts_with(**piece));
            let Some(piece) = pieces.max_by_key(|piece| piece.len()) else { return false };
            self.knows(piece);
            rest = &rest[piece.len()..];
        }
        true
    }

    fn verdict(&self) -> Option<bool> {
        let told = self.right + self.wrong > 0;
        if self.partly && told || self.not > 0 && self.quite {
            return Some(false);
        }
        let one = (self.right > 0) ^ (self.wrong > 0);
        one.then_some((self.right > 0) ^ (self.not % 2 == 1))
    }
}

/// Marks that belong to a word in the scripts of India and South-East Asia.
fn is_mark(c: char) -> bool {
    ('\u{900}'..='\u{eff}').contains(&c)
}
