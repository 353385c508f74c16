//! Words of follow-ups without content of their own, by language: complaints, and questions about what was said.

/// Words that object to what the assistant said, or doubt it: the cheap answer has failed. As [`LEANING`](super::LEANING).
#[rustfmt::skip] // words in lines
pub(crate) const OBJECTING: &[(&str, &str)] = &[
    (
        "en",
        "sense wrong asked incorrect incorrectly error errors broken broke fail fails failed failing failure bug bugs mistake \
         mistakes mistaken false harder hard doesnt didnt isnt wasnt wont cant couldnt still invalid bad worse hm hmm huh \
         nonsense unsure sure think certain double check recheck verify redo useless bullshit rubbish garbage terrible \
         awful stuck crash crashes crashed hallucinated hallucinating inaccurate untrue disagree doubt seriously \
         misunderstood misread meant wanted happened happens changed change unhelpful werent wouldnt shouldnt havent \
         hasnt arent aint confident positive reconsider rethink suspicious unacceptable really wtf ugh omg liar lie lies \
         lying impossible kidding joking contradict contradicts contradicting contradiction contradictory gap gaps forgot ridiculous unconvinced nowhere",
    ),
    (
        "de",
        "falsch sicher fehler nicht nochmal erneut immer klappt funktioniert gleiche gleicher gleichen selbe selber unsinn \
         stimmen unsicher kaputt blödsinn quatsch schlecht gemeint gefragt gewollt fehlgeschlagen fehlerhaft \
         fehlermeldung abgestürzt überprüf überprüfe überprüfen prüf prüfe prüfen überleg überlege hilft wirklich \
         funktionierte geklappt bleibt leider",
    ),
    (
        "fr",
        "fonctionner faux fausse erreur erreurs incorrect pas marche fonctionne toujours sûr sur certain réfléchis même encore \
         réessaie fausses inexact incorrecte incorrectes mauvais mauvaise marché fonctionné bug plante vérifie vérifiez \
         revérifie refais recommence certaine sûre sûrs demandé voulais voulu échoue échoué échec nul inutile erroné \
         erronée jamais vraiment trompes trompez",
    ),
    (
        "es",
        "funcionar funcionando error errores mal incorrecto falso funciona sin seguro segura piensa piénsalo mismo misma otra incorrecta \
         incorrectos falsa equivocado equivocada equivocas funcionó sirve sirvió falla falló fallando todavía aún revisa \
         revísalo verifica verifícalo comprueba pedí quería tampoco vuelve inútil",
    ),
    (
        "pt",
        "erro erros errado errada incorreto funciona ainda certeza tem pensa pense mesmo mesma incorreta falso falsa \
         enganado enganada funcionou serve serviu falha falhou verifica verifique reveja revise pedi queria inútil \
         resultou persiste",
    ),
    (
        "it",
        "errore sbagliato errato funziona sicuro sicura pensa stesso stessa ancora riprova non sbagliata sbagli falso \
         falsa scorretto funzionato funzionava fallito fallisce verifica ricontrolla controlla rifai chiesto volevo \
         inutile davvero errori",
    ),
    (
        "nl sv no da",
        "fout verkeerd niet werkt dezelfde opnieuw fel feil forkert inte ikke fungerar virker samma samme igen igjen \
         foute onjuist onzin kapot werkte mislukt nog steeds controleer check gevraagd bedoelde weet fungerade virket \
         virkede felaktigt galt galen feilen fejlen fortfarande fortsatt stadig stadigvæk kontrollera sjekk tjek stämmer \
         stemmer helt tror",
    ),
    (
        "pl ru uk tr",
        "błąd źle działa jeszcze raz ошибка ошибку неверно неправильно работает прежнему уверен уверена ещё еще раз снова \
         помилка працює впевнений ще hata yanlış çalışmıyor emin misin tekrar daha aynı",
    ),
    (
        "zh",
        "错 錯 错了 不 不对 不對 不是 还 還 还是 同样 错误 錯誤 报错 确定 真的 再 重新 错啦 錯了 搞错 搞錯 弄错 弄錯 没用 \
         沒用 没有用 沒有用 不行 行不通 不起作用 不管用 不能用 失败 失敗 没成功 沒成功 还是不行 還是不行 仍然 依然 一样 \
         一樣 報錯 出错 出錯 确定吗 確定嗎 確定 你确定 肯定 真的吗 真的嗎 真 检查 檢查 核对 重做 重来 重來 再想想 想清楚 \
         胡说 瞎说 有问题 有問題 不正确 不正確 正确 正確 没解决 沒解決 没变 沒變 答非所问 什么鬼",
    ),
    (
        "ja",
        "合っていますか 合ってますか 合って 違う 違います 間違い 間違って エラー 同じ まだ 動かない ない 本当 本当に もう 一度 もう一度 考え直して 考えて \
         直して 違い ちがう ちがいます 違ってます 違っています 間違えて まちがい 間違ってます 間違っています おかしい \
         おかしいです 変 うまく いきません いかない 動きません 動作しません 動かなかった できない できません できなかった \
         駄目 ダメ だめ だめです ダメでした 失敗 失敗しました 出ます 出ました 同じです 本当ですか ほんとう 確か \
         確かですか 確実 自信 ありますか あります 確認 見直して やり直して もう一回 再度 正しく 正しい では ありません \
         そうじゃない そうでは 直って いません ません でした じゃ",
    ),
    (
        "ko",
        "되는데요 되는데 되네요 되나요 됩니다 돼요 틀렸어 틀렸습니다 오류 에러 똑같 같은 여전히 안돼 안 돼 정말 확실 다시 틀렸어요 틀린 틀림 틀렸는데 틀렸는데요 \
         잘못됐어 잘못됐어요 잘못됐습니다 잘못 아닌데 아닌데요 아니에요 아닙니다 안되 안돼요 안됩니다 안되네 안되네요 \
         안되는데 안되는데요 되지 작동 작동하지 않아 않아요 않습니다 실패 실패했어 실패했어요 에러나 에러나요 오류나요 \
         나요 났어요 났어 그대로예요 똑같아 똑같아요 똑같은 아직도 여전 확실해 확실해요 확실합니까 확실한가요 정말이야 \
         정말이에요 진짜 진짜야 진짜요 맞아 맞나요 맞습니까 확인 확인해 확인해줘 다시해 다시해줘 이상해 이상해요 도움이 \
         됐는데 해결 해결이 됐어요",
    ),
    (
        "pl cs",
        "zły zła złe błędne błędna błędny błędu zadziałało zadziałał nadal wciąż ciągle nieprawda sprawdź popraw pewny \
         pewna pewien pewni prosiłem pytałem chodziło špatně chyba chybu chyby nefunguje nefungovalo pořád stále jistý \
         jistá jisti zkontroluj znovu",
    ),
    (
        "ru uk",
        "неправ неправы неверный неправильный неправильная ошибки ошибка ошибся ошиблась ошибаешься ошибаетесь сработало \
         сработал сломано сломалось опять всё-таки чушь ерунда бред проверь проверьте перепроверь исправь уверены точно \
         спрашивал просил имел виду помогло получилось плохо ложь хибно помилки помилився помиляєшся працювало спрацювало \
         знову досі перевір впевнена впевнені питав допомогло вийшло погано",
    ),
    (
        "tr",
        "yanlışsın hatalı hatası olmadı olmuyor çalışmadı işe yaramadı hâlâ hala hep eminmisin misiniz kontrol kötü saçma \
         doğru değil istediğim sordum bozuk başarısız",
    ),
    (
        "ar",
        "خطأ خاطئ خاطئة غلط خطا ليس ليست غير لم يعمل تعمل ينجح تنجح ينفع نفس الخطأ الخطا مازال ما زال لايزال يزال متأكد \
         متاكد متأكدة واثق فشل فشلت تحقق راجع مرة أخرى اخرى حاول مجددا سيء أقصد اقصد طلبت سألت",
    ),
    (
        "fa",
        "اشتباه اشتباهه غلط غلطه نادرست نیست کار نکرد نمی کند نمیکنه نمیکند نشد خطا خطای ارور همان همون مطمئنی مطمئنید \
         مطمئن دوباره چک بررسی باز بازم مشکل دارد داره نبود منظورم خواستم پرسیدم بد",
    ),
    (
        "ur",
        "غلط غلطی نہیں کام کیا کرتا رہا ہوا ابھی تک وہی ایرر خرابی یقین پکا دوبارہ پھر چیک جانچیں سوچو سوچیں مسئلہ خراب \
         مطلب پوچھا",
    ),
    (
        "hi",
        "गलत ग़लत गलती नहीं काम किया करता कर रहा हुआ अभी तक वही एरर त्रुटि यकीन पक्का दोबारा फिर से चेक जाँचें जांचें सोचो \
         सोचिए सोचें समस्या खराब मतलब पूछा",
    ),
    (
        "bn",
        "ভুল ভুলে না নয় নি হয়নি কাজ করেনি করছে করে এখনও এখনো একই ত্রুটি এরর নিশ্চিত আবার যাচাই চেক ভাবুন ভাবো খারাপ চেয়েছি \
         জিজ্ঞেস করিনি হচ্ছে",
    ),
    (
        "vi",
        "chứ sai đúng chưa vẫn còn lỗi nhầm hoạt động chạy thành công chắc chắn hả lại kiểm tra xem suy nghĩ kỹ hỏng tệ ý hỏi \
         thật ",
    ),
    (
        "id ms",
        "salah keliru tidak bukan gagal berhasil jalan berfungsi bekerja masih tetap sama error galat kesalahan yakin cek \
         periksa ulang lagi coba pikirkan pikir rusak jelek buruk maksud tanya ngaco kok belum serius",
    ),
    (
        "th",
        "ผิด ไม่ถูก ไม่ถูกต้อง ไม่ใช่ ไม่ได้ ไม่ได้ผล ไม่ทำงาน ใช้ไม่ได้ ยังไม่ ยัง พัง เออเร่อ ข้อผิดพลาด ผิดพลาด เหมือนเดิม แน่ใจ แน่ใจหรือ \
         แน่ใจเหรอ หรอ เหรอ จริงเหรอ ตรวจสอบ ตรวจ เช็ค อีกครั้ง อีกที ใหม่ คิด คิดใหม่ ลองใหม่ ลอง มั่ว",
    ),
    (
        "el he",
        "λάθος σφάλμα δεν δουλεύει λειτουργεί δούλεψε ακόμα ξανά σίγουρος σίγουρη σίγουροι έλεγξε טעות שגיאה לא נכון עובד \
         עבד עדיין שוב בטוח בטוחה בטוחים תבדוק שגוי",
    ),
];

