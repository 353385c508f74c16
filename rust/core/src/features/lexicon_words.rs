//! The words of the lexicon, by group: English, German, French, Spanish, Portuguese, Italian, Russian, Chinese, Japanese, Korean,
//! Arabic and Hindi. A word of a script without spaces has one or two characters.

/// A group of words with a common meaning for the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub(super) enum Group {
    Common,
    Question,
    Reasoning,
    Proof,
    Mathematics,
    Code,
    Science,
    Medicine,
    Law,
    Business,
    Humanities,
    Steps,
    Constraint,
    Format,
    Comparison,
    Negation,
    Condition,
    Quantifier,
    Lookup,
    Chat,
    Creative,
    Editing,
    Agentic,
    Unit,
    NumberWord,
    Hard,
}

pub(super) const WORDS: &[(Group, &str)] = &[
    (
        Group::Common,
        "the a an of to in is it and or for on with as at by be this that from are was were i you he she we they \
         my your his her our their me him them us if so do does did has have had can could will would shall should \
         may might am been being but not no yes there here then than what which who when where why how all any some \
         one two its into out up down over about after before between more most other such only own same too very \
         just also please let make use get give go know think see want need like new old good first last many much \
         der die das und ist ein eine zu den von mit auf für nicht sich des dem im ich wie was es wir sie er \
         le la les de des et est un une à que qui dans pour pas sur je il elle nous vous ce se du au en \
         el los las y es una por con para no como lo su al mi tu o os um uma não da do em \
         и в не на что я с как это по но он она мы вы за из у к от для о",
    ),
    (
        Group::Question,
        "what who whom whose when where which why how was wer wann wo welche welcher warum wieso wie quoi qui quand \
         où quel quelle pourquoi comment qué quién cuándo dónde cuál cómo quem onde qual quando perché chi cosa \
         что кто когда где почему зачем какой сколько 什么 为什 怎么 哪里 谁 何 なぜ どう どこ いつ だれ 무엇 왜 어떻 \
         언제 어디 ما لماذا كيف متى أين هل क्या क्यों कैसे कब कहाँ कौन",
    ),
    (
        Group::Reasoning,
        "prove proof derive deduce infer justify demonstrate explain analyze analyse evaluate reason reasoning argue \
         conclude verify disprove refute investigate determine assess critique why because therefore hence thus \
         beweise beweisen begründe herleiten zeige erkläre analysiere démontre démontrer prouver montrer justifie \
         expliquer analyser demuestra demostrar explica analiza justifica prove provar demonstre explique dimostra \
         докажи докажите доказать выведи объясни обоснуй 证明 推导 推理 论证 分析 解释 证毕 説明 証明 導出 \
         증명 유도 설명 분석 أثبت برهن اشرح حلل सिद्ध समझाइए विश्लेषण",
    ),
    (
        Group::Proof,
        "prove proof theorem lemma corollary conjecture axiom contradiction induction qed iff infinitely irrational \
         bijection injective surjective converges diverges bounded monotone hypothesis counterexample \
         beweise satz widerspruch irrational unendlich théorème lemme récurrence démontre irrationnel teorema \
         inducción irracional infinitos докажи теорема лемма индукции иррационально иррационален 证明 定理 引理 归纳 反证 無理 无理 \
         帰納 증명 정리 귀납 برهن نظرية सिद्ध प्रमेय",
    ),
    (
        Group::Mathematics,
        "equation integer integers prime primes polynomial matrix vector eigenvalue derivative integral limit series \
         probability expected variance triangle circle angle radius area volume perimeter sum product ratio percent \
         fraction divisible modulo mod congruent gcd lcm factorial root roots solve solution solutions compute \
         calculate evaluate simplify factor maximize minimize graph vertices edges permutation combinations subset \
         theorem algebra geometry calculus arithmetic real complex rational log sin cos tan sqrt \
         gleichung zahl zahlen dreieck wahrscheinlichkeit berechne löse équation nombre nombres triangle probabilité \
         calcule résoudre ecuación número números triángulo probabilidad calcula resuelve equação calcule \
         уравнение число чисел треугольник вероятность вычисли найдите решите 方程 整数 素数 质数 概率 三角 计算 函数 \
         求解 矩阵 積分 方程 確率 計算 방정 정수 소수 확률 계산 معادلة عدد احتمال احسب समीकरण संख्या प्रायिकता",
    ),
    (
        Group::Code,
        "code function class method variable loop array string int bool null async await import return python java \
         javascript typescript rust golang cpp sql html css bash shell regex api endpoint json yaml docker \
         kubernetes git compile compiler debug bug stack trace exception error traceback segfault refactor unit \
         test tests algorithm recursion recursive thread threads mutex deadlock race cache database query schema \
         server client http backend frontend library framework script program implement lru hashmap pointer \
         funktion programm fehler fonction programme erreur función programa función função código функция код \
         программа ошибка 代码 函数 编程 程序 日志 算法 线程 関数 コー プロ 코드 함수 알고 دالة برنامج كود कोड प्रोग्राम",
    ),
    (
        Group::Science,
        "energy force mass velocity acceleration momentum electron proton neutron atom molecule reaction enzyme \
         protein dna rna cell cells gene genes quantum entropy thermodynamic equilibrium orbital isotope acid base \
         ph molar solution temperature pressure wavelength frequency photon magnetic electric field voltage current \
         species evolution photosynthesis planet star galaxy gravity chemical compound spectroscopy nmr synthesis \
         energie kraft énergie réaction energía reacción энергия реакция 能量 反应 分子 量子 物理 化学 エネ 反応 에너",
    ),
    (
        Group::Medicine,
        "patient diagnosis symptoms treatment dose dosage mg drug drugs disease infection clinical therapy surgery \
         blood pressure heart kidney liver cancer tumor diabetes hypertension fever pain chronic acute pregnancy \
         vaccine antibiotic contraindicated prognosis ecg mri ct lesion warfarin insulin patientin symptome \
         behandlung traitement paciente síntomas tratamiento пациент диагноз лечение 患者 诊断 症状 治疗 診断 환자 مريض रोगी",
    ),
    (
        Group::Law,
        "law legal court statute contract liability plaintiff defendant jurisdiction negligence tort clause breach \
         damages constitutional amendment precedent appeal appellate regulation compliance gdpr copyright patent \
         trademark lease tenant landlord arbitration indemnity fiduciary estoppel gesetz vertrag gericht contrat \
         tribunal loi contrato ley demandante договор суд закон 法律 合同 法院 条款 契約 裁判 계약 법원 عقد قانون कानून",
    ),
    (
        Group::Business,
        "revenue profit margin market strategy investment portfolio interest rate loan tax budget forecast pricing \
         customer customers sales marketing startup stakeholder roi cash flow valuation shares equity bond inflation \
         gdp supply demand invoice accounting steuer umsatz marché ventas impuesto налог рынок 市场 投资 利润 税 市場",
    ),
    (
        Group::Humanities,
        "history war century king empire revolution philosophy ethics moral religion novel poem author culture \
         society political government president democracy art music psychology sociology literature language \
         geschichte krieg histoire guerre historia guerra история война 历史 哲学 文化 歴史 역사 تاريخ इतिहास",
    ),
    (
        Group::Steps,
        "step steps first second third then next finally after before while each plan stages phase phases sequence \
         followed schritt schritte zuerst dann danach schließlich étape étapes ensuite puis enfin paso pasos luego \
         después finalmente primeiro depois шаг шаги сначала затем потом 步骤 首先 然后 最后 逐步 一步 手順 まず 次に \
         단계 먼저 다음 خطوة أولا ثم चरण पहले फिर",
    ),
    (
        Group::Constraint,
        "must exactly only without least most maximum minimum limit limited constraint constraints subject ensure \
         require required requires cannot avoid exceed within except unless guarantee optimal feasible satisfy \
         given assume suppose let such muss genau höchstens mindestens ohne doit exactement sans moins debe \
         exactamente sin menos deve sem должен ровно не более без 必须 恰好 最多 至少 不能 假设 満た ただし 반드시 최대 \
         يجب بدون दिया होना",
    ),
    (
        Group::Format,
        "json table csv markdown bullet bullets list xml yaml format column columns row rows header template schema \
         paragraph sentence words essay report outline summary tabelle liste tableau tabla lista таблица список \
         表格 列表 格式 箇条 표로 جدول तालिका",
    ),
    (
        Group::Comparison,
        "compare comparison versus vs difference differences better best worse than tradeoff tradeoffs pros cons \
         advantages disadvantages contrast similar prefer alternative vergleiche unterschied besser comparer \
         différence mieux comparar diferencia mejor сравни разница лучше 比较 区别 差异 比較 違い 비교 차이 قارن तुलना",
    ),
    (
        Group::Negation,
        "not no never none neither nor without cannot don doesn isn aren won wouldn shouldn nicht kein keine \
         nie pas jamais aucun sans nunca ningún sin não не нет никогда ни 不 没 无 非 ない 않 없 لا ليس नहीं मत",
    ),
    (
        Group::Condition,
        "if unless whether suppose assume assuming given when case otherwise else provided wenn falls angenommen si \
         supposons suponga caso se если пусть предположим 如果 假如 假设 若 もし 場合 만약 إذا यदि अगर",
    ),
    (
        Group::Quantifier,
        "all every each any some exists exist many few several both infinitely infinite total alle jede jeder \
         existiert tous chaque existe todos cada todas все каждый любой существует 所有 任意 存在 每 すべて 任意 모든 \
         임의 كل جميع सभी प्रत्येक",
    ),
    (
        Group::Lookup,
        "define definition meaning capital hours price address phone name date weather opening located population \
         birthday spell synonym synonyms abbreviation currency timezone color colour museum shipping refund password \
         reset track order öffnungszeiten hauptstadt preis bedeutet capitale horaires prix signifie capital horario \
         precio significa столица цена часы значит 首都 价格 意思 时间 地址 営業 意味 値段 수도 가격 뜻 عاصمة سعر معنى \
         राजधानी कीमत मतलब",
    ),
    (
        Group::Chat,
        "hi hello hey thanks thank please sorry bye ok okay sure great nice cool lol haha welcome morning evening \
         weekend hallo danke bitte tschüss bonjour merci salut svp hola gracias adiós olá obrigado ciao grazie \
         привет спасибо пожалуйста 你好 谢谢 请问 再见 こん ありが 안녕 감사 مرحبا شكرا नमस्ते धन्यवाद",
    ),
    (
        Group::Creative,
        "poem story haiku song lyrics joke limerick novel fiction character plot write creative slogan birthday \
         card toast gedicht geschichte witz poème histoire blague poema cuento chiste стих рассказ шутку 诗 故事 \
         笑话 詩 物語 시를 이야 قصيدة قصة कविता कहानी",
    ),
    (
        Group::Editing,
        "rewrite rephrase translate summarize summarise shorten proofread paraphrase correct grammar fix edit \
         convert email letter subject tone polite formal übersetze zusammenfassen umschreiben traduis traduire \
         résume reformule traduce resume traduza переведи перескажи исправь 翻译 总结 改写 润色 翻訳 要約 번역 요약 \
         ترجم لخص अनुवाद सारांश",
    ),
    (
        Group::Agentic,
        "investigate diagnose deploy migrate refactor implement build design architect architecture optimize \
         optimise root cause production cluster outage incident pipeline infrastructure rollout monitor automate \
         integrate scale scalable distributed consensus latency throughput failover concurrency module system \
         entwerfe implementiere untersuche conçois implémente diseña implementa спроектируй реализуй исследуй 设计 \
         实现 重构 部署 排查 架构 優化 优化 設計 実装 설계 구현 صمم نفذ डिज़ाइन",
    ),
    (
        Group::Unit,
        "kg g mg km m cm mm mi miles mile feet foot inches inch hours hour hr minutes minute min seconds second sec \
         days day weeks week months month years year dollars dollar cents cent euro euros usd eur gb mb kb tb hz khz \
         mhz ghz watts watt volts volt amps joules kelvin celsius fahrenheit degrees degree liters litres liter \
         gallons pounds lb lbs oz mph kph stunden tage jahre heures jours années horas días años часов дней лет 公里 \
         小时 分钟 元 時間 円 시간 원",
    ),
    (
        Group::NumberWord,
        "zero one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty hundred \
         thousand million billion half third quarter twice double triple dozen eins zwei drei vier fünf zehn hundert \
         deux trois quatre cinq dix cent uno dos tres cuatro cinco diez cien dois três один два три четыре пять \
         десять сто 一 二 三 四 五 六 七 八 九 十 百 千",
    ),
    (
        Group::Hard,
        "olympiad nontrivial rigorous rigorously asymptotic asymptotically np complexity undecidable \
         optimality diophantine riemann conjecture manifold topology homomorphism eigenvalues martingale lagrangian \
         hamiltonian perturbation byzantine linearizable lockfree consensus raft paxos causality bayesian posterior \
         novel research open unsolved breakthrough formalize cohomology",
    ),
];
