//! What one message holds, as sizes and counts.

use super::part::Media;
use super::request::Request;
use super::structure::Structure;

/// Who wrote a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// The operator: `system` and `developer`.
    System,
    /// The human, or the program that speaks for one.
    User,
    /// The model.
    Assistant,
    /// A tool that answers a call: `tool` and `function`.
    Tool,
}

impl Role {
    /// What is accepted as a role.
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

/// What one message holds. `M` brings a reader back to its text.
#[derive(Debug, Clone)]
pub(super) struct Facts<M> {
    /// Where its content can be read again, if it has text.
    pub(super) mark: Option<M>,
    /// Pieces of text.
    pub(super) texts: u32,
    pub(super) text_bytes: u64,
    /// Whether a piece of text begins with a word rather than, perhaps, with a block.
    pub(super) words: bool,
    /// Calls of tools, and thinking.
    pub(super) other_bytes: u64,
    pub(super) document_bytes: u64,
    pub(super) documents: u32,
    pub(super) result_bytes: u64,
    pub(super) results: u32,
    pub(super) errors: u32,
    pub(super) calls: u32,
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
            media: Media::default(),
            signed: false,
        }
    }
}

impl<M> Facts<M> {
    /// Bytes of text, whatever it is.
    pub(super) fn bytes(&self) -> u64 {
        self.text_bytes + self.other_bytes + self.document_bytes + self.result_bytes
    }

    /// Adds what does not depend on who wrote it. The text does, and is left to the caller.
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
