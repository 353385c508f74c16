//! What a turn is for, where it is not simply to answer.

use crate::query::Query;
use crate::{Error, Result};
use memchr::memmem;

/// What a turn is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Purpose {
    /// To answer.
    #[default]
    Answer,
    /// To plan work that is to be done later: what is saved here is paid for there.
    Planning,
    /// A chore of the program around the conversation, such as giving it a title. The user never asked for it.
    Housekeeping,
}

/// How much of an ask is looked at.
const HEAD: usize = 400;

/// What programs ask for in the user's name, in lower case. Each names the conversation itself: a title for an essay
/// is a user's wish.
const CHORES: [&str; 16] = [
    "title for this conversation",
    "title for the conversation",
    "title for the following conversation",
    "title for this chat",
    "title for the chat",
    "title for the following chat",
    "title of this conversation",
    "title summarizing the chat",
    "title with an emoji summarizing the chat",
    "title that summarizes this conversation",
    "conversation title",
    "chat title",
    "new conversation topic",
    "tags categorizing the main themes of the chat history",
    "follow-up questions or prompts that the user might naturally ask",
    "title for this coding conversation",
];

impl Purpose {
    const ALL: [Self; 3] = [Self::Answer, Self::Planning, Self::Housekeeping];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Planning => "planning",
            Self::Housekeeping => "housekeeping",
        }
    }

    /// The purpose of that name.
    ///
    /// # Errors
    /// [`Error::Unknown`] when there is none.
    pub fn from_name(name: &str) -> Result<Self> {
        let find = Self::ALL.into_iter().find(|purpose| purpose.as_str() == name);
        find.ok_or_else(|| Error::unknown("purpose", name, Self::ALL.map(Self::as_str)))
    }

    /// What a query is for, as far as its words and its harness tell.
    ///
    /// ```
    /// use rheostat::{query::Query, session::Purpose};
    /// let of = |text| Purpose::of(&Query::text(text, 16_384));
    /// assert_eq!(of("Write a short title for this conversation: …"), Purpose::Housekeeping);
    /// assert_eq!(of("Write a short title for my essay."), Purpose::Answer);
    /// ```
    pub fn of(query: &Query<'_>) -> Self {
        if query.request.planning {
            return Self::Planning;
        }
        let mut head = [0u8; HEAD];
        let ask = query.ask.get(..HEAD).unwrap_or(&query.ask);
        let Some(head) = head.get_mut(..ask.len()) else { return Self::Answer };
        head.copy_from_slice(ask);
        head.make_ascii_lowercase();
        let may = ["title", "topic", "chat history", "follow-up"];
        if !may.iter().any(|word| memmem::find(head, word.as_bytes()).is_some()) {
            return Self::Answer;
        }
        let chore = CHORES.iter().any(|chore| memmem::find(head, chore.as_bytes()).is_some());
        if chore { Self::Housekeeping } else { Self::Answer }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chores_of_programs_are_told_from_users_wishes() {
        let of = |text: &str| Purpose::of(&Query::text(text, 16_384));
        for chore in [
            "### Task:\nGenerate a concise, 3-5 word title with an emoji summarizing the chat history.",
            "Analyze if this message indicates a new conversation topic.",
            "Please write a 5-10 word TITLE FOR THE FOLLOWING CONVERSATION:",
            "### Task:\nGenerate 1-3 broad tags categorizing the main themes of the chat history",
        ] {
            assert_eq!(of(chore), Purpose::Housekeeping, "{chore}");
        }
        for wish in [
            "Suggest a title for my thesis about the conversation of Galileo with the Pope.",
            "Write a story about a conversation. Give it a title.",
            "Change the topic, please.",
            "",
            "Summarize this chat history and prove the claim in it.",
        ] {
            assert_eq!(of(wish), Purpose::Answer, "{wish}");
        }
    }

    #[test]
    fn a_harness_that_plans_is_known_by_its_reminder() {
        let text = "<system-reminder>\nPlan mode is active. The user does not want you to edit.</system-reminder>\nAdd a cache.";
        let query = Query::text(text, 16_384);
        assert_eq!((&*query.ask, Purpose::of(&query)), (&b"Add a cache."[..], Purpose::Planning));
        let query = Query::text("Plan mode is active in my car.", 16_384);
        assert_eq!(Purpose::of(&query), Purpose::Answer);
    }
}
