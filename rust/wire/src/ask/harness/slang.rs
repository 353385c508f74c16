//! Short forms of thanks, slang, and what stands beside them, by language: "ty vm", "merci bcp", "gracias crack", "obrigadão".
//!
//! In [normal form](crate::ask::phrases::normalise), with their accents: thanks and praise are also known without them, and with letters drawn out.

use crate::ask::phrases::Phrase::{self, Beside, Said, Thanks};

/// Phrases, separated by bars, by language and effect.
#[rustfmt::skip] // phrases in lines
pub(crate) const SLANG: &[(&str, Phrase, &str)] = &[
    ("en", Thanks,
        "ty vm|ty v much|ty very much|tyty|ty ty|ty sm|tks|thks|thnks|thanku|thnk u|thnku|thank ya|thank yall\
         |thanks yall|ta|ta ta|ta muchly|ta very much|thanks a mil|thanks tons|thanks a bundle|thanks a heap\
         |thank you muchly|thanks ever so much|thank you very very much|many many thanks|big thanks|huge thanks\
         |massive thanks|a big thank you|a huge thank you|big thank you|huge thank you|thank you both|kthx|kthxbye\
         |kthanks|kthnx|bless|bless you|god bless|god bless you|much love|luv u|luv ya|love you|love u|appreciate you\
         |i appreciate you|appreciate ya|props|props to you|respect|hats off|you da best|you da man|youre da best\
         |ur the best|u r the best|ur awesome|ur amazing|ur great|ur a star|ur a legend|ur a lifesaver|u rock|u rule\
         |you rule|youre a gem|you are a gem|youre a hero|you are a hero|youre a champ|youre an angel|you are an angel\
         |youre a godsend|gotta go|gotta run|thx ya|tq ya|thank god"),
    ("en", Said,
        "perf|gr8|noice|neat|sick|dope|epic|stellar|top notch|chefs kiss|pog|legendary|nifty|splendid|marvelous\
         |marvellous|terrific|phenomenal|not bad|not bad at all|so good|so cool|so nice|pretty cool|pretty good\
         |nailed it|you nailed it|good catch|great catch|nice catch|very cool|i love this|love this|mind blown|genius\
         |well explained|well put|well said|very well explained|beautifully explained|clear explanation|great stuff"),
    ("en", Beside,
        "bruv|bruh|homie|chief|king|queen|legend|champ|dawg|bestie|babe|love|hun|dear|my dear|my man|my guy|my dude|cuz\
         |gang|ever so|loads|heaps|tons|big time|once again|very very|so so|robot|machine|computer|claude code|cline|roo\
         |aider|opencode|devin|windsurf|zed|jules|goose|muchly|lots|for being here|for being patient|for bearing with me\
         |for nothing else"),
    ("de", Thanks,
        "danke dir vielmals|danke dir sehr|merci dir|thx dir|dankesehr|besten dank dafür|danke dafür|herzlichsten dank\
         |vielen dank dir|vielen dank ihnen|vielen dank nochmal|vielen dank nochmals|danke nochmals\
         |ein herzliches dankeschön|merci viel mal|merci vielmals|dankschön|dankö|dange|dankeli|vergelts gott\
         |liebe grüße|lieben gruß|tschö|tschüssi|danke gleichfalls|merci beaucoup euch"),
    ("de", Beside,
        "digga|digger|bruder|alter|mein freund|meine liebe|mein lieber|meister|chef|schatz|mega|total|geil|hammer\
         |ihr lieben|dir|euch|ihnen|vielmals|nochmals|für deine hilfe|für ihre hilfe|für die hilfe|für die mühe\
         |für die antwort|für den hinweis|dafür|absolut top|wahnsinnig|unglaublich"),
    ("de", Said,
        "mega gut|sehr gut erklärt|super erklärung|tolle erklärung|gute erklärung|nicht schlecht|gar nicht schlecht\
         |echt gut|richtig gut|hat funktioniert"),
    ("fr", Thanks,
        "merci bcp|merci bcpp|merci bp|mrc|merki|mille merci|merci mille fois|grand merci|un immense merci|immense merci\
         |un énorme merci|merci du coup de main|merci pour le coup de main|merci davance|merci pour ton temps\
         |merci de votre temps|merci pour linfo|merci pour les infos|thx bcp|merci de tout coeur|merci de tout cœur\
         |merci du fond du coeur|bisous|a plus|a bientot"),
    ("fr", Beside,
        "bcp|mec|frère|frérot|poto|gars|lami|mon ami|mes amis|la team|trop|grave|du fond du coeur|du fond du cœur\
         |tout le monde|les gars|mon pote|champion|patron|mille fois|énormément|à toi aussi"),
    ("fr", Said,
        "nickel|nickel chrome|trop bien|trop cool|trop fort|tip top|pas mal|pas mal du tout|bonne explication\
         |très bonne explication|très bien expliqué|bien expliqué|chapeau"),
    ("es", Thanks,
        "grax|grcs|grx|gracias totales|gracias mil|un millón de gracias|infinitas gracias|se agradece|muy agradecido\
         |muy agradecida|gracias de corazón|gracias de verdad|dios te bendiga|bendiciones|un abrazo|abrazos|hasta otra\
         |cuídate|chau|te quiero|gracias por la info|gracias por tu tiempo"),
    ("es", Beside,
        "crack|máquina|tío|tía|hermano|mano|amigo|amiga|compa|parcero|parce|wey|güey|compadre|colega|jefe|jefa|maestro\
         |maestra|genio|genia|campeón|fenómeno|fiera|titán|rey|reina|guapo|guapa|che|pana|chamo|cariño|de corazón\
         |por esto|por eso|por la info|en serio|totales|a todos"),
    ("es", Said,
        "un crack|un genio|una máquina|un fenómeno|un grande|una genia|un sol|un capo|un máquina|lo máximo|nada mal\
         |qué crack|qué grande|muy bien explicado|bien explicado|excelente explicación|gran explicación"),
    ("pt", Thanks,
        "obrigadão|obrigadaço|obrigadíssimo|obrigadinho|obrigadinha|brigado|brigada|brigadão|brigadinho|obg|obgd\
         |mto obrigado|mto obrigada|mt obrigado|mt obrigada|muito obg|mto obg|valeuzão|valeu demais|valeu mesmo|valew\
         |vlw flw|flw|falou|tmj|é nóis|gratidão|grato|grata|muito grato|muito grata|abraço|abraços"),
    ("pt", Beside,
        "cara|irmão|meu amigo|minha amiga|amigão|parceiro|chefe|galera|gente|demais|mesmo|viu|querido|querida|você|vc\
         |por isso|de coração|de verdade|meu caro|mestre|craque|fera|campeão|pessoal|pela atenção|pela paciência"),
    ("pt", Said,
        "nada mau|muito bem explicado|bem explicado|boa explicação|excelente explicação|um gênio|um craque|arrasou\
         |mandou bem|top demais"),
    ("it", Thanks,
        "grz|grazie infinite|infinite grazie|grazie assai|grazie davvero|grazie di nuovo|grazissime|ti ringrazio molto\
         |ti ringrazio tanto|vi ringrazio|grazie a te|grazie a tutti|un grazie di cuore|te ne sono grato\
         |te ne sono grata|ci sentiamo|buon lavoro|stammi bene"),
    ("it", Beside, "capo|amico|amica|amico mio|fratello|fra|zio|ragazzi|raga|per la dritta|per il tempo|per la pazienza|infinite"),
    ("it", Said, "un mito|una grande|mitico|ottima spiegazione|spiegato benissimo|niente male|non male"),
    ("nl", Thanks,
        "dankjewel hoor|dankje|dank jou|dank|dikke merci|duizendmaal dank|dank voor je hulp|dank voor alles\
         |heel veel dank|veel dank|hartelijk bedankt|ontzettend bedankt|enorm bedankt|erg bedankt|houdoe|groetjes"),
    ("nl", Beside, "hoor|hè|he|gast|vriend|maat|jongen|kerel|heel|erg|voor alles|voor de uitleg|voor je tijd|voor je geduld"),
    ("nl", Said, "niet slecht|goed uitgelegd|goede uitleg|mooi uitgelegd|klasse hoor"),
    ("sv no da fi", Thanks,
        "tack så jättemycket|tack så hemskt mycket|tackar så mycket|tack som fan|tack ska du ha|tack snälla|tack för det\
         |tack för svaret|tackar och bockar|takk as|takker|tak for det|takk for det|takk for svaret|tak for svaret\
         |hjertelig takk|1000 tak|1000 takk|1000 tack|ha en bra dag|vi hörs|vi høres|kiitoksia|kiitosta|kiitti vaan\
         |iso kiitos|suuret kiitokset|tuhannet kiitokset|kiits|tattista"),
    ("sv no da fi", Beside,
        "bror|brorsan|kompis|grabben|för allt|för hjälpen|for alt|så mycket|så meget|så mye|paljon|kovasti|kaveri|avusta\
         |vastauksesta|tosi|hirveästi|tosi paljon"),
    ("sv no da fi", Said,
        "inte illa|inte dåligt|ikke dårlig|ikke dårligt|ikke verst|ei huono|bra förklarat|bra jobbat|godt forklart\
         |godt forklaret|hyvin selitetty|hyvää työtä"),
    ("pl cs sk hu ro", Thanks,
        "dzięks|dzięksy|dziena|dzięki bardzo|dzk|dziękówa|stokrotne dzięki|serdeczne dzięki|pozdro|pozdrawiam|nara\
         |do usłyszenia|dík|díkes|díkec|děkuju moc|děkuji moc|moc díky|děkuji pěkně|děkuju pěkně|mockrát díky\
         |ďakujem veľmi|ďakujem veľmi pekne|měj se|měj se hezky|kösz|köszke|köszi szépen|kösz szépen|köszcsi\
         |nagyon köszönöm|nagyon szépen köszönöm|köszönet|hálás köszönet|ezer köszönet|köszönöm a segítséged|mersi fain\
         |ms|ms mult|mulțam|mulțumesc din suflet|mulțumesc tare mult|mulțumesc de ajutor|mulțumesc pentru ajutor\
         |mulțumesc pentru tot|mulțumiri|mii de mulțumiri|merci mult|o zi bună|numai bine"),
    ("pl cs sk hu ro", Beside,
        "stary|mordo|ziom|bracie|kolego|wielkie|bardzo|serdecznie|ślicznie|pięknie|przyjacielu|szefie|za wszystko\
         |za odpowiedź|za wyjaśnienie|za pomoc|byku|moc|kámo|kámoš|brácho|vole|pekne|veľmi|haver|tesó|szépen|nagyon\
         |mindent|frate|mult|foarte|tare|din suflet|pentru tot"),
    ("pl cs sk hu ro", Said,
        "nieźle|całkiem nieźle|dobre wyjaśnienie|świetne wyjaśnienie|není to špatné|dobře vysvětleno|nem rossz\
         |jól elmagyaráztad|nu e rău|nu i rău|bine explicat"),
    ("ru", Thanks,
        "спсб|спс большое|спасибочки|спасибки|спасиба|благодарочка|благодарствую|большущее спасибо|преогромное спасибо\
         |огромнейшее спасибо|спасибо тебе огромное|спасибо вам огромное|сенкс|сенк|сенкью|сэнкс|сэнкью|пасибки\
         |пасибочки|пасиба|от души|респект|благодарен|благодарна|очень благодарен|очень благодарна|выручил|выручила\
         |бывай|покеда|обнял"),
    ("ru", Beside,
        "бро|брат|братан|братишка|друг|дружище|чувак|огромное|большое|тебе|вам|за всё|за все|за ответ|за помощь|дорогой\
         |дорогая|родной|шеф|ребята|очень"),
    ("ru", Said,
        "неплохо|очень неплохо|хорошее объяснение|отличное объяснение|хорошо объяснил|хорошо объяснила|всё работает\
         |все работает|заработало|получилось спасибо"),
    ("uk bg sr", Thanks,
        "дякс|дякую велике|дяка|дуже вдячний|дуже вдячна|вдячний|вдячна|щиро вдячний|щиро вдячна|дякую за все\
         |благодарско|благодаря ти|благодаря ви|мерси много|много мерси|благодаря много|благодаря за помощта|фала|fala\
         |hvala ti|hvala vam|hvala mnogo|hvala na pomoći|хвала ти|хвала много|hvala ti puno"),
    ("uk bg sr", Beside, "друже|брате|велике|дуже|щиро|brate|бате|пич|puno|mnogo|приятел|prijatelju"),
    ("el", Thanks,
        "ευχ|ευχαριστώ πάρα πολύ|ευχαριστώ για όλα|σε ευχαριστώ πολύ|σας ευχαριστώ πολύ|νασαι καλά|να είσαι καλά|μερσί\
         |θενκς"),
    ("el", Beside, "ρε|ρε φίλε|φίλε|φίλε μου|πολύ|για όλα|μάγκα|πάρα πολύ"),
    ("tr", Thanks,
        "tşkler|tşkr|eyv|saol|sağ olasın|sağ olun|çok tşk|çok teşekkür|çok sağ ol|çok saol|teşekkürler çok\
         |sonsuz teşekkürler|allah razı olsun|eline sağlık|elinize sağlık|kib|öptüm"),
    ("tr", Beside, "kanka|kardeşim|kardeş|abi|abla|hocam|dostum|reis|kral|moruk|çok|her şey için|canım|valla"),
    ("tr", Said, "fena değil|hiç fena değil|iyi açıklama|güzel açıklama|işe yaradı|çalıştı|oldu şimdi"),
    ("ar", Thanks,
        "شكرا كتير|شكرا خالص|شكرا اوي|متشكر|متشكرة|متشكرين|مشكورين|مشكورة|يسلمو|يسلموا|تسلم ايدك|تسلم إيدك|تسلم ايديك\
         |الله يعطيك العافية|الله يسلمك|الله يبارك فيك|يعطيك الف عافية|كفو|ثانكس|ثانكيو|ميرسي|شكرا من القلب|شكرا جدا\
         |تشكر"),
    ("ar", Beside,
        "يا صديقي|يا غالي|يا اخي|يا أخي|اخي|أخي|صديقي|حبيبي|يا حبيبي|يا باشا|يا معلم|كتير|كثير|جدا|خالص|والله|من القلب\
         |على كل شيء"),
    ("fa ur", Thanks,
        "دمت گرم|دمتون گرم|تنکس|تشکر فراوان|سپاس فراوان|فدات|قربونت|زنده باشی|ایول|لطف کردی|خیلی لطف کردی|مچکرم|تھینکس\
         |تھینک یو|تھینکیو|بہت مہربانی|جزاک اللہ خیر"),
    ("fa ur", Beside, "داداش|عزیزم|رفیق|دوست من|خیلی|بھائی|یار|دوست|جناب|بہت"),
    ("hi bn", Thanks,
        "dhanyavaad|dhanyawaad|bahut dhanyavaad|bahut bahut dhanyavaad|bahut bahut shukriya|थैंक्यू|थैंकयू|थैंक्यू सो मच\
         |शुक्रिया आपका|बहुत आभार|থ্যাংকু|থ্যাংকিউ|থ্যাঙ্কস|থ্যাঙ্ক ইউ|অনেক অনেক ধন্যবাদ|ধন্যবাদ আপনাকে|dhonnobad\
         |onek dhonnobad"),
    ("hi bn", Beside, "bhai|bhaiya|yaar|yar|dost|sirji|भाई|भाई साहब|यार|दोस्त|मित्र|सर|मैडम|बहुत|ভাই|ভাইয়া|বন্ধু|দাদা|আপু|অনেক"),
    ("ta sw tl", Thanks,
        "மிகவும் நன்றி|நன்றிகள்|தேங்க்ஸ்|nandri|romba nandri|asanteni|shukrani|shukran|nashukuru sana|ahsante\
         |ahsante sana|salamat ng marami"),
    ("ta sw tl", Beside, "அண்ணா|நண்பா|நண்பரே|ரொம்ப|romba|machan|sana|rafiki|kaka|ndugu|po|pre|pare|kuya|bes|lods|idol"),
    ("zh", Thanks,
        "谢谢哈|谢谢啊|谢谢呀|谢谢噢|3q|蟹蟹|蟹蟹你|感恩|感谢感谢|谢谢谢谢|多谢多谢|太谢谢你了|太谢谢您了|太感谢你了|太感谢您了|谢谢您嘞|谢谢捏|阿里嘎多|万谢|拜谢|感激不尽|非常感激|3ks|谢谢指点|谢谢指导\
         |谢谢解答|谢谢回答|謝謝你喔|謝謝喔|感恩的心|么么哒|886"),
    ("zh", Beside, "大佬|老师|老師|亲|親|大神|哥|姐|兄弟|朋友|老铁|大大|哈|嘞"),
    ("zh", Said, "还不错|還不錯|讲得很好|讲得好|解释得很好|解释得很清楚|说得好|好厉害|太强了|太牛了|清楚了|终于懂了"),
    ("ja", Thanks,
        "あざす|あざっす|あざーす|あざっした|あざます|ありがと|ありがとー|ありがとです|ありがとさん|サンクス|さんくす|センキュー|ども|どもども|感謝です|大感謝|おつ|おつです|乙|お疲れさま|お疲れさまです\
         |お疲れさまでした|ありがたい|ありがたいです|有難う|有難うございます|有り難うございます|有難い"),
    ("ja", Beside, "本当に|ほんとに|ほんと|マジ|まじ|まじで|めっちゃ|先生|さん|ー|よ|ね|です"),
    ("ja", Said, "悪くない|悪くないです|わかりやすい|わかりやすいです|分かりやすいです|わかりやすかったです|いい説明です|よくわかりました"),
    ("ko", Thanks, "감사합니당|감사해용|감사요|감사감사|감사드립니다|감사드려요|고마웡|고마워용|고맙다|고맙네요|고맙당|캄사|캄사합니다|쌩유|땡큐요|땡스|ㄱㅅㄱㅅ|ㄳㄳ|수고|수고요|수고하셨어요|ㅂㅂ|ㅂㅇ|바이바이"),
    ("ko", Beside, "님|형|선생님|진짜|정말|너무|완전|여러분|덕분에"),
    ("ko", Said, "나쁘지 않네|나쁘지 않네요|설명 좋네요|이해하기 쉽네요|깔끔하네요"),
    ("vi", Thanks,
        "tks bạn|thank bạn|thanks bạn|thanks bạn nhiều|thank bạn nhiều|cảm ơn bạn nhìu|cám ơn nhìu|cảm ơn nhìu|biết ơn\
         |đội ơn|tạ ơn"),
    ("vi", Beside, "bạn|nhiều|nhìu|bác|lắm|mọi người|vì tất cả|rất nhiều"),
    ("vi", Said, "không tệ|giải thích hay|giải thích rõ|dễ hiểu|rất dễ hiểu"),
    ("id ms", Thanks,
        "makasi|mksh|mksih|maacih|tengkyu|tengkiu|trims|trimakasih|trima kasih|suwun|matur nuwun|nuhun|hatur nuhun\
         |terima kasih banget|makasih banget"),
    ("id ms", Beside, "bang|kak|gan|om|mas|mbak|sis|sob|bos|banget|banyak|semuanya|kawan|teman"),
    ("id ms", Said, "lumayan|tidak buruk|tak buruk|penjelasan bagus|mudah dipahami|mudah dimengerti"),
    ("th", Thanks,
        "แต้งกิ้ว|แต๊งค์|แต้งค์|แทงกิ้ว|ขอบคุณค้าบ|ขอบคุณคับ|ขอบคุณครัช|ขอบคุณค่า|ขอบคุณค่าา|ขอบคุณน้า|ขอบคุณงับ\
         |ขอบพระคุณ|ขอบคุณจริงๆ|ขอบใจมาก"),
    ("th", Beside, "มาก|มากๆ|จริงๆ|พี่|เพื่อน|ค้าบ|คับ|ครัช|ค่า|น้า"),
    ("th", Said, "ไม่เลว|ไม่แย่|อธิบายดีมาก|เข้าใจง่าย|ชัดเจน"),
    ("he", Thanks, "תודה גדולה|ים תודה|תודה מכל הלב|אלף תודות|תודה על הכל|תודה רבה רבה|תנקס|יאללה ביי"),
    ("he", Beside, "אחי|נשמה|גבר|רבה|מותק|אלוף|אלופה|מלך|מאוד"),
    ("he", Said, "לא רע|לא רע בכלל|הסבר מעולה|הסבר טוב"),
];
