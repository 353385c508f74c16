//! Words without content of their own, by language: a short message of nothing else leans on what was said before.

/// Words that stand for nothing by themselves: function words, and words for steps, plans, options and problems.
pub(crate) const LEANING: &[(&str, &str)] = &[
    (
        "en",
        "a an the this that these those it its thing things he she they them we us our you your yours u my mine i im id ill \
         ive me youre dont do does did done doing be been is are was were am has have had having there here then now also too \
         either neither both all none any every each one ones two three four five six seven first second third fourth fifth \
         last latest former latter left right top bottom previous next other another same different rest whole everything \
         anything something nothing with without and or but if so as by for from in into of on to at up out off over about \
         than like just only maybe perhaps please pls plz kindly thanks thank thx ty cheers much very really quite yes yess \
         yea ye yeah yep yup ya y ok okay okey okie dokie kk k no nah nope n not go goes going gonna ahead keep continue \
         continuing proceed proceeding resume start starting begin beginning implement implementing implementation build \
         building code coding apply execute executing run running use using try trying pick choose chosen take follow \
         following make let lets want wanna would could can should will shall may might must need prefer rather instead \
         thinking best good great nice perfect awesome cool excellent fine alright sounds looks seems lgtm agree \
         agreed approve approved approval accept accepted confirm confirmed recommend recommended recommendation \
         recommendations suggest suggested suggestion suggestions proposed proposal idea ideas direction decision decide \
         objections objection plan plans planned option options choice variant version alternative approach approaches way \
         ways method step steps phase part point points item items number work working works job task tasks stop wait hold \
         hey help solve solution answer answers prove complete compute calculate figure respond reply fix fixes finish \
         handle tackle attempt address perform resolve evaluate derive problem problems question questions exercise \
         exercises homework assignment puzzle spec specification issue ticket proof document documents file files text \
         transcript context quote message attachment attached attachments see above below quoted given provided inside \
         contained stated asked asks asking described posted correctly carefully properly completely fully show reasoning \
         conversation where left further user once more back until again side sides feedback review ready ship merge \
         stopped okayy okayyy undo revert literally exactly precisely obviously of course absolutely definitely certainly whatever which whichever default",
    ),
    (
        "de",
        "ja jo nein ne nö doch das die der den dem des ein eine einen einem einer es er sie wir ich du ihr mir mich dir dich \
         uns bitte danke jetzt dann und oder aber so mach mache machen machs tu weiter mit ohne plan vorschlag vorschläge \
         option variante lösung schritt schritte nummer erste ersten erster erstes zweite zweiten zweiter dritte dritten \
         letzte letzten beide beides alle alles kein keine nichts noch mal einmal versuch versuche probier probiere nimm wie \
         vorgeschlagen besprochen geplant gut besser okay los fang an leg setze setz um umsetzen umsetzung fahre fort stimmt \
         richtig geht bist sicher denk denke nach genau genauer bin einverstanden passt gern gerne klar löse löst beantworte \
         beweise aufgabe frage problem dokument anhang siehe oben unten folgende folgenden hausaufgabe kannst könntest helfen \
         hilf ist von zu zum auf für im in am",
    ),
    (
        "fr",
        "oui non le la les un une des du de ce ceci celui cet cette ces ça cela c est cest ci il elle on je tu vous nous me moi toi te se \
         s y en et ou mais donc alors puis bien bon bonne d accord daccord vas va allez continue continuez continuer fais \
         faites faire suis suivez plan option proposition solution étape première premier deuxième second seconde dernier \
         dernière tous tout toutes toute deux merci plait plaît essaie essaye parfait super lance commence commencez \
         implémente applique résous résoudre résolvez réponds répondre répondez question problème exercice document joint \
         voir pouvez peux peut aider à au aux pour avec comme prévu proposé choisis prends",
    ),
    (
        "es",
        "sí si no el la los las lo un una unos unas de del a al en y o pero que eso esto esta este ese esa esos es está son \
         hazlo haz haga hágalo sigue siga continúa continua continuar adelante vale bien bueno acuerdo claro perfecto plan \
         opción opcion propuesta solución paso primera primero segunda segundo tercera última último ambos ambas todos todo \
         todas gracias por favor vez intenta inténtalo prueba resuelve resuélvelo responde respuesta pregunta problema \
         documento puedes ayudar ayudarme me te se yo tú usted con procede dale implementa aplica empieza comienza para como \
         elige usa",
    ),
    (
        "pt",
        "sim não nao o a os as um uma de do da dos das no na nos em e ou mas que isso isto esse essa este esta é está são pode \
         podes poderia fazer faz faça faca faço seguir segue siga continue continua continuar prossiga certo claro tá ta bom \
         boa bem perfeito plano opção opcao proposta solução passo primeira primeiro segunda segundo última último ambos \
         todos tudo todas obrigado obrigada por favor novo tenta tente resolve resolva responda responde pergunta problema \
         documento me você vocês eu com vai vamos lá aí usar use",
    ),
    (
        "it",
        "sì si no il lo la i gli le un una uno di del della dei a al in e o ma che questo questa quello quella è sono fai fallo \
         fare vai avanti procedi continua prosegui va bene certo perfetto piano opzione proposta soluzione passo prima primo \
         seconda secondo ultima ultimo entrambi entrambe tutti tutto tutte grazie per favore piacere prova risolvi rispondi \
         domanda problema documento puoi aiutarmi mi ti con come usa",
    ),
    (
        "nl",
        "ja nee de het een dit dat die deze is zijn doe doen ga door verder maar graag goed prima oke akkoord plan optie \
         voorstel oplossing stap eerste tweede laatste beide alle alles bedankt dank je alsjeblieft aub probeer klopt zeker \
         denk na los op beantwoord vraag probleem document kun kan me mij u jij en of met van aan voor",
    ),
    (
        "sv no da",
        "ja nej nei jo javisst kör kjør kør på det den de är er gör gjør gør så då och og eller men med fortsätt fortsett \
         fortsæt bra godt god okej planen plan alternativ alternativet mulighed första första andra første andre anden sista \
         siste sidste båda begge alla alle allt alt tack takk tak försök prøv säker sikker tänk tenk tænk lös løs svara svar \
         frågan problemet kan du mig meg jag jeg vi vil vill till til for för",
    ),
    (
        "pl cs",
        "tak nie to ten ta te tego tym jest są zrób zrob rób dalej kontynuuj dobrze dobra okej zgoda jasne plan opcja opcję \
         propozycja krok pierwszy pierwsza pierwszą drugi druga drugą ostatni oba obie wszystko wszystkie sam dziękuję dzięki \
         proszę spróbuj pewno pomyśl rozwiąż odpowiedz pytanie zadanie z i a w do na zgodnie planem ano ne jo pokračuj dobře \
         udělej možnost první druhá prosím děkuji",
    ),
    (
        "ru uk",
        "да нет не это этот эта эти то тот та так и а но или в на с по из у же ли бы вот я ты мы вы он мне нам его её их сделай \
         сделать делай давай давайте продолжай продолжайте продолжить хорошо ладно ок окей конечно согласен согласна план \
         плану плана вариант варианту вариантом первый первая первое первую второй вторая вторую третий последний последнюю \
         оба обе все всё самый спасибо пожалуйста попробуй подумай реши решите решить ответь ответьте вопрос задача задачу \
         задание документ можешь помочь помоги следующее начинай реализуй ні це цей ця й але або з зроби продовжуй \
         продовжуйте добре гаразд згоден згодна варіант перший перша другий друга останній обидва всі дякую будь ласка \
         спробуй розвяжи відповідай питання",
    ),
    (
        "tr",
        "evet hayır bu bunu şu o onu ve veya ama ile yap yapın yapalım devam et edin edelim tamam olur peki tabii plan planı \
         plana seçenek seçeneği öneri birinci ilk ikinci üçüncü son ikisi hepsi teşekkürler sağol lütfen bir dene düşün çöz \
         cevapla soruyu soru problemi göre",
    ),
    (
        "zh",
        "是 的 对 好 行 可以 继续 繼續 就 这么 这样 這樣 办 辦 做 吧 了 啊 呢 吗 按 照 计划 計劃 方案 执行 執行 实施 开始 開始 第 一 二 三 四 五 个 個 两 都 \
         选 選 用 你 我 我们 请 請 帮 看 说 想 试 次 一下 没 有 那 那个 这个 这 這 下面 以下 上面 问题 問題 题 題 解答 回答 解决 解 算 答案 全部 所有 嗯 \
         哦 要 能 给 給 把 它 他 和 与 或 去 来 修复 修 谢谢 多谢 謝謝 没问题 同意 批准 为 是什么 道 这道",
    ),
    (
        "ja",
        "はい いいえ うん ええ それ これ あれ で を に は が の と も お願い お願いします します して ください 下さい やって 進めて 続けて 続き 次 です ます か ね よ な \
         ありがとう ございます 了解 わかりました 案 番 番目 最初 一 二 三 つ 目 プラン 計画 実装 開始 始めて 全部 両方 この その 解いて 解い 答えて 問題 質問 いい \
         大丈夫 オーケー 方 法 選 て 通り どおり",
    ),
    (
        "ko",
        "네 예 응 ㅇㅇ ㅇㅋ 아니요 아니 그래 좋아 좋아요 해줘 해 주세요 해주세요 계속 진행 그대로 그거 그걸 그걸로 그렇게 이거 이걸 이것 시도 생각 해봐 고마워 \
         감사합니다 첫 번째 두 세 마지막 둘 다 전부 모두 계획 대로 구현 시작 옵션 번 으로 로 가자 하자 풀어줘 풀어 답해줘 문제 질문 이 그 을 를 은 는 요",
    ),
];

