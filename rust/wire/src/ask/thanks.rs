//! Words of thanks and of agreement, in many languages: turns that ask for nothing.
//!
//! Each is in the [normal form](super::acknowledgement::normalise) of a phrase. To add one, add it to its table.

/// Thanks, and what stands beside them.
#[rustfmt::skip] // words in lines
pub(super) const THANKS: &[&str] = &[
    "thanks", "thank you", "thank u", "thank you so much", "thanks so much", "thank you very much",
    "thanks a lot", "thanks a bunch", "thanks a million", "many thanks", "much appreciated",
    "appreciate it", "i appreciate it", "thx", "thnx", "tnx", "ty", "tysm", "tyvm", "cheers", "lol", "lmao",
    "rofl", "haha", "hahaha", "hehe", "that helps", "very helpful", "that was helpful", "youre the best",
    "bye", "bye bye", "goodbye", "good night", "see you", "cya", "tschüss", "ciao", "au revoir", "adiós",
    "no thanks", "no thank you", "all good", "danke", "danke dir", "danke schön", "danke sehr",
    "dankeschön", "vielen dank", "vielen lieben dank", "besten dank", "merci", "merci beaucoup",
    "merci bien", "gracias", "muchas gracias", "mil gracias", "obrigado", "obrigada", "muito obrigado",
    "muito obrigada", "valeu", "grazie", "grazie mille", "tante grazie", "dank je", "dank je wel",
    "dankjewel", "bedankt", "dank u", "tack", "tack så mycket", "takk", "tusen takk", "tak skal du have",
    "mange tak", "kiitos", "kiitos paljon", "dziękuję", "dzięki", "dziękuję bardzo", "děkuji", "díky",
    "ďakujem", "köszönöm", "köszi", "mulțumesc", "mersi", "спасибо", "большое спасибо", "спасибо большое",
    "спс", "благодарю", "дякую", "дуже дякую", "благодаря", "hvala", "хвала", "ευχαριστώ", "teşekkürler",
    "teşekkür ederim", "sağol", "sağ ol", "شكرا", "شكراً", "شكرا لك", "شكرا جزيلا", "ممنون", "متشکرم",
    "مرسی", "شکریہ", "תודה", "תודה רבה", "धन्यवाद", "शुक्रिया", "ধন্যবাদ", "நன்றி", "谢谢", "谢谢你", "谢谢您",
    "谢谢啦", "谢谢了", "多谢", "感谢", "非常感谢", "谢了", "謝謝", "謝謝你", "多謝", "感謝", "ありがとう", "ありがとうございます", "ありがとうございました",
    "どうもありがとう", "どうも", "助かりました", "감사합니다", "감사해요", "고마워", "고마워요", "고맙습니다", "cảm ơn", "cảm ơn bạn",
    "cảm ơn nhiều", "terima kasih", "terima kasih banyak", "makasih", "ขอบคุณ", "ขอบคุณครับ", "ขอบคุณค่ะ",
    "ขอบคุณมาก", "ครับ", "ค่ะ", "salamat", "maraming salamat", "asante", "asante sana",
];

/// Words that agree, decline or praise, and let nothing go on.
#[rustfmt::skip] // words in lines
pub(super) const AGREEMENT: &[&str] = &[
    "yes", "yeah", "yep", "yup", "ya", "y", "yes please", "ok", "okay", "okey", "k", "kk", "sure",
    "sure thing", "of course", "absolutely", "definitely", "certainly", "exactly", "right", "correct",
    "agreed", "lgtm", "looks good", "looks great", "looks good to me", "sounds good", "sounds great",
    "perfect", "great", "good", "very good", "fine", "cool", "alright", "all right", "very well", "nice",
    "very nice", "nice one", "awesome", "amazing", "excellent", "wonderful", "fantastic", "brilliant",
    "lovely", "wow", "good job", "great job", "well done", "nice work", "great work", "good bot", "got it",
    "gotcha", "understood", "i see", "makes sense", "that makes sense", "noted", "roger", "no", "nope",
    "nah", "no problem", "np", "yay", "ja", "jawohl", "jo", "jep", "nein", "nö", "klar", "alles klar",
    "gerne", "gern", "genau", "richtig", "einverstanden", "in ordnung", "passt", "gut", "sehr gut", "super",
    "toll", "prima", "verstanden", "perfekt", "oui", "ouais", "non", "daccord", "bien sûr", "bien sur",
    "parfait", "très bien", "exactement", "génial", "sí", "si", "claro", "vale", "de acuerdo",
    "por supuesto", "perfecto", "correcto", "exacto", "genial", "muy bien", "bueno", "sim", "não", "beleza",
    "tá bom", "está bem", "ótimo", "perfeito", "legal", "sì", "certo", "va bene", "esatto", "perfetto",
    "ottimo", "bene", "nee", "goed", "akkoord", "oké", "oke", "nej", "nei", "javisst", "bra", "kyllä",
    "joo", "selvä", "tak", "nie", "dobrze", "jasne", "super dzięki", "zgoda", "ano", "dobře", "igen", "nem",
    "rendben", "da", "nu", "bine", "да", "ага", "угу", "ок", "окей", "хорошо", "ладно", "конечно", "верно",
    "согласен", "согласна", "нет", "отлично", "супер", "понятно", "ясно", "понял", "поняла", "так", "добре",
    "гаразд", "звісно", "ні", "чудово", "ναι", "όχι", "εντάξει", "οκ", "evet", "hayır", "tamam", "olur",
    "tabii", "elbette", "harika", "نعم", "لا", "حسنا", "حسنًا", "موافق", "تمام", "طيب", "ممتاز", "بله",
    "باشه", "ہاں", "ٹھیک ہے", "כן", "לא", "בסדר", "מעולה", "हाँ", "हां", "जी", "ठीक है", "नहीं", "অবশ্যই",
    "হ্যাঁ", "ঠিক আছে", "ஆம்", "சரி", "是", "是的", "对", "對", "对的", "不", "不是", "好", "好的", "好吧", "好啊", "行",
    "可以", "没问题", "沒問題", "当然", "當然", "同意", "嗯", "嗯嗯", "哦", "哈哈", "哈哈哈", "不错", "太好了", "太棒了", "明白", "明白了",
    "知道了", "懂了", "はい", "いいえ", "ええ", "うん", "そうです", "了解", "了解です", "わかりました", "いいですね", "すごい", "なるほど", "大丈夫",
    "大丈夫です", "네", "예", "응", "아니요", "그래", "그래요", "좋아", "좋아요", "알겠습니다", "알겠어요", "오케이", "맞아요", "ㅋㅋ", "ㅋㅋㅋ",
    "vâng", "được", "đồng ý", "không", "tuyệt vời", "iya", "baik", "baiklah", "tidak", "bagus", "ใช่",
    "โอเค", "ตกลง", "ไม่", "oo", "opo", "sige", "ndiyo", "ndio", "sawa", "hapana",
];
