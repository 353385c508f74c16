//! Limits and needs of a request.

use std::borrow::Cow;

/// Limits and needs of a request. A text, or messages alone, have only the needs of their parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)] // independent needs, not the states of one thing
pub struct Request<'a> {
    /// The requested model.
    pub model: Option<Cow<'a, str>>,
    /// The most tokens of an answer; the smallest of several limits.
    pub max_tokens: Option<u64>,
    /// True if it needs a model that sees: it has images or videos.
    pub vision: bool,
    /// True if it needs a model that hears.
    pub audio: bool,
    /// True if it needs a model that reads files.
    pub files: bool,
    /// True if it needs a model that calls tools: it offers some, or some were called.
    pub tools: bool,
    /// True if the answer must be JSON.
    pub json: bool,
    /// True if the history has thinking that is signed or sealed for the model that wrote it. Another model refuses it, so a switch
    /// must leave it out.
    pub signed_thinking: bool,
    /// True if the harness says that work is being planned, not done.
    pub planning: bool,
    /// The chore that the operator's prompt, the ask, or a message beside it, asks for.
    pub chore: Option<Chore>,
    /// True if it asks for at most one token, as programs do to see whether a model answers.
    pub probe: bool,
    /// The client's own wishes for the compute of its answer.
    pub wish: Wish,
    /// True if a program may have written the newest message in the human's role, in a form that the tables do not have. Its words
    /// are scored, but the rung falls neither below the session's nor, without a session, below the default.
    pub doubtful: bool,
    /// True if all of it is thanks or a word of agreement, with nothing before it in the request: "thanks!", "ok", "👍"; or thanks
    /// behind an answer that asks nothing.
    pub courtesy: bool,
    /// True if it changes something that its provider keeps, or lets the provider act in the world: it must not be sent twice.
    pub once: bool,
    /// True if the newest message objects to the assistant's answer: "that's wrong", "are you sure?".
    pub objects: bool,
}

/// A request of a program for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Chore {
    /// A chore beside the conversation, such as giving it a title.
    Aside,
    /// A summary that takes the place of the conversation.
    Compaction,
}

/// The client's own wishes for the compute of its answer. They decide nothing: a host may let them win, by `rung=` or a ceiling.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wish {
    /// The effort: `"none"`, `"minimal"`, `"low"`, `"medium"`, `"high"`, `"xhigh"` or `"max"`.
    pub effort: Option<&'static str>,
    /// Tokens of thinking.
    pub thinking_tokens: Option<u64>,
    /// Answers per request, if more than one.
    pub samples: Option<u64>,
}

impl Wish {
    /// True if the client wishes nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Capabilities that a query may need, by their names on rungs.
pub const CAPABILITIES: [&str; 5] = ["vision", "audio", "files", "tools", "json"];

impl Request<'_> {
    /// The required capabilities, out of [`CAPABILITIES`].
    ///
    /// ```
    /// use rheostat::query::Request;
    /// let request = Request { vision: true, ..Request::default() };
    /// assert_eq!(request.needs().into_iter().flatten().collect::<Vec<_>>(), ["vision"]);
    /// ```
    pub fn needs(&self) -> [Option<&'static str>; 5] {
        let mut needed = [self.vision, self.audio, self.files, self.tools, self.json].into_iter();
        CAPABILITIES.map(|name| needed.next().unwrap_or(false).then_some(name))
    }
}
