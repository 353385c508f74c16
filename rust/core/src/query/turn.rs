//! What kind of turn a query is.

/// What the newest turn of a conversation is. It decides what is scored: always the words of a human ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Turn {
    /// A human asks something. The ask is scored.
    Ask,
    /// A human lets the assistant go on ("yes, do it"). The ask that it goes on with is scored.
    Continuation,
    /// Tools have answered. The ask that they work for is scored.
    ToolResult,
    /// There are no words of a human. Nothing is scored: the estimate has no evidence.
    #[default]
    Empty,
}

impl Turn {
    /// Its name, as it stands in records.
    ///
    /// ```
    /// assert_eq!(rheostat::query::Turn::ToolResult.as_str(), "tool_result");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ask => "ask",
            Self::Continuation => "continuation",
            Self::ToolResult => "tool_result",
            Self::Empty => "empty",
        }
    }
}
