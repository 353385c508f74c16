//! What surrounds the ask, as sizes and counts: never as words.

/// The structure of a conversation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Structure {
    /// How many messages there are.
    pub messages: u32,
    /// Bytes of system and developer prompts.
    pub system_bytes: u64,
    /// Bytes of earlier turns, of users and of the assistant.
    pub history_bytes: u64,
    /// Bytes that tools have returned.
    pub tool_result_bytes: u64,
    /// Bytes of documents, quotations and injected blocks.
    pub document_bytes: u64,
    /// How many images, sounds and other files there are.
    pub images: u32,
    /// Bytes of the definitions of tools.
    pub tool_bytes: u64,
    /// How many tools the request offers.
    pub tools_offered: u32,
    /// How many calls of tools the assistant has made.
    pub tool_calls: u32,
    /// How many of them failed, as far as the request says.
    pub tool_errors: u32,
    /// Bytes of the newest human ask, before it is cut to the window.
    pub ask_bytes: u64,
    /// Bytes of all of the above that the model will read.
    pub total_bytes: u64,
    /// Whether lone surrogates or bytes that are not UTF-8 had to be replaced.
    pub repaired: bool,
}
