//! Phrases that ask for nothing by themselves, by language: agreement, thanks, greetings, words that let the assistant go on.
//!
//! Each is in [normal form](crate::ask::phrases::normalise). To add one, put it into the row of its language and effect.

use crate::ask::phrases::Phrase::{self, Denies, Fills, Fine, Goes, Greets, Said, Thanks, Yes};

/// Phrases, separated by bars, by language and effect.
#[rustfmt::skip] // phrases in lines
pub(crate) const PHRASES: &[(&str, Phrase, &str)] = &[
    ("en", Goes,
        "approved|approve|confirmed|confirm|accept|accepted|why not|id love that|id like that|do it|do that|do so|do this|yes do|do\
         |please do|lets do it|lets do that|lets do this|lets go|just do it|make it so|go|go on|go ahead|go for it|carry on|keep going\
         |keep on|keep it up|continue|continue on|pls continue|proceed|resume|move on|next|next step|next one|more|start|begin|run it\
         |ship it|try it|try again|again|once more|retry|fix it|fix that|fix this|apply it|apply that|implement it|implement that\
         |build it|finish|finish it|finish up|as you suggested|as suggested|both|all of them|all of the above|you decide|up to you\
         |whatever"),
    ("en", Yes,
        "yes|yeah|yep|yup|ya|y|yea|sure|sure thing|of course|absolutely|definitely|certainly|lgtm|looks good|looks good to me\
         |looks great|sounds good|sounds great|agreed|correct|exactly|right|yes please|thats right|thats correct|thats fine\
         |that is fine|thats great|yes sir"),
    ("en", Fine,
        "ok|okay|k|kk|okey|okey dokey|okie dokie|okie|perfect|great|good|fine|cool|alright|all right|very well|very good|good stuff"),
    ("en", Said,
        "nice|very nice|nice one|awesome|amazing|excellent|wonderful|fantastic|brilliant|lovely|beautiful|sweet|superb|wow|woah|whoa\
         |good job|great job|well done|nice work|great work|good work|good bot|good one|got it|gotcha|understood|i see|i understand\
         |i get it|i got it|makes sense|that makes sense|noted|roger|no problem|no worries|np|yw|youre welcome|my pleasure|yay\
         |good to know|interesting|very interesting|fair enough|fair|oh|ah|aha|ahh|ooh|oh wow|omg|mhm|mm|mmm|xd|hmm|hm|love it\
         |i love it|impressive|i like it|this is great|that is great|this is perfect|thats perfect|thats amazing|thats awesome\
         |this is awesome|that was great|that worked|it worked|it works|it works now|works now|that works|works great|works perfectly\
         |works for me|problem solved|solved|fixed"),
    ("en", Thanks,
        "thanks so much for this|thank you so much for this|much obliged|that did it|thanks|thank you|thank u|thank you so much|thanks so much|thank you very much|thanks very much|thank you sir|thanks a lot\
         |thanks a bunch|thanks a ton|thanks a million|thanks much|many thanks|thanks again|thank you again|thanks for your help\
         |thank you for your help|thanks for the help|thank you for the help|thanks for all your help|thanks for helping\
         |thank you for helping me|thanks for everything|thanks for that|thank you for that|thanks for this|thanks for the answer\
         |thanks for the explanation|thanks for explaining|thanks for your time|thanks man|thanks mate|thanks bro|thanks buddy\
         |thanks dude|thanks anyway|thanks in advance|thank you all|thanks all|much appreciated|appreciated|appreciate it\
         |i appreciate it|i appreciate that|really appreciate it|greatly appreciated|thx|thanx|thnx|tnx|ty|tysm|tyvm|cheers|kudos|bravo\
         |lol|lmao|lmfao|rofl|ha|hah|haha|hahaha|hahahaha|hehe|heh|that helps|that helped|that helps a lot|that helped a lot|this helps\
         |this helped|very helpful|so helpful|super helpful|thats helpful|that was helpful|that was very helpful|youre the best\
         |you are the best|youre awesome|you are awesome|youre amazing|you are amazing|youre great|you are great|you rock\
         |youre a lifesaver|youre a genius|bye|bye bye|goodbye|good bye|good night|gn|nite|see you|see ya|see you later|later|cya|ttyl\
         |talk to you later|talk later|gtg|g2g|take care|have a nice day|have a good day|have a great day|have a good one|no thanks\
         |no thank you|all good|im good|thats all|that is all|thats it|that will be all|thats all for now|thats all i needed\
         |thats everything|im done|all done|nothing else|never mind|nevermind|nvm|not now|maybe later|forget it|forget about it"),
    ("en", Greets,
        "hi|hi there|hello|hello there|hey|hey you|hey there|hiya|howdy|yo|sup|whats up|wassup|greetings|good morning|good afternoon\
         |good evening|good day|morning|evening|how are you|how are you doing|how are you today|hows it going|how do you do\
         |nice to meet you|whos there|anyone there|anybody there|are you there|you there|who are you|what are you|what can you do\
         |what do you do|whats your name|what is your name|are you human|are you a bot|are you an ai|who made you|who built you\
         |how old are you"),
    ("en", Fills,
        "please|pls|plz|now|then|and|so|just|that|with it|with that|from there|where you left off|from where you left off"),
    ("de", Goes,
        "weiter|mach weiter|mache weiter|machen sie weiter|weitermachen|fortfahren|fahre fort|fahr fort|fahren sie fort|mach das\
         |mach es|machs|mach mal|mach so|tu es|tu das|los|leg los|nur zu"),
    ("de", Yes,
        "ja|jawohl|jo|jep|klar|gerne|gern|genau|richtig|einverstanden|passt|stimmt|ja gerne|ja bitte|natürlich|na klar|aber klar"),
    ("de", Fine, "in ordnung|gut|sehr gut|super|toll|prima|perfekt|alles gut|passt so"),
    ("de", Said,
        "alles klar|verstanden|verstehe|ich verstehe|hab verstanden|ach so|achso|klasse|spitze|ausgezeichnet|wunderbar|großartig\
         |sehr schön|schön|gut zu wissen|interessant|kein problem|gern geschehen|es funktioniert|hat geklappt"),
    ("de", Thanks,
        "danke|danke dir|danke ihnen|danke schön|danke sehr|danke vielmals|danke nochmal|dankeschön|vielen dank|vielen lieben dank\
         |lieben dank|tausend dank|besten dank|herzlichen dank|danke für deine hilfe|danke für ihre hilfe|danke für die hilfe\
         |vielen dank für die hilfe|vielen dank für deine hilfe|vielen dank für ihre hilfe|danke für die antwort\
         |danke für die erklärung|das hilft|das hat geholfen|sehr hilfreich|tschüss|tschüß|tschau|auf wiedersehen|bis dann|bis später\
         |bis bald|gute nacht|schönen tag|schönen tag noch|nein danke|das wars|das war alles|das ist alles|schon gut|vergiss es\
         |nicht jetzt|egal"),
    ("de", Greets,
        "hallo|hallo zusammen|guten morgen|guten tag|guten abend|moin|servus|grüß gott|wie gehts|wie geht es dir|wie geht es ihnen\
         |wer bist du|was bist du|was kannst du|wie heißt du|na"),
    ("de", Fills, "bitte|jetzt|dann|und|damit|mal|doch"),
    ("fr", Goes, "vas y|allez y|continuez|poursuis|poursuivez|fais le|faites le|fais ça|encore|la suite|suite|suivant"),
    ("fr", Yes, "oui|ouais|daccord|bien sûr|bien sur|oui merci|exact|exactement|oui bien sûr|volontiers"),
    ("fr", Fine, "cest parfait|parfait|très bien|ça marche|ça me va|ok super|bien|cest bon"),
    ("fr", Said,
        "génial|magnifique|top|compris|jai compris|je comprends|je vois|entendu|ah daccord|ah ok|intéressant|pas de problème|de rien\
         |je vous en prie|ça marche maintenant"),
    ("fr", Thanks,
        "merci|merci beaucoup|merci bien|merci à toi|merci à vous|mille mercis|un grand merci|merci infiniment|merci encore\
         |merci pour ton aide|merci pour votre aide|merci de votre aide|merci de ton aide|merci pour tout|merci pour la réponse\
         |super merci|ça aide|très utile|au revoir|à bientôt|à plus|à plus tard|salut et merci|bonne nuit|bonne journée|bonne soirée\
         |non merci|cest tout|ce sera tout|laisse tomber|pas maintenant|tant pis|mdr|ptdr"),
    ("fr", Greets,
        "bonjour|bonjour à tous|salut|coucou|bonsoir|ça va|comment ça va|comment vas tu|comment allez vous|qui es tu|que peux tu faire\
         |tu es qui"),
    ("fr", Fills, "s il te plaît|sil te plaît|sil vous plaît|stp|svp"),
    ("es", Goes, "dale|adelante|continúa|continua|continúe|continúen|sigue|siga|hazlo|hágalo|siguiente|endavant|segueix"),
    ("es", Yes, "sí|si|claro|de acuerdo|por supuesto|correcto|exacto|así es|sí claro|claro que sí|sí gracias"),
    ("es", Fine, "vale|perfecto|muy bien|bueno|genial|está bien|estupendo"),
    ("es", Said,
        "excelente|increíble|maravilloso|fantástico|qué bien|entendido|entiendo|ya veo|ya entendí|comprendo|comprendido|interesante\
         |de nada|no hay problema|buen trabajo|bien hecho"),
    ("es", Thanks,
        "gracias|muchas gracias|mil gracias|muchísimas gracias|gracias de nuevo|gracias otra vez|gracias por tu ayuda\
         |gracias por su ayuda|gracias por la ayuda|gracias por todo|gracias por la respuesta|te lo agradezco|se lo agradezco\
         |muy amable|muy útil|me ayudó mucho|adiós|adios|chao|hasta luego|hasta mañana|hasta pronto|nos vemos|buenas noches\
         |que tengas un buen día|buen día|no gracias|eso es todo|nada más|eso sería todo|olvídalo|ahora no|no importa|jaja|jajaja\
         |gràcies|moltes gràcies"),
    ("es", Greets,
        "hola|buenas|buenos días|buenas tardes|qué tal|cómo estás|cómo está|cómo te va|hola qué tal|quién eres|qué eres\
         |qué puedes hacer|hola cómo estás|bon dia"),
    ("es", Fills, "por favor|ahora"),
    ("pt", Goes, "pode|pode ser|pode continuar|prossiga|prossegue|faça|faça isso|faz isso|isso|próximo|segue|avance|vamos|vai"),
    ("pt", Yes, "sim|com certeza|claro que sim|isso mesmo|exato|certo|concordo|sim por favor"),
    ("pt", Fine, "beleza|tá bom|está bem|ótimo|perfeito|legal|tudo bem|muito bem|bom|tá|blz"),
    ("pt", Said,
        "incrível|maravilha|show|massa|que bom|bacana|entendi|compreendi|percebi|interessante|sem problema|bom trabalho|muito bom"),
    ("pt", Thanks,
        "obrigado|obrigada|muito obrigado|muito obrigada|obrigado de novo|obrigado pela ajuda|obrigada pela ajuda\
         |muito obrigado pela ajuda|obrigado por tudo|agradeço|agradecido|agradecida|valeu|vlw|ajudou muito|muito útil|tchau|até logo\
         |até mais|até amanhã|boa noite|bom descanso|tenha um bom dia|não obrigado|não obrigada|é só isso|só isso|é tudo|deixa pra lá\
         |esquece|agora não|kkk|kkkk|rsrs"),
    ("pt", Greets, "olá|oi|oie|opa|bom dia|boa tarde|e aí|como vai|tudo bom|como está|como você está|quem é você|o que você faz"),
    ("pt", Fills, "agora"),
    ("it", Goes, "procedi|proceda|vai avanti|avanti|fallo|prosegui"),
    ("it", Yes, "sì|va bene|esatto|daccordo|certamente|sì grazie|giusto"),
    ("it", Fine, "perfetto|ottimo|bene|molto bene|benissimo"),
    ("it", Said,
        "fantastico|eccellente|bravissimo|grande|bello|capito|ho capito|capisco|inteso|prego|nessun problema|ottimo lavoro"),
    ("it", Thanks,
        "grazie|grazie mille|tante grazie|molte grazie|mille grazie|grazie tante|ti ringrazio|la ringrazio|grazie ancora\
         |grazie per laiuto|grazie dellaiuto|grazie di tutto|grazie di cuore|molto utile|ciao|ciao ciao|arrivederci|a presto|a dopo\
         |buonanotte|buona notte|buona giornata|no grazie|è tutto|basta così|lascia stare|non importa|non ora"),
    ("it", Greets, "salve|buongiorno|buonasera|come stai|come sta|come va|chi sei|cosa puoi fare"),
    ("it", Fills, "per favore|per piacere|pure"),
    ("nl", Goes, "ga door|ga verder|doe het|doe maar|verder"),
    ("nl", Yes, "akkoord|zeker|natuurlijk|klopt|ja graag|graag"),
    ("nl", Fine, "goed|oké|oke|mooi|heel goed|is goed"),
    ("nl", Said, "begrepen|snap ik|ik snap het|duidelijk|helder|geweldig|leuk|graag gedaan|geen probleem|goed gedaan"),
    ("nl", Thanks,
        "dank je|dank je wel|dankjewel|dank u|dank u wel|bedankt|heel erg bedankt|hartelijk dank|hartstikke bedankt\
         |bedankt voor je hulp|bedankt voor de hulp|bedankt voor uw hulp|dank voor de hulp|nogmaals bedankt|dat helpt|doei|dag\
         |tot ziens|tot later|tot straks|welterusten|goedenacht|fijne dag|nee bedankt|nee dank je|dat is alles|dat was het|laat maar\
         |niet nu"),
    ("nl", Greets, "hoi|goedemorgen|goedemiddag|goedenavond|goedendag|hoe gaat het|hoe is het|wie ben je|wat kan je"),
    ("nl", Fills, "alstublieft|alsjeblieft|aub"),
    ("sv no da fi", Goes, "fortsätt|gör det|kör|fortsett|gjør det|kjør på|fortsæt|gør det|jatka|tee se|jatka vain"),
    ("sv no da fi", Yes, "javisst|jadå|absolut|visst|kyllä|joo|juu|selvä"),
    ("sv no da fi", Fine, "bra|fint|godt|toppen|okej|hyvä|flott"),
    ("sv no da fi", Said,
        "förstår|jag förstår|forstått|forstået|jeg forstår|ymmärrän|hienoa|mahtavaa|loistavaa|supert|jättebra|kult|varsågod\
         |inga problem|ei se mitään"),
    ("sv no da fi", Thanks,
        "tack|tack så mycket|tackar|stort tack|tusen tack|tack för hjälpen|takk|takk skal du ha|tusen takk|mange takk|takk for hjelpen\
         |tak skal du have|mange tak|tusind tak|tak for hjælpen|kiitos|kiitos paljon|paljon kiitoksia|kiitti|kiitos avusta|hej då|hejdå\
         |ha det|farvel|vi ses|näkemiin|moikka|hei hei|god natt|godnat|hyvää yötä|nej tack|nei takk|nej tak|ei kiitos|det var allt\
         |det var alt|ei muuta"),
    ("sv no da fi", Greets,
        "hej|hejsan|tja|hei|moi|terve|god morgon|godmorgon|god morgen|godmorgen|god kväll|god kveld|hyvää huomenta|huomenta|hur mår du\
         |hvordan går det|hvordan har du det|mitä kuuluu"),
    ("pl", Goes, "kontynuuj|dalej|zrób to"),
    ("pl", Yes, "tak|jasne|zgoda|oczywiście|pewnie|zgadza się|dokładnie"),
    ("pl", Fine, "dobrze|dobra|świetnie|spoko|w porządku|bardzo dobrze"),
    ("pl", Said,
        "rozumiem|zrozumiałem|zrozumiałam|wspaniale|ekstra|fajnie|doskonale|ciekawe|nie ma za co|nie ma sprawy|dobra robota"),
    ("pl", Thanks,
        "dziękuję|dzięki|dziękuję bardzo|bardzo dziękuję|dzięki wielkie|wielkie dzięki|dzięki za pomoc|dziękuję za pomoc\
         |serdecznie dziękuję|super dzięki|to pomogło|do widzenia|cześć i dzięki|pa|na razie|do zobaczenia|dobranoc|miłego dnia\
         |nie dziękuję|nie dzięki|to wszystko|nieważne|nie teraz"),
    ("pl", Greets, "cześć|witam|witaj|siema|dzień dobry|dobry wieczór|jak się masz|co słychać|kim jesteś|co potrafisz"),
    ("pl", Fills, "proszę"),
    ("cs sk hu ro", Goes, "pokračuj|pokračujte|udělej to|urob to|folytasd|csináld|continuă|continuați|fă o"),
    ("cs sk hu ro", Yes, "ano|áno|igen|da|jo jasně|jasně|jistě|persze|sigur"),
    ("cs sk hu ro", Fine, "dobře|rendben|bine|dobre|výborně|jó|foarte bine"),
    ("cs sk hu ro", Said, "rozumím|chápu|értem|am înțeles|înțeleg|skvělé|skvelé|szuper|nagyszerű|minunat|excelent"),
    ("cs sk hu ro", Thanks,
        "děkuji|děkuju|díky|díky moc|děkuji mnohokrát|moc děkuji|mockrát děkuji|ďakujem|ďakujem pekne|vďaka|köszönöm|köszönöm szépen\
         |köszi|köszönöm a segítséget|mulțumesc|mulțumesc mult|mulțumesc frumos|mersi|mersi mult|na shledanou|nashle|dobrou noc|viszlát\
         |viszontlátásra|jó éjt|jó éjszakát|la revedere|noapte bună|to je vše|ez minden|asta e tot"),
    ("cs sk hu ro", Greets,
        "ahoj|čau|dobrý den|dobrý deň|dobré ráno|dobrý večer|szia|helló|jó napot|jó reggelt|jó estét|bună|bună ziua|bună dimineața\
         |bună seara|jak se máš|hogy vagy|ce faci"),
    ("cs sk hu ro", Fills, "prosím|kérem|te rog"),
    ("ru", Goes, "давай|давайте|продолжай|продолжайте|продолжи|дальше|далее|ещё|еще|сделай|сделай это|делай"),
    ("ru", Yes, "да|ага|угу|конечно|согласен|согласна|верно|точно|правильно|да пожалуйста|именно|да конечно"),
    ("ru", Fine, "хорошо|ладно|ок|окей|отлично|супер|очень хорошо|норм|нормально|прекрасно|идеально"),
    ("ru", Said,
        "понятно|ясно|понял|поняла|я понял|я поняла|всё понятно|все понятно|ясно понятно|круто|классно|класс|здорово|молодец\
         |замечательно|великолепно|интересно|не за что|пожалуйста не надо|всё хорошо|все хорошо"),
    ("ru", Thanks,
        "спасибо|большое спасибо|спасибо большое|спасибо огромное|огромное спасибо|спс|пасиб|спасибо тебе|спасибо вам|спасибо за помощь\
         |спасибо за ответ|спасибо за объяснение|спасибо ещё раз|спасибо еще раз|благодарю|благодарю за помощь|очень помогло|помогло\
         |пока|до свидания|до встречи|увидимся|спокойной ночи|хорошего дня|нет спасибо|не надо|не нужно|это всё|это все|на этом всё\
         |на этом все|неважно|забудь|не сейчас|хаха|ахах|лол"),
    ("ru", Greets,
        "привет|приветик|здравствуй|здравствуйте|доброе утро|добрый день|добрый вечер|доброго времени суток|как дела|как ты\
         |как поживаешь|кто ты|кто ты такой|что ты умеешь|как тебя зовут|хай"),
    ("ru", Fills, "пожалуйста"),
    ("uk bg sr", Goes,
        "продовжуй|продовжуйте|зроби це|продължи|направи го|прави го|да прави го|да направи го|настави|уради то|nastavi"),
    ("uk bg sr", Yes, "так|звісно|звичайно|гаразд|згоден|згодна|разбира се|наравно|важи"),
    ("uk bg sr", Fine, "добре|чудово|відмінно|добро|добра|dobro"),
    ("uk bg sr", Said, "зрозуміло|зрозумів|зрозуміла|класно|молодець|цікаво|нема за що|разбрах|razumem|razumijem|odlično"),
    ("uk bg sr", Thanks,
        "дякую|дуже дякую|щиро дякую|красно дякую|велике дякую|дякую за допомогу|дякую за відповідь|дякую вам|дякую тобі|дяки|спасибі\
         |благодаря|много благодаря|мерси|хвала|хвала пуно|hvala|hvala puno|hvala lijepa|до побачення|бувай|на добраніч|гарного дня\
         |до зустрічі|довиждане|лека нощ|ні дякую|це все|це усе|неважливо|не зараз"),
    ("uk bg sr", Greets,
        "привіт|вітаю|добрий день|доброго дня|доброго ранку|добрий ранок|добрий вечір|як справи|здравей|здравейте|добър ден|добро утро\
         |здраво|добар дан|zdravo|dobar dan|bok|як ти"),
    ("uk bg sr", Fills, "будь ласка|моля|molim"),
    ("el", Goes, "συνέχισε|συνεχίστε|προχώρα|κάν το"),
    ("el", Yes, "ναι|βέβαια|φυσικά|σωστά|ακριβώς"),
    ("el", Fine, "εντάξει|οκ|ωραία|τέλεια|καλά|πολύ καλά"),
    ("el", Said, "κατάλαβα|καταλαβαίνω|υπέροχα|φοβερό|μπράβο|τίποτα"),
    ("el", Thanks,
        "ευχαριστώ|ευχαριστώ πολύ|σε ευχαριστώ|σας ευχαριστώ|ευχαριστώ για τη βοήθεια|χίλια ευχαριστώ|αντίο|τα λέμε|καληνύχτα\
         |όχι ευχαριστώ|αυτό ήταν"),
    ("el", Greets, "γεια|γεια σου|γεια σας|καλημέρα|καλησπέρα|τι κάνεις|τι κάνετε"),
    ("el", Fills, "παρακαλώ"),
    ("tr", Goes, "devam|devam et|devam edin|yap|bunu yap"),
    ("tr", Yes, "evet|tabii|tabi|elbette|olur|kesinlikle|aynen|doğru|katılıyorum"),
    ("tr", Fine, "tamam|harika|güzel|süper|iyi|çok iyi|mükemmel|peki|tamamdır"),
    ("tr", Said, "anladım|anlıyorum|anlaşıldı|çok güzel|müthiş|aferin|ilginç|rica ederim|sorun değil"),
    ("tr", Thanks,
        "teşekkürler|teşekkür ederim|çok teşekkürler|çok teşekkür ederim|çok sağol|teşekkür|tşk|sağol|sağ ol|sağolun|eyvallah\
         |yardımın için teşekkürler|yardımınız için teşekkürler|yardımın için teşekkür ederim|yardımınız için teşekkür ederim\
         |çok yardımcı oldun|görüşürüz|hoşça kal|hoşçakal|güle güle|iyi geceler|iyi günler|hayır teşekkürler|hepsi bu|bu kadar|boş ver\
         |şimdi değil"),
    ("tr", Greets,
        "merhaba|merhabalar|selam|selamlar|günaydın|iyi akşamlar|nasılsın|nasılsınız|kimsin|sen kimsin|ne yapabilirsin|naber"),
    ("tr", Fills, "lütfen"),
    ("ar", Goes, "استمر|أكمل|اكمل|تابع|واصل|افعل ذلك"),
    ("ar", Yes, "نعم|أجل|اجل|موافق|بالتأكيد|طبعا|أكيد|اكيد|صحيح|بالطبع"),
    ("ar", Fine, "حسنا|تمام|طيب|ممتاز|جيد|جيد جدا|رائع|ماشي|حلو|أوكي|اوكي"),
    ("ar", Said, "فهمت|مفهوم|واضح|عظيم|مذهل|أحسنت|احسنت|مثير للاهتمام|عفوا|لا مشكلة"),
    ("ar", Thanks,
        "شكرا|شكرا لك|شكرا لكم|شكرا جزيلا|شكرا جزيلا لك|شكرا كثيرا|ألف شكر|الف شكر|شكرا على المساعدة|شكرا على مساعدتك|شكرا لمساعدتك\
         |شكرا مرة أخرى|أشكرك|اشكرك|مشكور|تسلم|جزاك الله خيرا|بارك الله فيك|يعطيك العافية|مع السلامة|إلى اللقاء|الى اللقاء|وداعا\
         |تصبح على خير|لا شكرا|هذا كل شيء|ليس الآن|لا يهم|انسى الأمر|ههه|هههه"),
    ("ar", Greets,
        "مرحبا|أهلا|اهلا|أهلا وسهلا|السلام عليكم|سلام|صباح الخير|مساء الخير|كيف حالك|كيف الحال|من أنت|من انت|ماذا تستطيع أن تفعل|هلا"),
    ("ar", Fills, "من فضلك|لو سمحت|رجاء"),
    ("fa", Goes, "ادامه بده|ادامه|انجامش بده|ادامه بدهید"),
    ("fa", Yes, "بله|آره|البته|حتما|موافقم|درسته|دقیقا|بله لطفا"),
    ("fa", Fine, "باشه|خوبه|خوب|عالی|عالیه|خیلی خوب|اوکی|اوکیه|حله"),
    ("fa", Said, "فهمیدم|متوجه شدم|گرفتم|چه جالب|جالبه|آفرین|خواهش میکنم|درست شد|کار کرد"),
    ("fa", Thanks,
        "ممنون|ممنونم|خیلی ممنون|خیلی ممنونم|متشکرم|خیلی متشکرم|مرسی|خیلی مرسی|سپاس|سپاسگزارم|تشکر|با تشکر|دستت درد نکنه\
         |دست شما درد نکنه|ممنون از کمکت|ممنون از کمک شما|ممنون از کمکتون|خداحافظ|خدانگهدار|فعلا|شب بخیر|نه ممنون|همین|همین بود|بیخیال\
         |الان نه"),
    ("fa", Greets, "درود|صبح بخیر|روز بخیر|عصر بخیر|حالت چطوره|تو کی هستی|شما کی هستید|چطوری|خوبی"),
    ("fa", Fills, "لطفا"),
    ("ur", Goes, "جاری رکھیں|جاری رکھو|آگے بڑھیں"),
    ("ur", Yes, "ہاں|جی|جی ہاں|بالکل|ضرور|صحیح|درست|جی بالکل"),
    ("ur", Fine, "ٹھیک ہے|ٹھیک|اچھا|بہت اچھا|بہترین|زبردست|بہت خوب"),
    ("ur", Said, "سمجھ گیا|سمجھ گئی|سمجھ آ گیا|سمجھ آ گئی|میں سمجھ گیا|واہ|کمال|کوئی بات نہیں|کام کر گیا"),
    ("ur", Thanks,
        "شکریہ|بہت شکریہ|بہت بہت شکریہ|آپ کا شکریہ|آپ کا بہت شکریہ|مدد کا شکریہ|مدد کے لیے شکریہ|مہربانی|نوازش|جزاک اللہ|خدا حافظ\
         |اللہ حافظ|نہیں شکریہ|بس یہی تھا|بس اتنا ہی|رہنے دو|رہنے دیں|ابھی نہیں"),
    ("ur", Greets, "السلام علیکم|آداب|ہیلو|کیا حال ہے|آپ کون ہیں|کیسے ہو|کیسے ہیں آپ|آپ کیسے ہیں"),
    ("ur", Fills, "براہ کرم|پلیز|مہربانی کر کے"),
    ("he", Goes, "המשך|תמשיך|תעשה את זה|קדימה"),
    ("he", Yes, "כן|בטח|ברור|נכון|בדיוק|מסכים|מסכימה"),
    ("he", Fine, "בסדר|מעולה|טוב|סבבה|אוקיי|אוקי|מצוין|יופי"),
    ("he", Said, "הבנתי|מובן|וואו|מדהים|כל הכבוד|מעניין|אין בעיה|בבקשה אין בעיה"),
    ("he", Thanks,
        "תודה|תודה רבה|המון תודה|תודה לך|תודה על העזרה|אני מודה לך|ביי|להתראות|לילה טוב|יום טוב|לא תודה|זה הכל|זהו|עזוב|לא עכשיו"),
    ("he", Greets, "שלום|היי|הי|בוקר טוב|ערב טוב|מה נשמע|מה שלומך|מה קורה"),
    ("he", Fills, "בבקשה"),
    ("hi", Goes, "जारी रखें|जारी रखो|आगे बढ़ें|आगे बढ़ो|करो|हाँ करो|कर दो"),
    ("hi", Yes, "हाँ|हां|जी|जी हाँ|जी हां|बिल्कुल|बिलकुल|ज़रूर|जरूर|सही|सहमत|सही है|हाँ जी|haan|haan ji|ji haan"),
    ("hi", Fine, "ठीक है|ठीक|अच्छा|बहुत अच्छा|बढ़िया|बहुत बढ़िया|शानदार|ओके|theek hai|thik hai|accha|achha"),
    ("hi", Said, "समझ गया|समझ गई|समझ आ गया|मैं समझ गया|वाह|कमाल|कोई बात नहीं|काम कर गया|samajh gaya"),
    ("hi", Thanks,
        "धन्यवाद|बहुत धन्यवाद|बहुत बहुत धन्यवाद|आपका धन्यवाद|आपका बहुत धन्यवाद|शुक्रिया|बहुत शुक्रिया|बहुत बहुत शुक्रिया|आपका शुक्रिया|थैंक्स\
         |थैंक यू|मदद के लिए धन्यवाद|मदद के लिए शुक्रिया|सहायता के लिए धन्यवाद|आभार|dhanyavad|dhanyawad|shukriya|bahut shukriya\
         |bahut dhanyavad|अलविदा|फिर मिलेंगे|शुभ रात्रि|नहीं धन्यवाद|बस इतना ही|बस यही था|रहने दो|रहने दीजिए|अभी नहीं"),
    ("hi", Greets,
        "नमस्ते|नमस्कार|हैलो|हेलो|हाय|सुप्रभात|शुभ प्रभात|शुभ संध्या|आप कैसे हैं|आप कौन हैं|तुम कौन हो|कैसे हो|कैसे हैं|क्या हाल है|namaste\
         |kaise ho"),
    ("hi", Fills, "कृपया|प्लीज़|प्लीज"),
    ("bn", Goes, "চালিয়ে যান|চালিয়ে যাও|করো|করুন"),
    ("bn", Yes, "হ্যাঁ|হাঁ|জি|অবশ্যই|নিশ্চয়|ঠিক|একদম|সঠিক"),
    ("bn", Fine, "ঠিক আছে|আচ্ছা|ভালো|খুব ভালো|দারুণ|চমৎকার|বেশ|অসাধারণ"),
    ("bn", Said, "বুঝেছি|বুঝলাম|বুঝতে পেরেছি|বাহ|কোনো সমস্যা নেই|কাজ করেছে"),
    ("bn", Thanks,
        "ধন্যবাদ|অনেক ধন্যবাদ|অসংখ্য ধন্যবাদ|আপনাকে ধন্যবাদ|আপনাকে অনেক ধন্যবাদ|তোমাকে ধন্যবাদ|সাহায্যের জন্য ধন্যবাদ|সাহায্য করার জন্য ধন্যবাদ\
         |থ্যাংকস|থ্যাংক ইউ|বিদায়|আবার দেখা হবে|শুভ রাত্রি|শুভরাত্রি|না ধন্যবাদ|এটাই সব|এইটুকুই|এখন না|থাক"),
    ("bn", Greets, "হ্যালো|হাই|নমস্কার|আসসালামু আলাইকুম|সুপ্রভাত|শুভ সকাল|শুভ সন্ধ্যা|কেমন আছেন|কেমন আছো|আপনি কেমন আছেন"),
    ("bn", Fills, "দয়া করে|অনুগ্রহ করে|প্লিজ"),
    ("ta", Goes, "தொடரவும்|தொடர்"),
    ("ta", Yes, "ஆம்|ஆமாம்"),
    ("ta", Fine, "சரி|நன்று|அருமை"),
    ("ta", Said, "புரிந்தது"),
    ("ta", Thanks, "நன்றி|மிக்க நன்றி|ரொம்ப நன்றி"),
    ("ta", Greets, "வணக்கம்|காலை வணக்கம்"),
    ("zh", Goes,
        "继续|繼續|请继续|請繼續|继续吧|继续做|接着|接着说|然后呢|下一步|开始|开始吧|做吧|就这样|就这么做|就這麼做|照做|去做吧|确认\
         |確認|再来|再试一次|来吧"),
    ("zh", Yes, "是|是的|对|對|对的|當然|当然|同意|可以|可以的|行|没问题|沒問題|没错|沒錯|对对|是啊|好啊|嗯|嗯嗯"),
    ("zh", Fine, "好|好的|好吧|好嘞|好哒|不错|不錯|太好了|太棒了|很好|非常好|完美|棒|真棒|挺好|可以了|行了"),
    ("zh", Said,
        "哦|噢|喔|原来如此|原來如此|明白|明白了|知道了|懂了|我懂了|我明白了|了解了|收到|理解了|厉害|厲害|牛|牛逼|赞|讚|辛苦了|有意思\
         |成功了|可以用了|解决了|解決了|搞定"),
    ("zh", Thanks,
        "谢谢|谢谢你|谢谢您|谢谢啦|谢谢了|谢谢你的帮助|谢谢您的帮助|谢谢帮助|谢谢你的回答|谢谢您的回答|谢谢你的解答|非常感谢|非常感谢你\
         |非常感谢您|感谢|感谢你|感谢您|感谢你的帮助|感谢您的帮助|感谢帮助|感谢解答|多谢|多谢了|谢了|谢|万分感谢|十分感谢|太感谢了\
         |太谢谢了|很有帮助|帮大忙了|帮了大忙|謝謝|謝謝你|謝謝您|謝謝你的幫助|謝謝您的幫助|謝謝幫忙|非常感謝|感謝|感謝你|感謝您|多謝\
         |謝啦|拜拜|再见|再見|回头见|晚安|不用了|不用谢|不用了谢谢|没事了|沒事了|就这些|就这样吧|没了|没别的了|算了|先这样|先这样吧\
         |哈哈|哈哈哈|哈哈哈哈|呵呵|嘻嘻"),
    ("zh", Greets,
        "你好|您好|你们好|大家好|嗨|哈喽|哈囉|早|早安|早上好|上午好|下午好|晚上好|在吗|在嗎|你好吗|你好嗎|你好呀|你好啊|你是谁|你是誰\
         |你能做什么|你会什么|你叫什么"),
    ("zh", Fills, "请|請|吧|了|啊|呀|啦"),
    ("ja", Goes,
        "そう|いいです|いいよ|いいですよ|続けて|続けてください|続き|続きを|続行|お願いします|やって|やってください|進めて\
         |進めてください|次|次へ"),
    ("ja", Yes, "はい|ええ|うん|そうです|そうですね|もちろん|もちろんです|その通り|その通りです|賛成"),
    ("ja", Fine,
        "了解|了解です|了解しました|わかりました|分かりました|いいですね|いいね|オーケー|オッケー|承知しました|完璧|完璧です"),
    ("ja", Said,
        "すごい|すごいです|すごいね|なるほど|なるほどです|なるほどね|大丈夫|大丈夫です|素晴らしい|素晴らしいです|さすが|さすがです|へえ\
         |理解しました|理解できました|納得しました|面白い|面白いです|動きました|できました|解決しました"),
    ("ja", Thanks,
        "ありがとう|ありがとうね|ありがとうございます|ありがとうございました|どうもありがとう|どうもありがとうございます\
         |どうもありがとうございました|本当にありがとう|本当にありがとうございます|本当にありがとうございました|教えてくれてありがとう\
         |教えていただきありがとうございます|助けてくれてありがとう|どうも|サンキュー|感謝します|助かりました|助かります|助かった\
         |とても助かりました|参考になりました|お疲れ様|お疲れ様です|お疲れ様でした|さようなら|またね|じゃあね|バイバイ|おやすみ\
         |おやすみなさい|結構です|いえ結構です|以上です|それだけです|気にしないで|また後で|笑"),
    ("ja", Greets,
        "こんにちは|こんばんは|おはよう|おはようございます|はじめまして|やあ|もしもし|元気ですか|お元気ですか|あなたは誰\
         |あなたは誰ですか|何ができますか|元気"),
    ("ja", Fills, "ください|どうか"),
    ("ko", Goes,
        "계속|계속해|계속해줘|계속해주세요|계속하세요|계속 해줘|해줘|그렇게 해|그렇게 해줘|그렇게 해주세요|진행해|진행해줘|진행해주세요\
         |다음"),
    ("ko", Yes, "넹|응|그래|그래요|맞아|맞아요|맞습니다|물론|물론이죠|그럼요|당연하죠|동의해요"),
    ("ko", Fine,
        "예|넵|네|좋아|좋아요|좋습니다|좋네|좋네요|알겠습니다|알겠어요|알았어|알았어요|오케이|ㅇㅋ|괜찮아|괜찮아요|완벽해|완벽해요|완벽합니다"),
    ("ko", Said,
        "이해했어|이해했어요|이해했습니다|이해됐어요|아하|그렇구나|그렇군요|대박|대단해|대단해요|대단하네요|훌륭해|훌륭해요|훌륭합니다\
         |멋져|멋져요|최고|최고예요|최고야|잘했어|잘했어요|재밌네요|문제 없어요|잘 되네요|잘 돼요|해결됐어요|해결됐습니다"),
    ("ko", Thanks,
        "감사합니다|감사해요|감사|정말 감사합니다|정말 감사해요|대단히 감사합니다|너무 감사합니다|도와주셔서 감사합니다|도와줘서 고마워\
         |도와줘서 고마워요|답변 감사합니다|알려주셔서 감사합니다|알려줘서 고마워|고마워|고마워요|고맙습니다|정말 고마워|정말 고마워요\
         |정말 고맙습니다|너무 고마워|땡큐|ㄳ|ㄱㅅ|도움이 됐어요|도움이 됐습니다|도움이 되었습니다|많은 도움이 됐어요|수고하셨습니다\
         |수고하세요|수고했어|안녕히 계세요|안녕히 가세요|잘 가|잘자|잘 자|안녕히 주무세요|다음에 봐|아니요 괜찮아요|아니요 괜찮습니다\
         |괜찮습니다|됐어|됐어요|됐습니다|그게 다야|그게 전부예요|나중에|ㅋㅋ|ㅋㅋㅋ|ㅋㅋㅋㅋ|ㅎㅎ|ㅎㅎㅎ"),
    ("ko", Greets,
        "안녕|안녕하세요|안녕하십니까|하이|헬로|좋은 아침|좋은 아침이에요|반가워|반가워요|반갑습니다|잘 지내|잘 지내요|잘 지내세요\
         |누구세요|넌 누구야|너는 누구야|뭘 할 수 있어"),
    ("vi", Goes, "tiếp tục|tiếp tục đi|tiếp đi|tiếp|làm đi"),
    ("vi", Yes, "có|đồng ý|ừ|ừm|đúng|đúng rồi|chính xác|dĩ nhiên|tất nhiên"),
    ("vi", Fine, "dạ vâng|vâng ạ|dạ|vâng|được|được rồi|tốt|tốt lắm|rất tốt|hay quá|tuyệt|tuyệt vời|hoàn hảo|ổn|ổn rồi"),
    ("vi", Said,
        "hiểu rồi|tôi hiểu|tôi hiểu rồi|mình hiểu rồi|em hiểu rồi|rõ rồi|đã hiểu|thú vị|giỏi lắm|giỏi quá|không có gì|không sao\
         |chạy được rồi|được việc rồi"),
    ("vi", Thanks,
        "cảm ơn|cám ơn|cảm ơn bạn|cám ơn bạn|cảm ơn nhiều|cám ơn nhiều|cảm ơn bạn nhiều|cảm ơn bạn rất nhiều|cảm ơn rất nhiều\
         |xin cảm ơn|chân thành cảm ơn|cảm ơn đã giúp|cảm ơn bạn đã giúp|cảm ơn bạn đã giúp đỡ|cảm ơn vì đã giúp đỡ|cảm ơn anh\
         |cảm ơn chị|cảm ơn em|hữu ích lắm|rất hữu ích|tạm biệt|hẹn gặp lại|chúc ngủ ngon|không cảm ơn|thế thôi|vậy thôi|chỉ vậy thôi\
         |thôi khỏi|bỏ qua đi|để sau|không cần|không cần đâu"),
    ("vi", Greets,
        "chào|xin chào|chào bạn|chào buổi sáng|chào buổi chiều|chào buổi tối|bạn khỏe không|khỏe không|bạn là ai|bạn có thể làm gì\
         |bạn có khỏe không|alo"),
    ("vi", Fills, "giúp|nhé|làm ơn|đi|ạ|nha"),
    ("id ms", Goes, "lanjut|lanjutkan|teruskan|silakan|lakukan"),
    ("id ms", Yes, "iya|yoi|betul|benar|tentu|tentu saja|setuju|tepat|boleh|ya tolong"),
    ("id ms", Fine, "baik|baiklah|bagus|sip|mantap|keren|sempurna|siap|oke deh"),
    ("id ms", Said,
        "mengerti|saya mengerti|paham|saya paham|faham|ngerti|hebat|luar biasa|menarik|sama sama|tidak masalah|gak masalah|berhasil\
         |sudah berhasil|sudah bisa"),
    ("id ms", Thanks,
        "terima kasih|terima kasih banyak|terimakasih|terimakasih banyak|makasih|makasih banyak|makasih ya|terima kasih ya\
         |terima kasih atas bantuannya|terima kasih atas bantuan anda|terima kasih bantuannya|terima kasih untuk bantuannya\
         |terima kasih kak|thanks ya|sangat membantu|membantu sekali|sampai jumpa|sampai nanti|dadah|selamat tinggal|selamat malam\
         |selamat tidur|tidak terima kasih|tidak makasih|itu saja|sekian|cukup|lupakan|lupakan saja|nanti saja|tidak sekarang|wkwk\
         |wkwkwk"),
    ("id ms", Greets,
        "halo|hai|selamat pagi|selamat siang|selamat sore|apa kabar|siapa kamu|kamu siapa|siapa anda|pagi|siang|sore|assalamualaikum"),
    ("id ms", Fills, "tolong|dong"),
    ("th", Goes, "ทำต่อ|ทำต่อเลย|ต่อ|ต่อไป|ทำเลย"),
    ("th", Yes, "ใช่|ใช่ครับ|ใช่ค่ะ|ได้|ได้เลย|ตกลง|แน่นอน|ถูกต้อง|เห็นด้วย|ครับผม"),
    ("th", Fine, "โอเค|ดี|ดีมาก|ดีเลย|เยี่ยม|เยี่ยมมาก|เยี่ยมเลย|สุดยอด|เรียบร้อย|เพอร์เฟค"),
    ("th", Said, "เข้าใจ|เข้าใจแล้ว|เข้าใจละ|รับทราบ|ทราบแล้ว|อ๋อ|อืม|เก่งมาก|ว้าว|น่าสนใจ|ไม่เป็นไร|ใช้ได้แล้ว|ได้แล้ว|เลย"),
    ("th", Thanks,
        "ขอบคุณ|ขอบคุณครับ|ขอบคุณค่ะ|ขอบคุณมาก|ขอบคุณมากๆ|ขอบคุณมากครับ|ขอบคุณมากค่ะ|ขอบคุณที่ช่วย|ขอบคุณสำหรับความช่วยเหลือ|ขอบคุณที่ช่วยเหลือ|ขอบใจ\
         |ขอบใจนะ|แต๊งกิ้ว|ช่วยได้มาก|มีประโยชน์มาก|ลาก่อน|บ๊ายบาย|บาย|แล้วเจอกัน|เจอกันใหม่|ราตรีสวัสดิ์|ฝันดี|ไม่เป็นไรขอบคุณ|ไม่ต้อง|ไม่ต้องแล้ว\
         |แค่นี้|แค่นี้แหละ|ช่างมัน|ไว้ก่อน|ฮ่าๆ|555|5555"),
    ("th", Greets,
        "สวัสดี|สวัสดีครับ|สวัสดีค่ะ|หวัดดี|อรุณสวัสดิ์|สบายดีไหม|คุณคือใคร|คุณเป็นใคร|ทำอะไรได้บ้าง|เป็นอย่างไรบ้าง|เป็นไงบ้าง|ฮัลโหล"),
    ("th", Fills, "หน่อย|ด้วย|ครับ|ค่ะ|คะ|นะ|จ้า"),
    ("tl sw", Goes, "ituloy mo|endelea"),
    ("tl sw", Yes, "oo|opo|sige|ndiyo|ndio|oo naman|kweli"),
    ("tl sw", Fine, "sawa|ayos|sawa sawa|vizuri|magaling"),
    ("tl sw", Said, "nimeelewa|naiintindihan ko|gets ko"),
    ("tl sw", Thanks,
        "salamat|maraming salamat|salamat po|maraming salamat po|asante|asante sana|nashukuru|paalam|kwaheri|usiku mwema"),
    ("tl sw", Greets, "kumusta|kamusta|habari|habari yako|jambo|hujambo|mambo|magandang umaga|magandang araw"),
    ("all", Denies,
        "no|nope|nah|nein|nö|ne|non|não|nee|nej|nei|ei|nie|nem|nu|нет|неа|ні|не|όχι|hayır|yok|لا|نه|خیر|نہیں|לא|नहीं|nahi|না|இல்லை|不\
         |不是|不用|いいえ|いや|아니요|아니|아뇨|không|tidak|nggak|gak|enggak|bukan|ไม่|ไม่ใช่|hapana|hindi"),
];
