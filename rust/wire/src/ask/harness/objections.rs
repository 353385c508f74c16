//! Rejections and doubts of an answer, by language.

/// Words for what is right: with a question mark, and no other question, they doubt the answer ("is that right?"). As
/// [`LEANING`](super::LEANING).
#[rustfmt::skip] // words in lines
pub(crate) const DOUBTED: &[(&str, &str)] = &[
    ("en", "right correct true accurate legit"),
    ("de fr es pt it", "richtig korrekt wahr stimmt correct correcte juste vrai exact exacte correcto correcta cierto cierta verdad correto correta \
      certo verdade corretto corretta giusto giusta vero"),
    ("nl sv no da fi", "juist correct klopt rätt sant stämmer riktig riktigt rigtig rigtigt korrekt sandt oikein totta"),
    ("pl cs ru uk", "prawda poprawne poprawnie pravda správně правда верно правильно вірно"),
    ("tr ar fa ur", "doğru صحيح صحيحة درست صحیح"),
    ("hi bn", "सही ठीक सच sahi সঠিক ঠিক"),
    ("vi id el he", "đúng benar betul σωστό σωστά נכון"),
];

/// Words that begin a question in languages that often write it without its mark. Sorted by language.
pub(crate) const QUESTION_WORDS: &str = "क्या kya هل آیا کیا czy apakah คือ";

/// Words for another attempt: beside a denial they reject the answer ("nope, try again"). As [`LEANING`](super::LEANING).
#[rustfmt::skip] // words in lines
pub(crate) const RETRYING: &[(&str, &str)] = &[
    ("en", "again retry try redo harder"),
    ("de fr es pt it", "nochmal nochmals erneut versuch versuche versuchs réessaie réessaye essaie essaye encore recommence nuevo nueva vez intenta \
      inténtalo intentalo prueba novo nova novamente tenta tente riprova ancora"),
    ("nl sv no da fi", "opnieuw probeer igen igjen försök forsøk prøv uudelleen yritä"),
    ("pl cs ru uk", "ponownie spróbuj sprobuj jeszcze znovu zkus ještě снова ещё еще попробуй попробуйте знову ще спробуй"),
    ("tr ar fa ur", "tekrar dene yeniden أخرى اخرى حاول مجددا دوباره دوبارہ پھر"),
    ("hi bn", "फिर दोबारा दुबारा कोशिश আবার চেষ্টা"),
    ("vi id el he hu ro", "lại thử lagi coba ulang ulangi ξανά δοκίμασε שוב נסה újra próbáld încearcă"),
];