/// Beginnings of messages that say what the answer lacks, in small letters: "You forgot the case n = 0."
#[rustfmt::skip] // phrases in lines
pub(crate) const LACKING: &[(&str, &str)] = &[
    (
        "en",
        "you forgot|you missed|you left out|you ignored|you skipped|you overlooked|you misread|you misunderstood|you mixed up|you broke|you made a mistake|\
         you made an error|you got it wrong|you didnt|you did not|you havent|you have not|you still havent|your answer is wrong|your proof has|\
         your code has|your code doesnt|your code does not|your code crashes|your code fails|your solution fails|your solution doesnt|\
         your solution does not|your answer doesnt|your answer does not|it still|still getting|still not|this still|that still|same error|\
         i still get|im still getting|now it fails|now i get",
    ),
    ("de", "du hast vergessen|du hast nicht|du hast übersehen|sie haben vergessen|es geht immer noch|es funktioniert immer noch|immer noch|dein code|deine lösung ist falsch"),
    ("fr", "tu as oublié|vous avez oublié|tu nas pas|vous navez pas|ça ne marche toujours|toujours la même erreur|ton code ne"),
    ("es pt it", "olvidaste|te olvidaste|te faltó|no has|sigue sin|sigue fallando|você esqueceu|esqueceste|continua dando|ainda não|hai dimenticato|non hai|continua a dare"),
    ("ru", "ты забыл|вы забыли|ты не учёл|ты не учел|вы не учли|всё ещё|все еще|опять ошибка"),
    ("zh ja ko", "你漏了|你忘了|你没有|你沒有|还是报错|還是報錯|还是不|還是不|仍然报错|まだエラー|忘れて|抜けて|여전히|아직도|빠졌|빠뜨"),
];