/// Words that object to what the assistant said, or doubt it: the cheap answer has failed. As [`LEANING`].
pub(crate) const OBJECTING: &[(&str, &str)] = &[
    (
        "en",
        "wrong incorrect incorrectly error errors broken broke fail fails failed failing failure bug bugs mistake mistakes \
         mistaken false harder hard doesnt didnt isnt wasnt wont cant couldnt still invalid bad worse hm hmm huh nonsense \
         unsure sure think certain double check recheck verify redo",
    ),
    (
        "de",
        "falsch fehler nicht nochmal erneut immer klappt funktioniert gleiche gleicher gleichen selbe selber unsinn stimmen",
    ),
    (
        "fr",
        "faux fausse erreur erreurs incorrect pas marche fonctionne toujours sûr sur certain réfléchis même encore réessaie",
    ),
    ("es", "error errores mal incorrecto falso funciona sin seguro segura piensa piénsalo mismo misma otra"),
    ("pt", "erro erros errado errada incorreto funciona ainda certeza tem pensa pense mesmo mesma"),
    ("it", "errore sbagliato errato funziona sicuro sicura pensa stesso stessa ancora riprova non"),
    (
        "nl sv no da",
        "fout verkeerd niet werkt dezelfde opnieuw fel feil forkert inte ikke fungerar virker samma samme igen igjen",
    ),
    (
        "pl ru uk tr",
        "błąd źle działa jeszcze raz ошибка ошибку неверно неправильно работает прежнему уверен уверена ещё еще раз снова \
        помилка неправильно працює впевнений ще hata yanlış çalışmıyor emin misin tekrar daha aynı",
    ),
    ("zh", "错 錯 错了 不 不对 不對 不是 还 還 还是 同样 错误 錯誤 报错 确定 真的 再 重新"),
    (
        "ja",
        "違う 違います 間違い 間違って エラー 同じ まだ 動かない ない 本当 本当に もう 一度 もう一度 考え直して 考えて 直して",
    ),
    ("ko", "틀렸어 틀렸습니다 오류 에러 똑같 같은 여전히 안돼 안 돼 정말 확실 다시"),
];

