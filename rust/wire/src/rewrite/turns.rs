//! The turns that a call adds to a conversation: a draft with the wish to improve it, an answer with the question whether it is right.
//!
//! ```text
//! call      resume           the wish behind it
//! generate  –                –            (nothing is added)
//! generate  partial output   go on from where it ends
//! revise    draft            check and correct it, behind the finding that it answers
//! verify    answer           is it correct?
//! probe     partial output   the final answer, now
//! score     answer           how likely is it right?
//! distil    drafts           what a final answer needs of them, in few words
//! refine    distilled notes  the answer, by them
//! ```
//!
//! The resumed text becomes the assistant's turn, and the wish the user's. Surfaces that refuse a conversation that ends with the
//! assistant's words take this form, too.

use rheostat::run::{CallKind, Grant};
use std::borrow::Cow;

/// The wishes, in words. Each host may have its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompts<'a> {
    /// Behind a draft.
    pub revise: Cow<'a, str>,
    /// Behind an answer that is to be judged. The reply should begin with the verdict.
    pub verify: Cow<'a, str>,
    /// Behind reasoning that is not at its end.
    pub probe: Cow<'a, str>,
    /// Behind an answer that is to be scored. The reply should be a number between 0 and 1.
    pub score: Cow<'a, str>,
    /// Behind numbered drafts. The reply should be notes, not an answer.
    pub distil: Cow<'a, str>,
    /// Behind notes that were distilled from drafts.
    pub refine: Cow<'a, str>,
    /// Behind output that was cut.
    pub resume: Cow<'a, str>,
}

impl Default for Prompts<'_> {
    fn default() -> Self {
        Self {
            revise: "Check your answer above step by step. If anything is wrong or missing, correct it. Then give the whole answer \
                     again, without remarks about the check."
                .into(),
            verify: "Is the answer above correct? Check it independently. Begin your reply with the word \"Correct\" or with the word \
                     \"Wrong\"."
                .into(),
            probe: "Stop here. Give only the final answer that follows from your reasoning so far, without any explanation.".into(),
            score: "How likely is it that the answer above is correct? Check it independently. Reply with one number between 0 (certainly \
                    wrong) and 1 (certainly correct), and nothing else."
                .into(),
            distil: "Above are independent drafts, some of which may be wrong. Distil them into short notes for whoever writes the final \
                     answer: what they agree on, where they contradict each other and which side is right, the steps and facts that \
                     are worth keeping, and the errors to avoid. Do not write the final answer itself."
                .into(),
            refine: "Above are notes from earlier drafts. They may be wrong: check what you use. Answer the request before them anew and \
                     completely, without remarks about the notes."
                .into(),
            resume: "Your reply above was cut off. Go on from exactly where it ends. Repeat nothing.".into(),
        }
    }
}

/// A turn of the assistant and one of the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turns<'a> {
    /// The resumed text; None if it is blank, which providers refuse.
    pub assistant: Option<&'a str>,
    /// The wish, behind the finding that it answers.
    pub user: Cow<'a, str>,
}

impl Prompts<'_> {
    /// The turns that a call adds. None for a call that answers from the start.
    pub fn turns<'a>(&'a self, call: &'a Grant) -> Option<Turns<'a>> {
        let resumed = call.resume.as_deref()?;
        let user = match call.kind {
            CallKind::Generate => &self.resume,
            CallKind::Revise => &self.revise,
            CallKind::Verify => &self.verify,
            CallKind::Probe => &self.probe,
            CallKind::Score => &self.score,
            CallKind::Distil => &self.distil,
            CallKind::Refine => &self.refine,
        };
        let user = match call.finding.as_deref() {
            Some(finding) => Cow::Owned(format!("{finding}\n\n{user}")),
            None => Cow::Borrowed(&**user),
        };
        // A blank beginning is none: the call answers from the start.
        let assistant = Some(resumed).filter(|text| !text.trim().is_empty());
        (assistant.is_some() || call.kind != CallKind::Generate).then_some(Turns { assistant, user })
    }
}