/// Words that deny, and words for what is right: together they object, too ("that is not right").
#[rustfmt::skip] // words in lines
pub(crate) const DENYING: &[(&str, &str, &str)] = &[
    ("en", "not isnt arent wasnt doesnt dont never no nope nah", "right correct true accurate work works worked working help helps helped compile compiles \
         convinced convincing enough difference way"),
    ("de", "nicht kein keine", "richtig korrekt wahr gut"),
    ("fr", "pas nest non ne", "correct correcte juste vrai bon"),
    ("es pt it", "no não nao non", "correcto correcta cierto bien verdad correto correta certo bem verdade corretto corretta giusto giusta vero bene così"),
    ("nl sv no da", "niet inte ikke ej", "juist goed correct waar rätt sant stämmer riktig rigtig korrekt sandt"),
    ("pl cs", "nie není nejsou", "prawda dobrze poprawne poprawnie tak pravda správně dobře"),
    ("ru uk", "не ні нет", "правильно верно так правда то правильно вірно"),
    ("tr", "değil", "doğru"),
    ("ar", "غير ليس ليست لم لا", "صحيح صحيحا صحيحة دقيق"),
    ("fa ur", "نیست نه نہیں", "درست صحیح ٹھیک"),
    ("hi bn", "नहीं नही না নয়", "सही ठीक সঠিক ঠিক"),
    ("vi id", "không chưa bukan tidak", "đúng phải benar betul tepat"),
    ("el he", "δεν όχι לא", "σωστό σωστά נכון"),
];

