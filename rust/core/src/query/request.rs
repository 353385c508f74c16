//! What the caller asks of the model besides an answer.

use std::borrow::Cow;

/// Limits and needs that a request states. A text, or messages alone, state none but what their parts need.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)] // independent needs, not the states of one thing
pub struct Request<'a> {
    /// The model that is asked for, as the request names it.
    pub model: Option<Cow<'a, str>>,
    /// The most tokens of an answer that the caller takes; the smallest, where several limits are given.
    pub max_tokens: Option<u64>,
    /// Whether it needs a model that sees: there are images or videos.
    pub vision: bool,
    /// Whether it needs a model that hears.
    pub audio: bool,
    /// Whether it needs a model that reads files.
    pub files: bool,
    /// Whether it needs a model that calls tools: some are offered, or were called.
    pub tools: bool,
    /// Whether the answer must be JSON.
    pub json: bool,
    /// Whether the history holds thinking that is signed or sealed for the model that wrote it. Another model refuses
    /// it, so a switch must leave it out.
    pub signed_thinking: bool,
    /// Whether the program around the conversation says that work is being planned, not done.
    pub planning: bool,
}

impl Request<'_> {
    /// What the model must be able to do, by the names that rungs use for it.
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
