//! Recognises chores by the parts of a sentence, where no table has it as a whole: "Write a concise git commit message for this diff",
//! "You are a branch name generator", "The conversation is getting long. Summarize it."
//!
//! ```text
//! request   a verb of making, at most a few words, a product ("commit message"), and nothing that goes on as a thing's name
//! role      "You are …", "Your task is to …" before a verb of making, or a maker's name at the end ("… generator")
//! summary   a verb of shortening and a name of the conversation; or a full context, and a summary in the sentences behind it
//! ```

use super::harness::{CHAT_NAMES, CONTEXTS, CONVERSATION_FOLLOWERS, ERRANDS, MAKING, MATERIALS, SHORTENING};
use rheostat::query::Chore;

/// The most words between a verb and its product.
const BETWEEN: usize = 6;
/// Words that may not stand between a verb and its product: another thing is made, or the sentence is about it.
const NOT_BETWEEN: &str = " that which who to for with from about on of how why function script tool hook bot generator app code class \
    program prompt template essay article story test tests ";
/// Words behind a product that make it a thing's name: "commit message hook".
const NAMED_ON: &str = " generator hook hooks linter parser template templates convention conventions format formats style styles guide \
    history checker validation validator box field input api endpoint feature function builder optimizer engine tool policy rules rule \
    system editor widget button component ";
/// Words behind which an operator's prompt states a task.
const ROLES: &[&str] = &["you are ", "you're ", "you ", "your "];
/// Words of a duty beside the real task: "… at the end of each answer".
const ASIDES: &[&str] = &[
    "also",
    "at the end",
    "after each",
    "after every",
    "first answer",
    "each answer",
    "every answer",
    " when ",
    " if ",
    "additionally",
];
/// Ends of the name of a program that makes something.
const MAKERS: &[&str] =
    &["generator", "writer", "creator", "suggester", "maker", "namer", "titler", "summarizer"];
/// Beginnings of sentences that say that a context is full, in parts.
const FULL: (&[&str], &[&str], &[&str]) = (
    &["the ", "this ", "our ", "your ", "my ", ""],
    &[
        "conversation",
        "chat",
        "context",
        "session",
        "history",
        "thread",
        "you are running out",
        "we are running out",
    ],
    &[
        " long",
        " full",
        " limit",
        "out of context",
        "out of room",
        "out of space",
        "compacted",
        "too large",
        " overflow",
        "exceed",
    ],
);
/// Words of a summary.
const SUMMARIES: &[&str] =
    &["summar", "condens", "compact", "compress", "recap", "handoff", "hand-off", "hand over", "distill"];

/// Words behind "the conversation" that still name all of it.
const WHOLE: &str = "history so far log logs messages transcript thread context turns above window s";
/// Words that lead to the means, the form or the place of a shortening.
const MEANS: &str = "with using via by through as into to in at on for";
/// Words behind them that are looked at.
const MEANS_WORDS: usize = 6;
/// Beginnings of words by which means, form or purpose are those of a summary.
const SUMMARY_STEMS: &str = "summar bullet point focus emphas key detail list word token sentence paragraph template format follow \
    below few little short brief concise much possib essential decision important all every task todo next section heading \
    markdown structure own continu context window room space free save note state less most least chronolog order english language \
    person tense line percent half quarter this these that past present agent assistant model me us you handoff hand-off future turn \
    user topic goal outcome action question what how which full depth high level later refer record boss colleague team manager begin \
    start perspective view date general json xml yaml tag one two three five german french spanish italian portuguese chinese japanese \
    korean russian dutch polish turkish arabic hindi";
/// Words behind a conversation's name with which a sentence about all of it goes on.
const GOES_ON: &str =
    "please now again first today about down but then yourself because being will can should must may";
