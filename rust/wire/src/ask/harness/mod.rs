//! Tables of what harnesses write into a conversation: tags, heads of results, sentences.
//!
//! Data only; the other files of `ask/` read it. Each row names the harness and the version or the year that it
//! was seen in. `docs/query.md` says how to add a row. Forms that no row has stay the human's words, and the governor treats
//! them with care where a program may have written them ([`rheostat::query::Request::doubtful`]).

mod chores;
mod errands;
mod follow_ups;
mod leaning;
mod names;
mod objections;
mod phrases;
mod planning;
mod praise;
mod printed;
mod protocols;
mod results;
mod sections;
mod slang;
mod tags;

pub(crate) use chores::{CHORES, COMPACTIONS, CONVERSATION_FOLLOWERS, TITLE_VERBS, TITLES, WORK};
pub(crate) use errands::{CHAT_NAMES, CONTEXTS, ERRANDS, MAKING, MATERIALS, SHORTENING};
pub(crate) use follow_ups::{ASKING_ON, DENYING, LACKING, OBJECTING, POINTING_AT, TOPICS};
pub(crate) use leaning::LEANING;
pub(crate) use names::{COMMON_OUTPUTS, HUMAN_NAMES, LOCAL_COMMANDS, PROGRAM_ENDINGS, TOLD_NAMES};
pub(crate) use objections::{DOUBTED, QUESTION_WORDS, REJECTING, RETRYING};
pub(crate) use phrases::PHRASES;
pub(crate) use planning::{
    CONDITIONS, MENTIONS, PLAN_BEGINS, PLAN_ENDS, PLAN_NAMES, PLAN_RETURNS, PLAN_SLUGS,
};
pub(crate) use praise::PRAISE;
pub(crate) use printed::{ERROR_NAMES, PRINTED_HEADS};
pub(crate) use protocols::{
    ASK_STARTS, CALL_MARKS, HTML, MAY_CALL, MESSAGE_LINES, NOT_QUEUED, QUEUED_HEADS, QUEUED_MARKS,
    QUEUED_TAILS, WRAPPED_TAILS,
};
pub(crate) use results::{
    FORM_WORDS, MEDIA, NUDGES, PAIRED_HEADS, PASTED_HEADS, PROGRAM_KEYS, RESULT_HEADS, RESULT_KEYS,
    RESULT_NAMES, RESULT_TAILS, SAID_HEADS, SAID_IN_RESULT,
};
pub(crate) use sections::{
    ANSWER_LABELS, BLOCK_HEADINGS, CHANNELS, FENCED_HEADS, LEADS, LINE_SECTIONS, LineSection, MAIL_FIELDS,
    META_STARTS, QUESTION_ENDS, QUESTION_LABELS, SECTIONS, TEMPLATES, WORD_HEADS, WORD_TAILS,
};
pub(crate) use slang::SLANG;
pub(crate) use tags::{TAGS, TagKind};
