//! The contents of one message, as sizes and counts.

use super::part::Media;
use super::request::Request;
use super::structure::Structure;

/// The author of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// The operator: `system` and `developer`.
    System,
    /// The human, or a program in the human's role.
    User,
    /// The model.
    Assistant,
    /// A tool that answers a call: `tool` and `function`.
    Tool,
}

impl Role {
    /// The accepted names, for errors.
    pub(super) const WANTED: &str = "one of system, developer, user, assistant, tool, function";

    /// The role of that name.
    pub(super) fn of(name: &[u8]) -> Option<Self> {
        match name {
            b"user" => Some(Self::User),
            b"assistant" => Some(Self::Assistant),
            b"system" | b"developer" => Some(Self::System),
            b"tool" | b"function" => Some(Self::Tool),
            _ => None,
        }
    }
}

/// The contents of one message. `M` is a saved position.
#[derive(Debug, Clone)]
pub(super) struct Facts<M> {
    /// Position of its content, if it has text.
    pub(super) mark: Option<M>,
    /// Pieces of text.
    pub(super) texts: u32,
    pub(super) text_bytes: u64,
    /// True if a piece of text begins with a word and not, perhaps, with a block.
    pub(super) words: bool,
    /// Bytes of tool calls and thinking.
    pub(super) other_bytes: u64,
    pub(super) document_bytes: u64,
    pub(super) documents: u32,
    pub(super) result_bytes: u64,
    pub(super) results: u32,
    pub(super) errors: u32,
    pub(super) calls: u32,
    /// Position of its last result of a tool.
    pub(super) result: Option<M>,
    /// True if it answers a request for approval.
    pub(super) approved: bool,
    pub(super) media: Media,
    pub(super) signed: bool,
}

impl<M> Default for Facts<M> {
    fn default() -> Self {
        Self {
            mark: None,
            texts: 0,
            text_bytes: 0,
            words: false,
            other_bytes: 0,
            document_bytes: 0,
            documents: 0,
            result_bytes: 0,
            results: 0,
            errors: 0,
            calls: 0,
            result: None,
            approved: false,
            media: Media::default(),
            signed: false,
        }
    }
}

impl<M> Facts<M> {
    /// Bytes of all text.
    pub(super) fn bytes(&self) -> u64 {
        self.text_bytes + self.other_bytes + self.document_bytes + self.result_bytes
    }

    /// Adds everything but the text, whose place depends on the role.
    pub(super) fn enter(&self, structure: &mut Structure, request: &mut Request<'_>) {
        structure.history_bytes += self.other_bytes;
        structure.document_bytes += self.document_bytes;
        structure.tool_result_bytes += self.result_bytes;
        structure.tool_calls += self.calls;
        structure.tool_errors += self.errors;
        structure.images += self.media.count;
        request.vision |= self.media.vision;
        request.audio |= self.media.audio;
        request.files |= self.media.files;
        request.tools |= self.calls > 0 || self.results > 0;
        request.signed_thinking |= self.signed;
    }
}