/// Words, one of which each sentence has that begins as [`talking`] says and asks for a chore.
pub(super) const TALK: &[&str] = &[
    "conversation",
    "chat",
    "session",
    "context",
    "history",
    "so far",
    "our work",
    "above",
    "message",
    "thread",
    "dialog",
    "discussion",
    "running out",
    "follow-up question",
    "handoff",
    "hand-off",
    "continuation",
];
/// Words beside the products, one of which each prompt of an operator has that asks for an errand.
pub(super) const ROLE_WORDS: &[&str] = &[
    "title", "titling ", "naming ", "name c", "name s", "name t", "name d", "label c", "label s", "label t",
    "label d",
];
/// Beginnings of sentences that hand the work over.
const HANDS_OVER: &[&str] = &[
    "write a handoff",
    "create a handoff",
    "produce a handoff",
    "write a hand-off",
    "create a continuation summary",
    "write a continuation summary",
];
/// Beginnings of questions that may ask for a name or for follow-ups.
const WONDERING: [&str; 2] = ["what ", "which "];
/// Verbs that name something, and words between them and the conversation.
const NAMING: ([&str; 5], [&str; 4]) =
    (["name", "title", "label", "tag", "rename"], ["this ", "the ", "our ", "my "]);

/// The beginnings of sentences that make something.
pub(super) fn making() -> impl Iterator<Item = String> {
    MAKING.iter().map(|verb| format!("{verb} "))
}

/// The beginnings of sentences about a conversation: they shorten it, name it, wonder about it, or say that it is full.
pub(super) fn talking() -> impl Iterator<Item = String> {
    let joined = |before: &'static [&'static str], after: &'static [&'static str], between: &'static str| {
        before.iter().flat_map(move |start| after.iter().map(move |end| format!("{start}{between}{end}")))
    };
    let shortens = SHORTENING.iter().map(|verb| format!("{verb} "));
    let names = joined(&NAMING.0, &NAMING.1, " ");
    let others = HANDS_OVER.iter().chain(&WONDERING).map(|start| (*start).to_owned());
    shortens.chain(names).chain(others).chain(joined(FULL.0, FULL.1, ""))
}

/// The products of errands.
pub(super) fn products() -> impl Iterator<Item = &'static str> + Clone {
    ERRANDS.iter().map(|(product, _)| *product)
}

/// The chore of a head in small letters, whose sentences are given in order. A request that offers tools asks for none but a summary.
pub(super) fn of<'t>(
    head: &str,
    sentences: impl Iterator<Item = &'t str>,
    (prompt, offers_tools): (bool, bool),
    works: impl Fn(&str) -> bool,
) -> Option<Chore> {
    // An operator's prompt says in its first sentence who the model is.
    sentences.take(if prompt { 2 } else { usize::MAX }).enumerate().find_map(|(place, sentence)| {
        let found = if !prompt && is_compaction(head, sentence) {
            Chore::Compaction
        } else {
            let aside = if prompt {
                is_role(sentence, place == 0)
            } else {
                names_chat(sentence) || makes(sentence, head) || wonders(sentence)
            };
            (aside && !offers_tools).then_some(Chore::Aside)?
        };
        // "You are a branch name generator" is no work on a generator. Few sentences come as far as this.
        let made = if prompt { sentence.replace("generator", "") } else { String::new() };
        (!works(if prompt { &made } else { sentence })).then_some(found)
    })
}

/// True if a sentence begins with a verb of making and goes on with a product.
fn makes(sentence: &str, head: &str) -> bool {
    MAKING.iter().filter_map(|verb| behind(sentence, verb)).any(|rest| has_product(rest, head, false))
}

/// The text behind a verb that a sentence begins with.
fn behind<'s>(sentence: &'s str, verb: &str) -> Option<&'s str> {
    sentence.strip_prefix(verb).and_then(|rest| rest.strip_prefix(' '))
}

/// True if a text begins with a product, after a few words.
fn has_product(rest: &str, head: &str, role: bool) -> bool {
    ERRANDS.iter().any(|(product, beside)| {
        let Some((before, after)) = rest.split_once(product) else { return false };
        let between = before.split_ascii_whitespace();
        let near =
            between.clone().count() <= BETWEEN && !between.clone().any(|word| is_in(NOT_BETWEEN, word));
        let after = after.strip_prefix('s').unwrap_or(after);
        let next =
            after.split(|c: char| !c.is_alphabetic()).find(|word| !word.is_empty()).unwrap_or_default();
        let named =
            after.starts_with(' ') && is_in(NAMED_ON, next) || after.starts_with(char::is_alphanumeric);
        // Several things in one breath are an ask: "commit messages, rebase and resolve conflicts".
        let lists = after.starts_with(", ") && !after.starts_with(", based") || after.starts_with(" and ");
        let alone = role && after.is_empty();
        let about = alone || beside.is_empty() || beside.iter().any(|word| head.contains(word));
        near && !named && !lists && about
    })
}

