//! The markers by language and kind, without case and apostrophes; a hyphen is a space. No marker contains another one
//! (tested), so a phrase counts once.

/// The meaning of a marker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MarkerKind {
    /// The model doubts what it wrote: "wait", "let me re-check".
    Backtrack,
    /// It tries another way: "alternatively", "another approach".
    Branch,
    /// It starts again: "start over".
    Restart,
    /// It is not sure: "maybe", "I think".
    Hedge,
}

/// Language (ISO 639-1), kind, markers separated by a bar.
pub(super) const MARKERS: &[(&str, MarkerKind, &str)] = &[
    (
        "en",
        MarkerKind::Backtrack,
        "wait|hold on|hmm|actually no|no that is|no thats|thats not right|that is not right|that isnt right|\
         thats wrong|that is wrong|that cant be right|let me re check|let me recheck|let me double check|\
         let me check again|let me verify|let me reconsider|let me re examine|let me reexamine|\
         let me re evaluate|let me rethink|let me think again|i made a mistake|i made an error|i was wrong|\
         on second thought|scratch that|correction|oops",
    ),
    (
        "en",
        MarkerKind::Branch,
        "alternatively|another approach|another way|another method|a different approach|a different way|\
         different method|on the other hand|what if|instead let me|instead lets|let me try|lets try|\
         another possibility|another option",
    ),
    (
        "en",
        MarkerKind::Restart,
        "start over|start again|starting over|start from scratch|begin again|back to the beginning|\
         go back to the start",
    ),
    (
        "en",
        MarkerKind::Hedge,
        "maybe|perhaps|possibly|probably|might be|could be|not sure|unsure|uncertain|unclear|i think|i guess|\
         i believe|it seems|im confused|i am confused|im not certain|presumably",
    ),
    (
        "zh",
        MarkerKind::Backtrack,
        "等等|等一下|等下|不对|不對|重新检查|再检查|检查一下|我错了|搞错了|算错|再想想|重新考虑|重新思考",
    ),
    ("zh", MarkerKind::Branch, "或者说|另一种|换一种|换个|另外一个方法|另一个角度|另一方面|如果不是"),
    ("zh", MarkerKind::Restart, "重新开始|从头开始|从头再来|重来"),
    ("zh", MarkerKind::Hedge, "可能|也许|或许|大概|不确定|似乎|好像|我觉得|我猜"),
    ("ja", MarkerKind::Backtrack, "待って|ちょっと待|待てよ|違う|間違え|確認し直|もう一度確認|考え直|見直し"),
    ("ja", MarkerKind::Branch, "あるいは|別の方法|別のアプローチ|別の見方|他の方法|一方で|もしかする"),
    ("ja", MarkerKind::Restart, "最初からやり直|始めからやり直|最初に戻"),
    ("ja", MarkerKind::Hedge, "たぶん|多分|おそらく|かもしれ|と思う|ようだ|わからない|自信がない"),
    ("ko", MarkerKind::Backtrack, "잠깐|잠시만|기다려|아니야|틀렸|다시 확인|다시 생각|다시 검토|실수"),
    ("ko", MarkerKind::Branch, "아니면|다른 방법|다른 접근|또 다른|반면에|대안으로"),
    ("ko", MarkerKind::Restart, "처음부터|다시 시작"),
    ("ko", MarkerKind::Hedge, "아마|어쩌면|것 같|확실하지 않|확실치 않|모르겠"),
    (
        "de",
        MarkerKind::Backtrack,
        "warte|moment mal|stimmt nicht|stimmt so nicht|das ist falsch|nochmal prüfen|noch einmal prüfen|\
         nochmals prüfen|überprüfe nochmal|mein fehler|ich habe mich geirrt|ich habe einen fehler|\
         nochmal überlegen|noch einmal überlegen",
    ),
    (
        "de",
        MarkerKind::Branch,
        "alternativ|andererseits|eine andere möglichkeit|ein anderer ansatz|einen anderen ansatz|anders herum|\
         was wäre wenn",
    ),
    ("de", MarkerKind::Restart, "von vorne|von vorn|noch einmal anfangen|nochmal anfangen"),
    (
        "de",
        MarkerKind::Hedge,
        "vielleicht|möglicherweise|wahrscheinlich|vermutlich|nicht sicher|unsicher|ich glaube|ich denke|\
         es scheint|könnte sein",
    ),
    (
        "fr",
        MarkerKind::Backtrack,
        "attends|attendez|un instant|ce nest pas correct|cest faux|je me suis trompé|je me trompe|\
         vérifions à nouveau|vérifions encore|revérifions|jai fait une erreur|en y repensant|\
         réfléchissons à nouveau",
    ),
    (
        "fr",
        MarkerKind::Branch,
        "alternativement|une autre approche|une autre méthode|une autre façon|dun autre côté|par ailleurs|\
         et si on|ou bien",
    ),
    ("fr", MarkerKind::Restart, "recommençons|depuis le début|repartons de zéro|je recommence"),
    (
        "fr",
        MarkerKind::Hedge,
        "peut être|probablement|sans doute|je pense|je crois|il semble|pas sûr|pas certain|pourrait être|\
         incertain",
    ),
    (
        "es",
        MarkerKind::Backtrack,
        "espera|un momento|no es correcto|eso no está bien|está mal|me equivoqué|cometí un error|\
         déjame verificar|déjame revisar|verifiquemos de nuevo|revisemos de nuevo|pensándolo bien|\
         déjame reconsiderar",
    ),
    (
        "es",
        MarkerKind::Branch,
        "alternativamente|otra forma|otra manera|otro enfoque|otro método|por otro lado|por otra parte|\
         y si en cambio",
    ),
    (
        "es",
        MarkerKind::Restart,
        "empecemos de nuevo|empezar de nuevo|desde el principio|desde cero|volvamos a empezar",
    ),
    (
        "es",
        MarkerKind::Hedge,
        "quizás|quizá|tal vez|probablemente|posiblemente|no estoy seguro|creo que|parece que|podría ser|\
         a lo mejor",
    ),
    (
        "ru",
        MarkerKind::Backtrack,
        "подожди|подождите|погоди|стоп|это неверно|это неправильно|я ошибся|я ошиблась|допустил ошибку|\
         проверю ещё раз|проверим ещё раз|проверим еще раз|перепроверим|перепроверю|если подумать",
    ),
    (
        "ru",
        MarkerKind::Branch,
        "альтернативно|другой способ|другой подход|другим способом|с другой стороны|а что если|либо же",
    ),
    (
        "ru",
        MarkerKind::Restart,
        "начнём сначала|начнем сначала|начнём заново|начнем заново|с самого начала|с нуля",
    ),
    (
        "ru",
        MarkerKind::Hedge,
        "возможно|может быть|вероятно|наверное|похоже|кажется|не уверен|не уверена|я думаю|я полагаю",
    ),
];
