//! The kind of a conversation's newest turn.

use crate::named::named;

named! {
    /// The kind of the newest turn. It decides which human ask is scored.
    #[derive(Default)]
    pub enum Turn {
        /// A human asks something. The ask is scored.
        Ask = "ask",
        /// A human lets the assistant go on ("yes, do it"). The continued ask is scored.
        Continuation = "continuation",
        /// Tools have answered. The ask that they serve is scored.
        ToolResult = "tool_result",
        /// No words of a human. Nothing is scored, and the estimate has no coverage.
        #[default]
        Empty = "empty",
    }
}
