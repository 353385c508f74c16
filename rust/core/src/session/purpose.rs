//! The purpose of a turn: to answer, to plan, or a chore.

use crate::named::named;
use crate::query::{Chore, Query};

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
        /// A summary that a program puts in the place of the conversation.
        Compaction = "compaction",
    }
}

impl Purpose {
    /// True if a program asks for itself: the turn says nothing about the conversation's difficulty.
    pub fn is_chore(self) -> bool {
        matches!(self, Self::Housekeeping | Self::Compaction)
    }

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
        let request = &query.request;
        let asked = || Chore::of(&query.ask, query.structure.tools_offered > 0);
        match request.chore.or_else(asked) {
            Some(Chore::Compaction) => Self::Compaction,
            Some(Chore::Aside) => Self::Housekeeping,
            None if request.probe => Self::Housekeeping,
            None => Self::Answer,
        }
    }
}
