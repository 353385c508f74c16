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

    /// The purpose of a query, as far as its reader has found it in its words and its harness.
    ///
    /// ```
    /// use rheostat::{query::{Chore, Query}, session::Purpose};
    /// let mut query = Query::text("Write a short title for this conversation: …", 16_384);
    /// query.request.chore = Some(Chore::Aside);
    /// assert_eq!(Purpose::of(&query), Purpose::Housekeeping);
    /// ```
    pub fn of(query: &Query<'_>) -> Self {
        if query.request.planning {
            return Self::Planning;
        }
        match query.request.chore {
            Some(Chore::Compaction) => Self::Compaction,
            Some(Chore::Aside) => Self::Housekeeping,
            None if query.request.probe => Self::Housekeeping,
            None => Self::Answer,
        }
    }
}
