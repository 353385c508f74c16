//! The surroundings of the ask as sizes and counts, never as words.

/// The structure of a conversation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Structure {
    /// Number of messages.
    pub messages: u32,
    /// Bytes of system and developer prompts.
    pub system_bytes: u64,
    /// Bytes of earlier turns, of users and of the assistant.
    pub history_bytes: u64,
    /// Bytes of tools' results.
    pub tool_result_bytes: u64,
    /// Bytes of documents, quotations and injected blocks.
    pub document_bytes: u64,
    /// Number of images, sounds and other files.
    pub images: u32,
    /// Bytes of the definitions of tools.
    pub tool_bytes: u64,
    /// Number of tools that the request offers.
    pub tools_offered: u32,
    /// Number of tool calls that the assistant has made.
    pub tool_calls: u32,
    /// Number of those calls that failed according to the request.
    pub tool_errors: u32,
    /// Bytes of the newest human ask, before it is cut to the window.
    pub ask_bytes: u64,
    /// Sum of the bytes above.
    pub total_bytes: u64,
    /// Estimated tokens of the ask by what it is, as its reader weighs it; 0 if it is short, and counted by its words.
    pub ask_tokens: u64,
    /// Estimated tokens of everything but the ask: of text by what it is, and of pictures, sounds and files.
    pub context_tokens: u64,
    /// True if lone surrogates or bytes that are not UTF-8 were replaced.
    pub repaired: bool,
}
