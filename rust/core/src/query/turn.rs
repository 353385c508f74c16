//! The kind of a conversation's newest turn.

/// The kind of the newest turn. It decides which human ask is scored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Turn {
    /// A human asks something. The ask is scored.
    Ask,
    /// A human lets the assistant go on ("yes, do it"). The continued ask is scored.
    Continuation,
    /// Tools have answered. The ask that they serve is scored.
    ToolResult,
    /// No words of a human. Nothing is scored, and the estimate has no coverage.
    #[default]
    Empty,
}

impl Turn {
    /// Its name in records.
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
