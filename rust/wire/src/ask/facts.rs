//! The contents of one message, as weights and counts.

use crate::weight::Weight;
use rheostat::query::{Request, Structure};

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
    pub(crate) const WANTED: &str = "one of system, developer, user, assistant, tool, function";

    /// The roles by their names.
    const NAMES: [(&str, Self); 16] = [
        ("user", Self::User),
        ("assistant", Self::Assistant),
        ("system", Self::System),
        ("developer", Self::System),
        ("tool", Self::Tool),
        ("function", Self::Tool),
        ("model", Self::Assistant),
        ("human", Self::User),
        ("ai", Self::Assistant),
        ("chatbot", Self::Assistant),
        ("ipython", Self::Tool),
        ("observation", Self::Tool),
        ("environment", Self::Tool),
        ("critic", Self::System),
        ("latest_reminder", Self::System),
        ("context", Self::System),
    ];

    /// The role of that name, in small or capital letters.
    pub(crate) fn of(name: &[u8]) -> Option<Self> {
        let known = Self::NAMES.iter().find(|(known, _)| known.as_bytes().eq_ignore_ascii_case(name));
        known.map(|(_, role)| *role)
    }
}

/// Counts and weighs pictures, sounds and files.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Media {
    pub(crate) count: u32,
    pub(crate) vision: bool,
    pub(crate) audio: bool,
    pub(crate) files: bool,
    pub(crate) tokens: u64,
}

impl Media {
    pub(crate) fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.vision |= other.vision;
        self.audio |= other.audio;
        self.files |= other.files;
        self.tokens = self.tokens.saturating_add(other.tokens);
    }
}

/// The contents of one message. `M` is a saved position.
#[derive(Debug, Clone)]
#[allow(clippy::struct_excessive_bools)] // independent properties, not the states of one thing
pub(crate) struct Facts<M> {
    /// Position of its content, if it has text.
    pub(crate) mark: Option<M>,
    /// All text.
    pub(crate) text: Weight,
    /// True if a piece of text begins with a word and not, perhaps, with a block.
    pub(crate) words: bool,
    /// True if a piece of text has more than white space.
    pub(crate) says: bool,
    /// Tool calls, thinking, and what no table names.
    pub(crate) other: Weight,
    pub(crate) document: Weight,
    pub(crate) documents: u32,
    pub(crate) result_text: Weight,
    pub(crate) results: u32,
    pub(crate) errors: u32,
    pub(crate) calls: u32,
    /// True if a text may tell, as a tool's result, what the human said.
    pub(crate) tells: bool,
    /// Positions of results of tools that may tell what the human said.
    pub(crate) told: Vec<M>,
    /// True if it answers a request for approval.
    pub(crate) approved: bool,
    /// Definitions of tools, and their number.
    pub(crate) tools: (u32, Weight),
    pub(crate) media: Media,
    pub(crate) signed: bool,
    /// True if it only names an item that the provider keeps.
    pub(crate) reference: bool,
}

impl<M> Default for Facts<M> {
    fn default() -> Self {
        Self {
            mark: None,
            text: Weight::default(),
            words: false,
            says: false,
            other: Weight::default(),
            document: Weight::default(),
            documents: 0,
            result_text: Weight::default(),
            results: 0,
            errors: 0,
            calls: 0,
            tells: false,
            told: Vec::new(),
            approved: false,
            tools: (0, Weight::default()),
            media: Media::default(),
            signed: false,
            reference: false,
        }
    }
}

impl<M> Facts<M> {
    /// The weight of all text.
    pub(crate) fn weight(&self) -> Weight {
        self.text + self.other + self.document + self.result_text + self.tools.1
    }

    /// Adds everything but the text, whose place depends on the role.
    pub(crate) fn enter(&self, structure: &mut Structure, request: &mut Request<'_>) {
        structure.history_bytes += self.other.bytes;
        structure.document_bytes += self.document.bytes;
        structure.tool_result_bytes += self.result_text.bytes;
        structure.tool_calls += self.calls;
        structure.tool_errors += self.errors;
        structure.tools_offered += self.tools.0;
        structure.tool_bytes += self.tools.1.bytes;
        structure.images += self.media.count;
        request.vision |= self.media.vision;
        request.audio |= self.media.audio;
        request.files |= self.media.files;
        request.tools |= self.calls > 0 || self.results > 0 || self.tools.0 > 0;
        request.signed_thinking |= self.signed;
    }
}