/// Beginnings of messages that reject an answer or doubt it, in small letters, without apostrophes and hyphens. A dollar sign stands
/// for the end: "not really" is a rejection, "not really a graph, but a tree: prove it" is not.
#[rustfmt::skip] // phrases in lines
pub(crate) const REJECTING: &[(&str, &str)] = &[
    (
        "en",
        "not quite$|not quite right|not really$|not it$|thats not it|that is not it|that aint it|that cannot be|that cant be|cant be right|doesnt seem right|\
         doesnt look right|that doesnt seem|seems off$|looks off$|that seems off|that looks off|this seems off|this looks off|this is off$|thats off$|\
         something is off|something seems off|somethings off|its off by|youre off by|bs$|thats bs|thats bull|worst answer|bad answer|terrible answer|\
         horrible answer|ur wrong|u r wrong|youre wrong|you are wrong|i dont believe you|i dont believe that$|i dont believe it$|i dont believe this$|\
         i dont buy it|i dont buy that|i dont buy this|not buying it|no luck|same problem$|same issue$|same thing$|same result$|same problem again|\
         same issue again|try harder|do better$|get it right|r u sure|are u sure|u sure$|you sure$|sure about that|are you certain|are you positive|\
         is that really|is this really true|is this really right|is this really correct|are you kidding|you kidding me|you got that wrong|\
         you have it wrong|thats a wrong|thats the wrong|that is the wrong|thats backwards|thats nonsense|thats garbage|no way$",
    ),
    (
        "de",
        "stimmt das wirklich|stimmt nicht|das kann nicht|das glaube ich nicht|glaub ich nicht|bist du dir sicher|bist du sicher|sind sie sicher|\
         falsche antwort|du liegst falsch|du irrst dich|sie irren sich|gleiches problem$|das ist quatsch|das passt nicht|stimmt so nicht|nicht ganz$",
    ),
    (
        "fr",
        "tu es sûr|tu es sure|tes sûr|tes sur|t sur|t sûr|es tu sûr|es tu sur|vous êtes sûr|êtes vous sûr|tu te trompes|vous vous trompez|ce nest pas ça|\
         cest pas ça|cest pas bon|mauvaise réponse|je ne te crois pas|jy crois pas|même problème$|pas tout à fait$|pas vraiment$",
    ),
    (
        "es pt it",
        "no es así$|no es eso$|estás equivocado|te equivocas|respuesta incorrecta|respuesta equivocada|no te creo|no me lo creo|sigue igual$|\
         mismo problema$|no del todo$|estás seguro|estás segura|de verdad?|en serio?|tem certeza|você tem certeza|sério?|resposta errada|você está errado|\
         não é isso$|não é assim$|não exatamente$|tá errado|sei sicuro|ne sei sicuro|davvero?|risposta sbagliata|ti sbagli|non è così$|non proprio$",
    ),
    (
        "nl sv no da fi",
        "zeker weten?|weet je dat zeker|weet je het zeker|ben je zeker|echt?|fout antwoord|verkeerd antwoord|je hebt het fout|je vergist je|niet helemaal$|\
         är du säker|är du helt säker|säker?|säkert?|fel svar|du har fel|inte riktigt$|er du sikker|sikker?|feil svar|forkert svar|du tar feil|\
         du tager fejl|ikke helt$|oletko varma|varmasti?|ihanko varmasti|väärin$|väärä vastaus|se on väärin|olet väärässä|ei toimi|ei ihan$",
    ),
    (
        "pl cs hu ro",
        "na pewno?|jesteś pewien|jesteś pewna|jestes pewien|serio?|naprawdę?|zła odpowiedź|mylisz się|nie do końca$|jsi si jist|určitě?|opravdu?|fakt?|\
         špatná odpověď|mýlíš se|biztos vagy|biztos?|biztosan?|tényleg?|rossz válasz|tévedsz|ez nem jó|ez rossz|nem jó$|ești sigur|esti sigur|sigur?|\
         chiar?|răspuns greșit|greșit$|e greșit|este greșit|nu e corect|nu e bine|te înșeli",
    ),
    (
        "ru uk",
        "ты уверен|вы уверены|точно?|серьёзно?|серьезно?|правда?|неверный ответ|неправильный ответ|ты ошибаешься|вы ошибаетесь|это не так$|не то$|\
         не совсем$|ты неправ|ти впевнен|ви впевнен|справді?|неправильна відповідь|ти помиляєшся|це не так$|не зовсім$",
    ),
    ("tr", "emin misin|emin misiniz|eminmisin|gerçekten mi|bu doğru mu|yanlış cevap|yanılıyorsun|pek değil$"),
    (
        "ar fa ur",
        "هل أنت متأكد|هل انت متاكد|هل انت متأكد|أنت متأكد|متأكد$|متأكد؟|حقا؟|إجابة خاطئة|اجابة خاطئة|أنت مخطئ|انت مخطئ|مطمئن هستی|مطمئنی|آیا مطمئن|واقعا؟|\
         جواب اشتباه|اشتباه میکنی|کیا آپ کو یقین|کیا تمہیں یقین|آپ کو یقین ہے|پکا؟|پکا$|سچ میں|غلط جواب",
    ),
    (
        "hi bn ta",
        "क्या आप निश्चित|क्या आपको पूरा यकीन|क्या आपको यकीन|क्या आपको यक़ीन|क्या तुम्हें यकीन|आपको यकीन है|तुम्हें यकीन है|क्या आप पक्का|क्या आप sure|क्या तुम sure|\
         आप sure|तुम sure|पक्का ना$|पक्का न$|पक्का$|पक्की बात$|क्या ये सच|क्या यह सच|सच में?|सच में$|सचमुच?|आप गलत|तुम गलत|गलत जवाब|गलत उत्तर|kya aap sure|\
         kya tum sure|aap sure|tum sure|pakka$|pakka na$|sach mein?|sach me?|kya yeh sahi|kya ye sahi|yeh galat|ye galat|galat hai$|galat jawab|\
         আপনি কি নিশ্চিত|তুমি কি নিশ্চিত|এটা কি ঠিক|এটা কি সঠিক|সত্যি?|ভুল উত্তর|உறுதியா|நிச்சயமா|தவறு|தவறான பதில்",
    ),
    (
        "zh ja ko",
        "你确定|你確定|真的假的|你错了|你錯了|答案错|答案錯|答案不对|答案不對|不是这样|不是這樣|对吗|對嗎|这对吗|對不對|对不对|本当に合って|本当に正しい|\
         間違ってませんか|間違っていませんか|違うと思|答えが違|回答が間違|合ってる？|合ってる?|정말 맞|진짜 맞|확실한|틀린 것 같|답이 틀|아닌 것 같|맞는 거|맞는거",
    ),
    (
        "vi id th",
        "bạn có chắc|bạn chắc|có chắc không|thật không|thật hả|sai rồi|trả lời sai|không đúng$|apakah kamu yakin|apakah anda yakin|apa kamu yakin|\
         kamu yakin|yakin?|serius?|jawaban salah|jawabannya salah|kamu salah|anda salah|แน่ใจ|จริงเหรอ|จริงหรือ|คำตอบผิด|ผิดแล้ว|ไม่ใช่แบบนี้",
    ),
    (
        "el he tl sw",
        "είσαι σίγουρος|είσαι σίγουρη|σίγουρα;|αλήθεια;|λάθος απάντηση|κάνεις λάθος|אתה בטוח|את בטוחה|בטוח?|באמת?|תשובה שגויה|אתה טועה|זה לא נכון|\
         sigurado ka|mali ang|mali yan|mali iyan|hindi tama|una uhakika|una hakika|je una uhakika|si sahihi|si kweli|umekosea",
    ),
];
