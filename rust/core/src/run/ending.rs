//! The end of a stream: its answer or its text, and how its provider says that it ended.

use crate::vote::is_blank;

/// How a stream ended, as its provider says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Ending {
    /// Nothing is known.
    #[default]
    Unknown,
    /// The model ended it: it said all that it wanted to say.
    Complete,
    /// The model ended it by calling tools: that is its answer, even without a word of text.
    ToolCalls,
    /// Something else did: a limit on its tokens, an error.
    Cut,
    /// The model or a filter refused the content.
    Refused,
    /// The host closed it before its end.
    Cancelled,
}

/// The last words of a stream.
#[derive(Debug, Clone, Copy, Default)]
pub struct Finish<'a> {
    /// The answer, where the host can tell it from the text.
    pub answer: Option<&'a str>,
    /// The whole text, which is the answer to an open question.
    pub text: Option<&'a str>,
    /// How it ended.
    pub ending: Ending,
}

impl<'a> Finish<'a> {
    /// The answer, or else the text.
    pub(super) fn said(&self) -> Option<&'a str> {
        let visible = |said: &&str| !is_blank(said);
        self.answer.filter(visible).or(self.text.filter(visible))
    }

    /// The last words, if they are whole: not in a stream that was cut. A text without a word on its end is not whole either, if
    /// it stops exactly where the stream had to stop: its grant is `spent`. An answer that the host found in the text is.
    pub(super) fn whole(&self, spent: bool) -> Option<&'a str> {
        let told = self.answer.is_some_and(|answer| !is_blank(answer));
        let whole = match self.ending {
            Ending::Complete | Ending::ToolCalls => true,
            Ending::Cut | Ending::Refused | Ending::Cancelled => false,
            Ending::Unknown => told || !spent,
        };
        self.said().filter(|_| whole)
    }
}