/// Words that ask further of what was said, or for work on a text that is not there: "why?", "shorter", "translate". As
/// [`LEANING`](super::LEANING).
#[rustfmt::skip] // words in lines
pub(crate) const ASKING_ON: &[(&str, &str)] = &[
    (
        "en",
        "give tl dr wdym more less longer shorter detail details detailed explain explanation elaborate clarify why how mean means \
         meaning simpler simple easier expand deeper what who when whats hows python rust java javascript typescript js \
         ts golang c++ kotlin swift ruby php bash sql haskell scala julia lean latex markdown exactly precise specific \
         better faster translate translated translation summarize summarise summary summarized tldr write rewrite \
         rewritten reword rephrase paraphrase shorten lengthen simplify test tests testing debug debugging refactor \
         optimize optimise improve improved edit edited check verify analyze analyse analysis compare comparison describe \
         description define definition examples example list outline sources source reference references reasons reason \
         cause hint hints clue urgent asap quick quickly helpful draw plot convert format proofread correct correction \
         brainstorm understand understood confused unclear lost difference pros cons advantages disadvantages conclusion \
         intro introduction bullet bullets briefly brief short long depth formal informal casual professional polite \
         funny creative search google find lookup install setup deploy configure update upgrade create generate design \
         develop count sort measure estimate guess predict tell talk speak read look watch listen learn teach study sos \
         emergency",
    ),
    (
        "de",
        "mehr warum wieso weshalb was wer wann erkläre erklär genauer ausführlicher kürzer länger einfacher details \
         übersetze übersetz übersetzen übersetzung zusammenfassung zusammenfassen fasse zusammen schreib schreibe \
         schreiben umschreiben umformulieren formuliere kürze kürzen verlängern vereinfache vereinfachen teste testen \
         test debug debugge debuggen verbessere verbessern korrigiere korrigieren prüfe vergleiche vergleichen analysiere \
         analysieren beschreibe beschreiben beispiel beispiele liste quellen quelle grund gründe hinweis tipp tipps \
         dringend schnell eilig hilfe gliederung welche welcher welches wo wozu wofür wohin erläutere erläutern erklären \
         erklärung nochmals detaillierter ausführlich verstehe versteh unklar konkret konkreter berechne berechnen rechne \
         suche suchen erstelle erstellen zeig zeige",
    ),
    (
        "fr",
        "expliquer plus moins pourquoi comment quoi qui explique expliquez détails détaillé traduis traduire traduction traduisez \
         résume résumé résumer résumez écris écrire écrivez réécris réécrire reformule reformuler raccourcis raccourcir \
         court long simplifie simplifier simple teste tester test débogue déboguer débug améliore améliorer corrige \
         corriger corrigez vérifier compare comparer comparaison analyse analyser décris décrire exemple exemples liste \
         sources source raison raisons indice urgent vite rapidement aide aidez programme quel quelle quels quelles quand \
         où explication détaille détailler précise préciser développe développer comprends pas clair calcule calculer \
         cherche chercher crée créer montre détail",
    ),
    (
        "es pt it",
        "explicarlo explicármelo explicarme spiegarlo spiegarmelo quê más menos qué quién cuál cómo explica explícame detalles mais como qual quem explique più meno perché quale \
         spiega traduce traducir traducción resumen resumir escribe escribir reescribe acorta acortar corto larga largo \
         simplifica simple probar depura depurar mejora mejorar corrige corregir compara comparar comparación analiza \
         analizar análisis describe ejemplo ejemplos lista fuentes fuente razón razones pista urgente rápido ayuda \
         ayúdame ayúdenme socorro auxilio código dónde cuándo cuánto cuáles quiénes explicación explícalo explicar \
         detalle detallado amplía elabora entiendo calcula busca crea muestra porque traduz traduza traduzir tradução \
         resuma resumo escreve escreva escrever reescreva encurta encurte curto longo simplifique simples teste testar \
         depure melhore melhorar corrija corrigir compare analise analisar descreva exemplo exemplos fontes fonte razão \
         motivo dica ajuda ajude onde quando quanto quais explicação detalhe detalhado entendi calcule busque crie mostre \
         traduci tradurre traduzione riassumi riassunto riassumere scrivi scrivere riscrivi accorcia breve lungo \
         semplifica semplice testa testare debug migliora migliorare correggi correggere confronta confrontare analizza \
         analizzare descrivi esempio esempi elenco fonti ragione suggerimento veloce aiuto aiutami aiutatemi codice dove \
         quali spiegazione spiegami spiegare dettagli dettaglio approfondisci capito chiaro calcola cerca mostra chi cosa",
    ),
    (
        "nl sv no da",
        "meer waarom hoe wat mer mindre varför hvorfor hur hvordan vad hva hvad förklara forklar vertaal vertalen \
         vertaling samenvatting samenvatten schrijf schrijven herschrijf korter langer inkorten verkort vereenvoudig \
         eenvoudiger test testen debug verbeter verbeteren corrigeer vergelijk vergelijken analyseer beschrijf voorbeeld \
         voorbeelden lijst bronnen bron reden tip dringend spoed snel hulp helpen waar wanneer welke uit uitleg uitleggen \
         verklaar details gedetailleerd begrijp zoek maak toon översätt översättning sammanfatta sammanfattning skriv \
         skriva kortare längre förenkla enklare testa felsök förbättra rätta jämför analysera beskriv exempel lista \
         källor källa skäl tips brådskande snabbt hjälp hjälpa kod vem var när vilken förklaring detaljer oversett \
         oversettelse oversæt oversættelse sammendrag oppsummer opsummer kortere lengre længere forenkle enklere feilsøk \
         fejlsøg forbedre rett ret sammenlign analyser beskrive eksempel eksempler kilder kilde grunn grund haster \
         hurtigt raskt hjelp hjælp kode hvem hvor når hvilken forklaring mere",
    ),
    (
        "pl ru uk tr",
        "więcej dlaczego jak co wyjaśnij почему как что какой объясни подробнее чому як що neden nasıl ne açıkla",
    ),
    (
        "zh ja ko",
        "挙げて 들어 들어줘 为什么 為什麼 怎么 怎麼 什么 什麼 更 详细 一点 解释 なぜ どうして もっと 詳しく 説明 何 왜 어떻게 뭐 더 자세히 \
         설명 为何 為何 干嘛 如何 怎样 怎樣 什么意思 什麼意思 意思 啥 谁 誰 哪里 哪裡 什么时候 多少 解释一下 解释下 解釋 \
         解釋一下 说明 說明 詳細 详细一点 详细点 具体 具體 具体点 举例 舉例 举个例子 例子 翻译 翻譯 翻译一下 总结 總結 \
         总结一下 摘要 概括 写 寫 改写 改寫 重写 润色 潤色 缩短 縮短 简短 簡短 短 短一点 长 長 长一点 简化 簡化 简单 簡單 \
         简单点 测试 測試 调试 調試 优化 優化 改进 改進 修改 修正 检查一下 比较 比較 对比 分析 描述 列表 来源 來源 原因 \
         理由 提示 紧急 緊急 急 快 快点 帮助 幫助 帮忙 幫忙 帮帮我 帮我 幫我 救命 代码 代碼 更多 少 不懂 没懂 不明白 \
         看不懂 计算 計算 搜索 查 生成 创建 点 點 些 还有 還有 なんで 何故 どう どうやって どういう どういうこと \
         どういう意味 意味 どこ いつ いくつ どれ どっち もっと詳しく くわしく 具体的に 具体的 例 例えば 例を 翻訳 \
         翻訳して 訳して 要約 要約して まとめて まとめ 書いて 書き直して 言い換えて 短く 短くして 長く 長くして 簡単に \
         簡潔に わかりやすく テスト テストして デバッグ デバッグして 修正して 改善 改善して 比較して 分析して 説明して \
         リスト 出典 ソース 理由は ヒント 至急 急いで 早く 助けて 助け ヘルプ 手伝って コード わからない 分からない \
         わかりません 計算して 検索 作って 作成 見せて 教えて ほしい 왜요 왜죠 뭐야 뭐예요 뭔가요 무엇 누구 어디 언제 \
         얼마 무슨 뜻 뜻이야 의미 자세하게 구체적으로 설명해 설명해줘 설명해주세요 예시 예를 번역 번역해 번역해줘 \
         번역해주세요 요약 요약해 요약해줘 요약해주세요 정리 정리해줘 써줘 작성 작성해줘 다시써줘 줄여줘 짧게 길게 쉽게 \
         간단히 간단하게 테스트 테스트해줘 디버그 디버깅 고쳐줘 수정 수정해줘 개선 개선해줘 비교 비교해줘 분석 분석해줘 \
         목록 출처 이유 이유가 힌트 급해 급해요 빨리 도와줘 도와주세요 도움 코드 모르겠어 모르겠어요 계산 계산해줘 검색 \
         만들어줘 보여줘 알려줘 알려주세요",
    ),
    (
        "pl cs",
        "wyjaśnić wytłumaczyć krótko przetłumacz tłumaczenie przetłumaczyć podsumuj podsumowanie streść streszczenie napisz przepisz skróć krócej \
         krótszy dłużej dłuższy uprość prościej przetestuj testuj debuguj popraw ulepsz sprawdzić porównaj porównanie \
         przeanalizuj analiza opisz przykład przykłady lista źródła źródło powód wskazówka pilne szybko pomoc pomóż \
         pomocy kod kto gdzie kiedy który która które wytłumacz wyjaśnienie szczegóły szczegółowo dokładniej rozwiń \
         rozumiem oblicz znajdź pokaż dlaczego czemu přelož překlad shrň shrnutí napiš přepiš zkrať kratší delší \
         zjednoduš otestuj oprav vylepši porovnej analyzuj popiš příklad příklady seznam zdroje důvod nápověda naléhavé \
         rychle pomoz kód kdo kde kdy který proč jak co vysvětli podrobněji více",
    ),
    (
        "ru uk",
        "объяснить пояснить покороче приведи приведите пояснити навести наведи переведи переведите перевод перевести суммируй резюме резюмируй кратко краткое напиши напишите перепиши \
         перефразируй сократи короче длиннее подлиннее упрости проще попроще протестируй тест отладь отладка дебаг улучши \
         улучшить сравни сравнение проанализируй анализ опиши пример примеры список источники источник причина причины \
         подсказка подсказку срочно быстро быстрее помогите помощь код кто где когда зачем откуда куда сколько какой \
         какая какие который объяснение объясните поясни поясните разъясни детали детальнее подробности больше меньше \
         понимаю непонятно посчитай вычисли найди покажи создай переклади переклад підсумуй підсумок стисло скороти \
         коротше довше спрости простіше протестуй налагодь покращ порівняй проаналізуй приклад приклади джерела джерело \
         підказка терміново швидко допоможи допоможіть допомога хто де коли навіщо скільки який яка які поясніть \
         пояснення детальніше більше менше розумію",
    ),
    (
        "tr",
        "çevir çeviri çevirin tercüme özetle özet yaz yazın yeniden kısalt kısa uzun kısaltın basitleştir basit test hata \
         ayıkla debug geliştir düzelt düzeltin karşılaştır karşılaştırma analiz tarif örnek örnekler liste kaynak \
         kaynaklar sebep ipucu acil hızlı çabuk yardım imdat kod kim nerede zaman hangi kaç açıklama açıklayın detay \
         detaylı daha fazla anlamadım anlat anlatın hesapla bul göster nasıl nedir niye niçin",
    ),
    (
        "ar",
        "الشرح التوضيح لماذا ليه لم لما كيف ماذا ما متى أين اين من أي اي كم هل اشرح اشرحي شرح وضح توضيح فسر فسّر تفسير ترجم ترجمة لخص \
         تلخيص ملخص اكتب أكتب اعد أعد صياغة اختصر أقصر اقصر أطول اطول بسط أبسط ابسط اختبر اختبار صحح تصحيح حسن قارن \
         مقارنة حلل تحليل صف مثال أمثلة امثلة قائمة مصادر مصدر السبب سبب تلميح عاجل بسرعة سريع مساعدة ساعدني النجدة كود \
         تفاصيل التفاصيل بالتفصيل أكثر اكثر المزيد مزيد أقل احسب ابحث أنشئ أرني أفهم افهم معنى يعني",
    ),
    (
        "fa",
        "چرا چطور چگونه چی چه کی کجا کدام چند آیا توضیح توضیحات شرح ترجمه خلاصه بنویس بنویسید بازنویسی کوتاه کوتاهتر \
         کوتاه‌تر تر بلندتر ساده ساده‌تر تست دیباگ اصلاح بهبود مقایسه تحلیل مثال مثالی فهرست لیست منابع منبع دلیل \
         راهنمایی فوری سریع کمک کد جزئیات بیشتر کمتر محاسبه پیدا نشان بساز نفهمیدم یعنی بیشتری",
    ),
    (
        "ur",
        "کیوں کیسے کیا کون کہاں کب کونسا کتنا وضاحت سمجھائیں سمجھاؤ سمجھا تشریح ترجمہ خلاصہ لکھیں لکھو دوبارہ مختصر چھوٹا \
         لمبا آسان ٹیسٹ ڈیبگ درست بہتر موازنہ تجزیہ مثال مثالیں فہرست ذرائع وجہ اشارہ فوری جلدی مدد کوڈ تفصیل تفصیلات \
         مزید زیادہ کم سمجھ آیا نہیں بتائیں بتاؤ مطلب",
    ),
    (
        "hi",
        "क्यों कैसे क्या कौन कहाँ कब कौनसा कितना समझाओ समझाइए समझाएं समझा व्याख्या स्पष्ट अनुवाद सारांश संक्षेप लिखो लिखें लिखिए \
         छोटा छोटे लंबा सरल आसान टेस्ट परीक्षण डीबग सुधार सुधारो सुधारें बेहतर तुलना विश्लेषण उदाहरण सूची स्रोत कारण संकेत \
         तुरंत जल्दी मदद सहायता कोड विस्तार विवरण और ज़्यादा ज्यादा अधिक कम समझ आया बताओ बताइए बताएं मतलब अर्थ",
    ),
    (
        "bn",
        "কেন কীভাবে কিভাবে কি কী কে কোথায় কখন কোনটা কত ব্যাখ্যা বুঝিয়ে বোঝাও বোঝান স্পষ্ট অনুবাদ সারাংশ সংক্ষেপ সংক্ষেপে লেখো \
         লিখুন লিখো ছোট বড় সহজ পরীক্ষা টেস্ট ডিবাগ সংশোধন উন্নত তুলনা বিশ্লেষণ উদাহরণ তালিকা উৎস কারণ ইঙ্গিত জরুরি তাড়াতাড়ি \
         দ্রুত সাহায্য সহায়তা কোড বিস্তারিত আরও আরো বেশি কম বুঝিনি বলুন বলো মানে অর্থ",
    ),
    (
        "vi",
        "tại sao vì thế nào như gì ai đâu khi bao giờ nhiêu giải thích rõ hơn chi tiết dịch tóm tắt viết rút gọn ngắn dài \
         đơn giản kiểm thử gỡ sửa cải thiện sánh phân tích mô tả ví dụ danh sách nguồn lý gợi ý gấp khẩn nhanh giúp đỡ \
         cứu mã thêm nữa nhiều ít tính tìm tạo cho xem hiểu nghĩa",
    ),
    (
        "id ms",
        "beri berikan kenapa mengapa bagaimana gimana apa siapa dimana mana kapan berapa jelaskan jelasin penjelasan terangkan \
         terjemahkan terjemahan ringkas ringkaskan rangkum ringkasan rangkuman tulis tuliskan tulislah perpendek pendek \
         singkat panjang sederhanakan sederhana uji tes debug perbaiki perbaikan tingkatkan bandingkan perbandingan \
         analisis analisa contoh daftar sumber alasan petunjuk penting segera cepat bantu bantuan kode detail rinci lebih \
         lanjut kurang hitung cari buat buatkan tunjukkan paham maksudnya artinya",
    ),
    (
        "th",
        "ทำไม เพราะอะไร อย่างไร ยังไง อะไร ใคร ที่ไหน เมื่อไหร่ เท่าไหร่ อธิบาย อธิบายเพิ่มเติม เพิ่มเติม เพิ่ม ขยายความ แปล สรุป \
         เขียน เขียนใหม่ ย่อ สั้น สั้นลง ยาว ง่าย ง่ายกว่า ทดสอบ ดีบัก แก้ แก้ไข ปรับปรุง เปรียบเทียบ วิเคราะห์ ตัวอย่าง รายการ \
         แหล่งที่มา เหตุผล คำใบ้ ด่วน เร็ว ช่วยด้วย ช่วยเหลือ โค้ด รายละเอียด ละเอียด กว่า กว่านี้ มากกว่า น้อยกว่า คำนวณ ค้นหา สร้าง แสดง \
         เข้าใจ หมายความ หมายถึง ความหมาย",
    ),
    (
        "el he",
        "γιατί πώς τι ποιος πού πότε εξήγησε εξηγήστε μετάφρασε περίληψη γράψε σύντομα βοήθεια παράδειγμα περισσότερα \
         λεπτομέρειες κώδικας למה איך מה מי איפה מתי תסביר הסבר הסברי תתרגם תרגם תרגום סכם תסכם סיכום כתוב תכתוב קצר יותר \
         ארוך עזרה תעזור דוגמה דוגמאות פרטים עוד קוד",
    ),
];

