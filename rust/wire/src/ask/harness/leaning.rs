//! Words without content of their own, by language: a short message of nothing else leans on what was said before.

/// Words that stand for nothing by themselves: function words, and words for steps, plans, options and problems.
#[rustfmt::skip] // words in lines
pub(crate) const LEANING: &[(&str, &str)] = &[
    (
        "en",
        "made make makes before else term terms a an the this that these those it its thing things he she they them we us our you your yours u my mine i im id \
         ill ive me youre dont do does did done doing be been is are was were am has have had having there here then now \
         also too either neither both all none any every each one ones two three four five six seven first second third \
         fourth fifth last latest former latter left right top bottom previous next other another same different rest \
         whole everything anything something nothing with without and or but if so as by for from in into of on to at up \
         out off over about than like just only maybe perhaps please pls plz kindly thanks thank thx ty cheers much very \
         really quite yes yess yea ye yeah yep yup ya y ok okay okey okie dokie kk k no nah nope n not go goes going \
         gonna ahead keep continue continuing proceed proceeding resume start starting begin beginning implement \
         implementing implementation build building code coding apply execute executing run running use using try trying \
         pick choose chosen take follow following make let lets want wanna would could can should will shall may might \
         must need prefer rather instead thinking best good great nice perfect awesome cool excellent fine alright sounds \
         looks seems lgtm agree agreed approve approved approval accept accepted confirm confirmed recommend recommended \
         recommendation recommendations suggest suggested suggestion suggestions proposed proposal idea ideas direction \
         decision decide objections objection plan plans planned option options choice variant version alternative \
         approach approaches way ways method step steps phase part point points item items number work working works job \
         task tasks stop wait hold hey help solve solution answer answers prove complete compute calculate figure respond \
         reply fix fixes finish handle tackle attempt address perform resolve evaluate derive problem problems question \
         questions exercise exercises homework assignment puzzle spec specification issue ticket proof document documents \
         file files text transcript context quote message attachment attached attachments see above below quoted given \
         provided inside contained stated asked asks asking described posted correctly carefully properly completely \
         fully show reasoning conversation where further user once more back until again side sides feedback review ready \
         ship merge stopped okayy okayyy undo revert literally exactly precisely obviously course absolutely definitely \
         certainly whatever which whichever default sir got get lot such many sort kind bit little never true accurate even said say says throw throws result results output compile compiles compiled yourself \
         myself earlier previously convinced convincing enough way idk dunno skip",
    ),
    (
        "de",
        "ja jo nein ne nö doch das die der den dem des ein eine einen einem einer es er sie wir ich du ihr mir mich dir \
         dich uns bitte danke jetzt dann und oder aber so mach mache machen machs tu weiter mit ohne plan vorschlag \
         vorschläge option variante lösung schritt schritte nummer erste ersten erster erstes zweite zweiten zweiter \
         dritte dritten letzte letzten beide beides alle alles kein keine nichts noch mal einmal versuch versuche probier \
         probiere nimm wie vorgeschlagen besprochen geplant gut besser okay los fang an leg setze setz um umsetzen \
         umsetzung fahre fort stimmt richtig geht bist sicher denk denke nach genau genauer bin einverstanden passt gern \
         gerne klar löse löst beantworte beweise aufgabe frage problem dokument anhang siehe oben unten folgende \
         folgenden hausaufgabe kannst könntest helfen hilf ist von zu zum auf für im in am haben habe hat hast war wird \
         wurde werden hier da dort wirklich sehr ganz auch nun na also ob wenn dass daß soll sollte würde kann könnte \
         muss sagen sage gesagt antwort ergebnis vom zur beim korrekt wahr",
    ),
    (
        "fr",
        "êtes oui non le la les un une des du de ce ceci celui cet cette ces ça cela c est cest ci il elle on je tu vous nous \
         me moi toi te se s y en et ou mais donc alors puis bien bon bonne d accord daccord vas va allez continue \
         continuez continuer fais faites faire suis suivez plan option proposition solution étape première premier \
         deuxième second seconde dernier dernière tous tout toutes toute deux merci plait plaît essaie essaye parfait \
         super lance commence commencez implémente applique résous résoudre résolvez réponds répondre répondez question \
         problème exercice document joint voir pouvez peux peut aider à au aux pour avec comme prévu proposé choisis \
         prends a as ai ont sont était sera été nest na ny jai ta ton ma mon mes tes vos votre notre leur lui eux qui \
         dans par sur si très peu beaucoup là voilà réponse résultat quand correcte juste vrai",
    ),
    (
        "es",
        "sí si no estás estas el la los las lo un una unos unas de del a al en y o pero que eso esto esta este ese esa esos es está \
         son hazlo haz haga hágalo sigue siga continúa continua continuar adelante vale bien bueno acuerdo claro perfecto \
         plan opción opcion propuesta solución paso primera primero segunda segundo tercera última último ambos ambas \
         todos todo todas gracias por favor vez intenta inténtalo prueba resuelve resuélvelo responde respuesta pregunta \
         problema documento puedes ayudar ayudarme me te se yo tú usted con procede dale implementa aplica empieza \
         comienza para como elige usa ha has he han era fue sido hay aún ya también muy tan más tu tus mi mis nos les ahí \
         aquí resultado sobre entre desde hasta cierto correcto correcta verdad correto correta verdade corretto corretta \
         giusto giusta vero così",
    ),
    (
        "pt",
        "sim não nao o a os as um uma de do da dos das no na nos em e ou mas que isso isto esse essa este esta é está são \
         pode podes poderia fazer faz faça faca faço seguir segue siga continue continua continuar prossiga certo claro \
         tá ta bom boa bem perfeito plano opção opcao proposta solução passo primeira primeiro segunda segundo última \
         último ambos todos tudo todas obrigado obrigada por favor novo tenta tente resolve resolva responda responde \
         pergunta problema documento me você vocês eu com vai vamos lá aí usar use foi era ser tem têm ter muito também \
         ainda já aqui ali sua seu minha meu te lhe ele ela resposta resultado sobre pra para ao à",
    ),
    (
        "it",
        "sì si no sei il lo la i gli le un una uno di del della dei a al in e o ma che questo questa quello quella è sono fai \
         fallo fare vai avanti procedi continua prosegui va bene certo perfetto piano opzione proposta soluzione passo \
         prima primo seconda secondo ultima ultimo entrambi entrambe tutti tutto tutte grazie per favore piacere prova \
         risolvi rispondi domanda problema documento puoi aiutarmi mi ti con come usa ha hai ho hanno era stato sia \
         ancora già molto anche qui lì suo tuo mio tua mia risposta risultato su da nel nella alla dal",
    ),
    (
        "nl",
        "ja nee de het een dit dat die deze is zijn doe doen ga door verder maar graag goed prima oke akkoord plan optie \
         voorstel oplossing stap eerste tweede laatste beide alle alles bedankt dank je alsjeblieft aub probeer klopt \
         zeker denk na los op beantwoord vraag probleem document kun kan me mij u jij en of met van aan voor heb hebt \
         heeft had was waren wordt ook nog al hier daar heel erg antwoord resultaat mijn jouw uw om te naar bij uit over \
         ej juist rätt sant riktig rigtig korrekt sandt",
    ),
    (
        "sv no da",
        "ja nej nei jo javisst kör kjør kør på det den de är er gör gjør gør så då och og eller men med fortsätt fortsett \
         fortsæt bra godt god okej planen plan alternativ alternativet mulighed första andra første andre anden sista \
         siste sidste båda begge alla alle allt alt tack takk tak försök prøv säker sikker tänk tenk tænk lös løs svara \
         svar frågan problemet kan du mig meg jag jeg vi vil vill till til for för har hade hadde havde var blir bliver \
         också også her här där der mycket veldig meget svaret resultatet min din mitt ditt om af av",
    ),
    (
        "pl cs",
        "możesz możecie możemy tak nie jesteś jesteście to ten ta te tego tym jest są zrób zrob rób dalej kontynuuj dobrze dobra okej zgoda jasne plan opcja \
         opcję propozycja krok pierwszy pierwsza pierwszą drugi druga drugą ostatni oba obie wszystko wszystkie sam \
         dziękuję dzięki proszę spróbuj pewno pomyśl rozwiąż odpowiedz pytanie zadanie z i a w do na zgodnie planem ano \
         ne jo pokračuj dobře udělej možnost první druhá prosím děkuji czy był była było będzie mam masz ma mi mnie ci \
         cię go ją ich już też także tu tam bardzo odpowiedź wynik ze o od po za by si se je jsi jsou byl byla bylo tohle \
         odpověď výsledek není nejsou prawda poprawne poprawnie pravda správně",
    ),
    (
        "ru uk",
        "можете можеш можете да нет ти ви ми не это этот эта эти то тот та так и а но или в на с по из у же ли бы вот я ты мы вы он мне нам его её их \
         сделай сделать делай давай давайте продолжай продолжайте продолжить хорошо ладно ок окей конечно согласен \
         согласна план плану плана вариант варианту вариантом первый первая первое первую второй вторая вторую третий \
         последний последнюю оба обе все всё самый спасибо пожалуйста попробуй подумай реши решите решить ответь ответьте \
         вопрос задача задачу задание документ можешь помочь помоги следующее начинай реализуй ні це цей ця й але або з \
         зроби продовжуй продовжуйте добре гаразд згоден згодна варіант перший перша другий друга останній обидва всі \
         дякую будь ласка спробуй розвяжи відповідай питання был была было были есть будет мой твой ваш тебя вас меня они \
         она оно тут там здесь уже тоже также очень ответ результат о об от до за для при чтобы если є був була було твоя \
         моя вона вони вже також дуже відповідь правильно верно правда правильно вірно",
    ),
    (
        "tr",
        "böyle ver verin olur evet hayır bu bunu şu o onu ve veya ama ile yap yapın yapalım devam et edin edelim tamam olur peki tabii plan \
         planı plana seçenek seçeneği öneri birinci ilk ikinci üçüncü son ikisi hepsi teşekkürler sağol lütfen bir dene \
         düşün çöz cevapla soruyu soru problemi göre mı mi mu mü değil var çok de da için gibi kadar ben sen siz biz bana \
         sana size cevap sonuç burada orada şey olan olarak",
    ),
    (
        "zh",
        "是 的 对 好 行 可以 继续 繼續 就 这么 这样 這樣 办 辦 做 吧 了 啊 呢 吗 按 照 计划 計劃 方案 执行 執行 实施 开始 \
         開始 第 一 二 三 四 五 个 個 两 都 选 選 用 你 我 我们 请 請 帮 看 说 想 试 次 一下 没 有 那 那个 这个 这 這 \
         下面 以下 上面 问题 問題 题 題 解答 回答 解决 解 算 答案 全部 所有 嗯 哦 要 能 给 給 把 它 他 和 与 或 去 来 \
         修复 修 谢谢 多谢 謝謝 没问题 同意 批准 为 是什么 道 这道",
    ),
    (
        "ja",
        "はい いいえ うん ええ それ これ あれ で を に は が の と も お願い お願いします します して ください 下さい \
         やって 進めて 続けて 続き 次 です ます か ね よ な ありがとう ございます 了解 わかりました 案 番 番目 最初 一 二 \
         三 つ 目 プラン 計画 実装 開始 始めて 全部 両方 この その 解いて 解い 答えて 問題 質問 いい 大丈夫 オーケー 方 \
         法 選 て 通り どおり",
    ),
    (
        "ko",
        "그건 이건 그게 이게 네 예 응 ㅇㅇ ㅇㅋ 아니요 아니 그래 좋아 좋아요 해줘 해 주세요 해주세요 계속 진행 그대로 그거 그걸 그걸로 그렇게 \
         이거 이걸 이것 시도 생각 해봐 고마워 감사합니다 첫 번째 두 세 마지막 둘 다 전부 모두 계획 대로 구현 시작 옵션 번 \
         으로 로 가자 하자 풀어줘 풀어 답해줘 문제 질문 이 그 을 를 은 는 요",
    ),
    (
        "ar",
        "يمكنك ممكن بذلك هذا هذه ذلك تلك هو هي هم أنا انا أنت انت أنتم نحن في من على إلى الى عن مع أو او و يا لي لك لنا له لها ما كان \
         كانت يكون الآن الان أيضا ايضا جدا كل شيء الجواب الإجابة الاجابة النتيجة الأول الاول الأولى الثاني الثانية الثالث \
         الأخير الخيار خيار الحل السؤال المسألة الملف نعم حسنا شكرا أرجوك رجاء فضلك أن ان إن قد تم بعد قبل هل صحيح صحيحا \
         صحيحة لا دقيق",
    ),
    (
        "fa",
        "می بدهی توانی توانید بزن این آن اون که را رو به از در با بر برای هم و یا من تو شما ما او آنها است هست بود شد می شود کنید کن کنم بده بدهید \
         گزینه اول دوم سوم آخر مرحله جواب پاسخ نتیجه سوال مسئله فایل بله باشه لطفا ممنون خیلی همه هیچ یک دو سه حالا الان \
         هنوز دیگر دیگه هستی هستید چیز درست نه",
    ),
    (
        "ur",
        "یہ وہ اس اسے ان کو کا کی کے میں پر سے نے ہے ہیں تھا تھی تھے ہو تو بھی اور یا ہم تم آپ مجھے مجھ ہمیں کریں کرو کر \
         دیں دو گا گی پہلا دوسرا تیسرا آخری جواب نتیجہ سوال فائل ہاں جی ٹھیک اچھا شکریہ براہ کرم اب ابھی سب کچھ بہت ایک \
         والا والی درست صحیح",
    ),
    (
        "hi",
        "यह वह ये वो इस उस इसे उसे को का की के में पर से ने है हैं था थी थे हो तो भी और या हम तुम आप मुझे मैं हमें करें \
         करो कर दें दो दीजिए गा गी पहला दूसरा तीसरा आखिरी पहले दूसरे वाला वाली जवाब उत्तर परिणाम सवाल प्रश्न फ़ाइल हाँ हां जी \
         ठीक अच्छा धन्यवाद शुक्रिया कृपया अब अभी सब कुछ बहुत एक विकल्प आपको सही नही",
    ),
    (
        "bn",
        "এটা এটি ওটা সেটা এই সেই কে র তে থেকে এর ও এবং বা আমি আমাকে আমার তুমি তোমার আপনি আপনার আমরা হয় হলো হয়েছে ছিল আছে \
         কি করুন করো কর দিন দাও প্রথম দ্বিতীয় তৃতীয় শেষ উত্তর ফলাফল প্রশ্ন সমস্যা হ্যাঁ ঠিক আচ্ছা ধন্যবাদ দয়া করে এখন সব কিছু খুব \
         একটা একটি বিকল্প টা টি জন্য সম্পর্কে সঠিক",
    ),
    (
        "vi",
        "điều việc này kia đó đấy đây là thì mà và hoặc với cho của trong ngoài tôi mình em anh chị bạn nó chúng ta được bị có đã \
         đang sẽ cũng rất quá lắm thôi đi nhé ạ à ơi vâng dạ cảm ơn xin hãy làm giúp phương án lựa chọn bước đầu tiên thứ \
         nhất hai ba cuối cùng cái một câu trả lời kết quả hỏi bài toán tệp bây giờ tất cả gì khác theo như không phải \
         tepat",
    ),
    (
        "id ms",
        "ini itu yang dan atau di ke dari untuk dengan pada oleh saya aku kamu anda kita kami dia mereka ada adalah sudah \
         telah akan juga sangat sekali saja lagi dong ya iya oke baik tolong terima kasih lakukan pilih opsi pilihan \
         langkah pertama kedua ketiga terakhir jawaban hasil soal pertanyaan berkas sekarang semua satu dua nya kah hal \
         tersebut benar betul yakin?",
    ),
    (
        "th",
        "นี้ นั้น นั่น นี่ มัน คือ เป็น ที่ ซึ่ง และ หรือ กับ ของ ใน จาก ให้ ผม ฉัน ดิฉัน เรา คุณ เขา ได้ ไหม มั้ย แล้ว อยู่ จะ ก็ ด้วย \
         เลย นะ ครับ ค่ะ คะ จ้า มาก หน่อย สิ ซิ ข้อ ตัวเลือก แรก ที่สอง ขั้นตอน สุดท้าย คำตอบ ผลลัพธ์ คำถาม โจทย์ ไฟล์ ตอนนี้ \
         ทั้งหมด หนึ่ง สอง สาม อัน ทำ ช่วย ขอ ว่า มี ขอบคุณ เดิม ไม่ ถูก ใช้ จริง",
    ),
    (
        "el he",
        "το τα η ο οι αυτό αυτή αυτός είναι ήταν και ή να θα μου σου μας σας με σε από για στο στη εγώ εσύ εσείς ναι όχι \
         απάντηση ερώτηση πρώτη δεύτερη επιλογή זה זאת הזה הזאת הוא היא אני אתה את אתם אנחנו של על עם או גם לי לך כן לא \
         עכשיו התשובה השאלה הראשון השני האפשרות אפשרות יש היה σωστό σωστά",
    ),
];
