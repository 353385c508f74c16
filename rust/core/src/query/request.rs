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
    /// True if a program may have written the newest message in the human's role, in a form that the tables do not have. Its words
    /// are scored, but the rung falls neither below the session's nor, without a session, below the default.
    pub doubtful: bool,
}

impl Request<'_> {
    /// The required capabilities, by their names on rungs.
    ///
    /// ```
    /// use rheostat::query::Request;
    /// let request = Request { vision: true, ..Request::default() };
    /// assert_eq!(request.needs().into_iter().flatten().collect::<Vec<_>>(), ["vision"]);
    /// ```
    pub fn needs(&self) -> [Option<&'static str>; 5] {
        [
            self.vision.then_some("vision"),
            self.audio.then_some("audio"),
            self.files.then_some("files"),
            self.tools.then_some("tools"),
            self.json.then_some("json"),
        ]
    }
}
