//! The purpose of a turn: to answer, to plan, or a chore.

use crate::named::named;
use crate::query::Query;
use memchr::memmem;

named! {
    /// The purpose of a turn.
    #[derive(Default)]
    pub enum Purpose as "purpose" {
        /// To answer.
        #[default]
        Answer = "answer",
        /// To plan work to be done later, which pays for errors made here.
        Planning = "planning",
        /// A chore of the program around the conversation, such as a title, that the user did not ask for.
        Housekeeping = "housekeeping",
    }
}

/// Bytes of an ask that are read.
const HEAD: usize = 400;

/// Chores that programs ask for in the user's name, in lower case. Each names the conversation: a title for an essay is a
/// user's wish.
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
    /// The purpose of a query, as far as its words and its harness show it.
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