/// Words of [`ASKING_ON`] that may be what a question is about, too: "What is Python?".
pub(crate) const TOPICS: &str = "python rust java javascript typescript js ts golang c++ kotlin swift ruby php bash sql haskell scala julia lean \
    latex markdown code analysis list outline source reference cause reason definition test tests";

/// Words that point at a text beside them: "Translate this:" asks about that text.
#[rustfmt::skip] // words in lines
pub(crate) const POINTING_AT: &[(&str, &str)] = &[
    ("en", "this these following below attached document documents text file files article attachment passage"),
    ("de", "dies diese diesen dieses folgende folgenden anhang dokument text datei"),
    ("fr", "ceci cette ces suivant document texte fichier article"),
    ("es pt it", "este esta esto siguiente documento texto archivo isto seguinte arquivo questo questa testo seguente"),
    ("nl sv no da", "dit deze volgende document tekst detta denna följande texten dette denne følgende teksten"),
    ("pl cs ru uk tr", "ten tekst następujący tento tohle это этот эту следующий текст документ цей bunu şu metni"),
    ("ar fa ur hi bn", "هذا هذه التالي النص این متن زیر یہ اس یہ متن यह इस इसका निम्नलिखित এই এটি নিচের"),
    ("vi id ms th", "này sau đây văn bản ini berikut teks นี้ ต่อไปนี้ ข้อความ"),
    ("zh ja ko", "这 这个 這 這個 下面 以下 本文 これ この 次の 이 이거 이것 다음"),
];
