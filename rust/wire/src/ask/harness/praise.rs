//! More praise and thanks, and words that stand beside them: "Thank you, Claude, that was really helpful."
//!
//! In [normal form](crate::ask::phrases::normalise). Words that let an assistant go on stand in [`PHRASES`](super::PHRASES) alone.

use crate::ask::phrases::Phrase::{self, Beside, Said, Thanks};

/// Phrases, separated by bars, by language and effect.
#[rustfmt::skip] // phrases in lines
pub(crate) const PRAISE: &[(&str, Phrase, &str)] = &[
    ("en", Said,
        "helpful|useful|very useful|super useful|informative|very informative|insightful|thorough|very thorough\
         |crystal clear|very clear|good explanation|great explanation|nice explanation|excellent explanation|good answer\
         |great answer|nice answer|excellent answer|excellent work|excellent job|fantastic job|fantastic work\
         |amazing work|awesome work|awesome job|outstanding|spot on|exactly what i needed|just what i needed\
         |what i needed|that fixed it|that solved it|the best|a lifesaver|a life saver|a legend|a genius|a star|very kind\
         |so kind|so much clearer now|i understand now|i get it now|clear now|all clear|all clear now|works like a charm\
         |works perfectly now|all tests pass now|all green now"),
    ("en", Thanks,
        "thanks but no thanks|no more questions|no further questions|no other questions|nothing more|nothing further\
         |that will be all for today|thats all for today|thats it for today|thats it for now|that is all for now\
         |see you tomorrow|see you soon|see you around|see you next time|until next time|sleep well|good night and thanks\
         |have a nice evening|have a good evening|have a great evening|have a nice weekend|have a good weekend\
         |have a great weekend|have a nice one|have a lovely day|take it easy|peace|peace out|signing off|done for today\
         |im done for today|tq|thankyou|thank you kindly|thank you ever so much|thanks loads|thanks heaps|thank you loads\
         |thx a lot|thx so much|thx man|ty so much|tysm again|cant thank you enough|i cant thank you enough|i owe you one\
         |you saved my day|you saved me|you made my day|you helped me a lot|you helped a lot|you have been very helpful\
         |youve been very helpful|you have been a great help|youve been a great help|youre a star|youre a legend\
         |you are a star|you are a legend|you are a lifesaver|you are a genius"),
    ("en", Beside,
        "that was|this was|it was|that is|this is|thats|its|you are|youre|you were|really|very|extremely|incredibly|truly\
         |so much|a lot|a ton|a bunch|for this|for that|for it|for everything|for all|for all that|for the explanation\
         |for the clear explanation|for the detailed explanation|for your explanation|for the help|for all the help\
         |for your help|for all your help|for helping|for helping me|for helping out|for the answer|for your answer\
         |for the quick answer|for the reply|for your reply|for the quick reply|for your time|for your patience\
         |for the info|for the information|for the clarification|for clarifying|for explaining|for explaining it\
         |for explaining that|for the tip|for the tips|for the advice|with this|with that one|today|for today|for now|too\
         |indeed|everyone|all|guys|man|mate|bro|buddy|dude|m8|pal|friend|my friend|boss|sir|maam|team|folks|bud|fam\
         |kind sir|assistant|claude|chatgpt|chat gpt|gpt|gpt 4|gpt 5|gemini|copilot|cursor|codex|llama|mistral|deepseek\
         |grok|perplexity|qwen|kimi|sonnet|opus|haiku|le chat|bing|siri|alexa|ai|bot"),
    ("de", Said,
        "hilfreich|super hilfreich|nützlich|sehr nützlich|gut erklärt|super erklärt|toll erklärt|verständlich|der beste\
         |die beste|das funktioniert|funktioniert|funktioniert jetzt|jetzt funktioniert es|jetzt klappt es|klappt jetzt\
         |jetzt verstehe ich|jetzt ist alles klar|gute arbeit|tolle arbeit|gut gemacht|ein schatz"),
    ("de", Thanks,
        "schönen abend|schönen abend noch|einen schönen abend|einen schönen tag|einen schönen tag noch|schönes wochenende\
         |ein schönes wochenende|schönen feierabend|schöne grüße|bis morgen|bis zum nächsten mal|mach es gut|machs gut\
         |danke euch|dank dir|danke das hilft|danke das wars|keine weiteren fragen|das reicht|das reicht mir\
         |ich danke dir|ich danke ihnen|merci vielmal|hat super geklappt|du hast mir sehr geholfen\
         |sie haben mir sehr geholfen"),
    ("de", Beside,
        "das war|das ist|du bist|sie sind|wirklich|echt|sehr|für alles|für die erklärung|für die schnelle antwort\
         |für die schnelle hilfe|für deine mühe|für ihre mühe|für deine zeit|für die infos|für die info|für den tipp|noch\
         |auch|heute|für heute|erstmal|leute"),
    ("fr it es pt", Said,
        "utile|clair|très clair|super utile|cétait parfait|bien joué|bon travail|beau travail|excellent travail\
         |utilissimo|gentilissimo|chiarissimo|il migliore|el mejor|la mejor|útil|o melhor|a melhor|muy claro\
         |buena explicación|gran trabajo|ótima explicação|funciona perfecto|funciona perfeito|funziona|funciona ahora\
         |agora funciona|ora funziona"),
    ("fr it es pt", Thanks,
        "merci beaucoup pour ton aide|bonne fin de journée|bon week end|bon weekend|à demain|à la prochaine\
         |bonne continuation|pas dautres questions|buon weekend|buona serata|a domani|buen fin de semana\
         |buenas tardes y gracias|feliz día|que tengas buena noche|hasta la próxima|bom fim de semana\
         |boa tarde e obrigado|até a próxima|tenha uma boa noite|te agradezco|les agradezco|te agradezco mucho\
         |agradeço muito"),
    ("fr it es pt", Beside,
        "cest vraiment|cétait|cest|vraiment|très|vous êtes|tu mas|pour ton aide|pour votre aide|pour lexplication\
         |pour les explications|pour ton explication|pour vos explications|pour ton temps|pour tout|sei|sei stato\
         |sei stata|molto|davvero|per la spiegazione|per laiuto|per il tuo aiuto|per tutto|eres|fue|muy|de verdad\
         |por la explicación|por la ayuda|por tu ayuda|por tu tiempo|por todo|foi|você é|muito|pela explicação|pela ajuda\
         |por tudo"),
    ("lt et lv", Thanks,
        "ačiū|labai ačiū|dėkui|labai dėkui|aitäh|suur aitäh|tänan|suur tänu|paldies|liels paldies|aga aitäh"),
];