/// Words that ask further of what was said, in a conversation only: beside a document they are asks of their own. As
/// [`LEANING`].
pub(crate) const ASKING_ON: &[(&str, &str)] = &[
    (
        "en",
        "more less longer shorter detail details detailed explain explanation elaborate clarify why how mean means meaning \
         simpler simple easier expand deeper what who when whats hows python rust java javascript typescript js ts golang c++ \
         kotlin swift ruby php bash sql haskell scala julia lean latex markdown exactly precise specific better faster",
    ),
    (
        "de",
        "mehr warum wieso weshalb was wer wann erkläre erklär genauer ausführlicher kürzer länger einfacher details",
    ),
    ("fr", "plus moins pourquoi comment quoi qui explique expliquez détails détaillé"),
    (
        "es pt it",
        "más menos qué quién cuál cómo explica explícame detalles mais como qual quem explique più meno perché quale spiega",
    ),
    (
        "nl sv no da",
        "meer waarom hoe wat mer mindre varför hvorfor hur hvordan vad hva hvad förklara forklar",
    ),
    (
        "pl ru uk tr",
        "więcej dlaczego jak co wyjaśnij почему как что какой объясни подробнее чому як що neden nasıl ne açıkla",
    ),
    (
        "zh ja ko",
        "为什么 為什麼 怎么 怎麼 什么 什麼 更 详细 一点 解释 なぜ どうして もっと 詳しく 説明 何 왜 어떻게 뭐 더 자세히 설명",
    ),
];