fn is_in(words: &str, word: &str) -> bool {
    !word.is_empty() && words.split_ascii_whitespace().any(|known| known == word)
}

/// True if a sentence asks what the conversation is to be called, or what its user may ask next.
fn wonders(sentence: &str) -> bool {
    if !WONDERING.iter().any(|start| sentence.starts_with(start)) {
        return false;
    }
    let named = ["called", "title", "name"].iter().any(|word| sentence.contains(word));
    let chat = ["this conversation", "this chat", "our conversation", "our chat", "the conversation"];
    let next = sentence.contains("follow-up question") && sentence.contains("user ");
    named && chat.iter().any(|name| sentence.contains(name)) || next
}

/// True if a sentence asks for a name of the conversation: "Name this chat in at most four words".
fn names_chat(sentence: &str) -> bool {
    let (verbs, articles) = NAMING;
    verbs.iter().any(|verb| {
        let Some(rest) = behind(sentence, verb) else { return false };
        articles.iter().filter_map(|the| rest.strip_prefix(the)).any(|rest| {
            CHAT_NAMES.iter().filter_map(|name| rest.strip_prefix(name)).any(|after| {
                let next = after.trim_start().split(' ').next().unwrap_or_default();
                !after.starts_with(char::is_alphanumeric)
                    && (next.is_empty()
                        || after.starts_with([',', ':'])
                        || is_in("in with using based briefly as for so and", next))
            })
        })
    })
}

/// True if a sentence of an operator's prompt says that the model makes titles, messages of commits and their like.
fn is_role(sentence: &str, is_first: bool) -> bool {
    if ASIDES.iter().any(|word| sentence.contains(word)) {
        return false;
    }
    let bare = sentence.trim_end_matches([' ', '.', '"']);
    let role = ROLES.iter().find_map(|role| sentence.strip_prefix(role));
    // "generates concise titles for chats": a role without its subject.
    let subject = role.unwrap_or(sentence);
    let made =
        |rest: &str| has_product(rest.trim_end_matches(['.', ' ']), sentence, true) || titles_chats(rest);
    let says = MAKING.iter().any(|verb| {
        let verbs = [format!("{verb}s "), format!("{verb} ")];
        verbs.iter().any(|verb| {
            let starts =
                subject.strip_prefix(verb.as_str()).filter(|_| role.is_some() || verb.ends_with("s "));
            let inside = role.and_then(|role| {
                ["that ", "which ", "who ", "to ", "and "]
                    .iter()
                    .find_map(|word| role.split_once(&format!(" {word}{verb}")).map(|(_, rest)| rest))
            });
            starts.or(inside).is_some_and(made)
        })
    });
    let gerunds = role.is_some_and(|role| {
        ["writing", "generating", "creating", "crafting", "naming", "titling", "suggesting"].iter().any(
            |verb| {
                role.split_once(&format!("at {verb} "))
                    .or_else(|| role.split_once(&format!("in {verb} ")))
                    .is_some_and(|(_, rest)| {
                        made(rest)
                            || matches!(*verb, "naming" | "titling")
                                && CHAT_NAMES.iter().any(|name| rest.starts_with(name))
                    })
            },
        )
    });
    let names = role.is_some_and(|role| {
        let task = ["job is to ", "task is to ", "role is to ", "goal is to ", "purpose is to "];
        let role = task.iter().find_map(|task| role.split_once(task)).map_or(role, |(_, rest)| rest);
        ["name ", "title ", "label "].iter().filter_map(|verb| role.strip_prefix(verb)).any(|rest| {
            CHAT_NAMES
                .iter()
                .filter_map(|name| rest.strip_prefix(name))
                .any(|after| matches!(after, "" | "s" | "s." | "."))
        })
    });
    let maker = is_first
        && role.is_some()
        && MAKERS.iter().any(|maker| bare.ends_with(maker))
        && (ERRANDS.iter().any(|(product, _)| bare.contains(product))
            || bare.contains("title") && CHAT_NAMES.iter().any(|name| bare.contains(name)));
    let titling = is_first && role.is_some() && bare.ends_with("titling assistant");
    is_first && (says || gerunds) || titles_in_role(role, subject) || names || maker || titling
}

