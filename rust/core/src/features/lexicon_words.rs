//! The words of the lexicon, by group, in English. Words of other languages are read as the English word of their meaning first
//! (`meaning`). The last two groups tell which of the two a text in Latin letters needs.

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
    Depth,
    /// Function words that English alone has.
    English,
    /// Frequent words of other languages in Latin letters that are no English words.
    Foreign,
}

pub(super) const WORDS: &[(Group, &str)] = &[
    (
        Group::Common,
        "the a an of to in is it and or for on with as at by be this that from are was were i you he she we they my your \
         his her our their me him them us if so do does did has have had can could will would shall should may might am \
         been being but not no yes there here then than what which who when where why how all any some one two its into \
         out up down over about after before between more most other such only own same too very just also please let \
         make use get give go know think see want need like new old good first last many much",
    ),
    (Group::Question, "what who whom whose when where which why how"),
    (
        Group::Reasoning,
        "prove proof derive deduce infer justify demonstrate explain analyze analyse evaluate reason reasoning argue \
         conclude verify disprove refute investigate determine assess critique why because therefore hence thus",
    ),
    (
        Group::Proof,
        "prove proof theorem lemma corollary conjecture axiom contradiction induction qed iff infinitely irrational \
         bijection injective surjective converges diverges bounded monotone hypothesis counterexample",
    ),
    (
        Group::Mathematics,
        "equation integer integers prime primes polynomial matrix vector eigenvalue derivative integral limit series \
         probability expected variance triangle circle angle radius area volume perimeter sum product ratio percent \
         fraction divisible modulo mod congruent gcd lcm factorial root roots solve solution solutions compute calculate \
         evaluate simplify factor maximize minimize graph vertices edges permutation combinations subset theorem algebra \
         geometry calculus arithmetic real complex rational log sin cos tan sqrt",
    ),
    (
        Group::Code,
        "code function class method variable loop array string int bool null async await import return python java \
         javascript typescript rust golang cpp sql html css bash shell regex api endpoint json yaml docker kubernetes git \
         compile compiler debug bug stack trace exception error traceback segfault refactor unit test tests algorithm \
         recursion recursive thread threads mutex deadlock race cache database query schema server client http backend \
         frontend library framework script program implement lru hashmap pointer grpc graphql microservice microservices \
         monolith monorepo polyrepo postgres postgresql mysql sqlite mongodb dynamodb cassandra elasticsearch kafka rabbitmq \
         redis memcached nosql serverless container containers terraform pulumi ansible jwt oauth vm vms aws gcp azure shard \
         sharding locking consistency saga sagas uuid uuids webhook webhooks websocket websockets crdt",
    ),
    (
        Group::Science,
        "energy force mass velocity acceleration momentum electron proton neutron atom molecule reaction enzyme protein \
         dna rna cell cells gene genes quantum entropy thermodynamic equilibrium orbital isotope acid base ph molar \
         solution temperature pressure wavelength frequency photon magnetic electric field voltage current species \
         evolution photosynthesis planet star galaxy gravity chemical compound spectroscopy nmr synthesis",
    ),
    (
        Group::Medicine,
        "patient diagnosis symptoms treatment dose dosage mg drug drugs disease infection clinical therapy surgery blood \
         pressure heart kidney liver cancer tumor diabetes hypertension fever pain chronic acute pregnancy vaccine \
         antibiotic contraindicated prognosis ecg mri ct lesion warfarin insulin",
    ),
    (
        Group::Law,
        "law legal court statute contract liability plaintiff defendant jurisdiction negligence tort clause breach \
         damages constitutional amendment precedent appeal appellate regulation compliance gdpr copyright patent \
         trademark lease tenant landlord arbitration indemnity fiduciary estoppel",
    ),
    (
        Group::Business,
        "revenue profit margin market strategy investment portfolio interest rate loan tax budget forecast pricing \
         customer customers sales marketing startup stakeholder roi cash flow valuation shares equity bond inflation gdp \
         supply demand invoice accounting mortgage hire salary vendor supplier fleet",
    ),
    (
        Group::Humanities,
        "history war century king empire revolution philosophy ethics moral religion novel poem author culture society \
         political government president democracy art music psychology sociology literature language",
    ),
    (
        Group::Steps,
        "step steps first second third then next finally after before while each plan stages phase phases sequence \
         followed",
    ),
    (
        Group::Constraint,
        "must exactly only without least most maximum minimum limit limited constraint constraints subject ensure require \
         required requires cannot avoid exceed within except unless guarantee optimal feasible satisfy given assume \
         suppose let such",
    ),
    (
        Group::Format,
        "json table csv markdown bullet bullets list xml yaml format column columns row rows header template schema \
         paragraph sentence words essay report outline summary",
    ),
    (
        Group::Comparison,
        "compare comparison versus vs difference differences better best worse than tradeoff tradeoffs pros cons \
         advantages disadvantages contrast similar prefer alternative",
    ),
    (Group::Negation, "not no never none neither nor without cannot don doesn isn aren won wouldn shouldn"),
    (Group::Condition, "if unless whether suppose assume assuming given when case otherwise else provided"),
    (
        Group::Quantifier,
        "all every each any some exists exist many few several both infinitely infinite total",
    ),
    (
        Group::Lookup,
        "define definition meaning capital hours price address phone name date weather opening located population \
         birthday spell synonym synonyms abbreviation currency timezone color colour museum shipping refund password \
         reset track order",
    ),
    (
        Group::Chat,
        "hi hello hey thanks thank please sorry bye ok okay sure great nice cool lol haha welcome morning evening weekend",
    ),
    (
        Group::Creative,
        "poem story haiku song lyrics joke limerick novel fiction character plot write creative slogan birthday card \
         toast",
    ),
    (
        Group::Editing,
        "rewrite rephrase translate summarize summarise shorten proofread paraphrase correct grammar fix edit convert \
         email letter subject tone polite formal",
    ),
    (
        Group::Agentic,
        "investigate diagnose deploy migrate refactor implement build design architect architecture optimize optimise \
         root cause production cluster outage incident pipeline infrastructure rollout monitor automate integrate scale \
         scalable distributed consensus latency throughput failover concurrency module system",
    ),
    (
        Group::Unit,
        "kg g mg km m cm mm mi miles mile feet foot inches inch hours hour hr minutes minute min seconds second sec days \
         day weeks week months month years year dollars dollar cents cent euro euros usd eur gb mb kb tb hz khz mhz ghz \
         watts watt volts volt amps joules kelvin celsius fahrenheit degrees degree liters litres liter gallons pounds lb \
         lbs oz mph kph",
    ),
    (
        Group::NumberWord,
        "zero one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty hundred thousand \
         million billion half third quarter twice double triple dozen",
    ),
    (
        Group::Hard,
        "olympiad nontrivial rigorous rigorously asymptotic asymptotically np complexity undecidable optimality \
         diophantine riemann conjecture manifold topology homomorphism eigenvalues martingale lagrangian hamiltonian \
         perturbation byzantine linearizable lockfree consensus raft paxos causality bayesian posterior novel research \
         open unsolved breakthrough formalize cohomology",
    ),
    (
        Group::Depth,
        "mathematics mathematical mathematically including justify justification rationale tradeoff tradeoffs trade offs \
         implications assumptions consequences edge cases failure modes invariant invariants guarantees correctness bounds \
         alternatives mitigation risks formal formally thorough comprehensive detail detailed derivation critically rigor \
         principles quantify sensitivity counterarguments robust idempotency rollback",
    ),
    (
        Group::English,
        "the of and is for with that this from are were you they your our their them if does did have had can could would \
         shall should may might been but not yes there here then than what which who whom whose when where why how all \
         any some one two its into out about after before between more most other such only own same too very just please \
         let make use get give know think see want need my",
    ),
    (
        Group::Foreign,
        "der das und ist ein eine einen einem einer zu von mit auf für nicht sich des dem im ich wie wir sie es er oder \
         bei nach wenn dass auch nur kann können kannst bitte wer wo warum welche welcher welches mein meine zeige \
         erkläre schreibe berechne beweise übersetze hallo danke el los las una unos unas por para como más qué cuál cómo \
         dónde cuándo cuánto cuánta cuántos cuántas quién del al su sus que la de lo se mi tu hola gracias demuestra \
         explica escribe calcula traduce deriva diseña le les et est un une à qui dans pas je il elle nous vous ce cette \
         ces du au aux avec quel quelle quels quelles pourquoi où quand donne écris explique montre montrer démontre \
         démontrer calcule traduis bonjour merci combien sont uma não da nas você é são qual quais quantos quantas quanto \
         ao pela pelo olá obrigado obrigada escreva traduza demonstre deduza projete gli che di della dei delle nel nella \
         è sono quale quali perché dove quanti quante ciao grazie dimostra spiega scrivi calcola traduci het een dat niet \
         zijn voor aan deze dit naar uit maar ook bij wat hoe waarom welke ik jij mijn kan worden wordt bewijs schrijf \
         bereken vertaal hoeveel jak czy jest nie się gdzie kiedy dlaczego ile oraz dla przez który która które od \
         udowodnij wyjaśnij napisz oblicz przetłumacz dziękuję cześć że każda każdy każdego są tego tej tym lub albo przy \
         bez jej jego wszystkie znajdź podaj wykaż ve bir bu için ne nedir nasıl neden mı kadar olarak hangi kaç nerede \
         zaman açıkla açıklayın kanıtla kanıtlayın yaz hesapla çevir merhaba teşekkürler yang untuk dengan apa bagaimana \
         mengapa kenapa berapa siapa kapan mana ini itu dari adalah pada dalam tidak saya kamu buat buatlah tolong \
         jelaskan buktikan tuliskan hitung terjemahkan terima kasih halo bahwa setiap agar oleh atau akan telah sangat là \
         của và cho một các không trong có tôi bạn gì như thế nào được với này những hãy",
    ),
];