/// True if a text begins with a title of a conversation, after a few words: "concise titles for chats".
fn titles_chats(rest: &str) -> bool {
    let Some((before, after)) = rest.split_once("title") else { return false };
    let few = before.split_ascii_whitespace().count() <= BETWEEN;
    let between = before.split_ascii_whitespace().any(|word| is_in(NOT_BETWEEN, word));
    let chat = |text: &str| CHAT_NAMES.iter().any(|name| text.contains(name));
    few && (!between && (chat(after) || chat(before)))
}

/// True if the second sentence of a prompt says so: "You are a helpful assistant. You generate titles for chats."
fn titles_in_role(role: Option<&str>, subject: &str) -> bool {
    let verb = |verb: &&str| behind(subject, verb).is_some_and(titles_chats);
    role.is_some() && MAKING.iter().any(verb) || role.is_some_and(sums_up)
}

/// True for "summarize conversations into short titles".
fn sums_up(role: &str) -> bool {
    let into = role.split_once("into ").is_some_and(|(_, rest)| rest.contains("title"));
    let verb = ["summarize ", "summarise ", "turn ", "condense "].iter().any(|verb| role.starts_with(verb));
    into && verb && CHAT_NAMES.iter().any(|name| role.contains(name))
}

/// True if a sentence asks for a summary in the place of the conversation.
fn is_compaction(head: &str, sentence: &str) -> bool {
    let material = || MATERIALS.iter().any(|word| sentence.contains(word));
    let shortens = SHORTENING
        .iter()
        .filter_map(|verb| behind(sentence, verb))
        .any(|rest| CONTEXTS.iter().filter_map(|name| rest.split_once(name)).any(|(_, after)| is_all(after)));
    let hands_over = HANDS_OVER.iter().any(|start| sentence.starts_with(start));
    if (shortens || hands_over)
        && !material()
        && !sentence.contains("title")
        && !sentence.contains("headline")
    {
        return true;
    }
    let (articles, contexts, ends) = FULL;
    let starts = articles.iter().filter_map(|the| sentence.strip_prefix(the));
    let full = starts
        .filter(|rest| contexts.iter().any(|name| rest.starts_with(name)))
        .any(|rest| ends.iter().any(|end| rest.contains(end)));
    full && !material() && SUMMARIES.iter().any(|word| head.contains(word))
}

/// True if nothing behind a conversation's name makes it another thing, or asks for more: "this session's proof", "with zstd".
fn is_all(after: &str) -> bool {
    let named = after.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '\'' | '\u{2019}' | '-'));
    let more = [" and then ", " and prove", " and extend", " and explain", " then prove", " and critici"];
    !named && !shortens_a_thing(after) && !more.iter().any(|word| after.contains(word))
}

/// True if what stands behind a conversation's name makes the shortening a user's work: a thing's name ("conversation cache"), or a
/// means, a form or a place that no summary has ("with zstd", "into Parquet", "at rest"). In small letters.
pub(super) fn shortens_a_thing(after: &str) -> bool {
    // A note in brackets says nothing: "the conversation history (JSONL) with snappy".
    let noted = after.split_once('(').and_then(|(before, note)| Some((before, note.split_once(')')?.1)));
    let rest = noted.map_or(after.to_owned(), |(before, behind)| format!("{before}{behind}"));
    let ends = |c: char| matches!(c, ',' | ':' | ';' | '(' | '.' | '!' | '?');
    let clause = rest.split(ends).next().unwrap_or_default();
    let among = |words: &str, word: &str| words.split_ascii_whitespace().any(|known| known == word);
    let mut words = clause.split_ascii_whitespace().skip_while(|word| among(WHOLE, word));
    let Some(first) = words.next() else { return false };
    if among(MEANS, first) {
        // A short one must be the whole word: "me" is no "memory".
        let begins = |word: &str, stem: &str| word == stem || stem.len() > 3 && word.starts_with(stem);
        let tells = |word: &str| SUMMARY_STEMS.split_ascii_whitespace().any(|stem| begins(word, stem));
        return !words.take(MEANS_WORDS).any(tells);
    }
    let goes_on = among(CONVERSATION_FOLLOWERS, first) || among(GOES_ON, first) || first.ends_with("ing");
    let letters = first.starts_with(|c: char| c.is_ascii_alphabetic());
    letters && !goes_on && !first.ends_with("ly")
}
